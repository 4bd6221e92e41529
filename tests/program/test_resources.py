"""Resources of programs whose counts are known."""

import numpy as np
import pytest

from qnetframe.channels.named import dephasing
from qnetframe.program.program import Program
from qnetframe.program.resources import Resources, count_resources
from qnetframe.testing.random_programs import random_program
from qnetframe.values import all_of, any_of


def teleportation():
    p = Program("teleportation")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.prepare(psi, [0.8, 0.6]).entangle(a, b).cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi), p.measure(a)
    return p.x(b, when=m_x).z(b, when=m_z).save("out", b)


def test_teleportation():
    """One pair and two bits: Bennett et al., Phys. Rev. Lett. 70, 1895 (1993)."""
    assert teleportation().resources == Resources(
        pairs=1,
        pairs_between={("alice", "bob"): 1},
        pairs_by_link={"": 1},
        qubits_sent={},
        classical_bits={("alice", "bob"): 2},
        rounds=1,
        gates={"alice": 2, "bob": 2},
        two_qubit_gates={"alice": 1, "bob": 0},
        depth={"alice": 4, "bob": 3},  # prepare, cx, h, measure; pair, x, z
        measurements={"alice": 2, "bob": 0},
    )


def test_superdense_coding():
    """Two bits by one pair and one qubit: Bennett and Wiesner, Phys. Rev. Lett. 69, 2881 (1992)."""
    p = Program()
    a, b = p.qubit("alice", "a"), p.qubit("bob", "b")
    first, second = p.coin(0.5, "alice"), p.coin(0.5, "alice")
    p.entangle(a, b).x(a, when=first).z(a, when=second)
    p.send(a, "bob")
    p.cx(a, b).h(a)
    p.measure(a)
    p.measure(b)
    resources = p.resources
    assert (resources.pairs, resources.rounds) == (1, 1)
    assert resources.qubits_sent == {("alice", "bob"): 1}
    assert resources.classical_bits == {}
    assert resources.gates == {"alice": 2, "bob": 2}
    assert resources.two_qubit_gates == {"alice": 0, "bob": 1}
    assert resources.measurements == {"alice": 0, "bob": 2}
    assert resources.depth == {"alice": 3, "bob": 4}  # pair, x, z; pair, cx, h, measure


@pytest.mark.parametrize("relays", [1, 2, 5])
def test_swapping_chain(relays):
    """Every relay sends two bits, the parities of which the end applies: one round for all."""
    p = Program()
    a = p.qubit("alice", "a")
    left, b = a, p.qubit("bob", "b")
    x, z = [], []
    for i in range(relays):
        inner, outer = p.qubits(f"relay{i}", "in", "out")
        p.entangle(left, inner, link=f"fibre{i}")
        x.append((inner, outer))
        left = outer
    p.entangle(left, b)
    m_x, m_z = [], []
    for inner, outer in x:
        p.cx(inner, outer).h(inner)
        m_x.append(p.measure(outer))
        m_z.append(p.measure(inner))
    z, parity = m_z[0], m_x[0]
    for m, n in zip(m_z[1:], m_x[1:], strict=True):
        z, parity = z ^ m, parity ^ n
    p.x(b, when=parity).z(b, when=z)
    resources = p.resources
    assert resources.pairs == relays + 1
    assert resources.pairs_by_link == {**{f"fibre{i}": 1 for i in range(relays)}, "": 1}
    assert resources.pairs_between["alice", "relay0"] == 1
    assert resources.classical_bits == {(f"relay{i}", "bob"): 2 for i in range(relays)}
    assert resources.rounds == 1


@pytest.fixture
def talk():
    """Three bits of alice, one of bob, and a qubit of carol."""
    p = Program()
    a = p.qubits("alice", "a0", "a1", "a2")
    b, c = p.qubit("bob", "b"), p.qubit("carol", "c")
    return p, [p.measure(q) for q in a], p.measure(b), c


