"""Measure qnetframe side by side with hand-written scripts: python tests/benchmarks/run.py [--quick].

Every way of doing a thing is timed in the same run, in turns, and what counts are the ratios of medians.
SDKs are imported, and every way is run once, before the clock starts. Results go to out/benchmarks.json and
out/benchmarks.md, the plots to docs/. Exit code 1: numbers disagree, or a target is missed.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import aer_scripts
import cirq_scripts
import host_cost
import noisy_chain
import noisy_teleportation
import numpy as np
import start_up
import wide_chain
from noisy_teleportation import Frequencies
from tables import (
    chain_table,
    host_table,
    plot_chain,
    plot_host,
    start_table,
    teleportation_table,
    wide_table,
)
from timing import Way, interleaved, summary

ROOT = Path(__file__).resolve().parents[2]
SHOTS = 100_000
BACKENDS = ("reference", "aer", "cirq")
# A wrong alarm about a distribution: this probability, for all tests of a run together.
ALPHA = 1e-6

Script = Callable[[float, int, int], Frequencies]


def teleportation(quick: bool) -> dict[str, Any]:
    """Time 10^5 noisy teleportations by each way on each SDK, and test every result's distribution."""
    few = 10 if quick else 1
    plans: dict[str, dict[str, tuple[Script, int, int]]] = {
        "aer": {
            "idiomatic: if_test": (aer_scripts.idiomatic, SHOTS // few, 1),
            "expert": (aer_scripts.expert, SHOTS, 7),
            "qnetframe": (partial(noisy_teleportation.through_qnetframe, "aer"), SHOTS, 7),
        },
        "cirq": {
            "idiomatic: with_classical_controls, DensityMatrixSimulator": (
                cirq_scripts.idiomatic_density_matrix, 2000 // few, 1),
            "idiomatic: with_classical_controls, Simulator": (cirq_scripts.idiomatic, 2000 // few, 1),
            "expert": (cirq_scripts.expert, SHOTS, 7),
            "expert by simulate": (cirq_scripts.expert_simulate, SHOTS, 7),
            "qnetframe": (partial(noisy_teleportation.through_qnetframe, "cirq"), SHOTS, 7),
        },
    }  # fmt: skip
    return {sdk: _ways(plan, 1 if quick else 3) for sdk, plan in plans.items()}


def _ways(plan: dict[str, tuple[Script, int, int]], rounds: int) -> dict[str, Any]:
    results: list[tuple[str, float, int, Frequencies]] = []

    def way(name: str, script: Script, shots: int, number: int) -> None:
        # Another angle each time, so that no cache holds the answer.
        angle = 0.3 + 2.4 * (0.618 * number % 1)
        results.append((name, angle, shots, script(angle, shots, number)))

    for script, _, _ in plan.values():
        script(0.1, 20, 0)
    ways = {name: Way(partial(way, name, s, shots), times) for name, (s, shots, times) in plan.items()}
    timings = interleaved(ways, rounds)
    rows = {}
    for name, (_, shots, _) in plan.items():
        scale = SHOTS / shots
        values = [p_value(angle, m, f) for n, angle, m, f in results if n == name]
        rows[name] = {
            "seconds": timings[name].median * scale, "quartiles": [timings[name].low * scale, timings[name].high * scale],
            "repeats": timings[name].repeats, "shots timed": shots, "smallest p-value": min(values),
        }  # fmt: skip
    tests = len(results)
    slow = min(r["seconds"] for n, r in rows.items() if n.startswith("idiomatic"))
    best = min(r["seconds"] for n, r in rows.items() if n.startswith("expert"))
    own = rows["qnetframe"]["seconds"]
    return {
        "ways": rows, "times as fast as the fastest idiomatic": slow / own, "times the best expert": own / best,
        "seconds over the best expert": own - best,
        "same distribution": min(r["smallest p-value"] for r in rows.values()) >= ALPHA / tests,
        "meets the target": slow / own >= 50 and (own / best <= 1.25 or own - best <= 0.02),
    }  # fmt: skip


def p_value(angle: float, shots: int, found: Frequencies) -> float:
    """Return the p-value of Pearson's test of frequencies against the exact distribution."""
    from scipy.stats import chisquare

    exact = noisy_teleportation.exact_distribution(angle)
    assert found.keys() <= exact.keys(), found
    seen = [shots * found.get(key, 0.0) for key in exact]
    return float(chisquare(seen, [shots * p for p in exact.values()]).pvalue)


def chain(quick: bool) -> dict[str, Any]:
    """Time exact swapping chains of growing length on each backend, and compare their states."""
    lengths = [10, 20, 50, 100]
    rounds = 2 if quick else 5
    for backend in BACKENDS:
        noisy_chain.end_to_end(3, backend)
    ways = {
        f"{backend} {n}": Way(lambda number, n=n, b=backend: noisy_chain.end_to_end(n, b, number))
        for n in lengths
        for backend in BACKENDS
    }
    timings = interleaved(ways, rounds)
    worst = 0.0
    for n in lengths:
        states = [noisy_chain.end_to_end(n, backend) for backend in BACKENDS]
        worst = max(worst, *(float(np.abs(a - b).max()) for a in states for b in states))
    rows = {}
    for backend in BACKENDS:
        seconds = [timings[f"{backend} {n}"].median for n in lengths]
        start, slope, r2 = noisy_chain.line(lengths, seconds)
        rows[backend] = {
            "seconds": seconds, "quartiles": [[timings[f"{backend} {n}"].low, timings[f"{backend} {n}"].high] for n in lengths],
            "seconds a link": slope, "seconds at no link": start, "R²": r2, "method": _method(backend),
        }  # fmt: skip
    fifty = lengths.index(50)
    return {
        "links": lengths, "repeats": rounds, "backends": rows, "largest difference": worst,
        "meets the target": worst <= 1e-9 and all(r["seconds"][fifty] < 2 for r in rows.values()),
    }  # fmt: skip


def wide(quick: bool) -> dict[str, Any]:
    """Time the sampling of a 25-node chain: qnetframe on Stim, Stim by hand, qnetframe on Aer."""
    shots, few = (100_000 if quick else 1_000_000), 10_000
    ways = {
        "stim by hand": Way(lambda n: wide_chain.by_hand(shots, n)),
        "qnetframe on stim": Way(lambda n: wide_chain.through_qnetframe("stim", shots, n)),
        "qnetframe on aer, stabilizer": Way(
            lambda n: wide_chain.through_qnetframe("aer", few, n, "stabilizer")
        ),
        "qnetframe on aer": Way(lambda n: wide_chain.through_qnetframe("aer", few, n)),
    }
    found = {name: way.run(0) for name, way in ways.items()}
    timings = interleaved(ways, 3 if quick else 7)
    exact = wide_chain.exact()
    sigma = {n: (exact * (1 - exact) / (few if "aer" in n else shots)) ** 0.5 for n in ways}
    ratio = timings["qnetframe on stim"].median / timings["stim by hand"].median
    rows = {
        n: {"seconds": t.median, "quartiles": [t.low, t.high], "shots": few if "aer" in n else shots,
            "standard errors from the exact value": abs(found[n] - exact) / sigma[n]}
        for n, t in timings.items()
    }  # fmt: skip
    return {
        "ways": rows, "exact": exact, "times the script by hand": ratio,
        "same value": all(r["standard errors from the exact value"] < 5.5 for r in rows.values()),
        "meets the target": ratio <= 1.25,
    }  # fmt: skip


def _method(backend: str) -> str:
    import qnetframe as qn

    plan = qn.explain(noisy_chain.program(50), backend)
    size = plan.footprint
    return f"{plan.how}, {size.live_qubits} qubits alive at once, {size.slots} classical bits remembered"


def host(quick: bool) -> dict[str, Any]:
    """Time the host's own stages against the number of operations."""
    sizes = [10, 100, 1000] if quick else [10, 100, 1000, 10_000]
    rows = {}
    for shape in host_cost.SHAPES:
        host_cost.stages(shape, 10)
        measured = [[host_cost.stages(shape, n) for _ in range(3)] for n in sizes]
        counts = [repeats[0][0] for repeats in measured]
        stages = {
            s: [summary([r[1][s] for r in repeats]).median for repeats in measured] for s in host_cost.STAGES
        }
        total = [sum(values[i] for values in stages.values()) for i in range(len(sizes))]
        growth = host_cost.exponent(counts[1:], total[1:])
        rows[shape] = {"operations": counts, "stages": stages, "seconds": total, "exponent": growth}
    return rows


def environment() -> dict[str, Any]:
    """Return the versions and the machine that the figures are for."""
    names = ("qnetframe", "qiskit", "qiskit-aer", "cirq-core", "numpy")
    versions = {name: importlib.metadata.version(name) for name in names}
    return {"python": platform.python_version(), "processors": os.cpu_count(), **versions}


def main() -> int:
    """Run everything, print the tables, write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer repeats and shots; rough figures")
    quick = parser.parse_args().quick
    data: dict[str, Any] = {"environment": environment()}
    pieces = [f"Measured with {', '.join(f'{k} {v}' for k, v in data['environment'].items())}."]
    for name, measure, table in (
        ("teleportation", teleportation, teleportation_table),
        ("chain", chain, chain_table),
        ("wide chain", wide, wide_table),
        ("host", host, host_table),
        ("start-up", start_up.measure, start_table),
    ):
        data[name] = measure(quick)
        pieces.append(table(data[name]))
        print(pieces[-1], "\n", flush=True)
    (ROOT / "out").mkdir(exist_ok=True)
    (ROOT / "out" / "benchmarks.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    (ROOT / "out" / "benchmarks.md").write_text("\n\n".join(pieces) + "\n")
    plot_chain(data["chain"], ROOT / "docs" / "chain-cost.png")
    plot_host(data["host"], ROOT / "docs" / "host-cost.png")
    print("Written: out/benchmarks.json, out/benchmarks.md, docs/chain-cost.png, docs/host-cost.png")
    good = all(t["same distribution"] and t["meets the target"] for t in data["teleportation"].values())
    good = good and data["chain"]["meets the target"] and data["start-up"]["meets the target"]
    return 0 if good and data["wide chain"]["same value"] and data["wide chain"]["meets the target"] else 1


if __name__ == "__main__":
    sys.exit(main())
