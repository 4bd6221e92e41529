"""All devices that the installed package ships, against a reading of the raw files of this file's own."""

import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

from qnetframe_google import hardware, qubit_names
from qnetframe_google.snapshot import average_infidelity

DEVICES = Path(str(importlib.metadata.distribution("cirq-google").locate_file("cirq_google/devices")))
FILES = {
    "google-rainbow": ("rainbow_2021_11_16", "rainbow_2021_12_10"),
    "google-weber": ("weber_2021_11_03", "weber_2021_12_10"),
    "google-willow_pink": ("willow_pink_d7v1-2024_08_16", "willow_pink_d7v1-2024_08_16"),
}
SIZES = {"google-rainbow": (23, 32), "google-weber": (53, 86), "google-willow_pink": (105, 182)}
NAMES = sorted(FILES)


def metrics(name):
    text = (DEVICES / "calibrations" / f"{FILES[name][0]}_calibration.json").read_text(encoding="utf-8")
    table = {}
    for entry in json.loads(text)["metrics"]["metrics"]:
        table.setdefault(entry["name"], {})[frozenset(entry["targets"])] = entry["values"][0]["doubleVal"]
    return table


def pairs(name):
    file = DEVICES / "specifications" / f"{FILES[name][1]}_device_spec_for_grid_device.proto.txt"
    found = re.findall(r'ids: "(\w+)"\s+ids: "(\w+)"', file.read_text(encoding="utf-8"))
    return {frozenset(pair) for pair in found}


@pytest.mark.parametrize("name", NAMES)
def test_layout(name):
    device, names = hardware(name), qubit_names(name)
    assert (len(device.qubits), len(device.coupling)) == SIZES[name]
    assert sorted(names, key=lambda t: tuple(map(int, t.split("_")))) == list(names)
    assert {frozenset((names[a], names[b])) for a, b in device.coupling} == pairs(name)
    for a, b in device.coupling:
        (r, c), (s, d) = (map(int, names[i].split("_")) for i in (a, b))
        assert abs(r - s) + abs(c - d) == 1, "neighbours on the grid"
    assert sorted(device.preferred) == list(range(len(names))) and device.excluded == ()


@pytest.mark.parametrize("name", NAMES)
def test_values_of_every_qubit_and_gate(name):
    device, names, raw = hardware(name), qubit_names(name), metrics(name)
    for i, profile in enumerate(device.qubits):
        q = frozenset({names[i]})
        t1 = raw["single_qubit_idle_t1_micros"][q] * 1e-6
        assert profile.t1 == pytest.approx(t1, rel=1e-12)
        assert profile.readout == (raw["single_qubit_p00_error"][q], raw["single_qubit_p11_error"][q])
        incoherent = raw["single_qubit_rb_incoherent_error_per_gate"][q]
        # 1/T2 = 1/(2 T1) + 1/T_phi in r = t/(3 T1) + t/(3 T_phi)
        t2 = 1 / (3 * incoherent / 25e-9 - 0.5 / t1) if incoherent > 25e-9 / (3 * t1) else 2 * t1
        assert profile.t2 == pytest.approx(t2, rel=1e-9) and 0 < profile.t2 <= 2 * profile.t1 * (1 + 1e-12)
        gate = device.gates["phxz", (i,)]
        assert gate.error == pytest.approx(2 / 3 * raw["single_qubit_rb_pauli_error_per_gate"][q], rel=1e-12)
        assert gate.duration == pytest.approx(25e-9)
    for gate, long in (("syc", "sycamore"), ("sqrt_iswap", "sqrt_iswap"), ("cz", "cz")):
        reported = raw.get(f"two_qubit_parallel_{long}_gate_xeb_pauli_error_per_cycle", {})
        mine = {frozenset(names[i] for i in at): p for (g, at), p in device.gates.items() if g == gate}
        assert mine.keys() == reported.keys()
        assert all(p.error == pytest.approx(0.8 * reported[pair], rel=1e-12) for pair, p in mine.items())


@pytest.mark.parametrize("name", ["google-rainbow", "google-weber"])
def test_the_conversion_gives_the_average_errors_that_the_files_report_too(name):
    device, names, raw = hardware(name), qubit_names(name), metrics(name)
    reported = {
        "phxz": raw["single_qubit_rb_average_error_per_gate"],
        "syc": raw["two_qubit_parallel_sycamore_gate_xeb_average_error_per_cycle"],
        "sqrt_iswap": raw["two_qubit_parallel_sqrt_iswap_gate_xeb_average_error_per_cycle"],
    }
    for (gate, at), profile in device.gates.items():
        assert profile.error == pytest.approx(reported[gate][frozenset(names[i] for i in at)], rel=1e-6)


def test_durations_and_readout_by_hand():
    weber, willow = hardware("google-weber"), hardware("google-willow_pink")
    assert weber.gates["syc", (0, 1)].duration == pytest.approx(12e-9)
    assert weber.gates["sqrt_iswap", (0, 1)].duration == pytest.approx(32e-9)
    assert willow.gates["cz", (0, 1)].duration == pytest.approx(42e-9)
    assert (weber.qubits[0].measure_duration, weber.qubits[0].prepare_duration) == (4e-6, 250e-9)
    assert willow.qubits[0].measure_duration == pytest.approx(600e-9)
    assert willow.qubits[0].prepare_duration == pytest.approx(160e-9)
    assert weber.qubits[0].readout == (0.0042, 0.0408) and qubit_names("google-weber")[0] == "0_5"
    assert weber.qubits[0].t1 == pytest.approx(15.816335781526366e-6)


