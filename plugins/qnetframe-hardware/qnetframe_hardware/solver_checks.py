"""What every solver must do: plain functions with closed-form answers, each stating its contract.

``CHECKS`` maps names to functions of ``make``, which returns a fresh solver. A check that needs what the
solver refuses by ``UnsupportedError`` passes that error on; a broken contract is an AssertionError. The whole
test file of a solver: ``test_mine = kind_tests("solver", "mine")`` with ``qnetframe.testing.kind_tests``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.testing.kit import CapabilityMiss
from qnetframe_hardware.dynamics.coefficients import Formula, Harmonics, Sampled
from qnetframe_hardware.dynamics.operators import (
    LOWERING,
    PAULI_X,
    PAULI_Y,
    PAULI_Z,
    basis,
    coherent,
    destroy,
    embed,
    number,
    thermal,
)
from qnetframe_hardware.dynamics.problem import Collapse, Problem, Term
from qnetframe_hardware.hookspecs import Solver, SolverSpec

Make = Callable[[], Solver]
Check = Callable[[Make], None]

TOLERANCE = 1e-8  # of every population and matrix entry


@dataclass(frozen=True)
class Close:
    """Asserts that two arrays agree within ``tolerance``."""

    tolerance: float = TOLERANCE

    def __call__(self, found: Any, expected: Any, what: str) -> None:
        """Raise AssertionError, saying by how much, unless they do."""
        found, expected = np.asarray(found), np.asarray(expected)
        assert found.shape == expected.shape, f"{what} has shape {found.shape}, must be {expected.shape}"
        gap = float(np.abs(found - expected).max())
        assert gap < self.tolerance, f"{what} is off by {gap:.3g}, more than {self.tolerance:g}"


_close = Close()
_ZERO, _ONE = basis((2,), 0), basis((2,), 1)
_PLUS = (_ZERO + _ONE) / np.sqrt(2)
_TIMES = np.linspace(0.0, 3.0, 7)


def rabi(make: Make) -> None:
    """A constant drive off resonance: P1 = (W/W')^2 sin^2(W't/2), W'^2 = W^2 + D^2 (Rabi 1937)."""
    drive, detuning = 2.0, 0.7
    problem = Problem(
        (2,), [drive / 2 * PAULI_X, detuning / 2 * PAULI_Z], _ZERO, _TIMES, observables={"n": np.diag([0, 1])}
    )
    full = np.hypot(drive, detuning)
    solution = make().solve(problem)
    _close(solution.expectations["n"][0], (drive / full) ** 2 * np.sin(full * _TIMES / 2) ** 2, "population")
    assert solution.final.shape == (1, 2), "kets without collapse stay kets"


def sign_of_time(make: Make) -> None:
    """rho' = -i [H, rho]: about Z, |+> turns towards +Y (a solver that runs backwards turns to -Y)."""
    problem = Problem((2,), [PAULI_Z / 2], _PLUS, _TIMES, observables={"x": PAULI_X, "y": PAULI_Y})
    solution = make().solve(problem)
    _close(solution.expectations["x"][0], np.cos(_TIMES), "x")
    _close(solution.expectations["y"][0], np.sin(_TIMES), "y")


def start_of_time(make: Make) -> None:
    """The state is given at the first time, wherever that is on the clock of the coefficients."""
    times = _TIMES + 2.0
    problem = Problem(
        (2,), [Term(PAULI_X / 2, Formula(lambda t, xp: 2 * t))], _ZERO, times, observables={"z": PAULI_Z}
    )
    _close(make().solve(problem).expectations["z"][0], np.cos(times**2 - 4.0), "z")


def rotating_drive(make: Make) -> None:
    """A resonant circular drive with its adjoint: full Rabi flops in the rotating frame."""
    w, drive = 5.0, 1.3
    terms = [Term(PAULI_Z, -w / 2), Term(LOWERING, Harmonics((drive / 2,), (w,)), plus_conjugate=True)]
    problem = Problem((2,), terms, _ZERO, _TIMES, observables={"n": np.diag([0, 1])})
    _close(make().solve(problem).expectations["n"][0], np.sin(drive * _TIMES / 2) ** 2, "population")


def complex_drive(make: Make) -> None:
    """f A + f* A^dagger with complex f: the phase of the drive is the axis of the rotation."""
    phase = 0.6
    drive = Harmonics((0.5 * np.exp(1j * phase), 0.0), (0.0, 1.0))
    problem = Problem((2,), [Term(LOWERING, drive, plus_conjugate=True)], _ZERO, (0.0, np.pi / 2))
    # H = (cos(phase) X - sin(phase) Y)/2 for time pi/2: |0> -> (|0> - i e^{-i phase}|1>)/sqrt2
    rho = make().solve(problem).final_density[0]
    _close(rho[1, 0], -0.5j * np.exp(-1j * phase), "coherence")


