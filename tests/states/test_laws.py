"""No LOCC map of the library makes entanglement: local channels, purification, swapping, teleportation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnetframe.channels import (
    amplitude_damping,
    dephasing,
    depolarizing,
    generalized_amplitude_damping,
    identity,
)
from qnetframe.states import (
    Noise,
    bbpssw,
    bell_diagonal,
    bell_diagonal_relative_entropy,
    concurrence,
    dejmps,
    double_selection,
    entanglement_of_formation,
    fully_entangled_fraction,
    hilbert_schmidt,
    log_negativity,
    negativity,
    swap,
)

FOUR = st.lists(st.floats(0.01, 1), min_size=4, max_size=4)
RELIABLE = st.floats(0.8, 1)


def normal(raw):
    return np.array(raw) / math.fsum(raw)


@pytest.mark.parametrize("measure", [concurrence, entanglement_of_formation, negativity, log_negativity])
@pytest.mark.parametrize(
    "local",
    [amplitude_damping(0.3), dephasing(0.2), depolarizing(0.1), generalized_amplitude_damping(0.4, 0.3)],
)
def test_local_channels_never_raise_a_measure(measure, local):
    states = np.concatenate([hilbert_schmidt(4, 150, seed=1, rank=1), hilbert_schmidt(4, 150, seed=2)])
    for channel in (local.tensor(identity()), identity().tensor(local), local.tensor(local)):
        assert (measure(channel.apply(states)) <= measure(states) + 1e-10).all()


def test_a_local_channel_may_raise_the_fully_entangled_fraction():
    # Badziąg et al., PRA 62, 012311 (2000): it is no measure of entanglement, damping one half may raise it.
    singlet = np.array([0, 1, -1, 0]) / math.sqrt(2)
    state = 0.3 * np.outer(singlet, singlet) + 0.7 * np.diag([0, 0, 0, 1.0])
    damped = amplitude_damping(0.9).tensor(identity()).apply(state)
    assert fully_entangled_fraction(state) == pytest.approx(0.35, abs=1e-12)
    assert fully_entangled_fraction(damped) > 0.4 and concurrence(damped) <= concurrence(state)


@given(FOUR, FOUR, RELIABLE, RELIABLE)
def test_purification_makes_no_entanglement(first, second, gate, readout):
    # On average over success: p E(kept) ≤ E(first) + E(second), for the relative entropy of entanglement (which
    # is subadditive) and the log-negativity (which is additive): Vidal and Werner (2002), Vedral and Plenio (1998).
    a, b, noise = normal(first), normal(second), Noise(gate, readout)
    for step, pairs in (
        (bbpssw(a, b, noise, twirl=False), (a, b)),
        (dejmps(a, b, noise), (a, b)),
        (double_selection(a, b, a, noise), (a, b, a)),
    ):
        for measure in (bell_diagonal_relative_entropy, lambda w: log_negativity(bell_diagonal(w))):
            assert step.success * measure(step.weights) <= sum(measure(w) for w in pairs) + 1e-9


@given(FOUR, FOUR, RELIABLE, RELIABLE)
def test_swapping_leaves_at_most_the_weaker_pair(first, second, gate, readout):
    a, b = normal(first), normal(second)
    after = swap(a, b, two_qubit=gate, readout=readout)
    assert after.min() >= 0 and after.sum() == pytest.approx(1)
    weaker = min(concurrence(bell_diagonal(a)), concurrence(bell_diagonal(b)))
    assert concurrence(bell_diagonal(after)) <= weaker + 1e-10
    assert swap(b, a, two_qubit=gate, readout=readout) == pytest.approx(after)
