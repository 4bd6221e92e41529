"""Dynamics without an engine: what evolves, for how long, and what is looked at."""

from qnetframe_hardware.dynamics.coefficients import (
    Coefficient,
    Constant,
    Formula,
    Harmonics,
    Sampled,
    derivative_pulse,
    gaussian_pulse,
    sine_squared_pulse,
)
from qnetframe_hardware.dynamics.engines import cross_check, make_solver
from qnetframe_hardware.dynamics.problem import Collapse, Problem, Term
from qnetframe_hardware.dynamics.process import Process, encoded_process, process
from qnetframe_hardware.dynamics.solution import Solution

__all__ = [
    "Coefficient",
    "Collapse",
    "Constant",
    "Formula",
    "Harmonics",
    "Problem",
    "Process",
    "Sampled",
    "Solution",
    "Term",
    "cross_check",
    "derivative_pulse",
    "encoded_process",
    "gaussian_pulse",
    "make_solver",
    "process",
    "sine_squared_pulse",
]
