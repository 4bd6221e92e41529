"""Distributed phase sensing. Source: Giovannetti, Lloyd, Maccone, PRL 96, 010401 (2006)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.builtin.protocols.parties import choose_parties, depolarize, distribute_ghz
from qnetframe.program.program import Program
from qnetframe.values import Estimate, mean_estimate


@dataclass(frozen=True)
class PhaseSensing:
    """Estimate one phase φ that turns a qubit at each of ``parties`` nodes by Rz(φ).

    GHZ probes: the parity of all x outcomes is cos(nφ), sensitive like 1/n (Heisenberg). Separable probes:
    each node's x outcome is cos φ, sensitive like 1/√n together. Both are read where they are steepest.
    The slope is taken by the parameter shift rule, which is exact: Mitarai et al., PRA 98, 032309 (2018).
    Each qubit suffers ``depolarizing`` before the phase.
    """

    parties: int = 3
    depolarizing: float = 0.0

    def __post_init__(self) -> None:
        checks.integer(self.parties, "parties", low=2, high=8)
        checks.probability(self.depolarizing, "depolarizing")

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the Fisher information a run and its root, 1/(phase uncertainty), for both probes."""
        n = self.parties
        ghz = self.information(session, "ghz", n)
        separable = self.information(session, "separable", 1).scaled(n)
        return {
            "Fisher information, GHZ": ghz,
            "Fisher information, separable": separable,
            "1/uncertainty, GHZ": _root(ghz),
            "1/uncertainty, separable": _root(separable),
        }

    def information(self, session: Session, probe: Literal["ghz", "separable"], speed: int) -> Estimate:
        """Return slope² / (1 - signal²) of a ±1 signal that oscillates like cos(speed φ), at its steepest."""
        signal, high, low = (
            self.signal(session, probe, (0.5 + shift) * math.pi / speed) for shift in (0.0, 0.5, -0.5)
        )
        slope = mean_estimate([high, low], [speed / 2, -speed / 2])
        spread = max(1 - signal.value**2, 1 / (signal.shots or math.inf))
        error = math.hypot(
            2 * slope.value * slope.standard_error / spread,
            2 * slope.value**2 * signal.value * signal.standard_error / spread**2,
        )
        return Estimate(slope.value**2 / spread, error, slope.shots)

    def signal(self, session: Session, probe: Literal["ghz", "separable"], phase: float) -> Estimate:
        """Return the mean parity of a GHZ probe, or the mean x outcome over separable probes."""
        parties = choose_parties(session, self.parties)
        p = Program(f"phase sensing, {probe}, phase {phase:.3f}")
        if probe == "ghz":
            qubits = distribute_ghz(p, session, parties)
        else:
            qubits = tuple(p.qubit(party, "probe") for party in parties)
            for qubit in qubits:
                p.h(qubit)
        depolarize(p, self.depolarizing, *qubits)
        for qubit in qubits:
            p.rz(phase, qubit)
        p.output()
        if probe == "ghz":
            return session.run(p.expect("parity", dict.fromkeys(qubits, "X"))).expectation("parity")
        for qubit in qubits:
            p.expect(qubit.party, {qubit: "X"})
        result = session.run(p)
        return mean_estimate(result.expectation(qubit.party) for qubit in qubits)


def _root(information: Estimate) -> Estimate:
    value, error = math.sqrt(information.value), information.standard_error
    return Estimate(value, error / (2 * value) if value else math.sqrt(error), information.shots)
