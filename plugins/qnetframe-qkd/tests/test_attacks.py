"""What attacks give Eve and what they give away, against published numbers."""

import math

import pytest

from qnetframe.errors import InvalidInputError
from qnetframe_qkd import rates
from qnetframe_qkd.attacks import (
    BeamSplitting,
    EntanglingCloner,
    FakedState,
    InterceptResend,
    PhotonNumberSplitting,
    TimeShift,
    UnambiguousDiscrimination,
)
from qnetframe_qkd.detection import Receiver


def near(value, tolerance=1e-6):
    return pytest.approx(value, abs=tolerance)


def test_intercept_resend():
    # Bennett & Brassard 1984; Huttner & Ekert, J. Mod. Opt. 41, 2455 (1994).
    full = InterceptResend().report()
    assert (full.qber, full.guess, full.information, full.sifted) == (
        near(0.25),
        near(0.75),
        near(0.5),
        near(0.5),
    )
    part = InterceptResend(0.3).report()
    assert (part.qber, part.information) == (near(0.3 / 4), near(0.15))
    assert InterceptResend(basis="zxy").report("six-state").qber == near(1 / 3)


def test_breidbart():
    found = InterceptResend(basis="breidbart").report()
    assert (found.qber, found.guess, found.information) == (near(0.25), near(0.853553), near(0.399124))


def test_b92():
    assert InterceptResend(0.0).report("b92").sifted == near(0.25)
    full = InterceptResend().report("b92")
    assert (full.sifted, full.qber) == (near(0.375), near(1 / 3))
    told = UnambiguousDiscrimination().report("b92", transmittance=0.01)
    assert (told.sifted, told.qber, told.information) == (
        near((1 - math.sqrt(0.5)) / 4),
        near(0.0),
        near(1.0),
    )


def test_sarg04_sifts_a_quarter():
    quiet = InterceptResend(0.0).report("sarg04")
    assert (quiet.sifted, quiet.qber) == (near(0.25), near(0.0))
    assert InterceptResend().report("sarg04").qber > 0.25  # conclusive errors weigh more


def test_photon_number_splitting_is_silent_and_learns_every_bit_of_several_photons():
    # Brassard et al. 2000: with single photons blocked Eve knows everything and no error is caused.
    found = PhotonNumberSplitting().report(intensity=0.1, transmittance=0.1)
    assert (found.qber, found.information) == (near(0.0), near(1.0))
    # Pulses that Bob then gets: half of those with two or more photons (basis).
    assert found.sifted == near((1 - math.exp(-0.1) * 1.1) / 2, 1e-9)
    open_ = PhotonNumberSplitting(0.0).report(intensity=0.1, transmittance=0.1)
    assert 0 < open_.information < 1


def test_beam_splitting_leaves_the_channel_as_it_was():
    # Bob's gain is that of the channel; Eve has light with probability 1 - exp(-μ (1-η)).
    found = BeamSplitting().report(intensity=0.5, transmittance=0.2)
    assert found.sifted == near((1 - math.exp(-0.1)) / 2)
    assert (found.qber, found.information) == (near(0.0), near(1 - math.exp(-0.4)))
    with pytest.raises(InvalidInputError, match="coherent light"):
        BeamSplitting().report()


@pytest.mark.parametrize("mismatch", [0.0, 0.066, 0.25, 1.0])
def test_faked_states(mismatch):
    # Makarov, Anisimov, Skaar 2006: QBER = 2η / (1 + 3η), 11 % at .066.
    assert FakedState(mismatch).report().qber == near(2 * mismatch / (1 + 3 * mismatch))


def test_time_shift_is_silent():
    # Qi et al. 2007: Eve's guess is right with 1/(1+mismatch).
    found = TimeShift(0.1).report()
    assert (found.qber, found.guess) == (near(0.0), near(1 / 1.1))
    assert TimeShift(1.0).report().information == near(0.0)
    assert TimeShift(0.0).report(receiver=Receiver((0.1, 0.1))).information == near(1.0)


@pytest.mark.parametrize("detection", ["homodyne", "heterodyne"])
@pytest.mark.parametrize("t, xi", [(0.3, 0.02), (0.9, 0.001), (0.05, 0.05)])
def test_the_cloner_has_what_the_rate_takes_off(t, xi, detection):
    # Two routes to one number: Eve's own covariance matrix, and the symplectic formula of the rate.
    found = EntanglingCloner(xi).report(t, 4.0, detection)
    rate = rates.gg02_transmittance(t, 4.0, xi, 1.0, 1.0, 0.0, detection)
    assert found.information == near(rate.holevo, 1e-9)


def test_individual_attacks_end_at_14_6_percent():
    # Fuchs et al., PRA 56, 1163 (1997): I(A:B) = I(A:E) at D = (1 - 1/√2)/2.
    assert rates.threshold(rates.bb84_individual, 1e-6, 0.5) == near((1 - math.sqrt(0.5)) / 2)


def test_trojan_light_costs_key():
    # Lucamarini et al. 2015: no light is no cost; the rate falls with it and the reach shrinks.
    assert rates.bb84_trojan(0.02, 0.0).rate == near(rates.bb84(0.02).rate)
    found = [rates.bb84_trojan(0.02, mu).rate for mu in (1e-6, 1e-4, 1e-2)]
    assert rates.bb84(0.02).rate > found[0] > found[1] > found[2]
    assert rates.bb84_trojan(0.02, 1e-4, single_photon_yield=1e-3).rate < found[1]


@pytest.mark.parametrize(
    "make",
    [
        lambda: InterceptResend(1.2),
        lambda: InterceptResend(basis="w"),
        lambda: FakedState(-1),
        lambda: PhotonNumberSplitting(2.0),
        lambda: InterceptResend().report("ekert"),
    ],
)
def test_bad_input_is_named(make):
    with pytest.raises(
        InvalidInputError,
        match=r"strength is 1.2|basis is 'w'|mismatch is -1|blocked is 2.0|protocol is 'ekert'",
    ):
        make()
