"""What the machinery of sweeps costs: against bare runs, with the number of tasks, with the rows of a store.

python tests/benchmarks/sweep_cost.py overhead        1,000 teleportations on two processes
python tests/benchmarks/sweep_cost.py memory          from 1,000 to 20,000 tasks
python tests/benchmarks/sweep_cost.py rows [10]       the report's queries on a million rows, 10 seeds a point
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import qnetframe as qn
from qnetframe.experiment.store import Store
from qnetframe.tasks import Outcome, Task
from qnetframe.values import Estimate

OVER = {
    "link.length_km": [0, 10, 20, 30, 40],
    "link.fidelity": [0.9, 0.925, 0.95, 0.975, 1.0],
    "backend": ["reference", "aer", "cirq", "stim"],
}


def overhead(seeds=10, shots=1000):
    """Compare a sweep on two processes with the same runs by ``run``, and with the times in its own rows."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_SELF)
        start = time.perf_counter()
        result = qn.sweep(
            "teleportation", link="fiber", over=OVER, shots=shots, seeds=seeds, store=Path(folder, "r.db"),
            executor="processes", options={"workers": 2}, progress=False,
        )  # fmt: skip
        wall = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_SELF)
        with result.open() as store:
            spent = sum(total for _, total in store.seconds().values())
            tasks = [row.task for row in store.rows()]
            counts = store.counts()
    parent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    for name in OVER["backend"]:  # SDKs are loaded before anything is timed
        qn.run("teleportation", backend=name, link="fiber", params={"link.length_km": 1}, shots=10)
    start = time.perf_counter()
    for task in tasks[:: max(1, len(tasks) // 200)]:
        params = {key: value for key, value in task.settings.items() if key.startswith("link.")}
        qn.run("teleportation", backend=task.settings["backend"], link="fiber", params=params, shots=shots,
               seed=task.run_seed)  # fmt: skip
    sampled = len(tasks[:: max(1, len(tasks) // 200)])
    bare = (time.perf_counter() - start) * len(tasks) / sampled
    print(f"{len(tasks)} tasks, {counts}: {wall:.1f} s on 2 processes")
    print(f"sum of the times of the tasks {spent:.1f} s; of bare runs {bare:.1f} s ({sampled} of them timed)")
    print(
        f"machinery: {2 * wall / spent - 1:+.1%} against the tasks, {2 * wall / bare - 1:+.1%} against bare runs"
    )
    print(f"CPU time of the sweeping process {parent:.2f} s: {parent / spent:.1%}")


def memory():
    """Print the peak memory of the sweeping process and of its workers for more and more tasks."""
    for number in (1_000, 5_000, 20_000):
        code = f"""
import json, resource, sys
sys.path.insert(0, {str(Path(__file__).parents[1] / "sweeps")!r})
import qnetframe as qn
qn.sweep(kind="coin", modules=["sweep_kinds"], over={{"x": list(range({number // 10}))}}, seeds=10,
         store=sys.argv[1], executor="processes", options={{"workers": 2}}, progress=False)
print(json.dumps([resource.getrusage(w).ru_maxrss / 1024 for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]))
"""
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            command = [sys.executable, "-c", code, str(Path(folder, "r.db"))]
            out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            seconds = time.perf_counter() - start
        own, workers = json.loads(out.splitlines()[-1])
        print(f"{number} tasks: {own:.1f} MB, a worker {workers:.1f} MB, {seconds:.1f} s")


def rows(seeds=10, number=1_000_000):
    """Fill a store and time what the page asks of it."""
    random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "r.db")
        start = time.perf_counter()
        with Store(path) as store:
            for first in range(0, number, 20_000):
                store.add(_outcome(n, seeds) for n in range(first, min(first + 20_000, number)))
        print(f"{number} rows of {seeds} seeds a point written in {time.perf_counter() - start:.0f} s, "
              f"{path.stat().st_size / 1e6:.0f} MB")  # fmt: skip
        total = spent = 0.0
        with Store(path, write=False) as store:
            asked = {
                "counts": store.counts, "points": store.points, "seconds": store.seconds,
                "errors": store.errors, "environments": store.environments, "sweeps": store.sweeps,
                **{f"means of {figure}": (lambda f=figure: store.means(f)) for figure in store.figures()},
            }  # fmt: skip
            for name, ask in asked.items():
                start, busy = time.perf_counter(), time.process_time()
                ask()
                seconds, busy = time.perf_counter() - start, time.process_time() - busy
                total, spent = total + seconds, spent + busy
                print(f"  {name}: {seconds:.3f} s, {busy:.3f} s of processor time")
        print(f"all queries: {total:.2f} s, {spent:.2f} s of processor time")
        start = time.perf_counter()
        from qnetframe.report import sweep_page

        with Store(path, write=False) as store:
            page = sweep_page(store)
        print(f"the whole page: {time.perf_counter() - start:.2f} s, {len(page) / 1e6:.2f} MB")


def _outcome(n, seeds):
    point = n // seeds
    backend = ("aer", "cirq", "reference", "stim")[point % 4]
    settings = {
        "protocol": "teleportation", "backend": backend, "link.length_km": point // 4 % 50,
        "link.fidelity": 0.9 + 1e-5 * (point // 200), "shots": 1000,
    }  # fmt: skip
    if n % 1000 == 7:
        return Outcome(
            Task("run", settings, n % seeds), "failed", error_kind="ValueError", error="no", host="h"
        )
    figures = {name: Estimate(random.random(), 0.01, 1000) for name in ("fidelity", "success")}
    info = {"method": "density_matrix, exact table", "circuits": 6}
    return Outcome(Task("run", settings, n % seeds), "done", figures, info, seconds=0.1, host="h")


if __name__ == "__main__":
    {"overhead": overhead, "memory": memory, "rows": rows}[sys.argv[1]](*map(int, sys.argv[2:]))
