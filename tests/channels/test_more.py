"""Finite temperature, coherent errors, correlated errors and erasure, against closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnetframe import Program
from qnetframe.channels import (
    Channel,
    amplitude_damping,
    correlated_pauli,
    dephasing,
    erasure,
    fully_depolarizing,
    generalized_amplitude_damping,
    over_rotation,
    pauli,
    phase_damping,
    two_qubit_pauli,
)
from qnetframe.errors import InvalidInputError
from qnetframe.paulis import pauli_matrix
from qnetframe.plugins import Plugins

units = st.floats(0, 1)


@given(units, units)
def test_generalized_amplitude_damping_on_a_general_state(gamma, excited):
    rho = np.array([[0.7, 0.2 - 0.3j], [0.2 + 0.3j, 0.3]])
    out = generalized_amplitude_damping(gamma, excited).apply(rho)
    assert out[1, 1] == pytest.approx(0.3 * (1 - gamma) + gamma * excited, abs=1e-12)
    assert out[0, 1] == pytest.approx(rho[0, 1] * math.sqrt(1 - gamma), abs=1e-12)
    equilibrium = np.diag([1 - excited, excited])
    assert np.allclose(generalized_amplitude_damping(gamma, excited).apply(equilibrium), equilibrium)


def test_generalized_amplitude_damping_without_heat_is_amplitude_damping():
    assert generalized_amplitude_damping(0.3).is_close(amplitude_damping(0.3), 1e-15)
    composed = generalized_amplitude_damping(0.3, 0.2).then(generalized_amplitude_damping(0.5, 0.2))
    assert composed.is_close(generalized_amplitude_damping(1 - 0.7 * 0.5, 0.2), 1e-12)


@given(units)
def test_phase_damping_shrinks_coherences(lam):
    channel = phase_damping(lam)
    out = channel.apply(np.full((2, 2), 0.5))
    assert out[0, 1].real == pytest.approx(0.5 * math.sqrt(1 - lam), abs=1e-12)
    textbook = Channel([np.diag([1, math.sqrt(1 - lam)]), np.diag([0, math.sqrt(lam)])])
    assert channel.is_close(textbook, 1e-12) and channel.is_pauli


def test_phase_damping_keeps_tiny_probabilities():
    assert phase_damping(1e-20).pauli_probabilities["Z"] == pytest.approx(2.5e-21, rel=1e-12)
    assert phase_damping(1.0).is_close(dephasing(0.5), 1e-12)


@pytest.mark.parametrize(("axis", "label"), [("x", "X"), ("Z", "Z"), ("zz", "ZZ"), ("XIY", "XIY")])
def test_over_rotation_about_a_pauli_string(axis, label):
    channel, angle = over_rotation(axis, 0.4), 0.4
    matrix = pauli_matrix(label)
    unitary = math.cos(angle / 2) * np.eye(len(matrix)) - 1j * math.sin(angle / 2) * matrix
    assert channel.is_close(Channel.from_unitary(unitary), 1e-12)
    dim = len(matrix)
    lost = dim * math.sin(angle / 2) ** 2 / (dim + 1)
    assert 1 - channel.average_fidelity() == pytest.approx(lost, rel=1e-12)
    assert over_rotation(axis, 0.1).then(over_rotation(axis, 0.3)).is_close(channel, 1e-12)
    twirl = channel.pauli_twirl().pauli_probabilities[label]
    assert twirl == pytest.approx(math.sin(angle / 2) ** 2, rel=1e-9)


def test_over_rotation_about_a_direction():
    assert over_rotation((2.0, 0.0, 0.0), 0.4).is_close(over_rotation("x", 0.4), 1e-15)
    tilted = over_rotation((1.0, 0.0, 1.0), math.pi)
    hadamard = (pauli_matrix("X") + pauli_matrix("Z")) / math.sqrt(2)
    assert tilted.is_close(Channel.from_unitary(hadamard), 1e-12)


@pytest.mark.parametrize("axis", ["", "I", "II", "w", "X" * 7, (1.0, 2.0), (0.0, 0.0, 0.0), 3, None])
def test_axes_that_are_none(axis):
    with pytest.raises(InvalidInputError, match="over_rotation axis"):
        over_rotation(axis, 0.1)


def test_two_qubit_pauli():
    channel = two_qubit_pauli({"XZ": 0.1, "IY": 0.2})
    assert channel.pauli_probabilities["II"] == pytest.approx(0.7)
    assert channel.pauli_probabilities["XZ"] == 0.1
    with pytest.raises(InvalidInputError, match="'X'; each must have two letters"):
        two_qubit_pauli({"X": 0.1})
    with pytest.raises(InvalidInputError, match="sum to"):
        two_qubit_pauli({"XX": 0.7, "YY": 0.7})


@given(st.floats(0, 0.33), st.floats(0, 0.33), st.floats(0, 0.33), units, st.integers(1, 4))
def test_each_qubit_of_a_correlated_channel_sees_the_same_errors(px, py, pz, mu, n):
    weights = correlated_pauli(px, py, pz, mu, n).pauli_probabilities
    for position in range(n):
        for letter, p in zip("XYZ", (px, py, pz), strict=True):
            marginal = sum(w for label, w in weights.items() if label[position] == letter)
            assert marginal == pytest.approx(p, abs=1e-9)


def test_memory_of_correlated_errors():
    none, half, full = (correlated_pauli(0.1, 0.05, 0.02, mu, 3) for mu in (0, 0.5, 1))
    single = pauli(0.1, 0.05, 0.02)
    assert none.is_close(single.tensor(single).tensor(single), 1e-12)
    assert set(k for k, p in full.pauli_probabilities.items() if p) == {"III", "XXX", "YYY", "ZZZ"}
    assert full.pauli_probabilities["XXX"] == pytest.approx(0.1)
    # p(X) (mu + (1-mu) p(X))^2 and p(X) (1-mu) p(Y) (mu + (1-mu) p(Y))
    assert half.pauli_probabilities["XXX"] == pytest.approx(0.1 * 0.55**2)
    assert half.pauli_probabilities["XYY"] == pytest.approx(0.1 * 0.025 * 0.525)
    with pytest.raises(InvalidInputError, match=r"px \+ py \+ pz is 1.2"):
        correlated_pauli(0.4, 0.4, 0.4)
    with pytest.raises(InvalidInputError, match=r"num_qubits is 7; it must be in \[1, 6\]"):
        correlated_pauli(0.1, num_qubits=7)


def test_flagged_erasure():
    rho = np.outer([0.6, 0.8j], [0.6, -0.8j])
    out = erasure(0.3).apply(np.kron(rho, np.diag([1, 0])))
    expected = 0.7 * np.kron(rho, np.diag([1, 0])) + 0.3 * np.kron(np.eye(2) / 2, np.diag([0, 1]))
    assert np.allclose(out, expected, atol=1e-12)
    assert erasure(1.0).is_close(fully_depolarizing(1).tensor(Channel.from_pauli({"X": 1.0})), 1e-12)


def test_erasure_with_a_flag_qubit_is_the_operation_erase():
    import qnetframe as qn

    def distribution(flagged):
        p = Program("erasure")
        q = p.qubit("a", "q")
        p.ry(0.7, q)
        if flagged:
            f = p.qubit("a", "f")
            p.noise(erasure(0.3), q, f)
            flag = p.measure(f)
        else:
            flag = p.erase(q, 0.3)
        m = p.measure(q)
        p.output(flag, label="flag")
        p.output(m, label="m")
        result = qn.execute(p, backend="reference")
        return {k: v.value for k, v in result.distribution().items()}

    first, second = distribution(True), distribution(False)
    assert first.keys() == second.keys() and len(first) == 4
    assert all(first[k] == pytest.approx(second[k], abs=1e-12) for k in first)
    assert first[1, 0] == pytest.approx(0.15)


def test_the_new_channels_are_made_by_name():
    plugins = Plugins(entry_points=False)
    make = lambda name, **params: plugins.make("channel", name, params)  # noqa: E731
    assert make("over_rotation", axis="x", angle="0.4") == over_rotation("x", 0.4)
    assert make("over_rotation", axis="1,0,1", angle="0.4").is_close(over_rotation((1, 0, 1), 0.4))
    assert make("two_qubit_pauli", weights='{"XZ": 0.1}') == two_qubit_pauli({"XZ": 0.1})
    assert make("correlated_pauli", px="0.1", mu="0.5", num_qubits="3") == correlated_pauli(
        0.1, mu=0.5, num_qubits=3
    )
    assert make("generalized_amplitude_damping", gamma=0.1, excited=0.2).num_qubits == 1
    assert make("erasure", probability=0.1) == erasure(0.1)
    assert make("phase_damping", lam=0.1) == phase_damping(0.1)
    assert make("fibre", length_km=10).num_qubits == 2
