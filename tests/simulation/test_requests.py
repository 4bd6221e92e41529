"""Requests, routing, admission, queues, failures, and the figures of a run."""

import math

import networkx as nx
import numpy as np
import pytest
from chains_in_time import chain_of, measured_link
from hypothesis import given
from hypothesis import strategies as st

from qnetframe.builtin.topologies import grid, ring
from qnetframe.errors import InvalidInputError
from qnetframe.network import Link, LinkModel, Network, Node, werner_state
from qnetframe.simulation.failures import Failures
from qnetframe.simulation.metrics import batch_mean, jain_fairness, warm_up_time
from qnetframe.simulation.requests import Request, poisson_requests
from qnetframe.simulation.routing import (
    expected_throughput,
    multipath,
    path_fidelity,
    q_cast,
    shortest,
    widest,
)
from qnetframe.simulation.simulation import Simulation
from qnetframe.simulation.strategy import Strategy
from qnetframe.simulation.streams import Attempts, exponential, stream


def diamond():
    """A short noisy way s-a-t, a longer good way s-b-c-t, and a slow direct link."""
    good, noisy = (
        LinkModel(0.5, 1e-4, werner_state(0.99), 1e-5),
        LinkModel(0.9, 1e-4, werner_state(0.85), 1e-5),
    )
    slow = LinkModel(0.01, 1e-4, werner_state(0.95), 1e-5)
    links = [
        ("s", "a", noisy, 10),
        ("a", "t", noisy, 10),
        ("s", "b", good, 10),
        ("b", "c", good, 10),
        ("c", "t", good, 10),
    ]
    made = [Link(a, b, m, length_km=float(x)) for a, b, m, x in links]
    return Network(tuple(Node(n) for n in "sabct"), (*made, Link("s", "t", slow, length_km=15.0)))


@pytest.mark.parametrize(
    ("routing", "fidelity", "nodes"),
    [
        ("length", 0.0, "st"), ("hops", 0.0, "st"), ("time", 0.0, "sat"), ("widest", 0.0, "sat"),
        ("fidelity", 0.0, "sbct"), ("fidelity-aware", 0.9, "sbct"), ("fidelity-aware", 0.0, "sat"), ("q-cast", 0.0, "sat"),
    ],
)  # fmt: skip
def test_routing(routing, fidelity, nodes):
    sim = Simulation(diamond(), routing=routing)
    (served,) = sim.request(Request("s", "t", fidelity=fidelity))
    sim.run(1.0)
    assert served.status == "done" and served.paths[0].nodes == tuple(nodes)


def test_multipath_uses_disjoint_ways_at_once():
    sim = Simulation(diamond(), routing=multipath(3))
    (served,) = sim.request(Request("s", "t", pairs=None))
    report = sim.run(1.0)
    assert {"".join(p.nodes) for p in served.paths} == {"sat", "sbct", "st"}
    assert {d.links for d in report.deliveries} == {1, 2, 3}
    single = Simulation(diamond(), routing="time")
    single.request(Request("s", "t", pairs=None))
    assert report.throughput.value > single.run(1.0).throughput.value


@given(st.integers(0, 50))
def test_widest_path_is_the_bottleneck_of_the_best_spanning_tree(seed):
    # The maximum spanning tree has the widest path between any two nodes: T. C. Hu, Operations Research 9, 898 (1961).
    rng = np.random.default_rng(seed)
    graph = nx.gnm_random_graph(8, 14, seed=seed)
    if not nx.is_connected(graph):
        return
    links, rates = [], {}
    for a, b in graph.edges:
        p = float(rng.uniform(0.05, 1))
        links.append(Link(f"n{a}", f"n{b}", LinkModel(p, 1e-3)))
        graph.edges[a, b]["rate"] = p / 1e-3
        rates[a, b] = p / 1e-3
    sim = Simulation(Network(tuple(Node(f"n{i}") for i in range(8)), tuple(links)))
    (path,) = widest()(sim, Request("n0", "n7"))
    tree = nx.maximum_spanning_tree(graph, weight="rate")
    best = min(tree.edges[e]["rate"] for e in nx.utils.pairwise(nx.shortest_path(tree, 0, 7)))
    assert min(1 / link.model.mean_time for link in path.links) == pytest.approx(best)


def test_expected_throughput_of_q_cast():
    # Shi and Qian, SIGCOMM 2020, eqs. (1), (2), with the factor q^{h-1}: h=3, p=.6, q=.9: .5178816, .17496.
    assert expected_throughput([0.6] * 3, 2, 0.9) == pytest.approx(0.5178816, abs=1e-12)
    assert expected_throughput([0.6] * 3, 1, 0.9) == pytest.approx(0.17496, abs=1e-12)
    # By enumeration of unequal links.
    p, width = [0.3, 0.8], 3
    total = sum(
        min(i, j) * math.comb(3, i) * 0.3**i * 0.7 ** (3 - i) * math.comb(3, j) * 0.8**j * 0.2 ** (3 - j)
        for i in range(4) for j in range(4)
    )  # fmt: skip
    assert expected_throughput(p, width, 0.5) == pytest.approx(0.5 * total)
    with pytest.raises(InvalidInputError, match="p is empty"):
        expected_throughput([], 1)


