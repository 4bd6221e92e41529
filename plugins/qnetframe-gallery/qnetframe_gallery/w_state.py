"""W state distribution. Source: Dür, Vidal, Cirac, PRA 62, 062314 (2000)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.builtin.protocols.parties import choose_parties, depolarize, route_between, teleport
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Estimate


def distribute_w(p: Program, session: Session, parties: Sequence[str]) -> list[Qubit]:
    """Make (|10…0> + |01…0> + … + |0…01>)/√n at the first party and teleport a qubit to each other."""
    n = len(parties)
    local = p.qubits(parties[0], *(f"w{i}" for i in range(n)))
    p.x(local[0])
    for i in range(n - 1):  # an excitation that has come to qubit i stays there with probability 1/(n - i)
        p.cry(2 * math.acos(1 / math.sqrt(n - i)), local[i], local[i + 1])
        p.cx(local[i + 1], local[i])
    held = [local[0]]
    for party, qubit in zip(parties[1:], local[1:], strict=True):
        held.append(p.qubit(party, "w"))
        teleport(p, qubit, route_between(session, parties[0], party), held[-1])
    return held


@dataclass(frozen=True)
class WState:
    """Give ``parties`` nodes a W state, each of whose qubits then suffers ``depolarizing``."""

    parties: int = 3
    depolarizing: float = 0.0

    def __post_init__(self) -> None:
        checks.integer(self.parties, "parties", low=2, high=6)
        checks.probability(self.depolarizing, "depolarizing")

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the fidelity of the shared state."""
        p = Program("W state")
        qubits = distribute_w(p, session, choose_parties(session, self.parties))
        depolarize(p, self.depolarizing, *qubits)
        p.output()
        p.save("w", *qubits)
        target = np.zeros(1 << self.parties)
        target[[1 << i for i in range(self.parties)]] = 1 / math.sqrt(self.parties)
        return {"fidelity": session.run(p).state("w").fidelity(target)}
