"""GHZ states in time: a centre makes pairs with all others and fuses its halves when all are there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.simulation.clock import PICOSECONDS
from qnetframe.simulation.pairs import Half, Pair
from qnetframe.simulation.pairstates import BellDiagonal, Werner
from qnetframe.simulation.requests import Request
from qnetframe.simulation.session import Session
from qnetframe.simulation.simulation import Simulation
from qnetframe.simulation.views import View


class GhzDelivery(NamedTuple):
    """One state among the centre and its leaves: when the last correction was made, in seconds."""

    time: float
    fidelity: float


@dataclass(eq=False)
class GhzSource:
    """What waits at a centre, and the GHZ ``states`` that it delivered."""

    sim: Simulation
    sessions: list[Session] = field(default_factory=list)
    states: list[GhzDelivery] = field(default_factory=list)
    _ready: dict[int, tuple[View, Half]] = field(default_factory=dict)
    _fused: dict[int, int] = field(default_factory=dict)
    _arrived: dict[int, list[Pair]] = field(default_factory=dict)
    _rounds: int = 0

    def offer(self, session: Session, view: View, half: Half) -> None:
        """Hold a half at the centre; with one for every leaf, fuse them and send the corrections."""
        held = self._ready.get(id(session))
        if held is None or held[1].gone:
            self._ready[id(session)] = view, half
        if len(self._ready) < len(self.sessions) or any(h.gone for _, h in self._ready.values()):
            return
        ready, self._ready = self._ready, {}
        self._rounds += 1
        for one in self.sessions:
            at, mine = ready[id(one)]
            self._fused[mine.pair.number] = self._rounds
            one.use_and_correct(at, mine)

    def delivered(self, session: Session, pair: Pair) -> None:
        """Take note that a leaf made its correction; the state is there when all did."""
        number = self._fused.pop(pair.number)
        arrived = self._arrived.setdefault(number, [])
        arrived.append(pair)
        if len(arrived) == len(self.sessions):
            del self._arrived[number]
            fidelity = ghz_fidelity_of_pairs([_correlations(self.sim, p) for p in arrived])
            self.states.append(GhzDelivery(self.sim.clock.now / PICOSECONDS, fidelity))


def distribute_ghz(sim: Simulation, centre: str, leaves: Sequence[str]) -> GhzSource:
    """Let a centre make GHZ states with ``leaves`` from now on, as many as come, by the simulation's routing.

    The state has one qubit at the centre and one at each leaf. Pairs are "bell" or "werner" (UnsupportedError
    for "matrix"). Raises InvalidInputError where a leaf has no path or no free memories. Run the simulation
    afterwards.
    """
    if not isinstance(sim.formalism, (BellDiagonal, Werner)):
        raise UnsupportedError("GHZ states of pairs kept as matrices; use pair_states='bell' or 'werner'")
    if len(set(leaves)) < 2 or len(set(leaves)) < len(leaves):
        raise InvalidInputError(f"leaves is {tuple(leaves)!r}; it must be two or more different nodes")
    source = GhzSource(sim)
    for leaf in leaves:
        paths = sim.routing(sim, Request(centre, sim.network.node(leaf).name))
        if not paths:
            raise InvalidInputError(f"no path joins {centre!r} and {leaf!r}")
        session = sim.open_session(paths[0], source.delivered, "ghz")
        session.group = source
        source.sessions.append(session)
    return source


def ghz_fidelity_of_pairs(pairs: Sequence[tuple[float, float, float]]) -> float:
    """Return the fidelity of the GHZ state that ideal fusion makes of pairs with correlations (XX, -YY, ZZ).

    No leaf may be flipped and the phases must be even: F = [Π(pI+pZ) + Π(pI-pZ)]/2 with pI+pZ = (1+ZZ)/2 and
    pI-pZ = (XX-YY)/2 of each pair; with Werner pairs of parameter w it is [((1+w)/2)^k + w^k]/2.

    >>> round(ghz_fidelity_of_pairs([(0.9, 0.9, 0.9)] * 2), 5)
    0.85625
    """
    even = math.prod((1 + z) / 2 for _, _, z in pairs)
    odd = math.prod((x + y) / 2 for x, y, _ in pairs)
    return (even + odd) / 2


def _correlations(sim: Simulation, pair: Pair) -> tuple[float, float, float]:
    if isinstance(sim.formalism, Werner):
        return (pair.state,) * 3
    x, y, z = pair.state
    return x, y, z
