"""Sweeps on Dask: the same rows as inline, workers that die, schedulers that run already, batch systems."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import qnetframe as qn
from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe.experiment.perform import Performer, plugins_of
from qnetframe.experiment.store import Store
from qnetframe.plugins import discover
from qnetframe.tasks import Task

EXAMPLE = Path(__file__).parents[3] / "examples" / "slurm" / "jobqueue.yaml"
KINDS = str(Path(__file__).parents[3] / "tests" / "sweeps")
COINS = {"kind": "coin", "modules": ["sweep_kinds"], "progress": False}


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.syspath_prepend(KINDS)
    yield
    plugins_of.cache_clear()
    sys.modules.pop("sweep_kinds", None)


def values(path):
    with Store(path, write=False) as store:
        rows = [row.to_dict() for row in store.rows()]
    keys = ("kind", "settings", "seed", "status", "estimates", "error_kind", "versions", "info")
    found = {row["id"]: {key: row[key] for key in keys} for row in rows}
    assert len(found) == len(rows)
    return found


def workers_of(parent):
    """Return the process ids of the workers (not the nannies) below a process."""
    children = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True).stdout.split()
    found = []
    for child in children:
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(b"spawn_main" in word for word in words):
            found.append(int(child))
        found += workers_of(child)
    return found


@pytest.mark.slow
def test_the_same_rows_as_inline_and_killed_workers_lose_and_double_nothing(tmp_path):
    over = {"x": list(range(60))}
    given = {"settings": {"seconds": 0.05}, "over": over, **COINS}
    qn.sweep(store=tmp_path / "inline.db", **given)
    moments, killed, finished = random.Random(5), [], threading.Event()

    def kill():
        while not finished.wait(moments.uniform(0.3, 0.8)):
            workers = workers_of(os.getpid())
            if (
                len(killed) < 3
                and workers
                and (tmp_path / "dask.db").exists()
                and _rows(tmp_path / "dask.db") > 2
            ):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(moments.choice(workers), signal.SIGKILL)
                killed.append(1)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        points = [{"x": x} for x in over["x"]]
        points.insert(7, {"die": True})
        # Protocols and a task that kills whatever runs it are in the same sweep.
        given["over"], given["points"] = {}, points
        result = qn.sweep(store=tmp_path / "dask.db", executor="dask", options={"workers": 2}, **given)
    finally:
        finished.set()
        killer.join()
    assert killed and (result.ran, result.failed) == (61, 1)
    rows = values(tmp_path / "dask.db")
    (dead,) = [i for i, row in rows.items() if row["status"] == "failed"]
    assert rows.pop(dead)["error_kind"] == "WorkerDied"
    assert rows == values(tmp_path / "inline.db")


def _rows(path):
    with Store(path, write=False) as store:
        return sum(store.counts().values())


@pytest.mark.slow
def test_protocols_on_a_running_scheduler(tmp_path):
    given = {
        "over": {"link.length_km": [0, 20]}, "backends": ["reference", "aer", "stim"], "link": "fiber",
        "hardware": "transmon", "shots": 100, "seeds": 2, "progress": False,
    }  # fmt: skip
    qn.sweep("teleportation", store=tmp_path / "inline.db", **given)
    file = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [
        subprocess.Popen([*dask, "--port", "0", "--no-dashboard", "--scheduler-file", str(file)], **quiet)
    ]
    try:
        while not file.exists():
            time.sleep(0.1)
        command = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file)]
        started.append(
            subprocess.Popen([*command, "--nworkers", "2", "--nthreads", "1", "--no-dashboard"], **quiet)
        )
        options = {"address": str(file)}
        qn.sweep("teleportation", store=tmp_path / "dask.db", executor="dask", options=options, **given)
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()
    rows = values(tmp_path / "dask.db")
    assert rows == values(tmp_path / "inline.db") and len(rows) == 12


def test_a_user_script_is_not_run_again_by_local_workers(tmp_path):
    (tmp_path / "script.py").write_text(
        f"import sys\nsys.path.insert(0, {KINDS!r})\nopen({str(tmp_path / 'runs')!r}, 'a').write('x')\n"
        "import qnetframe as qn\n"
        "print(qn.sweep(kind='coin', modules=['sweep_kinds'], over={'x': [1, 2, 3]}, executor='dask',\n"
        f"    options={{'workers': 1}}, store={str(tmp_path / 'r.db')!r}, progress=False))\n"
    )
    done = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "3 of 3 tasks are done" in done.stdout and (tmp_path / "runs").read_text() == "x"


@pytest.mark.parametrize(
    "options, message",
    [
        ({"workers": -1}, "workers is -1"),
        ({"address": "tcp://127.0.0.1:1", "workers": 2}, "a running scheduler has its own workers"),
        ({"cluster": "slurm"}, "workers is 0; say how many workers to ask of slurm"),
        ({"cluster": "slrum", "workers": 1}, "parameter 'cluster' is 'slrum'; it must be one of"),
        ({"config": "nothing.yaml"}, "config is 'nothing.yaml', which cannot be read"),
    ],
)
def test_options_that_do_not_go_together(options, message):
    with pytest.raises(InvalidInputError, match=message):
        discover().make("executor", "dask", options)


def test_a_scheduler_that_is_not_there(monkeypatch):
    monkeypatch.setattr("qnetframe_dask.clusters._CONNECT_SECONDS", 0.3)
    executor = discover().make("executor", "dask", {"address": "tcp://127.0.0.1:1"})
    with pytest.raises(QnetframeError, match=r"no Dask scheduler answers at 'tcp://127.0.0.1:1'"):
        list(executor.run(iter([Task("coin", {})]), Performer()))


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """A stand-in for SLURM: sbatch keeps the job script and runs it on this machine, scancel ends it."""
    import dask

    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "sbatch").write_text(
        f'#!/bin/bash\ncp "${{@: -1}}" {tmp_path}/job.$$\n'
        f"setsid bash {tmp_path}/job.$$ > {tmp_path}/out.$$ 2>&1 &\necho Submitted batch job $!\n"
    )
    (bin_ / "scancel").write_text("#!/bin/bash\nkill -- -$1\n")
    for script in bin_.iterdir():
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_}:{os.environ['PATH']}")
    before = dict(dask.config.config)
    yield tmp_path
    dask.config.config.clear()
    dask.config.config.update(before)


def _config(folder):
    """Return the example configuration with jobs that fit this machine."""
    text = EXAMPLE.read_text().replace("cores: 8", "cores: 2").replace("processes: 8", "processes: 2")
    path = folder / "jobqueue.yaml"
    path.write_text(text.replace("log-directory: logs", f"log-directory: {folder}"))
    return path


def test_a_sweep_as_jobs_of_a_batch_system(slurm, monkeypatch):
    """What dask-jobqueue hands to sbatch is what the example says, and its workers do the sweep."""
    monkeypatch.setenv("PYTHONPATH", KINDS)
    options = {"cluster": "slurm", "workers": 2, "config": str(_config(slurm))}
    given = {"over": {"x": list(range(12))}, **COINS}
    qn.sweep(store=slurm / "inline.db", **given)
    result = qn.sweep(store=slurm / "slurm.db", executor="dask", options=options, **given)
    assert result.ran == 12 and values(slurm / "slurm.db") == values(slurm / "inline.db")
    (script,) = slurm.glob("job.*")
    lines = script.read_text().splitlines()
    for line in ("#SBATCH -p normal", "#SBATCH -n 1", "#SBATCH --cpus-per-task=2", "#SBATCH --mem=15G",
                 "#SBATCH -t 02:00:00",
                 "export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1"):  # fmt: skip
        assert line in lines, script.read_text()
    for words in ("--nworkers 2", "--nthreads 1", "--death-timeout 300"):
        assert words in lines[-1]


def test_a_batch_system_that_is_not_configured():
    with pytest.raises(
        InvalidInputError, match="Dask's configuration does not say cores and memory of a job"
    ):
        discover().make("executor", "dask", {"cluster": "slurm", "workers": 1})