def driven_and_damped(make: Make) -> None:
    """A complex drive of density matrices under dephasing sqrt(k) Z: damped flops (H. C. Torrey, 1949)."""
    w, drive, k = 5.0, 1.3, 0.2
    terms = [Term(PAULI_Z, -w / 2), Term(LOWERING, Harmonics((drive / 2,), (w,)), plus_conjugate=True)]
    collapse = [Collapse(PAULI_Z, k)]
    states = np.asarray([np.diag([1.0, 0.0]), np.eye(2) / 2])
    problem = Problem((2,), terms, states, _TIMES, collapse, {"z": PAULI_Z})
    # y decays at 2k, so z'' + 2k z' + W^2 z = 0: underdamped for W > k.
    beat = np.sqrt(drive**2 - k**2)
    z = np.exp(-k * _TIMES) * (np.cos(beat * _TIMES) + k / beat * np.sin(beat * _TIMES))
    _close(make().solve(problem).expectations["z"], [z, 0 * z], "z")


def sampled_pulse(make: Make) -> None:
    """A sampled pulse turns by its area: samples of a cubic are a cubic."""
    knots = np.linspace(0.0, 3.0, 6)
    pulse = Sampled(knots, 0.2 + 0.4 * knots**3)
    problem = Problem((2,), [Term(PAULI_X / 2, pulse)], _ZERO, _TIMES, observables={"z": PAULI_Z})
    _close(make().solve(problem).expectations["z"][0], np.cos(0.2 * _TIMES + 0.1 * _TIMES**4), "z")


def late_short_pulse(make: Make) -> None:
    """A pulse of 3 % of the time, after a long rest, is not stepped over."""
    pulse = Formula(lambda t, xp: np.sqrt(np.pi) * 10 * xp.exp(-((10 * (t - 2.2)) ** 2)))
    problem = Problem((2,), [Term(PAULI_X / 2, pulse)], _ZERO, (0.0, 3.0), observables={"n": np.diag([0, 1])})
    _close(make().solve(problem).expectations["n"][0, -1], 1.0, "population after a pi pulse")


def decay(make: Make) -> None:
    """T1 and dephasing: P1 = e^{-gt}, coherence e^{-(g/2 + 2 k)t} for sqrt(k) Z (Lindblad 1976)."""
    g, k = 0.4, 0.15
    problem = Problem(
        (2,), [], np.asarray([_ONE, _PLUS]), _TIMES, collapse=[Collapse(LOWERING, g), Collapse(PAULI_Z, k)],
        observables={"n": np.diag([0, 1]), "x": PAULI_X},
    )  # fmt: skip
    solution = make().solve(problem)
    _close(solution.expectations["n"][0], np.exp(-g * _TIMES), "population")
    _close(solution.expectations["x"][1], np.exp(-(g / 2 + 2 * k) * _TIMES), "coherence")


def non_hermitian_collapse(make: Make) -> None:
    """The adjoint is on the right side: L = |0><1| empties level 1, it does not fill it."""
    problem = Problem((2,), [PAULI_Z], _PLUS, (0.0, 60.0), collapse=[LOWERING])
    _close(make().solve(problem).final_density[0], np.diag([1.0, 0.0]), "final state")


def batch(make: Make) -> None:
    """Many initial states keep their order; a density matrix evolves as the mixture of its kets."""
    kets = np.asarray([_ZERO, _ONE, _PLUS, (_ZERO + 1j * _ONE) / np.sqrt(2)])
    rhos = np.einsum("mi,mj->mij", kets, kets.conj())
    h = 0.3 * PAULI_X + 0.9 * PAULI_Y
    pure = make().solve(Problem((2,), [h], kets, (0.0, 1.7)))
    mixed = make().solve(Problem((2,), [h], rhos, (0.0, 1.7)))
    angle = np.hypot(0.3, 0.9) * 1.7
    u = np.cos(angle) * np.eye(2) - 1j * np.sin(angle) * h / np.hypot(0.3, 0.9)
    expected = u @ rhos @ u.conj().T
    _close(pure.final_density, expected, "final kets")
    _close(mixed.final_density, expected, "final density matrices")


def factor_order(make: Make) -> None:
    """The first factor is the most significant, as everywhere in qnetframe."""
    dims = (2, 3)
    problem = Problem(dims, [embed(dims, (0, PAULI_X / 2))], basis(dims, 0, 2), (0.0, np.pi))
    _close(make().solve(problem).final_density[0], np.diag(np.abs(basis(dims, 1, 2)) ** 2), "final state")


