"""The noisy teleportation written by hand for Cirq: as its documentation teaches, and as an expert would."""

from __future__ import annotations

import math
from itertools import product

import cirq
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

PSI, A, B = cirq.LineQubit.range(3)
_GATE, _PAIR = cirq.depolarize(ONE_QUBIT), cirq.depolarize(TWO_QUBIT, n_qubits=2)
# Relaxation for the time WAIT: damping, and the dephasing that T2 has beyond it.
_DAMP = cirq.amplitude_damp(-math.expm1(-WAIT / T1))
_DEPHASE = cirq.phase_damp(-math.expm1(-2 * WAIT / T2 + WAIT / T1))
_CONFUSION = np.array([[1 - READ_1_GIVEN_0, READ_1_GIVEN_0], [READ_0_GIVEN_1, 1 - READ_0_GIVEN_1]])


def _circuit(angle: float) -> cirq.Circuit:
    def measure(qubit: cirq.Qid, key: str) -> cirq.Operation:
        return cirq.measure(qubit, key=key, confusion_map={(0,): _CONFUSION})

    return cirq.Circuit(
        cirq.ry(angle)(PSI), _GATE(PSI),
        cirq.H(A), cirq.CX(A, B), _PAIR(A, B),
        [[_DAMP(q), _DEPHASE(q)] for q in (PSI, A, B)],
        cirq.CX(PSI, A), _PAIR(PSI, A), cirq.H(PSI), _GATE(PSI),
        measure(PSI, "z"), measure(A, "x"),
        _DAMP(B), _DEPHASE(B),
        cirq.X(B).with_classical_controls("x"), _GATE(B),
        cirq.Z(B).with_classical_controls("z"), _GATE(B),
        cirq.ry(-angle)(B), _GATE(B),
        measure(B, "out"),
    )  # fmt: skip


def _frequencies(result: cirq.Result, shots: int) -> Frequencies:
    columns = [result.measurements[key][:, 0] for key in ("z", "x", "out")]
    numbers = np.bincount(4 * columns[0] + 2 * columns[1] + columns[2], minlength=8)
    return {key: int(n) / shots for key, n in zip(product((0, 1), repeat=3), numbers, strict=True)}  # type: ignore[misc]


def idiomatic(angle: float, shots: int, seed: int) -> Frequencies:
    """Measure in mid-circuit and correct by ``with_classical_controls``; state-vector trajectories."""
    return _frequencies(cirq.Simulator(seed=seed).run(_circuit(angle), repetitions=shots), shots)


def idiomatic_density_matrix(angle: float, shots: int, seed: int) -> Frequencies:
    """Run the same circuit on ``cirq.DensityMatrixSimulator``."""
    return _frequencies(cirq.DensityMatrixSimulator(seed=seed).run(_circuit(angle), repetitions=shots), shots)


# What the readout does to a measured qubit that stays in the circuit as the classical bit.
_READ = cirq.KrausChannel(
    [np.sqrt(_CONFUSION[i, j]) * np.eye(2)[:, [j]] @ np.eye(2)[[i]] for i, j in product((0, 1), repeat=2)]
)


def expert(angle: float, shots: int, seed: int) -> Frequencies:
    """Put the measurements off, act on one density matrix in complex128, draw all shots at once."""
    state = cirq.DensityMatrixSimulationState(qubits=(PSI, A, B), initial_state=0, dtype=np.complex128)
    steps: list[tuple[cirq.Gate, tuple[cirq.Qid, ...]]] = [
        (cirq.ry(angle), (PSI,)), (_GATE, (PSI,)),
        (cirq.H, (A,)), (cirq.CX, (A, B)), (_PAIR, (A, B)),
        *((gate, (q,)) for q in (PSI, A, B) for gate in (_DAMP, _DEPHASE)),
        (cirq.CX, (PSI, A)), (_PAIR, (PSI, A)), (cirq.H, (PSI,)), (_GATE, (PSI,)),
        (_READ, (PSI,)), (_READ, (A,)),
        (_DAMP, (B,)), (_DEPHASE, (B,)),
        (cirq.CX, (A, B)), (_GATE, (B,)), (cirq.CZ, (PSI, B)), (_GATE, (B,)),
        (cirq.ry(-angle), (B,)), (_GATE, (B,)), (_READ, (B,)),
    ]  # fmt: skip
    for gate, qubits in steps:
        cirq.act_on(gate, state, qubits)
    weights = np.diagonal(state.target_tensor.reshape(8, 8)).real.clip(0)
    numbers = np.random.default_rng(seed).multinomial(shots, weights / weights.sum())
    return {key: n / shots for key, n in zip(product((0, 1), repeat=3), numbers.tolist(), strict=True)}  # type: ignore[misc]


def expert_simulate(angle: float, shots: int, seed: int) -> Frequencies:
    """Do the same by ``DensityMatrixSimulator.simulate`` on a ``cirq.Circuit``."""
    circuit = cirq.Circuit(
        cirq.ry(angle)(PSI), _GATE(PSI),
        cirq.H(A), cirq.CX(A, B), _PAIR(A, B),
        [[_DAMP(q), _DEPHASE(q)] for q in (PSI, A, B)],
        cirq.CX(PSI, A), _PAIR(PSI, A), cirq.H(PSI), _GATE(PSI),
        _READ(PSI), _READ(A),
        _DAMP(B), _DEPHASE(B),
        cirq.CX(A, B), _GATE(B), cirq.CZ(PSI, B), _GATE(B),
        cirq.ry(-angle)(B), _GATE(B), _READ(B),
    )  # fmt: skip
    final = cirq.DensityMatrixSimulator(dtype=np.complex128).simulate(circuit, qubit_order=(PSI, A, B))
    weights = np.diagonal(final.final_density_matrix).real.clip(0)
    numbers = np.random.default_rng(seed).multinomial(shots, weights / weights.sum())
    return {key: n / shots for key, n in zip(product((0, 1), repeat=3), numbers.tolist(), strict=True)}  # type: ignore[misc]
