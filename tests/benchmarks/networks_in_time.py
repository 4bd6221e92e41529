"""Networks in time beside other simulators, and how they scale: python tests/benchmarks/networks_in_time.py.

    --sequence PYTHON   a Python >= 3.12 that has 'sequence' 1.3.1
    --simqn PYTHON      a Python that has 'qns' 0.2.3
    --peers FOLDER      where seq_chain.py and qns_chain.py are, the scripts that they run
    --scale             also 1,000 nodes with 10^4 requests, the cost of an event by nodes, and cut-offs

Each peer runs the same physics in a process of its own, in turns with ours, on this machine; what counts are
ratios of CPU times. Results go to out/networks-in-time.json and .md, the plots to docs/.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

from qnetframe.builtin.topologies import waxman
from qnetframe.network import Link, LinkModel, Network, Node, werner_state
from qnetframe.simulation import repeater_chain
from qnetframe.simulation.pairstates import Decay
from qnetframe.simulation.profiles import NodeProfile
from qnetframe.simulation.requests import Request, poisson_requests
from qnetframe.simulation.simulation import Simulation
from qnetframe.simulation.strategy import Strategy

ROOT = Path(__file__).resolve().parents[2]
PAULI = NodeProfile(Decay.pauli(1 / 3, 1 / 3, 1 / 3))
SUCCESS = 0.5 * (0.9 * 10**-0.1) ** 2 * 0.9**2


def line(nodes: int, model: LinkModel) -> Network:
    """Return a line of nodes, all links alike."""
    links = tuple(Link(f"r{i}", f"r{i + 1}", model) for i in range(nodes - 1))
    return Network(tuple(Node(f"r{i}") for i in range(nodes)), links)


def by_events(nodes: int, seconds: float, seed: int, handshake: bool = True) -> dict[str, float]:
    """Run the chain event by event: 10 km links, T = 1 s, the agreement of the ends as SeQUeNCe has it."""
    # One attempt: the ends agree (150 µs), the photons travel and the herald comes back (50 µs).
    time_of = 200e-6 if handshake else 50e-6
    model = LinkModel(SUCCESS, time_of, werner_state(0.99), delay=50e-6, herald_delay=50e-6)
    sim = Simulation(line(nodes, model), seed, profiles=PAULI, strategy=Strategy(handshake=handshake))
    sim.request(Request("r0", f"r{nodes - 1}", pairs=None))
    start = time.process_time()
    report = sim.run(seconds)
    cpu = time.process_time() - start
    return {
        "rate": report.throughput.value, "rate error": report.throughput.standard_error,
        "fidelity": report.fidelity.value, "fidelity error": report.fidelity.standard_error,
        "pairs per cpu second": len(report.deliveries) / cpu, "events per pair": report.events / len(report.deliveries),
    }  # fmt: skip


def by_sampling(nodes: int, pairs: int) -> float:
    """Return pairs per CPU second of the compiled path on the chain of such links."""
    rates = []
    for seed in range(5):
        start = time.process_time()
        repeater_chain(
            nodes - 1, SUCCESS, t_coherence=3 / 8 / 200e-6, w0=(4 * 0.99 - 1) / 3, pairs=pairs, seed=seed
        )
        rates.append(pairs / (time.process_time() - start))
    return statistics.median(rates)


def peer(python: str, script: Path, *arguments: object) -> dict[str, Any]:
    """Run a peer's script and return the line of JSON that it prints."""
    done = subprocess.run(
        [python, str(script), *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def beside_sequence(python: str | None, peers: Path | None, times: int) -> dict[str, Any]:
    """Compare rates, fidelities and speed at 2, 5 and 9 nodes."""
    found: dict[str, Any] = {}
    repeater_chain(2, 0.5, pairs=10)
    for nodes in (2, 5, 9):
        theirs = (
            peer(python, peers / "seq_chain.py", nodes, "sh", 1, 0.5, times) if python and peers else None
        )
        runs = [by_events(nodes, 2.0, seed) for seed in range(5)]
        ours = {key: statistics.mean(r[key] for r in runs) for key in runs[0]}
        for key in ("rate error", "fidelity error"):
            ours[key] /= math.sqrt(len(runs))
        ours["pairs per cpu second"] = statistics.median(r["pairs per cpu second"] for r in runs)
        entry: dict[str, Any] = {"ours": ours, "compiled": by_sampling(nodes, 400_000)}
        if theirs:
            pairs = theirs["pairs"]
            entry["theirs"] = {
                "rate": 2 * statistics.mean(pairs), "rate error": 2 * statistics.stdev(pairs) / len(pairs) ** 0.5,
                "fidelity": statistics.mean(theirs["mean_fid"]), "pairs per cpu second": theirs["pairs_per_cpu_s"],
                "events per pair": theirs["events_per_pair"], "version": theirs["sim"],
            }  # fmt: skip
            entry["times as fast by events"] = ours["pairs per cpu second"] / theirs["pairs_per_cpu_s"]
            entry["times as fast compiled"] = entry["compiled"] / theirs["pairs_per_cpu_s"]
        found[str(nodes)] = entry
        print(nodes, "nodes:", json.dumps(entry), flush=True)
    return found


def beside_simqn(python: str | None, peers: Path | None, times: int) -> dict[str, Any]:
    """Compare a lossless chain of 5 nodes: F of four pairs of .99, and speed.

    Without decay: theirs makes pairs hop by hop, ours on all links at once, so that memories wait less.
    """
    model = LinkModel(1.0, 1e-3, werner_state(0.99), delay=50e-6)
    entry: dict[str, Any] = {}
    theirs = peer(python, peers / "qns_chain.py", 5, 5, 1000, 0, times, 50, 0) if python and peers else None
    runs = []
    for seed in range(5):
        sim = Simulation(
            line(5, model), seed, pair_states="werner", strategy=Strategy(swapping="asap"), memories=50
        )
        sim.request(Request("r0", "r4", pairs=None))
        start = time.process_time()
        report = sim.run(5.0)
        runs.append(len(report.deliveries) / (time.process_time() - start))
        entry["ours"] = {"fidelity": report.fidelity.value, "rate": report.throughput.value}
    entry["ours"]["pairs per cpu second"] = statistics.median(runs)
    rates = []
    for seed in range(5):
        start = time.process_time()
        chain = repeater_chain(4, 1.0, w0=(4 * 0.99 - 1) / 3, pairs=400_000, seed=seed)
        rates.append(400_000 / (time.process_time() - start))
    entry["compiled"], entry["compiled fidelity"] = statistics.median(rates), chain.mean_fidelity.value
    if theirs:
        entry["theirs"] = {
            "fidelity": theirs["fid"][0],
            "pairs per cpu second": theirs["pairs_per_cpu_s"],
            "version": theirs["sim"],
        }
        entry["times as fast by events"] = entry["ours"]["pairs per cpu second"] / theirs["pairs_per_cpu_s"]
        entry["times as fast compiled"] = entry["compiled"] / theirs["pairs_per_cpu_s"]
    return entry


def waxman_run(nodes: int, requests: int, seed: int = 1) -> dict[str, float]:
    """Run requests of ten pairs on a Waxman network of a density that does not depend on the nodes."""
    alpha = 0.1 * math.sqrt(1000 / nodes) if nodes < 1000 else 0.1
    network = waxman(nodes, alpha=min(1.0, alpha), beta=min(1.0, 100 / nodes) if nodes > 100 else 0.9, size_km=200 * math.sqrt(nodes / 1000), fidelity=0.99)  # fmt: skip
    profile = NodeProfile(Decay.depolarizing(1.0))
    sim = Simulation(network, seed, pair_states="werner", profiles=profile, routing="time", memories=2)
    rate = nodes / 2
    sim.request(*poisson_requests(network, rate, requests, seed=2, pairs=10))
    start = time.process_time()
    report = sim.run(requests / rate + 20)
    cpu = time.process_time() - start
    return {
        "nodes": nodes, "links": len(network.links), "requests": requests, "served": report.served.value,
        "pairs": len(report.deliveries), "events": report.events, "cpu s": cpu, "µs an event": 1e6 * cpu / report.events,
        "links a path": statistics.mean(d.links for d in report.deliveries),
        "memory MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


def scale() -> dict[str, Any]:
    """Return the cost of an event by nodes, the largest network, and chains with and without cut-offs."""
    found: dict[str, Any] = {"by nodes": [waxman_run(n, 300) for n in (10, 30, 100, 300, 1000)]}
    found["large"] = waxman_run(1000, 10_000)
    repeater_chain(2, 0.5, 0.9, 5, pairs=10)
    start = time.process_time()
    chain = repeater_chain(64, 0.1, pairs=1_000_000)
    found["10^6 pairs of 64 links"] = {
        "cpu s": time.process_time() - start,
        "mean": chain.mean_attempts.value,
    }
    rows = []
    for cutoff in (None, 80, 60, 50, 40, 35, 30):
        count = 1_000_000 if cutoff is None else 100_000 if cutoff >= 40 else 10_000
        start = time.process_time()
        chain = repeater_chain(64, 0.1, cutoff=cutoff, t_coherence=1000, pairs=count)
        cpu = time.process_time() - start
        rows.append(
            {
                "cutoff": cutoff,
                "pairs per cpu second": count / cpu,
                "mean": chain.mean_attempts.value,
                "werner": chain.werner.value,
            }
        )
    found["cut-offs"] = rows
    return found


def plot(found: dict[str, Any]) -> None:
    """Draw the cost of an event by nodes, and the speed against the cut-off."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    rows = found["by nodes"]
    left.semilogx([r["nodes"] for r in rows], [r["µs an event"] for r in rows], marker="o", color="#0072B2")
    left.set(xlabel="nodes", ylabel="CPU time of an event (µs)", title="Waxman networks, 300 requests")
    left.set_ylim(0, None)
    cut = [r for r in found["cut-offs"] if r["cutoff"] is not None]
    right.semilogy(
        [r["cutoff"] for r in cut],
        [r["pairs per cpu second"] for r in cut],
        marker="s",
        color="#D55E00",
        label="with a cut-off",
    )
    right.axhline(found["cut-offs"][0]["pairs per cpu second"], color="#8a94a3", ls=":", label="without")
    right.set(xlabel="cut-off (attempts)", ylabel="pairs per CPU second", title="64 links, p = 0.1, compiled")
    right.legend(frameon=False)
    for axes in (left, right):
        axes.grid(color="#dde2e9")
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(ROOT / "docs" / "simulation-cost.png", dpi=110)


def table(found: dict[str, Any]) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| chain | simulator | pairs a second | fidelity | pairs per CPU second | times theirs |",
        "|---|---|---|---|---|---|",
    ]
    for nodes, e in found["sequence"].items():
        ours, theirs = e["ours"], e.get("theirs")
        if theirs:
            lines.append(
                f"| {nodes} nodes | {theirs['version']} | {theirs['rate']:.0f} ± {theirs['rate error']:.0f} | {theirs['fidelity']:.4f} | {theirs['pairs per cpu second']:.3g} | 1 |"
            )
        ratio = f"{e['times as fast by events']:.0f}" if theirs else ""
        lines.append(
            f"| {nodes} nodes | qnetframe, events | {ours['rate']:.0f} ± {ours['rate error']:.0f} | {ours['fidelity']:.4f} | {ours['pairs per cpu second']:.3g} | {ratio} |"
        )
        ratio = f"{e['times as fast compiled']:.0f}" if theirs else ""
        lines.append(f"| {nodes} nodes | qnetframe, compiled | | | {e['compiled']:.3g} | {ratio} |")
    e = found["simqn"]
    if "theirs" in e:
        lines.append(
            f"| 5 nodes, lossless | {e['theirs']['version']} | | {e['theirs']['fidelity']:.4f} | {e['theirs']['pairs per cpu second']:.3g} | 1 |"
        )
    ratio = [f"{e[k]:.1f}" if k in e else "" for k in ("times as fast by events", "times as fast compiled")]
    lines.append(
        f"| 5 nodes, lossless | qnetframe, events | | {e['ours']['fidelity']:.4f} | {e['ours']['pairs per cpu second']:.3g} | {ratio[0]} |"
    )
    lines.append(
        f"| 5 nodes, lossless | qnetframe, compiled | | {e['compiled fidelity']:.4f} | {e['compiled']:.3g} | {ratio[1]} |"
    )
    return "\n".join(lines)


def main() -> None:
    """Measure and write the results."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sequence")
    options.add_argument("--simqn")
    options.add_argument("--peers", type=Path)
    options.add_argument("--times", type=int, default=5, help="runs of a peer")
    options.add_argument("--scale", action="store_true")
    given = options.parse_args()
    found: dict[str, Any] = {
        "sequence": beside_sequence(given.sequence, given.peers, given.times),
        "simqn": beside_simqn(given.simqn, given.peers, given.times),
    }
    print(table(found), flush=True)
    if given.scale:
        found["scale"] = scale()
        plot(found["scale"])
        print(json.dumps(found["scale"], indent=1))
    out = ROOT / "out"
    out.mkdir(exist_ok=True)
    (out / "networks-in-time.json").write_text(json.dumps(found, indent=1))
    (out / "networks-in-time.md").write_text(table(found) + "\n")


if __name__ == "__main__":
    main()
