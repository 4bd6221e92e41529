"""The event-level, the compiled and the exact path of chains give the same numbers.

A comparison is of two means within 5 standard errors: of 200 comparisons one fails by chance in 10^4 runs.
"""

import math
import random

import numpy as np
import pytest
from chains_in_time import attempt_chain

from qnetframe.simulation import repeater_chain


def random_chain(number):
    """Return a chain (links, p, q, cut-off, T, w0, scheme) whose pairs do not take for ever."""
    rng = random.Random(number)
    scheme = rng.choice(["nested", "asap"])
    links = rng.randint(1, 5)
    p, q = rng.uniform(0.2, 0.9), rng.uniform(0.6, 1.0)
    cutoff = rng.choice([None, rng.randint(3, 20)])
    return links, p, q, cutoff, rng.uniform(20, 200), rng.uniform(0.8, 1.0), scheme


def agree(first, error_first, second, error_second):
    return abs(first - second) <= 5 * math.hypot(error_first, error_second) + 1e-12


def check(number, pairs):
    chain = random_chain(number)
    times, werner = attempt_chain(*chain, pairs, number)
    links, p, q, cutoff, time, w0, scheme = chain
    given = dict(q=q, cutoff=cutoff, t_coherence=time, w0=w0, scheme=scheme)
    root = pairs**0.5
    paths = [repeater_chain(links, p, **given, pairs=20_000, seed=number), repeater_chain(links, p, **given)]
    for path in paths:
        mean, w = path.mean_attempts, path.werner
        assert agree(times.mean(), times.std() / root, mean.value, mean.standard_error), (chain, path.method)
        assert agree(werner.mean(), werner.std() / root, w.value, w.standard_error), (chain, path.method)
    exact = paths[1].method.startswith("exact")
    if exact:
        sampled = paths[0].mean_attempts
        assert agree(sampled.value, sampled.standard_error, paths[1].mean_attempts.value, 0)
    return exact


def test_three_paths_agree_on_random_chains():
    assert sum(check(number, 200) for number in range(8)) >= 4


@pytest.mark.slow
def test_three_paths_agree_on_sixty_more_random_chains():
    assert sum(check(number, 400) for number in range(100, 160)) >= 30


def test_purified_chains_agree():
    times, werner = attempt_chain(2, 0.4, 0.8, None, 50, 0.9, "nested", 1500, 3, purify=1)
    exact = repeater_chain(2, 0.4, 0.8, None, (1,), 50, 0.9)
    assert agree(times.mean(), times.std() / 1500**0.5, exact.mean_attempts.value, 0)
    assert agree(werner.mean(), werner.std() / 1500**0.5, exact.werner.value, 0)


def test_attempts_one_by_one_have_the_statistics_of_drawn_ones():
    chain = (3, 0.2, 0.7, 8, 60, 0.95, "nested")
    drawn, w_drawn = attempt_chain(*chain, 400, 1)
    each, w_each = attempt_chain(*chain, 400, 2, attempts="each")
    assert agree(drawn.mean(), drawn.std() / 20, each.mean(), each.std() / 20)
    assert agree(w_drawn.mean(), w_drawn.std() / 20, w_each.mean(), w_each.std() / 20)
    # Kolmogorov-Smirnov, two samples of 400: D > 2.6·√(2/400) with probability 2.7e-6.
    grid = np.arange(1, 300)
    gap = np.abs(
        np.searchsorted(np.sort(drawn), grid, "right") - np.searchsorted(np.sort(each), grid, "right")
    )
    assert gap.max() / 400 < 2.6 * math.sqrt(2 / 400)
