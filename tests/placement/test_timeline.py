"""Timelines computed by hand, messages, waiting, and the cost of pairs. Times in seconds."""

import dataclasses
import math
from itertools import pairwise

import pytest

from qnetframe import Program
from qnetframe.builtin.hardware import uniform_hardware
from qnetframe.builtin.links import fiber_link
from qnetframe.builtin.topologies import chain
from qnetframe.network import Link, LinkModel, Network, Node, with_hardware
from qnetframe.placement import Attempt, Event, Message, Success, Timeline, place
from qnetframe.placement.timeline import seconds
from qnetframe.values import all_of
from tests.placement.programs import swapping, teleportation

DEVICE = uniform_hardware(
    single_qubit_duration=1.0,
    two_qubit_duration=10.0,
    measure_duration=100.0,
    prepare_duration=1000.0,
)


def network(delay=5000.0, attempt=20000.0, herald=7000.0, p=0.25, nodes=2):
    model = LinkModel(p, attempt, delay=delay, herald_delay=herald)
    names = [f"node{i}" for i in range(nodes)]
    links = [Link(a, b, model) for a, b in pairwise(names)]
    return with_hardware(Network([Node(n) for n in names], links), DEVICE)


def rounded(timeline):
    return [(e.kind, e.label, e.qubits, e.start, e.end) for e in timeline.events]


def test_teleportation_by_hand():
    """psi is ready at 1001 (preparation, pulse), the herald comes at 20000, then cx, h, readout, light."""
    placed = place(teleportation([0, 1]), network())
    psi, a, b = "node0.psi", "node0.a", "node1.b"
    assert rounded(placed.timeline) == [
        ("prepare", "", (psi,), 0.0, 1001.0),
        ("entangle", "node0-node1", (a, b), 0.0, 20000.0),
        ("idle", "", (psi,), 1001.0, 20000.0),
        ("idle", "", (a,), 13000.0, 20000.0),
        ("gate", "cx", (psi, a), 20000.0, 20010.0),
        ("gate", "h", (psi,), 20010.0, 20011.0),
        ("measure", "z", (psi,), 20011.0, 20111.0),
        ("measure", "z", (a,), 20010.0, 20110.0),
        ("idle", "", (b,), 13000.0, 25110.0),
        ("gate", "x", (b,), 25110.0, 25111.0),
        ("gate", "z", (b,), 25111.0, 25112.0),
    ]
    assert placed.timeline.messages == (
        Message("node0", "node1", ("m1",), 20110.0, 25110.0),
        Message("node0", "node1", ("m0",), 20111.0, 25111.0),
    )
    assert placed.timeline.latency == 25112.0
    assert dict(placed.timeline.idle) == {psi: 18999.0, a: 7000.0, b: 12110.0}
    assert placed.timeline.idle_time("node1.b") == 12110.0
    assert placed.timeline.idle_time("nobody") == 0.0
    assert placed.timeline.events[4].parties == ("node0",)
    assert placed.timeline.events[1].parties == ("node0", "node1")


def test_mean_waiting_adds_the_failed_attempts():
    one, mean = (place(teleportation([0, 1]), network(), waiting=w) for w in ("none", "mean"))
    assert mean.timeline.latency - one.timeline.latency == pytest.approx((1 / 0.25 - 1) * 20000)
    assert mean.timeline.idle_time("node0.a") == 7000.0
    assert mean.timeline.idle_time("node0.psi") == pytest.approx(80000 - 1001)
    assert mean.success == one.success
    assert mean.circuit == one.circuit  # T1 = T2 = inf: waiting leaves no trace


def test_success_by_hand():
    placed = place(swapping(4), network(nodes=4))
    assert placed.success.pairs[0] == Attempt("node0-node1", ("node0.r", "node1.l"), 0.25, 20000.0)
    assert len(placed.success.pairs) == 3
    assert placed.success.probability == pytest.approx(1 / 64)
    assert placed.success.slowest_mean_time == pytest.approx(80000)
    assert placed.success.mean_time_one_by_one == pytest.approx(240000)
    assert placed.success.mean_time_all_at_once == pytest.approx(64 * 20000)
    assert Success() == place(Program("empty")).success
    assert (Success().probability, Success().mean_time_all_at_once, Success().slowest_mean_time) == (
        1.0,
        0.0,
        0.0,
    )


def test_messages_take_the_fastest_route_and_a_parity_is_one_message():
    """Node1 and node2 each send one bit of each parity; node1's travels two links."""
    placed = place(swapping(4), network(nodes=4))
    found = [(m.sender, m.receiver, m.bits, m.received - m.sent) for m in placed.timeline.messages]
    assert found == [
        ("node1", "node3", ("m1",), 10000.0),
        ("node2", "node3", ("m3",), 5000.0),
        ("node1", "node3", ("m0",), 10000.0),
        ("node2", "node3", ("m2",), 5000.0),
    ]


def test_bits_of_one_parity_travel_together_and_are_not_sent_twice():
    p = Program("parities")
    a, b = p.qubits("node0", "a", "b")
    c = p.qubit("node1", "c")
    m, n, own = p.measure(a), p.measure(p.h(b) and b), p.measure(c)
    p.x(c, when=m ^ n ^ own).z(c, when=m ^ n).x(c, when=all_of(m, n))
    placed = place(p, network())
    assert placed.timeline.messages == (
        Message("node0", "node1", ("m0", "m1"), 1101.0, 6101.0),
        Message("node0", "node1", ("m0",), 1100.0, 6100.0),
        Message("node0", "node1", ("m1",), 1101.0, 6101.0),
    )
    assert [e.start for e in placed.timeline.events if e.kind == "gate"][1:] == [6101.0, 6102.0, 6103.0]


