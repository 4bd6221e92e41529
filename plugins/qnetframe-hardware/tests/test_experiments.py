"""Predictions for published experiments, within the papers' error bars, with honest labels."""

import pytest

from qnetframe_hardware.experiments import EXPERIMENTS, humphreys_2018, krutyanskiy_2023, stephenson_2020


def values(experiment):
    return {row.quantity: row for row in experiment.rows}


def test_stephenson_2020():
    # Abstract: 182 Hz, fidelity 94.0(5) %, success probability 2.18e-4. The interval is two standard errors.
    rows = values(stephenson_2020())
    assert rows["fidelity"].agrees and abs(rows["rate (Hz)"].ours / 182 - 1) < 0.05
    assert abs(rows["success probability"].ours / 2.18e-4 - 1) < 0.02


def test_krutyanskiy_2023():
    # Abstract: 88.2 (+2.3, -6.0) %.
    rows = values(krutyanskiy_2023())
    assert rows["fidelity"].agrees and abs(rows["success probability"].ours / 4e-5 - 1) < 0.05


def test_humphreys_2018():
    # Abstract: entanglement at up to 39 Hz, against decoherence of 5 Hz.
    rows = values(humphreys_2018())
    assert abs(rows["rate (Hz)"].ours / 39 - 1) < 0.05 and rows["rate over decoherence"].ours > 7
    assert rows["rate (Hz)"].agrees is None


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.__name__)
def test_the_budget_explains_the_fidelity_and_every_input_is_labelled(experiment):
    found = experiment()
    assert all(number.kind in ("measured", "assumed") for number in found.inputs)
    assert any(number.kind == "assumed" for number in found.inputs)
    row = values(found).get("fidelity")
    if row is not None:
        assert abs(sum(found.budget.values()) - (1 - row.ours)) < 0.01
