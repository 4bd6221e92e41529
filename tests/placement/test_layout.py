"""Layouts on coupled devices, routed gates, and every refusal of place()."""

import itertools
from itertools import permutations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe import Program
from qnetframe.builtin.topologies import chain
from qnetframe.errors import InvalidInputError, LocalityError, UnknownNameError, UnsupportedError
from qnetframe.network import GateProfile, Hardware, Link, Network, Node, QubitProfile, with_hardware
from qnetframe.placement import place
from qnetframe.placement.demand import Demand
from qnetframe.placement.device import Device
from qnetframe.placement.layout import lay_out
from qnetframe.program.operations import Noise
from tests.placement.programs import branches, state, teleportation


def line(count, errors=None, preferred=(), excluded=(), readout=None):
    """Qubits 0-1-2-… with a cx error for each neighbouring pair."""
    pairs = [(i, i + 1) for i in range(count - 1)]
    values = errors or [1e-2] * len(pairs)
    qubits = tuple(QubitProfile(readout=(r, r)) for r in (readout or [0.0] * count))
    gates = {("cx", p): GateProfile(e, 1e-7) for p, e in zip(pairs, values, strict=True)}
    gates |= {("cx", p[::-1]): GateProfile(e, 1e-7) for p, e in zip(pairs, values, strict=True)}
    return Hardware(
        "line", qubits, gates=gates, coupling=frozenset(pairs), preferred=preferred, excluded=excluded
    )


def pairwise(*names):
    p = Program("pairs")
    qubits = p.qubits("node0", *names)
    for a, b in itertools.pairwise(qubits):
        p.cx(a, b)
    return p


def where(program, hardware, **options):
    network = Network([Node("node0", hardware)])
    return tuple(place(program, network, **options).layout["node0"].values())


def test_the_best_coupled_pair_is_taken():
    assert set(where(pairwise("a", "b"), line(5, [0.03, 0.02, 0.001, 0.02]))) == {2, 3}
    assert set(where(pairwise("a", "b", "c"), line(5, [0.03, 0.02, 0.001, 0.025]))) == {1, 2, 3}


def test_a_measured_qubit_takes_the_better_readout():
    p = pairwise("a", "b")
    p.measure("node0.b")
    assert where(p, line(3, [0.01, 0.01], readout=[0.2, 0.1, 0.01])) == (1, 2)


def test_long_lived_qubits_are_taken_where_links_are_long():
    qubits = (QubitProfile(1e-5, 1e-5), QubitProfile(1e-3, 1e-3), QubitProfile(1e-4, 1e-4))
    network = with_hardware(chain(2, 10.0), Hardware("three", qubits))
    placed = place(teleportation([1, 0]), network)
    assert placed.layout["node0"] == {"node0.psi": 1, "node0.a": 2}
    assert placed.layout["node1"] == {"node1.b": 1}


def test_preferred_qubits_come_first_and_excluded_never():
    assert set(where(pairwise("a", "b"), line(5, [0.001, 0.02, 0.02, 0.02], preferred=(4, 3)))) == {3, 4}
    assert 1 not in where(pairwise("a", "b"), line(4, [0.001, 0.001, 0.02], excluded=(1,)))
    single = Program("one")
    single.qubit("node0", "a")
    assert where(single, line(3, preferred=(2, 1))) == (2,)


def test_an_explicit_layout_wins_and_the_rest_is_laid_out_around_it():
    hardware = line(5, [0.001, 0.02, 0.02, 0.02])
    assert where(pairwise("a", "b"), hardware, layout={"node0": {"node0.a": 4, "node0.b": 3}}) == (4, 3)
    assert where(pairwise("a", "b"), hardware, layout={"node0": {"node0.a": 4}}) == (4, 3)
    free = Network([Node("node0")])
    placed = place(pairwise("a", "b"), free, layout={"node0": {"node0.b": 0}})
    assert placed.layout["node0"] == {"node0.a": 1, "node0.b": 0}


