"""Finite keys against published numbers; the source stands beside each."""

import pytest

from qnetframe.errors import InvalidInputError
from qnetframe_qkd import finite, rates
from qnetframe_qkd.finite.tails import chernoff_interval


def test_anchor_of_lim():
    # Lim et al. 2014, section V: n_X = 1e7 at 50 km; every intermediate figure.
    found = finite.decoy_bb84(50)
    assert found.length == 3854536
    assert found.s_x1 == pytest.approx(7307750.934, abs=1e-3)
    assert found.s_z1 == pytest.approx(2099175.281, abs=1e-3)
    assert found.v_z1 == pytest.approx(66656.452, abs=1e-3)
    assert found.phase_error_rate == pytest.approx(0.03302697, abs=1e-8)
    assert found.pulses == pytest.approx(1.665983e10, rel=1e-6)
    assert found.rate == pytest.approx(2.31367e-4, rel=3e-6)


# Lim et al. 2014, figures 1 and 2: ε_sec = 1e-15 a bit, everything optimised.
@pytest.mark.parametrize(
    "block, length_km, expected",
    [
        (1e7, 50, 5.14e-4),
        (1e9, 100, 8.54e-5),
        *(
            pytest.param(*row, marks=pytest.mark.slow)
            for row in (
                (1e7, 0, 5.36e-3), (1e7, 100, 4.77e-5), (1e7, 150, 2.64e-6),
                (1e9, 0, 9.20e-3), (1e9, 50, 8.90e-4), (1e9, 150, 5.86e-6),
            )
        ),
    ],
)  # fmt: skip
def test_optimised_rates_of_lim(block, length_km, expected):
    found, settings = finite.optimised_decoy_bb84(length_km, block)
    assert found.rate == pytest.approx(expected, rel=0.02)
    assert 0.5 < settings["basis_probability"] < 1


@pytest.mark.parametrize("block, expected", [(1e4, 0.26613), (1e5, 0.51923), (1e9, 0.81243)])
def test_tomamichel(block, expected):
    # Tomamichel et al. 2012, 1.1 n h(Q) of leakage, ln(4/ε), at Q = 1 %.
    assert finite.bb84(0.01, block).rate == pytest.approx(expected, abs=6e-6)


def test_tomamichel_is_best_at_its_own_test_size():
    best = finite.bb84(0.02, 1e6)
    for other in (0.8, 1.25):
        assert finite.bb84(0.02, 1e6, test_size=best.test_size * other).rate < best.rate


@pytest.mark.parametrize("length_km", [0, 50])
def test_mdi_grows_to_the_asymptotic_rate(length_km):
    limit = rates.mdi(length_km).rate
    found = [finite.mdi(length_km, n).rate for n in (1e13, 1e14, 1e16)]
    assert 0 < found[0] < found[1] < found[2] < limit * 0.7**2 * 0.6**2
    many = {
        "weak_intensity": 0.003,
        "signal_probability": 0.5,
        "weak_probability": 0.3,
        "basis_probability": 0.5,
    }
    assert finite.mdi(length_km, 1e21, **many).rate == pytest.approx(limit / 16, rel=0.02)
    assert finite.mdi(length_km, 1e21, **many).rate < limit / 16


def test_the_bound_holds_whatever_the_solver_returns(monkeypatch):
    import types

    import numpy as np
    import scipy.optimize

    from qnetframe_qkd.finite.yields import lower_bound

    rng = np.random.default_rng(3)
    rows, y = rng.random((5, 12)), rng.random(12)
    objective, values = rng.normal(size=12), rows @ y
    best = lower_bound(objective, rows, values - 0.01, values + 0.01)
    assert -5 < best <= objective @ y
    for _ in range(20):
        noise = types.SimpleNamespace(ineqlin=types.SimpleNamespace(marginals=-rng.exponential(size=10)))
        monkeypatch.setattr(scipy.optimize, "linprog", lambda *a, noise=noise, **k: noise)
        assert lower_bound(objective, rows, values - 0.01, values + 0.01) <= best + 1e-9


