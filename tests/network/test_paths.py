"""Paths against brute force on small networks."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.network import (
    Link,
    LinkModel,
    Network,
    Node,
    bell_diagonal_state,
    best_fidelity_path,
    k_shortest_paths,
    shortest_path,
    werner_state,
)

NODES = 5


def link(a, b, length, fidelity, name):
    return Link(str(a), str(b), LinkModel(state=werner_state(fidelity), delay=1e-6), name, length_km=length)


@st.composite
def networks(draw):
    """Up to 9 links between 5 nodes, parallel ones among them."""
    pairs = st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)).filter(lambda p: p[0] != p[1])
    joins = draw(st.lists(pairs, min_size=1, max_size=9))
    links = [
        link(a, b, draw(st.floats(0.1, 100)), draw(st.floats(0.1, 1)), f"k{i}")
        for i, (a, b) in enumerate(joins)
    ]
    return Network([Node(str(i)) for i in range(NODES)], links)


def every_path(network, a, b):
    """Every way over links that passes no node twice, by depth-first search."""

    def extend(nodes, links):
        if nodes[-1] == b:
            yield tuple(nodes), tuple(links)
            return
        for k in network.links:
            if nodes[-1] in (k.a, k.b) and k.other(nodes[-1]) not in nodes:
                yield from extend([*nodes, k.other(nodes[-1])], [*links, k])

    return list(extend([a], []))


def werner(k):
    return (4 * k.model.fidelity - 1) / 3


@given(networks())
@settings(max_examples=80)
def test_shortest_and_best_paths_are_those_of_brute_force(network):
    ways = every_path(network, "0", "4")
    if not ways:
        with pytest.raises(InvalidInputError, match="no route joins nodes '0' and '4'"):
            shortest_path(network, "0", "4")
        return
    by_length = min(sum(k.length_km for k in links) for _, links in ways)
    found = shortest_path(network, "0", "4")
    assert found.cost == pytest.approx(by_length)
    assert found.length_km == pytest.approx(by_length)
    assert (found.nodes, found.links) in ways
    assert found.nodes == network.route("0", "4")
    assert shortest_path(network, "0", "4", "hops").cost == min(len(links) for _, links in ways)
    usable = [links for _, links in ways if all(werner(k) > 0 for k in links)]
    if not usable:
        with pytest.raises(InvalidInputError, match="every path from '0' to '4' has a link of infinite cost"):
            best_fidelity_path(network, "0", "4")
        return
    best = max(math.prod(map(werner, links)) for links in usable)
    path = best_fidelity_path(network, "0", "4")
    assert path.fidelity == pytest.approx((1 + 3 * best) / 4)
    assert math.exp(-path.cost) == pytest.approx(best)
    squares = shortest_path(network, "0", "4", lambda k: k.length_km**2)
    assert squares.cost == pytest.approx(min(sum(k.length_km**2 for k in links) for _, links in ways))


@given(networks(), st.integers(1, 6))
@settings(max_examples=80)
def test_k_shortest_paths_are_those_of_brute_force(network, k):
    ways = every_path(network, "0", "4")
    if not ways:
        with pytest.raises(InvalidInputError):
            k_shortest_paths(network, "0", "4", k)
        return
    costs = sorted(sum(link.length_km for link in links) for _, links in ways)[:k]
    found = k_shortest_paths(network, "0", "4", k)
    assert [p.cost for p in found] == pytest.approx(costs)
    assert len({p.links for p in found}) == len(found)
    assert all((p.nodes, p.links) in ways for p in found)


def test_best_fidelity_is_not_shortest_and_is_what_swapping_gives():
    from qnetframe import run

    ends = [link("a", "c", 10, 0.8, ""), link("a", "b", 50, 0.98, ""), link("b", "c", 50, 0.97, "")]
    network = Network([Node(n) for n in "abc"], ends)
    assert shortest_path(network, "a", "c").nodes == ("a", "c")
    best = best_fidelity_path(network, "a", "c")
    assert best.nodes == ("a", "b", "c")
    w = (4 * 0.98 - 1) / 3 * (4 * 0.97 - 1) / 3
    assert best.fidelity == pytest.approx((1 + 3 * w) / 4)
    got = run("entanglement-swapping", topology=network, route_by="fidelity").estimates["fidelity"].value
    assert got == pytest.approx(best.fidelity, abs=1e-12)
    short = run("entanglement-swapping", topology=network).estimates["fidelity"].value
    assert short == pytest.approx(0.8, abs=1e-12)


def test_of_other_pairs_only_the_fidelity_counts():
    skewed = LinkModel(state=bell_diagonal_state(0.9, 0.1))
    werner_link = LinkModel(state=werner_state(0.9))
    network = Network([Node("a"), Node("b")], [Link("a", "b", skewed, "x"), Link("a", "b", werner_link, "y")])
    first, second = k_shortest_paths(network, "a", "b", 2, "fidelity")
    assert {first.links[0].name, second.links[0].name} == {"x", "y"}
    assert first.cost == pytest.approx(second.cost)


def test_costs_and_ends_that_are_refused():
    network = Network([Node("a"), Node("b"), Node("far")], [Link("a", "b")])
    assert shortest_path(network, "a", "a").nodes == ("a",)
    assert k_shortest_paths(network, "a", "a", 3) == (shortest_path(network, "a", "a"),)
    for cost, message in (
        ("speed", "cost is 'speed'; allowed: length, hops, fidelity"),
        (lambda k: -1.0, "cost of link 'a-b' is -1.0"),
        (lambda k: math.nan, "cost of link 'a-b' is nan"),
        (lambda k: "x", "cost of link 'a-b' is 'x'"),
        (lambda k: math.inf, "infinite cost"),
    ):
        with pytest.raises(InvalidInputError, match=message):
            shortest_path(network, "a", "b", cost)
    with pytest.raises(InvalidInputError, match="k is 0"):
        k_shortest_paths(network, "a", "b", 0)
    with pytest.raises(UnknownNameError, match="unknown node 'c'"):
        best_fidelity_path(network, "a", "c")
    with pytest.raises(InvalidInputError, match="no route joins nodes 'a' and 'far'; 'a' reaches only: a, b"):
        shortest_path(network, "a", "far", "hops")


def test_light_time_does_not_depend_on_direction_or_on_what_was_asked_before():
    delays = [0.1e-3, 0.2e-3, 0.3e-3, 0.7e-4]
    links = [Link(str(i), str(i + 1), LinkModel(delay=d)) for i, d in enumerate(delays)]

    def fresh():
        return Network([Node(str(i)) for i in range(5)], links)

    alone = {(a, b): fresh().light_time(a, b) for a, b in itertools.product("01234", repeat=2)}
    for order in itertools.permutations("024"):
        network = fresh()
        for a in order:
            for b in "01234":
                assert network.light_time(a, b) == alone[a, b] == alone[b, a]
    assert alone["0", "4"] == pytest.approx(math.fsum(delays), rel=1e-15)
    with pytest.raises(InvalidInputError, match="'b' reaches only: b"):
        Network([Node("a"), Node("b")]).light_time("b", "a")
