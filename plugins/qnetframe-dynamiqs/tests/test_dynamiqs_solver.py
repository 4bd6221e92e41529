"""dynamiqs as a solver: the kit of every solver, and double precision that stays its own."""

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError
from qnetframe.plugins import discover
from qnetframe_hardware.dynamics import Problem
from qnetframe_hardware.dynamics.operators import PAULI_X
from qnetframe_hardware.solver_checks import CHECKS


def solver(**options):
    return discover().make("solver", "dynamiqs", options)


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_kit(check):
    check(solver)


@pytest.mark.slow
def test_double_precision_does_not_leak():
    import jax.numpy as jnp

    before = jnp.asarray(1.0).dtype
    found = solver().solve(Problem((2,), [PAULI_X], np.eye(2), (0, 1.0)))
    assert found.final.dtype == np.complex128 and jnp.asarray(1.0).dtype == before
    assert np.abs(found.final[0, 0] - np.cos(1.0)) < 1e-9


def test_it_is_listed_without_loading_jax():
    spec = discover().catalog("solver")["dynamiqs"]
    assert spec.sdks == ("dynamiqs", "jax")


@pytest.mark.slow
def test_bad_options():
    for options, message in [
        ({"method": "euler"}, "euler"),
        ({"rtol": -1.0}, "rtol"),
        ({"max_steps": 0}, "max_steps"),
    ]:
        with pytest.raises(InvalidInputError, match=message):
            solver(**options)
