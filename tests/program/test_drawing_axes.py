"""Drawings with matplotlib: every element of the SVG is there, where it is, in its colours."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch

from qnetframe import InvalidInputError, Program
from qnetframe.figures import legible, save
from qnetframe.program.circuit import Circuit
from qnetframe.program.drawing import draw_on_axes, draw_svg
from qnetframe.program.drawing_axes import _path, _rules
from qnetframe.program.gates import GATES
from qnetframe.program.operations import Gate
from qnetframe.testing.random_programs import random_program
from tests.placement import programs


def teleportation():
    return programs.teleportation([0.8, 0.6], "alice", "bob")


def of(axes, kind):
    return [patch for patch in axes.patches if type(patch) is kind]


def tags(svg, name):
    return list(ET.fromstring(svg).iter(f"{{http://www.w3.org/2000/svg}}{name}"))


@pytest.mark.parametrize("program", [teleportation(), *(random_program(seed) for seed in range(8))])
def test_every_element_is_drawn_where_the_svg_has_it(program):
    svg = program._svg()
    axes = program.draw()
    boxes, circles = of(axes, FancyBboxPatch), of(axes, Circle)
    assert [(b.get_x(), b.get_y(), b.get_width()) for b in boxes] == [
        tuple(float(r.get(k)) for k in ("x", "y", "width")) for r in tags(svg, "rect")
    ]
    assert [c.center for c in circles] == [
        (float(c.get("cx")), float(c.get("cy"))) for c in tags(svg, "circle")
    ]
    assert len(of(axes, PathPatch)) == len(tags(svg, "path")) + len(tags(svg, "text"))
    root = ET.fromstring(svg)
    assert axes.get_xlim() == (0, float(root.get("width"))) and axes.get_ylim() == (
        float(root.get("height")),
        0,
    )
    # Nothing but the outlines of broad letters leaves the frame.
    for patch in (*boxes, *circles):
        x0, y0, x1, y1 = patch.get_path().transformed(patch.get_patch_transform()).get_extents().extents
        assert x0 >= 0 and y0 >= 0 and x1 <= axes.get_xlim()[1] and y1 <= axes.get_ylim()[0]


@pytest.mark.parametrize("name", sorted(GATES))
def test_every_gate_can_be_drawn(name):
    definition = GATES[name]
    qubits = tuple("abc"[: definition.num_qubits])
    circuit = Circuit(qubits, (Gate(name, qubits, (0.5,) * definition.num_params),))
    assert len(circuit.draw().patches) > 3 * definition.num_qubits


def test_texts_are_where_their_anchor_says():
    axes = teleportation().draw()
    svg = teleportation()._svg()
    letters = of(axes, PathPatch)
    texts = [t for t in ET.fromstring(svg).iter() if t.tag.endswith("}text")]
    extents = [p.get_path().get_extents() for p in letters]
    for text in texts:
        x, y = float(text.get("x")), float(text.get("y"))
        classes = text.get("class", "").split()
        edge = {"left": "x0", "right": "x1"}.get(next((c for c in classes if c in ("left", "right")), ""))
        near = [e for e in extents if abs(e.y1 - y) < 4]
        at = [getattr(e, edge) if edge else (e.x0 + e.x1) / 2 for e in near]
        assert min(abs(a - x) for a in at) < 1.5, text.text


def test_colours_follow_the_party_that_holds_the_qubit():
    p = Program()
    a = p.qubit("alice", "a")
    p.qubit("bob", "b")
    p.h(a)
    p.send(a, "bob")
    p.h(a)
    wires = [patch for patch in of(p.draw(), PathPatch) if len(patch.get_path()) == 2]
    assert [to_hex(w.get_edgecolor()) for w in wires] == ["#0072b2", "#d55e00", "#d55e00"]


def test_light_rules_alone_are_used():
    rules = _rules()
    assert rules[""]["--paper"] == "#fff" and rules["p0"]["--hue"] == "#0072b2"
    assert rules["pair"]["stroke"] == "#c2478f" and "knot" in rules and "text" in rules


def test_a_wave_and_a_dial_are_the_curves_of_the_svg():
    # Two waves: the middle of each quadratic curve is half of its control point away.
    wave = _path("M10 0q5.5 6 0 12t0 12").interpolated(1)
    assert wave.vertices.tolist() == [[10, 0], [15.5, 6], [10, 12], [4.5, 18], [10, 24]]
    dial = _path("M0 6a8.5 8.5 0 0 1 17 0").to_polygons(closed_only=False)[0]
    radii = np.hypot(dial[:, 0] - 8.5, dial[:, 1] - 6)
    assert np.abs(radii - 8.5).max() < 0.06 and dial[:, 1].min() == pytest.approx(-2.5, abs=0.06)
    assert dial[-1].tolist() == pytest.approx([17, 6])


def test_unknown_commands_and_elements_are_no_silent_gap():
    with pytest.raises(AssertionError, match="no path command C"):
        _path("M0 0C1 1")
    svg = draw_svg(["a"], [Gate("h", ("a",))])
    with pytest.raises(AssertionError, match="no ellipse"):
        draw_on_axes(svg.replace("</svg>", "<ellipse/></svg>"))


def test_given_axes_scale_the_lines():
    def widest(side):
        figure = Figure(figsize=(side, side))
        axes = teleportation().draw(figure.add_axes((0, 0, 1, 1)))
        return max(patch.get_linewidth() for patch in axes.patches)

    assert widest(8) == pytest.approx(2 * widest(4))


def test_wrapping():
    p = Program("long")
    a = p.qubit("alice", "a")
    for i in range(60):
        p.rx(i, a)
    narrow, wide = (p.draw(width=w).figure.get_size_inches() for w in (600, None))
    assert narrow[0] <= 600 / 96 and wide[0] > 3 * narrow[0] and narrow[1] > 3 * wide[1]


def test_files(tmp_path):
    p = teleportation()
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        path = save(p.draw().figure, tmp_path / "new" / f"p.{kind}")
        first = path.read_bytes()
        assert first.startswith(start)
        assert save(p.draw().figure, path).read_bytes() == first
    with pytest.raises(InvalidInputError, match=r"ends in '\.gif'; allowed are \.png, \.svg and \.pdf"):
        save(p.draw().figure, tmp_path / "a.gif")
    with pytest.raises(InvalidInputError, match="cannot be written"):
        save(p.draw().figure, tmp_path / "new" / "p.png" / "x.png")


def test_hostile_names_are_drawn_as_they_are(recwarn, tmp_path):
    p = Program("$\\frac$")
    q = p.qubit("$a^b$", '<b>&"😀\u202e')
    p.h(q).save("$x_$", q)
    save(p.draw().figure, tmp_path / "a.png")
    assert not recwarn.list
    assert legible("$a$ 漢 ρ⟩") == r"\$a\$ � ρ⟩"


def test_nothing_to_draw():
    assert len(Program().draw().patches) >= 1 and len(Circuit((), ()).draw().patches) >= 1
