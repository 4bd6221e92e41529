"""Codes over several nodes: seams, teleported gates, GHZ checks, loss of nodes, resources, allocation."""

import itertools
import math

import pytest

import qnetframe as qn
from qnetframe.builtin.topologies import chain, complete
from qnetframe.errors import InvalidInputError, QnetframeError, UnknownNameError
from qnetframe.network import Hardware, Link, LinkModel, Network, Node
from qnetframe.network.hardware import QubitProfile
from qnetframe.network.pairs import werner_state
from qnetframe.placement import place
from qnetframe.plugins import discover
from qnetframe_qec.codes.small import five_qubit, repetition
from qnetframe_qec.codes.surface import rotated_surface
from qnetframe_qec.decoders.matching import Matching
from qnetframe_qec.distributed.assignment import Assignment, allocated, striped
from qnetframe_qec.distributed.ghz import ghz_memory_program
from qnetframe_qec.distributed.loss import node_loss_counts
from qnetframe_qec.distributed.patch import distributed_memory_program, resources
from qnetframe_qec.distributed.seams import stripes
from qnetframe_qec.noise import noise_model
from qnetframe_qec.sampling.counts import Sampler, sample
from qnetframe_qec.sampling.task import MemoryTask
from qnetframe_stim import stim_backend

SMALL = rotated_surface(3)
TWO = striped(SMALL, ["node0", "node1"])

# Gates across the seam with two-qubit depolarizing p_link, all other gates, resets and readouts with p; 2 10^4 shots
# by hand-written Stim circuits and PyMatching. Consistent with J. Ramette et al., npj Quantum Inf. 10, 58 (2024):
# interface about 10 %, bulk about 1 %.
SEAMS = [
    ("none", 0.0, 0.08, {5: 0.0369, 9: 0.0163, 13: 0.0065}),
    ("gates", 0.001, 0.05, {5: 0.0148, 9: 0.0038, 13: 0.0006}),
    ("gates", 0.003, 0.03, {5: 0.0120, 7: 0.0059, 9: 0.0033}),
]
REFERENCE_SHOTS = 20_000


@pytest.mark.parametrize("noise, p, p_link, values", SEAMS, ids=str)
def test_published_seams(noise, p, p_link, values):
    shots = 60_000
    for d, value in values.items():
        error = sample(MemoryTask(noise=noise, p=p, p_link=p_link, distance=d), 4, shots).error
        # Both are sampled; four standard errors of the difference, false alarm 6e-5 a point at a fixed seed.
        spread = math.hypot(error.standard_error, math.sqrt(value / REFERENCE_SHOTS))
        assert abs(error.value - value) < max(4 * spread, 0.06 * value), (d, error)


def test_above_the_threshold_of_the_seam_distance_hurts():
    """At p = 0 the curves cross at about p_link = .15."""
    errors = {
        (link, d): sample(MemoryTask(noise="none", p=0.0, p_link=link, distance=d), 4, 10_000).error.value
        for link in (0.11, 0.2)
        for d in (5, 9)
    }
    assert errors[0.11, 9] < errors[0.11, 5] and errors[0.2, 9] > errors[0.2, 5]


@pytest.mark.parametrize("basis, seam", [("z", "y"), ("x", "x")])
def test_a_seam_along_the_harmless_logical_operator_costs_nothing(basis, seam):
    """Errors of a seam reach only strings along it, and this observable is flipped by strings across."""
    for d in (5, 7):
        task = MemoryTask(noise="none", p=0.0, p_link=0.08, distance=d, basis=basis, seam=seam)
        assert sample(task, 4, 10_000).errors == 0


def test_stripes():
    data, ancillas = stripes(SMALL, 3)
    assert data == (0, 1, 2) * 3 and set(ancillas) == {0, 1, 2}
    assert stripes(SMALL, 1) == ((0,) * 9, (0,) * 8)
    for nodes in (2, 3, 5):
        code = rotated_surface(5)
        halves = striped(code, [f"n{i}" for i in range(nodes)])
        # Every seam cuts d gates of each round: two of each face on it but one at an end.
        assert len(halves.crossings(code)) == (nodes - 1) * (2 * 5 - 1)


def native(program, network=None):
    return stim_backend().compile(place(program, network).circuit)


@pytest.mark.parametrize("nodes", [2, 3])
@pytest.mark.parametrize("basis", ["z", "x"])
def test_teleported_gates_measure_the_same_code(nodes, basis):
    """Over perfect pairs: as quiet as on one chip, and one error of a data qubit fires the same detectors."""
    spread = striped(SMALL, [f"node{i}" for i in range(nodes)])
    program = distributed_memory_program(SMALL, spread, 2, basis, pairs_at_once=2)
    found = native(program, chain(nodes)).detect(64, 1)
    assert not found.detectors.bits().any() and not found.observables.bits().any()
    noise = noise_model("phenomenological", 0.01)
    spread_model, local = (
        stim_backend().compile(p.circuit()).native().detector_error_model()
        for p in (
            distributed_memory_program(SMALL, spread, 2, basis, noise=noise),
            qn_memory(noise, basis),
        )
    )
    assert sorted(map(str, spread_model.flattened())) == sorted(map(str, local.flattened()))