def damped_cavity(make: Make) -> None:
    """A coherent state stays coherent: alpha(t) = alpha e^{-(iw + kappa/2)t}."""
    levels, alpha, w, kappa = 16, 0.8, 1.1, 0.5
    a = destroy(levels)
    problem = Problem(
        (levels,), [w * number(levels)], coherent(levels, alpha), _TIMES, collapse=[Collapse(a, kappa)],
        observables={"n": number(levels), "q": a + a.conj().T}, truncated=(0,),
    )  # fmt: skip
    solution = make().solve(problem)
    _close(solution.expectations["n"][0], alpha**2 * np.exp(-kappa * _TIMES), "photon number")
    _close(
        solution.expectations["q"][0],
        2 * alpha * np.exp(-kappa * _TIMES / 2) * np.cos(w * _TIMES),
        "quadrature",
    )
    final = coherent(levels, alpha * np.exp(-(1j * w + kappa / 2) * 3.0))
    _close(solution.final[0], np.outer(final, final.conj()), "final state")
    assert 0 <= solution.edge < 1e-9, f"edge is {solution.edge}"


def heating(make: Make) -> None:
    """sqrt(r) a and sqrt(r) a^dagger add r quanta a second, from a thermal state."""
    levels, mean, rate = 40, 0.2, 0.1
    a = destroy(levels)
    problem = Problem(
        (levels,), [], thermal(levels, mean)[None], _TIMES,
        collapse=[Collapse(a, rate), Collapse(a.conj().T, rate)],
        observables={"n": number(levels)}, truncated=(0,),
    )  # fmt: skip
    _close(make().solve(problem).expectations["n"][0], mean + rate * _TIMES, "phonon number")


def vacuum_rabi(make: Make) -> None:
    """Jaynes-Cummings in |e, n>: P_e = cos^2(g sqrt(n+1) t) (Jaynes, Cummings 1963)."""
    dims, g = (2, 5), 0.9
    a = embed(dims, (0, LOWERING.conj().T), (1, destroy(5)))
    problem = Problem(
        dims, [Term(a, g, plus_conjugate=True)], np.asarray([basis(dims, 1, 0), basis(dims, 1, 2)]), _TIMES,
        observables={"e": embed(dims, (0, np.diag([0, 1])))}, truncated=(1,),
    )  # fmt: skip
    found = make().solve(problem).expectations["e"]
    _close(found, [np.cos(g * _TIMES) ** 2, np.cos(g * np.sqrt(3) * _TIMES) ** 2], "populations")


def saved_states(make: Make) -> None:
    """save_states gives the state at every time, the first one included, and nothing otherwise."""
    problem = Problem(
        (2,), [PAULI_Y / 2], np.asarray([_ZERO, _ONE]), _TIMES, collapse=[Collapse(PAULI_Y, 0.0)]
    )
    solution = make().solve(problem, save_states=True)
    assert solution.states is not None and solution.states.shape == (len(_TIMES), 2, 2)
    _close(np.abs(solution.states[:, 0, 1]) ** 2, np.sin(_TIMES / 2) ** 2, "population")
    _close(solution.states[-1], solution.final, "last state")
    assert make().solve(problem).states is None, "states are kept only if asked for"


def full_edge(make: Make) -> None:
    """A truncated oscillator that fills its highest level is an error, not a number."""
    levels = 6
    drive = destroy(levels) + destroy(levels).conj().T
    problem = Problem((levels,), [drive], basis((levels,), 0), (0.0, 3.0), truncated=(0,))
    try:
        make().solve(problem)
    except InvalidInputError as error:
        assert "keep more levels" in str(error), str(error)
        return
    raise AssertionError("a full highest level passed without an error")


_ALL: tuple[Check, ...] = (
    *(
        rabi,
        sign_of_time,
        start_of_time,
        rotating_drive,
        complex_drive,
        driven_and_damped,
        sampled_pulse,
        late_short_pulse,
    ),
    *(decay, non_hermitian_collapse, batch, factor_order, damped_cavity, heating, vacuum_rabi),
    *(saved_states, full_edge),
)
CHECKS: Mapping[str, Check] = {check.__name__: check for check in _ALL}


def _of_spec(check: Check) -> Callable[[SolverSpec, Make], None]:
    @functools.wraps(check)
    def judged(spec: SolverSpec, make: Make) -> None:
        try:
            check(make)
        except UnsupportedError as refusal:
            raise CapabilityMiss(str(refusal)) from refusal

    return judged


# As ``qnetframe check`` and ``kind_tests("solver", name)`` take them: what a solver refuses is skipped.
OF_SPECS = {name: _of_spec(check) for name, check in CHECKS.items()}
