"""Qiskit circuits to Programs and back: ``from_qiskit`` and ``to_qiskit``.

Qiskit's first qubit becomes the first qubit of the Program (its most significant) and the other way round;
matrices and state vectors are reordered, so that nobody has to know that Qiskit counts from the other end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Barrier, Clbit, ControlFlowOp, Delay, ForLoopOp, IfElseOp
from qiskit.circuit import Gate as QiskitGate
from qiskit.circuit import Measure as QiskitMeasure
from qiskit.circuit import Reset as QiskitReset
from qiskit.circuit.classical import expr
from qiskit.circuit.library import (
    CHGate,
    CRXGate,
    CRYGate,
    CRZGate,
    CSwapGate,
    CUGate,
    Initialize,
    UnitaryGate,
)
from qiskit.quantum_info import Kraus

from qnetframe.channels import Channel
from qnetframe.errors import QnetframeError, UnsupportedError
from qnetframe.program.circuit import Circuit
from qnetframe.program.formulas import TRUE, Classical, Formula, bitwise, equal, one_bit, truth
from qnetframe.program.gates import GATES, gate_matrix
from qnetframe.program.incoming import Across, Assembler, Parties
from qnetframe.program.operations import Gate, Measure, Noise, Operation, Reset, Unitary, thaw
from qnetframe.program.outgoing import Outputs, exportable, registers, short_names
from qnetframe.program.program import Program
from qnetframe.values import AllOf, Condition, Parity
from qnetframe_aer.translate import _NATIVE

_INCOMING = {**{name: name for name in GATES}, "u": "u3", "cu1": "cp"}
_OUTGOING: dict[str, type[Any]] = {
    **_NATIVE, "ch": CHGate, "crx": CRXGate, "cry": CRYGate, "crz": CRZGate, "cu": CUGate, "cswap": CSwapGate,
}  # fmt: skip
_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "ps": 1e-12}
_BITWISE = {"BIT_AND": "&", "BIT_OR": "|", "BIT_XOR": "^"}
MAX_OPERATIONS = 200_000


def from_qiskit(
    circuit: QuantumCircuit,
    parties: Parties | None = None,
    across: Across = "refuse",
    name: str | None = None,
) -> Program:
    """Return the Program of a Qiskit circuit.

    Qubits and bits are named by their registers ("q[0]"; "psi" where the register has one). ``parties``
    gives each party its qubits or registers; without it all belong to the party "main". A gate between
    parties is a LocalityError, or with ``across="teleport"`` a teleported gate. Gates, unitaries,
    initialisation, measurements, resets, delays in seconds, ``if_test``, ``for_loop`` and Aer's noise
    instructions are taken; anything else is an UnsupportedError that names it.
    """
    if not isinstance(circuit, QuantumCircuit):
        raise UnsupportedError(f"from_qiskit takes a QuantumCircuit, got {type(circuit).__name__}")
    return _Importer(circuit, parties, across, name).read()


class _Importer:
    def __init__(
        self, circuit: QuantumCircuit, parties: Parties | None, across: Across, name: str | None
    ) -> None:
        self.circuit = circuit
        qubits = _names(circuit.qubits, circuit, "qubit")
        clbits = _names(circuit.clbits, circuit, "bit")
        self.qubits = dict(zip(circuit.qubits, qubits, strict=True))
        self.clbits = dict(zip(circuit.clbits, clbits, strict=True))
        whole = {r.name: [self.qubits[q] for q in r] for r in circuit.qregs}
        whole |= {f"{r.name}[0]": [self.qubits[r[0]]] for r in circuit.qregs if len(r) == 1}
        title = name or circuit.name or "circuit"
        self.assembler = Assembler(qubits, parties, across, whole, title)
        self.values: dict[Clbit, Formula] = {}
        self.left = MAX_OPERATIONS

    def read(self) -> Program:
        """Write every instruction and return the program."""
        if any(True for _ in self.circuit.iter_vars()):
            raise UnsupportedError("qiskit: real-time variables are not supported; use bits")
        self.block(self.circuit, self.qubits, {c: c for c in self.circuit.clbits}, TRUE, "")
        return self.assembler.finish({n: self.values[c] for c, n in self.clbits.items() if c in self.values})

    def block(
        self,
        circuit: QuantumCircuit,
        qubits: dict[Any, str],
        clbits: dict[Any, Any],
        when: Formula,
        where: str,
    ) -> None:
        """Write a circuit or the body of a control flow; ``qubits`` and ``clbits`` say what its own are."""
        for i, item in enumerate(circuit.data):
            place = where or f"instruction {i} ({item.operation.name})"
            try:
                self.instruction(
                    item.operation,
                    [qubits[q] for q in item.qubits],
                    [clbits[c] for c in item.clbits],
                    when,
                    place,
                )
            except QnetframeError as error:
                text = str(error)
                raise type(error)(text if text.startswith("instruction") else f"{place}: {text}") from None
            except RecursionError:
                raise UnsupportedError(f"{place}: its definition is nested too deeply") from None

    def instruction(
        self, operation: Any, qubits: list[str], clbits: list[Any], when: Formula, where: str
    ) -> None:
        """Write one instruction."""
        self.left -= 1
        if self.left < 0:
            raise UnsupportedError(f"the circuit has more than {MAX_OPERATIONS} operations when unrolled")
        to = self.assembler
        if isinstance(operation, Barrier):
            return
        if isinstance(operation, QiskitMeasure):
            self.values[clbits[0]] = Formula.of(to.measure(qubits[0], self.clbits[clbits[0]], when, where))
        elif isinstance(operation, QiskitReset):
            to.reset(qubits[0], when, where)
        elif isinstance(operation, Delay):
            if operation.unit not in _SECONDS:
                raise UnsupportedError(f"a delay in {operation.unit!r}; give it in seconds (s, ms, us, ns)")
            to.idle(qubits, _angle(operation.duration) * _SECONDS[operation.unit], when, where)
        elif isinstance(operation, Initialize) and len(operation.params) == 1 << len(qubits):
            # Qiskit's first qubit is the least significant of the vector.
            to.prepare(np.asarray(operation.params, dtype=complex), qubits[::-1], when, where)
        elif isinstance(operation, ControlFlowOp):
            self.control_flow(operation, qubits, clbits, when, where)
        elif operation.name in ("kraus", "superop", "quantum_channel"):
            to.noise(_channel(operation), qubits[::-1], when, where)
        elif operation.name in _INCOMING and len(qubits) == GATES[_INCOMING[operation.name]].num_qubits:
            to.gate(_INCOMING[operation.name], [_angle(p) for p in operation.params], qubits, when, where)
        elif isinstance(operation, UnitaryGate):
            to.unitary(operation.to_matrix(), qubits[::-1], when, where)
        else:
            self.defined(operation, qubits, clbits, when, where)

    def defined(
        self, operation: Any, qubits: list[str], clbits: list[Any], when: Formula, where: str
    ) -> None:
        """Write an instruction by its definition, or by its matrix where it has none."""
        for parameter in operation.params:
            if isinstance(parameter, (int, float, complex)) or hasattr(parameter, "parameters"):
                _angle(parameter)
        definition = getattr(operation, "definition", None)
        if definition is not None:
            inner = dict(zip(definition.qubits, qubits, strict=True))
            self.block(definition, inner, dict(zip(definition.clbits, clbits, strict=True)), when, where)
        elif isinstance(operation, QiskitGate) and operation.num_qubits <= 6:
            self.assembler.unitary(_gate_matrix(operation), qubits[::-1], when, where)
        else:
            raise UnsupportedError(f"qiskit's {operation.name!r} is not supported")

    def control_flow(
        self, operation: Any, qubits: list[str], clbits: list[Any], when: Formula, where: str
    ) -> None:
        """Write if_test and for_loop."""
        if isinstance(operation, IfElseOp):
            condition = self.condition(operation.condition)
            for body, branch in zip(operation.blocks, (condition, ~condition), strict=False):
                inside = when & branch
                if inside.constant is not False:
                    self.body(body, qubits, clbits, inside, where)
            return
        if isinstance(operation, ForLoopOp):
            values, parameter, body = operation.params
            for value in values:
                self.left -= 1
                turn = body if parameter is None else body.assign_parameters({parameter: value})
                if self.left < 0:
                    raise UnsupportedError(f"a loop unrolls to more than {MAX_OPERATIONS} operations")
                self.body(turn, qubits, clbits, when, where)
            return
        raise UnsupportedError(f"qiskit's {operation.name!r} is not supported; if_test and for_loop are")

    def body(
        self, circuit: QuantumCircuit, qubits: list[str], clbits: list[Any], when: Formula, where: str
    ) -> None:
        """Write the body of a control flow on the qubits and bits that it is given."""
        inner = dict(zip(circuit.qubits, qubits, strict=True))
        self.block(circuit, inner, dict(zip(circuit.clbits, clbits, strict=True)), when, where)

    # ---- conditions --------------------------------------------------------------------------

    def condition(self, condition: Any) -> Formula:
        """Return a condition, an expression or the pair (bit or register, value), as a formula."""
        if isinstance(condition, tuple):
            return equal(self.read_bits(condition[0]), int(condition[1]))
        return truth(self.expression(condition))

    def read_bits(self, var: Any) -> Formula | tuple[Formula, ...]:
        """Return the value of a bit (0 before it is measured) or of a register."""
        zero = Formula.of(False)
        if isinstance(var, Clbit):
            return self.values.get(var, zero)
        if isinstance(var, ClassicalRegister):
            return tuple(self.values.get(bit, zero) for bit in var)
        raise UnsupportedError(f"a condition on {var!r}; bits and registers are supported")

    def expression(self, node: Any) -> Classical:
        """Return the value of a classical expression."""
        if isinstance(node, expr.Value):
            value: Classical = node.value
            return value
        if isinstance(node, expr.Var):
            return self.read_bits(node.var)
        if isinstance(node, expr.Cast):
            inner = self.expression(node.operand)
            if node.type.kind.__name__ == "Bool":
                return truth(inner)
            return (inner,) if isinstance(inner, Formula) else inner
        if isinstance(node, expr.Index):
            register, index = self.expression(node.target), self.expression(node.index)
            if isinstance(register, tuple) and isinstance(index, int) and 0 <= index < len(register):
                return register[index]
        if isinstance(node, expr.Unary) and node.op.name in ("BIT_NOT", "LOGIC_NOT"):
            value = self.expression(node.operand)
            if isinstance(value, tuple) and node.op.name == "BIT_NOT":
                return tuple(~bit for bit in value)
            return ~truth(value)
        if isinstance(node, expr.Binary):
            name, left, right = node.op.name, self.expression(node.left), self.expression(node.right)
            if name in ("EQUAL", "NOT_EQUAL"):
                return _compared(left, right) if name == "EQUAL" else ~_compared(left, right)
            if name in ("LOGIC_AND", "LOGIC_OR"):
                a, b = truth(left), truth(right)
                return a & b if name == "LOGIC_AND" else a | b
            if name in _BITWISE:
                return bitwise(_BITWISE[name], *_same_width(left, right))
        raise UnsupportedError(f"the condition {node!r:.120} is not supported")


def _compared(left: Classical, right: Classical) -> Formula:
    if isinstance(left, (Formula, tuple)) or isinstance(right, (Formula, tuple)):
        return equal(left, right)
    return Formula.of(left == right)


def _same_width(left: Classical, right: Classical) -> tuple[Classical, Classical]:
    """Return two operands with a plain number written as a register where the other is one."""
    if isinstance(left, tuple) and isinstance(right, int):
        return left, tuple(one_bit(right >> i & 1) for i in range(len(left)))
    if isinstance(right, tuple) and isinstance(left, int):
        return tuple(one_bit(left >> i & 1) for i in range(len(right))), right
    return left, right


def _names(bits: Sequence[Any], circuit: QuantumCircuit, kind: str) -> list[str]:
    """Return a name for each bit: its first register's, with its place there, or its place in the circuit."""
    names, taken = [], set()
    for i, bit in enumerate(bits):
        home = circuit.find_bit(bit).registers
        if home:
            register, place = home[0]
            name = register.name if len(register) == 1 else f"{register.name}[{place}]"
        else:
            name = f"{kind}{i}"
        while name in taken:
            name += "_"
        taken.add(name)
        names.append(name)
    return names


