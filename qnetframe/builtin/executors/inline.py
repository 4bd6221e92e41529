"""The executor without any machinery: what the others must give the same numbers as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qnetframe.api import Perform
from qnetframe.tasks import Outcome, Task


@dataclass(frozen=True)
class InlineExecutor:
    """Runs one task after the other in this process."""

    @property
    def workers(self) -> int:
        """How many tasks run at once: one."""
        return 1

    def run(self, tasks: Iterable[Task], perform: Perform) -> Iterator[Outcome]:
        """Yield the outcome of every task, in order."""
        for task in tasks:
            yield perform(task)
