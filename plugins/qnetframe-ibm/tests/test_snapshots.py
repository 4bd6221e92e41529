"""All snapshots that the installed package ships, against a reading of the raw JSON of this file's own."""

import importlib.metadata
import json
import re
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

from qnetframe.network.calibration import EXCLUDED
from qnetframe.network.hardware import GateProfile, Hardware, QubitProfile
from qnetframe_ibm import device_names, hardware

DISTRIBUTION = importlib.metadata.distribution("qiskit-ibm-runtime")
FOLDER = Path(str(DISTRIBUTION.locate_file("qiskit_ibm_runtime/fake_provider/backends")))
NAMES = device_names()


def raw(name, kind="props"):
    device = name.removeprefix("ibm-")
    return json.loads((FOLDER / device / f"{kind}_{device}.json").read_text(encoding="utf-8"))


def values(entries):
    return {entry["name"]: entry["value"] for entry in entries}


@pytest.fixture(scope="module")
def best():
    return {name: hardware(name) for name in NAMES}


def native(name):
    """The calibrated entries of gates that the device offers: rx and rzz are listed on others too."""
    basis = set(raw(name, "conf")["basis_gates"])
    return [entry for entry in raw(name)["gates"] if entry["gate"] in basis]


def test_every_snapshot_loads_with_valid_profiles(best):
    assert len(NAMES) == len({p.name for p in FOLDER.iterdir() if (p / f"props_{p.name}.json").exists()})
    for name, device in best.items():
        assert device.name == name and name.startswith("ibm-")
        assert len(device.qubits) == raw(name, "conf")["n_qubits"] == len(raw(name)["qubits"])
        good = set(range(len(device.qubits))) - set(device.excluded)
        assert sorted(device.preferred) == sorted(good)
        for index, profile in enumerate(device.qubits):
            if index in good:
                assert 0 < profile.t1 < 1e-2 and 0 < profile.t2 <= 2 * profile.t1
                assert {"sx", "x", "rz", "id"} <= {g for g, i in device.gates if i == (index,)}
            else:
                assert profile == EXCLUDED
        assert all(gate.error < 1 for gate in device.gates.values())
        assert all(good.issuperset(indices) for _, indices in device.gates)
        assert all((gate, i[::-1]) in device.gates for gate, i in device.gates if gate in ("cz", "rzz"))
        entangling = {tuple(sorted(i)) for g, i in device.gates if g in ("cx", "cz", "ecr")}
        assert device.coupling == entangling
        assert all(warning.startswith(f"{name}: ") for warning in device.warnings)
        assert len(set(device.warnings)) == len(device.warnings)


@pytest.mark.skipif(DISTRIBUTION.version != "0.51.0", reason="the published counts are of version 0.51.0")
def test_counts_of_imperfect_data(best):
    sizes = [len(device.qubits) for device in best.values()]
    assert (len(NAMES), min(sizes), max(sizes)) == (68, 1, 156)
    assert sum(any("T2 is set to 2*T1" in w for w in d.warnings) for d in best.values()) == 26
    unusable = [w for d in best.values() for w in d.warnings if "gate_error is 1;" in w]
    assert len(unusable) == 452
    assert Counter(w.split()[1] for w in unusable) == {
        "ecr": 214,
        "cz": 118,
        "cx": 75,
        "id": 15,
        "sx": 15,
        "x": 15,
    }
    assert [w for d in best.values() for w in d.warnings if re.search("T1 .* excluded", w)] == [
        "ibm-kingston: qubit 146: T1 is not reported; the qubit is excluded"
    ]
    assert {n: d.excluded for n, d in best.items() if d.excluded} == {
        "ibm-aachen": (19, 35),
        "ibm-boston": (146,),
        "ibm-brussels": (58, 93, 97, 124),
        "ibm-kingston": (96, 112, 113, 131, 146),
        "ibm-nighthawk": (85,),
        "ibm-pittsburgh": (117,),
        "ibm-strasbourg": (72,),
    }
    assert [n for n, d in best.items() if len(d.qubits) > 1 and not d.coupling] == ["ibm-kyoto"]


