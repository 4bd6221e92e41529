"""Werner parameter, Bell correlations and full matrix: each against the others and against plain matrices."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnetframe import states
from qnetframe.errors import InvalidInputError
from qnetframe.network import bell_diagonal_state, werner_state
from qnetframe.simulation.pairstates import (
    BellDiagonal,
    Decay,
    Matrix,
    SwapNoise,
    Werner,
    correlations,
    density_matrix,
    formalism,
    weights,
)

BELL = np.array([[1, 0, 0, 1], [1, 0, 0, -1], [0, 1, 1, 0], [0, 1, -1, 0]]) / math.sqrt(2)
units = st.floats(0.0, 1.0)


@st.composite
def bell_weights(draw):
    cuts = sorted(draw(units) for _ in range(3))
    found = [cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1], 1 - cuts[2]]
    return tuple(found)


def random_matrix(seed):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
    rho = a @ a.conj().T
    return rho / np.trace(rho)


def as_matrix(bell):
    return sum(w * np.outer(v, v) for w, v in zip(weights(bell), BELL, strict=True))


@given(bell_weights(), bell_weights(), st.floats(0.1, 5), st.floats(0.05, 2))
def test_bell_and_matrix_are_one_where_both_can_be(first, second, t1, share):
    bell, matrix = BellDiagonal(), Matrix()
    a, b = (bell.fresh(bell_diagonal_state(*w), "") for w in (first, second))
    c, d = (matrix.fresh(bell_diagonal_state(*w), "") for w in (first, second))
    assert np.allclose(weights(a), first)
    # Pauli decay keeps pairs Bell-diagonal; relaxation does on its Pauli twirl.
    decay = Decay.pauli(0.1, 0.2, share)
    a, c = bell.decay(a, 1, decay, 0.7), matrix.decay(c, 1, decay, 0.7)
    a, c = bell.decay(a, 0, decay, 0.2), matrix.decay(c, 0, decay, 0.2)
    assert np.allclose(density_matrix(c), as_matrix(a), atol=1e-12)
    noise = SwapNoise(gate=0.97, readout=0.99).factors
    assert np.allclose(
        density_matrix(matrix.swap(c, d, noise)), as_matrix(bell.swap(a, b, noise)), atol=1e-12
    )
    for method in ("bbpssw", "dejmps"):
        (p, kept), (r, table) = bell.purify(a, b, method), matrix.purify(c, d, method)
        assert p == pytest.approx(r, abs=1e-12)
        if p > 1e-6:
            assert np.allclose(density_matrix(table), as_matrix(kept), atol=1e-9)
    relax = Decay.relaxation(t1, min(2 * t1, share * 2))
    assert matrix.fidelity(matrix.decay(d, 0, relax, 0.3)) == pytest.approx(
        bell.fidelity(bell.decay(b, 0, relax, 0.3)), abs=1e-12
    )


@given(units, units, st.floats(0, 3))
def test_werner_is_bell_where_noise_is_equal(f1, f2, time):
    werner, bell = Werner(), BellDiagonal()
    decay = Decay.depolarizing(1.7)
    a, b = (werner.decay(werner.fresh(werner_state(f), ""), 0, decay, time) for f in (f1, f2))
    c, d = (bell.decay(bell.fresh(werner_state(f), ""), 0, decay, time) for f in (f1, f2))
    assert werner.fidelity(a) == pytest.approx(bell.fidelity(c))
    noise = SwapNoise(gate=0.9, readout=0.95).factors
    assert werner.fidelity(werner.swap(a, b, noise)) == pytest.approx(bell.fidelity(bell.swap(c, d, noise)))
    (p, kept), (r, pair) = werner.purify(a, b, "bbpssw"), bell.purify(c, d, "bbpssw")
    assert p == pytest.approx(r) and werner.fidelity(kept) == pytest.approx(bell.fidelity(pair))


def test_published_purification():
    # Bennett et al., PRL 76, 722 (1996): F=.7 → .735294, p=.68. Deutsch et al., PRL 77, 2818 (1996), from Werner
    # .7: F = .735294, .845946, .934395, .972004; first output (.735294, .029412, .029412, .205882) up to order.
    good, pair = Werner().purify(
        Werner().fresh(werner_state(0.7), ""), Werner().fresh(werner_state(0.7), ""), "bbpssw"
    )
    assert good == pytest.approx(0.68) and Werner().fidelity(pair) == pytest.approx(0.735294, abs=1e-6)
    bell = BellDiagonal()
    state = bell.fresh(werner_state(0.7), "")
    for step, (fidelity, chance) in enumerate(
        [(0.735294, 0.68), (0.845946, 0.640138), (0.934395, 0.766253), (0.972004, 0.898387)]
    ):
        good, state = bell.purify(state, state, "dejmps")
        assert bell.fidelity(state) == pytest.approx(fidelity, abs=1e-6)
        assert good == pytest.approx(chance, abs=1e-6)
        if step == 0:
            assert sorted(weights(state)) == pytest.approx([0.029412, 0.029412, 0.205882, 0.735294], abs=1e-6)


def test_swap_factors_are_those_of_bdcz():
    # Briegel et al., PRL 81, 5932 (1998): F=.96, p2=η=.99, two and four pairs → .897756, .789161.
    werner = Werner()
    pair = werner.fresh(werner_state(0.96), "")
    noise = SwapNoise(gate=0.99, readout=0.99).factors
    total = werner.swap(pair, pair, noise)
    assert werner.fidelity(total) == pytest.approx(0.897756, abs=1e-6)
    assert werner.fidelity(werner.swap(total, total, noise)) == pytest.approx(0.789161, abs=1e-6)


def plain_swap(left, right):
    """Return the corrected mean of ideal Bell measurements on the inner qubits of two 4x4 states."""
    rho = np.kron(left, right).reshape((2,) * 8)
    paulis = [np.eye(2), np.diag([1, -1]), np.array([[0, 1], [1, 0]]), np.array([[0, 1], [-1, 0]])]
    total = np.zeros((4, 4), complex)
    for vector, fix in zip(BELL, paulis, strict=True):
        v = vector.reshape(2, 2)
        part = np.einsum("abcdefgh,bc,fg->adeh", rho, v, v).reshape(4, 4)
        local = np.kron(np.eye(2), fix)
        total += local @ part @ local.conj().T
    return total


@pytest.mark.parametrize("seed", range(3))
def test_a_matrix_is_swapped_and_decays_as_a_density_matrix_does(seed):
    matrix = Matrix()
    a, b = random_matrix(seed), random_matrix(seed + 10)
    swapped = density_matrix(matrix.swap(correlations(a), correlations(b), (1.0, 1.0, 1.0)))
    assert np.allclose(swapped, plain_swap(a, b), atol=1e-12)
    t1, t2, t = 2.0, 1.5, 0.8
    gamma, keep = 1 - math.exp(-t / t1), math.exp(-t / t2)
    out = density_matrix(matrix.decay(correlations(a), 0, Decay.relaxation(t1, t2), t)).reshape(2, 2, 2, 2)
    rho = a.reshape(2, 2, 2, 2)
    assert np.allclose(out[0, :, 0, :], rho[0, :, 0, :] + gamma * rho[1, :, 1, :])
    assert np.allclose(out[1, :, 1, :], (1 - gamma) * rho[1, :, 1, :])
    assert np.allclose(out[0, :, 1, :], keep * rho[0, :, 1, :])


def test_what_a_kind_cannot_hold_is_refused():
    skew = tuple(map(tuple, random_matrix(1)))
    with pytest.raises(InvalidInputError, match="not Bell-diagonal"):
        BellDiagonal().fresh(skew, "link x")
    assert BellDiagonal(twirl=True).fidelity(BellDiagonal(twirl=True).fresh(skew, "")) == pytest.approx(
        Matrix().fidelity(correlations(skew))
    )
    with pytest.raises(InvalidInputError, match="no Werner state"):
        Werner().fresh(bell_diagonal_state(0.8, 0.2), "link x")
    assert Werner(twirl=True).fresh(bell_diagonal_state(0.8, 0.2), "") == pytest.approx((4 * 0.8 - 1) / 3)
    with pytest.raises(InvalidInputError, match="not equal in all directions"):
        Werner().check(Decay.relaxation(2, 1), "node x")
    with pytest.raises(InvalidInputError, match="pair_states"):
        formalism("other")
    with pytest.raises(InvalidInputError, match="swap success"):
        SwapNoise(success=0.0)
    with pytest.raises(InvalidInputError, match="Pauli rate"):
        Decay.pauli(-1, 0, 0)


def test_decay_rates():
    # E.g. Z errors at rate r leave ZZ and damp XX as e^{-2rt}.
    assert Decay.pauli(0, 0, 0.25).rates == (0.5, 0.5, 0.0)
    assert Decay.relaxation(math.inf, math.inf).rates == (0, 0, 0)
    assert Decay.depolarizing(math.inf).rates == (0, 0, 0)


@given(bell_weights(), bell_weights())
def test_maps_of_single_pairs_are_those_of_stacks_of_pairs(first, second):
    # qnetframe.states has the same maps, vectorised; here pairs come one at a time and speed is in plain floats.
    bell = BellDiagonal()
    a, b = (bell.fresh(bell_diagonal_state(*w), "") for w in (first, second))
    assert np.allclose(weights(bell.swap(a, b, (1.0, 1.0, 1.0))), states.swap(first, second), atol=1e-12)
    for method, stacked in (
        ("dejmps", states.dejmps(first, second)),
        ("bbpssw", states.bbpssw(first, second, twirl=False)),
    ):
        good, pair = bell.purify(a, b, method)
        assert good == pytest.approx(float(stacked.success), abs=1e-12)
        if good > 1e-6:
            assert np.allclose(weights(pair), stacked.weights, atol=1e-9)
