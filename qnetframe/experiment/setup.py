"""From names and plain values to a protocol, a network and a backend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qnetframe.api import BackendSpec, Protocol
from qnetframe.errors import InvalidInputError, PluginError
from qnetframe.experiment.networks import build_network
from qnetframe.network import Network
from qnetframe.plugins import Plugins

_PREFIXES = ("protocol", "topology", "hardware", "link", "backend")


@dataclass(frozen=True)
class Setup:
    """What a run needs, built and checked: the protocol, its name, the network, the backend options."""

    protocol: Protocol
    name: str
    network: Network | None
    backend_options: Mapping[str, Any]


def split_params(params: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """Sort ``{"topology.nodes": 3, "state": "0"}`` by prefix; a bare name is the protocol's own."""
    groups: dict[str, dict[str, Any]] = {prefix: {} for prefix in _PREFIXES}
    for key, value in (params or {}).items():
        prefix, dot, name = str(key).partition(".")
        if not dot:
            groups["protocol"][prefix] = value
        elif prefix in groups and name:
            groups[prefix][name] = value
        else:
            raise InvalidInputError(
                f"parameter {key!r} has prefix {prefix!r}; allowed are {', '.join(_PREFIXES)}, or none"
            )
    return groups


def mapping(value: Any, field: str, instead: str = "") -> None:
    """Raise InvalidInputError unless ``value`` is None or a mapping of names to names."""
    if value is None or (
        isinstance(value, Mapping) and all(isinstance(v, str) for pair in value.items() for v in pair)
    ):
        return
    raise InvalidInputError(f"{field} is {value!r:.60}; it must be {instead}a mapping of names to names")


def _check_names(topology: Any, hardware: Any, link: Any) -> None:
    if topology is not None and not isinstance(topology, (str, Network)):
        raise InvalidInputError(f"topology is {topology!r:.60}; it must be the name of one, or a Network")
    if not isinstance(hardware, str):
        mapping(hardware, "hardware", "the name of a device, or ")
    if link is not None and not isinstance(link, str):
        raise InvalidInputError(
            f"link is {link!r:.60}; it must be the name of a link model; put your own in a Network"
        )


def build_setup(
    plugins: Plugins,
    protocol: str | Protocol,
    topology: str | Network | None = None,
    hardware: str | Mapping[str, str] | None = None,
    link: str | None = None,
    params: Mapping[str, Any] | None = None,
) -> Setup:
    """Return the protocol and the network that names and parameters ask for.

    ``hardware`` is one device for every node or a device for each named node. Naming a link or hardware
    without a topology means a chain of two nodes. ``link`` replaces every link of the topology. See
    ``build_network``.
    """
    groups = split_params(params)
    _check_names(topology, hardware, link)
    if isinstance(protocol, str):
        name = protocol
        built = plugins.make("protocol", protocol, groups["protocol"])
    else:
        name, built = type(protocol).__name__, protocol
        if groups["protocol"]:
            raise InvalidInputError(f"parameters {sorted(groups['protocol'])} need a protocol given by name")
    if not callable(getattr(built, "run", None)):
        raise PluginError(f"protocol {name!r} has no method run(session)")
    return Setup(built, name, build_network(plugins, topology, hardware, link, groups), groups["backend"])


def backend_of(plugins: Plugins, name: str, options: Mapping[str, Any]) -> tuple[BackendSpec, Any]:
    """Return the spec and the instance of a backend."""
    spec = plugins.backends[name]
    backend = plugins.make("backend", name, options)
    if not callable(getattr(backend, "compile", None)):
        raise PluginError(f"backend {name!r} has no method compile(circuit)")
    return spec, backend
