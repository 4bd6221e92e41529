"""Circuit: the frozen, party-free program that passes and backends see."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qnetframe.errors import InvalidInputError
from qnetframe.program import codec
from qnetframe.program.operations import (
    Entangle,
    Expect,
    Idle,
    Operation,
    Save,
    Send,
    condition_of,
    qubits_of,
    recorded_bit,
    saved_qubits,
)
from qnetframe.values import Condition, Parity, parities_of


@dataclass(frozen=True, slots=True)
class Output:
    """A parity of recorded bits that the user wants, under a label."""

    label: str
    parity: Parity

    def __post_init__(self) -> None:
        if not isinstance(self.label, str) or not self.label:
            raise InvalidInputError(f"output label is {self.label!r}; it must be a non-empty string")


@dataclass(frozen=True)
class Circuit:
    """Qubits, operations in order, and the declared outputs; equal and hashable by content.

    ``outputs`` None means one output for each recorded bit, under the bit's id. Raises InvalidInputError
    for unknown or doubly named qubits, a bit recorded twice or used before it is recorded, and an
    operation on a saved qubit.
    """

    qubits: tuple[str, ...]
    operations: tuple[Operation, ...]
    outputs: tuple[Output, ...] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        object.__setattr__(self, "qubits", tuple(self.qubits))
        object.__setattr__(self, "operations", tuple(self.operations))
        _check_qubits(self.qubits, self.operations)
        recorded = _check_bits(self.operations)
        if self.outputs is None:
            object.__setattr__(self, "outputs", tuple(Output(b, Parity((b,))) for b in recorded))
            return
        object.__setattr__(self, "outputs", tuple(self.outputs))
        labels: set[str] = set()
        known = dict.fromkeys(recorded)
        for output in self.outputs:
            if output.label in labels:
                raise InvalidInputError(f"outputs: label {output.label!r} is used twice")
            labels.add(output.label)
            _check_recorded(output.parity, known, f"outputs: {output.label!r}")

    @cached_property
    def bits(self) -> tuple[str, ...]:
        """The ids of the recorded bits, in order of recording."""
        return tuple(b for b in map(recorded_bit, self.operations) if b is not None)

    @cached_property
    def saved(self) -> tuple[str, ...]:
        """The qubits that a ``save`` or ``expect`` keeps, in the order of ``qubits``."""
        kept = set(saved_qubits(self.operations))
        return tuple(q for q in self.qubits if q in kept)

    @cached_property
    def content_hash(self) -> str:
        """The sha256 of the canonical JSON."""
        return codec.content_hash(self.to_dict())

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def __getstate__(self) -> dict[str, Any]:
        # What passes keep on a circuit can be made again, and would make copies and pickles large.
        return {"qubits": self.qubits, "operations": self.operations, "outputs": self.outputs}

    def replace(
        self, operations: Iterable[Operation] | None = None, outputs: Iterable[Output] | None = None
    ) -> Circuit:
        """Return this circuit with other operations or outputs."""
        return Circuit(
            self.qubits,
            self.operations if operations is None else tuple(operations),
            self.outputs if outputs is None else tuple(outputs),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the circuit as plain JSON values."""
        return {
            "format": "qnetframe-circuit-1",
            "qubits": list(self.qubits),
            "operations": [codec.encode_operation(o) for o in self.operations],
            "outputs": codec.encode_outputs(self.outputs),
        }

    @staticmethod
    def from_dict(data: Any) -> Circuit:
        """Return the circuit of ``to_dict``; InvalidInputError names the field that is wrong."""
        codec.check_document(data, "qnetframe-circuit-1", ("qubits", "operations", "outputs"))
        operations = codec.decode_operations(data)
        outputs = (Output(*pair) for pair in codec.decode_outputs(data))
        return Circuit(codec.strings(data, "qubits", "document"), operations, tuple(outputs))  # type: ignore[arg-type]

    def to_json(self) -> str:
        """Return the circuit as a JSON text."""
        return json.dumps(self.to_dict(), indent=1)

    @staticmethod
    def from_json(text: str) -> Circuit:
        """Return the circuit of ``to_json``; InvalidInputError names what is malformed."""
        return Circuit.from_dict(codec.parse_json(text, "circuit"))

    def __str__(self) -> str:
        from qnetframe.program.drawing import draw

        return draw(self.qubits, self.operations, outputs=self.outputs)

    def _repr_html_(self) -> str:
        return f'<div style="overflow-x:auto">{self._svg()}</div>'

    def _svg(self, width: float | None = 1120.0) -> str:
        from qnetframe.program.drawing import draw_svg

        return draw_svg(self.qubits, self.operations, outputs=self.outputs, width=width)

    def draw(self, ax: Any = None, *, width: float | None = 1120.0) -> Any:
        """Draw the circuit on matplotlib Axes and return them; as ``Program.draw``."""
        from qnetframe.program.drawing import draw_on_axes

        return draw_on_axes(self._svg(width), ax)


def _check_qubits(qubits: tuple[str, ...], operations: tuple[Operation, ...]) -> None:
    for i, qubit in enumerate(qubits):
        if not isinstance(qubit, str) or not qubit:
            raise InvalidInputError(f"qubits[{i}] is {qubit!r:.60}; it must be a non-empty string")
    known = set(qubits)
    if len(known) != len(qubits):
        raise InvalidInputError(f"qubits has one of them twice: {', '.join(qubits)}")
    finished: dict[str, str] = {}
    labels: set[str] = set()
    for i, operation in enumerate(operations):
        where = f"operations[{i}]: {operation.kind}"
        if isinstance(operation, (Entangle, Send, Idle)):
            raise InvalidInputError(f"{where} is not for circuits; place the program, or use its circuit()")
        keeps = isinstance(operation, (Save, Expect))
        for qubit in qubits_of(operation):
            if qubit not in known:
                names = ", ".join(qubits)
                raise InvalidInputError(f"{where} acts on unknown qubit {qubit!r}; known: {names}")
            if qubit in finished and not keeps:
                raise InvalidInputError(
                    f"{where} acts on qubit {qubit!r} after {finished[qubit]}; "
                    "save and expect are the last operations on their qubits"
                )
        if isinstance(operation, (Save, Expect)):
            if operation.label in labels:
                raise InvalidInputError(f"{where}: label {operation.label!r} is used twice")
            labels.add(operation.label)
            for qubit in operation.qubits:
                finished.setdefault(qubit, f"{operation.kind} {operation.label!r}")


def _check_bits(operations: tuple[Operation, ...]) -> list[str]:
    recorded: dict[str, None] = {}
    for i, operation in enumerate(operations):
        needed = condition_of(operation)
        if needed is not None:
            _check_recorded(needed, recorded, f"operations[{i}]: {operation.kind}")
        bit = recorded_bit(operation)
        if bit is not None:
            if bit in recorded:
                raise InvalidInputError(f"operations[{i}]: bit {bit!r} is recorded twice")
            recorded[bit] = None
    return list(recorded)


def _check_recorded(value: Condition, recorded: Iterable[str], where: str) -> None:
    for parity in parities_of(value):
        for bit in parity.bits:
            if bit not in recorded:
                names = ", ".join(recorded) or "none"
                raise InvalidInputError(
                    f"{where} uses bit {bit!r}, which is not measured yet; measured: {names}"
                )
