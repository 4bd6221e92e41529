"""Paths between two nodes: the shortest, the k shortest, and the one of best fidelity."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import inf, nan
from typing import Literal, TypeAlias

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.network.links import Link
from qnetframe.network.network import Network, length_of
from qnetframe.network.search import Cost, links_back, nodes_along, shortest_tree

Measure: TypeAlias = Literal["length", "hops", "fidelity"] | Callable[[Link], float]
MEASURES = ("length", "hops", "fidelity")


@dataclass(frozen=True)
class Path:
    """A way from the first of ``nodes`` to the last over ``links``; ``cost`` is their total."""

    nodes: tuple[str, ...]
    links: tuple[Link, ...]
    cost: float

    @cached_property
    def length_km(self) -> float:
        """The length of all links, those without one by their light time in fibre."""
        return math.fsum(length_of(link) for link in self.links)

    @cached_property
    def fidelity(self) -> float:
        """The fidelity of the pair that perfect swaps make of one Werner pair a link: (1 + 3Πw)/4.

        w = (4F - 1)/3 is the Werner parameter of a link of fidelity F: H.-J. Briegel et al., Phys. Rev. Lett.
        81, 5932 (1998). For other pairs it is the value after they were twirled to Werner pairs.
        """
        return (1 + 3 * math.prod(werner_parameter(link) for link in self.links)) / 4


def werner_parameter(link: Link) -> float:
    """Return (4F - 1)/3 for the fidelity F of the link's heralded pair: 1 for Φ+, 0 for noise."""
    return (4 * link.model.fidelity - 1) / 3


def shortest_path(network: Network, a: str, b: str, cost: Measure = "length") -> Path:
    """Return the path of least cost: by "length" in km, "hops", "fidelity", or a function of a Link.

    - "length": a link without one counts as its light time in fibre, as in ``Network.route``.
    - "fidelity": the path with the largest product of Werner parameters (4F - 1)/3, so that its cost is
      -ln of it. Links of F ≤ 1/4 are not used. This is best for Werner pairs; of other pairs, Bell-diagonal
      ones too, it sees F only, as if they were twirled.
    - A function returns a number that is at least 0; an infinite cost closes the link.

    Among equals it is one of fewest links. Raises UnknownNameError for unknown nodes and InvalidInputError
    where no path joins them.
    """
    network.node(a), network.node(b)
    of = _cost(cost)
    _, arrived = shortest_tree(network.links_by_node, a, of, target=b)
    if a != b and b not in arrived:
        # Says what a reaches, by any link; where links of infinite cost stand in the way it says so.
        network.route(a, b)
        raise InvalidInputError(f"every path from {a!r} to {b!r} has a link of infinite cost")
    return _path(a, links_back(arrived, a, b), of)


def best_fidelity_path(network: Network, a: str, b: str) -> Path:
    """Return the path whose links' Werner parameters have the largest product; see ``shortest_path``."""
    return shortest_path(network, a, b, "fidelity")


def k_shortest_paths(network: Network, a: str, b: str, k: int, cost: Measure = "length") -> tuple[Path, ...]:
    """Return up to ``k`` paths of least cost in increasing order, none of which passes a node twice.

    Two ways over different parallel links are two paths. Source: J. Y. Yen, Management Science 17, 712
    (1971). Raises as ``shortest_path`` does.
    """
    count = checks.integer(k, "k", low=1)
    of = _cost(cost)
    found = [shortest_path(network, a, b, cost)]
    waiting: dict[tuple[str, ...], Path] = {}
    while len(found) < count:
        last = found[-1]
        for i in range(len(last.links)):
            root, spur = last.links[:i], last.nodes[i]
            # What was found with this beginning must not be found again.
            banned = {p.links[i].name for p in found if p.links[:i] == root and len(p.links) > i}
            _, arrived = shortest_tree(
                network.links_by_node, spur, of, b, closed=frozenset(last.nodes[:i]), banned=banned
            )
            if b in arrived:
                links = root + links_back(arrived, spur, b)
                waiting.setdefault(tuple(link.name for link in links), _path(a, links, of))
        if not waiting:
            break
        best = min(waiting, key=lambda names: (waiting[names].cost, len(names), names))
        found.append(waiting.pop(best))
    return tuple(found)


def _path(start: str, links: tuple[Link, ...], of: Cost) -> Path:
    return Path(nodes_along(start, links), links, math.fsum(of(link) for link in links))


def _cost(measure: Measure) -> Cost:
    if measure == "length":
        return length_of
    if measure == "hops":
        return lambda link: 1.0
    if measure == "fidelity":
        return _infidelity
    if callable(measure):
        return lambda link: _checked(measure(link), link)
    raise InvalidInputError(f"cost is {measure!r}; allowed: {', '.join(MEASURES)}, or a function of a Link")


def _infidelity(link: Link) -> float:
    w = werner_parameter(link)
    return max(0.0, -math.log(w)) if w > 0 else inf


def _checked(value: float, link: Link) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = nan
    if not number >= 0.0:
        raise InvalidInputError(f"cost of link {link.name!r} is {value!r}; it must be a number of at least 0")
    return number
