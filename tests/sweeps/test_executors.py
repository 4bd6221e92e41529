import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qnetframe.errors import InvalidInputError, PluginError, QnetframeError, UnknownNameError
from qnetframe.experiment.perform import Performer
from qnetframe.plugins import Plugins, discover
from qnetframe.tasks import Task
from qnetframe.testing import executor_tests

test_contract = executor_tests("processes", params={"workers": 2})
COIN = Performer(("sweep_kinds",))


def coins(number, **settings):
    return [Task("coin", {"x": x, **settings}, seed=x % 3) for x in range(number)]


def results(executor, tasks, perform=COIN, **params):
    found = list(discover().make("executor", executor, params).run(iter(tasks), perform))
    assert len({o.task.id for o in found}) == len(found)
    return {o.task.id: o for o in found}


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_same_numbers_on_any_number_of_workers(workers):
    tasks = coins(25)
    alone, many = results("inline", tasks), results("processes", tasks, workers=workers)
    assert list(alone) == [t.id for t in tasks] and set(many) == set(alone)
    assert {i: o.estimates for i, o in many.items()} == {i: o.estimates for i, o in alone.items()}
    assert all(
        o.status == "done" and o.attempts == 1 and o.peak_memory_bytes > 1 << 20 for o in many.values()
    )
    assert len({o.estimates["heads"].value for o in alone.values()}) > 5


def test_a_failure_is_an_outcome():
    tasks = [Task("coin", {"fail": True}), Task("coin", {"refuse": True}), Task("coin", {}), Task("dice", {})]
    for executor in ("inline", "processes"):
        failed, refused, done, unknown = (results(executor, tasks)[t.id] for t in tasks)
        assert (failed.status, failed.error_kind) == ("failed", "ValueError")
        assert failed.error.startswith("no such coin (in sweep_kinds.py, line ")
        assert (refused.status, refused.error) == ("refused", "coins are not accepted here")
        assert done.status == "done"
        assert unknown.error.startswith("unknown kind of task 'dice'. Known: coin, ")


def test_long_messages_and_printing_tasks_pass():
    tasks = coins(6, size=300_000) + [Task("coin", {"text": "b" * 200_000, "x": x}) for x in range(6)]
    assert {o.status for o in results("processes", tasks, workers=2).values()} == {"done"}


def test_a_worker_that_dies_is_replaced_and_its_task_run_again(tmp_path):
    log = tmp_path / "log"
    tasks = coins(12, log=str(log))
    tasks.insert(5, Task("coin", {"x": 99, "log": str(log), "die_once": str(tmp_path / "mark")}))
    found = results("processes", tasks, workers=2)
    assert len(found) == 13 and {o.status for o in found.values()} == {"done"}
    assert found[tasks[5].id].attempts == 2
    begun = log.read_text().split()
    assert begun.count("99") == 2 and all(begun.count(str(x)) == 1 for x in range(12))


def test_a_task_that_kills_three_workers_is_failed_and_the_others_are_done():
    tasks = coins(8)
    tasks.insert(2, Task("coin", {"die": True}))
    found = results("processes", tasks, workers=2)
    dead = found.pop(tasks[2].id)
    assert (dead.status, dead.error_kind, dead.attempts) == ("failed", "WorkerDied", 3)
    assert "its worker died 3 times (signal 9, Killed)" in dead.error
    assert {o.status for o in found.values()} == {"done"} and len(found) == 8


def test_tasks_are_taken_only_a_few_ahead():
    taken = []

    def endless():
        for x in range(10**6):
            taken.append(x)
            yield Task("coin", {"x": x})

    outcomes = discover().make("executor", "processes", {"workers": 2}).run(endless(), COIN)
    for _ in range(20):
        next(outcomes)
    outcomes.close()
    assert len(taken) <= 20 + 2 * 5


@pytest.mark.timeout(25)
def test_closing_ends_the_workers_at_once(tmp_path):
    log = tmp_path / "log"
    tasks = [Task("coin", {"x": 0}), *coins(4, seconds=30, log=str(log))]
    outcomes = discover().make("executor", "processes", {"workers": 2}).run(iter(tasks), COIN)
    next(outcomes)
    outcomes.close()


def test_workers_end_with_their_parent(tmp_path):
    code = f"""
import os, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from qnetframe.experiment.perform import Performer
from qnetframe.plugins import discover
from qnetframe.tasks import Task
from qnetframe.testing import executor_tests
tasks = [Task("coin", {{"x": 0}}), Task("coin", {{"x": 1, "seconds": 60, "log": {str(tmp_path / "log")!r}}})]
for outcome in discover().make("executor", "processes", {{"workers": 1}}).run(iter(tasks), Performer(("sweep_kinds",))):
    import subprocess
    print(subprocess.run(["pgrep", "-P", str(os.getpid())], capture_output=True, text=True).stdout.split()[0], flush=True)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    worker = int(parent.stdout.readline())
    while not (tmp_path / "log").exists():
        time.sleep(0.02)
    parent.kill()
    parent.communicate()
    for _ in range(100):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{worker}/stat").read_text().split()[2] == "Z":
            return
        time.sleep(0.05)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker outlived its parent by 5 s")


def test_what_cannot_be_sent_or_started_is_said():
    with pytest.raises(
        InvalidInputError, match=r"executor 'processes' cannot send this.*names of their modules"
    ):
        results("processes", coins(1), Performer(plugins=Plugins(entry_points=False)), workers=1)
    with pytest.raises(QnetframeError, match="3 workers in a row could not start"):
        results("processes", coins(1), _Unloadable(), workers=1)
    with pytest.raises(InvalidInputError, match="workers is -1"):
        discover().make("executor", "processes", {"workers": -1})


class _Unloadable:
    """Can be sent, but not read where it arrives."""

    def __reduce__(self):
        return os._exit, (3,)


def test_wrong_modules_and_kinds():
    with pytest.raises(PluginError, match="module 'no_such_module' cannot be imported: ModuleNotFoundError"):
        Performer(("no_such_module",)).kind("coin")
    with pytest.raises(UnknownNameError, match="unknown kind of task 'coins'; did you mean 'coin'"):
        COIN.kind("coins")
    with pytest.raises(InvalidInputError, match="coins is 0; it must be at least 1"):
        COIN.check(Task("coin", {"coins": 0}))
