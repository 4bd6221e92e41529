"""Laws that capacities obey, on channels drawn at random (fixed seeds), and bad input."""

import numpy as np
import pytest

from qnetframe.channels import (
    Channel,
    amplitude_damping,
    dephasing,
    depolarizing,
    erasure,
    fully_depolarizing,
    generalized_amplitude_damping,
    pauli,
    thermal_relaxation,
)
from qnetframe.channels.capacity import (
    Map,
    capacities,
    coherent_information,
    entanglement_assisted_capacity,
    flagged,
    holevo_capacity,
    is_entanglement_breaking,
    network_capacity,
    plob_bound,
    quantum_capacity,
    reverse_coherent_information,
    superadditive_lower_bound,
    thermal_loss_classical_capacity,
)
from qnetframe.errors import InvalidInputError
from qnetframe.states import entropy, haar_unitaries, hilbert_schmidt

SLACK = 2e-7


def random_channel(seed, kraus=2):
    # Kraus operators of a random isometry.
    unitary = haar_unitaries(2 * kraus, seed=seed)
    return Channel([unitary[2 * k : 2 * k + 2, :2] for k in range(kraus)])


@pytest.mark.parametrize("seed", range(6))
def test_data_processing(seed):
    first, second = random_channel(seed, 2 + seed % 3), random_channel(100 + seed, 2)
    both = first.then(second)
    assert coherent_information(both) <= coherent_information(first) + SLACK
    assert (
        entanglement_assisted_capacity(both)
        <= min(entanglement_assisted_capacity(first), entanglement_assisted_capacity(second)) + SLACK
    )
    assert holevo_capacity(both).value <= min(holevo_capacity(c).upper for c in (first, second)) + SLACK
    # At a fixed input: post-processing never raises coherent information.
    rho = hilbert_schmidt(2, seed=seed)
    assert coherent_information(both, rho) <= coherent_information(first, rho) + 1e-10


@pytest.mark.parametrize("seed", range(4))
def test_unitaries_change_nothing(seed):
    channel = random_channel(seed)
    before, after = (Channel.from_unitary(u) for u in haar_unitaries(2, 2, seed=seed))
    turned = before.then(channel).then(after)
    for measure in (coherent_information, reverse_coherent_information, entanglement_assisted_capacity):
        assert measure(turned) == pytest.approx(measure(channel), abs=1e-7)
    assert holevo_capacity(turned).value == pytest.approx(holevo_capacity(channel).value, abs=SLACK)


@pytest.mark.parametrize(
    "channel",
    [
        depolarizing(0.05), depolarizing(0.19), depolarizing(0.4), amplitude_damping(0.2), amplitude_damping(0.7),
        dephasing(0.2), generalized_amplitude_damping(0.3, 0.3), thermal_relaxation(1, 1.3, 0.4),
        pauli(0.1, 0.05, 0.2), flagged(erasure(0.3)), random_channel(7), random_channel(8, 3),
    ],
    ids=lambda c: c.name or "random",
)  # fmt: skip
def test_capacities_are_ordered(channel):
    found = capacities(channel)
    c_e = found.entanglement_assisted.value
    assert found.quantum.lower <= found.quantum.upper + SLACK
    assert found.quantum.lower <= found.private.lower + SLACK
    assert found.private.lower <= found.classical.upper + SLACK
    assert found.private.lower <= found.two_way.upper + SLACK
    assert found.quantum.lower <= found.two_way.lower + 1e-3
    assert found.classical.lower <= found.classical.upper + SLACK <= c_e + 2 * SLACK
    assert found.quantum.upper <= c_e / 2 + SLACK
    assert found.holevo.accuracy <= 1e-8 and found.entanglement_assisted.accuracy <= 1e-7


def test_entanglement_breaking_channels_are_additive():
    # Shor, J. Math. Phys. 43, 4334 (2002): with any other channel, for the Holevo capacity.
    # Measure in a basis, prepare states that are not orthogonal.
    keep, turn = np.array([1, 0]), np.array([np.cos(0.5), np.sin(0.5)])
    breaking = Channel([np.outer(keep, [1, 0]), np.outer(turn, [0, 1])])
    assert is_entanglement_breaking(breaking) and not is_entanglement_breaking(dephasing(0.3))
    assert quantum_capacity(breaking).value == pytest.approx(0, abs=1e-9)
    other = amplitude_damping(0.4)
    together = holevo_capacity(breaking.tensor(other), tolerance=1e-5)
    alone = holevo_capacity(breaking).value + holevo_capacity(other).value
    assert together.value == pytest.approx(alone, abs=2e-5)
    assert together.upper >= alone - 1e-8


