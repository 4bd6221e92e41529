"""Blind rotation by half-blind remote state preparation.

Sources: Broadbent, Fitzsimons, Kashefi, FOCS 2009, arXiv:0807.4154; Dunjko, Kashefi, Leverrier, PRL 108,
200502 (2012).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.builtin.protocols.parties import depolarize, share_pair
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Bit, Estimate, mean_estimate


@dataclass(frozen=True)
class BlindRotation:
    """The last node (server) makes H Rz(angle)|+> for the first (client) and never learns ``angle``.

    The client turns her half of a pair by a random θ and measures x: the server now has Rz(θ)|+>, or its
    Z flip if her bit m is 1. He joins it to a fresh |+> by CZ and measures it at the angle δ that she tells,
    θ - angle + π (m xor r) with her secret coin r. What is left is wrong by X if his outcome differs from r.
    The server's qubit suffers ``depolarizing`` when it is prepared.
    """

    angle: float = math.pi / 4
    depolarizing: float = 0.0

    def __post_init__(self) -> None:
        checks.finite(self.angle, "angle")
        checks.probability(self.depolarizing, "depolarizing")

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the fidelity and the Bloch vector that the server sees relative to δ, means over eight θ."""
        half = self.angle / 2
        target = np.array([math.cos(half), -1j * math.sin(half)])
        fidelity, seen_x, seen_y = [], [], []
        for k in range(8):
            p, qubit, coin = self.program(session.route(), k * math.pi / 4)
            out = p.qubit(qubit.party, "out")
            p.h(out).cz(qubit, out)
            p.x(out, when=p.measure(qubit, "x") ^ coin)
            p.output()
            p.save("out", out)
            fidelity.append(session.run(p).state("out").fidelity(target))
            p, qubit, _ = self.program(session.route(), k * math.pi / 4)
            p.output()
            p.expect("X", {qubit: "X"}).expect("Y", {qubit: "Y"})
            view = session.run(p)
            seen_x.append(view.expectation("X"))
            seen_y.append(view.expectation("Y"))
        seen = {"server sees <X>": mean_estimate(seen_x), "server sees <Y>": mean_estimate(seen_y)}
        return {"fidelity": mean_estimate(fidelity), **seen}

    def program(self, route: tuple[str, ...], theta: float) -> tuple[Program, Qubit, Bit]:
        """Return the program up to the server's turn by -δ, his qubit, and the client's coin."""
        p = Program(f"blind rotation, theta {theta:.3f}")
        near, qubit = p.qubit(route[0], "near"), p.qubit(route[-1], "qubit")
        share_pair(p, route, near, qubit)
        p.rz(theta, near)
        coin = p.coin(0.5, route[0], name="secret")
        told = p.measure(near, "x") ^ coin
        depolarize(p, self.depolarizing, qubit)
        p.rz(self.angle - theta, qubit).z(qubit, when=told)
        return p, qubit, coin
