"""Encoders: Clifford circuits from bare qubits to logical states and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from qnetframe.program.program import Program, Qubit
from qnetframe_qec.codes.binary import Span
from qnetframe_qec.codes.code import Code, symplectic

if TYPE_CHECKING:
    import stim


_GATES = {
    "H": "h", "S": "s", "S_DAG": "sdg", "CX": "cx", "CZ": "cz", "SWAP": "swap", "X": "x", "Y": "y", "Z": "z",
}  # fmt: skip


@dataclass(frozen=True)
class Encoder:
    """Gates (name, data qubits) that encode; bare logical qubit j enters at data qubit ``inputs[j]``.

    All other data qubits start in |0>. After the inverse, data qubit i of ``independent`` is 1 where the
    stabilizer ``independent[i]`` was violated.
    """

    gates: tuple[tuple[str, tuple[int, ...]], ...]
    inputs: tuple[int, ...]
    independent: tuple[int, ...]

    def encode(self, program: Program, data: Sequence[Qubit]) -> None:
        """Write the encoder."""
        for name, places in self.gates:
            program.gate(name, *(data[i] for i in places))

    def decode(self, program: Program, data: Sequence[Qubit]) -> None:
        """Write the inverse of the encoder."""
        back = {"s": "sdg", "sdg": "s"}
        for name, places in reversed(self.gates):
            program.gate(back.get(name, name), *(data[i] for i in places))


@lru_cache(maxsize=64)
def encoder(code: Code) -> Encoder:
    """Return an encoder: Z of data qubit i becomes a stabilizer, X and Z of the inputs the logical operators.

    R. Cleve and D. Gottesman, Phys. Rev. A 56, 76 (1997), found by Stim's elimination of the tableau.
    """
    import stim

    span, independent = Span(), []
    for i, pauli in enumerate(code.stabilizers):
        x, z = symplectic(pauli)
        if span.add(x | z << code.n):
            independent.append(i)
    rank = len(independent)
    zs = [stim.PauliString(code.stabilizers[i]) for i in independent]
    zs += [stim.PauliString(p) for p in code.logical_z]
    found = stim.Tableau.from_stabilizers(zs)
    logical_x = [stim.PauliString(p) for p in code.logical_x]
    # The partners of the stabilizers must leave the logical operators alone.
    xs = []
    for i in range(rank):
        partner = found.x_output(i)
        for x, z in zip(logical_x, zs[rank:], strict=True):
            if not partner.commutes(x):
                partner *= z
        xs.append(_hermitian(partner))
    tableau = stim.Tableau.from_conjugated_generators(xs=[*xs, *logical_x], zs=zs)
    gates = []
    for instruction in tableau.to_circuit(method="elimination"):
        for group in instruction.target_groups():
            gates.append((_GATES[instruction.name], tuple(t.value for t in group)))
    return Encoder(tuple(gates), tuple(range(rank, code.n)), tuple(independent))


def _hermitian(pauli: stim.PauliString) -> stim.PauliString:
    return pauli / pauli.sign
