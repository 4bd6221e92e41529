"""JSON: strict parsing, and the node-link form of networkx and of many data sets."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from qnetframe.errors import InvalidInputError
from qnetframe.network.attributes import Scalar
from qnetframe.network.raw import RawGraph


def parse_json(text: str, prefix: str = "") -> Any:
    """Return the value of a JSON text; no field twice, no NaN. InvalidInputError names the line."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise InvalidInputError(f"{prefix}the field {key!r:.60} is given twice in one object")
            found[key] = value
        return found

    def constant(name: str) -> NoReturn:
        raise InvalidInputError(f"{prefix}{name} is not JSON; numbers must be finite")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise InvalidInputError(f"{prefix}line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise InvalidInputError(f"{prefix}lists or objects are nested too deep") from None
    except InvalidInputError:
        raise
    except ValueError as error:
        raise InvalidInputError(f"{prefix}{error}") from None


def read_node_link(data: Any) -> RawGraph:
    """Return the nodes and links of ``{"nodes": [{"id": …}], "links": [{"source": …, "target": …}]}``.

    "edges" may stand for "links". What is null is left out.
    """
    if not isinstance(data, dict) or not isinstance(data.get("nodes"), list):
        raise InvalidInputError('a network in JSON must be an object with a list "nodes"')
    if data.get("directed"):
        raise InvalidInputError("the graph is directed; links have no direction: directed false")
    given = [name for name in ("links", "edges") if name in data]
    if len(given) != 1 or not isinstance(data[given[0]], list):
        raise InvalidInputError('a network in JSON must have one list "links" or "edges"')
    graph = RawGraph()
    for i, item in enumerate(data["nodes"]):
        where = f"nodes[{i}]"
        attributes = _attributes(item, where)
        graph.add_node(_key(attributes, "id", where), attributes, where)
    for i, item in enumerate(data[given[0]]):
        where = f"{given[0]}[{i}]"
        attributes = _attributes(item, where)
        attributes.pop("key", None)
        ends = _key(attributes, "source", where), _key(attributes, "target", where)
        graph.add_link(*ends, attributes, where)
    return graph


def _attributes(item: Any, where: str) -> dict[str, Scalar]:
    if not isinstance(item, dict):
        raise InvalidInputError(f"{where} is {item!r:.60}; it must be a JSON object")
    for name, value in item.items():
        if isinstance(value, (list, dict)):
            raise InvalidInputError(
                f"{where}: attribute {name!r} is nested; it must be text, a number, true or false"
                + ("; a place is x_km and y_km, or longitude_deg and latitude_deg" if name == "pos" else "")
            )
    return {name: value for name, value in item.items() if value is not None}


def _key(attributes: dict[str, Scalar], name: str, where: str) -> str:
    if name not in attributes:
        raise InvalidInputError(f"{where} has no field {name!r}")
    return str(attributes.pop(name))
