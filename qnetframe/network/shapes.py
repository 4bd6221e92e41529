"""Regular shapes of networks: where the nodes are and which are joined, without any physics."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qnetframe import checks
from qnetframe.errors import InvalidInputError

MAX_NODES = 100_000
MAX_LINKS = 500_000
Place = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """Nodes by name with their places in km, in order, and joins (node, node, length in km)."""

    places: Mapping[str, Place]
    joins: tuple[tuple[str, str, float], ...]


def count_of(value: int, field: str, low: int) -> int:
    """Return a number of nodes, from ``low`` to 100,000."""
    number = checks.integer(value, field, low=low)
    if number > MAX_NODES:
        raise InvalidInputError(f"{field} is {value!r}; it must be at most {MAX_NODES}")
    return number


def limited(number: int, what: str) -> None:
    """Refuse more than 500,000 links."""
    if number > MAX_LINKS:
        raise InvalidInputError(f"{what} has {number} links; at most {MAX_LINKS} are allowed")


def chain(nodes: int, length_km: float) -> Shape:
    """Return nodes "node0", "node1", … in a line."""
    count = count_of(nodes, "nodes", 2)
    step = length_km or 1.0
    return _numbered(
        [(i * step, 0.0) for i in range(count)], ((i, i + 1) for i in range(count - 1)), length_km
    )


def ring(nodes: int, length_km: float) -> Shape:
    """Return nodes "node0", "node1", … on a circle, each joined to the next by a chord."""
    count = count_of(nodes, "nodes", 3)
    return _numbered(
        on_circle(count, length_km or 1.0), ((i, (i + 1) % count) for i in range(count)), length_km
    )


def complete(nodes: int, length_km: float) -> Shape:
    """Return nodes "node0", "node1", … of which every two are joined; their places are for drawing."""
    count = count_of(nodes, "nodes", 2)
    limited(count * (count - 1) // 2, f"a complete network of {count} nodes")
    pairs = ((i, j) for i in range(count) for j in range(i + 1, count))
    return _numbered(on_circle(count, length_km or 1.0), pairs, length_km)


def star(nodes: int, length_km: float) -> Shape:
    """Return "hub" and, joined to it, "node0", "node1", …; it stands second, so that both ends are leaves."""
    leaves = count_of(nodes, "nodes", 3) - 1
    radius = length_km or 1.0
    angles = [2 * math.pi * i / leaves for i in range(leaves)]
    outer = {f"node{i}": (radius * math.cos(a), radius * math.sin(a)) for i, a in enumerate(angles)}
    places = {"node0": outer["node0"], "hub": (0.0, 0.0), **outer}
    return Shape(places, tuple(("hub", leaf, length_km) for leaf in outer))


def grid(rows: int, columns: int, length_km: float) -> Shape:
    """Return nodes "r0c0", "r0c1", … on a square lattice, each joined to its neighbours."""
    high, wide = count_of(rows, "rows", 1), count_of(columns, "columns", 1)
    count_of(high * wide, "rows*columns", 2)
    step = length_km or 1.0
    places = {f"r{i}c{j}": (j * step, -i * step) for i in range(high) for j in range(wide)}
    joins = [
        (f"r{i}c{j}", f"r{k}c{m}", length_km)
        for i in range(high)
        for j in range(wide)
        for k, m in ((i, j + 1), (i + 1, j))
        if k < high and m < wide
    ]
    return Shape(places, tuple(joins))


def tree(branching: int, depth: int, length_km: float) -> Shape:
    """Return the root "node0" and ``depth`` generations of ``branching`` children each, numbered by level.

    Its places are for drawing: leaves side by side, each parent above the middle of its children.
    """
    width, levels = count_of(branching, "branching", 1), checks.integer(depth, "depth", low=1, high=64)
    total, level = 1, 1
    for _ in range(levels):
        level *= width
        total = count_of(total + level, f"the nodes of a tree with branching={width} and depth={levels}", 2)
    step, leaves = length_km or 1.0, total - level
    across = {i: float(i - leaves) * step for i in range(leaves, total)}
    down = {0: 0.0}
    for i in range(1, total):
        down[i] = down[(i - 1) // width] - step
    for i in reversed(range(leaves)):
        children = range(i * width + 1, i * width + width + 1)
        across[i] = sum(across[c] for c in children) / width
    places = [(across[i], down[i]) for i in range(total)]
    return _numbered(places, (((i - 1) // width, i) for i in range(1, total)), length_km)


def on_circle(count: int, chord: float) -> list[Place]:
    """Return places on a circle, neighbours ``chord`` apart."""
    radius = chord / (2 * math.sin(math.pi / count)) if count > 1 else 0.0
    angles = [2 * math.pi * i / count for i in range(count)]
    return [(radius * math.cos(a), radius * math.sin(a)) for a in angles]


def _numbered(places: list[Place], pairs: Iterable[tuple[int, int]], length_km: float) -> Shape:
    named = {f"node{i}": place for i, place in enumerate(places)}
    return Shape(named, tuple((f"node{i}", f"node{j}", length_km) for i, j in pairs))
