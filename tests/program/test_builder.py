"""The builder: what each method appends, what it refuses, and how a program behaves as a value."""

import inspect
import math
import pickle

import numpy as np
import pytest

from qnetframe.channels.named import dephasing, two_qubit_depolarizing
from qnetframe.errors import InvalidInputError, LocalityError, QnetframeError, UnknownNameError
from qnetframe.program.circuit import Circuit, Output
from qnetframe.program.gates import GATES
from qnetframe.program.lowering import PHI_PLUS
from qnetframe.program.operations import (
    Coin,
    Detector,
    Entangle,
    Erase,
    Expect,
    Gate,
    Idle,
    Measure,
    Noise,
    Observable,
    Prepare,
    Require,
    Reset,
    Save,
    Unitary,
    density_matrix,
    freeze,
)
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Bit, Parity, all_of


@pytest.fixture
def two():
    """A program with qubits a, b, c of alice and d, e of bob."""
    p = Program("two")
    return p, *p.qubits("alice", "a", "b", "c"), *p.qubits("bob", "d", "e")


# ---- gates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(GATES))
def test_every_gate_has_a_method(two, name):
    p, a, b, c, *_ = two
    m = p.measure(a)
    definition = GATES[name]
    angles = [0.1 * (i + 1) for i in range(definition.num_params)]
    qubits = [a, b, c][: definition.num_qubits]
    assert getattr(p, name)(*angles, *qubits) is p
    getattr(p, name)(*angles, *(q.id for q in qubits), when=m ^ 1)
    ids = tuple(q.id for q in qubits)
    assert p.operations[1:] == (
        Gate(name, ids, tuple(angles)),
        Gate(name, ids, tuple(angles), Parity(("m0",), 1)),
    )


@pytest.mark.parametrize("name", sorted(GATES))
def test_every_gate_method_is_documented(name):
    method = getattr(Program, name)
    definition = GATES[name]
    assert method.__name__ == name
    assert definition.summary in method.__doc__
    parameters = [p for p in inspect.signature(method).parameters if p not in ("self", "when")]
    assert len(parameters) == definition.num_params + definition.num_qubits
    assert f"{name}({', '.join(parameters)})" in method.__doc__
    assert ("radians" in method.__doc__) == (definition.num_params > 0)
    assert ("LocalityError" in method.__doc__) == (definition.num_qubits > 1)


def test_unknown_gates_suggest_the_nearest(two):
    p, a, *_ = two
    with pytest.raises(UnknownNameError, match="unknown gate 'cswp'; did you mean 'cswap'"):
        p.gate("cswp", a)
    with pytest.raises(InvalidInputError, match="gate is 5; it must be the name of a standard gate"):
        p.gate(5, a)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p, a, b: p.cx(a), "cx takes 2 qubits, got 1"),
        (lambda p, a, b: p.h(), "h takes 1 qubit, got 0"),
        (lambda p, a, b: p.h(a, b), "h takes 1 qubit, got 2"),
        (lambda p, a, b: p.cx(a, a), "cx names a qubit twice: alice.a, alice.a"),
        (lambda p, a, b: p.rx(a, 0.5), "rx takes 1 angle"),
        (lambda p, a, b: p.rx(a), "rx takes 1 angle"),
        (lambda p, a, b: p.u3(0.1, a), "u3 takes 3 angle"),
        (lambda p, a, b: p.gate("u3", 0.1), "u3 takes 1 qubit, got 0"),
        (lambda p, a, b: p.x(0.5, a), "unknown qubit 0.5; this program has: alice.a, alice.b"),
        (lambda p, a, b: p.x("a"), "unknown qubit 'a'; this program has: alice.a"),
        (lambda p, a, b: p.x([a]), "unknown qubit"),
        (lambda p, a, b: p.x(Qubit("alice.z", "alice", "z")), "unknown qubit 'alice.z'"),
        (lambda p, a, b: p.rx(math.nan, a), r"rx parameter \(radians\) 0 is nan; it must be a finite number"),
        (lambda p, a, b: p.rx(math.inf, a), "rx parameter .* is inf"),
        (lambda p, a, b: p.rx(1j, a), "rx parameter .* is 1j"),
        (lambda p, a, b: p.rx(True, a), "rx parameter .* is True"),
        (lambda p, a, b: p.unitary([[1, 1], [0, 1]], a), r"not unitary: \|U†U - 1\| is 1;"),
        (lambda p, a, b: p.unitary([[math.nan, 0], [0, 1]], a), "not unitary"),
        (lambda p, a, b: p.unitary([[math.inf, 0], [0, 1]], a), "not unitary"),
        (lambda p, a, b: p.unitary([[1e200, 0], [0, 1e200]], a), "not unitary"),
        (lambda p, a, b: p.unitary(np.eye(2), a, b), r"shape \(2, 2\); 2 qubits need \(4, 4\)"),
        (lambda p, a, b: p.unitary([1, 0], a), r"shape \(2,\); it must be a matrix"),
        (lambda p, a, b: p.unitary([[1, 0], [1]], a), "must be an array of numbers"),
        (lambda p, a, b: p.unitary("X", a), "must be an array of numbers"),
        (lambda p, a, b: p.unitary([[1]]), "unitary names no qubit"),
    ],
)
def test_gates_refuse(two, call, message):
    p, a, b, *_ = two
    before = p.to_dict()
    with pytest.raises(InvalidInputError, match=message):
        call(p, a, b)
    assert p.to_dict() == before


