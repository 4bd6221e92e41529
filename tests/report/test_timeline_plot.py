"""Drawn timelines: bars, arrows and the critical path against the times of the timeline."""

import itertools
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import qnetframe as qn
from qnetframe import InvalidInputError, Program
from qnetframe.builtin.hardware import uniform_hardware
from qnetframe.placement import Event, Message, Timeline, critical_path, place
from qnetframe.report import plot_timeline, save_timeline
from qnetframe.report.gantt import timeline_chart
from qnetframe.report.timeline_lanes import MAX_LANES, lanes_of, legend_of
from qnetframe.report.timeline_scale import POWER, scale_of
from tests.placement.programs import swapping, teleportation

PATH, GATE, PREPARE, MEASURE, PAIR = "#ffd45c", "#0072b2", "#56a9d8", "#1d2733", "#b0558a"
SVG = "{http://www.w3.org/2000/svg}"


def network(nodes=3, probability=1.0):
    """Gates of 10 and 50 s, measurements of 100 s, preparations of 20 s, pairs of 1000 s, 500 s of light."""
    device = uniform_hardware(
        single_qubit_duration=10.0, two_qubit_duration=50.0, measure_duration=100.0, prepare_duration=20.0
    )
    names = [f"node{i}" for i in range(nodes)]
    model = qn.LinkModel(probability, 1000.0, delay=500.0, herald_delay=500.0)
    links = [qn.Link(a, b, model) for a, b in itertools.pairwise(names)]
    return qn.Network([qn.Node(n, device) for n in names], links)


END = 1670.0


@pytest.fixture
def placed():
    """Teleportation: the pair until 1000, cx until 1050, the bits at 1150 and 1160, 500 s of light, x, z."""
    placed = place(teleportation([0.8, 0.6]), network())
    assert placed.timeline.latency == END
    return placed


def bars(axes, colour):
    """Return start and end (seconds) and lane of the bars of a colour."""
    # The bands of the parties are higher than a lane.
    every = [p for p in axes.patches if type(p) is Rectangle and p.get_height() < 1]
    found = [p for p in every if to_hex(p.get_facecolor()) == colour]
    return [
        (p.get_x() * END, (p.get_x() + p.get_width()) * END, p.get_y() + p.get_height() / 2) for p in found
    ]


def lanes(axes):
    return {t.get_text(): y for t, y in zip(axes.get_yticklabels(), axes.get_yticks(), strict=True)}


def arrows(axes):
    """Return tail and tip of the arrows, to scale from 0 to 1."""
    return [(t.xyann, t.xy) for t in axes.texts if getattr(t, "arrow_patch", None) is not None]


def texts(axes):
    return [t.get_text() for t in axes.texts if t.get_text()]


def test_bars_are_the_events(placed):
    axes = plot_timeline(placed)
    level = lanes(axes)
    assert list(level) == ["psi", "a", "b"]
    assert bars(axes, PREPARE) == [pytest.approx((0, 30, level["psi"]))]
    assert bars(axes, PAIR) == [pytest.approx((0, 1000, level[q])) for q in ("a", "b")]
    assert bars(axes, MEASURE) == [
        pytest.approx((1060, 1160, level["psi"])),
        pytest.approx((1050, 1150, level["a"])),
    ]
    gates = [
        (1000, 1050, "psi"),
        (1000, 1050, "a"),
        (1050, 1060, "psi"),
        (1650, 1660, "b"),
        (1660, 1670, "b"),
    ]
    assert sorted(bars(axes, GATE)) == [pytest.approx((t, u, level[q])) for t, u, q in gates]
    assert {"node0", "node1", "node0-node1", "Z"} <= set(texts(axes))


def test_waits_say_how_long_and_hide_no_pair(placed):
    axes = plot_timeline(placed)
    level = lanes(axes)
    # The herald travels from 500 to 1000, which is part of the pair's bar.
    waits = [(30, 1000, level["psi"]), (1000, 1650, level["b"])]
    assert bars(axes, "#f3f5f8") == [pytest.approx(w) for w in waits]
    assert {"970 s", "650 s"} <= set(texts(axes))


def test_arrows_go_from_who_measures_to_who_waits(placed):
    axes = plot_timeline(placed)
    level = lanes(axes)
    assert [(tail[0] * END, tip[0] * END) for tail, tip in arrows(axes)] == [
        pytest.approx((1150, 1650)), pytest.approx((1160, 1660)),
    ]  # fmt: skip
    assert [tail[1] for tail, _ in arrows(axes)] == [level["a"], level["psi"]]
    # The tips end at the upper edge of what is on the lane below.
    assert all(level["b"] - 0.5 < tip[1] < level["b"] for _, tip in arrows(axes))
    assert {"m0", "m1"} <= set(texts(axes))


