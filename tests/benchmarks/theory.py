"""Measure theory side by side with other libraries: python tests/benchmarks/theory.py [--quick].

Measures of 100,000 two-qubit states (full rank, uniform by Hilbert-Schmidt): one call of qnetframe, which checks
every state, against a loop over the call of QuTiP, qiskit.quantum_info and, where it is installed, toqito. A loop
runs over fewer states and is scaled; "from arrays" makes the library's object in the loop, "from objects" finds it
made. Values must agree. Then states of less than full rank. All this in processor time, on one core. Then the
Holevo capacity and rounds of purification, by themselves and by the wall. Results go to
out/theory.json and out/theory.md. Exit code 1: numbers disagree, or a target is missed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from timing import Way, interleaved

from qnetframe.channels import amplitude_damping, generalized_amplitude_damping
from qnetframe.channels.capacity import holevo_capacity
from qnetframe.states import concurrence, fidelity, hilbert_schmidt, negativity, recurrence

ROOT = Path(__file__).resolve().parents[2]
STATES = 100_000
TARGET = 50

Loop = Callable[[Any, Any], float]


def loops() -> dict[str, dict[str, tuple[Callable[[np.ndarray], Any], Loop]]]:
    """Return, by measure and library, how an object is made and what is called with it (and another)."""
    import qiskit.quantum_info as qi
    import qutip

    def qobj(array: np.ndarray) -> Any:
        return qutip.Qobj(array, dims=[[2, 2], [2, 2]])

    found: dict[str, dict[str, tuple[Callable[[np.ndarray], Any], Loop]]] = {
        "concurrence": {
            "qutip": (qobj, lambda a, b: qutip.concurrence(a)),
            "qiskit": (qi.DensityMatrix, lambda a, b: qi.concurrence(a)),
        },
        "negativity": {
            "qutip": (qobj, lambda a, b: qutip.negativity(a, 0)),
            "qiskit": (qi.DensityMatrix, lambda a, b: qi.negativity(a, [0])),
        },
        # QuTiP's fidelity is the square root.
        "fidelity": {
            "qutip": (qobj, lambda a, b: qutip.fidelity(a, b) ** 2),
            "qiskit": (qi.DensityMatrix, lambda a, b: qi.state_fidelity(a, b)),
        },
    }
    if all(importlib.util.find_spec(name) for name in ("toqito", "picos")):
        from toqito.state_metrics import fidelity as toqito_fidelity
        from toqito.state_props import concurrence as toqito_concurrence
        from toqito.state_props import negativity as toqito_negativity

        found["concurrence"]["toqito"] = (np.asarray, lambda a, b: toqito_concurrence(a))
        found["negativity"]["toqito"] = (np.asarray, lambda a, b: toqito_negativity(a))
        # So is toqito's.
        found["fidelity"]["toqito"] = (np.asarray, lambda a, b: toqito_fidelity(a, b) ** 2)
    return found


def ours(measure: str, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return a measure of stacked states by qnetframe."""
    return {
        "concurrence": lambda: concurrence(first),
        "negativity": lambda: negativity(first),
        "fidelity": lambda: fidelity(first, second),
    }[measure]()


def measures(quick: bool) -> dict[str, Any]:
    """Time every measure by every library, in turns."""
    few = 200 if quick else 1000
    first, second = hilbert_schmidt(4, STATES, seed=1), hilbert_schmidt(4, STATES, seed=2)
    data: dict[str, Any] = {}
    for measure, libraries in loops().items():
        ways = {"qnetframe": Way(lambda n, m=measure: ours(m, first, second))}
        # This loads the compiled kernels too.
        exact = ours(measure, first, second)[:few]
        values = {}
        for library, (make, call) in libraries.items():
            made = [(make(a), make(b)) for a, b in zip(first[:few], second[:few], strict=True)]

            def from_arrays(n: int, make: Any = make, call: Loop = call) -> list[float]:
                return [call(make(a), make(b)) for a, b in zip(first[:few], second[:few], strict=True)]

            def from_objects(n: int, made: Any = made, call: Loop = call) -> list[float]:
                return [call(a, b) for a, b in made]

            ways[f"{library}, from arrays"] = Way(from_arrays)
            ways[f"{library}, from objects"] = Way(from_objects)
            values[library] = from_objects(0)
        timings = interleaved(ways, 3 if quick else 7, time.process_time)
        own = timings["qnetframe"].median / STATES
        data[measure] = {
            "microseconds a state": {
                n: 1e6 * t.median / (STATES if n == "qnetframe" else few) for n, t in timings.items()
            },
            "times as fast": {n: t.median / few / own for n, t in timings.items() if n != "qnetframe"},
            "largest difference": {n: float(np.abs(np.array(v) - exact).max()) for n, v in values.items()},
        }
    return data


