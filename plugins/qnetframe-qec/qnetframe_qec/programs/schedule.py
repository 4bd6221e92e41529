"""When each ancilla meets each data qubit in a round of syndrome extraction."""

from __future__ import annotations

from dataclasses import dataclass

from qnetframe_qec.codes.code import Code


@dataclass(frozen=True)
class Coupling:
    """One gate of a round: the ancilla of ``check`` with data qubit ``data`` measures the Pauli
    ``letter``.
    """

    check: int
    data: int
    letter: str


def schedule(code: Code) -> tuple[tuple[Coupling, ...], ...]:
    """Return the layers of couplings of one round; no qubit occurs twice in a layer.

    A code with a schedule of its own keeps it. Otherwise X checks come first, then Z checks, then mixed ones
    one after the other: checks whose couplings overlap in time and do not commute would disturb each other.
    """
    if code.schedule:
        steps = zip(*code.schedule, strict=True)
        layers = [
            tuple(Coupling(c, q, code.stabilizers[c][q]) for c, q in enumerate(step) if q is not None)
            for step in steps
        ]
        return tuple(layer for layer in layers if layer)
    mixed = [(i,) for i in range(code.num_checks) if i not in {*code.x_checks, *code.z_checks}]
    groups = [code.x_checks, code.z_checks, *mixed]
    return tuple(layer for group in groups for layer in _coloured(code, group))


def _coloured(code: Code, group: tuple[int, ...]) -> list[tuple[Coupling, ...]]:
    """Return layers of one group, each coupling in the first layer where both of its qubits are free."""
    layers: list[list[Coupling]] = []
    busy: list[set[tuple[str, int]]] = []
    for check in group:
        for data in code.support(code.stabilizers[check]):
            ends = {("check", check), ("data", data)}
            step = next((i for i, taken in enumerate(busy) if not taken & ends), len(layers))
            if step == len(layers):
                layers.append([])
                busy.append(set())
            layers[step].append(Coupling(check, data, code.stabilizers[check][data]))
            busy[step] |= ends
    return [tuple(layer) for layer in layers]
