"""Figures of sweeps with matplotlib: curves with error bars, ready or on the user's own axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qnetframe.errors import InvalidInputError
from qnetframe.experiment.store import Store
from qnetframe.figures import COLOURS, MARKERS, STYLE, figure_path, save
from qnetframe.report.curves import Curves, curves_of
from qnetframe.report.labels import in_words

# Above so many curves one legend column is too long, and a list beside the axes is used.
_INSIDE = 4


def plot(
    store: Store | str | Path,
    x: str,
    y: str,
    by: str | Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
    *,
    ax: Any = None,
    log: str = "",
) -> Any:
    """Draw figure ``y`` against setting ``x`` with bars of one standard error; return the matplotlib Axes.

    A curve for each combination of the settings ``by``; ``where`` fixes others. ``log`` is "x", "y" or "xy".
    ``ax`` is drawn on if given. See ``curves_of`` for how names may be shortened, and the errors.
    """
    if isinstance(store, Store):
        curves = curves_of(store, x, y, by, where)
    else:
        with Store(store, write=False) as opened:
            curves = curves_of(opened, x, y, by, where)
    return draw_curves(curves, ax, log)


def save_plot(
    store: Store | str | Path,
    path: str | Path,
    x: str,
    y: str,
    by: str | Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
    *,
    log: str = "",
) -> Path:
    """Draw into a .png, .svg or .pdf file and return its path; see ``plot``."""
    target = figure_path(path)
    save(plot(store, x, y, by, where, log=log).figure, target)
    return target


def draw_curves(curves: Curves, ax: Any = None, log: str = "") -> Any:
    """Draw curves on an axes, a new one without ``ax``."""
    import matplotlib
    from matplotlib.figure import Figure

    if set(log) - set("xy"):
        raise InvalidInputError(f"log is {log!r}; it must be 'x', 'y' or 'xy'")
    with matplotlib.rc_context(STYLE):
        beside = len(curves.curves) > _INSIDE
        axes = (
            ax if ax is not None else Figure((7.2 if beside else 6.0, 4.0), layout="constrained").subplots()
        )
        names = None if curves.numeric else list(dict.fromkeys(str(x) for c in curves.curves for x in c.x))
        for i, curve in enumerate(curves.curves):
            places = curve.x if names is None else [names.index(str(x)) for x in curve.x]
            axes.errorbar(
                places, [m.value for m in curve.means], yerr=[m.standard_error for m in curve.means],
                marker=MARKERS[i % len(MARKERS)], color=COLOURS[i % len(COLOURS)],
                linestyle="none" if names else ("-", "--", ":")[i // len(COLOURS) % 3],
                capsize=2.5, label=curve.label or None,
            )  # fmt: skip
        if names is not None:
            axes.set_xticks(range(len(names)), names)
        if "x" in log and names is None:
            axes.set_xscale("log")
        if "y" in log:
            axes.set_yscale("log")
        axes.set_xlabel(in_words(curves.x))
        axes.set_ylabel(in_words(curves.y))
        if curves.by:
            place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)} if beside else {}
            title = in_words(curves.by[0]) if len(curves.by) == 1 else None
            axes.legend(title=title, fontsize=9, title_fontsize=9, alignment="left", **place)
    return axes
