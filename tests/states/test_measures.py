"""Measures of entanglement: published values, laws, and one by one against stacks."""

import math

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError
from qnetframe.states import (
    bell_diagonal,
    bell_diagonal_relative_entropy,
    bell_state,
    binary_entropy,
    bures,
    chsh_maximum,
    coherent_information_of_state,
    concurrence,
    dejmps,
    distillable_entanglement,
    entanglement_of_formation,
    entropy,
    fully_entangled_fraction,
    ghz,
    ghz_fidelity,
    ghz_witness,
    haar_unitaries,
    haar_vectors,
    hilbert_schmidt,
    isotropic,
    log_negativity,
    negativity,
    partial_trace,
    partial_transpose,
    pure_fidelity,
    tangle,
    teleportation_fidelity,
    three_tangle,
    w_state,
    w_witness,
    werner,
)
from qnetframe.states.stacks import MANY

MEASURES = [concurrence, tangle, entanglement_of_formation, negativity, log_negativity,
            fully_entangled_fraction, teleportation_fidelity, chsh_maximum]  # fmt: skip


# ---- published values ------------------------------------------------------------------------------


@pytest.mark.parametrize("fidelity", [0.25, 0.5, 0.7, 0.8, 0.9, 1.0])
def test_werner_states(fidelity):
    # Horodecki et al., RMP 81, 865 (2009), for all of these; CHSH: Horodecki, PLA 200, 340 (1995).
    state, entangled = werner(fidelity), max(0.0, 2 * fidelity - 1)
    assert concurrence(state) == pytest.approx(entangled, abs=1e-12)
    assert negativity(state) == pytest.approx(entangled / 2, abs=1e-12)
    assert log_negativity(state) == pytest.approx(max(0.0, math.log2(2 * fidelity)), abs=1e-12)
    assert teleportation_fidelity(state) == pytest.approx((2 * fidelity + 1) / 3, abs=1e-12)
    assert chsh_maximum(state) == pytest.approx(2 * math.sqrt(2) * (4 * fidelity - 1) / 3, abs=1e-12)


def test_figures_of_werner_states():
    assert entanglement_of_formation(werner([0.7, 0.8, 0.9])) == pytest.approx(
        [0.250225, 0.468996, 0.721928], abs=1e-6
    )
    assert log_negativity(werner(0.9)) == pytest.approx(0.847997, abs=1e-6)
    assert coherent_information_of_state(werner(0.9)) == pytest.approx(0.372508, abs=1e-6)
    assert chsh_maximum(werner(0.9)) == pytest.approx(2.451304, abs=1e-6)


def test_entanglement_of_formation_of_bell_mixtures():
    # h(1/2 + √(F(1-F))): Bennett et al., PRA 54, 3824 (1996), whatever the other weights.
    for weights in ([0.8, 0.2, 0, 0], [0.8, 0.1, 0.06, 0.04]):
        expected = binary_entropy(0.5 + math.sqrt(0.8 * 0.2))
        assert entanglement_of_formation(bell_diagonal(weights)) == pytest.approx(expected, abs=1e-12)


def test_werner_states_violate_chsh_above_078():
    # F = (1 + 3/√2)/4: Horodecki, PLA 200, 340 (1995); separable up to 1/2.
    assert chsh_maximum(werner((1 + 3 / math.sqrt(2)) / 4)) == pytest.approx(2, abs=1e-12)


def test_pure_states_of_schmidt_coefficients():
    # Vidal and Werner, PRA 65, 032314 (2002): N = ((Σ c)² - 1)/2; Gisin, PLA 154, 201 (1991):
    # CHSH 2√(1 + C²).
    for angle in (0.0, 0.2, 0.6, math.pi / 4):
        state = [math.cos(angle), 0, 0, math.sin(angle)]
        c = math.sin(2 * angle)
        assert concurrence(state) == pytest.approx(c, abs=1e-12)
        assert negativity(state) == pytest.approx(c / 2, abs=1e-12)
        assert chsh_maximum(state) == pytest.approx(2 * math.sqrt(1 + c * c), abs=1e-12)
        assert fully_entangled_fraction(state) == pytest.approx((1 + c) / 2, abs=1e-12)
        bounds = distillable_entanglement(state)
        assert bounds.value == pytest.approx(binary_entropy(math.cos(angle) ** 2), abs=1e-9)


