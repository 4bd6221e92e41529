"""The Mølmer-Sørensen gate: exact in closed form where the motion stays Gaussian, by a solver otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import pi, sqrt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.channels import Channel
from qnetframe_hardware.dynamics.operators import (
    LOWERING,
    PAULI_X,
    PAULI_Z,
    basis,
    destroy,
    embed,
    number,
    thermal,
)
from qnetframe_hardware.dynamics.problem import Collapse, Problem
from qnetframe_hardware.dynamics.process import process

if TYPE_CHECKING:
    from qnetframe_hardware.hookspecs import Solver

ComplexArray = npt.NDArray[np.complex128]

# exp(-i pi/4 X X), OpenQASM's rxx(pi/2).
IDEAL: ComplexArray = (np.eye(4) - 1j * np.kron(PAULI_X, PAULI_X)) / sqrt(2)
_HADAMARD = np.array([[1, 1], [1, -1]]) / sqrt(2)
# Row-major density matrices of two spins, from the basis of Z to that of X and back.
_TURN = np.kron(np.kron(_HADAMARD, _HADAMARD), np.kron(_HADAMARD, _HADAMARD))


@dataclass(frozen=True)
class MolmerSorensen:
    """The gate exp(-i pi/4 XX) as it comes out: ``channel`` on the two qubits, the ideal gate included.

    ``error`` is the channel that follows the ideal gate; ``infidelity`` its average infidelity;
    ``state_fidelity`` the fidelity of the Bell state made from |00>; ``duration`` in seconds; ``budget`` the
    average infidelity that each imperfection causes alone.
    """

    channel: Channel
    error: Channel
    infidelity: float
    state_fidelity: float
    duration: float
    coupling: float
    engine: str
    budget: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Settings:
    """One gate: rates in 1/s, the detuning in rad/s."""

    detuning: float
    loops: int
    mean_phonons: float
    heating_rate: float
    spin_dephasing_rate: float
    motional_dephasing_rate: float
    spin_decay_rate: float
    detuning_error: float
    coupling_error: float

    @property
    def coupling(self) -> float:
        return self.detuning / (4 * sqrt(self.loops))

    @property
    def duration(self) -> float:
        return 2 * pi * self.loops / self.detuning


def _settings(
    *,
    detuning_hz: float,
    loops: int = 1,
    mean_phonons: float = 0.0,
    heating_rate: float = 0.0,
    spin_dephasing_rate: float = 0.0,
    motional_dephasing_rate: float = 0.0,
    spin_decay_rate: float = 0.0,
    detuning_error_hz: float = 0.0,
    coupling_error: float = 0.0,
) -> _Settings:
    return _Settings(
        2 * pi * checks.positive(detuning_hz, "detuning_hz"),
        checks.integer(loops, "loops", low=1, high=1000),
        checks.non_negative(mean_phonons, "mean_phonons"),
        checks.non_negative(heating_rate, "heating_rate (quanta/s)"),
        checks.non_negative(spin_dephasing_rate, "spin_dephasing_rate (1/s)"),
        checks.non_negative(motional_dephasing_rate, "motional_dephasing_rate (1/s)"),
        checks.non_negative(spin_decay_rate, "spin_decay_rate (1/s)"),
        2 * pi * checks.finite(detuning_error_hz, "detuning_error_hz"),
        checks.finite(coupling_error, "coupling_error"),
    )


def molmer_sorensen_problem(*, levels: int = 30, **settings: float) -> Problem:
    """Return the dynamics problem of `molmer_sorensen`, dims (2, 2, levels), in the frame where H is
    constant.

    H = -(delta + error) n + G (X1 + X2)(a + a^dagger) is the gate's G (X1 + X2)(a e^{i delta t} + h.c.) seen
    from the frame of the motion (A. Sørensen and K. Mølmer, Phys. Rev. A 62, 022311 (2000), in the weak-field
    limit, without the carrier).
    """
    s = _settings(**settings)  # type: ignore[arg-type]
    return _problem(s, checks.integer(levels, "levels", low=2))


def _problem(s: _Settings, levels: int, turned: bool = False) -> Problem:
    """Return the problem; ``turned`` writes the spins in the basis of X, where H does not flip them.

    There the master equation falls apart into one for each pair of spin states, unless spins decohere.
    """
    dims = (2, 2, levels)
    x, z, lowering = PAULI_X, PAULI_Z, LOWERING
    if turned:
        x, z, lowering = PAULI_Z, PAULI_X, _HADAMARD @ LOWERING @ _HADAMARD
    spin = embed(dims, (0, x)) + embed(dims, (1, x))
    a = embed(dims, (2, destroy(levels)))
    strength = s.coupling * (1 + s.coupling_error)
    h = strength * spin @ (a + a.conj().T) - (s.detuning + s.detuning_error) * embed(
        dims, (2, number(levels))
    )
    collapse = [
        Collapse(a, s.heating_rate, "cooling part of heating"),
        Collapse(a.conj().T, s.heating_rate, "heating"),
        *(Collapse(embed(dims, (i, lowering)), s.spin_decay_rate, "spin decay") for i in (0, 1)),
        # sqrt(r/2) Z takes the coherence down by e^{-r t}; sqrt(2 r) n that of |0> and |1> by e^{-r t}.
        *(Collapse(embed(dims, (i, z)), s.spin_dephasing_rate / 2, "spin dephasing") for i in (0, 1)),
        Collapse(embed(dims, (2, number(levels))), 2 * s.motional_dephasing_rate, "motional dephasing"),
    ]
    return Problem(
        dims,
        [h],
        basis(dims, 0, 0, 0),
        (0.0, s.duration),
        collapse,
        truncated=(2,),
        name="Mølmer-Sørensen gate",
    )


def molmer_sorensen(
    *,
    detuning_hz: float,
    loops: int = 1,
    mean_phonons: float = 0.0,
    heating_rate: float = 0.0,
    spin_dephasing_rate: float = 0.0,
    motional_dephasing_rate: float = 0.0,
    spin_decay_rate: float = 0.0,
    detuning_error_hz: float = 0.0,
    coupling_error: float = 0.0,
    levels: int = 30,
    solver: str | Solver | None = None,
    budget: bool = False,
) -> MolmerSorensen:
    """Return the gate H = G (X1 + X2)(a e^{i delta t} + h.c.) with G = delta/(4 sqrt K), t = 2 pi K/delta.

    ``loops`` is K, ``mean_phonons`` that of the initial thermal state, ``heating_rate`` in quanta a second
    (collapse operators sqrt(r) a and sqrt(r) a^dagger), ``spin_dephasing_rate`` 1/T2 of each ion,
    ``spin_decay_rate`` 1/T1 of each, ``motional_dephasing_rate`` that of |0> and |1> of the mode,
    ``detuning_error_hz`` and the relative ``coupling_error`` static.

    Without dephasing the motion stays Gaussian and the map is exact and immediate: in the basis of X1 + X2,
    with eigenvalues s, every matrix element is multiplied by

    exp(-i (s^2 - s'^2) Phi - (s - s')^2 W/2),  Phi = G^2 (t/d - sin(d t)/d^2),
    W = 2 (2n+1)(G/d)^2 (1 - cos d t) + 4 r (G/d)^2 (t - sin(d t)/d),

    the first part being the loop that does not close (Sørensen and Mølmer 2000) and the second the random
    walk of heating, which displaces the loop; for closed loops W = r t/(4K), so that 1 - F of the Bell state
    is r t/(2K) to first order. Otherwise, or with a ``solver``, the master equation is solved on ``levels``
    phonon states.

    ``budget`` adds the infidelity that each imperfection causes alone.
    """
    s = _settings(
        detuning_hz=detuning_hz,
        loops=loops,
        mean_phonons=mean_phonons,
        heating_rate=heating_rate,
        spin_dephasing_rate=spin_dephasing_rate,
        motional_dephasing_rate=motional_dephasing_rate,
        spin_decay_rate=spin_decay_rate,
        detuning_error_hz=detuning_error_hz,
        coupling_error=coupling_error,
    )
    gaussian = _stays_gaussian(s)
    if solver is None and gaussian:
        channel, engine = _closed_form(s), "closed form"
    else:
        chosen = solver or "auto"
        channel = _integrated(s, levels, chosen)
        engine = chosen if isinstance(chosen, str) else type(chosen).__name__
    error = _after_ideal(channel)
    bell = channel.apply(np.diag([1.0, 0, 0, 0]))
    wanted = IDEAL[:, 0]
    return MolmerSorensen(
        channel=channel,
        error=error,
        infidelity=1 - error.average_fidelity(),
        state_fidelity=float((wanted.conj() @ bell @ wanted).real),
        duration=s.duration,
        coupling=s.coupling,
        engine=engine,
        budget=_budget(s, levels) if budget else {},
    )


def _stays_gaussian(s: _Settings) -> bool:
    return s.spin_dephasing_rate == s.motional_dephasing_rate == s.spin_decay_rate == 0


def _after_ideal(channel: Channel) -> Channel:
    """Return the channel E with E after the ideal gate being ``channel``."""
    return Channel.from_unitary(IDEAL.conj().T).then(channel)


def _closed_form(s: _Settings) -> Channel:
    d, t = s.detuning + s.detuning_error, s.duration
    g = s.coupling * (1 + s.coupling_error)
    phase = g**2 * (t / d - np.sin(d * t) / d**2)
    spread = 2 * (2 * s.mean_phonons + 1) * (g / d) ** 2 * (1 - np.cos(d * t))
    spread += 4 * s.heating_rate * (g / d) ** 2 * (t - np.sin(d * t) / d)
    eigenvalues = np.asarray([2, 0, 0, -2])
    row, column = eigenvalues[:, None], eigenvalues[None]
    factor = np.exp(-1j * (row**2 - column**2) * phase - (row - column) ** 2 * spread / 2)
    return Channel.from_superoperator(_TURN @ np.diag(factor.ravel()) @ _TURN, "ms")


def _integrated(s: _Settings, levels: int, solver: str | Solver) -> Channel:
    turned = process(
        _problem(s, levels, turned=True),
        (0, 1),
        environment={2: thermal(levels, s.mean_phonons)},
        solver=solver,
        name="ms",
    )
    return Channel.from_superoperator(_TURN @ turned.superoperator @ _TURN, "ms")


def _budget(s: _Settings, levels: int) -> dict[str, float]:
    clean = replace(
        s,
        mean_phonons=0.0,
        heating_rate=0.0,
        spin_dephasing_rate=0.0,
        motional_dephasing_rate=0.0,
        spin_decay_rate=0.0,
        detuning_error=0.0,
        coupling_error=0.0,
    )
    alone = {
        "heating": replace(clean, heating_rate=s.heating_rate),
        "spin dephasing": replace(clean, spin_dephasing_rate=s.spin_dephasing_rate),
        "spin decay": replace(clean, spin_decay_rate=s.spin_decay_rate),
        "motional dephasing": replace(
            clean, motional_dephasing_rate=s.motional_dephasing_rate, mean_phonons=s.mean_phonons
        ),
        "detuning error": replace(clean, detuning_error=s.detuning_error, mean_phonons=s.mean_phonons),
        "coupling error": replace(clean, coupling_error=s.coupling_error),
    }
    named = {name: one for name, one in alone.items() if replace(one, mean_phonons=0.0) != clean}
    return {name: _infidelity(one, levels) for name, one in named.items()}


def _infidelity(s: _Settings, levels: int) -> float:
    if _stays_gaussian(s):
        return 1 - _after_ideal(_closed_form(s)).average_fidelity()
    return 1 - _after_ideal(_integrated(s, levels, "auto")).average_fidelity()
