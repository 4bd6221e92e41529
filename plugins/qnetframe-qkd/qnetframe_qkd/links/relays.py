"""Networks of links: a rate on each, keys between far nodes through trusted relays, and what else would do.

Trusted relays pass a key on by one-time pads, hop by hop, so a path gives what its poorest link gives, and
many paths together what a flow gives: Elliott, New J. Phys. 4, 46 (2002); Ford, Fulkerson (1956).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.network import Link, Network
from qnetframe_qkd import rates
from qnetframe_qkd.links.rating import LinkRate, best_intensity, link_rate, rate


def rate_map(
    network: Network, protocol: str = "bb84-decoy", clock_hz: float = 1e9, **parameters: Any
) -> dict[str, LinkRate]:
    """Return the key rate of every link by its name; see ``link_rate``."""
    known: dict[tuple[Any, ...], LinkRate] = {}
    found = {}
    for link in network.links:
        key = (link.length_km, link.attributes.get("loss_db"), link.attributes.get("attenuation_db_per_km"))
        if key not in known:
            known[key] = link_rate(link, protocol, clock_hz, **parameters)
        found[link.name] = LinkRate(link.name, known[key].per_signal, clock_hz)
    return found


@dataclass(frozen=True)
class RelayPath:
    """Nodes, and the secret bits a second that the poorest link between them allows."""

    nodes: tuple[str, ...]
    bits_per_second: float


def widest_path(network: Network, found: Mapping[str, LinkRate], a: str, b: str) -> RelayPath:
    """Return the path whose poorest link is the best there is, the one with fewest hops among equals.

    Raises InvalidInputError where no path has key on every link.
    """
    import networkx as nx

    graph = _graph(network, found)
    _check_ends(network, a, b)
    if not nx.has_path(graph, a, b):
        raise InvalidInputError(f"no path from {a!r} to {b!r} has key on every link")
    tree = nx.maximum_spanning_tree(graph, weight="rate")
    least = min(tree[u][v]["rate"] for u, v in pairwise(nx.shortest_path(tree, a, b)))
    wide = graph.edge_subgraph([(u, v) for u, v, r in graph.edges(data="rate") if r >= least])
    return RelayPath(tuple(nx.shortest_path(wide, a, b)), float(least))


def maximum_flow(network: Network, found: Mapping[str, LinkRate], a: str, b: str) -> float:
    """Return the bits a second over all paths at once: the maximum flow."""
    import networkx as nx

    _check_ends(network, a, b)
    graph = nx.DiGraph()
    graph.add_nodes_from(network.names)
    for u, v, capacity in _graph(network, found).edges(data="rate"):
        graph.add_edge(u, v, capacity=capacity)
        graph.add_edge(v, u, capacity=capacity)
    return float(nx.maximum_flow_value(graph, a, b))


def alternatives(
    length_km: float,
    hops: int = 1,
    clock_hz: float = 1e9,
    attenuation_db_per_km: float = 0.2,
    detector_efficiency: float = 0.2,
    dark_count_probability: float = 1e-7,
    misalignment: float = 0.02,
    f_ec: float = 1.16,
) -> dict[str, float]:
    """Return bits a second over one distance: direct, by relays of three kinds of trust, and the limits.

    All have the same fibre and detectors (dark counts of one detector in one gate) and their best intensity.
    ``hops`` is the number of equal sections of the trusted-relay chain, and of the repeater whose capacity is
    the last entry.
    """
    checks.integer(hops, "hops", low=1)
    common: dict[str, Any] = {
        "attenuation_db_per_km": attenuation_db_per_km, "detector_efficiency": detector_efficiency,
        "misalignment": misalignment, "f_ec": f_ec,
    }  # fmt: skip
    dark: dict[str, Any] = {"dark_count_probability": dark_count_probability}
    direct = {**common, "background_yield": 2 * dark_count_probability}

    def best(protocol: str, length: float, **more: float) -> float:
        return best_intensity(protocol, length, **more)[1].rate

    values = {
        "direct, decoy BB84": best("bb84-decoy", length_km, **direct),
        "MDI, untrusted relay half way": best("mdi", length_km, **common, **dark),
        "twin-field, untrusted relay half way": rate(
            "twin-field", length_km=length_km, **common, **dark
        ).rate,
        f"trusted relays, {hops} sections of decoy BB84": best("bb84-decoy", length_km / hops, **direct),
        "limit without a repeater (PLOB)": rates.plob(length_km, attenuation_db_per_km).rate,
        f"limit of {hops - 1} repeater(s)": rates.repeater(length_km, hops - 1, attenuation_db_per_km).rate,
    }
    return {name: value * clock_hz for name, value in values.items()}


def draw_rate_map(
    network: Network,
    found: Mapping[str, LinkRate],
    path: str | Path | None = None,
    route: tuple[str, ...] = (),
    title: str = "",
) -> Any:
    """Draw the network with the decimal logarithm of bits a second as colour; links without key are grey.

    Return the matplotlib Axes; with ``path`` the figure is written there.
    """
    from qnetframe.network import draw_network, save_network

    def of(link: Link) -> float:
        bits = found[link.name].bits_per_second
        return math.log10(bits) if bits > 0 else math.inf

    of.__name__ = "log10 of secret bits per second"
    if path is not None:
        return save_network(network, path, of, route=route, title=title)
    return draw_network(network, None, of, route=route, title=title)


def _graph(network: Network, found: Mapping[str, LinkRate]) -> Any:
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(network.names)
    for link in network.links:
        bits = found[link.name].bits_per_second
        if bits > 0:
            # Parallel links add up.
            before = graph[link.a][link.b]["rate"] if graph.has_edge(link.a, link.b) else 0.0
            graph.add_edge(link.a, link.b, rate=before + bits)
    return graph


def _check_ends(network: Network, a: str, b: str) -> None:
    network.node(a), network.node(b)
    if a == b:
        raise InvalidInputError(f"both ends are {a!r}; they must be two different nodes")
