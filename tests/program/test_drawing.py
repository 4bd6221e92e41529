"""Diagrams: what each sign says, that they fit, and that SVG is well-formed and self-contained."""

import math
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from qnetframe.channels.named import amplitude_damping, dephasing, identity, two_qubit_depolarizing
from qnetframe.program.circuit import Circuit
from qnetframe.program.drawing import draw, draw_svg
from qnetframe.program.drawing_labels import angle, condition_text, duration, noise_text, plain, state_text
from qnetframe.program.drawing_layout import lay_out
from qnetframe.program.gates import GATES
from qnetframe.program.operations import Gate, Measure, Noise, Prepare, Save, freeze
from qnetframe.program.program import Program
from qnetframe.testing.random_programs import random_program
from qnetframe.values import Parity, all_of, any_of

A, B = Parity(("a",)), Parity(("b",), 1)


def teleportation():
    p = Program("teleportation")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.prepare(psi, [0.8, 0.6]).entangle(a, b).cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi), p.measure(a)
    return p.x(b, when=m_x).z(b, when=m_z).save("out", b)


def everything():
    p = Program("everything")
    q = p.qubits("alice", "q0", "q1", "q2")
    r = p.qubits("bob", "r0", "r1")
    p.ccx(*q).cswap(*q).swap(q[0], q[2]).crx(math.pi / 3, q[2], q[0]).u3(0.1, math.pi / 2, -math.pi, q[1])
    lost = p.send(q[0], "carol")
    erased, coin = p.erase(q[1], 0.1), p.coin(0.5)
    m, n = p.measure(r[0], "x", readout=0.01), p.measure(q[2], "y", readout=(0.01, 0.02))
    p.x(q[0], when=all_of(coin, m ^ n)).sdg(r[1], when=any_of(~lost, erased)).reset(r[0])
    p.entangle(r[0], q[0], link="fibre").idle([q[1], r[1]], 5e-5)
    p.noise(dephasing(0.02), q[1]).noise(two_qubit_depolarizing(0.01), q[0], r[1])
    p.unitary(np.eye(4), *r, when=m).prepare(r, [0.6, 0, 0, 0.8])
    p.require(m ^ n ^ 1).detector(m ^ n).observable(3, m)
    return (
        p.save("kept", q[0], r[0])
        .expect("value", {q[1]: "X", r[1]: "Z"})
        .output(m ^ n, label="sum")
        .output(m)
    )


def test_teleportation():
    assert (
        str(teleportation())
        == """teleportation
alice.psi ──┤|ψ⟩├──●────┤H├────┤M m0├════════●
                   │                         ║
alice.a   ────∿────⊕──┤M m1├══════●          ║
╌╌╌╌╌╌╌╌╌╌╌╌╌╌┊╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌║╌╌╌╌╌╌╌╌╌╌║╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
bob.b     ────∿───────────────┤X if m1├──┤Z if m0├──▸ out"""
    )


def test_a_circuit_says_its_pairs_and_outputs():
    text = str(teleportation().circuit())
    assert "∿ Φ⁺" in text
    assert text.endswith("outputs: m0, m1")


@pytest.mark.parametrize(
    "sign",
    [
        "alice.q0", "bob.r1", "●", "⊕", "×", "┤Rx(π/3)├", "┤U(0.1, π/2, −π)├", "▷ carol", "~erase 10% e0~",
        "[c0 ← coin 50%]", "┤Mx m0 ±1%├", "┤My m1 ±1%/2%├", "┤X if c0 ∧ m0⊕m1├", "┤S† if ¬loss:0 ∨ e0├", "┤|0⟩├",
        "∿ fibre", "┄50 µs┄", "~dephasing 2%~", "~depolarizing 1%~", "≈", "┤U₀├", "┤U₁ if m0├", "┤|ψ⟩₀├", "┤|ψ⟩₁├",
        "[require m0⊕m1⊕1]", "[detector m0⊕m1]", "[observable 3 m0]", "▸ kept", "▸ ⟨X⟩ value", "▸ ⟨Z⟩ value",
        "outputs: sum = m0⊕m1, m0",
    ],
)  # fmt: skip
def test_every_operation_has_its_sign(sign):
    p = everything()
    assert sign in draw(tuple(p.declared), p.operations, p.declared, p.outputs, width=None)


