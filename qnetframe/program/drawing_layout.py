"""Where everything of a diagram goes: wires in rows, operations packed greedily into columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qnetframe.program import drawing_labels as labels
from qnetframe.program.drawing_shapes import LinkKind, Shape, note_of, signs_of
from qnetframe.program.operations import (
    Expect,
    Idle,
    Measure,
    ProgramOperation,
    Save,
    Send,
    condition_of,
    qubits_of,
    recorded_bit,
)
from qnetframe.values import parities_of

# More than this helps nobody, and drawing must not take longer than running.
MAX_QUBITS = 64
MAX_OPERATIONS = 400


@dataclass(frozen=True, slots=True)
class Cell:
    """One sign on one wire: its shape, the text in it, a note beside it, and a line in words."""

    column: int
    row: int
    shape: Shape
    text: str = ""
    note: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A vertical line in a column."""

    column: int
    top: int
    bottom: int
    kind: LinkKind


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a wire between the middles of two columns; -1 is the left end, ``columns`` the right."""

    start: int
    end: int
    classical: bool
    party: str


@dataclass
class Wire:
    """A row of the diagram."""

    qubit: str
    party: str
    segments: list[Segment] = field(default_factory=list)


@dataclass
class Diagram:
    """A laid-out program. The last row is for operations on bits alone where ``classical_row`` is set."""

    wires: list[Wire]
    parties: tuple[str, ...]
    cells: list[Cell] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    columns: int = 0
    classical_row: int | None = None
    notes: list[str] = field(default_factory=list)


def party_of(qubit: str, owners: Mapping[str, str] | None) -> str:
    """Return the party of a qubit: as told, else what comes before the first dot of its id."""
    if owners is not None and qubit in owners:
        return owners[qubit]
    return qubit.partition(".")[0] if "." in qubit else ""


def lay_out(
    qubits: Sequence[str],
    operations: Iterable[ProgramOperation],
    owners: Mapping[str, str] | None = None,
    max_qubits: int = MAX_QUBITS,
    max_operations: int = MAX_OPERATIONS,
) -> Diagram:
    """Return the diagram of some operations, wires grouped by party in order of first mention."""
    groups: dict[str, list[str]] = {}
    for qubit in qubits:
        groups.setdefault(party_of(qubit, owners), []).append(qubit)
    rows = [Wire(q, party) for party, members in groups.items() for q in members]
    layout = _Layout(Diagram(rows[:max_qubits], tuple(groups)))
    hidden = 0
    drawn = 0
    for operation in operations:
        if drawn >= max_operations or not all(q in layout.row for q in qubits_of(operation)):
            hidden += 1
            continue
        drawn += 1
        layout.add(operation)
    return layout.finish(len(rows) - max_qubits, hidden)


def blocks(sizes: Sequence[float], limit: float | None) -> list[range]:
    """Return the columns of each line of a diagram, as many as fit in ``limit``, at least one."""
    result, start, used = [], 0, 0.0
    for i, size in enumerate(sizes):
        if limit is not None and i > start and used + size > limit:
            result.append(range(start, i))
            start, used = i, 0.0
        used += size
    return [*result, range(start, len(sizes))]


class _Layout:
    """The state of one pass over the operations."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.row = {wire.qubit: i for i, wire in enumerate(diagram.wires)}
        self.front = [0] * (len(diagram.wires) + 1)
        self.since = [-1] * len(diagram.wires)
        self.holder = [wire.party for wire in diagram.wires]
        self.held: list[str | None] = [None] * len(diagram.wires)
        self.last = [-1] * len(diagram.wires)
        self.kept: set[int] = set()
        self.known: dict[str, int] = {}

    def add(self, operation: ProgramOperation) -> None:
        if isinstance(operation, Idle):
            for qubit in operation.qubits:
                self._place(operation, (qubit,))
        else:
            self._place(operation, qubits_of(operation))

    def _place(self, operation: ProgramOperation, qubits: Sequence[str]) -> None:
        needed = condition_of(operation)
        bits = [b for p in parities_of(needed) for b in p.bits] if needed is not None else []
        rows = [self.row[q] for q in qubits]
        dots = [r for r in range(len(self.held)) if self.held[r] in bits] if rows and bits else []
        dots = [r for r in dots if r not in rows]
        # Operations on bits alone have a row of their own, below all wires.
        touched = rows + dots or [len(self.row)]
        spanned = range(min(touched), max(touched) + 1)
        column = max(max(self.front[r] for r in spanned), *(self.known.get(b, -1) + 1 for b in bits), 0)
        for r in spanned:
            self.front[r] = column + 1
        self.diagram.columns = max(self.diagram.columns, column + 1)
        bit = recorded_bit(operation)
        if bit is not None:
            self.known[bit] = column
        self._draw(operation, column, rows, dots)
        for row in rows:
            self._follow(operation, column, row)

    def _draw(self, operation: ProgramOperation, column: int, rows: list[int], dots: list[int]) -> None:
        title = labels.describe(operation)
        shapes, kind = signs_of(operation, len(rows))
        note = note_of(operation)
        if not rows:
            row = self.diagram.classical_row = len(self.row)
            self.diagram.cells.append(Cell(column, row, "bits", shapes[0][1], title=title))
            return
        # The note stands once, at the last box, or at the last sign if there is no box.
        noted = max((i for i, (shape, _) in enumerate(shapes) if shape == "box"), default=len(shapes) - 1)
        for i, (row, (shape, text)) in enumerate(zip(rows, shapes, strict=True)):
            self.diagram.cells.append(Cell(column, row, shape, text, note if i == noted else "", title))
        if len(rows) > 1:
            self.diagram.links.append(Link(column, min(rows), max(rows), kind))
        for row in dots:
            self.diagram.cells.append(Cell(column, row, "dot", title=title))
            self.last[row] = column
        above, below = [r for r in dots if r < min(rows)], [r for r in dots if r > max(rows)]
        if above:
            self.diagram.links.append(Link(column, min(above), min(rows), "bits"))
        if below:
            self.diagram.links.append(Link(column, max(rows), max(below), "bits"))

    def _follow(self, operation: ProgramOperation, column: int, row: int) -> None:
        """Keep up with what a wire carries after an operation at a column."""
        if isinstance(operation, (Save, Expect)):
            self.kept.add(row)
            self.last[row] = max(self.last[row], column)
            return
        turns = isinstance(operation, (Measure, Send))
        if not turns and self.held[row] is None:
            return
        self._close(row, column)
        self.held[row] = operation.bit if isinstance(operation, Measure) else None
        if isinstance(operation, Send):
            self.holder[row] = operation.to
            if operation.to not in self.diagram.parties:
                self.diagram.parties = (*self.diagram.parties, operation.to)
        self.last[row] = column

    def _close(self, row: int, end: int) -> None:
        if end > self.since[row]:
            segment = Segment(self.since[row], end, self.held[row] is not None, self.holder[row])
            self.diagram.wires[row].segments.append(segment)
        self.since[row] = end

    def finish(self, hidden_qubits: int, hidden_operations: int) -> Diagram:
        for row in range(len(self.row)):
            ends = self.held[row] is not None or row in self.kept
            self._close(row, self.last[row] if ends else self.diagram.columns)
        if hidden_qubits > 0:
            self.diagram.notes.append(f"{hidden_qubits} more qubits are not drawn")
        if hidden_operations:
            self.diagram.notes.append(f"{hidden_operations} more operations are not drawn")
        return self.diagram