# ---- locality ------------------------------------------------------------------------------------


def test_gates_across_parties_name_both_and_what_to_do(two):
    p, a, _, _, d, e = two
    with pytest.raises(
        LocalityError, match=r"cx on alice's 'a' and bob's 'd': they are apart; send a qubit or use a pair"
    ):
        p.cx(a, d)
    with pytest.raises(LocalityError, match="unitary on bob's 'e' and alice's 'a'"):
        p.unitary(np.eye(4), e, a)
    with pytest.raises(LocalityError, match="prepare on alice's 'a' and bob's 'd'"):
        p.prepare([a, d], [1, 0, 0, 0])
    assert p.operations == ()


def test_a_pair_needs_two_parties(two):
    p, a, b, *_ = two
    with pytest.raises(LocalityError, match=r"entangle on alice's 'a' and alice's 'b'.*use h and cx"):
        p.entangle(a, b)
    with pytest.raises(InvalidInputError, match="entangle names a qubit twice"):
        p.entangle(a, a)
    with pytest.raises(InvalidInputError, match="entangle link is 5"):
        p.entangle(a, "bob.d", link=5)


def test_sending_moves_a_qubit(two):
    p, a, b, _, d, _ = two
    flag = p.send(a, "bob")
    assert flag == Bit("loss:0", "bob")
    assert p.bit_owners == {"loss:0": ("bob",)}
    p.cx(a, d)
    with pytest.raises(LocalityError, match="cx on bob's 'a' and alice's 'b'"):
        p.cx(a, b)
    with pytest.raises(LocalityError, match="'bob' already holds bob's 'a'"):
        p.send(a, "bob")
    assert p.send(a, "carol").id == "loss:1"
    assert p.parties == ("alice", "bob", "carol")
    assert p.declared["alice.a"] == "alice"
    m = p.measure(a)
    assert m.owner == "carol"
    p.entangle(a, d)


@pytest.mark.parametrize(("to", "link"), [("", None), (None, None), (5, None), ("bob", ""), ("bob", 5)])
def test_send_refuses_and_leaves_the_qubit_where_it_was(two, to, link):
    p, a, b, *_ = two
    with pytest.raises(InvalidInputError, match="send"):
        p.send(a, to, link)
    p.cx(a, b)


def test_noise_saves_and_idling_may_span_parties(two):
    p, a, _, _, d, _ = two
    p.noise(two_qubit_depolarizing(0.1), a, d).idle([a, d], 1).save("s", a, d)
    assert [o.kind for o in p.operations] == ["noise", "idle", "save"]


# ---- the other operations ------------------------------------------------------------------------


