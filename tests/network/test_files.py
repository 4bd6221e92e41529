"""Files: what is written comes back equal; what is hostile, malformed or in other units is refused by place."""

import json
import os

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.builtin import topologies as t
from qnetframe.builtin.hardware import uniform_hardware
from qnetframe.builtin.links import fiber_link, ideal_link
from qnetframe.channels.named import dephasing
from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe.network import Link, LinkModel, Network, Node, read_network, write_network
from qnetframe.network import files as files_module
from qnetframe.network import raw as raw_module
from qnetframe.network.attributes import LINK_FIELDS, NODE_FIELDS

FORMATS = ("graphml", "gml", "json")
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\x01\x1f￾￿", min_codepoint=9).filter(
        lambda c: c in "\t\n\r" or ord(c) >= 32
    ),
    max_size=8,
)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,7}", fullmatch=True)
# What has a meaning, or looks like a quantity without its unit, is no free attribute.
TAKEN = {
    "name",
    "label",
    "id",
    "source",
    "target",
    "longitude_deg",
    "latitude_deg",
    "x",
    "y",
    "z",
    "lon",
    "lat",
}
TAKEN |= {*NODE_FIELDS, *LINK_FIELDS, "longitude", "latitude"}


def free(name):
    words = name.lower().split("_")
    return (
        name.lower() not in TAKEN
        and words[0][:4] not in ("leng", "dist", "atte", "fide", "effi")
        and name[0] not in "xyzXYZ"
    )


@st.composite
def networks(draw, values):
    names = draw(st.lists(TEXT.filter(bool), min_size=1, max_size=5, unique=True))
    attributes = st.dictionaries(WORDS.filter(free), values, max_size=3)
    nodes = []
    for name in names:
        own = draw(attributes)
        if draw(st.booleans()):
            own |= {"longitude_deg": draw(st.floats(-180, 180)), "latitude_deg": draw(st.floats(-90, 90))}
        place = draw(st.none() | st.tuples(*[st.floats(-1e6, 1e6)] * draw(st.sampled_from([2, 3]))))
        device = draw(st.sampled_from([None, uniform_hardware(1e-3, 1e-3, 1e-4, measure_error=0.01)]))
        nodes.append(Node(name, *([device] if device else [Node("x").hardware]), place, own))
    # Either all have a place in km or none, or places are made from degrees when read.
    if any(n.position for n in nodes) or any("longitude_deg" in n.attributes for n in nodes):
        nodes[0] = Node(nodes[0].name, nodes[0].hardware, (0.5, -0.5), nodes[0].attributes)
    links = []
    if len(names) > 1:
        for i in range(draw(st.integers(0, 6))):
            a, b = draw(st.permutations(names))[:2]
            length = draw(st.none() | st.floats(0, 100))
            model = draw(
                st.sampled_from(
                    [
                        fiber_link(7.0, 0.9),
                        ideal_link(0.8),
                        LinkModel(),
                        LinkModel(send_channel=dephasing(0.1)),
                    ]
                )
            )
            links.append(Link(a, b, model, f"{i} {a}", length, draw(attributes)))
    return Network(nodes, links)


def types(network):
    return [
        [(k, type(v)) for k, v in sorted(item.attributes.items())]
        for item in (*network.nodes, *network.links)
    ]


@pytest.mark.parametrize("ending", FORMATS)
def test_what_is_written_comes_back_equal(ending, tmp_path):
    path = tmp_path / f"network.{ending}"
    values = TEXT | NUMBERS if ending == "gml" else TEXT | NUMBERS | st.booleans()

    @given(networks(values))
    @settings(max_examples=60)
    def check(network):
        assert write_network(network, path) == path
        again = read_network(path)
        assert again == network
        assert types(again) == types(network)
        assert again.content_hash == network.content_hash

    check()


@pytest.mark.parametrize("ending", FORMATS)
def test_surfnet_goes_through_every_format(ending, tmp_path):
    network = t.real_map("topozoo/Surfnet", fidelity=0.98)
    path = write_network(network, tmp_path / f"surfnet.{ending}")
    assert read_network(path) == network
    assert t.file(str(path), fidelity=0.5) == network  # its links have models of their own


