"""Figures of simulations with matplotlib: a map with loads, a space-time diagram, histograms, scaling."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

import numpy as np

from qnetframe.errors import InvalidInputError
from qnetframe.network.drawing import draw_network, node_places
from qnetframe.simulation.chains.result import ChainResult
from qnetframe.simulation.metrics import Report

if TYPE_CHECKING:
    from qnetframe.simulation.simulation import Simulation

# Okabe & Ito, "Color Universal Design" (2008).
_BLUE, _ORANGE, _GREEN, _PINK, _GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8a94a3"


def draw_loads(sim: Simulation, report: Report, ax: Any = None, **more: Any) -> Any:
    """Draw the network, links coloured by the share of time that their memories held pairs, and the pairs.

    Links that were not used are at 0. Pairs that were delivered are arcs between their ends, the wider the
    more there are, labelled with their mean fidelity (the ten busiest). Returns the Axes.
    """

    def load(link: Any) -> float:
        used = report.links.get(link.name)
        return 0.0 if used is None else used.memory_use

    load.__name__ = "share of time that memories hold pairs"
    axes = draw_network(sim.network, ax, load, **more)
    counts: dict[tuple[str, str], list[float]] = {}
    for d in report.deliveries:
        request = sim.served[d.request].request
        ends = min(request.source, request.target), max(request.source, request.target)
        counts.setdefault(ends, []).append(d.fidelity)
    busiest = sorted(counts.items(), key=lambda item: -len(item[1]))[:10]
    places = node_places(sim.network, 0)[0]
    most = max((len(f) for _, f in busiest), default=1)
    for (a, b), found in busiest:
        axes.annotate(
            "", places[a], places[b], zorder=5,
            arrowprops={"arrowstyle": "-", "color": _ORANGE, "alpha": 0.75, "lw": 1 + 3 * len(found) / most,
                        "connectionstyle": "arc3,rad=0.2"},
        )  # fmt: skip
        middle = _middle(axes, places[a], places[b])
        axes.text(
            *middle, f"{len(found)} pairs, F={np.mean(found):.3f}", fontsize=8, color=_ORANGE, ha="center",
            bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.85}, zorder=6,
        )  # fmt: skip
    return axes


def _middle(axes: Any, a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """Return the top of the arc between two places, as matplotlib draws it: on the screen, not on the map."""
    (x1, y1), (x2, y2) = axes.transData.transform([b, a])
    x, y = (x1 + x2) / 2 + 0.1 * (y2 - y1), (y1 + y2) / 2 - 0.1 * (x2 - x1)
    place = axes.transData.inverted().transform((x, y))
    return float(place[0]), float(place[1])


def draw_space_time(
    sim: Simulation,
    nodes: Sequence[str],
    start: float = 0.0,
    end: float = float("inf"),
    ax: Any = None,
    kinds: Collection[str] | None = None,
) -> Any:
    """Draw what a traced simulation recorded at ``nodes``, time upwards: messages are slanted lines.

    Links' heralds are bars between neighbours, swaps dots (crosses where they failed), expiries triangles,
    deliveries bars over the whole way. Times in seconds. Raises InvalidInputError without a trace.
    """
    from matplotlib.lines import Line2D

    if sim.trace is None:
        raise InvalidInputError("the simulation kept no records; make it with trace=True")
    axes = _axes(ax, (7.5, 5.5))
    at = {name: i for i, name in enumerate(nodes)}
    records = [r for r in sim.trace.select(kinds, None, start, end) if all(n in at for n in r.nodes)]
    if not records:
        raise InvalidInputError("nothing was recorded at these nodes in this time")
    scale, unit = _unit(max(r.time for r in records) - min(r.time for r in records))
    looks: dict[str, dict[str, Any]] = {
        "herald": {"color": _BLUE, "lw": 2.2}, "deliver": {"color": _GREEN, "lw": 3.0},
        "message": {"color": _GREY, "lw": 0.8}, "lost": {"color": _PINK, "lw": 0.8, "ls": ":"},
    }  # fmt: skip
    marks = {
        "swap": ("o", _ORANGE), "swap-failed": ("x", _ORANGE), "expire": ("v", _PINK),
        "purify": ("s", _GREEN), "purify-failed": ("x", _GREEN),
    }  # fmt: skip
    for r in records:
        t = r.time * scale
        if r.kind == "message":
            arrives = int(r.text.split("arrives=")[1].split()[0]) * scale
            axes.plot([at[r.nodes[0]], at[r.nodes[1]]], [t, arrives], zorder=1, **looks["message"])
        elif r.kind in looks and len(r.nodes) == 2:
            axes.plot([at[n] for n in r.nodes], [t, t], zorder=2, **looks[r.kind])
        elif r.kind in marks:
            marker, colour = marks[r.kind]
            axes.plot([np.mean([at[n] for n in r.nodes])], [t], marker, color=colour, ms=6, zorder=3)
    seen = {r.kind for r in records}
    handles = [Line2D([], [], label=k, **v) for k, v in looks.items() if k in seen]
    handles += [Line2D([], [], ls="", marker=m, color=c, label=k) for k, (m, c) in marks.items() if k in seen]
    axes.set_xticks(range(len(nodes)), nodes, rotation=30 if max(map(len, nodes)) > 6 else 0)
    axes.set_xlim(-0.2, len(nodes) - 0.8)
    axes.set_ylabel(f"time ({unit})")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x", color="#dde2e9")
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=8)
    return axes


def draw_histogram(report: Report, name: str = "latency", ax: Any = None, bins: int = 40) -> Any:
    """Draw how the "latency" or "fidelity" of the delivered pairs is spread, with mean and median."""
    values = report.values(name)
    if len(values) == 0:
        raise InvalidInputError("no pair was delivered; there is nothing to draw")
    axes = _axes(ax, (6.0, 3.8))
    scale, unit = _unit(float(values.max()) * 1e12) if name in ("latency", "time") else (1.0, "")
    shown = values * 1e12 * scale if unit else values
    axes.hist(shown, bins=bins, color=_BLUE, edgecolor="white", linewidth=0.4)
    for value, label, style in ((shown.mean(), "mean", "-"), (np.median(shown), "median", "--")):
        axes.axvline(value, color=_ORANGE, ls=style, label=f"{label} {value:.4g}{' ' + unit if unit else ''}")
    axes.set_xlabel(f"{name} ({unit})" if unit else name)
    axes.set_ylabel("pairs")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes


def draw_waiting_times(results: Mapping[str, ChainResult], ax: Any = None) -> Any:
    """Draw waiting-time distributions of chains, each up to its 99.5 % quantile."""
    axes = _axes(ax, (6.4, 4.0))
    for (label, result), colour in zip(results.items(), (_BLUE, _ORANGE, _GREEN, _PINK, _GREY), strict=False):
        last = max(2, result.quantile(0.995))
        mean = result.mean_attempts.value
        axes.plot(
            np.arange(last), result.histogram[:last], color=colour, lw=1.4, label=f"{label}: mean {mean:.4g}"
        )
    axes.set_xlabel("attempts until the end-to-end pair")
    axes.set_ylabel("probability")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)
    return axes


def draw_scaling(links: Sequence[int], curves: Mapping[str, Sequence[float]], ax: Any = None) -> Any:
    """Draw times against the number of links on logarithmic axes (see ``bdcz_scaling``)."""
    axes = _axes(ax, (6.0, 4.0))
    for (label, values), colour, marker in zip(curves.items(), (_BLUE, _ORANGE, _GREEN), "osD", strict=False):
        axes.loglog(links, values, marker=marker, color=colour, label=label, base=10)
    # What grows out of the figure would leave nothing to see of the first curve.
    first = next(iter(curves.values()))
    axes.set_ylim(min(first) / 3, max(first) * 1e4)
    axes.set_xlabel("links")
    axes.set_ylabel("mean time (attempts)")
    axes.set_xticks(list(links), [str(n) for n in links])
    axes.minorticks_off()
    axes.grid(color="#dde2e9")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes


def save(axes: Any, path: str | FilePath) -> FilePath:
    """Write the figure of some Axes to a .png, .svg or .pdf file and return its path."""
    target = FilePath(path)
    if target.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise InvalidInputError(f"path {str(path)!r} ends in {target.suffix!r}; allowed: .png, .svg, .pdf")
    try:
        axes.figure.savefig(target, dpi=150)
    except OSError as error:
        raise InvalidInputError(f"{str(path)!r} cannot be written: {error.strerror or error}") from None
    return target


def _unit(picoseconds: float) -> tuple[float, str]:
    """Return the factor from picoseconds, and the name, of the unit in which a time reads best."""
    for size, name in ((1e12, "s"), (1e9, "ms"), (1e6, "µs")):
        if picoseconds >= 2 * size:
            return 1 / size, name
    return 1e-3, "ns"


def _axes(ax: Any, size: tuple[float, float]) -> Any:
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout="constrained").subplots()
