"""Trajectories of any pure-state engine, here of a numpy vector, against the exact distribution."""

import numpy as np
import pytest

from qnetframe.channels import amplitude_damping, depolarizing
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.kraus import kraus_of, unitary_mixture
from qnetframe.program.operations import Coin, Gate, Noise, Reset, Unitary, freeze
from qnetframe.program.program import Program
from qnetframe.program.trajectories import sample_trajectories
from qnetframe.testing.agreement import assert_sampled
from qnetframe.testing.programs import SAMPLED, there_and_back
from qnetframe.testing.random_programs import random_program, random_unitary


class Vector:
    """A state vector in numpy that counts what is asked of it."""

    calls = 0

    def __init__(self, width, vector=None):
        self.width = width
        self.vector = np.eye(1, 1 << width, dtype=complex)[0] if vector is None else vector

    def copy(self):
        return type(self)(self.width, self.vector.copy())

    def _rows(self, places):
        tensor = np.moveaxis(self.vector.reshape((2,) * self.width), places, range(len(places)))
        return tensor.reshape(1 << len(places), -1)

    def apply(self, matrix, places):
        Vector.calls += 1
        tensor = (matrix @ self._rows(places)).reshape((2,) * self.width)
        self.vector = np.moveaxis(tensor, range(len(places)), places).ravel()
        assert abs(np.linalg.norm(self.vector) - 1) < 1e-9, "a trajectory is not normalised"

    def reduced(self, places):
        rows = self._rows(places)
        return rows @ rows.conj().T


class Engine:
    def __init__(self, max_qubits=12):
        self.max_qubits = max_qubits

    def compile(self, circuit):
        self.circuit = circuit
        return self

    def sample(self, shots, seed):
        return sample_trajectories(self.circuit, Vector, shots, seed, self.max_qubits)


@pytest.mark.parametrize("make", SAMPLED.values(), ids=SAMPLED)
def test_written_programs(make):
    assert_sampled(Engine(), make().circuit(), 20_000, seed=5)


@pytest.mark.parametrize("seed", range(40))
def test_random_programs(seed):
    circuit = random_program(seed, max_bits=4, saves=False, require=False).circuit()
    # Forty programs share a false-alarm rate of 1e-6.
    assert_sampled(Engine(), circuit, 1000, seed, 1e-6 / 40)


def test_shots_with_one_history_are_one_piece_of_work():
    circuit = SAMPLED["noiseless"]().circuit()
    Vector.calls = 0
    Engine().compile(circuit).sample(10, 1)
    few, Vector.calls = Vector.calls, 0
    Engine().compile(circuit).sample(1_000_000, 1)
    assert few <= Vector.calls < 60


def test_a_circuit_that_is_too_wide_uses_qubits_again_or_is_refused():
    p = Program("in a row")
    qubits = p.qubits("alice", *(f"q{i}" for i in range(30)))
    for qubit in qubits:
        p.ry(0.7, qubit).noise(depolarizing(0.1), qubit)
        p.measure(qubit)
    assert Engine(4).compile(p.circuit()).sample(20, 1).bits().shape == (20, 30)
    with pytest.raises(UnsupportedError, match="needs 8 qubits at once, at most 4 are allowed"):
        Engine(4).compile(there_and_back(8).circuit()).sample(10, 1)


def test_bad_numbers_are_refused():
    circuit = SAMPLED["constant"]().circuit()
    for shots, seed in ((0, 1), (10, -1)):
        with pytest.raises(InvalidInputError, match="it must be at least"):
            Engine().compile(circuit).sample(shots, seed)


def test_kraus_operators_of_every_operation():
    unitary = random_unitary(np.random.default_rng(1), 4)
    assert np.allclose(kraus_of(Gate("x", ("a",)))[0], [[0, 1], [1, 0]])
    assert np.allclose(kraus_of(Unitary(("a", "b"), freeze(unitary)))[0], unitary)
    damping = kraus_of(Noise(("a",), amplitude_damping(0.3)))
    assert np.allclose(sum(k @ np.diag([0, 1]) @ k.conj().T for k in damping), np.diag([0.3, 0.7]))
    reset = kraus_of(Reset("a"))
    assert np.allclose(sum(k @ np.eye(2) / 2 @ k.conj().T for k in reset), [[1, 0], [0, 0]])
    with pytest.raises(TypeError, match="coin is no gate"):
        kraus_of(Coin(0.5, "c"))


def test_a_mixture_of_unitaries_is_recognised():
    weights, unitaries = unitary_mixture(depolarizing(0.3))
    assert sorted(weights) == pytest.approx([0.1, 0.1, 0.1, 0.7]) and np.allclose(
        unitaries[0] @ unitaries[0].conj().T, np.eye(2)
    )
    assert unitary_mixture(amplitude_damping(0.3)) is None
