"""Exact branches of Aer against closed forms and against the reference backend, to 1e-9."""

from __future__ import annotations

import numpy as np
import pytest

from qnetframe.program.branches import Segment
from qnetframe.testing.evolution_checks import CHECKS
from qnetframe.testing.random_programs import random_density_matrix
from qnetframe_aer import aer
from qnetframe_aer.backend import evolve


@pytest.mark.parametrize("check", CHECKS)
def test_evolution(check):
    CHECKS[check](aer, evolve)


def test_read_only_matrices_are_not_transposed():
    # Aer 0.18.2 reads a read-only array in C order as its transpose.
    state = random_density_matrix(np.random.default_rng(6), 1)
    state.setflags(write=False)
    (found,) = evolve([Segment(("a",), (), state)])
    assert np.abs(found - state).max() < 1e-15
