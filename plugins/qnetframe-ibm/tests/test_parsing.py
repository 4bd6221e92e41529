"""Imperfect data of every kind, also kinds that no shipped snapshot has; a made-up package on disk."""

import importlib.metadata
import json

import pytest

from qnetframe.errors import InvalidInputError, PluginError
from qnetframe.network.calibration import EXCLUDED
from qnetframe_ibm import device_names, files, hardware, qnetframe_hardware
from qnetframe_ibm.reading import read
from qnetframe_ibm.selection import select
from qnetframe_ibm.snapshot import parse


def entry(name, value, unit=""):
    return {"name": name, "value": value, "unit": unit}


def qubit(**changes):
    found = {
        "T1": entry("T1", 100, "us"),
        "T2": entry("T2", 0.15, "ms"),
        "prob_meas1_prep0": entry("prob_meas1_prep0", 0.01),
        "prob_meas0_prep1": entry("prob_meas0_prep1", 0.03),
        "readout_error": entry("readout_error", 0.02),
        "readout_length": entry("readout_length", 700, "ns"),
    }
    for name, change in changes.items():
        if change is None:
            del found[name]
        else:
            found[name] = entry(name, *change)
    return list(found.values())


def gate(name, *qubits, error=0.001, length=50):
    parameters = [entry("gate_length", length, "ns")]
    if error is not None:
        parameters.append(entry("gate_error", error))
    return {"gate": name, "qubits": list(qubits), "parameters": parameters}


def device(qubits, extra=(), coupling=((0, 1),), basis=("sx", "x", "rz", "id", "cx")):
    gates = [gate("sx", i) for i in range(len(qubits))] + [
        gate("reset", i, error=0.002) for i in range(len(qubits))
    ]
    configuration = {"basis_gates": list(basis), "coupling_map": [list(pair) for pair in coupling]}
    return parse("made-up", configuration, {"qubits": list(qubits), "gates": gates + list(extra)})


PAIR = gate("cx", 0, 1, error=0.01, length=400)


def test_clean_data_have_no_warnings():
    whole = select(device([qubit(), qubit()], [PAIR]))
    assert whole.warnings == () and whole.excluded == ()
    first = whole.qubits[0]
    assert (first.t1, first.t2) == (pytest.approx(1e-4), pytest.approx(1.5e-4))
    assert first.readout == (0.01, 0.03) and first.measure_duration == pytest.approx(7e-7)
    assert (first.prepare_error, first.prepare_duration) == (0.002, pytest.approx(5e-8))


@pytest.mark.parametrize(
    "unit, seconds", [("s", 1), ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("μs", 1e-6), ("ns", 1e-9)]
)
def test_units(unit, seconds):
    assert read([entry("T1", 2.5, unit)], "T1").value == pytest.approx(2.5 * seconds, rel=1e-15)


@pytest.mark.parametrize("unit", ["", "fortnight", "GHz"])
def test_a_time_in_an_unknown_unit_is_not_used(unit):
    whole = select(device([qubit(T1=(100, unit)), qubit()], [PAIR]))
    assert whole.excluded == (0,) and whole.qubits[0] == EXCLUDED and whole.coupling == frozenset()
    assert f"made-up: qubit 0: T1 is 100{' ' * bool(unit)}{unit}; the qubit is excluded" in whole.warnings


@pytest.mark.parametrize("field", ["T1", "T2"])
@pytest.mark.parametrize("value", [0, -1.0, float("nan"), float("inf"), None, "12", True])
def test_a_time_that_is_no_time_excludes_the_qubit(field, value):
    whole = select(device([qubit(), qubit(**{field: (value, "us")})], [PAIR]))
    assert whole.excluded == (1,) and whole.preferred == (0,)
    assert f"made-up: qubit 1: {field} is {value!r} us; the qubit is excluded" in whole.warnings
    assert "made-up: coupling 0-1: qubit 1 is excluded; the coupling is absent" in whole.warnings


@pytest.mark.parametrize("field", ["T1", "T2"])
def test_a_missing_time_excludes_the_qubit(field):
    assert f"made-up: qubit 0: {field} is not reported; the qubit is excluded" in (
        select(device([qubit(**{field: None}), qubit()])).warnings
    )


def test_t2_is_clamped():
    whole = select(device([qubit(T2=(201, "us")), qubit(T2=(200, "us"))], [PAIR]))
    assert whole.qubits[0].t2 == 2 * whole.qubits[0].t1 == pytest.approx(2e-4)
    assert whole.warnings == (
        "made-up: qubit 0: T2 = 0.000201 s is above 2*T1 = 0.0002 s; T2 is set to 2*T1",
    )


@pytest.mark.parametrize("change", [None, (float("nan"),), (1.2,), (-0.1,)])
def test_readout_falls_back_to_the_mean(change):
    whole = select(device([qubit(prob_meas1_prep0=change), qubit()], [PAIR]))
    assert whole.qubits[0].readout == (0.02, 0.02) and whole.qubits[1].readout == (0.01, 0.03)
    assert len(whole.warnings) == 1 and whole.warnings[0].endswith("; readout_error 0.02 is taken for both")


