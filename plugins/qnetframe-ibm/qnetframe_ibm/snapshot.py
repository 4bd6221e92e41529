"""One calibration snapshot: IBM's two documents turned into one device, every correction noted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from qnetframe.network.calibration import Calibration, Key, Note
from qnetframe.network.hardware import GateProfile
from qnetframe_ibm.profiles import gate_profiles, qubit_profiles

# The fixed gates that a coupling can rest on; rzz takes an angle and is calibrated apart.
ENTANGLING = ("cx", "cz", "ecr")
# Two-qubit gates that are the same in both orders; the others are turned round by one-qubit gates.
_SYMMETRIC = frozenset({"cz", "rzz"})

_NOT_UNITARY = frozenset({"measure", "reset", "delay"})


def parse(name: str, configuration: Mapping[str, Any], properties: Mapping[str, Any]) -> Calibration:
    """Return the device of a BackendConfiguration and a BackendProperties document.

    What cannot be used is left out and noted. Only gates of the configuration's basis are taken; a symmetric
    two-qubit gate is there in both orders, of which medians count those that are reported.
    """
    notes: list[Note] = []
    basis = set(configuration["basis_gates"]) - _NOT_UNITARY
    calibrated = [entry for entry in properties["gates"] if entry["gate"] in basis]
    resets = {e["qubits"][0]: e["parameters"] for e in properties["gates"] if e["gate"] == "reset"}
    qubits = qubit_profiles(properties["qubits"], resets, notes)
    working = gate_profiles(calibrated, notes)
    for index, profile in enumerate(qubits):
        if profile is not None and ("sx", (index,)) not in working:
            qubits[index] = None
            notes.append(Note(f"qubit {index}: no usable sx or u2; the qubit is excluded", (index,)))
    excluded = {index for index, profile in enumerate(qubits) if profile is None}
    reported = {key: gate for key, gate in working.items() if excluded.isdisjoint(key[1])}
    listed = {(entry["gate"], tuple(entry["qubits"])) for entry in calibrated}
    gates = _with_symmetric_orders(reported, listed, notes)
    pairs = _couplings(gates)
    for a, b in sorted(_couplings(working) - pairs):
        lost = ", ".join(str(i) for i in (a, b) if i in excluded)
        notes.append(Note(f"coupling {a}-{b}: qubit {lost} is excluded; the coupling is absent", (a, b)))
    drawn = {(min(pair), max(pair)) for pair in configuration.get("coupling_map") or ()}
    for a, b in sorted(drawn - _couplings(listed)):
        notes.append(Note(f"coupling {a}-{b}: no two-qubit gate is reported; the coupling is absent", (a, b)))
    if len(qubits) > 1 and not pairs:
        notes.append(Note("no two-qubit gate is usable; no qubits are coupled"))
    named = tuple(replace(note, text=f"{name}: {note.text}") for note in notes)
    names = tuple(map(str, range(len(qubits))))
    return Calibration(
        name, names, tuple(qubits), gates, pairs, named, "sx", ENTANGLING, reported=frozenset(reported)
    )


def _couplings(keys: Iterable[Key]) -> frozenset[tuple[int, int]]:
    return frozenset((min(indices), max(indices)) for gate, indices in keys if gate in ENTANGLING)


def _with_symmetric_orders(
    reported: Mapping[Key, GateProfile], listed: set[Key], notes: list[Note]
) -> dict[Key, GateProfile]:
    """Return the gates with the missing order of a symmetric one filled in.

    A directional gate keeps the orders that are calibrated: placement turns it round with one-qubit gates,
    and charges them. An order that is listed but unusable is noted.
    """
    gates = dict(reported)
    for (gate, indices), profile in reported.items():
        other = (gate, indices[::-1])
        if len(indices) == 2 and other not in reported:
            a, b = indices
            if gate in _SYMMETRIC:
                gates[other] = profile
            if other in listed:
                use = "are taken for both orders" if gate in _SYMMETRIC else "serve, turned round"
                notes.append(Note(f"{gate} on {b}-{a}: the values of {a}-{b} {use}", (a, b)))
    return gates
