"""Expressions of OpenQASM: numbers known while reading, and formulas over measured bits."""

from __future__ import annotations

import cmath
import math
import operator
from collections import ChainMap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

from qnetframe.errors import InvalidInputError, QnetframeError, UnsupportedError
from qnetframe.program.formulas import (
    FALSE,
    Classical,
    Formula,
    bitwise,
    describe,
    equal,
    one_bit,
    truth,
)
from qnetframe.program.openqasm.syntax import line_of

MAX_INTEGER = 1 << 64
Value: TypeAlias = Classical


@dataclass(frozen=True)
class Qubits:
    """A declared qubit or register: the names of its qubits."""

    names: tuple[str, ...]
    scalar: bool


@dataclass
class BitVariable:
    """A declared bit or register: the names of its bits and what each now is; None before it is written."""

    names: tuple[str, ...]
    values: list[Formula | None]
    scalar: bool
    depth: int = 0

    def read(self, index: int) -> Formula:
        """Return the value of a bit, 0 before it is written."""
        value = self.values[index]
        return FALSE if value is None else value


@dataclass
class Variable:
    """A number (or a register read as one) with the nesting depth at which it was declared."""

    value: Value
    constant: bool
    depth: int = 0


Scope: TypeAlias = ChainMap[str, Any]
_CONSTANTS = {
    "pi": math.pi, "π": math.pi, "tau": math.tau, "τ": math.tau, "euler": math.e, "ℇ": math.e,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "arccos": math.acos, "arcsin": math.asin, "arctan": math.atan, "cos": math.cos, "sin": math.sin,
    "tan": math.tan, "exp": math.exp, "ln": math.log, "log": math.log, "sqrt": math.sqrt,
    "ceiling": math.ceil, "floor": math.floor, "mod": math.fmod,
}  # fmt: skip
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip


def refuse(what: str, node: Any) -> NoReturn:
    """Raise UnsupportedError for something of OpenQASM that a Program cannot express."""
    raise UnsupportedError(f"OpenQASM line {line_of(node)}: {what} is not supported")


def wrong(what: str, node: Any) -> NoReturn:
    """Raise InvalidInputError for a mistake in the text."""
    raise InvalidInputError(f"OpenQASM line {line_of(node)}: {what}")


def evaluate(node: Any, scope: Scope) -> Value:
    """Return the value of an expression; errors name its line."""
    try:
        return _evaluate(node, scope)
    except QnetframeError as error:
        text = str(error)
        if text.startswith("OpenQASM line"):
            raise
        raise type(error)(f"OpenQASM line {line_of(node)}: {text}") from None
    except (ValueError, ZeroDivisionError, OverflowError, TypeError) as error:
        wrong(f"the expression has no value: {error}", node)


def integer(node: Any, scope: Scope, what: str) -> int:
    """Return the value of an expression that must be a whole number known while reading."""
    value = evaluate(node, scope)
    if isinstance(value, bool) or not isinstance(value, int):
        wrong(f"{what} is {describe(value)}; it must be a whole number known while reading", node)
    return value


def number(node: Any, scope: Scope, what: str) -> float:
    """Return the value of an expression that must be a finite number known while reading."""
    value = evaluate(node, scope)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        wrong(f"{what} is {describe(value)}; it must be a finite number known while reading", node)
    return float(value)


def _evaluate(node: Any, scope: Scope) -> Value:
    kind = type(node).__name__
    if kind in ("IntegerLiteral", "FloatLiteral", "BooleanLiteral"):
        return _bounded(node.value)
    if kind == "BitstringLiteral":
        if node.width > 64:
            refuse("a bit string of more than 64 bits", node)
        return tuple(Formula.of(node.value >> i & 1) for i in range(node.width))
    if kind == "Identifier":
        return _lookup(node, scope)
    if kind == "IndexExpression":
        return _indexed(node, scope)
    if kind == "UnaryExpression":
        return _unary(node.op.name, evaluate(node.expression, scope), node)
    if kind == "BinaryExpression":
        return _binary(node.op.name, evaluate(node.lhs, scope), evaluate(node.rhs, scope), node)
    if kind == "FunctionCall":
        return _call(node, scope)
    if kind == "Cast":
        return cast(node.type, evaluate(node.argument, scope), scope, node)
    refuse(f"an expression of kind {kind}", node)


def _bounded(value: Any) -> Value:
    if isinstance(value, int) and abs(value) >= MAX_INTEGER:
        raise InvalidInputError(f"a whole number of {value.bit_length()} bits; at most 64 are taken")
    if isinstance(value, complex):
        raise UnsupportedError("complex numbers are not supported")
    result: Value = value
    return result


def _lookup(node: Any, scope: Scope) -> Value:
    symbol = scope.get(node.name)
    if symbol is None:
        if node.name in _CONSTANTS:
            return _CONSTANTS[node.name]
        wrong(f"{node.name!r:.60} is not declared", node)
    if isinstance(symbol, Variable):
        return symbol.value
    if isinstance(symbol, BitVariable):
        values = tuple(symbol.read(i) for i in range(len(symbol.names)))
        return values[0] if symbol.scalar else values
    wrong(f"{node.name!r:.60} is a qubit, not a value", node)


def _indexed(node: Any, scope: Scope) -> Value:
    value = evaluate(node.collection, scope)
    if not isinstance(value, tuple):
        wrong("an index on what is not a register of bits", node)
    index = node.index
    if type(index).__name__ == "DiscreteSet":
        refuse("a set of indices on bits", node)
    if len(index) != 1:
        refuse("an index of more than one dimension", node)
    places = indices(index[0], len(value), scope)
    return value[places] if isinstance(places, int) else tuple(value[i] for i in places)


