"""Figures of theory: what is drawn is what was computed."""

import numpy as np
import pytest

from qnetframe.channels import amplitude_damping, dephasing, depolarizing
from qnetframe.channels.capacity import quantum_capacity, superadditive_lower_bound
from qnetframe.errors import InvalidInputError
from qnetframe.report import plot_capacities, plot_purification, plot_superadditivity
from qnetframe.states import pumping, recurrence, werner_weights


def lines(axes):
    return {line.get_label(): np.asarray(line.get_xydata()) for line in axes.lines}


def test_capacities_against_noise():
    gammas = [0.1, 0.3, 0.6]
    axes = plot_capacities([amplitude_damping(g) for g in gammas], gammas, "γ")
    found = lines(axes)
    expected = [quantum_capacity(amplitude_damping(g)).value for g in gammas]
    assert found["Q, quantum"][:, 1] == pytest.approx(expected, abs=1e-7)
    assert "Q↔, two-way assisted: bounds" in found and axes.get_xlabel() == "γ"
    assert {t.get_text() for t in axes.get_legend().get_texts()} >= {"Q, quantum", "C, classical: bounds"}


def test_superadditivity_near_the_threshold():
    found = lines(plot_superadditivity([0.19, 0.1902]))
    for code, label in (
        (1, "one use (hashing)"),
        (5, "repetition code 5"),
        ((5, 5), "repetition code 5 in 5"),
    ):
        assert found[label][0, 1] == pytest.approx(1e3 * superadditive_lower_bound(depolarizing(0.19), code))


def test_purification_against_cost_and_rounds():
    raw = werner_weights(0.8)
    paths = {"DEJMPS": recurrence(raw, 3), "pumping": pumping(raw, 2)}
    found = lines(plot_purification(paths))
    assert found["DEJMPS"][:, 0] == pytest.approx(paths["DEJMPS"].pairs)
    assert found["DEJMPS"][:, 1] == pytest.approx(paths["DEJMPS"].fidelity)
    assert lines(plot_purification(paths, against="rounds"))["pumping"][:, 0] == pytest.approx([0, 1, 2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plot_capacities([dephasing(0.1)], [0.1, 0.2]), "1 channels for 2 values"),
        (lambda: plot_purification({}), "no trajectory"),
        (lambda: plot_purification({"a": recurrence(werner_weights([0.7, 0.8]), 1)}), "one pair has"),
        (
            lambda: plot_purification({"a": recurrence(werner_weights(0.7), 1)}, against="time"),
            "pairs or rounds",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
