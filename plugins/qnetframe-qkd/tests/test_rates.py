"""Asymptotic rates against published numbers; the source stands beside each."""

import math

import pytest

from qnetframe.errors import InvalidInputError
from qnetframe_qkd import rates
from qnetframe_qkd.rates.decoy import CoherentChannel
from qnetframe_qkd.rates.twin_field import MiddleChannel, _phase_error


def about(value, tolerance=1e-6):
    return pytest.approx(value, rel=tolerance, abs=0.0)


# Shor & Preskill 2000: 1 - 2 h(Q); Lo 2001: 1 - H(1-3Q/2, Q/2, Q/2, Q/2).
@pytest.mark.parametrize(
    "q, bb84, six", [(0.01, 0.838414, 0.863865), (0.05, 0.427206, 0.496816), (0.1, 0.0620088, 0.152415)]
)
def test_qubit_rates(q, bb84, six):
    assert rates.bb84(q).rate == about(bb84, 2e-6)
    assert rates.six_state(q).rate == about(six, 4e-6)


@pytest.mark.parametrize(
    "rate, high, expected, tolerance",
    [
        (rates.bb84, 0.5, 0.1100279, 1e-6),
        (lambda q: rates.bb84(q, 1.05), 0.5, 0.106024, 5e-6),
        (lambda q: rates.bb84(q, 1.16), 0.5, 0.098106, 5e-6),
        (lambda q: rates.bb84(q, 1.22), 0.5, 0.094235, 5e-6),
        (rates.six_state, 1 / 3, 0.1261931, 1e-6),
        (lambda q: rates.bb84(q, preprocessing=0.4995), 0.5, 0.12412, 1e-4),  # Kraus, Gisin, Renner 2005
        (lambda q: rates.six_state(q, preprocessing=0.4995), 1 / 3, 0.14112, 1e-4),
        (rates.di, 0.5, 0.0714918, 1e-6),  # Acín et al. 2007
        (rates.sarg04, 1 / 3, 0.0968, 1e-3),  # Tamaki & Lo 2006; Branciard et al. 2005
    ],
)
def test_thresholds(rate, high, expected, tolerance):
    assert rates.threshold(rate, 1e-6, high) == about(expected, tolerance)


def test_device_independent():
    assert [rates.di(q).rate for q in (0.01, 0.02, 0.03)] == [
        about(v) for v in (0.776598, 0.612291, 0.470078)
    ]
    at = rates.threshold(rates.di, 1e-6, 0.5)
    assert rates.di(at).chsh == about(2.424009)
    assert rates.di(0.0).chsh == about(2 * math.sqrt(2))
    # Pironio et al. 2009: 92.4 % for a singlet.
    loss = rates.threshold(lambda x: rates.di_efficiency(1 - x), 0.0, 0.5)
    assert 1 - loss == pytest.approx(0.924, abs=2e-3)
    assert rates.e91(0.01).rate == rates.di(0.01).rate and rates.e91(0.01).rate_per_pair < 0.23


# Ma, Qi, Zhao, Lo 2005 with the parameters of Gobby, Yuan, Shields 2004.
@pytest.mark.parametrize(
    "length_km, infinite, weak",
    [
        (0, 2.55459e-3, 2.41425e-3),
        (50, 2.22596e-4, None),
        (100, 1.71844e-5, 1.60201e-5),
        (140, 2.46467e-7, None),
    ],
)
def test_decoy_rates_of_gys(length_km, infinite, weak):
    assert rates.decoy_bb84(length_km).rate == about(infinite, 5e-6)
    if weak:
        assert rates.decoy_bb84(length_km, decoys="vacuum+weak").rate == about(weak, 5e-6)


def test_decoy_gains_and_reach():
    at = rates.decoy_bb84(0)
    assert (at.gain, at.qber) == (about(0.0213701, 3e-6), about(0.0330372, 3e-6))

    def reach(decoys):
        return rates.threshold(lambda x: rates.decoy_bb84(x, decoys=decoys), 1.0, 300.0)

    assert reach("infinite") == pytest.approx(142.01, abs=0.01)  # the paper prints 142.05
    assert reach("vacuum+weak") == pytest.approx(140.62, abs=0.01)
    # Eq. 12 of the paper: (1-μ) e^-μ = f h(e) / (1 - h(e)), for weak transmittance and no background.
    best, _ = rates.optimal_intensity(200, background_yield=0.0)
    assert best == about(0.478923, 1e-5)


def test_decoy_bounds_tighten_to_the_exact_yields():
    exact = CoherentChannel(0.045 * 10**-1.05, 1.7e-6, 0.033)
    for decoys, weakest in (("vacuum+weak", 0.0), ("two", 1e-4)):
        found = rates.decoy_bb84(50, decoys=decoys, weak_intensity=1e-3, weakest_intensity=weakest)
        assert found.single_photon_yield == about(exact.photon_yield(1), 2e-3)
        assert found.single_photon_yield <= exact.photon_yield(1)
        assert found.single_photon_error_rate >= exact.photon_errors(1) / exact.photon_yield(1)


def test_without_decoys_the_best_intensity_is_about_the_transmittance():
    # Lütkenhaus, PRA 61, 052304 (2000): μ about η, so the rate falls with η².
    best, result = rates.optimal_intensity(0, decoys="none", background_yield=0.0)
    assert 0.3 < best / 0.045 < 1 and result.rate > 0
    assert rates.decoy_bb84(0, decoys="none").rate == 0.0
    assert "several photons" in rates.decoy_bb84(0, decoys="none").reason


