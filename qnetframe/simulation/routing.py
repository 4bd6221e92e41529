"""Routing in time: functions of the simulation and a request that return paths, the best first."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.network import Link, Network, Path, k_shortest_paths
from qnetframe.network.network import length_of
from qnetframe.network.paths import Measure, werner_parameter
from qnetframe.network.search import links_back, nodes_along, shortest_tree

if TYPE_CHECKING:
    from qnetframe.simulation.requests import Request
    from qnetframe.simulation.simulation import Simulation

Routing: TypeAlias = Callable[["Simulation", "Request"], Sequence[Path]]


def mean_time(link: Link) -> float:
    """Return the mean time of a pair on a link in seconds: a cost that avoids slow links."""
    return link.model.mean_time


_COSTS: dict[str, Callable[[Link], float]] = {
    "length": length_of,
    "hops": lambda link: 1.0,
    "time": mean_time,
    "fidelity": lambda link: -math.log(w) if (w := werner_parameter(link)) > 0 else math.inf,
}


def shortest(cost: str | Callable[[Link], float] = "length") -> Routing:
    """Return routing by least cost: "length", "hops", "time" (mean time of a pair), "fidelity" or a function.

    Links that are down are left out. The trees of sources, found by Dijkstra's search in compiled code, are
    kept as long as no link fails or is repaired.
    """
    of = _cost(cost)
    kept: dict[str, Any] = {}

    def route(sim: Simulation, request: Request) -> Sequence[Path]:
        if kept.get("of") != (id(sim), sim.link_changes):
            kept.clear()
            kept["of"] = id(sim), sim.link_changes
            kept["graph"], kept["links"] = _matrix(sim.network, of, sim.down)
            kept["number"] = {name: i for i, name in enumerate(sim.network.names)}
            kept["trees"] = {}
        number, trees = kept["number"], kept["trees"]
        start, here = number[request.source], number[request.target]
        if start not in trees:
            from scipy.sparse.csgraph import dijkstra

            trees[start] = dijkstra(kept["graph"], indices=start, return_predecessors=True)[1]
        back: list[Link] = []
        while here != start:
            before = int(trees[start][here])
            if before < 0:
                return ()
            back.append(kept["links"][min(before, here), max(before, here)])
            here = before
        links = tuple(reversed(back))
        return (Path(nodes_along(request.source, links), links, math.fsum(map(of, links))),)

    return route


def _matrix(network: Network, of: Callable[[Link], float], down: Collection[str]) -> tuple[Any, Any]:
    """Return the sparse matrix of costs, and the cheapest link between every two joined nodes."""
    from scipy.sparse import csr_matrix

    number = {name: i for i, name in enumerate(network.names)}
    best: dict[tuple[int, int], tuple[float, Link]] = {}
    for link in network.links:
        price = of(link)
        if link.name in down or price == math.inf:
            continue
        a, b = sorted((number[link.a], number[link.b]))
        if (a, b) not in best or price < best[a, b][0]:
            best[a, b] = price, link
    # A stored zero would be no link at all.
    values = [max(price, 1e-300) for price, _ in best.values()]
    rows, columns = [a for a, _ in best], [b for _, b in best]
    shape = (len(number), len(number))
    graph = csr_matrix((values + values, (rows + columns, columns + rows)), shape=shape)
    return graph, {ends: link for ends, (_, link) in best.items()}


def widest() -> Routing:
    """Return routing over the path whose slowest link is fastest (the largest least rate of pairs).

    M. Pollack, Operations Research 8, 733 (1960): the maximum-capacity route, by Dijkstra's search.
    """

    def route(sim: Simulation, request: Request) -> Sequence[Path]:
        best: dict[str, float] = {}
        arrived: dict[str, Link] = {}
        queue: list[tuple[float, int, int, str, Link | None]] = [(-math.inf, 0, 0, request.source, None)]
        number = 0
        while queue:
            width, hops, _, here, by = heapq.heappop(queue)
            if here in best:
                continue
            best[here] = -width
            if by is not None:
                arrived[here] = by
            if here == request.target:
                links = links_back(arrived, request.source, here)
                return (Path(nodes_along(request.source, links), links, 1 / best[here]),)
            for link in sim.network.links_by_node[here]:
                if link.name not in sim.down and link.other(here) not in best:
                    number += 1
                    rate = 1 / mean_time(link) * len(sim.timed(link).lanes)
                    heapq.heappush(queue, (max(width, -rate), hops + 1, number, link.other(here), link))
        return ()

    return route


def fidelity_aware(k: int = 5, cost: str | Callable[[Link], float] = "time") -> Routing:
    """Return routing over the cheapest of the k shortest paths that can give the request's fidelity.

    The fidelity of a path is that of its links' Werner pairs, swapped, after the rounds of purification that
    the strategy makes of each link; without a path that reaches it the request has none.
    """
    checks.integer(k, "k", low=1)
    measure: Measure = _cost(cost)

    def route(sim: Simulation, request: Request) -> Sequence[Path]:
        def price(link: Link) -> float:
            return math.inf if link.name in sim.down else measure(link)  # type: ignore[operator]

        try:
            paths = k_shortest_paths(sim.network, request.source, request.target, k, price)
        except InvalidInputError:
            return ()
        return tuple(p for p in paths if path_fidelity(sim, request, p) >= request.fidelity)[:1]

    return route


def path_fidelity(sim: Simulation, request: Request, path: Path) -> float:
    """Return the fidelity that a path gives without waiting: purified links, swapped."""
    strategy = request.strategy or sim.strategy
    total = 1.0
    for i, link in enumerate(path.links):
        w = werner_parameter(link)
        for _ in range(strategy.rounds(i, i + 1)):
            w = (2 * w + 4 * w * w) / (3 * (1 + w * w))
        total *= w
    for node in path.nodes[1:-1]:
        total *= math.fsum(sim.profile(node).swap.factors) / 3
    return (1 + 3 * total) / 4


def multipath(k: int = 2, cost: str | Callable[[Link], float] = "time") -> Routing:
    """Return routing over up to ``k`` paths without a common link, all used at once."""
    checks.integer(k, "k", low=1)
    of = _cost(cost)

    def route(sim: Simulation, request: Request) -> Sequence[Path]:
        found: list[Path] = []
        used = set(sim.down)
        while len(found) < k:
            at = sim.network.links_by_node
            _, arrived = shortest_tree(at, request.source, of, target=request.target, banned=used)
            if request.target not in arrived:
                break
            links = links_back(arrived, request.source, request.target)
            used |= {link.name for link in links}
            found.append(Path(nodes_along(request.source, links), links, math.fsum(map(of, links))))
        return tuple(found)

    return route


def expected_throughput(p: Sequence[float], width: int, q: float = 1.0) -> float:
    """Return the expected number of end-to-end pairs in one slot of a path of ``width`` channels a link.

    A link with success probability p[h] has i of its channels up with probability Q_h(i), binomial; the
    path has the least number over its links, and every swap works with q: E = q^{h-1} Σ_i i·P_h(i), where
    P_h(i) is built up link by link. S. Shi and C. Qian, "Concurrent entanglement routing for quantum
    networks" (Q-CAST), SIGCOMM 2020, equations (1) and (2).

    >>> round(expected_throughput([0.6, 0.6, 0.6], 2, 0.9), 7)
    0.5178816
    """
    if not p:
        raise InvalidInputError("p is empty; a path has at least one link")
    wide = checks.integer(width, "width", low=1)
    swap = checks.probability(q, "q")
    least = [0.0] * wide + [1.0]
    for chance in p:
        s = checks.probability(chance, "p")
        own = [math.comb(wide, i) * s**i * (1 - s) ** (wide - i) for i in range(wide + 1)]
        least = [least[i] * math.fsum(own[i:]) + own[i] * math.fsum(least[i + 1 :]) for i in range(wide + 1)]
    return swap ** (len(p) - 1) * math.fsum(i * x for i, x in enumerate(least))


def q_cast(slot_attempts: int = 1) -> Routing:
    """Return routing over the path of largest expected throughput in one slot of so many attempts a link.

    An extended Dijkstra search: the metric never grows with a further link. Its width is the least number of
    lanes. Shi and Qian 2020, algorithm 1 (the selection of one path).
    """
    tries = checks.integer(slot_attempts, "slot_attempts", low=1)

    def route(sim: Simulation, request: Request) -> Sequence[Path]:
        q = sim.profile(request.source).swap_success
        done: set[str] = set()
        queue: list[tuple[float, int, tuple[Link, ...], str]] = [(-math.inf, 0, (), request.source)]
        number = 0
        while queue:
            value, _, links, here = heapq.heappop(queue)
            if here in done:
                continue
            done.add(here)
            if here == request.target:
                return (Path(nodes_along(request.source, links), links, -1 / value),)
            for link in sim.network.links_by_node[here]:
                if link.name in sim.down or link.other(here) in done:
                    continue
                longer = (*links, link)
                width = min(len(sim.timed(k).lanes) for k in longer)
                chances = [1 - (1 - k.model.success_probability) ** tries for k in longer]
                number += 1
                gain = expected_throughput(chances, width, q)
                heapq.heappush(queue, (-gain, number, longer, link.other(here)))
        return ()

    return route


def routing_by_name(name: str | Routing) -> Routing:
    """Return a routing function by the name of its cost or kind; functions are returned as they are."""
    if callable(name):
        return name
    made: dict[str, Callable[[], Routing]] = {
        "widest": widest,
        "fidelity-aware": fidelity_aware,
        "multipath": multipath,
        "q-cast": q_cast,
    }
    if name in made:
        return made[name]()
    if name in _COSTS:
        return shortest(name)
    raise InvalidInputError(f"routing is {name!r}; allowed: {', '.join((*_COSTS, *made))}, or a function")


def _cost(cost: str | Callable[[Link], float]) -> Callable[[Link], float]:
    if callable(cost):
        return cost
    if cost not in _COSTS:
        raise InvalidInputError(f"cost is {cost!r}; allowed: {', '.join(_COSTS)}, or a function of a Link")
    return _COSTS[cost]