def test_maximally_entangled_mixed_states():
    # Munro et al., PRA 64, 030302 (2001): concurrence r for every r in [0, 1].
    for r in (0.2, 0.5, 2 / 3, 0.8):
        g = max(1 / 3, r / 2)
        state = np.zeros((4, 4))
        state[0, 0] = state[3, 3] = g
        state[0, 3] = state[3, 0] = r / 2
        state[1, 1] = 1 - 2 * g
        assert concurrence(state) == pytest.approx(r, abs=1e-12)


def test_an_entangled_state_that_no_measure_of_the_transpose_sees():
    # P. Horodecki, PLA 232, 333 (1997): a 2x4 state, entangled with positive partial transpose.
    b = 0.4
    rho = np.diag([b] * 4 + [(1 + b) / 2, b, b, (1 + b) / 2])
    for i, j in ((0, 5), (1, 6), (2, 7)):
        rho[i, j] = rho[j, i] = b
    rho[4, 7] = rho[7, 4] = math.sqrt(1 - b * b) / 2
    bounds = distillable_entanglement(rho / (7 * b + 1), dims=(2, 4))
    assert bounds.value == 0.0 and "positive partial transpose" in bounds.upper_reason


def test_isotropic_states():
    # Vidal and Werner, PRA 65, 032314 (2002): N = (dF - 1)/2 for F ≥ 1/d.
    for dim, fidelity in ((2, 0.8), (3, 0.7), (4, 0.3)):
        got = negativity(isotropic(fidelity, dim), dims=(dim, dim))
        assert got == pytest.approx((dim * fidelity - 1) / 2, abs=1e-12)
    assert negativity(isotropic(0.3, 3), dims=(3, 3)) == pytest.approx(0, abs=1e-12)


def test_relative_entropy_of_bell_diagonal_states():
    # Vedral and Plenio, PRA 57, 1619 (1998): 1 - h(.9) = .531004; it lies between hashing and formation.
    weights = [0.9, 0.05, 0.03, 0.02]
    got = bell_diagonal_relative_entropy(weights)
    assert got == pytest.approx(0.531004, abs=1e-6)
    state = bell_diagonal(weights)
    assert coherent_information_of_state(state) < got < entanglement_of_formation(state)
    assert bell_diagonal_relative_entropy([0.4, 0.4, 0.1, 0.1]) == 0


def test_bounds_on_distillable_entanglement():
    # Hashing below, the relative entropy of entanglement above: Rains, PRA 60, 179 (1999).
    bounds = distillable_entanglement(werner(0.9))
    assert bounds.lower == pytest.approx(0.372508, abs=1e-6)
    assert bounds.upper == pytest.approx(0.531004, abs=1e-6)
    assert bounds.value is None and "hashing" in str(bounds) and bounds.to_dict()["value"] is None
    # A phase-damped pair: both meet at 1 - h(p).
    assert distillable_entanglement(bell_diagonal([0.9, 0.1, 0, 0])).value == pytest.approx(
        0.531004, abs=1e-6
    )
    turned = haar_unitaries(2, seed=1)
    local = np.kron(turned, np.eye(2))
    other = distillable_entanglement(local @ werner(0.9) @ local.conj().T)
    assert other.upper == pytest.approx(0.847997, abs=1e-6) and "log-negativity" in other.upper_reason


def test_three_qubits():
    # Coffman, Kundu and Wootters, PRA 61, 052306 (2000): GHZ has tangle 1, W has none but pairwise 2/3.
    assert three_tangle(ghz()) == pytest.approx(1, abs=1e-12)
    assert three_tangle(w_state()) == pytest.approx(0, abs=1e-12)
    assert concurrence(partial_trace(w_state(), (0, 1))) == pytest.approx(2 / 3, abs=1e-12)
    assert concurrence(partial_trace(ghz(), (0, 2))) == pytest.approx(0, abs=1e-12)


def test_monogamy_is_the_residual_tangle():
    # Coffman et al.: C²_A(BC) = C²_AB + C²_AC + τ.
    psi = haar_vectors(8, 20, seed=3)
    rho = psi[:, :, None] * psi[:, None, :].conj()
    whole = 4 * np.linalg.det(partial_trace(rho, 0)).real
    parts = tangle(partial_trace(rho, (0, 1))) + tangle(partial_trace(rho, (0, 2)))
    assert whole == pytest.approx(parts + three_tangle(psi), abs=1e-10)