# Lo, Curty, Qi 2012 with the channel of Ma & Razavi 2012.
def test_mdi():
    assert [rates.mdi(x).rate for x in (0, 50, 100)] == [
        about(v, 3e-6) for v in (4.19893e-4, 4.00456e-5, 3.65390e-6)
    ]
    at = rates.mdi(100)
    figures = (at.gain, at.qber, at.single_photon_yield, at.single_photon_error_rate)
    assert figures == tuple(about(v, 5e-6) for v in (1.36426e-5, 0.0194446, 1.05469e-4, 0.0165888))


def test_twin_field_beats_plob_where_the_paper_says():
    # Curty, Azuma, Lo 2019: the crossings, at dark counts of 1e-8, f = 1.15 and 0.2 dB/km.
    def crossing(misalignment):
        def behind(x):
            return rates.KeyRate(rates.plob(x).rate - rates.twin_field(x, misalignment=misalignment).rate)

        return rates.threshold(behind, 100.0, 250.0, 1e-4)

    assert crossing(0.0) == pytest.approx(156.5, abs=0.2)
    assert crossing(0.02) == pytest.approx(176.9, abs=0.2)


def test_twin_field_yields_agree_with_coherent_light():
    # Poisson mixtures of the yields give the gain of phase-randomised light, by numerical phase average.
    import numpy as np

    from qnetframe_qkd.optics import poisson

    channel = MiddleChannel(0.3, 1e-3, 0.02)
    x, y = 0.4, 0.7
    mixed = sum(
        poisson(x, n) * poisson(y, m) * channel.photon_yield(n, m) for n in range(25) for m in range(25)
    )
    phases = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    cross = 2 * math.sqrt(x * y) * channel.visibility * np.cos(phases)
    c, d = 0.15 * (x + y + cross), 0.15 * (x + y - cross)
    clicks = (1 - 1e-3) * np.exp(-d) * (1 - (1 - 1e-3) * np.exp(-c))
    assert mixed == about(clicks.mean(), 1e-9)
    assert _phase_error(channel, 0.2, channel.key_states(0.2)[0], 12) >= _phase_error(
        channel, 0.2, channel.key_states(0.2)[0], 24
    )


# Lodewyck et al. 2007, Fossier et al. 2009.
@pytest.mark.parametrize(
    "length_km, homodyne, heterodyne",
    [(10, 0.253391, 0.272750), (25, 0.0916266, 0.0927520), (50, 0.0228661, 0.0227507)],
)
def test_gg02(length_km, homodyne, heterodyne):
    assert rates.gg02(length_km).rate == about(homodyne, 3e-6)
    assert rates.gg02(length_km, detection="heterodyne").rate == about(heterodyne, 3e-6)
    assert rates.gg02(length_km, trusted_detector=False).rate < homodyne


def test_gg02_of_the_experiment_and_its_limit():
    assert rates.gg02_transmittance(0.302, 18.5, 0.005, 0.898, 0.606, 0.041).rate == about(0.0351541, 3e-6)
    limit = rates.gg02_transmittance(0.1, 1e7, 0.0, 1.0, 1.0, 0.0)
    assert limit.rate == about(-0.5 * math.log2(0.9), 1e-5)


@pytest.mark.parametrize("length_km, expected", [(50, 0.152003), (100, 1.44996e-2), (200, 1.44277e-4)])
def test_plob(length_km, expected):
    assert rates.plob(length_km).rate == about(expected, 4e-6)
    assert rates.repeater(2 * length_km).rate == rates.plob(length_km).rate


def test_bbm92_in_the_limit_of_single_pairs_is_bb84():
    # Few pairs, no background: E = e_d and the gain is η_A η_B μ.
    found = rates.bbm92(0, background_yield=0.0, pairs_per_pulse=1e-7, f_ec=1.0)
    assert found.qber == about(0.015, 1e-5)
    assert found.gain == about(0.145**2 * 1e-7, 1e-5)
    assert found.rate == about(0.5 * found.gain * rates.bb84(0.015).rate, 1e-4)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: rates.bb84(0.6), "qber is 0.6"),
        (lambda: rates.bb84(-0.1), "qber is -0.1"),
        (lambda: rates.bb84(float("nan")), "qber"),
        (lambda: rates.bb84(0.1, 0.9), "f_ec is 0.9"),
        (lambda: rates.six_state(0.4), "up to 1/3"),
        (lambda: rates.di(0.1, 3.0), "chsh is 3.0"),
        (lambda: rates.decoy_bb84(-1), "length_km is -1"),
        (lambda: rates.decoy_bb84(1, detector_efficiency=1.2), "detector_efficiency is 1.2"),
        (lambda: rates.decoy_bb84(1, detector_efficiency=-0.2), "detector_efficiency is -0.2"),
        (lambda: rates.decoy_bb84(1, weak_intensity=0.5, decoys="vacuum+weak"), "fall strictly"),
        (lambda: rates.decoy_bb84(1, decoys="some"), "allowed: infinite"),
        (lambda: rates.mdi(1, misalignment=0.7), "misalignment is 0.7"),
        (lambda: rates.gg02(1, modulation_variance=0.0), "modulation_variance is 0.0"),
        (lambda: rates.gg02(1, detection="both"), "detection is 'both'"),
        (lambda: rates.bbm92(1, source="bob"), "source is 'bob'"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()


def test_an_honest_zero_says_why():
    beyond = rates.bb84(0.12)
    assert beyond.rate == 0.0 and beyond.signed_rate < 0 and "threshold 0.11003" in beyond.reason
    far = rates.decoy_bb84(200)
    assert far.rate == 0.0 and "200 km" in far.reason
    assert rates.di(0.2).rate == 0.0 and "does not violate" in rates.di(0.2).reason
    with pytest.raises(AttributeError, match="has no 'nothing'"):
        assert rates.bb84(0.1).nothing
