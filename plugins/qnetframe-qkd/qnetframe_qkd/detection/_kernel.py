"""The loop over candidates, compiled. Imported on use, for numba takes its time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

if TYPE_CHECKING:
    from qnetframe_qkd.detection.experiment import Experiment, Memory

_NEVER = -(1 << 62)


def alias_table(weights: Any) -> tuple[Any, Any]:
    """Return (keep, other) of the alias method: Walker, Electron. Lett. 10, 127 (1974)."""
    size = len(weights)
    keep = np.array(weights, dtype=float) * size
    other = np.arange(size)
    small = [i for i in range(size) if keep[i] < 1]
    large = [i for i in range(size) if keep[i] >= 1]
    while small and large:
        low, high = small.pop(), large.pop()
        other[low] = high
        keep[high] -= 1 - keep[low]
        (small if keep[high] < 1 else large).append(high)
    for i in small + large:
        keep[i] = 1.0
    return keep, other


class State:
    """Where a run stands: position, what detectors remember, and the tables of the experiment."""

    def __init__(self, experiment: Experiment, memory: Memory) -> None:
        table = np.maximum(experiment.table, 0.0)
        clicking = table[:, :, 1:].reshape(len(table), -1)
        self.most = min(1.0, float(clicking.sum(axis=1)[experiment.weights > 0].max()))
        self.tables = (
            *alias_table(experiment.weights),
            np.cumsum(clicking, axis=1) / max(self.most, 1e-300),
            np.cumsum(table[:, :, 0], axis=1),
            table.shape[2] - 1,
        )
        detectors = experiment.detectors
        self.last = np.full(detectors, _NEVER, np.int64)
        self.pending = np.full(detectors, np.iinfo(np.int64).max, np.int64)
        self.memory = (memory.dead_signals, memory.afterpulse_probability, 1 / memory.afterpulse_delay)
        self.position = 0
        # The next candidate; the first signal has number 0.
        self.candidate = -1

    def fill(self, signals: int, rng: Any, capacity: int) -> tuple[Any, Any, Any, Any]:
        """Return arrays of the next detections, at most ``capacity``."""
        left = signals - self.position
        expected = left * (self.most + self.memory[1])
        size = int(min(capacity, left, expected + 8 * math.sqrt(expected) + 64))
        arrays = (
            np.empty(size, np.int64), np.empty(size, np.uint16), np.empty(size, np.uint8), np.empty(size,
            np.uint8),
        )  # fmt: skip
        filled, self.position, self.candidate = _fill(
            rng, self.position, self.candidate, signals, self.most, *self.tables, *self.memory, self.last,
            self.pending, *arrays,
        )  # fmt: skip
        index, setting, clicks, symbol = (a[:filled] for a in arrays)
        return index, setting, clicks, symbol


@numba.njit(cache=True)
def _gap(rng: Any, probability: float, log_miss: float) -> int:
    if probability >= 1.0:
        return 1
    return 1 + int(math.log(1.0 - rng.random()) / log_miss)


@numba.njit(cache=True)
def _fill(
    rng: Any, position: int, candidate: int, stop: int, most: float, keep: Any, other: Any, clicking: Any,
    silent: Any, patterns: int, dead: int, after: float, after_rate: float, last: Any, pending: Any,
    index: Any, setting: Any, clicks: Any, symbol: Any,
) -> tuple[int, int, int]:  # fmt: skip
    settings, detectors, never = len(keep), len(last), np.iinfo(np.int64).max
    log_miss = math.log1p(-most) if most < 1.0 else 0.0
    log_after = math.log1p(-after_rate) if after_rate < 1.0 else 0.0
    remembers = dead > 0 or after > 0.0
    filled = 0
    if candidate < position:
        candidate = position - 1 + _gap(rng, most, log_miss) if most > 0.0 else never
    while filled < len(index):
        here = candidate
        if after > 0.0:
            for d in range(detectors):
                here = min(here, pending[d])
        if here >= stop:
            return filled, stop, candidate
        u = rng.random() * settings
        s = int(u)
        if u - s >= keep[s]:
            s = other[s]
        mask = 0
        eve = -1
        if here == candidate:
            u = rng.random()
            row = clicking[s]
            if u < row[-1]:
                k = 0
                while u >= row[k]:
                    k += 1
                eve, mask = k // patterns, k % patterns + 1
            candidate = here + _gap(rng, most, log_miss)
        if remembers:
            for d in range(detectors):
                if pending[d] == here:
                    mask |= 1 << d
                    pending[d] = never
                if mask >> d & 1 and here - last[d] <= dead:
                    mask ^= 1 << d
                if mask >> d & 1:
                    last[d] = here
                    if pending[d] == never and after > 0.0 and rng.random() < after:
                        pending[d] = here + dead + _gap(rng, after_rate, log_after)
        if mask:
            if eve < 0:
                u = rng.random() * silent[s, -1]
                eve = 0
                while u >= silent[s, eve] and eve < silent.shape[1] - 1:
                    eve += 1
            index[filled] = here
            setting[filled] = s
            clicks[filled] = mask
            symbol[filled] = eve
            filled += 1
        position = here + 1
    return filled, position, candidate
