"""A chain of links as a validated description, and as the steps that make one end-to-end pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal, TypeAlias

from qnetframe import checks
from qnetframe.errors import InvalidInputError

Scheme: TypeAlias = Literal["nested", "asap"]
MOST_LINKS = 4096
# A leaf draws an attempt count; the others take the two results on top of the stack.
LINK, SWAP, DISTIL = 0, 1, 2


@dataclass(frozen=True)
class Step:
    """One step of a nested scheme: ``first`` is the step at which its own part starts anew.

    ``link`` is the number of the link (of a LINK); ``level`` the number of swaps below, for the cut-off.
    """

    kind: int
    first: int
    link: int = -1
    level: int = 0


@dataclass(frozen=True)
class Chain:
    """A chain of links as ``repeater_chain`` takes it, checked.

    ``p`` and ``w0`` have one number a link; ``cutoffs`` one a level (None: no cut-off) and ``purification``
    one number of rounds a level, level k being pairs that k levels of swaps have made. ``t_coherence`` is in
    attempts, infinite without decay.
    """

    p: tuple[float, ...]
    q: float
    cutoffs: tuple[int | None, ...]
    purification: tuple[int, ...]
    t_coherence: float
    w0: tuple[float, ...]
    swap_werner: float
    scheme: Scheme

    @property
    def links(self) -> int:
        """The number of links."""
        return len(self.p)

    @property
    def has_cutoff(self) -> bool:
        """Whether any level has a cut-off."""
        return any(c is not None for c in self.cutoffs)

    def cutoff(self, level: int) -> int | None:
        """Return the cut-off of a level, the last given one for all above."""
        return self.cutoffs[min(level, len(self.cutoffs) - 1)]

    def rounds(self, level: int) -> int:
        """Return the rounds of purification of pairs of a level."""
        return self.purification[level] if level < len(self.purification) else 0


def chain(
    links: int,
    p: float | Sequence[float],
    q: float,
    cutoff: int | Sequence[int | None] | None,
    purification: Sequence[int],
    t_coherence: float | None,
    w0: float | Sequence[float],
    swap_werner: float,
    scheme: str,
) -> Chain:
    """Check what ``repeater_chain`` is given and return it as a Chain; InvalidInputError names the field."""
    count = checks.integer(links, "links", low=1, high=MOST_LINKS)
    if scheme not in ("nested", "asap"):
        raise InvalidInputError(f"scheme is {scheme!r}; allowed: 'nested', 'asap'")
    success = tuple(checks.probability(x, "p") for x in _each(p, count, "p"))
    if min(success) == 0.0:
        raise InvalidInputError("p is 0; a link that never works is no link")
    swap = checks.probability(q, "q")
    if swap == 0.0 and count > 1:
        raise InvalidInputError("q is 0; swaps that never succeed deliver no pair")
    werner = tuple(checks.probability(x, "w0") for x in _each(w0, count, "w0"))
    given: Sequence[int | None] = cutoff if isinstance(cutoff, Sequence) else (cutoff,)
    if not given:
        raise InvalidInputError("cutoff is empty; give None, one number, or one a level")
    cutoffs = tuple(None if c is None else checks.integer(c, "cutoff (attempts)", low=0) for c in given)
    rounds = tuple(checks.integer(r, "purification (rounds)", low=0, high=6) for r in purification)
    if any(rounds) and scheme == "asap":
        raise InvalidInputError("purification with scheme 'asap' is not defined; use scheme='nested'")
    if scheme == "asap" and len(cutoffs) > 1:
        raise InvalidInputError("cutoff has one number a level, but scheme 'asap' has no levels; give one")
    if any(rounds) and count & (count - 1):
        raise InvalidInputError(f"purification by level needs 2, 4, 8, … links; links is {count}")
    if len(rounds) > count.bit_length():
        raise InvalidInputError(
            f"purification has {len(rounds)} levels; {count} links have {count.bit_length()}"
        )
    time = (
        inf if t_coherence is None else checks.positive(t_coherence, "t_coherence (attempts)", infinite=True)
    )
    noise = checks.probability(swap_werner, "swap_werner")
    return Chain(success, swap, cutoffs, rounds, time, werner, noise, scheme)  # type: ignore[arg-type]


def _each(value: float | Sequence[float], count: int, field: str) -> Sequence[float]:
    if not isinstance(value, Sequence):
        return (value,) * count
    if len(value) != count:
        raise InvalidInputError(f"{field} has {len(value)} numbers; {count} links need one each")
    return value


def steps_of(chain: Chain) -> tuple[Step, ...]:
    """Return the steps of a nested chain in the order in which a stack machine takes them.

    The halves of a span of n links are of ⌈n/2⌉ and ⌊n/2⌋ links. ``rounds`` of purification take two pairs
    each of one round less, made side by side.
    """
    steps: list[Step] = []

    def span(low: int, count: int, rounds: int) -> int:
        first = len(steps)
        level = (count - 1).bit_length()
        if rounds:
            span(low, count, rounds - 1)
            span(low, count, rounds - 1)
            steps.append(Step(DISTIL, first, level=level))
        elif count == 1:
            steps.append(Step(LINK, first, low))
        else:
            left = (count + 1) // 2
            below = span(low, left, chain.rounds(_level(left)))
            right = count - left
            span(low + left, right, chain.rounds(_level(right)))
            steps.append(Step(SWAP, first, level=below))
        return level

    span(0, chain.links, chain.rounds(_level(chain.links)))
    return tuple(steps)


def _level(count: int) -> int:
    return (count - 1).bit_length()
