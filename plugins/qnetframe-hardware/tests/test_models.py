"""Every model of the pack by two engines that share no code."""

import numpy as np
import pytest

from qnetframe_hardware.dynamics import cross_check, make_solver
from qnetframe_hardware.models import MODELS


@pytest.mark.parametrize("name", MODELS)
def test_something_happens_in_every_model(name):
    problem = MODELS[name]()
    final = make_solver("auto").solve(problem).final_density
    assert np.abs(final - problem.density_matrices()).max() > 0.01


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_qutip_and_dynamiqs_agree(name):
    pytest.importorskip("dynamiqs")
    assert cross_check(MODELS[name](), ("qutip", "dynamiqs"), tolerance=1e-6).worst < 1e-6


@pytest.mark.parametrize("name", [name for name, make in MODELS.items() if make().constant])
def test_qutip_and_matrix_exponentials_agree(name):
    assert cross_check(MODELS[name](), ("expm", "qutip"), tolerance=1e-7).worst < 1e-7
