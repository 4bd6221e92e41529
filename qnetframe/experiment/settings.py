"""Measurement settings: the bits-only circuits that sampling needs for states and expectations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from qnetframe.program.circuit import Circuit, Output
from qnetframe.program.operations import Expect, Measure, Operation, Require, Save
from qnetframe.values import Condition, Parity, parities_of

KEPT = "keep:"
REQUIRED = "require:"


@dataclass(frozen=True)
class Setting:
    """A measurement basis (X, Y or Z) for each kept qubit of a circuit."""

    bases: tuple[tuple[str, str], ...]

    def basis(self, qubit: str) -> str | None:
        """Return the basis in which a qubit is measured; None if it is not."""
        return dict(self.bases).get(qubit)

    def covers(self, paulis: dict[str, str]) -> bool:
        """Whether this setting measures every factor of a Pauli product."""
        own = dict(self.bases)
        return all(own.get(q) == p for q, p in paulis.items())


def settings_of(circuit: Circuit) -> list[Setting]:
    """Return the fewest settings found greedily that cover every saved state and expectation.

    A save of k qubits needs 3**k; settings on disjoint or compatible qubits are shared.
    """
    merged: list[dict[str, str]] = []
    for wanted in _wanted(circuit):
        for setting in merged:
            if all(setting.get(q, p) == p for q, p in wanted.items()):
                setting.update(wanted)
                break
        else:
            merged.append(dict(wanted))
    order = {q: i for i, q in enumerate(circuit.qubits)}
    found = [Setting(tuple(sorted(s.items(), key=lambda item: order[item[0]]))) for s in merged]
    return found or [Setting(())]


def _wanted(circuit: Circuit) -> Iterator[dict[str, str]]:
    for operation in circuit.operations:
        if isinstance(operation, Save):
            for letters in product("XYZ", repeat=len(operation.qubits)):
                yield dict(zip(operation.qubits, letters, strict=True))
    for operation in circuit.operations:
        if isinstance(operation, Expect):
            yield dict(operation.paulis)


def required(circuit: Circuit) -> list[Condition]:
    """Return the conditions that a circuit requires."""
    return [o.condition for o in circuit.operations if isinstance(o, Require)]


def bits_only(circuit: Circuit, setting: Setting) -> Circuit:
    """Return the circuit that a sampler runs for a setting.

    Saves and expects become measurements, requires become outputs; the host selects and averages.
    """
    body: list[Operation] = [o for o in circuit.operations if not isinstance(o, (Save, Expect, Require))]
    body += [Measure(q, KEPT + q, basis.lower()) for q, basis in setting.bases]
    outputs = list(circuit.outputs)
    outputs += [Output(KEPT + q, Parity((KEPT + q,))) for q, _ in setting.bases]
    for i, condition in enumerate(required(circuit)):
        outputs += [Output(f"{REQUIRED}{i}:{j}", p) for j, p in enumerate(parities_of(condition))]
    return circuit.replace(body, outputs)
