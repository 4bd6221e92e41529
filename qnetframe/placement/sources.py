"""Where the noise of a placed circuit comes from: each operation that is noisy says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from qnetframe.program.operations import Operation

Kind: TypeAlias = Literal[
    "pair",
    "sending",
    "loss",
    "idle",
    "one-qubit gates",
    "two-qubit gates",
    "preparation",
    "readout",
    "program",
]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Source:
    """Why an operation is noisy, and what stands in its place without that noise (None: nothing).

    ``where`` is the link of a pair, of a sent qubit and of its loss, otherwise the party; ``qubits`` are
    those that suffer. "program" is noise that the program itself asks for.
    """

    kind: Kind
    where: str
    qubits: tuple[str, ...] = ()
    ideal: Operation | None = None


@dataclass
class Tape:
    """The operations of a circuit as it grows, and the source of the noise of each (None: not noisy)."""

    operations: list[Operation] = field(default_factory=list)
    sources: list[Source | None] = field(default_factory=list)

    def append(self, operation: Operation, source: Source | None = None) -> None:
        """Add an operation."""
        self.operations.append(operation)
        self.sources.append(source)

    def extend(self, other: Tape) -> None:
        """Add what is on another tape."""
        self.operations.extend(other.operations)
        self.sources.extend(other.sources)

    def __len__(self) -> int:
        return len(self.operations)

    def __iter__(self) -> Iterator[tuple[Operation, Source | None]]:
        return iter(zip(self.operations, self.sources, strict=True))
