"""The hook that this pack declares: solvers of the neutral dynamics problem."""

from __future__ import annotations

import typing
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from qnetframe.api import Kind, Spec
from qnetframe.hookspecs import hookspec

if typing.TYPE_CHECKING:
    from qnetframe_hardware.dynamics import Problem, Solution


class Solver(typing.Protocol):
    """An engine that integrates a Problem in time."""

    def solve(self, problem: Problem, *, save_states: bool = False) -> Solution:
        """Return the evolution of every initial state; UnsupportedError names what it cannot do."""
        ...


@dataclass(frozen=True)
class SolverSpec(Spec):
    """factory(**options) -> Solver. ``sdks`` are the distributions whose versions a provenance records."""

    sdks: tuple[str, ...] = ()


@hookspec
def qnetframe_solvers() -> Iterable[SolverSpec]:  # type: ignore[empty-body]
    """Yield solvers: ``factory(**options) -> Solver``."""


def _solves(value: Any) -> bool:
    return callable(getattr(value, "solve", None))


KINDS = (
    Kind(
        "solver",
        "qnetframe_solvers",
        SolverSpec,
        "a Solver: solve(problem)",
        _solves,
        checks="qnetframe_hardware.solver_checks:OF_SPECS",
    ),
)
