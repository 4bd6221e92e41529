"""Programs and circuits as text diagrams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qnetframe.program.circuit import Output
from qnetframe.program.drawing_labels import condition_text, plain
from qnetframe.program.drawing_layout import MAX_OPERATIONS, MAX_QUBITS, Cell, Diagram, blocks, lay_out
from qnetframe.program.operations import ProgramOperation

_GAP = 2
_VERTICAL = {"gate": "│", "keep": "│", "noise": "┊", "pair": "┊", "bits": "║"}
_CROSSING = {
    ("│", "─"): "┼", ("│", "═"): "╪", ("║", "─"): "╫", ("║", "═"): "╬", ("┊", "─"): "┼", ("┊", "═"): "╪",
}  # fmt: skip


def draw(
    qubits: Sequence[str],
    operations: Iterable[ProgramOperation],
    owners: Mapping[str, str] | None = None,
    outputs: Iterable[Output] | None = None,
    width: int | None = 120,
    max_qubits: int = MAX_QUBITS,
    max_operations: int = MAX_OPERATIONS,
) -> str:
    """Return a text diagram: a wire for each qubit, parties apart, time from left to right.

    ``●`` control, ``⊕`` its target, ``×`` swap, ``∿`` an entangled pair, ``~…~`` noise, ``▷`` send, ``M``
    measurement (then the basis unless z, and the bit), ``║`` a bit that decides, ``▸`` save or expect.
    ``owners`` tells the party of each qubit (else it is what comes before the first dot of its id). Lines
    longer than ``width`` characters are wrapped (never, with None); what exceeds ``max_qubits`` or
    ``max_operations`` is counted, not drawn.
    """
    diagram = lay_out(qubits, operations, owners, max_qubits, max_operations)
    texts = [_text(cell) for cell in diagram.cells]
    left, right = [0] * diagram.columns, [0] * diagram.columns
    for cell, text in zip(diagram.cells, texts, strict=True):
        left[cell.column] = max(left[cell.column], len(text) // 2)
        right[cell.column] = max(right[cell.column], len(text) - len(text) // 2 - 1)
    names = [plain(wire.qubit) for wire in diagram.wires] + ["bits"] * (diagram.classical_row is not None)
    margin = max(map(len, names), default=0) + 1
    sizes = [a + b + 1 + _GAP for a, b in zip(left, right, strict=True)]
    lines = []
    for columns in blocks(sizes, None if width is None else width - margin - _GAP - 1):
        lines += ["", *_block(diagram, texts, names, margin, left, sizes, columns)]
    if outputs is not None:
        listed = ", ".join(_output(o) for o in list(outputs)[:32]) or "none"
        lines.append(f"outputs: {plain(listed, 400)}")
    lines += [f"… {note}" for note in diagram.notes]
    return "\n".join(line.rstrip() for line in lines[1:])


def _output(output: Output) -> str:
    formula = condition_text(output.parity)
    return formula if output.label == str(output.parity) else f"{plain(output.label)} = {formula}"


def _text(cell: Cell) -> str:
    inside = " ".join(filter(None, (cell.text, cell.note)))
    match cell.shape:
        case "control":
            return f"● {cell.note} " if cell.note else "●"
        case "dot":
            return "●"
        case "target":
            return f"⊕ {cell.note} " if cell.note else "⊕"
        case "swap":
            return f"× {cell.note} " if cell.note else "×"
        case "pair":
            return f"∿ {inside} " if inside else "∿"
        case "measure":
            return f"┤M{cell.text.lower().replace('z', '')} {cell.note}├"
        case "send":
            return f"▷ {inside} "
        case "noise":
            return f"~{inside}~" if inside else "≈"
        case "idle":
            return f"┄{inside}┄"
        case "keep":
            return f"▸ {inside} "
        case "bits":
            return f"[{inside}]"
        case _:
            return f"┤{inside}├"


def _block(
    diagram: Diagram,
    texts: list[str],
    names: list[str],
    margin: int,
    left: list[int],
    sizes: list[int],
    columns: range,
) -> list[str]:
    centre: dict[int, int] = {}
    at = margin + 1
    for column in columns:
        centre[column] = at + left[column] + 1
        at += sizes[column]
    end = at + 1
    canvas = [[" "] * (end + 1) for _ in range(max(0, 2 * len(names) - 1))]
    for row, name in enumerate(names):
        canvas[2 * row][: len(name)] = name
    _borders(diagram, canvas, end)
    for row, wire in enumerate(diagram.wires):
        for segment in wire.segments:
            start = centre.get(segment.start, margin if segment.start < columns.start else end)
            stop = centre.get(segment.end, end if segment.end >= columns.stop else margin)
            if segment.start < columns.stop and segment.end >= columns.start:
                sign = "═" if segment.classical else "─"
                canvas[2 * row][start : stop + 1] = sign * (stop + 1 - start)
    for link in diagram.links:
        if link.column in centre:
            sign, x = _VERTICAL[link.kind], centre[link.column]
            for y in range(2 * link.top, 2 * link.bottom + 1):
                canvas[y][x] = _CROSSING.get((sign, canvas[y][x]), sign)
    for cell, text in zip(diagram.cells, texts, strict=True):
        if cell.column in centre:
            x = centre[cell.column] - len(text) // 2
            canvas[2 * cell.row][x : x + len(text)] = text
    return ["".join(line) for line in canvas]


def _borders(diagram: Diagram, canvas: list[list[str]], end: int) -> None:
    parties = [wire.party for wire in diagram.wires] + [None] * (diagram.classical_row is not None)
    for row in range(1, len(parties)):
        if parties[row] != parties[row - 1]:
            canvas[2 * row - 1][: end + 1] = "╌" * (end + 1)
