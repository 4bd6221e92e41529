"""Topologies that ship with the host."""

from __future__ import annotations

from itertools import pairwise

from qnetframe import checks
from qnetframe.api import TopologySpec
from qnetframe.builtin.links import fiber_link, ideal_link
from qnetframe.network import Link, Network, Node


def chain(
    nodes: int = 2,
    length_km: float = 0.0,
    fidelity: float = 1.0,
    attenuation_db_per_km: float = 0.2,
) -> Network:
    """Return nodes "node0", "node1", … in a line, each joined to the next.

    ``length_km`` is that of one link: 0 gives an ideal link (a Werner pair of ``fidelity`` at once and with
    certainty), more gives a fibre whose pairs are heralded in the middle. Raises InvalidInputError for fewer
    than 2 nodes, a negative length or attenuation, or a fidelity outside [0, 1].
    """
    count = checks.integer(nodes, "nodes", low=2)
    length = checks.non_negative(length_km, "length_km")
    checks.non_negative(attenuation_db_per_km, "attenuation_db_per_km")
    model = fiber_link(length, fidelity, attenuation_db_per_km) if length else ideal_link(fidelity)
    names = [f"node{i}" for i in range(count)]
    places = [Node(name, position=(i * (length or 1.0), 0.0)) for i, name in enumerate(names)]
    links = [Link(a, b, model, length_km=length) for a, b in pairwise(names)]
    return Network(tuple(places), tuple(links))


TOPOLOGIES: tuple[TopologySpec, ...] = (TopologySpec("chain", chain, "nodes in a line, equal links"),)
