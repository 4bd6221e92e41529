"""Calibrations by hand: the whole device, medians, some of its qubits, and which are best."""

from math import exp

import pytest

from qnetframe import InvalidInputError
from qnetframe.network import GateProfile, QubitProfile
from qnetframe.network.calibration import EXCLUDED, Calibration, Note, medians, order, qubit_cost, some, whole

GOOD, FAIR, POOR = (QubitProfile(1e-4, 1e-4, (e, e), 1e-6) for e in (0.01, 0.02, 0.05))


def device(**changes):
    """A row 0-1-2-3-4 and an island 6-7; 5 is excluded."""
    pairs = {(0, 1): 0.01, (1, 2): 0.002, (2, 3): 0.03, (3, 4): 0.004, (6, 7): 0.001}
    gates = {("sx", (i,)): GateProfile(1e-3, 3e-8) for i in (0, 1, 2, 3, 4, 6, 7)}
    gates |= {("cz", pair): GateProfile(error, 2e-7) for pair, error in pairs.items()}
    notes = (Note("toy: qubit 5: no T1; the qubit is excluded", (5,)), Note("toy: no error of reset"))
    given = {
        "name": "toy", "names": tuple("abcdefgh"), "qubits": (FAIR, GOOD, GOOD, FAIR, GOOD, None, POOR, POOR),
        "gates": gates, "pairs": frozenset(pairs), "notes": notes, "one_qubit": "sx", "entangling": ("cz",),
    }  # fmt: skip
    return Calibration(**{**given, **changes})


def test_costs_and_the_order_of_qubits():
    waiting = 0.5 - exp(-0.1) / 6 - exp(-0.1) / 3
    assert qubit_cost(device(), 1) == pytest.approx(0.01 + 0.001 + waiting)
    # The best pair 1-2; then 0 at .02 + .01 before 3 at .02 + .03; then 4, last the island.
    assert order(device()) == (1, 2, 0, 3, 4, 6, 7)
    lone = {key: gate for key, gate in device().gates.items() if key[0] == "sx"}
    assert order(device(gates=lone, pairs=frozenset())) == (1, 2, 4, 0, 3, 6, 7)


def test_the_whole_device_keeps_its_numbers():
    hardware = whole(device())
    assert hardware.excluded == (5,) and hardware.qubits[5] == EXCLUDED and hardware.qubits[6] == POOR
    assert hardware.preferred[:2] == (1, 2) and len(hardware.coupling) == 5
    assert hardware.warnings == ("toy: qubit 5: no T1; the qubit is excluded", "toy: no error of reset")


def test_medians_are_of_reported_gates():
    typical = medians(device())
    assert typical.name == "toy (median)" and typical.coupling is None
    assert typical.default.readout == (0.02, 0.02) and typical.gates["cz", ()].error == 0.004
    reported = frozenset({("sx", (0,)), ("cz", (2, 3))})
    assert medians(device(reported=reported)).gates["cz", ()].error == 0.03
    assert medians(device(pairs=frozenset())).coupling == frozenset()
    with pytest.raises(InvalidInputError, match="toy: qubits is 'median'; no qubit of this device is usable"):
        medians(device(qubits=(None,) * 8))


def test_some_qubits_get_new_numbers():
    part = some(device(), (3, 2))
    assert part.name == "toy[d,c]" and part.qubits == (FAIR, GOOD)
    assert part.coupling in ({(0, 1)}, {(1, 0)}) and part.gates["cz", (1, 0)].error == 0.03
    assert set(part.gates) == {("sx", (0,)), ("sx", (1,)), ("cz", (1, 0))}
    assert part.warnings == ("toy: no error of reset",)
    assert device().why_excluded(5) == "qubit 5: no T1; the qubit is excluded"
