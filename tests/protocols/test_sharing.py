"""GHZ distribution and gates between far nodes against published numbers and closed forms."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe import InvalidInputError, Program, run
from qnetframe.builtin.protocols.parties import choose_parties, share_pair
from qnetframe.network import Link, LinkModel, Network, Node, werner_state

EXACT = ("reference", "aer", "cirq", "qutip")
SIGMAS = 5.5  # one in 2.6e7 for a normal estimate; four are sampled: a false alarm has probability 1.5e-7


def star(leaves, fidelity=1.0):
    nodes = [Node("hub"), *(Node(f"leaf{i}") for i in range(leaves))]
    model = LinkModel(state=werner_state(fidelity))
    return Network(nodes, [Link("hub", f"leaf{i}", model) for i in range(leaves)])


def chain(nodes, fidelity=1.0):
    model = LinkModel(state=werner_state(fidelity))
    names = [f"n{i}" for i in range(nodes)]
    return Network([Node(n) for n in names], [Link(a, b, model) for a, b in pairwise(names)])


@pytest.mark.parametrize("backend", EXACT)
@pytest.mark.parametrize(("parties", "fidelity"), [(3, 0.858185), (4, 0.816011), (5, 0.776163)])
def test_ghz_states_with_depolarized_qubits(backend, parties, fidelity):
    # ½[(1 - 2p/3)^n + (2p/3)^n + (1 - 4p/3)^n] at p = .05.
    got = run(
        "ghz-distribution", backend=backend, params={"parties": parties, "depolarizing": 0.05}
    ).estimates
    assert got["fidelity"].value == pytest.approx(fidelity, abs=1e-6)


@pytest.mark.parametrize("backend", EXACT)
@pytest.mark.parametrize("network", [chain(4, 0.9), star(3, 0.9)], ids=["chain", "star"])
def test_ghz_states_from_werner_pairs(backend, network):
    # Three pairs; of each, X-type errors flip one side and Z-type errors the phase: with w = (4F - 1)/3,
    # ½[((1 + w)/2)^(n-1) + w^(n-1)].
    w = (4 * 0.9 - 1) / 3
    got = run("ghz-distribution", backend=backend, topology=network, params={"parties": 4}).estimates
    assert got["fidelity"].value == pytest.approx((((1 + w) / 2) ** 3 + w**3) / 2, abs=1e-9)


@settings(max_examples=20)
@given(st.integers(2, 5), st.floats(0, 0.75), st.floats(0.25, 1))
def test_ghz_closed_forms(parties, p, fidelity):
    got = run("ghz-distribution", params={"parties": parties, "depolarizing": p}).estimates
    flip = 2 * p / 3
    assert got["P(all equal)"].value == pytest.approx((1 - flip) ** parties + flip**parties, abs=1e-9)
    assert got["coherence"].value == pytest.approx((1 - 4 * p / 3) ** parties, abs=1e-9)
    w = (4 * fidelity - 1) / 3
    got = run("ghz-distribution", topology=star(parties - 1, fidelity), params={"parties": parties}).estimates
    assert got["P(all equal)"].value == pytest.approx(((1 + w) / 2) ** (parties - 1), abs=1e-9)
    assert got["coherence"].value == pytest.approx(w ** (parties - 1), abs=1e-9)


def test_ghz_over_nodes_between():
    # Two pairs of two links each.
    w = ((4 * 0.9 - 1) / 3) ** 2
    got = run("ghz-distribution", topology=chain(5, 0.9)).estimates
    assert got["fidelity"].value == pytest.approx((((1 + w) / 2) ** 2 + w**2) / 2, abs=1e-9)


@pytest.mark.parametrize("backend", ["stim", "aer"])
def test_sampled_ghz_fidelity(backend):
    got = run(
        "ghz-distribution", backend=backend, params={"depolarizing": 0.05}, shots=20_000, seed=3
    ).estimates
    assert 0 < got["fidelity"].standard_error < 0.005
    assert abs(got["fidelity"].value - 0.858185) < SIGMAS * got["fidelity"].standard_error


@pytest.mark.parametrize("backend", EXACT)
@pytest.mark.parametrize("protocol", ["teleported-cnot", "remote-gate"])
@pytest.mark.parametrize("fidelity", [1.0, 0.9, 0.6])
def test_gates_over_werner_pairs(backend, protocol, fidelity):
    # (4F + 1)/5: process fidelity F, and Horodecki et al., PRA 60, 1888 (1999).
    got = run(protocol, backend=backend, topology=chain(2, fidelity)).estimates
    assert got["average fidelity"].value == pytest.approx((4 * fidelity + 1) / 5, abs=1e-6)
    assert got["process fidelity"].value == pytest.approx(fidelity, abs=1e-9)


@pytest.mark.parametrize("gate", ["cx", "cy", "cz", "ch"])
def test_every_gate_over_two_links(gate):
    pair = 0.25 + 0.75 * ((4 * 0.9 - 1) / 3) ** 2
    got = run("remote-gate", topology=chain(3, 0.9), params={"gate": gate}).estimates
    assert got["process fidelity"].value == pytest.approx(pair, abs=1e-9)


@pytest.mark.parametrize("backend", ["stim", "aer"])
def test_sampled_gate_fidelity(backend):
    got = run("remote-gate", backend=backend, topology=chain(2, 0.9), shots=2_000, seed=4).estimates
    estimate = got["average fidelity"]
    assert 0 < estimate.standard_error < 0.01
    assert abs(estimate.value - 0.92) < SIGMAS * estimate.standard_error


class Fake:
    """As much of a session as choosing parties needs."""

    def __init__(self, network):
        self.network = network

    def route(self):
        return ("alice", "bob") if self.network is None else tuple(self.network.route(*self.network.ends))


def test_parties_without_a_network():
    assert choose_parties(Fake(None), 3) == ("alice", "bob", "charlie")
    assert len(set(choose_parties(Fake(None), 12))) == 12


def test_parties_sit_evenly_on_a_long_route():
    assert choose_parties(Fake(chain(7)), 3) == ("n0", "n3", "n6")
    assert choose_parties(Fake(chain(4)), 4) == ("n0", "n1", "n2", "n3")


def test_parties_beside_a_short_route():
    assert choose_parties(Fake(star(4)), 4) == ("hub", "leaf3", "leaf0", "leaf1")


def test_too_few_nodes_are_named():
    with pytest.raises(
        InvalidInputError, match=r"4 parties are asked for; 'n0' reaches 3 nodes: n0, n1, n2\. Take"
    ):
        run("ghz-distribution", topology=chain(3), params={"parties": 4})


def test_pairs_pass_again_through_the_same_memories():
    p = Program()
    for i in range(3):
        share_pair(p, ("a", "b", "c"), p.qubit("a", f"q{i}"), p.qubit("c", f"q{i}"))
    assert [q for q in p.declared if q.startswith("b.")] == ["b.left", "b.right"]
    assert p.resources.pairs == 6


@pytest.mark.parametrize(
    ("protocol", "params", "message"),
    [
        ("ghz-distribution", {"parties": 1}, r"parties is 1; it must be in \[2, 8\]"),
        ("ghz-distribution", {"depolarizing": 1.5}, r"depolarizing is 1.5.*\[0, 1\]"),
        ("ghz-distribution", {"depolarizing": "nan"}, "depolarizing.*nan"),
        ("remote-gate", {"gate": "swap"}, "gate.*swap.*cx"),
    ],
)
def test_bad_input(protocol, params, message):
    with pytest.raises(InvalidInputError, match=message):
        run(protocol, params=params)
