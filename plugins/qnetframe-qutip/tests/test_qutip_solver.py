"""QuTiP as a solver: the kit of every solver, its pinned tolerances, and its own methods."""

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.plugins import discover

pytest.importorskip("qnetframe_hardware")

from qnetframe_hardware.dynamics import Collapse, Harmonics, Problem, Term
from qnetframe_hardware.dynamics.operators import LOWERING, PAULI_X, PAULI_Z, destroy
from qnetframe_hardware.solver_checks import CHECKS


def solver(**options):
    return discover().make("solver", "qutip", options)


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_kit(check):
    check(solver)


def test_master_equation_of_kets_and_of_density_matrices_agree():
    kets = np.eye(2, dtype=complex)
    given = dict(dims=(2,), hamiltonian=[PAULI_X], times=(0, 1.0), collapse=[Collapse(LOWERING, 0.3)])
    one = solver().solve(Problem(initial=kets, **given))
    two = solver().solve(Problem(initial=np.einsum("mi,mj->mij", kets, kets), **given))
    assert np.allclose(one.final, two.final, atol=1e-13)
    assert one.settings["rtol"] == 1e-10 and one.settings["atol"] == 1e-12


def test_default_tolerances_of_qutip_would_fail_the_kit():
    with pytest.raises(AssertionError, match="off by"):
        CHECKS["vacuum_rabi"](lambda: solver(rtol=1e-6, atol=1e-8))


@pytest.mark.parametrize("integrator", ["vern9", "adams", "dop853", "bdf"])
def test_other_integrators(integrator):
    CHECKS["sampled_pulse" if integrator != "bdf" else "rabi"](lambda: solver(integrator=integrator))


def test_floquet_modes_give_the_evolution_of_a_periodic_drive():
    # A linear drive, beyond the rotating-wave approximation; against direct integration.
    drive = Harmonics((0.4, 0.4), (2.0, -2.0))
    terms = [Term(PAULI_Z, 1.1), Term(PAULI_X, drive)]
    problem = Problem((2,), terms, np.eye(2), np.linspace(0.3, 11, 6), observables={"z": PAULI_Z})
    direct = solver().solve(problem)
    floquet = solver(method="floquet", period=np.pi).solve(problem)
    assert np.abs(direct.expectations["z"] - floquet.expectations["z"]).max() < 1e-7
    with pytest.raises(InvalidInputError, match="does not repeat after 1"):
        solver(method="floquet", period=1.0).solve(problem)
    with pytest.raises(InvalidInputError, match="needs the period"):
        solver(method="floquet").solve(problem)


def test_trajectories_carry_standard_errors():
    # e^{-gt}; 6 times within 5.5 standard errors: false alarm below 1e-6, once and for all at this seed.
    times = np.linspace(0, 2, 7)
    problem = Problem(
        (2,),
        [],
        np.asarray([[0, 1]]),
        times,
        collapse=[Collapse(LOWERING, 0.8)],
        observables={"n": np.diag([0, 1])},
    )
    one = solver(method="mc", trajectories=300, seed=5).solve(problem)
    again = solver(method="mc", trajectories=300, seed=5).solve(problem)
    expected = np.exp(-0.8 * times)
    errors = np.sqrt(expected * (1 - expected) / 300)
    assert (np.abs(one.expectations["n"][0] - expected) <= 5.5 * errors + 1e-9).all()
    assert np.allclose(one.errors["n"][0][1:], errors[1:], rtol=0.3) and one.errors["n"][0][0] == 0
    assert np.array_equal(one.expectations["n"], again.expectations["n"])
    with pytest.raises(UnsupportedError, match="starts from kets"):
        solver(method="mc").solve(problem.with_initial([np.diag([1, 0])]))


def test_trajectories_see_a_full_edge():
    a = destroy(4)
    problem = Problem((4,), [a + a.T], np.eye(4)[:1], (0, 2.0), collapse=[Collapse(a, 0.1)], truncated=(0,))
    with pytest.raises(InvalidInputError, match="keep more levels"):
        solver(method="mc", trajectories=4).solve(problem)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"method": "guess"}, "'method' is 'guess'"),
        ({"integrator": "euler"}, "integrator is 'euler'"),
        ({"rtol": 0.0}, "rtol is 0.0"),
        ({"trajectories": 1}, "trajectories is 1"),
        ({"period": -1.0}, "period"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(InvalidInputError, match=message):
        solver(**options)
