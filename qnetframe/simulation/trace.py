"""What happened when: records of a run, which print as lines and can be filtered."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

KINDS = (
    "attempt", "herald", "swap", "swap-failed", "message", "lost", "purify", "purify-failed", "expire",
    "deliver", "abandon", "request", "reject", "admit", "done", "late", "link-down", "link-up",
)  # fmt: skip


class Record(NamedTuple):
    """One thing that happened: the time in picoseconds, its kind, the nodes, the rest as text."""

    time: int
    kind: str
    nodes: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.time:>18d} {self.kind:<14s} {' '.join(self.nodes)} {self.text}".rstrip()


@dataclass
class Trace:
    """The records of a run, of some kinds only where ``kinds`` are given."""

    kinds: Collection[str] | None = None
    records: list[Record] = field(default_factory=list)

    def add(self, time: int, kind: str, nodes: tuple[str, ...], text: str = "") -> None:
        """Keep a record if its kind is wanted."""
        if self.kinds is None or kind in self.kinds:
            self.records.append(Record(time, kind, nodes, text))

    def select(
        self,
        kinds: Collection[str] | None = None,
        nodes: Collection[str] | None = None,
        start: float = 0.0,
        end: float = float("inf"),
    ) -> Iterator[Record]:
        """Yield the records of these kinds, at any of these nodes, between two times in seconds."""
        for r in self.records:
            if (
                (kinds is None or r.kind in kinds)
                and (nodes is None or any(n in nodes for n in r.nodes))
                and start <= r.time * 1e-12 <= end
            ):
                yield r

    def text(self) -> str:
        """Return all records as lines; the same seed gives the same bytes."""
        return "".join(f"{r}\n" for r in self.records)

    @property
    def digest(self) -> str:
        """The sha256 of `text`."""
        return sha256(self.text().encode()).hexdigest()
