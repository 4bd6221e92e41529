"""Profiles of single qubits and gates from a BackendProperties document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from qnetframe.network.calibration import Key, Note
from qnetframe.network.hardware import GateProfile, QubitProfile
from qnetframe_ibm.reading import Entries, read, read_probability

# The same pulses under their newer names: u1 is rz, u2(-pi/2, pi/2) is sx and u3(pi, 0, pi) is x, up to a
# phase (McKay, Wood, Sheldon, Chow, Gambetta, Phys. Rev. A 96, 022330 (2017), section II).
SAME_AS = {"u1": "rz", "u2": "sx", "u3": "x"}


def qubit_profiles(
    qubits: list[Entries], resets: Mapping[int, Entries], notes: list[Note]
) -> list[QubitProfile | None]:
    """Return the profile of each qubit, None where it cannot be used; corrections go to ``notes``."""
    profiles = [_qubit(index, entries, resets.get(index, ()), notes) for index, entries in enumerate(qubits)]
    usable = [index for index, profile in enumerate(profiles) if profile is not None]
    for field, source, name, taken in (
        ("readout_length", qubits, "readout_length", "measurement is taken to last 0 s"),
        ("reset gate_length", resets, "gate_length", "preparation is taken to last 0 s"),
        ("reset gate_error", resets, "gate_error", "preparation is taken to be free of error"),
    ):
        lacking = tuple(i for i in usable if read(_entries(source, i), name).value is None)
        if lacking:
            # Snapshots leave a field out for all qubits or for none: one note, not a hundred.
            everywhere = len(lacking) == len(usable)
            who = "every qubit" if everywhere else f"qubits {', '.join(map(str, lacking))}"
            notes.append(Note(f"{field} is not reported for {who}; {taken}", () if everywhere else lacking))
    return profiles


def _entries(source: list[Entries] | Mapping[int, Entries], index: int) -> Entries:
    return source[index] if isinstance(source, list) else source.get(index, ())


def _qubit(index: int, entries: Entries, reset: Entries, notes: list[Note]) -> QubitProfile | None:
    def note(text: str) -> None:
        notes.append(Note(f"qubit {index}: {text}", (index,)))

    t1, t2 = read(entries, "T1"), read(entries, "T2")
    for field, time in (("T1", t1), ("T2", t2)):
        if not time.value:
            note(f"{field} {time.said}; the qubit is excluded")
            return None
    assert t1.value and t2.value
    if t2.value > 2 * t1.value:
        note(f"T2 = {t2.value:.6g} s is above 2*T1 = {2 * t1.value:.6g} s; T2 is set to 2*T1")
    readout = _readout(entries, note)
    if readout is None:
        return None
    return QubitProfile(
        t1=t1.value,
        t2=min(t2.value, 2 * t1.value),
        readout=readout,
        measure_duration=read(entries, "readout_length").value or 0.0,
        prepare_error=read_probability(reset, "gate_error").value or 0.0,
        prepare_duration=read(reset, "gate_length").value or 0.0,
    )


def _readout(entries: Entries, note: Callable[[str], None]) -> tuple[float, float] | None:
    """Return (P(1|0), P(0|1)), both the mean readout error where only that is usable, None without either."""
    up, down = read_probability(entries, "prob_meas1_prep0"), read_probability(entries, "prob_meas0_prep1")
    result = None if up.value is None or down.value is None else (up.value, down.value)
    if result is None:
        mean = read_probability(entries, "readout_error")
        found = f"prob_meas1_prep0 {up.said}, prob_meas0_prep1 {down.said}"
        if mean.value is None:
            note(f"{found}, readout_error {mean.said}; the qubit is excluded")
            return None
        note(f"{found}; readout_error {mean.value:.6g} is taken for both")
        result = (mean.value, mean.value)
    if sum(result) >= 1:
        note(
            f"readout P(1|0) = {result[0]:.6g}, P(0|1) = {result[1]:.6g} tells nothing or the opposite of the"
            " state (their sum is at least 1); kept as reported"
        )
    return result


def gate_profiles(entries: Iterable[Mapping[str, Any]], notes: list[Note]) -> dict[Key, GateProfile]:
    """Return the usable gates as reported; error is the average infidelity, duration in seconds."""
    gates: dict[Key, GateProfile] = {}
    for entry in entries:
        name, indices = entry["gate"], tuple(entry["qubits"])
        error, duration = read(entry["parameters"], "gate_error"), read(entry["parameters"], "gate_length")
        where = f"{name} on {'-'.join(map(str, indices))}"
        if error.value is None or error.value >= 1:
            notes.append(Note(f"{where}: gate_error {error.said}; the gate is left out", indices))
        elif duration.value is None:
            notes.append(Note(f"{where}: gate_length {duration.said}; the gate is left out", indices))
        else:
            gates[name, indices] = GateProfile(error.value, duration.value)
    for (name, indices), profile in list(gates.items()):
        if name in SAME_AS:
            gates.setdefault((SAME_AS[name], indices), profile)
    return gates
