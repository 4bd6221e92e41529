"""Fibres: attenuation and dispersion by their laws, and integrals done numerically."""

import math

import numpy as np
import pytest
from scipy import integrate

import qnetframe as qn
from qnetframe import Program
from qnetframe.channels import Fibre, erasure, fibre
from qnetframe.errors import InvalidInputError


def test_attenuation_by_hand():
    """0.2 dB/km: 50 km lose 10 dB, 15.0515 km half the light."""
    assert Fibre(length_km=50).transmission == pytest.approx(0.1, rel=1e-12)
    assert Fibre(length_km=50).loss == pytest.approx(0.9, rel=1e-12)
    assert Fibre(length_km=15.051499783199057).loss == pytest.approx(0.5, rel=1e-9)
    assert Fibre(length_km=1e-9).loss == pytest.approx(0.2e-10 * math.log(10), rel=1e-9)
    assert Fibre(length_km=0).loss == 0.0 and Fibre(length_km=0).channel.is_identity


def test_differential_delay_grows_with_the_root_of_the_length():
    assert Fibre(length_km=100, pmd_ps_per_sqrt_km=0.2).differential_delay_ps == pytest.approx(2.0)
    short, long = (Fibre(length_km=x).differential_delay_ps for x in (25, 100))
    assert long == pytest.approx(2 * short)


def spectrum(model):
    """The Gaussian |f|^2 over detuning (rad/ps), from its full width at half maximum alone."""
    c = 299_792.458
    width = 2 * math.pi * c * model.bandwidth_nm / model.wavelength_nm**2
    return lambda w: math.exp(-4 * math.log(2) * (w / width) ** 2), width


def mean(function, model):
    weight, width = spectrum(model)
    top = integrate.quad(lambda w: weight(w) * function(w), -5 * width, 5 * width, limit=400)[0]
    return top / integrate.quad(weight, -5 * width, 5 * width)[0]


def test_polarisation_visibility_is_the_fourier_transform_of_the_spectrum():
    model = Fibre(length_km=80, pmd_ps_per_sqrt_km=0.5, bandwidth_nm=0.4)
    delay = model.differential_delay_ps
    assert model.polarisation_visibility == pytest.approx(
        mean(lambda w: math.cos(w * delay), model), rel=1e-6
    )
    assert 0.2 < model.polarisation_visibility < 0.9
    plus = model.channel.apply(np.full((2, 2), 0.5))
    assert plus[0, 1].real == pytest.approx(model.polarisation_visibility / 2, rel=1e-12)
    assert plus[0, 0].real == pytest.approx(0.5)


def test_narrow_light_or_no_dispersion_keeps_polarisation():
    assert Fibre(length_km=100, bandwidth_nm=1e-4).polarisation_visibility == pytest.approx(1, abs=1e-6)
    assert Fibre(length_km=100, pmd_ps_per_sqrt_km=0).channel.is_identity


def test_pulse_before_and_after_by_hand():
    """0.1 nm at 1550 nm: 12.4783 GHz, 35.364 ps; 17 ps/(nm km) over 20 km add 34 ps in quadrature."""
    model = Fibre(length_km=20, encoding="time-bin")
    assert model.pulse_ps == pytest.approx(0.441271 / 12.47835e-3, rel=1e-5)
    assert model.broadening_ps == pytest.approx(34.0)
    assert model.broadened_pulse_ps == pytest.approx(math.sqrt(35.3629**2 + 34**2), rel=1e-4)


def test_broadening_is_that_of_a_dispersed_gaussian_pulse():
    """The spread of arrival times omega beta2 L + (what is there without dispersion), integrated."""
    model = Fibre(length_km=40, dispersion_ps_per_nm_km=-20, bandwidth_nm=0.2)
    c = 299_792.458
    beta2 = 20 * model.wavelength_nm**2 / (2 * math.pi * c)  # ps^2/km, D in ps/(nm km)
    group = mean(lambda w: (w * beta2 * model.length_km) ** 2, model)
    initial = 1 / (4 * mean(lambda w: w**2, model))
    fwhm = math.sqrt(8 * math.log(2) * (group + initial))
    assert model.broadened_pulse_ps == pytest.approx(fwhm, rel=1e-6)


