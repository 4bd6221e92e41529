"""Topologies: how many nodes and links, how long, connected, and the same for the same seed."""

import math
import sys

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.builtin import topologies as t
from qnetframe.builtin.links import fiber_link, ideal_link
from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.network import maps
from qnetframe.plugins import Plugins

RANDOM = {
    "hierarchical": t.hierarchical,
    "small-world": t.small_world,
    "scale-free": t.scale_free,
    "random-geometric": t.random_geometric,
    "waxman": t.waxman,
}


def graph(network):
    g = nx.Graph()
    g.add_nodes_from(network.names)
    g.add_edges_from((k.a, k.b) for k in network.links)
    return g


def distance(network, link):
    return math.dist(network.node(link.a).position, network.node(link.b).position)


@pytest.mark.parametrize(
    ("network", "nodes", "links", "same"),
    [
        (t.chain(5, 2.0), 5, 4, nx.path_graph(5)),
        (t.star(6, 2.0), 6, 5, nx.star_graph(5)),
        (t.ring(7, 2.0), 7, 7, nx.cycle_graph(7)),
        (t.grid(3, 4, 2.0), 12, 17, nx.grid_2d_graph(3, 4)),
        (t.grid(1, 2, 2.0), 2, 1, nx.path_graph(2)),
        (t.complete(5, 2.0), 5, 10, nx.complete_graph(5)),
        (t.tree(3, 2, 2.0), 13, 12, nx.balanced_tree(3, 2)),
        (t.tree(1, 3, 2.0), 4, 3, nx.path_graph(4)),
    ],
)
def test_regular_shapes(network, nodes, links, same):
    assert (len(network.nodes), len(network.links)) == (nodes, links)
    assert nx.is_isomorphic(graph(network), same)
    assert {(k.length_km, k.model) for k in network.links} == {(2.0, fiber_link(2.0))}
    assert len({n.position for n in network.nodes}) == nodes


@pytest.mark.parametrize("network", [t.chain(4, 3.0), t.star(5, 3.0), t.ring(5, 3.0), t.grid(3, 3, 3.0)])
def test_places_of_regular_shapes_are_as_far_apart_as_their_links_are_long(network):
    assert all(distance(network, k) == pytest.approx(3.0) for k in network.links)


@pytest.mark.parametrize("make", [t.chain, t.star, t.ring, t.grid, t.complete, t.tree])
def test_without_length_links_are_ideal(make):
    network = make(fidelity=0.9)
    assert {(k.length_km, k.model) for k in network.links} == {(0.0, ideal_link(0.9))}


def test_ends_of_a_star_are_leaves_and_of_a_grid_opposite_corners():
    assert t.star(5).route(*t.star(5).ends) == ("node0", "hub", "node3")
    assert len(t.grid(3, 4).route(*t.grid(3, 4).ends)) == 6
    hierarchy = t.hierarchical(4, 2)
    assert hierarchy.route(*hierarchy.ends) == ("c0n0", "gateway0", "gateway3", "c3n1")


@pytest.mark.parametrize("name", RANDOM)
def test_random_shapes_are_connected_measured_and_the_same_for_a_seed(name):
    make = RANDOM[name]
    for seed in range(4):
        network = make(seed=seed)
        assert nx.is_connected(graph(network))
        assert all(k.length_km == pytest.approx(distance(network, k), rel=1e-12) for k in network.links)
        assert all(k.model == fiber_link(k.length_km) for k in network.links[:3])
        assert network == make(seed=seed)
        assert network != make(seed=seed + 1)


def test_numbers_of_random_shapes():
    clusters = t.hierarchical(5, 3, backbone_km=80.0, cluster_km=4.0, seed=2)
    assert (len(clusters.nodes), len(clusters.links)) == (20, 5 + 15)
    backbone = [k for k in clusters.links if k.a.startswith("gateway") and k.b.startswith("gateway")]
    assert [k.length_km for k in backbone] == pytest.approx([80.0] * 5)
    assert all(0 < k.length_km <= 4.0 for k in clusters.links if k not in backbone)
    assert len(t.hierarchical(2, 1).links) == 3
    small = t.small_world(30, 4, 0.3, seed=1)
    assert (len(small.nodes), len(small.links)) == (30, 60)
    assert nx.is_isomorphic(graph(t.small_world(12, 4, 0.0)), nx.watts_strogatz_graph(12, 4, 0.0))
    assert len(t.scale_free(30, 3).links) == 27 * 3
    assert {n.position[0] <= 10 and n.position[1] <= 10 for n in t.scale_free(30, size_km=10.0).nodes} == {
        True
    }


