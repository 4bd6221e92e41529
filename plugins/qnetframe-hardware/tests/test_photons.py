"""Photons against published formulas and a second route for each."""

from itertools import product
from math import exp, sqrt

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError
from qnetframe_hardware import photons
from qnetframe_hardware.dynamics import make_solver
from qnetframe_hardware.photons import Wavepacket


def test_cavity_emission():
    found = photons.cavity_emission(g=1, kappa=1, gamma=0.5, samples=4001)
    assert abs(found.probability - 0.444444) < 1e-6 and found.cooperativity == 1 and found.purcell_factor == 2
    assert abs(np.trapezoid(found.flux, found.times) - found.probability) < 1e-6


@pytest.mark.parametrize("solver", ["expm", "qutip"])
def test_cavity_emission_by_a_master_equation(solver):
    problem = photons.cavity_problem(g=1, kappa=1, gamma=0.5, duration=40.0)
    assert abs(make_solver(solver).solve(problem).expectations["emitted"][0, -1] - 4 / 9) < 1e-8


@pytest.mark.parametrize(
    "one, two, detuning, delay, visibility",
    [(1, 2, 0, 0, 8 / 9), (1, 1, 0.5, 0, 0.8), (1, 1, 0, 0.3, exp(-0.3)), (1, 3, 0.4, -0.2, None)],
)
def test_hong_ou_mandel(one, two, detuning, delay, visibility):
    closed = photons.exponential_visibility(decay_1=one, decay_2=two, detuning=detuning, delay=delay)
    shapes = photons.hong_ou_mandel(
        first=Wavepacket.exponential(one), second=Wavepacket.exponential(two, detuning), delay=delay
    )
    assert visibility is None or abs(closed - visibility) < 1e-12
    assert abs(shapes.visibility - closed) < 2e-6
    assert abs(shapes.coincidence - (1 - closed) / 2) < 1e-6


def test_impure_photons_and_an_unbalanced_beam_splitter():
    one = Wavepacket.exponential(1.0, purity=0.8)
    assert abs(photons.hong_ou_mandel(first=one, second=one).visibility - 0.8) < 1e-6
    # P = R^2 + T^2 - 2 R T: perfect photons still coincide behind a 60:40 splitter.
    pure = Wavepacket.exponential(1.0)
    assert abs(photons.hong_ou_mandel(first=pure, second=pure, reflectivity=0.6).coincidence - 0.04) < 1e-6


# ---- heralding -----------------------------------------------------------------------------------


def test_single_click():
    # Cabrillo et al. 1999, all orders in alpha; alpha = .1, eta = .5.
    threshold = photons.single_click(bright=0.1, efficiency=0.5)
    counting = photons.single_click(bright=0.1, efficiency=0.5, number_resolving=True)
    assert abs(threshold.probability - 0.0975) < 1e-9 and abs(threshold.fidelity - 0.923077) < 1e-6
    assert abs(counting.probability - 0.095) < 1e-9 and abs(counting.fidelity - 0.947368) < 1e-6


@pytest.mark.parametrize("protocol", [photons.two_photon, photons.barrett_kok])
@pytest.mark.parametrize("efficiency, visibility", [(0.5, 1.0), (0.3, 0.9), (1.0, 0.0)])
def test_two_photon_protocols(protocol, efficiency, visibility):
    # Barrett and Kok 2005: P = eta^2/2, F = (1 + V)/2.
    found = protocol(
        efficiency=efficiency,
        visibility=visibility,
        **({"number_resolving": True} if protocol is photons.barrett_kok else {}),
    )
    assert (
        abs(found.probability - efficiency**2 / 2) < 1e-12
        and abs(found.fidelity - (1 + visibility) / 2) < 1e-12
    )


def test_single_click_by_a_density_matrix_of_spins_and_modes():
    """Another route: spins (x) Fock space of two modes cut at 2, loss as a beam splitter to vacuum, unequal arms."""
    alpha, etas, dark = 0.3, (0.7, 0.2), 0.01
    a = np.diag(np.sqrt([1.0, 2.0]), 1)
    one = np.eye(3)
    total = np.zeros((4, 4), dtype=complex)
    probability = 0.0
    spin = np.array([sqrt(1 - alpha), sqrt(alpha)])
    vacuum = np.kron([1, 0, 0], [1, 0, 0])
    c, d = np.kron(a.T, one), np.kron(one, a.T)
    create = [(c + d) / sqrt(2), (c - d) / sqrt(2)]
    states = {}
    for lost in product((0, 1), repeat=2):
        ket = np.zeros((4, 9))
        for s in product((0, 1), repeat=2):
            if any(gone and not b for gone, b in zip(lost, s, strict=True)):
                continue
            field, amplitude = vacuum, spin[s[0]] * spin[s[1]]
            for e in (0, 1):
                if s[e]:
                    amplitude *= sqrt(1 - etas[e] if lost[e] else etas[e])
                    field = field if lost[e] else create[e] @ field
            ket[2 * s[0] + s[1]] = amplitude * field
        states[lost] = ket
    click, silent = np.diag([dark, 1, 1]), np.diag([1 - dark, 0, 0])
    for port, povm in enumerate((np.kron(click, silent), np.kron(silent, click))):
        rho = sum(k @ povm @ k.T for k in states.values())
        fix = np.kron(np.diag([1, -1 if port else 1]), [[0, 1], [1, 0]])
        total += fix @ rho @ fix
        probability += np.trace(rho)
    found = photons.single_click(bright=alpha, efficiency=etas, dark_counts=dark)
    assert abs(found.probability - probability) < 1e-12
    assert np.allclose(found.state, total / probability, atol=1e-12)


