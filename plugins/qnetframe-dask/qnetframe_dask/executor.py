"""Tasks on Dask: short ones in batches, those of a worker that died one by one."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, TypeAlias

from distributed import KilledWorker, as_completed

from qnetframe.api import Perform
from qnetframe.builtin.executors.processes import MOST_DEATHS, died
from qnetframe.errors import QnetframeError
from qnetframe.tasks import Outcome, Task

# Dask is not typed: its clients, futures and iterators are Any.
Future: TypeAlias = Any
Connect: TypeAlias = Callable[[], AbstractContextManager[Any]]
# A batch takes about this long, so that what it costs to send one does not matter.
_BATCH_SECONDS = 0.3
_LARGEST_BATCH = 64
# So many batches wait for each worker, so that it never waits for the next.
_AHEAD = 2


class DaskExecutor:
    """Runs tasks on the Dask cluster that ``connect`` gives."""

    def __init__(self, connect: Connect, workers: int) -> None:
        self._connect, self._workers = connect, workers

    @property
    def workers(self) -> int:
        """How many tasks run at once; 1 where a running scheduler has not been asked yet."""
        return self._workers or 1

    def run(self, tasks: Iterable[Task], perform: Perform) -> Iterator[Outcome]:
        """Yield the outcome of every task as it comes; closing the iterator cancels what has not come."""
        with self._connect() as client:
            flow = _Flow(client, iter(tasks), perform)
            try:
                yield from flow.outcomes()
            finally:
                client.cancel(list(flow.flying), force=True)


def perform_all(perform: Perform, tasks: list[Task]) -> list[Outcome]:
    """Perform tasks, one after the other, on a worker."""
    return [perform(task) for task in tasks]


class _Flow:
    """The tasks that are at the workers, and those that go there next.

    When a worker dies, any task of its batches may have done it: they go back and run alone, one at a time
    on the whole cluster, so that the next death has one suspect.
    """

    def __init__(self, client: Any, tasks: Iterator[Task], perform: Perform) -> None:
        self.client, self.tasks, self.perform = client, tasks, perform
        self.flying: dict[Future, list[Task]] = {}
        self.suspects: deque[Task] = deque()
        self.alone: Future | None = None
        self.deaths: Counter[str] = Counter()
        self.mean = _BATCH_SECONDS
        arrivals: Any = as_completed
        self.arrivals = arrivals([], loop=client.loop, raise_errors=False)

    def outcomes(self) -> Iterator[Outcome]:
        self.fill()
        while self.flying:
            future = next(self.arrivals)
            tasks = self.flying.pop(future)
            single, self.alone = future is self.alone, None if future is self.alone else self.alone
            yield from self.landed(future, tasks, single)
            self.fill()

    def fill(self) -> None:
        if self.alone is None and self.suspects:
            self.alone = self.send([self.suspects.popleft()])
        capacity = _AHEAD * max(1, sum(self.client.nthreads().values()))
        while len(self.flying) < capacity:
            size = min(_LARGEST_BATCH, max(1, int(_BATCH_SECONDS / max(1e-6, self.mean))))
            batch = [task for _, task in zip(range(size), self.tasks, strict=False)]
            if not batch:
                return
            self.send(batch)

    def send(self, batch: list[Task]) -> Future:
        future = self.client.submit(perform_all, self.perform, batch, pure=False, retries=0)
        self.flying[future] = batch
        self.arrivals.add(future)
        return future

    def landed(self, future: Future, tasks: list[Task], single: bool) -> Iterator[Outcome]:
        if future.status == "finished":
            outcomes = future.result()
            seconds = sum(outcome.seconds for outcome in outcomes) / len(outcomes)
            self.mean = 0.5 * self.mean + 0.5 * seconds
            for outcome in outcomes:
                yield replace(outcome, attempts=1 + self.deaths.pop(outcome.task.id, 0))
            return
        error = future.exception() if future.status == "error" else None
        if error is not None and not isinstance(error, KilledWorker):
            raise QnetframeError(
                f"a Dask worker cannot run tasks ({type(error).__name__}: {error}); "
                "the same versions of qnetframe and of its plugins must be installed there"
            ) from error
        if error is None and not self.client.status == "running":
            raise QnetframeError("the Dask scheduler is gone; run the same sweep again to go on")
        for task in tasks:
            if single:
                self.deaths[task.id] += 1
            if self.deaths[task.id] >= MOST_DEATHS:
                yield died(task, self.deaths.pop(task.id), "on a Dask cluster")
            else:
                self.suspects.append(task)
