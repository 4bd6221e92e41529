"""Statistical fluctuations: how far an observed count may be from what was to be expected."""

from __future__ import annotations

import math

_FEW = 40


def hoeffding(total: float, epsilon: float) -> float:
    """Return sqrt(n/2 ln(1/ε)): a sum of n bits is that close to its mean but for ε (one side).

    Source: Hoeffding, J. Am. Stat. Assoc. 58, 13 (1963).
    """
    return math.sqrt(total / 2 * math.log(1 / epsilon))


def sampling_without_replacement(epsilon: float, error: float, sampled: float, rest: float) -> float:
    """Return γ: the error rate of the rest is at most that of the sample plus γ, but for ε.

    Source: Fung, Ma, Chau, PRA 81, 012318 (2010), as used by Lim et al., PRA 89, 022307 (2014), with their
    21/ε left to the caller: ε here is that of this one statement, squared once as they do. This form is good
    for many errors only (for none it would be 0); below 40 in the sample the exact tail of counts is taken
    where it is larger.
    """
    b = min(max(error, 1e-300), 1 - 1e-16)
    c, d = sampled, rest
    inner = (c + d) / (c * d * (1 - b) * b) / epsilon**2
    gamma = math.sqrt(max(0.0, (c + d) * (1 - b) * b / (c * d * math.log(2)) * math.log2(inner)))
    few = math.ceil(error * c - 1e-9)
    if few >= _FEW:
        return gamma
    # A rate of this many in the rest, less the rate of the sample.
    return max(gamma, _few_errors(epsilon, few, c / (c + d)) / d - error)


def _few_errors(epsilon: float, seen: int, share: float) -> float:
    """Return how many errors are in the rest at most, but for ε, where the sample, a ``share``, has ``seen``.

    The number in the sample is hypergeometric, and its lower tail below that of a binomial: Hoeffding (1963),
    section 6. The fewest in all that make so few in the sample as unlikely as ε, less those.
    """
    from scipy.special import bdtr

    low, high = seen, max(4, 2 * seen)
    while bdtr(seen, high, share) > epsilon:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if bdtr(seen, middle, share) > epsilon else (low, middle)
    return float(high - seen)


def serfling(sampled: float, rest: float, epsilon: float) -> float:
    """Return sqrt((n+k)/(nk) (k+1)/k ln(1/ε)): the rest errs that little more often, but for ε.

    Source: Serfling, Ann. Stat. 2, 39 (1974); Tomamichel et al., Nat. Commun. 3, 634 (2012).
    """
    k, n = sampled, rest
    return math.sqrt((n + k) / (n * k) * (k + 1) / k * math.log(1 / epsilon))


def chernoff_interval(count: float, epsilon: float) -> tuple[float, float]:
    """Return (low, high): bounds on the mean of a sum of independent bits that was ``count``, each but for ε.

    The exact inverse of the multiplicative Chernoff bound: Zhang, Zhao, Razavi, Ma, PRA 95, 012333 (2017),
    eq. 15-16: the mean m of a count x has x ln(x/m) - x + m = ln(1/ε).
    """
    log = math.log(1 / epsilon)
    if count <= 0:
        return 0.0, log

    def excess(mean: float) -> float:
        return count * math.log(count / mean) - count + mean - log

    low, high = 0.0, count
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (low, middle) if middle > 0 and excess(middle) < 0 else (middle, high)
    lowest = low
    low, high = count, count + log + math.sqrt(2 * count * log) + log
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    return lowest, high