def test_networkx_reads_what_is_written_and_the_other_way_round(tmp_path):
    network = t.real_map("topozoo/Surfnet")
    for ending, read in (("graphml", nx.read_graphml), ("gml", nx.read_gml)):
        graph = read(write_network(network, tmp_path / f"a.{ending}"))
        assert (graph.number_of_nodes(), graph.number_of_edges()) == (50, 68)
        total = sum(d["length_km"] for *_, d in graph.edges(data=True))
        assert total == pytest.approx(2147.88)
    graph = nx.Graph()
    graph.add_node("Delft", hardware="ibm-sherbrooke", country="NL", staff=3, open=True)
    graph.add_node("Gouda", longitude_deg=4.7, latitude_deg=52.0)
    graph.add_node("Ürbän & Sön")
    graph.add_edge("Delft", "Gouda", length_km=22.5, fidelity=0.9, owner="x")
    graph.add_edge("Gouda", "Ürbän & Sön", length_km=31.0, attenuation_db_per_km=0.3)
    nx.write_graphml(graph, tmp_path / "b.graphml")
    (tmp_path / "b.json").write_text(json.dumps(nx.node_link_data(graph, edges="links")))
    (tmp_path / "c.json").write_text(json.dumps(nx.node_link_data(graph, edges="edges")))
    graph.nodes["Delft"].pop("open")
    nx.write_gml(graph, tmp_path / "b.gml")
    for name in ("b.graphml", "b.gml", "b.json", "c.json"):
        network = t.file(str(tmp_path / name), fidelity=0.99, attenuation_db_per_km=0.2)
        assert network.names == ("Delft", "Gouda", "Ürbän & Sön")
        delft = dict(network.node("Delft").attributes)
        assert delft.pop("open", True) is True
        assert delft == {"hardware": "ibm-sherbrooke", "country": "NL", "staff": 3}
        first, second = network.links
        assert first.model == fiber_link(22.5, 0.9) and first.attributes["owner"] == "x"
        assert second.model == fiber_link(31.0, 0.99, 0.3)


GRAPHML = """<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
 <key id="a" for="node" attr.name="Longitude" attr.type="double"/>
 <key id="b" for="node" attr.name="Latitude" attr.type="double"/>
 <key id="c" for="node" attr.name="label" attr.type="string"/>
 <key id="i" for="node" attr.name="id" attr.type="int"/>
 <key id="e" for="all" attr.name="kind" attr.type="string"><default>fibre</default></key>
 <key id="p" for="edge" attr.name="paid" attr.type="boolean"/>
 <graph edgedefault="undirected">
  <desc>A triangle, as the Topology Zoo has it.</desc>
  <data key="e">ignored</data>
  <node id="0"><data key="a">4.36</data><data key="b">52.01</data><data key="c">Delft</data><data key="i">0</data></node>
  <node id="1"><data key="a">6.57</data><data key="b">53.22</data><data key="c">Groningen</data><data key="i">1</data></node>
  <node id="2"><data key="a">5.69</data><data key="b">50.85</data><data key="c">Delft</data><data key="e">x</data></node>
  <edge source="0" target="1"><data key="p">TRUE</data></edge>
  <edge source="1" target="0"><data key="p">0</data></edge>
  <edge source="1" target="2"/>
  <edge source="0" target="1"/>
 </graph>
</graphml>
"""


def test_a_file_of_the_topology_zoo_has_lengths_from_its_places(tmp_path):
    (tmp_path / "zoo.graphml").write_text(GRAPHML)
    network = t.file(str(tmp_path / "zoo.graphml"))
    assert network.names == ("Delft 0", "Groningen", "Delft 2")
    assert dict(network.nodes[0].attributes) == {
        "longitude_deg": 4.36,
        "latitude_deg": 52.01,
        "kind": "fibre",
    }
    assert network.nodes[2].attributes["kind"] == "x"
    # Delft to Groningen is 200 km on the map of route planners; 201.5 by the haversine formula.
    assert network.links[0].length_km == pytest.approx(201.5, abs=1.5)
    assert network.links[0].length_km == network.links[1].length_km
    assert [k.name for k in network.links] == [
        "Delft 0-Groningen", "Groningen-Delft 0", "Groningen-Delft 2", "Delft 0-Groningen 2",
    ]  # fmt: skip
    assert [dict(k.attributes) for k in network.links[:2]] == [
        {"paid": True, "kind": "fibre"}, {"paid": False, "kind": "fibre"},
    ]  # fmt: skip
    assert network.links[0].model == fiber_link(network.links[0].length_km)


