"""What every executor must do: each task once, with its seed's numbers, taken only when needed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np

from qnetframe.api import ExecutorSpec
from qnetframe.tasks import Outcome, Task
from qnetframe.testing.hostile import bad_input_is_refused
from qnetframe.testing.kit import Check, Make
from qnetframe.values import Estimate

TASKS = tuple(Task("conformance", {"number": i}, seed=100 + i) for i in range(12))
# An executor may look this many tasks ahead for each of its workers.
AHEAD = 16


def draw(task: Task) -> Outcome:
    """Perform a task of the checks: one random number that follows from its seed."""
    value = float(np.random.default_rng(task.seed).random())
    return Outcome(task, "done", {"value": Estimate(value)}, {"number": task.settings["number"]})


def each_task_once(spec: ExecutorSpec, make: Make) -> None:
    """Every task has one outcome, which is its own, and no more."""
    found = list(make().run(iter(TASKS), draw))
    assert sorted(o.task.id for o in found) == sorted(t.id for t in TASKS), (
        f"{len(TASKS)} tasks gave {len(found)} outcomes of {len({o.task.id for o in found})} tasks"
    )
    for outcome in found:
        assert outcome.status == "done", f"a task that cannot fail is {outcome.status}: {outcome.error}"
        assert outcome.info["number"] == outcome.task.settings["number"], "an outcome has another's task"


def same_numbers_everywhere(spec: ExecutorSpec, make: Make) -> None:
    """A task gives what it gives in this process, in whatever order and place it runs."""
    for tasks in (TASKS, TASKS[::-1]):
        for outcome in make().run(iter(tasks), draw):
            right = draw(outcome.task).estimates
            assert dict(outcome.estimates) == dict(right), (
                f"task {outcome.task.settings} gave {dict(outcome.estimates)}, here it gives {dict(right)}"
            )


def tasks_are_taken_when_needed(spec: ExecutorSpec, make: Make) -> None:
    """Of endless tasks it takes no more than a few ahead, and closing the iterator ends the work."""
    taken = 0

    def endless() -> Iterator[Task]:
        nonlocal taken
        for i in count():
            taken += 1
            yield Task("conformance", {"number": i}, seed=i)

    executor = make()
    outcomes = executor.run(endless(), draw)
    first = [next(outcomes).status for _ in range(3)]
    outcomes.close()
    most = 3 + AHEAD * executor.workers
    assert first == ["done"] * 3 and taken <= most, f"{taken} tasks were taken for 3 outcomes, {most} allowed"


def runs_again(spec: ExecutorSpec, make: Make) -> None:
    """An executor that has run can run again, also after it was given nothing to do."""
    executor = make()
    assert list(executor.run(iter(()), draw)) == [], "no task gave an outcome"
    for _ in range(2):
        assert len(list(executor.run(iter(TASKS[:3]), draw))) == 3


def has_workers(spec: ExecutorSpec, make: Make) -> None:
    """It says how many tasks run at once: one or more."""
    workers = make().workers
    assert isinstance(workers, int) and workers >= 1, f"workers is {workers!r}"


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        each_task_once, same_numbers_everywhere, tasks_are_taken_when_needed, runs_again, has_workers,
        bad_input_is_refused,
    )
}  # fmt: skip
