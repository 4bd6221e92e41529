"""Running the tasks of a design into a store, so that it can be killed at any moment and gone on with."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qnetframe.api import Executor
from qnetframe.errors import InvalidInputError
from qnetframe.experiment.perform import Performer
from qnetframe.experiment.store import Store
from qnetframe.experiment.sweep.design import Design
from qnetframe.experiment.sweep.progress import Display, Tally
from qnetframe.tasks import Outcome, Task, chunks

# Outcomes are written at once, but short ones that come quickly at most so often, together: a kill loses
# that much work, none that was reported.
_TOGETHER_SECONDS = 0.05
_CHUNK = 256


class Stopped(KeyboardInterrupt):
    """A sweep was stopped by a signal, with everything finished kept; run it again to go on."""

    def __init__(self, signum: int, message: str) -> None:
        self.signum = signum
        super().__init__(message)


def run_design(
    design: Design,
    store: Store,
    executor: Executor,
    performer: Performer,
    tally: Tally,
    display: Display,
    *,
    resume: bool = True,
    retry_failed: bool = False,
) -> None:
    """Run the tasks that are not in the store yet and write what comes of them.

    Rows are on the disk before they are counted. Without ``resume``, a task that is in the store already is
    an InvalidInputError. Tasks that failed or were refused stay so unless ``retry_failed``; submitted ones
    are asked for again. Raises Stopped on SIGINT and SIGTERM.
    """
    waiting: list[Outcome] = []
    last = 0.0

    def flush() -> None:
        nonlocal last
        if waiting:
            store.add(waiting)
            for outcome in waiting:
                _count(tally, outcome)
            waiting.clear()
            last = time.perf_counter()
            display.show(tally)

    pending = _pending(design, store, tally, resume, retry_failed)
    with _signals() as stop:
        outcomes = executor.run(pending, performer)
        try:
            display.show(tally)
            for outcome in outcomes:
                waiting.append(outcome)
                long = outcome.seconds > _TOGETHER_SECONDS
                if long or time.perf_counter() - last > _TOGETHER_SECONDS:
                    flush()
        except KeyboardInterrupt:
            stop.setdefault("signum", int(signal.SIGINT))
        finally:
            close: Any = getattr(outcomes, "close", None)
            if close is not None:
                close()
            flush()
        if stop:
            message = (
                f"stopped: {tally.present} of {tally.total} tasks are in '{store.path}'; "
                "run the same sweep again to go on"
            )
            raise Stopped(stop["signum"], message)
        display.show(tally)


def _pending(design: Design, store: Store, tally: Tally, resume: bool, retry_failed: bool) -> Iterator[Task]:
    """Yield the tasks that must run, looking them up a few hundred at a time."""
    again = {"failed", "refused"} if retry_failed else set()
    for chunk in chunks(design.tasks(), _CHUNK):
        known = store.statuses(chunk)
        if known and not resume:
            raise InvalidInputError(
                f"store '{store.path}' has tasks of this sweep already ({next(iter(known))[:12]}, …); "
                "resume it, or name another store"
            )
        for task in chunk:
            status = known.get(task.id)
            if status == "submitted":
                yield Task(task.kind, task.settings, task.seed, store.get(task.id).outcome.jobs)
            elif status is None or status in again:
                yield task
            else:
                tally.before += 1
                tally.failed += status == "failed"
                tally.refused += status == "refused"


def _count(tally: Tally, outcome: Outcome) -> None:
    tally.came += 1
    for status in ("failed", "refused", "submitted"):
        if outcome.status == status:
            setattr(tally, status, getattr(tally, status) + 1)


@contextmanager
def _signals() -> Iterator[dict[str, int]]:
    """Turn SIGTERM into what Ctrl-C is, and say in the dict which of them came."""
    came: dict[str, int] = {}
    if threading.current_thread() is not threading.main_thread():
        yield came  # only the main thread may listen to signals
        return

    def stop(signum: int, _frame: Any) -> None:
        if not came:  # a second one does not break the writing of what is finished
            came["signum"] = signum
            raise KeyboardInterrupt

    before = {s: signal.signal(s, stop) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
