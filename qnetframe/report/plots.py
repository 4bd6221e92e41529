"""Figures of comparisons with matplotlib: one axes to build on, or a finished file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qnetframe.errors import InvalidInputError
from qnetframe.experiment import Comparison
from qnetframe.figures import COLOURS, MARKERS, STYLE, figure_path, save
from qnetframe.report.numbers import chosen_figures
from qnetframe.report.page import as_list
from qnetframe.report.sections import comparison_title

# Of the distance between two figures, how much the dots of one figure take up together.
_SPREAD = 0.6
# Values run along x, figures down y.
ROWS_STYLE = {**STYLE, "axes.grid.axis": "x"}


def plot_comparison(comparison: Comparison, figures: Sequence[str] | None = None, ax: Any = None) -> Any:
    """Draw figures of a comparison with bars of one standard error, a colour and marker for each backend.

    ``figures`` defaults to the first figure and those that share a word with it or are within 0.1 of it, so
    that one axis suits all. Returns the matplotlib Axes, that of a new Figure where ``ax`` is not given.
    Raises InvalidInputError for a figure that no backend gave, or where there is none at all.
    """
    import matplotlib

    names = chosen_figures(comparison, figures)
    if not names:
        raise InvalidInputError(
            f"no backend gave a figure of {comparison.protocol!r}, so there is nothing to draw"
        )
    with matplotlib.rc_context(ROWS_STYLE):
        axes = ax if ax is not None else _new_axes(1, [len(names)])[0]
        count = len(comparison.runs)
        for i, run in enumerate(comparison.runs):
            shift = _SPREAD * ((i + 0.5) / count - 0.5)
            given = [(j, run.estimates[name]) for j, name in enumerate(names) if name in run.estimates]
            axes.errorbar(
                [e.value for _, e in given], [j + shift for j, _ in given],
                xerr=[e.standard_error for _, e in given], fmt=MARKERS[i % len(MARKERS)],
                color=COLOURS[i % len(COLOURS)], markersize=4.5, capsize=2.5, linewidth=1.2,
                label=run.backend,
            )  # fmt: skip
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("exact value" if comparison.shots is None else "value ± one standard error")
        axes.set_title(comparison_title(comparison), loc="left")
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return axes


def save_figure(
    comparisons: Comparison | Sequence[Comparison], path: str | Path, figures: Sequence[str] | None = None
) -> Path:
    """Draw one or several comparisons, one below the other, into a .png, .svg or .pdf file.

    Above each stands its verdict. See ``plot_comparison`` for ``figures``. Returns the path; raises
    InvalidInputError for another kind of file, or one that cannot be written.
    """
    import matplotlib

    found = as_list(comparisons)
    figure_path(path)  # before anything is drawn
    with matplotlib.rc_context(ROWS_STYLE):
        every = _new_axes(len(found), [len(chosen_figures(c, figures)) for c in found])
        for axes, comparison in zip(every, found, strict=True):
            plot_comparison(comparison, figures, axes)
            _write_verdict(axes, comparison)
        return save(every[0].figure, path)


def _write_verdict(axes: Any, comparison: Comparison) -> None:
    from qnetframe.report.agreement import headline

    colour = {True: "#00664a", False: "#a83c00", None: "#7a5600"}[comparison.agree]
    twirl = "; Pauli-twirled: an approximation" if comparison.twirl else ""
    shots = "exact" if comparison.shots is None else f"{comparison.shots} shots a setting"
    axes.set_xlabel(f"{axes.get_xlabel()} ({shots}, seed {comparison.seed}{twirl})")
    axes.set_title(axes.get_title(loc="left"), loc="left", pad=22)
    axes.annotate(
        headline(comparison), (0, 1), (0, 6), "axes fraction", "offset points", color=colour, va="bottom"
    )


def _new_axes(number: int, rows: Sequence[int]) -> list[Any]:
    """Return axes one below the other, as high as their rows, of a Figure that pyplot does not know."""
    from matplotlib.figure import Figure

    height = sum(0.42 * max(2, r) + 1.3 for r in rows)
    figure = Figure(figsize=(8.0, height), layout="constrained")
    axes = figure.subplots(number, 1, squeeze=False, height_ratios=[max(2, r) for r in rows])
    return list(axes[:, 0])
