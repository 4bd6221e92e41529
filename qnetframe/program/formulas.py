"""Boolean formulas over recorded bits, reduced to the conditions that operations take.

Circuits that come in combine conditions freely (nested ifs, else, registers compared with numbers). A
Formula keeps them as mutually exclusive conjunctions of parities, so that a gate under any formula becomes
a few conditional gates of which at most one acts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias, Union

from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.values import AllOf, AnyOf, Condition, Parity

Term: TypeAlias = tuple[Parity, ...]
MAX_TERMS = 64


@dataclass(frozen=True, slots=True)
class Formula:
    """A disjunction of mutually exclusive conjunctions of parities: ``()`` is false, ``((),)`` is true."""

    terms: tuple[Term, ...]

    @staticmethod
    def of(value: Condition | bool | int) -> Formula:
        """Return a condition or a constant as a formula."""
        if isinstance(value, (bool, int)):
            return TRUE if value else FALSE
        if isinstance(value, Parity):
            return _formula([(value,)])
        if isinstance(value, AllOf):
            return _formula([value.parities])
        if isinstance(value, AnyOf):
            result = FALSE
            for parity in value.parities:
                result = result | Formula.of(parity)
            return result
        raise TypeError(value)

    @property
    def constant(self) -> bool | None:
        """The truth value of a constant formula; None where it depends on bits."""
        if not self.terms:
            return False
        return True if () in self.terms else None

    @property
    def parity(self) -> Parity | None:
        """The formula as one parity, where it is one."""
        if self.constant is not None:
            return Parity((), int(self.constant))
        if len(self.terms) == 1 and len(self.terms[0]) == 1:
            return self.terms[0][0]
        return None

    def __and__(self, other: Formula) -> Formula:
        return _formula([a + b for a in self.terms for b in other.terms])

    def __or__(self, other: Formula) -> Formula:
        if self.constant or other.constant:
            return TRUE
        return _formula([*self.terms, *(other & ~self).terms])

    def __xor__(self, other: Formula) -> Formula:
        a, b = self.parity, other.parity
        if a is not None and b is not None:
            return Formula.of(a ^ b)
        return _formula([*(self & ~other).terms, *(other & ~self).terms])

    def __invert__(self) -> Formula:
        result = TRUE
        for term in self.terms:
            # not (a and b and c) is (not a), or (a and not b), or (a and b and not c): exclusive.
            result = result & Formula(tuple((*term[:i], parity ^ 1) for i, parity in enumerate(term)))
        return result

    def conditions(self) -> tuple[Condition | None, ...]:
        """Return mutually exclusive conditions that together are this formula; None is "always"."""
        if len(self.terms) > 1:
            opposite = ~self
            if len(opposite.terms) == 1 and opposite.terms[0]:
                return (AnyOf(tuple(p ^ 1 for p in opposite.terms[0])),)
        return tuple(None if not t else t[0] if len(t) == 1 else AllOf(t) for t in self.terms)


def _formula(terms: Iterable[Term]) -> Formula:
    kept = [t for t in map(_consistent, terms) if t is not None]
    if len(kept) > MAX_TERMS:
        raise UnsupportedError(
            f"a condition needs {len(kept)} exclusive terms; at most {MAX_TERMS} are taken. Simplify it"
        )
    return Formula(tuple(kept))


def _consistent(term: Term) -> Term | None:
    """Return a conjunction without its redundant parities; None if it can never be true."""
    basis: dict[str, tuple[frozenset[str], int]] = {}
    kept = []
    for parity in term:
        bits, value = frozenset(parity.bits), 1 ^ parity.constant
        while bits:
            pivot = max(bits)
            if pivot not in basis:
                basis[pivot] = (bits, value)
                kept.append(parity)
                break
            other, constant = basis[pivot]
            bits, value = bits ^ other, value ^ constant
        else:
            if value:
                return None
    return tuple(kept)


FALSE, TRUE = Formula(()), Formula(((),))


Register: TypeAlias = tuple[Formula, ...]
Classical: TypeAlias = Union[bool, int, float, Formula, Register]


def describe(value: Classical) -> str:
    """Return how an error calls a classical value."""
    if isinstance(value, (Formula, tuple)):
        return "a measured bit" if isinstance(value, Formula) else "a measured register"
    return f"{value!r:.40}"


def truth(value: Classical) -> Formula:
    """Return a value as a truth value: a number or register (lowest bit first) is true where not zero."""
    if isinstance(value, Formula):
        return value
    if isinstance(value, tuple):
        result = FALSE
        for bit in value:
            result = result | bit
        return result
    return Formula.of(bool(value))


def equal(left: Classical, right: Classical) -> Formula:
    """Return whether two values, at least one of them of measured bits, are equal."""
    if isinstance(left, (Formula, tuple)) and isinstance(right, (Formula, tuple)):
        a, b = (v if isinstance(v, tuple) else (v,) for v in (left, right))
        if len(a) != len(b):
            raise InvalidInputError(f"a comparison of {len(a)} with {len(b)} bits")
        pairs = [~(x ^ y) for x, y in zip(a, b, strict=True)]
    else:
        bits, value = (left, right) if isinstance(left, (Formula, tuple)) else (right, left)
        if not isinstance(value, int):
            raise InvalidInputError(f"a comparison of measured bits with {describe(value)}")
        register: Register = bits if isinstance(bits, tuple) else (truth(bits),)
        if not 0 <= value < 1 << len(register):
            return FALSE
        pairs = [bit if value >> i & 1 else ~bit for i, bit in enumerate(register)]
    result = TRUE
    for pair in pairs:
        result = result & pair
    return result


def bitwise(op: str, left: Classical, right: Classical) -> Formula | Register:
    """Return ``left & right``, ``left | right`` or ``left ^ right``, bit by bit."""

    def join(a: Formula, b: Formula) -> Formula:
        return a & b if op == "&" else a | b if op == "|" else a ^ b

    if not isinstance(left, tuple) and not isinstance(right, tuple):
        return join(one_bit(left), one_bit(right))
    if not isinstance(left, tuple) or not isinstance(right, tuple) or len(left) != len(right):
        raise InvalidInputError(f"{op} of registers of different sizes")
    return tuple(join(a, b) for a, b in zip(left, right, strict=True))


def one_bit(value: Any) -> Formula:
    """Return a value as the formula of one bit: a measured one, 0 or 1."""
    if isinstance(value, Formula):
        return value
    if isinstance(value, (bool, int)) and value in (0, 1):
        return Formula.of(int(value))
    raise InvalidInputError(f"{describe(value)} where a bit is needed")
