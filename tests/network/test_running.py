"""Protocols on networks: ends, routes, devices that nodes name, lengths that links keep, and the cost of it."""

import json

import pytest

import qnetframe as qn
from qnetframe.builtin import topologies as t
from qnetframe.builtin.links import fiber_link, ideal_link
from qnetframe.cli import main
from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.experiment import with_named_hardware
from qnetframe.experiment.networks import find_route
from qnetframe.experiment.setup import build_setup
from qnetframe.network import Network, Node, best_fidelity_path, write_network
from qnetframe.placement import place
from qnetframe.plugins import discover
from qnetframe.program.patterns import entangle_route
from qnetframe.program.program import Program

SURFNET = {"topology.name": "topozoo/Surfnet", "topology.fidelity": 0.99}
ENDS = ("Delft", "Groningen")


def network_of(topology, params=None, **more):
    return build_setup(discover(), "teleportation", topology, params=params, **more).network


def average(result):
    return result.estimates["average fidelity"].value


def test_teleportation_across_surfnet_has_the_fidelity_of_the_swapped_pairs():
    result = qn.run("teleportation", topology="map", params=SURFNET, ends=ENDS)
    path = best_fidelity_path(network_of("map", SURFNET), *ENDS)
    # Over a pair of fidelity F: (2F + 1)/3 on average, M., P. and R. Horodecki, Phys. Rev. A 60, 1888 (1999).
    assert average(result) == pytest.approx((2 * path.fidelity + 1) / 3, abs=1e-12)
    assert len(path.links) == 4
    there = {q.split(".")[0] for q in result.records[0].placed.circuit.qubits}
    assert there == {"Delft", "Amsterdam", "Dwingeloo", "Assen", "Groningen"}


@pytest.mark.parametrize("protocol", ["teleportation", "entanglement-swapping"])
def test_devices_with_calibrations_at_the_ends(protocol):
    devices = dict.fromkeys(ENDS, "ibm-sherbrooke")
    given = {"topology": "map", "params": SURFNET, "ends": ENDS, "hardware": devices}
    noisy = qn.run(protocol, **given)
    placed = noisy.records[0].placed
    assert all(0 <= i < 127 for node in ENDS for i in placed.layout[node].values())
    figure = next(iter(noisy.estimates))
    clean = qn.run(protocol, **{**given, "hardware": None}).estimates[figure].value
    # 214 km of light is 1 ms, several T1 of the device, so that little is left.
    assert 0.2 < noisy.estimates[figure].value < clean - 0.2


def test_routes_by_length_hops_and_fidelity_differ():
    short = [("a", "b", 10.0, 0.9), ("b", "c", 10.0, 0.9), ("a", "c", 50.0, 0.8), ("a", "d", 30.0, 0.99)]
    links = [qn.Link(a, b, ideal_link(f), length_km=km) for a, b, km, f in [*short, ("d", "c", 30.0, 0.99)]]
    network = Network([Node(n) for n in "abdc"], links)
    assert find_route(network) == find_route(network, ("a", "c"), "length") == ("a", "b", "c")
    assert find_route(network, by="hops") == ("a", "c")
    assert find_route(network, by="fidelity") == ("a", "d", "c")
    assert find_route(network, ("b", "d"), "hops") == ("b", "a", "d")
    values = {
        by: average(qn.run("teleportation", topology=network, route_by=by))
        for by in ("length", "hops", "fidelity")
    }
    for by, parameters in (("length", [0.9, 0.9]), ("hops", [0.8]), ("fidelity", [0.99, 0.99])):
        w = 1.0
        for f in parameters:
            w *= (4 * f - 1) / 3
        assert values[by] == pytest.approx((1 + w) / 2, abs=1e-12)
    agreed = qn.compare(
        "teleportation", backends=["reference", "qutip"], topology=network, ends=("b", "d"), route_by="hops"
    )
    assert agreed.agree and agreed.setup["ends"] == "b, d" and agreed.setup["route_by"] == "hops"


