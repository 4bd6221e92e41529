"""Operations as values, the standard gates as matrices."""

import cmath
import dataclasses
import math

import numpy as np
import pytest

from qnetframe.channels.named import dephasing
from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.paulis import pauli_labels, pauli_matrix
from qnetframe.program import gates
from qnetframe.program import operations as ops
from qnetframe.values import Parity, all_of

I2, X, Y, Z = (pauli_matrix(p) for p in "IXYZ")
BIT = Parity(("m",))
EVERY = [
    ops.Gate("cx", ("a", "b"), (), BIT),
    ops.Unitary(("a",), ((0, 1), (1, 0)), all_of(BIT)),
    ops.Prepare(("a",), ((1, 0), (0, 0))),
    ops.Measure("a", "m"),
    ops.Reset("a"),
    ops.Entangle(("a", "b")),
    ops.Send("a", "bob", "loss:0"),
    ops.Idle(("a", "b"), 1.0),
    ops.Noise(("a",), dephasing(0.1)),
    ops.Erase("a", 0.1, "e"),
    ops.Coin(0.5, "c"),
    ops.Require(BIT),
    ops.Detector(BIT),
    ops.Observable(0, BIT),
    ops.Save("s", ("a", "b")),
    ops.Expect("e", (("a", "X"), ("b", "Y"))),
]


@pytest.mark.parametrize("operation", EVERY, ids=lambda o: o.kind)
def test_operations_are_frozen_values(operation):
    copy = dataclasses.replace(operation)
    assert copy == operation
    assert hash(copy) == hash(operation)
    name = dataclasses.fields(operation)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(operation, name, getattr(operation, name))


def test_kinds_are_unique():
    assert len({o.kind for o in EVERY}) == len(EVERY)


def test_qubits_bits_and_conditions():
    assert [ops.qubits_of(o) for o in EVERY] == [
        ("a", "b"), ("a",), ("a",), ("a",), ("a",), ("a", "b"), ("a",), ("a", "b"), ("a",), ("a",), (), (), (), (),
        ("a", "b"), ("a", "b"),
    ]  # fmt: skip
    recorded = {o.kind: ops.recorded_bit(o) for o in EVERY if ops.recorded_bit(o) is not None}
    assert recorded == {"measure": "m", "send": "loss:0", "erase": "e", "coin": "c"}
    needed = {o.kind: ops.condition_of(o) for o in EVERY if ops.condition_of(o) is not None}
    assert needed == {"gate": BIT, "unitary": all_of(BIT), "require": BIT, "detector": BIT, "observable": BIT}
    assert ops.saved_qubits(EVERY) == ["a", "b"]
    assert ops.saved_qubits([ops.Save("s", ("b",)), ops.Expect("e", (("a", "X"), ("b", "Y")))]) == ["b", "a"]


