"""Codes: parameters, checks, distances, and bad input."""

from itertools import combinations, product

import numpy as np
import pytest

from qnetframe.channels.error_correction import knill_laflamme
from qnetframe.errors import InvalidInputError, QnetframeError, UnsupportedError
from qnetframe.plugins import discover
from qnetframe_qec.codes import (
    Code,
    code_from_checks,
    code_from_stabilizers,
    concatenated,
    distance_bound,
    exact_distance,
)
from qnetframe_qec.codes.bicycle import bivariate_bicycle
from qnetframe_qec.codes.code import anticommute
from qnetframe_qec.codes.small import five_qubit, four_two_two, repetition, shor, steane
from qnetframe_qec.codes.surface import rotated_surface
from qnetframe_qec.programs.encoding import encoder

PARAMETERS = [
    ("five-qubit", {}, (5, 1, 3)),
    ("steane", {}, (7, 1, 3)),
    ("shor", {}, (9, 1, 3)),
    ("four-two-two", {}, (4, 2, 2)),
    ("rotated-surface", {"distance": 3}, (9, 1, 3)),
    ("rotated-surface", {"distance": 4}, (16, 1, 4)),
    ("rotated-surface", {"distance": 5}, (25, 1, 5)),
    ("unrotated-surface", {"distance": 3}, (13, 1, 3)),
    ("unrotated-surface", {"distance": 5}, (41, 1, 5)),
    ("toric", {"distance": 3}, (18, 2, 3)),
    ("toric", {"distance": 4}, (32, 2, 4)),
    ("colour", {"distance": 3}, (7, 1, 3)),
    ("colour", {"distance": 5}, (19, 1, 5)),
    ("colour", {"distance": 7}, (37, 1, 7)),
    ("bivariate-bicycle", {"qubits": 72}, (72, 12, 6)),
]


@pytest.mark.parametrize("name, params, parameters", PARAMETERS, ids=str)
def test_parameters_and_exact_distance(name, params, parameters):
    code = discover().make("code", name, params)
    assert (code.n, code.k, code.distance) == parameters
    assert exact_distance(code) == code.distance
    found = distance_bound(code, tries=60)
    assert found.value == code.distance
    # The witness commutes with every stabilizer and acts on the logical qubits.
    assert not any(code.syndrome(found.operator)) and set(code.logical_effect(found.operator)) != {"I"}
    assert sum(letter != "I" for letter in found.operator) == found.value


def test_the_gross_code():
    # S. Bravyi et al., Nature 627, 778 (2024), table 3: [[144,12,12]].
    code = bivariate_bicycle(144)
    assert (code.n, code.k, code.rank) == (144, 12, 132)
    assert 12 <= distance_bound(code, tries=150, seed=3).value <= 18
    assert all(len(code.support(s)) == 6 for s in code.stabilizers)


@pytest.mark.parametrize("protects", ["X", "Z"])
def test_repetition_protects_against_one_kind(protects):
    code = repetition(5, protects)
    assert exact_distance(code, protects) == 5 and exact_distance(code) == 1 and code.is_one_sided


@pytest.mark.parametrize(
    "outer, inner, distance",
    [(steane(), steane(), 9), (five_qubit(), repetition(3), 5), (repetition(3, "Z"), repetition(3), 3)],
    ids=lambda v: getattr(v, "name", v),
)
def test_concatenation(outer, inner, distance):
    code = concatenated(outer, inner)
    assert (code.n, code.k) == (outer.n * inner.n, 1) and exact_distance(code) == distance
    assert code.distance in (distance, None)


def test_concatenation_of_codes_with_several_logical_qubits():
    code = concatenated(four_two_two(), four_two_two())
    assert (code.n, code.k, code.distance) == (8, 2, None) and exact_distance(code) == 2
    with pytest.raises(InvalidInputError, match=r"5 qubits, inner code 'four-two-two' encodes 2"):
        concatenated(five_qubit(), four_two_two())


def test_redundant_stabilizers_are_counted():
    toric = discover().make("code", "toric", {"distance": 3})
    assert (toric.num_checks, toric.rank, toric.is_independent) == (18, 16, False)
    assert steane().is_independent
    assert str(toric) == "toric-3 [[18,2,3]], CSS, 18 checks (2 redundant)"


