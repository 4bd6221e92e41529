"""Pauli labels, matrices and products."""

import itertools

import numpy as np
import pytest

from qnetframe.channels import paulis
from qnetframe.errors import InvalidInputError


def test_labels_are_alphabetical_with_the_identity_first():
    assert paulis.pauli_labels(1) == ("I", "X", "Y", "Z")
    labels = paulis.pauli_labels(3)
    assert labels[0] == "III" and len(set(labels)) == 64 and list(labels) == sorted(labels)


def test_single_matrices_obey_xy_is_iz():
    x, y, z = (paulis.pauli_matrix(letter) for letter in "XYZ")
    np.testing.assert_array_equal(x @ y, 1j * z)
    for matrix in (x, y, z):
        np.testing.assert_array_equal(matrix @ matrix, np.eye(2))
    with pytest.raises(ValueError, match="read-only"):
        x[0, 0] = 1


def test_first_letter_is_most_significant():
    np.testing.assert_array_equal(paulis.pauli_matrix("ZI"), np.diag([1, 1, -1, -1]))
    np.testing.assert_array_equal(paulis.pauli_matrix("XI")[:, 0], [0, 0, 1, 0])


def test_products_agree_with_the_matrices_up_to_phase():
    for a, b in itertools.product(paulis.pauli_labels(2), repeat=2):
        product = paulis.pauli_matrix(a) @ paulis.pauli_matrix(b)
        overlap = np.trace(paulis.pauli_matrix(paulis.pauli_product(a, b)) @ product) / 4
        assert abs(overlap) == pytest.approx(1.0)


def test_traces_agree_with_their_definition():
    rng = np.random.default_rng(0)
    matrices = rng.normal(size=(2, 8, 8)) + 1j * rng.normal(size=(2, 8, 8))
    expected = [[np.trace(paulis.pauli_matrix(k) @ m) for k in paulis.pauli_labels(3)] for m in matrices]
    np.testing.assert_allclose(paulis.pauli_traces(matrices), expected, atol=1e-12)


def test_weights_keep_their_floats_unless_they_are_off():
    weights = {"Z": 0.1, "I": 0.7, "X": 0.2}
    assert paulis.check_weights(weights, "w") == weights
    off = paulis.check_weights({"I": 0.5, "X": 0.5 + 5e-10}, "w")
    assert sum(off.values()) == pytest.approx(1.0, abs=1e-15)
    assert paulis.check_weights({"X": 1.0 + 0.0, "Z": 0.0}, "w") == {"X": 1.0}
    assert sum(paulis.check_weights({"X": 0.5, "Z": 0.5 + 5e-10}, "w").values()) == pytest.approx(
        1.0, abs=1e-15
    )


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: paulis.pauli_matrix("XA"), "Pauli label is 'XA'; it must be .* I, X, Y, Z"),
        (lambda: paulis.pauli_labels(0), "num_qubits is 0; it must be at least 1"),
        (lambda: paulis.pauli_product("X", "XX"), "'X' and 'XX'; they must act on the same number of qubits"),
        (lambda: paulis.pauli_product("X", "a"), "second Pauli label is 'a'"),
    ],
)
def test_refusals(build, message):
    with pytest.raises(InvalidInputError, match=message):
        build()