def test_lists_are_taken_where_tuples_are_meant():
    assert ops.Gate("cx", ["a", "b"]) == ops.Gate("cx", ("a", "b"))
    assert hash(ops.Unitary(["a"], [[0, 1], [1, 0]])) == hash(ops.Unitary(("a",), ((0, 1), (1, 0))))
    assert ops.Measure("a", "m", readout=[0, 0.5]).readout == (0.0, 0.5)
    assert ops.Expect("e", [["a", "X"]]) == ops.Expect("e", (("a", "X"),))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ops.Gate("cx", "ab"), "qubits are 'ab'"),
        (lambda: ops.Gate("x", 5), "qubits are 5"),
        (lambda: ops.Gate("x", (5,)), "qubit is 5"),
        (lambda: ops.Gate("rx", ("a",)), "rx takes 1 parameters, got 0"),
        (lambda: ops.Gate("x", ("a",), (0.1,)), "x takes 0 parameters, got 1"),
        (lambda: ops.Measure("", "m"), "measure: qubit is ''"),
        (lambda: ops.Measure("a", ""), "measure: bit is ''"),
        (lambda: ops.Measure("a", "m", "z", 0.1), "readout is 0.1"),
        (lambda: ops.Reset(None), "reset: qubit is None"),
        (lambda: ops.Entangle(("a",)), "entangle takes 2 qubits, got 1"),
        (lambda: ops.Send("a", "", "b"), "send: party is ''"),
        (lambda: ops.Send("a", "bob", ""), "send: bit is ''"),
        (lambda: ops.Send("", "bob", "b"), "send: qubit is ''"),
        (lambda: ops.Erase("a", 0.1, ""), "erase: bit is ''"),
        (lambda: ops.Coin(0.1, 5), "coin: bit is 5"),
        (lambda: ops.Coin(0.1, "c", ("", "bob")), "coin: party is ''"),
        (lambda: ops.Save("", ("a",)), "save: label is ''"),
        (lambda: ops.Expect("e", ("aX",)), "pairs of qubit and Pauli"),
        (lambda: ops.Expect("e", (("a", "X", "Y"),)), "pairs of qubit and Pauli"),
        (lambda: ops.Expect("e", (("a", "X"), ("a", "Z"))), "names a qubit twice"),
        (lambda: ops.Prepare(("a",), ((1, 0), (0,))), "must be an array of numbers"),
    ],
)
def test_operations_made_directly_are_checked(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()


def test_zeros_have_no_sign():
    operation = ops.Unitary(("a",), ((-0.0, 1), (1, complex(0, -0.0))))
    parts = [f(x) for row in operation.matrix for x in row for f in (lambda z: z.real, lambda z: z.imag)]
    assert all(math.copysign(1, x) == 1 for x in parts)
    assert math.copysign(1, ops.Gate("rx", ("a",), (-0.0,)).params[0]) == 1


def test_freeze_and_thaw():
    matrix = np.array([[1, 2j], [3, 4]])
    assert np.array_equal(ops.thaw(ops.freeze(matrix)), matrix)
    assert all(type(x) is complex for row in ops.freeze(matrix) for x in row)


# ---- gates ---------------------------------------------------------------------------------------


def exponential(generator, angle):
    """exp(-i angle P/2) of a matrix P that squares to one."""
    return math.cos(angle / 2) * np.eye(len(generator)) - 1j * math.sin(angle / 2) * generator


def controlled(matrix):
    return np.kron(np.diag([1, 0]), np.eye(len(matrix))) + np.kron(np.diag([0, 1]), matrix)


T, P, L, G = 0.3, -1.1, 2.2, 0.7
H = (X + Z) / math.sqrt(2)
S = np.diag([1, 1j])
SWAP = (np.eye(4) + sum(np.kron(p, p) for p in (X, Y, Z))) / 2
U3 = cmath.exp(0.5j * (P + L)) * exponential(Z, P) @ exponential(Y, T) @ exponential(Z, L)
EXPECTED = {
    "id": ((), I2), "x": ((), X), "y": ((), Y), "z": ((), Z), "h": ((), H), "s": ((), S), "sdg": ((), S.conj()),
    "t": ((), np.diag([1, cmath.exp(0.25j * math.pi)])), "tdg": ((), np.diag([1, cmath.exp(-0.25j * math.pi)])),
    "sx": ((), cmath.exp(0.25j * math.pi) * exponential(X, math.pi / 2)),
    "p": ((T,), np.diag([1, cmath.exp(1j * T)])), "u1": ((T,), np.diag([1, cmath.exp(1j * T)])),
    "rx": ((T,), exponential(X, T)), "ry": ((T,), exponential(Y, T)), "rz": ((T,), exponential(Z, T)),
    "u2": ((P, L), cmath.exp(0.5j * (P + L)) * exponential(Z, P) @ exponential(Y, math.pi / 2) @ exponential(Z, L)),
    "u3": ((T, P, L), U3), "cx": ((), controlled(X)), "cy": ((), controlled(Y)), "cz": ((), controlled(Z)),
    "ch": ((), controlled(H)), "cp": ((T,), controlled(np.diag([1, cmath.exp(1j * T)]))),
    "crx": ((T,), controlled(exponential(X, T))), "cry": ((T,), controlled(exponential(Y, T))),
    "crz": ((T,), controlled(exponential(Z, T))), "cu": ((T, P, L, G), controlled(cmath.exp(1j * G) * U3)),
    "swap": ((), SWAP), "ccx": ((), controlled(controlled(X))), "cswap": ((), controlled(SWAP)),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(gates.GATES))
def test_gate_matrices(name):
    """The matrices of OpenQASM 3's stdgates.inc, up to its global phases of u2 and u3."""
    params, matrix = EXPECTED[name]
    definition = gates.gate_definition(name)
    found = gates.gate_matrix(name, params)
    assert found.shape == (1 << definition.num_qubits,) * 2
    assert np.abs(found - matrix).max() < 1e-15 * 10
    assert np.abs(found.conj().T @ found - np.eye(len(found))).max() < 1e-14
    with pytest.raises(ValueError, match="read-only"):
        found[0, 0] = 2


@pytest.mark.parametrize("name", sorted(gates.GATES))
def test_which_gates_are_clifford(name):
    """Clifford: every Pauli string goes to a Pauli string up to sign (for all angles)."""
    definition = gates.GATES[name]
    matrix = gates.gate_matrix(name, tuple(0.3 + i for i in range(definition.num_params)))
    labels = pauli_labels(definition.num_qubits)
    maps_paulis = all(
        any(
            math.isclose(
                abs(np.trace(pauli_matrix(q) @ matrix @ pauli_matrix(p) @ matrix.conj().T)), len(matrix)
            )
            for q in labels
        )
        for p in labels
    )
    assert maps_paulis == definition.clifford == (name in gates.CLIFFORD_GATES)


def test_gate_names_are_checked():
    with pytest.raises(UnknownNameError, match="unknown gate 'cnott'"):
        gates.gate_matrix("cnott")
    with pytest.raises(InvalidInputError, match="gate is None"):
        gates.gate_definition(None)