def test_gg02_grows_to_the_asymptotic_rate():
    limit = rates.gg02(25).rate
    found = [finite.gg02(25, n).rate for n in (1e7, 1e8, 1e10)]
    assert 0 < found[0] < found[1] < found[2] < limit / 2
    assert finite.gg02(25, 1e16, test_share=1e-3).rate == pytest.approx(limit, rel=2e-3)
    # Leverrier et al. 2010: at long distance blocks of 1e8 and more are needed.
    assert finite.gg02(50, 1e6).rate == 0.0 and "no key from a block" in finite.gg02(50, 1e6).reason


def test_sampling_margins_hold_by_the_hypergeometric_tail():
    # The rest's error rate is above the sample's by γ with at most ε: exact tails over all numbers of errors.
    from scipy.stats import hypergeom

    from qnetframe_qkd.finite.tails import sampling_without_replacement, serfling

    for c, d, epsilon in ((400, 400, 1e-2), (400, 400, 1e-4), (150, 600, 1e-4)):
        for bad in (*range(0, 60, 3), *range(60, 400, 40)):
            tail = {"fung": 0.0, "serfling": 0.0}
            for seen, chance in enumerate(hypergeom.pmf(range(c + 1), c + d, bad, c)):
                rest = (bad - seen) / d
                if chance > 0 and rest <= 1:
                    if rest > seen / c + sampling_without_replacement(epsilon, seen / c, c, d):
                        tail["fung"] += chance
                    if rest > seen / c + serfling(c, d, epsilon):
                        tail["serfling"] += chance
            assert tail["fung"] <= epsilon and tail["serfling"] <= epsilon, (epsilon, bad)
    assert sampling_without_replacement(1e-10, 0.0, 1000, 1000) > 0.03  # no error seen is not no error


def test_chernoff_intervals_hold():
    import numpy as np

    rng = np.random.default_rng(5)
    # With ε = 0.01 on each side at most 2 % may be outside: 20000 draws, 5 sigma are 0.5 %.
    draws = rng.poisson(30, 20000)
    ends = {int(c): chernoff_interval(int(c), 0.01) for c in set(draws.tolist())}
    outside = np.mean([not ends[int(c)][0] <= 30 <= ends[int(c)][1] for c in draws])
    assert outside < 0.02
    assert chernoff_interval(0, 0.01)[0] == 0.0


@pytest.mark.parametrize(
    "call, reason",
    [
        (lambda: finite.bb84(0.05, 1000), "use larger blocks"),
        (lambda: finite.bb84(0.2, 1e9), "no block size gives a key"),
        (lambda: finite.decoy_bb84(50, 1e4), "too small|leave nothing"),
        (lambda: finite.decoy_bb84(400), "leave nothing|no single photon"),
        (lambda: finite.mdi(100, 1e8), "do not bound|leave nothing"),
    ],
)
def test_an_honest_zero_says_why(call, reason):
    import re

    found = call()
    assert found.rate == 0.0 and found.length == 0 and re.search(reason, found.reason)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: finite.bb84(0.01, 1e6, epsilon_sec=0.0), "epsilon_sec is 0.0"),
        (lambda: finite.bb84(0.01, 1e6, epsilon_cor=1.0), "epsilon_cor is 1.0"),
        (lambda: finite.bb84(0.01, 1e6, epsilon_sec=0.7, epsilon_cor=0.6), "together they must stay below 1"),
        (lambda: finite.bb84(0.01, 1e6, test_size=1e6), "must be below block_size"),
        (lambda: finite.bb84(0.01, -5), "block_size is -5"),
        (lambda: finite.decoy_bb84(50, weak_intensity=0.5), "fall strictly"),
        (
            lambda: finite.decoy_bb84(50, signal_intensity=0.2, weak_intensity=0.16, weakest_intensity=0.05),
            "exceed the sum",
        ),
        (lambda: finite.decoy_bb84(50, detector_efficiency=1.5), "detector_efficiency is 1.5"),
        (lambda: finite.decoy_bb84(50, signal_probability=0.6, weak_probability=0.5), "must be used"),
        (lambda: finite.mdi(50, basis_probability=1.0), "must be used"),
        (lambda: finite.gg02(50, test_share=1.0), "test_share is 1.0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
