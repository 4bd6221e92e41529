"""Detectable broadcast among three.

Sources: Fitzi, Gisin, Maurer, PRL 87, 217901 (2001); Cabello, PRA 68, 012304 (2003).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.builtin.protocols.parties import choose_parties, depolarize, route_between, teleport
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Bit, Estimate, mean_estimate
from qnetframe_gallery.figures import chance


def singlet_of_four(p: Program, session: Session, parties: tuple[str, str, str]) -> tuple[Qubit, ...]:
    """Share (2|0011> - |0101> - |0110> - |1001> - |1010> + 2|1100>)/√12: two qubits stay, one goes to each.

    It is (Φ+Φ+ - Φ-Φ- - Ψ+Ψ+)/√3, so that the labels of two Bell states are made first and then decoded.
    """
    sender = parties[0]
    a, b, c, d = p.qubits(sender, "a", "b", "c", "d")
    p.ry(2 * math.asin(1 / math.sqrt(3)), a).x(a).ch(a, b).x(a).z(a).z(b)
    p.cx(a, c).cx(b, d)
    p.h(a).cx(a, b).h(c).cx(c, d)
    held = [a, b]
    for party, qubit in zip(parties[1:], (c, d), strict=True):
        held.append(p.qubit(party, "list"))
        teleport(p, qubit, route_between(session, sender, party), held[-1])
    return tuple(held)


@dataclass(frozen=True)
class ByzantineAgreement:
    """Make the lists by which two receivers find out a lying sender, one position at a time.

    All measure a four-qubit singlet in the same basis, z or x. A sender with equal bits bb knows that both
    receivers have the opposite; one with unequal bits knows only that the receivers differ. To back
    message b he must name his positions bb. Who backs another message needs positions that he does not
    have, and each that he names passes both receivers only by luck. Each qubit suffers ``depolarizing``.
    """

    depolarizing: float = 0.0

    def __post_init__(self) -> None:
        checks.probability(self.depolarizing, "depolarizing")

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return how often lists are consistent and useful, and how often a lie about a position passes."""
        names = choose_parties(session, 3)
        parties = (names[0], names[1], names[2])
        good, useful = [], []
        for basis in ("z", "x"):
            p, bits = self.program(session, parties, basis)
            p.output(*bits)
            result = session.run(p)
            good.append(chance(result, bits, lambda v: sum(v) == 2))
            useful.append(result.probability(~(bits[0] ^ bits[1])))
        p, (first, second, bob, charlie) = self.program(session, parties, "z")
        p.require(first ^ second)
        p.output(bob, charlie)
        passes = session.run(p).probability(~bob)
        return {
            "P(list consistent)": mean_estimate(good),
            "P(sender has equal bits)": mean_estimate(useful),
            "P(lie passes)": passes,
        }

    def program(
        self, session: Session, parties: tuple[str, str, str], basis: str
    ) -> tuple[Program, tuple[Bit, ...]]:
        """Return the program of one position of the lists, and its four bits (two at the sender)."""
        p = Program(f"lists for byzantine agreement in {basis}")
        qubits = singlet_of_four(p, session, parties)
        depolarize(p, self.depolarizing, *qubits)
        return p, tuple(p.measure(q, basis) for q in qubits)