def indices(node: Any, size: int, scope: Scope) -> int | list[int]:
    """Return what an index, range or set picks of a register; negative numbers count from its end."""
    kind = type(node).__name__
    if kind == "RangeDefinition":
        step = 1 if node.step is None else integer(node.step, scope, "range step")
        if step == 0:
            wrong("a range with step 0", node)
        ends = (0, size - 1) if step > 0 else (size - 1, 0)
        start = ends[0] if node.start is None else integer(node.start, scope, "range start")
        stop = ends[1] if node.end is None else integer(node.end, scope, "range end")
        start, stop = (_place(v, size, node) for v in (start, stop))
        return list(range(start, stop + (1 if step > 0 else -1), step))
    if kind == "DiscreteSet":
        return [_place(integer(v, scope, "index"), size, node) for v in node.values]
    return _place(integer(node, scope, "index"), size, node)


def _place(index: int, size: int, node: Any) -> int:
    if not -size <= index < size:
        wrong(f"index {index} of a register of size {size}", node)
    return index % size


def _unary(op: str, value: Value, node: Any) -> Value:
    if op == "-":
        if isinstance(value, (Formula, tuple)):
            refuse("arithmetic on measured bits", node)
        return -value
    if op == "!":
        inverted = ~truth(value)
        return inverted if isinstance(value, (Formula, tuple)) else not value
    if isinstance(value, tuple):
        return tuple(~bit for bit in value)
    if isinstance(value, Formula):
        return ~value
    return ~value if isinstance(value, int) else wrong("~ of a number that is not whole", node)


def _binary(op: str, left: Value, right: Value, node: Any) -> Value:
    measured = isinstance(left, (Formula, tuple)) or isinstance(right, (Formula, tuple))
    if op in ("&&", "||"):
        a, b = truth(left), truth(right)
        joined = a & b if op == "&&" else a | b
        return joined if measured else bool(joined.constant)
    if not measured:
        return _bounded(_arithmetic(op, left, right, node))
    if op in ("==", "!="):
        same = equal(left, right)
        return same if op == "==" else ~same
    if op in ("&", "|", "^"):
        return bitwise(op, left, right)
    refuse(f"{op} on measured bits", node)


def _arithmetic(op: str, left: Any, right: Any, node: Any) -> Any:
    if op in _COMPARE:
        return _COMPARE[op](left, right)
    whole = isinstance(left, int) and isinstance(right, int)
    if op in ("+", "-", "*"):
        return {"+": operator.add, "-": operator.sub, "*": operator.mul}[op](left, right)
    if op == "/":
        # stdgates.inc itself writes pow(1/2), so that whole numbers divide as real ones where they must.
        return left // right if whole and right and left % right == 0 else left / right
    if op == "%":
        return left % right
    if op == "**":
        if whole and right >= 0 and right * math.log2(max(abs(left), 1)) > 64:
            raise InvalidInputError(f"{left} ** {right} is too large")
        value = left**right
        return value if not isinstance(value, complex) else cmath.inf
    if not whole:
        wrong(f"{op} of numbers that are not whole", node)
    if op in ("<<", ">>"):
        if not 0 <= right <= 64:
            raise InvalidInputError(f"a shift by {right}; it must be in [0, 64]")
        return left << right if op == "<<" else left >> right
    return {"&": operator.and_, "|": operator.or_, "^": operator.xor}[op](left, right)


def _call(node: Any, scope: Scope) -> Value:
    name = node.name.name
    if name not in _FUNCTIONS:
        refuse(f"the function {name!r:.60}", node)
    arguments = [number(a, scope, f"the argument of {name}") for a in node.arguments]
    return _FUNCTIONS[name](*arguments)


def cast(kind: Any, value: Value, scope: Scope, node: Any) -> Value:
    """Return a value as a classical type of OpenQASM."""
    name = type(kind).__name__
    size = None if getattr(kind, "size", None) is None else integer(kind.size, scope, "the size of a type")
    measured = isinstance(value, (Formula, tuple))
    if name == "BoolType":
        return truth(value) if measured else bool(value)
    if name == "BitType":
        return _as_bits(value, size, node)
    if name in ("IntType", "UintType"):
        if measured:
            return value if isinstance(value, tuple) else (value,)  # type: ignore[return-value]
        whole = int(value)  # type: ignore[arg-type]
        low = 0 if name == "UintType" else -(1 << (size or 65) - 1)
        if (size is not None and not 1 <= size <= 64) or not low <= whole < 1 << (size or 64):
            wrong(f"{whole} does not fit its type", node)
        return whole
    if measured:
        refuse("a measured bit as a number", node)
    if name == "FloatType":
        return float(value)  # type: ignore[arg-type]
    if name == "AngleType":
        return float(value) % math.tau  # type: ignore[arg-type]
    refuse(f"the type {name.removesuffix('Type').lower()}", node)


def _as_bits(value: Value, size: int | None, node: Any) -> Value:
    if size is None:
        if isinstance(value, tuple):
            return value[0] if len(value) == 1 else wrong("a register as one bit", node)
        return one_bit(value)
    if isinstance(value, Formula):
        value = (value,)
    if not isinstance(value, tuple):
        if not isinstance(value, int) or not 0 <= value < 1 << min(size, 64):
            wrong(f"{describe(value)} does not fit {size} bits", node)
        value = tuple(Formula.of(value >> i & 1) for i in range(size))
    if len(value) != size:
        wrong(f"{len(value)} bits as a register of size {size}", node)
    return value
