"""OpenQASM text to Program: the text is run statement by statement, with measured bits as unknowns."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from qnetframe.errors import InvalidInputError, QnetframeError, UnsupportedError
from qnetframe.program.formulas import TRUE, Formula, truth
from qnetframe.program.incoming import Across, Assembler
from qnetframe.program.openqasm.calls import Budget, Gate, call, define, expand
from qnetframe.program.openqasm.expressions import (
    BitVariable,
    Qubits,
    Scope,
    Variable,
    _arithmetic,
    _bounded,
    cast,
    evaluate,
    integer,
    refuse,
    wrong,
)
from qnetframe.program.openqasm.gates import CX, QELIB1, STDGATES, Step, U, recognised
from qnetframe.program.openqasm.operands import find_qubits, operand, pick, write
from qnetframe.program.openqasm.syntax import line_of, parse
from qnetframe.program.program import Program

MAX_BITS = 100_000
_REFUSED = {
    "WhileLoop": "a while loop", "SubroutineDefinition": "a subroutine (def)", "ExternDeclaration": "extern",
    "DelayInstruction": "delay", "Box": "box", "SwitchStatement": "switch", "Pragma": "a pragma",
    "CalibrationGrammarDeclaration": "defcalgrammar", "CalibrationStatement": "cal",
    "CalibrationDefinition": "defcal", "BreakStatement": "break", "ContinueStatement": "continue",
    "EndStatement": "end", "ReturnStatement": "return", "ExpressionStatement": "an expression on its own",
}  # fmt: skip


def from_openqasm(
    text: str,
    parties: Mapping[str, Sequence[str]] | None = None,
    across: Across = "refuse",
    name: str = "circuit",
) -> Program:
    """Return the Program of an OpenQASM 3 text, or of one in the common part of OpenQASM 2.

    ``parties`` gives each party its qubits or registers by name (``{"alice": ["psi", "q[0]"]}``); without
    it all belong to the party "main". A gate between parties is a LocalityError, or with
    ``across="teleport"`` a teleported gate (and ``h``, ``cx`` on two fresh qubits of different parties is
    the pair that they make). The outputs are the final values of the declared bits that are written. Loops
    are unrolled and definitions inlined. Raises InvalidInputError for what is not OpenQASM and
    UnsupportedError for what a Program cannot express, both with the line.
    """
    tree = parse(text)
    try:
        return _Reader(tree, parties, across, name).read()
    except RecursionError:
        raise InvalidInputError("OpenQASM is nested too deeply to be read") from None


class _Reader:
    def __init__(
        self, tree: Any, parties: Mapping[str, Sequence[str]] | None, across: Across, name: str
    ) -> None:
        version = tree.version
        if version is not None and version not in ("2.0", "3", "3.0", "3.1"):
            raise UnsupportedError(f"OpenQASM version {version} is not supported; 2.0 and 3 are")
        self.old = version == "2.0"
        self.statements = tree.statements
        self.scope: Scope = ChainMap()
        self.gates: dict[str, Gate] = {"U": U, **({"CX": CX} if self.old else {})}
        self.defined: set[str] = set()
        self.declared_outputs: list[str] = []
        self.budget = Budget()
        self.when = TRUE
        self.when_depth = 0
        names, registers, self.sizes = find_qubits(self.statements)
        self.assembler = Assembler(names, parties, across, registers, name)

    def read(self) -> Program:
        """Run every statement and return the program."""
        for node in self.statements:
            self.run(node)
        outputs: dict[str, Formula] = {}
        for name, symbol in self.scope.items():
            if not isinstance(symbol, BitVariable):
                continue
            if self.declared_outputs and name not in self.declared_outputs:
                continue
            for bit, value in zip(symbol.names, symbol.values, strict=True):
                if value is not None:
                    outputs[bit] = value
        return self.assembler.finish(outputs)

    def run(self, node: Any) -> None:
        """Run one statement; errors name its line."""
        self.budget.spend()
        kind = type(node).__name__
        if getattr(node, "annotations", None):
            refuse("an annotation", node)
        if kind in _REFUSED:
            refuse(_REFUSED[kind], node)
        method: Callable[[Any], None] | None = getattr(self, f"_{kind}", None)
        if method is None:
            refuse(kind, node)
        try:
            method(node)
        except QnetframeError as error:
            text = str(error)
            if text.startswith("OpenQASM line"):
                raise
            raise type(error)(f"OpenQASM line {line_of(node)}: {text}") from None

    def _global(self, what: str, node: Any) -> None:
        if len(self.scope.maps) > 1:
            refuse(f"{what} inside a block", node)

    def _new(self, name: str, symbol: Any, node: Any) -> None:
        if name in self.scope.maps[0]:
            wrong(f"{name!r:.60} is declared twice", node)
        self.scope[name] = symbol

    # ---- declarations ------------------------------------------------------------------------

    def _Include(self, node: Any) -> None:
        if node.filename not in ("stdgates.inc", "qelib1.inc"):
            refuse(f"the file {node.filename!r:.60} (only stdgates.inc and qelib1.inc)", node)
        library = STDGATES if node.filename == "stdgates.inc" else QELIB1
        for name, gate in library.items():
            self.gates.setdefault(name, gate)

    def _QubitDeclaration(self, node: Any) -> None:
        self._global("a qubit declared", node)
        self._new(node.qubit.name, self.sizes[id(node)], node)

    def _QuantumGateDefinition(self, node: Any) -> None:
        self._global("a gate defined", node)
        name = node.name.name
        if name in self.defined:
            wrong(f"gate {name!r:.60} is defined twice", node)
        gate = define(node, self.gates, self.scope)
        self.defined.add(name)
        self.gates[name] = gate

    def _ConstantDeclaration(self, node: Any) -> None:
        value = cast(node.type, evaluate(node.init_expression, self.scope), self.scope, node)
        self._new(node.identifier.name, Variable(value, True, len(self.scope.maps)), node)

    def _IODeclaration(self, node: Any) -> None:
        if node.io_identifier.name == "input":
            refuse(f"the input {node.identifier.name!r:.60}", node)
        if type(node.type).__name__ not in ("BitType", "BoolType"):
            refuse("an output that is not a bit", node)
        self._global("an output declared", node)
        self.declared_outputs.append(node.identifier.name)
        self._declare(node.type, node.identifier.name, None, node)

    def _ClassicalDeclaration(self, node: Any) -> None:
        self._declare(node.type, node.identifier.name, node.init_expression, node)

    def _declare(self, kind: Any, name: str, start: Any, node: Any) -> None:
        depth = len(self.scope.maps)
        if type(kind).__name__ in ("BitType", "BoolType"):
            width = getattr(kind, "size", None)
            size = 1 if width is None else integer(width, self.scope, "the size of a register")
            if not 1 <= size <= MAX_BITS:
                wrong(f"a register of {size} bits; it must have 1 to {MAX_BITS}", node)
            self.budget.spend(size)
            names = (name,) if width is None else tuple(f"{name}[{i}]" for i in range(size))
            bits = BitVariable(names, [None] * size, width is None, depth)
            if type(start).__name__ == "QuantumMeasurement":
                self._new(name, bits, node)
                self._record(start.qubit, bits, range(size), node)
                return
            if start is not None:
                value = cast(kind, evaluate(start, self.scope), self.scope, node)
                write(bits, range(size), value, node)
            self._new(name, bits, node)
            return
        if type(start).__name__ == "QuantumMeasurement":
            wrong("a measurement gives bits, not numbers", node)
        initial = 0 if start is None else evaluate(start, self.scope)
        self._new(name, Variable(cast(kind, initial, self.scope, node), False, depth), node)

    def _AliasStatement(self, node: Any) -> None:
        names, scalar = operand(self.scope, self.budget, node.value)
        self._new(node.target.name, Qubits(names, scalar), node)

    # ---- statements --------------------------------------------------------------------------

    def _CompoundStatement(self, node: Any) -> None:
        self._block(node.statements)

    def _block(self, statements: Sequence[Any], **variables: Any) -> None:
        self.scope = self.scope.new_child(dict(variables))
        try:
            for statement in statements:
                self.run(statement)
        finally:
            self.scope = self.scope.parents

    def _BranchingStatement(self, node: Any) -> None:
        condition = truth(evaluate(node.condition, self.scope))
        outer, depth = self.when, self.when_depth
        for branch, block in ((condition, node.if_block), (~condition, node.else_block)):
            inside = outer & branch
            if inside.constant is False or not block:
                continue
            if inside != outer:
                self.when, self.when_depth = inside, len(self.scope.maps)
            try:
                self._block(block)
            finally:
                self.when, self.when_depth = outer, depth

    def _ForInLoop(self, node: Any) -> None:
        name = node.identifier.name
        for value in self._values(node.set_declaration):
            self.budget.spend()
            whole = cast(node.type, value, self.scope, node)
            self._block(node.block, **{name: Variable(whole, True, len(self.scope.maps) + 1)})

    def _values(self, node: Any) -> Iterator[int]:
        kind = type(node).__name__
        if kind == "DiscreteSet":
            return iter([integer(v, self.scope, "a value of a loop") for v in node.values])
        if kind != "RangeDefinition" or node.start is None or node.end is None:
            refuse("a loop over anything but a range with bounds or a set", node)
        start, stop = (integer(v, self.scope, "a bound of a loop") for v in (node.start, node.end))
        step = 1 if node.step is None else integer(node.step, self.scope, "the step of a loop")
        if step == 0:
            wrong("a loop with step 0", node)
        return iter(range(start, stop + (1 if step > 0 else -1), step))

    def _ClassicalAssignment(self, node: Any) -> None:
        op = node.op.name
        name = node.lvalue.name if isinstance(node.lvalue.name, str) else node.lvalue.name.name
        symbol = self.scope.get(name)
        if not isinstance(symbol, (BitVariable, Variable)):
            wrong(f"{name!r:.60} is not a declared bit or variable", node)
        self._writable(symbol, name, node)
        if isinstance(symbol, Variable):
            if symbol.constant or type(node.lvalue).__name__ != "Identifier":
                wrong(f"{name!r:.60} cannot be assigned", node)
            value = evaluate(node.rvalue, self.scope)
            if op != "=":
                if isinstance(value, (Formula, tuple)) or isinstance(symbol.value, (Formula, tuple)):
                    refuse(f"{op} with measured bits", node)
                value = _bounded(_arithmetic(op[:-1], symbol.value, value, node))
            symbol.value = value
            return
        places = self._places(node.lvalue, symbol)
        value = evaluate(node.rvalue, self.scope)
        if op != "=":
            if op != "^=" or len(places) != 1:
                refuse(f"{op} on bits", node)
            value = symbol.read(places[0]) ^ truth(value)
        write(symbol, places, value, node)

    def _writable(self, symbol: BitVariable | Variable, name: str, node: Any) -> None:
        if self.when != TRUE and symbol.depth <= self.when_depth:
            refuse(f"writing {name!r:.60} under a condition on measured bits", node)

    def _places(self, node: Any, bits: BitVariable) -> list[int]:
        if type(node).__name__ == "Identifier":
            return list(range(len(bits.names)))
        if bits.scalar:
            wrong(f"{bits.names[0]!r:.60} is one bit and has no index", node)
        return pick(node.indices, len(bits.names), self.scope, node)

    # ---- quantum -----------------------------------------------------------------------------

    def _QuantumBarrier(self, node: Any) -> None:
        for item in node.qubits:
            if not isinstance(item, str):
                operand(self.scope, self.budget, item)

    def _QuantumReset(self, node: Any) -> None:
        for qubit in operand(self.scope, self.budget, node.qubits)[0]:
            self.budget.spend()
            self.assembler.reset(qubit, self.when, f"OpenQASM line {line_of(node)}")

    def _QuantumMeasurementStatement(self, node: Any) -> None:
        if node.target is None:
            qubits, _ = operand(self.scope, self.budget, node.measure.qubit)
            self._record(node.measure.qubit, BitVariable(("m",) * len(qubits), [None] * len(qubits), False),
                         range(len(qubits)), node)  # fmt: skip
            return
        name = node.target.name if isinstance(node.target.name, str) else node.target.name.name
        symbol = self.scope.get(name)
        if not isinstance(symbol, BitVariable):
            wrong(f"{name!r:.60} is not a declared bit", node)
        self._record(node.measure.qubit, symbol, self._places(node.target, symbol), node)

    def _record(self, target: Any, bits: BitVariable, places: Sequence[int], node: Any) -> None:
        qubits, _ = operand(self.scope, self.budget, target)
        if len(qubits) != len(places):
            wrong(f"a measurement of {len(qubits)} qubits into {len(places)} bits", node)
        for qubit, place in zip(qubits, places, strict=True):
            self.budget.spend()
            where = f"OpenQASM line {line_of(node)}"
            parity = self.assembler.measure(qubit, bits.names[place], self.when, where)
            bits.values[place] = Formula.of(parity)

    def _QuantumPhase(self, node: Any) -> None:
        self._QuantumGate(node)

    def _QuantumGate(self, node: Any) -> None:
        operands = [operand(self.scope, self.budget, q) for q in node.qubits]
        lengths = {len(names) for names, scalar in operands if not scalar}
        if len(lengths) > 1:
            wrong(f"a gate on registers of different sizes {sorted(lengths)}", node)
        steps = expand(call(node, self.gates, tuple(range(len(operands)))), self.scope, self.budget)
        for turn in range(lengths.pop() if lengths else 1):
            qubits = [names[0] if scalar else names[turn] for names, scalar in operands]
            if len(set(qubits)) != len(qubits):
                wrong(f"a gate names a qubit twice: {', '.join(qubits)}", node)
            for step in steps:
                self._apply(step, [qubits[q] for q in step.qubits], node)

    def _apply(self, step: Step, qubits: list[str], node: Any) -> None:
        self.budget.spend()
        where = f"OpenQASM line {line_of(node)}"
        if step.name == "gphase":
            return  # a phase of the whole state, which nothing shows
        if step.name:
            self.assembler.gate(step.name, step.params, qubits, self.when, where)
            return
        matrix = np.asarray(step.array())
        name = recognised(matrix)
        if name is not None:
            self.assembler.gate(name, (), qubits, self.when, where)
        else:
            self.assembler.unitary(matrix, qubits, self.when, where)