@pytest.mark.parametrize(
    ("conditions", "from_alice", "from_bob"),
    [
        (lambda a, b: [a[0]], 1, 0),
        (lambda a, b: [a[0], a[1]], 2, 0),
        (lambda a, b: [a[0] ^ a[1]], 1, 0),
        (lambda a, b: [a[0] ^ a[1] ^ b], 1, 1),
        (lambda a, b: [a[0], a[0] ^ 1, ~a[0]], 1, 0),
        (lambda a, b: [a[0] ^ a[1], a[0], a[1]], 2, 0),
        (lambda a, b: [a[0] ^ a[1], a[1] ^ a[2], a[0] ^ a[2]], 2, 0),
        (lambda a, b: [a[0] ^ a[1] ^ a[2], a[2], a[0] ^ a[1]], 2, 0),
        (lambda a, b: [a[0] ^ b, a[1] ^ b], 2, 1),
        (lambda a, b: [all_of(a[0], a[1] ^ b)], 2, 1),
        (lambda a, b: [any_of(a[0] ^ a[1], a[0] ^ a[1] ^ 1)], 1, 0),
        (lambda a, b: [b ^ b], 0, 0),
    ],
)
def test_bits_are_sent_once_and_as_parities(talk, conditions, from_alice, from_bob):
    p, a, b, c = talk
    for when in conditions(a, b):
        p.x(c, when=when)
    expected = {("alice", "carol"): from_alice, ("bob", "carol"): from_bob}
    assert p.resources.classical_bits == {k: n for k, n in expected.items() if n}
    assert p.resources.rounds == (1 if from_alice else 0)


def test_each_receiver_needs_its_own_copy(talk):
    p, a, _, c = talk
    p.x(c, when=a[0]).x("bob.b", when=a[0]).x("alice.a1", when=a[0])
    assert p.resources.classical_bits == {("alice", "carol"): 1, ("alice", "bob"): 1}


def test_shared_coins_cost_nothing_and_ride_along():
    p = Program()
    a, b, c = p.qubit("alice", "a"), p.qubit("bob", "b"), p.qubit("carol", "c")
    coin = p.coin(0.5, "alice", "bob")
    p.x(a, when=coin).x(b, when=coin)
    assert p.resources.classical_bits == {}
    assert p.resources.rounds == 0
    q = p.copy()
    q.x(c, when=coin)
    assert q.resources.classical_bits == {("alice", "carol"): 1}
    m = p.measure(b)
    p.x(c, when=coin ^ m)
    assert p.resources.classical_bits == {("bob", "carol"): 1}


def test_the_flag_of_a_lost_qubit_belongs_to_its_receiver():
    p = Program()
    a, b = p.qubit("alice", "a"), p.qubit("bob", "b")
    lost = p.send(a, "bob")
    p.x(b, when=lost)
    assert p.resources.classical_bits == {}
    p.x(p.qubit("alice", "other"), when=lost)
    assert p.resources.classical_bits == {("bob", "alice"): 1}
    assert p.resources.rounds == 2


def test_rounds_are_chains_of_messages():
    """Alice and Bob answer each other five times; Carol's message to Bob goes beside them."""
    p = Program()
    a, b, c = p.qubit("alice", "a"), p.qubit("bob", "b"), p.qubit("carol", "c")
    mine, other = a, b
    for _ in range(5):
        p.x(other, when=p.measure(mine))
        mine, other = other, mine
    assert p.resources.rounds == 5
    assert p.resources.classical_bits == {("alice", "bob"): 3, ("bob", "alice"): 2}
    p.x(b, when=p.measure(c))
    assert p.resources.rounds == 5


def test_own_bits_add_no_round():
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    for _ in range(4):
        p.x(b, when=p.measure(a)).x(a, when=p.measure(b))
    assert p.resources.rounds == 0
    assert p.resources.classical_bits == {}
    assert p.resources.depth == {"alice": 16}


def test_a_known_parity_keeps_the_round_of_its_arrival():
    p = Program()
    a, b, c = p.qubit("alice", "a"), p.qubit("bob", "b"), p.qubit("carol", "c")
    m = p.measure(a)
    p.x(b, when=m)
    late = p.measure(b)
    p.x(c, when=late)  # arrives in round 2
    p.x(p.qubit("carol", "d"), when=late)
    p.x(a, when=p.measure("carol.d"))
    assert p.resources.rounds == 3


