"""Programs and circuits as self-contained SVG."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence

from qnetframe.figures import HUES
from qnetframe.program import drawing_signs as signs
from qnetframe.program.circuit import Output
from qnetframe.program.drawing_labels import condition_text, plain
from qnetframe.program.drawing_layout import MAX_OPERATIONS, MAX_QUBITS, Diagram, blocks, lay_out
from qnetframe.program.drawing_signs import PITCH, number, words
from qnetframe.program.operations import ProgramOperation

_PAD = 16.0
_BAND_GAP = 8.0
_BLOCK_GAP = 22.0

# Every drawing carries the same rules and uses no ids, so that any number of them can share a page.
STYLE = (
    f"""
.qnf{{--paper:#fff;--edge:#d8dee6;--ink:#1d2733;--soft:#5c6876;--box:#fff;--band:.10;--noise:#9a5b00}}
{"".join(f".qnf .p{i}{{--hue:{hue}}}" for i, hue in enumerate(HUES))}.qnf .px{{--hue:var(--soft)}}
"""
    + """@media (prefers-color-scheme:dark){
.qnf{--paper:#12171d;--edge:#313b47;--ink:#e8edf2;--soft:#9aa7b5;--box:#1b232c;
--band:.16;--noise:#e3a64a}
.qnf .p0{--hue:#56b4e9}.qnf .p1{--hue:#f0894a}.qnf .p2{--hue:#3fc79a}.qnf .p3{--hue:#e09cc4}
.qnf .p4{--hue:#e0c040}.qnf .p5{--hue:#8fc7ea}}
.qnf text{font-family:system-ui,"Segoe UI",Helvetica,Arial,"DejaVu Sans",sans-serif;
font-size:13px;fill:var(--ink);text-anchor:middle}
.qnf .left{text-anchor:start}.qnf .right{text-anchor:end}
.qnf .note{font-size:10.5px;fill:var(--soft)}.qnf .party{font-weight:600;fill:var(--hue)}
.qnf .card{fill:var(--paper);stroke:var(--edge)}.qnf .band{fill:var(--hue);opacity:var(--band)}
.qnf .wire{stroke:var(--hue);stroke-width:1.6;fill:none}
.qnf .bit{stroke:var(--soft);stroke-width:1.1;fill:none}
.qnf .gate{stroke:var(--ink);stroke-width:1.5;fill:none}.qnf .solid{fill:var(--ink)}
.qnf .known{fill:var(--soft)}
.qnf .box{fill:var(--box);stroke:var(--ink);stroke-width:1.3}.qnf .state{stroke:var(--hue)}
.qnf .keep{fill:var(--hue);stroke:none}.qnf .on{fill:var(--paper);font-weight:600}
.qnf .noise{fill:var(--box);stroke:var(--noise);stroke-width:1.1;stroke-dasharray:3 2}
.qnf .noisy{fill:var(--noise);font-size:11px;font-style:italic}
.qnf .pair{stroke:#c2478f;stroke-width:1.8;fill:none}.qnf .knot{fill:#c2478f}
.qnf .named{fill:#c2478f}
@media (prefers-color-scheme:dark){.qnf .pair{stroke:#f08cc4}.qnf .knot,.qnf .named{fill:#f08cc4}}
"""
)


def draw_svg(
    qubits: Sequence[str],
    operations: Iterable[ProgramOperation],
    owners: Mapping[str, str] | None = None,
    outputs: Iterable[Output] | None = None,
    *,
    title: str = "quantum circuit",
    width: float | None = 1120.0,
    max_qubits: int = MAX_QUBITS,
    max_operations: int = MAX_OPERATIONS,
) -> str:
    """Return an SVG element: parties as bands, wires in the colour of the party that holds the qubit.

    It needs no font, script or file beside it, follows the reader's light or dark colour scheme, and tells
    each operation in words where the pointer rests. ``owners``, ``max_qubits`` and ``max_operations`` are
    as in ``draw``; lines longer than ``width`` (pixels; None for no limit) are wrapped.
    """
    diagram = lay_out(qubits, operations, owners, max_qubits, max_operations)
    return _Page(diagram, title, width).render(list(outputs) if outputs is not None else None)


class _Page:
    """Coordinates of a diagram and the elements drawn so far."""

    def __init__(self, diagram: Diagram, title: str, width: float | None) -> None:
        self.diagram, self.title = diagram, title
        self.color = {name: f"p{i % len(HUES)}" if name else "px" for i, name in enumerate(diagram.parties)}
        self.parts: list[str] = []
        halves = [14.0] * diagram.columns
        for cell in diagram.cells:
            halves[cell.column] = max(halves[cell.column], signs.half_width(cell))
        self.sizes = [2 * h + 14.0 for h in halves]
        self.names = [_name(wire.qubit, wire.party) for wire in diagram.wires]
        self.party_width = max((words(p, 13, bold=True) for p in diagram.parties), default=0.0)
        name_width = max((words(n, 13) for n in self.names), default=0.0)
        if diagram.classical_row is not None:
            self.party_width = max(self.party_width, words("bits", 13))
        self.margin = _PAD + 10 + self.party_width + 14 + name_width + 10
        limit = None if width is None else width - self.margin - _PAD - 24
        self.blocks = blocks(self.sizes, limit)
        self.y = self._rows()
        self.height = self.y[-1] + PITCH / 2 if self.y else 0.0
        longest = max(sum(self.sizes[c] for c in columns) for columns in self.blocks)
        self.width = self.margin + max(longest, 40.0) + 24 + _PAD

    def _rows(self) -> list[float]:
        """Return the height of each wire's middle, with a gap between parties."""
        parties: list[str | None] = [wire.party for wire in self.diagram.wires]
        if self.diagram.classical_row is not None:
            parties.append(None)
        heights: list[float] = []
        y = PITCH / 2
        for i, party in enumerate(parties):
            if i:
                y += PITCH + (_BAND_GAP if party != parties[i - 1] else 0.0)
            heights.append(y)
        return heights

    def render(self, outputs: list[Output] | None) -> str:
        top = _PAD
        for columns in self.blocks:
            self._block(columns, top)
            top += self.height + _BLOCK_GAP
        top -= _BLOCK_GAP
        notes = [f"{note}." for note in self.diagram.notes]
        if outputs is not None:
            notes.insert(0, f"outputs: {plain(', '.join(map(_output, outputs[:32])) or 'none', 160)}")
        for note in notes:
            top += 18
            self._text(_PAD + 10, top, note, "note left")
            self.width = max(self.width, 2 * _PAD + 20 + words(note, 10.5))
        total = top + _PAD
        width, height = number(self.width), number(total)
        label = escape(self.title)
        frame = f'width="{number(self.width - 1)}" height="{number(total - 1)}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="qnf" role="img" aria-label="{label}" '
            f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
            f"<title>{label}</title><style>{STYLE}</style>"
            f'<rect class="card" x=".5" y=".5" {frame} rx="10"/>'
            f"{''.join(self.parts)}</svg>"
        )

    def _text(self, x: float, y: float, text: str, css: str) -> None:
        self.parts.append(signs.text(x, y, escape(text), css))

    def _block(self, columns: range, top: float) -> None:
        x: dict[int, float] = {}
        at = self.margin
        for column in columns:
            x[column] = at + self.sizes[column] / 2
            at += self.sizes[column]
        end = at + 14
        self._bands(top, end + 10)
        for row, (wire, name) in enumerate(zip(self.diagram.wires, self.names, strict=True)):
            y = top + self.y[row]
            self._text(self.margin - 10, y + 4.5, name, "right")
            for segment in wire.segments:
                if segment.start < columns.stop and segment.end >= columns.start:
                    left = x.get(segment.start, self.margin if segment.start < columns.start else end)
                    right = x.get(segment.end, end if segment.end >= columns.stop else self.margin)
                    if segment.classical:
                        self.parts.append(signs.double(left, y, right, y))
                    else:
                        path = f"M{number(left)} {number(y)}H{number(right)}"
                        self.parts.append(f'<path class="wire {self.color[segment.party]}" d="{path}"/>')
        if self.diagram.classical_row is not None:
            y = top + self.y[-1]
            self._text(_PAD + 10, y + 4.5, "bits", "left note")
            self.parts.append(signs.double(self.margin, y, end, y))
        for link in self.diagram.links:
            if link.column in x:
                self.parts.append(
                    signs.link(link.kind, x[link.column], top + self.y[link.top], top + self.y[link.bottom])
                )
        lines = {(link.column, link.top) for link in self.diagram.links if link.kind == "bits"}
        lines |= {(link.column, r) for link in self.diagram.links for r in range(link.top, link.bottom)}
        for cell in self.diagram.cells:
            if cell.column in x:
                color = self.color[self._holder(cell.row, cell.column)] if cell.shape != "bits" else "px"
                below = (cell.column, cell.row) in lines
                body = signs.sign(cell, x[cell.column], top + self.y[cell.row], below, escape)
                self.parts.append(f'<g class="{color}"><title>{escape(cell.title)}</title>{body}</g>')

    def _holder(self, row: int, column: int) -> str:
        """Return the party that holds a row's qubit after what is done at a column."""
        wire = self.diagram.wires[row]
        return next((s.party for s in reversed(wire.segments) if s.start <= column), wire.party)

    def _bands(self, top: float, end: float) -> None:
        rows = self.diagram.wires
        start = 0
        for row in range(len(rows)):
            party = rows[row].party
            if row + 1 < len(rows) and rows[row + 1].party == party:
                continue
            y0, y1 = top + self.y[start] - PITCH / 2, top + self.y[row] + PITCH / 2
            self.parts.append(
                f'<g class="{self.color[party]}"><rect class="band" x="{number(_PAD)}" y="{number(y0)}" '
                f'width="{number(end - _PAD)}" height="{number(y1 - y0)}" rx="7"/>'
                f"{signs.text(_PAD + 10, (y0 + y1) / 2 + 4.5, escape(plain(party)), 'party left')}</g>"
            )
            start = row + 1


def _name(qubit: str, party: str) -> str:
    short = qubit.removeprefix(f"{party}.") if party else qubit
    return plain(short or qubit)


def _output(output: Output) -> str:
    formula = condition_text(output.parity)
    return formula if output.label == str(output.parity) else f"{plain(output.label)} = {formula}"


def escape(text: str) -> str:
    """Return text fit for XML: what it may not hold replaced, what it reserves escaped."""
    return html.escape("".join(c if c.isprintable() else "�" for c in text))
