"""The detection form: its tables against formulas and against each other, its samples against its tables."""

import math
import tracemalloc

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError
from qnetframe_qkd import rates
from qnetframe_qkd.detection import Light, Memory, Receiver, entangled_experiment, prepared_experiment
from qnetframe_qkd.detection.gaussian import GaussianChannel
from qnetframe_qkd.detection.pairs import E91_ALICE, E91_BOB, chsh, pair_sifting
from qnetframe_qkd.detection.prepared import bb84_states
from qnetframe_qkd.detection.relays import (
    mdi_experiment,
    mdi_sifting,
    twin_field_experiment,
    twin_field_sifting,
)
from qnetframe_qkd.detection.sifting import exact_figures, figures_of_counts, same_basis, sifted_bits
from qnetframe_qkd.finite.decoy import Detectors
from qnetframe_qkd.rates.mdi import RelayChannel

NOISY = Receiver((0.5, 0.4), 1e-3, 0.02)


def weak(mean=0.5, transmittance=0.1, receiver=NOISY, basis=0.7):
    return prepared_experiment(
        bb84_states(basis), [("signal", 1.0, Light(mean=mean))], transmittance, receiver
    )


def test_coherent_gain_and_errors_are_the_formula():
    # Lim et al. 2014, section IV, without afterpulses: exact for double clicks counted once.
    receiver = Receiver((0.1, 0.1), 6e-7, 0.0)
    found = exact_figures(weak(0.5, 0.1, receiver, 0.5), same_basis(weak(0.5, 0.1, receiver, 0.5)))
    channel = Detectors(0.01, 6e-7, 0.0, 0.0)
    assert found.sifted.value == pytest.approx(channel.gain(0.5) / 2, rel=2e-6)
    assert found.qber.value * found.sifted.value == pytest.approx(channel.errors(0.5) / 2, rel=5e-3)


def test_poisson_mixture_of_photon_numbers_is_coherent_light():
    from qnetframe_qkd.optics import poisson

    mixed = sum(poisson(0.7, n) * NOISY.clicks(Light(photons=n), 0.3, 0.8) for n in range(30))
    assert mixed == pytest.approx(NOISY.clicks(Light(mean=0.7), 0.3, 0.8), abs=1e-12)


def test_bbm92_is_the_published_formula():
    # Ma, Fung, Lo 2007, eq. 9 and 10: gain and QBER for any loss and any number of pairs.
    for lam, a, b in ((0.05, 0.3, 0.1), (0.4, 0.9, 0.02)):
        receivers = (Receiver((1.0, 1.0), 1e-4), Receiver((1.0, 1.0), 1e-4, 0.015))
        experiment = entangled_experiment(
            [("z", 0.0, 0.5), ("x", math.pi / 2, 0.5)],
            [("z", 0.0, 0.5), ("x", math.pi / 2, 0.5)],
            2 * lam,
            (a, b),
            receivers,
        )
        matched = experiment.column("a") == experiment.column("b")
        found = exact_figures(experiment, pair_sifting(experiment, matched))
        background = 1 - (1 - 1e-4) ** 2
        formula = rates.bbm92_losses(a, b, background, background, 0.015, 2 * lam)
        assert 2 * found.sifted.value == pytest.approx(formula.gain, rel=1e-10)
        # The paper has a dark count err half the time; here one that joins a photon of its own side is a double click.
        assert found.qber.value == pytest.approx(formula.qber, rel=2e-2)
        dark_free = (Receiver(), Receiver((1.0, 1.0), 0.0, 0.015))
        clean = entangled_experiment([("z", 0.3, 1.0)], [("z", 0.3, 1.0)], 2 * lam, (a, b), dark_free)
        exact = exact_figures(clean, pair_sifting(clean, np.array([True])))
        assert exact.qber.value == pytest.approx(
            rates.bbm92_losses(a, b, 0, 0, 0.015, 2 * lam).qber, rel=1e-10
        )