def test_q_cast_finds_the_best_of_all_paths():
    network = grid(3, 3, 10.0)
    sim = Simulation(network, memories=2)
    (path,) = q_cast(50)(sim, Request("r0c0", "r2c2"))
    chances = [1 - (1 - link.model.success_probability) ** 50 for link in path.links]
    graph = nx.Graph([(link.a, link.b) for link in network.links])
    every = nx.all_simple_paths(graph, "r0c0", "r2c2")
    best = max(expected_throughput([chances[0]] * (len(nodes) - 1), 2) for nodes in every)
    assert 1 / path.cost == pytest.approx(best)


def test_reservations_keep_others_waiting_and_on_demand_shares():
    times = {}
    for reservations in (True, False):
        sim = Simulation(chain_of(2, measured_link()), 1, reservations=reservations)
        sim.request(*(Request("r0", "r2", pairs=20) for _ in range(3)))
        report = sim.run(10.0)
        assert report.requests == {"done": 3}
        times[reservations] = [s.started for s in sim.served]
    assert times[True][0] < times[True][1] < times[True][2]
    assert len(set(times[False])) == 1


@pytest.mark.parametrize(
    ("queue", "order"),
    [("fifo", [0, 1, 2]), ("priority", [0, 2, 1]), ("short", [0, 2, 1]), ("deadline", [0, 2, 1])],
)
def test_queues(queue, order):
    sim = Simulation(chain_of(1, measured_link()), queue=queue)
    sim.request(
        Request("r0", "r1", pairs=5),
        Request("r0", "r1", pairs=9, arrival=1e-6, deadline=9.0),
        Request("r0", "r1", pairs=2, arrival=2e-6, priority=3, deadline=5.0),
    )
    sim.run(10.0)
    assert sorted(range(3), key=lambda i: sim.served[i].started) == order


def test_requests_that_cannot_be_are_refused_and_late_ones_end():
    sim = Simulation(chain_of(2, measured_link()), queue_limit=1)
    sim.request(
        Request("r0", "r2", fidelity=0.99),
        Request("r0", "r2", lanes=2),
        Request("r0", "r2", rate=1e6),
        Request("r0", "r2", pairs=10**6, deadline=0.5),
        Request("r0", "r2", arrival=0.1),
        Request("r0", "r2", arrival=0.2),
        Request("r0", "r1", pairs=None, deadline=0.1, arrival=0.6),
    )
    report = sim.run(2.0)
    reasons = [s.reason for s in sim.served]
    assert ["fidelity" in reasons[0], "memories" in reasons[1], "rate" in reasons[2]] == [True] * 3
    assert [s.status for s in sim.served] == ["rejected"] * 3 + ["late", "done", "rejected", "done"]
    assert reasons[5] == "the queue is full"
    assert report.served.value == pytest.approx(2 / 7) and report.served.shots == 7


def test_a_network_in_two_parts_has_no_path():
    model = measured_link()
    split = Network(tuple(Node(n) for n in "abcd"), (Link("a", "b", model), Link("c", "d", model)))
    for routing in ("length", "widest", "fidelity-aware", "multipath", "q-cast"):
        sim = Simulation(split, routing=routing)
        (served,) = sim.request(Request("a", "d"))
        sim.run(0.1)
        assert (served.status, served.reason) == ("rejected", "no path")


def test_poor_pairs_do_not_count():
    # The estimate ignores waiting; memories of 5 ms make many pairs poor.
    from qnetframe.simulation.pairstates import Decay
    from qnetframe.simulation.profiles import NodeProfile

    sim = Simulation(chain_of(2, measured_link()), 2, profiles=NodeProfile(Decay.depolarizing(0.02)))
    sim.request(Request("r0", "r2", pairs=None, fidelity=0.9))
    report = sim.run(2.0)
    assert report.poor > 20 and report.values("fidelity").min() >= 0.9


def test_failures_reroute_or_wait():
    network = ring(4, 10.0)
    found = {}
    for reroute in (True, False):
        sim = Simulation(
            network,
            3,
            failures=Failures(0.2, 0.2, links=[network.links[0].name], reroute=reroute),
            trace=["link-down", "link-up"],
        )
        sim.request(Request("node0", "node1", pairs=None))
        found[reroute] = sim.run(4.0)
        assert {r.kind for r in sim.trace.records} == {"link-down", "link-up"}
    assert {d.links for d in found[True].deliveries} == {1, 3}
    assert {d.links for d in found[False].deliveries} == {1}


def test_a_request_waits_for_the_repair_of_its_only_link():
    sim = Simulation(chain_of(1, measured_link()), 1, failures=Failures(0.05, 0.05))
    sim.request(Request("r0", "r1", pairs=400))
    assert sim.run(30.0).requests == {"done": 1}


