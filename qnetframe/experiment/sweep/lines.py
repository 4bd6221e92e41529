"""In which line of a TOML text each key stands, which the parser does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

Path = tuple[str, ...]
_HEADER = re.compile(r"^\s*(\[\[?)(.+?)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+))*)\s*="""
)


def lines_of(text: str) -> dict[Path, int]:
    """Return the line (from 1) of every key and table of a valid TOML text, by its path.

    The n-th table of an array of tables has the path (name, "n").
    """
    found: dict[Path, int] = {}
    table: Path = ()
    arrays: dict[Path, int] = {}
    for number, line in _beginnings(text):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header and not key:
            table = _path(header[2])
            if header[1] == "[[":
                count = arrays[table] = arrays.get(table, -1) + 1
                found.setdefault(table, number)
                table = (*table, str(count))
            found.setdefault(table, number)
        elif key:
            path = _path(key[1])
            for length in range(1, len(path) + 1):
                found.setdefault((*table, *path[:length]), number)
    return found


def _path(text: str) -> Path:
    """Return the parts of a dotted key, read by the parser itself."""
    value, parts = tomllib.loads(f"{text} = 0"), list[str]()
    while isinstance(value, dict):
        ((part, value),) = value.items()
        parts.append(part)
    return tuple(parts)


def _beginnings(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that begin a statement: not those within a list, table or text of several lines."""
    depth, quote = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if not depth and not quote:
            yield number, line
        i = 0
        while i < len(line):
            if quote:
                if line[i] == "\\" and quote[0] == '"':
                    i += 1
                elif line.startswith(quote, i):
                    i += len(quote) - 1
                    quote = ""
            elif line[i] == "#":
                break
            elif line[i] in "\"'":
                quote = line[i] * 3 if line.startswith(line[i] * 3, i) else line[i]
                i += len(quote) - 1
            else:
                depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(line[i], 0)
            i += 1
        if len(quote) == 1:
            quote = ""