def test_ends_and_measures_that_are_refused():
    network = t.chain(3)
    for given, error, message in (
        (
            {"ends": ("node0", "node0")},
            InvalidInputError,
            "ends is .*; it must be the names of two different nodes",
        ),
        ({"ends": "node0"}, InvalidInputError, "ends is 'node0'"),
        ({"ends": ("node0",)}, InvalidInputError, "ends is"),
        ({"ends": (0, 1)}, InvalidInputError, "ends is"),
        ({"ends": ("node0", "node9")}, UnknownNameError, "unknown node 'node9'"),
        ({"route_by": "speed"}, InvalidInputError, "route_by is 'speed'; allowed: length, hops, fidelity"),
    ):
        with pytest.raises(error, match=message):
            qn.run("teleportation", topology=network, **given)
    with pytest.raises(InvalidInputError, match="there is no network; give a topology"):
        qn.run("teleportation", ends=("alice", "bob"))
    island = Network([*network.nodes, Node("island")], network.links)
    with pytest.raises(InvalidInputError, match="no route joins nodes 'node0' and 'island'"):
        qn.run("teleportation", topology=island)
    assert average(qn.run("teleportation", topology=island, ends=("node0", "node2"))) == pytest.approx(1.0)


def named(tmp_path, device="uniform"):
    nodes = [
        Node("a", attributes={"hardware": device}),
        Node("b"),
        Node("c", attributes={"hardware": "ideal"}),
    ]
    links = [qn.Link(a, b, fiber_link(5.0), length_km=5.0) for a, b in ("ab", "bc")]
    return str(write_network(Network(nodes, links), tmp_path / "named.graphml"))


def test_devices_that_a_file_names_are_made(tmp_path):
    path = named(tmp_path, "ibm-sherbrooke")
    network = network_of("file", {"topology.path": path})
    assert [n.hardware.name for n in network.nodes] == ["ibm-sherbrooke", "ideal", "ideal"]
    assert network.node("a").attributes["hardware"] == "ibm-sherbrooke"
    other = network_of(
        "file",
        {"topology.path": path, "hardware.t1": 1.0, "hardware.t2": 1.0},
        hardware={"a": "uniform", "b": "uniform"},
    )
    assert [n.hardware.name for n in other.nodes] == ["uniform", "uniform", "ideal"]
    assert with_named_hardware(network) is network
    with pytest.raises(
        InvalidInputError,
        match="node 'a': attribute 'hardware': unknown hardware 'unform'; did you mean 'uniform'",
    ):
        network_of("file", {"topology.path": named(tmp_path, "unform")})
    with pytest.raises(InvalidInputError, match="attribute 'hardware' is 5; it must be the name of a device"):
        network_of("file", {"topology.path": named(tmp_path, 5)})


def test_a_device_that_is_only_named_is_never_taken_as_ideal(tmp_path):
    network = t.file(named(tmp_path, "uniform"))
    p = Program()
    a, b = p.qubit("a", "q"), p.qubit("b", "q")
    p.entangle(a, b).expect("ZZ", {a: "Z", b: "Z"})
    with pytest.raises(
        InvalidInputError, match="node 'a' asks for hardware 'uniform', which is not made yet; call"
    ):
        place(p, network)
    assert qn.execute(p, network=network).expectation("ZZ").value == pytest.approx(1.0)
    assert "reference" in str(qn.explain(p, network=network))


def test_links_keep_their_lengths_where_a_model_takes_one():
    network = network_of("map", {**SURFNET, "link.efficiency": 0.5})
    assert all(k.model == fiber_link(k.length_km, efficiency=0.5) for k in network.links)
    assert network_of("map", SURFNET, link="ideal").route(*ENDS) == network_of("map", SURFNET).route(*ENDS)
    same = network_of("map", {**SURFNET, "link.length_km": 7.0})
    assert {(k.length_km, k.model) for k in same.links} == {(7.0, fiber_link(7.0))}
    with pytest.raises(InvalidInputError, match="needs the parameter 'length_km'"):
        network_of("chain", link="fiber")