@pytest.mark.parametrize("first", [dephasing(0.15), thermal_relaxation(float("inf"), 1.0, 0.4)])
def test_hadamard_channels_are_additive(first):
    # King, Matsumoto, Nathanson and Ruskai, Markov Process. Relat. Fields 13, 391 (2007); degradable, so that
    # the coherent information adds: Devetak and Shor (2005).
    second = amplitude_damping(0.2)
    together = coherent_information(first.tensor(second))
    assert together == pytest.approx(coherent_information(first) + coherent_information(second), abs=1e-7)
    assisted = entanglement_assisted_capacity(first.tensor(second))
    expected = entanglement_assisted_capacity(first) + entanglement_assisted_capacity(second)
    assert assisted == pytest.approx(expected, abs=1e-7)


def test_the_gap_of_the_holevo_capacity_is_real():
    # The ensemble reaches the value, by entropies of its own outputs, and no input exceeds the bound.
    channel = random_channel(21, 3)
    found = holevo_capacity(channel)
    states = np.einsum("ki,kj->kij", found.states, found.states.conj())
    outputs = channel.apply(states)
    mean = np.einsum("k,kij->ij", found.probabilities, outputs)
    assert found.probabilities.sum() == pytest.approx(1)
    assert entropy(mean) - found.probabilities @ entropy(outputs) == pytest.approx(found.value, abs=1e-10)
    psi = np.random.default_rng(3).normal(size=(2000, 2, 2)) @ [1, 1j]
    psi /= np.linalg.norm(psi, axis=1)[:, None]
    images = channel.apply(psi[:, :, None] * psi[:, None, :].conj())
    values, vectors = np.linalg.eigh(mean)
    log = (vectors * np.log2(values)) @ vectors.conj().T
    divergence = -entropy(images) - np.einsum("kij,ji->k", images, log).real
    assert divergence.max() <= found.upper + 1e-9


def test_all_representations_have_the_same_capacities():
    channel = generalized_amplitude_damping(0.25, 0.1)
    for other in (
        Channel.from_choi(channel.choi),
        Channel.from_superoperator(channel.superoperator),
        Channel(channel.kraus),
        channel.then(Channel.from_pauli({"I": 1.0})),
    ):
        assert coherent_information(other) == pytest.approx(coherent_information(channel), abs=1e-8)
        assert entanglement_assisted_capacity(other) == pytest.approx(
            entanglement_assisted_capacity(channel), abs=1e-8
        )
    # Pauli channels by weights and by matrices.
    by_weights, by_matrices = pauli(0.1, 0.02, 0.05), Channel(pauli(0.1, 0.02, 0.05).kraus)
    for code in (1, 3, (3, 3)):
        assert superadditive_lower_bound(by_matrices, code) == pytest.approx(
            superadditive_lower_bound(by_weights, code), abs=1e-12
        )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quantum_capacity("depolarizing"), "must be a qnetframe Channel"),
        (lambda: coherent_information(dephasing(0.1), np.eye(4) / 4), r"must have shape \(2, 2\)"),
        (lambda: coherent_information(dephasing(0.1), np.eye(2)), "trace that is not 1: it is off by 1"),
        (lambda: superadditive_lower_bound(amplitude_damping(0.1)), "takes a Pauli channel"),
        (lambda: superadditive_lower_bound(dephasing(0.1), 26), "1 to 25 qubits"),
        (lambda: superadditive_lower_bound(dephasing(0.1), (5, 6)), "1 to 25 qubits"),
        (lambda: superadditive_lower_bound(dephasing(0.1), 0), "code length is 0"),
        (lambda: plob_bound(1.1), r"eta is 1.1; it must be in \[0, 1\]"),
        (lambda: thermal_loss_classical_capacity(0.5, -1), "photons is -1"),
        (lambda: quantum_capacity(fully_depolarizing(5)), "on 5 qubits has 1024 Kraus operators; .* 16 GiB"),
        (lambda: flagged(dephasing(0.1)), "no flag beside it"),
        (lambda: Map(np.ones((1, 2, 2))), "not trace preserving: .* by 3 "),
        (lambda: Map(np.eye(2)), r"shape \(m, d_out, d_in\)"),
        (lambda: network_capacity({("a", "b"): -1.0}, "a", "b"), "capacity of a-b is -1"),
        (lambda: network_capacity({("a", "b"): 1.0, ("c", "d"): 1.0}, "a", "c"), "no path joins"),
        (lambda: network_capacity({("a", "b"): 1.0}, "a", "a"), "both ends are 'a'"),
        (lambda: network_capacity({("a", "a"): 1.0}, "a", "a"), "ends where it begins"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