def test_every_correction_is_a_warning(best):
    """Counted from the raw files, one entry each; whatever has no entry is used as reported."""
    for name, device in best.items():
        said = "\n".join(device.warnings)
        qubits = [values(entries) for entries in raw(name)["qubits"]]
        clamped = [i for i, q in enumerate(qubits) if "T1" in q and q["T2"] > 2 * q["T1"]]
        assert said.count("T2 is set to 2*T1") == len(clamped)
        assert all(f"qubit {i}: T2 = " in said for i in clamped)
        errors = [(e, values(e["parameters"])["gate_error"]) for e in native(name) if e["gate"] != "reset"]
        lost = [entry for entry, error in errors if error >= 1]
        assert said.count("the gate is left out") == len(lost)
        for entry in lost:
            assert f"{entry['gate']} on {'-'.join(map(str, entry['qubits']))}: gate_error is 1" in said
        blind = [i for i, q in enumerate(qubits) if q["prob_meas1_prep0"] + q["prob_meas0_prep1"] >= 1]
        assert said.count("kept as reported") == len([i for i in blind if "T1" in qubits[i]])
        assert ("readout_length is not reported for every qubit" in said) == (
            "readout_length" not in qubits[0]
        )
        for index, (q, profile) in enumerate(zip(qubits, device.qubits, strict=True)):
            if index in device.excluded:
                assert f"qubit {index}: " in said
            else:
                assert profile.t1 == pytest.approx(q["T1"] * 1e-6, rel=1e-12)
                assert profile.t2 == pytest.approx(min(q["T2"], 2 * q["T1"]) * 1e-6, rel=1e-12)
                assert profile.readout == (q["prob_meas1_prep0"], q["prob_meas0_prep1"])
                assert profile.measure_duration == pytest.approx(q.get("readout_length", 0) * 1e-9, rel=1e-12)
        for entry, error in errors:
            key = (entry["gate"], tuple(entry["qubits"]))
            if error < 1 and not set(device.excluded).intersection(entry["qubits"]):
                assert device.gates[key].error == error
                seconds = values(entry["parameters"])["gate_length"] * 1e-9
                assert device.gates[key].duration == pytest.approx(seconds, rel=1e-12)


def test_sherbrooke_by_hand(best):
    """Numbers read off the file by eye: T1 381.5685857300125 us, T2 131.70442930164933 us, and so on."""
    device = best["ibm-sherbrooke"]
    qubit = device.qubits[0]
    assert qubit.t1 == pytest.approx(381.5685857300125e-6, rel=1e-12)
    assert qubit.t2 == pytest.approx(131.70442930164933e-6, rel=1e-12)
    assert qubit.readout == (0.01611328125, 0.00634765625)
    assert qubit.measure_duration == pytest.approx(1.216e-6, rel=1e-12)
    assert qubit.prepare_duration == pytest.approx(1.272888888888889e-6, rel=1e-12)
    assert qubit.prepare_error == 0.0
    for gate in ("sx", "x", "id"):
        assert device.gates[gate, (0,)].error == 0.00028775142091170115
        assert device.gates[gate, (0,)].duration == pytest.approx(56.888888888888886e-9, rel=1e-12)
    assert device.gates["rz", (0,)] == GateProfile(0.0, 0.0)
    # Calibrated as 41-40 only: an ecr turned round costs one-qubit gates, which placement adds.
    assert device.gates["ecr", (41, 40)].error == 0.007986948615168243
    assert device.gates["ecr", (41, 40)].duration == pytest.approx(533.3333333333333e-9, rel=1e-12)
    assert ("ecr", (40, 41)) not in device.gates
    assert (40, 41) in device.coupling
    assert ("ecr", (8, 9)) not in device.gates and (8, 9) not in device.coupling
    assert "ibm-sherbrooke: ecr on 8-9: gate_error is 1; the gate is left out" in device.warnings