def test_lengths_from_places_in_km_and_links_without_any(tmp_path):
    (tmp_path / "a.json").write_text(
        '{"nodes": [{"id": 1, "x_km": 0, "y_km": 0}, {"id": 2, "x_km": 3, "y_km": 4, "z_km": null}], "links": [{"source": 1, "target": 2}]}'
    )
    network = t.file(str(tmp_path / "a.json"))
    assert network.names == ("1", "2") and network.links[0].length_km == 5.0
    (tmp_path / "b.json").write_text(
        '{"nodes": [{"id": 1}, {"id": 2}], "links": [{"source": 1, "target": 2}]}'
    )
    assert t.file(str(tmp_path / "b.json"), fidelity=0.9).links[0].model == ideal_link(0.9)
    assert read_network(tmp_path / "b.json").links[0].model == LinkModel()
    with pytest.raises(InvalidInputError, match=r"links\[0\]: link '1-2' has a length but no model"):
        read_network(tmp_path / "a.json")
    assert read_network(tmp_path / "a.json", link=lambda k: fiber_link(k.length_km)).links[0].length_km == 5.0


def graphml(body, keys=""):
    return f"<graphml>{keys}<graph edgedefault='undirected'>\n{body}\n</graph></graphml>"


def key(name, kind="double", of="edge"):
    return f"<key id='{name}' for='{of}' attr.name='{name}' attr.type='{kind}'/>"


