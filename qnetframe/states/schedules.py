"""Schedules of purification: which pairs purify which, for a target fidelity at the least cost in raw pairs.

A schedule is a tree: a raw pair, or a pair of one schedule purified by one of another. Dynamic programming
over the number of raw pairs builds all trees from the best smaller ones, in the manner of L. Jiang, J. M.
Taylor, N. Khaneja and M. D. Lukin, Proc. Natl. Acad. Sci. 104, 17291 (2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.states.bell import check_weights
from qnetframe.states.checking import RealArray
from qnetframe.states.purification import IDEAL, Noise, bbpssw

# Local Clifford gates permute the three unwanted Bell states freely: Bennett et al., PRA 54, 3824 (1996).
_ORDERS = [(0, *order) for order in permutations((1, 2, 3))]
# Exchanging the last two of both pairs changes nothing: for one of them three orders are enough.
_KEPT_ORDERS = [(0, 1, 2, 3), (0, 2, 1, 3), (0, 3, 1, 2)]


@dataclass(frozen=True, eq=False)
class Schedule:
    """A way to make one pair: its Bell ``weights`` (4,), and the mean number of raw ``pairs`` that it costs.

    ``raw`` raw pairs are in it; a failed step loses all that went into it. ``kept`` and ``used`` are the
    schedules of the two pairs of its last step, None for a raw pair; ``order`` are the places that the Bell
    states take before the step.
    """

    weights: RealArray
    pairs: float
    raw: int = 1
    success: float = 1.0
    kept: Schedule | None = None
    used: Schedule | None = None
    order: tuple[tuple[int, ...], tuple[int, ...]] = ((0, 1, 2, 3), (0, 1, 2, 3))

    @property
    def fidelity(self) -> float:
        """The fidelity with Φ+."""
        return float(self.weights[0])

    @property
    def depth(self) -> int:
        """The number of steps one after the other."""
        if self.kept is None or self.used is None:
            return 0
        return 1 + max(self.kept.depth, self.used.depth)

    def __str__(self) -> str:
        if self.kept is None or self.used is None:
            return "raw"
        return f"({self.kept} ← {self.used})"


def best_schedule(
    weights: npt.ArrayLike,
    target: float,
    noise: Noise = IDEAL,
    max_pairs: int = 12,
    beam: int | None = 24,
) -> Schedule:
    """Return the schedule with the least mean number of raw pairs that reaches a target fidelity.

    ``weights`` (4,) are those of a raw pair. Trees have at most ``max_pairs`` raw pairs; before each step
    local gates may permute the unwanted Bell states of either pair (which includes DEJMPS, and BBPSSW without
    twirling). For every number of raw pairs, the ``beam`` best schedules are kept: those on the front of
    fidelity against cost, then the most faithful; None keeps all, and the result is the best of all trees in
    which Φ+ stays the most likely state. Raises
    InvalidInputError with the best fidelity where no schedule reaches the target.
    """
    raw = check_weights(weights)
    if raw.shape != (4,):
        raise InvalidInputError(f"weights have shape {raw.shape}; a schedule starts from one pair, (4,)")
    goal = checks.probability(target, "target")
    most = checks.integer(max_pairs, "max_pairs", low=1, high=64)
    table: list[list[Schedule]] = [[], [Schedule(raw, 1.0)]]
    best = table[1][0]
    for count in range(2, most + 1):
        parts = [(table[part], table[count - part]) for part in range(1, count)]
        table.append(_combined([p for p in parts if p[0] and p[1]], noise, beam))
        best = max([best, *table[-1]], key=lambda s: s.fidelity)
    reached = [s for row in table for s in row if s.fidelity >= goal - 1e-12]
    if not reached:
        raise InvalidInputError(
            f"target is {target!r}; the best schedule of up to {most} raw pairs reaches {best.fidelity:.6f}"
        )
    return min(reached, key=lambda s: (s.pairs, s.raw))


def _combined(
    parts: list[tuple[list[Schedule], list[Schedule]]], noise: Noise, beam: int | None
) -> list[Schedule]:
    """Return the schedules worth keeping whose last step joins one of each side of a part."""
    columns = [_joined(kept, used, noise) for kept, used in parts]
    sizes = [len(column[1]) for column in columns]
    weights, success, cost = (np.concatenate([column[i] for column in columns]) for i in range(3))
    starts = np.cumsum([0, *sizes])
    alive = np.flatnonzero((success > 0.0) & (weights[:, 0] >= weights[:, 1:].max(axis=1)))
    found: list[Schedule] = []
    seen: set[tuple[float, ...]] = set()
    for place in _by_rank(alive, weights[:, 0], cost):
        # Pairs that differ by an order of the unwanted states are one: the next step may permute them.
        after = weights[place]
        key = (round(float(cost[place]), 9), *np.round(np.sort(after), 11).tolist())
        if key in seen:
            continue
        seen.add(key)
        part = int(np.searchsorted(starts, place, side="right")) - 1
        kept, used = parts[part]
        shape = (len(kept), len(used), len(_KEPT_ORDERS), len(_ORDERS))
        a, b, k, m = (int(i) for i in np.unravel_index(place - starts[part], shape))
        one, other, orders = kept[a], used[b], (_KEPT_ORDERS[k], _ORDERS[m])
        found.append(
            Schedule(
                after, float(cost[place]), one.raw + other.raw, float(success[place]), one, other, orders
            )
        )
        if beam is not None and len(found) == beam:
            break
    return found


def _joined(
    kept: list[Schedule], used: list[Schedule], noise: Noise
) -> tuple[RealArray, RealArray, RealArray]:
    """Return weights (m, 4), success and cost (m,) of every step: kept, used, and orders of either."""
    first = np.array([s.weights for s in kept])[:, None, None, None]
    second = np.array([s.weights for s in used])[None, :, None, None]
    a = np.concatenate([first[..., order] for order in _KEPT_ORDERS], axis=2)
    b = np.concatenate([second[..., order] for order in _ORDERS], axis=3)
    step = bbpssw(a, b, noise, twirl=False)
    pairs = np.array([s.pairs for s in kept])[:, None] + np.array([s.pairs for s in used])[None, :]
    with np.errstate(divide="ignore"):
        cost = pairs[:, :, None, None] / step.success
    return step.weights.reshape(-1, 4), step.success.reshape(-1), cost.reshape(-1)


def _by_rank(alive: npt.NDArray[np.intp], fidelity: RealArray, cost: RealArray) -> list[int]:
    """Return places: first the front of fidelity against cost, most faithful first, then by fidelity."""
    by_cost = alive[np.lexsort((-fidelity[alive], cost[alive]))]
    highest = np.maximum.accumulate(fidelity[by_cost])
    on_front = np.concatenate([[True], fidelity[by_cost][1:] > highest[:-1] + 1e-12])
    front, rest = by_cost[on_front][::-1], by_cost[~on_front]
    return [*front.tolist(), *rest[np.argsort(-fidelity[rest], kind="stable")].tolist()]