@pytest.mark.parametrize("name", sorted(GATES))
def test_every_gate_can_be_drawn(name):
    definition = GATES[name]
    qubits = tuple("abc"[: definition.num_qubits])
    gate = Gate(name, qubits, (0.5,) * definition.num_params)
    text = draw(qubits, [gate])
    lines = text.splitlines()
    marks = [set(line) & set("●⊕×┤") for line in lines[::2]]
    assert all(len(m) == 1 for m in marks), text
    if definition.num_qubits > 1:
        assert all("│" in line for line in lines[1::2])
    assert text.count("0.5") == (0 if name in ("cx", "cy") else definition.num_params)
    assert f"<title>{name}" in draw_svg(qubits, [gate])


def test_parties_are_grouped_and_kept_apart():
    lines = draw(["alice.a", "bob.b", "alice.c"], []).splitlines()
    assert [line.split()[0] for line in (lines[0], lines[2], lines[4])] == ["alice.a", "alice.c", "bob.b"]
    assert set(lines[3]) == {"╌"}
    lines = draw(["x", "y"], [], {"x": "bob", "y": "alice"}).splitlines()
    assert set(lines[1]) == {"╌"}


def test_columns_are_packed():
    """Operations that do not meet share a column; a condition comes after its bit."""
    qubits = tuple("abcd")
    layout = lay_out(qubits, [Gate("h", (q,)) for q in qubits])
    assert layout.columns == 1
    layout = lay_out(qubits, [Gate("cx", ("a", "b")), Gate("cx", ("c", "d")), Gate("cx", ("b", "c"))])
    assert layout.columns == 2
    layout = lay_out(qubits, [Gate("cx", ("a", "c")), Gate("h", ("b",))])
    assert layout.columns == 2  # the line passes b
    layout = lay_out(qubits, [Measure("a", "m"), Gate("x", ("d",), (), Parity(("m",)))])
    assert [cell.column for cell in layout.cells if cell.row == 3] == [1]


@pytest.mark.parametrize("seed", range(30))
def test_no_two_signs_share_a_place(seed):
    p = random_program(seed)
    layout = lay_out(tuple(p.declared), p.operations, p.declared)
    places = [(cell.column, cell.row) for cell in layout.cells]
    assert len(places) == len(set(places))
    occupied = dict.fromkeys(places)
    for link in layout.links:
        ends = (link.column, link.top) in occupied, (link.column, link.bottom) in occupied
        assert ends == (True, True)
    for wire in layout.wires:
        for before, after in zip(wire.segments, wire.segments[1:], strict=False):
            assert before.end == after.start


def test_wires_after_measurement_send_and_save():
    p = Program()
    a, (b, _) = p.qubit("alice", "a"), p.qubits("bob", "b", "c")
    m = p.measure(a)
    p.x(b, when=m).reset(a)
    p.send(a, "bob")
    p.h(a).save("s", b)
    a_wire, b_wire, c_wire = lay_out(tuple(p.declared), p.operations).wires
    assert [(s.classical, s.party) for s in a_wire.segments] == [
        (False, "alice"), (True, "alice"), (False, "alice"), (False, "bob"),
    ]  # fmt: skip
    assert len(b_wire.segments) == len(c_wire.segments) == 1
    assert b_wire.segments[0].end < c_wire.segments[0].end


def test_a_reused_qubit_no_longer_shows_its_bit():
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    m = p.measure(a)
    p.reset(a).x(b, when=m)
    assert not any(cell.shape == "dot" for cell in lay_out(tuple(p.declared), p.operations).cells)
    assert "┤X if m0├" in str(p)


def test_conditions_below_above_and_between():
    p = Program()
    qubits = p.qubits("alice", *"abcde")
    m = [p.measure(q) for q in (qubits[0], qubits[2], qubits[4])]
    p.cz(qubits[1], qubits[3], when=m[0] ^ m[1] ^ m[2])
    layout = lay_out(tuple(p.declared), p.operations)
    assert sorted((link.top, link.bottom) for link in layout.links if link.kind == "bits") == [(0, 1), (3, 4)]
    assert sorted(cell.row for cell in layout.cells if cell.shape == "dot") == [0, 2, 4]
    assert "● if m0⊕m1⊕m2" in str(p)


