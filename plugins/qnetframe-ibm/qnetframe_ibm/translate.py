"""Circuits as Qiskit circuits for a device: measurements in place, conditions as if-else blocks."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit import Gate as QiskitGate
from qiskit.circuit import Parameter, library
from qiskit.circuit.classical import expr
from qiskit.circuit.library import UnitaryGate

from qnetframe.errors import UnsupportedError
from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import PAULI_GATES, gate_matrix
from qnetframe.program.operations import Gate, Measure, Noise, Reset, Unitary, qubits_of, thaw
from qnetframe.program.passes.deferral import BASIS_CHANGE, BASIS_RETURN
from qnetframe.program.passes.preparation import lower_preparations
from qnetframe.values import AllOf, Condition, Parity

_GATES: dict[str, type[Any]] = {
    "id": library.IGate, "x": library.XGate, "y": library.YGate, "z": library.ZGate, "h": library.HGate,
    "s": library.SGate, "sdg": library.SdgGate, "t": library.TGate, "tdg": library.TdgGate,
    "sx": library.SXGate, "p": library.PhaseGate, "rx": library.RXGate, "ry": library.RYGate,
    "rz": library.RZGate, "u1": library.U1Gate, "u2": library.U2Gate, "u3": library.U3Gate,
    "cx": library.CXGate, "cy": library.CYGate, "cz": library.CZGate, "ch": library.CHGate,
    "cp": library.CPhaseGate, "crx": library.CRXGate, "cry": library.CRYGate, "crz": library.CRZGate,
    "cu": library.CUGate, "swap": library.SwapGate, "ccx": library.CCXGate, "cswap": library.CSwapGate,
}  # fmt: skip


def translated(circuit: Circuit) -> tuple[QuantumCircuit, tuple[str, ...], tuple[float, ...]]:
    """Return the Qiskit circuit, the bits of its register "c" in order of measurement, and the angles.

    In the circuit symbols stand for the angles of gates, the i-th in order of writing for the i-th of them,
    so that circuits that differ in angles only are equal.
    """
    angles: list[float] = []
    lowered = lower_preparations(circuit)
    bits = tuple(o.bit for o in lowered.operations if isinstance(o, Measure))
    register = ClassicalRegister(len(bits), "c")
    made = QuantumCircuit(len(lowered.qubits))
    made.add_register(register)
    wires = dict(zip(lowered.qubits, made.qubits, strict=True))
    clbits = dict(zip(bits, register, strict=True))
    for operation in lowered.operations:
        if isinstance(operation, (Gate, Unitary)):
            targets = [wires[q] for q in operation.qubits]
            if operation.when is None:
                _append(made, operation, targets, angles)
            else:
                _conditional(made, operation, targets, clbits, angles)
        elif isinstance(operation, Measure):
            wire = wires[operation.qubit]
            for name in BASIS_CHANGE[operation.basis]:
                made.append(_GATES[name](), [wire])
            made.measure(wire, clbits[operation.bit])
            for name in BASIS_RETURN[operation.basis]:
                made.append(_GATES[name](), [wire])
        elif isinstance(operation, Reset):
            made.reset(wires[operation.qubit])
        elif not (isinstance(operation, Noise) and operation.channel.is_identity):
            raise UnsupportedError(
                f"ibm cannot do {operation.kind} on {', '.join(qubits_of(operation)) or 'bits'}; it samples"
                " what a device does"
            )
    return made, bits, tuple(angles)


def _append(
    circuit: QuantumCircuit, operation: Gate | Unitary, targets: list[Any], angles: list[float]
) -> None:
    gate, reverse = _instruction(operation, angles)
    circuit.append(gate, targets[::-1] if reverse else targets)


@lru_cache(maxsize=4096)
def symbol(index: int) -> Parameter:
    """Return what stands for the angle of this index, the same one in every circuit."""
    return Parameter(f"angle{index}")


def _instruction(operation: Gate | Unitary, angles: list[float]) -> tuple[QiskitGate, bool]:
    """Return the gate, and whether its qubits are to be reversed: Qiskit's matrices are little-endian."""
    if isinstance(operation, Unitary):
        return UnitaryGate(thaw(operation.matrix)), True
    if operation.name in _GATES:
        first = len(angles)
        angles.extend(operation.params)
        return _GATES[operation.name](*(symbol(first + i) for i in range(len(operation.params)))), False
    return UnitaryGate(gate_matrix(operation.name, operation.params)), True


def _conditional(
    circuit: QuantumCircuit, operation: Gate | Unitary, targets: list[Any], clbits: Any, angles: list[float]
) -> None:
    """Add a conditional gate.

    A Pauli gate on a parity becomes one Pauli for each bit, every one on a single bit, which is what devices
    do best; a single bit is one block; all else is an expression.
    """
    condition = operation.when
    assert condition is not None
    if isinstance(condition, Parity) and isinstance(operation, Gate) and operation.name in PAULI_GATES:
        if condition.constant:
            _append(circuit, operation, targets, angles)
        for bit in condition.bits:
            with circuit.if_test((clbits[bit], 1)):
                _append(circuit, operation, targets, angles)
    elif isinstance(condition, Parity) and not condition.bits:
        if condition.constant:
            _append(circuit, operation, targets, angles)
    elif isinstance(condition, Parity) and len(condition.bits) == 1:
        with circuit.if_test((clbits[condition.bits[0]], 1 - condition.constant)):
            _append(circuit, operation, targets, angles)
    else:
        with circuit.if_test(_expression(condition, clbits)):
            _append(circuit, operation, targets, angles)


def _expression(condition: Condition, clbits: Any) -> Any:
    if isinstance(condition, Parity):
        total: Any = expr.lift(bool(condition.constant))
        for bit in condition.bits:
            total = expr.bit_xor(total, clbits[bit])
        return total
    join = expr.logic_and if isinstance(condition, AllOf) else expr.logic_or
    first, *rest = (_expression(p, clbits) for p in condition.parities)
    for term in rest:
        first = join(first, term)
    return first
