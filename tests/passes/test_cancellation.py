"""Gate cancellation: what goes, what stays, and that no exact distribution changes."""

import dataclasses
import math

import naive_interpreter as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.channels import depolarizing
from qnetframe.program import density
from qnetframe.program.branches import branches_by_cutting
from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import GATES, gate_matrix
from qnetframe.program.operations import (
    Gate,
    Measure,
    Noise,
    Reset,
    Unitary,
    freeze,
    qubits_of,
    recorded_bit,
    thaw,
)
from qnetframe.program.passes.cancellation import cancel_gates
from qnetframe.program.passes.scheduling import remove_dead
from qnetframe.program.program import Program
from qnetframe.testing.random_programs import random_program, random_unitary
from qnetframe.values import Parity, all_of

A, B, C = "a", "b", "c"
M = Parity(("m",))
seeds = st.integers(min_value=0, max_value=2**32 - 1)


def after(*operations, measured=("m", "n")):
    """What is left of operations between two measurements of d and e, as the operations themselves."""
    head = tuple(Measure(q, bit) for q, bit in zip("de", measured, strict=True))
    circuit = Circuit(("a", "b", "c", "d", "e"), head + operations)
    return list(cancel_gates(circuit).operations[len(head) :])


def g(name, *qubits, params=(), when=None):
    return Gate(name, qubits, params, when)


INVERSES = [
    *((g(n, A), g(n, A)) for n in ("x", "y", "z", "h")),
    (g("s", A), g("sdg", A)),
    (g("tdg", A), g("t", A)),
    *((g(n, A, B), g(n, A, B)) for n in ("cx", "cy", "cz", "ch", "swap")),
    (g("cz", A, B), g("cz", B, A)),
    (g("swap", A, B), g("swap", B, A)),
    (g("cp", A, B, params=(0.3,)), g("cp", B, A, params=(-0.3,))),
    (g("crx", A, B, params=(0.3,)), g("crx", A, B, params=(-0.3,))),
    (g("ccx", A, B, C), g("ccx", B, A, C)),
    (g("cswap", A, B, C), g("cswap", A, C, B)),
    (g("rx", A, params=(0.7,)), g("rx", A, params=(-0.7,))),
    (g("rz", A, params=(math.pi,)), g("z", A)),
    (g("u3", A, params=(0.1, 0.2, 0.3)), g("u3", A, params=(-0.1, -0.3, -0.2))),
    (g("u1", A, params=(math.pi / 2,)), g("sdg", A)),
]


@pytest.mark.parametrize("pair", INVERSES, ids=lambda p: f"{p[0].name}-{p[1].name}-{''.join(p[1].qubits)}")
def test_inverse_pairs_go(pair):
    assert after(*pair) == []
    conditional = [dataclasses.replace(o, when=M) for o in pair]
    assert after(*conditional) == []


def test_a_matrix_and_its_inverse_go_whatever_the_order_of_qubits():
    u = random_unitary(np.random.default_rng(1), 8)
    back = u.conj().T.reshape([2] * 6).transpose(2, 0, 1, 5, 3, 4).reshape(8, 8)
    assert after(Unitary((A, B, C), freeze(u)), Unitary((C, A, B), freeze(back))) == []
    kept = (Unitary((A, B, C), freeze(u)), Unitary((C, A, B), freeze(u.conj().T)))
    assert after(*kept) == list(kept)
    assert after(Unitary((A,), freeze(gate_matrix("h") * 1j)), g("h", A)) == []


@pytest.mark.parametrize(
    ("pair", "one"),
    [
        (("s", "s"), "z"), (("t", "t"), "s"), (("tdg", "tdg"), "sdg"), (("sx", "sx"), "x"),
        (("x", "y"), "z"), (("z", "x"), "y"), (("z", "s"), "sdg"), (("s", "tdg"), "t"),
    ],
)  # fmt: skip
def test_two_that_are_one_gate_become_it(pair, one):
    assert after(g(pair[0], A), g(pair[1], A)) == [g(one, A)]
    assert after(g(pair[0], A, when=M), g(pair[1], A, when=M)) == [g(one, A, when=M)]


