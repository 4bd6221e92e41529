"""Node and Network: frozen, validated, with routes and light times."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.network.attributes import NODE_FIELDS, Scalar, frozen_attributes
from qnetframe.network.hardware import Hardware
from qnetframe.network.links import Link, LinkModel
from qnetframe.network.search import links_back, nodes_along, shortest_tree

# Light in fibre (group index 1.5), for the length of a link that gives only its light time.
_KM_PER_SECOND = 2e5
# 8e-25 s: exact for the delay of any link longer than a few metres.
_TICKS_PER_SECOND = 1 << 80
IDEAL = Hardware()


@dataclass(frozen=True, slots=True)
class Node:
    """A named place with a device.

    ``position`` is two or three coordinates in km. ``attributes`` are what else is known of it: text,
    numbers, true or false. Of these ``hardware`` names a device of a plugin, which ``qn.run`` puts where the
    node's own is ideal, and ``longitude_deg`` and ``latitude_deg`` put the node on a map.
    """

    name: str
    hardware: Hardware = IDEAL
    position: tuple[float, ...] | None = None
    attributes: Mapping[str, Scalar] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise InvalidInputError(f"node name is {self.name!r}; it must be a non-empty string")
        if not isinstance(self.hardware, Hardware):
            raise InvalidInputError(f"node {self.name!r}: {self.hardware!r:.60} is not a Hardware")
        if self.position is not None:
            place = tuple(checks.finite(x, f"node {self.name!r}: position") for x in self.position)
            if len(place) not in (2, 3):
                raise InvalidInputError(f"node {self.name!r}: position {place} must have 2 or 3 numbers")
            object.__setattr__(self, "position", place)
        where = f"node {self.name!r}"
        object.__setattr__(self, "attributes", frozen_attributes(self.attributes, where, NODE_FIELDS))

    @property
    def names_hardware(self) -> bool:
        """Whether the attribute ``hardware`` names a device that is not made yet."""
        return self.attributes.get("hardware", "ideal") != "ideal" and self.hardware == IDEAL

    def __reduce__(self) -> tuple[object, ...]:
        # A mapping proxy cannot be pickled or deep-copied.
        return Node, (self.name, self.hardware, self.position, dict(self.attributes))


@dataclass(frozen=True)
class Network:
    """Nodes and the links between them; equal and hashable by content.

    Raises InvalidInputError for no node, doubly named nodes or links, and a link to a node that is not there.
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", tuple(self.nodes))
        object.__setattr__(self, "links", tuple(self.links))
        if not self.nodes:
            raise InvalidInputError("a network needs at least one node")
        names: set[str] = set()
        for node in self.nodes:
            if node.name in names:
                raise InvalidInputError(f"network has two nodes named {node.name!r}")
            names.add(node.name)
        used: set[str] = set()
        for link in self.links:
            for end in (link.a, link.b):
                if end not in names:
                    raise InvalidInputError(
                        f"link {link.name!r} ends at unknown node {end!r}; nodes: {', '.join(self.names)}"
                    )
            if link.name in used:
                raise InvalidInputError(f"network has two links named {link.name!r}; name parallel links")
            used.add(link.name)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the nodes, in order."""
        return tuple(n.name for n in self.nodes)

    @property
    def ends(self) -> tuple[str, str]:
        """The names of the first and the last node."""
        return self.nodes[0].name, self.nodes[-1].name

    def node(self, name: str) -> Node:
        """Return a node by name; UnknownNameError lists the nodes."""
        try:
            return self._by_name[name]
        except KeyError:
            raise UnknownNameError("node", str(name), self.names) from None

    def links_between(self, a: str, b: str) -> tuple[Link, ...]:
        """Return the links that join two nodes directly, in order."""
        # From the end with fewer links: a hub may have thousands.
        here, there = sorted((self.node(a).name, self.node(b).name), key=lambda n: len(self.links_by_node[n]))
        return tuple(link for link in self.links_by_node[here] if link.other(here) == there)

    def links_at(self, name: str) -> tuple[Link, ...]:
        """Return the links of a node, in order."""
        return self.links_by_node[self.node(name).name]

    def neighbours(self, name: str) -> tuple[str, ...]:
        """Return the nodes that share a link with one, in order of links."""
        return tuple(dict.fromkeys(link.other(name) for link in self.links_at(name)))

    def route(self, a: str, b: str) -> tuple[str, ...]:
        """Return the nodes on the shortest path by length (fewest links among equals), both ends included.

        A link without a length counts as its light time in fibre. Raises InvalidInputError for nodes that
        no path joins.
        """
        return self._shortest(a, b, length_of)[1]

    def light_time(self, a: str, b: str) -> float:
        """Return the light time in seconds of the fastest route between two nodes."""
        self.node(a), self.node(b)
        if a not in self._light and b not in self._light:
            # Both ends are kept, so that one node to many and many to one cost one search each.
            for end in (a, b):
                self._light[end] = shortest_tree(self.links_by_node, end, _ticks)[0]
        root, other = (a, b) if a in self._light else (b, a)
        if other not in self._light[root]:
            raise self._apart(a, b, shortest_tree(self.links_by_node, a, _ticks)[0])
        return self._light[root][other] / _TICKS_PER_SECOND

    def _shortest(self, a: str, b: str, weight: Callable[[Link], float]) -> tuple[float, tuple[str, ...]]:
        self.node(a), self.node(b)
        totals, arrived = shortest_tree(self.links_by_node, a, weight, target=b)
        if b not in totals:
            raise self._apart(a, b, totals)
        return totals[b], nodes_along(a, links_back(arrived, a, b))

    def _apart(self, a: str, b: str, reached: Iterable[str]) -> InvalidInputError:
        inside = set(reached)
        names = [n for n in self.names if n in inside]
        shown = names if len(names) <= 32 else [*names[:16], f"… ({len(names)} in all)"]
        return InvalidInputError(
            f"no route joins nodes {a!r} and {b!r}; {a!r} reaches only: {', '.join(shown)}"
        )

    @cached_property
    def _light(self) -> dict[str, dict[str, float]]:
        """Light times, in ticks, from the nodes that were asked about."""
        return {}

    @cached_property
    def _by_name(self) -> dict[str, Node]:
        return {n.name: n for n in self.nodes}

    @cached_property
    def links_by_node(self) -> Mapping[str, tuple[Link, ...]]:
        """The links of every node, in order."""
        found: dict[str, list[Link]] = {n.name: [] for n in self.nodes}
        for link in self.links:
            found[link.a].append(link)
            found[link.b].append(link)
        return {name: tuple(links) for name, links in found.items()}

    @cached_property
    def content_hash(self) -> str:
        """The sha256 of the canonical JSON."""
        text = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return sha256(text.encode()).hexdigest()

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def to_dict(self) -> dict[str, Any]:
        """Return the network as plain JSON values."""
        from qnetframe.network import serial

        return serial.write_network(self)

    @staticmethod
    def from_dict(data: Any) -> Network:
        """Return the network of ``to_dict``; InvalidInputError names the field that is wrong."""
        from qnetframe.network import serial

        return serial.read_network(data)

    def __str__(self) -> str:
        lines = [f"network of {len(self.nodes)} nodes, {len(self.links)} links"]
        lines += [f"  {n.name}: {n.hardware.name}" for n in self.nodes]
        for link in self.links:
            length = "" if link.length_km is None else f", {link.length_km:g} km"
            model = link.model
            lines.append(
                f"  {link.name}{length}: F={model.fidelity:.6g}, p={model.success_probability:.3g} "
                f"each {model.attempt_time:.3g} s"
            )
        return "\n".join(lines)


def _ticks(link: Link) -> int:
    """Return a delay as a whole number: sums of whole numbers are the same from either end of a route."""
    return int(link.model.delay * _TICKS_PER_SECOND)


def length_of(link: Link) -> float:
    """Return the length of a link in km; of one that has none, its light time in fibre."""
    return link.model.delay * _KM_PER_SECOND if link.length_km is None else link.length_km


def with_hardware(network: Network, hardware: Hardware | Mapping[str, Hardware]) -> Network:
    """Return the network with this hardware on every node, or on the nodes that a mapping names."""
    if isinstance(hardware, Hardware):
        chosen: Mapping[str, Hardware] = dict.fromkeys(network.names, hardware)
    else:
        chosen = hardware
        for name in chosen:
            network.node(name)
    nodes = (dataclasses.replace(n, hardware=chosen.get(n.name, n.hardware)) for n in network.nodes)
    return Network(tuple(nodes), network.links)


def with_link(network: Network, model: LinkModel, length_km: float | None = None) -> Network:
    """Return the network with this model (and length in km) on every link."""
    links = (dataclasses.replace(link, model=model, length_km=length_km) for link in network.links)
    return Network(network.nodes, tuple(links))
