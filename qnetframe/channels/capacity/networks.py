"""End-to-end capacity of a network of repeaters, from the two-way capacities of its links.

S. Pirandola, "End-to-end capacities of a quantum communication network", Commun. Phys. 2, 51 (2019).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnknownNameError


@dataclass(frozen=True)
class NetworkCapacity:
    """The capacity between two nodes, in ebits or secret bits a use of the network.

    ``single_path``: along the best ``route``; the least capacity on it (the widest path). ``multi_path``:
    with every link used once a round (flooding); the maximum flow, which is that of the minimum ``cut``.
    """

    single_path: float
    multi_path: float
    route: tuple[str, ...]
    cut: tuple[tuple[str, str], ...]


def network_capacity(capacities: Mapping[tuple[str, str], float], a: str, b: str) -> NetworkCapacity:
    """Return the capacity between nodes a and b of a network whose links have these two-way capacities.

    ``capacities`` maps pairs of nodes to bits a use, such as `plob_bound(η)` of lossy links, or the lower or
    upper end of `two_way_capacity`; the result is then the respective bound. Raises InvalidInputError for a
    capacity that is negative and for nodes that nothing joins.

    >>> links = {("a", "r"): 1.0, ("r", "b"): 0.5, ("a", "b"): 0.2}
    >>> found = network_capacity(links, "a", "b")
    >>> found.single_path, found.multi_path
    (0.5, 0.7)
    """
    import networkx

    graph = networkx.Graph()
    for (u, v), value in capacities.items():
        bits = checks.non_negative(value, f"capacity of {u}-{v}")
        if u == v:
            raise InvalidInputError(f"link {u}-{v} ends where it begins")
        together = bits + (graph[u][v]["capacity"] if graph.has_edge(u, v) else 0.0)
        graph.add_edge(u, v, capacity=together)
    for name in (a, b):
        if name not in graph:
            raise UnknownNameError("node", name, map(str, graph))
    if a == b:
        raise InvalidInputError(f"both ends are {a!r}; they must be two nodes")
    if not networkx.has_path(graph, a, b):
        raise InvalidInputError(f"no path joins nodes {a!r} and {b!r}")
    # A maximum spanning tree holds a widest path between any two nodes.
    tree = networkx.maximum_spanning_tree(graph, weight="capacity")
    route = tuple(networkx.shortest_path(tree, a, b))
    widths = [graph[u][v]["capacity"] for u, v in pairwise(route)]
    flow, (near, _) = networkx.minimum_cut(graph, a, b)
    cut = tuple((u, v) for u, v in graph.edges if (u in near) != (v in near))
    return NetworkCapacity(float(min(widths)), float(flow), route, cut)