def test_indistinguishability_is_the_overlap_with_the_dispersed_pulse():
    model = Fibre(length_km=30, bandwidth_nm=0.15)
    c = 299_792.458
    beta2 = 17 * model.wavelength_nm**2 / (2 * math.pi * c)
    phase = lambda w: beta2 * model.length_km * w**2 / 2  # noqa: E731
    overlap = mean(lambda w: math.cos(phase(w)), model) ** 2 + mean(lambda w: math.sin(phase(w)), model) ** 2
    assert model.indistinguishability == pytest.approx(overlap, rel=1e-6)
    assert 0.3 < overlap < 0.95


def test_leakage_between_time_bins():
    model = Fibre(length_km=50, encoding="time-bin", bin_separation_ps=200)
    sigma = model.broadened_pulse_ps / math.sqrt(8 * math.log(2))
    density = lambda t: math.exp(-((t / sigma) ** 2) / 2) / sigma / math.sqrt(2 * math.pi)  # noqa: E731
    assert model.bin_leakage == pytest.approx(integrate.quad(density, 100, 100 + 20 * sigma)[0], rel=1e-6)
    out = model.channel.apply(np.diag([1.0, 0.0]))
    assert out[1, 1].real == pytest.approx(model.bin_leakage, rel=1e-12)
    # A leaked photon says nothing about the phase: the contrast loses the leakage, once.
    contrast = 2 * model.channel.apply(np.full((2, 2), 0.5))[0, 1].real
    assert contrast == pytest.approx(1 - model.bin_leakage, rel=1e-12)
    assert Fibre(length_km=50, encoding="time-bin").bin_leakage < 1e-12


def test_the_channel_with_a_flag_has_both():
    model = Fibre(length_km=30, pmd_ps_per_sqrt_km=1.0, bandwidth_nm=0.4)
    channel = fibre(30, pmd_ps_per_sqrt_km=1.0, bandwidth_nm=0.4)
    flip = (1 - model.polarisation_visibility) / 2
    weights = channel.pauli_probabilities
    assert weights["II"] == pytest.approx(model.transmission * (1 - flip))
    assert weights["ZI"] == pytest.approx(model.transmission * flip)
    assert all(weights[f"{p}X"] == pytest.approx(model.loss / 4) for p in "IXYZ")
    assert fibre(30, pmd_ps_per_sqrt_km=0).is_close(erasure(model.loss), 1e-12)


def test_in_a_program_loss_is_a_flag_and_dispersion_is_noise():
    model = Fibre(length_km=20, pmd_ps_per_sqrt_km=1.0, bandwidth_nm=0.3)
    p = Program("fibre")
    q = p.qubit("a", "q")
    p.h(q)
    flag = model.transmit(p, q)
    p.output(flag, label="lost")
    p.require(~flag)
    p.expect("x", {q: "X"})
    result = qn.execute(p, backend="reference")
    assert result.success_probability.value == pytest.approx(model.transmission, rel=1e-12)
    assert result.expectation("x").value == pytest.approx(model.polarisation_visibility, rel=1e-12)


@pytest.mark.parametrize(
    ("field", "value"),
    [("length_km", -1.0), ("attenuation_db_per_km", math.nan), ("pmd_ps_per_sqrt_km", -0.1), ("bandwidth_nm", 0.0),
     ("wavelength_nm", 0), ("bin_separation_ps", math.inf), ("encoding", "phase"), ("dispersion_ps_per_nm_km", "17")],
)  # fmt: skip
def test_bad_input_is_named(field, value):
    with pytest.raises(InvalidInputError, match=f"fibre {field} is"):
        fibre(**{"length_km": 1.0, field: value})
