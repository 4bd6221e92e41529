"""Random shapes of networks: the same seed gives the same places and joins; lengths are distances in km."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.network.shapes import Place, Shape, count_of, limited, on_circle

if TYPE_CHECKING:
    import networkx as nx

_TRIES = 100


def hierarchical(
    clusters: int, cluster_nodes: int, backbone_km: float, cluster_km: float, seed: int
) -> Shape:
    """Return gateways "gateway0", … on a ring ``backbone_km`` apart, each with its own nodes "c0n0", ….

    The nodes of a cluster are uniform in the disc of radius ``cluster_km`` about their gateway, and joined to
    it. The first and the last node are in different clusters.
    """
    many, each = count_of(clusters, "clusters", 2), count_of(cluster_nodes, "cluster_nodes", 1)
    count_of(many * (each + 1), "clusters*(cluster_nodes+1)", 2)
    wide, near = checks.positive(backbone_km, "backbone_km"), checks.positive(cluster_km, "cluster_km")
    rng = np.random.default_rng(_child(seed, 0))
    centres = on_circle(many, wide)
    gateways = {f"gateway{i}": place for i, place in enumerate(centres)}
    groups: list[dict[str, Place]] = []
    for i, (x, y) in enumerate(centres):
        # 1 - u is above 0, so that no node sits on its gateway.
        radii = near * np.sqrt(1.0 - rng.random(each))
        angles = 2 * math.pi * rng.random(each)
        groups.append(
            {
                f"c{i}n{j}": (x + float(r * math.cos(a)), y + float(r * math.sin(a)))
                for j, (r, a) in enumerate(zip(radii, angles, strict=True))
            }
        )
    places = groups[0] | gateways
    for group in groups[1:]:
        places |= group
    pairs = [(f"gateway{i}", f"gateway{(i + 1) % many}") for i in range(many if many > 2 else 1)]
    pairs += [(f"gateway{i}", name) for i, group in enumerate(groups) for name in group]
    return _measured(places, pairs)


def small_world(nodes: int, neighbours: int, rewiring: float, size_km: float, seed: int) -> Shape:
    """Return nodes on a circle ``size_km`` wide, joined to the nearest, some joins rewired at random.

    Each node is joined to its ``neighbours`` (an even number) nearest; each join gets a random new end with
    probability ``rewiring``. Source: D. J. Watts and S. H. Strogatz, Nature 393, 440 (1998).
    """
    count = count_of(nodes, "nodes", 3)
    near = checks.integer(neighbours, "neighbours", low=2, high=count - 1)
    if near % 2:
        raise InvalidInputError(f"neighbours is {neighbours!r}; it must be even, half of them on each side")
    limited(count * near // 2, f"a small world of {count} nodes")
    chance = checks.probability(rewiring, "rewiring")
    size = checks.positive(size_km, "size_km")
    places = on_circle(count, size * math.sin(math.pi / count))

    def draw(seeds: np.random.SeedSequence) -> tuple[list[Place], Iterable[tuple[int, int]]]:
        return places, _nx().watts_strogatz_graph(count, near, chance, seed=_integer(seeds)).edges

    return _connected(draw, seed, f"small-world with neighbours={near} and rewiring={chance:g}", "neighbours")


def scale_free(nodes: int, attachments: int, size_km: float, seed: int) -> Shape:
    """Return nodes uniform in a square, each joined to ``attachments`` earlier ones, rather to busy ones.

    Source: A.-L. Barabási and R. Albert, Science 286, 509 (1999).
    """
    count = count_of(nodes, "nodes", 2)
    joins = checks.integer(attachments, "attachments", low=1, high=count - 1)
    limited(count * joins, f"a scale-free network of {count} nodes")
    size = checks.positive(size_km, "size_km")

    def draw(seeds: np.random.SeedSequence) -> tuple[list[Place], Iterable[tuple[int, int]]]:
        return _uniform(count, size, seeds), _nx().barabasi_albert_graph(count, joins, _integer(seeds)).edges

    return _connected(draw, seed, "scale-free", "attachments")


def random_geometric(nodes: int, radius_km: float | None, size_km: float, seed: int) -> Shape:
    """Return nodes uniform in a square, every two within ``radius_km`` of each other joined.

    Without a radius it is 1.5 times the one from which large networks are connected, size·√(ln n/(πn)).
    Source: M. Penrose, Random Geometric Graphs (Oxford, 2003), chapter 13.
    """
    count = count_of(nodes, "nodes", 2)
    size = checks.positive(size_km, "size_km")
    usual = 1.5 * size * math.sqrt(math.log(count) / (math.pi * count))
    radius = usual if radius_km is None else checks.positive(radius_km, "radius_km")
    r = min(1.0, radius / size)
    # How likely two points of a unit square are within r of each other, for r up to 1.
    near = math.pi * r**2 - 8 * r**3 / 3 + r**4 / 2
    limited(
        round(count * (count - 1) / 2 * near), f"a random geometric network of {count} nodes, on average,"
    )

    def draw(seeds: np.random.SeedSequence) -> tuple[list[Place], Iterable[tuple[int, int]]]:
        places = _uniform(count, size, seeds)
        graph = _nx().random_geometric_graph(count, radius, pos=dict(enumerate(places)))
        return places, graph.edges

    return _connected(draw, seed, f"random-geometric with radius_km={radius:g}", "radius_km")


def waxman(nodes: int, alpha: float, beta: float, size_km: float, seed: int) -> Shape:
    """Return nodes uniform in a square, two at distance d joined with probability beta·exp(-d/(alpha·L)).

    L is the largest distance between two nodes. Source: B. M. Waxman, IEEE J. Sel. Areas Commun. 6, 1617
    (1988), with the names of the parameters as in networkx. It looks at every two nodes.
    """
    count = checks.integer(nodes, "nodes", low=2, high=10_000)
    decay, top = checks.positive(alpha, "alpha"), checks.probability(beta, "beta")
    size = checks.positive(size_km, "size_km")

    def draw(seeds: np.random.SeedSequence) -> tuple[list[Place], Iterable[tuple[int, int]]]:
        graph = _nx().waxman_graph(count, top, decay, domain=(0, 0, size, size), seed=_integer(seeds))
        limited(graph.number_of_edges(), f"a Waxman network of {count} nodes")
        return [graph.nodes[i]["pos"] for i in range(count)], graph.edges

    return _connected(draw, seed, f"waxman with alpha={decay:g} and beta={top:g}", "alpha or beta")


Draw = Callable[[np.random.SeedSequence], tuple[list[Place], Iterable[tuple[int, int]]]]


def _connected(draw: Draw, seed: int, what: str, remedy: str) -> Shape:
    """Return the first connected draw, each with a seed derived from ``seed``."""
    count = 0
    for attempt in range(_TRIES):
        places, pairs = draw(_child(seed, attempt))
        pairs, count = sorted((min(p), max(p)) for p in pairs), len(places)
        graph = _nx().Graph(pairs)
        graph.add_nodes_from(range(count))
        if _nx().is_connected(graph):
            named = {f"node{i}": (float(x), float(y)) for i, (x, y) in enumerate(places)}
            return _measured(named, [(f"node{i}", f"node{j}") for i, j in pairs])
    raise InvalidInputError(
        f"{what} and seed {seed}: none of {_TRIES} draws of {count} nodes was connected; raise {remedy}"
    )


def _measured(places: dict[str, Place], pairs: Iterable[tuple[str, str]]) -> Shape:
    return Shape(places, tuple((a, b, math.dist(places[a], places[b])) for a, b in pairs))


def _uniform(count: int, size: float, seeds: np.random.SeedSequence) -> list[Place]:
    drawn = np.random.default_rng(seeds).random((count, 2)) * size
    return [(float(x), float(y)) for x, y in drawn]


def _child(seed: int, attempt: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(checks.integer(seed, "seed", low=0), spawn_key=(attempt,))


def _integer(seeds: np.random.SeedSequence) -> int:
    return int(seeds.generate_state(1)[0])


def _nx() -> nx:
    # networkx takes 0.1 s to import, which a chain does not need.
    import networkx

    return networkx
