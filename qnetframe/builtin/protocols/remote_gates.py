"""Gates between the ends of a route.

Sources: Gottesman, quant-ph/9807006 (1998); Eisert et al., PRA 62, 052317 (2000).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from qnetframe.api import Session
from qnetframe.builtin.protocols.parties import share_pair
from qnetframe.errors import InvalidInputError
from qnetframe.program.gates import gate_matrix
from qnetframe.program.program import Program, Qubit
from qnetframe.program.remote_gates import cat_disentangle, cat_entangle
from qnetframe.values import ComplexArray, Estimate

RemoteGateName: TypeAlias = Literal["cx", "cy", "cz", "ch"]
_GATES = ("cx", "cy", "cz", "ch")
_PHI = np.array([1, 0, 0, 1]) / np.sqrt(2)


def gate_over_route(
    program: Program, route: tuple[str, ...], gate: str, control: Qubit, target: Qubit
) -> None:
    """Apply a controlled gate between the ends of a route by one pair and one bit each way."""
    near, copy = program.qubit(route[0], "near"), program.qubit(route[-1], "copy")
    share_pair(program, route, near, copy)
    cat_entangle(program, control, (near, copy))
    program.gate(gate, copy, target)
    cat_disentangle(program, control, copy)


@dataclass(frozen=True)
class RemoteGate:
    """Apply ``gate`` with its control at the first and its target at the last node of the route.

    Control and target are prepared maximally entangled with one reference each, and the fidelity of all
    four qubits with the ideal result is the process fidelity F_p; the average over pure inputs is
    (4 F_p + 1)/5: Horodecki et al., PRA 60, 1888 (1999); Nielsen, Phys. Lett. A 303, 249 (2002). Over a
    Werner pair of fidelity F, F_p = F.
    """

    gate: RemoteGateName = "cz"

    def __post_init__(self) -> None:
        if self.gate not in _GATES:
            raise InvalidInputError(f"gate is {self.gate!r}; allowed are {', '.join(_GATES)}")

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the average gate fidelity and the process fidelity."""
        result = session.run(self.program(session.route()))
        process = result.state("choi").fidelity(self.ideal())
        return {"average fidelity": process.scaled(4 / 5, 1 / 5), "process fidelity": process}

    def program(self, route: tuple[str, ...]) -> Program:
        """Return the program for a route."""
        p = Program(f"remote {self.gate}")
        reference, control = p.qubits(route[0], "reference", "control")
        target, other = p.qubits(route[-1], "target", "reference")
        p.prepare((reference, control), _PHI).prepare((target, other), _PHI)
        gate_over_route(p, route, self.gate, control, target)
        p.output()
        p.save("choi", reference, control, target, other)
        return p

    def ideal(self) -> ComplexArray:
        """Return the 16 amplitudes of (reference, control, target, reference) after the ideal gate."""
        matrix = np.kron(np.kron(np.eye(2), gate_matrix(self.gate, ())), np.eye(2))
        return np.asarray(matrix @ np.kron(_PHI, _PHI))


@dataclass(frozen=True)
class TeleportedCNOT(RemoteGate):
    """Apply a CNOT with its control at the first and its target at the last node of the route."""

    gate: RemoteGateName = field(default="cx", init=False)