def test_chsh_of_one_pair_under_noise():
    # S = 2 sqrt(2) (1 - 2Q), exactly.
    def experiment(noise, pairs=None):
        alice = [(n, a, 1 / 3) for n, a in E91_ALICE]
        bob = [(n, a, 1 / 3) for n, a in E91_BOB]
        return entangled_experiment(alice, bob, pairs, (0.3, 0.2), (Receiver(), Receiver()), noise)

    for q in (0.0, 0.03, 0.07):
        assert chsh(experiment(2 * q), ("a1", "a3"), ("b1", "b3")) == pytest.approx(
            2 * math.sqrt(2) * (1 - 2 * q), abs=1e-12
        )
    # Several pairs at once lower it.
    assert chsh(experiment(0.0, 0.3), ("a1", "a3"), ("b1", "b3")) < 2.7
    # Angles that agree: a2 with b1, a3 with b2, two pairs of nine.
    at = experiment(0.0)
    same = np.array([s in (("a2", "b1"), ("a3", "b2")) for s in at.settings])
    assert exact_figures(at, pair_sifting(at, same)).qber.value == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("basis, of", [("z", "rectilinear"), ("x", "diagonal")])
def test_mdi_amplitudes_give_the_published_gains(basis, of):
    # Ma & Razavi 2012, appendix B, from modes and clicks instead of Bessel functions.
    experiment = mdi_experiment([(0.36, 1.0)], 0.5, (0.0145, 0.0145), 6.02e-6, 0.015)
    found = exact_figures(experiment, mdi_sifting(experiment, basis))
    gain, errors = getattr(RelayChannel(0.0145, 0.0145, 6.02e-6, 0.015), of)(0.36, 0.36)
    assert 4 * found.sifted.value == pytest.approx(gain, rel=1e-9)
    assert 4 * found.sifted.value * found.qber.value == pytest.approx(errors, rel=1e-9)


def test_twin_field_amplitudes_give_the_rate_s_gain():
    at = rates.twin_field(200, misalignment=0.02, signal_intensity=0.02)
    experiment = twin_field_experiment(0.02, 0.01, 1e-8, 0.02)
    found = exact_figures(experiment, twin_field_sifting(experiment))
    assert found.sifted.value == pytest.approx(at.gain, rel=1e-9)
    assert found.qber.value == pytest.approx(at.qber, rel=1e-9)


def chi_square(counts, probabilities):
    from scipy.stats import chisquare

    expected = probabilities * counts.sum()
    use = expected > 20
    rest = [counts[~use].sum()], [expected[~use].sum()]
    seen, wanted = np.append(counts[use], rest[0]), np.append(expected[use], rest[1])
    keep = wanted > 0
    return chisquare(seen[keep], wanted[keep] * seen[keep].sum() / wanted[keep].sum()).pvalue


@pytest.mark.parametrize("transmittance", [0.01, 1.0])
def test_samples_follow_the_table(transmittance):
    # False alarm 1e-6 a test: chi-square over settings and patterns, and over gaps.
    experiment = weak(0.5, transmittance)
    n, rng = 2_000_000, np.random.default_rng(11)
    chunks = list(experiment.sample(n, rng))
    setting, clicks = (np.concatenate([getattr(c, k) for c in chunks]) for k in ("setting", "clicks"))
    index = np.concatenate([c.index for c in chunks])
    assert (np.diff(index) > 0).all() and index[-1] < n
    counts = np.bincount(setting.astype(int) * 4 + clicks, minlength=len(experiment.settings) * 4).astype(
        float
    )
    joint = experiment.joint[:, 0].copy()
    joint[:, 0] = 0
    p = experiment.detection_probability
    assert abs(counts.sum() - n * p) < 5.5 * math.sqrt(n * p * (1 - p))
    assert chi_square(counts, joint.ravel() / p) > 1e-6
    gaps = np.bincount(np.minimum(np.diff(index), 40), minlength=41)[1:].astype(float)
    geometric = p * (1 - p) ** np.arange(40)
    geometric[-1] = (1 - p) ** 39
    assert chi_square(gaps, geometric) > 1e-6


def test_counts_are_one_multinomial_draw():
    experiment = weak()
    counts = experiment.counts(10**12, np.random.default_rng(1))
    assert counts.sum() == 10**12
    assert counts / 1e12 == pytest.approx(experiment.joint, abs=2.5e-6)


