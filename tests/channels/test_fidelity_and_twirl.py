"""Fidelities, the Pauli twirl, and the yes-or-no properties."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.channels import (
    Channel,
    amplitude_damping,
    bit_phase_flip,
    dephasing,
    depolarizing,
    identity,
    pauli,
    thermal_relaxation,
    two_qubit_depolarizing,
)
from qnetframe.channels.paulis import pauli_labels, pauli_matrix
from qnetframe.errors import InvalidInputError

HADAMARD = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
CNOT = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])


def random_kraus(seed: int, num_qubits: int, count: int) -> np.ndarray:
    rng, dim = np.random.default_rng(seed), 2**num_qubits
    ginibre = rng.normal(size=(count * dim, dim)) + 1j * rng.normal(size=(count * dim, dim))
    return np.linalg.qr(ginibre)[0].reshape(count, dim, dim)


random_channels = st.builds(
    lambda *args: Channel(random_kraus(*args)),
    st.integers(0, 2**32 - 1),
    st.integers(1, 2),
    st.integers(1, 4),
)


@settings(max_examples=40, deadline=None)
@given(random_channels)
def test_average_fidelity_is_linear_in_entanglement_fidelity(channel):
    d = channel.dim
    bell = np.eye(d).ravel() / math.sqrt(d)
    # Entanglement fidelity by its definition: half of a maximally entangled state through the channel.
    expected = (bell @ channel.choi @ bell).real / d
    assert channel.entanglement_fidelity() == pytest.approx(expected, abs=1e-12)
    assert channel.average_fidelity() == pytest.approx((d * expected + 1) / (d + 1), abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.builds(random_kraus, st.integers(0, 2**32 - 1), st.just(1), st.integers(1, 4)))
def test_average_fidelity_is_the_mean_over_the_six_cardinal_states(kraus):
    channel = Channel(kraus)
    s = np.sqrt(0.5)
    cardinal = [[1, 0], [0, 1], [s, s], [s, -s], [s, 1j * s], [s, -1j * s]]  # a 2-design
    fidelities = [
        (HADAMARD @ psi).conj() @ channel.apply(np.outer(psi, np.conj(psi))) @ (HADAMARD @ psi)
        for psi in np.array(cardinal)
    ]
    assert channel.average_fidelity(HADAMARD) == pytest.approx(np.mean(fidelities).real, abs=1e-12)


def test_fidelity_to_a_target():
    noisy = Channel.from_unitary(CNOT).then(two_qubit_depolarizing(0.1))
    assert noisy.entanglement_fidelity(CNOT) == pytest.approx(0.9, abs=1e-14)
    assert noisy.average_fidelity(CNOT) == pytest.approx(1 - 0.1 * 4 / 5, abs=1e-14)
    # CNOT = (II + ZI + IX - ZX)/2: |tr(P CNOT)|^2 / 16 is 1/4 for II and for 3 of the 15 errors.
    assert noisy.entanglement_fidelity() == pytest.approx((0.9 + 3 * 0.1 / 15) / 4, abs=1e-14)
    phase = np.diag([1, 1j])  # not its own conjugate
    assert Channel.from_unitary(phase).average_fidelity(phase) == pytest.approx(1.0, abs=1e-15)
    assert dephasing(0.25).entanglement_fidelity(pauli_matrix("Z")) == pytest.approx(0.25, abs=1e-15)


def test_thermal_relaxation_reference():
    """T1 = 100, T2 = 80, t = 1: F = 1/2 + exp(-t/T1)/6 + exp(-t/T2)/3 = .994201."""
    fidelity = thermal_relaxation(100, 80, 1).average_fidelity()
    assert fidelity == pytest.approx(0.5 + math.exp(-0.01) / 6 + math.exp(-1 / 80) / 3, abs=1e-14)
    assert fidelity == pytest.approx(0.994201, abs=1e-6)


@pytest.mark.parametrize("gamma", [0.0, 1e-6, 0.1, 0.36, 0.99, 1.0])
def test_twirl_of_amplitude_damping(gamma):
    """Chi diagonal of K0 = (1+r)/2 I + (1-r)/2 Z, K1 = sqrt(gamma)/2 (X + iY), with r^2 = 1 - gamma."""
    root = math.sqrt(1 - gamma)
    expected = {
        "I": (1 - gamma / 2 + root) / 2,
        "X": gamma / 4,
        "Y": gamma / 4,
        "Z": (1 - gamma / 2 - root) / 2,
    }
    channel = amplitude_damping(gamma)
    assert channel.pauli_probabilities == pytest.approx(expected, abs=1e-15)
    twirled = channel.pauli_twirl()
    assert twirled.pauli_probabilities == pytest.approx(expected, abs=1e-15)
    assert twirled.is_pauli and twirled.name == "twirled amplitude_damping"
    assert twirled.average_fidelity() == pytest.approx(channel.average_fidelity(), abs=1e-14)


@settings(max_examples=30, deadline=None)
@given(random_channels)
def test_twirl_is_the_average_over_paulis(channel):
    conjugations = [Channel.from_unitary(pauli_matrix(k)) for k in pauli_labels(channel.num_qubits)]
    average = sum(c.then(channel).then(c).superoperator for c in conjugations) / len(conjugations)
    twirled = channel.pauli_twirl()
    np.testing.assert_allclose(twirled.superoperator, average, atol=1e-12)
    assert twirled.pauli_twirl() is twirled
    assert sum(twirled.pauli_probabilities.values()) == pytest.approx(1.0, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 2))
def test_pauli_weights_survive_every_representation(seed, num_qubits):
    labels = pauli_labels(num_qubits)
    weights = dict(zip(labels, np.random.default_rng(seed).dirichlet(np.ones(len(labels))), strict=True))
    channel = Channel.from_pauli(weights)
    assert channel.pauli_probabilities == weights  # the floats given
    for other in (Channel(channel.kraus), Channel.from_choi(channel.choi)):
        assert other.is_pauli
        assert other.pauli_probabilities == pytest.approx(weights, abs=1e-12)


def test_pauli_probabilities_list_every_label_in_order():
    assert list(bit_phase_flip(0.1).pauli_probabilities.items()) == [
        ("I", 0.9),
        ("X", 0.0),
        ("Y", 0.1),
        ("Z", 0.0),
    ]
    assert tuple(identity(2).pauli_probabilities) == pauli_labels(2)


@pytest.mark.parametrize(
    ("channel", "is_pauli", "is_unital", "is_identity"),
    [
        (identity(2), True, True, True),
        (depolarizing(0.1), True, True, False),
        (depolarizing(0.0), True, True, True),
        (amplitude_damping(0.1), False, False, False),
        (amplitude_damping(0.0), True, True, True),
        (Channel.from_unitary(1j * np.eye(2)), True, True, True),
        (Channel.from_unitary(np.diag([1, np.exp(1e-6j)])), False, True, False),
        (Channel.from_unitary(HADAMARD), False, True, False),
        (Channel.from_unitary(pauli_matrix("XY")), True, True, False),
    ],
    ids=str,
)
def test_properties(channel, is_pauli, is_unital, is_identity):
    assert (channel.is_pauli, channel.is_unital, channel.is_identity) == (is_pauli, is_unital, is_identity)


def test_a_channel_without_identity_weight_has_entanglement_fidelity_zero():
    assert pauli(px=1.0).entanglement_fidelity() == 0.0
    assert pauli(px=1.0).average_fidelity() == pytest.approx(1 / 3)


def test_targets_are_checked():
    with pytest.raises(
        InvalidInputError, match=r"target is not unitary: .* by 3 \(operator norm\); at most 1e-09"
    ):
        depolarizing(0.1).average_fidelity(2 * np.eye(2))
    with pytest.raises(InvalidInputError, match=r"target has shape \(4, 4\); it must be .* \(2, 2\)"):
        depolarizing(0.1).average_fidelity(CNOT)
