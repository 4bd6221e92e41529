"""The public channel: every message is tagged by its sender and checked by its receiver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from qnetframe_qkd.postprocessing.bits import Bits
from qnetframe_qkd.postprocessing.hashing import Authenticator

# (what the message is, its bytes) -> the bytes that arrive: where an attacker of the network may sit.
Tamper: TypeAlias = Callable[[str, bytes], bytes]


@dataclass
class PublicChannel:
    """Messages between two parties that share a key for authentication.

    Both take tags from the same key in the order of messages, whoever sends. ``tamper`` stands for whatever
    is on the way. AuthenticationError is raised where a message does not arrive as it was sent.
    """

    key: Bits
    tamper: Tamper | None = None
    bytes_sent: int = 0
    messages: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sender, self._receiver = Authenticator(self.key), Authenticator(self.key)

    @property
    def key_used(self) -> int:
        """How many bits of the pre-shared key are spent."""
        return self._sender.used

    def send(self, what: str, data: bytes) -> bytes:
        """Send a message and return what arrived, once its tag is checked."""
        tag = self._sender.tag(data)
        arrived = data if self.tamper is None else self.tamper(what, data)
        self.messages.append(what)
        self.bytes_sent += len(data)
        self._receiver.check(arrived, tag, what)
        return arrived
