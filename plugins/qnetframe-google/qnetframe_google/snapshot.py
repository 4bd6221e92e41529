"""One calibration: Google's device specification and metrics turned into one device, corrections noted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from qnetframe.network.calibration import Calibration, Key, Note
from qnetframe.network.hardware import GateProfile, QubitProfile

Metrics = Mapping[str, Mapping[tuple[str, ...], float]]

# Our name of a two-qubit gate: its names in the specification and in the metrics.
TWO_QUBIT = {"cz": ("cz", "cz"), "syc": ("syc", "sycamore"), "sqrt_iswap": ("sqrt_iswap", "sqrt_iswap")}

# What cirq-google's noise model takes for devices of 2021 (engine/calibration_to_noise_properties.py,
# DEFAULT_GATE_NS of version 1.7.0), in seconds.
CIRQ_MEASURE, CIRQ_RESET = 4e-6, 250e-9
_LONGEST_MEASUREMENT = 1e-4


def average_infidelity(pauli_error: float, num_qubits: int) -> float:
    """Return r = e d/(d + 1), d = 2^n, of a total Pauli error probability e (process infidelity).

    M. A. Nielsen, Phys. Lett. A 303, 249 (2002): F = (d F_e + 1)/(d + 1) with e = 1 - F_e.
    """
    dim = 1 << num_qubits
    return pauli_error * dim / (dim + 1)


def parse(
    name: str,
    specification: Mapping[str, list[Any]],
    metrics: Iterable[Mapping[str, Any]],
    subtract: bool = False,
) -> Calibration:
    """Return the device of a DeviceSpecification message and the metrics of a calibration.

    What cannot be used is left out and noted. Qubits have the names "row_column"; two-qubit gates are there
    once, lower number first: all are symmetric. With ``subtract`` a two-qubit gate's error is that of its
    cycle less those of the cycle's two one-qubit gates.
    """
    table = _table(metrics)
    names = tuple(sorted(specification["valid_qubits"], key=_place))
    number = {text: i for i, text in enumerate(names)}
    durations = _durations(specification["valid_gates"])
    notes: list[Note] = []
    times = _times(durations, notes)
    qubits: list[QubitProfile | None] = []
    gates: dict[Key, GateProfile] = {}
    for i, text in enumerate(names):
        error = table["single_qubit_rb_pauli_error_per_gate"].get((text,))
        profile = (
            _qubit(i, text, table, times, notes) if _usable(error, i, f"phased_xz on {text}", notes) else None
        )
        qubits.append(profile)
        if profile is not None and error is not None:
            gates["phxz", (i,)] = GateProfile(average_infidelity(error, 1), times["phased_xz"])
    edges = [pair for target in specification["valid_targets"] for pair in target.get("targets", ())]
    pairs = sorted({tuple(sorted(number[text] for text in pair["ids"])) for pair in edges})
    gates.update(_two_qubit_gates(names, pairs, durations, table, gates, subtract, notes))
    coupled = frozenset(indices for gate, indices in gates if gate in TWO_QUBIT)
    for a, b in pairs:
        if (a, b) not in coupled:
            notes.append(
                Note(
                    f"coupling {names[a]}-{names[b]}: no usable two-qubit gate; the coupling is absent",
                    (a, b),
                )
            )
    named = tuple(replace(note, text=f"{name}: {note.text}") for note in notes)
    return Calibration(name, names, tuple(qubits), gates, coupled, named, "phxz", tuple(TWO_QUBIT))  # type: ignore[arg-type]


def _place(text: str) -> tuple[int, int]:
    row, column = text.split("_")
    return int(row), int(column)


def _table(metrics: Iterable[Mapping[str, Any]]) -> defaultdict[str, dict[tuple[str, ...], float]]:
    table: defaultdict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
    for metric in metrics:
        (value,) = (v for entry in metric["values"][:1] for v in entry.values())
        if isinstance(value, int | float) and not isinstance(value, bool):
            table[metric["name"]][tuple(sorted(metric["targets"], key=_place))] = float(value)
    return table


def _durations(gates: Iterable[Mapping[str, Any]]) -> dict[str, float | None]:
    """Return the duration in seconds of every gate that the specification lists, None where it has none."""
    found: dict[str, float | None] = {}
    for entry in gates:
        (gate,) = (field for field in entry if field != "gate_duration_picos")
        picos = entry.get("gate_duration_picos")
        found[gate] = None if picos is None else int(picos[0]) * 1e-12
    return found


def _times(durations: Mapping[str, float | None], notes: list[Note]) -> dict[str, float]:
    times = {"phased_xz": durations["phased_xz"] or 0.0}
    measure, reset = durations["meas"], durations.get("reset")
    if measure is None or measure > _LONGEST_MEASUREMENT:
        said = "no time" if measure is None else f"{measure:.6g} s"
        notes.append(
            Note(
                f"meas: the specification gives {said}; {CIRQ_MEASURE:.6g} s of cirq-google's noise"
                " model is taken"
            )
        )
        measure = CIRQ_MEASURE
    if reset is None:
        notes.append(
            Note(
                f"reset: the specification has none; {CIRQ_RESET:.6g} s of cirq-google's noise model is taken"
            )
        )
        reset = CIRQ_RESET
    notes.append(Note("reset: no error is reported; preparation is taken to be free of error"))
    return {**times, "meas": measure, "reset": reset}


def _usable(error: float | None, index: int, where: str, notes: list[Note]) -> bool:
    if error is not None and isfinite(error) and 0.0 <= error < 1.0:
        return True
    said = "is not reported" if error is None else f"is {error!r}"
    notes.append(Note(f"{where}: the Pauli error {said}; the qubit is excluded", (index,)))
    return False


def _qubit(
    index: int, text: str, table: Metrics, times: Mapping[str, float], notes: list[Note]
) -> QubitProfile | None:
    def value(metric: str) -> float | None:
        return table[metric].get((text,))

    def note(said: str) -> None:
        notes.append(Note(f"qubit {text}: {said}", (index,)))

    micros, up, down = value("single_qubit_idle_t1_micros"), *map(value, _READOUT)
    for field, number in (("T1", micros), ("P(1|0)", up), ("P(0|1)", down)):
        if number is None or not isfinite(number) or number < 0 or (number > 1 and field != "T1"):
            note(f"{field} is {number!r}; the qubit is excluded")
            return None
    assert micros is not None and up is not None and down is not None
    if micros == 0:
        note("T1 is 0; the qubit is excluded")
        return None
    t1 = micros * 1e-6
    if up + down >= 1:
        note(f"readout P(1|0) = {up:.6g}, P(0|1) = {down:.6g} tells nothing of the state; kept as reported")
    t2 = _t2(t1, value("single_qubit_rb_incoherent_error_per_gate"), times["phased_xz"], note)
    return QubitProfile(t1, t2, (up, down), times["meas"], 0.0, times["reset"])


_READOUT = ("single_qubit_p00_error", "single_qubit_p11_error")


def _t2(t1: float, incoherent: float | None, duration: float, note: Any) -> float:
    """Return T2 from the incoherent error of a one-qubit gate, r = t/(3 T1) + t/(3 T_phi), at most 2 T1.

    The way of cirq-google (engine/calibration_to_noise_properties.py), to first order in t; no T2 is
    reported. 1/T2 = 1/(2 T1) + 1/T_phi.
    """
    if incoherent is None or not isfinite(incoherent):
        note(f"the incoherent error is {incoherent!r}, from which T2 would follow; T2 is set to 2*T1")
        return 2 * t1
    dephasing = 3 * incoherent / duration - 1 / t1
    if dephasing <= 0:
        note(
            f"the incoherent error {incoherent:.6g} is below what T1 = {t1:.6g} s alone gives;"
            " T2 is set to 2*T1"
        )
        return 2 * t1
    return 1 / (0.5 / t1 + dephasing)


def _two_qubit_gates(
    names: tuple[str, ...],
    pairs: Iterable[tuple[int, ...]],
    durations: Mapping[str, float | None],
    table: Metrics,
    single: Mapping[Key, GateProfile],
    subtract: bool,
    notes: list[Note],
) -> dict[Key, GateProfile]:
    gates: dict[Key, GateProfile] = {}
    for gate, (listed, measured) in TWO_QUBIT.items():
        if listed not in durations:
            continue
        errors, duration = (
            table[f"two_qubit_parallel_{measured}_gate_xeb_pauli_error_per_cycle"],
            durations[listed],
        )
        if duration is None or not errors:
            notes.append(
                Note(
                    f"{listed}: the specification lists it without a duration or calibration; it is left out"
                )
            )
            continue
        for a, b in pairs:
            where, error = f"{listed} on {names[a]}-{names[b]}", errors.get((names[a], names[b]))
            if ("phxz", (a,)) not in single or ("phxz", (b,)) not in single:
                notes.append(Note(f"{where}: a qubit is excluded; the gate is left out", (a, b)))
                continue
            if error is None or not isfinite(error) or not 0.0 <= error < 1.0:
                notes.append(Note(f"{where}: the Pauli error is {error!r}; the gate is left out", (a, b)))
                continue
            if subtract:
                less = 1.5 * (single["phxz", (a,)].error + single["phxz", (b,)].error)
                if less > error:
                    said = f"the cycle's error {error:.6g} is below that of its one-qubit gates, {less:.6g}"
                    notes.append(Note(f"{where}: {said}; the gate's is set to 0", (a, b)))
                error = max(0.0, error - less)
            gates[gate, (a, b)] = GateProfile(average_infidelity(error, 2), duration)
    return gates