def test_witnesses():
    # Noisy GHZ is seen above p = 3/7 of pure state, noisy W above 13/21: Gühne and Tóth (2009).
    for vector, witness, edge in ((ghz(), ghz_witness, 3 / 7), (w_state(), w_witness, 13 / 21)):
        pure = np.outer(vector, vector.conj())
        for p, sign in ((edge + 1e-6, -1), (edge - 1e-6, 1)):
            assert np.sign(witness(p * pure + (1 - p) * np.eye(8) / 8)) == sign
    assert ghz_fidelity(ghz(5)) == pytest.approx(1)


# ---- random states ---------------------------------------------------------------------------------


def test_probability_that_a_random_state_is_separable():
    # 8/33 by the Hilbert-Schmidt measure: Slater, J. Phys. A 46, 445302 (2013), in which PPT is separable for
    # two qubits. 40,000 states: 5.5 standard errors, a false alarm of 4e-8.
    count = 40_000
    found = (negativity(hilbert_schmidt(4, count, seed=11)) < 1e-14).mean()
    assert abs(found - 8 / 33) < 5.5 * math.sqrt(8 / 33 * 25 / 33 / count)


def test_mean_purities():
    # (d + K)/(dK + 1) for induced measures (Lubkin 1978; Życzkowski and Sommers 2001); by Bures
    # (5d² + 1)/(2d(d² + 2)): Sommers and Życzkowski, J. Phys. A 37, 8457 (2004). 5.5 standard errors: 4e-8.
    for states, expected in (
        (hilbert_schmidt(3, 20_000, seed=4), 6 / 10),
        (hilbert_schmidt(2, 20_000, seed=5, rank=3), 5 / 7),
        (bures(3, 20_000, seed=6), 46 / 66),
    ):
        purity = (np.abs(states) ** 2).sum(axis=(-1, -2))
        assert abs(purity.mean() - expected) < 5.5 * purity.std() / math.sqrt(len(purity))


def test_mean_entropy_of_half_a_random_vector():
    # Page, PRL 71, 1291 (1993): Σ_{k=n+1}^{mn} 1/k - (m-1)/(2n) nats; m = 2, n = 4. 5.5 standard errors.
    psi = haar_vectors(8, 20_000, seed=7)
    rho = psi[:, :, None] * psi[:, None, :].conj()
    found = entropy(partial_trace(rho, 0)) * math.log(2)
    expected = sum(1 / k for k in range(5, 9)) - 1 / 8
    assert abs(found.mean() - expected) < 5.5 * found.std() / math.sqrt(len(found))


# ---- laws ------------------------------------------------------------------------------------------


def local_unitaries(count, seed):
    u, v = haar_unitaries(2, count, seed=seed), haar_unitaries(2, count, seed=seed + 1)
    return np.einsum("nab,ncd->nacbd", u, v).reshape(count, 4, 4)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("count", [3, MANY])
def test_local_unitaries_change_nothing(measure, count):
    # Many go through compiled kernels, 3 through LAPACK.
    states = hilbert_schmidt(4, count, seed=8, rank=2)
    local = local_unitaries(count, 9)
    turned = local @ states @ local.conj().swapaxes(-1, -2)
    assert measure(turned) == pytest.approx(measure(states), abs=1e-9)


