"""Exact chains whose pairs are swapped as soon as possible: a Markov chain on which links have a pair.

At every attempt each link without a pair tries; then all swaps that can be made are tried together, and a
run of segments of which one swap fails loses all its pairs. Adjacent pairs are always joined, so that the set
of links with a pair is the state. For the Werner parameter a state also says which of its segments are
*followed*: f(state) = E[1{state} · Π w of followed segments], which is linear from step to step.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from qnetframe.simulation.chains.plan import Chain
from qnetframe.simulation.chains.result import ChainResult
from qnetframe.values import Estimate

MOST_LINKS = 8
MOST_TIMES = 1 << 17
_TAIL = 1e-12

# A run of links (first, last) and whether it is followed.
_Run = tuple[int, int]
_State = tuple[tuple[int, int, bool], ...]


def exact_asap(chain: Chain) -> ChainResult | None:
    """Return the exact result; None for a cut-off, above 8 links, and for very long waiting times."""
    n = chain.links
    if n > MOST_LINKS or chain.has_cutoff:
        return None
    states, matrix = _transitions(chain)
    seen, followed = states[((0, n - 1, False),)], states[((0, n - 1, True),)]
    start = np.zeros(len(states))
    start[states[()]] = 1.0
    from scipy.sparse import identity
    from scipy.sparse.linalg import spsolve

    inside = [i for i in range(len(states)) if i not in (seen, followed)]
    within = matrix[inside][:, inside]
    # Σ_t f_t over the states that are not the end, by which everything is counted.
    visits = np.zeros(len(states))
    visits[inside] = spsolve((identity(len(inside)) - within).tocsc(), start[inside])
    total = matrix @ visits
    # T is the number of states passed before the end: Σ over states in which nothing is followed.
    plain = [i for s, i in states.items() if not any(run[2] for run in s) and i in set(inside)]
    mean, werner = float(visits[plain].sum()), float(total[followed] / total[seen])
    if mean * 40 > MOST_TIMES:
        return None
    now, law, laws = start, [0.0], [0.0]
    left = 1.0
    while left > _TAIL and len(law) < MOST_TIMES:
        now = matrix @ now
        law.append(float(now[seen]))
        laws.append(float(now[followed]))
        now[[seen, followed]] = 0.0
        left = float(now[plain].sum())
    p, w = np.array(law), np.array(laws)
    with np.errstate(invalid="ignore", divide="ignore"):
        werner_at = np.where(p > 1e-15, w / p, np.nan)
    return ChainResult(
        Estimate(mean), Estimate(werner), f"exact (Markov chain of {len(states)} states)", p, werner_at
    )


def _transitions(chain: Chain) -> tuple[dict[_State, int], Any]:
    """Return the number of every state and the sparse matrix M of f_{t+1} = M f_t."""
    from scipy.sparse import csr_matrix

    n = chain.links
    follow = chain.t_coherence < math.inf or chain.swap_werner < 1 or min(chain.w0) < 1
    states: dict[_State, int] = {(): 0}
    rows, columns, values = [], [], []
    masks = [()] if n == 1 else list(_masks(n))
    for runs in masks:
        if runs == ((0, n - 1),):
            continue
        for chance, new, outcome in _outcomes(chain, runs):
            for after, before, weight in _followed(chain, runs, new, outcome, follow):
                rows.append(states.setdefault(after, len(states)))
                columns.append(states.setdefault(before, len(states)))
                values.append(chance * weight)
    end = ((0, n - 1, True),)
    if end not in states:
        # Nothing decays: the two figures are one, and the chain is followed as a whole.
        states[end] = len(states)
        seen = states[((0, n - 1, False),)]
        extra = [(end, c, v) for r, c, v in zip(rows, columns, values, strict=True) if r == seen]
        rows += [states[end]] * len(extra)
        columns += [c for _, c, _ in extra]
        values += [v for _, _, v in extra]
    size = len(states)
    return states, csr_matrix((values, (rows, columns)), shape=(size, size))


def _masks(n: int) -> list[tuple[_Run, ...]]:
    return [_runs([bool(mask >> i & 1) for i in range(n)]) for mask in range(1 << n)]


def _runs(occupied: list[bool]) -> tuple[_Run, ...]:
    runs: list[_Run] = []
    for i, full in enumerate(occupied):
        if full and runs and runs[-1][1] == i - 1:
            runs[-1] = (runs[-1][0], i)
        elif full:
            runs.append((i, i))
    return tuple(runs)


def _outcomes(chain: Chain, runs: tuple[_Run, ...]) -> Any:
    """Yield (probability, links that got a pair, ((run, kept), …)) of one attempt from a state."""
    n = chain.links
    held = [any(a <= i <= b for a, b in runs) for i in range(n)]
    empty = [i for i in range(n) if not held[i]]
    for got in product((False, True), repeat=len(empty)):
        chance = math.prod(chain.p[i] if g else 1 - chain.p[i] for i, g in zip(empty, got, strict=True))
        if chance == 0.0:
            continue
        new = {i for i, g in zip(empty, got, strict=True) if g}
        merged = _runs([h or i in new for i, h in enumerate(held)])
        swaps = [sum(a <= r[0] <= b for r in runs) + sum(a <= i <= b for i in new) - 1 for a, b in merged]
        for kept in product((True, False), repeat=len(merged)):
            odds = chance
            for keep, count in zip(kept, swaps, strict=True):
                good = chain.q**count
                odds *= good if keep else 1 - good
            if odds > 0.0:
                yield odds, new, tuple(zip(merged, kept, strict=True))


def _followed(
    chain: Chain, runs: tuple[_Run, ...], new: set[int], outcome: tuple[tuple[_Run, bool], ...], follow: bool
) -> Any:
    """Yield (state after, state before, weight) for every choice of followed segments after."""
    kept = [run for run, keep in outcome if keep]
    decay = math.exp(-1.0 / chain.t_coherence)
    for flags in product((False, True) if follow else (False,), repeat=len(kept)):
        chosen = dict(zip(kept, flags, strict=True))
        after = tuple((a, b, chosen[a, b]) for a, b in kept)
        weight = 1.0
        before = []
        for a, b in runs:
            flag = next((f for (c, d), f in chosen.items() if c <= a and b <= d), False)
            before.append((a, b, flag))
            weight *= decay if flag else 1.0
        for (a, b), flag in chosen.items():
            if flag:
                fresh = [i for i in new if a <= i <= b]
                parts = len(fresh) + sum(a <= r[0] <= b for r in runs)
                weight *= math.prod(chain.w0[i] for i in fresh) * chain.swap_werner ** (parts - 1)
        yield after, tuple(before), weight
