import json
import math
import sys

import pytest

import qnetframe as qn
from qnetframe.experiment.remembering import CompiledOnce, skeleton
from qnetframe.program.program import Program

MODULES = ["sweep_devices"]


@pytest.fixture
def devices():
    import sweep_devices

    yield sweep_devices
    sys.modules.pop("sweep_devices", None)


def turned(angle, name="ry"):
    p = Program("turn")
    q = p.qubit("alice", "q")
    getattr(p, name)(angle, q)
    p.measure(q)
    return p.circuit()


def swept(path, backend, **given):
    result = qn.sweep(
        "turn", backends=[backend], modules=MODULES, store=path, progress=False,
        over={"angle": [0.1, 0.2, 0.3]}, **given,
    )  # fmt: skip
    with result.open() as store:
        return result, {row.task.point: row.outcome for row in store.rows()}


def test_each_circuit_is_compiled_and_computed_once_for_all_seeds(tmp_path, devices):
    result, _ = swept(tmp_path / "r.db", "counted", shots=100, seeds=20)
    # Three angles, two programs each; 20 seeds draw from the same branches.
    assert result.ran == 60 and len(devices.COMPILED) == len(devices.COMPUTED) == 6
    assert len(set(devices.COMPILED)) == 6


def test_circuits_that_differ_in_angles_are_bound_where_the_engine_can(tmp_path, devices):
    _, bound = swept(tmp_path / "bound.db", "counted", params={"backend.binds": True})
    assert len(devices.COMPILED) == 2 and len(devices.BOUND) == 4
    _, plain = swept(tmp_path / "plain.db", "reference")
    values = lambda rows: sorted(e.value for o in rows.values() for e in o.estimates.values())  # noqa: E731
    assert values(bound) == pytest.approx(values(plain), abs=1e-12)


def test_skeletons_leave_out_angles_only():
    assert skeleton(turned(0.1)) == skeleton(turned(0.2))
    assert skeleton(turned(0.1)) != skeleton(turned(0.1, "rx"))
    other = turned(0.1)
    assert skeleton(other.replace(outputs=[])) != skeleton(other)


def test_memory_is_limited(devices, monkeypatch):
    monkeypatch.setattr("qnetframe.experiment.remembering._EXECUTABLES", 4)
    monkeypatch.setattr("qnetframe.experiment.remembering._NUMBERS", 40)  # two branches of 8 for each circuit
    once = CompiledOnce(devices.counted())
    circuits = [turned(0.1 * i) for i in range(1, 11)]
    for circuit in circuits:
        once.branches(circuit)
    assert len(once._executables) == 4 and len(once._branches) == 2
    once.branches(circuits[-1])
    assert len(devices.COMPUTED) == 10
    once.branches(circuits[0])
    assert len(devices.COMPUTED) == 11


# ---- devices with a queue -----------------------------------------------------------------------


def test_jobs_are_submitted_remembered_and_collected_after_a_restart(tmp_path, devices):
    folder = tmp_path / "queue"
    folder.mkdir()
    given = {"params": {"backend.folder": str(folder)}, "shots": 2000, "seeds": 2}
    first, rows = swept(tmp_path / "r.db", "queue", **given)
    # The first program of each task is submitted; its result decides nothing yet.
    assert (first.submitted, first.ran) == (6, 6) and len(list(folder.iterdir())) == 6
    assert {o.status for o in rows.values()} == {"submitted"} and all(len(o.jobs) == 1 for o in rows.values())
    assert "6 wait" in str(first)
    # Another process comes back: the jobs are asked for by id, and the second program is submitted.
    second, rows = swept(tmp_path / "r.db", "queue", executor="processes", options={"workers": 1}, **given)
    assert second.submitted == 6 and all(len(o.jobs) == 2 for o in rows.values())
    third, rows = swept(tmp_path / "r.db", "queue", **given)
    assert (third.submitted, third.failed) == (0, 0) and len(list(folder.iterdir())) == 12
    jobs = [job for o in rows.values() for job in o.jobs.values()]
    assert len(set(jobs)) == len(jobs)
    # Seeds follow from the folder's name. Within 6 true standard errors: of the 5 counts that are expected at
    # the smallest angle fewer than 19, which a Poisson variable misses once in a million.
    for outcome in rows.values():
        angle = outcome.task.settings["angle"]
        one, p = outcome.estimates["one"], math.sin(angle / 2) ** 2
        assert abs(one.value - p) < 6 * math.sqrt(p * (1 - p) / 2000)
        x = outcome.estimates["x"]
        assert abs(x.value - math.sin(angle)) < 6 * x.standard_error
    assert swept(tmp_path / "r.db", "queue", **given)[0].ran == 0


def test_a_sweep_can_wait_for_the_queue(tmp_path, devices):
    folder = tmp_path / "queue"
    folder.mkdir()
    given = {
        "params": {"backend.folder": str(folder), "backend.polls": 3},
        "shots": 10,
        "collect_every": 0.01,
    }
    result, rows = swept(tmp_path / "r.db", "queue", **given)
    assert result.submitted == 0 and {o.status for o in rows.values()} == {"done"}


def test_a_job_that_failed_fails_its_task_until_it_is_retried(tmp_path, devices):
    folder = tmp_path / "queue"
    folder.mkdir()
    given = {"params": {"backend.folder": str(folder), "backend.polls": 1}, "shots": 10}
    result, _ = swept(tmp_path / "r.db", "queue", **given)
    for job in folder.iterdir():
        job.write_text(json.dumps(json.loads(job.read_text()) | {"broken": True}))
    result, rows = swept(tmp_path / "r.db", "queue", collect_every=0.01, **given)
    assert result.failed == 3 and "ended as ERROR; retry it" in next(iter(rows.values())).error
    result, rows = swept(tmp_path / "r.db", "queue", retry_failed=True, collect_every=0.01, **given)
    assert result.failed == 0 and {o.status for o in rows.values()} == {"done"}


def test_threads_of_one_process_remember_apart():
    """Workers of Dask may have several threads; what one of them forgets must not be taken from another."""
    from concurrent.futures import ThreadPoolExecutor

    from qnetframe.experiment.perform import Performer

    perform = Performer()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(perform.kind, "run").result()
        assert pool.submit(perform.kind, "run").result() is other
    assert perform.kind("run") is perform.kind("run") is not other
