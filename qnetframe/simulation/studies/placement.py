"""Where repeaters go: the smallest set of nodes that lets every two ends talk, as an integer program."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.network import Network
from qnetframe.network.network import length_of
from qnetframe.network.search import shortest_tree


@dataclass(frozen=True)
class Placement:
    """The chosen ``repeaters`` (alphabetically) and, by pair of ends, the nodes of each of its paths."""

    repeaters: tuple[str, ...]
    paths: dict[tuple[str, str], tuple[tuple[str, ...], ...]]
    length_km: float


def place_repeaters(
    network: Network,
    ends: Sequence[str],
    max_link_km: float,
    max_repeaters_on_path: int = 6,
    capacity: int = 6,
    disjoint_paths: int = 1,
    time_limit: float = 60.0,
) -> Placement:
    """Return the fewest repeaters by which every two ends are joined, of those the ones of least fibre.

    An elementary link joins two nodes whose shortest way is at most ``max_link_km`` long; a path has at most
    ``max_repeaters_on_path`` repeaters, a repeater serves at most ``capacity`` paths, and every two ends have
    ``disjoint_paths`` paths without a common repeater. Ends are no repeaters. The link formulation of J.
    Rabbie, K. Chakraborty, G. Avis and S. Wehner, npj Quantum Information 8, 5 (2022), solved by
    scipy.optimize.milp (HiGHS). ``time_limit`` in seconds. Raises InvalidInputError where it has no solution.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_matrix

    chosen = tuple(dict.fromkeys(network.node(e).name for e in ends))
    if len(chosen) < 2:
        raise InvalidInputError(f"ends is {tuple(ends)!r}; it must name at least two different nodes")
    reach = checks.positive(max_link_km, "max_link_km")
    most = checks.integer(max_repeaters_on_path, "max_repeaters_on_path", low=0)
    room = checks.integer(capacity, "capacity", low=1)
    wanted = checks.integer(disjoint_paths, "disjoint_paths", low=1)
    possible = [n for n in network.names if n not in chosen]
    lengths = _lengths(network)
    pairs = list(combinations(chosen, 2))

    # Variables: whether the path of two ends takes an elementary link in a direction, for each of both; then
    # for each node whether it is a repeater.
    arcs = []
    for k, (s, t) in enumerate(pairs):
        for a in (s, *possible):
            for b in (*possible, t):
                if a != b and lengths[a].get(b, math.inf) <= reach:
                    arcs.append((k, a, b))
    first_node = len(arcs)
    spot = {name: first_node + i for i, name in enumerate(possible)}
    size = first_node + len(possible)
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    low: list[float] = []
    high: list[float] = []

    def constraint(terms: list[tuple[int, float]], least: float, greatest: float) -> None:
        for column, value in terms:
            rows.append(len(low))
            columns.append(column)
            values.append(value)
        low.append(least)
        high.append(greatest)

    leaving: dict[tuple[int, str], list[int]] = {}
    entering: dict[tuple[int, str], list[int]] = {}
    for i, (k, a, b) in enumerate(arcs):
        leaving.setdefault((k, a), []).append(i)
        entering.setdefault((k, b), []).append(i)
    for k, (s, t) in enumerate(pairs):
        constraint([(i, 1.0) for i in leaving.get((k, s), [])], wanted, wanted)
        constraint([(i, 1.0) for i in entering.get((k, t), [])], wanted, wanted)
        for node in possible:
            out, into = leaving.get((k, node), []), entering.get((k, node), [])
            constraint([(i, 1.0) for i in out] + [(i, -1.0) for i in into], 0, 0)
            # A repeater is on at most one of the disjoint paths, and only if it is there.
            constraint([(i, 1.0) for i in into] + [(spot[node], -1.0)], -np.inf, 0)
        taken = [(i, 1.0) for i, (j, _, _) in enumerate(arcs) if j == k]
        # Of disjoint paths only their sum is bounded.
        constraint(taken, 0, wanted * (most + 1))
    for node in possible:
        through = [i for k in range(len(pairs)) for i in entering.get((k, node), [])]
        constraint([(i, 1.0) for i in through] + [(spot[node], -float(room))], -np.inf, 0)
    # Fibre only decides among equally many repeaters.
    total = sum(lengths[a][b] for _, a, b in arcs) or 1.0
    cost = np.concatenate([[lengths[a][b] / total for _, a, b in arcs], np.ones(len(possible))])
    matrix = coo_matrix((values, (rows, columns)), shape=(len(low), size)).tocsr()
    found = milp(
        cost, integrality=np.ones(size), bounds=Bounds(0, 1), constraints=LinearConstraint(matrix, low, high),
        options={"time_limit": checks.positive(time_limit, "time_limit (seconds)")},
    )  # fmt: skip
    if found.x is None:
        raise InvalidInputError(
            f"no placement joins {', '.join(chosen)} with links of at most {reach:g} km, {most} repeaters on "
            f"a path and {room} paths through one: {found.message}"
        )
    used = [arc for arc, x in zip(arcs, found.x[:first_node], strict=True) if x > 0.5]
    paths = {pair: _follow(pair, [(a, b) for j, a, b in used if j == k]) for k, pair in enumerate(pairs)}
    picked = tuple(sorted(n for n in possible if found.x[spot[n]] > 0.5))
    return Placement(picked, paths, math.fsum(lengths[a][b] for _, a, b in used))


def _lengths(network: Network) -> dict[str, dict[str, float]]:
    at = network.links_by_node
    return {name: shortest_tree(at, name, length_of)[0] for name in network.names}


def _follow(pair: tuple[str, str], steps: list[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    source, target = pair
    after = {a: b for a, b in steps if a != source}
    paths = []
    for start in [b for a, b in steps if a == source]:
        nodes = [source, start]
        while nodes[-1] != target:
            nodes.append(after[nodes[-1]])
        paths.append(tuple(nodes))
    return tuple(paths)
