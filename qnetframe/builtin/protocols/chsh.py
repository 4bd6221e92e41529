"""The CHSH test. Source: Clauser, Horne, Shimony, Holt, PRL 23, 880 (1969)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from qnetframe.api import Session
from qnetframe.program.patterns import entangle_route
from qnetframe.program.program import Program
from qnetframe.values import Estimate, Parity


@dataclass(frozen=True)
class CHSH:
    """Measure S on a pair between the ends of the route, at the angles that are best for Φ+.

    Alice measures Z or X, Bob (Z ± X)/√2; S = E(0,0) + E(0,1) + E(1,0) - E(1,1) is 2√2 for Φ+ and at most 2
    for any local model.
    """

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return S and the four correlations."""
        route = session.route()
        correlations: dict[str, Estimate] = {}
        for a in (0, 1):
            for b in (0, 1):
                program, odd = self.program(a, b, route)
                correlations[f"E({a},{b})"] = session.run(program).probability(odd).scaled(-2, 1)
        values = list(correlations.values())
        total = values[0].value + values[1].value + values[2].value - values[3].value
        error = math.sqrt(sum(e.standard_error**2 for e in values))
        shots = values[0].shots
        return {"S": Estimate(total, error, None if shots is None else 4 * shots), **correlations}

    def program(self, a: int, b: int, route: tuple[str, ...]) -> tuple[Program, Parity]:
        """Return the program for a pair of settings, and the parity that is 1 where the outcomes differ."""
        p = Program(f"CHSH {a}{b}")
        near, far = entangle_route(p, route)
        p.ry(-math.pi / 4 if b == 0 else math.pi / 4, far)
        odd = p.measure(near, "x" if a else "z") ^ p.measure(far)
        p.output(odd)
        return p, odd
