"""Repeater chains against closed forms and published figures; sampled paths against exact ones.

Sampled means are within 5 standard errors: with a dozen comparisons a wrong alarm has a chance below 1e-5.
"""

import math

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.simulation import repeater_chain
from qnetframe.simulation.chains import (
    bdcz_fidelity,
    deterministic_fidelity,
    mean_slowest_link,
    nested_estimate,
    two_links_with_cutoff,
)
from qnetframe.simulation.chains.kernels import sample
from qnetframe.simulation.chains.plan import chain


def close(estimate, value, sigmas=5.0):
    return abs(estimate.value - value) <= sigmas * estimate.standard_error + 1e-12


@pytest.mark.parametrize(
    ("links", "p", "mean"),
    [
        (2, 0.1, 14.736842),
        (3, 0.1, 17.900563),
        (4, 0.1, 20.273378),
        (2, 0.01, 149.74874),
        (4, 0.01, 207.78992),
        (8, 0.01, 270.92451),
    ],
)
def test_deterministic_swaps_wait_for_the_slowest_link(links, p, mean):
    # Bernardes, Praxmeyer and van Loock, PRA 83, 012323 (2011), eq. (3): E[max] = Σ(-1)^(k+1) C(n,k)/(1-(1-p)^k).
    for scheme in ("nested", "asap"):
        assert repeater_chain(links, p, scheme=scheme).mean_attempts.value == pytest.approx(mean, rel=1e-7)
    assert mean_slowest_link(links, p) == pytest.approx(mean, rel=1e-7)


@pytest.mark.parametrize(("links", "mean"), [(2, 29.473684), (4, 84.817580), (8, 242.348372)])
def test_nested_with_swaps_that_fail(links, mean):
    # Waiting-time recursion of Brand, Coopmans and Elkouss, IEEE JSAC 38, 619 (2020), p=.1, q=.5.
    exact = repeater_chain(links, 0.1, 0.5)
    assert exact.method.startswith("exact")
    assert exact.mean_attempts.value == pytest.approx(mean, abs=1e-6)
    assert close(repeater_chain(links, 0.1, 0.5, pairs=100_000, seed=links).mean_attempts, mean)
    assert nested_estimate(links, 0.1, 0.5) == {2: 30, 4: 90, 8: 270}[links]


@pytest.mark.parametrize(("links", "mean"), [(3, 58.947368), (4, 102.962691)])
def test_swap_as_soon_as_possible(links, mean):
    # Markov chain on sets of links, all swaps tried together: p=.1, q=.5.
    assert repeater_chain(links, 0.1, 0.5, scheme="asap").mean_attempts.value == pytest.approx(mean, abs=1e-6)
    assert close(repeater_chain(links, 0.1, 0.5, scheme="asap", pairs=50_000).mean_attempts, mean)


def test_two_links_with_a_cutoff():
    # Li, Coopmans and Elkouss, IEEE TQE 2, 4103015 (2021): P_s=.669673, E[T]=17.073365, E[w]=.920551.
    form = two_links_with_cutoff(0.1, 10, 1.0, 0.98, 100)
    assert form.round_success == pytest.approx(0.669673, abs=1e-6)
    for scheme in ("nested", "asap"):
        exact = repeater_chain(2, 0.1, 1.0, 10, t_coherence=100, w0=0.98, scheme=scheme)
        assert exact.mean_attempts.value == pytest.approx(17.073365, abs=1e-6)
        assert exact.werner.value == pytest.approx(0.920551, abs=1e-6)
        sampled = repeater_chain(2, 0.1, 1.0, 10, t_coherence=100, w0=0.98, scheme=scheme, pairs=100_000)
        assert close(sampled.mean_attempts, form.mean_attempts) and close(sampled.werner, form.werner)