def test_all_to_all_devices_of_fixed_size():
    gates = {("cx", ()): GateProfile(1e-2)}
    device = Hardware("ions", (QubitProfile(),) * 4, gates=gates)
    p = Program("star")
    a, b, c, d = p.qubits("node0", *"abcd")
    p.cx(a, b).cx(a, c).cx(a, d).cx(b, c)
    assert sorted(where(p, device)) == [0, 1, 2, 3]


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_small_layouts_are_optimal(seed):
    """Against brute force over all placings on a random device."""
    rng = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(6, 0.6, seed=seed)
    errors = {tuple(sorted(e)): float(rng.uniform(0.001, 0.1)) for e in graph.edges}
    readout = rng.uniform(0, 0.1, 6)
    qubits = tuple(QubitProfile(readout=(float(r), float(r))) for r in readout)
    gates = {("cz", e): GateProfile(r) for e, r in errors.items()}
    device = Device("n", Hardware("random", qubits, gates=gates, coupling=frozenset(errors)))
    demand = Demand(dict.fromkeys("abc"))
    demand.pairs.update({("a", "b"): 2, ("b", "c"): 1})
    demand.readouts.update({"a": 1, "c": 3})

    def cost(a, b, c):
        pairs = [errors.get(tuple(sorted(e))) for e in ((a, b), (b, c))]
        return None if None in pairs else 2 * pairs[0] + pairs[1] + readout[a] + 3 * readout[c]

    costs = [c for c in (cost(*p) for p in permutations(range(6), 3)) if c is not None]
    found = cost(*lay_out(device, demand, {}, 0.0).values())
    assert (found is None) == (not costs)
    if costs:
        assert found == pytest.approx(min(costs))


def test_what_cannot_be_coupled_is_refused_by_name_or_routed():
    """A triangle on a line."""
    p = pairwise("a", "b", "c")
    p.cx("node0.a", "node0.c")
    with pytest.raises(UnsupportedError, match=r"^node0.\w, node0.\w: cx on qubits \d and \d of hardware"):
        where(p, line(5))
    network = Network([Node("node0", line(3))])
    placed = place(p, network, routing="swap")
    assert sorted(placed.layout["node0"].values()) == [0, 1, 2]
    gates = [e for e in placed.timeline.events if e.kind == "gate"]
    assert sorted(round((e.end - e.start) / 1e-7) for e in gates) == [1, 1, 7]  # 2 swaps of 3, and itself


def test_routing_depolarizes_what_it_passes_through():
    """A cx on 0 and 2 of a line: the qubit between and both ends get the noise of 7 gates, two at a time."""
    p = Program("routed")
    a, b, c = p.qubits("node0", "a", "b", "c")
    p.x(b).cx(a, c).save("b", b)
    fixed = {"node0": {"node0.a": 0, "node0.b": 1, "node0.c": 2}}
    network = Network([Node("node0", line(3))])
    circuit = place(p, network, routing="swap", layout=fixed).circuit
    pairs = [o.qubits for o in circuit.operations if isinstance(o, Noise)]
    ab, ac = ("node0.a", "node0.b"), ("node0.a", "node0.c")
    assert sorted(map(sorted, pairs)) == sorted([[*ab]] * 6 + [[*ac]])
    kept = (1 - 16 / 15 * 1.25 * 1e-2) ** 6
    assert state(circuit)[1, 1].real == pytest.approx(kept + (1 - kept) / 2, abs=1e-12)


def test_an_empty_place_on_the_way_leaves_its_share_of_the_noise():
    p = Program("routed")
    a, c = p.qubits("node0", "a", "c")
    p.x(a).cx(a, c).save("a", a)
    fixed = {"node0": {"node0.a": 0, "node0.c": 2}}
    circuit = place(p, Network([Node("node0", line(3))]), routing="swap", layout=fixed).circuit
    sizes = [len(o.qubits) for o in circuit.operations if isinstance(o, Noise)]
    assert sizes == [1, 1, 1, 2, 1, 1, 1]
    kept = (1 - 16 / 15 * 1.25 * 1e-2) ** 7
    assert state(circuit)[1, 1].real == pytest.approx(kept + (1 - kept) / 2, abs=1e-12)


def test_sent_qubits_take_a_place_at_both_ends():
    p = Program("send")
    a = p.qubit("node0", "a")
    b = p.qubit("node1", "b")
    p.x(a)
    p.send(a, "node1")
    p.cx(a, b).save("ab", a, b)
    placed = place(p, with_hardware(chain(2), line(3)))
    assert set(placed.layout["node1"]) == {"node0.a", "node1.b"}
    assert abs(placed.layout["node1"]["node0.a"] - placed.layout["node1"]["node1.b"]) == 1
    assert branches(placed.circuit)[0].state[3, 3].real == pytest.approx(
        1 - 8 / 15 * 1.25e-2 - 4 / 15 * 1.25e-2
    )


