"""Compiled Monte Carlo of chains: failed attempts are skipped, waiting times are drawn whole."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qnetframe.errors import UnsupportedError
from qnetframe.simulation.chains.plan import LINK, SWAP, Chain, steps_of

Sampled = tuple[NDArray[np.int64], NDArray[np.float64]]
# Later than any pair: no cut-off.
_NEVER = np.iinfo(np.int64).max // 4
# About two minutes: a chain whose rounds nearly always fail is refused rather than sampled for ever.
MOST_STEPS = 4_000_000_000


def sample(chain: Chain, pairs: int, rng: np.random.Generator, most_steps: int = MOST_STEPS) -> Sampled:
    """Return the times (attempts) and Werner parameters of ``pairs`` independent end-to-end pairs.

    Raises UnsupportedError if they take more than ``most_steps`` steps.
    """
    fill = _nested_arguments(chain) if chain.scheme == "nested" else _asap_arguments(chain)
    times, werner = np.empty(pairs, np.int64), np.empty(pairs, np.float64)
    done = fill(times, werner, rng, most_steps)
    if done < pairs:
        raise UnsupportedError(
            f"only {done} of {pairs} pairs came of {most_steps:.0e} steps; "
            "raise cutoff, p or q, or ask for fewer pairs"
        )
    return times, werner


def _nested_arguments(chain: Chain) -> Callable[..., int]:
    steps = steps_of(chain)
    kind = np.array([s.kind for s in steps])
    first = np.array([s.first for s in steps])
    log_x = np.array([_log_x(chain.p[s.link]) if s.kind == LINK else 0.0 for s in steps])
    w0 = np.array([chain.w0[s.link] if s.kind == LINK else 0.0 for s in steps])
    wait = np.array([_cutoff(chain, s.level) for s in steps], np.int64)
    kernel = _compiled()[0]
    return lambda t, w, rng, most: kernel(
        t, w, rng, most, kind, first, log_x, w0, wait, chain.q, chain.swap_werner, 1.0 / chain.t_coherence
    )


def _asap_arguments(chain: Chain) -> Callable[..., int]:
    log_x, w0 = np.array([_log_x(p) for p in chain.p]), np.array(chain.w0)
    kernel = _compiled()[1]
    return lambda t, w, rng, most: kernel(
        t, w, rng, most, log_x, w0, _cutoff(chain, 0), chain.q, chain.swap_werner, 1.0 / chain.t_coherence
    )


def _log_x(p: float) -> float:
    return math.log1p(-p) if p < 1 else -math.inf


def _cutoff(chain: Chain, level: int) -> int:
    wait = chain.cutoff(level)
    return _NEVER if wait is None else wait


@functools.cache
def _compiled() -> tuple[Any, Any]:
    # numba takes a second to import, which no listing of plugins should pay.
    import numba

    # Compiled code runs no line that coverage could see.
    jit = functools.partial(numba.njit, nogil=True, error_model="numpy")

    @jit(inline="always")
    def attempts(rng: Any, log_x: float) -> int:  # pragma: no cover
        # Inversion: P(T > t) = (1-p)^t. For p = 1 the logarithm is -inf and the quotient 0.
        return 1 + int(math.log(1.0 - rng.random()) / log_x)

    @jit
    def nested(  # pragma: no cover
        times: Any, werner: Any, rng: Any, most: int, kind: Any, first: Any, log_x: Any, w0: Any, wait: Any,
        q: float, swap_werner: float, rate: float,
    ) -> int:  # fmt: skip
        count = kind.size
        # What failed rounds of a step have cost so far, and the stack of spans that are ready.
        spent = np.zeros(count, np.int64)
        ready_t = np.empty(count, np.int64)
        ready_w = np.empty(count, np.float64)
        taken = 0
        for i in range(times.size):
            step = top = 0
            while step < count:
                taken += 1
                if taken > most:
                    return i
                if kind[step] == LINK:
                    ready_t[top] = attempts(rng, log_x[step])
                    ready_w[top] = w0[step]
                    top += 1
                    step += 1
                    continue
                top -= 2
                ta, tb, wa, wb = ready_t[top], ready_t[top + 1], ready_w[top], ready_w[top + 1]
                gap = abs(ta - tb)
                if gap > wait[step]:
                    spent[step] += min(ta, tb) + wait[step]
                    step = first[step]
                    continue
                if rate > 0.0 and gap > 0:
                    worn = math.exp(-gap * rate)
                    if ta < tb:
                        wa *= worn
                    else:
                        wb *= worn
                if kind[step] == SWAP:
                    good, w = q, wa * wb * swap_werner
                else:
                    good = 0.5 * (1.0 + wa * wb)
                    w = (wa + wb + 4.0 * wa * wb) / (6.0 * good)
                spent[step] += max(ta, tb)
                if good < 1.0 and rng.random() >= good:
                    step = first[step]
                    continue
                ready_t[top] = spent[step]
                ready_w[top] = w
                spent[step] = 0
                top += 1
                step += 1
            times[i] = ready_t[0]
            werner[i] = ready_w[0]
        return int(times.size)

    @jit
    def asap(  # pragma: no cover
        times: Any, werner: Any, rng: Any, most: int, log_x: Any, w0: Any, wait: int, q: float,
        swap_werner: float, rate: float,
    ) -> int:  # fmt: skip
        n = log_x.size
        due = np.empty(n, np.int64)  # when a link without a pair gets one
        head = np.empty(n, np.int64)  # the first link of the segment that a link is in, -1 without a pair
        born = np.empty(n, np.int64)  # by head: when the oldest pair of the segment was made
        seen = np.empty(n, np.int64)  # by head: the time that w is of
        w = np.empty(n, np.float64)
        taken = 0
        for i in range(times.size):
            for k in range(n):
                head[k] = -1
                due[k] = attempts(rng, log_x[k])
            while True:
                taken += n
                if taken > most:
                    return i
                now = _NEVER
                for k in range(n):
                    if head[k] < 0:
                        now = min(now, due[k])
                    elif head[k] == k:
                        now = min(now, born[k] + wait)
                for k in range(n):
                    if head[k] < 0 and due[k] == now:
                        head[k], born[k], seen[k], w[k] = k, now, now, w0[k]
                # Every run of segments is joined, or lost, as a whole.
                a = 0
                while a < n:
                    if head[a] < 0:
                        a += 1
                        continue
                    b, parts, good = a, 0, True
                    total, oldest = 1.0, now
                    while b < n and head[b] >= 0:
                        if head[b] == b:
                            parts += 1
                            total *= w[b] * math.exp(-(now - seen[b]) * rate)
                            oldest = min(oldest, born[b])
                            if parts > 1:
                                total *= swap_werner
                                if q < 1.0 and rng.random() >= q:
                                    good = False
                        b += 1
                    if parts > 1 or not good:
                        for k in range(a, b):
                            head[k] = a if good else -1
                            if not good:
                                due[k] = now + attempts(rng, log_x[k])
                        w[a], born[a], seen[a] = total, oldest, now
                    a = b
                if head[0] == 0 and head[n - 1] == 0:
                    times[i], werner[i] = now, w[0]
                    break
                for k in range(n):
                    if head[k] >= 0 and born[head[k]] + wait <= now and head[k] == k:
                        b = k
                        while b < n and head[b] == k:
                            head[b] = -1
                            due[b] = now + attempts(rng, log_x[b])
                            b += 1
        return int(times.size)

    return nested, asap
