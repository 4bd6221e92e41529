"""The clock: whole picoseconds on SimPy, and the order of what happens in one instant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError

PICOSECONDS = 10**12
# In one instant pairs arrive, then nodes decide, then messages arrive, then memories expire, then attempts
# start: what came at the deadline is in time, and nodes that decide together do not know of each other.
ARRIVAL, DECISION, MESSAGE, EXPIRY, START = range(1, 6)


def picoseconds(seconds: float, field: str) -> int:
    """Return a time in seconds as whole picoseconds, rounded; InvalidInputError for a negative one."""
    return round(checks.non_negative(seconds, field) * PICOSECONDS)


def least_tick(seconds: float, field: str) -> int:
    """Return a time in seconds as whole picoseconds, at least one of them; InvalidInputError for zero."""
    ticks = picoseconds(seconds, field)
    if ticks == 0:
        raise InvalidInputError(f"{field} is {seconds!r}; in time it must be at least 1e-12 s")
    return ticks


class Clock:
    """A SimPy environment that counts picoseconds and calls functions in the order of the instant."""

    def __init__(self) -> None:
        import simpy

        self.env = simpy.Environment(initial_time=0)
        self._event = simpy.Event
        # SimPy's types know two priorities, of which its heap takes any number.
        self._schedule: Any = self.env.schedule
        self.events = 0

    @property
    def now(self) -> int:
        """The time in picoseconds."""
        return int(self.env.now)

    def call(self, delay: int, order: int, function: Callable[..., None], *arguments: Any) -> None:
        """Call ``function(*arguments)`` after ``delay`` picoseconds, in the given part of that instant."""
        event = self._event(self.env)
        event._ok, event._value = True, None
        event.callbacks.append(lambda _: function(*arguments))
        self.events += 1
        self._schedule(event, order, delay)

    def signal(self) -> Any:
        """Return an event that `fire` makes happen."""
        return self._event(self.env)

    def fire(self, event: Any, value: Any) -> None:
        """Make an event happen in the part of this instant in which nodes decide."""
        event._ok, event._value = True, value
        self.events += 1
        self._schedule(event, DECISION, 0)

    def process(self, generator: Any) -> Any:
        """Start a generator function as a process."""
        return self.env.process(generator)

    def run(self, until: int) -> None:
        """Run all that happens up to and including ``until``."""
        self.env.run(until=until + 1)