def test_what_each_method_appends(two):
    p, a, b, c, d, _ = two
    channel = dephasing(0.1)
    p.unitary([[0, 1], [1, 0]], a).prepare(a, [0.5**0.5, 0.5**0.5 * 1j]).prepare((a, b), np.eye(4) / 4)
    m = p.measure(a, "x", readout=0.1)
    n = p.measure(b, readout=(0.1, 0.2), name="mine")
    flag, coin = p.erase(c, 0.5), p.coin(0.25)
    p.reset(a).entangle(a, d, link="fibre").idle(a, 2).noise(channel, a)
    p.require(m).detector(m ^ n, (1, 2)).observable(3, n)
    p.save("s", a, d).expect("e", {a: "X", "bob.e": "Z"})
    assert p.operations == (
        Unitary(("alice.a",), ((0, 1), (1, 0))),
        Prepare(("alice.a",), freeze(density_matrix([0.5**0.5, 0.5**0.5 * 1j], 1, "test"))),
        Prepare(("alice.a", "alice.b"), tuple(map(tuple, np.eye(4) / 4))),
        Measure("alice.a", "m0", "x", (0.1, 0.1)),
        Measure("alice.b", "mine", "z", (0.1, 0.2)),
        Erase("alice.c", 0.5, "e0"),
        Coin(0.25, "c0", ("alice", "bob")),
        Reset("alice.a"),
        Entangle(("alice.a", "bob.d"), "fibre"),
        Idle(("alice.a",), 2.0),
        Noise(("alice.a",), channel),
        Require(Parity(("m0",))),
        Detector(Parity(("m0", "mine")), (1.0, 2.0)),
        Observable(3, Parity(("mine",))),
        Save("s", ("alice.a", "bob.d")),
        Expect("e", (("alice.a", "X"), ("bob.e", "Z"))),
    )
    assert (m, n) == (Bit("m0", "alice"), Bit("mine", "alice"))
    assert (flag, coin) == (Bit("e0", "alice"), Bit("c0", "alice"))
    assert list(p.bit_owners) == ["m0", "mine", "e0", "c0"]
    assert p.bit_owners["c0"] == ("alice", "bob")
    assert len(set(map(hash, p.operations))) == len(p.operations)


PROBABILITIES = (-0.1, 1.1, math.nan, math.inf, "0.5", None, True)


