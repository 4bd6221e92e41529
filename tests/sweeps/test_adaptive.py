import math
import sys

import numpy as np
import pytest

import qnetframe as qn
from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.experiment.adaptive import Stop, batches
from qnetframe.experiment.result import _proportion
from qnetframe.values import Estimate


@pytest.fixture
def modules():
    yield ["sweep_devices"]
    sys.modules.pop("sweep_devices", None)


def run_of_coins(stop, p, seed):
    """Return (shots, estimate) of the batches of a coin, with the host's own error of a proportion."""
    rng, heads, total = np.random.default_rng(seed), 0, 0

    def more(number, shots):
        nonlocal heads, total
        heads, total = heads + rng.binomial(shots, p), total + shots
        return {"p": _proportion(heads, total)}

    *_, (shots, estimates) = batches(stop, more)
    assert shots == total
    return shots, estimates["p"]


@pytest.mark.parametrize("p, first", [(0.5, 100), (0.1, 200), (0.02, 600), (0.99, 1200)])
def test_a_standard_error_is_reached_without_bias_that_matters(p, first):
    """The mean of 4000 runs deviates by less than a tenth of the error asked for.

    The mean itself has an error of 1/63 of that: a bias of 0.05 would be seen at 3 of its standard errors,
    and a true bias of 0.03 gives a false alarm in 1e5 seeds.
    """
    wanted = math.sqrt(p * (1 - p) / (8 * first))
    found = [run_of_coins(Stop(standard_error=wanted, shots=first), p, seed) for seed in range(4000)]
    errors = np.array([e.standard_error for _, e in found])
    assert errors.max() <= wanted and errors.mean() > 0.9 * wanted  # enough, and not many shots too many
    bias = (np.mean([e.value for _, e in found]) - p) / wanted
    assert abs(bias) < 0.1
    # The error bar is honest: 68.3 % lie within one; 4000 runs have a deviation of 0.74 %, and discreteness.
    inside = np.mean([abs(e.value - p) <= e.standard_error for _, e in found])
    assert 0.64 < inside < 0.72


def test_a_relative_error_of_a_rare_event():
    """Stopping at 10 % needs about 100 events; the bias is below a tenth of the standard error times two."""
    p, stop = 0.003, Stop(relative_error=0.1, shots=4000)
    found = [run_of_coins(stop, p, seed) for seed in range(3000)]
    assert all(e.standard_error <= 0.1 * e.value for _, e in found)
    assert np.mean([shots for shots, _ in found]) == pytest.approx(100 / p, rel=0.1)
    assert abs(np.mean([e.value for _, e in found]) - p) < 0.2 * 0.1 * p


def test_either_error_is_enough_and_shots_end_it():
    both = Stop(standard_error=0.001, relative_error=0.5, shots=100)
    assert run_of_coins(both, 0.5, 1)[0] == 100
    last = Stop(standard_error=1e-6, shots=100, max_shots=777)
    assert run_of_coins(last, 0.5, 1)[0] == 777
    looks = [shots for shots, _ in batches(last, lambda n, shots: {"p": Estimate(0.5, 0.1, shots)})]
    assert looks == [100, 200, 400, 777]  # at most double, so that there are few looks
    exact = list(batches(last, lambda n, shots: {"p": Estimate(0.5)}))
    assert len(exact) == 1
    zero = Stop(relative_error=0.1, shots=100, max_shots=800)
    assert [s for s, _ in batches(zero, lambda n, shots: {"p": Estimate(0.0, 0.01, shots)})] == [
        100,
        200,
        400,
        800,
    ]


def test_the_figures_are_those_of_all_shots_together(tmp_path, modules):
    result = qn.sweep(
        "turn", params={"angle": 0.8}, backends=["reference", "counted"], modules=modules, shots=500,
        stop={"standard_error": 0.002}, store=tmp_path / "r.db", progress=False, seeds=3,
    )  # fmt: skip
    with result.open() as store:
        rows = list(store.rows())
    assert len({row.outcome.estimates["one"].shots for row in rows}) > 1
    for row in rows:  # at 6 standard errors, for one seed
        one, x = row.outcome.estimates["one"], row.outcome.estimates["x"]
        assert one.standard_error <= 0.002 and x.standard_error <= 0.002 and one.shots == x.shots > 4000
        assert one.value * one.shots == pytest.approx(round(one.value * one.shots))
        assert abs(one.value - math.sin(0.4) ** 2) < 6 * one.standard_error
        assert abs(x.value - math.sin(0.8)) < 6 * x.standard_error


def test_one_figure_can_be_the_one_that_counts(tmp_path, modules):
    given = {"modules": modules, "backends": ["reference"], "shots": 100, "progress": False}
    result = qn.sweep("turn", stop={"standard_error": 0.1, "figure": "one"}, store=tmp_path / "a.db", **given)
    with result.open() as store:
        assert next(store.rows()).outcome.estimates["one"].shots == 100
    result = qn.sweep("turn", stop={"standard_error": 0.1, "figure": "two"}, store=tmp_path / "b.db", **given)
    with result.open() as store:
        assert "unknown figure 'two'. Known: one, x" in next(store.rows()).outcome.error


def test_a_protocol_that_changes_its_programs_is_refused(tmp_path, modules):
    result = qn.sweep(
        "turn", params={"fickle": True}, modules=modules, shots=10, stop={"standard_error": 1e-3},
        store=tmp_path / "r.db", progress=False,
    )  # fmt: skip
    assert result.refused == 1
    with result.open() as store:
        assert "runs other programs in its second batch" in next(store.rows()).outcome.error


@pytest.mark.parametrize(
    "stop, shots, message",
    [
        ({"max_shots": 10}, 5, "stop needs standard_error or relative_error"),
        ({"standard_error": 0}, 5, r"stop\.standard_error is 0; it must be above 0"),
        ({"relative_error": -1}, 5, r"stop\.relative_error is -1"),
        ({"standard_error": 0.1, "max_shots": 10}, 20, r"stop\.max_shots is 10; it must be at least 20"),
    ],
)
def test_bad_rules(stop, shots, message):
    with pytest.raises(InvalidInputError, match=message):
        Stop.of(stop, shots)
    assert Stop.of({}, shots) is None


def test_unknown_rules(tmp_path):
    with pytest.raises((UnknownNameError, InvalidInputError), match=r"unknown setting 'stop\.standard_eror'"):
        qn.sweep("chsh", stop={"standard_eror": 0.1}, store=tmp_path / "r.db", progress=False)
    assert Stop.of({"standard_error": 0.1, "max_shots": 50}, None).shots == 50
