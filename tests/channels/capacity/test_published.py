"""Capacities against published formulas and numbers; each test names its source."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from qnetframe.channels import (
    Channel,
    amplitude_damping,
    correlated_pauli,
    dephasing,
    depolarizing,
    erasure,
    fibre,
    identity,
    pauli,
)
from qnetframe.channels.capacity import (
    classical_capacity,
    coherent_information,
    entanglement_assisted_capacity,
    flagged,
    holevo_capacity,
    is_antidegradable,
    is_degradable,
    network_capacity,
    plob_bound,
    private_capacity,
    private_information,
    pure_loss_quantum_capacity,
    quantum_capacity,
    repeater_plob_bound,
    reverse_coherent_information,
    squashed_loss_bound,
    superadditive_lower_bound,
    thermal_entropy,
    thermal_loss_assisted_capacity,
    thermal_loss_classical_capacity,
    thermal_loss_quantum_lower,
    thermal_loss_quantum_upper,
    thermal_loss_two_way_lower,
    thermal_loss_two_way_upper,
    transmissivity,
    transposition_bound,
    two_way_capacity,
)


def h(p):
    return 0.0 if p in (0, 1) else -p * math.log2(p) - (1 - p) * math.log2(1 - p)


def largest(function):
    return -minimize_scalar(
        lambda q: -function(q), bounds=(0, 1), method="bounded", options={"xatol": 1e-12}
    ).fun


# ---- qubit channels --------------------------------------------------------------------------------


@pytest.mark.parametrize(("p", "expected"), [(0.05, 0.713603), (0.1, 0.531004), (0.25, 0.188722)])
def test_dephasing(p, expected):
    # 1 - h(p): Devetak and Shor, CMP 256, 287 (2005); two-way as well: Pirandola et al. (2017).
    found = quantum_capacity(dephasing(p))
    assert found.value == pytest.approx(expected, abs=1e-6) and "degradable" in found.reason
    assert private_capacity(dephasing(p)).value == pytest.approx(expected, abs=1e-6)
    assert two_way_capacity(dephasing(p)).value == pytest.approx(expected, abs=1e-6)
    assert classical_capacity(dephasing(p)).value == pytest.approx(1, abs=1e-8)


@pytest.mark.parametrize(("gamma", "expected"), [(0.1, 0.709418), (0.3, 0.327955)])
def test_quantum_capacity_of_amplitude_damping(gamma, expected):
    # max_q h((1-γ)q) - h(γq): Giovannetti and Fazio, PRA 71, 032314 (2005).
    found = quantum_capacity(amplitude_damping(gamma))
    assert found.value == pytest.approx(expected, abs=1e-6)
    assert found.value == pytest.approx(largest(lambda q: h((1 - gamma) * q) - h(gamma * q)), abs=1e-9)
    assert found.accuracy < 1e-8


@pytest.mark.parametrize("gamma", [0.5, 0.6, 0.9, 1.0])
def test_amplitude_damping_by_half_sends_no_qubits(gamma):
    assert quantum_capacity(amplitude_damping(gamma)).value == 0.0
    assert is_antidegradable(amplitude_damping(gamma))


@pytest.mark.parametrize(("gamma", "expected"), [(0.1, 1.707700), (0.3, 1.325230)])
def test_assisted_capacity_of_amplitude_damping(gamma, expected):
    # max_q h(q) + h((1-γ)q) - h(γq): Giovannetti and Fazio (2005).
    found = entanglement_assisted_capacity(amplitude_damping(gamma))
    assert found == pytest.approx(expected, abs=1e-6)
    assert found == pytest.approx(largest(lambda q: h(q) + h((1 - gamma) * q) - h(gamma * q)), abs=1e-9)


@pytest.mark.parametrize(("gamma", "expected"), [(0.1, 0.840497), (0.3, 0.638329), (0.5, 0.471729)])
def test_holevo_capacity_of_amplitude_damping(gamma, expected):
    # Giovannetti and Fazio (2005): max_q h(ηq) - h((1 + √(1 - 4η(1-η)q²))/2).
    eta = 1 - gamma
    found = holevo_capacity(amplitude_damping(gamma))
    assert found.value == pytest.approx(expected, abs=1e-6)
    formula = largest(lambda q: h(eta * q) - h((1 + math.sqrt(1 - 4 * eta * (1 - eta) * q * q)) / 2))
    assert found.value - 1e-9 <= formula <= found.upper + 1e-9
    assert found.accuracy < 1e-8


def test_reverse_coherent_information_of_amplitude_damping():
    # max_q h(q) - h(γq), a two-way rate that does not vanish at γ = 1/2: García-Patrón et al., PRL 102, 210501.
    for gamma in (0.3, 0.5, 0.8):
        expected = largest(lambda q, g=gamma: h(q) - h(g * q))
        assert reverse_coherent_information(amplitude_damping(gamma)) == pytest.approx(expected, abs=1e-9)
        bounds = two_way_capacity(amplitude_damping(gamma))
        assert bounds.lower == pytest.approx(expected, abs=1e-9) and bounds.lower < bounds.upper


def test_depolarizing():
    channel = depolarizing(0.1)
    assert coherent_information(channel) == pytest.approx(0.372508, abs=1e-6)
    assert entanglement_assisted_capacity(channel) == pytest.approx(1.372508, abs=1e-6)
    # 1 - h(2p/3), additive: King, IEEE Trans. Inf. Theory 49, 221 (2003).
    assert classical_capacity(channel).value == pytest.approx(0.646641, abs=1e-6)
    bounds = quantum_capacity(channel)
    assert bounds.value is None and bounds.lower == pytest.approx(0.372508, abs=1e-6)
    # Below 1 - h(p) (Rains 1999) and the convex hull of Smith and Smolin (2008).
    assert bounds.upper < 1 - h(0.1) and "Smith and Smolin" in bounds.upper_reason


def test_coherent_information_of_a_given_input():
    # Dephasing of diag(q, 1-q) in the z basis: h(q) - S(E) with E's spectrum (1 ± √(1 - 16 p(1-p)q(1-q)))/2.
    p, q = 0.2, 0.3
    got = coherent_information(dephasing(p), np.diag([q, 1 - q]))
    expected = h(q) - h((1 + math.sqrt(1 - 16 * p * (1 - p) * q * (1 - q))) / 2)
    assert got == pytest.approx(expected, abs=1e-12)


def test_hashing_thresholds():
    # Bennett et al., PRA 54, 3824 (1996): Q1 = 0 at p = .1892896; independent X, Z: 1 - 2h(p) = 0 at .1100279.
    assert brentq(
        lambda p: superadditive_lower_bound(depolarizing(p), 1), 0.1, 0.3, xtol=1e-12
    ) == pytest.approx(0.1892896, abs=1e-7)
    independent = lambda p: pauli(p * (1 - p), p * p, p * (1 - p))  # noqa: E731
    threshold = brentq(lambda p: superadditive_lower_bound(independent(p), 1), 0.05, 0.2, xtol=1e-12)
    assert threshold == pytest.approx(0.1100279, abs=1e-7)


def test_superadditivity():
    # DiVincenzo, Shor and Smolin, PRA 57, 830 (1998).
    for code, threshold in ((3, 0.190130), (5, 0.190356)):
        found = brentq(lambda p, n=code: superadditive_lower_bound(depolarizing(p), n), 0.18, 0.2, xtol=1e-12)
        assert found == pytest.approx(threshold, abs=1e-6)
    for code, value in ((1, -2.61434e-3), (3, 1.51997e-4), (5, 1.55469e-4)):
        assert superadditive_lower_bound(depolarizing(0.19), code) == pytest.approx(value, abs=1e-8)
    # Its abstract: fidelity above .80944 with 25 qubits (.80964 with 5), above .81071 with random codes.
    for code, fidelity in (((5, 5), 0.80944), (5, 0.80964), (1, 0.81071)):
        f = brentq(lambda x, n=code: superadditive_lower_bound(depolarizing(1 - x), n), 0.80, 0.82)
        assert f == pytest.approx(fidelity, abs=6e-6)


def test_repetition_codes_by_density_matrices():
    # The counted bound is the coherent information of the channel used n times on (|0…0><0…0| + |1…1><1…1|)/2.
    channel = pauli(0.08, 0.03, 0.05)
    for n in (2, 3):
        together = channel
        for _ in range(n - 1):
            together = together.tensor(channel)
        state = np.zeros((2**n, 2**n))
        state[0, 0] = state[-1, -1] = 0.5
        expected = coherent_information(together, state) / n
        assert superadditive_lower_bound(channel, n) == pytest.approx(expected, abs=1e-10)


def test_a_code_within_a_code_by_density_matrices():
    # (2, 2): |0> -> (|00> + |11>)²/2, |1> -> (|00> - |11>)²/2.
    channel = pauli(0.06, 0.0, 0.07)
    two = channel.tensor(channel)
    plus, minus = np.array([1, 0, 0, 1]) / math.sqrt(2), np.array([1, 0, 0, -1]) / math.sqrt(2)
    words = np.kron(plus, plus), np.kron(minus, minus)
    zero, one = ((words[0] + s * words[1]) / math.sqrt(2) for s in (1, -1))
    state = (np.outer(zero, zero) + np.outer(one, one)) / 2
    expected = coherent_information(two.tensor(two), state) / 4
    assert superadditive_lower_bound(channel, (2, 2)) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("epsilon", [0.0, 0.2, 0.5, 0.7, 1.0])
def test_erasure(epsilon):
    # Bennett, DiVincenzo and Smolin, PRL 78, 3217 (1997); C_E: Bennett et al. (2002).
    channel = flagged(erasure(epsilon))
    assert quantum_capacity(channel).value == pytest.approx(max(0, 1 - 2 * epsilon), abs=1e-6)
    assert holevo_capacity(channel).value == pytest.approx(1 - epsilon, abs=1e-6)
    assert entanglement_assisted_capacity(channel) == pytest.approx(2 * (1 - epsilon), abs=1e-6)
    two_way = two_way_capacity(channel)
    assert two_way.value == pytest.approx(1 - epsilon, abs=1e-6)


def test_a_flag_that_is_read_helps():
    # A lossy fibre of 10 km: its qubit arrives with probability .631, and then unharmed; both sides are told.
    channel = flagged(fibre(10.0))
    found = two_way_capacity(channel)
    assert found.lower_reason == "hashing after the flag is read"
    assert transmissivity(10) - 1e-3 < found.lower <= found.upper < transmissivity(10) + 1e-3
    # Bits of a perfect triple of qubits that only flip: the dimension is reached.
    assert classical_capacity(correlated_pauli(px=0.1, num_qubits=2)).value == pytest.approx(2, abs=1e-7)


def test_private_information_beyond_hashing():
    # Renner, Gisin and Kraus, PRA 72, 012332 (2005): noise added by the sender raises the error rate that the
    # six-state protocol tolerates from 12.6 % to 14.1 %; the error rate is 2p/3.
    assert private_information(depolarizing(1.5 * 0.1275)) > 0.01
    assert private_information(depolarizing(1.5 * 0.1405)) > 0
    assert private_information(depolarizing(1.5 * 0.1425)) < 1e-9
    assert coherent_information(depolarizing(1.5 * 0.1275)) < 1e-9
    bounds = private_capacity(depolarizing(0.19))
    assert (
        "private information" in bounds.lower_reason
        and bounds.lower > quantum_capacity(depolarizing(0.19)).lower
    )


def test_degradability():
    # Devetak and Shor (2005); depolarizing is antidegradable from p = 1/4 on: Bruß et al., PRA 57, 2368 (1998).
    for channel in (dephasing(0.3), amplitude_damping(0.4), identity(), flagged(erasure(0.3))):
        assert is_degradable(channel)
    for channel in (amplitude_damping(0.6), depolarizing(0.25), depolarizing(0.4), flagged(erasure(0.6))):
        assert is_antidegradable(channel)
    found = is_degradable(depolarizing(0.1))
    assert not found and found.decided and found.deviation > 1e-3
    assert not is_antidegradable(depolarizing(0.24))


def test_transposition_bound():
    # Holevo and Werner, PRA 63, 032312 (2001): log2(2F + …); for depolarizing the log-negativity of its Choi
    # state, a Werner state: log2 2F.
    assert transposition_bound(depolarizing(0.1)) == pytest.approx(math.log2(1.8), abs=1e-12)
    assert transposition_bound(depolarizing(0.6)) == pytest.approx(0, abs=1e-12)
    assert transposition_bound(identity(2)) == pytest.approx(2, abs=1e-12)


def test_upper_bounds_of_depolarizing_from_smith_and_smolin():
    # The hull meets its parts: 1 - 4p towards p = 1/4, and all curves at p = 0.
    for p in (0.0, 0.2, 0.25, 0.3):
        upper = quantum_capacity(depolarizing(p)).upper
        assert upper <= max(0.0, 1 - 4 * p) + 1e-6
    assert quantum_capacity(depolarizing(0.0)).value == pytest.approx(1)
    assert quantum_capacity(depolarizing(0.25)).value == 0


# ---- optical modes ---------------------------------------------------------------------------------


def test_plob():
    # Pirandola et al., Nat. Commun. 8, 15043 (2017).
    assert plob_bound([0.1, 0.5, 0.9]) == pytest.approx([0.152003, 1, 3.321928], abs=1e-6)
    fibre = plob_bound(transmissivity([50, 100, 200]))
    assert fibre == pytest.approx([0.152003, 1.44996e-2, 1.44277e-4], abs=1e-6)
    # 1.44 η bits at long distance.
    assert plob_bound(1e-6) / 1e-6 == pytest.approx(1 / math.log(2), rel=1e-5)
    assert thermal_loss_two_way_upper(0.9, 0.1) == pytest.approx(2.853682, abs=1e-6)
    assert thermal_loss_two_way_lower(0.9, 0.1) == pytest.approx(2.838481, abs=1e-6)
    assert thermal_loss_two_way_upper(0.5, 1.0) == 0 and thermal_loss_two_way_upper(0.5, 1.2) == 0


def test_pure_loss_without_assistance():
    # Wolf, Pérez-García and Giedke, PRL 98, 130501 (2007); the limit of much energy: Wilde and Qi (2018).
    assert pure_loss_quantum_capacity(0.75) == pytest.approx(math.log2(3), abs=1e-12)
    assert pure_loss_quantum_capacity([0.3, 0.5]) == pytest.approx([0, 0])
    assert pure_loss_quantum_capacity(0.75, 1e7) == pytest.approx(math.log2(3), abs=1e-6)
    assert pure_loss_quantum_capacity(1.0, 3.0) == pytest.approx(thermal_entropy(3.0))


def test_bits_of_light():
    # Giovannetti et al., PRL 92, 027902 (2004): g(ηN); g(1) = 2. Holevo and Werner (2001): C_E.
    assert thermal_loss_classical_capacity(0.5, 2.0) == pytest.approx(2, abs=1e-12)
    assert thermal_loss_classical_capacity(1.0, 1.0) == pytest.approx(2, abs=1e-12)
    assert thermal_loss_assisted_capacity(1.0, 1.0) == pytest.approx(4, abs=1e-12)
    # Pure loss: g(N) + g(ηN) - g((1-η)N).
    expected = thermal_entropy(3) + thermal_entropy(1.2) - thermal_entropy(1.8)
    assert thermal_loss_assisted_capacity(0.4, 3.0) == pytest.approx(expected, abs=1e-12)
    # Entanglement helps without bound as photons become few against noise: C_E/C grows.
    gain = [
        thermal_loss_assisted_capacity(0.1, n, 10.0) / thermal_loss_classical_capacity(0.1, n, 10.0)
        for n in (1e-1, 1e-3, 1e-5)
    ]
    assert gain[0] < gain[1] < gain[2] and gain[2] > 10


def test_bounds_on_qubits_through_thermal_loss():
    # Holevo and Werner (2001): log2(η/(1-η)) - g(n); Rosati, Mari and Giovannetti (2018): log2 of
    # (η - n(1-η))/((1-η)(n+1)); both are Wolf et al.'s capacity without noise.
    eta, noise = 0.8, 0.1
    lower, upper = thermal_loss_quantum_lower(eta, noise), thermal_loss_quantum_upper(eta, noise)
    assert lower == pytest.approx(2 - thermal_entropy(noise), abs=1e-12)
    assert upper == pytest.approx(math.log2((eta - noise * 0.2) / (0.2 * 1.1)), abs=1e-12)
    assert 0 < lower < upper < thermal_loss_two_way_upper(eta, noise)
    assert thermal_loss_quantum_lower(eta) == thermal_loss_quantum_upper(eta) == pytest.approx(2)
    # With little energy less, with much the same.
    for bound in (thermal_loss_quantum_lower, thermal_loss_quantum_upper, thermal_loss_two_way_lower):
        limited = bound(eta, noise, [0.5, 5.0, 1e7])
        assert (np.diff(limited) > 0).all() and limited[-1] == pytest.approx(bound(eta, noise), abs=1e-5)
    assert thermal_loss_quantum_lower(eta, 0.0, 3.0) == pytest.approx(pure_loss_quantum_capacity(eta, 3.0))
    assert thermal_loss_quantum_upper(0.3, 1.0, 3.0) == 0


def test_squashed_bound_of_loss():
    # Takeoka, Guha and Wilde, Nat. Commun. 5, 5235 (2014): log2((1+η)/(1-η)) ≈ 2.88 η at long distance.
    assert squashed_loss_bound(0.5) == pytest.approx(math.log2(3), abs=1e-12)
    assert squashed_loss_bound(1e-6) / 1e-6 == pytest.approx(2 / math.log(2), rel=1e-5)
    assert squashed_loss_bound(0.5, 1e6) == pytest.approx(math.log2(3), abs=1e-5)
    assert squashed_loss_bound(0.5, 0.01) < plob_bound(0.5)


def test_repeater_chains_and_networks():
    # Pirandola, Commun. Phys. 2, 51 (2019): n equal links have -log2(1 - η^(1/n)); Ford and Fulkerson.
    total = transmissivity(200)
    assert repeater_plob_bound([total**0.25] * 4) == pytest.approx(plob_bound(transmissivity(50)))
    links = {("a", "c"): 3.0, ("a", "d"): 2.0, ("c", "d"): 5.0, ("c", "b"): 1.0, ("d", "b"): 4.0}
    found = network_capacity(links, "a", "b")
    assert found.multi_path == pytest.approx(5) and found.single_path == pytest.approx(3)
    assert found.route == ("a", "c", "d", "b")
    assert sum(links.get(c, links.get(c[::-1])) for c in found.cut) == pytest.approx(5)
    chain = {(str(i), str(i + 1)): plob_bound(t) for i, t in enumerate((0.5, 0.9, 0.3))}
    got = network_capacity(chain, "0", "3")
    assert (
        got.single_path
        == pytest.approx(got.multi_path)
        == pytest.approx(repeater_plob_bound([0.5, 0.9, 0.3]))
    )


def test_channels_that_merely_look_like_another():
    # The same amplitude damping turned by a unitary: the same capacities, by the general way.
    turn = Channel.from_unitary(np.array([[1, 1], [1, -1]]) / math.sqrt(2))
    turned = turn.then(amplitude_damping(0.3)).then(turn)
    assert quantum_capacity(turned).value == pytest.approx(0.327955, abs=1e-6)
    assert holevo_capacity(turned).value == pytest.approx(0.638329, abs=1e-6)
