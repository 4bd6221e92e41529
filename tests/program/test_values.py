"""Bits and conditions, estimates, state estimates, branches and samples."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnetframe.errors import InvalidInputError
from qnetframe.paulis import pauli_labels, pauli_matrix
from qnetframe.values import (
    AllOf,
    AnyOf,
    Bit,
    Branch,
    Estimate,
    Parity,
    Samples,
    StateEstimate,
    all_of,
    any_of,
    condition,
    evaluate,
    mean_estimate,
    parities_of,
)

A, B, C = Bit("a", "alice"), Bit("b", "bob"), Bit("c")

# ---- conditions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (A ^ B, Parity(("a", "b"))),
        (A ^ B ^ A, Parity(("b",))),
        (A ^ A, Parity()),
        (A ^ 1, Parity(("a",), 1)),
        (1 ^ A, Parity(("a",), 1)),
        (A ^ 0, Parity(("a",))),
        (~A, Parity(("a",), 1)),
        (~~(A ^ B), Parity(("b", "a"))),
        (A ^ (B ^ 1) ^ (C ^ 1), Parity(("a", "b", "c"))),
        (1 ^ (A ^ B), Parity(("a", "b"), 1)),
        (condition("a"), Parity(("a",))),
        (condition(A), Parity(("a",))),
        (all_of(A, B ^ 1), AllOf((Parity(("a",)), Parity(("b",), 1)))),
        (any_of(A), AnyOf((Parity(("a",)),))),
        (AllOf((A, "b")), all_of(A, B)),
    ],
)
def test_construction(value, expected):
    assert value == expected
    assert hash(value) == hash(expected)
    assert condition(value) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Parity(), "0"),
        (Parity((), 1), "1"),
        (A ^ B, "a ^ b"),
        (B ^ A ^ 1, "a ^ b ^ 1"),
        (all_of(A, B ^ 1), "all_of(a, b ^ 1)"),
        (any_of(A ^ C, B), "any_of(a ^ c, b)"),
    ],
)
def test_text(value, text):
    assert str(value) == text


TABLE = [
    (A, lambda a, b, c: a),
    (~A, lambda a, b, c: not a),
    (A ^ B, lambda a, b, c: a != b),
    (A ^ B ^ C ^ 1, lambda a, b, c: (a + b + c) % 2 == 0),
    (all_of(A, B, C), lambda a, b, c: a and b and c),
    (all_of(A ^ B, ~C), lambda a, b, c: a != b and not c),
    (any_of(A, B), lambda a, b, c: a or b),
    (any_of(A ^ 1, B ^ C), lambda a, b, c: not a or b != c),
    (Parity(), lambda a, b, c: False),
    (Parity((), 1), lambda a, b, c: True),
]


@pytest.mark.parametrize(("value", "truth"), TABLE)
def test_evaluation_bit_by_bit_and_in_arrays(value, truth):
    rows = list(itertools.product([False, True], repeat=3))
    checked = condition(value)
    for row in rows:
        for kind in (int, bool, np.bool_):
            assert bool(evaluate(checked, dict(zip("abc", map(kind, row), strict=True)))) == bool(truth(*row))
    columns = dict(zip("abc", np.array(rows).T, strict=True))
    expected = [bool(truth(*row)) for row in rows]
    assert np.broadcast_to(evaluate(checked, columns), len(rows)).tolist() == expected


def test_parities_of():
    assert parities_of(A ^ B) == (A ^ B,)
    assert parities_of(all_of(A, B)) == (condition(A), condition(B))


@pytest.mark.parametrize(
    "call",
    [
        lambda: A ^ 2,
        lambda: A ^ True,
        lambda: A ^ 0.0,
        lambda: A ^ "b",
        lambda: A ^ all_of(B),
        lambda: Parity(("a",), 2),
        lambda: Parity(("a",), 0.0),
        lambda: Parity("ab"),
        lambda: Parity((A,)),
        lambda: Parity(("",)),
        lambda: all_of(),
        lambda: AnyOf(()),
        lambda: any_of(all_of(A)),
        lambda: all_of(1),
        lambda: condition(None),
        lambda: condition(True),
    ],
)
def test_what_is_no_condition(call):
    with pytest.raises(InvalidInputError):
        call()


@pytest.mark.parametrize("value", [A, A ^ B, all_of(A), any_of(A)])
def test_conditions_have_no_truth_value(value):
    with pytest.raises(InvalidInputError, match="has no value while the program is written"):
        bool(value)


# ---- estimates -----------------------------------------------------------------------------------


def test_estimate_text():
    exact, sampled = Estimate(0.25), Estimate(0.25, 0.0125, 1000)
    assert str(exact) == "0.250000"
    assert str(sampled) == "0.250000 ± 0.012500"
    assert f"{sampled:.3f}" == "0.250 ± 0.013" or f"{sampled:.3f}" == "0.250 ± 0.012"
    assert f"{exact:.2e}" == "2.50e-01"
    assert f"{Estimate(1.0, 0.0, 10)}" == "1.000000 ± 0.000000"
    assert float(sampled) == 0.25


def test_estimate_scaled():
    assert Estimate(0.5, 0.1, 7).scaled(-2, 1) == Estimate(0.0, 0.2, 7)
    assert Estimate(0.5).scaled(2) == Estimate(1.0)


def test_mean_estimate():
    a, b = Estimate(1.0, 0.3, 10), Estimate(3.0, 0.4, 20)
    mean = mean_estimate([a, b])
    assert (mean.value, mean.shots) == (2.0, 30)
    assert mean.standard_error == pytest.approx(0.25)
    total = mean_estimate(iter([a, b]), weights=[1, -1])
    assert (total.value, total.standard_error) == (-2.0, pytest.approx(0.5))
    assert mean_estimate([Estimate(1.0), Estimate(2.0)]) == Estimate(1.5)
    assert mean_estimate([Estimate(1.0), b]).shots == 20
    with pytest.raises(InvalidInputError, match="mean of no estimates"):
        mean_estimate([])
    with pytest.raises(InvalidInputError, match="2 estimates are given 1 weights"):
        mean_estimate([a, b], [1])


# ---- states --------------------------------------------------------------------------------------

BELL = np.array([1, 0, 0, 1]) / math.sqrt(2)


def werner(fidelity):
    return fidelity * np.outer(BELL, BELL) + (1 - fidelity) / 3 * (np.eye(4) - np.outer(BELL, BELL))


def test_exact_state():
    state = StateEstimate(werner(0.9))
    assert state.positive
    assert state.fidelity(BELL).value == pytest.approx(0.9, abs=1e-12)
    assert state.fidelity(BELL) == Estimate(state.fidelity(BELL).value)
    assert state.fidelity(1j * BELL.reshape(2, 2)).value == pytest.approx(0.9, abs=1e-12)
    assert state.expectation(pauli_matrix("XX")).value == pytest.approx((4 * 0.9 - 1) / 3, abs=1e-12)
    assert state.expectation(np.eye(4)).value == pytest.approx(1.0, abs=1e-12)


def test_states_that_are_not_positive_say_so():
    assert not StateEstimate(np.diag([1.1, -0.1])).positive
    assert StateEstimate(np.diag([1.0, -1e-12])).positive


def test_standard_errors_follow_from_the_covariance():
    """<Z> with variance v has fidelity (1 + z)/2 to |0> with standard error sqrt(v)/2."""
    covariance = np.diag([0.0, 0.04, 0.01, 0.09])
    state = StateEstimate(np.diag([0.75, 0.25]), pauli_labels(1), covariance, 100)
    estimate = state.fidelity([1, 0])
    assert (estimate.value, estimate.shots) == (0.75, 100)
    assert estimate.standard_error == pytest.approx(0.15)
    assert state.expectation(pauli_matrix("X")).standard_error == pytest.approx(0.2)
    both = state.expectation(pauli_matrix("X") + 2 * pauli_matrix("Y"))
    assert both.standard_error == pytest.approx(math.sqrt(0.04 + 4 * 0.01))
    assert state.expectation(np.eye(2)).standard_error == 0.0


def test_correlated_errors():
    """Fully correlated <X> and <Y>: the error of their difference vanishes."""
    covariance = np.zeros((4, 4))
    covariance[1:3, 1:3] = 0.01
    state = StateEstimate(np.eye(2) / 2, pauli_labels(1), covariance, 5)
    assert state.expectation(pauli_matrix("X") - pauli_matrix("Y")).standard_error == pytest.approx(
        0, abs=1e-9
    )
    assert state.expectation(pauli_matrix("X") + pauli_matrix("Y")).standard_error == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ([1, 1], "norm² 2; it must be 1"),
        ([1, 0, 0], "3 amplitudes; the state needs 2"),
        ([math.nan, 0], "norm² nan"),
        ("zero", "must be an array of numbers"),
    ],
)
def test_fidelity_refuses(target, message):
    with pytest.raises(InvalidInputError, match=message):
        StateEstimate(np.eye(2) / 2).fidelity(target)


@pytest.mark.parametrize("observable", [np.eye(4), [[0, 1], [0, 0]], [1, 0], "Z"])
def test_expectation_refuses(observable):
    with pytest.raises(InvalidInputError, match="observable"):
        StateEstimate(np.eye(2) / 2).expectation(observable)


def test_results_compare_by_content():
    def state(**change):
        return StateEstimate(**{"matrix": np.eye(2) / 2, "covariance": np.zeros((2, 2)), "shots": 3} | change)

    assert state() == state()
    assert state() != state(matrix=np.diag([1.0, 0.0]))
    assert state() != state(shots=4)
    assert Branch((0, 1), 0.5, np.eye(2) / 2) == Branch((0, 1), 0.5, np.eye(2) / 2)
    assert Branch((0, 1), 0.5, np.eye(2) / 2) != Branch((0, 1), 0.5)
    assert Branch((), 0.5) != Branch((), 0.25)
    assert Branch((), 0.5) == Branch((), 0.5)
    bits = np.eye(4, dtype=bool)
    assert Samples.from_bits("abcd", bits) == Samples.from_bits("abcd", bits.copy())
    assert Samples.from_bits("abcd", bits) != Samples.from_bits("abcd", ~bits)
    assert Samples.from_bits("abcd", bits) != Samples.from_bits("abcd", bits, "exact")
    assert Samples.from_bits("abcd", bits) != Samples.from_bits("abcd", bits[:2])
    assert Samples.from_bits("abcd", bits) != "samples"
    for value in (state(), Branch((), 1.0), Samples.from_bits("", np.zeros((0, 0)))):
        with pytest.raises(TypeError):
            hash(value)


# ---- samples -------------------------------------------------------------------------------------


@given(st.integers(0, 40), st.integers(0, 20), st.integers(0, 2**32 - 1))
def test_packing_round_trip(shots, width, seed):
    bits = np.random.default_rng(seed).integers(0, 2, (shots, width)).astype(bool)
    samples = Samples.from_bits([f"b{i}" for i in range(width)], bits)
    assert samples.shots == shots
    assert samples.bits().dtype == bool
    assert np.array_equal(samples.bits(), bits)
    expected = {}
    for row in bits.astype(int).tolist():
        expected[tuple(row)] = expected.get(tuple(row), 0) + 1
    assert samples.counts() == expected


@pytest.mark.parametrize("shots", [(1 << 16) - 1, 1 << 16, (1 << 16) + 1, (2 << 16) + 5])
def test_packing_across_chunks(shots):
    bits = np.random.default_rng(shots).random((shots, 11)) < 0.3
    samples = Samples.from_bits(list("abcdefghijk"), bits, "trajectories")
    assert samples.lengths == tuple(min(1 << 16, shots - i) for i in range(0, shots, 1 << 16))
    assert sum(p.nbytes for p in samples.packed) == 2 * shots
    assert [c.shape for c in samples.chunks()] == [(n, 11) for n in samples.lengths]
    assert np.array_equal(samples.bits(), bits)
    assert sum(samples.counts().values()) == samples.shots == shots
    ones = sum(np.array(row) * n for row, n in samples.counts().items())
    assert ones.tolist() == bits.sum(axis=0).tolist()
    assert samples.method == "trajectories"


def test_samples_without_columns_keep_their_shots():
    samples = Samples.from_bits([], np.zeros((7, 0)))
    assert samples.shots == 7
    assert samples.bits().shape == (7, 0)
    assert samples.counts() == {(): 7}


@pytest.mark.parametrize(
    "bits", [[0, 1], [[0, 1, 1]], [[0, 2]], [[0, 0.5]], [[0, math.nan]], [["0", "1"]], 1]
)
def test_samples_refuse(bits):
    with pytest.raises(InvalidInputError, match="bits have"):
        Samples.from_bits(["a", "b"], bits)
