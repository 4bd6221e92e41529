"""Random numbers that are the same on any machine: a stream for each name, times without a logarithm."""

from __future__ import annotations

import random
from hashlib import sha256


def stream(seed: int, name: str) -> random.Random:
    """Return the random numbers of one part of a simulation, which no other part shares."""
    return random.Random(int.from_bytes(sha256(f"{seed}/{name}".encode()).digest()[:16], "big"))


def exponential(rng: random.Random) -> float:
    """Return an exponentially distributed number of mean 1, by comparisons alone.

    J. von Neumann, "Various techniques used in connection with random digits" (1951): the first number of a
    falling run of odd length, plus one for every run of even length before.
    """
    whole = 0.0
    while True:
        first = last = rng.random()
        length = 1
        while (following := rng.random()) < last:
            last = following
            length += 1
        if length % 2:
            return whole + first
        whole += 1.0


class Attempts:
    """Draws how many attempts a success takes: P(K > k) = (1-p)^k.

    Inversion by binary search with the powers (1-p)^(2^j), which are made of products alone: IEEE arithmetic
    gives the same count everywhere, where a logarithm may differ in its last digit.
    """

    __slots__ = ("_powers",)

    def __init__(self, p: float) -> None:
        powers: list[float] = []
        power = 1.0 - p
        while power > 0.0 and len(powers) < 62:
            powers.append(power)
            power *= power
            # What is left is below the smallest uniform number, 2^-53.
            if power < 1e-17:
                break
        self._powers = tuple((1 << j, x) for j, x in reversed(list(enumerate(powers))))

    def draw(self, rng: random.Random) -> int:
        """Return the number of attempts, from 1."""
        left = 1.0 - rng.random()
        reached, count = 1.0, 1
        for step, power in self._powers:
            further = reached * power
            if further >= left:
                reached = further
                count += step
        return count