# ---- width and length ------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 80, 120])
def test_long_programs_are_wrapped(width):
    p = Program()
    a, b = p.qubit("alice", "a"), p.qubit("bob", "b")
    for i in range(60):
        p.rx(i, a).h(b)
    text = draw(tuple(p.declared), p.operations, width=width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert len([line for line in lines if line.startswith("alice.a ─")]) > 1
    assert text.count("Rx(") == 60
    assert len(draw(tuple(p.declared), p.operations, width=None).splitlines()) == 3


def test_what_is_too_much_is_counted():
    p = Program()
    qubits = p.qubits("alice", *map(str, range(100)))
    for q in qubits:
        p.h(q)
    p.cx(qubits[0], qubits[99])
    text = str(p)
    assert text.count("┤H├") == 64
    assert "… 36 more qubits are not drawn" in text
    assert "… 37 more operations are not drawn" in text
    svg = p._repr_html_()
    assert "36 more qubits are not drawn." in svg
    few = draw(tuple(p.declared), p.operations, max_qubits=2, max_operations=1)
    assert few.count("┤H├") == 1
    assert "… 100 more operations" in few


def test_drawing_is_at_most_linear(calls_of):
    """A hundred times the program takes at most a hundred and fifty times the calls."""

    def calls(number):
        operations = [Gate("h", (f"q{i}",)) for i in range(number)]
        operations += [Gate("cx", (f"q{i}", f"q{(i + 1) % number}")) for i in range(number)]
        qubits = [f"q{i}" for i in range(number)]
        return calls_of(lambda: (draw(qubits, operations), draw_svg(qubits, operations)))

    assert calls(5000) < 150 * calls(50)


def test_nothing_to_draw():
    assert draw([], []) == ""
    assert draw(["a"], []) == "a ───"
    ElementTree.fromstring(draw_svg([], []))
    ElementTree.fromstring(draw_svg(["a"], [], outputs=[]))
    assert str(Circuit((), ())) == "outputs: none"


# ---- SVG -------------------------------------------------------------------------------------------


def elements(svg):
    return list(ElementTree.fromstring(svg).iter())


@pytest.mark.parametrize("program", [teleportation(), everything(), *(random_program(s) for s in range(10))])
def test_svg_is_well_formed_and_self_contained(program):
    svg = draw_svg(tuple(program.declared), program.operations, program.declared, program.outputs)
    for element in elements(svg):
        tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
        assert tag in {"svg", "title", "style", "rect", "g", "path", "circle", "text"}
        assert not {"id", "href", "onload", "onclick"} & set(element.attrib)
    assert "url(" not in svg
    assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "prefers-color-scheme:dark" in svg
    titles = [e.text for e in elements(svg) if e.tag.endswith("title")]
    assert len(titles) > len(program.operations) - 1
    assert "nan" not in re.sub(r"<style>.*?</style>", "", svg, flags=re.DOTALL)


def test_svg_stays_inside_its_frame():
    """Every rectangle and circle is within the view box."""
    root = ElementTree.fromstring(draw_svg(tuple(everything().declared), everything().operations))
    width, height = map(float, root.get("viewBox").split()[2:])
    for element in root.iter():
        if element.tag.endswith("rect"):
            x, y, w, h = (float(element.get(k)) for k in ("x", "y", "width", "height"))
            assert x >= 0 and y >= 0 and x + w <= width and y + h <= height
        if element.tag.endswith("circle"):
            assert 0 < float(element.get("cx")) < width
            assert 0 < float(element.get("cy")) < height


def test_svg_wraps():
    operations = [Gate("rx", ("a",), (float(i),)) for i in range(100)]
    wide = ElementTree.fromstring(draw_svg(["a"], operations, width=None))
    narrow = ElementTree.fromstring(draw_svg(["a"], operations, width=600))
    assert float(wide.get("width")) > 3000
    assert float(narrow.get("width")) <= 600
    assert float(narrow.get("height")) > 5 * float(wide.get("height"))


def test_svg_colours_follow_the_holder():
    p = Program()
    a = p.qubit("alice", "a")
    p.qubit("bob", "b")
    p.h(a)
    p.send(a, "bob")
    p.h(a)
    classes = [e.get("class") for e in elements(p._repr_html_().removeprefix('<div style="overflow-x:auto">')
               .removesuffix("</div>"))]  # fmt: skip
    assert [c for c in classes if c and c.startswith("wire")] == ["wire p0", "wire p1", "wire p1"]


NASTY = '<script>alert("x")</script>&\n\x00\u202e😀'


def test_names_are_escaped_and_stay_on_one_line():
    p = Program(NASTY)
    a, b = p.qubit(NASTY, NASTY), p.qubit("bob", "b")
    p.entangle(a, b, link=NASTY)
    m = p.measure(a, name=NASTY)
    p.x(b, when=m)
    p.send(a, NASTY * 2)
    p.save(NASTY, a).output(m, label=NASTY)
    svg = p._repr_html_()
    assert "<script" not in svg
    ElementTree.fromstring(svg)
    text = draw(tuple(p.declared), p.operations, p.declared, p.outputs, width=None)
    assert "\x00" not in text
    assert len(text.splitlines()) == 4


# ---- labels ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (math.pi, "π"), (-math.pi, "−π"), (math.pi / 2, "π/2"), (-3 * math.pi / 4, "−3π/4"),
        (2 * math.pi, "2π"), (0.1, "0.1"), (-1.23456, "−1.235"), (1e-12, "1e−12"), (1e300, "1e+300"),
    ],
)  # fmt: skip
def test_angles(value, text):
    assert angle(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (2, "2 s"),
        (0.0015, "1.5 ms"),
        (5e-5, "50 µs"),
        (3.5e-8, "35 ns"),
        (1e-12, "1 ps"),
        (1e-15, "0.001 ps"),
    ],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (A, "a"), (B, "¬b"), (A ^ B, "a⊕b⊕1"), (Parity(), "0"), (Parity((), 1), "1"), (all_of(A, B), "a ∧ ¬b"),
        (any_of(A ^ B, B), "a⊕b⊕1 ∨ ¬b"),
    ],
)  # fmt: skip
def test_conditions(value, text):
    assert condition_text(value) == text


