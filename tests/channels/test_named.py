"""The named channels: closed forms, conventions and ranges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qnetframe.channels as channels
from qnetframe.channels import (
    amplitude_damping,
    bit_flip,
    bit_phase_flip,
    dephasing,
    depolarizing,
    fully_depolarizing,
    identity,
    pauli,
    readout_error,
    replacement,
    thermal_relaxation,
    two_qubit_depolarizing,
)
from qnetframe.errors import InvalidInputError

RHO = np.array([[0.7, 0.2 + 0.3j], [0.2 - 0.3j, 0.3]])
probabilities = st.floats(0, 1)
times = st.floats(1e-9, 1e3)


def test_everything_public_is_there():
    assert all(callable(getattr(channels, name)) for name in channels.__all__)


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.75])
def test_depolarizing_is_replacement_with_probability_four_thirds_of_p(p):
    lam = 4 * p / 3
    np.testing.assert_allclose(depolarizing(p).apply(RHO), (1 - lam) * RHO + lam * np.eye(2) / 2, atol=1e-15)
    assert depolarizing(p).pauli_probabilities == {"I": 1 - p, "X": p / 3, "Y": p / 3, "Z": p / 3}


@pytest.mark.parametrize("p", [0.0, 0.1, 15 / 16])
def test_two_qubit_depolarizing_is_replacement_with_probability_16_fifteenths_of_p(p):
    rho, lam = np.kron(RHO, RHO.conj()), 16 * p / 15
    result = two_qubit_depolarizing(p).apply(rho)
    np.testing.assert_allclose(result, (1 - lam) * rho + lam * np.eye(4) / 4, atol=1e-15)
    assert two_qubit_depolarizing(p).entanglement_fidelity() == 1 - p


@pytest.mark.parametrize(
    ("channel", "bloch"),
    [
        (bit_flip(0.1), (1, 0.8, 0.8)),
        (bit_phase_flip(0.1), (0.8, 1, 0.8)),
        (dephasing(0.1), (0.8, 0.8, 1)),
        (pauli(0.1, 0.2, 0.3), (1 - 2 * 0.5, 1 - 2 * 0.4, 1 - 2 * 0.3)),
        (pauli(), (1, 1, 1)),
        (depolarizing(0.15), (0.8, 0.8, 0.8)),
        (fully_depolarizing(), (0, 0, 0)),
        (identity(), (1, 1, 1)),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_shrinking_of_the_bloch_vector(channel, bloch):
    np.testing.assert_allclose(channel.pauli_transfer, np.diag([1, *bloch]), atol=1e-15)


def test_fully_depolarizing_forgets_everything():
    rho = np.kron(RHO, RHO)
    np.testing.assert_allclose(fully_depolarizing(2).apply(rho), np.eye(4) / 4, atol=1e-15)


@given(probabilities)
def test_amplitude_damping_decays_the_excited_state(gamma):
    result = amplitude_damping(gamma).apply(RHO)
    assert result[1, 1] == pytest.approx(0.3 * (1 - gamma), abs=1e-14)
    assert result[0, 1] == pytest.approx(RHO[0, 1] * math.sqrt(1 - gamma), abs=1e-14)
    assert np.trace(result) == pytest.approx(1.0, abs=1e-14)


@given(times, st.floats(1e-3, 1.0), times)
def test_thermal_relaxation_decays_with_t1_and_t2(t1, share, time):
    t2 = 2 * t1 * share
    result = thermal_relaxation(t1, t2, time).apply(RHO)
    assert result[1, 1] == pytest.approx(0.3 * math.exp(-time / t1), abs=1e-14)
    assert result[0, 1] == pytest.approx(RHO[0, 1] * math.exp(-time / t2), abs=1e-14)


@given(times, st.floats(1e-3, 1.0), times, times)
def test_thermal_relaxation_is_a_semigroup(t1, share, first, second):
    t2 = 2 * t1 * share
    parts = thermal_relaxation(t1, t2, first).then(thermal_relaxation(t1, t2, second))
    assert parts.is_close(thermal_relaxation(t1, t2, first + second), 1e-12)


def test_thermal_relaxation_special_cases():
    # T2 = 2 T1: amplitude damping alone. T1 infinite: dephasing alone, as Pauli weights.
    damping = amplitude_damping(-math.expm1(-0.5))
    assert thermal_relaxation(2.0, 4.0, 1.0).is_close(damping, 1e-15)
    assert len(thermal_relaxation(2.0, 4.0, 1.0).kraus) == 2
    pure = thermal_relaxation(math.inf, 2.0, 1.0)
    assert pure.to_dict()["pauli"]["Z"] == -math.expm1(-0.5) / 2
    assert pure.is_pauli
    assert thermal_relaxation(math.inf, math.inf, 1.0).to_dict()["pauli"] == {"I": 1.0}
    assert thermal_relaxation(1.0, 1.0, 0.0).to_dict()["pauli"] == {"I": 1.0}
    # Infinitely late everything is in |0>, even where time / T overflows.
    for long_after in (thermal_relaxation(1e-3, 1e-3, 1e9), thermal_relaxation(1e-310, 1e-310, 1e300)):
        np.testing.assert_allclose(long_after.apply(RHO), [[1, 0], [0, 0]], atol=1e-15)
    # Short times lose no digits: 1 - F_e is (1/T1 + 2/T2) t / 4 to first order.
    short = thermal_relaxation(1.0, 1.0, 1e-12)
    errors = sum(p for label, p in short.pauli_probabilities.items() if label != "I")
    assert errors == pytest.approx(0.75e-12, rel=1e-9)


@given(probabilities, probabilities)
def test_readout_error_is_the_confusion_matrix_without_coherence(p10, p01):
    result = readout_error(p10, p01).apply(RHO)
    assert result[1, 1] == pytest.approx(0.7 * p10 + 0.3 * (1 - p01), abs=1e-14)
    assert result[0, 0] == pytest.approx(0.7 * (1 - p10) + 0.3 * p01, abs=1e-14)
    assert abs(result[0, 1]) < 1e-14
    assert readout_error(p10, p10).to_dict().keys() == {"name", "pauli"}


def test_readout_errors_on_a_ghz_state():
    """Columns (.98, .02), (.05, .95) on each of three qubits: P(000) = .4706585, P(111) = .4286915."""
    error = readout_error(0.02, 0.05)
    ghz = np.zeros(8)
    ghz[0] = ghz[-1] = math.sqrt(0.5)
    populations = np.diag(error.tensor(error).tensor(error).apply(np.outer(ghz, ghz))).real
    assert populations[0] == pytest.approx(0.4706585, abs=1e-12)
    assert populations[7] == pytest.approx(0.4286915, abs=1e-12)


@pytest.mark.parametrize(
    "state",
    [RHO, [[1, 0], [0, 0]], np.full((2, 2), 0.5), np.eye(2) / 2, np.diag([0.5, 0, 0.5, 0]), np.eye(4) / 4],
)
def test_replacement_forgets_its_input(state):
    channel = replacement(state)
    dim = len(state)
    rng = np.random.default_rng(1)
    root = rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim))
    rho = root @ root.conj().T
    np.testing.assert_allclose(channel.apply(rho / np.trace(rho)), state, atol=1e-14)
    rank = np.linalg.matrix_rank(np.asarray(state))
    assert len(channel.kraus) == rank * dim
    assert channel.is_pauli == bool(np.array_equal(state, np.eye(dim) / dim))


@pytest.mark.parametrize(
    ("build", "parts"),
    [
        (lambda: depolarizing(1.1), ["depolarizing p is 1.1", "[0, 1]"]),
        (lambda: depolarizing(math.nan), ["depolarizing p is nan", "finite"]),
        (lambda: depolarizing("0.1"), ["depolarizing p is '0.1'", "finite number"]),
        (lambda: two_qubit_depolarizing(-1e-3), ["two_qubit_depolarizing p is -0.001", "[0, 1]"]),
        (lambda: dephasing(2), ["dephasing p is 2", "[0, 1]"]),
        (lambda: bit_flip(-1), ["bit_flip p is -1", "[0, 1]"]),
        (lambda: bit_phase_flip(math.inf), ["bit_phase_flip p is inf", "finite"]),
        (lambda: pauli(0.1, -0.1), ["pauli py is -0.1", "[0, 1]"]),
        (lambda: pauli(0.5, 0.5, 0.5), ["'pauli'", "sum to 1.5", "at most 1"]),
        (lambda: amplitude_damping(1.5), ["amplitude_damping gamma is 1.5", "[0, 1]"]),
        (lambda: readout_error(1.2, 0), ["readout_error p1_given_0 is 1.2", "[0, 1]"]),
        (lambda: readout_error(0, -0.2), ["readout_error p0_given_1 is -0.2", "[0, 1]"]),
        (lambda: identity(0), ["num_qubits is 0", "at least 1"]),
        (lambda: fully_depolarizing(1.5), ["num_qubits is 1.5", "whole number"]),
        (lambda: thermal_relaxation(1, 3, 1), ["thermal_relaxation", "T2 is 3", "at most 2*T1 (2"]),
        (lambda: thermal_relaxation(0, 1, 1), ["T1 (seconds) is 0", "above 0"]),
        (lambda: thermal_relaxation(1, math.nan, 1), ["T2 (seconds) is nan", "finite"]),
        (lambda: thermal_relaxation(1, 1, -1), ["time (seconds) is -1", "at least 0"]),
        (lambda: thermal_relaxation(1, 1, math.inf), ["time (seconds) is inf", "finite"]),
        (lambda: replacement([1, 0]), ["replacement state has shape (2,)", "square"]),
        (lambda: replacement(np.eye(3) / 3), ["replacement state has 3 rows", "power of two"]),
        (lambda: replacement([[1, 0.25], [0, 0]]), ["adjoint by 0.25", "Hermitian to 1e-9"]),
        (lambda: replacement(np.eye(2)), ["has the trace 2;", "trace 1 to 1e-9"]),
        (lambda: replacement([[1.5, 0], [0, -0.5]]), ["eigenvalue -0.5;", "below -1e-9"]),
    ],
)
def test_values_out_of_range(build, parts):
    with pytest.raises(InvalidInputError) as caught:
        build()
    assert all(part in str(caught.value) for part in parts), str(caught.value)