@pytest.mark.parametrize("name", ["rx", "ry", "rz", "p", "u1"])
def test_rotations_add_up(name):
    assert after(*(g(name, A, params=(x,)) for x in (0.1, 0.2, 0.4))) == [
        g(name, A, params=(0.1 + 0.2 + 0.4,))
    ]


def test_controlled_rotations_add_up_and_whole_turns_of_them_are_no_identity():
    assert after(*[g("crz", A, B, params=(0.5,))] * 2) == [g("crz", A, B, params=(1.0,))]
    assert after(*[g("crz", A, B, params=(math.pi,))] * 2) == [g("crz", A, B, params=(2 * math.pi,))]
    assert after(*[g("rz", A, params=(math.pi,))] * 2) == []
    assert after(*[g("crz", A, B, params=(2 * math.pi,))] * 2) == []
    turned = [g("crz", A, B, params=(0.5,)), g("crz", B, A, params=(0.5,))]
    assert after(*turned) == turned
    assert after(g("cp", A, B, params=(0.5,)), g("cp", B, A, params=(0.25,))) == [
        g("cp", B, A, params=(0.75,))
    ]


def test_nests_unfold_and_other_qubits_do_not_matter():
    word = [g("h", A), g("cx", A, B), g("s", B), g("t", C), g("sdg", B), g("cx", A, B), g("x", C), g("h", A)]
    assert after(*word) == [g("t", C), g("x", C)]
    assert after(g("x", A), g("y", A), g("z", A)) == []
    # s s is z, which meets the z before.
    assert after(g("z", A), g("s", A), g("s", A)) == []


def test_identities_go():
    gates = [
        g("id", A),
        g("rz", A, params=(0.0,)),
        g("cp", A, B, params=(0.0,)),
        Unitary((A,), freeze(-np.eye(2))),
    ]
    assert after(*gates) == []
    assert after(g("h", A), *gates, g("h", A)) == []


def test_conditions_that_are_known():
    assert after(g("x", A, when=Parity((), 0))) == []
    assert after(g("x", A, when=Parity((), 1))) == [g("x", A)]
    u = freeze(random_unitary(np.random.default_rng(2), 2))
    assert after(Unitary((A,), u, Parity((), 1))) == [Unitary((A,), u)]
    assert after(g("x", A), g("x", A, when=Parity((), 1))) == []


NOISE = Noise((A,), depolarizing(0.1))


@pytest.mark.parametrize(
    "kept",
    [
        [g("x", A), NOISE, g("x", A)],
        [g("x", A), Measure(A, "k"), g("x", A)],
        [g("x", A), Reset(A), g("x", A)],
        [g("x", A), g("x", A, when=M)],
        [g("x", A, when=M), g("x", A, when=Parity(("n",)))],
        [g("x", A, when=M), g("x", A, when=Parity(("m",), 1))],
        [g("x", A, when=M), g("x", A, when=all_of(M))],
        [g("cx", A, B), g("cx", B, A)],
        [g("cx", A, B), NOISE, g("cx", A, B)],
        [g("cx", A, B), g("x", B), g("cx", A, B)],
        [g("cx", A, B), g("cx", A, C)],
        [g("h", A), g("t", A), g("h", A)],
        [g("rz", A, params=(0.1,)), g("rx", A, params=(0.1,))],
        [g("rx", A, params=(1e-7,))],
    ],
)
def test_what_is_no_pair_stays(kept):
    assert after(*kept) == kept


# ---- random programs -------------------------------------------------------------------------


def inverse(operation):
    matrix = (
        gate_matrix(operation.name, operation.params)
        if isinstance(operation, Gate)
        else thaw(operation.matrix)
    )
    if isinstance(operation, Gate) and GATES[operation.name].num_params == 1:
        return dataclasses.replace(operation, params=(-operation.params[0],))
    return Unitary(operation.qubits, freeze(matrix.conj().T), operation.when)


