"""Running: execute a program, run a protocol, compare backends."""

from qnetframe.experiment.compare import Comparison, compare
from qnetframe.experiment.error_budget import ErrorBudget, error_budget
from qnetframe.experiment.networks import with_named_hardware
from qnetframe.experiment.result import ProgramResult
from qnetframe.experiment.run import RunResult, execute, explain, run

__all__ = [
    "Comparison",
    "ErrorBudget",
    "ProgramResult",
    "RunResult",
    "compare",
    "error_budget",
    "execute",
    "explain",
    "run",
    "with_named_hardware",
]
