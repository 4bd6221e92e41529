"""Dijkstra's search on links: the one place that walks a network."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Mapping, Sequence
from math import inf

from qnetframe.network.links import Link

Cost = Callable[[Link], float]
Tree = tuple[dict[str, float], dict[str, Link]]


def shortest_tree(
    at: Mapping[str, Sequence[Link]],
    source: str,
    cost: Cost,
    target: str | None = None,
    closed: Collection[str] = (),
    banned: Collection[str] = (),
) -> Tree:
    """Return the total cost of every node that ``source`` reaches, and the link by which it is reached.

    ``at`` has the links of each node; costs are at least 0 and a link of infinite cost is not used. Among
    equally cheap ways one of fewest links is taken, then the one whose links stand first. It stops at
    ``target``, enters no node of ``closed`` and no link whose name is in ``banned``. Source: E. W. Dijkstra,
    Numerische Mathematik 1, 269 (1959).
    """
    totals: dict[str, float] = {}
    arrived: dict[str, Link] = {}
    # The running number settles equal costs and hops, and spares comparing links.
    queue: list[tuple[float, int, int, str, Link | None]] = [(0, 0, 0, source, None)]
    number = 0
    while queue:
        total, hops, _, here, by = heapq.heappop(queue)
        if here in totals:
            continue
        totals[here] = total
        if by is not None:
            arrived[here] = by
        if here == target:
            break
        for link in at[here]:
            following = link.other(here)
            if following in totals or following in closed or link.name in banned:
                continue
            step = cost(link)
            if step < inf:
                number += 1
                heapq.heappush(queue, (total + step, hops + 1, number, following, link))
    return totals, arrived


def links_back(arrived: Mapping[str, Link], source: str, target: str) -> tuple[Link, ...]:
    """Return the links from ``source`` to ``target`` of a tree."""
    links: list[Link] = []
    here = target
    while here != source:
        links.append(arrived[here])
        here = arrived[here].other(here)
    return tuple(reversed(links))


def nodes_along(source: str, links: Sequence[Link]) -> tuple[str, ...]:
    """Return the nodes that a way of links passes, its start included."""
    nodes = [source]
    for link in links:
        nodes.append(link.other(nodes[-1]))
    return tuple(nodes)
