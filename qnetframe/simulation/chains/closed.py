"""Closed forms of repeater chains. Times are in attempts, each of which succeeds with probability p."""

from __future__ import annotations

import math
from dataclasses import dataclass

from qnetframe import checks
from qnetframe.errors import InvalidInputError


def mean_slowest_link(links: int, p: float) -> float:
    """Return the mean time until each of ``links`` links has a pair: Σ (-1)^(k+1) C(n,k) / (1-(1-p)^k).

    N. K. Bernardes, L. Praxmeyer and P. van Loock, Phys. Rev. A 83, 012323 (2011), equation (3). With swaps
    that never fail it is the time of a chain. The alternating sum is exact (rational arithmetic) where it
    would cancel, above 20 links a convergent sum of P(T > t).
    """
    n = checks.integer(links, "links", low=1)
    success = checks.probability(p, "p")
    if success == 0.0:
        raise InvalidInputError("p is 0; a link that never works has no mean time")
    if success == 1.0:
        return 1.0
    log_x = math.log1p(-success)
    if n <= 20:
        return math.fsum((-1) ** (k + 1) * math.comb(n, k) / -math.expm1(k * log_x) for k in range(1, n + 1))
    return _sum_of_tail(n, log_x)


def _sum_of_tail(n: int, log_x: float) -> float:
    """Return Σ_t P(max > t), by the trapezoid rule with end correction where the steps are too many."""
    import numpy as np

    last = math.ceil((math.log(n) + 40.0) / -log_x) + 1
    if last <= 5_000_000:
        t = np.arange(last)
        return float(np.sum(-np.expm1(n * np.log1p(-np.exp(t[1:] * log_x))))) + 1.0
    # Harmonic number: the time is then nearly continuous, E = H_n / -ln(1-p) + 1/2.
    return math.fsum(1.0 / k for k in range(1, n + 1)) / -log_x + 0.5


@dataclass(frozen=True)
class TwoLinks:
    """Two links with a cut-off: the probability that a round succeeds, mean time, mean Werner parameter."""

    round_success: float
    mean_attempts: float
    werner: float


def two_links_with_cutoff(
    p: float, cutoff: int, q: float = 1.0, w0: float = 1.0, t_coherence: float = math.inf
) -> TwoLinks:
    """Return the figures of two links that are both given up when one waits longer than ``cutoff``.

    With x = 1-p: P_s = p/(2-p) + 2x(1-x^τ)/(2-p), E[T] = {1/(p(2-p)) + [2x/(2-p)](1-x^τ)/p} / (q·P_s); a
    failed round costs min + τ. The pair that waits decays by e^{-Δ/t_coherence}, so E[w] sums w0² P(Δ) over
    the rounds that succeed. B. Li, T. Coopmans and D. Elkouss, IEEE Trans. Quantum Eng. 2, 4103015 (2021).
    """
    success, wait = checks.probability(p, "p"), checks.integer(cutoff, "cutoff (attempts)", low=0)
    swap = checks.probability(q, "q")
    if success == 0.0 or swap == 0.0:
        raise InvalidInputError("p and q must be above 0; nothing is ever delivered")
    start = checks.probability(w0, "w0")
    x = 1.0 - success
    both, later = success / (2 - success), 2 * x / (2 - success) * (1 - x**wait)
    mean = 1 / (success * (2 - success)) + later / success
    y = x * math.exp(-1.0 / checks.positive(t_coherence, "t_coherence (attempts)", infinite=True))
    # Σ_{Δ=1}^{τ} 2p/(2-p) y^Δ, and the Δ = 0 of both.
    decayed = wait * 1.0 if y == 1.0 else y * (1 - y**wait) / (1 - y)
    werner = start**2 * (both + 2 * success / (2 - success) * decayed) / (both + later)
    return TwoLinks(both + later, mean / (swap * (both + later)), werner)


def nested_estimate(links: int, p: float, q: float) -> float:
    """Return the often-quoted (3/2)^L / (p q^L) of 2^L links, an approximation (Sangouard 2011)."""
    n = checks.integer(links, "links", low=1)
    if n & (n - 1):
        raise InvalidInputError(f"links is {n}; the rule is for 2, 4, 8, … links")
    levels = n.bit_length() - 1
    return (1.5 / checks.positive(q, "q")) ** levels / checks.positive(p, "p")


def deterministic_fidelity(link_efficiency: float) -> float:
    """Return the best fidelity of entanglement delivered at every tick: (1 + 3 η^{1/(1-η)}) / 4.

    η, above 1, is the rate of entanglement over the rate of decoherence; P. C. Humphreys et al., Nature 558,
    268 (2018), Methods. It is above 1/2 from η = 0.82602 (the formula goes for η below 1 as well; at 1 it is
    its limit with 1/e).
    """
    eta = checks.positive(link_efficiency, "link_efficiency")
    power = math.exp(-1.0) if eta == 1.0 else eta ** (1.0 / (1.0 - eta))
    return (1.0 + 3.0 * power) / 4.0


def bdcz_fidelity(fidelity: float, links: int, gate: float = 1.0, measurement: float = 1.0) -> float:
    """Return the fidelity after swapping ``links`` Werner pairs with noisy gates and measurements.

    F_L = {1 + 3 [p2 (4η²-1)/3]^{L-1} [(4F-1)/3]^L} / 4, p2 the probability that a two-qubit gate is ideal
    (else it depolarizes fully) and η the reliability of a measurement: H.-J. Briegel, W. Dür, J. I. Cirac
    and P. Zoller, Phys. Rev. Lett. 81, 5932 (1998), equation (5).
    """
    n = checks.integer(links, "links", low=1)
    f, p2 = checks.probability(fidelity, "fidelity"), checks.probability(gate, "gate")
    eta = checks.probability(measurement, "measurement")
    return (1 + 3 * (p2 * (4 * eta**2 - 1) / 3) ** (n - 1) * ((4 * f - 1) / 3) ** n) / 4
