"""Conditions for error correction, and distances of codes in the literature."""

import math

import numpy as np
import pytest

from qnetframe.channels import Channel, amplitude_damping, dephasing, depolarizing
from qnetframe.channels.error_correction import code_basis, knill_laflamme, stabilizer_distance
from qnetframe.errors import InvalidInputError
from qnetframe.paulis import pauli_matrix

FIVE = ["XZZXI", "IXZZX", "XIXZZ", "ZXIXZ"]
STEANE = ["IIIXXXX", "IXXIIXX", "XIXIXIX", "IIIZZZZ", "IZZIIZZ", "ZIZIZIZ"]
SHOR = [
    "ZZIIIIIII",
    "IZZIIIIII",
    "IIIZZIIII",
    "IIIIZZIII",
    "IIIIIIZZI",
    "IIIIIIIZZ",
    "XXXXXXIII",
    "IIIXXXXXX",
]
SURFACE = [
    "XXIXXIIII",
    "IIIIXXIXX",
    "IIXIIXIII",
    "IIIXIIXII",
    "IZZIZZIII",
    "IIIZZIZZI",
    "ZZIIIIIII",
    "IIIIIIIZZ",
]
EIGHT = ["XXXXXXXX", "ZZZZZZZZ", "IXIXYZYZ", "IXZYIXZY", "IYXZXZIY"]


def single(count):
    return ["I" * count] + ["I" * i + p + "I" * (count - i - 1) for i in range(count) for p in "XYZ"]


@pytest.mark.parametrize(
    ("code", "distance"),
    [
        # Laflamme et al., PRL 77, 198 (1996); Steane (1996); Shor (1995); Vaidman et al. (1996); Gottesman's
        # thesis (1997); Tomita and Svore, PRA 90, 062320 (2014).
        (FIVE, 3), (STEANE, 3), (SHOR, 3), (["XXXX", "ZZZZ"], 2), (EIGHT, 3), (SURFACE, 3),
        (["ZZI", "IZZ"], 1),
        # States, by the least weight of a stabilizer: GHZ, and the [[6, 0, 4]] state of the hexacode (Calderbank,
        # Rains, Shor and Sloane, IEEE Trans. Inf. Theory 44, 1369 (1998)), the graph state of a prism.
        (["XXX", "ZZI", "IZZ"], 2), (["XZZZII", "ZXZIZI", "ZZXIIZ", "ZIIXZZ", "IZIZXZ", "IIZZZX"], 4),
    ],
)  # fmt: skip
def test_distances_of_codes(code, distance):
    assert stabilizer_distance(code) == distance


@pytest.mark.parametrize("code", [FIVE, STEANE, SHOR, SURFACE])
def test_codes_of_distance_three_correct_every_single_error(code):
    found = knill_laflamme(code, single(len(code[0])))
    assert found and found.violation < 1e-12


def test_degenerate_and_nondegenerate_codes():
    # Shor's code cannot tell Z errors of one block apart: α is singular; the five-qubit code can tell all.
    assert np.linalg.matrix_rank(knill_laflamme(FIVE, single(5)).gram, tol=1e-9) == 16
    assert np.linalg.matrix_rank(knill_laflamme(SHOR, single(9)).gram, tol=1e-9) == 22


def test_what_a_code_cannot_correct_is_named():
    found = knill_laflamme(["ZZI", "IZZ"], ["III", "XII", "IXI", "ZII"])
    assert not found and found.violation == pytest.approx(1)
    assert set(found.worst) == {0, 3}
    assert knill_laflamme(["ZZI", "IZZ"], ["III", "XII", "IXI", "IIX"])


def test_codes_by_basis_states():
    basis = code_basis(FIVE)
    assert basis.shape == (2, 32)
    assert knill_laflamme(basis, single(5))
    minus = code_basis(["-ZZ", "XX"])
    assert abs(minus[0] @ np.array([0, 1, 1, 0])) ** 2 / 2 == pytest.approx(1)


