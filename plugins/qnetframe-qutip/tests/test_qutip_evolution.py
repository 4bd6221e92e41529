"""One operation at a time, against matrices that are written out with Kronecker products here."""

from __future__ import annotations

import numpy as np
import pytest

from qnetframe.channels import Channel, amplitude_damping, two_qubit_depolarizing
from qnetframe.program.branches import Segment
from qnetframe.program.gates import GATES, gate_matrix
from qnetframe.program.operations import Gate, Noise, Operation, Reset, Unitary, freeze
from qnetframe.testing.random_programs import random_channel, random_density_matrix, random_unitary
from qnetframe_qutip import evolution, operators
from qnetframe_qutip.evolution import evolve

RNG = np.random.default_rng(20)
ANGLES = (0.3, -1.1, 0.7, 2.0)
TOLERANCE = 1e-12


def kraus_of(operation: Operation) -> tuple[list[np.ndarray], tuple[str, ...]]:
    if isinstance(operation, Gate):
        return [gate_matrix(operation.name, operation.params)], operation.qubits
    if isinstance(operation, Unitary):
        return [np.array(operation.matrix)], operation.qubits
    if isinstance(operation, Noise):
        return list(operation.channel.kraus), operation.qubits
    assert isinstance(operation, Reset)
    return [np.array([[1, 0], [0, 0]]), np.array([[0, 1], [0, 0]])], (operation.qubit,)


def written_out(local: np.ndarray, places: list[int], n: int) -> np.ndarray:
    """Expand a matrix entry by entry, from the bits of the indices."""
    full = np.zeros((1 << n, 1 << n), dtype=complex)
    for column in range(1 << n):
        bits = [column >> (n - 1 - i) & 1 for i in range(n)]
        inner = sum(bits[p] << (len(places) - 1 - j) for j, p in enumerate(places))
        for outer in range(len(local)):
            new = list(bits)
            for j, p in enumerate(places):
                new[p] = outer >> (len(places) - 1 - j) & 1
            full[sum(b << (n - 1 - i) for i, b in enumerate(new)), column] += local[outer, inner]
    return full


def expected(operation: Operation, qubits: tuple[str, ...], rho: np.ndarray) -> np.ndarray:
    kraus, targets = kraus_of(operation)
    full = [written_out(k, [qubits.index(t) for t in targets], len(qubits)) for k in kraus]
    return sum(k @ rho @ k.conj().T for k in full)


OPERATIONS: list[Operation] = [
    *(Gate(n, ("c", "a", "b")[: g.num_qubits], ANGLES[: g.num_params]) for n, g in GATES.items()),
    Unitary(("b",), freeze(random_unitary(RNG, 2))),
    Unitary(("c", "a"), freeze(random_unitary(RNG, 4))),
    Unitary(("c", "a", "b"), freeze(random_unitary(RNG, 8))),
    Unitary(("d", "c", "a", "b"), freeze(random_unitary(RNG, 16))),
    Noise(("b",), amplitude_damping(0.3)),
    Noise(("d", "b"), random_channel(RNG, 2, rank=3)),
    Noise(("b", "d"), two_qubit_depolarizing(0.2)),
    Noise(("c", "a", "d"), Channel.from_pauli({"XYZ": 0.2, "IZX": 0.1})),
    Noise(("c", "a", "d", "b"), Channel.from_pauli({"XYZX": 0.2, "IZXI": 0.1})),
    Reset("c"),
]
QUBITS = ("a", "b", "c", "d")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: f"{o.kind}-{getattr(o, 'name', '')}")
@pytest.mark.parametrize("superoperators", [True, False], ids=["superoperator", "kraus"])
def test_every_operation_both_ways(operation, superoperators, monkeypatch):
    if not superoperators:
        monkeypatch.setattr(evolution, "superoperator_pays", lambda *_: False)
    rho = random_density_matrix(RNG, 4) * 0.37
    (result,) = evolve([Segment(QUBITS, (operation,), rho)])
    assert np.abs(result - expected(operation, QUBITS, rho)).max() < TOLERANCE


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
        rho = expected(operation, qubits, rho)
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
            rho = expected(operation, segment.qubits, rho)
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
    assert not pays(OPERATIONS[-2], 4)
