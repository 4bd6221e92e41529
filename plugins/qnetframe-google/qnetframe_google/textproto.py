"""Protocol buffers in their text format, as far as device specifications use it."""

from __future__ import annotations

import re
from typing import Any

_TOKEN = re.compile(
    r'\s*(?:#[^\n]*|(?P<close>\})|(?P<name>\w+)\s*(?:(?P<open>\{)|:\s*(?P<value>"[^"]*"|[\w.+-]+)))'
)


def parse(text: str) -> dict[str, list[Any]]:
    """Return a message as {field: [values]}: texts, numbers as written, or messages; else ValueError.

    >>> parse('qubits: "0_5" qubits: "0_6" gate { picos: 12000 syc { } }')
    {'qubits': ['0_5', '0_6'], 'gate': [{'picos': ['12000'], 'syc': [{}]}]}
    """
    stack: list[dict[str, list[Any]]] = [{}]
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"unexpected {text[position : position + 30]!r} at character {position}")
        position = match.end()
        if match["close"]:
            if len(stack) == 1:
                raise ValueError(f"unexpected }} at character {position}")
            stack.pop()
        elif match["open"]:
            message: dict[str, list[Any]] = {}
            stack[-1].setdefault(match["name"], []).append(message)
            stack.append(message)
        elif match["name"]:
            stack[-1].setdefault(match["name"], []).append(match["value"].strip('"'))
    if len(stack) > 1:
        raise ValueError("a message does not end")
    return stack[0]
