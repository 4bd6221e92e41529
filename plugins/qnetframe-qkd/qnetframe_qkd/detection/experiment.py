"""Experiment: independent signals, each with a random setting and an outcome that depends on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.errors import InvalidInputError

Floats = NDArray[np.float64]
# Detections in memory at once, about 10 bytes each.
_CAPACITY = 1 << 21


@dataclass(frozen=True)
class Memory:
    """What a detector remembers between signals.

    After a click it is blind for ``dead_signals`` signals (dead time times repetition rate), and with
    ``afterpulse_probability`` it clicks once more, on average ``afterpulse_delay`` signals after the end of
    the dead time (geometrically distributed).
    """

    dead_signals: int = 0
    afterpulse_probability: float = 0.0
    afterpulse_delay: float = 1.0

    def __post_init__(self) -> None:
        checks.integer(self.dead_signals, "dead_signals", low=0)
        checks.probability(self.afterpulse_probability, "afterpulse_probability")
        if checks.finite(self.afterpulse_delay, "afterpulse_delay") < 1.0:
            raise InvalidInputError(f"afterpulse_delay is {self.afterpulse_delay!r}; it must be at least 1")

    @property
    def none(self) -> bool:
        """Whether it remembers nothing."""
        return self.dead_signals == 0 and self.afterpulse_probability == 0.0


@dataclass(frozen=True)
class Detections:
    """Detected signals in the order of time.

    ``index`` is the number of the signal, ``setting`` that of its setting, ``clicks`` the detectors that
    clicked (bit i for detector i), ``symbol`` the number of what Eve noted.
    """

    index: NDArray[np.int64]
    setting: NDArray[np.uint16]
    clicks: NDArray[np.uint8]
    symbol: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.index)


@dataclass(frozen=True, eq=False)
class Experiment:
    """Settings with weights, and for each the probability of every (symbol of Eve, pattern of clicks).

    ``settings`` are tuples of values, named by ``fields``; ``weights`` are (S,) and add up to 1; ``table`` is
    (S, E, 2**detectors): pattern 0 is no click. ``symbols`` name what Eve notes (one, "", without Eve).
    """

    fields: tuple[str, ...]
    settings: tuple[tuple[Any, ...], ...]
    weights: Floats
    table: Floats
    symbols: tuple[str, ...] = ("",)

    def __post_init__(self) -> None:
        shape = (len(self.settings), len(self.symbols))
        if self.table.shape[:2] != shape or self.weights.shape != shape[:1]:
            raise InvalidInputError(f"table has shape {self.table.shape}; it must start with {shape}")
        if self.table.min() < -1e-12 or abs(self.table.sum(axis=(1, 2)) - 1).max() > 1e-9:
            raise InvalidInputError("each setting's probabilities must be at least 0 and add up to 1")
        if self.weights.min() < 0 or abs(self.weights.sum() - 1) > 1e-9:
            raise InvalidInputError("weights of settings must be at least 0 and add up to 1")

    @property
    def detectors(self) -> int:
        """The number of detectors."""
        return int(self.table.shape[2]).bit_length() - 1

    def column(self, name: str) -> NDArray[Any]:
        """Return one field of every setting, (S,)."""
        return np.array([s[self.fields.index(name)] for s in self.settings])

    @cached_property
    def joint(self) -> Floats:
        """The probability of each (setting, symbol, pattern)."""
        return np.asarray(self.weights[:, None, None] * self.table)

    @property
    def detection_probability(self) -> float:
        """The probability that a signal makes any click, without memory of detectors."""
        return float(self.joint[:, :, 1:].sum())

    def counts(
        self, signals: int, rng: np.random.Generator, memory: Memory | None = None
    ) -> NDArray[np.int64]:
        """Return how often each (setting, symbol, pattern) occurs among ``signals``: one multinomial draw.

        With ``memory`` signals are simulated one after the other. Settings of signals without a click are not
        drawn then: their numbers are what is expected of the setting, less its detections.
        """
        if memory is None or memory.none:
            flat = np.maximum(self.joint.ravel(), 0.0)
            return rng.multinomial(signals, flat / flat.sum()).reshape(self.table.shape)
        _, symbols, patterns = self.table.shape
        found = np.zeros(self.table.size, np.int64)
        for chunk in self.sample(signals, rng, memory):
            place = (chunk.setting.astype(np.int64) * symbols + chunk.symbol) * patterns + chunk.clicks
            found += np.bincount(place, minlength=found.size)
        counted = found.reshape(self.table.shape)
        silent = np.maximum(self.table[:, :, 0], 0.0)
        silent /= np.maximum(silent.sum(axis=1, keepdims=True), 1e-300)
        left = np.maximum(self.weights * signals - counted.sum(axis=(1, 2)), 0.0)
        counted[:, :, 0] = np.rint(left[:, None] * silent)
        return counted

    def sample(
        self, signals: int, rng: np.random.Generator, memory: Memory | None = None
    ) -> Iterator[Detections]:
        """Yield the detected signals of ``signals`` sent, in chunks; memory stays flat however many.

        Signals that cannot click are jumped over: the gap to the next candidate is geometric with the
        largest probability of any setting, and a candidate is kept with its setting's share of that. This is
        the exact distribution (thinning). Settings of signals that were not detected are never drawn.
        """
        from qnetframe_qkd.detection import _kernel

        checks.integer(signals, "signals", low=0)
        state = _kernel.State(self, memory or Memory())
        while state.position < signals:
            yield Detections(*state.fill(signals, rng, _CAPACITY))