@pytest.mark.parametrize("value", PROBABILITIES)
def test_probabilities_outside_the_unit_interval(two, value):
    p, a, *_ = two
    for call, name in (
        (lambda: p.coin(value), "coin probability"),
        (lambda: p.erase(a, value), "erasure probability"),
        (lambda: p.measure(a, readout=(value, 0)), r"readout error P\(1\|0\)"),
        (lambda: p.measure(a, readout=(0, value)), r"readout error P\(0\|1\)"),
    ):
        with pytest.raises(InvalidInputError, match=f"{name} is "):
            call()
    with pytest.raises(InvalidInputError, match="readout"):
        p.measure(a, readout=value)
    assert p.operations == ()
    assert p.measure(a).id == "m0"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p, a: p.measure(a, "w"), "basis is 'w'; it must be 'z', 'x' or 'y'"),
        (lambda p, a: p.measure(a, readout=(0.1,)), "readout is"),
        (lambda p, a: p.measure(a, readout=(0.1, 0.1, 0.1)), "readout is"),
        (lambda p, a: p.measure(a, name=""), "bit name is ''"),
        (lambda p, a: p.measure(a, name="a:b"), "without ':'"),
        (lambda p, a: p.measure(a, name=5), "bit name is 5"),
        (lambda p, a: p.idle(a, -1e-9), r"idle time \(seconds\) is -1e-09; it must be at least 0"),
        (lambda p, a: p.idle(a, math.nan), "idle time .* is nan"),
        (lambda p, a: p.idle([], 1), "idle names no qubit"),
        (lambda p, a: p.noise(dephasing(0.1), a, "alice.b"), "channel on 1 qubits is given 2"),
        (lambda p, a: p.noise("dephasing", a), "noise takes a Channel, got 'dephasing'"),
        (lambda p, a: p.noise(two_qubit_depolarizing(0.1), a, a), "twice"),
        (lambda p, a: p.prepare(a, [1, 1]), "norm² 2; it must be 1"),
        (lambda p, a: p.prepare(a, [math.nan, 0]), "norm² nan"),
        (lambda p, a: p.prepare(a, [math.inf, 0]), "norm²"),
        (lambda p, a: p.prepare(a, [1, 0, 0, 0]), "4 amplitudes; 1 qubits need 2"),
        (lambda p, a: p.prepare(a, np.eye(2)), "trace 2; it must be 1"),
        (lambda p, a: p.prepare(a, [[2, 0], [0, -1]]), "entry of size 2"),
        (lambda p, a: p.prepare(a, [[0.5, 0.9], [0.9, 0.5]]), "eigenvalue -0.4"),
        (lambda p, a: p.prepare(a, [[0.5, 0.5j], [0.5j, 0.5]]), "not Hermitian"),
        (lambda p, a: p.prepare(a, [[math.nan, 0], [0, 1]]), "not finite"),
        (lambda p, a: p.prepare(a, np.eye(4) / 4), r"shape \(4, 4\); 1 qubits need \(2, 2\)"),
        (lambda p, a: p.prepare(a, "plus"), "must be an array of numbers"),
        (lambda p, a: p.prepare((), [1]), "prepare"),
        (lambda p, a: p.coin(0.5, "carol"), "unknown party 'carol'; parties: alice, bob"),
        (lambda p, a: p.observable(-1, p.measure(a)), "observable index is -1"),
        (lambda p, a: p.observable(0.5, p.measure(a)), "observable index is 0.5"),
        (lambda p, a: p.detector(p.measure(a), (math.inf,)), "detector coordinate 0 is inf"),
        (lambda p, a: p.detector(all_of(p.measure(a))), "is not a bit"),
        (lambda p, a: p.save("s"), "save 's' names no qubit"),
        (lambda p, a: p.save("s", a, a), "twice"),
        (lambda p, a: p.save("", a), "label is ''"),
        (lambda p, a: p.save(a), "label is Qubit"),
        (lambda p, a: p.expect("e", {a: "I"}), "alice.a has 'I'; allowed are 'X', 'Y', 'Z'"),
        (lambda p, a: p.expect("e", {}), "names no qubit"),
        (lambda p, a: p.expect("e", "XX"), "expect takes a mapping"),
        (lambda p, a: p.expect("e", {"alice.z": "X"}), "unknown qubit 'alice.z'"),
        (lambda p, a: p.qubit("", "q"), "party is ''"),
        (lambda p, a: p.qubit("alice", ""), "qubit name is ''"),
        (lambda p, a: p.qubit("alice", 3), "qubit name is 3"),
        (lambda p, a: p.qubit("alice", "a"), "alice already has a qubit 'alice.a'"),
        (lambda p, a: Program(""), "program name is ''"),
        (lambda p, a: Program(None), "program name is None"),
    ],
)
def test_operations_refuse(two, call, message):
    p, a, *_ = two
    with pytest.raises(InvalidInputError, match=message):
        call(p, a)


def test_ids_of_parties_with_dots_do_not_clash():
    p = Program()
    p.qubit("a", "b.c")
    with pytest.raises(InvalidInputError, match=r"a already has a qubit 'a\.b\.c'; ids must be unique"):
        p.qubit("a.b", "c")
    q = p.qubit("a.b", "d")
    with pytest.raises(LocalityError, match=r"cx on a's 'b\.c' and a\.b's 'd'"):
        p.cx("a.b.c", q)


def test_handles():
    p = Program()
    first, second = p.qubits("alice", "x", "y")
    assert first == Qubit("alice.x", "alice", "x")
    assert list(p.declared) == ["alice.x", "alice.y"]
    assert p.qubits("alice") == ()
    assert second.id in p.declared


# ---- bits and conditions -------------------------------------------------------------------------


def test_bits_are_numbered_by_kind_and_never_clash(two):
    p, a, *_ = two
    p.measure(a, name="m0")
    assert p.measure(a).id == "m1"
    assert p.measure(a, name="m2").id == "m2"
    assert p.measure(a).id == "m3"
    assert (p.coin(0.5).id, p.erase(a, 0).id, p.coin(0.5).id) == ("c0", "e0", "c1")
    with pytest.raises(InvalidInputError, match="bit name is 'm1'; it must be a new"):
        p.measure(a, name="m1")


