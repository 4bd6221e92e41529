"""Quantum teleportation. Source: Bennett et al., PRL 70, 1895 (1993)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qnetframe.api import Session
from qnetframe.errors import InvalidInputError
from qnetframe.program.patterns import bell_measurement, entangle_route
from qnetframe.program.program import Program
from qnetframe.values import Bit, ComplexArray, Estimate, all_of, mean_estimate

_R = 1 / math.sqrt(2)
# Name: amplitudes, and the Pauli with the sign of its eigenvalue.
CARDINAL: dict[str, tuple[tuple[complex, complex], str, int]] = {
    "0": ((1, 0), "Z", 1),
    "1": ((0, 1), "Z", -1),
    "+": ((_R, _R), "X", 1),
    "-": ((_R, -_R), "X", -1),
    "+i": ((_R, 1j * _R), "Y", 1),
    "-i": ((_R, -1j * _R), "Y", -1),
}
BELL = {"Φ+": (0, 0), "Φ-": (1, 0), "Ψ+": (0, 1), "Ψ-": (1, 1)}


def parse_state(text: str) -> ComplexArray:
    """Return the amplitudes (2,) of "0", "1", "+", "-", "+i", "-i" or of two numbers as in "0.8,0.6j"."""
    if text in CARDINAL:
        return np.array(CARDINAL[text][0], dtype=complex)
    try:
        vector = np.array([complex(part.strip()) for part in text.split(",")])
    except ValueError:
        vector = np.zeros(0)
    if vector.shape != (2,) or not math.isclose(float(np.vdot(vector, vector).real), 1.0, abs_tol=1e-9):
        raise InvalidInputError(
            f"state is {text!r}; it must be 'cardinal', one of {', '.join(CARDINAL)}, or two amplitudes "
            "with norm 1 such as '0.8,0.6j'"
        )
    return vector


@dataclass(frozen=True)
class Teleportation:
    """Teleport a qubit from the first to the last node of the route, over swapped pairs if it is long.

    ``state``: "cardinal" sends each of the six cardinal states, whose mean fidelity is exactly the average
    over all pure states (they are a 2-design: Bowdrey et al., Phys. Lett. A 294, 258 (2002)); or one state,
    as "+" or "0.8,0.6j".
    """

    state: str = "cardinal"

    def __post_init__(self) -> None:
        if self.state != "cardinal":
            parse_state(self.state)

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the fidelity, the Bell outcomes' probabilities, and the Bloch vector left at the sender."""
        route = session.route()
        names = list(CARDINAL) if self.state == "cardinal" else [self.state]
        figures: dict[str, Estimate] = {}
        bell: dict[str, list[Estimate]] = {name: [] for name in BELL}
        bloch: dict[str, list[Estimate]] = {axis: [] for axis in "XYZ"}
        for name in names:
            program, z, x = self.program(name, route)
            result = session.run(program)
            if name in CARDINAL:
                figures[f"fidelity {name}"] = result.expectation("out").scaled(CARDINAL[name][2] / 2, 0.5)
            else:
                figures[f"fidelity {name}"] = result.state("out").fidelity(parse_state(name))
            for outcome, (first, second) in BELL.items():
                both = all_of(z ^ (1 - first), x ^ (1 - second))
                bell[outcome].append(result.probability(both))
            for axis in bloch:
                bloch[axis].append(result.expectation(f"sender {axis}"))
        head: dict[str, Estimate] = {}
        if self.state == "cardinal":
            head["average fidelity"] = mean_estimate(figures.values())
        head.update(figures)
        head.update({f"P({name})": mean_estimate(values) for name, values in bell.items()})
        head.update({f"sender <{axis}>": mean_estimate(values) for axis, values in bloch.items()})
        return head

    def program(self, state: str, route: tuple[str, ...]) -> tuple[Program, Bit, Bit]:
        """Return the program for one state, with the bits (z, x) of the Bell measurement."""
        p = Program(f"teleportation of {state}")
        psi = p.qubit(route[0], "psi")
        p.prepare(psi, parse_state(state))
        near, far = entangle_route(p, route)
        z, x = bell_measurement(p, psi, near)
        p.x(far, when=x).z(far, when=z)
        p.output(z, x)
        if state in CARDINAL:
            p.expect("out", {far: CARDINAL[state][1]})  # type: ignore[dict-item]
        else:
            p.save("out", far)
        for axis in ("X", "Y", "Z"):
            p.expect(f"sender {axis}", {psi: axis})
        return p, z, x
