"""The plugin as the host meets it; choices, refusals, damaged files; programs placed on the devices."""

import importlib.metadata
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import qnetframe as qn
import qnetframe_google
from qnetframe import Program
from qnetframe.api import HardwareSpec
from qnetframe.errors import InvalidInputError, PluginError, UnknownNameError
from qnetframe.network import Link, Network, Node
from qnetframe.placement import place
from qnetframe.program.operations import Noise
from qnetframe_google import device_names, files, hardware, qubit_names, textproto
from qnetframe_google.snapshot import parse


def test_one_spec_a_device():
    specs = list(qnetframe_google.qnetframe_hardware())
    assert [spec.name for spec in specs] == ["google-rainbow", "google-weber", "google-willow_pink"]
    for spec in specs:
        assert isinstance(spec, HardwareSpec)
        assert list(inspect.signature(spec.factory).parameters) == ["qubits", "two_qubit_error"]
        assert spec.factory(qubits="median") == hardware(spec.name, "median")
    (point,) = importlib.metadata.entry_points(group="qnetframe", name="google")
    assert point.load() is qnetframe_google


def test_neither_listing_nor_loading_imports_an_sdk():
    code = """
import sys
import qnetframe_google
specs = list(qnetframe_google.qnetframe_hardware())
specs[0].factory()
loaded = [m for m in sys.modules if m.split(".")[0] in {"cirq_google", "cirq", "google", "grpc"}]
assert not [m for m in loaded if m != "google"], loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_readme_examples():
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_some_qubits_keep_their_data_and_couplings_under_new_numbers():
    whole, names = hardware("google-weber"), qubit_names("google-weber")
    device = hardware("google-weber", "4_2, 4_1,8_4")
    a, b, c = (names.index(text) for text in ("4_2", "4_1", "8_4"))
    assert device.name == "google-weber[4_2,4_1,8_4]" and device.coupling == {(0, 1)}
    assert device.qubits == (whole.qubits[a], whole.qubits[b], whole.qubits[c])
    assert {at for gate, at in device.gates if gate == "syc"} == {(1, 0)}
    assert device.gates["syc", (1, 0)] == whole.gates["syc", (b, a)]
    said = " ".join(device.warnings)
    assert "qubit 4_2" in said and "qubit 8_4" in said and "qubit 3_5" not in said
    assert hardware("google-weber", "5_0").coupling == frozenset()


@pytest.mark.parametrize(
    "text", ["", "Best", "0_5;0_6", "0_5,", "0_0", "5", "05_0", "0_5,0_6,zz", "9" * 5000, 3, None]
)
def test_malformed_qubits(text):
    with pytest.raises(
        InvalidInputError, match=r"google-weber: qubits is .*row and column, such as '0_5,0_6'"
    ):
        hardware("google-weber", text)


def test_other_refusals():
    with pytest.raises(InvalidInputError, match="each qubit may be listed once"):
        hardware("google-weber", "0_5,0_5")
    with pytest.raises(UnknownNameError, match="did you mean 'google-weber'"):
        hardware("google-webber")
    with pytest.raises(InvalidInputError, match="two_qubit_error is 'xeb'; it must be 'cycle' or 'gate'"):
        hardware("google-weber", two_qubit_error="xeb")


@pytest.mark.parametrize("name", ["google-rainbow", "google-weber", "google-willow_pink"])
def test_the_best_come_first_and_hang_together(name):
    device = hardware(name)
    edges = {frozenset(pair) for pair in device.coupling}
    for size in range(2, len(device.preferred)):
        taken, then = device.preferred[:size], device.preferred[size]
        assert any(frozenset((then, t)) in edges for t in taken)
    assert frozenset(device.preferred[:2]) in edges


GATE = {"gate_duration_picos": ["25000"], "phased_xz": [{}]}
SPECIFICATION = {
    "valid_qubits": ["0_1", "0_0"],
    "valid_targets": [{"targets": [{"ids": ["0_0", "0_1"]}]}],
    "valid_gates": [
        GATE, {"gate_duration_picos": ["500000"], "meas": [{}]}, {"gate_duration_picos": ["100000"], "reset": [{}]},
        {"gate_duration_picos": ["40000"], "cz": [{}]},
    ],
}  # fmt: skip
VALUES = {
    "single_qubit_idle_t1_micros": 20.0,
    "single_qubit_p00_error": 0.01,
    "single_qubit_p11_error": 0.03,
    "single_qubit_rb_incoherent_error_per_gate": 5e-4,
    "single_qubit_rb_pauli_error_per_gate": 1e-3,
}


def document(changes=None, cz=0.01):
    metrics = []
    for name, value in VALUES.items():
        for qubit in ("0_0", "0_1"):
            number = (changes or {}).get((name, qubit), value)
            if number is not None:
                metrics.append({"name": name, "targets": [qubit], "values": [{"doubleVal": number}]})
    if cz is not None:
        name = "two_qubit_parallel_cz_gate_xeb_pauli_error_per_cycle"
        metrics.append({"name": name, "targets": ["0_1", "0_0"], "values": [{"doubleVal": cz}]})
    return metrics


def test_a_device_by_hand():
    snapshot = parse("d", SPECIFICATION, document())
    assert snapshot.names == ("0_0", "0_1") and snapshot.pairs == {(0, 1)}
    assert snapshot.gates["cz", (0, 1)].error == pytest.approx(0.008)
    assert snapshot.qubits[0].t2 == pytest.approx(1 / (3 * 5e-4 / 25e-9 - 1 / 40e-6))
    assert [note.text for note in snapshot.notes] == [
        "d: reset: no error is reported; preparation is taken to be free of error"
    ]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("single_qubit_idle_t1_micros", None, "qubit 0_1: T1 is None; the qubit is excluded"),
        ("single_qubit_idle_t1_micros", 0.0, "qubit 0_1: T1 is 0; the qubit is excluded"),
        ("single_qubit_p11_error", 1.5, r"qubit 0_1: P(0|1) is 1.5; the qubit is excluded"),
        ("single_qubit_p00_error", float("nan"), r"qubit 0_1: P(1|0) is nan; the qubit is excluded"),
        (
            "single_qubit_rb_pauli_error_per_gate",
            1.0,
            "phased_xz on 0_1: the Pauli error is 1.0; the qubit is excluded",
        ),
    ],
)
def test_a_qubit_that_cannot_be_used_is_excluded_with_its_coupling(field, value, said):
    snapshot = parse("d", SPECIFICATION, document({(field, "0_1"): value}))
    texts = [note.text for note in snapshot.notes]
    assert f"d: {said}" in texts
    assert "d: coupling 0_0-0_1: no usable two-qubit gate; the coupling is absent" in texts
    assert snapshot.qubits[1] is None and snapshot.pairs == frozenset()
    from qnetframe_google.selection import select

    assert select(snapshot).excluded == (1,) and select(snapshot).preferred == (0,)
    with pytest.raises(InvalidInputError, match="excluded"):
        select(snapshot, "0_1")


def test_other_corrections():
    lost = parse("d", SPECIFICATION, document(cz=1.2))
    assert "d: cz on 0_0-0_1: the Pauli error is 1.2; the gate is left out" in [n.text for n in lost.notes]
    blind = parse("d", SPECIFICATION, document({("single_qubit_p11_error", "0_0"): 0.995}))
    assert any("tells nothing of the state; kept as reported" in n.text for n in blind.notes)
    none = parse("d", SPECIFICATION, document({("single_qubit_rb_incoherent_error_per_gate", "0_0"): None}))
    assert none.qubits[0].t2 == 2 * none.qubits[0].t1
    assert any("incoherent error is None" in n.text for n in none.notes)


@pytest.mark.parametrize("text", ["}", "a {", 'a: "', "a: {", "a", "a { b: 1", "= 3"])
def test_a_damaged_specification_is_no_message(text):
    with pytest.raises(ValueError, match=r"character|end"):
        textproto.parse(text)


def test_damaged_files_are_named(tmp_path, monkeypatch):
    for kind in ("calibrations", "specifications"):
        (tmp_path / kind).mkdir()
    monkeypatch.setattr(files, "_folder", lambda kind: str(tmp_path / kind))
    assert device_names() == ()
    calibration = tmp_path / "calibrations" / "new_chip_2030_01_01_calibration.json"
    specification = tmp_path / "specifications" / "new_chip_2030_device_spec_for_grid_device.proto.txt"
    specification.write_text("valid_qubits: ")
    for content in ("{", "[]", '{"metrics": {"metrics": [{"name": 1}]}}', '{"metrics": {"metrics": []}}'):
        calibration.write_text(content)
        assert device_names() == ("google-new_chip",)
        with pytest.raises(
            PluginError, match=r"google-new_chip: the calibration files .* not laid out as expected"
        ):
            hardware("google-new_chip")


def test_without_the_package_there_are_no_devices(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    assert list(qnetframe_google.qnetframe_hardware()) == []
    with pytest.raises(PluginError, match="pip install cirq-google"):
        device_names()


def teleportation():
    p = Program("teleportation")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.prepare(psi, [0.8, 0.6])
    p.entangle(a, b)
    p.cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi), p.measure(a)
    p.x(b, when=m_x).z(b, when=m_z)
    p.save("out", b)
    return p


@pytest.mark.parametrize("name", device_names())
@pytest.mark.parametrize("qubits", ["best", "median"])
def test_teleportation_places_on_every_device(name, qubits):
    from qnetframe_ibm import hardware as ibm

    network = Network(
        [Node("alice", hardware(name, qubits)), Node("bob", ibm("ibm-sherbrooke"))], [Link("alice", "bob")]
    )
    placed = place(teleportation(), network)
    noise = [o for o in placed.circuit.operations if isinstance(o, Noise)]
    pairs = [o for o in noise if len(o.qubits) == 2 and o.qubits[0].startswith("alice")]
    # A cx is one cz or two syc, each with its depolarizing remainder.
    assert len(pairs) == (1 if name == "google-willow_pink" else 2)
    fidelity = (
        qn.execute(teleportation(), backend="reference", network=network).state("out").fidelity([0.8, 0.6])
    )
    ideal = Network([Node("alice"), Node("bob", ibm("ibm-sherbrooke"))], [Link("alice", "bob")])
    best = qn.execute(teleportation(), backend="reference", network=ideal).state("out").fidelity([0.8, 0.6])
    assert 0.7 < fidelity.value < best.value < 1


def test_the_charge_of_a_cx_is_two_sycamore_gates():
    """Two-qubit Pauli probability 5r/4 each after relaxation: median device, no idling, closed form."""
    device = hardware("google-weber", "median")
    p = Program("cx")
    a, b = p.qubits("alice", "a", "b")
    p.cx(a, b)
    placed = place(p, Network([Node("alice", device)]))
    pairs = [o.channel for o in placed.circuit.operations if isinstance(o, Noise) and len(o.qubits) == 2]
    assert len(pairs) == 2
    error, profile = device.gates["syc", ()].error, device.default
    assert placed.timeline.latency == pytest.approx(250e-9 + 2 * 12e-9 + 3 * 25e-9, rel=1e-6)  # reset first
    from qnetframe.placement.noise import relaxation_infidelity

    relaxed = relaxation_infidelity((profile, profile), 12e-9)
    weight = (error - relaxed) / (1 - relaxed - 0.25)
    for channel in pairs:
        assert 1 - channel.pauli_probabilities["II"] == pytest.approx(0.9375 * weight, rel=1e-9)
    assert 0 < relaxed < error
