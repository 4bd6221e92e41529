"""Neutral atoms: the Rydberg blockade gate, and ensembles that emit heralding photons (DLCZ)."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError
from qnetframe.network import LinkModel
from qnetframe_hardware.dynamics.coefficients import Formula
from qnetframe_hardware.dynamics.operators import PAULI_Z, basis, embed, transition
from qnetframe_hardware.dynamics.problem import Collapse, Problem, Term
from qnetframe_hardware.dynamics.process import encoded_process
from qnetframe_hardware.transmons.fits import best_turns

if TYPE_CHECKING:
    from qnetframe_hardware.hookspecs import Solver

ComplexArray = npt.NDArray[np.complex128]

_CZ = np.diag([1, 1, 1, -1]).astype(complex)


@dataclass(frozen=True)
class RydbergGate:
    """CZ: ``channel``, free turns about Z undone; average ``infidelity``; ``leakage`` left in the Rydberg
    state.
    """

    channel: Channel
    infidelity: float
    leakage: float
    duration: float


def _pulse(start: float, length: float, area: float) -> Formula:
    """Return a sin^2 pulse of this area from ``start`` to start + length."""

    def value(t: object, xp: object) -> object:
        s = (t - start) / length  # type: ignore[operator]
        inside = (s >= 0) & (s <= 1)
        return xp.where(inside, 2 * area / length * xp.sin(pi * s) ** 2, 0.0)  # type: ignore[attr-defined]

    return Formula(value)


def rydberg_problem(*, rabi_hz: float, blockade_hz: float, lifetime: float = float("inf")) -> Problem:
    """Return the problem of `rydberg_cz`, dims (3, 3), level 2 the Rydberg state."""
    peak, shift = (
        2 * pi * checks.positive(rabi_hz, "rabi_hz"),
        2 * pi * checks.finite(blockade_hz, "blockade_hz"),
    )
    life = checks.positive(lifetime, "lifetime (seconds)", infinite=True)
    # A sin^2 pulse of area A and peak P takes 2 A/P.
    half, full = 2 * pi / peak, 4 * pi / peak
    dims = (3, 3)
    up = [embed(dims, (i, transition(3, 2, 1))) for i in (0, 1)]
    both = embed(dims, (0, transition(3, 2, 2)), (1, transition(3, 2, 2)))
    terms = [
        Term(both, shift, name="blockade"),
        Term(up[0] / 2, _pulse(0.0, half, pi), plus_conjugate=True, name="pi on the control"),
        Term(up[1] / 2, _pulse(half, full, 2 * pi), plus_conjugate=True, name="2 pi on the target"),
        Term(up[0] / 2, _pulse(half + full, half, pi), plus_conjugate=True, name="pi back"),
    ]
    decay = [
        Collapse(
            embed(dims, (i, transition(3, 1, 2))), 0.0 if life == float("inf") else 1 / life, "Rydberg decay"
        )
        for i in (0, 1)
    ]
    observed = {"Rydberg": embed(dims, (0, transition(3, 2, 2)))}
    ket = sum(basis(dims, i, j) for i in (0, 1) for j in (0, 1)) / 2
    return Problem(
        dims,
        terms,
        ket,
        np.linspace(0, 2 * half + full, 33),
        decay,
        observables=observed,
        name="Rydberg CZ",
    )


def rydberg_cz(
    *, rabi_hz: float, blockade_hz: float, lifetime: float = float("inf"), solver: str | Solver = "qutip"
) -> RydbergGate:
    """Return the blockade gate: pi on the control, 2 pi on the target, pi back (D. Jaksch et al., PRL 85,
    2208 (2000)).

    sin^2 pulses with the peak ``rabi_hz`` on |1> to |r>; two Rydberg atoms are shifted by ``blockade_hz``;
    the Rydberg state lives ``lifetime`` seconds and decays to |1>.
    """
    problem = rydberg_problem(rabi_hz=rabi_hz, blockade_hz=blockade_hz, lifetime=lifetime)
    found = encoded_process(problem, (0, 1), solver=solver, leakage="mixed")
    turns = [np.kron(PAULI_Z, np.eye(2)), np.kron(np.eye(2), PAULI_Z)]
    gate = best_turns(found, _CZ, float(problem.times[-1]), [], turns)
    return RydbergGate(gate.channel, gate.infidelity, gate.leakage, gate.duration)


@dataclass(frozen=True, eq=False)
class DlczPair:
    """Two ensembles behind one click: ``probability`` an attempt, ``fidelity`` of the shared excitation.

    ``multiple`` is the probability of more than one excitation given the click; ``state`` (4, 4) counts it as
    a maximally mixed pair.
    """

    probability: float
    fidelity: float
    multiple: float
    state: ComplexArray

    def link(self, *, attempt_time: float, herald_delay: float = 0.0, delay: float = 0.0) -> LinkModel:
        """Return the link; times in seconds."""
        return LinkModel(
            success_probability=self.probability,
            attempt_time=attempt_time,
            state=self.state,
            herald_delay=herald_delay,
            delay=delay,
        )


def dlcz_pair(
    *, excitation: float, efficiency: float, dark_counts: float = 0.0, phase_noise: float = 0.0
) -> DlczPair:
    """Return the pair of two ensembles whose Stokes photons meet, at one click (L.-M. Duan et al., Nature
    414, 413 (2001)).

    Each write pulse makes sqrt(1 - p) sum p^(n/2)|n, n> of spin waves and photons with p = ``excitation``. A
    balanced beam splitter turns two such states into two such states of the combined modes, so all orders of
    p are exact: with threshold detectors of efficiency eta and without dark counts, P = 2 p eta (1 - p)/(1 -
    p + p eta)^2 and the fidelity with (|01> +- |10>)/sqrt2 is (1 - p)(1 - p(1 - eta))^2.
    """
    p, eta = checks.probability(excitation, "excitation"), checks.probability(efficiency, "efficiency")
    dark = checks.probability(dark_counts, "dark_counts")
    noise = checks.non_negative(phase_noise, "phase_noise (rad)")
    none = (1 - dark) * (1 - p) / (1 - p + p * eta) if p < 1 else 0.0  # a mode without a click
    click = 1 - none
    success = 2 * click * none
    if not success > 0:
        raise InvalidInputError(f"excitation {p:g} at efficiency {eta:g} never heralds a pair")
    # One excitation in the mode that clicked, none in the other; or the other way round, which is the wrong
    # sign.
    silent_0, silent_1 = (1 - p) * (1 - dark), (1 - p) * p * (1 - eta) * (1 - dark)
    loud_0, loud_1 = (1 - p) * dark, (1 - p) * p - silent_1
    right, wrong = loud_1 * silent_0 / (click * none), loud_0 * silent_1 / (click * none)
    empty = loud_0 * silent_0 / (click * none)
    keep = float(np.exp(-(noise**2) / 2))
    good, bad = (
        right * (1 + keep) / 2 + wrong * (1 - keep) / 2,
        right * (1 - keep) / 2 + wrong * (1 + keep) / 2,
    )
    bell = [np.array([1, 0, 0, 1]) / sqrt(2), np.array([1, 0, 0, -1]) / sqrt(2)]
    nothing = np.array([0, 1, 0, 0])  # |00> seen through the X that turns |01> + |10> into Phi+
    rest = max(0.0, 1 - good - bad - empty)
    state = good * np.outer(bell[0], bell[0]) + bad * np.outer(bell[1], bell[1])
    state = state + empty * np.outer(nothing, nothing) + rest * np.eye(4) / 4
    return DlczPair(success, good, rest, state.astype(complex))
