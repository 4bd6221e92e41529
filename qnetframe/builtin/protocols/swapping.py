"""Entanglement swapping along a chain. Source: Żukowski et al., PRL 71, 4287 (1993)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.program.patterns import entangle_route
from qnetframe.program.program import Program
from qnetframe.values import Estimate


@dataclass(frozen=True)
class EntanglementSwapping:
    """Make one pair between the ends of a chain by swapping at every node between.

    ``nodes`` is the length of the chain where no network is given (with one, its route is taken).
    """

    nodes: int = 3

    def __post_init__(self) -> None:
        checks.integer(self.nodes, "nodes", low=2)

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the fidelity of the final pair to Φ+ and its three correlations."""
        route = session.route()
        if session.network is None:
            route = tuple(f"node{i}" for i in range(self.nodes))
        result = session.run(self.program(route))
        xx, yy, zz = (result.expectation(label) for label in ("XX", "YY", "ZZ"))
        variance = sum(e.standard_error**2 for e in (xx, yy, zz))
        fidelity = Estimate((1 + xx.value - yy.value + zz.value) / 4, variance**0.5 / 4, xx.shots)
        return {"fidelity": fidelity, "<XX>": xx, "<YY>": yy, "<ZZ>": zz}

    def program(self, route: tuple[str, ...]) -> Program:
        """Return the program for a route."""
        p = Program("entanglement swapping")
        first, last = entangle_route(p, route)
        p.output()
        p.expect("XX", {first: "X", last: "X"})
        p.expect("YY", {first: "Y", last: "Y"})
        p.expect("ZZ", {first: "Z", last: "Z"})
        return p
