"""Topologies that ship with the host: regular and random shapes, real maps and files, joined by fibre.

``fidelity``, ``attenuation_db_per_km`` and ``efficiency`` mean what they mean for ``fiber_link``, and go for
every link. Regular shapes have links of one ``length_km``, where 0 gives ideal links (a Werner pair of
``fidelity`` at once and with certainty). Places are in km.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from qnetframe import checks
from qnetframe.api import TopologySpec
from qnetframe.builtin.links import fiber_link, ideal_link
from qnetframe.network import Link, LinkModel, Network, Node, files, generators, maps, shapes
from qnetframe.network.attributes import Scalar

_PHYSICS = ("fidelity", "attenuation_db_per_km", "efficiency")


def chain(
    nodes: int = 2,
    length_km: float = 0.0,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    efficiency: float = 1.0,
) -> Network:
    """Return nodes "node0", "node1", … in a line, each joined to the next.

    ``length_km`` is that of one link: 0 gives an ideal link (a Werner pair of ``fidelity`` at once and with
    certainty), more gives a fibre whose pairs are heralded in the middle. Raises InvalidInputError for fewer
    than 2 nodes, a negative length or attenuation, or a fidelity outside [0, 1].
    """
    shape = shapes.chain(nodes, _length(length_km))
    return _joined(shape, fidelity, attenuation_db_per_km, efficiency)


def star(
    nodes: int = 5,
    length_km: float = 0.0,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    efficiency: float = 1.0,
) -> Network:
    """Return a node "hub" and around it "node0", "node1", …; ``nodes`` counts them all, from 3."""
    shape = shapes.star(nodes, _length(length_km))
    return _joined(shape, fidelity, attenuation_db_per_km, efficiency)


def ring(
    nodes: int = 4,
    length_km: float = 0.0,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    efficiency: float = 1.0,
) -> Network:
    """Return nodes "node0", "node1", … (from 3) on a circle, each joined to the next."""
    shape = shapes.ring(nodes, _length(length_km))
    return _joined(shape, fidelity, attenuation_db_per_km, efficiency)


def grid(
    rows: int = 3,
    columns: int = 3,
    length_km: float = 0.0,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    efficiency: float = 1.0,
) -> Network:
    """Return nodes "r0c0", "r0c1", … on a square lattice; the ends are opposite corners."""
    shape = shapes.grid(rows, columns, _length(length_km))
    return _joined(shape, fidelity, attenuation_db_per_km, efficiency)


def complete(
    nodes: int = 4,
    length_km: float = 0.0,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    efficiency: float = 1.0,
) -> Network:
    """Return nodes "node0", "node1", …, every two joined by a link of the same length."""
    shape = shapes.complete(nodes, _length(length_km))
    return _joined(shape, fidelity, attenuation_db_per_km, efficiency)


def tree(
    branching: int = 2,
    depth: int = 2,
    length_km: float = 0.0,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    efficiency: float = 1.0,
) -> Network:
    """Return the root "node0" and ``depth`` generations of ``branching`` children each, numbered by level."""
    shape = shapes.tree(branching, depth, _length(length_km))
    return _joined(shape, fidelity, attenuation_db_per_km, efficiency)


def hierarchical(
    clusters: int = 4,
    cluster_nodes: int = 4,
    backbone_km: float = 50.0,
    cluster_km: float = 10.0,
    seed: int = 0,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    efficiency: float = 1.0,
) -> Network:
    """Return clusters of nodes "c0n0", … at random places around gateways that a backbone ring joins."""
    shape = generators.hierarchical(clusters, cluster_nodes, backbone_km, cluster_km, seed)
    return _joined(shape, fidelity, attenuation_db_per_km, efficiency)


def small_world(
    nodes: int = 20,
    neighbours: int = 4,
    rewiring: float = 0.1,
    size_km: float = 100.0,
    seed: int = 0,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    efficiency: float = 1.0,
) -> Network:
    """Return a Watts-Strogatz network: nodes on a circle ``size_km`` wide, some of the joins rewired."""
    shape = generators.small_world(nodes, neighbours, rewiring, size_km, seed)
    return _joined(shape, fidelity, attenuation_db_per_km, efficiency)


def scale_free(
    nodes: int = 20,
    attachments: int = 2,
    size_km: float = 100.0,
    seed: int = 0,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    efficiency: float = 1.0,
) -> Network:
    """Return a Barabási-Albert network: nodes in a square that join the busiest of the earlier ones."""
    shape = generators.scale_free(nodes, attachments, size_km, seed)
    return _joined(shape, fidelity, attenuation_db_per_km, efficiency)


def random_geometric(
    nodes: int = 20,
    radius_km: float | None = None,
    size_km: float = 100.0,
    seed: int = 0,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    efficiency: float = 1.0,
) -> Network:
    """Return nodes in a square, joined within ``radius_km`` (by default just enough to be connected)."""
    shape = generators.random_geometric(nodes, radius_km, size_km, seed)
    return _joined(shape, fidelity, attenuation_db_per_km, efficiency)


def waxman(
    nodes: int = 20,
    alpha: float = 0.2,
    beta: float = 0.8,
    size_km: float = 100.0,
    seed: int = 0,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    efficiency: float = 1.0,
) -> Network:
    """Return nodes in a square, joined with probability beta·exp(-d/(alpha·L)), L the largest distance."""
    shape = generators.waxman(nodes, alpha, beta, size_km, seed)
    return _joined(shape, fidelity, attenuation_db_per_km, efficiency)


def real_map(
    name: str,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    efficiency: float = 1.0,
) -> Network:
    """Return a real network of the package topohub by name, such as "topozoo/Surfnet", with its lengths."""
    network = maps.read_map(name)
    model = _fibre(fidelity, attenuation_db_per_km, efficiency)
    links = (dataclasses.replace(k, model=model(k.length_km, {})) for k in network.links)
    return Network(network.nodes, tuple(links))


def file(
    path: str,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
    efficiency: float = 1.0,
) -> Network:
    """Return the network of a GraphML, GML or JSON file; see ``qnetframe.network.read_network``.

    A link with a model of its own keeps it. Any other is a fibre of its length, where attributes of its own
    named as the parameters come first; without a length it is ideal.
    """
    model = _fibre(fidelity, attenuation_db_per_km, efficiency)
    return files.read_network(path, link=lambda link: model(link.length_km, link.attributes))


ModelOf = Callable[[float | None, Mapping[str, Scalar]], LinkModel]


def _fibre(fidelity: float, attenuation: float, efficiency: float) -> ModelOf:
    """Return what makes the model of a link from its length and attributes: equal ones are made once."""
    checks.probability(fidelity, "fidelity")
    checks.non_negative(attenuation, "attenuation_db_per_km")
    checks.probability(efficiency, "efficiency")
    usual: dict[str, Scalar] = dict(zip(_PHYSICS, (fidelity, attenuation, efficiency), strict=True))
    made: dict[tuple[object, ...], LinkModel] = {}

    def model(length_km: float | None, attributes: Mapping[str, Scalar]) -> LinkModel:
        own = {name: attributes.get(name, usual[name]) for name in _PHYSICS}
        key = (length_km, *own.values())
        if key not in made:
            made[key] = (
                ideal_link(own["fidelity"])  # type: ignore[arg-type]
                if length_km is None
                else fiber_link(length_km, **own)  # type: ignore[arg-type]
            )
        return made[key]

    return model


def _joined(shape: shapes.Shape, fidelity: float, attenuation: float, efficiency: float) -> Network:
    model = _fibre(fidelity, attenuation, efficiency)
    nodes = tuple(Node(name, position=place) for name, place in shape.places.items())
    # A length of 0 means no fibre at all.
    links = (Link(a, b, model(length or None, {}), length_km=length) for a, b, length in shape.joins)
    return Network(nodes, tuple(links))


def _length(length_km: float) -> float:
    return checks.non_negative(length_km, "length_km")


TOPOLOGIES: tuple[TopologySpec, ...] = (
    TopologySpec("chain", chain, "nodes in a line, equal links"),
    TopologySpec("star", star, "leaves around a hub, equal links"),
    TopologySpec("ring", ring, "nodes on a circle, equal links"),
    TopologySpec("grid", grid, "a square lattice, equal links"),
    TopologySpec("complete", complete, "every two nodes joined, equal links"),
    TopologySpec("tree", tree, "a balanced tree, equal links"),
    TopologySpec("hierarchical", hierarchical, "clusters around gateways on a backbone ring"),
    TopologySpec("small-world", small_world, "Watts-Strogatz: a ring with some links rewired at random"),
    TopologySpec("scale-free", scale_free, "Barabási-Albert: new nodes join busy ones"),
    TopologySpec("random-geometric", random_geometric, "nodes in a square, joined if near"),
    TopologySpec("waxman", waxman, "nodes in a square, joined by chance that falls with distance"),
    TopologySpec("map", real_map, "a real network by name, such as topozoo/Surfnet"),
    TopologySpec("file", file, "a network from a GraphML, GML or JSON file"),
)
