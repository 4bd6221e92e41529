"""What of a snapshot becomes a node: the device, its medians, or some of its qubits."""

from __future__ import annotations

from collections import defaultdict
from statistics import median

from qnetframe.errors import InvalidInputError
from qnetframe.network.hardware import GateProfile, Hardware, QubitProfile
from qnetframe_ibm.layout import order
from qnetframe_ibm.snapshot import Snapshot

# Holds an excluded qubit's place so that numbers stay the device's. Useless on purpose: whoever overlooks
# Hardware.excluded sees noise, never an ideal qubit.
EXCLUDED = QubitProfile(t1=1e-12, t2=1e-12, readout=(0.5, 0.5), prepare_error=0.5)


def select(snapshot: Snapshot, qubits: str = "best") -> Hardware:
    """Return the hardware of "best", "median" or a list such as "12,13"; InvalidInputError for any other."""
    if qubits == "best":
        return whole(snapshot)
    if qubits == "median":
        return medians(snapshot)
    return some(snapshot, parse_list(snapshot, qubits))


def whole(snapshot: Snapshot) -> Hardware:
    """Return the whole device in its own numbering, ``preferred`` best first (see layout.order)."""
    return Hardware(
        name=snapshot.name,
        qubits=tuple(EXCLUDED if profile is None else profile for profile in snapshot.qubits),
        gates=snapshot.gates,
        coupling=snapshot.pairs,
        preferred=order(snapshot),
        warnings=tuple(note.text for note in snapshot.notes),
        excluded=tuple(i for i, profile in enumerate(snapshot.qubits) if profile is None),
    )


def medians(snapshot: Snapshot) -> Hardware:
    """Return any number of equal qubits with the medians over the usable qubits and the gates as reported.

    All are coupled, unless the device has no usable two-qubit gate: then none are.
    """
    profiles = [profile for profile in snapshot.qubits if profile is not None]
    if not profiles:
        raise InvalidInputError(f"{snapshot.name}: qubits is 'median'; no qubit of this device is usable")
    default = QubitProfile(
        t1=median(p.t1 for p in profiles),
        t2=median(p.t2 for p in profiles),
        readout=(median(p.readout[0] for p in profiles), median(p.readout[1] for p in profiles)),
        measure_duration=median(p.measure_duration for p in profiles),
        prepare_error=median(p.prepare_error for p in profiles),
        prepare_duration=median(p.prepare_duration for p in profiles),
    )
    by_name: dict[str, list[GateProfile]] = defaultdict(list)
    for key in snapshot.reported:
        by_name[key[0]].append(snapshot.gates[key])
    return Hardware(
        name=f"{snapshot.name} (median)",
        default=default,
        gates={
            (gate, ()): GateProfile(median(p.error for p in all_of), median(p.duration for p in all_of))
            for gate, all_of in by_name.items()
        },
        coupling=None if snapshot.pairs else frozenset(),
        warnings=tuple(note.text for note in snapshot.notes),
    )


def some(snapshot: Snapshot, chosen: tuple[int, ...]) -> Hardware:
    """Return the chosen device qubits, numbered 0, 1, … in the order given, with the couplings among them."""
    new = {device: index for index, device in enumerate(chosen)}
    profiles = tuple(snapshot.qubits[i] for i in chosen)
    return Hardware(
        name=f"{snapshot.name}[{','.join(map(str, chosen))}]",
        qubits=tuple(profile for profile in profiles if profile is not None),
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


def parse_list(snapshot: Snapshot, text: str) -> tuple[int, ...]:
    """Return the device qubits of "12,13,14": usable, different, at least one; else InvalidInputError."""
    last = len(snapshot.qubits) - 1
    field = f"{snapshot.name}: qubits"
    words = [word.strip() for word in text.split(",")] if isinstance(text, str) else []
    if not words or not all(w.isascii() and w.isdigit() and len(w) < 10 for w in words):
        raise InvalidInputError(
            f"{field} is {text!r}; it must be 'best', 'median' or a comma-separated list of device qubits"
            f" in [0, {last}], such as '{','.join(map(str, range(min(last, 1) + 1)))}'"
        )
    chosen = tuple(int(word) for word in words)
    for index in chosen:
        if index > last:
            raise InvalidInputError(f"{field} is {text!r}; {index} is not in [0, {last}]")
        if snapshot.qubits[index] is None:
            why = next(n.text for n in snapshot.notes if n.qubits == (index,) and n.text.endswith("excluded"))
            raise InvalidInputError(
                f"{field} is {text!r}; {index} is excluded ({why.removeprefix(snapshot.name + ': ')});"
                f" choose among the other qubits in [0, {last}]"
            )
    if len(set(chosen)) < len(chosen):
        raise InvalidInputError(f"{field} is {text!r}; each device qubit may be listed once")
    return chosen
