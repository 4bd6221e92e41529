"""Critical paths: by hand, without gap, each step caused by the one before, and longer when it gets slower."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe import InvalidInputError, Program
from qnetframe.builtin.hardware import uniform_hardware
from qnetframe.network import (
    GateProfile,
    Hardware,
    Link,
    LinkModel,
    Network,
    Node,
    QubitProfile,
    with_hardware,
)  # fmt: skip
from qnetframe.placement import Event, Mark, Message, Timeline, critical_path, place
from qnetframe.placement.dependencies import Dependencies
from qnetframe.values import all_of, parities_of
from tests.placement.programs import swapping, teleportation

NODES = ("node0", "node1", "node2")


def network(times=(1.0, 10.0, 100.0, 1000.0), link=(5000.0, 20000.0, 7000.0)):
    one, two, measure, prepare = times
    device = uniform_hardware(
        single_qubit_duration=one, two_qubit_duration=two, measure_duration=measure, prepare_duration=prepare
    )
    delay, attempt, herald = link
    model = LinkModel(0.25, attempt, delay=delay, herald_delay=herald)
    links = [Link("node0", "node1", model), Link("node1", "node2", model)]
    return with_hardware(Network([Node(n) for n in NODES], links), device)


def kinds(path):
    return [(s.kind, s.label, s.start, s.end) for s in path.steps]


def test_teleportation_by_hand():
    placed = place(teleportation([0, 1]), network())
    path = critical_path(placed)
    # m1 is the bit of node0.a, known at 20110, one second before that of psi; then x waits for it, z for x.
    assert kinds(path) == [
        ("entangle", "node0-node1", 0.0, 20000.0),
        ("gate", "cx", 20000.0, 20010.0),
        ("measure", "z", 20010.0, 20110.0),
        ("message", "m1", 20110.0, 25110.0),
        ("gate", "x", 25110.0, 25111.0),
        ("gate", "z", 25111.0, 25112.0),
    ]
    assert [s.where for s in path.steps][2:5] == ["node0.a", "node0 -> node1", "node1.b"]
    assert [s.why for s in path.steps] == [
        "at once",
        "after the pair of node0.a",
        "after cx on node0.a",
        "needs m1, measured on node0.a",
        "needs m1 from node0",
        "after x on node1.b",
    ]
    assert path.latency == placed.timeline.latency == 25112.0
    assert path.seconds_by_kind == {"entangle": 20000.0, "message": 5000.0, "measure": 100.0, "gate": 12.0}
    assert list(path.seconds_by_kind) == ["entangle", "message", "measure", "gate"]
    assert path.finished == {"node0": 20111.0, "node1": 25112.0}


def test_the_path_of_one_party():
    placed = place(teleportation([0, 1]), network())
    path = critical_path(placed, "node0")
    assert kinds(path)[-2:] == [("gate", "h", 20010.0, 20011.0), ("measure", "z", 20011.0, 20111.0)]
    assert path.latency == 20111.0
    assert critical_path(placed.timeline, "node1").steps == critical_path(placed).steps
    with pytest.raises(InvalidInputError, match="party is 'bob'; parties of this timeline: node0, node1"):
        critical_path(placed, "bob")


def test_a_slow_measurement_takes_the_place_of_the_pair():
    p = Program("slow")
    a, b = p.qubit("node0", "a"), p.qubit("node1", "b")
    p.h(a).idle(a, 400.0)
    m = p.measure(a)
    p.x(b, when=m)
    assert kinds(critical_path(place(p, network()))) == [
        ("prepare", "|0>", 0.0, 1000.0),
        ("gate", "h", 1000.0, 1001.0),
        ("pause", "", 1001.0, 1401.0),
        ("measure", "z", 1401.0, 1501.0),
        ("message", "m0", 1501.0, 6501.0),
        ("gate", "x", 6501.0, 6502.0),
    ]


def test_a_fresh_qubit_waits_for_its_first_use_and_is_no_cause():
    p = Program("fresh")
    a, b = p.qubits("node0", "a", "b")
    p.h(a).idle(a, 500.0).cx(a, b)
    assert [s[0] for s in kinds(critical_path(place(p, network())))] == ["prepare", "gate", "pause", "gate"]
    late = Program("late")
    a, b = late.qubits("node0", "a", "b")
    late.idle(a, 4000.0).cx(a, b)
    assert kinds(critical_path(place(late, network()))) == [
        ("pause", "", 0.0, 4000.0),
        ("gate", "cx", 4000.0, 4010.0),
    ]


def test_erasures_and_lost_qubits_give_bits():
    p = Program("flags")
    a, b, c = *p.qubits("node0", "a", "b"), p.qubit("node1", "c")
    p.h(a)
    flag = p.erase(a, 0.1)
    p.x(c, when=flag)
    path = critical_path(place(p, network()))
    assert [s.kind for s in path.steps] == ["prepare", "gate", "message", "gate"]
    assert path.steps[2].why == "needs e0"
    q = Program("send")
    a, b = q.qubits("node0", "a", "b")
    lost = q.send(q.h(a) and a, "node1")
    q.z(b, when=lost)
    path = critical_path(place(q, network()))
    assert [(s.kind, s.why) for s in path.steps][2:] == [
        ("send", "after h on node0.a"),
        ("message", "needs loss:0, of node0.a"),
        ("gate", "needs loss:0 from node1"),
    ]


def test_a_coin_is_known_from_the_start():
    p = Program("coin")
    a, b = p.qubit("node0", "a"), p.qubit("node1", "b")
    p.h(a).x(b, when=p.coin(0.5, "node0"))
    assert [s.kind for s in critical_path(place(p, network())).steps] == ["message", "gate"]


def test_a_tie_is_told_by_the_bit_that_was_needed():
    """Two bits arrive at the same time, and each gate needs one of them."""
    p = Program("tie")
    a, c = p.qubit("node0", "a"), p.qubit("node2", "c")
    b = p.qubits("node1", "x", "y")
    m, n = p.measure(a), p.measure(c)
    p.x(b[0], when=m).x(b[1], when=n).h(b[1])
    path = critical_path(place(p, network()))
    assert [(s.label, s.where) for s in path.steps if s.kind == "message"] == [("m1", "node2 -> node1")]


def test_a_swap_through_a_busy_qubit_waits_for_it():
    """On a line 0-1-2 with a and c at its ends, cx(a, c) passes through b, which is measured for 100 s."""
    cx = {("cx", ()): GateProfile(0.0, 10.0)}
    line = Hardware("line", (QubitProfile(measure_duration=100.0),) * 3, gates=cx, coupling={(0, 1), (1, 2)})
    p = Program("routed")
    a, b, c = p.qubits("node0", "a", "b", "c")
    p.measure(b)
    p.cx(a, c)
    layout = {"node0": {"node0.a": 0, "node0.b": 1, "node0.c": 2}}
    placed = place(p, Network([Node("node0", line)]), routing="swap", layout=layout)
    path = critical_path(placed)
    assert [(s.kind, s.label, s.start, s.why) for s in path.steps] == [
        ("measure", "z", 0.0, "at once"),
        ("gate", "cx", 100.0, "after the measurement of node0.b"),
    ]
    assert path.steps[1].where == "node0.a, node0.c" and path.latency == pytest.approx(170.0)


def test_conditions_of_several_parities_wait_for_the_last_and_bits_of_a_party_are_not_sent_to_it():
    p = Program("several")
    a, b, c = p.qubit("node0", "a"), p.qubit("node1", "b"), p.qubit("node1", "c")
    m, n = p.measure(a), p.measure(p.h(b) and b)
    p.x(c, when=all_of(m ^ n, n))
    path = critical_path(place(p, network()))
    assert [s.kind for s in path.steps] == ["prepare", "measure", "message", "gate"]
    assert path.steps[-1].why == "needs m0 from node0"
    slow = critical_path(place(p, network(link=(0.5, 1.0, 0.5))))
    assert slow.steps[-1].why == "needs m1, measured on node1.b"


def test_without_any_duration_there_is_no_path():
    placed = place(teleportation([0, 1]))
    path = critical_path(placed)
    assert (path.steps, path.latency) == ((), 0.0)
    assert str(path) == "start  takes  what  where  why not earlier\nlatency 0\ndone: node0 0, node1 0"
    assert str(critical_path(Timeline())).splitlines()[-1] == "latency 0"


def test_a_timeline_by_hand_may_leave_time_open():
    events = (Event("gate", "h", ("a",), ("q",), 1.0, 2.0), Event("gate", "x", ("a",), ("q",), 5.0, 6.0))
    path = critical_path(Timeline(events))
    assert [(s.kind, s.start, s.end) for s in path.steps] == [
        ("wait", 0.0, 1.0), ("gate", 1.0, 2.0), ("wait", 2.0, 5.0), ("gate", 5.0, 6.0),
    ]  # fmt: skip
    assert path.steps[2].why == "the timeline does not say"


def test_prints_as_a_table():
    lines = str(critical_path(place(teleportation([0, 1]), network()))).splitlines()
    assert lines[0].split()[:4] == ["start", "takes", "what", "where"]
    assert lines[4] == "20110 s  5000 s   message m1        node0 -> node1      needs m1, measured on node0.a"
    assert lines[-2:] == [
        "latency 25112 s: pair 79.6%, message 19.9%, measurement 0.4%, gate < 0.1%",
        "done: node0 20111 s, node1 25112 s",
    ]


def test_ends_of_messages():
    placed = place(teleportation([0, 1]), network())
    assert Dependencies(placed.timeline).ends_of_messages() == [
        ("node0.a", "node1.b"),
        ("node0.psi", "node1.b"),
    ]
    p = Program("coin")
    p.x(p.qubit("node1", "b"), when=p.coin(0.5) ^ 1)
    assert Dependencies(place(p, network()).timeline).ends_of_messages() == []
    lonely = Timeline(messages=(Message("a", "b", ("m",), 0.0, 1.0),))
    assert Dependencies(lonely).ends_of_messages() == [(None, None)]


def test_marks_are_what_the_program_asked():
    p = Program("marks")
    a = p.qubit("node0", "a")
    p.h(a).idle(a, 4.0)
    p.erase(a, 0.5)
    assert place(p, network()).timeline.marks == (
        Mark("pause", "node0.a", 1001.0, 1005.0, 2),
        Mark("erase", "node0.a", 1005.0, 1005.0, 3, ("e0",)),
    )


# ---- random programs -------------------------------------------------------------------------


def random_program(rng):
    """Three parties in a chain; each step one of everything that takes time or waits."""
    p = Program("random")
    qubits = [q for n in NODES for q in p.qubits(n, "a", "b", "c")]
    here = {q: q.party for q in qubits}
    bits = [p.coin(0.5, "node1")]

    def some(party):
        return [q for q in qubits if here[q] == party]

    for _ in range(int(rng.integers(5, 40))):
        q = qubits[rng.integers(9)]
        chosen = [bits[i] for i in rng.integers(len(bits), size=2)]
        when = [None, chosen[0], chosen[0] ^ chosen[1], all_of(*chosen)][rng.integers(4)]
        mates = [m for m in some(here[q]) if m != q]
        match rng.integers(9):
            case 0 | 1:
                p.gate("hxz"[rng.integers(3)], q, when=when)
            case 2 if mates:
                p.cx(q, mates[0], when=when)
            case 3:
                bits.append(p.measure(q, "zxy"[rng.integers(3)]))
            case 4:
                p.idle(q, float(rng.uniform(0, 50)))
            case 5:
                bits.append(p.erase(q, 0.5))
            case 6:
                p.reset(q) if rng.random() < 0.5 else p.prepare(q, [0, 1])
            case 7:
                other = qubits[rng.integers(9)]
                if {here[q], here[other]} in ({"node0", "node1"}, {"node1", "node2"}):
                    p.entangle(q, other)
            case 8:
                here[q] = "node1" if here[q] != "node1" else ("node0", "node2")[rng.integers(2)]
                bits.append(p.send(q, here[q]))
    if rng.random() < 0.5:
        p.save("kept", *qubits[:4])
    return p


def leads_to(first, second):
    """Whether a step waits for the one before it, from its qubits and bits alone."""
    if isinstance(second, Message):
        return bool(set(first.bits) & set(second.bits))
    when = getattr(second, "when", None)
    needed = set() if when is None else {b for x in parities_of(when) for b in x.bits}
    if isinstance(first, Message):
        return first.receiver in second.parties and set(first.bits) <= needed
    return bool(set(held(first)) & set(held(second)) or set(first.bits) & needed)


def held(item):
    return (item.qubit,) if isinstance(item, Mark) else (*item.qubits, *item.through)


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32 - 1))
def test_random_programs_have_a_path_without_gap_in_which_each_step_causes_the_next(seed):
    rng = np.random.default_rng(seed)
    times, link = tuple(rng.uniform(0.1, 20, 4)), tuple(rng.uniform(1, 60, 3))
    placed = place(random_program(rng), network(times, (link[0], link[1], min(link[1:]))))
    path = critical_path(placed)
    assert path.latency == placed.timeline.latency
    assert math.fsum(s.duration for s in path.steps) == pytest.approx(path.latency, rel=1e-12)
    assert "wait" not in path.seconds_by_kind
    if path.steps:
        assert path.steps[0].start == 0.0 and path.steps[-1].end == pytest.approx(path.latency, rel=1e-12)
    for first, second in zip(path.steps, path.steps[1:], strict=False):
        assert second.start == pytest.approx(first.end, rel=1e-12)
        # An erasure takes no time and is left out: its bit is needed, not that of the step before it.
        assert leads_to(first.item, second.item) or "needs e" in second.why
    for party in placed.timeline.parties:
        theirs = critical_path(placed, party)
        assert math.fsum(s.duration for s in theirs.steps) == pytest.approx(theirs.latency, rel=1e-12)
        assert "wait" not in theirs.seconds_by_kind


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_is_on_the_path_is_what_makes_a_program_slower(seed):
    """Slower links cost what the path says: the derivative of the latency by the light time, exactly."""
    rng = np.random.default_rng(seed)
    program = random_program(rng)
    times, delay, step = tuple(rng.uniform(0.1, 20, 4)), float(rng.uniform(1, 60)), 1e-6
    one, other = (place(program, network(times, (d, 30.0, 10.0))) for d in (delay, delay + step))
    light = sum(s.duration for s in critical_path(one).steps if s.kind in ("message", "send")) / delay
    assert (other.timeline.latency - one.timeline.latency) / step == pytest.approx(light, abs=1e-3)


@pytest.mark.timeout(60)
def test_a_long_chain_is_quick():
    nodes = [Node(f"node{i}") for i in range(200)]
    model = LinkModel(0.5, 20000.0, delay=5000.0, herald_delay=7000.0)
    links = [Link(f"node{i}", f"node{i + 1}", model) for i in range(199)]
    device = uniform_hardware(single_qubit_duration=1.0, two_qubit_duration=10.0, measure_duration=100.0)
    placed = place(swapping(200), with_hardware(Network(nodes, links), device))
    path = critical_path(placed)
    assert [s.kind for s in path.steps] == ["entangle", "gate", "measure", "message", "gate", "gate"]
    assert path.latency == pytest.approx(20000 + 110 + 198 * 5000 + 2)