@pytest.mark.parametrize(
    ("p", "cutoff", "q", "w0", "time"), [(0.3, 0, 0.7, 1, 20), (0.05, 90, 0.4, 0.9, 500)]
)
def test_closed_form_of_two_links_is_the_series(p, cutoff, q, w0, time):
    form = two_links_with_cutoff(p, cutoff, q, w0, time)
    exact = repeater_chain(2, p, q, cutoff, t_coherence=time, w0=w0)
    assert exact.mean_attempts.value == pytest.approx(form.mean_attempts, rel=1e-9)
    assert exact.werner.value == pytest.approx(form.werner, rel=1e-9)


def test_distil_then_swap():
    # Li, Coopmans and Elkouss 2021 with p_d = (1+w1w2)/2 and p_d w = (w1+w2+4w1w2)/6: p=.1, q=.5, w0=.9, t=400.
    exact = repeater_chain(2, 0.1, 0.5, purification=(1,), t_coherence=400, w0=0.9)
    assert exact.mean_attempts.value == pytest.approx(45.784306, abs=1e-6)
    assert exact.werner.value == pytest.approx(0.820211, abs=1e-6)


def test_humphreys_and_bdcz():
    # Humphreys et al., Nature 558, 268 (2018): η=5, and the threshold of F=1/2. Briegel et al., PRL 81, 5932 (1998).
    assert deterministic_fidelity(5) == pytest.approx(0.751555, abs=1e-6)
    assert deterministic_fidelity(0.82602) == pytest.approx(0.5, abs=1e-5)
    assert deterministic_fidelity(1.0) == pytest.approx(deterministic_fidelity(1 + 1e-9), abs=1e-8)
    assert bdcz_fidelity(0.96, 2, 0.99, 0.99) == pytest.approx(0.897756, abs=1e-6)
    assert bdcz_fidelity(0.96, 4, 0.99, 0.99) == pytest.approx(0.789161, abs=1e-6)


@pytest.mark.parametrize(
    "more",
    [
        {
            "links": 4,
            "p": 0.2,
            "q": 0.7,
            "cutoff": 40,
            "purification": (1, 1, 1),
            "t_coherence": 50,
            "w0": 0.97,
        },
        {"links": 8, "p": 0.2, "q": 0.7, "cutoff": (4, 9, None), "t_coherence": 50, "w0": 0.97},
        {"links": 5, "p": (0.2, 0.5, 0.9, 0.1, 1.0), "q": 0.8, "t_coherence": 30, "w0": (0.9, 1, 1, 0.97, 1)},
        {
            "links": 5,
            "p": (0.2, 0.5, 0.9, 0.1, 1.0),
            "q": 0.8,
            "t_coherence": 30,
            "w0": 0.99,
            "scheme": "asap",
        },
        {"links": 3, "p": 0.3, "q": 0.5, "t_coherence": 10, "w0": 0.9, "swap_werner": 0.95, "scheme": "asap"},
    ],
)
def test_sampling_agrees_with_the_exact_path(more):
    exact, sampled = repeater_chain(**more), repeater_chain(**more, pairs=40_000, seed=5)
    assert exact.method.startswith("exact") and sampled.method == "Monte Carlo"
    assert close(sampled.mean_attempts, exact.mean_attempts.value)
    assert close(sampled.werner, exact.werner.value)
    # Two-sided Kolmogorov-Smirnov bound, D > 2.6/√n with probability 2e^{-2·2.6²} = 2.7e-6.
    short = min(len(exact.histogram), len(sampled.histogram))
    gap = np.abs(np.cumsum(exact.histogram[:short]) - np.cumsum(sampled.histogram[:short])).max()
    assert gap < 2.6 / math.sqrt(40_000)


def test_a_histogram_is_a_distribution_with_the_mean_of_the_result():
    exact = repeater_chain(4, 0.1, 0.5, 30, t_coherence=80)
    assert exact.histogram.sum() == pytest.approx(1, abs=1e-10)
    assert np.arange(len(exact.histogram)) @ exact.histogram == pytest.approx(exact.mean_attempts.value)
    seen = exact.histogram > 1e-12
    assert exact.histogram[seen] @ exact.werner_at[seen] == pytest.approx(exact.werner.value)
    assert exact.mean_fidelity.value == pytest.approx((1 + 3 * exact.werner.value) / 4)
    assert exact.quantile(0.5) == np.searchsorted(np.cumsum(exact.histogram), 0.5)