def place_chain(network):
    p = Program()
    entangle_route(p, network.route(*network.ends))
    place(p, network)


def place_star(network):
    p = Program()
    for node in network.names:
        if node != "hub":
            here, there = p.qubit("hub", node), p.qubit(node, "q")
            p.entangle(here, there)
            p.x(there, when=p.measure(here))
    place(p, network)


@pytest.mark.parametrize(
    ("make", "use"),
    [(t.chain, place_chain), (t.star, place_star), (t.small_world, lambda n: n.route(*n.ends))],
)
def test_cost_grows_linearly_from_100_to_1000_nodes(make, use, calls_of):
    # Ten times the nodes: ten times the calls if linear, 100 if quadratic.
    small, large = make(100), make(1000)
    assert calls_of(lambda: make(1000)) < 15 * calls_of(lambda: make(100))
    assert calls_of(lambda: use(large)) < 15 * calls_of(lambda: use(small))


@pytest.fixture
def command(capsys):
    """Return a function that runs a command line, which must succeed, and gives what it printed."""

    def run(*words):
        with pytest.raises(SystemExit) as stop:
            main(words)
        printed = capsys.readouterr()
        assert not stop.value.code, printed.err
        return printed.out

    return run


def test_commands_go_between_ends(command):
    surf = ["--topology", "map", "--set", "topology.name=topozoo/Surfnet", "--ends", "Delft,Groningen"]
    found = json.loads(command("run", "teleportation", *surf, "--json"))
    assert found["estimates"]["average fidelity"]["value"] == pytest.approx(1.0)
    assert "reference: method" in command(
        "explain", "teleportation", "-b", "reference", *surf, "--route-by", "hops"
    )
    assert "agree" in command(
        "compare", "teleportation", "-b", "reference,qutip", *surf, "--route-by", "fidelity"
    )
    budget = ["budget", "entanglement-swapping", "--topology", "chain", "--set", "topology.nodes=3"]
    assert "interaction" in command(*budget, "--ends", "node0,node1")


def test_topology_command_says_draws_and_writes(command, tmp_path):
    show = ["topology", "map", "--set", "name=topozoo/Surfnet", "--ends", "Delft,Groningen"]
    out = command(*show, "-o", str(tmp_path / "map.png"), "--colour-by", "rate")
    assert "2147.88" in out and "Delft - Amsterdam - Dwingeloo - Assen - Groningen" in out and "214.01" in out
    assert (tmp_path / "map.png").stat().st_size > 50_000
    facts = json.loads(command(*show, "--json", "-o", str(tmp_path / "map.graphml")))
    assert (facts["nodes"], facts["links"], facts["total length (km)"]) == (50, 68, 2147.88)
    assert t.file(str(tmp_path / "map.graphml")) == t.real_map("topozoo/Surfnet")
    grid = ["topology", "grid", "--set", "topology.rows=2", "--set", "link.length_km=5"]
    assert "uniform (6)" in command(*grid, "--hardware", "uniform")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("run teleportation --topology chain --ends node0", "--ends is 'node0'; it must be two names"),
        ("run teleportation --topology chain --ends node0,node5", "unknown node 'node5'"),
        ("run teleportation --topology chain --route-by speed", "--route-by is 'speed'"),
        ("topology gird", "did you mean 'grid'?"),
        ("topology grid --set rows=0", "rows is 0"),
        ("topology grid --set backend.method=x", "parameter backend.method is not for a topology"),
        ("topology grid --colour-by speed", "--colour-by is 'speed'"),
        ("topology grid -o grid.gif", "ends in '.gif'"),
        ("topology map", "needs the parameter 'name'"),
        ("topology file --set path=absent.gml", "'absent.gml': it cannot be read"),
    ],
)
def test_what_the_command_line_refuses(words, message, capsys):
    with pytest.raises(SystemExit) as stop:
        main(words.split())
    assert stop.value.code == 2
    assert message in capsys.readouterr().err
