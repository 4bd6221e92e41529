"""What nodes run: generator functions that wait until something changed, look at the world and act."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from qnetframe.simulation.views import View

Program: TypeAlias = Callable[["View"], Generator[Any, Any, None]]


def interior(view: View) -> Generator[Any, Any, None]:
    """Purify what needs it, and swap what the rule of the strategy says."""
    while True:
        yield view.change()
        while view.purify_next():
            pass
        while (chosen := view.rule(view.position, view.left, view.right)) is not None:
            view.swap(*chosen)


def endpoint(view: View) -> Generator[Any, Any, None]:
    """Purify what needs it, and deliver pairs that reach the other end."""
    while True:
        yield view.change()
        while view.purify_next():
            pass
        for half in view.ready():
            view.deliver(half)
