"""What each event and message of a timeline waits for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, Union

from qnetframe.placement.timeline import Event, Mark, Message, Timeline
from qnetframe.values import parities_of

Item: TypeAlias = Union[Event, Mark, Message]


def start_of(item: Item) -> float:
    """Return when something starts or is sent, in seconds."""
    return item.sent if isinstance(item, Message) else item.start


def end_of(item: Item) -> float:
    """Return when something ends or arrives, in seconds."""
    return item.received if isinstance(item, Message) else item.end


@dataclass(frozen=True, slots=True)
class Cause:
    """The number of an item that another waited for, and the qubit or bits on whose account it did."""

    number: int
    what: str


@dataclass
class Dependencies:
    """The causes of all items of a timeline.

    ``items`` are the events that are not idle and the marks, in the order of the program, then the messages.
    Idle events are left out: they wait for others, and nothing waits for them.
    """

    timeline: Timeline
    items: list[Item] = field(default_factory=list)
    _before: list[tuple[tuple[str, int], ...]] = field(default_factory=list)
    _recorder: dict[str, int] = field(default_factory=dict)
    _sent_to: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        last: dict[str, int] = {}
        for item in _in_order(self.timeline):
            qubits = (item.qubit,) if isinstance(item, Mark) else (*item.qubits, *item.through)
            self._before.append(tuple((q, last[q]) for q in qubits if q in last))
            last.update(dict.fromkeys(qubits, len(self.items)))
            self._recorder.update(dict.fromkeys(item.bits, len(self.items)))
            self.items.append(item)
        for message in self.timeline.messages:
            for bit in message.bits:
                self._sent_to.setdefault((message.receiver, bit), []).append(len(self.items))
            self.items.append(message)

    def causes(self, number: int) -> Iterator[Cause]:
        """Yield what an item waits for: what its qubits do before, and the bits that it needs."""
        item = self.items[number]
        if isinstance(item, Message):
            yield from self._recorded(item.bits)
            return
        for qubit, earlier in self._before[number]:
            yield from self._busy(qubit, earlier)
        if isinstance(item, Event) and item.when is not None:
            party = item.parties[0]
            for parity in parities_of(item.when):
                told = [(bit, self._sent_to.get((party, bit), ())) for bit in parity.bits]
                for n in sorted({n for _, numbers in told for n in numbers}):
                    bits = self.items[n].bits
                    if set(bits) <= set(parity.bits):
                        yield Cause(n, " ^ ".join(bits))
                yield from self._recorded(bit for bit, numbers in told if not numbers)

    def _recorded(self, bits: Iterable[str]) -> Iterator[Cause]:
        """Yield what records some bits; coins are known from the start."""
        for bit in bits:
            if bit in self._recorder:
                yield Cause(self._recorder[bit], bit)

    def _busy(self, qubit: str, earlier: int) -> Iterator[Cause]:
        item = self.items[earlier]
        if isinstance(item, Event) and item.just_in_time:
            # It could have been initialised earlier, so that nothing waits for it, but for what was before.
            for other, number in self._before[earlier]:
                yield from self._busy(other, number)
        else:
            yield Cause(earlier, qubit)

    def ends_of_messages(self) -> list[tuple[str | None, str | None]]:
        """Return for each message the qubit that gives the last of its bits, and that which it is for.

        None stands for a coin, which no qubit gives, and for a message that nothing waits for.
        """
        first = len(self.items) - len(self.timeline.messages)
        readers: dict[int, str] = {}
        for i, item in enumerate(self.items[:first]):
            if isinstance(item, Event) and item.when is not None:
                for cause in self.causes(i):
                    if cause.number >= first:
                        readers.setdefault(cause.number, item.qubits[0])
        return [(self._source(n), readers.get(n)) for n in range(first, len(self.items))]

    def _source(self, message: int) -> str | None:
        last = max(
            (c.number for c in self.causes(message)), key=lambda n: end_of(self.items[n]), default=None
        )
        item = None if last is None else self.items[last]
        return item.qubit if isinstance(item, Mark) else item.qubits[0] if isinstance(item, Event) else None


def _in_order(timeline: Timeline) -> Iterator[Event | Mark]:
    marks = list(timeline.marks)
    for i, event in enumerate(timeline.events):
        while marks and marks[0].position <= i:
            yield marks.pop(0)
        if event.kind != "idle":
            yield event
    yield from marks
