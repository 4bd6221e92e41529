"""How pairs are made along a path: the order of swaps, purification, cut-offs; policies are functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.simulation.clock import picoseconds
from qnetframe.simulation.pairstates import Method

if TYPE_CHECKING:
    from qnetframe.simulation.pairs import Half
    from qnetframe.simulation.programs import Program

# Given the node's position, its halves to the left and to the right: which two to swap, or None.
SwapRule: TypeAlias = Callable[[int, Sequence["Half"], Sequence["Half"]], "tuple[Half, Half] | None"]
# Given the span (low, high) of a pair: how many rounds of purification it needs.
PurifyRule: TypeAlias = Callable[[int, int], int]
Spans: TypeAlias = Mapping[int, tuple[int, int]]


@dataclass(frozen=True)
class Strategy:
    """What the nodes of a path do.

    ``swapping``: "nested" (halves of halves), "asap" (whatever two pairs there are), an order of positions
    as a sequence (1, 3, 2: those that come first swap shorter pairs), or a function that makes a SwapRule
    of the number of links. ``purification``: rounds for each level of nesting, or a function of (low, high)
    positions; ``method`` "bbpssw" or "dejmps"; ``schedule`` "recurrence" purifies two pairs of as many
    rounds, "pumping" the best pair with a fresh one.

    ``cutoff`` (seconds, one or one a level) gives up a pair that has waited so long: "segment" counts from
    its oldest link and loses it alone, "siblings" from when it was made and loses with it what it waits
    for. ``sequential`` makes one end-to-end pair at a time: a link starts anew only when its pair was
    delivered or lost; otherwise as soon as its memories are free. ``handshake`` lets the two ends of a link
    agree by messages before attempts start, and a swapping node with both partners before it swaps.
    ``patience`` (seconds) is the longest that any half is kept; by default from the slowest link and the
    path. ``interior`` and ``endpoint`` are the programs of nodes, by default those of ``programs``.
    """

    swapping: str | Sequence[int] | Callable[[int], SwapRule] = "nested"
    purification: Sequence[int] | PurifyRule = ()
    method: Method = "dejmps"
    schedule: Literal["recurrence", "pumping"] = "recurrence"
    cutoff: float | Sequence[float | None] | None = None
    cutoff_scope: Literal["segment", "siblings"] = "segment"
    sequential: bool = False
    handshake: bool = False
    patience: float | None = None
    interior: Program | None = None
    endpoint: Program | None = None

    def __post_init__(self) -> None:
        if isinstance(self.swapping, str) and self.swapping not in ("nested", "asap"):
            raise InvalidInputError(
                f"swapping is {self.swapping!r}; allowed: 'nested', 'asap', an order of "
                "positions, or a function"
            )
        if self.method not in ("bbpssw", "dejmps"):
            raise InvalidInputError(f"method is {self.method!r}; allowed: 'bbpssw', 'dejmps'")
        if self.schedule not in ("recurrence", "pumping"):
            raise InvalidInputError(f"schedule is {self.schedule!r}; allowed: 'recurrence', 'pumping'")
        if self.cutoff_scope not in ("segment", "siblings"):
            raise InvalidInputError(f"cutoff_scope is {self.cutoff_scope!r}; allowed: 'segment', 'siblings'")
        if self.cutoff_scope == "siblings" and self.swapping == "asap":
            raise InvalidInputError("cutoff_scope 'siblings' needs an order of swaps; swapping is 'asap'")
        if not callable(self.purification):
            for rounds in self.purification:
                checks.integer(rounds, "purification (rounds)", low=0, high=6)
        self.cutoff_ticks(0)
        if self.patience is not None:
            checks.positive(self.patience, "patience (seconds)")

    def cutoff_ticks(self, level: int) -> int | None:
        """Return the cut-off of a level in picoseconds, None without one."""
        given: Any = self.cutoff if isinstance(self.cutoff, Sequence) else (self.cutoff,)
        if not given:
            return None
        value = given[min(level, len(given) - 1)]
        return None if value is None else picoseconds(value, "cutoff (seconds)")

    def rounds(self, low: int, high: int) -> int:
        """Return the rounds of purification that a pair between two positions needs."""
        if callable(self.purification):
            return self.purification(low, high)
        level = level_of(high - low)
        return self.purification[level] if level < len(self.purification) else 0

    def lanes_needed(self, links: int) -> int:
        """Return how many lanes of each link the purification needs at once.

        A round of purification waits with one pair for another: one memory a round, on every level.
        """
        spans = self.spans(links)
        if spans is None:
            # Which spans there will be is not known: those of a chain of pairs, each one link longer.
            around = [[(low, high) for high in range(low + 1, links + 1)] for low in range(links)]
        else:
            inner = [(low, low + 1) for low in range(links)]
            all_spans = {*spans.values(), *inner}
            around = [[s for s in all_spans if s[0] <= low < s[1]] for low in range(links)]
        return 1 + max(sum(self.rounds(*span) for span in held) for held in around)

    def spans(self, links: int) -> Spans | None:
        """Return the span (low, high) of each position's swap; None for "asap" and functions."""
        if self.swapping == "nested":
            return _nested(0, links)
        if isinstance(self.swapping, str) or callable(self.swapping):
            return None
        order = [checks.integer(i, "swapping (position)", low=1, high=links - 1) for i in self.swapping]
        if sorted(order) != list(range(1, links)):
            raise InvalidInputError(
                f"swapping is {tuple(order)}; it must have each position from 1 to {links - 1} once"
            )
        rank = {position: i for i, position in enumerate(order)}
        found = {}
        for position in order:
            low = next((i for i in range(position - 1, 0, -1) if rank[i] > rank[position]), 0)
            high = next((i for i in range(position + 1, links) if rank[i] > rank[position]), links)
            found[position] = (low, high)
        return found

    def rule(self, links: int) -> SwapRule:
        """Return which two halves a node of a path of so many links swaps."""
        if callable(self.swapping):
            return self.swapping(links)
        spans = self.spans(links)
        return as_soon_as_possible(self) if spans is None else in_order(self, spans)


