"""What the machinery of sweeps costs: against bare runs, with the number of tasks, with the rows of a store.

python tests/benchmarks/sweep_cost.py overhead        1,000 teleportations on two processes
python tests/benchmarks/sweep_cost.py memory          from 1,000 to 20,000 tasks
python tests/benchmarks/sweep_cost.py rows [10]       the report's queries on a million rows, 10 seeds a point
python tests/benchmarks/sweep_cost.py bind [40]       what binding saves in sweeps of 40 angles and lengths
"""

import json
import math
import random
import resource
import statistics
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


def bind(points=40):
    """Print the processor time of a task whose circuits are bound, and of one that runs its passes anew."""
    from qnetframe.experiment.perform import Performer
    from qnetframe.experiment.remembering import CompiledOnce

    chain = {"protocol": "teleportation", "topology": "chain", "topology.nodes": 3, "link": "fiber",
             "hardware": "nv-centre", "waiting": "mean", "twirl": True, "shots": 1000}  # fmt: skip
    sweeps = {
        "angle": lambda i: {
            "state": f"{math.cos(0.1 + i / 99)!r},{math.sin(0.1 + i / 99)!r}",
            "link.length_km": 10,
        },
        "length": lambda i: {"link.length_km": 1 + i / 10},
    }
    known = CompiledOnce.known
    for name, at in sweeps.items():
        for backend in ("reference", "aer", "cirq", "qulacs", "pennylane", *(["stim"] * (name == "length"))):
            perform = Performer()
            ways = {"bound": known, "anew": lambda _, circuit: circuit}
            spent = {way: [] for way in ways}
            for i in range(points + 3):  # the first ones load the SDK
                for part, (way, CompiledOnce.known) in enumerate(ways.items()):
                    # A point of its own for each way, since exact branches are remembered.
                    task = Task("run", {**chain, "backend": backend, **at(i + part / 2)}, 0)
                    start = time.process_time()
                    outcome = perform(task)
                    spent[way].append(time.process_time() - start)
                    assert outcome.status == "done", outcome.error
            CompiledOnce.known = known
            bound, anew = (1e3 * statistics.median(spent[way][3:]) for way in ways)
            print(
                f"{name:6} {backend:10} anew {anew:6.2f} ms, bound {bound:6.2f} ms, {anew / bound - 1:+.0%}"
            )
    _translation()


def _translation(repeats=200):
    """Print what an SDK's circuit costs when each of its instructions is known: all that reusing it can save.

    For Aer also what reusing it does save: a copy with the changed instructions replaced, against a new one.
    """
    from qiskit.circuit import CircuitInstruction

    import qnetframe_aer.translate as aer
    import qnetframe_cirq.translate as cirq
    import qnetframe_stim.translation as stim

    given = {"topology": "chain", "link": "fiber", "hardware": "nv-centre", "waiting": "mean", "twirl": True}

    def circuit_at(length, angle=None):
        state = "+i" if angle is None else f"{math.cos(angle)!r},{math.sin(angle)!r}"
        params = {"topology.nodes": 3, "link.length_km": length, "state": state}
        return qn.run("teleportation", params=params, **given).records[0].result.circuit

    first, others = circuit_at(10, 0.3), {"length": circuit_at(12, 0.3), "angle": circuit_at(10, 0.4)}
    segment = _segment(first)
    clifford = circuit_at(10)
    bits = clifford.replace(o for o in clifford.operations if o.kind not in ("save", "expect"))
    ways = {
        "aer": lambda: aer.segment_circuit(segment),
        "cirq": lambda: cirq.steps(segment.qubits, segment.operations),
        "stim": lambda: stim.with_outputs(bits),
    }
    for name, way in ways.items():
        spent = statistics.median(_seconds(way) for _ in range(repeats))
        print(f"one circuit of {name}, of instructions that it knows: {1e3 * spent:.3f} ms")
    template = aer.segment_circuit(segment)
    for name, circuit in others.items():
        other = _segment(circuit)

        def reuse(other=other):
            copy = template.copy()
            for i, (old, new) in enumerate(zip(segment.operations, other.operations, strict=True)):
                if new != old:
                    made = aer._matrix_instruction(new, "density_matrix")
                    copy.data[i] = CircuitInstruction(made, copy.data[i].qubits)

        spent = {"new": [], "reused": []}
        for _ in range(repeats):
            for way, act in (("new", lambda other=other: aer.segment_circuit(other)), ("reused", reuse)):
                aer._channel.cache_clear()
                aer._unitary.cache_clear()
                aer.segment_circuit(segment)
                spent[way].append(_seconds(act))
        new, reused = (1e3 * statistics.median(spent[way]) for way in ("new", "reused"))
        print(f"aer, another {name}: a new circuit {new:.3f} ms, the old one reused {reused:.3f} ms")


def _segment(circuit):
    from qnetframe.program.branches import Segment
    from qnetframe.program.passes.deferral import deferred, split_terminal

    flat = deferred(circuit)
    return Segment(flat.qubits, split_terminal(flat)[0], None)


def _seconds(act):
    start = time.process_time()
    act()
    return time.process_time() - start


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
    {"overhead": overhead, "memory": memory, "rows": rows, "bind": bind}[sys.argv[1]](*map(int, sys.argv[2:]))