def qn_memory(noise, basis):
    from qnetframe_qec.programs.memory import memory_program

    return memory_program(SMALL, 2, noise, basis)


def test_worse_pairs_hurt_and_distance_helps():
    errors = {}
    for d, fidelity in itertools.product((3, 5), (0.9, 0.97)):
        code = rotated_surface(d)
        program = distributed_memory_program(code, striped(code, ["node0", "node1"]), d)
        errors[d, fidelity] = Sampler.of(
            place(program, chain(2, fidelity=fidelity)).circuit, Matching()
        ).counts(20_000, 1)
    assert errors[3, 0.97].errors < errors[3, 0.9].errors and errors[5, 0.97].errors < errors[3, 0.97].errors


def test_idle_noise_comes_with_the_time_of_the_pairs():
    """Data that dephase while pairs are made: in the x basis a longer link is worse, in the z basis it is not."""
    memory = Hardware("memory", default=QubitProfile(t2=2e-3))
    program = {b: distributed_memory_program(SMALL, TWO, 3, b) for b in "zx"}

    def errors(basis, km):
        links = chain(2, length_km=km).links
        network = Network((Node("node0", memory), Node("node1", memory)), links)
        return Sampler.of(place(program[basis], network).circuit, Matching()).counts(4000, 1).errors

    assert errors("z", 20.0) == 0 and errors("x", 20.0) > 3 * errors("x", 2.0) > 0


def test_resources_of_a_round():
    network = chain(2, length_km=1.0)
    one, five = (resources(SMALL, TWO, network, n) for n in (1, 5))
    assert one.pairs == {("node0", "node1"): 5} and one.pairs_per_round == 5
    assert one.qubits == {"node0": 14, "node1": 5} and sum(five.qubits.values()) == 17 + 2 * 5
    # Pair after pair, each an attempt of 5 µs and 5 µs of light for the bits that undo it.
    assert one.round_time == pytest.approx(5 * (5e-6 + 5e-6)) and five.round_time < one.round_time
    assert one.pair_time == pytest.approx(5 * network.links[0].model.mean_time)


def test_latency_of_the_decoder_is_idle_time():
    slow = distributed_memory_program(SMALL, TWO, 3, latency=1e-3)
    fast = distributed_memory_program(SMALL, TWO, 3)
    gain = place(slow, chain(2)).timeline.latency - place(fast, chain(2)).timeline.latency
    assert gain == pytest.approx(2e-3)


def test_ghz_checks_measure_the_code():
    """One data qubit a node (N. H. Nickerson et al., 2013): quiet over perfect pairs, three pairs a face of four."""
    for basis in "zx":
        program = ghz_memory_program(SMALL, 2, basis)
        found = native(program).detect(64, 1)
        assert not found.detectors.bits().any() and not found.observables.bits().any()
    assert program.resources.pairs == 2 * (4 * 3 + 4 * 1)


def test_ghz_checks_over_noisy_pairs():
    def errors(fidelity):
        model = LinkModel(state=werner_state(fidelity))
        links = tuple(Link(f"n{i}", f"n{j}", model) for i in range(9) for j in range(i))
        network = Network(tuple(Node(f"n{i}") for i in range(9)), links)
        return (
            Sampler.of(place(ghz_memory_program(SMALL, 2), network).circuit, Matching())
            .counts(20_000, 1)
            .errors
        )

    assert errors(1.0) == 0 < errors(0.98) < errors(0.93)


def test_loss_of_nodes_of_one_qubit_is_an_erasure():
    """Heralded loss of single-qubit nodes agrees with the erasure noise of one chip; five standard errors."""
    loss = 0.1
    by_ghz = (
        Sampler.of(ghz_memory_program(SMALL, 1, node_loss=loss).circuit(), Matching()).counts(10_000, 1).error
    )
    on_chip = sample(MemoryTask(noise="erasure", p=loss, rounds=1), 1, 10_000).error
    single = Assignment(tuple(f"n{i}" for i in range(9)), ("n0",) * 8)
    network = complete(9)
    network = Network(
        tuple(Node(f"n{i}") for i in range(9)),
        tuple(Link(f"n{i}", f"n{j}") for i in range(9) for j in range(i)),
    )
    assert network.links_between("n0", "n8")
    pattern = node_loss_counts(SMALL, single, 1, loss, Matching(), 1500, 3).error
    for other in (on_chip, pattern):
        assert abs(by_ghz.value - other.value) < 5 * math.hypot(by_ghz.standard_error, other.standard_error)


