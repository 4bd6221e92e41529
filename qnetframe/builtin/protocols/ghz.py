"""GHZ distribution. Source: Greenberger, Horne, Zeilinger (1989), arXiv:0712.0921; see ``distribute_ghz``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.builtin.protocols.parties import choose_parties, depolarize, distribute_ghz, equal
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Estimate, all_of, mean_estimate


@dataclass(frozen=True)
class GHZDistribution:
    """Give ``parties`` nodes a GHZ state, each of whose qubits then suffers ``depolarizing``.

    The fidelity is half of P(all equal) plus half of the coherence, the mean of the 2**(n-1) stabilizers
    that are products of X and an even number of Y: Gühne and Tóth, Phys. Rep. 474, 1 (2009), section 6.
    """

    parties: int = 3
    depolarizing: float = 0.0

    def __post_init__(self) -> None:
        checks.integer(self.parties, "parties", low=2, high=8)
        checks.probability(self.depolarizing, "depolarizing")

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the fidelity, the probability that z measurements agree, and the coherence."""
        parties = choose_parties(session, self.parties)
        p, qubits = self.program(session, parties, "populations")
        bits = [p.measure(q) for q in qubits]
        p.output(*equal(bits))
        same = session.run(p).probability(all_of(*equal(bits)))

        p, qubits = self.program(session, parties, "coherence")
        labels = ["".join(s) for s in product("XY", repeat=len(qubits)) if s.count("Y") % 2 == 0]
        p.output()
        for label in labels:
            p.expect(label, dict(zip(qubits, label, strict=True)))  # type: ignore[arg-type]
        result = session.run(p)
        signs = [(-1) ** (label.count("Y") // 2) / len(labels) for label in labels]
        coherence = mean_estimate((result.expectation(label) for label in labels), signs)
        fidelity = mean_estimate([same, coherence])
        return {"fidelity": fidelity, "P(all equal)": same, "coherence": coherence}

    def program(
        self, session: Session, parties: tuple[str, ...], what: str
    ) -> tuple[Program, tuple[Qubit, ...]]:
        """Return the program up to the noise, and the qubits of the GHZ state."""
        p = Program(f"GHZ distribution, {what}")
        qubits = distribute_ghz(p, session, parties)
        depolarize(p, self.depolarizing, *qubits)
        return p, qubits
