"""What of a calibration becomes a node: the device, its medians, or some of its qubits; best qubits first."""

from __future__ import annotations

from collections import defaultdict
from math import exp
from statistics import median

from qnetframe.errors import InvalidInputError
from qnetframe.network.hardware import GateProfile, Hardware, QubitProfile
from qnetframe_google.snapshot import TWO_QUBIT, Snapshot

# Holds an excluded qubit's place so that numbers stay the device's. Useless on purpose: whoever overlooks
# Hardware.excluded sees noise, never an ideal qubit.
EXCLUDED = QubitProfile(t1=1e-12, t2=1e-12, readout=(0.5, 0.5), prepare_error=0.5)

# About a measurement with feed-forward, or 2 km of fibre: long enough that T1 and T2 count beside readout.
IDLE_SECONDS = 1e-5


def select(snapshot: Snapshot, qubits: str = "best") -> Hardware:
    """Return the hardware of "best", "median" or a list ("4_1,4_2"); InvalidInputError for any other."""
    if qubits == "best":
        return _whole(snapshot)
    if qubits == "median":
        return _medians(snapshot)
    return _some(snapshot, _parse_list(snapshot, qubits))


def _whole(snapshot: Snapshot) -> Hardware:
    return Hardware(
        name=snapshot.name,
        qubits=tuple(EXCLUDED if profile is None else profile for profile in snapshot.qubits),
        gates=snapshot.gates,
        coupling=snapshot.pairs,
        preferred=order(snapshot),
        warnings=tuple(note.text for note in snapshot.notes),
        excluded=tuple(i for i, profile in enumerate(snapshot.qubits) if profile is None),
    )


def _medians(snapshot: Snapshot) -> Hardware:
    profiles = [profile for profile in snapshot.qubits if profile is not None]
    if not profiles:
        raise InvalidInputError(f"{snapshot.name}: qubits is 'median'; no qubit of this device is usable")
    by_name: dict[str, list[GateProfile]] = defaultdict(list)
    for (gate, _), profile in snapshot.gates.items():
        by_name[gate].append(profile)
    return Hardware(
        name=f"{snapshot.name} (median)",
        default=QubitProfile(
            t1=median(p.t1 for p in profiles),
            t2=median(p.t2 for p in profiles),
            readout=(median(p.readout[0] for p in profiles), median(p.readout[1] for p in profiles)),
            measure_duration=median(p.measure_duration for p in profiles),
            prepare_duration=median(p.prepare_duration for p in profiles),
        ),
        gates={
            (gate, ()): GateProfile(median(p.error for p in all_of), median(p.duration for p in all_of))
            for gate, all_of in by_name.items()
        },
        coupling=None if snapshot.pairs else frozenset(),
        warnings=tuple(note.text for note in snapshot.notes),
    )


def _some(snapshot: Snapshot, chosen: tuple[int, ...]) -> Hardware:
    new = {device: index for index, device in enumerate(chosen)}
    return Hardware(
        name=f"{snapshot.name}[{','.join(snapshot.names[i] for i in chosen)}]",
        qubits=tuple(profile for i in chosen if (profile := snapshot.qubits[i]) is not None),
        gates={
            (gate, tuple(new[i] for i in indices)): profile
            for (gate, indices), profile in snapshot.gates.items()
            if all(i in new for i in indices)
        },
        coupling=frozenset((new[a], new[b]) for a, b in snapshot.pairs if a in new and b in new),
        preferred=tuple(range(len(chosen))),
        warnings=tuple(
            note.text for note in snapshot.notes if not note.qubits or all(i in new for i in note.qubits)
        ),
    )


def _parse_list(snapshot: Snapshot, text: str) -> tuple[int, ...]:
    field, names = f"{snapshot.name}: qubits", snapshot.names
    words = [word.strip() for word in text.split(",")] if isinstance(text, str) else []
    wrong = next((word for word in words if word not in names), None)
    if not words or wrong is not None:
        of = "" if wrong is None else f"; {wrong!r:.40} is none of its {len(names)} qubits"
        raise InvalidInputError(
            f"{field} is {text!r:.80}{of}; it must be 'best', 'median' or a comma-separated list of"
            f" qubits by row and column, such as '{','.join(names[:2])}' (from {names[0]} to {names[-1]})"
        )
    chosen = tuple(names.index(word) for word in words)
    for index in chosen:
        if snapshot.qubits[index] is None:
            why = next(n.text for n in snapshot.notes if n.qubits == (index,) and n.text.endswith("excluded"))
            raise InvalidInputError(f"{field} is {text!r:.80}; {why.removeprefix(snapshot.name + ': ')}")
    if len(set(chosen)) < len(chosen):
        raise InvalidInputError(f"{field} is {text!r:.80}; each qubit may be listed once")
    return chosen


def cost(snapshot: Snapshot, index: int) -> float:
    """Return mean readout error + one-qubit gate error + infidelity of waiting 10 us; lower is better.

    Waiting costs 1/2 - exp(-t/T1)/6 - exp(-t/T2)/3 (M. A. Nielsen, Phys. Lett. A 303, 249 (2002)).
    """
    profile = snapshot.qubits[index]
    assert profile is not None
    waiting = 0.5 - exp(-IDLE_SECONDS / profile.t1) / 6 - exp(-IDLE_SECONDS / profile.t2) / 3
    return sum(profile.readout) / 2 + snapshot.gates["phxz", (index,)].error + waiting


def order(snapshot: Snapshot) -> tuple[int, ...]:
    """Return the usable qubits, best first, every beginning as well coupled as the device allows.

    Starts at the coupled pair with the least (costs of both + least two-qubit error); then takes, of the
    qubits coupled to those taken, the one with the least (its cost + least two-qubit error to them).
    """
    costs = {i: cost(snapshot, i) for i, profile in enumerate(snapshot.qubits) if profile is not None}
    edges: dict[int, dict[int, float]] = {i: {} for i in costs}
    for (gate, indices), profile in snapshot.gates.items():
        if gate in TWO_QUBIT:
            a, b = indices
            edges[a][b] = edges[b][a] = min(profile.error, edges[a].get(b, 1.0))
    taken: list[int] = []
    reach: dict[int, float] = {}
    left = set(costs)
    while left:
        if reach:
            index = min(reach, key=lambda i: (costs[i] + reach[i], i))
        else:
            pairs = [
                (costs[a] + costs[b] + edges[a][b], costs[a], a) for a in left for b in edges[a] if b in left
            ]
            index = min(pairs)[2] if pairs else min(left, key=lambda i: (costs[i], i))
        taken.append(index)
        left.discard(index)
        reach.pop(index, None)
        for b, error in edges[index].items():
            if b in left:
                reach[b] = min(error, reach.get(b, 1.0))
    return tuple(taken)
