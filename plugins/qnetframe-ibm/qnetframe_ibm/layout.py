"""In which order a layout should take a device's qubits."""

from __future__ import annotations

from math import exp

from qnetframe_ibm.snapshot import ENTANGLING, Snapshot

# About a measurement with feed-forward, or 2 km of fibre: long enough that T1 and T2 count beside readout.
IDLE_SECONDS = 1e-5


def idle_infidelity(t1: float, t2: float, seconds: float) -> float:
    """Return the average infidelity of waiting: 1/2 - exp(-t/T1)/6 - exp(-t/T2)/3 (seconds).

    From F = (2 F_e + 1)/3 with F_e = (1 + exp(-t/T1) + 2 exp(-t/T2))/4 (Nielsen, Phys. Lett. A 303, 249
    (2002)).
    """
    return 0.5 - exp(-seconds / t1) / 6 - exp(-seconds / t2) / 3


def qubit_cost(snapshot: Snapshot, index: int) -> float:
    """Return mean readout error + sx error + infidelity of waiting IDLE_SECONDS; lower is better."""
    profile = snapshot.qubits[index]
    assert profile is not None
    waiting = idle_infidelity(profile.t1, profile.t2, IDLE_SECONDS)
    return sum(profile.readout) / 2 + snapshot.gates["sx", (index,)].error + waiting


def order(snapshot: Snapshot) -> tuple[int, ...]:
    """Return the usable qubits, best first, every beginning as well coupled as the device allows.

    Starts at the coupled pair with the least (costs of both + two-qubit error), its better qubit first; then
    takes, of the qubits coupled to those taken, the one with the least (its cost + least two-qubit error to
    them), until that part of the device is used up; then the same with the rest; uncoupled qubits last.
    """
    cost = {i: qubit_cost(snapshot, i) for i, profile in enumerate(snapshot.qubits) if profile is not None}
    edges: dict[int, dict[int, float]] = {i: {} for i in cost}
    for (gate, indices), profile in snapshot.gates.items():
        if gate in ENTANGLING:
            a, b = indices
            least = min(profile.error, edges[a].get(b, 1.0))
            edges[a][b] = edges[b][a] = least
    taken: list[int] = []
    reach: dict[int, float] = {}
    left = set(cost)
    while left:
        if not reach:
            pairs = [(cost[a] + cost[b] + edges[a][b], cost[a], a) for a in left for b in edges[a]]
            index = min(pairs)[2] if pairs else min(left, key=lambda i: (cost[i], i))
        else:
            index = min(reach, key=lambda i: (cost[i] + reach[i], i))
        taken.append(index)
        left.discard(index)
        reach.pop(index, None)
        for b, error in edges[index].items():
            if b in left:
                reach[b] = min(error, reach.get(b, 1.0))
    return tuple(taken)
