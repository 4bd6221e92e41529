"""Anonymous leader election. Source: D'Hondt and Panangaden, Quantum Inf. Comput. 6, 173 (2006)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.builtin.protocols.parties import choose_parties, depolarize
from qnetframe.program.program import Program
from qnetframe.values import Estimate
from qnetframe_gallery.figures import chance
from qnetframe_gallery.w_state import distribute_w


@dataclass(frozen=True)
class LeaderElection:
    """Share a W state among ``parties`` and measure: who finds 1 leads.

    No classical protocol elects one of several identical parties with certainty in bounded time; this one
    does, fairly and without a message.
    """

    parties: int = 3
    depolarizing: float = 0.0

    def __post_init__(self) -> None:
        checks.integer(self.parties, "parties", low=2, high=6)
        checks.probability(self.depolarizing, "depolarizing")

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the probabilities that exactly one leads, that nobody does, and that each party does."""
        parties = choose_parties(session, self.parties)
        p = Program("leader election")
        qubits = distribute_w(p, session, parties)
        depolarize(p, self.depolarizing, *qubits)
        bits = [p.measure(q) for q in qubits]
        p.output(*bits)
        result = session.run(p)
        figures = {
            "P(one leader)": chance(result, bits, lambda values: sum(values) == 1),
            "P(no leader)": chance(result, bits, lambda values: sum(values) == 0),
        }
        for party, bit in zip(parties, bits, strict=True):
            figures[f"P({party} leads)"] = result.probability(bit)
        return figures
