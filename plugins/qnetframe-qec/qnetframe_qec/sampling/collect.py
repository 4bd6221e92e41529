"""Collecting counts of many tasks: batch by batch, with early stop, in the host's store, on its executors.

Batches are numbered; batch i of a task is a task of the host, of kind "memory", with a seed of its own,
whoever runs it. A point stops at the first batch after which it has enough errors or shots, so that the
counts do not depend on the executor or the number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from qnetframe import checks
from qnetframe.api import Executor
from qnetframe.errors import QnetframeError, UnsupportedError
from qnetframe.plugins import Plugins, discover
from qnetframe.tasks import Outcome, Task
from qnetframe_qec.sampling.counts import Counts
from qnetframe_qec.sampling.kind import KIND, counts_of, settings_of
from qnetframe_qec.sampling.task import MemoryTask

if TYPE_CHECKING:
    from qnetframe.experiment.store import Store

BATCH_SHOTS = 1 << 14
# The seed of a batch is that of the collection and the number of the batch, side by side.
_BATCH_BITS = 31
Report = Callable[[MemoryTask, Counts, bool], None]


@dataclass(frozen=True)
class Stop:
    """When a point is done: at ``max_shots`` shots or ``max_errors`` errors, whichever comes first."""

    max_shots: int = 100_000
    max_errors: int | None = None

    def __post_init__(self) -> None:
        checks.integer(self.max_shots, "max_shots", low=1)
        if self.max_errors is not None:
            checks.integer(self.max_errors, "max_errors", low=1)

    def batch(self, number: int) -> int:
        """Return the shots of a batch; 0 after the last."""
        return max(0, min(BATCH_SHOTS, self.max_shots - number * BATCH_SHOTS))

    def reached(self, counts: Counts) -> bool:
        """Whether no further batch is needed."""
        enough = self.max_errors is not None and counts.errors >= self.max_errors
        return enough or counts.shots >= self.max_shots


@dataclass
class _Point:
    """The batches of one task: those added up so far, in order, and those that came before their turn."""

    task: MemoryTask
    stop: Stop
    seed: int
    counts: Counts = field(default_factory=Counts)
    added: int = 0
    asked: int = 0
    early: dict[int, Counts] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether the batches added up suffice."""
        return self.stop.reached(self.counts)

    def add(self, batch: int, counts: Counts) -> None:
        """Take a batch; it counts once all before it do and only if the point is not done by then."""
        self.early[batch] = counts
        while self.added in self.early and not self.done:
            self.counts += self.early.pop(self.added)
            self.added += 1

    def next(self) -> Task | None:
        """Return the next batch to run as a task; None where all that could be needed are asked for."""
        if self.done or not self.stop.batch(self.asked):
            return None
        self.asked += 1
        return self.batch(self.asked - 1)

    def batch(self, number: int) -> Task:
        """Return a batch as a task."""
        settings = settings_of(self.task, self.stop.batch(number))
        return Task(KIND, settings, seed=self.seed << _BATCH_BITS | number)


def collect(
    tasks: Sequence[MemoryTask],
    stop: Stop = Stop(),
    *,
    seed: int = 0,
    store: str | Path | None = None,
    executor: Executor | None = None,
    plugins: Plugins | None = None,
    report: Report | None = None,
) -> list[Counts]:
    """Return the counts of every task.

    ``store`` is the path of a store of the host (see ``qnetframe store``), to which every finished batch is
    written and from which a killed collection goes on. ``executor`` runs the batches; without one they run in
    this process. ``report`` is called after every batch with the task, its counts so far and whether it is
    done. Raises what building a task raises, and StoreError for a file that is no store.
    """
    checks.integer(seed, "seed", low=0, high=(1 << 32) - 1)
    from qnetframe.builtin.executors.inline import InlineExecutor
    from qnetframe.experiment.perform import Performer
    from qnetframe.experiment.store import Store

    points = {task.id: _Point(task, stop, seed) for task in tasks}
    with nullcontext() if store is None else Store(store) as opened:
        asked: dict[str, tuple[_Point, int]] = {}
        performer = Performer(plugins=plugins)
        runner: Executor = executor or InlineExecutor()
        outcomes = runner.run(_wanted(points, opened, asked), performer)
        for outcome in outcomes:
            point, batch = asked.pop(outcome.task.id)
            _raise_if_failed(outcome)
            if opened is not None:
                opened.add([outcome])
            point.add(batch, counts_of(outcome))
            if report is not None:
                report(point.task, point.counts, point.done)
    return [points[task.id].counts for task in tasks]


def make_executor(workers: int, plugins: Plugins | None = None) -> Executor | None:
    """Return the executor of so many processes of this machine; None, which is this process, for one."""
    checks.integer(workers, "workers", low=1)
    if workers == 1:
        return None
    executor: Executor = (plugins or discover()).make("executor", "processes", {"workers": workers})
    return executor


def _wanted(
    points: dict[str, _Point], store: Store | None, asked: dict[str, tuple[_Point, int]]
) -> Iterator[Task]:
    """Yield the batches that are needed and not in the store, which are added as they are met."""
    for point in points.values():
        while (task := point.next()) is not None:
            number = point.asked - 1
            if store is not None and store.statuses([task]).get(task.id) == "done":
                point.add(number, counts_of(store.get(task.id).outcome))
                continue
            asked[task.id] = point, number
            yield task


def _raise_if_failed(outcome: Outcome) -> None:
    if outcome.status == "refused":
        raise UnsupportedError(outcome.error)
    if outcome.status != "done":
        raise QnetframeError(outcome.error)