AB = "<node id='a'/><node id='b'/>"
LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol2 "&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;">]>
<graphml><graph edgedefault="undirected"><node id="&lol2;"/></graph></graphml>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>
<graphml><graph edgedefault="undirected"><node id="&f;"/></graph></graphml>"""

HOSTILE = {
    "laughs.graphml": (LAUGHS, "line 2: a document type or an entity is declared"),
    "outside.graphml": (OUTSIDE, "a document type or an entity is declared"),
    "utf16.graphml": (LAUGHS.replace("<?xml version=\"1.0\"?>\n", "").encode("utf-16"), "a document type or an entity"),
    "entity.graphml": (graphml("<node id='&x;'/>"), "line 2: not well-formed XML: undefined entity"),
    "encoding.graphml": ('<?xml version="1.0" encoding="klingon"?><graphml/>', "not .*XML"),
    "empty.graphml": ("", "not well-formed XML: no element found"),
    "cut.graphml": (GRAPHML[:700], "line 11: not well-formed XML|line 1[0-9]: not well-formed"),
    "text.graphml": ("once upon a time", "line 1: not well-formed"),
    "root.graphml": ("<html/>", "line 1: <html>"),
    "none.graphml": ("<graphml/>", "the document has 0 graphs"),
    "two.graphml": ("<graphml><graph/><graph/></graphml>", "the document has 2 graphs"),
    "nested.graphml": (graphml("<node id='a'><graph/></node>"), "line 2: <graph> inside <node> is not read"),
    "hyper.graphml": (graphml("<hyperedge/>"), "<hyperedge> inside <graph> is not read"),
    "yed.graphml": (graphml("<node id='a'><data key='x'><ShapeNode/></data></node>", key("x", of="node")), "<ShapeNode> inside <data>"),
    "stray.graphml": (graphml("<node id='a'>hello</node>"), "text 'hello' inside <node>"),
    "directed.graphml": ("<graphml><graph edgedefault='directed'/></graphml>", "the graph is directed"),
    "directed2.graphml": (graphml(AB + "<edge source='a' target='b' directed='true'/>"), "the edge is directed"),
    "noid.graphml": (graphml("<node/>"), "<node> has no attribute 'id'"),
    "nosource.graphml": (graphml(AB + "<edge target='b'/>"), "<edge> has no attribute 'source'"),
    "twins.graphml": (graphml("<node id='a'/>\n<node id='a'/>"), "line 3: there are two nodes with id 'a'"),
    "nowhere.graphml": (graphml(AB + "\n<edge source='a' target='c'/>"), "line 3: a link ends at 'c', which is the id of no node"),
    "loop.graphml": (graphml(AB + "<edge source='a' target='a'/>"), "joins node 'a' to itself"),
    "nonode.graphml": (graphml(""), "there is no node"),
    "undeclared.graphml": (graphml("<node id='a'><data key='q'>1</data></node>"), "the key 'q', which is not declared"),
    "keytwice.graphml": (graphml(AB, key("x") + key("x")), "key 'x' is declared twice"),
    "keytype.graphml": (graphml(AB, key("x", "complex")), "key 'x' has type 'complex'; allowed: boolean, int"),
    "twice.graphml": (graphml("<node id='a'><data key='x'>1</data><data key='x'>1</data></node>", key("x", of="node")), "attribute 'x' is given twice"),
    "number.graphml": (graphml("<node id='a'><data key='v'>many</data></node>", key("v", of="node")), "line 2: attribute 'v' is 'many'; its key says double"),
    "nan.graphml": (graphml("<node id='a'><data key='v'>nan</data></node>", key("v", of="node")), "attribute 'v' is nan; it must be finite"),
    "units.graphml": (graphml(AB + "<edge source='a' target='b'><data key='length_m'>5</data></edge>", key("length_m")), "line 2: link 'a-b': attribute 'length_m' must be length_km"),
    "negative.graphml": (graphml(AB + "<edge source='a' target='b'><data key='length_km'>-5</data></edge>", key("length_km")), "link 'a-b': length_km is -5.0; it must be at least 0"),
    "text length.graphml": (graphml(AB + "<edge source='a' target='b'><data key='length_km'>5 km</data></edge>", key("length_km", "string")), "length_km is '5 km'; it must be a finite number"),
    "fidelity.graphml": (graphml(AB + "<edge source='a' target='b'><data key='fidelity'>1.5</data></edge>", key("fidelity")), "line 2: fidelity is 1.5"),
    "half.graphml": (graphml("<node id='a'><data key='x_km'>1</data></node>", key("x_km", of="node")), "node 'a' has one of x_km and y_km"),
    "halfway.graphml": (graphml("<node id='a'><data key='Longitude'>1</data></node>", key("Longitude", of="node")), "one of longitude_deg and latitude_deg"),
    "pole.graphml": (GRAPHML.replace("53.22", "153.22"), "latitude_deg is 153.22"),
    "device.graphml": (graphml("<node id='a'><data key='hardware_json'>{}</data></node>", key("hardware_json", "string", "node")), "hardware_json has the wrong fields"),
    "device2.graphml": (graphml("<node id='a'><data key='hardware_json'>[1,</data></node>", key("hardware_json", "string", "node")), "line 2: hardware_json: line 1, column 4"),
    "model.graphml": (graphml(AB + "<edge source='a' target='b'><data key='model_json'>5</data></edge>", key("model_json", "int")), "model_json is 5; it must be JSON"),
    "some.graphml": (graphml(AB + "<edge source='a' target='b'><data key='length_km'>5</data></edge><edge source='a' target='b'/>", key("length_km")), "link 'a-b 2' has no length_km and others have"),
    "deep.gml": ("graph [ node [ id 1 x [ " + "y [ " * 100_000, "line 1: attribute 'x' is a list"),
    "deep2.gml": ("a [ " * 100_000, "lists are nested more than 100 deep"),
    "deep3.gml": ("graph [ a [ " + "a [ " * 50, "the list that opens in line 1 is not closed"),
    "cycle.gml": ("graph [\n node [ id 1 node [ id 1 ] ]\n]", "line 2: attribute 'node' is a list"),
    "open.gml": ("graph [ node [ id 1", "a closing \\] is missing"),
    "quote.gml": ('graph [ node [ id 1\n label "abc ] ]', "line 2: text in quotes is not closed"),
    "bracket.gml": ("graph [ ] ]", "line 1: ']' stands where a key must stand"),
    "key.gml": ("graph [ node [ 5 5 ] ]", "'5' stands where a key must stand"),
    "value.gml": ("graph [ node [ id five ] ]", "'id' is 'five'; it must be a number"),
    "value2.gml": ("graph [ node [ id ] ]", "'id' is ']'; it must be a number"),
    "end.gml": ("graph", "'graph' has no value"),
    "infinite.gml": ("graph [ node [ id 1 a 1e999 ] ]", "attribute 'a' is inf; it must be finite"),
    "long.gml": ("graph [ node [ id " + "9" * 5000 + " ] ]", "'id' is '9999"),
    "scalar.gml": ("graph 5", "line 1: graph must be a list"),
    "scalar2.gml": ("graph [ node 5 ]", "node must be a list"),
    "nograph.gml": ("Creator 1", "the document has 0 graphs"),
    "id.gml": ("graph [ node [ label \"a\" ] ]", "node has no 'id'"),
    "directed.gml": ("graph [ directed 1 node [ id 1 ] ]", "the graph is directed"),
    "twice.gml": ("graph [ node [ id 1 a 1 a 2 ] ]", "attribute 'a' is given twice"),
    "xy.gml": ("graph [ node [ id 1 x 5.0 y 2.0 ] ]", "node '1': attribute 'x' must be x_km"),
    "dist.gml": ("graph [ node [ id 1 ] node [ id 2 ] edge [ source 1 target 2 dist 5.0 ] ]", "attribute 'dist' must be length_km"),
    "deep.json": ("[" * 200_000, "nested too deep"),
    "cut.json": ('{"nodes": [', "line 1, column 12"),
    "twice.json": ('{"nodes": [], "nodes": []}', "the field 'nodes' is given twice"),
    "nan.json": ('{"nodes": [{"id": 1, "a": NaN}], "links": []}', "NaN is not JSON"),
    "big.json": ('{"nodes": [{"id": ' + "1" * 5000 + '}], "links": []}', "digits"),
    "list.json": ("[]", 'an object with a list "nodes"'),
    "both.json": ('{"nodes": [], "links": [], "edges": []}', 'one list "links" or "edges"'),
    "directed.json": ('{"nodes": [], "directed": true, "links": []}', "the graph is directed"),
    "node.json": ('{"nodes": [5], "links": []}', r"nodes\[0\] is 5; it must be a JSON object"),
    "noid.json": ('{"nodes": [{}], "links": []}', r"nodes\[0\] has no field 'id'"),
    "pos.json": ('{"nodes": [{"id": 1, "pos": [6.6, 52.8]}], "links": []}', r"nodes\[0\]: attribute 'pos' is nested.*a place is x_km and y_km"),
    "own.json": ('{"format": "qnetframe-network-9", "nodes": [], "links": []}', "network.format is 'qnetframe-network-9'"),
    "bytes.json": (b'{"nodes": "\xff"}', "byte 11 is not UTF-8"),
}  # fmt: skip


FOREIGN = {
    "graphml": GRAPHML,
    "gml": 'Creator "x"\ngraph [ directed 0 a [ b 1 ] node [ id 1 label "A &amp; &#246;" Longitude 6.5 Latitude 52.1 ]\n'
    'node [ id 2 label "B" Longitude 6.7 Latitude 52.0 ] # two\nedge [ source 1 target 2 fidelity 0.9 id "e" ] ]',
    "json": '{"nodes": [{"id": 1, "x_km": 0, "y_km": 5.5}, {"id": "b", "x_km": 1, "y_km": 2, "up": true}], '
    '"links": [{"source": 1, "target": "b", "key": 0, "efficiency": 0.5, "none": null}], "graph": {}}',
}


def test_foreign_examples_are_read_before_they_are_mutated(tmp_path):
    for ending, text in FOREIGN.items():
        (tmp_path / f"a.{ending}").write_text(text)
        assert t.file(str(tmp_path / f"a.{ending}")).links[0].length_km > 1
    assert t.file(str(tmp_path / "a.gml")).names == ("A & ö", "B")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_and_malformed_files_are_refused_by_file_and_place(name, tmp_path):
    content, message = HOSTILE[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidInputError, match=message) as caught:
        t.file(str(path))
    assert name in str(caught.value)


@given(
    st.sampled_from(FORMATS),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=3)), min_size=1, max_size=6),
)
@settings(max_examples=400)
def test_mutated_files_are_read_or_refused_by_name(tmp_path_factory, ending, foreign, edits):
    folder = tmp_path_factory.getbasetemp()
    whole = folder / f"whole.{ending}"
    if not whole.exists():
        write_network(t.chain(3, 5.0, 0.9), whole)
    content = bytearray(FOREIGN[ending].encode() if foreign else whole.read_bytes())
    for place, new in edits:
        at = place % len(content)
        content[at : at + 2] = new
    path = folder / f"mutated.{ending}"
    path.write_bytes(bytes(content))
    try:
        assert isinstance(t.file(str(path)), Network)
    except QnetframeError as error:
        assert "mutated" in str(error)


def test_files_that_are_too_large_or_no_files(tmp_path, monkeypatch):
    big = tmp_path / "big.json"
    with big.open("wb") as file:
        file.truncate(files_module.MAX_BYTES + 1)
    with pytest.raises(InvalidInputError, match=r"big.json'.*larger than 33554432 bytes"):
        read_network(big)
    os.mkfifo(tmp_path / "pipe.gml")
    with pytest.raises(InvalidInputError, match="it is not a regular file"):
        read_network(tmp_path / "pipe.gml")
    (tmp_path / "folder.gml").mkdir()
    with pytest.raises(InvalidInputError, match="it is not a regular file"):
        read_network(tmp_path / "folder.gml")
    with pytest.raises(InvalidInputError, match="cannot be read: No such file"):
        read_network(tmp_path / "absent.gml")
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_network("a\0b.gml")
    with pytest.raises(InvalidInputError, match=r"ends in '.txt'; allowed: .graphml, .gml, .json"):
        read_network("network.txt")
    with pytest.raises(InvalidInputError, match="path is 5"):
        read_network(5)
    with pytest.raises(InvalidInputError, match="cannot be written: No such file"):
        write_network(t.chain(2), tmp_path / "absent" / "a.gml")
    monkeypatch.setattr(raw_module, "MAX_NODES", 2)
    with pytest.raises(InvalidInputError, match="line 4: the file has more than 2 nodes"):
        (tmp_path / "n.graphml").write_text(graphml("<node id='1'/>\n<node id='2'/>\n<node id='3'/>"))
        read_network(tmp_path / "n.graphml")
    monkeypatch.setattr(raw_module, "MAX_LINKS", 0)
    with pytest.raises(InvalidInputError, match=r"links\[0\]: the file has more than 0 links"):
        (tmp_path / "l.json").write_text(
            '{"nodes": [{"id": 1}, {"id": 2}], "links": [{"source": 1, "target": 2}]}'
        )
        read_network(tmp_path / "l.json")
    monkeypatch.setattr(raw_module, "MAX_VALUES", 1)
    with pytest.raises(InvalidInputError, match="line 1: the file has more than 1 attributes"):
        (tmp_path / "v.gml").write_text("graph [ node [ id 1 a 1 b 2 ] ]")
        read_network(tmp_path / "v.gml")
    monkeypatch.undo()
    monkeypatch.setattr(files_module, "MAX_BYTES", 100)
    with pytest.raises(InvalidInputError, match="files have at most 100"):
        write_network(t.chain(3), tmp_path / "large.gml")


@pytest.mark.timeout(60)
def test_a_large_file_is_read_in_time(tmp_path):
    body = "".join(f"<node id='{i}'/>" for i in range(20_000))
    body += "".join(
        f"<edge source='{i}' target='{i + 1}'><data key='length_km'>5</data></edge>" for i in range(19_999)
    )
    (tmp_path / "large.graphml").write_text(graphml(body, key("length_km")))
    network = t.file(str(tmp_path / "large.graphml"))
    assert len(network.links) == 19_999


@pytest.mark.parametrize(
    ("node", "ending", "message"),
    [
        (
            Node("a", attributes={"open": True}),
            "gml",
            "node 'a': attribute 'open' is True, which GML does not have",
        ),
        (Node("a", attributes={"two words": 1}), "gml", "GML cannot hold an attribute named 'two words'"),
        (Node("a", attributes={"id": 1}), "gml", "GML cannot hold an attribute named 'id'"),
        (Node("a\x00"), "graphml", "a character that XML does not have"),
        (Node("a", attributes={"b": "\ud800"}), "graphml", "a character that XML does not have"),
        (Node("a\ud800"), "json", None),
    ],
)
def test_what_a_format_cannot_hold_is_refused(node, ending, message, tmp_path):
    network = Network([node])
    path = tmp_path / f"a.{ending}"
    if message is None:
        assert read_network(write_network(network, path)) == network
        return
    with pytest.raises(InvalidInputError, match=message):
        write_network(network, path)
    assert not path.exists()


def test_attributes_are_plain_and_named():
    for attributes, message in (
        ({"a": [1]}, r"node 'n': attribute 'a' is \[1\]; it must be text"),
        ({"a": float("inf")}, "attribute 'a' is inf"),
        ({"": 1}, "attribute name is ''"),
        ({5: 1}, "attribute name is 5"),
        ({"x_km": 1}, "attribute 'x_km' has the name of a field"),
        ({"longitude_deg": 181}, r"longitude_deg is 181; it must be in \[-180, 180\]"),
        ({"latitude_deg": "x"}, "latitude_deg is 'x'"),
        ([], "attributes are"),
    ):
        with pytest.raises(InvalidInputError, match=message):
            Node("n", attributes=attributes)
    with pytest.raises(InvalidInputError, match="link a-b: attribute 'length_km' has the name of a field"):
        Link("a", "b", attributes={"length_km": 5})
    node = Node("n", attributes={"a": 1})
    with pytest.raises(TypeError):
        node.attributes["a"] = 2
    assert hash(node) == hash(Node("n")) and node != Node("n")
