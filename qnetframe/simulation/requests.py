"""Requests: who wants how many pairs, how good and by when; what became of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.network import Network, Path
from qnetframe.simulation.streams import exponential, stream

if TYPE_CHECKING:
    from qnetframe.simulation.session import Session
    from qnetframe.simulation.strategy import Strategy


@dataclass(frozen=True)
class Request:
    """A wish for ``pairs`` end-to-end pairs (None: as many as come) between two nodes.

    ``arrival`` in seconds; ``deadline`` in seconds after it, None for none. A pair counts when its fidelity
    is at least ``fidelity``. ``rate`` (pairs per second) is refused at once where the route cannot hold it.
    ``lanes`` memories at each end of each link are used side by side. A higher ``priority`` is served first
    by the queue "priority". ``application`` "pairs" uses both halves at once, "teleport" the second when
    the bits of a teleportation arrive. ``strategy`` replaces that of the simulation.
    """

    source: str
    target: str
    pairs: int | None = 1
    arrival: float = 0.0
    fidelity: float = 0.0
    deadline: float | None = None
    rate: float = 0.0
    lanes: int = 1
    priority: float = 0.0
    application: Literal["pairs", "teleport"] = "pairs"
    strategy: Strategy | None = None

    def __post_init__(self) -> None:
        if self.source == self.target:
            raise InvalidInputError(f"request: source and target are both {self.source!r}; they must differ")
        if self.pairs is not None:
            checks.integer(self.pairs, "request pairs", low=1)
        checks.non_negative(self.arrival, "request arrival (seconds)")
        checks.probability(self.fidelity, "request fidelity")
        if self.deadline is not None:
            checks.positive(self.deadline, "request deadline (seconds)")
        checks.non_negative(self.rate, "request rate (hertz)")
        checks.integer(self.lanes, "request lanes", low=1)
        checks.finite(self.priority, "request priority")
        if self.application not in ("pairs", "teleport"):
            raise InvalidInputError(
                f"request application is {self.application!r}; allowed: 'pairs', 'teleport'"
            )


Status = Literal["waiting", "serving", "done", "late", "rejected"]


@dataclass(eq=False)
class Served:
    """A request and what became of it; times in picoseconds, -1 for never."""

    number: int
    request: Request
    status: Status = "waiting"
    reason: str = ""
    started: int = -1
    finished: int = -1
    last: int = 0
    delivered: int = 0
    poor: int = 0
    broken: int = 0
    paths: tuple[Path, ...] = ()
    sessions: list[Session] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether it still waits or is served."""
        return self.status in ("waiting", "serving")


def poisson_requests(
    network: Network,
    rate: float,
    count: int,
    seed: int = 0,
    ends: Sequence[tuple[str, str]] | None = None,
    **more: Any,
) -> tuple[Request, ...]:
    """Return ``count`` requests that arrive at ``rate`` hertz, between random nodes or those of ``ends``."""
    mean = 1 / checks.positive(rate, "request rate (hertz)")
    number = checks.integer(count, "count", low=0)
    rng: random.Random = stream(checks.integer(seed, "seed", low=0), "requests")
    names = network.names
    if len(names) < 2:
        raise InvalidInputError("requests need a network of at least two nodes")
    found, now = [], 0.0
    for _ in range(number):
        now += exponential(rng) * mean
        if ends is not None:
            a, b = ends[int(rng.random() * len(ends))]
        else:
            i, j = int(rng.random() * len(names)), int(rng.random() * (len(names) - 1))
            a, b = names[i], names[j + (j >= i)]
        found.append(Request(a, b, arrival=now, **more))
    return tuple(found)
