"""From names and plain values to a network with devices, and the route of a protocol through it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.network import Link, LinkModel, Network, shortest_path, with_hardware
from qnetframe.network.paths import MEASURES
from qnetframe.plugins import Plugins, discover

RouteBy: TypeAlias = Literal["length", "fidelity", "hops"]


def build_network(
    plugins: Plugins,
    topology: str | Network | None,
    hardware: str | Mapping[str, str] | None,
    link: str | None,
    groups: Mapping[str, Mapping[str, Any]],
) -> Network | None:
    """Return the network that names and parameters ask for; None where nothing does.

    ``groups`` has the parameters of "topology", "hardware" and "link". A ``link`` replaces the physics of
    every link; where it takes a length and none is given, each link keeps its own. Devices that nodes name
    in their attributes are made unless ``hardware`` names another.
    """
    if groups["link"] and link is None:
        link = "fiber"
    if groups["hardware"] and hardware is None:
        raise InvalidInputError(
            f"parameters hardware.{', hardware.'.join(groups['hardware'])} need hardware="
        )
    if isinstance(topology, Network):
        if groups["topology"]:
            raise InvalidInputError("topology parameters need a topology given by name, not a Network")
        network = topology
    elif topology is None and not (hardware or link or groups["topology"]):
        return None
    else:
        network = plugins.make("topology", topology or "chain", groups["topology"])
    if link is not None:
        network = _with_links(plugins, network, link, groups["link"])
    if hardware is not None:
        named = {n.name: hardware for n in network.nodes} if isinstance(hardware, str) else dict(hardware)
        devices = {d: plugins.make("hardware", d, groups["hardware"]) for d in sorted(set(named.values()))}
        network = with_hardware(network, {node: devices[d] for node, d in named.items()})
    return with_named_hardware(network, plugins)


def with_named_hardware(network: Network, plugins: Plugins | None = None) -> Network:
    """Return the network with the devices that nodes name in their attribute ``hardware``.

    A node that has a device keeps it. Raises InvalidInputError, which names the node, for an unknown device.
    """
    wanted = {n.name: n.attributes["hardware"] for n in network.nodes if n.names_hardware}
    if not wanted:
        return network
    plugins = plugins or discover()
    made: dict[Any, Any] = {}
    for node, device in wanted.items():
        if device not in made:
            if not isinstance(device, str):
                raise InvalidInputError(
                    f"node {node!r}: attribute 'hardware' is {device!r}; it must be the name of a device"
                )
            try:
                made[device] = plugins.make("hardware", device)
            except UnknownNameError as error:
                raise InvalidInputError(f"node {node!r}: attribute 'hardware': {error}") from None
    return with_hardware(network, {node: made[device] for node, device in wanted.items()})


def _with_links(plugins: Plugins, network: Network, name: str, params: Mapping[str, Any]) -> Network:
    takes_length = any(p.name == "length_km" for p in plugins.parameters_of(plugins.links[name]))
    given = params.get("length_km")
    made: dict[float | None, LinkModel] = {}

    def changed(link: Link) -> Link:
        # A length of 0 is that of regular topologies without any.
        own = link.length_km if takes_length and given is None and link.length_km else None
        if own not in made:
            made[own] = plugins.make("link", name, params if own is None else {**params, "length_km": own})
        length = link.length_km if given is None else float(given)
        return dataclasses.replace(link, model=made[own], length_km=length)

    return dataclasses.replace(network, links=tuple(changed(link) for link in network.links))


def find_route(
    network: Network | None, ends: Sequence[str] | None = None, by: RouteBy = "length"
) -> tuple[str, ...]:
    """Return the nodes between two ends (by default those of the network), both included.

    ``by`` is what the route is best in. Without a network it is ("alice", "bob"). Raises InvalidInputError
    for ends that are not two nodes, and where no route joins them; UnknownNameError for unknown nodes.
    """
    if by not in MEASURES:
        raise InvalidInputError(f"route_by is {by!r}; allowed: {', '.join(MEASURES)}")
    if ends is not None and (
        isinstance(ends, str)
        or not isinstance(ends, Sequence)
        or len(ends) != 2
        or not all(isinstance(end, str) for end in ends)
        or ends[0] == ends[1]
    ):
        raise InvalidInputError(f"ends is {ends!r:.60}; it must be the names of two different nodes")
    if network is None:
        if ends is not None:
            raise InvalidInputError(f"ends is {tuple(ends)!r}, but there is no network; give a topology")
        return ("alice", "bob")
    a, b = network.ends if ends is None else ends
    return shortest_path(network, a, b, by).nodes
