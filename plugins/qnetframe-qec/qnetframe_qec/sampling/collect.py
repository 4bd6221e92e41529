"""Collecting counts of many tasks: batch by batch, with early stop, on several processes, resumable.

Batches are numbered; batch i of a task has a seed of its own, whoever runs it. A task stops at the first
batch after which it has enough errors or shots, so that the counts do not depend on the number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from qnetframe import checks
from qnetframe.plugins import Plugins
from qnetframe_qec.sampling.counts import Counts, Sampler
from qnetframe_qec.sampling.records import BatchFile, Record
from qnetframe_qec.sampling.task import MemoryTask

BATCH_SHOTS = 1 << 14
Report = Callable[[MemoryTask, Counts, bool], None]


@dataclass(frozen=True)
class Stop:
    """When a task is done: at ``max_shots`` shots or ``max_errors`` errors, whichever comes first."""

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
        return counts.shots >= self.max_shots or (
            self.max_errors is not None and counts.errors >= self.max_errors
        )


@dataclass
class _Progress:
    """The batches of one task: those added up so far, in order, and those that came before their turn."""

    task: MemoryTask
    stop: Stop
    counts: Counts = field(default_factory=Counts)
    added: int = 0
    early: dict[int, Counts] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)

    @property
    def done(self) -> bool:
        """Whether the batches added up suffice."""
        return self.stop.reached(self.counts)

    def add(self, batch: int, counts: Counts) -> None:
        """Take a batch; it counts once all before it do and only if the task is not done by then."""
        self.early[batch] = counts
        while self.added in self.early and not self.done:
            self.counts += self.early.pop(self.added)
            self.added += 1

    def wanted(self) -> int | None:
        """Return the next batch to run; None where all that could be needed are there or asked for."""
        if self.done:
            return None
        number = self.added
        while number in self.early or number in self.asked:
            number += 1
        return number if self.stop.batch(number) else None


def collect(
    tasks: Sequence[MemoryTask],
    stop: Stop = Stop(),
    *,
    seed: int = 0,
    store: str | Path | None = None,
    workers: int = 1,
    plugins: Plugins | None = None,
    report: Report | None = None,
) -> list[Counts]:
    """Return the counts of every task.

    ``store`` is a CSV file to which every finished batch is written and from which a killed collection goes
    on; a file that is none is refused and left as it is. ``report`` is called after every batch with the
    task, its counts so far and whether it is done. With ``workers`` above 1 batches run in that many
    processes, which use the installed plugins.
    """
    checks.integer(seed, "seed", low=0)
    checks.integer(workers, "workers", low=1)
    progress = {task.id: _Progress(task, stop) for task in tasks}
    with BatchFile(store) as batches:
        for record in batches.records:
            known = progress.get(record.task_id)
            if known is not None and record.seed == seed and record.counts.shots == stop.batch(record.batch):
                known.add(record.batch, record.counts)
        for task_id, batch, counts in _runner(workers, plugins)(progress, seed):
            known = progress[task_id]
            known.add(batch, counts)
            batches.append(Record(task_id, batch, seed, counts, known.task.to_json()))
            if report is not None:
                report(known.task, known.counts, known.done)
    return [progress[task.id].counts for task in tasks]


def batch_seed(task_id: str, seed: int, batch: int) -> int:
    """Return the seed of one batch: its own for every task, seed and number."""
    sequence = np.random.SeedSequence([int(task_id, 16), seed], spawn_key=(batch,))
    return int(sequence.generate_state(1, np.uint64)[0])


_Runner = Callable[[dict[str, _Progress], int], Iterator[tuple[str, int, Counts]]]


def _runner(workers: int, plugins: Plugins | None) -> _Runner:
    return _inline(plugins) if workers == 1 else _processes(workers)


def _inline(plugins: Plugins | None) -> _Runner:
    def run(progress: dict[str, _Progress], seed: int) -> Iterator[tuple[str, int, Counts]]:
        for task_id, known in progress.items():
            sampler: Sampler | None = None
            while (batch := known.wanted()) is not None:
                sampler = sampler or Sampler.of_task(known.task, plugins)
                counts = sampler.counts(known.stop.batch(batch), batch_seed(task_id, seed, batch))
                yield task_id, batch, counts

    return run


def _processes(workers: int) -> _Runner:
    def run(progress: dict[str, _Progress], seed: int) -> Iterator[tuple[str, int, Counts]]:
        import multiprocessing

        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            running: dict[Future[Counts], tuple[str, int]] = {}
            try:
                while True:
                    for task_id, batch in _ahead(progress, workers + 1 - len(running)):
                        known = progress[task_id]
                        known.asked.add(batch)
                        shots, own = known.stop.batch(batch), batch_seed(task_id, seed, batch)
                        running[pool.submit(_work, known.task.to_json(), own, shots)] = task_id, batch
                    if not running:
                        return
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        task_id, batch = running.pop(future)
                        yield task_id, batch, future.result()
            finally:
                for future in running:
                    future.cancel()

    return run


def _ahead(progress: dict[str, _Progress], number: int) -> Iterable[tuple[str, int]]:
    for task_id, known in progress.items():
        while number > 0 and (batch := known.wanted()) is not None:
            number -= 1
            yield task_id, batch


def _work(task: str, seed: int, shots: int) -> Counts:
    return _sampler(task).counts(shots, seed)


@lru_cache(maxsize=4)
def _sampler(task: str) -> Sampler:
    return Sampler.of_task(MemoryTask.from_json(task))
