"""Where a time goes on the axis of a timeline: in proportion, or with long waits compressed."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from qnetframe.errors import InvalidInputError
from qnetframe.placement.timeline import Timeline
from qnetframe.report.numbers import ticks

Kind: TypeAlias = Literal["linear", "compressed"]
KINDS: tuple[Kind, ...] = ("linear", "compressed")

# Of two intervals one of which is n times as long, the compressed axis makes it n**POWER times as wide.
POWER = 0.3
_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9), ("ps", 1e-12))
_CLOSEST = 0.045


@dataclass(frozen=True)
class Scale:
    """An axis from 0 to 1: the instants that are given, increasing, and where each is; linear in between."""

    instants: tuple[float, ...]
    places: tuple[float, ...]
    unit: str
    size: float
    kind: Kind

    def at(self, time: float) -> float:
        """Return where a time (seconds) is, from 0 to 1."""
        i = min(max(bisect_right(self.instants, time) - 1, 0), len(self.instants) - 2)
        (t0, t1), (x0, x1) = self.instants[i : i + 2], self.places[i : i + 2]
        return x0 + (time - t0) / (t1 - t0) * (x1 - x0)

    def ticks(self) -> list[tuple[float, str]]:
        """Return where the ticks are, and what stands there: round numbers, or the instants themselves."""
        end = self.instants[-1] / self.size
        if self.kind == "linear":
            return [(self.at(t * self.size), f"{t:g}") for t in ticks(0.0, end, 7)]
        chosen = [0.0, self.places[-1]]
        # The instants after long intervals come first: they are what the eye looks for.
        for x in sorted(self.places[1:-1], key=lambda x: self.places[self.places.index(x) - 1] - x):
            if min(abs(x - y) for y in chosen) > _CLOSEST:
                chosen.append(x)
        texts = dict(zip(self.places, self.instants, strict=True))
        return [(x, f"{texts[x] / self.size:.5g}") for x in sorted(chosen)]


def scale_of(timeline: Timeline, kind: Kind) -> Scale:
    """Return the axis of a timeline; InvalidInputError for an unknown kind."""
    if kind not in KINDS:
        raise InvalidInputError(f"scale is {kind!r}; allowed: {', '.join(map(repr, KINDS))}")
    end = timeline.latency
    unit, size = next(((u, s) for u, s in _UNITS if end >= s), _UNITS[-1])
    if kind == "linear":
        return Scale((0.0, end), (0.0, 1.0), unit, size, kind)
    times = [t for e in timeline.events for t in (e.start, e.end)]
    times += [t for m in timeline.messages for t in (m.sent, m.received)]
    instants = _apart(sorted({0.0, end, *times}), 1e-9 * end)
    widths = [(b - a) ** POWER for a, b in itertools.pairwise(instants)]
    places, total = [0.0], sum(widths)
    for width in widths:
        places.append(places[-1] + width / total)
    return Scale(tuple(instants), tuple(places), unit, size, kind)


def _apart(times: Sequence[float], least: float) -> list[float]:
    """Return the times without those that are closer to the one before than rounding explains."""
    kept = [times[0]]
    for time in times[1:]:
        if time - kept[-1] > least:
            kept.append(time)
    return kept