def test_directions_of_one_pair(best):
    # Both orders of geneva's 16-14 are listed, one with error 1: the usable one serves, and it is said.
    device = best["ibm-geneva"]
    assert ("cx", (16, 14)) not in device.gates and ("cx", (14, 16)) in device.gates
    assert "ibm-geneva: cx on 16-14: the values of 14-16 serve, turned round" in device.warnings
    # Calibrated directions keep their own values: the slower one has more one-qubit gates in it.
    lima = best["ibm-lima"]
    assert lima.gates["cx", (0, 1)].duration != lima.gates["cx", (1, 0)].duration


def test_gates_of_older_devices_have_their_newer_names_too(best):
    device = best["ibm-almaden"]
    assert {gate for gate, _ in device.gates} == {"id", "u1", "u2", "u3", "cx", "rz", "sx", "x"}
    assert device.gates["sx", (0,)] == device.gates["u2", (0,)]
    assert device.gates["sx", (0,)].error == 0.0011847011560486597
    assert device.gates["x", (0,)] == device.gates["u3", (0,)]
    assert device.gates["rz", (0,)] == device.gates["u1", (0,)] == GateProfile(0.0, 0.0)


def test_excluded_qubits_have_no_gates(best):
    device = best["ibm-nighthawk"]
    assert device.qubits[85] == EXCLUDED and 85 not in device.preferred
    assert not [key for key in device.gates if 85 in key[1]]
    assert [w for w in device.warnings if "coupling" in w] == [
        f"ibm-nighthawk: coupling {a}-{b}: qubit 85 is excluded; the coupling is absent"
        for a, b in ((75, 85), (84, 85), (85, 86), (85, 95))
    ]


@pytest.mark.parametrize("name", NAMES)
def test_medians(name, best):
    device, whole = hardware(name, "median"), best[name]
    good = [p for i, p in enumerate(whole.qubits) if i not in whole.excluded]
    assert isinstance(device, Hardware) and device.qubits == () and device.warnings == whole.warnings
    assert device.default == QubitProfile(
        t1=median(p.t1 for p in good),
        t2=median(p.t2 for p in good),
        readout=(median(p.readout[0] for p in good), median(p.readout[1] for p in good)),
        measure_duration=median(p.measure_duration for p in good),
        prepare_duration=median(p.prepare_duration for p in good),
    )
    for gate in {entry["gate"] for entry in native(name)} - {"reset"}:
        usable = [values(e["parameters"]) for e in native(name) if e["gate"] == gate]
        of = [e["qubits"] for e in native(name) if e["gate"] == gate]
        usable = [
            v for v, q in zip(usable, of, strict=True)
            if v["gate_error"] < 1 and not set(whole.excluded).intersection(q)
        ]  # fmt: skip
        if usable:
            assert device.gates[gate, ()].error == pytest.approx(
                median(v["gate_error"] for v in usable), rel=1e-12
            )
            seconds = median(v["gate_length"] for v in usable) * 1e-9
            assert device.gates[gate, ()].duration == pytest.approx(seconds, rel=1e-12)
        else:
            assert (gate, ()) not in device.gates
    assert device.coupling == (None if whole.coupling else frozenset())


def test_sherbrooke_medians_by_hand():
    device = hardware("ibm-sherbrooke", "median")
    times = sorted(values(entries)["T1"] for entries in raw("ibm-sherbrooke")["qubits"])
    assert device.default.t1 == pytest.approx(times[63] * 1e-6, rel=1e-12)  # the 64th of 127
    assert device.gates["ecr", ()].error == pytest.approx(0.0075004597922939675, rel=1e-9)
    assert device.coupling is None