def test_memories_by_link_and_lanes_of_a_request():
    network = chain_of(2, measured_link())
    rates = []
    for memories, lanes in ((1, 1), (4, 4), ({"r0-r1": 4, "r1-r2": 4}, 4)):
        sim = Simulation(network, 1, memories=memories)
        sim.request(Request("r0", "r2", pairs=None, lanes=lanes))
        rates.append(sim.run(2.0).throughput.value)
    assert rates[1] > 3 * rates[0] and rates[1] == rates[2]


def test_path_fidelity_is_that_of_purified_links():
    sim = Simulation(
        chain_of(2, LinkModel(0.5, 1e-4, werner_state(0.8))), strategy=Strategy(purification=(1,))
    )
    (path,) = shortest()(sim, Request("r0", "r2"))
    # Bennett et al. 1996: .8 → .838150, then swapped.
    w = (4 * 0.838150 - 1) / 3
    assert path_fidelity(sim, Request("r0", "r2"), path) == pytest.approx((1 + 3 * w * w) / 4, abs=1e-6)


def test_streams():
    rng = stream(1, "test")
    draws = [exponential(rng) for _ in range(20_000)]
    # Mean and variance 1; 5 standard errors (of the variance: √8/√n).
    assert abs(np.mean(draws) - 1) < 5 / 20_000**0.5 and abs(np.var(draws) - 1) < 5 * (8 / 20_000) ** 0.5
    counts = [Attempts(0.2).draw(rng) for _ in range(20_000)]
    seen = np.bincount(counts, minlength=12)[1:12] / 20_000
    exact = 0.2 * 0.8 ** np.arange(11)
    assert np.all(np.abs(seen - exact) < 5 * np.sqrt(exact / 20_000))
    assert Attempts(1.0).draw(rng) == 1
    rare = [Attempts(1e-9).draw(rng) for _ in range(2000)]
    assert abs(np.mean(rare) * 1e-9 - 1) < 5 / 2000**0.5
    assert [stream(1, "a").random(), stream(1, "b").random()] != [
        stream(2, "a").random(),
        stream(1, "b").random(),
    ]


def test_poisson_requests():
    network = ring(5, 10.0)
    made = poisson_requests(network, 100.0, 5000, seed=3, pairs=2)
    gaps = np.diff([r.arrival for r in made])
    assert abs(gaps.mean() * 100 - 1) < 5 / 5000**0.5
    assert all(r.source != r.target and r.pairs == 2 for r in made)
    assert {r.source for r in made} == set(network.names)
    assert made == poisson_requests(network, 100.0, 5000, seed=3, pairs=2)
    ends = [("node0", "node2")]
    assert {(r.source, r.target) for r in poisson_requests(network, 1.0, 10, ends=ends)} == {
        ("node0", "node2")
    }
    with pytest.raises(InvalidInputError, match="two nodes"):
        poisson_requests(Network((Node("a"),)), 1.0, 1)


def test_error_bars_of_correlated_series():
    # AR(1) with coefficient .5: the variance of the mean is (1+.5)/(1-.5) = 3 times the naive one; its estimate from
    # 30 series of 19 degrees of freedom is within 5·√(2/570) of that.
    rng = np.random.default_rng(1)
    ratios = []
    for _ in range(30):
        x = np.zeros(4000)
        for i in range(1, len(x)):
            x[i] = 0.5 * x[i - 1] + rng.normal()
        ratios.append(batch_mean(x).standard_error ** 2 / (x.var() / len(x)))
    assert abs(np.mean(ratios) / 3 - 1) < 5 * (2 / 570) ** 0.5
    assert batch_mean([1.0, 2.0, 3.0]).standard_error == pytest.approx(1 / 3**0.5)
    assert batch_mean([1.0]).standard_error == math.inf


def test_warm_up_and_fairness():
    rng = np.random.default_rng(2)
    values = np.concatenate([np.linspace(10, 0, 100), np.zeros(900)]) + rng.normal(size=1000) * 0.1
    assert 80 <= warm_up_time(np.arange(1000.0), values) <= 110
    assert warm_up_time(np.arange(3.0), np.zeros(3)) == 0.0
    # R. Jain, DEC-TR-301: one of four gets everything → 1/4.
    assert jain_fairness([1, 0, 0, 0]) == 0.25 and jain_fairness([2, 2]) == 1.0 == jain_fairness([0, 0])


def test_a_report_from_a_time_on():
    sim = Simulation(chain_of(2, measured_link()))
    sim.request(Request("r0", "r2", pairs=None))
    seen = []
    late = sim.run(1.0, warm_up=0.5, progress=seen.append)
    assert len(seen) == 100 and seen[-1] == pytest.approx(1.0)
    assert all(d.time >= 0.5 for d in late.deliveries)
    assert late.throughput.value == pytest.approx(len(late.deliveries) / 0.5)
    whole = sim.run(2.0)
    assert len(whole.deliveries) > len(late.deliveries)
    figures = whole.to_dict()
    assert figures["pairs"] == len(whole.deliveries) and figures["requests"] == {"arrived": 1, "serving": 1}
    assert 0 < figures["memory_use"] < 1 and figures["latency_quantiles"]["0.5"] > 0
    with pytest.raises(InvalidInputError, match="name is 'other'"):
        whole.values("other")