def test_a_code_of_ones_own():
    ring = code_from_checks(np.ones((1, 4), dtype=int), [[1, 1, 0, 0], [0, 0, 1, 1]])
    assert (ring.n, ring.k, ring.is_css) == (4, 1, True) and exact_distance(ring) == 2
    mixed = code_from_stabilizers(["XZZXI", "IXZZX", "XIXZZ", "ZXIXZ"], "mine")
    assert exact_distance(mixed) == 3 and anticommute(mixed.logical_x[0], mixed.logical_z[0])
    assert code_from_stabilizers(steane().stabilizers).logical_x[0].strip("IX") == ""


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: code_from_stabilizers(["XX", "ZI"]), r"stabilizers 0 \(XX\) and 1 \(ZI\) anticommute"),
        (lambda: code_from_stabilizers(["XXX", "ZZ"]), r"stabilizers\[1\] is 'ZZ'; .* 3 letters"),
        (lambda: code_from_stabilizers(["XAX"]), r"stabilizers\[0\] is 'XAX'"),
        (lambda: code_from_stabilizers(["III"]), "not all I"),
        (lambda: code_from_stabilizers([]), "sequence of Pauli strings"),
        (lambda: code_from_stabilizers(["XX", "ZZ"]), "leave no logical qubit"),
        (lambda: code_from_checks([[1, 1, 0]], [[1, 0, 0]]), "row 0 of hx and row 0 of hz anticommute"),
        (lambda: code_from_checks([[1, 1]], [[1, 1, 0]]), "hx has 2 columns and hz 3"),
        (lambda: code_from_checks([1, 1], [[1, 1]]), r"hx has shape \(2,\)"),
        (lambda: code_from_checks([[2, 1]], [[1, 1]]), "neither 0 nor 1"),
        (lambda: Code("c", ("XX",), ("XI",), ("ZI",)), "logical_z.0. ZI anticommutes with stabilizer 0 XX"),
        (lambda: Code("c", ("XXX",), ("XII",), ("ZZI",)), "3 qubits and 1 independent stabilizers make 2"),
        (lambda: Code("c", ("ZZ",), ("XX",), ("ZZ",)), "must anticommute, and do not"),
        (lambda: Code("c", ("XX",), ("XI",), ("ZZ",), distance=3), "distance"),
        (
            lambda: Code("c", ("XX",), ("XI",), ("ZZ",), positions=((0, 0),)),
            "positions has 1 entries; it needs 2",
        ),
        (
            lambda: Code("c", ("XX",), ("XI",), ("ZZ",), schedule=((0,),)),
            r"schedule\[0\] meets the qubits \[0\]",
        ),
        (lambda: repetition(1), "distance is 1"),
        (lambda: repetition(3, "Y"), "protects is 'Y'"),
        (lambda: discover().make("code", "colour", {"distance": 4}), "odd"),
        (lambda: discover().make("code", "bivariate-bicycle", {"qubits": 71}), "one of 72, 90, 108, 144"),
        (lambda: exact_distance(steane(), "Y"), "kind is 'Y'"),
    ],
)
def test_bad_codes(make, message):
    with pytest.raises(QnetframeError, match=message):
        make()


def test_an_unsettled_distance_says_so():
    with pytest.raises(UnsupportedError, match=r"not settled in 0\.01 s"):
        exact_distance(bivariate_bicycle(144), time_limit=0.01)


def codewords(code):
    """The logical basis states of a code with one logical qubit, from its encoder."""
    gates = {
        "h": np.array([[1, 1], [1, -1]]) / np.sqrt(2),
        "s": np.diag([1, 1j]),
        "sdg": np.diag([1, -1j]),
        "x": np.array([[0, 1], [1, 0]]),
        "y": np.array([[0, -1j], [1j, 0]]),
        "z": np.diag([1, -1]),
        "cx": np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]),
        "cz": np.diag([1, 1, 1, -1]),
        "swap": np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]),
    }
    coder, states = encoder(code), []
    for bit in (0, 1):
        state = np.zeros((2,) * code.n, dtype=complex)
        index = [0] * code.n
        index[coder.inputs[0]] = bit
        state[tuple(index)] = 1
        for name, places in coder.gates:
            width = len(places)
            matrix = gates[name].reshape((2,) * (2 * width))
            state = np.moveaxis(
                np.tensordot(matrix, state, (range(width, 2 * width), places)), range(width), places
            )
        states.append(state)
    return states


def applied(pauli, state):
    matrices = {"X": np.array([[0, 1], [1, 0]]), "Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1, -1])}
    for i, letter in enumerate(pauli):
        if letter != "I":
            state = np.moveaxis(np.tensordot(matrices[letter], state, (1, i)), 0, i)
    return state


@pytest.mark.parametrize("code", [five_qubit(), steane(), shor(), rotated_surface(3)], ids=lambda c: c.name)
def test_encoders_make_the_logical_states(code):
    zero, one = codewords(code)
    assert np.allclose(applied(code.logical_x[0], zero), one)
    assert np.allclose(applied(code.logical_z[0], one), -one)
    for stabilizer in code.stabilizers:
        assert np.allclose(applied(stabilizer, zero), zero) and np.allclose(applied(stabilizer, one), one)


def of_weight(n, weight):
    for places in combinations(range(n), weight):
        for letters in product("XYZ", repeat=weight):
            chosen = dict(zip(places, letters, strict=True))
            yield "".join(chosen.get(i, "I") for i in range(n))


@pytest.mark.parametrize("code", [five_qubit(), steane(), shor(), rotated_surface(3)], ids=lambda c: c.name)
def test_knill_laflamme_agrees_with_the_claimed_distance(code):
    """Errors up to (d - 1)/2 are correctable; with a logical operator's half and rest they are not."""
    few = [p for weight in range((code.distance - 1) // 2 + 1) for p in of_weight(code.n, weight)]
    assert knill_laflamme(list(code.stabilizers), few)
    # Two errors whose product is a logical operator of weight d, one of them of weight (d + 1)/2.
    light = distance_bound(code).operator
    first = code.support(light)[: (code.distance + 1) // 2]
    part = "".join(letter if i in first else "I" for i, letter in enumerate(light))
    rest = "".join("I" if i in first else letter for i, letter in enumerate(light))
    assert not knill_laflamme(list(code.stabilizers), [part, rest])
