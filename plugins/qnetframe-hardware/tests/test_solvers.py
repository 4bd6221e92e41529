"""The kit of solvers: the pack's own solver passes it, and each broken solver is caught by it."""

from dataclasses import replace

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError, UnknownNameError, UnsupportedError
from qnetframe.plugins import discover
from qnetframe_hardware.dynamics import Collapse, Problem, Term, cross_check, make_solver
from qnetframe_hardware.dynamics.matrix_exponential import ExponentialSolver
from qnetframe_hardware.dynamics.operators import LOWERING, PAULI_X, PAULI_Z, destroy
from qnetframe_hardware.solver_checks import CHECKS

MOVING = {
    "start_of_time",
    "rotating_drive",
    "complex_drive",
    "driven_and_damped",
    "sampled_pulse",
    "late_short_pulse",
}


@pytest.mark.parametrize("name", CHECKS)
def test_matrix_exponentials(name):
    if name in MOVING:
        with pytest.raises(UnsupportedError, match=r"changes in time; use solver qutip"):
            CHECKS[name](ExponentialSolver)
    else:
        CHECKS[name](ExponentialSolver)


class Broken:
    """A solver that gets one thing wrong."""

    def __init__(self, change=lambda problem: problem, alter=lambda solution: solution):
        self.change, self.alter = change, alter

    def solve(self, problem, *, save_states=False):
        return self.alter(make_solver("auto").solve(self.change(problem), save_states=save_states))


def backwards(problem):
    return replace(
        problem, hamiltonian=[Term(-t.operator, t.coefficient, t.plus_conjugate) for t in problem.hamiltonian]
    )


def without_adjoint_phase(problem):
    class Modulus:
        def __init__(self, f):
            self.f = f

        def at(self, t, xp=np):
            return abs(self.f.at(t, xp))

    return replace(
        problem,
        hamiltonian=[Term(t.operator, Modulus(t.coefficient), t.plus_conjugate) for t in problem.hamiltonian],
    )


def adjoint_collapse(problem):
    return replace(problem, collapse=[Collapse(c.operator.conj().T, c.rate) for c in problem.collapse])


def squared_rate(problem):
    return replace(problem, collapse=[Collapse(c.operator, c.rate**2) for c in problem.collapse])


def clock_from_zero(problem):
    return replace(problem, times=problem.times - problem.times[0])


def single_precision(solution):
    return replace(solution, expectations={k: v.astype(np.float32) for k, v in solution.expectations.items()})


BROKEN = {
    "runs backwards": (Broken(backwards), {"sign_of_time", "complex_drive"}),
    "drops the phase of drives": (Broken(without_adjoint_phase), {"complex_drive"}),
    "takes the adjoint of collapse operators": (
        Broken(adjoint_collapse),
        {"decay", "non_hermitian_collapse"},
    ),
    "takes rates for amplitudes": (Broken(squared_rate), {"decay", "damped_cavity", "heating"}),
    "drops collapse operators": (Broken(lambda p: replace(p, collapse=())), {"decay", "heating"}),
    "starts its clock at zero": (Broken(clock_from_zero), {"start_of_time"}),
    "swaps the batch": (Broken(alter=lambda s: replace(s, final=s.final[::-1])), {"batch"}),
    "rounds to single precision": (Broken(alter=single_precision), {"rabi", "damped_cavity"}),
    "always keeps states": (Broken(alter=lambda s: replace(s, states=np.zeros((7, 2, 2)))), {"saved_states"}),
    "ignores the edge": (Broken(lambda p: replace(p, truncated=())), {"full_edge"}),
    "reverses the factors": (
        Broken(alter=lambda s: replace(s, final=s.final[..., ::-1])),
        {"factor_order", "batch"},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_kit_catches_a_solver_that(name):
    solver, checks = BROKEN[name]
    for check in checks:
        with pytest.raises(AssertionError):
            CHECKS[check](lambda: solver)


def test_solvers_are_a_catalog():
    plugins = discover()
    assert {"expm", "qutip"} <= set(plugins.catalog("solver"))
    assert type(make_solver("expm")).__name__ == "ExponentialSolver"
    with pytest.raises(UnknownNameError, match="unknown solver 'qutp'; did you mean 'qutip'"):
        make_solver("qutp")


def test_cross_check_states_the_difference_and_refuses_a_large_one():
    problem = Problem(
        (2,),
        [PAULI_X],
        np.eye(2),
        (0, 1.0),
        collapse=[Collapse(LOWERING, 0.2)],
        observables={"z": PAULI_Z},
        name="flop",
    )
    found = cross_check(problem, ("expm", "qutip"))
    assert found.solvers == ("expm", "qutip") and 0 < found.worst < 1e-8
    wrong = Broken(squared_rate)
    with pytest.raises(InvalidInputError, match="flop: expm and expm differ by"):
        cross_check(problem, ("expm", wrong))


def test_large_closed_problems_are_not_diagonalised():
    # D = 1600: expm_multiply, against a harmonic oscillator's closed form.
    levels = 1600
    a = destroy(levels)
    ket = np.zeros(levels)
    ket[:2] = np.sqrt(0.5)
    problem = Problem((levels,), [a.conj().T @ a], ket, (0, 0.3, 1.0), observables={"q": a + a.conj().T})
    times = np.asarray([0, 0.3, 1.0])
    kets = ExponentialSolver().solve(problem)
    assert np.allclose(kets.expectations["q"][0], np.cos(times), atol=1e-10)


def test_expm_gives_density_matrices_by_products_too(monkeypatch):
    import qnetframe_hardware.dynamics.matrix_exponential as module

    rho = np.asarray([[[0.7, 0.2j], [-0.2j, 0.3]], [[0.5, 0.5], [0.5, 0.5]]])
    problem = Problem((2,), [0.4 * PAULI_X + PAULI_Z], rho, (0, 0.3, 1.0))
    exact = ExponentialSolver().solve(problem, save_states=True)
    monkeypatch.setattr(module, "_DENSE_CLOSED", 1)
    products = ExponentialSolver().solve(problem, save_states=True)
    assert np.allclose(exact.states, products.states, atol=1e-13)