def test_many_links_and_large_numbers():
    # Σ_t P(max > t) for 64 links: the exact sum, the series and the harmonic limit at small p.
    assert mean_slowest_link(64, 0.1) == pytest.approx(repeater_chain(64, 0.1).mean_attempts.value, rel=1e-9)
    small = 1e-7
    assert mean_slowest_link(64, small) * small == pytest.approx(sum(1 / k for k in range(1, 65)), rel=1e-6)
    assert mean_slowest_link(20, 0.03) == pytest.approx(
        repeater_chain(20, 0.03).mean_attempts.value, rel=1e-9
    )
    assert mean_slowest_link(5, 1.0) == 1.0


def test_key_rate():
    good = repeater_chain(2, 0.5)
    assert good.secret_fraction == 1 and good.secret_key_rate == pytest.approx(1 / good.mean_attempts.value)
    assert repeater_chain(2, 0.5, w0=0.5).secret_key_rate == 0  # e = .375: no key
    # e = 5 %: 1 - 2h(.05) = .427206 (Shor and Preskill, PRL 85, 441 (2000)).
    assert repeater_chain(1, 0.5, w0=0.9).secret_fraction == pytest.approx(0.427206, abs=1e-6)


def test_same_seed_same_numbers():
    first, again, other = (repeater_chain(4, 0.1, 0.5, 30, pairs=1000, seed=s) for s in (1, 1, 2))
    assert first.to_dict() == again.to_dict() != other.to_dict()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"links": 0}, "links"),
        ({"p": 0.0}, "p is 0"),
        ({"p": 1.5}, r"p is 1.5"),
        ({"p": (0.1, 0.2, 0.3)}, "p has 3 numbers"),
        ({"q": 0.0}, "q is 0"),
        ({"cutoff": -1}, "cutoff"),
        ({"cutoff": ()}, "cutoff is empty"),
        ({"cutoff": (1, 2), "scheme": "asap"}, "no levels"),
        ({"purification": (1,), "scheme": "asap"}, "purification"),
        ({"purification": (1,), "links": 3}, "2, 4, 8"),
        ({"purification": (1, 1, 1)}, "purification has 3"),
        ({"t_coherence": 0}, "t_coherence"),
        ({"w0": 2}, "w0"),
        ({"scheme": "other"}, "scheme"),
        ({"method": "other"}, "method"),
        ({"pairs": 0}, "pairs"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_input_names_the_field(given, said):
    with pytest.raises(InvalidInputError, match=said):
        repeater_chain(**{"links": 2, "p": 0.1, **given})


def test_bad_input_of_closed_forms():
    for call, said in [
        (lambda: mean_slowest_link(2, 0.0), "p is 0"),
        (lambda: two_links_with_cutoff(0.0, 1), "above 0"),
        (lambda: nested_estimate(3, 0.1, 0.5), "2, 4, 8"),
    ]:
        with pytest.raises(InvalidInputError, match=said):
            call()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"links": 3, "scheme": "asap", "cutoff": 5}, "cut-off"),
        ({"links": 9, "scheme": "asap"}, "up to 8"),
        ({"links": 3, "scheme": "asap", "p": 1e-5}, "too long"),
        ({"links": 8, "p": 1e-6}, "too long"),
    ],
)
def test_what_has_no_exact_path_is_refused_or_sampled(given, said):
    given = {"p": 0.1, **given}
    with pytest.raises(UnsupportedError, match=said):
        repeater_chain(**given, method="exact")
    assert repeater_chain(**given, pairs=10).method == "Monte Carlo"


def test_a_hopeless_chain_ends():
    for scheme in ("nested", "asap"):
        hopeless = chain(16, 0.001, 0.5, 0, (), None, 1.0, 1.0, scheme)
        with pytest.raises(UnsupportedError, match="raise cutoff"):
            sample(hopeless, 10, np.random.default_rng(0), most_steps=100_000)
