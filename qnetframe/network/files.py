"""Networks from and to files: GraphML, GML and JSON, by the ending of the name.

Fields and attributes have the same names in every format. Nodes: ``name``, ``x_km``, ``y_km`` and ``z_km``,
or ``longitude_deg`` and ``latitude_deg``, and ``hardware``, the name of a device. Links: ``name``,
``length_km``, and what the maker of models reads, such as ``fidelity``. Whole models and devices are
``model_json`` and ``hardware_json``. Anything else is kept as it is.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe.network import serial
from qnetframe.network.attributes import Scalar
from qnetframe.network.gml import read_gml, write_gml
from qnetframe.network.graphml import read_graphml, write_graphml
from qnetframe.network.links import Link, LinkModel
from qnetframe.network.maps import distinct_names, great_circle_km, projected
from qnetframe.network.network import IDEAL, Network, Node
from qnetframe.network.nodelink import parse_json, read_node_link
from qnetframe.network.raw import RawGraph, RawLink, RawNode
from qnetframe.network.units import LINK_QUANTITIES, NODE_QUANTITIES, check_units

MAX_BYTES = 32 << 20
FORMATS = (".graphml", ".gml", ".json")
_DEGREES = {
    "longitude": "longitude_deg",
    "lon": "longitude_deg",
    "latitude": "latitude_deg",
    "lat": "latitude_deg",
}
ModelOf = Callable[[Link], LinkModel]


def read_network(path: str | Path, link: ModelOf | None = None) -> Network:
    """Return the network of a .graphml, .gml or .json file (ours, or networkx's node-link form).

    ``link`` makes the model of a link that the file gives none, from its length and attributes; without it
    such a link must have no length, and is ideal. Lengths that are not given follow from the places of the
    nodes, as great circles where those are longitudes and latitudes; either every link has a length or none.

    Raises InvalidInputError, which names the file and the place in it, for a file that cannot be read, is
    malformed, declares entities, has directed links, nested attributes or a quantity in another unit, or
    is larger than 32 MiB, 100,000 nodes, 500,000 links or 2,000,000 attributes.
    """
    source = _path(path)
    try:
        content = _content(source)
        if source.suffix.lower() == ".graphml":
            return _network(read_graphml(content), link)
        if source.suffix.lower() == ".gml":
            return _network(read_gml(_text(content, "iso-8859-1")), link)
        data = parse_json(_text(content))
        if isinstance(data, dict) and "format" in data:
            return Network.from_dict(data)
        return _network(read_node_link(data), link)
    except QnetframeError as error:
        raise InvalidInputError(f"{str(path)!r}: {error}") from None


def write_network(network: Network, path: str | Path) -> Path:
    """Write a network into a .graphml, .gml or .json file, from which ``read_network`` makes an equal one.

    Raises InvalidInputError for what a format cannot hold (GML has no true and false) and for a file that
    cannot be written. Returns the path.
    """
    target = _path(path)
    try:
        if target.suffix.lower() == ".json":
            text = json.dumps(network.to_dict(), indent=1, allow_nan=False) + "\n"
        elif target.suffix.lower() == ".gml":
            text = write_gml(_raw(network))
        else:
            text = write_graphml(_raw(network))
        content = text.encode()
        if len(content) > MAX_BYTES:
            raise InvalidInputError(f"the network takes {len(content)} bytes; files have at most {MAX_BYTES}")
        target.write_bytes(content)
    except QnetframeError as error:
        raise InvalidInputError(f"{str(path)!r}: {error}") from None
    except UnicodeEncodeError as error:
        raise InvalidInputError(f"{str(path)!r}: text that is no Unicode: {error.reason}") from None
    except OSError as error:
        raise InvalidInputError(f"{str(path)!r} cannot be written: {error.strerror or error}") from None
    return target


def _path(path: str | Path) -> Path:
    if not isinstance(path, (str, Path)):
        raise InvalidInputError(f"path is {path!r:.60}; it must be the path of a file")
    found = Path(path)
    if found.suffix.lower() not in FORMATS:
        raise InvalidInputError(f"path {str(path)!r} ends in {found.suffix!r}; allowed: {', '.join(FORMATS)}")
    return found


def _content(path: Path) -> bytes:
    try:
        # A pipe or a device may never end.
        if path.exists() and not path.is_file():
            raise InvalidInputError("it is not a regular file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(f"it cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > MAX_BYTES:
        raise InvalidInputError(f"the file is larger than {MAX_BYTES} bytes, the most that are read")
    return content


def _text(content: bytes, other: str | None = None) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if other is not None:
            return content.decode(other)
        raise InvalidInputError(f"byte {error.start} is not UTF-8") from None


def _network(graph: RawGraph, model_of: ModelOf | None) -> Network:
    if not graph.nodes:
        raise InvalidInputError("there is no node")
    named = all("name" in raw.attributes for raw in graph.nodes)
    labels = [raw.attributes.pop("name" if named else "label", None) for raw in graph.nodes]
    names = distinct_names([(raw.key, label) for raw, label in zip(graph.nodes, labels, strict=True)])
    keys: dict[str, str] = {}
    for raw, name in zip(graph.nodes, names, strict=True):
        if raw.key in keys:
            raise InvalidInputError(f"{raw.where}: there are two nodes with id {raw.key!r}")
        keys[raw.key] = name
        if not named and str(raw.attributes.get("id")) == raw.key:
            del raw.attributes["id"]
    nodes = _placed([_at(raw.where, _node, raw, name) for raw, name in zip(graph.nodes, names, strict=True)])
    by_name = {node.name: node for node in nodes}
    used: Counter[str] = Counter()
    links = [_at(raw.where, _link, raw, keys, by_name, used, model_of) for raw in graph.links]
    bare = [k for k, raw in zip(links, graph.links, strict=True) if "model_json" not in raw.attributes]
    without = [k.name for k in bare if k.length_km is None]
    if without and len(without) < len(bare):
        raise InvalidInputError(
            f"link {without[0]!r} has no length_km and others have; give each one or none"
        )
    return Network(nodes, tuple(links))


def _at(where: str, build: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return build(*arguments)
    except QnetframeError as error:
        raise InvalidInputError(f"{where}: {error}") from None


def _node(raw: RawNode, name: str) -> Node:
    where = f"node {name!r}"
    attributes = {_DEGREES.get(key.lower(), key): value for key, value in raw.attributes.items()}
    check_units(attributes, NODE_QUANTITIES, where)
    if ("longitude_deg" in attributes) != ("latitude_deg" in attributes):
        raise InvalidInputError(
            f"{where} has one of longitude_deg and latitude_deg; it must have both or none"
        )
    place = [attributes.pop(axis, None) for axis in ("x_km", "y_km", "z_km")]
    if (place[0] is None) != (place[1] is None) or (place[0] is None and place[2] is not None):
        raise InvalidInputError(f"{where} has one of x_km and y_km; it must have both or none")
    position = None if place[0] is None else tuple(
        checks.finite(x, f"{where}: {axis}_km") for axis, x in zip("xyz", place, strict=True) if x is not None
    )  # fmt: skip
    device = attributes.pop("hardware_json", None)
    hardware = IDEAL if device is None else _embedded(serial.read_hardware, device, "hardware_json")
    return Node(name, hardware, position, attributes)


def _placed(nodes: list[Node]) -> tuple[Node, ...]:
    """Return the nodes; where none has a place in km, those of longitude and latitude get one."""
    degrees = [_degrees(node) for node in nodes]
    known = [place for place in degrees if place is not None]
    if not known or any(node.position for node in nodes):
        return tuple(nodes)
    places = iter(projected(known))
    return tuple(
        node if place is None else Node(node.name, node.hardware, next(places), node.attributes)
        for node, place in zip(nodes, degrees, strict=True)
    )


def _degrees(node: Node) -> tuple[float, float] | None:
    longitude, latitude = (node.attributes.get(name) for name in ("longitude_deg", "latitude_deg"))
    return None if longitude is None or latitude is None else (float(longitude), float(latitude))


def _link(
    raw: RawLink,
    keys: dict[str, str],
    nodes: Mapping[str, Node],
    used: Counter[str],
    model_of: ModelOf | None,
) -> Link:
    for end in (raw.a, raw.b):
        if end not in keys:
            raise InvalidInputError(f"a link ends at {end!r}, which is the id of no node")
    a, b = keys[raw.a], keys[raw.b]
    attributes = {k: v for k, v in raw.attributes.items() if k not in ("name", "length_km", "model_json")}
    name = str(raw.attributes.get("name", ""))
    if not name:
        usual = f"{a}-{b}"
        used[usual] += 1
        name = usual if used[usual] == 1 else f"{usual} {used[usual]}"
    where = f"link {name!r}"
    check_units(attributes, LINK_QUANTITIES, where)
    length = raw.attributes.get("length_km")
    given = raw.attributes.get("model_json")
    if length is not None:
        length = checks.non_negative(length, f"{where}: length_km")
    elif given is None:
        length = _distance(nodes[a], nodes[b])
    link = Link(a, b, LinkModel(), name=name, length_km=length, attributes=attributes)
    if given is not None:
        model = _embedded(serial.read_model, given, "model_json")
    elif model_of is not None:
        model = model_of(link)
    elif length is None:
        return link
    else:
        raise InvalidInputError(
            f"{where} has a length but no model: say with link= what makes one, or use the topology 'file'"
        )
    return Link(a, b, model, name, length, attributes)


def _distance(a: Node, b: Node) -> float | None:
    first, second = _degrees(a), _degrees(b)
    if first is not None and second is not None:
        return great_circle_km(first, second)
    if a.position is None or b.position is None or len(a.position) != len(b.position):
        return None
    return math.dist(a.position, b.position)


def _embedded(read: Callable[[Any, str], Any], text: Scalar, name: str) -> Any:
    if not isinstance(text, str):
        raise InvalidInputError(f"{name} is {text!r}; it must be JSON in text")
    return read(parse_json(text, f"{name}: "), name)


def _raw(network: Network) -> RawGraph:
    graph = RawGraph()
    for i, node in enumerate(network.nodes):
        own: dict[str, Scalar] = {"name": node.name}
        own.update(zip(("x_km", "y_km", "z_km"), node.position or (), strict=False))
        if node.hardware != IDEAL:
            own["hardware_json"] = _json(serial.write_hardware(node.hardware))
        graph.add_node(f"n{i}", {**own, **node.attributes}, f"node {node.name!r}")
    keys = {name: f"n{i}" for i, name in enumerate(network.names)}
    for link in network.links:
        mine: dict[str, Scalar] = {"name": link.name}
        if link.length_km is not None:
            mine["length_km"] = link.length_km
        mine["model_json"] = _json(serial.write_model(link.model))
        graph.add_link(keys[link.a], keys[link.b], {**mine, **link.attributes}, f"link {link.name!r}")
    return graph


def _json(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"), allow_nan=False)
