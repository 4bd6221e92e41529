"""From the calibration of a device to the hardware of a node: all of it, its medians, or some qubits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp
from statistics import median
from typing import TypeAlias

from qnetframe.errors import InvalidInputError
from qnetframe.network.hardware import GateProfile, Hardware, QubitProfile

Key: TypeAlias = tuple[str, tuple[int, ...]]

# Holds an excluded qubit's place so that numbers stay the device's. Useless on purpose: whoever overlooks
# Hardware.excluded sees noise, never an ideal qubit.
EXCLUDED = QubitProfile(t1=1e-12, t2=1e-12, readout=(0.5, 0.5), prepare_error=0.5)

# About a measurement with feed-forward, or 2 km of fibre: long enough that T1 and T2 count beside readout.
IDLE_SECONDS = 1e-5


@dataclass(frozen=True)
class Note:
    """One correction of a calibration: its text, and the qubits that it concerns (none: the whole device)."""

    text: str
    qubits: tuple[int, ...] = ()


@dataclass(frozen=True)
class Calibration:
    """A device as calibrated: ``names[i]`` is its maker's name of qubit i, ``qubits[i]`` None where unusable.

    ``gates`` has the usable gates among usable qubits, ``pairs`` the couplings, lower number first.
    ``one_qubit`` and ``entangling`` name the gates that qubits and couplings are judged by; ``reported`` are
    the gates that medians are taken of, without those that were filled in (by default all).
    """

    name: str
    names: tuple[str, ...]
    qubits: tuple[QubitProfile | None, ...]
    gates: Mapping[Key, GateProfile]
    pairs: frozenset[tuple[int, int]]
    notes: tuple[Note, ...]
    one_qubit: str
    entangling: tuple[str, ...]
    reported: frozenset[Key] | None = None

    def why_excluded(self, index: int) -> str:
        """Return why an unusable qubit is."""
        text = next(n.text for n in self.notes if n.qubits == (index,) and n.text.endswith("excluded"))
        return text.removeprefix(f"{self.name}: ")


def whole(device: Calibration) -> Hardware:
    """Return the whole device in its own numbering, ``preferred`` best first (see ``order``)."""
    return Hardware(
        name=device.name,
        qubits=tuple(EXCLUDED if profile is None else profile for profile in device.qubits),
        gates=device.gates,
        coupling=device.pairs,
        preferred=order(device),
        warnings=tuple(note.text for note in device.notes),
        excluded=tuple(i for i, profile in enumerate(device.qubits) if profile is None),
    )


def medians(device: Calibration) -> Hardware:
    """Return any number of equal qubits with the medians over the usable qubits and the reported gates.

    All are coupled, unless the device has no usable two-qubit gate: then none are. Raises InvalidInputError
    where no qubit is usable.
    """
    profiles = [profile for profile in device.qubits if profile is not None]
    if not profiles:
        raise InvalidInputError(f"{device.name}: qubits is 'median'; no qubit of this device is usable")
    by_name: dict[str, list[GateProfile]] = defaultdict(list)
    for key in device.gates if device.reported is None else device.reported:
        by_name[key[0]].append(device.gates[key])
    return Hardware(
        name=f"{device.name} (median)",
        default=QubitProfile(
            t1=median(p.t1 for p in profiles),
            t2=median(p.t2 for p in profiles),
            readout=(median(p.readout[0] for p in profiles), median(p.readout[1] for p in profiles)),
            measure_duration=median(p.measure_duration for p in profiles),
            prepare_error=median(p.prepare_error for p in profiles),
            prepare_duration=median(p.prepare_duration for p in profiles),
        ),
        gates={
            (gate, ()): GateProfile(median(p.error for p in all_of), median(p.duration for p in all_of))
            for gate, all_of in by_name.items()
        },
        coupling=None if device.pairs else frozenset(),
        warnings=tuple(note.text for note in device.notes),
    )


def some(device: Calibration, chosen: Iterable[int]) -> Hardware:
    """Return usable qubits, numbered 0, 1, … in the order given, with the couplings among them."""
    new = {old: index for index, old in enumerate(chosen)}
    return Hardware(
        name=f"{device.name}[{','.join(device.names[i] for i in new)}]",
        qubits=tuple(profile for i in new if (profile := device.qubits[i]) is not None),
        gates={
            (gate, tuple(new[i] for i in indices)): profile
            for (gate, indices), profile in device.gates.items()
            if all(i in new for i in indices)
        },
        coupling=frozenset((new[a], new[b]) for a, b in device.pairs if a in new and b in new),
        preferred=tuple(range(len(new))),
        warnings=tuple(
            note.text for note in device.notes if not note.qubits or all(i in new for i in note.qubits)
        ),
    )


def idle_infidelity(t1: float, t2: float, seconds: float) -> float:
    """Return the average infidelity of waiting: 1/2 - exp(-t/T1)/6 - exp(-t/T2)/3 (seconds).

    From F = (2 F_e + 1)/3 with F_e = (1 + exp(-t/T1) + 2 exp(-t/T2))/4 (Nielsen, Phys. Lett. A 303, 249
    (2002)).
    """
    return 0.5 - exp(-seconds / t1) / 6 - exp(-seconds / t2) / 3


def qubit_cost(device: Calibration, index: int) -> float:
    """Return mean readout error + one-qubit gate error + infidelity of waiting IDLE_SECONDS; low is good."""
    profile = device.qubits[index]
    assert profile is not None
    waiting = idle_infidelity(profile.t1, profile.t2, IDLE_SECONDS)
    return sum(profile.readout) / 2 + device.gates[device.one_qubit, (index,)].error + waiting


def order(device: Calibration) -> tuple[int, ...]:
    """Return the usable qubits, best first, every beginning as well coupled as the device allows.

    Starts at the coupled pair with the least (costs of both + least two-qubit error), its better qubit first;
    then takes, of the qubits coupled to those taken, the one with the least (its cost + least two-qubit error
    to them), until that part of the device is used up; then the same with the rest; uncoupled qubits last.
    """
    cost = {i: qubit_cost(device, i) for i, profile in enumerate(device.qubits) if profile is not None}
    edges: dict[int, dict[int, float]] = {i: {} for i in cost}
    for (gate, indices), profile in device.gates.items():
        if gate in device.entangling:
            a, b = indices
            edges[a][b] = edges[b][a] = min(profile.error, edges[a].get(b, 1.0))
    taken: list[int] = []
    reach: dict[int, float] = {}
    left = set(cost)
    while left:
        if reach:
            index = min(reach, key=lambda i: (cost[i] + reach[i], i))
        else:
            pairs = [
                (cost[a] + cost[b] + edges[a][b], cost[a], a) for a in left for b in edges[a] if b in left
            ]
            index = min(pairs)[2] if pairs else min(left, key=lambda i: (cost[i], i))
        taken.append(index)
        left.discard(index)
        reach.pop(index, None)
        for b, error in edges[index].items():
            if b in left:
                reach[b] = min(error, reach.get(b, 1.0))
    return tuple(taken)
