"""Hashes that need no assumption: verification, and Wegman-Carter tags."""

from __future__ import annotations

import math

from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe_qkd.postprocessing.bits import Bits, Randomness, to_bytes

PRIME = (1 << 127) - 1
TAG_BITS = 127
_CHUNK = 15


class AuthenticationError(QnetframeError):
    """A message's tag is not that of its text: somebody changed one of them."""


def polynomial(data: bytes, point: int) -> int:
    """Return the polynomial whose coefficients are the data (15 bytes each, then the length), at a point.

    Modulo the prime 2**127 - 1: two texts of at most L chunks collide for at most L + 1 of the points.
    Source: den Boer, J. Comput. Secur. 2, 65 (1993).
    """
    value = 1
    for i in range(0, len(data), _CHUNK):
        value = (value * point + int.from_bytes(data[i : i + _CHUNK], "big")) % PRIME
    return (value * point + len(data)) * point % PRIME


def verification_bits(epsilon_cor: float) -> int:
    """Return the length of the hash that leaves errors unseen with at most ε_cor: log2(4/ε), rounded up."""
    return math.ceil(math.log2(4 / epsilon_cor))


def verification_hash(bits: Bits, length: int, keys: tuple[int, int, int]) -> int:
    """Return ``length`` bits: a polynomial at ``keys[0]``, then a pairwise independent map by the others.

    Unequal keys of n bits agree with at most n/120/2**127 + 2/2**length. Source: Carter, Wegman, J. Comput.
    Syst. Sci. 18, 143 (1979).
    """
    first = polynomial(to_bytes(bits) + len(bits).to_bytes(8, "big"), keys[0])
    return (keys[1] * first + keys[2]) % PRIME % (1 << length)


def hash_keys(randomness: Randomness) -> tuple[int, int, int]:
    """Return the public keys of a verification hash."""
    return randomness.integer(PRIME), 1 + randomness.integer(PRIME - 1), randomness.integer(PRIME)


class Authenticator:
    """One party's half of an authenticated channel: tags made of a pre-shared key, counted.

    A tag is the polynomial hash, at a point that stays the same, plus a fresh one-time pad: Wegman, Carter,
    J. Comput. Syst. Sci. 22, 265 (1981); that the point may stay: Portmann, IEEE Trans. Inf. Theory 60, 4383
    (2014). A forgery of a text of L bytes succeeds with at most (L/15 + 2)/2**127.
    """

    def __init__(self, key: Bits) -> None:
        self._key = key
        self.used = 0
        self._point = self._take()

    def _take(self) -> int:
        if self.used + TAG_BITS > len(self._key):
            raise InvalidInputError(
                f"the pre-shared key has {len(self._key)} bits, all used; each tag needs {TAG_BITS} more"
            )
        part = self._key[self.used : self.used + TAG_BITS]
        self.used += TAG_BITS
        return int("".join(map(str, part)), 2) % PRIME

    def tag(self, text: bytes) -> int:
        """Return the tag of the next message."""
        return (polynomial(text, self._point) + self._take()) % PRIME

    def check(self, text: bytes, tag: int, what: str) -> None:
        """Raise AuthenticationError unless the tag is that of the text."""
        if self.tag(text) != tag:
            raise AuthenticationError(f"the message {what!r} was altered on its way: its tag does not fit")
