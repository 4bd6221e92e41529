"""Superdense coding. Source: Bennett & Wiesner, PRL 69, 2881 (1992)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qnetframe.api import Session
from qnetframe.program.patterns import bell_measurement, entangle_route
from qnetframe.program.program import Program
from qnetframe.values import Bit, Estimate, all_of, mean_estimate


@dataclass(frozen=True)
class SuperdenseCoding:
    """Send two bits from the first node to the last by one qubit and a pair made beforehand.

    The pair is swapped together along the route; the qubit travels it node by node.
    """

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the probability that each message arrives right, their mean, and that no qubit is lost."""
        route = session.route()
        right: dict[str, Estimate] = {}
        kept: list[Estimate] = []
        for message in ("00", "01", "10", "11"):
            program, z, x, lost = self.program(message, route)
            result = session.run(program)
            first, second = int(message[0]), int(message[1])
            right[f"P({message} arrives)"] = result.probability(all_of(z ^ (1 - first), x ^ (1 - second)))
            kept.append(result.probability(all_of(*(~bit for bit in lost))))
        return {
            "success probability": mean_estimate(right.values()),
            **right,
            "P(no loss)": mean_estimate(kept),
        }

    def program(self, message: str, route: tuple[str, ...]) -> tuple[Program, Bit, Bit, list[Bit]]:
        """Return the program for a message, the received bits (z, x) and the loss flags."""
        p = Program(f"superdense coding of {message}")
        near, far = entangle_route(p, route)
        if message[0] == "1":
            p.z(near)
        if message[1] == "1":
            p.x(near)
        lost = [p.send(near, node) for node in route[1:]]
        z, x = bell_measurement(p, near, far)
        p.output(z, x, *lost)
        return p, z, x, lost