def test_every_correction_is_a_warning():
    rainbow, weber, willow = (hardware(name).warnings for name in NAMES)
    assert rainbow == (
        "google-rainbow: meas: the specification gives 0.004 s; 4e-06 s of cirq-google's noise model is taken",
        "google-rainbow: reset: the specification has none; 2.5e-07 s of cirq-google's noise model is taken",
        "google-rainbow: reset: no error is reported; preparation is taken to be free of error",
        "google-rainbow: cz: the specification lists it without a duration or calibration; it is left out",
    )
    clamped = [w.split()[2].rstrip(":") for w in weber if "T2 is set to 2*T1" in w]
    assert clamped == ["3_2", "3_5", "4_2", "4_7", "8_4"] and len(weber) == 4 + 5
    device, names = hardware("google-weber"), qubit_names("google-weber")
    full = [names[i] for i, p in enumerate(device.qubits) if p.t2 > 2 * p.t1 * (1 - 1e-9)]
    assert full == clamped
    assert willow == (
        "google-willow_pink: reset: no error is reported; preparation is taken to be free of error",
    )


@pytest.mark.parametrize("name", NAMES)
def test_medians(name):
    device, whole = hardware(name, "median"), hardware(name)
    assert device.qubits == () and device.coupling is None and device.warnings == whole.warnings
    assert device.default.t1 == median(p.t1 for p in whole.qubits)
    assert device.default.readout[1] == median(p.readout[1] for p in whole.qubits)
    for gate, profile in ((g, p) for (g, _), p in device.gates.items()):
        assert profile.error == median(p.error for (g, _), p in whole.gates.items() if g == gate)
    assert {g for g, _ in device.gates} == {g for g, _ in whole.gates}


def test_the_gate_alone_is_the_cycle_without_its_one_qubit_gates():
    cycle, gate = hardware("google-weber"), hardware("google-weber", "best", "gate")
    raised = 0
    for (name, at), profile in cycle.gates.items():
        if len(at) == 1:
            assert gate.gates[name, at] == profile
            continue
        paulis = 1.25 * profile.error - 1.5 * sum(cycle.gates["phxz", (i,)].error for i in at)
        assert gate.gates[name, at].error == pytest.approx(0.8 * max(0.0, paulis), rel=1e-9, abs=1e-15)
        raised += paulis < 0
    assert raised == sum("the gate's is set to 0" in w for w in gate.warnings) >= 1
    assert average_infidelity(0.015, 1) == pytest.approx(0.01) and average_infidelity(
        0.015, 2
    ) == pytest.approx(0.012)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_it_is_what_cirq_google_reads(name):
    """T1, T_phi, readout, Pauli errors and durations of cirq-google's own noise model of the device."""
    code = f"""
import json, warnings
warnings.simplefilter("ignore")
import cirq, cirq_google
noise = cirq_google.engine.load_device_noise_properties({name.removeprefix("google-")!r})
key = lambda q: f"{{q.row}}_{{q.col}}"
print(json.dumps(dict(
    t1={{key(q): v for q, v in noise.t1_ns.items()}},
    tphi={{key(q): v for q, v in noise.tphi_ns.items()}},
    readout={{key(q): list(v) for q, v in noise.readout_errors.items()}},
    errors=[[op.gate_type.__name__, [key(q) for q in op.qubits], e] for op, e in noise.gate_pauli_errors.items()],
    times={{gate.__name__: t for gate, t in noise.gate_times_ns.items()}},
)))
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    theirs = json.loads(run.stdout)
    device, names = hardware(name), qubit_names(name)
    for i, profile in enumerate(device.qubits):
        assert profile.t1 * 1e9 == pytest.approx(theirs["t1"][names[i]], rel=1e-9)
        tphi = theirs["tphi"][names[i]]
        expected = min(2 * profile.t1, 1e-9 / (0.5 / theirs["t1"][names[i]] + 1 / tphi))
        assert profile.t2 == pytest.approx(expected, rel=1e-5)
        assert list(profile.readout) == theirs["readout"][names[i]]
    ours = {"PhasedXZGate": "phxz", "SycamoreGate": "syc", "ISwapPowGate": "sqrt_iswap", "CZPowGate": "cz"}
    compared = 0
    for gate, at, pauli in theirs["errors"]:
        indices = tuple(sorted(names.index(text) for text in at))
        if gate in ours and (ours[gate], indices) in device.gates:
            profile = device.gates[ours[gate], indices]
            assert profile.error == pytest.approx(pauli * len(indices) * 2 / (len(indices) * 2 + 1), rel=1e-9)
            assert profile.duration * 1e9 == pytest.approx(theirs["times"][gate], rel=1e-9)
            compared += 1
    assert compared >= len(device.gates)
    assert device.qubits[0].measure_duration * 1e9 == pytest.approx(theirs["times"]["MeasurementGate"])
    assert device.qubits[0].prepare_duration * 1e9 == pytest.approx(theirs["times"]["ResetChannel"])
