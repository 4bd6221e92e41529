"""Messages: when the bits of a condition are known where it is needed, and what had to be sent for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from qnetframe.placement.sites import Sites
from qnetframe.placement.timeline import Message
from qnetframe.values import Condition, parities_of


@dataclass
class Messages:
    """The recorded bits, who knows them since when, and the messages sent so far."""

    sites: Sites
    sent: list[Message] = field(default_factory=list)
    _owners: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _time: dict[str, float] = field(default_factory=dict)
    _received: dict[tuple[str, str, tuple[str, ...]], float] = field(default_factory=dict)

    def record(self, bit: str, owners: tuple[str, ...], time: float) -> None:
        """Say that some parties know a bit from a time on."""
        self._owners[bit], self._time[bit] = owners, time

    def arrival(self, condition: Condition, party: str) -> float:
        """Return when a party can evaluate a condition.

        Each other party sends the parity of its bits as one message, as soon as it knows them, along the
        fastest route; what was sent before is not sent again.
        """
        return max((self._parity(p.bits, party) for p in parities_of(condition)), default=0.0)

    def _parity(self, bits: tuple[str, ...], party: str) -> float:
        known = 0.0
        by_sender: dict[str, list[str]] = {}
        for bit in bits:
            if party in self._owners[bit]:
                known = max(known, self._time[bit])
            else:
                sender = min(self._owners[bit], key=lambda owner: self.sites.light_time(owner, party))
                by_sender.setdefault(sender, []).append(bit)
        for sender, parts in by_sender.items():
            key = (sender, party, tuple(parts))
            if key not in self._received:
                sent = max(self._time[b] for b in parts)
                received = sent + self.sites.light_time(sender, party)
                self._received[key] = received
                self.sent.append(Message(sender, party, tuple(parts), sent, received))
            known = max(known, self._received[key])
        return known
