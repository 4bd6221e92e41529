"""Remember what a pass made of a circuit, on the circuit itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from qnetframe.program.circuit import Circuit

T = TypeVar("T")


def remembered(function: Callable[[Circuit], T]) -> Callable[[Circuit], T]:
    """Return a pure function of a circuit that is computed once for each circuit object.

    Planning, compiling and running all ask for the same passes. A circuit is frozen, so that what is kept on
    it cannot go stale; it goes when the circuit goes, and is left out of copies, pickles and comparisons.
    """
    key = _key(function)

    @wraps(function)
    def lookup(circuit: Circuit) -> T:
        kept = vars(circuit)
        if key in kept:
            found: T = kept[key]
            return found
        made = function(circuit)
        if made is not circuit:  # a circuit that refers to itself would wait for the garbage collector
            kept[key] = made
        return made

    return lookup


def remember(function: Callable[[Circuit], T], circuit: Circuit, made: T) -> None:
    """Keep on a circuit what a remembered function of it is known to return."""
    vars(circuit)[_key(function)] = made


def _key(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