def test_stacks_equal_single_states():
    states = np.concatenate(
        [hilbert_schmidt(4, 1251, seed=10, rank=r) for r in (1, 2, 3, 4)] + [werner([0.25, 0.5, 1.0])]
    )
    for measure in MEASURES:
        stacked = measure(states)
        for i in (*range(0, len(states), 397), *range(-3, 0)):
            assert stacked[i] == pytest.approx(measure(states[i]), abs=1e-11)
        assert measure(states.reshape(3, -1, 4, 4)).shape == (3, len(states) // 3)


def test_product_states_have_none():
    a, b = haar_vectors(2, MANY, seed=12), haar_vectors(2, MANY, seed=13)
    psi = np.einsum("na,nb->nab", a, b).reshape(-1, 4)
    states = psi[:, :, None] * psi[:, None, :].conj()
    # Concurrence of pure states keeps nearly all digits, in spite of square roots.
    assert np.abs(concurrence(states)).max() < 1e-12
    assert np.abs(negativity(states)).max() < 1e-12


def test_mixing_does_not_entangle():
    first, second = hilbert_schmidt(4, MANY, seed=14, rank=1), hilbert_schmidt(4, MANY, seed=15, rank=1)
    for measure in (concurrence, entanglement_of_formation, negativity):
        mixed = measure(0.5 * first + 0.5 * second)
        assert (mixed <= 0.5 * measure(first) + 0.5 * measure(second) + 1e-12).all()


def test_partial_transposes_and_traces():
    rho = hilbert_schmidt(12, seed=16)
    dims = (2, 3, 2)
    assert partial_transpose(rho, (0, 1, 2), dims) == pytest.approx(rho.T)
    assert partial_trace(rho, (0, 1, 2), dims) == pytest.approx(rho)
    expected = np.einsum("abcdbf->acdf", rho.reshape(*dims, *dims)).reshape(4, 4)
    assert partial_trace(rho, (0, 2), dims) == pytest.approx(expected)
    assert negativity(rho, dims, (0, 2)) == pytest.approx(negativity(rho, dims, 1), abs=1e-12)


# ---- bad input -------------------------------------------------------------------------------------

GOOD = np.diag([0.7, 0.3, 0, 0]).astype(complex)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (GOOD * 1.5, "trace that is not 1: it is off by 0.5"),
        (GOOD + 1j * np.eye(4) * 1e-6, "not Hermitian: it differs from its adjoint by 2e-06"),
        (np.diag([1.2, -0.2, 0, 0]), "eigenvalue -0.2; none may be below -1e-09"),
        (np.diag([1 + 2e-9, -2e-9, 0, 0]), "eigenvalue -2e-09"),
        (np.eye(2) / 2, r"shape \(2, 2\); it must have shape \(..., 4, 4\)"),
        (np.ones((4, 3)), r"shape \(4, 3\)"),
        (np.diag([math.nan, 1, 0, 0]), "not finite"),
        (np.stack([GOOD, GOOD, 2 * GOOD]), r"state\[2\] has a trace"),
        ("Φ+", "must be a density matrix"),
    ],
)
def test_bad_states(state, message):
    for measure in (concurrence, chsh_maximum):
        with pytest.raises(InvalidInputError, match=message):
            measure(state)


@pytest.mark.parametrize("measure", [concurrence, negativity])
def test_the_place_of_a_bad_state_in_a_large_stack(measure):
    states = np.tile(GOOD, (2, 3000, 1, 1))
    states[1, 1234] = np.diag([1.2, -0.2, 0, 0])
    with pytest.raises(InvalidInputError, match=r"state\[1, 1234\] has the eigenvalue -0.2"):
        measure(states)
    states[1, 1234] = math.nan
    with pytest.raises(InvalidInputError, match="not finite"):
        measure(states)


def test_what_is_rounding_is_allowed():
    assert concurrence(np.diag([1 + 5e-10, -5e-10, 0, 0])) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: negativity(np.eye(6) / 6), "dimension 6, which is no power of 2"),
        (lambda: negativity(np.eye(6) / 6, (2, 2)), "product must be the dimension 6"),
        (lambda: partial_trace(GOOD, 2), r"subsystem is 2; it must be in \[0, 1\]"),
        (lambda: three_tangle(np.ones(8)), "squared norm is off by 7"),
        (lambda: three_tangle(np.ones(4) / 2), "three qubits"),
        (lambda: ghz_fidelity(np.eye(2) / 2), "two or more qubits"),
        (lambda: ghz(1), "num_qubits is 1"),
        (lambda: binary_entropy(1.2), "probability is 1.2"),
        (lambda: binary_entropy("often"), "must be a number or an array"),
        (lambda: pure_fidelity(GOOD, [1, 1, 0, 0]), "squared norm is off by 1"),
        (lambda: pure_fidelity(GOOD, [1, 0]), r"target has shape \(2,\); it must have shape \(4,\)"),
        (lambda: dejmps(0.5), r"have shape \(\); they must be vectors"),
        (lambda: isotropic(0.5, 1), "dim is 1"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()


def test_bell_states_by_name():
    assert bell_state("psi-") == pytest.approx(bell_state("Ψ-"))
    with pytest.raises(Exception, match="unknown Bell state 'phi'; did you mean"):
        bell_state("phi")