def _angle(value: Any) -> float:
    if getattr(value, "parameters", None):
        unbound = ", ".join(sorted(p.name for p in value.parameters))
        raise UnsupportedError(f"unbound parameter {unbound}; assign it a number first")
    return float(np.real(complex(value)))


def _gate_matrix(operation: Any) -> Any:
    try:
        return operation.to_matrix()
    except Exception as error:
        raise UnsupportedError(
            f"qiskit's {operation.name!r} has no definition and no matrix: {error}"
        ) from None


def _channel(operation: Any) -> Channel:
    """Return the channel of a noise instruction, qubits reversed to match."""
    try:
        source = getattr(operation, "_quantum_error", None)
        kraus = Kraus(operation if source is None else source)
    except Exception as error:
        raise UnsupportedError(
            f"the noise {operation.name!r} is no channel that Qiskit can tell: {error}"
        ) from None
    return Channel(kraus.data if isinstance(kraus.data, list) else kraus.data[0])


# ---- out -------------------------------------------------------------------------------------


def to_qiskit(source: Program | Circuit, outputs: Outputs = "refuse") -> QuantumCircuit:
    """Return a Program or Circuit as a Qiskit circuit, with conditions as ``if_test``.

    Links are ideal for a Program. Channels become Kraus instructions, which Aer simulates. Declared
    outputs, ``save``, ``expect``, detectors and observables have no counterpart: they are refused, or left
    out with ``outputs="drop"``. Raises UnsupportedError naming everything that cannot be expressed.
    """
    circuit = exportable(source, "qiskit", outputs, carries=("noise",))
    names = short_names(source)
    qregs = [QuantumRegister(len(g), n) for n, g in registers([names[q] for q in circuit.qubits])]
    order = sorted(circuit.bits, key=_numbered)
    taken = {r.name for r in qregs}
    cregs = [ClassicalRegister(len(g), f"{n}_bits" if n in taken else n) for n, g in registers(order)]
    result = QuantumCircuit(*qregs, *cregs, name=source.name if isinstance(source, Program) else None)
    qubits = dict(zip(circuit.qubits, result.qubits, strict=True))
    clbits = dict(zip(order, result.clbits, strict=True))
    for operation in circuit.operations:
        _append(result, operation, qubits, clbits)
    return result