def deficient(quick: bool) -> dict[str, dict[str, float]]:
    """Time the measures of states of rank 1, 2, 3: microseconds a state."""
    ways = {}
    for rank in (1, 2, 3):
        first, second = (hilbert_schmidt(4, STATES, seed=s, rank=rank) for s in (1, 2))
        for measure in ("concurrence", "negativity", "fidelity"):
            ways[f"{measure} {rank}"] = Way(lambda n, m=measure, a=first, b=second: ours(m, a, b))
    timings = interleaved(ways, 3 if quick else 9, time.process_time)
    return {
        measure: {str(rank): 1e6 * timings[f"{measure} {rank}"].median / STATES for rank in (1, 2, 3)}
        for measure in ("concurrence", "negativity", "fidelity")
    }


def alone(quick: bool) -> dict[str, Any]:
    """Time what no other library has: the Holevo capacity and rounds of purification."""
    pairs = np.random.default_rng(3).dirichlet(np.ones(4), 10**6)
    ways = {
        "Holevo capacity of amplitude damping to 1e-8": Way(
            lambda n: holevo_capacity(amplitude_damping(0.1 + 0.4 * (0.618 * n % 1)))
        ),
        "Holevo capacity of generalized amplitude damping to 1e-8": Way(
            lambda n: holevo_capacity(generalized_amplitude_damping(0.1 + 0.4 * (0.618 * n % 1), 0.2))
        ),
        "5 levels of DEJMPS on 1,000,000 pairs": Way(lambda n: recurrence(pairs, 5)),
    }
    holevo_capacity(amplitude_damping(0.05))
    timings = interleaved(ways, 3 if quick else 9)
    limits = dict(zip(ways, (0.2, 0.2, 1.0), strict=True))
    return {
        n: {"seconds": t.median, "quartiles": [t.low, t.high], "target": limits[n]}
        for n, t in timings.items()
    }


def table(data: dict[str, Any]) -> str:
    """Return what was measured as Markdown."""
    lines = [
        "| measure | way | µs a state | qnetframe is … times as fast | largest difference |",
        "|---|---|---|---|---|",
    ]
    for measure, entry in data["measures"].items():
        for way, micro in entry["microseconds a state"].items():
            ratio = entry["times as fast"].get(way)
            off = entry["largest difference"].get(way.split(",")[0])
            shown = ("", "") if ratio is None else (f"{ratio:.0f}", f"{off:.1e}")
            lines.append(f"| {measure} | {way} | {micro:.2f} | {shown[0]} | {shown[1]} |")
    lines += ["", "| µs a state of | rank 1 | rank 2 | rank 3 |", "|---|---|---|---|"]
    for measure, ranks in data["deficient"].items():
        lines.append(f"| {measure} | {' | '.join(f'{micro:.2f}' for micro in ranks.values())} |")
    lines += ["", "| by itself | median | target |", "|---|---|---|"]
    for name, entry in data["alone"].items():
        lines.append(f"| {name} | {entry['seconds'] * 1e3:.1f} ms | {entry['target'] * 1e3:.0f} ms |")
    slower = [
        f"{way} ({measure}, {ratio:.0f})"
        for measure, entry in data["measures"].items()
        for way, ratio in entry["times as fast"].items()
        if ratio < TARGET
    ]
    lines += ["", f"Less than {TARGET} times as fast as: {', '.join(slower) or 'none'}."]
    return "\n".join(lines)


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer repeats and states; rough figures")
    quick = parser.parse_args().quick
    data = {"measures": measures(quick), "deficient": deficient(quick), "alone": alone(quick)}
    print(table(data))
    (ROOT / "out").mkdir(exist_ok=True)
    (ROOT / "out" / "theory.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    (ROOT / "out" / "theory.md").write_text(table(data) + "\n")
    right = all(max(e["largest difference"].values()) < 1e-6 for e in data["measures"].values())
    quickly = all(min(e["times as fast"].values()) >= TARGET for e in data["measures"].values())
    return 0 if right and quickly and all(e["seconds"] <= e["target"] for e in data["alone"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
