"""Figures of topologies: path lengths, clustering, rates, resilience; links worth building under a budget."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.network import Link, Network
from qnetframe.network.network import length_of
from qnetframe.simulation.streams import stream

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True)
class TopologyFigures:
    """Figures of a network.

    ``hops`` and ``length_km`` are means over all pairs of nodes, by the shortest paths; ``bottleneck_rate``
    is the mean over them of the rate (pairs per second) of the slowest link on the widest path;
    ``clustering`` is the mean local coefficient (D. J. Watts and S. H. Strogatz, Nature 393, 440 (1998));
    ``random_failure`` and ``targeted_failure`` are robustness R = Σ_q S(q)/n of R. Cohen's largest
    component S after q of n nodes are gone, in random order or busiest first: C. M. Schneider et al., PNAS
    108, 3838 (2011), at most 1/2.
    """

    nodes: int
    links: int
    hops: float
    length_km: float
    diameter: int
    clustering: float
    bottleneck_rate: float
    random_failure: float
    targeted_failure: float


def study_topology(network: Network, seed: int = 0) -> TopologyFigures:
    """Return the figures of a connected network; InvalidInputError for one in several parts."""
    import networkx as nx

    graph = _graph(network)
    if len(graph) < 2 or not nx.is_connected(graph):
        raise InvalidInputError("the figures are those of a connected network of at least two nodes")
    count = len(graph)
    ordered = count * (count - 1)
    hops = dict(nx.all_pairs_shortest_path_length(graph))
    lengths = nx.all_pairs_dijkstra_path_length(graph, weight="length")
    order = [n for n in network.names]
    stream(checks.integer(seed, "seed", low=0), "failures").shuffle(order)
    return TopologyFigures(
        nodes=count,
        links=len(network.links),
        hops=sum(sum(d.values()) for d in hops.values()) / ordered,
        length_km=math.fsum(math.fsum(d.values()) for _, d in lengths) / ordered,
        diameter=max(max(d.values()) for d in hops.values()),
        clustering=float(nx.average_clustering(graph)),
        bottleneck_rate=_mean_bottleneck(graph),
        random_failure=robustness(network, order),
        targeted_failure=robustness(network, "targeted"),
    )


def robustness(network: Network, order: Sequence[str] | Literal["targeted"]) -> float:
    """Return Σ_q S(q)/n, S(q) the share of nodes in the largest component when q nodes are gone.

    "targeted" takes the node with most links left, again and again (the first by name among equals).
    """
    return math.fsum(resilience(network, order)[1:]) / len(network.nodes)


def resilience(network: Network, order: Sequence[str] | Literal["targeted"]) -> tuple[float, ...]:
    """Return the share of nodes in the largest component after 0, 1, … nodes of the order are gone."""
    import networkx as nx

    graph = _graph(network)
    count = len(graph)
    shares = [max(map(len, nx.connected_components(graph))) / count]
    left = list(order) if not isinstance(order, str) else []
    for i in range(count):
        node = left[i] if left else min(graph.nodes, key=lambda n: (-graph.degree(n), n))
        graph.remove_node(node)
        shares.append(max(map(len, nx.connected_components(graph)), default=0) / count)
    return tuple(shares)


def _mean_bottleneck(graph: nx.Graph) -> float:
    """Return the mean widest-path rate: joining links from the fastest on, every join sets all its pairs."""
    part = {n: [n] for n in graph}
    total = 0.0
    edges = sorted(graph.edges(data="rate"), key=lambda e: -e[2])
    for a, b, rate in edges:
        if part[a] is not part[b]:
            total += 2 * len(part[a]) * len(part[b]) * rate
            small, large = sorted((part[a], part[b]), key=len)
            large.extend(small)
            for n in small:
                part[n] = large
    return total / (len(graph) * (len(graph) - 1))


def _graph(network: Network) -> Any:
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(network.names)
    for link in network.links:
        length, time = length_of(link), link.model.mean_time
        rate = math.inf if time == 0 else 1 / time
        known = graph.get_edge_data(link.a, link.b)
        if known is None or rate > known["rate"]:
            graph.add_edge(link.a, link.b, length=length, rate=rate)
    return graph


def choose_links(
    candidates: Network,
    budget_km: float,
    value: Callable[[Network], float] | None = None,
) -> Network:
    """Return the network of those candidate links that are worth most under a budget of fibre.

    It starts from the shortest tree that joins all nodes (J. B. Kruskal, Proc. AMS 7, 48 (1956)) and adds
    the link with the largest gain of ``value`` a km while the budget lasts, a greedy choice. By default the
    value is the global efficiency, the mean of 1/length of the shortest paths: V. Latora and M. Marchiori,
    Phys. Rev. Lett. 87, 198701 (2001). Raises InvalidInputError if the budget does not pay the tree.
    """
    import networkx as nx

    budget = checks.positive(budget_km, "budget_km")
    best = value or _efficiency
    tree: list[Link] = []
    joined = nx.utils.UnionFind(candidates.names)
    ordered = sorted(candidates.links, key=lambda link: (length_of(link), link.name))
    for link in ordered:
        if joined[link.a] != joined[link.b]:
            joined.union(link.a, link.b)
            tree.append(link)
    if len(tree) < len(candidates.nodes) - 1:
        raise InvalidInputError("the candidate links do not join all nodes")
    spent = math.fsum(map(length_of, tree))
    if spent > budget:
        raise InvalidInputError(f"budget_km is {budget:g}; the shortest tree alone needs {spent:g} km")
    chosen = Network(candidates.nodes, tuple(tree))
    worth = best(chosen)
    rest = [link for link in ordered if link not in tree]
    while True:
        offers = []
        for link in rest:
            length = length_of(link)
            if spent + length <= budget:
                gain = best(Network(candidates.nodes, (*chosen.links, link))) - worth
                offers.append((gain / max(length, 1e-9), link))
        if not offers or max(o[0] for o in offers) <= 0:
            return chosen
        _, link = max(offers, key=lambda o: o[0])
        rest.remove(link)
        spent += length_of(link)
        chosen = Network(candidates.nodes, (*chosen.links, link))
        worth = best(chosen)


def _efficiency(network: Network) -> float:
    import networkx as nx

    count = len(network.nodes)
    lengths = nx.all_pairs_dijkstra_path_length(_graph(network), weight="length")
    return math.fsum(1 / d for _, found in lengths for d in found.values() if d > 0) / (count * (count - 1))