def test_the_critical_path_is_behind_its_steps(placed):
    axes = plot_timeline(placed)
    level = lanes(axes)
    path = sorted(bars(axes, PATH))
    assert path[0] == pytest.approx((0, 500, level["a"])) and path[-1][1] == pytest.approx(END)
    assert sum(end - start for start, end, _ in path) == pytest.approx(END - 500)  # all but the message
    (message,) = [
        line for line in axes.lines
        if to_hex(line.get_color()) == PATH and np.allclose(np.array(line.get_xdata()) * END, [1150, 1650])
    ]  # fmt: skip
    tail, tip = arrows(axes)[0]
    assert list(message.get_ydata()) == [tail[1], tip[1]]
    assert axes.get_title(loc="left") == "latency 1670 s"
    shares = "critical path: pair 60%, message 30%, measurement 6%, gate 4%"
    assert axes.get_title(loc="right") == shares
    without = plot_timeline(placed, critical=False)
    assert bars(without, PATH) == [] and without.get_title(loc="right") == ""


def test_each_attempt_at_a_pair_is_marked():
    p = Program("pair")
    a, b = p.qubit("node0", "a"), p.qubit("node1", "b")
    p.entangle(a, b)
    axes = plot_timeline(place(p, network(probability=0.25), waiting="mean"))
    notches = [s[0][0] for c in axes.collections if hasattr(c, "get_segments") for s in c.get_segments()]
    assert sorted({round(x, 9) for x in notches}) == [0.25, 0.5, 0.75]


def test_the_legend_has_what_is_there(placed):
    def entries(axes):
        return [t.get_text() for t in axes.get_legend().get_texts()]

    assert entries(plot_timeline(placed)) == list(legend_of(placed.timeline, True).values()) == [
        "gate", "preparation", "measurement", "pair or qubit on its way", "waiting", "message", "critical path",
    ]  # fmt: skip
    p = Program("gate")
    p.x(p.qubit("node0", "a"))
    assert entries(plot_timeline(place(p, network()), critical=False)) == ["gate", "preparation"]


def test_a_sent_qubit_changes_hands():
    p = Program("send")
    a = p.qubit("node0", "a")
    p.h(a)
    p.send(a, "node1")
    p.x(a)
    placed = place(p, network())
    (pieces,) = lanes_of(placed.timeline).holders.values()
    # Prepared at 20, h at 30, arrives at 530.
    assert [(start, end) for start, end, _ in pieces] == [(0, 530), (530, 540)]
    assert pieces[0][2] != pieces[1][2]
    assert len(plot_timeline(placed).get_yticks()) == 1


# ---- the axis --------------------------------------------------------------------------------------


def test_compressed_intervals_keep_their_order_and_say_their_instants(placed):
    scale = scale_of(placed.timeline, "compressed")
    assert scale.instants == (0, 30, 500, 1000, 1050, 1060, 1150, 1160, 1650, 1660, 1670)
    widths = np.diff(scale.places)
    assert widths[0] / widths[1] == pytest.approx((30 / 470) ** POWER)
    assert (scale.places[0], scale.places[-1]) == pytest.approx((0, 1))
    assert scale.at(1655) == pytest.approx((scale.at(1650) + scale.at(1660)) / 2)
    axes = plot_timeline(placed, scale="compressed")
    shown = {t.get_text(): x for t, x in zip(axes.get_xticklabels(), axes.get_xticks(), strict=True)}
    assert {"0", "1000", "1670"} <= set(shown) and shown["1000"] == scale.at(1000)
    assert "long intervals compressed" in axes.get_xlabel()
    linear = plot_timeline(placed)
    assert [float(t.get_text()) for t in linear.get_xticklabels()] == pytest.approx(linear.get_xticks() * END)


@pytest.mark.parametrize(
    ("latency", "unit"), [(2.0, "s"), (2e-3, "ms"), (2e-6, "µs"), (2e-9, "ns"), (2e-13, "ps")]
)
def test_units(latency, unit):
    timeline = Timeline((Event("gate", "x", ("a",), ("a.q",), 0.0, latency),))
    assert plot_timeline(timeline).get_xlabel() == f"time ({unit})"


# ---- axes, files, refusals -------------------------------------------------------------------------


def test_given_axes_are_drawn_on_and_pyplot_keeps_nothing(placed):
    import matplotlib.pyplot as plt

    before, settings = plt.get_fignums(), dict(plt.rcParams)
    left, right = Figure().subplots(1, 2)
    assert plot_timeline(placed.timeline, right) is right
    assert right.patches and not left.patches
    assert plt.get_fignums() == before and dict(plt.rcParams) == settings