@pytest.mark.parametrize(
    "when", ["m0", Bit("m0"), Parity(("m0",)), all_of(Bit("m0")), Bit("m0") ^ Bit("m0") ^ Bit("x")]
)
def test_a_parity_of_a_bit_not_yet_measured(two, when):
    p, a, *_ = two
    for call, what in (
        (lambda: p.x(a, when=when), "x"),
        (lambda: p.unitary(np.eye(2), a, when=when), "unitary"),
        (lambda: p.require(when), "require"),
    ):
        with pytest.raises(
            InvalidInputError, match=f"{what} uses bit '(m0|x)', which is not measured yet; measured: none"
        ):
            call()
    with pytest.raises(QnetframeError):
        p.output(when)
    with pytest.raises(QnetframeError):
        p.detector(when)
    p.measure(a, name="other")
    with pytest.raises(InvalidInputError, match="measured: other"):
        p.x(a, when=when)


@pytest.mark.parametrize("when", [True, 1, 0, 0.5, [Bit("m0")], lambda: 1])
def test_conditions_of_a_wrong_type(two, when):
    p, a, *_ = two
    p.measure(a)
    with pytest.raises(InvalidInputError, match="is not a bit"):
        p.x(a, when=when)


def test_and_or_if_on_bits_are_refused(two):
    p, a, b, *_ = two
    m, n = p.measure(a), p.measure(b)
    for value in (m, m ^ n, all_of(m, n)):
        with pytest.raises(InvalidInputError, match=r"no value while the program is written; use when="):
            p.x(a, when=value and n)


def test_coins_are_known_to_whom_they_are_given():
    p = Program()
    with pytest.raises(InvalidInputError, match="no party yet"):
        p.coin(0.5)
    p.qubit("alice", "a")
    everyone = p.coin(0.5)
    p.qubit("bob", "b")
    bob = p.coin(0.5, "bob", "bob")
    assert p.bit_owners == {everyone.id: ("alice",), bob.id: ("bob",)}
    assert bob.owner == "bob"
    assert Program.from_json(p.to_json()).bit_owners == p.bit_owners


# ---- labels, outputs, what comes after a save ------------------------------------------------------


def test_nothing_acts_on_a_saved_qubit(two):
    p, a, b, _, d, _ = two
    m = p.measure(b)
    p.save("s", a).save("t", a).expect("e", {a: "Z", b: "X"})
    before = p.operations
    for call in (
        lambda: p.x(a),
        lambda: p.cx(b, a),
        lambda: p.unitary(np.eye(2), a, when=m),
        lambda: p.prepare(a, [1, 0]),
        lambda: p.measure(a),
        lambda: p.reset(a),
        lambda: p.entangle(a, d),
        lambda: p.send(a, "bob"),
        lambda: p.idle(a, 1),
        lambda: p.noise(dephasing(0.1), a),
        lambda: p.erase(a, 0.1),
    ):
        with pytest.raises(InvalidInputError, match=r"acts on alice's '[ab]' after (save 's'|expect 'e')"):
            call()
    assert p.operations == before
    with pytest.raises(InvalidInputError, match="acts on alice's 'b' after expect 'e'"):
        p.x(b)
    p.require(m).coin(0.5)
    p.x(d)


def test_labels_are_unique(two):
    p, a, b, *_ = two
    p.save("s", a)
    with pytest.raises(InvalidInputError, match="label 's' is used twice"):
        p.save("s", b)
    with pytest.raises(InvalidInputError, match="label 's' is used twice"):
        p.expect("s", {b: "X"})
    p.x(b)


def test_outputs(two):
    p, a, b, *_ = two
    m, n = p.measure(a), p.measure(b)
    assert p.outputs is None
    assert p.circuit().outputs == (Output("m0", Parity(("m0",))), Output("m1", Parity(("m1",))))
    p.output()
    assert p.outputs == ()
    assert p.circuit().outputs == ()
    p.output(n, m ^ n ^ 1).output(m, label="first")
    assert [o.label for o in p.outputs] == ["m1", "m0 ^ m1 ^ 1", "first"]
    assert p.outputs[1].parity == Parity(("m0", "m1"), 1)
    assert p.circuit().outputs == p.outputs