def _numbered(name: str) -> tuple[str, int]:
    """Sort c[2] before c[10] and next to c[1]."""
    base, _, rest = name.partition("[")
    index = rest.removesuffix("]")
    return (base, int(index)) if index.isdigit() else (name, -1)


def _append(result: QuantumCircuit, operation: Operation, qubits: Any, clbits: Any) -> None:
    if isinstance(operation, Measure):
        result.measure(qubits[operation.qubit], clbits[operation.bit])
    elif isinstance(operation, Reset):
        result.reset(qubits[operation.qubit])
    elif isinstance(operation, Noise):
        instruction = Kraus([np.array(k) for k in operation.channel.kraus]).to_instruction()
        result.append(instruction, [qubits[q] for q in reversed(operation.qubits)])
    else:
        assert isinstance(operation, (Gate, Unitary)), operation.kind
        gate, places = _gate(operation)
        targets = [qubits[q] for q in places]
        if operation.when is None:
            result.append(gate, targets)
        elif not any(p.bits for p in _parities(operation.when)):
            if _constant(operation.when):
                result.append(gate, targets)
        else:
            with result.if_test(_condition(operation.when, clbits)):
                result.append(gate, targets)


def _gate(operation: Gate | Unitary) -> tuple[Any, Iterable[str]]:
    """Return the Qiskit gate and its qubits in Qiskit's order."""
    if isinstance(operation, Gate):
        if operation.name in _OUTGOING:
            return _OUTGOING[operation.name](*operation.params), operation.qubits
        matrix = gate_matrix(operation.name, operation.params)
    else:
        matrix = thaw(operation.matrix)
    return UnitaryGate(np.array(matrix)), reversed(operation.qubits)


def _parities(condition: Condition) -> tuple[Parity, ...]:
    return (condition,) if isinstance(condition, Parity) else condition.parities


def _constant(condition: Condition) -> bool:
    return bool(Formula.of(condition).constant)


def _condition(condition: Condition, clbits: Any) -> Any:
    if isinstance(condition, Parity):
        if len(condition.bits) == 1:
            return (clbits[condition.bits[0]], 1 ^ condition.constant)
        return _parity(condition, clbits)
    join = expr.logic_and if isinstance(condition, AllOf) else expr.logic_or
    terms = [_parity(p, clbits) for p in condition.parities]
    result = terms[0]
    for term in terms[1:]:
        result = join(result, term)
    return result


def _parity(parity: Parity, clbits: Any) -> Any:
    if not parity.bits:
        return expr.lift(bool(parity.constant))
    result = expr.lift(clbits[parity.bits[0]])
    for bit in parity.bits[1:]:
        result = expr.bit_xor(result, clbits[bit])
    return expr.logic_not(result) if parity.constant else result
