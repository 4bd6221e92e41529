"""The search for schedules: against exhaustive enumeration, and against the usual protocols."""

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError
from qnetframe.states import Noise, bbpssw, best_schedule, dejmps, pumping, recurrence, werner_weights

NOISE = Noise(0.99, 0.99)


def rebuilt(schedule, raw, noise):
    """Return (weights, mean pairs) by running the tree step by step."""
    if schedule.kept is None:
        return raw, 1.0
    (a, cost_a), (b, cost_b) = (rebuilt(s, raw, noise) for s in (schedule.kept, schedule.used))
    step = bbpssw(a[list(schedule.order[0])], b[list(schedule.order[1])], noise, twirl=False)
    return step.weights, (cost_a + cost_b) / step.success


def test_what_it_says_is_what_its_steps_give():
    raw = np.array([0.75, 0.12, 0.08, 0.05])
    found = best_schedule(raw, 0.93, NOISE)
    weights, pairs = rebuilt(found, raw, NOISE)
    assert weights == pytest.approx(found.weights) and pairs == pytest.approx(found.pairs)
    assert found.fidelity >= 0.93 and str(found).count("raw") == found.raw
    assert found.depth <= found.raw - 1


@pytest.mark.parametrize("target", [0.82, 0.86, 0.9])
def test_the_beam_loses_nothing_where_all_can_be_tried(target):
    raw = np.array([0.8, 0.1, 0.06, 0.04])
    all_trees = best_schedule(raw, target, NOISE, max_pairs=4, beam=None)
    beam = best_schedule(raw, target, NOISE, max_pairs=4)
    assert beam.pairs == pytest.approx(all_trees.pairs)


@pytest.mark.parametrize("noise", [Noise(), NOISE])
def test_never_worse_than_the_usual_protocols(noise):
    raw = werner_weights(0.8)
    for usual in (recurrence(raw, 2, noise=noise), pumping(raw, 3, noise=noise)):
        found = best_schedule(raw, float(usual.fidelity[-1]), noise, max_pairs=6)
        assert found.pairs <= usual.pairs[-1] * (1 + 1e-12)


def test_one_step_is_dejmps_or_bbpssw():
    found = best_schedule(werner_weights(0.8), 0.83, max_pairs=2)
    assert found.fidelity == pytest.approx(dejmps(werner_weights(0.8)).fidelity)
    assert best_schedule(werner_weights(0.8), 0.8).raw == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: best_schedule(werner_weights(0.6), 0.99, NOISE, max_pairs=4), r"reaches 0\.\d{6}"),
        (lambda: best_schedule(werner_weights([0.6, 0.7]), 0.9), "starts from one pair"),
        (lambda: best_schedule(werner_weights(0.6), 1.2), "target is 1.2"),
        (lambda: best_schedule(werner_weights(0.6), 0.9, max_pairs=0), "max_pairs is 0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
