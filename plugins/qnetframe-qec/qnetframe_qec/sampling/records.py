"""Finished batches in a CSV file: one line each, written through to the disk before it counts."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from qnetframe.errors import InvalidInputError
from qnetframe_qec.sampling.counts import Counts

FIELDS = ("task", "batch", "seed", "shots", "errors", "discards", "seconds", "description")


@dataclass(frozen=True)
class Record:
    """One batch of a task: its number, the seed of the collection, the counts, and the task as JSON."""

    task_id: str
    batch: int
    seed: int
    counts: Counts
    task: str


class BatchFile:
    """A file of batches, open for adding to it; without a path nothing is kept.

    Opening reads what is there. A last line without its end was torn by a kill and is dropped. Raises
    InvalidInputError for a file that holds anything else than batches, and leaves it as it is. One collection
    writes to a file at a time.
    """

    def __init__(self, path: str | Path | None) -> None:
        self.records: list[Record] = []
        self._file: BinaryIO | None = None
        if path is None:
            return
        self.path = Path(path)
        try:
            content = self.path.read_bytes() if self.path.exists() else b""
            whole = content[: content.rfind(b"\n") + 1]
            self.records = list(self._read(whole, content))
            self._file = self.path.open("a+b")
        except OSError as error:
            raise InvalidInputError(f"store {path} cannot be opened: {error}") from None
        self._file.truncate(len(whole))
        if not whole:
            self._write(FIELDS)

    def __enter__(self) -> BatchFile:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def append(self, record: Record) -> None:
        """Write a batch through to the disk."""
        c = record.counts
        numbers = (record.batch, record.seed, c.shots, c.errors, c.discards)
        self._write((record.task_id, *numbers, f"{c.seconds:.6f}", record.task))

    def _write(self, row: Iterable[object]) -> None:
        if self._file is None:
            return
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerow(row)
        self._file.write(buffer.getvalue().encode())
        self._file.flush()
        os.fsync(self._file.fileno())

    def _read(self, whole: bytes, content: bytes) -> Iterator[Record]:
        head = ",".join(FIELDS)
        if not whole and head.encode().startswith(content):
            return
        try:
            rows = list(csv.reader(io.StringIO(whole.decode())))
        except UnicodeDecodeError:
            rows = []
        if not rows or tuple(rows[0]) != FIELDS:
            raise InvalidInputError(
                f"store {self.path} does not start with the line {head}; it is not a file of batches and is "
                "left "
                "as it is"
            )
        for number, row in enumerate(rows[1:], 2):
            try:
                task_id, *numbers, seconds, task = row
                batch, seed, shots, errors, discards = map(int, numbers)
                counts = Counts(shots, errors, discards, float(seconds))
            except ValueError:
                raise InvalidInputError(
                    f"store {self.path}, line {number} is {','.join(row)!r:.60}; it is no batch"
                ) from None
            yield Record(task_id, batch, seed, counts, task)
