"""The noisy teleportation written by hand for Qiskit Aer: as its documentation teaches, and as an expert."""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import product

import numpy as np
from noisy_teleportation import (
    ONE_QUBIT,
    READ_0_GIVEN_1,
    READ_1_GIVEN_0,
    T1,
    T2,
    TWO_QUBIT,
    WAIT,
    Frequencies,
)
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Instruction
from qiskit.quantum_info import Kraus, SuperOp
from qiskit_aer import AerSimulator
from qiskit_aer.library import SaveDensityMatrix
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error, thermal_relaxation_error

PSI, A, B = 0, 1, 2
# Aer's parameter is the weight of the maximally mixed state: 4p/3 and 16p/15 for total Pauli error p.
_GATE = depolarizing_error(4 * ONE_QUBIT / 3, 1)
_PAIR = depolarizing_error(16 * TWO_QUBIT / 15, 2)
_RELAX = thermal_relaxation_error(T1, T2, WAIT)
_CONFUSION = np.array([[1 - READ_1_GIVEN_0, READ_1_GIVEN_0], [READ_0_GIVEN_1, 1 - READ_0_GIVEN_1]])


@lru_cache(maxsize=1)
def _noise_model() -> NoiseModel:
    model = NoiseModel()
    for name, qubit in (("ry", PSI), ("h", PSI), ("ry", B)):
        model.add_quantum_error(_GATE, name, [qubit])
    model.add_quantum_error(_PAIR, "cx", [A, B])
    model.add_quantum_error(_PAIR, "cx", [PSI, A])
    for qubit in (PSI, A, B):
        model.add_readout_error(ReadoutError(_CONFUSION.tolist()), [qubit])
    return model


def idiomatic(angle: float, shots: int, seed: int) -> Frequencies:
    """Measure in mid-circuit and correct by ``if_test``, under a NoiseModel; idling is explicit."""
    q = QuantumRegister(3)
    z, x, out = ClassicalRegister(1, "z"), ClassicalRegister(1, "x"), ClassicalRegister(1, "out")
    circuit = QuantumCircuit(q, out, x, z)
    gate, relax = _GATE.to_instruction(), _RELAX.to_instruction()
    circuit.ry(angle, PSI)
    circuit.h(A)
    circuit.cx(A, B)
    for qubit in (PSI, A, B):
        circuit.append(relax, [qubit])
    circuit.cx(PSI, A)
    circuit.h(PSI)
    circuit.measure(PSI, z)
    circuit.measure(A, x)
    circuit.append(relax, [B])
    with circuit.if_test((x, 1)):
        circuit.x(B)
    circuit.append(gate, [B])
    with circuit.if_test((z, 1)):
        circuit.z(B)
    circuit.append(gate, [B])
    circuit.ry(-angle, B)
    circuit.measure(B, out)
    counts = AerSimulator(noise_model=_noise_model()).run(circuit, shots=shots, seed_simulator=seed).result()
    found: Frequencies = {}
    for text, number in counts.get_counts().items():
        bits = text.split()  # the register added last is printed first
        found[int(bits[0]), int(bits[1]), int(bits[2])] = number / shots
    return found


def _superop(channel: object) -> Instruction:
    matrix = np.ascontiguousarray(SuperOp(channel).data)
    return Instruction("superop", int(np.log2(len(matrix))) // 2, 0, [matrix])


_GATE_MAP, _PAIR_MAP, _RELAX_MAP = _superop(_GATE), _superop(_PAIR), _superop(_RELAX)
# What the readout does to a measured qubit that stays in the circuit as the classical bit.
_READ_MAP = _superop(
    Kraus(
        [np.sqrt(_CONFUSION[i, j]) * np.eye(2)[:, [j]] @ np.eye(2)[[i]] for i, j in product((0, 1), repeat=2)]
    )
)


def expert(angle: float, shots: int, seed: int) -> Frequencies:
    """Put the measurements off, evolve one density matrix in one Aer call, draw all shots at once."""
    circuit = QuantumCircuit(3)
    add = partial(circuit.append, copy=False)
    circuit.ry(angle, PSI)
    add(_GATE_MAP, [PSI])
    circuit.h(A)
    circuit.cx(A, B)
    add(_PAIR_MAP, [A, B])
    for qubit in (PSI, A, B):
        add(_RELAX_MAP, [qubit])
    circuit.cx(PSI, A)
    add(_PAIR_MAP, [PSI, A])
    circuit.h(PSI)
    add(_GATE_MAP, [PSI])
    add(_READ_MAP, [PSI])
    add(_READ_MAP, [A])
    add(_RELAX_MAP, [B])
    circuit.cx(A, B)
    add(_GATE_MAP, [B])
    circuit.cz(PSI, B)
    add(_GATE_MAP, [B])
    circuit.ry(-angle, B)
    add(_GATE_MAP, [B])
    add(_READ_MAP, [B])
    add(SaveDensityMatrix(3), [PSI, A, B])
    result = AerSimulator(method="density_matrix").run(circuit, shots=1).result()
    weights = np.diagonal(np.asarray(result.data(0)["density_matrix"])).real.reshape(2, 2, 2)
    weights = weights.transpose(2, 1, 0).ravel().clip(0)  # Qiskit's qubit 0 is the least significant
    numbers = np.random.default_rng(seed).multinomial(shots, weights / weights.sum())
    return {key: n / shots for key, n in zip(product((0, 1), repeat=3), numbers.tolist(), strict=True)}  # type: ignore[misc]
