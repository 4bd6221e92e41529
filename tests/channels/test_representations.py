"""Conventions of the representations, and conversions between them as identities on random channels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.channels import Channel, amplitude_damping, dephasing, depolarizing
from qnetframe.channels import representations as rep
from qnetframe.channels.paulis import pauli_labels, pauli_matrix

ATOL = 1e-12


def random_kraus(seed: int, num_qubits: int, count: int) -> np.ndarray:
    """Kraus operators of a random channel: blocks of a random isometry."""
    rng, dim = np.random.default_rng(seed), 2**num_qubits
    ginibre = rng.normal(size=(count * dim, dim)) + 1j * rng.normal(size=(count * dim, dim))
    return np.linalg.qr(ginibre)[0].reshape(count, dim, dim)


def random_state(seed: int, num_qubits: int) -> np.ndarray:
    rng, dim = np.random.default_rng(seed), 2**num_qubits
    root = rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim))
    state = root @ root.conj().T
    return state / np.trace(state)


def apply_kraus(kraus, rho):
    return sum(k @ rho @ k.conj().T for k in kraus)


kraus_lists = st.builds(random_kraus, st.integers(0, 2**32 - 1), st.integers(1, 2), st.integers(1, 5))


@settings(max_examples=60, deadline=None)
@given(kraus_lists)
def test_choi_and_superoperator_give_the_same_channel_back(kraus):
    channel = Channel(kraus)
    for again in (Channel.from_choi(channel.choi), Channel.from_superoperator(channel.superoperator)):
        np.testing.assert_allclose(again.choi, channel.choi, atol=ATOL)
        np.testing.assert_allclose(again.superoperator, channel.superoperator, atol=ATOL)
        assert len(again.kraus) == min(len(kraus), channel.dim**2)  # minimal: the Choi rank
        assert again.is_close(channel)


@settings(max_examples=60, deadline=None)
@given(kraus_lists)
def test_minimal_kraus_operators_are_orthogonal_and_sorted_with_their_phase_fixed(kraus):
    minimal = np.array(Channel.from_choi(Channel(kraus).choi).kraus)
    overlaps = np.einsum("aij,bij->ab", minimal.conj(), minimal)
    np.testing.assert_allclose(overlaps, np.diag(np.diag(overlaps)), atol=ATOL)
    assert np.all(np.diff(np.diag(overlaps).real) <= ATOL)
    for operator in minimal:
        # Entries of a unitary come in pairs of equal size: one of the largest is positive.
        size = np.abs(operator).max()
        assert np.any(np.abs(operator - size) < 1e-8)


@settings(max_examples=60, deadline=None)
@given(kraus_lists, st.integers(0, 2**32 - 1))
def test_all_representations_act_as_the_kraus_operators(kraus, seed):
    channel = Channel(kraus)
    n, dim = channel.num_qubits, channel.dim
    rho = random_state(seed, n)
    expected = apply_kraus(kraus, rho)
    np.testing.assert_allclose(channel.apply(rho), expected, atol=ATOL)
    np.testing.assert_allclose((channel.superoperator @ rho.ravel()).reshape(dim, dim), expected, atol=ATOL)
    # Choi: Phi(rho) = tr_input[(rho^T (x) 1) C].
    block = (np.kron(rho.T, np.eye(dim)) @ channel.choi).reshape(dim, dim, dim, dim)
    np.testing.assert_allclose(np.einsum("iaib->ab", block), expected, atol=ATOL)
    # Pauli transfer matrix: acts on the vector of tr(P_j rho).
    paulis = [pauli_matrix(label) for label in pauli_labels(n)]
    before, after = ([np.trace(p @ r).real for p in paulis] for r in (rho, expected))
    np.testing.assert_allclose(channel.pauli_transfer @ before, after, atol=ATOL)


def test_documented_conventions_on_an_asymmetric_map():
    # Amplitude damping, gamma = .36: |1><1| -> .36 |0><0| + .64 |1><1|, |0><1| -> .8 |0><1|.
    channel = amplitude_damping(0.36)
    superoperator = np.zeros((4, 4))
    superoperator[0, 0], superoperator[0, 3], superoperator[3, 3] = 1.0, 0.36, 0.64
    superoperator[1, 1] = superoperator[2, 2] = 0.8
    np.testing.assert_allclose(channel.superoperator, superoperator, atol=1e-15)
    choi = np.zeros((4, 4))
    choi[0, 0], choi[0, 3], choi[3, 0], choi[3, 3], choi[2, 2] = 1.0, 0.8, 0.8, 0.64, 0.36
    np.testing.assert_allclose(channel.choi, choi, atol=1e-15)
    transfer = np.diag([1.0, 0.8, 0.8, 0.64])
    transfer[3, 0] = 0.36
    np.testing.assert_allclose(channel.pauli_transfer, transfer, atol=1e-15)


def test_superoperator_is_row_major_and_choi_input_first():
    unitary = np.array([[0.6, 0.8j], [0.8j, 0.6]])  # complex and unequal to its conjugate
    channel = Channel.from_unitary(unitary)
    np.testing.assert_allclose(channel.superoperator, np.kron(unitary, unitary.conj()), atol=1e-15)
    expected = sum(
        np.kron(unit, unitary @ unit @ unitary.conj().T)
        for unit in (np.outer(np.eye(2)[i], np.eye(2)[j]) for i in range(2) for j in range(2))
    )
    np.testing.assert_allclose(channel.choi, expected, atol=1e-15)
    assert np.trace(channel.choi).real == pytest.approx(2.0)


def test_first_qubit_is_most_significant():
    flip_first = Channel.from_pauli({"XI": 1.0})
    zero = np.zeros((4, 4))
    zero[0, 0] = 1.0
    assert flip_first.apply(zero)[0b10, 0b10] == pytest.approx(1.0)


@pytest.mark.parametrize("num_qubits", [3, 4])
def test_apply_on_either_side_of_the_superoperator_limit(num_qubits):
    kraus = random_kraus(5, num_qubits, 3)
    states = np.stack([random_state(seed, num_qubits) for seed in (1, 2)])
    applied = Channel(kraus).apply(states)
    for state, result in zip(states, applied, strict=True):
        np.testing.assert_allclose(result, apply_kraus(kraus, state), atol=ATOL)


def test_apply_takes_batches_and_any_matrix():
    channel, rng = dephasing(0.1), np.random.default_rng(3)
    batch = rng.normal(size=(4, 3, 2, 2))
    result = channel.apply(batch)
    assert result.shape == batch.shape
    np.testing.assert_allclose(result[..., 0, 1], 0.8 * batch[..., 0, 1], atol=1e-15)
    np.testing.assert_allclose(result[..., 1, 1], batch[..., 1, 1], atol=1e-15)


def test_kraus_are_kept_as_given_and_nothing_can_be_written():
    given_list = [np.sqrt(0.5) * np.eye(2), np.sqrt(0.25) * np.eye(2), np.sqrt(0.25) * np.eye(2)]
    channel = Channel.from_kraus(given_list)
    assert len(channel.kraus) == 3
    for kept, original in zip(channel.kraus, given_list, strict=True):
        assert np.array_equal(kept, original)
        with pytest.raises(ValueError):
            kept.setflags(write=True)
    given_list[0][0, 0] = 7.0
    assert channel.kraus[0][0, 0] == np.sqrt(0.5)
    for matrix in (channel.superoperator, channel.choi, channel.pauli_transfer, depolarizing(0.1).kraus[0]):
        with pytest.raises(ValueError, match="read-only"):
            matrix[0, 0] = 7.0


def test_derived_matrices_are_computed_once():
    channel = depolarizing(0.1)
    assert channel.superoperator is channel.superoperator
    assert channel.kraus[1] is channel.kraus[1]
    probabilities = channel.pauli_probabilities
    probabilities["X"] = 2.0
    assert channel.pauli_probabilities["X"] == 0.1 / 3


def test_rounded_data_is_corrected_once_so_that_long_compositions_stay_complete():
    rounded = amplitude_damping(0.3).kraus[0] * (1 + 3e-10), amplitude_damping(0.3).kraus[1]
    assert rep.completeness_deviation(np.array(rounded)) == pytest.approx(6e-10, rel=1e-3)
    channel = Channel(rounded)
    assert channel.completeness_deviation() < 1e-12
    assert channel.is_close(amplitude_damping(0.3))
    for _ in range(12):
        channel = channel.then(channel)  # 4096 times
    assert channel.completeness_deviation() < 1e-12
    np.testing.assert_allclose(channel.apply(np.eye(2) / 2), [[1, 0], [0, 0]], atol=1e-12)


def test_a_choi_matrix_negative_within_the_tolerance_is_taken():
    choi = Channel.from_unitary(np.eye(4)).choi.copy()
    choi += 0.9e-9 * (np.diag([0, 1, -1, 0] + [0] * 12))
    channel = Channel.from_choi(choi)
    assert channel.completeness_deviation() < 1e-12
    np.testing.assert_allclose(channel.choi, choi, atol=2e-9)
