"""GML: reading without nesting inside nodes and edges, writing in ASCII.

Source: M. Himsolt, GML: A portable graph file format (University of Passau, 1997).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import name2codepoint
from typing import NoReturn

from qnetframe.errors import InvalidInputError
from qnetframe.network.attributes import Scalar
from qnetframe.network.raw import RawGraph

_TOKEN = re.compile(
    r'(?P<blank>[\s]+|#[^\n]*)|(?P<open>\[)|(?P<close>\])|(?P<text>"[^"]*")|(?P<word>[^\s\[\]"#]+)'
)
_KEY = re.compile(r"[A-Za-z][0-9A-Za-z_]*")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_REAL = re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[Ee]))(?:[Ee][+-]?[0-9]+)?")
_ENTITY = re.compile(r"&(?:#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|([A-Za-z][A-Za-z0-9]*));")
# Far beyond any real file; what is nested deeper is not counted but refused.
_DEEPEST = 100
Token = tuple[str, str, int]


def read_gml(text: str) -> RawGraph:
    """Return the nodes and links of a GML document; InvalidInputError names the line of what is wrong."""
    graph, graphs = RawGraph(), 0
    tokens = _tokens(text)
    for key, value, line in _pairs(tokens, top=True):
        if key == "graph":
            if value is not None:
                _refuse(line, "graph must be a list in [ ]")
            graphs += 1
            _read_graph(tokens, graph)
        elif value is None:
            _skip(tokens, line)
    if graphs != 1:
        raise InvalidInputError(f"the document has {graphs} graphs; it must have one")
    return graph


def _read_graph(tokens: Iterator[Token], graph: RawGraph) -> None:
    for key, value, line in _pairs(tokens):
        if key in ("node", "edge"):
            if value is not None:
                _refuse(line, f"{key} must be a list in [ ]")
            attributes: dict[str, Scalar] = {}
            for name, item, place in _pairs(tokens):
                if item is None:
                    _refuse(place, f"attribute {name!r} is a list; attributes must be single numbers or text")
                if name in attributes:
                    _refuse(place, f"attribute {name!r} is given twice")
                attributes[name] = item
            if key == "node":
                graph.add_node(_key(attributes, "id", line, key), attributes, f"line {line}")
            else:
                a, b = (_key(attributes, end, line, key) for end in ("source", "target"))
                graph.add_link(a, b, attributes, f"line {line}")
        elif value is None:
            _skip(tokens, line)
        elif key == "directed" and value == 1:
            _refuse(line, "the graph is directed; links have no direction: directed 0")


def _key(attributes: dict[str, Scalar], name: str, line: int, item: str) -> str:
    if name not in attributes:
        _refuse(line, f"{item} has no {name!r}")
    return str(attributes.pop(name))


def _pairs(tokens: Iterator[Token], top: bool = False) -> Iterator[tuple[str, Scalar | None, int]]:
    """Yield (key, value, line) up to the closing bracket; None for a list, which is still to be read."""
    for kind, key, line in tokens:
        if kind == "close" and not top:
            return
        if kind != "word" or not _KEY.fullmatch(key):
            _refuse(line, f"{key!r:.40} stands where a key must stand")
        kind, value, line = next(tokens, ("end", "", line))
        if kind == "open":
            yield key, None, line
        elif kind == "text":
            yield key, _ENTITY.sub(_character, value[1:-1]), line
        elif kind == "word" and _INTEGER.fullmatch(value) and len(value) < 4000:
            yield key, int(value), line
        elif kind == "word" and _REAL.fullmatch(value):
            yield key, float(value), line
        else:
            what = f"is {value!r:.40}" if value else "has no value"
            _refuse(line, f"{key!r} {what}; it must be a number, text in quotes, or a list in [ ]")
    if not top:
        raise InvalidInputError("the document ends inside a list: a closing ] is missing")


def _skip(tokens: Iterator[Token], line: int) -> None:
    depth = 1
    for kind, _, place in tokens:
        depth += (kind == "open") - (kind == "close")
        if depth == 0:
            return
        if depth > _DEEPEST:
            _refuse(place, f"lists are nested more than {_DEEPEST} deep")
    raise InvalidInputError(f"the list that opens in line {line} is not closed")


def _tokens(text: str) -> Iterator[Token]:
    position, line = 0, 1
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            _refuse(line, "text in quotes is not closed")
        kind, word = str(found.lastgroup), found.group()
        if kind != "blank":
            yield kind, word, line
        line += word.count("\n")
        position = found.end()


def _character(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    code = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else name2codepoint.get(name)
    return found.group() if code is None or code > 0x10FFFF else chr(code)


def _refuse(line: int, text: str) -> NoReturn:
    raise InvalidInputError(f"line {line}: {text}")


def write_gml(graph: RawGraph) -> str:
    """Return a GML document that ``read_gml`` reads back exactly; a node's first attribute is its label.

    GML has no true and false, and keys of letters, digits and _ only: what it cannot hold is refused by name.
    """
    numbers = {node.key: i for i, node in enumerate(graph.nodes)}
    lines = ["graph [", "  directed 0"]
    if len({frozenset((link.a, link.b)) for link in graph.links}) < len(graph.links):
        lines.append("  multigraph 1")
    for node in graph.nodes:
        lines += ["  node [", f"    id {numbers[node.key]}"]
        name, *others = node.attributes.items()
        lines += _attributes({"label": name[1]}, (), node.where)
        lines += _attributes(dict(others), ("id", "label"), node.where)
        lines.append("  ]")
    for link in graph.links:
        lines += ["  edge [", f"    source {numbers[link.a]}", f"    target {numbers[link.b]}"]
        lines += _attributes(link.attributes, ("source", "target"), link.where)
        lines.append("  ]")
    return "\n".join([*lines, "]", ""])


def _attributes(attributes: dict[str, Scalar], taken: tuple[str, ...], where: str) -> Iterator[str]:
    for name, value in attributes.items():
        if name in taken or not _KEY.fullmatch(name):
            raise InvalidInputError(
                f"{where}: GML cannot hold an attribute named {name!r}; write GraphML or JSON"
            )
        if isinstance(value, bool):
            raise InvalidInputError(
                f"{where}: attribute {name!r} is {value}, which GML does not have; write GraphML or JSON"
            )
        yield f"    {name} {_written(value)}"


def _written(value: Scalar) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        digits, e, exponent = repr(value).partition("e")
        return (digits if "." in digits else digits + ".0") + e.upper() + exponent
    plain = (c if " " <= c <= "~" and c not in '"&' else f"&#{ord(c)};" for c in value)
    return f'"{"".join(plain)}"'
