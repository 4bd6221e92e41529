"""Boolean formulas over recorded bits, reduced to the conditions that operations take.

Circuits that come in combine conditions freely (nested ifs, else, registers compared with numbers). A
Formula keeps them as mutually exclusive conjunctions of parities, so that a gate under any formula becomes
a few conditional gates of which at most one acts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qnetframe.errors import UnsupportedError
from qnetframe.values import AllOf, AnyOf, Condition, Parity

Term = tuple[Parity, ...]
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
