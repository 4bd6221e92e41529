"""What a run delivered: throughput, latency, fidelity, memory use, requests served, with error bars."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.errors import InvalidInputError, NoAcceptedShotsError
from qnetframe.values import Estimate

if TYPE_CHECKING:
    from qnetframe.simulation.simulation import Simulation

_BATCHES = 20


class Delivery(NamedTuple):
    """One end-to-end pair: whose request, when, after what wait, how good, over how many links (seconds)."""

    request: int
    time: float
    latency: float
    fidelity: float
    links: int


@dataclass(frozen=True)
class LinkUse:
    """What a link did: attempts and heralded pairs in all, and the share of time its memories were held."""

    attempts: int
    heralds: int
    memory_use: float


@dataclass(frozen=True)
class Report:
    """The figures of a run between ``start`` and ``end`` (seconds).

    ``requests`` counts those that were not over before ``start`` by what became of them.
    """

    start: float
    end: float
    deliveries: tuple[Delivery, ...]
    requests: Mapping[str, int]
    arrived: int
    links: Mapping[str, LinkUse]
    messages: int
    lost_messages: int
    poor: int
    broken: int
    events: int
    fairness: float
    waits: tuple[float, ...] = field(repr=False, default=())

    @property
    def throughput(self) -> Estimate:
        """End-to-end pairs per second; the error is that of the means of 20 stretches of time.

        A. M. Law, Simulation Modeling and Analysis (5th edition), section 9.5.3: batch means.
        """
        span = self.end - self.start
        times = [d.time for d in self.deliveries]
        counts, _ = np.histogram(times, bins=_BATCHES, range=(self.start, self.end))
        rates = counts / (span / _BATCHES)
        return Estimate(len(times) / span, float(rates.std(ddof=1)) / math.sqrt(_BATCHES), len(times))

    @property
    def fidelity(self) -> Estimate:
        """The mean fidelity of the delivered pairs, its error by batches of consecutive pairs."""
        return self._mean("fidelity")

    @property
    def latency(self) -> Estimate:
        """The mean time between the request (or the pair before) and a pair, in seconds."""
        return self._mean("latency")

    @property
    def teleportation_fidelity(self) -> Estimate:
        """The mean fidelity (2F+1)/3 of teleporting through the pairs: Horodecki, PRA 60, 1888 (1999)."""
        return self.fidelity.scaled(2 / 3, 1 / 3)

    @property
    def served(self) -> Estimate:
        """The share of the ended requests that were served; the others were late or refused."""
        ended = sum(self.requests.get(s, 0) for s in ("done", "late", "rejected"))
        if ended == 0:
            return Estimate(0.0, 0.0, 0)
        share = self.requests.get("done", 0) / ended
        return Estimate(share, math.sqrt(share * (1 - share) / ended), ended)

    @property
    def memory_use(self) -> float:
        """The mean share of time that a memory of the used links held a half."""
        return math.fsum(u.memory_use for u in self.links.values()) / len(self.links) if self.links else 0.0

    def values(self, name: str) -> NDArray[np.float64]:
        """Return the "time", "latency" or "fidelity" of every pair."""
        if name not in ("time", "latency", "fidelity"):
            raise InvalidInputError(f"name is {name!r}; allowed: 'time', 'latency', 'fidelity'")
        return np.array([getattr(d, name) for d in self.deliveries])

    def _mean(self, name: str) -> Estimate:
        values = self.values(name)
        if len(values) == 0:
            raise NoAcceptedShotsError(f"no pair was delivered between {self.start:g} and {self.end:g} s")
        return batch_mean(values)

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain JSON values."""
        figures: dict[str, Any] = {
            "start": self.start, "end": self.end, "pairs": len(self.deliveries),
            "throughput": _pair(self.throughput),
        }  # fmt: skip
        if self.deliveries:
            latency = self.values("latency")
            figures["fidelity"] = _pair(self.fidelity)
            figures["latency"] = _pair(self.latency)
            figures["latency_quantiles"] = {str(q): float(np.quantile(latency, q)) for q in (0.05, 0.5, 0.95)}
        figures |= {
            "requests": {"arrived": self.arrived, **self.requests}, "served": _pair(self.served),
            "fairness": self.fairness, "memory_use": self.memory_use, "messages": self.messages,
            "lost_messages": self.lost_messages, "below_fidelity": self.poor, "broken_pairs": self.broken,
            "events": self.events,
        }  # fmt: skip
        return figures


def _pair(estimate: Estimate) -> list[float]:
    return [estimate.value, estimate.standard_error]


def batch_mean(values: Sequence[float] | NDArray[np.float64]) -> Estimate:
    """Return the mean of a series whose neighbours may be correlated: by 20 batches where it is long."""
    array = np.asarray(values, dtype=float)
    count = len(array)
    if count < 2:
        return Estimate(float(array.mean()), math.inf, count)
    if count < 10 * _BATCHES:
        return Estimate(float(array.mean()), float(array.std(ddof=1)) / math.sqrt(count), count)
    size = count // _BATCHES
    means = array[: size * _BATCHES].reshape(_BATCHES, size).mean(axis=1)
    return Estimate(float(array.mean()), float(means.std(ddof=1)) / math.sqrt(_BATCHES), count)


def warm_up_time(times: Sequence[float], values: Sequence[float], batch: int = 5) -> float:
    """Return the time from which a series is steady, by the rule MSER-5.

    It is where the mean of what follows has the smallest standard error: K. P. White, Simulation 69, 323
    (1997). At most half of the series is cut; ``batch`` values are averaged first.
    """
    size = checks.integer(batch, "batch", low=1)
    count = len(values) // size
    if count < 4:
        return 0.0
    means = np.asarray(values[: count * size], dtype=float).reshape(count, size).mean(axis=1)
    best = min(
        range(count // 2 + 1),
        key=lambda d: float(np.sum((means[d:] - means[d:].mean()) ** 2)) / (count - d) ** 2,
    )
    return 0.0 if best == 0 else float(times[best * size])


def jain_fairness(shares: Sequence[float]) -> float:
    """Return (Σx)²/(n Σx²): 1 where all have the same. R. Jain, DEC-TR-301 (1984)."""
    squares = math.fsum(x * x for x in shares)
    return 1.0 if squares == 0 else math.fsum(shares) ** 2 / (len(shares) * squares)


def report(sim: Simulation, start: float, end: float) -> Report:
    """Return the figures of a simulation between two times."""
    picked = tuple(d for d in sim.deliveries if d.time >= start)
    arrived = [s for s in sim.served if s.request.arrival <= end]
    since = [s for s in arrived if s.finished < 0 or s.finished * 1e-12 >= start]
    now = sim.clock.now
    links = {}
    for timed in sim.timed_links():
        held = sum(slot.held_time(now) for lane in timed.lanes for slot in lane.slots)
        use = held / (2 * len(timed.lanes) * max(1, now))
        links[timed.link.name] = LinkUse(timed.attempts, timed.heralds, use)
    shares = [s.delivered / s.request.pairs if s.request.pairs else s.delivered for s in since]
    waits = tuple((s.started - round(s.request.arrival * 1e12)) * 1e-12 for s in since if s.started >= 0)
    return Report(
        start, end, picked, dict(sorted(Counter(s.status for s in since).items())), len(since), links,
        sim.messages, sim.lost_messages, sum(s.poor for s in since),
        sum(s.broken + sum(k.broken for k in s.sessions) for s in since), sim.clock.events,
        jain_fairness(shares) if shares else 1.0, waits,
    )  # fmt: skip
