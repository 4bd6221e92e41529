"""What a graph file says before it is understood: nodes and links with plain attributes, within limits."""

from __future__ import annotations

from dataclasses import dataclass, field

from qnetframe.errors import InvalidInputError
from qnetframe.network.attributes import Scalar
from qnetframe.network.shapes import MAX_LINKS, MAX_NODES

MAX_VALUES = 2_000_000


@dataclass(frozen=True)
class RawNode:
    """A node: the key by which links refer to it, its attributes, and where in the file it stands."""

    key: str
    attributes: dict[str, Scalar]
    where: str


@dataclass(frozen=True)
class RawLink:
    """A link between the nodes of two keys."""

    a: str
    b: str
    attributes: dict[str, Scalar]
    where: str


@dataclass
class RawGraph:
    """The nodes and links so far; it refuses more of them than is allowed."""

    nodes: list[RawNode] = field(default_factory=list)
    links: list[RawLink] = field(default_factory=list)
    values: int = 0

    def add_node(self, key: str, attributes: dict[str, Scalar], where: str) -> None:
        """Append a node."""
        self._count(len(self.nodes), MAX_NODES, "nodes", where)
        self._values(attributes, where)
        self.nodes.append(RawNode(key, attributes, where))

    def add_link(self, a: str, b: str, attributes: dict[str, Scalar], where: str) -> None:
        """Append a link."""
        self._count(len(self.links), MAX_LINKS, "links", where)
        self._values(attributes, where)
        self.links.append(RawLink(a, b, attributes, where))

    def _values(self, attributes: dict[str, Scalar], where: str) -> None:
        self.values += len(attributes)
        self._count(self.values - 1, MAX_VALUES, "attributes", where)

    def _count(self, number: int, most: int, what: str, where: str) -> None:
        if number >= most:
            raise InvalidInputError(f"{where}: the file has more than {most} {what}, the most that are read")
