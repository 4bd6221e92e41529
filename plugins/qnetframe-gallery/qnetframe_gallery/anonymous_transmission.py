"""Anonymous transmission of a qubit. Source: Christandl and Wehner, ASIACRYPT 2005, quant-ph/0409201."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.builtin.protocols.parties import (
    bell_weights,
    choose_parties,
    depolarize,
    distribute_ghz,
    expect_pair,
)
from qnetframe.errors import InvalidInputError
from qnetframe.program.patterns import bell_measurement
from qnetframe.program.program import Program
from qnetframe.values import Estimate


@dataclass(frozen=True)
class AnonymousTransmission:
    """Party ``sender`` teleports a qubit to party ``receiver`` through a GHZ state that all share.

    The others measure x and announce; the sender announces a coin and turns the phase by it, the receiver
    announces another coin. Only the receiver knows that the parity of the rest fixes the pair, so that
    every announcement is a fair coin to everybody else. The qubit is half of a pair that the sender keeps.
    """

    parties: int = 4
    sender: int = 0
    receiver: int = 2
    depolarizing: float = 0.0

    def __post_init__(self) -> None:
        checks.integer(self.parties, "parties", low=3, high=8)
        checks.integer(self.sender, "sender", low=0, high=self.parties - 1)
        checks.integer(self.receiver, "receiver", low=0, high=self.parties - 1)
        if self.sender == self.receiver:
            raise InvalidInputError(f"sender and receiver are both {self.sender}; they must differ")
        checks.probability(self.depolarizing, "depolarizing")

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the fidelities of the transmission, and how often each party announces 1."""
        parties = choose_parties(session, self.parties)
        p = Program("anonymous transmission")
        qubits = distribute_ghz(p, session, parties)
        depolarize(p, self.depolarizing, *qubits)
        here, there = qubits[self.sender], qubits[self.receiver]
        kept, message = p.qubits(parties[self.sender], "kept", "message")
        p.prepare((kept, message), np.array([1, 0, 0, 1]) / np.sqrt(2))
        announced = {
            party: p.coin(0.5, party) if qubit in (here, there) else p.measure(qubit, "x")
            for party, qubit in zip(parties, qubits, strict=True)
        }
        p.z(here, when=announced[parties[self.sender]])
        for party, bit in announced.items():
            if party != parties[self.receiver]:
                p.z(there, when=bit)
        z, x = bell_measurement(p, message, here)
        p.x(there, when=x).z(there, when=z)
        p.output(*announced.values())
        expect_pair(p, kept, there)
        result = session.run(p)
        fidelity = bell_weights(result)["Φ+"]
        says = {f"P({party} announces 1)": result.probability(bit) for party, bit in announced.items()}
        return {"average fidelity": fidelity.scaled(2 / 3, 1 / 3), "entanglement fidelity": fidelity, **says}
