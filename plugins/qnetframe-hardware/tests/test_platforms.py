"""Colour centres, atoms and ensembles against formulas and a second route."""

from math import exp, pi

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError
from qnetframe_hardware import platforms
from qnetframe_hardware.platforms.nv import conditional_cx

CX = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])


def test_the_electron_turns_the_nucleus():
    channel, duration = platforms.conditional_rotation(hyperfine_hz=10e3)
    assert abs(duration - (pi / 2) / (2 * 10e3)) < 1e-15
    assert conditional_cx(channel).average_fidelity(CX) > 1 - 1e-9


def test_decoherence_of_the_electron_limits_it():
    # Z of the electron commutes with the gate: dephasing alone leaves F_e = (1 + e^{-t/T2})/2.
    channel, t = platforms.conditional_rotation(hyperfine_hz=10e3, t2=5e-3)
    assert abs(conditional_cx(channel).entanglement_fidelity(CX) - (1 + exp(-t / 5e-3)) / 2) < 1e-9


def test_a_qubit_is_stored_in_the_nucleus():
    ideal, duration = platforms.swap_to_nucleus(hyperfine_hz=10e3)
    assert ideal.average_fidelity() > 1 - 1e-9 and abs(duration - 2 * (pi / 2) / 2e4) < 1e-15
    noisy, _ = platforms.swap_to_nucleus(hyperfine_hz=10e3, t1=1.0, t2=5e-3, nuclear_t2=0.1)
    assert 0.95 < noisy.average_fidelity() < 0.995


def test_double_excitation_is_a_loss_of_coherence():
    clean, twice = (
        platforms.remote_centres(bright=0.1, detection=1e-3, attempt_time=5.5e-6, double_excitation=p)
        for p in (0.0, 0.04)
    )
    assert np.isclose(twice.heralded.state[0, 3] / clean.heralded.state[0, 3], 0.96)
    # Lossy limit: p = 2 alpha eta, F = 1 - alpha.
    assert (
        abs(clean.rate * 5.5e-6 / (2 * 0.1 * 1e-3) - 1) < 1e-3 and abs(clean.heralded.fidelity - 0.9) < 1e-3
    )


@pytest.mark.parametrize("p, eta, dark", [(0.05, 0.3, 0.0), (0.2, 0.8, 0.0), (0.1, 0.2, 1e-3)])
def test_dlcz_by_counting_excitations(p, eta, dark):
    """Another route: Fock states of both ensembles, the beam splitter, threshold detectors, cut at 14."""
    cut = 14
    n = np.arange(cut)
    weight = (1 - p) * p**n  # of each combined mode, which is a two-mode squeezed vacuum as well
    silent = (1 - dark) * (1 - eta) ** n
    click = weight * (1 - silent)
    none = weight * silent
    total = 2 * click.sum() * none.sum()
    right = 2 * click[1] * none[0] / total
    pair = platforms.dlcz_pair(excitation=p, efficiency=eta, dark_counts=dark)
    assert abs(pair.probability - total) < 1e-8 and abs(pair.fidelity - right) < 1e-8
    if not dark:
        assert abs(pair.fidelity - (1 - p) * (1 - p * (1 - eta)) ** 2) < 1e-12
        assert abs(pair.probability - 2 * p * eta * (1 - p) / (1 - p + p * eta) ** 2) < 1e-12


def test_multiple_excitations_and_phase_noise_cost_fidelity():
    low, high = (platforms.dlcz_pair(excitation=p, efficiency=0.1) for p in (0.001, 0.1))
    assert low.multiple < 4e-3 < 0.1 < high.multiple and np.isclose(np.trace(high.state).real, 1)
    noisy = platforms.dlcz_pair(excitation=0.001, efficiency=0.1, phase_noise=0.5)
    assert abs(noisy.fidelity / low.fidelity - (1 + exp(-0.125)) / 2) < 1e-9
    assert low.link(attempt_time=1e-5).success_probability == low.probability


def test_rydberg_gate():
    perfect = platforms.rydberg_cz(rabi_hz=4e6, blockade_hz=400e6)
    assert perfect.infidelity < 3e-5
    # The control is in |r> for about three quarters of the gate, when it is in |1>; the target where it is not.
    decaying = platforms.rydberg_cz(rabi_hz=4e6, blockade_hz=400e6, lifetime=100e-6)
    assert 0.2 < (decaying.infidelity - perfect.infidelity) / (decaying.duration / 100e-6) < 0.6
    weak = platforms.rydberg_cz(rabi_hz=4e6, blockade_hz=10e6)
    assert weak.infidelity > 1e-2


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: platforms.conditional_rotation(hyperfine_hz=0), "hyperfine_hz is 0"),
        (lambda: platforms.conditional_rotation(hyperfine_hz=1e4, t1=1e-3, t2=3e-3), "T2 must be at most"),
        (lambda: platforms.dlcz_pair(excitation=0.0, efficiency=0.5), "never heralds"),
        (lambda: platforms.rydberg_cz(rabi_hz=-1, blockade_hz=1e8), "rabi_hz is -1"),
        (lambda: platforms.remote_centres(bright=0.1, detection=0.1, attempt_time=0), "attempt_time"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
