"""Channels one after the other and side by side, against applying them directly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.channels import (
    Channel,
    amplitude_damping,
    bit_flip,
    dephasing,
    depolarizing,
    identity,
    two_qubit_depolarizing,
)
from qnetframe.errors import InvalidInputError

ATOL = 1e-12


def random_channel(seed: int, num_qubits: int, count: int) -> Channel:
    rng, dim = np.random.default_rng(seed), 2**num_qubits
    if count == 0:  # a Pauli channel, given by weights
        weights = rng.dirichlet(np.ones(4**num_qubits))
        return Channel.from_pauli(dict(zip(identity(num_qubits).pauli_probabilities, weights, strict=True)))
    ginibre = rng.normal(size=(count * dim, dim)) + 1j * rng.normal(size=(count * dim, dim))
    return Channel(np.linalg.qr(ginibre)[0].reshape(count, dim, dim))


def random_matrix(seed: int, dim: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim))


seeds = st.integers(0, 2**32 - 1)
counts = st.integers(0, 4)


@settings(max_examples=50, deadline=None)
@given(seeds, st.integers(1, 2), counts, counts)
def test_then_applies_self_first_and_matmul_the_other_first(seed, num_qubits, m1, m2):
    first, second = random_channel(seed, num_qubits, m1), random_channel(seed + 1, num_qubits, m2)
    rho = random_matrix(seed, 2**num_qubits)
    expected = second.apply(first.apply(rho))
    np.testing.assert_allclose(first.then(second).apply(rho), expected, atol=ATOL)
    np.testing.assert_allclose((second @ first).apply(rho), expected, atol=ATOL)
    assert len(first.then(second).kraus) <= 4**num_qubits


@settings(max_examples=50, deadline=None)
@given(seeds, counts, counts)
def test_tensor_puts_self_on_the_first_qubit(seed, m1, m2):
    first, second = random_channel(seed, 1, m1), random_channel(seed + 1, 1, m2)
    a, b = random_matrix(seed, 2), random_matrix(seed + 1, 2)
    both = first.tensor(second)
    assert both.num_qubits == 2
    np.testing.assert_allclose(
        both.apply(np.kron(a, b)), np.kron(first.apply(a), second.apply(b)), atol=1e-11
    )


@settings(max_examples=20, deadline=None)
@given(seeds, counts)
def test_the_identity_is_neutral(seed, count):
    channel = random_channel(seed, 1, count)
    assert channel.then(identity()).is_close(channel, ATOL)
    assert identity().then(channel).is_close(channel, ATOL)


def test_pauli_channels_stay_pauli_by_weights():
    # Two bit flips: odd number of errors 2p(1-p).
    twice = bit_flip(0.1).then(bit_flip(0.2))
    assert twice.to_dict() == {"pauli": {"I": pytest.approx(0.74), "X": pytest.approx(0.26)}}
    beside = bit_flip(0.1).tensor(dephasing(0.2))
    assert beside.pauli_probabilities["XZ"] == pytest.approx(0.02)
    assert beside.pauli_probabilities["XI"] == pytest.approx(0.08)
    assert "pauli" in beside.then(two_qubit_depolarizing(0.1)).to_dict()
    # X then Z is Y up to phase.
    assert bit_flip(1.0).then(dephasing(1.0)).pauli_probabilities["Y"] == 1.0


def test_weights_that_underflow_are_dropped():
    tiny = Channel.from_pauli({"X": 1e-200})
    assert tiny.tensor(tiny).to_dict()["pauli"].keys() == {"II", "IX", "XI"}
    assert Channel.from_dict(tiny.tensor(tiny).to_dict()) == tiny.tensor(tiny)


def test_operators_that_vanish_are_dropped():
    damping = amplitude_damping(0.2)
    decayed = amplitude_damping(1.0).then(damping)  # |0><0|, |0><1| then K1 K0 = 0
    assert all(np.any(k) for k in decayed.kraus)
    assert len(decayed.kraus) == 2


@pytest.mark.parametrize(
    ("num_qubits", "fidelity"), [(3, 0.858185), (4, 0.816011), (5, 0.776163)], ids=["3", "4", "5"]
)
def test_ghz_under_independent_depolarizing(num_qubits, fidelity):
    """Closed form: [(1-q)^n + q^n + (1-4p/3)^n] / 2 with flip probability q = 2p/3, at p = .05.

    GHZ diagonals survive if no or all bits flip, the coherence is a product of X or Y type correlations, each
    shrunk by 1 - 4p/3.
    """
    p = 0.05
    channel = depolarizing(p)
    for _ in range(num_qubits - 1):
        channel = channel.tensor(depolarizing(p))
    ghz = np.zeros(2**num_qubits)
    ghz[0] = ghz[-1] = np.sqrt(0.5)
    value = (ghz @ channel.apply(np.outer(ghz, ghz)) @ ghz).real
    flip = 2 * p / 3
    closed = ((1 - flip) ** num_qubits + flip**num_qubits + (1 - 4 * p / 3) ** num_qubits) / 2
    assert value == pytest.approx(closed, abs=1e-12)
    assert value == pytest.approx(fidelity, abs=1e-6)


def test_different_sizes_cannot_follow_each_other():
    with pytest.raises(InvalidInputError, match=r"'dephasing' has 1 qubit.*has 2; .*same number of qubits"):
        dephasing(0.1).then(two_qubit_depolarizing(0.1))


def test_matmul_with_something_else_is_a_type_error():
    with pytest.raises(TypeError):
        dephasing(0.1) @ 3.0
