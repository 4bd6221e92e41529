"""QuTiP as a solver of dynamics problems: Schrödinger and master equations, trajectories, Floquet modes.

The tolerances are pinned: with QuTiP's defaults (rtol 1e-6, atol 1e-8) final populations were off by 4e-6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import qutip

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe_hardware.dynamics.liouville import commutator, liouvillian, reach
from qnetframe_hardware.dynamics.problem import ComplexArray, Problem, Term
from qnetframe_hardware.dynamics.solution import Solution, collect, refuse_full_edge

if TYPE_CHECKING:
    from scipy.sparse import csr_array

RTOL, ATOL = 1e-10, 1e-12
# A step is at most this part of the whole time where pulses could otherwise be stepped over.
_PULSE_STEPS = 64
_INTEGRATORS = ("auto", "adams", "bdf", "dop853", "lsoda", "vern7", "vern9", "tsit5")


@dataclass(frozen=True)
class QutipSolver:
    """All initial states as columns of one matrix, so that one integration serves them all.

    ``method``: "ode" integrates the Schrödinger equation of kets that stay kets, else the master equation;
    "mc" averages ``trajectories`` quantum jumps (kets only) drawn from ``seed``; "floquet" uses the Floquet
    modes of a closed Hamiltonian of ``period`` seconds. The integrator "auto" is adams, but
    dop853 for several density matrices at once, where it was two to three times as fast.
    """

    method: Literal["ode", "mc", "floquet"] = "ode"
    integrator: str = "auto"
    rtol: float = RTOL
    atol: float = ATOL
    trajectories: int = 500
    seed: int = 0
    period: float | None = None

    def __post_init__(self) -> None:
        if self.method not in ("ode", "mc", "floquet"):
            raise InvalidInputError(f"method is {self.method!r}; it must be 'ode', 'mc' or 'floquet'")
        if self.integrator not in _INTEGRATORS:
            raise InvalidInputError(f"integrator is {self.integrator!r}; allowed: {', '.join(_INTEGRATORS)}")
        checks.positive(self.rtol, "rtol")
        checks.positive(self.atol, "atol")
        checks.integer(self.trajectories, "trajectories", low=2)
        checks.integer(self.seed, "seed", low=0)
        if self.period is not None:
            checks.positive(self.period, "period (seconds)")

    def solve(self, problem: Problem, *, save_states: bool = False) -> Solution:
        """Return the evolution; UnsupportedError where the method does not fit the problem."""
        if self.method == "mc":
            return self._trajectories(problem, save_states)
        if self.method == "floquet":
            states = self._floquet(problem)
        else:
            states = (
                self._kets(problem) if problem.closed and problem.pure else self._density_matrices(problem)
            )
        settings = {
            "method": self.method,
            "integrator": self.integrator,
            "rtol": self.rtol,
            "atol": self.atol,
        }
        return collect(problem, states, "qutip", save_states, settings)

    def _options(self, problem: Problem) -> dict[str, Any]:
        few = (problem.closed and problem.pure) or self.method != "ode" or len(problem.initial) == 1
        options: dict[str, Any] = {
            "method": self.integrator if self.integrator != "auto" else "adams" if few else "dop853",
            "rtol": self.rtol,
            "atol": self.atol,
            "nsteps": 10_000_000,
            "progress_bar": "",
        }
        if not problem.constant:
            options["max_step"] = float(problem.times[-1] - problem.times[0]) / _PULSE_STEPS
        return options

    def _columns(self, problem: Problem, h: Any, columns: ComplexArray) -> Iterator[ComplexArray]:
        """Integrate d columns / dt = -i h columns and yield the columns at every time."""
        solver = qutip.SESolver(h, options={**self._options(problem), "normalize_output": False})
        start = qutip.Qobj(columns, dims=[[columns.shape[0]], [columns.shape[1]]])
        solver.start(start, float(problem.times[0]))
        yield columns
        for t in problem.times[1:]:
            yield solver.step(float(t)).full()

    def _kets(self, problem: Problem) -> Iterator[ComplexArray]:
        h = _hamiltonian(problem)
        for columns in self._columns(problem, h, np.ascontiguousarray(problem.initial.T)):
            yield columns.T

    def _density_matrices(self, problem: Problem) -> Iterator[ComplexArray]:
        # i L in place of H: the Schrödinger solver then integrates d rho / dt = L rho.
        d, static, moving = problem.dim, liouvillian(problem), problem.moving_terms
        terms = [commutator(term.operator) for term in moving]
        adjoint = [commutator(term.operator.conj().T) for term in moving if term.plus_conjugate]
        start = reach([static, *terms, *adjoint], problem.density_matrices().reshape(-1, d * d).T)
        static, *parts = (start.restricted(part) for part in (1j * static, *terms, *adjoint))
        others = iter(parts[len(moving) :])
        h = _evolution(
            [
                (term, _plain(part), _plain(next(others)) if term.plus_conjugate else None)
                for term, part in zip(moving, parts[: len(moving)], strict=True)
            ],
            _plain(static),
        )
        for columns in self._columns(problem, h, np.ascontiguousarray(start.columns)):
            yield start.unpacked(columns).T.reshape(-1, d, d)

    def _floquet(self, problem: Problem) -> Iterator[ComplexArray]:
        if not (problem.closed and problem.pure):
            raise UnsupportedError("solver qutip: method floquet takes kets without collapse")
        if self.period is None:
            raise InvalidInputError("method floquet needs the period of the Hamiltonian (seconds)")
        for term in problem.moving_terms:
            at = np.linspace(problem.times[0], problem.times[0] + self.period, 7)
            gap = max(abs(term.coefficient.at(t) - term.coefficient.at(t + self.period)) for t in at)
            if gap > 1e-9 * max(abs(term.coefficient.at(t)) for t in at):
                raise InvalidInputError(f"Hamiltonian {term.name} does not repeat after {self.period:g} s")
        h = _hamiltonian(problem)
        modes = qutip.FloquetBasis(h, self.period, options=self._options(problem))
        start = float(problem.times[0])
        kets = [qutip.Qobj(ket[:, None]) for ket in problem.initial]
        weights = [modes.to_floquet_basis(ket, start) for ket in kets]
        for t in problem.times:
            # The coefficients in the basis of Floquet states do not change in time.
            yield np.asarray([modes.from_floquet_basis(w, float(t)).full()[:, 0] for w in weights])

    def _trajectories(self, problem: Problem, save_states: bool) -> Solution:
        if not problem.pure:
            raise UnsupportedError("solver qutip: method mc starts from kets, not density matrices")
        if save_states:
            raise UnsupportedError("solver qutip: method mc gives expectations and final states only")
        h = _hamiltonian(problem)
        jumps = [_plain(c) for c in problem.collapse_matrices()]
        edges = {f"edge of factor {f}": p for f, p in problem.edge_projectors().items()}
        watched = {**problem.observables, **edges}
        options = {**self._options(problem), "keep_runs_results": True, "store_final_state": True}
        means: dict[str, list[Any]] = {k: [] for k in watched}
        errors: dict[str, list[Any]] = {k: [] for k in watched}
        finals = []
        for number, ket in enumerate(problem.initial):
            seeds = np.random.SeedSequence([self.seed, number]).spawn(self.trajectories)
            run = qutip.mcsolve(
                h, qutip.Qobj(ket[:, None]), problem.times, jumps, ntraj=self.trajectories,
                e_ops={k: _plain(v) for k, v in watched.items()}, seeds=seeds, options=options,
            )  # fmt: skip
            for k in watched:
                values = np.asarray(run.runs_e_data[k], dtype=float)
                means[k].append(values.mean(axis=0))
                errors[k].append(values.std(axis=0, ddof=1) / np.sqrt(self.trajectories))
            finals.append(run.average_final_state.full())
        refuse_full_edge(
            problem, {f: float(np.max(means[f"edge of factor {f}"])) for f in problem.edge_projectors()}
        )
        return Solution(
            times=problem.times,
            expectations={k: np.asarray(means[k]) for k in problem.observables},
            final=np.asarray(finals),
            edge=max((float(np.max(means[k])) for k in edges), default=0.0),
            engine="qutip",
            errors={k: np.asarray(errors[k]) for k in problem.observables},
            settings={"method": "mc", "trajectories": self.trajectories, "seed": self.seed},
        )


def _plain(matrix: csr_array) -> qutip.Qobj:
    """Return a sparse matrix as a CSR Qobj on one factor (a dense one would make a dense Liouvillian)."""
    from scipy.sparse import csr_matrix

    return qutip.Qobj(csr_matrix(matrix), dtype="CSR")


def _hamiltonian(problem: Problem) -> Any:
    """Return H(t) of kets."""
    moving = [(term, _plain(term.operator)) for term in problem.moving_terms]
    return _evolution(
        [(term, a, a.dag() if term.plus_conjugate else None) for term, a in moving],
        _plain(problem.static_hamiltonian),
    )


def _evolution(moving: list[tuple[Term, qutip.Qobj, qutip.Qobj | None]], static: qutip.Qobj) -> Any:
    """Return static + sum_k f_k(t) A_k + f_k(t)* B_k as a QobjEvo, or ``static`` if nothing moves."""
    if not moving:
        return static
    parts: list[Any] = [static]
    for term, matrix, other in moving:
        parts.append([matrix, qutip.coefficient(partial(_at, coefficient=term.coefficient))])
        if other is not None:
            parts.append([other, qutip.coefficient(partial(_conjugate_at, coefficient=term.coefficient))])
    return qutip.QobjEvo(parts)


def _at(t: float, coefficient: Any) -> complex:
    return complex(coefficient.at(t))


def _conjugate_at(t: float, coefficient: Any) -> complex:
    return complex(coefficient.at(t)).conjugate()