def test_loss_of_a_whole_node_needs_enough_nodes():
    """A node of two columns of five takes a logical operator along, a node of one column across it does not."""
    code = rotated_surface(5)
    seen = {}
    wide, narrow = striped(code, ["a", "b"], "y"), striped(code, list("abcde"), "y")
    for name, spread in (("wide", wide), ("narrow", narrow)):
        seen[name] = node_loss_counts(
            code,
            spread,
            1,
            0.05,
            Matching(),
            1000,
            3,
            report=lambda pattern, c, n=name: seen.setdefault((n, pattern), c),
        )
    for (name, pattern), counts in ((k, v) for k, v in seen.items() if isinstance(k, tuple)):
        if not pattern:
            assert counts.errors == 0
        elif len(pattern) == 1:
            # Logical X lies along y, so that rows of constant y are never all of one.
            assert counts.errors == 0, (name, pattern)


def test_allocation_is_optimal():
    """Against every placement of the ancillas of a small code, and for unequal links."""
    code, data = repetition(4), ("a", "a", "b", "c")
    room = {"a": 1, "b": 1, "c": 1}
    costs = {("a", "b"): 1.0, ("b", "c"): 5.0, ("a", "c"): 2.0}

    def cost(nodes):
        return sum(
            0.0 if nodes[c] == data[q] else costs.get((nodes[c], data[q]), costs.get((data[q], nodes[c])))
            for c, s in enumerate(code.stabilizers)
            for q in code.support(s)
        )

    best = min(cost(nodes) for nodes in itertools.permutations("abc"))
    found = allocated(code, data, room, costs)
    assert cost(found.checks) == best and sorted(found.checks) == ["a", "b", "c"]
    # With room for all, counting pairs: a check of two nodes always costs one.
    free = allocated(code, data, dict.fromkeys("abc", 4))
    assert len(free.crossings(code)) == 2
    halves = striped(rotated_surface(5), ["a", "b"])
    assert (
        len(allocated(rotated_surface(5), halves.data, {"a": 25, "b": 25}).crossings(rotated_surface(5))) <= 9
    )


def test_by_name():
    local = qn.run(
        "distributed-memory", backend="stim", shots=20_000, params={"p": 0.0, "noise": "none"}
    ).estimates
    assert local["logical error"].value == 0 and local["pairs per round"] == qn.Estimate(5.0)
    linked = {"topology.nodes": 2, "topology.fidelity": 0.9, "p": 0.0, "noise": "none"}
    found = qn.run(
        "distributed-memory", backend="stim", topology="chain", params=linked, shots=20_000
    ).estimates
    assert 0.001 < found["logical error"].value < 0.2


def tiny_node():
    device = Hardware("small", qubits=(QubitProfile(),) * 10)
    return Network((Node("node0", device), Node("node1")), chain(2).links)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: Assignment(("a",) * 8, ("a",) * 8).check(SMALL), "data has 8 nodes; the code has 9"),
        (lambda: Assignment(("a",) * 9, ("a",) * 9).check(SMALL), "checks has 9 nodes; the code has 8"),
        (lambda: striped(SMALL, ["node0", "mars"]).check(SMALL, chain(2)), "unknown node 'mars'.*node1"),
        (lambda: striped(SMALL, ["node0", "node2"]).check(SMALL, chain(3)), "'node0' and 'node2' .* no link"),
        (lambda: TWO.check(SMALL, tiny_node()), "node 'node0' has 10 qubits and .* needs 14"),
        (lambda: stripes(SMALL, 4), "has 3 columns"),
        (lambda: stripes(five_qubit(), 2), "no layout"),
        (lambda: stripes(SMALL, 2, "z"), "seam is 'z'"),
        (lambda: distributed_memory_program(SMALL, TWO, 1, lost=[(1, "node0")]), "lost has round 1"),
        (lambda: distributed_memory_program(SMALL, TWO, 1, lost=[(0, "x")]), "node 'x'"),
        (lambda: distributed_memory_program(SMALL, TWO, 1, pairs_at_once=0), "pairs_at_once is 0"),
        (lambda: node_loss_counts(SMALL, TWO, 1, 2.0, Matching(), 10), "loss is 2.0"),
        (lambda: allocated(SMALL, TWO.data, {"node0": 3}), "room for 3 ancillas"),
        (lambda: allocated(SMALL, TWO.data, {"node0": 8}, {}), "no entry for nodes"),
        (
            lambda: qn.run("distributed-memory", params={"nodes": 3}, topology="chain"),
            "nodes is 3; the route has 2",
        ),
        (
            lambda: qn.run(
                "distributed-memory", params={"p_link": 0.1}, topology="chain", backend="stim", shots=1
            ),
            "on a network the links",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(QnetframeError, match=message):
        call()
    assert issubclass(UnknownNameError, QnetframeError) and issubclass(InvalidInputError, ValueError)
    assert "distributed-memory" in discover().protocols
