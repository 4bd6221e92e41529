"""What a network costs the host against its nodes: python tests/network/measure_cost.py [docs/network-cost.png]."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from qnetframe.builtin import topologies
from qnetframe.network import Network, shortest_path
from qnetframe.placement import place
from qnetframe.program.patterns import entangle_route
from qnetframe.program.program import Program

NODES = (10, 30, 100, 300, 1000)


def fastest(function: Callable[[], object], repeats: int = 5) -> float:
    """Return the least of several times, in milliseconds."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return 1e3 * best


def swapping(network: Network) -> None:
    """Write a swapping chain over all nodes of a chain, and place it."""
    p = Program()
    entangle_route(p, network.names)
    # A new network, since one that was used knows its light times.
    place(p, Network(network.nodes, network.links))


def routing(network: Network) -> None:
    """Find the best route between the ends."""
    shortest_path(Network(network.nodes, network.links), *network.ends, "fidelity")


def curves() -> dict[str, list[float]]:
    """Return the milliseconds of every stage, for every number of nodes."""
    chains = [topologies.chain(n, 10.0, 0.99) for n in NODES]
    busy = [topologies.scale_free(n, fidelity=0.99) for n in NODES]
    return {
        "make a chain": [fastest(lambda n=n: topologies.chain(n, 10.0)) for n in NODES],
        "make a scale-free network": [fastest(lambda n=n: topologies.scale_free(n)) for n in NODES],
        "make a random geometric network": [
            fastest(lambda n=n: topologies.random_geometric(n)) for n in NODES
        ],
        "best route through the scale-free network": [fastest(lambda n=n: routing(n)) for n in busy],
        "place a swapping chain over all nodes": [fastest(lambda n=n: swapping(n)) for n in chains],
    }


def main() -> None:
    """Print the table, and draw it if a file is named."""
    found = curves()
    print(f"{'nodes':45s}" + "".join(f"{n:9d}" for n in NODES))
    for name, values in found.items():
        print(f"{name:45s}" + "".join(f"{v:9.2f}" for v in values))
    if len(sys.argv) > 1:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7.5, 4.2), layout="constrained")
        axes = figure.subplots()
        for (name, values), marker in zip(found.items(), "osD^v", strict=True):
            axes.loglog(NODES, values, marker=marker, markersize=5, label=name)
        axes.loglog(NODES, [0.02 * n for n in NODES], color="#8a94a3", linestyle=":", label="20 µs a node")
        axes.set_xlabel("nodes")
        axes.set_ylabel("time on one core (ms)")
        axes.grid(color="#dde2e9")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        figure.savefig(sys.argv[1], dpi=110)


if __name__ == "__main__":
    main()
