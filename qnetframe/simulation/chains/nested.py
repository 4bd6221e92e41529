"""Exact waiting-time distributions of nested chains, with swaps that fail, cut-offs and purification.

A span's law is two power series in the time t: P(t) = P(T = t), and W(t) = P(t) E[w | T = t]. A round of
two spans gives the series of success and failure; rounds until the first success are a geometric series,
summed by one division of Fourier transforms. S. Brand, T. Coopmans and D. Elkouss, IEEE J. Sel. Areas
Commun. 38, 619 (2020); B. Li, T. Coopmans and D. Elkouss, IEEE Trans. Quantum Eng. 2, 4103015 (2021).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qnetframe.simulation.chains.plan import LINK, SWAP, Chain, Step, steps_of
from qnetframe.simulation.chains.result import ChainResult, FloatArray
from qnetframe.values import Estimate

# Above this many time steps sampling is quicker than the exact series.
MOST_TIMES = 1 << 20
_TAIL = 1e-11


@dataclass(frozen=True, eq=False)
class _Law:
    """P(t) and W(t) for t = 0, 1, …, with the means of T and w, which are not truncated."""

    p: FloatArray
    w: FloatArray
    mean: float
    werner: float


def exact_nested(chain: Chain, most_times: int = MOST_TIMES) -> ChainResult | None:
    """Return the exact result; None where its distribution is longer than ``most_times`` attempts.

    The number of times is raised until less than 1e-11 of the probability is in their last eighth.
    """
    steps = steps_of(chain)
    # e^-40 of a link's pairs come later.
    size = 1 << max(8, math.ceil(math.log2(40.0 / min(chain.p))))
    while size <= most_times:
        law = _law(chain, steps, size)
        if law is not None:
            with np.errstate(invalid="ignore", divide="ignore"):
                werner_at = np.where(law.p > 1e-15, law.w / law.p, np.nan)
            return ChainResult(
                Estimate(law.mean),
                Estimate(law.werner),
                f"exact (series of {size} attempts)",
                law.p,
                werner_at,
            )
        size *= 4
    return None


def _law(chain: Chain, steps: tuple[Step, ...], size: int) -> _Law | None:
    known: dict[tuple[object, ...], _Law] = {}
    ids: dict[tuple[object, ...], int] = {}
    stack: list[tuple[int, _Law]] = []
    for step in steps:
        if step.kind == LINK:
            key: tuple[object, ...] = (LINK, chain.p[step.link], chain.w0[step.link])
            if key not in known:
                known[key] = _link(chain.p[step.link], chain.w0[step.link], size)
        else:
            (b, law_b), (a, law_a) = stack.pop(), stack.pop()
            key = (step.kind, step.level, min(a, b), max(a, b))
            if key not in known:
                law = _joined(chain, step, law_a, law_b)
                if float(np.sum(law.p[-size // 8 :])) > _TAIL:
                    return None
                known[key] = law
        stack.append((ids.setdefault(key, len(ids)), known[key]))
    return stack.pop()[1]


def _link(p: float, w0: float, size: int) -> _Law:
    law = np.zeros(size)
    law[1:] = p * np.exp(np.arange(size - 1) * math.log1p(-p)) if p < 1 else 0.0
    if p == 1.0:
        law[1] = 1.0
    return _Law(law, w0 * law, 1 / p, w0)


def _joined(chain: Chain, step: Step, a: _Law, b: _Law) -> _Law:
    """Return the law of rounds of two spans, repeated until one succeeds."""
    wait = chain.cutoff(step.level)
    decay = math.exp(-1.0 / chain.t_coherence)
    since_a, since_b = _window(a.p, 1.0, wait), _window(b.p, 1.0, wait)
    worn_a, worn_b = _window(a.w, decay, wait), _window(b.w, decay, wait)
    both = a.p * since_b + b.p * since_a - a.p * b.p
    product = a.w * worn_b + b.w * worn_a - a.w * b.w
    if step.kind == SWAP:
        good, werner = chain.q * both, chain.q * chain.swap_werner * product
    else:
        # Werner pairs: p = (1 + w1 w2)/2 and p w = (w1 + w2 + 4 w1 w2)/6, Bennett et al. 1996.
        total = a.w * since_b + a.p * worn_b + b.w * since_a + b.p * worn_a - a.w * b.p - a.p * b.w
        good, werner = (both + product) / 2, (total + 4 * product) / 6
    bad = both - good
    if wait is not None and wait < len(bad):
        # One came at m and the other not within the cut-off: the round costs m + cut-off.
        late = a.p * (1 - _ahead(np.cumsum(b.p), wait)) + b.p * (1 - _ahead(np.cumsum(a.p), wait))
        bad[wait:] += np.maximum(late[: len(bad) - wait], 0.0)
    times = np.arange(len(good))
    chance = float(good.sum())
    mean = float(times @ (good + bad)) / chance
    if float(bad.sum()) > 1e-15:
        repeat = 1 - np.fft.rfft(bad)
        law = np.fft.irfft(np.fft.rfft(good) / repeat, len(good))
        laws = np.fft.irfft(np.fft.rfft(werner) / repeat, len(good))
        good, total_w = np.maximum(law, 0.0), laws
    else:
        total_w = werner
    return _Law(good, total_w, mean, float(werner.sum()) / chance)


def _window(series: FloatArray, decay: float, wait: int | None) -> FloatArray:
    """Return Σ_{s=t-wait}^{t} decay^{t-s} series(s) for every t."""
    if decay == 1.0:
        total = np.cumsum(series)
    else:
        from scipy.signal import lfilter

        total = np.asarray(lfilter([1.0], [1.0, -decay], series))
    if wait is None or wait + 1 >= len(series):
        return total
    shifted = np.zeros_like(total)
    shifted[wait + 1 :] = decay ** (wait + 1) * total[: -wait - 1]
    return total - shifted


def _ahead(total: FloatArray, wait: int) -> FloatArray:
    """Return total(t + wait), the last value beyond the end."""
    return np.concatenate([total[wait:], np.full(min(wait, len(total)), total[-1])])[: len(total)]