CITIES = Network(
    [Node("a"), Node("b"), Node("c")], [Link("a", "b"), Link("a", "b", name="spare"), Link("b", "c")]
)


def pair(first, second, link=None):
    p = Program("pair")
    p.entangle(p.qubit(first, "q"), p.qubit(second, "q"), link)
    return p


def sent(link=None):
    p = Program("sent")
    p.send(p.qubit("a", "q"), "c", link)
    return p


ONE = Program("one")
ONE.qubit("a", "q")


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (
            lambda: place(pair("alice", "bob"), chain(2)),
            UnknownNameError,
            r"unknown node 'alice'\..* node0, node1\. Say where party 'alice' sits: nodes={'alice': 'no",
        ),
        (
            lambda: place(pair("a", "b"), CITIES, nodes={"a": "d"}),
            UnknownNameError,
            r"unknown node 'd'",
        ),
        (
            lambda: place(pair("a", "b"), CITIES, nodes={"carol": "c"}),
            InvalidInputError,
            r"nodes= names party 'carol'; the program has: a, b",
        ),
        (
            lambda: place(pair("a", "c"), CITIES),
            LocalityError,
            r"entangle: no link joins nodes 'a' and 'c'; links: a-b, spare, b-c",
        ),
        (lambda: place(sent(), CITIES), LocalityError, r"send: no link joins nodes 'a' and 'c'; links: a-b"),
        (
            lambda: place(pair("a", "b"), CITIES),
            InvalidInputError,
            r"entangle: nodes 'a' and 'b' share the links a-b, spare; name one with link=",
        ),
        (
            lambda: place(pair("b", "c", "spare"), CITIES),
            InvalidInputError,
            r"entangle: no link 'spare' joins nodes 'b' and 'c'; links there: b-c",
        ),
        (lambda: place(ONE, CITIES, waiting="max"), InvalidInputError, r"waiting is 'max'; allowed: 'none"),
        (lambda: place(ONE, CITIES, routing="a"), InvalidInputError, r"routing is 'a'; allowed: 'refuse'"),
        (
            lambda: place(ONE, CITIES, layout={"b": {}}),
            InvalidInputError,
            r"layout= names node 'b'; this program uses a",
        ),
        (
            lambda: place(ONE, CITIES, layout={"a": {"b.q": 1}}),
            InvalidInputError,
            r"layout of node 'a' names 'b.q', which is never there; qubits there: a.q",
        ),
        (
            lambda: place(ONE, with_hardware(CITIES, line(2)), layout={"a": {"a.q": 2}}),
            InvalidInputError,
            r"layout of node 'a': physical qubit of 'a.q' is 2; it must be in \[0, 1\]",
        ),
        (
            lambda: place(ONE, with_hardware(CITIES, line(2, excluded=(1,))), layout={"a": {"a.q": 1}}),
            InvalidInputError,
            r"layout of node 'a' puts 'a.q' on qubit 1, which hardware 'line' excludes",
        ),
        (
            lambda: place(
                pairwise("a", "b"), chain(2), layout={"node0": {"node0.a": 1, "node0.b": 1}}
            ),
            InvalidInputError,
            r"layout of node 'node0' puts both 'node0.a' and 'node0.b' on qubit 1",
        ),
        (
            lambda: where(pairwise("a", "b", "c"), line(3, excluded=(0,))),
            InvalidInputError,
            r"the program has 3 qubits there \(node0.a, node0.b, node0.c\), hardware 'line' has 2",
        ),
    ],
)  # fmt: skip
def test_refusals(build, error, message):
    with pytest.raises(error, match=message):
        build()


def test_a_message_that_no_route_carries_is_refused():
    p = Program("far")
    a, b = p.qubit("node0", "a"), p.qubit("node1", "b")
    p.x(b, when=p.measure(a))
    with pytest.raises(InvalidInputError, match="no route joins nodes 'node0' and 'node1'"):
        place(p, Network([Node("node0"), Node("node1")]))


def test_parallel_links_are_chosen_by_name():
    placed = place(pair("a", "b", "spare"), CITIES)
    assert placed.success.pairs[0].link == "spare"
    assert place(pair("a", "b", "anything")).success.pairs[0].link == "anything"
