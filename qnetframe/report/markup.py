"""HTML and SVG as text, safe by default: whatever is not Markup is escaped."""

from __future__ import annotations

import html
import re
from typing import Any

_VOID = frozenset({"meta", "br", "hr", "circle", "line", "path", "rect", "input"})
# XML 1.0 has no way to write these, not even as references.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Markup(str):
    """Text that is markup already and is not escaped again."""

    __slots__ = ()


def escape(text: Any) -> Markup:
    """Return text as markup: escaped, with characters that no document may hold replaced by U+FFFD."""
    if isinstance(text, Markup):
        return text
    return Markup(html.escape(_UNWRITABLE.sub("\ufffd", str(text)), quote=True))


def drawn(text: str) -> Markup:
    """Return markup that another module wrote and escaped, without characters that no document may hold."""
    return Markup(_UNWRITABLE.sub("\ufffd", text))


def join(*children: Any, separator: str = "") -> Markup:
    """Return children one after another; None is left out."""
    return Markup(separator.join(escape(child) for child in children if child is not None))


def tag(name: str, /, *children: Any, **attributes: Any) -> Markup:
    """Return an element that is valid as HTML and as XML.

    ``class_`` means class and ``_`` means ``-`` in the names of attributes; None leaves an attribute out.
    """
    given = {
        key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None
    }
    opening = name + "".join(f' {key}="{escape(value)}"' for key, value in given.items())
    if name in _VOID and not children:
        return Markup(f"<{opening}/>")
    return Markup(f"<{opening}>{join(*children)}</{name}>")


def table(head: list[Any], rows: list[list[Any]], caption: str = "", class_: str | None = None) -> Markup:
    """Return a table whose first column names the row; it scrolls sideways where the page is narrow."""
    cells = [tag("th", cell, scope="col") for cell in head]
    body = [
        tag(
            "tr",
            tag("th", row[0], scope="row"),
            *(cell if _is_cell(cell) else tag("td", cell) for cell in row[1:]),
        )
        for row in rows
    ]
    title = tag("caption", caption) if caption else None
    whole = tag("table", title, tag("thead", tag("tr", *cells)), tag("tbody", *body), class_=class_)
    return tag("div", whole, class_="scroll", tabindex="0", role="group", aria_label=caption or "table")


def _is_cell(value: Any) -> bool:
    return isinstance(value, Markup) and value.startswith("<td")


def details(summary: str, *children: Any, open_: bool = False) -> Markup:
    """Return a part that opens when its summary is clicked."""
    return tag("details", tag("summary", summary), *children, open="open" if open_ else None)
