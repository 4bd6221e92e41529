"""Names of nodes on a map, each where it covers least of the others, of nodes and of links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qnetframe.figures import legible

# Offsets in units of half the label plus a gap: right, left, above, below, and the corners.
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_GAP = 7.0
# Covering a name is worse than covering a node, which is worse than crossing a link.
_ON_LABEL, _ON_NODE, _ON_LINK = 100.0, 20.0, 1.0
MOST = 200


def place_labels(
    axes: Any,
    places: Mapping[str, tuple[float, float]],
    links: Sequence[Sequence[tuple[float, float]]],
    *,
    colour: str,
    halo: str,
) -> None:
    """Write every name beside its place, one after the other on the side where it covers least.

    ``links`` are pairs of points. Above 200 names it writes none: they could not be read.
    """
    from matplotlib.patheffects import withStroke

    if len(places) > MOST:
        return
    figure = axes.figure.canvas.figure  # that of a subfigure too
    # Final sizes are known only once the layout has run.
    figure.draw_without_rendering()
    size = 8 if len(places) <= 60 else 6
    names = list(places)
    points = axes.transData.transform([places[n] for n in names])
    ways = _along(axes, links)
    boxes = np.zeros((0, 4))
    scale = figure.dpi / 72
    for index in _crowded_first(points):
        text = axes.annotate(
            legible(names[index]), places[names[index]], (0, 0), textcoords="offset points", fontsize=size,
            color=colour, ha="center", va="center", zorder=5,
            path_effects=[withStroke(linewidth=2.2, foreground=halo)],
        )  # fmt: skip
        extent = text.get_window_extent()
        half = np.array([extent.width, extent.height]) / 2
        best, least, kept = (0.0, 0.0), np.inf, np.zeros(4)
        for rank, (dx, dy) in enumerate(_SIDES):
            shift = np.array([dx * (half[0] + _GAP * scale * 0.8), dy * (half[1] + _GAP * scale * 0.8)])
            if dx and dy:
                shift *= (0.95, 0.9)
            box = np.concatenate([points[index] + shift - half, points[index] + shift + half])
            bad = (
                _ON_LABEL * _overlaps(box, boxes)
                + _ON_NODE * _inside(box, np.delete(points, index, axis=0), 4 * scale)
                + _ON_LINK * _inside(box, ways, 0.0)
                + 0.01 * rank
            )
            if bad < least:
                best, least, kept = (float(shift[0]), float(shift[1])), bad, box
        text.set_position((best[0] / scale, best[1] / scale))
        boxes = np.vstack([boxes, kept])


def _crowded_first(points: Any) -> list[int]:
    """Return the order of writing: names with near neighbours have the fewest places to go."""
    distances = np.linalg.norm(points[:, None] - points[None], axis=2) + 1.0
    return [int(i) for i in np.argsort(-(1 / distances**2).sum(axis=1), kind="stable")]


def _along(axes: Any, links: Sequence[Sequence[tuple[float, float]]]) -> Any:
    """Return points along every link, in pixels, 25 each."""
    if not links:
        return np.zeros((0, 2))
    ends = axes.transData.transform(np.array(links, dtype=float).reshape(-1, 2)).reshape(-1, 2, 2)
    parts = np.linspace(0.0, 1.0, 25)[None, :, None]
    return (ends[:, None, 0] * (1 - parts) + ends[:, None, 1] * parts).reshape(-1, 2)


def _overlaps(box: Any, boxes: Any) -> float:
    """Return how many boxes (left, bottom, right, top) share area with one."""
    wide = np.minimum(box[2], boxes[:, 2]) - np.maximum(box[0], boxes[:, 0])
    high = np.minimum(box[3], boxes[:, 3]) - np.maximum(box[1], boxes[:, 1])
    return float(((wide > 0) & (high > 0)).sum())


def _inside(box: Any, points: Any, margin: float) -> float:
    """Return how many points are in a box, or within a margin of it."""
    low, high = box[:2] - margin, box[2:] + margin
    return float(((points >= low) & (points <= high)).all(axis=1).sum())