def test_a_party_waits_for_the_readout_of_its_own_bit():
    p = Program("own bit")
    a, b = p.qubits("node0", "a", "b")
    p.x(b).x(b, when=p.measure(a))
    device = uniform_hardware(single_qubit_duration=1e-7, measure_duration=3e-6)
    placed = place(p, Network([Node("node0", device)]))
    gates = [(e.start, e.end) for e in placed.timeline.events if e.kind == "gate"]
    assert gates == [(0.0, pytest.approx(1e-7)), (pytest.approx(3e-6), pytest.approx(3.1e-6))]
    assert placed.timeline.messages == ()


def test_coins_and_flags_are_known_where_they_are_made():
    p = Program("flags")
    a, b = p.qubits("node0", "a", "b")
    coin = p.coin(0.5, "node0")
    flag = p.erase(p.h(a) and a, 0.1)
    p.x(b, when=coin).x(b, when=flag)
    lost = p.send(a, "node1")
    p.z(b, when=lost).x(a, when=lost)
    placed = place(p, network())
    assert placed.timeline.messages == (Message("node1", "node0", ("loss:0",), 6001.0, 11001.0),)
    gates = [(e.label, e.start) for e in placed.timeline.events if e.kind == "gate"]
    assert gates == [("h", 1000.0), ("x", 1000.0), ("x", 1001.0), ("z", 11001.0), ("x", 6001.0)]


def test_a_fresh_qubit_is_initialised_just_in_time_and_never_waits():
    p = Program("fresh")
    a, b = p.qubits("node0", "a", "b")
    p.h(a).h(a).cx(a, b)
    placed = place(p, network())
    assert [(e.kind, e.start, e.end) for e in placed.timeline.events if e.qubits == ("node0.b",)] == [
        ("prepare", 2.0, 1002.0)
    ]
    assert placed.timeline.idle == ()


def test_idle_is_waited_by_each_qubit_and_delays_a_fresh_one():
    p = Program("idle")
    a, b = p.qubits("node0", "a", "b")
    p.h(a).idle([a, b], 500.0).idle(b, 2000.0).cx(a, b)
    placed = place(p, network())
    assert rounded(placed.timeline)[-3:] == [
        ("idle", "", ("node0.a",), 1001.0, 2500.0),
        ("prepare", "|0>", ("node0.b",), 1500.0, 2500.0),
        ("gate", "cx", ("node0.a", "node0.b"), 2500.0, 2510.0),
    ]
    assert placed.timeline.idle == (("node0.a", 1499.0),)


def test_qubits_saved_together_wait_for_the_last_through_chains_of_labels():
    p = Program("saved")
    a, b, c, d = p.qubits("node0", *"abcd")
    p.h(a).h(b).h(b).h(c).h(c).h(c).h(d)
    p.save("ab", a, b).expect("bc", {b: "Z", c: "Z"}).save("d", d)
    placed = place(p, network())
    assert dict(placed.timeline.idle) == {"node0.a": 2.0, "node0.b": 1.0}


def test_reset_takes_a_preparation_and_what_is_replaced_does_not_wait():
    p = Program("reset")
    a = p.qubit("node0", "a")
    p.h(a).idle(a, 50.0).reset(a).h(a)
    placed = place(p, network())
    assert [(e.kind, e.start, e.end) for e in placed.timeline.events] == [
        ("prepare", 0.0, 1000.0),
        ("gate", 1000.0, 1001.0),
        ("reset", 1051.0, 2051.0),
        ("gate", 2051.0, 2052.0),
    ]


def test_sending_takes_light_time():
    p = Program("send")
    a = p.qubit("node0", "a")
    p.h(a)
    p.send(a, "node1")
    p.h(a)
    placed = place(p, network())
    assert placed.timeline.events[-2:] == (
        Event("send", "node0 -> node1", ("node0",), ("node0.a",), 1001.0, 6001.0),
        Event("gate", "h", ("node1",), ("node0.a",), 6001.0, 6002.0),
    )


def test_parties_sit_where_they_are_told():
    model = fiber_link(10.0)
    cities = Network([Node("Delft"), Node("Hague")], [Link("Delft", "Hague", model, "fibre", 10.0)])
    program = teleportation([1, 0], "alice", "bob")
    placed = place(program, cities, nodes={"alice": "Delft", "bob": "Hague"})
    assert placed.success.pairs[0].link == "fibre"
    assert placed.timeline.messages[0].sender == "alice"
    assert placed.timeline.latency == pytest.approx(1e-4)
    assert placed.layout == {"Delft": {"alice.psi": 0, "alice.a": 1}, "Hague": {"bob.b": 0}}


def test_text_is_a_table_with_readable_times():
    text = str(place(teleportation([0, 1]), with_hardware(chain(2, 18.0), uniform_hardware())).timeline)
    lines = text.splitlines()
    assert lines[0].split() == ["start", "end", "what", "where"]
    assert lines[-1] == "latency 180 µs"
    assert any("message" in line and "node0 -> node1" in line for line in lines)
    assert str(Timeline()).splitlines()[-1] == "latency 0"
    assert [seconds(t) for t in (0.0, 1e-12, 2.5e-8, 1.8e-4, 0.02, 3.0)] == [
        "0", "0.001 ns", "25 ns", "180 µs", "20 ms", "3 s",
    ]  # fmt: skip


def test_a_placed_program_is_a_value():
    placed = place(teleportation([0, 1]), network())
    assert placed == place(teleportation([0, 1]), network())
    assert placed != dataclasses.replace(placed, success=Success())
    with pytest.raises(dataclasses.FrozenInstanceError):
        placed.circuit = None
    assert math.isfinite(placed.timeline.latency)
