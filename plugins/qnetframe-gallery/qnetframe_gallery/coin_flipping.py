"""Loss-tolerant strong coin flipping. Source: Berlín, Brassard, Bussières, Godbout, PRA 80, 062321 (2009)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.builtin.protocols.parties import depolarize
from qnetframe.errors import InvalidInputError
from qnetframe.program.program import Program
from qnetframe.values import AllOf, Estimate, Parity, all_of


@dataclass(frozen=True)
class CoinFlipping:
    """The first node of the route commits to a bit by a qubit, the last one guesses it, the qubit is checked.

    The state is Z^basis (ZX)^bit (√a|0> + √(1-a)|1>) with a = ``overlap``. The receiver measures it in a
    basis of his choice, guesses, and is told basis and bit; he aborts if the bases agree and the outcome is
    wrong. A lost qubit is sent again, which helps nobody. A cheat gets the coin that he wants with
    probability a (receiver) or (3 + 2√(a(1-a)))/4 (sender): both .9 at a = .9, where the protocol is fair.
    The qubit suffers ``depolarizing`` on its way.
    """

    overlap: float = 0.9
    depolarizing: float = 0.0

    def __post_init__(self) -> None:
        if checks.probability(self.overlap, "overlap") < 0.5:
            raise InvalidInputError(f"overlap is {self.overlap!r}; it must be in [0.5, 1]")
        checks.probability(self.depolarizing, "depolarizing")

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the probabilities of the honest coin and abort, and those with which a cheat wins."""
        route = session.route()
        p, coin, abort = self.program(route, "none")
        honest = session.run(p)
        p, _, learnt = self.program(route, "receiver")
        receiver = session.run(p).probability(learnt)
        p, _, caught = self.program(route, "sender")
        sender = session.run(p).probability(caught).scaled(-1, 1)
        return {
            "P(coin = 1)": honest.probability(coin),
            "P(abort)": honest.probability(abort),
            "P(receiver's cheat wins)": receiver,
            "P(sender's cheat wins)": sender,
        }

    def program(
        self, route: tuple[str, ...], cheat: Literal["none", "sender", "receiver"]
    ) -> tuple[Program, Parity, AllOf]:
        """Return the program, the coin, and the condition of an abort (or that a cheating receiver wins)."""
        here, there = route[0], route[-1]
        angle = 2 * math.acos(math.sqrt(self.overlap))
        p = Program(f"coin flipping, cheat: {cheat}")
        qubit = p.qubit(here, "commitment")
        bit = p.coin(0.5, here, name="bit")
        basis = bit if cheat == "sender" else p.coin(0.5, here, name="basis")
        if cheat == "sender":  # halfway between the closest two states that he may have to claim
            p.h(qubit)
        else:
            p.ry(angle, qubit).x(qubit, when=bit).z(qubit, when=bit ^ basis)
        for node in route[1:]:
            p.require(~p.send(qubit, node))
        depolarize(p, self.depolarizing, qubit)
        if cheat == "receiver":  # the best measurement to tell the bits apart, whatever the basis
            right = ~(p.measure(qubit) ^ bit)
            p.output(right)
            return p, right, all_of(right)
        choice, guess = p.coin(0.5, there, name="choice"), p.coin(0.5, there, name="guess")
        p.z(qubit, when=choice).ry(-angle, qubit)
        same, wrong = ~(choice ^ basis), p.measure(qubit) ^ bit
        p.output(bit ^ guess, same, wrong)
        return p, bit ^ guess, all_of(same, wrong)
