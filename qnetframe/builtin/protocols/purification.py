"""Entanglement purification by BBPSSW and DEJMPS, nested or by pumping, and swapping of purified links.

Sources: Bennett et al., PRL 76, 722 (1996) (BBPSSW); Deutsch et al., PRL 77, 2818 (1996) (DEJMPS); Briegel et
al., PRL 81, 5932 (1998) (nesting, pumping, and purified links in a repeater).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeAlias

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.builtin.protocols.parties import bell_weights, expect_pair, memory, share_pair
from qnetframe.errors import InvalidInputError
from qnetframe.program.patterns import bell_measurement
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Estimate

Method: TypeAlias = Literal["bbpssw", "dejmps"]
Schedule: TypeAlias = Literal["nested", "pumping"]
MAX_ROUNDS = 4


def purify(program: Program, method: Method, kept: Sequence[Qubit], used: Sequence[Qubit]) -> None:
    """Purify the pair ``kept`` by the pair ``used``, which is measured; require equal outcomes.

    DEJMPS first turns both pairs by ±90° about X, so that phase errors come to light as well.
    """
    if method == "dejmps":
        for near, far in (kept, used):
            program.sx(near)
            program.sx(far).x(far)
    program.cx(kept[0], used[0]).cx(kept[1], used[1])
    program.require(~(program.measure(used[0]) ^ program.measure(used[1])))


def twirl(program: Program, near: Qubit, far: Qubit) -> None:
    """Make a Bell-diagonal pair a Werner pair: permute the three unwanted Bell states at random.

    Both parties know three coins that drive lazy transpositions, (12) (23) (12), which are together uniform
    over the six permutations. Source: Bennett et al., PRA 54, 3824 (1996), appendix A.
    """
    for probability, ours, theirs in ((1 / 2, "h", "h"), (2 / 3, "s", "sdg"), (1 / 2, "h", "h")):
        coin = program.coin(probability, near.party, far.party)
        program.gate(ours, near, when=coin).gate(theirs, far, when=coin)


def purified_pair(
    program: Program,
    route: Sequence[str],
    method: Method,
    rounds: int,
    schedule: Schedule,
    names: tuple[str, str] = ("pair", "pair"),
) -> tuple[Qubit, Qubit]:
    """Give the ends of a route one pair purified ``rounds`` times; return its qubits.

    Nested rounds purify two pairs of the round before: 2**rounds pairs in rounds + 1 memories an end, since
    a pair is made only when its partner waits for it. Pumping purifies one pair by a fresh one each round,
    in two memories. BBPSSW twirls whatever is not fresh from the link.
    """

    def ends(slot: int) -> tuple[Qubit, Qubit]:
        near, far = (f"{name}{slot}" for name in names)
        return memory(program, route[0], near), memory(program, route[-1], far)

    def make(depth: int, slot: int) -> None:
        if depth == 0:
            share_pair(program, route, *ends(slot))
            return
        make(depth - 1, slot)
        make(depth - 1 if schedule == "nested" else 0, slot + 1)
        if method == "bbpssw" and depth > 1:
            twirl(program, *ends(slot))
            if schedule == "nested":
                twirl(program, *ends(slot + 1))
        purify(program, method, ends(slot), ends(slot + 1))

    make(rounds, 0)
    return ends(0)


@dataclass(frozen=True)
class Purification:
    """Purify pairs between the ends of the route ``rounds`` times; the network's links give the raw pairs."""

    method: Method
    rounds: int = 1
    schedule: Schedule = "nested"

    def __post_init__(self) -> None:
        _check(self.method, self.rounds)
        if self.schedule not in ("nested", "pumping"):
            raise InvalidInputError(f"schedule is {self.schedule!r}; allowed are nested, pumping")

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the fidelity and success probability of the last round, and of each round before.

        A round's success probability is that it keeps its pair, given that the rounds before kept theirs;
        the acceptance is that of all rounds together. The Bell weights are those of the last pair.
        """
        rounds: dict[str, Estimate] = {}
        before, weights = Estimate(1.0), {}
        last = Estimate(1.0)
        for number in range(self.rounds + 1):
            result = session.run(self.program(session.route(), number))
            weights, accepted = bell_weights(result), result.success_probability
            rounds[f"fidelity after round {number}"] = weights["Φ+"]
            if number:
                power = 2 if self.schedule == "nested" else 1
                last = _quotient(accepted, before, power)
                rounds[f"success of round {number}"] = last
            before = accepted
        head = {"fidelity": weights["Φ+"], "success probability": last, "acceptance": before}
        return {**head, **{f"weight of {name}": w for name, w in weights.items()}, **rounds}

    def program(self, route: tuple[str, ...], rounds: int) -> Program:
        """Return the program for a route and a number of rounds."""
        p = Program(f"{self.method}, {self.schedule}, {rounds} rounds")
        near, far = purified_pair(p, route, self.method, rounds, self.schedule)
        p.output()
        expect_pair(p, near, far)
        return p


@dataclass(frozen=True)
class BBPSSW(Purification):
    """Purification of Werner pairs by bilateral CX."""

    method: Method = field(default="bbpssw", init=False)


@dataclass(frozen=True)
class DEJMPS(Purification):
    """Purification of Bell-diagonal pairs by bilateral CX after local turns."""

    method: Method = field(default="dejmps", init=False)


@dataclass(frozen=True)
class PurifiedSwapping:
    """Purify every link of the route, then swap at every node between.

    ``nodes`` is the length of the chain where no network is given (with one, its route is taken).
    """

    nodes: int = 3
    method: Method = "dejmps"
    rounds: int = 1

    def __post_init__(self) -> None:
        checks.integer(self.nodes, "nodes", low=2)
        _check(self.method, self.rounds)

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the fidelity of the final pair with and without purification, and the acceptance."""
        route = session.route()
        if session.network is None:
            route = tuple(f"node{i}" for i in range(self.nodes))
        result = session.run(self.program(route, self.rounds))
        weights = bell_weights(result)
        raw = bell_weights(session.run(self.program(route, 0)))["Φ+"]
        head = {"fidelity": weights["Φ+"], "acceptance": result.success_probability}
        return {**head, "fidelity unpurified": raw, **{f"weight of {n}": w for n, w in weights.items()}}

    def program(self, route: tuple[str, ...], rounds: int) -> Program:
        """Return the program for a route: link by link, so that few qubits live at once."""
        p = Program(f"swapping of links purified by {self.method}, {rounds} rounds")
        sides = ("right", "left")
        first, end = purified_pair(p, route[:2], self.method, rounds, "nested", sides)
        for node, following in pairwise(route[1:]):
            near, far = purified_pair(p, (node, following), self.method, rounds, "nested", sides)
            z, x = bell_measurement(p, end, near)
            p.x(far, when=x).z(far, when=z)
            end = far
        p.output()
        expect_pair(p, first, end)
        return p


def _check(method: str, rounds: int) -> None:
    if method not in ("bbpssw", "dejmps"):
        raise InvalidInputError(f"method is {method!r}; allowed are bbpssw, dejmps")
    checks.integer(rounds, "rounds", low=0, high=MAX_ROUNDS)


def _quotient(above: Estimate, below: Estimate, power: int) -> Estimate:
    """Return above / below**power of independent estimates, with the error to first order."""
    value = above.value / below.value**power
    relative = math.hypot(above.standard_error / above.value, power * below.standard_error / below.value)
    return Estimate(value, value * relative, above.shots)