def test_dark_counts_and_emitter_errors_make_noise():
    lossy = photons.two_photon(efficiency=0.01, dark_counts=1e-4)
    assert 0.9 < lossy.fidelity < 0.99
    noisy = photons.two_photon(efficiency=0.5, emitter_fidelity=0.97)
    # Two depolarized halves of Phi+: F1 F2 + (1 - F1)(1 - F2)/3.
    assert abs(noisy.fidelity - (0.97**2 + 0.03**2 / 3)) < 1e-12


def test_phase_noise_takes_coherence():
    clean, noisy = (photons.single_click(bright=0.1, efficiency=0.5, phase_noise=s) for s in (0.0, 0.5))
    assert np.isclose(noisy.state[0, 3] / clean.state[0, 3], exp(-0.125))


def test_a_heralded_pair_is_a_link():
    link = photons.two_photon(efficiency=0.1, visibility=0.9).link(attempt_time=1e-6)
    assert abs(link.fidelity - 0.95) < 1e-12 and abs(link.success_probability - 0.005) < 1e-12


# ---- Gaussian states and sources -----------------------------------------------------------------


def test_squeezed_light():
    assert abs(photons.squeezed_logarithmic_negativity(r=1) - 2.885390) < 1e-6
    assert abs(photons.squeezed_logarithmic_negativity(r=1, transmission=(0.5, 0.5)) - 0.816882) < 1e-6
    found = [photons.teleportation_fidelity(r=r) for r in (0, 1, np.log(10) / 2)]
    assert np.allclose(found, [0.5, 0.880797, 0.909091], atol=1e-6)
    assert abs(photons.teleportation_fidelity(r=1, transmission=0.9) - 0.818463) < 1e-6


def test_teleportation_from_the_covariance():
    # F = 2/sqrt(det(2 V_out)) with V_out = 1 (input) + noise of x1 - x2 and p1 + p2.
    for r, t in ((0.4, 0.8), (1.0, 0.5)):
        v = photons.lossy_squeezed_covariance(r=r, transmission=(t, t))
        noise = v[0, 0] + v[2, 2] - 2 * v[0, 2]
        assert abs(photons.teleportation_fidelity(r=r, transmission=t) - 2 / (2 + noise)) < 1e-12


@pytest.mark.parametrize("efficiency, dark", [((0.3, 0.3), 0.0), ((0.6, 0.2), 1e-3)])
def test_down_conversion_by_counting_photons(efficiency, dark):
    """Sum over photon numbers: n pairs are spread over H and V, each detector clicks or not, ties are random."""
    mean = 0.2
    lam = mean / 2
    y = 1 - sqrt(1 - dark)  # of each of the two detectors
    gain = wrong = 0.0
    for n in range(30):
        weight = (n + 1) * lam**n / (1 + lam) ** (n + 2)
        for m in range(n + 1):  # m photons are H at both (correlated), n - m are V
            sides = []
            for eta in efficiency:
                silent_h, silent_v = (1 - y) * (1 - eta) ** m, (1 - y) * (1 - eta) ** (n - m)
                only_h, only_v = (1 - silent_h) * silent_v, (1 - silent_v) * silent_h
                both = (1 - silent_h) * (1 - silent_v)
                sides.append((only_h + both / 2, only_v + both / 2))
            (h1, v1), (h2, v2) = sides
            gain += weight / (n + 1) * (h1 + v1) * (h2 + v2)
            wrong += weight / (n + 1) * (h1 * v2 + v1 * h2)
    source = photons.spdc_source(mean_pairs=mean, efficiency=efficiency, dark_counts=dark)
    assert abs(source.probability / gain - 1) < 1e-9
    assert abs((1 - source.fidelity) * 2 / 3 - wrong / gain) < 1e-9
    assert source.link().success_probability == source.probability


def test_quantum_dot():
    assert photons.quantum_dot_visibility(t1=1e-9, t2=2e-9) == 1
    assert abs(photons.quantum_dot_visibility(t1=1e-9, t2=1.8e-9, g2=0.02) - (0.9 - 0.02 * 1.9)) < 1e-12
    with pytest.raises(InvalidInputError, match="T2 must be at most"):
        photons.quantum_dot_visibility(t1=1e-9, t2=3e-9)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: photons.cavity_emission(g=0, kappa=1, gamma=1), "g is 0"),
        (lambda: Wavepacket([0, 1, 1], [1, 1, 1]), "increasing times"),
        (lambda: Wavepacket([0, 1, 2], [0, 0, 0]), "0 everywhere"),
        (lambda: photons.single_click(bright=0.0, efficiency=0.5), "no pair is ever heralded"),
        (lambda: photons.single_click(bright=0.1, efficiency=1.5), "efficiency is 1.5"),
        (lambda: photons.two_photon(efficiency=0.5, visibility=-0.1), "visibility"),
        (lambda: photons.spdc_source(mean_pairs=0.1, efficiency=0.0), "never gives a pair"),
        (lambda: photons.teleportation_fidelity(r=1, transmission=2), "transmission is 2"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
