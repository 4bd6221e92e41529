"""Circuit form and detection form agree, on several SDKs, with loss, dark counts and noise."""

import dataclasses
import math

import pytest

import qnetframe as qn
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe_qkd import rates
from qnetframe_qkd.protocols.decoy import DecoyBB84
from qnetframe_qkd.protocols.gaussian import GG02
from qnetframe_qkd.protocols.pairs import BBM92, E91, DeviceIndependent
from qnetframe_qkd.protocols.prepared import B92, BB84, SARG04, SixState
from qnetframe_qkd.protocols.relays import MDI, TwinField

NOISY = {"length_km": 10, "detector_efficiency": 0.6, "dark_count_probability": 0.01, "misalignment": 0.02}
PAIRS = {**NOISY, "depolarizing": 0.05}


@pytest.mark.parametrize(
    "make, noise",
    [
        (BB84, NOISY),
        (SixState, NOISY),
        (B92, NOISY),
        (SARG04, NOISY),
        (BBM92, PAIRS),
        (E91, PAIRS),
        (DeviceIndependent, PAIRS),
    ],
)
def test_the_forms_agree_exactly(make, noise):
    circuit = qn.run(make(**noise)).estimates
    table = qn.run(make(**noise, form="detection")).estimates
    assert circuit.keys() == table.keys()
    for name, estimate in circuit.items():
        assert estimate.value == pytest.approx(table[name].value, abs=1e-7), name


# 16 comparisons of 2 figures at 5 standard errors: a false alarm in 5e4 runs; seeds are fixed.
@pytest.mark.parametrize("backend", ["aer", "cirq", "qutip", "stim"])
@pytest.mark.parametrize("make, noise", [(BB84, NOISY), (SixState, NOISY), (B92, NOISY), (BBM92, PAIRS)])
def test_every_sdk_samples_what_the_table_says(make, noise, backend):
    exact = qn.run(make(**noise, form="detection")).estimates
    sampled = qn.run(make(**noise), backend=backend, shots=250_000, seed=5).estimates
    for name in ("QBER", next(iter(exact))):
        assert 0 < sampled[name].standard_error < 0.002
        assert abs(sampled[name].value - exact[name].value) < 5 * sampled[name].standard_error, name


@pytest.mark.parametrize("make, noise", [(BB84, NOISY), (B92, NOISY), (BBM92, PAIRS), (E91, PAIRS)])
def test_sampled_detections_follow_the_table(make, noise):
    exact = qn.run(make(**noise, form="detection")).estimates
    sampled = qn.run(make(**noise, form="detection"), shots=10**9, seed=3).estimates
    for name in exact:
        assert abs(sampled[name].value - exact[name].value) < 5 * sampled[name].standard_error + 1e-12, name
        assert sampled[name].standard_error < 1e-3


def test_an_eavesdropper_is_a_party_of_the_circuit():
    for form in ("circuit", "detection"):
        found = qn.run(BB84(attack="intercept-resend", strength=0.4, form=form)).estimates
        assert found["QBER"].value == pytest.approx(0.1)
        assert found["Eve's information"].value == pytest.approx(0.2)
    six = qn.run(SixState(attack="intercept-resend"), backend="stim", shots=20_000, seed=1).estimates
    assert abs(six["QBER"].value - 1 / 3) < 5 * six["QBER"].standard_error


def test_weak_pulses_without_decoys_are_not_trusted_with_several_photons():
    bright = qn.run(BB84(length_km=60, intensity=0.5, form="detection")).estimates
    assert bright["QBER"].value == pytest.approx(0.0, abs=1e-12) and bright["key per sifted bit"].value == 0.0
    dim = BB84(length_km=20, detector_efficiency=0.5, intensity=0.05, misalignment=0.01, form="detection")
    found = qn.run(dim).estimates
    gain = found["sifted per signal"].value / 0.5
    expected = rates.weak_pulses(gain, found["QBER"].value, 0.05, 1.16).rate
    assert found["key per sifted bit"].value == pytest.approx(expected)
    assert 0 < expected < rates.bb84(0.01, 1.16).rate
    whole = rates.decoy_bb84(20, 0.2, 0.5, 0.0, 0.01, 0.05, decoys="none", f_ec=1.16, sifting=1.0)
    assert expected * gain == pytest.approx(whole.rate, rel=1e-3)
    assert qn.run(SixState(intensity=0.1, form="detection")).estimates["key per sifted bit"].value == 0.0


