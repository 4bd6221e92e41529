"""Cancel gates that undo each other, and merge those that are one gate together."""

from __future__ import annotations

import numpy as np

from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import GATES, gate_matrix
from qnetframe.program.operations import Gate, Operation, Unitary, qubits_of, thaw
from qnetframe.values import ComplexArray, Parity

# Rounding of a product of two matrices. It is also the largest error of an amplitude that a step may cause.
_SAME = 1e-14
_ROTATIONS = frozenset({"rx", "ry", "rz", "p", "u1", "cp", "crx", "cry", "crz"})
_PLAIN = tuple(name for name, gate in GATES.items() if gate.num_qubits == 1 and not gate.num_params)


def cancel_gates(circuit: Circuit) -> Circuit:
    """Return the circuit without gates that undo each other, and with those merged that are one gate.

    Two gates or unitaries on the same qubits under the same condition, with nothing else on any of these
    qubits between them, go where their product is the identity up to a phase (h h, s sdg, cz(a, b) cz(b, a),
    a matrix and its inverse), and become one where it is a standard gate without angles (s s = z, x y = z)
    or a rotation by the sum of their angles. Identities go, and so do gates on a condition that is never
    true. It repeats until nothing is left to do. Everything else, noise, measurements and resets above all,
    stays as it is and in order, and is never crossed on its own qubits. The outcome distribution and the
    saved states do not change. Takes time linear in the number of operations.
    """
    return circuit.replace(_Canceller().run(circuit.operations))


class _Canceller:
    """The operations so far, gaps where some went, and the stack of those on each qubit."""

    def __init__(self) -> None:
        self.kept: list[Operation | None] = []
        self.on: dict[str, list[int]] = {}

    def run(self, operations: tuple[Operation, ...]) -> list[Operation]:
        for operation in operations:
            if isinstance(operation, (Gate, Unitary)):
                self._gate(operation)
            else:
                self._keep(operation)
        return [o for o in self.kept if o is not None]

    def _gate(self, given: Gate | Unitary) -> None:
        gate = _unconditioned(given)
        while gate is not None and not _is_identity(_matrix(gate)):
            earlier = self._last(gate.qubits)
            if earlier is None:
                break
            before = self.kept[earlier]
            assert isinstance(before, (Gate, Unitary))
            if before.when != gate.when:
                break
            merged = _merged(before, gate)
            if merged is None:
                break
            self.kept[earlier] = None
            for qubit in gate.qubits:
                self.on[qubit].pop()
            gate = merged  # which may meet what was before, and be one gate with it
        else:
            return
        self._keep(gate)

    def _keep(self, operation: Operation) -> None:
        for qubit in qubits_of(operation):
            self.on.setdefault(qubit, []).append(len(self.kept))
        self.kept.append(operation)

    def _last(self, qubits: tuple[str, ...]) -> int | None:
        """Return the number of the gate that is the last operation on all these qubits, and no other."""
        stack = self.on.get(qubits[0])
        if not stack or not isinstance(self.kept[stack[-1]], (Gate, Unitary)):
            return None
        found = self.kept[stack[-1]]
        assert found is not None
        if set(qubits_of(found)) != set(qubits) or any(self.on[q][-1] != stack[-1] for q in qubits):
            return None
        return stack[-1]


def _unconditioned(gate: Gate | Unitary) -> Gate | Unitary | None:
    """Return the gate without a condition that is always true; None where it is never true."""
    if not isinstance(gate.when, Parity) or gate.when.bits:
        return gate
    if not gate.when.constant:
        return None
    if isinstance(gate, Gate):
        return Gate(gate.name, gate.qubits, gate.params)
    return Unitary(gate.qubits, gate.matrix)


def _matrix(gate: Gate | Unitary) -> ComplexArray:
    return gate_matrix(gate.name, gate.params) if isinstance(gate, Gate) else thaw(gate.matrix)


def _merged(first: Gate | Unitary, second: Gate | Unitary) -> Gate | Unitary | None:
    """Return one gate for two on the same qubits, ``id`` where they cancel; None where there is none."""
    one, two = _matrix(first), _matrix(second)
    if first.qubits != second.qubits:
        one = _reordered(one, first.qubits, second.qubits)
    product = two @ one
    if _is_identity(product):
        return Gate("id", second.qubits[:1])
    if len(second.qubits) == 1:
        name = next((n for n in _PLAIN if _is_identity(product @ gate_matrix(n).conj().T)), None)
        if name is not None:
            return Gate(name, second.qubits, (), second.when)
    if not (isinstance(first, Gate) and isinstance(second, Gate) and first.name == second.name in _ROTATIONS):
        return None
    if first.qubits != second.qubits and first.name != "cp":
        return None
    return Gate(second.name, second.qubits, (first.params[0] + second.params[0],), second.when)


def _is_identity(matrix: ComplexArray) -> bool:
    """Whether a unitary is the identity up to a phase."""
    phase = matrix[0, 0]
    return bool(np.abs(matrix - phase * np.eye(len(matrix))).max() < _SAME)


def _reordered(matrix: ComplexArray, order: tuple[str, ...], wanted: tuple[str, ...]) -> ComplexArray:
    """Return a matrix on qubits in some order as one on the same qubits in another."""
    n = len(order)
    axes = [order.index(q) for q in wanted]
    tensor = matrix.reshape([2] * (2 * n)).transpose([*axes, *(n + a for a in axes)])
    return np.asarray(tensor.reshape(matrix.shape))
