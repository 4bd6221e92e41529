"""Networks and hardware as plain JSON values and back, exactly; what is malformed is refused by field.

JSON has no infinity: an infinite T1 or T2 is written as null.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Set
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe.network.attributes import Scalar
from qnetframe.network.hardware import GateProfile, Hardware, QubitProfile
from qnetframe.network.links import Link, LinkModel

if TYPE_CHECKING:
    from qnetframe.network.network import Network

FORMAT = "qnetframe-network-1"
T = TypeVar("T")


def write_network(network: Network) -> dict[str, Any]:
    """Return a network as plain values."""
    return {
        "format": FORMAT,
        "nodes": [
            {
                "name": n.name,
                "hardware": write_hardware(n.hardware),
                "position": None if n.position is None else list(n.position),
                **_more(n.attributes),
            }
            for n in network.nodes
        ],
        "links": [
            {
                "a": k.a,
                "b": k.b,
                "name": k.name,
                "length_km": k.length_km,
                "model": write_model(k.model),
                **_more(k.attributes),
            }
            for k in network.links
        ],
    }


def _more(attributes: Mapping[str, Scalar]) -> dict[str, Any]:
    """Return the field of attributes; none where there are none, as most networks have."""
    return {"attributes": dict(attributes)} if attributes else {}


def write_model(model: LinkModel) -> dict[str, Any]:
    """Return a link model as plain values."""
    data = {f.name: getattr(model, f.name) for f in fields(model)}
    data["state"] = [[[z.real, z.imag] for z in row] for row in model.state]
    data["send_channel"] = None if model.send_channel is None else model.send_channel.to_dict()
    return data


def write_hardware(hardware: Hardware) -> dict[str, Any]:
    """Return a device as plain values."""
    return {
        "name": hardware.name,
        "qubits": [_write_qubit(q) for q in hardware.qubits],
        "default": _write_qubit(hardware.default),
        "gates": [
            [name, list(qubits), gate.error, gate.duration, *_explicit(gate)]
            for (name, qubits), gate in sorted(hardware.gates.items(), key=lambda item: item[0])
        ],
        "coupling": None if hardware.coupling is None else sorted(map(list, hardware.coupling)),
        "preferred": list(hardware.preferred),
        "warnings": list(hardware.warnings),
        "excluded": list(hardware.excluded),
    }


def _explicit(gate: GateProfile) -> list[Any]:
    """Return the channel of a gate; nothing where there is none, as on most devices."""
    return [] if gate.channel is None else [gate.channel.to_dict()]


def _write_qubit(profile: QubitProfile) -> dict[str, Any]:
    data = {f.name: getattr(profile, f.name) for f in fields(profile)}
    data["readout"] = list(profile.readout)
    for name in ("t1", "t2"):
        data[name] = None if math.isinf(data[name]) else data[name]
    return data


def read_network(data: Any) -> Network:
    """Return the network of ``write_network``."""
    from qnetframe.network.network import Network, Node

    item = _object(data, {"format", "nodes", "links"}, "network")
    if item["format"] != FORMAT:
        raise InvalidInputError(f"network.format is {item['format']!r}; this version reads {FORMAT!r}")

    def node(value: Any, where: str) -> Node:
        entry = _object(value, {"name", "hardware", "position"}, where, {"attributes"})
        position = entry["position"]
        return Node(
            entry["name"],
            read_hardware(entry["hardware"], f"{where}.hardware"),
            None if position is None else tuple(_list(position, f"{where}.position")),
            entry.get("attributes", {}),
        )

    def link(value: Any, where: str) -> Link:
        entry = _object(value, {"a", "b", "name", "length_km", "model"}, where, {"attributes"})
        model = read_model(entry["model"], f"{where}.model")
        more = entry.get("attributes", {})
        return Link(entry["a"], entry["b"], model, entry["name"], entry["length_km"], more)

    nodes = [_built(node, n, f"nodes[{i}]") for i, n in enumerate(_list(item["nodes"], "nodes"))]
    links = [_built(link, k, f"links[{i}]") for i, k in enumerate(_list(item["links"], "links"))]
    return Network(tuple(nodes), tuple(links))


def read_model(data: Any, where: str = "model") -> LinkModel:
    """Return the link model of ``write_model``."""

    def build(value: Any, where: str) -> LinkModel:
        entry = dict(_object(value, {f.name for f in fields(LinkModel)}, where))
        rows = _list(entry["state"], f"{where}.state")
        entry["state"] = [[complex(re, im) for re, im in row] for row in rows]
        channel = entry["send_channel"]
        entry["send_channel"] = None if channel is None else Channel.from_dict(channel)
        return LinkModel(**entry)

    return _built(build, data, where)


def read_hardware(data: Any, where: str = "hardware") -> Hardware:
    """Return the device of ``write_hardware``."""

    def build(value: Any, where: str) -> Hardware:
        entry = _object(value, {f.name for f in fields(Hardware)}, where)
        gates = {
            (str(name), tuple(qubits)): GateProfile(error, duration, *map(Channel.from_dict, channel))
            for name, qubits, error, duration, *channel in _list(entry["gates"], f"{where}.gates")
        }
        coupling = entry["coupling"]
        return Hardware(
            name=entry["name"],
            qubits=tuple(_read_qubit(q, where) for q in _list(entry["qubits"], f"{where}.qubits")),
            default=_read_qubit(entry["default"], where),
            gates=gates,
            coupling=None if coupling is None else frozenset((a, b) for a, b in coupling),
            preferred=tuple(entry["preferred"]),
            warnings=tuple(entry["warnings"]),
            excluded=tuple(entry["excluded"]),
        )

    return _built(build, data, where)


def _read_qubit(data: Any, where: str) -> QubitProfile:
    entry = dict(_object(data, {f.name for f in fields(QubitProfile)}, f"{where}: qubit"))
    for name in ("t1", "t2"):
        entry[name] = math.inf if entry[name] is None else entry[name]
    entry["readout"] = tuple(_list(entry["readout"], f"{where}: qubit.readout"))
    return QubitProfile(**entry)


def _built(build: Callable[[Any, str], T], data: Any, where: str) -> T:
    """Return ``build(data, where)``, with every failure as an InvalidInputError that says where."""
    try:
        return build(data, where)
    except QnetframeError as error:
        text = str(error)
        raise InvalidInputError(text if text.startswith(where) else f"{where}: {text}") from None
    except (TypeError, ValueError, IndexError) as error:
        raise InvalidInputError(f"{where} is malformed: {error}") from None


def _object(data: Any, keys: set[str], where: str, optional: Set[str] = frozenset()) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise InvalidInputError(f"{where} is {data!r:.60}; it must be a JSON object")
    given = set(data) - optional
    if given != keys:
        missing = ", ".join(sorted(keys - given)) or "none"
        unknown = ", ".join(sorted(map(str, given - keys))) or "none"
        raise InvalidInputError(f"{where} has the wrong fields; missing: {missing}; unknown: {unknown}")
    return data


def _list(data: Any, where: str) -> list[Any]:
    if not isinstance(data, list):
        raise InvalidInputError(f"{where} is {data!r:.60}; it must be a JSON list")
    return data
