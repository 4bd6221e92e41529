"""Networks: routes, light times, validation, round trips."""

import copy
import json
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.builtin.hardware import HARDWARE, ideal_hardware, uniform_hardware
from qnetframe.builtin.links import fiber_link
from qnetframe.builtin.topologies import TOPOLOGIES, chain
from qnetframe.channels import dephasing
from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.network import (
    GateProfile,
    Hardware,
    Link,
    LinkModel,
    Network,
    Node,
    QubitProfile,
    with_hardware,
    with_link,
)


def diamond():
    """A long direct link a-d beside a shorter way a-b-d, and an island."""
    return Network(
        [Node(n) for n in ("a", "b", "c", "d", "island")],
        [
            Link("a", "d", LinkModel(delay=1e-3), length_km=300),
            Link("a", "b", LinkModel(delay=2e-3), length_km=100),
            Link("b", "d", LinkModel(delay=2e-3), length_km=100),
            Link("b", "c", LinkModel(delay=1e-4)),
        ],
    )


def test_route_is_shortest_by_length_and_light_takes_the_fastest():
    network = diamond()
    assert network.route("a", "d") == ("a", "b", "d")
    assert network.light_time("a", "d") == 1e-3
    assert network.light_time("a", "c") == pytest.approx(2.1e-3)
    assert network.route("a", "a") == ("a",)
    assert network.light_time("a", "a") == 0.0
    assert network.neighbours("b") == ("a", "d", "c")
    assert network.ends == ("a", "island")
    assert [link.name for link in network.links_between("d", "b")] == ["b-d"]
    assert network.links_between("a", "c") == ()


def test_among_equally_long_routes_the_one_of_fewest_links():
    zero = Network([Node(n) for n in "abc"], [Link("a", "b"), Link("b", "c"), Link("a", "c")])
    assert zero.route("a", "c") == ("a", "c")


def test_a_link_without_length_counts_its_light_time_in_fibre():
    network = Network(
        [Node(n) for n in "abc"],
        [
            Link("a", "c", LinkModel(delay=1e-3)),
            Link("a", "b", LinkModel(), length_km=90),
            Link("b", "c", LinkModel(), length_km=100),
        ],
    )
    assert network.route("a", "c") == ("a", "b", "c")


def test_a_disconnected_pair_is_refused_by_name():
    with pytest.raises(
        InvalidInputError, match=r"no route joins nodes 'c' and 'island'; 'c' reaches only: a, b"
    ):
        diamond().route("c", "island")
    with pytest.raises(UnknownNameError, match=r"unknown node 'islend'; did you mean 'island'"):
        diamond().route("a", "islend")


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Network([]), "a network needs at least one node"),
        (lambda: Network([Node("a"), Node("a")]), "two nodes named 'a'"),
        (lambda: Network([Node("a")], [Link("a", "b")]), "link 'a-b' ends at unknown node 'b'; nodes: a"),
        (lambda: Link("a", "a"), "joins node 'a' to itself"),
        (lambda: Link("a", ""), "link end is ''"),
        (lambda: Link("a", "b", length_km=-1.0), r"link a-b: length_km is -1.0; it must be at least 0"),
        (lambda: Link("a", "b", length_km=float("nan")), "length_km is nan"),
        (lambda: Link("a", "b", "fiber"), "'fiber' is not a LinkModel"),
        (
            lambda: Network([Node("a"), Node("b")], [Link("a", "b"), Link("a", "b")]),
            "two links named 'a-b'; name parallel links",
        ),
        (lambda: Node(""), "node name is ''"),
        (lambda: Node("a", "ibm"), "node 'a': 'ibm' is not a Hardware"),
        (lambda: Node("a", position=(1.0,)), "must have 2 or 3 numbers"),
        (lambda: chain(1), "nodes is 1; it must be at least 2"),
        (lambda: chain(2, -3.0), "length_km is -3.0; it must be at least 0"),
        (lambda: chain(2, fidelity=1.1), r"fidelity is 1.1; a probability must be in \[0, 1\]"),
        (lambda: chain(2, attenuation_db_per_km=-0.2), "attenuation_db_per_km is -0.2"),
    ],
)
def test_refusals(build, message):
    with pytest.raises(InvalidInputError, match=message):
        build()


def test_chain():
    network = chain(4, 10.0, 0.95)
    assert network.names == ("node0", "node1", "node2", "node3")
    assert network.route(*network.ends) == network.names
    assert network.light_time(*network.ends) == pytest.approx(1.5e-4)
    assert network.links[0].model == fiber_link(10.0, 0.95)
    assert "chain" in {spec.name for spec in TOPOLOGIES}


def test_hardware_goes_on_all_nodes_or_on_named_ones():
    device = uniform_hardware(t1=1e-3, t2=1e-3)
    assert {n.hardware for n in with_hardware(chain(3), device).nodes} == {device}
    some = with_hardware(chain(3), {"node1": device})
    assert [n.hardware.name for n in some.nodes] == ["ideal", "uniform", "ideal"]
    with pytest.raises(UnknownNameError, match="unknown node 'node7'"):
        with_hardware(chain(3), {"node7": device})
    made = {s.name: s.factory() for s in HARDWARE}
    assert (made["ideal"], made["uniform"]) == (ideal_hardware(), uniform_hardware())


def test_link_model_goes_on_all_links():
    network = with_link(chain(3), fiber_link(5.0), 5.0)
    assert [(k.model, k.length_km, k.name) for k in network.links] == [
        (fiber_link(5.0), 5.0, "node0-node1"),
        (fiber_link(5.0), 5.0, "node1-node2"),
    ]


