"""What the page of a store says: which figures against what, and whether backends agree."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qnetframe.errors import InvalidInputError
from qnetframe.experiment.agreement import EXACT_TOLERANCE
from qnetframe.experiment.store import Mean, Point
from qnetframe.report.curves import MOST_CURVES, Curves, axes_of, hashable, join_curves, label_of, order

ALPHA = 1e-6
# Small multiples of one figure.
MOST_PANELS = 12
# A setting with more values than that is not told apart by colours.
_MOST_COLOURS = 7


@dataclass(frozen=True)
class View:
    """What is drawn of the points of one kind: x, the settings told apart by colour, and by panel."""

    points: tuple[Point, ...]
    x: str
    by: tuple[str, ...]
    panels: tuple[str, ...]

    def curves(self, figure: str, means: Mapping[int, Mean]) -> Iterator[tuple[str, Curves]]:
        """Yield the title and the curves of each panel of a figure that has any."""
        groups: dict[tuple[Any, ...], list[Point]] = {}
        for point in self.points:
            if point.number in means:
                key = tuple(hashable(point.settings.get(name)) for name in self.panels)
                groups.setdefault(key, []).append(point)
        ordered = sorted(groups.items(), key=lambda item: [order(part) for part in item[0]])
        for key, points in ordered[:MOST_PANELS]:
            try:
                yield label_of(self.panels, key), join_curves(points, means, self.x, figure, self.by)
            except InvalidInputError:
                continue


def view_of(points: Sequence[Point]) -> View | None:
    """Return what to draw: against the numeric setting of most values, backends (or else) by colour."""
    axes = {key: values for key, values in axes_of(points).items() if len(values) > 1}
    if not axes:
        return None

    def numbers(key: str) -> int:
        values = axes[key]
        return (
            len(values) if all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values) else 0
        )

    x = max(axes, key=lambda key: (numbers(key), len(axes[key])))
    others = [key for key in axes if key != x]
    colour = sorted(others, key=lambda key: (key != "backend", len(axes[key])))[:1]
    by = tuple(
        key for key in colour if len(axes[key]) <= (MOST_CURVES if key == "backend" else _MOST_COLOURS)
    )
    return View(tuple(points), x, by, tuple(key for key in others if key not in by))


@dataclass(frozen=True)
class Judgement:
    """Two backends on the same points: how many figures were compared, and the one that differs most."""

    first: str
    second: str
    compared: int
    wrong: int
    deviation: float | None
    p_value: float | None
    where: str

    @property
    def agree(self) -> bool:
        """Whether no figure differs."""
        return not self.wrong


def judge_backends(
    points: Sequence[Point], means: Mapping[str, Mapping[int, Mean]]
) -> tuple[tuple[Judgement, ...], int]:
    """Return the judgement on every pair of backends, and the number of tests on sampled figures.

    Exact figures must agree within 1e-9. Sampled ones are tested by the normal distribution of their
    difference, corrected for the number of tests (Bonferroni) to a family-wise false-alarm rate of 1e-6.
    """
    places: dict[tuple[str, Any], dict[str, Point]] = {}
    for point in points:
        if "backend" in point.settings:
            rest = tuple(
                (k, hashable(v)) for k, v in sorted(point.settings.items()) if not k.startswith("backend")
            )
            places.setdefault((point.kind, rest), {})[str(point.settings["backend"])] = point
    found: dict[tuple[str, str], list[tuple[float, bool, str]]] = {}
    for at in places.values():
        for first, second in itertools.combinations(sorted(at), 2):
            for figure, by_point in means.items():
                a, b = by_point.get(at[first].number), by_point.get(at[second].number)
                if a is not None and b is not None and math.isfinite(a.value) and math.isfinite(b.value):
                    found.setdefault((first, second), []).append(_test(a, b, figure, at[first]))
    tests = sum(not exact for rows in found.values() for _, exact, _ in rows)
    return tuple(_judged(pair, rows, ALPHA / max(1, tests)) for pair, rows in found.items()), tests


def _test(a: Mean, b: Mean, figure: str, point: Point) -> tuple[float, bool, str]:
    """Return the deviation or the p-value, whether it is exact, and of what."""
    where = f"{figure} at point {point.number}"
    error = math.hypot(a.standard_error, b.standard_error)
    if a.shots is None and b.shots is None and not error:
        return abs(a.value - b.value), True, where
    if not error:
        return (1.0 if abs(a.value - b.value) <= EXACT_TOLERANCE else 0.0), False, where
    return math.erfc(abs(a.value - b.value) / error / math.sqrt(2)), False, where


def _judged(pair: tuple[str, str], rows: Sequence[tuple[float, bool, str]], threshold: float) -> Judgement:
    exact = [row for row in rows if row[1]]
    sampled = [row for row in rows if not row[1]]
    wrong = sum(row[0] > EXACT_TOLERANCE for row in exact) + sum(row[0] < threshold for row in sampled)
    largest = max(exact, default=None)
    least = min(sampled, default=None)
    shown = largest if largest and (largest[0] > EXACT_TOLERANCE or not least) else least
    return Judgement(
        *pair, len(rows), wrong, largest[0] if largest else None, least[0] if least else None,
        shown[2] if shown else "",
    )  # fmt: skip
