"""What a solver returns: expectations, final states, and how far the truncation can be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qnetframe.errors import InvalidInputError

if TYPE_CHECKING:
    from qnetframe_hardware.dynamics.problem import Problem

RealArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]
_BLOCK = 1 << 15  # numbers of states that are looked at together


@dataclass(frozen=True, eq=False)
class Solution:
    """The evolution of m initial states over T times.

    ``expectations``: real (m, T) by observable; ``final``: kets (m, D) or density matrices (m, D, D);
    ``states`` the same at all times, (T, m, …), if asked for; ``edge``: the largest population of the
    highest level of any truncated factor; ``errors``: standard errors of the expectations, 0 for engines that
    integrate. ``engine`` names the solver, ``settings`` its tolerances.
    """

    times: RealArray
    expectations: Mapping[str, RealArray]
    final: ComplexArray
    edge: float
    engine: str
    states: ComplexArray | None = None
    errors: Mapping[str, RealArray] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def final_density(self) -> ComplexArray:
        """The final states as density matrices, (m, D, D)."""
        return np.einsum("mi,mj->mij", self.final, self.final.conj()) if self.final.ndim == 2 else self.final


class _Observable:
    """A Hermitian sparse matrix, ready to be looked at in many states."""

    def __init__(self, operator: Any) -> None:
        entries = operator.tocoo()
        self.rows, self.columns, self.values = entries.row, entries.col, entries.data

    def __call__(self, states: ComplexArray) -> RealArray:
        """Return the expectations (t, m) in kets (t, m, D) or density matrices (t, m, D, D)."""
        if states.ndim == 3:
            entries = states[..., self.rows].conj() * states[..., self.columns]
        else:
            entries = states[..., self.columns, self.rows]
        return np.asarray((entries @ self.values).real)


def collect(problem: Problem, states: Any, engine: str, save_states: bool, settings: Any = None) -> Solution:
    """Return the Solution of states that an engine yields one time after another, each (m, D) or (m, D, D).

    Raises InvalidInputError if the highest level of a truncated factor fills above the problem's tolerance.
    """
    tables: dict[str, list[RealArray]] = {name: [] for name in problem.observables}
    watched = {name: _Observable(operator) for name, operator in problem.observables.items()}
    edges = {factor: _Observable(projector) for factor, projector in problem.edge_projectors().items()}
    highest = dict.fromkeys(edges, 0.0)
    kept, last = [], None
    for block in _blocks(states):
        last = block[-1]
        for name, observable in watched.items():
            tables[name].append(observable(block))
        for factor, projector in edges.items():
            highest[factor] = max(highest[factor], float(projector(block).max()))
        if save_states:
            kept.append(block)
    assert last is not None
    refuse_full_edge(problem, highest)
    expectations = {name: np.concatenate(rows).T for name, rows in tables.items()}
    return Solution(
        times=problem.times,
        expectations=expectations,
        final=last,
        edge=max(highest.values(), default=0.0),
        engine=engine,
        states=np.concatenate(kept) if save_states else None,
        errors={name: np.zeros_like(rows) for name, rows in expectations.items()},
        settings=dict(settings or {}),
    )


def _blocks(states: Iterable[ComplexArray]) -> Iterator[ComplexArray]:
    """Yield states of several times together, (t, …): small ones are looked at in few calls."""
    waiting: list[ComplexArray] = []
    for state in states:
        waiting.append(state)
        if len(waiting) * state.size >= _BLOCK:
            yield np.asarray(waiting)
            waiting = []
    if waiting:
        yield np.asarray(waiting)


def refuse_full_edge(problem: Problem, highest: Mapping[int, float]) -> None:
    """Raise InvalidInputError if a truncated factor's highest level is fuller than the problem allows."""
    for factor, population in highest.items():
        if not population <= problem.edge_tolerance:
            raise InvalidInputError(
                f"{problem.name}: factor {factor} is cut at {problem.dims[factor]} levels, and the highest "
                f"holds {population:.3g}; at most {problem.edge_tolerance:g} is allowed: keep more levels"
            )