def test_outputs_are_refused_as_a_whole(two):
    p, a, b, *_ = two
    m, n = p.measure(a), p.measure(b)
    with pytest.raises(InvalidInputError, match="output label 'm0' is used twice"):
        p.output(m, m)
    assert p.outputs is None
    p.output(m)
    with pytest.raises(InvalidInputError, match="output label 'm0' is used twice"):
        p.output(n, m)
    assert [o.label for o in p.outputs] == ["m0"]
    with pytest.raises(InvalidInputError, match="needs one bit or parity, got 2"):
        p.output(m, n, label="both")
    with pytest.raises(InvalidInputError, match="output label is 5"):
        p.output(n, label=5)
    with pytest.raises(InvalidInputError, match="is not a bit"):
        p.output(all_of(m))


# ---- a program as a value ------------------------------------------------------------------------


def build():
    p = Program("value")
    a, b = p.qubit("alice", "a"), p.qubit("bob", "b")
    p.entangle(a, b).x(b, when=p.measure(a))
    return p


def test_equality_is_by_content():
    assert build() == build()
    assert build() != build().z("bob.b")
    assert build() != "value"
    with pytest.raises(TypeError):
        hash(build())


def test_numbers_of_any_type_give_equal_programs_and_hashes():
    def program(angle, seconds, p, coordinate, entry):
        q = Program()
        a = q.qubit("alice", "a")
        q.rx(angle, a).idle(a, seconds)
        m = q.measure(a, readout=(p, 0))
        q.coin(p)
        q.erase(a, p)
        q.detector(m, [coordinate]).unitary([[entry, 0], [0, entry]], a)
        return q

    plain = program(1.0, 1.0, 0.0, 0.0, 1.0)
    for other in (
        program(1, 1, 0, 0, 1),
        program(np.float32(1), np.int64(1), np.int8(0), -0.0, np.complex64(1)),
        program(np.float64(1), 1, -0.0, np.float32(0), complex(1, -0.0)),
    ):
        assert other == plain
        assert other.to_json() == plain.to_json()
        assert other.content_hash == plain.content_hash
        assert hash(other.circuit()) == hash(plain.circuit())


def test_copies_are_independent():
    p = build().output()
    q = p.copy()
    assert q == p
    q.z("bob.b").save("s", "bob.b").output("m0")
    q.qubit("carol", "c")
    assert p == build().output()
    assert p.parties == ("alice", "bob")
    p.x("bob.b")


def test_programs_can_be_pickled():
    assert pickle.loads(pickle.dumps(build())) == build()


def test_what_it_returns_cannot_change_it():
    p = build()
    p.declared["carol.c"] = "carol"
    p.bit_owners.clear()
    assert p == build()
    assert list(p.bit_owners) == ["m0"]


def test_it_prints_as_a_diagram():
    p = build()
    assert repr(p) == "<Program 'value': 2 qubits, 3 operations>"
    assert str(p).startswith("value\n")
    assert "bob.b" in str(p)
    assert "if m0" in str(p)
    assert "<svg" in p._repr_html_()


def test_building_is_linear(calls_of):
    """A hundred times the length takes at most a hundred and fifty times the calls."""

    def build_long(number):
        p = Program()
        a = p.qubit("alice", "a")
        for i in range(number):
            p.output(p.measure(a), label=f"o{i}")
            p.coin(0.5)
            p.send(a, "bob" if i % 2 == 0 else "alice")

    assert calls_of(lambda: build_long(10_000)) < 150 * calls_of(lambda: build_long(100))


# ---- lowering ------------------------------------------------------------------------------------


def test_the_ideal_circuit(two):
    p, a, b, _, d, _ = two
    p.entangle(a, d, link="fibre").idle(a, 1)
    unused, used = p.send(b, "bob"), p.send(b, "carol")
    coin = p.coin(0.5, "alice")
    p.x(a, when=used ^ coin)
    assert unused.id == "loss:0"
    assert p.circuit() == Circuit(
        tuple(p.declared),
        (
            Prepare(("alice.a", "bob.d"), PHI_PLUS),
            Coin(0.0, "loss:1"),
            Coin(0.5, "c0"),
            Gate("x", ("alice.a",), (), Parity(("c0", "loss:1"))),
        ),
    )
    p.output(unused)
    assert [o.bit for o in p.circuit().operations if isinstance(o, Coin)] == ["loss:0", "loss:1", "c0"]


def test_phi_plus_is_phi_plus():
    ket = np.array([1, 0, 0, 1]) / math.sqrt(2)
    assert np.allclose(PHI_PLUS, np.outer(ket, ket))