@given(seed=st.integers(0, 1000), radius=st.floats(45, 150))
@settings(max_examples=15)
def test_random_geometric_joins_exactly_those_within_the_radius(seed, radius):
    network = t.random_geometric(12, radius, seed=seed)
    joined = {frozenset((k.a, k.b)) for k in network.links}
    near = {
        frozenset((a.name, b.name))
        for a in network.nodes
        for b in network.nodes
        if a.name < b.name and math.dist(a.position, b.position) <= radius
    }
    assert joined == near


def test_waxman_prefers_near_nodes_in_the_ratio_of_its_law():
    # P(join) = β·exp(-d/(αL)): of the pairs of 40 networks, those joined are as many as expected, within 5
    # standard deviations (false alarm rate 6e-7). β = 1 and α = 1 keep every draw connected.
    expected = variance = joined = 0.0
    for seed in range(40):
        network = t.waxman(14, alpha=1.0, beta=1.0, seed=seed)
        places = [n.position for n in network.nodes]
        apart = [math.dist(a, b) for i, a in enumerate(places) for b in places[:i]]
        chances = [math.exp(-d / max(apart)) for d in apart]
        expected += sum(chances)
        variance += sum(p * (1 - p) for p in chances)
        joined += len(network.links)
    assert abs(joined - expected) < 5 * math.sqrt(variance)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: t.star(2), "nodes is 2; it must be at least 3"),
        (lambda: t.ring(2), "nodes is 2; it must be at least 3"),
        (lambda: t.grid(1, 1), r"rows\*columns is 1; it must be at least 2"),
        (lambda: t.grid(0, 3), "rows is 0; it must be at least 1"),
        (lambda: t.complete(1), "nodes is 1; it must be at least 2"),
        (lambda: t.complete(5000), "12497500 links; at most 500000"),
        (lambda: t.chain(100_001), "nodes is 100001; it must be at most 100000"),
        (lambda: t.tree(2, 0), "depth is 0"),
        (lambda: t.tree(10, 6), "the nodes of a tree with branching=10 and depth=6 is 111111; .* at most"),
        (lambda: t.tree(0), "branching is 0"),
        (lambda: t.hierarchical(1), "clusters is 1; it must be at least 2"),
        (lambda: t.hierarchical(cluster_km=0.0), "cluster_km is 0.0; it must be above 0"),
        (lambda: t.small_world(10, 3), "neighbours is 3; it must be even"),
        (lambda: t.small_world(10, 10), r"neighbours is 10; it must be in \[2, 9\]"),
        (lambda: t.small_world(10, rewiring=1.5), "rewiring is 1.5"),
        (lambda: t.scale_free(5, 5), r"attachments is 5; it must be in \[1, 4\]"),
        (lambda: t.scale_free(size_km=-1.0), "size_km is -1.0"),
        (
            lambda: t.random_geometric(30, 5.0),
            "radius_km=5 and seed 0: none of 100 draws of 30 nodes was connected",
        ),
        (lambda: t.random_geometric(2000, 90.0), "on average, has 1.* links; at most 500000"),
        (
            lambda: t.waxman(30, alpha=0.01),
            "waxman with alpha=0.01 and beta=0.8 and seed 0: none of 100 draws",
        ),
        (lambda: t.waxman(alpha=0.0), "alpha is 0.0; it must be above 0"),
        (lambda: t.waxman(seed=-1), "seed is -1; it must be at least 0"),
        (lambda: t.star(length_km=-1.0), "length_km is -1.0"),
        (lambda: t.ring(fidelity=1.5), "fidelity is 1.5"),
        (lambda: t.scale_free(efficiency=-0.1), "efficiency is -0.1"),
        (lambda: t.chain(2, 10.0, efficiency=0.0), "never heralds a pair"),
    ],
)
def test_refusals(build, message):
    with pytest.raises(InvalidInputError, match=message):
        build()


