"""What gates on Duffing oscillators share: their result, relaxation, and the local turns that are free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, pi

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from qnetframe import checks
from qnetframe.channels import Channel
from qnetframe_hardware.dynamics.operators import destroy, embed, number
from qnetframe_hardware.dynamics.problem import Collapse
from qnetframe_hardware.dynamics.process import Process
from qnetframe_hardware.transmons.coherence import pure_dephasing_time

ComplexArray = npt.NDArray[np.complex128]


@dataclass(frozen=True)
class TransmonGate:
    """``channel`` on the qubits, free local turns undone; average ``infidelity``; ``leakage`` out of them."""

    channel: Channel
    infidelity: float
    leakage: float
    duration: float


def relaxation(dims: tuple[int, ...], t1: float, t2: float) -> list[Collapse]:
    """Return the collapse operators of oscillators that relax with T1 and dephase to T2, on every factor."""
    checks.relaxation_times(t1, t2)
    phi = pure_dephasing_time(t1=t1, t2=t2)
    found = []
    for factor, levels in enumerate(dims):
        found.append(
            Collapse(embed(dims, (factor, destroy(levels))), 0.0 if t1 == inf else 1 / t1, "relaxation")
        )
        # sqrt(2/T_phi) n takes the coherence of |0> and |1> down by e^{-t/T_phi}.
        found.append(
            Collapse(embed(dims, (factor, number(levels))), 0.0 if phi == inf else 2 / phi, "dephasing")
        )
    return found


def best_turns(
    found: Process,
    ideal: ComplexArray,
    duration: float,
    before: Sequence[ComplexArray],
    after: Sequence[ComplexArray],
) -> TransmonGate:
    """Return the gate with the best turns exp(-i angle P/2) about these Paulis around it undone."""

    def turn(angles: npt.NDArray[np.float64], paulis: Sequence[ComplexArray]) -> ComplexArray:
        total = np.eye(len(ideal), dtype=complex)
        for angle, pauli in zip(angles, paulis, strict=True):
            total = (np.cos(angle / 2) * np.eye(len(ideal)) - 1j * np.sin(angle / 2) * pauli) @ total
        return total

    n, channel = len(before), found.channel

    def infidelity(angles: npt.NDArray[np.float64]) -> float:
        return 1 - channel.average_fidelity(turn(angles[n:], after) @ ideal @ turn(angles[:n], before))

    count = n + len(after)
    starts = [np.zeros(count), *np.random.default_rng(0).uniform(-pi, pi, (7, count))]
    best = min(
        (minimize(infidelity, x, method="BFGS", options={"gtol": 1e-9}) for x in starts), key=lambda r: r.fun
    ).x
    first, last = (Channel.from_unitary(u.conj().T) for u in (turn(best[:n], before), turn(best[n:], after)))
    undone = first.then(channel).then(last)
    return TransmonGate(undone, 1 - undone.average_fidelity(ideal), found.leakage, duration)