def test_approximate_correction_of_damping():
    # Leung, Nielsen, Chuang and Yamamoto, PRA 56, 2567 (1997): four qubits, where the exact conditions need
    # five, leave an infidelity of order γ²; their worst case is 1 - 5γ². Without a code it is γ/2.
    zero, one = np.zeros(16), np.zeros(16)
    zero[[0b0000, 0b1111]] = one[[0b0011, 0b1100]] = 1 / math.sqrt(2)
    losses = []
    for gamma in (0.02, 0.01):
        two = amplitude_damping(gamma).tensor(amplitude_damping(gamma))
        found = knill_laflamme(np.array([zero, one]), two.tensor(two))
        assert not found and found.violation > 1e-6
        losses.append(1 - found.fidelity)
    assert losses[0] / losses[1] == pytest.approx(4, rel=0.05)
    assert losses[1] < 5 * 0.01**2


def test_transpose_recovery_is_near_the_best():
    # Phase flips on three qubits: the best recovery, by majority, has (1-p)³ + 3p(1-p)²; the transpose one at
    # most twice its infidelity: Barnum and Knill, J. Math. Phys. 43, 2097 (2002); Zheng et al. (2024).
    p = 0.05
    channel = dephasing(p).tensor(dephasing(p)).tensor(dephasing(p))
    code = ["XXI", "IXX"]
    best = 1 - (1 - p) ** 3 - 3 * p * (1 - p) ** 2
    assert best - 1e-12 <= 1 - knill_laflamme(code, channel).fidelity <= 2 * best
    # Where only correctable errors happen it is perfect.
    one = [np.sqrt(0.7) * np.eye(8), *(np.sqrt(0.1) * pauli_matrix(z) for z in ("ZII", "IZI", "IIZ"))]
    assert knill_laflamme(code, Channel(one)).fidelity == pytest.approx(1, abs=1e-12)


def test_five_qubits_under_depolarizing_noise():
    # Minimum-weight decoding of the five-qubit code: infidelity 9.7796e-4 at p = .01 (Laflamme et al. 1996).
    from functools import reduce

    channel = reduce(lambda a, b: a.tensor(b), [depolarizing(0.01)] * 5)
    weights = channel.pauli_probabilities
    total = 0.0
    by_syndrome = {}
    for label, weight in weights.items():
        key = tuple(_commutes(label, s) for s in FIVE)
        by_syndrome.setdefault(key, {}).setdefault(_logical(label), []).append(weight)
    for classes in by_syndrome.values():
        total += max(sum(w) for w in classes.values())
    assert 1 - total == pytest.approx(9.7796e-4, rel=1e-3)


def _commutes(a, b):
    return sum(x != y and "I" not in (x, y) for x, y in zip(a, b, strict=True)) % 2


def _logical(label):
    # Which logical class: by the anticommutation with XXXXX and ZZZZZ, logical operators of the code.
    return _commutes(label, "XXXXX"), _commutes(label, "ZZZZZ")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: knill_laflamme(["XZ", "ZI"], ["II"]), "'XZ' and 'ZI' do not commute"),
        (lambda: knill_laflamme(["XQ"], ["II"]), "'XQ' is no Pauli string"),
        (lambda: knill_laflamme(["XX", "Z"], ["II"]), "one letter for every qubit"),
        (lambda: knill_laflamme(["ZZ", "-ZZ"], ["II"]), "no state in common"),
        (lambda: knill_laflamme(np.ones((2, 4)) / 2, ["II"]), "not orthonormal: they are off by 1"),
        (lambda: knill_laflamme(np.ones((1, 3)), ["II"]), r"shape \(k, 2\^n\)"),
        (lambda: knill_laflamme(["ZZ"], ["III"]), "errors have 3 letters; the code has 2 qubits"),
        (lambda: knill_laflamme(["Z" * 13], ["I" * 13]), "13 qubits; at most 12"),
        (lambda: knill_laflamme(["ZZ"], np.eye(8)), r"must have shape \(m, 4, 4\)"),
        (lambda: stabilizer_distance([1]), "1 is no Pauli string"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
