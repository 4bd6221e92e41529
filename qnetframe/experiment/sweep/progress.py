"""How far a sweep is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TextIO

# Plain lines come at most so often.
_EVERY_SECONDS = 10.0


@dataclass
class Tally:
    """How many tasks of a sweep there are, were there before, and have come since, by status."""

    total: int
    before: int = 0
    came: int = 0
    failed: int = 0
    refused: int = 0
    submitted: int = 0
    started: float = field(default_factory=time.perf_counter)

    @property
    def present(self) -> int:
        """The number of tasks that have a row."""
        return self.before + self.came

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.perf_counter() - self.started

    @property
    def rate(self) -> float:
        """Tasks per second since the beginning."""
        return self.came / max(1e-9, self.elapsed)

    @property
    def seconds_left(self) -> float | None:
        """The time that the rest takes at this rate; None before anything came."""
        return (self.total - self.present) / self.rate if self.came else None

    @property
    def troubles(self) -> str:
        """What did not end well, in words; "" if all did."""
        parts = [(self.failed, "failed"), (self.refused, "refused"), (self.submitted, "waiting on devices")]
        return ", ".join(f"{count} {word}" for count, word in parts if count)

    def __str__(self) -> str:
        left = self.seconds_left
        parts = [f"{self.present}/{self.total} tasks", self.troubles]
        if self.came:
            parts += [
                f"{self.rate:.3g}/s",
                f"{duration(left or 0.0)} left" if self.total > self.present else "",
            ]
        return ", ".join(part for part in parts if part)


def duration(seconds: float) -> str:
    """Return a time in words: 0.4 s, 48 s, 3 min 20 s, 2 h 5 min, 3 d 4 h.

    >>> duration(200), duration(7500), duration(0.42)
    ('3 min 20 s', '2 h 5 min', '0.4 s')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, unit, part, small in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // part} {small}"
    return f"{whole} s"


class Display(Protocol):
    """What shows a tally whenever it has changed."""

    def show(self, tally: Tally) -> None:
        """Show it, if it is time."""
        ...


class _Quiet:
    def show(self, tally: Tally) -> None:
        """Show nothing."""


class _Lines:
    """A line every ten seconds, and one at the end."""

    def __init__(self, stream: TextIO, name: str, every: float = _EVERY_SECONDS) -> None:
        self._stream, self._name, self._every = stream, name, every
        self._next, self._last = 0.0, -1

    def show(self, tally: Tally) -> None:
        """Print a line, if it is time."""
        now = time.perf_counter()
        if now >= self._next or (tally.present == tally.total and self._last != tally.present):
            self._next, self._last = now + self._every, tally.present
            print(f"{self._name}: {tally}", file=self._stream, flush=True)


class _Bar:
    """A bar of rich with the rate, the time left and the failures."""

    def __init__(self, progress: Any, job: Any) -> None:
        self._progress, self._job = progress, job

    def show(self, tally: Tally) -> None:
        """Move the bar."""
        left = tally.seconds_left
        self._progress.update(
            self._job, completed=tally.present, rate=f"{tally.rate:.3g}/s" if tally.came else "",
            left="" if left is None else f"{duration(left)} left", troubles=tally.troubles,
        )  # fmt: skip


@contextmanager
def display(wanted: bool | None, name: str, total: int) -> Iterator[Display]:
    """Give what shows the progress on stderr: a bar or lines, for ``wanted`` False nothing."""
    if wanted is False:
        yield _Quiet()
        return
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(sys.stderr, name)
        return
    from rich import progress

    columns = (
        progress.TextColumn("{task.description}"), progress.BarColumn(), progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[rate]}"), progress.TextColumn("{task.fields[left]}"),
        progress.TextColumn("[yellow]{task.fields[troubles]}"),
    )  # fmt: skip
    with progress.Progress(*columns, console=console) as bar:
        yield _Bar(bar, bar.add_task(name, total=total, rate="", left="", troubles=""))
