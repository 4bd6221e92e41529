"""The error budget as a bar chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qnetframe.errors import InvalidInputError
from qnetframe.experiment.error_budget import ErrorBudget
from qnetframe.figures import COLOURS, figure_path, save
from qnetframe.report.plots import ROWS_STYLE

_HEIGHT = 0.36


def plot_budget(budget: ErrorBudget, ax: Any = None) -> Any:
    """Draw what each source costs, the most expensive on top, with what it would cost alone below it.

    The last bars are what the sources do not add up to. Returns the matplotlib Axes, that of a new Figure
    where ``ax`` is not given. Raises InvalidInputError where there is no noise at all.
    """
    import matplotlib

    if not budget.shares:
        raise InvalidInputError(f"{budget.name!r} has no noise, so there is nothing to draw")
    rows = [(s.source, s.cost, s.alone) for s in budget.shares]
    rows.append(("interaction", budget.interaction, budget.interaction_alone))
    with matplotlib.rc_context(ROWS_STYLE):
        axes = _new_axes(len(rows)) if ax is None else ax
        series = (
            ("gained without it", 1, 1.0, COLOURS[0]),
            ("lost with it alone", 2, 0.55, COLOURS[5]),
        )
        for i, (label, column, alpha, colour) in enumerate(series):
            heights = [y + (i - 0.5) * _HEIGHT for y in range(len(rows))]
            values = [row[column] for row in rows]
            bars = axes.barh(heights, values, _HEIGHT, color=colour, alpha=alpha, label=label)
            axes.bar_label(bars, [f"{v:.2g}" for v in values], padding=4, fontsize=8, color="#444c56")
        axes.axvline(0.0, color="#444c56", linewidth=0.8)
        axes.axhline(len(rows) - 1.5, color="#9aa4b0", linewidth=0.8, linestyle=":")
        axes.set_yticks(range(len(rows)), [row[0] for row in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.margins(x=0.14)
        axes.set_xlabel(f"{budget.figure}: {budget.value:.6g}, without noise {budget.ideal:.6g} (exact)")
        axes.set_title(f"Error budget of {budget.name}", loc="left", pad=24)
        axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=2, borderaxespad=0.1)
    return axes


def save_budget(budget: ErrorBudget, path: str | Path) -> Path:
    """Draw a budget into a .png, .svg or .pdf file; return its path. InvalidInputError for another kind."""
    figure_path(path)  # before anything is drawn
    return save(plot_budget(budget).figure, path)


def _new_axes(rows: int) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 0.42 * max(2, rows) + 1.4), layout="constrained")
    return figure.subplots()
