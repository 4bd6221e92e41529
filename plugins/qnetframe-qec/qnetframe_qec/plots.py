"""Figures: logical error against physical, the layout of a code with its seams, the detector graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qnetframe.errors import InvalidInputError
from qnetframe.figures import COLOURS, MARKERS, STYLE
from qnetframe_qec.codes.code import Code
from qnetframe_qec.sampling.scaling import Point, Threshold

if TYPE_CHECKING:
    import stim

_FACES = {"X": "#f2c0a2", "Z": "#a9cce6", "mixed": "#d9d9d9", "X and Z": "#cfcbe0"}


def plot_threshold(points: Sequence[Point], fit: Threshold | None = None, axes: Any = None) -> Any:
    """Draw the logical error against the physical one, a curve for each distance; return the axes.

    With a fit its curves and its 95 % interval are drawn as well.
    """
    axes = axes or _axes((6.4, 4.4))
    for distance, colour, marker in zip(sorted({q.distance for q in points}), COLOURS, MARKERS, strict=False):
        own = sorted((q.p, q.error) for q in points if q.distance == distance)
        xs = np.array([p for p, _ in own])
        axes.errorbar(
            xs, [e.value for _, e in own], [e.standard_error for _, e in own], fmt=marker, ms=5, capsize=2.5,
            color=colour, ls="none" if fit else "-", lw=1, label=f"d = {distance}",
        )  # fmt: skip
        if fit:
            dense = np.linspace(xs.min(), xs.max(), 100)
            axes.plot(dense, [fit.error(distance, p) for p in dense], color=colour, lw=1.2)
    if fit:
        axes.axvspan(fit.low, fit.high, color="#999999", alpha=0.25, lw=0)
        axes.axvline(fit.value, color="#555555", lw=1, ls="--")
        half = (fit.high - fit.low) / 2
        axes.set_title(f"threshold {fit.value:.4g} ± {half:.1g} (95 %),  ν = {fit.nu:.2f}")
    axes.set(xlabel="physical error probability p", ylabel="logical error probability", yscale="log")
    for formatted in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
        formatted("{x:.3g}")
    axes.grid(which="both", lw=0.6)
    axes.legend(frameon=False)
    return axes


def plot_layout(code: Code, nodes: Sequence[str] | None = None, axes: Any = None) -> Any:
    """Draw a code's data qubits and checks; ``nodes`` has the node of each data qubit, which colours it.

    Faces are filled by their kind, X or Z; gates between nodes are not drawn, seams show where colours
    change. Raises InvalidInputError for a code without a layout.
    """
    if not code.positions or not code.check_positions:
        raise InvalidInputError(f"code {code.name!r} has no layout to draw")
    if nodes is not None and len(nodes) != code.n:
        raise InvalidInputError(
            f"nodes has {len(nodes)} entries; code {code.name!r} has {code.n} data qubits"
        )
    axes = axes or _axes((5, 5))
    places = np.array(code.positions)
    drawn: set[str] = set()
    faces = [code.support(s) for s in code.stabilizers]
    for pauli, centre in zip(code.stabilizers, code.check_positions, strict=True):
        kind = next((k for k in "XZ" if set(pauli) <= {"I", k}), "mixed")
        if faces.count(code.support(pauli)) > 1:
            kind = "X and Z"
        corners = places[list(code.support(pauli))]
        if len(corners) == 2:
            corners = np.vstack([corners, centre])
        angles = np.arctan2(*(corners - corners.mean(axis=0)).T[::-1])
        label = None if kind in drawn else f"{kind} check"
        drawn.add(kind)
        axes.fill(
            *corners[np.argsort(angles)].T, color=_FACES[kind], ec="white", lw=1.5, label=label, zorder=1
        )
    owners = list(nodes) if nodes is not None else ["data qubit"] * code.n
    for name, colour in zip(dict.fromkeys(owners), COLOURS, strict=False):
        own = places[[owner == name for owner in owners]]
        axes.scatter(*own.T, s=60, color=colour if nodes is not None else "#333333", label=name, zorder=3)
    axes.set_aspect("equal")
    axes.axis("off")
    axes.set_title(f"{code.name} {code.parameters}")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return axes


def plot_detectors(model: stim.DetectorErrorModel, axes: Any = None) -> Any:
    """Draw the detectors of a model in space and time, and a line for each error that joins two of them.

    The darker a line, the likelier its error. Detectors need coordinates (x, y, round).
    """
    import matplotlib.pyplot as plt

    from qnetframe_qec.decoders.model import flat_errors

    places = {d: c[:3] for d, c in model.get_detector_coordinates().items() if len(c) == 3}
    if not places:
        raise InvalidInputError("no detector of the model has the coordinates (x, y, round)")
    axes = axes or plt.figure(figsize=(6, 5.4), layout="constrained").add_subplot(projection="3d")
    edges: dict[tuple[int, ...], float] = {}
    for detectors, _, p in flat_errors(model):
        if len(detectors) == 2 and all(d in places for d in detectors):
            edges[detectors] = edges.get(detectors, 0.0) + p
    top = max(edges.values(), default=1.0)
    for ends, p in edges.items():
        axes.plot(
            *np.array([places[d] for d in ends]).T, color="#0072B2", lw=0.8, alpha=0.15 + 0.75 * p / top
        )
    axes.scatter(*np.array(list(places.values())).T, s=14, color="#333333", depthshade=False)
    axes.set(xlabel="x", ylabel="y", zlabel="round")
    axes.set_title(f"{len(places)} detectors, {len(edges)} errors that join two")
    return axes


def _axes(size: tuple[float, float]) -> Any:
    import matplotlib.pyplot as plt

    with plt.rc_context(STYLE):
        return plt.subplots(figsize=size, layout="constrained")[1]
