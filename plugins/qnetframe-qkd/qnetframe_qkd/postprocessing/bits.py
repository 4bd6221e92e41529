"""Arrays of bits (uint8, 0 or 1) and where random ones come from."""

from __future__ import annotations

import secrets
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qnetframe.errors import InvalidInputError

Bits = NDArray[np.uint8]


class Randomness(Protocol):
    """A source of random bits."""

    def bits(self, number: int) -> Bits:
        """Return this many random bits."""
        ...

    def integer(self, below: int) -> int:
        """Return a random number from 0 on, below a bound."""
        ...


class SystemRandomness:
    """The operating system's generator, through ``secrets``: for keys that are to be used."""

    def bits(self, number: int) -> Bits:
        """Return this many random bits."""
        raw = np.frombuffer(secrets.token_bytes((number + 7) // 8), np.uint8)
        return np.unpackbits(raw, count=number)

    def integer(self, below: int) -> int:
        """Return a random number from 0 on, below a bound."""
        return secrets.randbelow(below)


class SeededRandomness:
    """A reproducible generator, for simulations: its keys are no secret."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def bits(self, number: int) -> Bits:
        """Return this many random bits."""
        raw = np.frombuffer(self._rng.bytes((number + 7) // 8), np.uint8)
        return np.unpackbits(raw, count=number)

    def integer(self, below: int) -> int:
        """Return a random number from 0 on, below a bound."""
        return int.from_bytes(self._rng.bytes((below.bit_length() + 7) // 8 + 8), "little") % below


def as_bits(value: Any, field: str) -> Bits:
    """Return a one-dimensional array of 0 and 1 as uint8."""
    array = np.asarray(value)
    if array.ndim != 1 or (len(array) and not ((array == 0) | (array == 1)).all()):
        raise InvalidInputError(f"{field} has shape {array.shape}; it must be a row of bits, 0 or 1")
    return np.ascontiguousarray(array, dtype=np.uint8)


def same_length(alice: Any, bob: Any) -> tuple[Bits, Bits]:
    """Return two rows of bits of equal length."""
    a, b = as_bits(alice, "alice"), as_bits(bob, "bob")
    if len(a) != len(b):
        raise InvalidInputError(f"alice has {len(a)} bits and bob {len(b)}; they must have as many")
    return a, b


def to_bytes(bits: Bits) -> bytes:
    """Return bits packed, the first one highest, with zeros at the end."""
    return np.packbits(bits).tobytes()
