"""Published and closed-form figures of placed protocols, and ideal placement."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe import Program
from qnetframe.builtin.hardware import uniform_hardware
from qnetframe.builtin.topologies import chain
from qnetframe.network import with_hardware
from qnetframe.placement import place
from qnetframe.program.circuit import Circuit
from tests.placement.programs import CARDINAL, PHI, fidelity, state, swapping, teleportation


def test_teleportation_over_a_werner_pair():
    """(2F + 1)/3: M. Horodecki, P. Horodecki, R. Horodecki, Phys. Rev. A 60, 1888 (1999)."""
    placed = [place(teleportation(v), chain(2, fidelity=0.9)) for v in CARDINAL]
    mean = np.mean([fidelity(state(p.circuit), v) for p, v in zip(placed, CARDINAL, strict=True)])
    assert mean == pytest.approx((2 * 0.9 + 1) / 3, abs=1e-12)
    assert mean == pytest.approx(0.933333, abs=1e-6)


def test_swap_of_two_werner_pairs():
    """F1 F2 + (1-F1)(1-F2)/3."""
    from qnetframe.network import Link, LinkModel, Network, Node, werner_state

    nodes = [Node(f"node{i}") for i in range(3)]
    links = [
        Link(f"node{i}", f"node{i + 1}", LinkModel(state=werner_state(f))) for i, f in enumerate((0.9, 0.8))
    ]
    placed = place(swapping(3), Network(nodes, links))
    assert fidelity(state(placed.circuit), PHI) == pytest.approx(0.9 * 0.8 + 0.1 * 0.2 / 3, abs=1e-12)
    assert fidelity(state(placed.circuit), PHI) == pytest.approx(0.726667, abs=1e-6)


@pytest.mark.parametrize("links", [1, 2, 4])
def test_chain_of_werner_pairs(links):
    """1/4 + 3/4 ((4F-1)/3)^n: H.-J. Briegel et al., Phys. Rev. Lett. 81, 5932 (1998); n=4, F=.95: .819126."""
    placed = place(swapping(links + 1), chain(links + 1, fidelity=0.95))
    found = fidelity(state(placed.circuit), PHI)
    assert found == pytest.approx(0.25 + 0.75 * ((4 * 0.95 - 1) / 3) ** links, abs=1e-12)
    if links == 4:
        assert found == pytest.approx(0.819126, abs=1e-6)


def everything():
    p = Program("everything")
    a, b, c = p.qubits("node0", "a", "b", "c")
    d, e = p.qubits("node1", "d", "e")
    p.prepare(a, [0.6, 0.8j]).entangle(b, d).idle(a, 1.0).rx(0.3, a).ccx(a, b, c).coin(0.25)
    m = p.measure(a, "y", readout=0.1)
    f = p.erase(b, 0.2)
    lost = p.send(c, "node1")
    p.x(d, when=m ^ f).cx(c, e).unitary(np.eye(4), c, d).reset(e)
    p.require(lost ^ 1)
    p.save("de", d, e).expect("zz", {d: "Z", c: "X"})
    return p


@pytest.mark.parametrize("program", [everything(), teleportation([0.6, 0.8]), swapping(2)])
def test_ideal_placement_is_the_ideal_circuit(program):
    alone, zero = place(program), place(program, chain(2))
    assert alone.circuit == program.circuit()
    assert zero.circuit == program.circuit()
    assert alone.circuit.content_hash == zero.circuit.content_hash
    assert alone.timeline == zero.timeline
    assert zero.timeline.latency == (1.0 if program.name == "everything" else 0.0)


GATES_1 = ("x", "h", "s", "sdg", "y", "sx")


@st.composite
def programs(draw):
    p = Program("random")
    mine, theirs = p.qubits("node0", "a", "b"), p.qubits("node1", "c", "d")
    owner = dict.fromkeys(mine, "node0") | dict.fromkeys(theirs, "node1")
    bits = []
    for _ in range(draw(st.integers(1, 12))):
        kind = draw(
            st.sampled_from(["gate", "cx", "entangle", "measure", "send", "reset", "idle", "prepare"])
        )
        q = draw(st.sampled_from(list(owner)))
        if kind == "gate":
            when = draw(st.sampled_from(bits)) if bits and draw(st.booleans()) else None
            p.gate(draw(st.sampled_from(GATES_1)), q, when=when)
        elif kind == "cx":
            others = [o for o in owner if o != q and owner[o] == owner[q]]
            if others:
                p.cx(q, draw(st.sampled_from(others)))
        elif kind == "entangle":
            others = [o for o in owner if owner[o] != owner[q]]
            if others:
                p.entangle(q, draw(st.sampled_from(others)))
        elif kind == "measure":
            bits.append(p.measure(q, draw(st.sampled_from("xyz"))))
        elif kind == "send":
            owner[q] = "node1" if owner[q] == "node0" else "node0"
            bits.append(p.send(q, owner[q]))
        elif kind == "reset":
            p.reset(q)
        elif kind == "prepare":
            p.prepare(q, [0.6, 0.8])
        else:
            p.idle(q, 1e-3)
    p.save("all", *owner)
    return p


@given(programs())
@settings(max_examples=80, deadline=None)
def test_any_program_on_an_ideal_zero_length_network_is_its_ideal_circuit(program):
    placed = place(program, chain(2))
    assert placed.circuit == program.circuit()
    assert isinstance(placed.circuit, Circuit)


@given(programs())
@settings(max_examples=40, deadline=None)
def test_noise_keeps_the_operations_and_the_timeline_is_causal(program):
    device = uniform_hardware(1e-3, 1e-3, 1e-3, 1e-2, 0.01, 0.01, 1e-7, 1e-6, 1e-5, 1e-6)
    placed = place(program, with_hardware(chain(2, 5.0, 0.9), device))
    kinds = [o.kind for o in placed.circuit.operations if o.kind not in ("noise", "erase", "coin")]
    explicit = sum(o.kind == "measure" and o.basis != "z" for o in program.operations)
    ideal = [o.kind for o in program.circuit().operations if o.kind != "coin"]
    assert kinds.count("gate") >= ideal.count("gate") + explicit
    assert [k for k in kinds if k != "gate"] == [k for k in ideal if k != "gate"]
    ends = {}
    for event in placed.timeline.events:
        assert event.end >= event.start >= 0.0
        for qubit in event.qubits:
            if event.kind not in ("idle", "prepare"):
                assert event.start >= ends.get(qubit, 0.0) - 1e-12
                ends[qubit] = event.end
    for message in placed.timeline.messages:
        assert message.received == pytest.approx(message.sent + 2.5e-5)
    assert place(program, with_hardware(chain(2, 5.0, 0.9), device)) == placed


def test_cost_is_linear_in_the_operations(calls_of):
    """Ten times the operations take at most twelve times the calls."""

    def counted(repeats):
        p = Program("long")
        a, b = p.qubits("node0", "a", "b")
        for _ in range(repeats):
            p.h(a).cx(a, b)
            p.x(b, when=p.measure(a))
            p.reset(a)
        network = with_hardware(
            chain(2), uniform_hardware(1e-3, 1e-3, 1e-3, 1e-2, 0.01, 0.01, 1e-7, 1e-6, 1e-5)
        )
        return calls_of(lambda: place(p, network)), len(place(p, network).circuit.operations)

    counted(50)
    short, few = counted(200)
    long, many = counted(2000)
    assert many == pytest.approx(10 * few, rel=0.01)
    assert long < 12 * short