def test_files(placed, tmp_path):
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        path = save_timeline(placed, tmp_path / "new" / f"a.{kind}", scale="compressed")
        first = path.read_bytes()
        assert first.startswith(start)
        assert save_timeline(placed, path, scale="compressed").read_bytes() == first
    assert save_timeline(placed, path, critical=False).read_bytes() != first


def test_refusals(placed, tmp_path):
    with pytest.raises(InvalidInputError, match="nothing on this timeline takes time"):
        plot_timeline(place(teleportation([1, 0], "alice", "bob")))
    with pytest.raises(InvalidInputError, match="nothing on this timeline takes time"):
        plot_timeline(Timeline())
    with pytest.raises(InvalidInputError, match="scale is 'log'; allowed: 'linear', 'compressed'"):
        plot_timeline(placed, scale="log")
    with pytest.raises(InvalidInputError, match=r"ends in '\.gif'"):
        save_timeline(placed, tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []


def test_many_qubits_are_counted():
    events = [Event("gate", "x", ("a",), (f"a.q{i}",), 0.0, 1.0) for i in range(MAX_LANES + 6)]
    bit = Message("a", "b", ("m",), 1.0, 2.0)
    timeline = Timeline((*events, Event("gate", "x", ("b",), ("b.q",), 2.0, 3.0)), (bit,))
    axes = plot_timeline(timeline)
    assert len(axes.get_yticks()) == MAX_LANES and "7 more qubits are not drawn" in axes.get_xlabel()
    assert arrows(axes) == []  # who waits for it is not drawn
    chart = timeline_chart(timeline)
    assert "7 more qubits are not drawn" in chart and chart.count('class="name"') == MAX_LANES


def test_hostile_names_are_drawn_as_they_are(recwarn, tmp_path):
    node, qubit = "$\\frac$ <b>", "😀$x$" * 9
    events = (
        Event("measure", "z", (node,), (f"{node}.{qubit}",), 0.0, 1.0, bits=("$m_$",)),
        Event("entangle", "$l^$-😀", (node, "b"), (f"{node}.{qubit}", "b.q"), 2.0, 9.0),
    )
    timeline = Timeline(events, (Message(node, "b", ("$m_$",), 1.0, 4.0),))
    save_timeline(timeline, tmp_path / "a.png")
    assert not recwarn.list
    ET.fromstring(f"<div>{timeline_chart(timeline)}</div>")


# ---- the chart of the page -------------------------------------------------------------------------


def test_the_chart_of_the_page_shows_the_same(placed):
    axes, chart = plot_timeline(placed), ET.fromstring(f"<div>{timeline_chart(placed.timeline)}</div>")
    svg = chart.find(f"div/{SVG}svg")
    left = min(float(e.get("x1")) for e in svg.iter(f"{SVG}line") if e.get("class") == "lane")
    right = max(float(e.get("x2")) for e in svg.iter(f"{SVG}line") if e.get("class") == "lane")

    def seconds(rects):
        return [
            (round((float(r.get("x")) - left) / (right - left) * END),
             round((float(r.get("x")) + float(r.get("width")) - left) / (right - left) * END))
            for r in rects
        ]  # fmt: skip

    for look, colour in (("gate", GATE), ("measure", MEASURE), ("entangle", PAIR), ("idle", "#f3f5f8")):
        groups = [g for g in svg.iter(f"{SVG}g") if g.get("class") == f"event {look}"]
        drawn = [(round(a), round(b)) for a, b, _ in bars(axes, colour)]
        shown = sorted(seconds(r for g in groups for r in g.iter(f"{SVG}rect")))
        assert np.array(shown) == pytest.approx(np.array(sorted(drawn)), abs=5), look
    path = seconds(r for r in svg.iter(f"{SVG}rect") if r.get("class") == "critical")
    assert sum(b - a for a, b in path) == pytest.approx(END - 500, abs=6)
    assert [s.text for s in chart.iter("span")] == [None] * 7
    assert "".join(chart.itertext()).endswith("critical path")


def test_a_chain_leads_the_path_from_qubit_to_qubit():
    placed = place(swapping(3), network())
    pieces = list(lanes_of(placed.timeline).route(critical_path(placed)))
    # In on the pair's half l, over by the cx to r, whose bit the far end waits for.
    assert [p.qubit for p in pieces] == [
        "node1.l", "node1.l", "node1.l", "node1.r", "node1.r", "node1.r", "node1.r", "node2.l", "node2.l",
        "node2.l", "node2.l", "node2.l",
    ]  # fmt: skip
    assert [p.arrives for p in pieces].index(True) == 7
    assert all(a.end == b.start or b.arrives for a, b in itertools.pairwise(pieces))
