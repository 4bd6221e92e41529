"""What is asked for: some qubits, names, and every refusal."""

import pytest

from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe_ibm import hardware


def test_some_qubits_keep_their_data_and_couplings_under_new_numbers():
    whole, device = hardware("ibm-sherbrooke"), hardware("ibm-sherbrooke", "14, 1,0,41")
    assert device.name == "ibm-sherbrooke[14,1,0,41]"
    assert device.qubits == tuple(whole.qubits[i] for i in (14, 1, 0, 41))
    assert (0, 1) in whole.coupling and (0, 14) in whole.coupling
    assert device.coupling == {(0, 2), (1, 2)}
    assert device.gates["sx", (0,)] == whole.gates["sx", (14,)]
    assert device.gates["ecr", (1, 2)] == whole.gates["ecr", (1, 0)]
    assert {i for gate, i in device.gates if gate == "ecr"} == {(1, 2), (0, 2)}
    assert device.preferred == (0, 1, 2, 3) and device.excluded == ()


def test_one_qubit():
    device = hardware("ibm-sherbrooke", "7")
    assert device.qubits == (hardware("ibm-sherbrooke").qubits[7],)
    assert device.coupling == frozenset() and all(i == (0,) for _, i in device.gates)


def test_some_qubits_have_the_warnings_that_concern_them():
    device = hardware("ibm-sherbrooke", "8,9,10")
    assert device.warnings == (
        "ibm-sherbrooke: reset gate_error is not reported for every qubit;"
        " preparation is taken to be free of error",
        "ibm-sherbrooke: ecr on 8-9: gate_error is 1; the gate is left out",
    )
    assert device.coupling == {(1, 2)}
    assert len(hardware("ibm-sherbrooke", "10,11").warnings) == 1


@pytest.mark.parametrize(
    "text", ["", "best one", "Median", "1;2", "1,,2", "1,", "-1", "1.0", "0x1", "²", "9" * 5000]
)
def test_malformed_qubits(text):
    with pytest.raises(InvalidInputError, match=r"must be 'best', 'median' or .*\[0, 126\]") as caught:
        hardware("ibm-sherbrooke", text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("value", [3, None, [1, 2], ("1",)])
def test_qubits_must_be_text(value):
    with pytest.raises(InvalidInputError, match="must be 'best'"):
        hardware("ibm-sherbrooke", value)


def test_out_of_range():
    with pytest.raises(InvalidInputError, match=r"qubits is '3,127'; 127 is not in \[0, 126\]"):
        hardware("ibm-sherbrooke", "3,127")
    with pytest.raises(InvalidInputError, match=r"such as '0'"):
        hardware("ibm-armonk", "x")


def test_twice_the_same():
    with pytest.raises(InvalidInputError, match="'3,4,3'; each device qubit may be listed once"):
        hardware("ibm-sherbrooke", "3,4,3")


def test_an_excluded_qubit_says_why():
    with pytest.raises(InvalidInputError, match=r"146 is excluded .*T1 is not reported.*\[0, 155\]"):
        hardware("ibm-kingston", "1,146")
    with pytest.raises(InvalidInputError, match=r"85 is excluded .*no usable sx"):
        hardware("ibm-nighthawk", "85")


def test_unknown_name():
    with pytest.raises(
        UnknownNameError, match=r"unknown hardware 'ibm-sherbroke'; did you mean 'ibm-sherbrooke'"
    ):
        hardware("ibm-sherbroke")
    with pytest.raises(UnknownNameError):
        hardware("ibm-../sherbrooke")


def test_no_two_qubit_gate():
    device = hardware("ibm-kyoto", "median")
    assert device.coupling == frozenset() and ("ecr", ()) not in device.gates
    assert "ibm-kyoto: no two-qubit gate is usable; no qubits are coupled" in device.warnings
