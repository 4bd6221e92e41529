"""The errors of an Aer noise model, as Aer writes them to dictionaries, as channels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache, reduce
from typing import Any

import numpy as np

from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.paulis import pauli_matrix
from qnetframe.placement.carry import embedded
from qnetframe.values import ComplexArray

_PAULIS = {"id": "I", "x": "X", "y": "Y", "z": "Z"}
_RESET = (np.array([[1, 0], [0, 0]], dtype=complex), np.array([[0, 1], [0, 0]], dtype=complex))


def channel_of(error: Mapping[str, Any], where: str) -> Channel:
    """Return the channel of a quantum error's dictionary, the gate's first qubit most significant.

    Raises UnsupportedError for an instruction in it that is not known here, InvalidInputError for one that
    is no channel (as with negative Pauli-Lindblad rates).
    """
    if error["type"] == "plerror":
        return _pauli_lindblad(error, where)
    if error["type"] != "qerror":
        raise UnsupportedError(f"{where}: error of type {error['type']!r}; known are qerror and plerror")
    terms = list(zip(error["instructions"], map(float, error["probabilities"]), strict=True))
    count = 1 + max(q for term, _ in terms for item in term for q in item["qubits"])
    weights: dict[str, float] = {}
    for term, probability in terms:
        label = _pauli_string(term, count)
        if label is None:
            return _general(terms, count, where)
        weights[label] = weights.get(label, 0.0) + probability
    return Channel.from_pauli(weights)


def _pauli_lindblad(error: Mapping[str, Any], where: str) -> Channel:
    """Return the product of the flips: E. van den Berg et al., Nature Physics 19, 1116 (2023)."""
    parts = []
    for (item,), rate in zip(error["instructions"], map(float, error["rates"]), strict=True):
        if rate < 0:
            raise InvalidInputError(f"{where}: a Pauli-Lindblad rate is {rate!r}; it must be at least 0")
        label = item["params"][0][::-1]
        flipped = -0.5 * math.expm1(-2 * rate)
        parts.append(Channel.from_pauli({"I" * len(label): 1 - flipped, label: flipped}))
    return reduce(Channel.then, parts)


def _pauli_string(term: Sequence[Mapping[str, Any]], count: int) -> str | None:
    """Return the Pauli product that instructions apply, up to a phase; None where they do something else."""
    bits = np.zeros((count, 2), dtype=int)
    for item in term:
        # Qiskit writes the first qubit of a Pauli label last.
        label = item["params"][0][::-1] if item["name"] == "pauli" else _PAULIS.get(item["name"])
        if label is None:
            return None
        for qubit, letter in zip(item["qubits"], label, strict=True):
            bits[qubit] ^= (letter in "XY", letter in "YZ")
    return "".join("IZXY"[2 * x + z] for x, z in bits)


def _general(terms: Sequence[tuple[Sequence[Mapping[str, Any]], float]], count: int, where: str) -> Channel:
    dim = 1 << count
    total = np.zeros((dim * dim, dim * dim), dtype=complex)
    for term, probability in terms:
        steps = (_superoperator(item, count, where) for item in term)
        total += probability * reduce(lambda before, after: after @ before, steps, np.eye(dim * dim))
    channel = Channel.from_superoperator(total)
    if channel.is_pauli:
        weights = {label: max(0.0, p) for label, p in channel.pauli_probabilities.items()}
        whole = math.fsum(weights.values())
        return Channel.from_pauli({label: p / whole for label, p in weights.items()})
    return channel


def _superoperator(item: Mapping[str, Any], count: int, where: str) -> ComplexArray:
    name, qubits = item["name"], tuple(item["qubits"])
    if name == "pauli" or name in _PAULIS:
        label = item["params"][0] if name == "pauli" else _PAULIS[name]
        return _of_pauli(label, qubits, count)
    if name == "kraus":
        return _of_kraus(item["params"], qubits, count)
    if name == "reset":
        return _of_kraus(_RESET, qubits, count)
    if name == "unitary":
        return _of_kraus(item["params"], qubits, count)
    from qiskit.circuit.library import get_standard_gate_name_mapping

    gate = get_standard_gate_name_mapping().get(name)
    if gate is None or len(gate.params) != len(item.get("params", ())):
        raise UnsupportedError(f"{where}: the error has the instruction {name!r}, which is not known here")
    given = type(gate)(*item["params"]) if gate.params else gate
    return _of_kraus([given.to_matrix()], qubits, count)


@lru_cache(maxsize=1024)
def _of_pauli(label: str, qubits: tuple[int, ...], count: int) -> ComplexArray:
    return _of_kraus([pauli_matrix(label)], qubits, count)


def _of_kraus(kraus: Sequence[Any], qubits: tuple[int, ...], count: int) -> ComplexArray:
    # Qiskit's matrices have their first qubit least significant.
    wide = (embedded(np.asarray(k, dtype=complex), qubits[::-1], count) for k in kraus)
    total: ComplexArray = sum(np.kron(k, k.conj()) for k in wide)  # type: ignore[assignment]
    return total