def test_two_qubit_gates_and_pairs_hand_rounds_on():
    p = Program()
    a, (b, d), c = p.qubit("alice", "a"), p.qubits("bob", "b", "d"), p.qubit("carol", "c")
    p.x(b, when=p.measure(a)).cx(b, d).entangle(d, c)
    p.x(a, when=p.measure(c))
    assert p.resources.rounds == 2


def test_sent_qubits_are_messages_and_work_at_their_holder():
    p = Program()
    a = p.qubit("alice", "a")
    p.qubit("bob", "b")
    p.h(a)
    p.send(a, "bob")
    p.h(a).cx(a, "bob.b")
    p.send(a, "carol")
    p.h(a)
    p.send(a, "bob")
    p.h(a)
    resources = p.resources
    assert resources.qubits_sent == {("alice", "bob"): 1, ("bob", "carol"): 1, ("carol", "bob"): 1}
    assert resources.gates == {"alice": 1, "bob": 3, "carol": 1}
    assert resources.depth == {"alice": 1, "bob": 3, "carol": 1}
    assert resources.rounds == 3


def test_depth_is_the_longest_chain_of_one_party():
    p = Program()
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.h(a).h(a).h(b).cx(a, b).h(c)
    p.unitary(np.eye(2), c).reset(c)
    m = p.measure(c)
    assert p.resources.depth == {"alice": 4}
    p.x(b, when=m)
    assert p.resources.depth == {"alice": 5}
    assert p.resources.gates == {"alice": 7}
    assert p.resources.measurements == {"alice": 1}


def test_what_nobody_does_costs_nothing():
    p = Program()
    a, b = p.qubit("alice", "a"), p.qubit("bob", "b")
    p.idle(a, 1).noise(dephasing(0.1), a)
    flag, coin = p.erase(b, 0.1), p.coin(0.5)
    p.require(flag).require(all_of(flag, coin)).detector(flag).observable(0, flag).output(flag ^ coin)
    p.save("s", a, b)
    nothing = {"alice": 0, "bob": 0}
    assert p.resources == Resources(0, {}, {}, {}, {}, 0, nothing, nothing, nothing, nothing)


def test_an_empty_program():
    assert Program().resources == Resources(0, {}, {}, {}, {}, 0, {}, {}, {}, {})
    assert "pairs" in str(Program().resources)


def test_text():
    p = teleportation()
    assert str(p.resources) == (
        "pairs           1  alice–bob 1\n"
        "qubits sent     0\n"
        "classical bits  2  alice→bob 2\n"
        "rounds          1\n"
        "\n"
        "party  gates  two-qubit  measurements  depth\n"
        "alice      2          1             2  4\n"
        "bob        2          0             0  3"
    )
    q = Program()
    q.entangle(q.qubit("a", "x"), q.qubit("b", "x"), link="fibre")
    assert "  by link          fibre 1" in str(q.resources)


@pytest.mark.parametrize("seed", range(40))
def test_bounds_on_random_programs(seed):
    """No more bits from a sender than parities that need them, nor than it has bits."""
    p = random_program(seed)
    resources = count_resources(p)
    for (sender, receiver), number in resources.classical_bits.items():
        assert sender != receiver
        known = [b for b, parties in p.bit_owners.items() if sender in parties and receiver not in parties]
        assert 0 < number <= len(known)
    assert (resources.rounds > 0) == bool(resources.classical_bits or resources.qubits_sent)
    assert all(resources.depth[q] >= 0 for q in p.parties)
    assert sum(resources.measurements.values()) == sum(o.kind == "measure" for o in p.operations)
    assert (
        resources.pairs
        == sum(resources.pairs_between.values())
        == sum(o.kind == "entangle" for o in p.operations)
    )


def test_counting_is_linear(calls_of):
    def calls(number):
        p = Program()
        a, b = p.qubit("alice", "a"), p.qubit("bob", "b")
        for _ in range(number):
            p.entangle(a, b).x(b, when=p.measure(a))
        number_of_calls = calls_of(lambda: p.resources)
        assert p.resources.classical_bits == {("alice", "bob"): number}
        return number_of_calls

    assert calls(10_000) < 150 * calls(100)
