"""Maps of networks with matplotlib: link quality as colour, hardware by marker, names that stay readable."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeAlias

from qnetframe.errors import InvalidInputError
from qnetframe.figures import figure_path, legible, save
from qnetframe.network.labels import place_labels
from qnetframe.network.links import Link
from qnetframe.network.network import Network, length_of

Place: TypeAlias = tuple[float, float]
ColourBy: TypeAlias = Literal["fidelity", "success", "rate", "length"] | Callable[[Link], float]
_QUANTITIES: Mapping[str, tuple[str, Callable[[Link], float]]] = {
    "fidelity": ("fidelity of the heralded pair", lambda link: link.model.fidelity),
    "success": ("success probability of an attempt", lambda link: link.model.success_probability),
    "rate": (
        "mean rate of pairs (Hz)",
        lambda link: 1 / link.model.mean_time if link.model.mean_time else math.inf,
    ),
    "length": ("length (km)", length_of),
}
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_INK, _LINE, _NODE, _HALO = "#1c2430", "#8a94a3", "#f4f6f9", "white"
# Okabe & Ito, "Color Universal Design" (2008): vermillion stands out of viridis.
_ROUTE = "#D55E00"


def draw_network(
    network: Network,
    ax: Any = None,
    colour_by: ColourBy = "fidelity",
    *,
    labels: bool = True,
    route: Sequence[str] = (),
    title: str = "",
    seed: int = 0,
) -> Any:
    """Draw a network and return the matplotlib Axes, those of a new Figure where ``ax`` is not given.

    Nodes are at their longitude and latitude where all have them, else at their places in km, else where the
    Kamada-Kawai layout puts them (a spring layout with ``seed`` above 100 nodes). Links are coloured by
    "fidelity", "success" (of one attempt), "rate" (pairs per second) or "length", or by a function of a Link;
    success and rate on a logarithmic scale where they vary tenfold. A link whose value is infinite is grey.
    Each kind of hardware has its marker. ``route`` is a list of nodes whose way is marked.

    Raises InvalidInputError for an unknown ``colour_by`` and a route whose nodes are not joined.
    """
    import matplotlib as mpl
    from matplotlib.collections import LineCollection

    what, of = _quantity(colour_by)
    places, kind = node_places(network, seed)
    steps = list(pairwise(route))
    for a, b in steps:
        if not network.links_between(a, b):
            raise InvalidInputError(f"route: no link joins {a!r} and {b!r}")
    axes = _new_axes(len(network.nodes)) if ax is None else ax
    if steps:
        way = LineCollection(
            [[places[a], places[b]] for a, b in steps], colors=_ROUTE, linewidths=7, alpha=0.35, zorder=1,
            capstyle="round", label="route",
        )  # fmt: skip
        axes.add_collection(way)
    values = [of(link) for link in network.links]
    ends = [[places[link.a], places[link.b]] for link in network.links]
    grey = [e for e, v in zip(ends, values, strict=True) if not math.isfinite(v)]
    axes.add_collection(LineCollection(grey, colors=_LINE, linewidths=1.6, zorder=2))
    finite = [(e, v) for e, v in zip(ends, values, strict=True) if math.isfinite(v)]
    if finite:
        most = 1.0 if colour_by in ("fidelity", "success") else None
        norm = _norm([v for _, v in finite], colour_by in ("success", "rate"), most)
        lines = LineCollection(
            [e for e, _ in finite], array=[v for _, v in finite], cmap=mpl.colormaps["viridis"], norm=norm,
            linewidths=2.2, zorder=3, capstyle="round",
        )  # fmt: skip
        axes.add_collection(lines)
        axes.figure.colorbar(lines, ax=axes, label=what, shrink=0.75, pad=0.02)
    _draw_nodes(axes, network, places, bool(steps))
    _frame(axes, network, places, kind)
    axes.set_title(legible(title), loc="left", fontweight="bold")
    if labels:
        place_labels(axes, places, ends, colour=_INK, halo=_HALO)
    return axes


def save_network(network: Network, path: str | Path, colour_by: ColourBy = "fidelity", **more: Any) -> Path:
    """Draw a network into a .png, .svg or .pdf file and return its path; see ``draw_network``."""
    figure_path(path)  # before anything is drawn
    return save(draw_network(network, None, colour_by, **more).figure, path)


def _quantity(colour_by: ColourBy) -> tuple[str, Callable[[Link], float]]:
    if callable(colour_by):
        return getattr(colour_by, "__name__", "value"), lambda link: float(colour_by(link))
    if colour_by not in _QUANTITIES:
        raise InvalidInputError(
            f"colour_by is {colour_by!r}; allowed: {', '.join(_QUANTITIES)}, or a function of a Link"
        )
    return _QUANTITIES[colour_by]


def node_places(network: Network, seed: int) -> tuple[dict[str, Place], str]:
    """Return where every node is drawn, and whether that is in "degrees", in "km" or just a "layout"."""
    found: dict[str, Place] = {}
    for node in network.nodes:
        degrees = tuple(node.attributes.get(k) for k in ("longitude_deg", "latitude_deg"))
        if None not in degrees:
            found[node.name] = (float(degrees[0]), float(degrees[1]))  # type: ignore[arg-type]
    if len(found) == len(network.nodes):
        return found, "degrees"
    if all(node.position is not None for node in network.nodes):
        return {n.name: (n.position[0], n.position[1]) for n in network.nodes if n.position}, "km"
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(network.names)
    graph.add_edges_from((link.a, link.b) for link in network.links)
    large = len(network.nodes) > 100
    drawn = nx.spring_layout(graph, seed=seed) if large else nx.kamada_kawai_layout(graph)
    return {name: (float(x), float(y)) for name, (x, y) in drawn.items()}, "layout"


def _norm(values: Sequence[float], logarithmic: bool, most: float | None) -> Any:
    from matplotlib.colors import LogNorm, Normalize

    low, high = min(values), max(values)
    if logarithmic and low > 0 and high >= 10 * low:
        return LogNorm(low, high)
    if high - low <= 1e-9 * abs(high):
        # One value for all: in the middle of a narrow scale, so that it can be read off.
        pad = 0.05 * abs(high) or 0.5
        low, high = low - pad, high + pad if most is None else min(high + pad, most)
    return Normalize(low, high)


def _draw_nodes(axes: Any, network: Network, places: Mapping[str, Place], legend: bool) -> None:
    devices: dict[str, list[str]] = {}
    for node in network.nodes:
        device = str(node.attributes["hardware"]) if node.names_hardware else node.hardware.name
        devices.setdefault(device, []).append(node.name)
    size = 36 if len(network.nodes) <= 100 else 8
    for i, (device, names) in enumerate(
        sorted(devices.items(), key=lambda item: (item[0] != "ideal", item[0]))
    ):
        marked = device != "ideal"
        axes.scatter(
            *zip(*(places[n] for n in names), strict=True), s=size * (1.8 if marked else 1), zorder=4,
            marker=_MARKERS[i % len(_MARKERS)], facecolor=_INK if marked else _NODE, edgecolor=_INK,
            linewidth=0.9, label=legible(device),
        )  # fmt: skip
    if legend or set(devices) != {"ideal"}:
        axes.legend(loc="best", frameon=True, framealpha=0.9, edgecolor="#dde2e9", fontsize=8)


def _frame(axes: Any, network: Network, places: Mapping[str, Place], kind: str) -> None:
    axes.margins(0.08)
    axes.autoscale_view()
    if kind == "degrees":
        south, north = min(y for _, y in places.values()), max(y for _, y in places.values())
        # As long east as north in the middle of the map.
        axes.set_aspect(1 / max(0.05, math.cos(math.radians((south + north) / 2))), adjustable="datalim")
        axes.set_xlabel("longitude (° east)")
        axes.set_ylabel("latitude (° north)")
    elif kind == "km":
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_xlabel("x (km)")
        axes.set_ylabel("y (km)")
    else:
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_xticks([])
        axes.set_yticks([])
    for side in ("top", "right") if kind != "layout" else ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=8)


def _new_axes(nodes: int) -> Any:
    """Return the axes of a Figure that pyplot does not know, larger where there is more to show."""
    from matplotlib.figure import Figure

    side = min(12.0, max(6.0, 1.4 * math.sqrt(nodes)))
    return Figure(figsize=(side + 1.5, side), layout="constrained").subplots()
