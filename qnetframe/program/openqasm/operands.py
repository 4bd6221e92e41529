"""What statements act on: the qubits and bits that an operand names."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from typing import Any

from qnetframe.program.formulas import Formula
from qnetframe.program.openqasm.calls import Budget
from qnetframe.program.openqasm.expressions import (
    BitVariable,
    Qubits,
    Scope,
    Variable,
    cast,
    evaluate,
    indices,
    integer,
    refuse,
    wrong,
)

MAX_QUBITS = 10_000


def find_qubits(
    statements: Sequence[Any],
) -> tuple[list[str], Mapping[str, Sequence[str]], Mapping[int, Qubits]]:
    """Return every qubit of a text, its registers, and what each declaration (by identity) declares.

    They are found first, since parties must be known before the first gate. Sizes may use constants that
    come before, so that those are read along the way.
    """
    names: list[str] = []
    registers: dict[str, Sequence[str]] = {}
    declared: dict[int, Qubits] = {}
    scope: Scope = ChainMap()
    for node in statements:
        kind = type(node).__name__
        if kind == "ConstantDeclaration":
            value = cast(node.type, evaluate(node.init_expression, scope), scope, node)
            scope[node.identifier.name] = Variable(value, True)
        elif kind == "QubitDeclaration":
            register = node.qubit.name
            size = 1 if node.size is None else integer(node.size, scope, "the size of a register")
            if not 1 <= size <= MAX_QUBITS - len(names):
                wrong(f"a register of {size} qubits; there must be 1 to {MAX_QUBITS} in all", node)
            added = (register,) if node.size is None else tuple(f"{register}[{i}]" for i in range(size))
            if register in registers:
                wrong(f"{register!r:.60} is declared twice", node)
            registers[register] = added
            names += added
            declared[id(node)] = Qubits(added, node.size is None)
    return names, registers, declared


def operand(scope: Scope, budget: Budget, node: Any) -> tuple[tuple[str, ...], bool]:
    """Return the qubits that an operand names, and whether it is one qubit rather than a register."""
    kind = type(node).__name__
    if kind == "Concatenation":
        left, right = operand(scope, budget, node.lhs)[0], operand(scope, budget, node.rhs)[0]
        budget.spend(len(left) + len(right))
        return left + right, False
    base = node
    if kind in ("IndexedIdentifier", "IndexExpression"):
        base = node.name if kind == "IndexedIdentifier" else node.collection
    if type(base).__name__ != "Identifier":
        refuse("a qubit given by an expression", node)
    if base.name.startswith("$"):
        refuse(f"the physical qubit {base.name:.20}", node)
    symbol = scope.get(base.name)
    if not isinstance(symbol, Qubits):
        wrong(f"{base.name!r:.60} is not a declared qubit", node)
    if kind == "Identifier":
        return symbol.names, symbol.scalar
    if symbol.scalar:
        wrong(f"{base.name!r:.60} is one qubit and has no index", node)
    index = node.indices if kind == "IndexedIdentifier" else [node.index]
    places = pick(index, len(symbol.names), scope, node)
    one = isinstance(index[0], list) and type(index[0][0]).__name__ != "RangeDefinition"
    return tuple(symbol.names[i] for i in places), one


def pick(index: Sequence[Any], size: int, scope: Scope, node: Any) -> list[int]:
    """Return the places that the indices after a register pick."""
    if len(index) != 1 or (isinstance(index[0], list) and len(index[0]) != 1):
        refuse("more than one index", node)
    inner = index[0][0] if isinstance(index[0], list) else index[0]
    places = indices(inner, size, scope)
    return [places] if isinstance(places, int) else places


def write(bits: BitVariable, places: Sequence[int], value: Any, node: Any) -> None:
    """Give bits a value: as many bits, or a whole number."""
    values = value if isinstance(value, tuple) else (value,)
    if len(values) == 1 and isinstance(values[0], int) and len(places) > 1:
        values = tuple(values[0] >> i & 1 for i in range(len(places)))
    if len(values) != len(places):
        wrong(f"{len(values)} bits are assigned to {len(places)}", node)
    for place, item in zip(places, values, strict=True):
        if not isinstance(item, Formula) and (not isinstance(item, int) or item not in (0, 1)):
            wrong(f"{item!r:.40} is assigned to a bit", node)
        bits.values[place] = item if isinstance(item, Formula) else Formula.of(int(item))
