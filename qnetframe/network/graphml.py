"""GraphML: reading without entities and nesting, writing with typed keys.

Source: U. Brandes et al., GraphML Progress Report, Graph Drawing 2001, LNCS 2265, 501.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NoReturn
from xml.parsers import expat

from qnetframe.errors import InvalidInputError
from qnetframe.network.attributes import Scalar
from qnetframe.network.raw import RawGraph

_CHILDREN = {
    "": ("graphml",),
    "graphml": ("key", "graph", "data", "desc"),
    "key": ("default", "desc"),
    "graph": ("node", "edge", "data", "desc"),
    "node": ("data", "desc"),
    "edge": ("data", "desc"),
}
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def _truth(text: str) -> bool:
    return _TRUTH[text.strip().lower()]


_TYPES: dict[str, Callable[[str], Scalar]] = {
    "boolean": _truth,
    "int": int,
    "long": int,
    "float": float,
    "double": float,
    "string": str,
}


def read_graphml(content: bytes) -> RawGraph:
    """Return the nodes and links of a GraphML document; InvalidInputError names the line of what is wrong."""
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise InvalidInputError(f"line {error.lineno}: not well-formed XML: {error}") from None
    except (LookupError, ValueError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(f"{reader.where}: not XML that can be read: {error}") from None
    if reader.graphs != 1:
        raise InvalidInputError(f"the document has {reader.graphs} graphs; it must have one")
    return reader.graph


class _Reader:
    """One pass of expat over a document."""

    def __init__(self) -> None:
        self.graph, self.graphs = RawGraph(), 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._open: list[str] = [""]
        # For each key: what it is for, its attribute's name, and the type of its values.
        self._keys: dict[str, tuple[str, str, str]] = {}
        self._defaults: dict[str, Scalar] = {}
        self._item: dict[str, str] = {}
        self._values: dict[str, Scalar] = {}
        self._key = ""
        self._words: list[str] = []
        self._line = ""

    @property
    def where(self) -> str:
        """The place in the document."""
        return f"line {self.parser.CurrentLineNumber}"

    def _refuse(self, text: str) -> NoReturn:
        raise InvalidInputError(f"{self.where}: {text}")

    def _doctype(self, *_: object) -> NoReturn:
        self._refuse("a document type or an entity is declared; neither is read, since entities can expand")

    def _start(self, tag: str, given: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name not in _CHILDREN.get(self._open[-1], ()):
            self._refuse(f"<{name}> inside <{self._open[-1]}> is not read" if self._open[-1] else f"<{name}>")
        self._open.append(name)
        self._words = []
        if name == "graph":
            self.graphs += 1
            if given.get("edgedefault") == "directed":
                self._refuse("the graph is directed; links have no direction: edgedefault='undirected'")
        elif name == "key":
            self._declare(given)
        elif name == "data":
            self._key = self._required(given, "key", "data")
        elif name in ("node", "edge"):
            self._item, self._values, self._line = given, {}, self.where
            if given.get("directed") == "true":
                self._refuse("the edge is directed; links have no direction")

    def _declare(self, given: dict[str, str]) -> None:
        self._key = self._required(given, "id", "key")
        kind = given.get("attr.type", "string")
        if self._key in self._keys:
            self._refuse(f"key {self._key!r} is declared twice")
        if kind not in _TYPES:
            self._refuse(f"key {self._key!r} has type {kind!r}; allowed: {', '.join(_TYPES)}")
        self._keys[self._key] = given.get("for", "all"), given.get("attr.name", self._key), kind

    def _required(self, given: dict[str, str], name: str, tag: str) -> str:
        if name not in given:
            self._refuse(f"<{tag}> has no attribute {name!r}")
        return given[name]

    def _text(self, text: str) -> None:
        if self._open[-1] in ("data", "default"):
            self._words.append(text)
        elif self._open[-1] != "desc" and text.strip():
            self._refuse(f"text {text.strip()!r:.40} inside <{self._open[-1]}>")

    def _end(self, tag: str) -> None:
        name, parent = self._open.pop(), self._open[-1]
        if name == "default":
            self._defaults[self._key] = self._value()
        elif name == "data" and parent in ("node", "edge"):
            if self._key not in self._keys:
                self._refuse(f"data has the key {self._key!r}, which is not declared before it")
            attribute = self._keys[self._key][1]
            if attribute in self._values:
                self._refuse(f"attribute {attribute!r} is given twice")
            self._values[attribute] = self._value()
        elif name in ("node", "edge"):
            for key, value in self._defaults.items():
                if self._keys[key][0] in (name, "all"):
                    self._values.setdefault(self._keys[key][1], value)
            if name == "node":
                self.graph.add_node(self._required(self._item, "id", name), self._values, self._line)
            else:
                a, b = (self._required(self._item, end, name) for end in ("source", "target"))
                self.graph.add_link(a, b, self._values, self._line)

    def _value(self) -> Scalar:
        _, attribute, kind = self._keys[self._key]
        text = "".join(self._words)
        try:
            return _TYPES[kind](text)
        except (ValueError, KeyError):
            self._refuse(f"attribute {attribute!r} is {text!r:.60}; its key says {kind}")


def write_graphml(graph: RawGraph) -> str:
    """Return a GraphML document that ``read_graphml`` reads back exactly."""
    keys: dict[tuple[str, str, str], str] = {}
    body: list[str] = []
    for node in graph.nodes:
        body.append(f"    <node id={_quoted(node.key)}>")
        body += _data("node", node.attributes, keys, node.where)
        body.append("    </node>")
    for link in graph.links:
        body.append(f"    <edge source={_quoted(link.a)} target={_quoted(link.b)}>")
        body += _data("edge", link.attributes, keys, link.where)
        body.append("    </edge>")
    head = [
        f'  <key id="{key}" for="{kind}" attr.name={_quoted(name)} attr.type="{type_}"/>'
        for (kind, name, type_), key in keys.items()
    ]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
            *head,
            '  <graph edgedefault="undirected">',
            *body,
            "  </graph>",
            "</graphml>",
            "",
        ]
    )


def _data(
    kind: str, attributes: dict[str, Scalar], keys: dict[tuple[str, str, str], str], where: str
) -> Iterable[str]:
    for name, value in attributes.items():
        for text in (name, value):
            if isinstance(text, str) and not all(_is_xml(c) for c in text):
                raise InvalidInputError(
                    f"{where}: attribute {name!r:.60} has a character that XML does not have; write JSON"
                )
        type_ = {bool: "boolean", int: "long", float: "double"}.get(type(value), "string")
        key = keys.setdefault((kind, name, type_), f"d{len(keys)}")
        text = str(value).lower() if isinstance(value, bool) else str(value)
        yield f'      <data key="{key}">{_escaped(text, "&<>" + chr(13))}</data>'


def _quoted(text: str) -> str:
    return '"' + _escaped(text, '&<>"' + "\t\n\r") + '"'


def _escaped(text: str, special: str) -> str:
    # By hand: xml.sax.saxutils takes 80 ms to import.
    return "".join(f"&#{ord(c)};" if c in special else c for c in text)


def _is_xml(character: str) -> bool:
    code = ord(character)
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code >= 0x10000
