"""Quantum secret sharing. Source: Hillery, Bužek, Berthiaume, PRA 59, 1829 (1999)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.builtin.protocols.parties import choose_parties, depolarize, distribute_ghz
from qnetframe.program.program import Program
from qnetframe.values import Estimate, mean_estimate


@dataclass(frozen=True)
class SecretSharing:
    """Measure GHZ states in x or y at three parties: two together know the first one's bit, neither alone.

    Of the eight choices of bases the four with an even number of y are kept. There the parity of the three
    bits is fixed: 0 for xxx, 1 where two measure y.
    """

    depolarizing: float = 0.0

    def __post_init__(self) -> None:
        checks.probability(self.depolarizing, "depolarizing")

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the error rate of the shared bit, and how well one of the shares guesses it alone."""
        parties = choose_parties(session, 3)
        wrong: dict[str, Estimate] = {}
        alone: list[Estimate] = []
        for bases in ("xxx", "xyy", "yxy", "yyx"):
            p = Program(f"secret sharing, {bases}")
            qubits = distribute_ghz(p, session, parties)
            depolarize(p, self.depolarizing, *qubits)
            secret, first, second = (p.measure(q, basis) for q, basis in zip(qubits, bases, strict=True))
            error = secret ^ first ^ second ^ (1 if "y" in bases else 0)
            p.output(error, secret ^ first)
            result = session.run(p)
            wrong[f"error rate in {bases}"] = result.probability(error)
            alone.append(result.probability(~(secret ^ first)))
        return {
            "error rate": mean_estimate(wrong.values()),
            "P(one share guesses)": mean_estimate(alone),
            **wrong,
        }
