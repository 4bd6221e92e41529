"""One noisy teleportation, and its outcome frequencies through qnetframe.

A qubit RY(angle)|0> is teleported over a noisy pair and turned back, so that a 1 in the last bit is an
error. Every gate has depolarizing noise, all three qubits relax while the pair arrives and while the message
travels, and readout is wrong more often for |1> than for |0>. The other two ways to run it, in
``aer_scripts`` and ``cirq_scripts``, use the same numbers.
"""

from __future__ import annotations

import qnetframe as qn
from qnetframe import Program
from qnetframe.channels import depolarizing, thermal_relaxation, two_qubit_depolarizing

# The order of a median superconducting device: total Pauli error probabilities, seconds, readout errors.
ONE_QUBIT, TWO_QUBIT = 1e-3, 1e-2
T1, T2, WAIT = 100e-6, 80e-6, 5e-6
READ_1_GIVEN_0, READ_0_GIVEN_1 = 0.02, 0.04

Frequencies = dict[tuple[int, int, int], float]

_GATE, _PAIR = depolarizing(ONE_QUBIT), two_qubit_depolarizing(TWO_QUBIT)
_RELAX = thermal_relaxation(T1, T2, WAIT)


def program(angle: float) -> Program:
    """Return the teleportation of RY(angle)|0>, which records the bits (z, x, out)."""
    p = Program("noisy teleportation")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    readout = (READ_1_GIVEN_0, READ_0_GIVEN_1)

    p.ry(angle, psi).noise(_GATE, psi)
    p.entangle(a, b).noise(_PAIR, a, b)
    for qubit in (psi, a, b):
        p.noise(_RELAX, qubit)
    p.cx(psi, a).noise(_PAIR, psi, a).h(psi).noise(_GATE, psi)
    z, x = p.measure(psi, readout=readout), p.measure(a, readout=readout)
    p.noise(_RELAX, b)
    p.x(b, when=x).noise(_GATE, b).z(b, when=z).noise(_GATE, b)
    p.ry(-angle, b).noise(_GATE, b)
    p.measure(b, readout=readout)
    return p


def through_qnetframe(backend: str, angle: float, shots: int, seed: int) -> Frequencies:
    """Return the frequency of each (z, x, out) among ``shots`` shots of a backend."""
    result = qn.execute(program(angle), backend=backend, shots=shots, seed=seed)
    return {(k[0], k[1], k[2]): e.value for k, e in result.distribution().items()}


def exact_distribution(angle: float) -> Frequencies:
    """Return the exact probability of each (z, x, out), from the reference backend."""
    result = qn.execute(program(angle), backend="reference")
    return {(k[0], k[1], k[2]): e.value for k, e in result.distribution().items()}
