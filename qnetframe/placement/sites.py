"""Sites: which node each party sits at, which link joins two of them, and how long a message takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qnetframe.errors import InvalidInputError, LocalityError, UnknownNameError
from qnetframe.network import Link, Network
from qnetframe.program.program import Program


def nodes_of_parties(
    program: Program, network: Network | None, nodes: Mapping[str, str] | None
) -> dict[str, str]:
    """Return the node of every party: as ``nodes`` says, else the node of the party's name.

    Raises InvalidInputError for a party that the program does not have, UnknownNameError for a node that the
    network does not have.
    """
    given = dict(nodes or {})
    for party in given:
        if party not in program.parties:
            raise InvalidInputError(
                f"nodes= names party {party!r}; the program has: {', '.join(program.parties) or 'none'}"
            )
    sites = {party: given.get(party, party) for party in program.parties}
    if network is not None:
        for party, node in sites.items():
            if node not in network.names:
                raise UnknownNameError(
                    "node",
                    node,
                    network.names,
                    f"Say where party {party!r} sits: nodes={{{party!r}: {network.names[0]!r}}}.",
                )
    return sites


@dataclass
class Sites:
    """Parties on a network (None: every two parties joined by ideal links)."""

    network: Network | None
    nodes: Mapping[str, str]
    _light: dict[tuple[str, str], float] = field(default_factory=dict)
    _links: dict[tuple[str, str, str | None], Link] = field(default_factory=dict)

    def light_time(self, sender: str, receiver: str) -> float:
        """Return the seconds that a message takes between two parties."""
        a, b = self.nodes[sender], self.nodes[receiver]
        if self.network is None or a == b:
            return 0.0
        key = (a, b)
        if key not in self._light:
            self._light[key] = self.network.light_time(a, b)
        return self._light[key]

    def link(self, what: str, first: str, second: str, name: str | None) -> Link:
        """Return the link that ``what`` (entangle or send) uses between two parties."""
        a, b = self.nodes[first], self.nodes[second]
        key = (a, b, name)
        if key not in self._links:
            ideal = self.network is None
            self._links[key] = Link(a, b, name=name or "") if ideal else self._find(what, a, b, name)
        return self._links[key]

    def _find(self, what: str, a: str, b: str, name: str | None) -> Link:
        assert self.network is not None
        links = self.network.links_between(a, b)
        if not links:
            there = ", ".join(link.name for link in self.network.links) or "none"
            raise LocalityError(f"{what}: no link joins nodes {a!r} and {b!r}; links: {there}")
        names = ", ".join(link.name for link in links)
        if name is None:
            if len(links) > 1:
                raise InvalidInputError(
                    f"{what}: nodes {a!r} and {b!r} share the links {names}; name one with link="
                )
            return links[0]
        for link in links:
            if link.name == name:
                return link
        raise InvalidInputError(f"{what}: no link {name!r} joins nodes {a!r} and {b!r}; links there: {names}")