DEVICE = Hardware(
    "three",
    (QubitProfile(1e-4, 5e-5, (0.01, 0.02), 1e-6, 0.003, 1e-7), QubitProfile(), QubitProfile(t2=1.0)),
    gates={
        ("sx", (0,)): GateProfile(1e-4, 3e-8),
        ("cx", (1, 0)): GateProfile(1e-2, 3e-7),
        ("x", ()): GateProfile(),
    },
    coupling={(1, 0)},
    preferred=(1, 0),
    warnings=("made up",),
    excluded=(2,),
)


def everything():
    models = (fiber_link(7.0, 0.9), LinkModel(send_channel=dephasing(0.1), transmission=0.5))
    return Network(
        [Node("a", DEVICE, (1.0, 2.0)), Node("b", uniform_hardware(1e-3, 1e-3, 1e-3)), Node("c")],
        [Link("a", "b", models[0], "first", 7.0), Link("b", "c", models[1])],
    )


def test_json_round_trip_is_exact():
    network = everything()
    text = json.dumps(network.to_dict(), allow_nan=False)
    again = Network.from_dict(json.loads(text))
    assert again == network
    assert hash(again) == hash(network)
    assert again.content_hash == network.content_hash
    assert pickle.loads(pickle.dumps(network)) == network
    assert copy.deepcopy(network) == network


def test_content_hash_tells_networks_apart():
    hashes = {n.content_hash for n in (everything(), chain(2), chain(3), chain(2, 1.0), chain(2, 1.0, 0.9))}
    assert len(hashes) == 5
    assert hash(DEVICE) == hash(copy.deepcopy(DEVICE))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda d: d.update(format="x"), "network.format is 'x'"),
        (lambda d: d.pop("links"), "network has the wrong fields; missing: links; unknown: none"),
        (
            lambda d: d["links"][0].update(extra=1),
            r"links\[0\] has the wrong fields; missing: none; unknown: extra",
        ),
        (lambda d: d["links"][0].update(length_km="far"), r"links\[0\]: .*length_km is 'far'"),
        (lambda d: d["links"][0]["model"].update(state=[[1]]), r"links\[0\].model is malformed"),
        (lambda d: d["links"][0]["model"].update(attempt_time=None), r"links\[0\].model: link attempt_time"),
        (
            lambda d: d["nodes"][1]["hardware"]["default"].update(t1=-1.0),
            r"nodes\[1\].hardware: T1 \(seconds\) is -1",
        ),
        (lambda d: d["nodes"][0]["hardware"].update(gates=[["x"]]), r"nodes\[0\].hardware is malformed"),
        (lambda d: d["nodes"].append(3), r"nodes\[3\] is 3; it must be a JSON object"),
        (lambda d: d.update(nodes={}), "nodes is {}; it must be a JSON list"),
    ],
)
def test_malformed_json_is_refused_by_field(spoil, message):
    data = json.loads(json.dumps(everything().to_dict()))
    spoil(data)
    with pytest.raises(InvalidInputError, match=message):
        Network.from_dict(data)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Hardware(""), "hardware name is ''"),
        (lambda: Hardware("h", gates={("x", ()): 0.1}), "gate 'x' is 0.1; it must be a GateProfile"),
        (
            lambda: Hardware("h", (QubitProfile(),), preferred=(1,)),
            r"preferred: qubit is 1; it must be in \[0, 0\]",
        ),
        (lambda: Hardware("h", gates={("x", (-1,)): GateProfile()}), "gate 'x': qubit is -1"),
        (
            lambda: Hardware("h", (QubitProfile(),), coupling={(0, 0)}),
            r"coupling \(0, 0\) must join two of 1",
        ),
        (lambda: uniform_hardware(t1=1.0, t2=3.0), r"T2 is 3.0 s and T1 is 1.0 s; T2 must be at most 2\*T1"),
        (lambda: uniform_hardware(single_qubit_error=1.5), "gate error is 1.5"),
        (lambda: uniform_hardware(measure_duration=-1.0), "measure_duration"),
    ],
)
def test_impossible_hardware_is_refused(build, message):
    with pytest.raises(InvalidInputError, match=message):
        build()


@given(
    lengths=st.lists(st.floats(0, 1000), min_size=10, max_size=10),
    pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=10, max_size=10),
)
@settings(max_examples=60, deadline=None)
def test_routes_agree_with_networkx(lengths, pairs):
    import networkx as nx

    links, graph = [], nx.Graph()
    graph.add_nodes_from(range(6))
    for i, ((a, b), length) in enumerate(zip(pairs, lengths, strict=True)):
        if a != b:
            links.append(Link(str(a), str(b), LinkModel(), name=f"k{i}", length_km=length))
            known = graph.get_edge_data(a, b, {"weight": length})["weight"]
            graph.add_edge(a, b, weight=min(known, length))
    network = Network([Node(str(i)) for i in range(6)], links)
    for b in range(1, 6):
        if nx.has_path(graph, 0, b):
            route = network.route("0", str(b))
            total = nx.path_weight(graph, [int(n) for n in route], "weight")
            assert total == pytest.approx(nx.shortest_path_length(graph, 0, b, "weight"))
        else:
            with pytest.raises(InvalidInputError):
                network.route("0", str(b))


def test_text_lists_nodes_and_links():
    text = str(everything())
    assert text.splitlines()[0] == "network of 3 nodes, 2 links"
    assert "  a: three" in text
    assert "  first, 7 km: F=0.9, p=0.362 each 3.5e-05 s" in text


def test_a_length_without_physics_is_refused():
    with pytest.raises(
        InvalidInputError, match=r"link a-b: length_km is 50 without a model; give model=, such as fiber_link"
    ):
        Link("a", "b", length_km=50)
    assert Link("a", "b").model == LinkModel()
    assert Link("a", "b", LinkModel(), length_km=50).length_km == 50
