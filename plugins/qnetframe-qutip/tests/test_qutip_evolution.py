"""One operation at a time, against matrices that are written out entry by entry."""

from __future__ import annotations

import numpy as np
import pytest

from qnetframe.channels import amplitude_damping, two_qubit_depolarizing
from qnetframe.program.branches import Segment
from qnetframe.program.operations import Gate, Noise, Operation, Reset, Unitary, freeze
from qnetframe.testing.evolution_checks import OPERATIONS, QUBITS, written_out
from qnetframe.testing.random_programs import random_density_matrix, random_unitary
from qnetframe_qutip import evolution, operators
from qnetframe_qutip.evolution import evolve

RNG = np.random.default_rng(20)
TOLERANCE = 1e-12


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("superoperators", [True, False], ids=["superoperator", "kraus"])
def test_every_operation_both_ways(name, superoperators, monkeypatch):
    # The one that pays is chosen for each operation; here both are forced on all.
    monkeypatch.setattr(evolution, "superoperator_pays", lambda *_: superoperators)
    operation = OPERATIONS[name]
    rho = random_density_matrix(RNG, 4) * 0.37
    (result,) = evolve([Segment(QUBITS, (operation,), rho)])
    assert np.abs(result - written_out(operation, QUBITS, rho)).max() < TOLERANCE


@pytest.mark.parametrize("n", [1, 3, 6, 7])
def test_register_sizes_on_both_sides_of_the_switch(n):
    qubits = tuple(f"q{i}" for i in range(n))
    first, last = qubits[0], qubits[-1]
    operations: list[Operation] = [Gate("h", (last,)), Noise((first,), amplitude_damping(0.2)), Reset(last)]
    if n > 1:
        operations[1:1] = [
            Gate("cx", (last, first)),
            Unitary((last, first), freeze(random_unitary(RNG, 4))),
            Noise((last, first), two_qubit_depolarizing(0.1)),
        ]
    rho = random_density_matrix(RNG, n)
    (result,) = evolve([Segment(qubits, tuple(operations), rho)])
    for operation in operations:
        rho = written_out(operation, qubits, rho)
    assert np.abs(result - rho).max() < TOLERANCE


def test_nine_qubits_from_the_ground_state():
    qubits = tuple(f"q{i}" for i in range(9))
    operations = (Gate("h", qubits[:1]), *(Gate("cx", qubits[i : i + 2]) for i in range(8)))
    noise = Noise((qubits[8], qubits[0]), two_qubit_depolarizing(0.1))
    (result,) = evolve([Segment(qubits, (*operations, noise), None)])
    ghz = np.zeros(512)
    ghz[0] = ghz[511] = np.sqrt(0.5)
    # Of the 15 Paulis, ZZ alone leaves a GHZ state alone.
    weight = (ghz @ result @ ghz).real
    p_total = 1 - two_qubit_depolarizing(0.1).pauli_probabilities["II"]
    assert weight == pytest.approx(1 - p_total * 14 / 15, abs=1e-12)
    assert np.trace(result).real == pytest.approx(1, abs=1e-12)


def test_segments_keep_their_order_and_their_weights():
    x, z = (Gate("x", ("a",)),), (Gate("z", ("a",)), Gate("h", ("a",)))
    states = [random_density_matrix(RNG, 1) * w for w in (0.5, 0.2, 0.3)]
    segments = [Segment(("a",), x, states[0]), Segment(("a",), z, states[1]), Segment(("a",), x, states[2])]
    results = evolve(segments)
    assert len(results) == 3
    for segment, result in zip(segments, results, strict=True):
        rho = segment.state
        for operation in segment.operations:
            rho = written_out(operation, segment.qubits, rho)
        assert np.abs(result - rho).max() < TOLERANCE


def test_superoperators_are_shared_by_equal_operations():
    operators._kept_superoperator.cache_clear()
    gate, noise = Gate("ry", ("a",), (0.123,)), Noise(("b",), amplitude_damping(0.11))
    operations = (gate, noise) * 5
    evolve([Segment(("a", "b"), operations, None), Segment(("a", "b"), operations[:4], None)])
    assert operators._kept_superoperator.cache_info().misses == 2


def test_superoperators_that_would_be_too_large_are_not_built():
    def pays(operation, n):
        action, targets = operators.action_of(operation)
        return operators.superoperator_pays(action, len(targets), n)

    h, depolarizing = Gate("h", ("a",)), Noise(("a", "b"), two_qubit_depolarizing(0.1))
    assert [pays(h, n) for n in (5, 7, 9)] == [True, True, False]
    assert [pays(depolarizing, n) for n in (5, 9, 11)] == [True, True, False]
    assert not pays(OPERATIONS["pauli 4"], 4)
