"""Figures hold the numbers they are given."""

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError
from qnetframe_hardware import ions, plots
from qnetframe_hardware.dynamics import Problem, gaussian_pulse, make_solver
from qnetframe_hardware.dynamics.operators import PAULI_X, PAULI_Z, coherent, thermal
from qnetframe_hardware.photons import Wavepacket

GRID = np.linspace(-6, 6, 121)


def integral(values):
    return np.trapezoid(np.trapezoid(values, GRID, axis=1), GRID)


@pytest.mark.parametrize(
    "state",
    [
        coherent(30, 1.0 + 0.5j),
        thermal(30, 0.7),
        np.eye(5)[1],
        (np.eye(4)[0] + 1j * np.eye(4)[2]) / np.sqrt(2),
    ],
)
def test_wigner_functions_are_normalised_and_have_the_right_moments(state):
    w = plots.wigner_function(state, GRID)
    rho = np.outer(state, np.conj(state)) if state.ndim == 1 else state
    n = np.arange(len(rho))
    assert abs(integral(w) - 1) < 1e-6
    radius = np.add.outer(GRID**2, GRID**2)
    assert abs(integral(w * radius) - (2 * np.sum(n * np.diag(rho)).real + 1)) < 1e-5  # <x^2 + p^2> = 2n + 1
    a = np.diag(np.sqrt(n[1:]), 1)
    mean = np.trace(rho @ a)
    assert abs(integral(w * GRID[None]) - np.sqrt(2) * mean.real) < 1e-6
    assert abs(integral(w * GRID[:, None]) - np.sqrt(2) * mean.imag) < 1e-6


def test_the_wigner_function_of_one_photon_is_negative():
    assert abs(plots.wigner_function(np.eye(3)[1], [0.0])[0, 0] + 1 / np.pi) < 1e-12
    assert plots.wigner(np.eye(3)[1]).get_title() == "Wigner function"


def test_a_bloch_trajectory_is_the_states():
    problem = Problem((2,), [PAULI_X + PAULI_Z], [1, 0], np.linspace(0, 3, 31))
    axes = plots.bloch_trajectory(make_solver("expm").solve(problem, save_states=True))
    x, y, z = axes.lines[-1].get_data_3d()
    assert np.allclose(x**2 + y**2 + z**2, 1) and z[0] == 1
    with pytest.raises(InvalidInputError, match="save_states=True"):
        plots.bloch_trajectory(make_solver("expm").solve(problem))


def test_modes_dip_pulses_and_budget():
    axes = plots.normal_modes(ions.ion_crystal(ions=["Sr88", "Ca43"], axial_hz=1e6))
    assert sum("MHz" in t.get_text() for t in axes.texts) == 2
    photon = Wavepacket.exponential(1e8)
    axes = plots.hong_ou_mandel_dip(photon, photon, np.linspace(-5e-8, 5e-8, 21))
    assert axes.lines[0].get_ydata()[10] < 1e-6 and axes.lines[0].get_ydata()[0] > 0.49
    axes = plots.pulse_shapes(
        np.linspace(0, 1e-8, 5),
        {"drive": gaussian_pulse(centre=5e-9, sigma=1e-9, amplitude=2.0), "flat": np.ones(5)},
    )
    assert axes.lines[0].get_ydata()[2] == 2.0
    axes = plots.infidelity_budget({"a": {"x": 0.1, "y": 0.2}, "b": {"y": 0.3}})
    assert [round(p.get_width(), 3) for p in axes.patches] == [0.1, 0, 0.2, 0.3]
