"""The ledger: where every bit of a run went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qnetframe.errors import QnetframeError


@dataclass(frozen=True)
class Entry:
    """One line: what it is, and the bits that it adds (or takes, below 0)."""

    what: str
    bits: int


@dataclass(frozen=True)
class Ledger:
    """Lines that lead from the sifted bits to the key, then to what the key nets after authentication.

    Raises QnetframeError where they do not add up.
    """

    entries: tuple[Entry, ...]
    key_bits: int
    authentication_bits: int

    def __post_init__(self) -> None:
        if self.balance != self.key_bits:
            raise QnetframeError(
                f"the ledger adds up to {self.balance} bits, but the key has {self.key_bits}"
            )

    @property
    def balance(self) -> int:
        """The sum of all lines."""
        return sum(e.bits for e in self.entries)

    @property
    def net_bits(self) -> int:
        """The key, less the pre-shared bits that authentication used up."""
        return self.key_bits - self.authentication_bits

    def to_dict(self) -> dict[str, Any]:
        """Return the ledger as plain JSON values."""
        lines: Mapping[str, int] = {e.what: e.bits for e in self.entries}
        return {
            "entries": dict(lines),
            "key": self.key_bits,
            "authentication": self.authentication_bits,
            "net": self.net_bits,
        }

    def __str__(self) -> str:
        lines = [*((e.what, e.bits) for e in self.entries), ("= key", self.key_bits),
                 ("authentication used", -self.authentication_bits), ("= net", self.net_bits)]  # fmt: skip
        width = max(len(what) for what, _ in lines)
        return "\n".join(f"{what:<{width}}  {bits:>14,}" for what, bits in lines)
