"""What a map shows: its names, where its nodes are, and which value is which colour."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from qnetframe.builtin import topologies as t
from qnetframe.builtin.hardware import uniform_hardware
from qnetframe.errors import InvalidInputError
from qnetframe.network import (
    Hardware,
    Link,
    LinkModel,
    Network,
    Node,
    draw_network,
    save_network,
    shortest_path,
    werner_state,
    with_hardware,
)


def links_of(axes):
    """The collection of coloured links."""
    return next(c for c in axes.collections if isinstance(c, LineCollection) and c.get_array() is not None)


def surfnet():
    return t.real_map("topozoo/Surfnet", fidelity=0.98)


def boxes_of(axes):
    axes.figure.draw_without_rendering()
    return [text.get_window_extent() for text in axes.texts]


def test_surfnet_has_all_its_names_and_none_covers_another():
    network = surfnet()
    axes = draw_network(network, title="Surfnet")
    assert sorted(text.get_text() for text in axes.texts) == sorted(network.names)
    boxes = boxes_of(axes)
    overlaps = [(i, j) for i, a in enumerate(boxes) for j, b in enumerate(boxes[:i]) if a.overlaps(b)]
    assert not overlaps
    assert axes.get_title(loc="left") == "Surfnet"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("longitude (° east)", "latitude (° north)")
    # A degree of longitude at 52° north is 0.62 of one of latitude.
    assert 1 / axes.get_aspect() == pytest.approx(np.cos(np.radians((50.85 + 53.22) / 2)))
    marked = axes.collections[-1].get_offsets()
    delft = network.node("Delft").attributes
    assert [delft["longitude_deg"], delft["latitude_deg"]] in marked.tolist()


@pytest.mark.parametrize(
    ("colour_by", "values", "label"),
    [
        ("fidelity", lambda k: k.model.fidelity, "fidelity of the heralded pair"),
        ("success", lambda k: k.model.success_probability, "success probability of an attempt"),
        ("rate", lambda k: k.model.success_probability / k.model.attempt_time, "mean rate of pairs (Hz)"),
        ("length", lambda k: k.length_km, "length (km)"),
    ],
)
def test_colours_are_the_values(colour_by, values, label):
    network = surfnet()
    axes = draw_network(network, None, colour_by)
    lines = links_of(axes)
    expected = [values(k) for k in network.links]
    assert lines.get_array().tolist() == pytest.approx(expected)
    assert isinstance(lines.norm, LogNorm) == (colour_by in ("success", "rate"))
    assert lines.colorbar.ax.get_ylabel() == label
    lines.update_scalarmappable()
    low, high = int(np.argmin(expected)), int(np.argmax(expected))
    if colour_by != "fidelity":
        assert lines.get_colors()[low].tolist() == pytest.approx(list(lines.cmap(0.0)))
        assert lines.get_colors()[high].tolist() == pytest.approx(list(lines.cmap(1.0)))
    ends = lines.get_segments()[high]
    link = network.links[high]
    for end, node in zip(ends, (link.a, link.b), strict=True):
        place = network.node(node).attributes
        assert end.tolist() == [place["longitude_deg"], place["latitude_deg"]]


def test_a_function_of_the_link_colours_too_and_an_unknown_quantity_is_refused():
    def memory_seconds(link):
        return 2 * link.length_km

    lines = links_of(draw_network(t.ring(5, 3.0), None, memory_seconds))
    assert set(lines.get_array().tolist()) == {6.0}
    assert lines.colorbar.ax.get_ylabel() == "memory_seconds"
    with pytest.raises(
        InvalidInputError, match="colour_by is 'speed'; allowed: fidelity, success, rate, length"
    ):
        draw_network(t.ring(5), None, "speed")


def test_one_value_is_on_a_scale_that_stays_a_probability():
    lines = links_of(draw_network(t.grid(2, 2), None, "fidelity"))
    assert (lines.norm.vmin, lines.norm.vmax) == (0.95, 1.0)
    lines = links_of(draw_network(t.grid(2, 2, fidelity=0.8), None, "fidelity"))
    assert lines.norm.vmin < 0.8 < lines.norm.vmax


def test_hardware_has_markers_and_the_route_is_marked():
    network = with_hardware(surfnet(), {"Delft": uniform_hardware(), "Groningen": uniform_hardware()})
    route = shortest_path(network, "Delft", "Groningen").nodes
    axes = draw_network(network, route=route)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["route", "ideal", "uniform"]
    ideal, uniform = axes.collections[-2:]
    assert (len(ideal.get_offsets()), len(uniform.get_offsets())) == (48, 2)
    assert ideal.get_paths()[0].vertices.shape != uniform.get_paths()[0].vertices.shape
    way = next(c for c in axes.collections if c.get_label() == "route")
    assert len(way.get_segments()) == len(route) - 1
    named = Network([Node("a", attributes={"hardware": "ibm-lima"}), Node("b")], [Link("a", "b")])
    assert "ibm-lima" in [x.get_text() for x in draw_network(named).get_legend().get_texts()]
    assert draw_network(t.chain(3)).get_legend() is None
    with pytest.raises(InvalidInputError, match="route: no link joins 'node0' and 'node2'"):
        draw_network(t.chain(3), route=("node0", "node2"))


def test_places_in_km_and_layouts_without_any():
    axes = draw_network(t.grid(2, 3, 10.0))
    assert axes.get_xlabel() == "x (km)" and axes.get_aspect() == 1.0
    assert sorted(axes.collections[-1].get_offsets().tolist()) == sorted(
        list(n.position) for n in t.grid(2, 3, 10.0).nodes
    )
    bare = Network([Node(n) for n in t.waxman(seed=1).names], t.waxman(seed=1).links)
    places = [draw_network(bare).collections[-1].get_offsets().tolist() for _ in range(2)]
    assert places[0] == places[1]
    many = Network([Node(str(i)) for i in range(120)], [Link(str(i), str(i + 1)) for i in range(119)])
    first, again, other = (
        draw_network(many, labels=False, seed=s).collections[-1].get_offsets().tolist() for s in (1, 1, 2)
    )
    assert first == again != other


def test_links_without_a_rate_are_grey_and_large_maps_have_no_names():
    ideal = Link("a", "b", LinkModel(state=werner_state(0.9)))
    slow = Link("b", "c", LinkModel(attempt_time=1e-3))
    network = Network([Node(n, position=(i, 0)) for i, n in enumerate("abc")], [ideal, slow])
    axes = draw_network(network, None, "rate")
    assert links_of(axes).get_array().tolist() == [1000.0]
    grey = [c for c in axes.collections if isinstance(c, LineCollection) and c.get_array() is None]
    assert [len(c.get_segments()) for c in grey] == [1]
    assert len(draw_network(t.chain(201, 1.0)).texts) == 0
    assert len(draw_network(t.chain(3), labels=False).texts) == 0
    assert len(draw_network(Network([Node("alone")])).texts) == 1


def test_axes_given_are_drawn_on_and_files_written(tmp_path):
    figure = Figure()
    axes = figure.subplots(1, 2)
    assert draw_network(t.star(5, 4.0), axes[1]) is axes[1]
    assert len(axes[1].texts) == 5 and not axes[0].texts
    for ending in ("png", "svg", "pdf"):
        path = save_network(t.star(5, 4.0), tmp_path / f"star.{ending}")
        assert path.stat().st_size > 3000
    with pytest.raises(InvalidInputError, match=r"ends in '.gif'; allowed are .png, .svg and .pdf"):
        save_network(t.star(5), tmp_path / "star.gif")
    with pytest.raises(InvalidInputError, match="cannot be written: "):
        save_network(t.star(5), tmp_path / "star.png" / "star.png")


def test_names_are_no_mathematics_and_no_warning(recwarn, tmp_path):
    nodes = [Node("$\\frac$", Hardware("$a_$")), Node("漢", Hardware("b"))]
    path = save_network(Network(nodes, [Link(*(n.name for n in nodes))]), tmp_path / "a.png", title="$x^$")
    assert path.stat().st_size > 3000 and not recwarn.list
