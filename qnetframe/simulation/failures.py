"""Links that fail and are repaired."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.network import Link
from qnetframe.simulation.clock import PICOSECONDS, START
from qnetframe.simulation.streams import exponential, stream

if TYPE_CHECKING:
    from qnetframe.simulation.simulation import Simulation


@dataclass(frozen=True)
class Failures:
    """Links that fail: the mean time between failures and the mean time to repair, both in seconds.

    Both times are exponential; ``links`` names those that fail, by default all. ``reroute`` moves requests on
    a broken link to another path; else they wait for its repair.
    """

    mean_up: float
    mean_down: float
    links: Collection[str] | None = None
    reroute: bool = True

    def __post_init__(self) -> None:
        checks.positive(self.mean_up, "failures mean_up (seconds)")
        checks.positive(self.mean_down, "failures mean_down (seconds)")


class Breakdowns:
    """Breaks the links of a simulation and repairs them, each with random numbers of its own."""

    def __init__(self, sim: Simulation, failures: Failures) -> None:
        self._sim, self._failures = sim, failures
        links = {link.name: link for link in sim.network.links}
        for name in links if failures.links is None else failures.links:
            if name not in links:
                raise InvalidInputError(f"failures: no link is named {name!r}")
            rng = stream(sim.seed, f"failures {name}")
            self._later(failures.mean_up, rng, self._break, links[name])

    def _later(
        self, mean: float, rng: random.Random, act: Callable[[Link, random.Random], None], link: Link
    ) -> None:
        self._sim.clock.call(round(exponential(rng) * mean * PICOSECONDS), START, act, link, rng)

    def _break(self, link: Link, rng: random.Random) -> None:
        sim, timed = self._sim, self._sim.timed(link)
        users = {id(lane.session): lane.session for lane in timed.lanes if lane.session is not None}
        timed.fail()
        sim.down.add(link.name)
        sim.link_changes += 1
        self._later(self._failures.mean_down, rng, self._repair, link)
        if self._failures.reroute:
            for session in users.values():
                sim.reroute(session)

    def _repair(self, link: Link, rng: random.Random) -> None:
        self._sim.down.discard(link.name)
        self._sim.link_changes += 1
        self._sim.timed(link).repair()
        self._later(self._failures.mean_up, rng, self._break, link)