def test_one_seed_gives_one_result_and_memory_stays_flat():
    experiment = weak(0.1, 0.05)

    def total(pulses):
        rng = np.random.default_rng(4)
        return sum(int(c.index.sum()) for c in experiment.sample(pulses, rng))

    assert total(10**6) == total(10**6)
    peaks = []
    for pulses in (10**7, 10**9):
        tracemalloc.start()
        for _ in experiment.sample(pulses, np.random.default_rng(2)):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 60e6 and peaks[0] < 60e6


def test_dead_time_and_afterpulses():
    # A detector that always sees light clicks every dead + 1 signals; five standard errors.
    bright = prepared_experiment(bb84_states(), [("s", 1.0, Light(mean=60.0))], 1.0, Receiver())
    rng = np.random.default_rng(6)
    clicks = np.concatenate([c.clicks for c in bright.sample(100_000, rng, Memory(dead_signals=9))])
    assert 10_000 <= len(clicks) <= 20_002
    # A non-paralysable dead time τ lowers the rate p to p / (1 + p τ).
    dim = prepared_experiment(bb84_states(), [("s", 1.0, Light(mean=0.05))], 1.0, Receiver())
    n = 4_000_000
    p = sum(float(dim.joint[:, 0, k].sum()) for k in (1, 3))
    seen = sum(int((c.clicks & 1).sum()) for c in dim.sample(n, rng, Memory(dead_signals=20)))
    expected = n * p / (1 + 20 * p)
    assert abs(seen - expected) < 5 * math.sqrt(expected)
    # Afterpulses: each click brings a further one with 4 %, and that one again.
    faint = prepared_experiment(bb84_states(), [("s", 1.0, Light(mean=0.001))], 1.0, Receiver())
    many = sum(len(c) for c in faint.sample(20_000_000, rng, Memory(0, 0.04, 5.0)))
    expected = 20_000_000 * faint.detection_probability / (1 - 0.04)
    assert abs(many - expected) < 5 * math.sqrt(expected * 1.1)


def test_afterpulses_are_wrong_half_of_the_time():
    faint = prepared_experiment(bb84_states(), [("s", 1.0, Light(mean=0.002))], 1.0, Receiver())
    rule, rng = same_basis(faint), np.random.default_rng(8)
    kept = wrong = 0
    for chunk in faint.sample(30_000_000, rng, Memory(0, 0.1, 3.0)):
        a, b, _ = sifted_bits(chunk, rule, rng)
        kept, wrong = kept + len(a), wrong + int((a != b).sum())
    qber = figures_of_counts(30_000_000, kept, wrong).qber
    assert abs(qber.value - 0.05) < 5 * qber.standard_error + 1e-4


def test_gaussian_data_give_the_channel_back():
    for heterodyne in (False, True):
        channel = GaussianChannel(0.3, heterodyne=heterodyne, excess_noise=0.05)
        t, xi = channel.estimate(2_000_000, np.random.default_rng(9))
        assert abs(t.value - 0.3) < 5 * t.standard_error < 0.01
        assert abs(xi.value - 0.05) < 5 * xi.standard_error < 0.1


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: Receiver((1.1, 1.0)), "efficiency of detector 0 is 1.1"),
        (lambda: Receiver((0.5, -0.1)), "efficiency of detector 1 is -0.1"),
        (lambda: Receiver(dark_count_probability=2.0), "dark_count_probability is 2.0"),
        (lambda: Light(), "mean number of photons or an exact one"),
        (lambda: Memory(dead_signals=-1), "dead_signals is -1"),
        (lambda: Memory(afterpulse_delay=0.5), "afterpulse_delay is 0.5"),
        (lambda: weak(transmittance=1.5), "transmittance is 1.5"),
        (lambda: weak(basis=1.5), "basis_probability is 1.5"),
        (lambda: GaussianChannel(-0.1), "transmittance is -0.1"),
        (
            lambda: prepared_experiment(bb84_states(), [("s", 0.5, Light(mean=1.0))], 1.0, NOISY),
            "add up to 1",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
