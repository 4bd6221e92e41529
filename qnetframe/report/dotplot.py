"""One figure of a comparison as a small SVG: a dot for each backend, a bar of one standard error each side.

Drawn by hand, so that the page's style sheet colours it for light and dark.
"""

from __future__ import annotations

from qnetframe.experiment import Comparison, RunResult
from qnetframe.report.markup import Markup, tag
from qnetframe.report.numbers import estimate_text, tick_texts, ticks
from qnetframe.values import Estimate

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 290.0, 76.0, 14.0, 22.0, 6.0
_LETTERS = 11
# A narrower axis could not be labelled; smaller differences are in the table and the matrix.
_NARROWEST = 1e-4
_WITHOUT_SPREAD = 0.01


def reference_value(estimates: list[Estimate]) -> float:
    """Return an exact value if there is one, else the mean weighted by the inverse variances."""
    exact = [e.value for e in estimates if not e.standard_error]
    if exact:
        return exact[0]
    weights = [e.standard_error**-2 for e in estimates]
    return sum(w * e.value for w, e in zip(weights, estimates, strict=True)) / sum(weights)


def axis_limits(estimates: list[Estimate]) -> tuple[float, float]:
    """Return limits that show every dot and bar, with a margin."""
    low = min(e.value - e.standard_error for e in estimates)
    high = max(e.value + e.standard_error for e in estimates)
    span = max((high - low) * 1.3, _NARROWEST) if high - low > 1e-9 else _WITHOUT_SPREAD
    middle = (low + high) / 2
    return middle - span / 2, middle + span / 2


def dot_plot(comparison: Comparison, figure: str) -> Markup:
    """Return the SVG of one figure."""
    runs = [run for run in comparison.runs if figure in run.estimates]
    estimates = [run.estimates[figure] for run in runs]
    low, high = axis_limits(estimates)
    bottom = _TOP + _ROW * len(runs)

    def x(value: float) -> float:
        return round(_LEFT + (value - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT), 2)

    marks = ticks(low, high)
    parts = [tag("line", class_="grid", x1=x(t), x2=x(t), y1=_TOP, y2=bottom) for t in marks]
    parts.append(tag("line", class_="axis", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=bottom, y2=bottom))
    parts += [
        tag("text", text, class_="tick", x=x(t), y=bottom + 15, text_anchor="middle")
        for t, text in zip(marks, tick_texts(marks), strict=True)
    ]
    middle = x(reference_value(estimates))
    if comparison.agree is not False:
        parts.append(tag("line", class_="reference", x1=middle, x2=middle, y1=_TOP, y2=bottom))
    for i, (run, estimate) in enumerate(zip(runs, estimates, strict=True)):
        y = _TOP + _ROW * (i + 0.5)
        error = estimate.standard_error
        parts.append(
            _row(run, estimate, y, x(estimate.value), x(estimate.value - error), x(estimate.value + error))
        )
    spoken = "; ".join(f"{r.backend} {estimate_text(e)}" for r, e in zip(runs, estimates, strict=True))
    return tag(
        "svg", *parts, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {_WIDTH:g} {bottom + 22:g}",
        role="img", aria_label=f"{figure}: {spoken}", class_="dots",
    )  # fmt: skip


def _row(run: RunResult, estimate: Estimate, y: float, at: float, start: float, end: float) -> Markup:
    name = run.backend if len(run.backend) <= _LETTERS else run.backend[: _LETTERS - 1] + "…"
    label = tag("text", name, class_="name", x=_LEFT - 8, y=y + 4, text_anchor="end")
    hint = tag("title", f"{run.backend}: {estimate_text(estimate)}")
    if not estimate.standard_error:
        diamond = f"M{at} {y - 5}l5 5l-5 5l-5 -5z"
        return tag("g", hint, label, tag("path", class_="dot exact", d=diamond))
    bar = f"M{start} {y}H{end}M{start} {y - 4}v8M{end} {y - 4}v8"
    return tag(
        "g", hint, label, tag("path", class_="bar", d=bar), tag("circle", class_="dot", cx=at, cy=y, r=4)
    )