def test_no_readout_at_all_excludes_the_qubit():
    whole = select(device([qubit(prob_meas0_prep1=None, readout_error=(1.5,)), qubit()], [PAIR]))
    assert whole.excluded == (0,)
    assert whole.warnings[0] == (
        "made-up: qubit 0: prob_meas1_prep0 is 0.01, prob_meas0_prep1 is not reported, readout_error is 1.5;"
        " the qubit is excluded"
    )


def test_a_readout_that_tells_nothing_is_kept_and_said():
    whole = select(device([qubit(prob_meas1_prep0=(1,), prob_meas0_prep1=(0,)), qubit()], [PAIR]))
    assert whole.qubits[0].readout == (1.0, 0.0) and "tells nothing" in whole.warnings[0]


@pytest.mark.parametrize("error", [1, 1.0, 27, float("nan"), -0.1, "1"])
def test_an_unusable_gate_is_an_absent_edge(error):
    whole = select(device([qubit(), qubit()], [gate("cx", 0, 1, error=error)]))
    assert whole.coupling == frozenset() and not [i for _, i in whole.gates if len(i) == 2]
    assert f"made-up: cx on 0-1: gate_error is {error!r}; the gate is left out" in whole.warnings


def test_a_gate_without_error_or_length_is_left_out():
    whole = select(device([qubit(), qubit()], [gate("cx", 0, 1, error=None), gate("x", 0, length=-1), PAIR]))
    assert "made-up: cx on 0-1: gate_error is not reported; the gate is left out" in whole.warnings
    assert "made-up: x on 0: gate_length is -1 ns; the gate is left out" in whole.warnings
    assert ("x", (0,)) not in whole.gates


def test_gates_outside_the_basis_are_not_offered():
    whole = select(device([qubit(), qubit()], [PAIR, gate("rzz", 0, 1, error=1), gate("measure", 0)]))
    assert whole.warnings == () and {name for name, _ in whole.gates} == {"sx", "cx"}


def test_a_coupling_without_a_gate_is_said():
    whole = select(device([qubit(), qubit(), qubit()], [PAIR], coupling=[(0, 1), (1, 0), (2, 1)]))
    assert whole.warnings == ("made-up: coupling 1-2: no two-qubit gate is reported; the coupling is absent",)


def test_a_field_lacking_on_some_qubits_names_them():
    whole = select(device([qubit(readout_length=None), qubit(), qubit(readout_length=(-5, "ns"))], [PAIR]))
    assert [q.measure_duration for q in whole.qubits] == [0.0, pytest.approx(7e-7), 0.0]
    assert whole.warnings == (
        "made-up: readout_length is not reported for qubits 0, 2; measurement is taken to last 0 s",
    )


def test_a_device_without_usable_qubits():
    nothing = device([qubit(T1=None)], coupling=())
    assert select(nothing).excluded == (0,) and select(nothing).preferred == ()
    with pytest.raises(InvalidInputError, match="no qubit of this device is usable"):
        select(nothing, "median")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A stand-in for the installed distribution, empty until a test writes devices into it."""

    class Distribution:
        version = "0.0"

        def locate_file(self, path):
            return tmp_path / path

    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: Distribution())
    folder = tmp_path / "qiskit_ibm_runtime" / "fake_provider" / "backends"
    folder.mkdir(parents=True)
    return folder


def write(package, name, configuration, properties):
    (package / name).mkdir()
    (package / name / f"conf_{name}.json").write_text(configuration)
    (package / name / f"props_{name}.json").write_text(properties)


def test_devices_are_the_folders_with_both_files(package):
    write(package, "here", "{}", "{}")
    (package / "__pycache__").mkdir()
    (package / "half").mkdir()
    (package / "half" / "conf_half.json").write_text("{}")
    (package / "a_file.json").write_text("{}")
    assert device_names() == ("ibm-here",)


@pytest.mark.parametrize("text", ["{", "", "\udcff"])
def test_a_file_that_is_not_json(package, text):
    write(package, "torn", "{}", "{}")
    (package / "torn" / "props_torn.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(PluginError, match=r"props_torn\.json cannot be read"):
        hardware("ibm-torn")


@pytest.mark.parametrize("properties", [{}, [], {"qubits": [[{}]], "gates": []}, {"qubits": 3, "gates": []}])
def test_a_file_of_another_layout(package, properties):
    write(package, "odd", json.dumps({"basis_gates": []}), json.dumps(properties))
    with pytest.raises(PluginError, match=r"ibm-odd: the calibration files .* not laid out as expected"):
        hardware("ibm-odd")


def test_a_missing_folder(package):
    package.rmdir()
    with pytest.raises(PluginError, match="has no folder"):
        device_names()


def test_without_the_package(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    assert files.version() is None
    assert list(qnetframe_hardware()) == []
    with pytest.raises(PluginError, match="pip install qiskit-ibm-runtime"):
        hardware("ibm-sherbrooke")
