"""The executor of one machine: worker processes, replaced when they die."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import selectors
import signal
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from qnetframe import checks
from qnetframe.api import Perform
from qnetframe.builtin.executors import frames
from qnetframe.builtin.executors.worker import READY
from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe.tasks import Outcome, Task

# A task that so many workers died of is failed.
MOST_DEATHS = 3
# So many tasks wait at a worker, so that it never waits for the next; long ones come one at a time, since a
# pipe holds 64 kB and a worker that cannot write does not read.
_AHEAD = 4
_SHORT = 8192
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from qnetframe.builtin.executors.worker import main; main(int(sys.argv[2]))"
)
# One thread a worker: there is a worker for each processor, and sums come out in the same order everywhere.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def died(task: Task, times: int, how: str) -> Outcome:
    """Return the outcome of a task that killed its workers."""
    text = f"its worker died {times} times ({how}); a task that needs too much memory ends like this"
    return Outcome(task, "failed", error_kind="WorkerDied", error=text, attempts=times)


@dataclass
class _Worker:
    """A process with the tasks that it has been given, the first of which it is at."""

    process: subprocess.Popen[bytes]
    lifeline: int
    given: deque[Task] = field(default_factory=deque)
    buffer: bytearray = field(default_factory=bytearray)
    ready: bool = False

    @property
    def answers(self) -> int:
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def send(self, data: bytes) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it is dead, which the end of its answers tells as well
            frames.write_all(self.process.stdin.fileno(), data)

    def stop(self) -> str:
        """End the process and return how it ended."""
        self.process.kill()
        code = self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        os.close(self.lifeline)
        return f"signal {-code}, {signal.strsignal(-code)}" if code < 0 else f"exit code {code}"


class ProcessesExecutor:
    """Runs tasks on ``workers`` processes of this machine; 0 means one for each processor.

    Workers are fresh interpreters (nothing is forked, and the user's script is not run again), and they end
    with this process, however it ends.
    """

    def __init__(self, workers: int = 0) -> None:
        checks.integer(workers, "workers", low=0, high=4096)
        self._workers = workers or len(os.sched_getaffinity(0))

    @property
    def workers(self) -> int:
        """How many tasks run at once."""
        return self._workers

    def run(self, tasks: Iterable[Task], perform: Perform) -> Iterator[Outcome]:
        """Yield the outcome of every task as it comes; closing the iterator ends the workers."""
        try:
            order = frames.packed(perform)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise InvalidInputError(
                f"executor 'processes' cannot send this to its workers ({error}); "
                "give plugins by the names of their modules, or use the executor 'inline'"
            ) from error
        crew = _Crew(self._workers, order, iter(tasks))
        try:
            yield from crew.outcomes()
        finally:
            crew.stop()


class _Crew:
    """The workers of one run."""

    def __init__(self, size: int, order: bytes, tasks: Iterator[Task]) -> None:
        self.size, self.order, self.tasks = size, order, tasks
        self.again: deque[Task] = deque()
        self.deaths: Counter[str] = Counter()
        self.unborn = 0
        self.selector = selectors.DefaultSelector()
        self.workers: list[_Worker] = []

    def outcomes(self) -> Iterator[Outcome]:
        while self.fill():
            for key, _ in self.selector.select():
                yield from self.hear(key.data)

    def fill(self) -> bool:
        """Give work to every worker that has little; return whether any is left to wait for."""
        for depth in range(1, _AHEAD + 1):  # everyone has one task before anyone has two
            for worker in self.workers:
                if len(worker.given) < depth and not self.give(worker):
                    break
        while len(self.workers) < self.size and (task := self.next()) is not None:
            self.again.appendleft(task)
            self.give(self.hire())
        return any(worker.given for worker in self.workers)

    def next(self) -> Task | None:
        return self.again.popleft() if self.again else next(self.tasks, None)

    def give(self, worker: _Worker) -> bool:
        task = self.next()
        if task is None:
            return False
        data = frames.packed(task)
        if worker.given and len(data) > _SHORT:
            self.again.appendleft(task)
            return False
        worker.given.append(task)
        worker.send(data)
        return True

    def hire(self) -> _Worker:
        ours, theirs = os.pipe()
        environment = {name: "1" for name in _THREADS} | dict(os.environ)
        # The worker holds the end that is read, and this process alone the end whose closing tells it to go.
        process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, json.dumps(sys.path), str(ours)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, pass_fds=(ours,), env=environment, start_new_session=True,
        )  # fmt: skip
        os.close(ours)
        worker = _Worker(process, theirs)
        os.set_blocking(worker.answers, False)
        self.selector.register(worker.answers, selectors.EVENT_READ, worker)
        self.workers.append(worker)
        worker.send(self.order)
        return worker

    def hear(self, worker: _Worker) -> Iterator[Outcome]:
        data = os.read(worker.answers, 1 << 20)
        if not data:
            yield from self.bury(worker)
            return
        worker.buffer += data
        for message in frames.take(worker.buffer):
            if message == READY:
                worker.ready, self.unborn = True, 0
                continue
            task = worker.given.popleft()
            yield replace(message, attempts=1 + self.deaths.pop(task.id, 0))

    def bury(self, worker: _Worker) -> Iterator[Outcome]:
        """Replace a worker that died; the task that it was at is blamed, the others just go back."""
        self.selector.unregister(worker.answers)
        self.workers.remove(worker)
        how = worker.stop()
        if not worker.ready:
            self.unborn += 1
            if self.unborn >= MOST_DEATHS:
                raise QnetframeError(f"{self.unborn} workers in a row could not start ({how})")
        elif worker.given:
            suspect = worker.given[0]
            self.deaths[suspect.id] += 1
            if self.deaths[suspect.id] >= MOST_DEATHS:
                worker.given.popleft()
                yield died(suspect, self.deaths.pop(suspect.id), how)
        self.again.extendleft(reversed(worker.given))

    def stop(self) -> None:
        for worker in self.workers:
            worker.stop()
        self.selector.close()