def test_decoy_yields_of_circuits_are_those_of_the_table():
    protocol = DecoyBB84(length_km=20, dark_count_probability=1e-3, misalignment=0.02, form="circuit")
    found = qn.run(protocol, backend="aer").estimates
    from qnetframe_qkd.detection.sifting import exact_figures, same_basis

    for number in range(4):
        table = protocol.photon_experiment(number)
        figures = exact_figures(table, same_basis(table))
        assert found[f"yield of {number}"].value == pytest.approx(2 * figures.sifted.value, abs=1e-9)
        assert found[f"QBER of {number}"].value == pytest.approx(figures.qber.value, abs=1e-7)


def test_decoy_detections_bound_the_single_photons():
    found = qn.run(DecoyBB84(length_km=20)).estimates
    protocol = DecoyBB84(length_km=20)
    from qnetframe_qkd.detection.sifting import exact_figures, same_basis

    table = protocol.photon_experiment(1)
    figures = exact_figures(table, same_basis(table))
    assert found["single-photon yield, at least"].value <= 2 * figures.sifted.value
    assert found["single-photon error rate, at most"].value >= figures.qber.value
    sampled = qn.run(protocol, shots=10**9, seed=2).estimates
    key = "key per signal pulse in equal bases"
    assert abs(sampled[key].value - found[key].value) < 5 * sampled[key].standard_error


def test_photon_number_splitting_shows_in_the_decoys_only():
    # Lo, Ma, Chen 2005: no errors, but the weak pulses arrive too seldom.
    quiet, split = (
        qn.run(DecoyBB84(length_km=60, attack=a)).estimates for a in ("none", "photon-number-splitting")
    )
    assert split["QBER, signal"].value < quiet["QBER, signal"].value + 0.01
    assert split["single-photon yield, at least"].value == 0.0
    assert (
        split["key per signal pulse in equal bases"].value
        == 0.0
        < quiet["key per signal pulse in equal bases"].value
    )


def test_relays():
    exact = qn.run(MDI()).estimates
    assert exact["yield in z"].value == pytest.approx(0.145**2 / 2)
    assert exact["QBER in x"].value == pytest.approx(0.015)
    for backend in ("aer", "cirq", "stim"):
        sampled = qn.run(MDI(misalignment=0.0), backend=backend, shots=20_000, seed=4).estimates
        assert abs(sampled["yield in x"].value - 0.0105125) < 5 * sampled["yield in x"].standard_error
    waves = qn.run(MDI(length_km=100, dark_count_probability=6.02e-6, form="detection")).estimates
    assert waves["gain in z"].value == pytest.approx(rates.mdi(100).gain, rel=1e-9)
    field = qn.run(TwinField(length_km=200), shots=10**9, seed=1).estimates
    assert (
        abs(field["gain"].value - rates.twin_field(200, misalignment=0.02, signal_intensity=0.02).gain)
        < 5 * field["gain"].standard_error
    )


def test_gg02_estimates_its_channel():
    found = qn.run(GG02(length_km=25), shots=10**6, seed=2).estimates
    assert abs(found["key per pulse"].value - rates.gg02(25).rate) < 5 * found["key per pulse"].standard_error
    assert qn.run(GG02(length_km=25)).estimates["key per pulse"].value == pytest.approx(0.0916266, abs=1e-6)


def test_on_a_network_photons_are_sent_along_it():
    params = {"topology.nodes": 3, "link.length_km": 10}
    found = qn.run("bb84", topology="chain", link="fiber", params=params).estimates
    assert found["sifted per signal"].value == pytest.approx(0.5 * 10**-0.4)


def test_names_are_in_the_catalog():
    from qnetframe.plugins import discover

    names = [
        "bb84",
        "bb84-decoy",
        "six-state",
        "b92",
        "sarg04",
        "e91",
        "bbm92",
        "mdi",
        "twin-field",
        "di",
        "gg02",
    ]
    for name in names:
        found = qn.run(name, shots=1000, seed=1)
        assert found.estimates and all(math.isfinite(e.value) for e in found.estimates.values())
    assert discover().make("attack", "intercept-resend", {"strength": "0.25"}).report().qber == pytest.approx(
        0.0625
    )


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: BB84(detector_efficiency=1.2), InvalidInputError, "detector_efficiency is 1.2"),
        (lambda: BB84(dark_count_probability=-0.1), InvalidInputError, "dark_count_probability is -0.1"),
        (lambda: BB84(form="both"), InvalidInputError, "form is 'both'"),
        (lambda: BBM92(depolarizing=2.0), InvalidInputError, "depolarizing is 2.0"),
        (lambda: DecoyBB84(weak_intensity=0.6), InvalidInputError, "fall strictly"),
        (lambda: DecoyBB84(signal_probability=0.8, weak_probability=0.3), InvalidInputError, "leave some"),
        (lambda: GG02(modulation_variance=-1.0), InvalidInputError, "modulation_variance is -1.0"),
        (lambda: qn.run(TwinField(form="circuit")), UnsupportedError, "optical modes"),
        (lambda: qn.run(GG02(form="circuit")), UnsupportedError, "quadratures"),
        (lambda: qn.run(MDI(dark_count_probability=1e-6)), UnsupportedError, "no dark counts"),
        (lambda: qn.run(BB84(intensity=0.5)), UnsupportedError, "single photons"),
        (lambda: qn.run(BB84(attack="time-shift")), UnsupportedError, "no circuit form"),
        (lambda: qn.run(BB84(attack="entangling-cloner", form="detection")), UnsupportedError, "single pulses"),
        (lambda: qn.run(BB84(attack="time-shift", strength=0.5, form="detection")), InvalidInputError, "has none"),
        (lambda: qn.run(BB84(attack="magic")), qn.errors.UnknownNameError, "unknown attack 'magic'"),
    ],
)  # fmt: skip
def test_refusals_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