def with_pairs(circuit, rng):
    """Inject pairs of a gate and its inverse, with gates on other qubits between them, and gates doubled."""
    operations = []
    known = []
    names = sorted(GATES)
    last = max((i for i, o in enumerate(circuit.operations) if o.kind not in ("save", "expect")), default=-1)
    for i, operation in enumerate(circuit.operations):
        operations.append(operation)
        known += [b for b in [recorded_bit(operation)] if b is not None]
        if isinstance(operation, (Gate, Unitary)) and rng.random() < 0.5:
            operations.append(operation if rng.random() < 0.4 else inverse(operation))
        if i >= last or rng.random() < 0.5:
            continue
        definition = GATES[names[rng.integers(len(names))]]
        free = circuit.qubits
        if len(free) < definition.num_qubits:
            continue
        chosen = [free[j] for j in rng.permutation(len(free))]
        qubits, others = tuple(chosen[: definition.num_qubits]), chosen[definition.num_qubits :]
        when = Parity((known[rng.integers(len(known))],)) if known and rng.random() < 0.5 else None
        angles = tuple(rng.uniform(-3, 3, definition.num_params))
        gate = Gate(definition.name, qubits, angles, when)
        between = [Gate("t", (q,)) for q in others[:2]]
        operations += [gate, *between, inverse(gate)]
    return circuit.replace(operations)


def gates_of(circuit):
    return [o for o in circuit.operations if isinstance(o, (Gate, Unitary))]


def others_of(circuit):
    return [o for o in circuit.operations if not isinstance(o, (Gate, Unitary))]


@settings(max_examples=80)
@given(seed=seeds, clifford=st.booleans())
def test_random_programs_keep_their_distribution(seed, clifford):
    circuit = random_program(seed, max_qubits=3, max_bits=4, operations=14, clifford=clifford).circuit()
    full = with_pairs(circuit, np.random.default_rng(seed))
    changed = cancel_gates(full)
    assert len(gates_of(changed)) <= len(gates_of(full))
    assert others_of(changed) == others_of(full) and changed.outputs == full.outputs
    assert cancel_gates(changed) == changed
    truth = naive.run(full)
    assert naive.distance(truth, branches_by_cutting(changed, density.evolve)) < 1e-12


@settings(max_examples=30)
@given(seed=seeds)
def test_a_word_and_its_inverse_leave_nothing(seed):
    rng = np.random.default_rng(seed)
    names = sorted(GATES)
    word = []
    for _ in range(int(rng.integers(1, 30))):
        definition = GATES[names[rng.integers(len(names))]]
        qubits = tuple("abc"[i] for i in rng.permutation(3)[: definition.num_qubits])
        word.append(Gate(definition.name, qubits, tuple(rng.uniform(-3, 3, definition.num_params))))
    assert after(*word, *map(inverse, reversed(word))) == []


def test_random_pairs_are_mostly_found():
    """Most injected pairs go; those that stay met a gate that the program put right beside them."""
    before = left = 0
    for seed in range(40):
        circuit = random_program(seed, max_qubits=3, operations=20).circuit()
        full = with_pairs(circuit, np.random.default_rng(seed))
        before += len(gates_of(full)) - len(gates_of(circuit))
        left += max(0, len(gates_of(cancel_gates(full))) - len(gates_of(circuit)))
    assert before > 500
    assert left < 0.5 * before


def test_cost_is_linear(calls_of):
    def cost(n):
        operations = [g("h", A), g("cx", A, B), g("t", B)] * n + [g("tdg", B), g("cx", A, B), g("h", A)] * n
        return calls_of(lambda: after(*operations))

    assert cost(2000) < 15 * cost(200)


def test_dead_operations_are_removed_and_only_they():
    p = Program("dead")
    a, b, c, d = p.qubits("alice", *"abcd")
    p.h(a).cx(a, b).h(c).cx(c, d)
    kept, dead = p.measure(a), p.measure(c)
    p.x(b, when=kept).z(d, when=dead).reset(b).y(b)
    p.output(kept).save("out", b)
    lean = remove_dead(p.circuit())
    assert [str(getattr(o, "name", o.kind)) for o in lean.operations] == [
        "h",
        "cx",
        "measure",
        "reset",
        "y",
        "save",
    ]
    assert not any("alice.c" in qubits_of(o) or "alice.d" in qubits_of(o) for o in lean.operations)
    assert lean.qubits == ("alice.a", "alice.b")
    truth = naive.run(p.circuit())
    assert naive.distance(truth, branches_by_cutting(lean, density.evolve)) < 1e-12
