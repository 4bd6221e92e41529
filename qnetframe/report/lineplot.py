"""Curves as a small SVG with bars of one standard error, drawn by hand so that the page colours it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qnetframe.experiment.store import Mean
from qnetframe.report.curves import Curves
from qnetframe.report.markup import Markup, join, tag
from qnetframe.report.numbers import tick_texts, ticks

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 330.0, 215.0, 54.0, 12.0, 10.0, 34.0
# Colours of the style sheet: c0 to c6; further curves are dashed.
_COLOURS = 7
_SHAPES = ("M{x} {y}m-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0z", "M{x} {y}m-3 -3h6v6h-6z",
           "M{x} {y}m0 -4l3.8 6.6h-7.6z", "M{x} {y}m0 -4.2l4.2 4.2l-4.2 4.2l-4.2 -4.2z")  # fmt: skip
_LONGEST = 9


def mean_text(mean: Mean | None) -> str:
    """Return "0.912 ± 0.004" with as many digits as the error tells, exact values with nine."""
    if mean is None:
        return "–"
    if not math.isfinite(mean.value):
        return "none"
    error = mean.standard_error
    if not error or not math.isfinite(error):
        return f"{mean.value:.9g}"
    digits = max(0, 1 - math.floor(math.log10(error)))
    return (
        f"{mean.value:.{digits}f} ± {error:.{digits}f}" if digits < 10 else f"{mean.value:.3g} ± {error:.2g}"
    )


def line_plot(curves: Curves, x_label: str, limits: tuple[float, float] | None = None) -> Markup:
    """Return the SVG; ``limits`` of y, where several plots share a scale."""
    names = None if curves.numeric else list(dict.fromkeys(str(x) for c in curves.curves for x in c.x))
    places = [c.x if names is None else [names.index(str(x)) for x in c.x] for c in curves.curves]
    lows, highs = _span([x for row in places for x in row], 0.5 if names else 0.0)
    low, high = limits or y_limits([curves])

    def at_x(value: float) -> float:
        return round(_LEFT + (value - lows) / (highs - lows) * (_WIDTH - _LEFT - _RIGHT), 1)

    def at_y(value: float) -> float:
        return round(_HEIGHT - _BOTTOM - (value - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM), 1)

    parts = [*_y_axis(low, high, at_y), *_x_axis(lows, highs, at_x, names, x_label)]
    for i, (curve, row) in enumerate(zip(curves.curves, places, strict=True)):
        known = [(x, m, given) for x, m, given in zip(row, curve.means, curve.x, strict=True)
                 if math.isfinite(m.value)]  # fmt: skip
        shift = (i - (len(curves.curves) - 1) / 2) * 7.0 if names else 0.0
        style = f"curve c{i % _COLOURS}{' more' if i >= _COLOURS else ''}"
        line = "M" + "L".join(f"{at_x(x)} {at_y(m.value)}" for x, m, _ in known)
        marks = [
            _mark(
                round(at_x(x) + shift, 1), m, at_y, i, f"{curve.label or curves.y} at {given}: {mean_text(m)}"
            )
            for x, m, given in known
        ]
        path = tag("path", d=line, class_="line") if len(known) > 1 and not names else None
        parts.append(tag("g", path, *marks, class_=style))
    spoken = f"{curves.y} against {curves.x}: " + "; ".join(c.label for c in curves.curves if c.label)
    return tag(
        "svg", *parts, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {_WIDTH:g} {_HEIGHT:g}", role="img",
        aria_label=spoken, class_="lines",
    )  # fmt: skip


def legend(curves: Curves) -> Markup | None:
    """Return the names of the curves with their marks; None where there is one without a name."""
    if not any(curve.label for curve in curves.curves):
        return None
    items = []
    for i, curve in enumerate(curves.curves):
        shape = tag("path", d=_SHAPES[i % len(_SHAPES)].format(x=7, y=7), class_="dot")
        mark = tag("g", tag("path", d="M0 7H14", class_="line"), shape,
                   class_=f"curve c{i % _COLOURS}{' more' if i >= _COLOURS else ''}")  # fmt: skip
        svg = tag("svg", mark, viewBox="0 0 14 14", width=14, height=14, class_="key", aria_hidden="true")
        items.append(tag("span", svg, " ", curve.label))
    return tag("p", *items, class_="legend")


def y_limits(several: Sequence[Curves]) -> tuple[float, float]:
    """Return limits of y that show every mark and bar of some plots, with a margin."""
    means = [m for curves in several for c in curves.curves for m in c.means if math.isfinite(m.value)]
    errors = [m.standard_error if math.isfinite(m.standard_error) else 0.0 for m in means]
    if not means:
        return 0.0, 1.0
    low = min(m.value - e for m, e in zip(means, errors, strict=True))
    high = max(m.value + e for m, e in zip(means, errors, strict=True))
    margin = 0.06 * (high - low) if high - low > 1e-9 * max(1.0, abs(high)) else 0.01 * max(1.0, abs(high))
    return low - margin, high + margin


def _span(values: Sequence[float], margin: float) -> tuple[float, float]:
    low, high = min(values), max(values)
    margin = margin or 0.03 * (high - low) or 0.5
    return low - margin, high + margin


def _y_axis(low: float, high: float, at: object) -> list[Markup]:
    assert callable(at)
    marks = ticks(low, high, 5)
    texts = tick_texts(marks)
    if max(map(len, texts), default=0) > _LONGEST:
        texts = [f"{value:.2g}" for value in marks]
    parts = [tag("line", class_="grid", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=at(t), y2=at(t)) for t in marks]
    return parts + [
        tag("text", text, class_="tick", x=_LEFT - 6, y=at(t) + 4, text_anchor="end")
        for t, text in zip(marks, texts, strict=True)
    ]


def _x_axis(low: float, high: float, at: object, names: list[str] | None, label: str) -> list[Markup]:
    assert callable(at)
    y = _HEIGHT - _BOTTOM
    marks: Sequence[float] = ticks(low, high, 6) if names is None else range(len(names))
    texts = tick_texts(list(marks)) if names is None else [_short(name, len(names)) for name in names]
    if max(map(len, texts), default=0) > _LONGEST and names is None:
        texts = [f"{value:.2g}" for value in marks]
    parts = [tag("line", class_="axis", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y)]
    parts += [
        tag("text", text, class_="tick", x=at(t), y=y + 14, text_anchor="middle")
        for t, text in zip(marks, texts, strict=True)
    ]
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    return [*parts, tag("text", label, class_="label", x=middle, y=y + 29, text_anchor="middle")]


def _short(name: str, number: int) -> str:
    room = max(4, int(44 / number))
    return name if len(name) <= room else name[: room - 1] + "…"


def _mark(x: float, mean: Mean, at: object, index: int, hint: str) -> Markup:
    assert callable(at)
    y, error = at(mean.value), mean.standard_error
    bar = None
    if error and math.isfinite(error):
        start, end = at(mean.value - error), at(mean.value + error)
        bar = tag("path", class_="bar", d=f"M{x} {start}V{end}M{x - 3} {start}h6M{x - 3} {end}h6")
    shape = tag("path", class_="dot", d=_SHAPES[index % len(_SHAPES)].format(x=x, y=y))
    return join(tag("g", tag("title", hint), bar, shape))