DETECTION = {"form": "detection", "length_km": 5, "detector_efficiency": 0.8}


def test_dead_time_lowers_the_sifted_share_as_renewal_theory_says():
    # Single photons click in one of two detectors with p = η/2 each; a click is lost where its detector is
    # dead, which for a dead time of τ signals leaves p / (1 + p τ). Five standard errors.
    p = 0.8 * 10 ** (-0.1) / 2
    for dead in (1, 20):
        found = qn.run(BB84(**DETECTION, dead_signals=dead), shots=400_000, seed=3).estimates
        share = found["sifted per signal"]
        assert abs(share.value - p / (1 + p * dead)) < 5 * share.standard_error < 0.01
        assert found["QBER"].value == 0.0


def test_afterpulses_are_random_bits():
    # A click brings another with P, on average 1 / (1 - P) in all; half of the further ones are wrong, so the
    # error rate is P / 2 where nothing else errs. Detections are rare, so that afterpulses seldom meet them.
    rare = {**DETECTION, "length_km": 140, "afterpulse_probability": 0.08, "afterpulse_delay": 3.0}
    found = qn.run(BB84(**rare), shots=40_000_000, seed=4).estimates
    share, qber = found["sifted per signal"], found["QBER"]
    assert abs(share.value - 0.8 * 10**-2.8 / 2 / 0.92) < 5 * share.standard_error * 1.1
    assert abs(qber.value - 0.04) < 5 * qber.standard_error
    decoy = DecoyBB84(
        length_km=120, dark_count_probability=0.0, misalignment=0.0, afterpulse_probability=0.08
    )
    seen = qn.run(decoy, shots=100_000_000, seed=5).estimates["QBER, signal"]
    # Afterpulses come in every intensity; the signal's QBER is (mean gain) P/(1-P) / 2 over its gain with them.
    eta = 0.1 * 10**-2.4
    mean = (0.5 * 0.47 + 0.3 * 0.16 + 0.2 * 2e-4) * eta
    extra = mean * 0.08 / 0.92
    assert abs(seen.value - extra / 2 / (0.47 * eta + extra)) < 5 * seen.standard_error


@pytest.mark.parametrize(
    "protocol, clicks",
    [
        (
            BBM92(form="detection", pairs_per_pulse=0.1, detector_efficiency=0.5, dead_signals=30),
            "sifted per pulse",
        ),
        (MDI(form="detection", dead_signals=100), "gain in z"),
        (TwinField(length_km=10, signal_intensity=0.2, dead_signals=30), "gain"),
        (DecoyBB84(detector_efficiency=0.5, dead_signals=30), "gain, signal"),
        (SARG04(form="detection", dead_signals=10), "sifted per signal"),
    ],
)
def test_every_protocol_with_detectors_loses_clicks_to_dead_time(protocol, clicks):
    alive = qn.run(dataclasses.replace(protocol, dead_signals=0), shots=200_000, seed=1).estimates[clicks]
    dead = qn.run(protocol, shots=200_000, seed=1).estimates[clicks]
    assert 0 < dead.value < alive.value - 5 * alive.standard_error
    again = qn.run(dataclasses.replace(protocol, dead_signals=0), shots=200_000, seed=2).estimates[clicks]
    assert abs(again.value - alive.value) < 5 * alive.standard_error


def test_memory_of_detectors_needs_detections_in_order():
    with pytest.raises(UnsupportedError, match="the circuit form has no dead time"):
        BB84(dead_signals=3)
    with pytest.raises(UnsupportedError, match="give shots"):
        qn.run(BB84(form="detection", afterpulse_probability=0.1))
    with pytest.raises(InvalidInputError, match="dead_signals is -1"):
        DecoyBB84(dead_signals=-1)
    with pytest.raises(InvalidInputError, match="afterpulse_probability is"):
        TwinField(afterpulse_probability=1.5)
