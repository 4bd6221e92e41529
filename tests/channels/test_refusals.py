"""What is not a channel is refused by name, with the size of the deviation."""

import math

import numpy as np
import pytest

from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError

EYE = np.eye(2)


def refused(*parts: str):
    """Expect InvalidInputError with all ``parts`` in its message."""
    pattern = "".join(f"(?=.*{part})" for part in parts)
    return pytest.raises(InvalidInputError, match=f"(?s){pattern}")


@pytest.mark.parametrize("factor", [0.9, 1.1, 1 + 1e-9])
def test_kraus_operators_that_are_not_complete(factor):
    deviation = f"{abs(factor**2 - 1):.6g}"
    with refused(
        "channel 'leaky' is not trace preserving", rf"by {deviation} \(operator norm\)", "at most 1e-09"
    ):
        Channel([factor * EYE], name="leaky")


def test_the_deviation_is_the_operator_norm():
    # K^dagger K = diag(1, 1.5) off by .5, entries of a rotated copy are smaller.
    hadamard = np.array([[1, 1], [1, -1]]) / math.sqrt(2)
    operator = np.diag([1.0, math.sqrt(1.5)]) @ hadamard
    with refused("by 0.5 "):
        Channel([operator])


def test_choi_matrix_that_is_not_positive():
    # The transpose map is trace preserving and positive, not completely positive: Choi eigenvalues +-1.
    swap = np.eye(4)[[0, 2, 1, 3]]
    with refused("not completely positive", "eigenvalue -1;", "at least -1e-09"):
        Channel.from_choi(swap)
    with refused("channel 'transpose' is not completely positive", "eigenvalue -1;"):
        Channel.from_superoperator(swap, name="transpose")


def test_choi_matrix_that_is_not_hermitian():
    choi = np.array(Channel([EYE]).choi)
    choi[0, 3] += 0.25
    with refused("not completely positive", "differs from its adjoint by 0.25", "at most 1e-09"):
        Channel.from_choi(choi)


@pytest.mark.parametrize("scale", [0.0, 0.5, 2.0])
def test_choi_matrix_of_the_wrong_trace(scale):
    deviation = abs(scale - 1)
    with refused("not trace preserving", "traced over the output", f"by {deviation:g} "):
        Channel.from_choi(scale * Channel([EYE]).choi)


def test_unitary_that_is_not():
    with refused("channel 'u': unitary is not unitary", r"by 0.75 \(operator norm\)", "at most 1e-09"):
        Channel.from_unitary(0.5 * EYE, name="u")


@pytest.mark.parametrize(
    ("kraus", "parts"),
    [
        ([], ["channel: kraus is an empty list", "at least one"]),
        (5, ["kraus is 5", "list of square matrices"]),
        ([np.ones((2, 3))], [r"kraus\[0\] has shape \(2, 3\)", "square"]),
        ([EYE, np.ones(2)], [r"kraus\[1\] has shape \(2,\)", "square"]),
        ([np.eye(3)], [r"kraus\[0\] has 3 rows", "power of two"]),
        ([np.eye(1)], [r"kraus\[0\] has 1 rows", "at least 2"]),
        ([EYE, np.eye(4)], [r"kraus\[1\] has shape \(4, 4\)", r"\(2, 2\) of the first"]),
        ([[[1, 0], [0, math.nan]]], [r"kraus\[0\] has the entry", "nan", "row 1, column 1", "finite"]),
        ([[[1, math.inf], [0, 1]]], ["inf", "row 0, column 1", "finite"]),
        ([[[1, 0], [1e150, 1]]], ["1e\\+150", "row 1, column 0", "below 1e\\+100"]),
        ([[[1, 0], [0]]], [r"kraus\[0\] is", "square matrix of numbers"]),
        ([[["a", 0], [0, 1]]], ["'a'", "square matrix of numbers"]),
        ([[[10**400, 0], [0, 1]]], ["square matrix of numbers"]),
    ],
)
def test_malformed_kraus_operators(kraus, parts):
    with refused(*parts):
        Channel(kraus)


@pytest.mark.parametrize(
    ("build", "parts"),
    [
        (Channel.from_choi, ["Choi matrix has 2 rows", r"4\^n rows"]),
        (Channel.from_superoperator, ["superoperator has 2 rows", r"4\^n rows"]),
    ],
)
def test_matrices_of_no_number_of_qubits(build, parts):
    with refused(*parts):
        build(EYE)


@pytest.mark.parametrize(
    ("weights", "parts"),
    [
        ({}, ["Pauli is {}", "non-empty mapping"]),
        ([0.1], [r"Pauli is \[0.1\]", "non-empty mapping"]),
        ({"X": 1.5}, ["weight of 'X' is 1.5", r"\[0, 1\]"]),
        ({"X": -0.1}, ["weight of 'X' is -0.1", r"\[0, 1\]"]),
        ({"X": math.nan}, ["weight of 'X' is nan", "finite"]),
        ({"X": "0.1"}, ["weight of 'X' is '0.1'", "finite number"]),
        ({"X": 0.6, "Z": 0.6}, ["sum to 1.2", "at most 1", "not trace preserving, deviation 0.2"]),
        ({"I": 0.6, "Z": 0.6}, ["sum to 1.2", "must sum to 1 within", "deviation 0.2"]),
        ({"I": 0.5, "Z": 0.1}, ["sum to 0.6", "must sum to 1 within", "deviation 0.4"]),
        ({"x": 0.1}, ["label is 'x'", "I, X, Y, Z"]),
        ({"": 0.1}, ["label is ''", "non-empty"]),
        ({1: 0.1}, ["label is 1", "I, X, Y, Z"]),
        ({"X": 0.1, "XX": 0.1}, [r"labels are \['X', 'XX'\]", "same length"]),
    ],
)
def test_malformed_pauli_weights(weights, parts):
    with refused("channel 'p': Pauli", *parts):
        Channel.from_pauli(weights, name="p")


def test_name_must_be_text():
    with refused("channel name is 3", "text"):
        Channel([EYE], name=3)


def test_apply_names_the_shape():
    with refused(r"rho has shape \(2,\)", r"\(\.\.\., 2, 2\)"):
        Channel([EYE]).apply([1, 0])


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        ([], [r"channel data is \[\]", '"pauli"']),
        ({}, [r"keys \[\]", '"kraus"']),
        ({"pauli": {"X": 0.1}, "kraus": []}, [r"keys \['kraus', 'pauli'\]"]),
        ({"pauli": {"X": 0.1}, "p": 1}, [r"keys \['p', 'pauli'\]"]),
        ({"pauli": {"X": 0.1}, "name": 1}, ["channel name is 1", "text"]),
        ({"pauli": None}, ["Pauli is None", "non-empty mapping"]),
        ({"pauli": {"X": 2}}, ["weight of 'X' is 2"]),
        ({"kraus": []}, ["empty list"]),
        ({"kraus": None}, ["kraus is None", r"\[re, im\]"]),
        ({"kraus": "abc"}, ["kraus is 'abc'", r"\[re, im\]"]),
        ({"kraus": [[[1, 0], [0, 1]]]}, [r"\[re, im\]"]),
        ({"kraus": [[[[10**400, 0]]]]}, [r"\[re, im\]"]),
        ({"kraus": [[[[2, 0], [0, 0]], [[0, 0], [2, 0]]]]}, ["not trace preserving", "by 3 "]),
    ],
)
def test_malformed_data(data, parts):
    with refused(*parts):
        Channel.from_dict(data)