def level_of(links: int) -> int:
    """Return how many levels of nesting a pair over so many links stands on."""
    return (links - 1).bit_length()


def _nested(low: int, high: int) -> dict[int, tuple[int, int]]:
    """Return the spans of halves of ⌈n/2⌉ and ⌊n/2⌋ links."""
    if high - low < 2:
        return {}
    middle = low + (high - low + 1) // 2
    return {middle: (low, high)} | _nested(low, middle) | _nested(middle, high)


def in_order(strategy: Strategy, spans: Spans) -> SwapRule:
    """Return the rule that swaps when both pairs span what they should, purified as they should be."""
    needed = {
        at: (low, high, strategy.rounds(low, at), strategy.rounds(at, high))
        for at, (low, high) in spans.items()
    }

    def choose(at: int, left: Sequence[Half], right: Sequence[Half]) -> tuple[Half, Half] | None:
        low, high, before, after = needed[at]
        a = next((h for h in left if h.reach == low and h.rounds >= before and not h.busy), None)
        if a is None:
            return None
        b = next((h for h in right if h.reach == high and h.rounds >= after and not h.busy), None)
        return None if b is None else (a, b)

    return choose


def as_soon_as_possible(strategy: Strategy) -> SwapRule:
    """Return the rule that swaps the oldest two pairs there are, purified as their spans need."""

    def ready(h: Half) -> bool:
        return not h.busy and h.rounds >= strategy.rounds(*sorted((h.position, h.reach)))

    def choose(at: int, left: Sequence[Half], right: Sequence[Half]) -> tuple[Half, Half] | None:
        a = next(filter(ready, left), None)
        b = next(filter(ready, right), None) if a is not None else None
        return None if a is None or b is None else (a, b)

    return choose