def test_every_topology_is_offered_and_made_by_name():
    plugins = Plugins(entry_points=False)
    own = {"chain", "star", "ring", "grid", "complete", "tree", *RANDOM, "map", "file"}
    assert own <= set(plugins.topologies)
    for name in sorted(own - {"map", "file"}):
        network = plugins.make("topology", name, {"fidelity": "0.97", "efficiency": "0.5"})
        assert network.route(*network.ends)
        assert {round(k.model.fidelity, 12) for k in network.links} == {0.97}
    assert plugins.make("topology", "waxman", {"seed": "3"}) == t.waxman(seed=3)


@pytest.mark.parametrize(
    ("name", "nodes", "links", "length_km"),
    [
        ("topozoo/Surfnet", 50, 68, 2147.88),
        ("topozoo/Geant2012", 37, 58, 47771.62),
        ("sndlib/germany50", 50, 88, 8862.71),
    ],
)
def test_real_maps(name, nodes, links, length_km):
    network = t.real_map(name)
    assert (len(network.nodes), len(network.links)) == (nodes, links)
    assert math.fsum(k.length_km for k in network.links) == pytest.approx(length_km, abs=1e-6)
    assert nx.is_connected(graph(network))


def test_surfnet_is_where_it_is():
    network = t.real_map("topozoo/Surfnet", fidelity=0.95)
    assert {"Delft", "Enschede", "Groningen", "Maastricht", "Den Haag"} <= set(network.names)
    delft = network.node("Delft")
    assert (delft.attributes["longitude_deg"], delft.attributes["latitude_deg"]) == (4.36, 52.01)
    for link in network.links:
        a, b = network.node(link.a), network.node(link.b)
        places = [(n.attributes["longitude_deg"], n.attributes["latitude_deg"]) for n in (a, b)]
        # The map's lengths are those of more digits of the places than it gives: 0.01° is about 1 km.
        assert maps.great_circle_km(*places) == pytest.approx(link.length_km, abs=1.0)
        assert math.dist(a.position, b.position) == pytest.approx(link.length_km, abs=2.0)
        assert link.model == fiber_link(link.length_km, 0.95)


def test_great_circles():
    quarter = math.pi / 2 * maps.EARTH_KM
    assert maps.great_circle_km((0, 0), (90, 0)) == pytest.approx(quarter)
    assert maps.great_circle_km((0, 90), (123, 0)) == pytest.approx(quarter)
    assert maps.great_circle_km((170, 10), (-170, 10)) == pytest.approx(
        maps.great_circle_km((0, 10), (20, 10))
    )
    assert maps.great_circle_km((10, 20), (-170, -20)) == pytest.approx(2 * quarter)


def test_maps_that_are_not_there_or_no_maps():
    with pytest.raises(
        UnknownNameError, match="unknown map 'topozoo/Surfnt'; did you mean 'topozoo/Surfnet'"
    ):
        t.real_map("topozoo/Surfnt")
    with pytest.raises(UnknownNameError, match="unknown map"):
        t.real_map("../data/topozoo/Surfnet")
    with pytest.raises(InvalidInputError, match="'sndlib/france' has a node at longitude 200"):
        t.real_map("sndlib/france")
    plane = t.real_map("gabriel/5/0")
    assert all(k.length_km == pytest.approx(distance(plane, k), abs=0.02) for k in plane.links)


def test_nodes_without_names_or_with_the_same_are_numbered():
    network = t.real_map("backbone/africa_nosc")
    assert len(set(network.names)) == len(network.nodes) == 136
    assert maps.distinct_names([("1", "A"), ("2", "B"), ("3", "A"), ("4", None), ("5", "")]) == [
        "A 1", "B", "A 3", "4", "5",
    ]  # fmt: skip


def test_without_topohub_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "topohub", None)
    with pytest.raises(
        InvalidInputError, match=r"needs the package topohub: pip install 'qnetframe\[maps\]'"
    ):
        t.real_map("topozoo/Surfnet")