@pytest.mark.parametrize(
    ("ket", "text"),
    [
        ([1, 0], "|0⟩"), ([0, 1j], "|1⟩"), ([0.5**0.5, 0.5**0.5], "|+⟩"), ([0.5**0.5, -(0.5**0.5)], "|−⟩"),
        ([0.5**0.5, 1j * 0.5**0.5], "|i⟩"), ([0.5**0.5, -1j * 0.5**0.5], "|−i⟩"), ([0.6, 0.8], "|ψ⟩"),
        ([0, 0.5**0.5, -(0.5**0.5), 0], "Ψ⁻"), ([1, 0, 0, 0], "|00⟩"),
    ],
)  # fmt: skip
def test_states(ket, text):
    qubits = ("a", "b")[: len(ket).bit_length() - 1]
    assert state_text(Prepare(qubits, freeze(np.outer(ket, np.conj(ket))))) == text


def test_mixed_states():
    assert state_text(Prepare(("a",), ((0.5, 0), (0, 0.5)))) == "ρ"


@pytest.mark.parametrize(
    ("channel", "text"),
    [
        (dephasing(0.02), "dephasing 2%"), (two_qubit_depolarizing(0.125), "depolarizing 12.5%"),
        (amplitude_damping(0.1), "amplitude damping"), (identity(), "identity"),
        (dephasing(0.5).tensor(dephasing(0.5)), "noise 75%"),
    ],
)  # fmt: skip
def test_channels(channel, text):
    assert noise_text(Noise(("a", "b")[: channel.num_qubits], channel)) == text


def test_names_are_shortened():
    assert plain("x" * 40) == "x" * 27 + "…"
    assert plain("a\tb") == "a�b"
    assert "…" in draw(["q" * 100], [Save("s", ("q" * 100,))])
