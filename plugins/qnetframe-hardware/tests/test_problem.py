"""What a dynamics problem refuses, and what its coefficients are."""

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError
from qnetframe_hardware.dynamics import (
    Collapse,
    Constant,
    Formula,
    Harmonics,
    Problem,
    Sampled,
    Term,
    derivative_pulse,
    gaussian_pulse,
    sine_squared_pulse,
)
from qnetframe_hardware.dynamics.operators import (
    LOWERING,
    PAULI_X,
    basis,
    coherent,
    destroy,
    embed,
    partial_trace,
    thermal,
    transition,
)

GOOD = {"dims": (2,), "hamiltonian": [PAULI_X], "initial": [1, 0], "times": (0, 1)}


@pytest.mark.parametrize(
    "change, message",
    [
        ({"hamiltonian": [LOWERING]}, "not Hermitian"),
        ({"hamiltonian": [Term(PAULI_X, 1j)]}, "coefficient is complex"),
        ({"hamiltonian": [Term(PAULI_X, Formula(lambda t, xp: xp.sqrt(-t + 0j)))]}, "coefficient is complex"),
        ({"hamiltonian": [Term(PAULI_X, Formula(lambda t, xp: t + np.nan))]}, "not finite at some time"),
        ({"hamiltonian": [np.eye(3)]}, r"shape \(3, 3\); dims \(2,\) need \(2, 2\)"),
        ({"collapse": [np.eye(4)]}, "collapse operator"),
        ({"initial": [1, 1]}, "not normalised"),
        ({"initial": [[[1, 1], [0, 0]]]}, "not Hermitian"),
        ({"initial": [1, 0, 0]}, "initial has shape"),
        ({"times": (0, 0)}, "increasing"),
        ({"times": (0,)}, "at least two"),
        ({"dims": ()}, "no dimensions"),
        ({"dims": (2.5,)}, "whole number"),
        ({"observables": {"a": LOWERING}}, "observable a is not Hermitian"),
        ({"truncated": (1,)}, "truncated factor is 1"),
        ({"edge_tolerance": 2}, "edge_tolerance"),
    ],
)
def test_a_problem_refuses(change, message):
    with pytest.raises(InvalidInputError, match=message):
        Problem(**{**GOOD, **change})


def test_a_negative_rate_is_refused():
    with pytest.raises(InvalidInputError, match=r"rate of collapse operator decay \(1/s\) is -1"):
        Collapse(LOWERING, -1, name="decay")


@pytest.mark.parametrize(
    "value, message",
    [("x", "square matrix"), (np.ones((2, 3)), "must be square"), ([[np.inf, 0], [0, 0]], "not finite")],
)
def test_an_operator_that_is_none(value, message):
    with pytest.raises(InvalidInputError, match=message):
        Term(value)


def test_a_coefficient_that_is_none():
    with pytest.raises(InvalidInputError, match="must be a number or a Coefficient"):
        Term(PAULI_X, [1, 2])
    with pytest.raises(InvalidInputError, match="function of"):
        Formula(3)
    with pytest.raises(InvalidInputError, match="finite"):
        Constant(np.nan)
    with pytest.raises(InvalidInputError, match="as many"):
        Harmonics((1,), (1, 2))
    with pytest.raises(InvalidInputError, match="at least 4"):
        Sampled([0, 1, 2], [0, 1, 2])
    with pytest.raises(InvalidInputError, match="increasing"):
        Sampled([0, 1, 1, 2], [0, 1, 2, 3])


def test_a_spline_is_that_of_scipy_and_constant_outside():
    from scipy.interpolate import CubicSpline

    knots = np.asarray([0.0, 0.4, 1.0, 1.7, 2.0])
    values = np.sin(knots) + 1j * knots
    at = np.linspace(0, 2, 23)
    assert np.allclose(Sampled(knots, values).at(at), CubicSpline(knots, values)(at), atol=1e-14)
    assert Sampled(knots, values).at(-1.0) == values[0] and np.isclose(
        Sampled(knots, values).at(9.0), values[-1]
    )


def test_pulses():
    pulse, slope = (f(centre=1.0, sigma=0.2, amplitude=3.0) for f in (gaussian_pulse, derivative_pulse))
    t, h = np.linspace(0, 2, 9), 1e-6
    assert np.allclose(slope.at(t), (pulse.at(t + h) - pulse.at(t - h)) / (2 * h), atol=1e-6)
    bump = sine_squared_pulse(duration=2.0, amplitude=3.0)
    assert bump.at(1.0) == 3.0 and bump.at(-0.1) == bump.at(2.1) == 0.0


def test_operators_by_their_algebra():
    a = destroy(6).toarray()
    assert np.allclose((a @ a.T - a.T @ a)[:5, :5], np.eye(5))
    assert np.isclose(np.vdot(coherent(30, 1.2j), destroy(30) @ coherent(30, 1.2j)), 1.2j)
    assert np.isclose(np.trace(thermal(80, 2.0) @ np.diag(np.arange(80))).real, 2.0, atol=1e-9)
    assert np.array_equal(embed((2, 3), (1, transition(3, 0, 2))) @ basis((2, 3), 1, 2), basis((2, 3), 1, 0))
    with pytest.raises(InvalidInputError, match="given twice"):
        embed((2, 2), (0, PAULI_X), (0, PAULI_X))


def test_partial_trace_keeps_the_order_that_is_asked_for():
    rng = np.random.default_rng(3)
    a, b, c = (np.diag(rng.dirichlet(np.ones(n))) for n in (2, 3, 4))
    rho = np.kron(np.kron(a, b), c)[None]
    assert np.allclose(partial_trace(rho, (2, 3, 4), (2, 0))[0], np.kron(c, a))
