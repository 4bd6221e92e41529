"""A detector error model as plain data: independent errors, what each flips, and how likely each is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qnetframe.errors import UnsupportedError

if TYPE_CHECKING:
    import stim


Packed = NDArray[np.uint8]
# A part of an error that can happen, with three detectors or more.
_HYPEREDGE = re.compile(
    r"^\s*error(?:\[[^\]\n]*\])?\((?!0\))[^\n]*?(?P<part>D\d+(?: L\d+)* D\d+(?: L\d+)* D\d+[^\n^]*)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class ErrorModel:
    """Distinct errors: the detectors and observables that each flips, and its probability.

    Suggested decompositions are undone; errors that flip the same things are merged.
    """

    num_detectors: int
    num_observables: int
    detectors: tuple[tuple[int, ...], ...]
    observables: tuple[tuple[int, ...], ...]
    probabilities: NDArray[np.float64]

    @staticmethod
    def of(dem: stim.DetectorErrorModel) -> ErrorModel:
        """Return the errors of a detector error model, in order of first mention."""
        found: dict[tuple[tuple[int, ...], tuple[int, ...]], float] = {}
        for detectors, observables, p in flat_errors(dem):
            key = (detectors, observables)
            before = found.get(key, 0.0)
            found[key] = before * (1 - p) + p * (1 - before)
        return ErrorModel(
            dem.num_detectors,
            dem.num_observables,
            tuple(d for d, _ in found),
            tuple(o for _, o in found),
            np.array(list(found.values())),
        )

    @cached_property
    def check_matrix(self) -> Any:
        """The sparse (detectors, errors) matrix of which error flips which detector."""
        return _incidence(self.detectors, self.num_detectors)

    @cached_property
    def observable_matrix(self) -> Any:
        """The sparse (observables, errors) matrix of which error flips which observable."""
        return _incidence(self.observables, self.num_observables)

    @cached_property
    def masks(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Each error's detectors and observables as integers: bit i is detector or observable i."""
        return (
            np.array([sum(1 << d for d in ds) for ds in self.detectors], dtype=np.int64),
            np.array([sum(1 << o for o in os) for os in self.observables], dtype=np.int64),
        )


def flat_errors(
    dem: stim.DetectorErrorModel,
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], float]]:
    """Yield (detectors, observables, probability) of every error that can happen and flips something."""
    for instruction in dem.flattened():
        if instruction.type != "error":
            continue
        flipped: set[stim.DemTarget] = set()
        for target in instruction.targets_copy():
            if not target.is_separator():
                flipped ^= {target}
        p = instruction.args_copy()[0]
        if flipped and p > 0:
            yield (
                tuple(sorted(t.val for t in flipped if t.is_relative_detector_id())),
                tuple(sorted(t.val for t in flipped if t.is_logical_observable_id())),
                p,
            )


def require_graphlike(dem: stim.DetectorErrorModel, decoder: str) -> None:
    """Raise UnsupportedError if a part of an error flips more than two detectors."""
    # Searching the text is ten times as fast as walking through the instructions.
    found = _HYPEREDGE.search(str(dem))
    if found:
        detectors = re.findall(r"D\d+", found.group("part"))
        raise UnsupportedError(
            f"decoder {decoder!r} cannot handle hyperedges: an error flips {len(detectors)} detectors "
            f"({', '.join(detectors[:6])}{', …' if len(detectors) > 6 else ''}) and does not decompose into "
            "pairs; take bp-osd or tesseract, lookup or maximum-likelihood if small"
        )


def unpacked(rows: Packed, count: int) -> NDArray[np.uint8]:
    """Return the (shots, count) bits of packed rows, first bit lowest."""
    return np.unpackbits(rows, axis=1, count=count, bitorder="little")


def packed(bits: NDArray[Any]) -> Packed:
    """Return the rows of (shots, count) bits, packed with the first bit lowest."""
    return np.packbits(bits.astype(bool), axis=1, bitorder="little")


def integers(rows: Packed) -> NDArray[np.int64]:
    """Return each packed row of at most 62 bits as an integer: bit i is bit i of the row."""
    total = np.zeros(len(rows), dtype=np.int64)
    for i in range(rows.shape[1]):
        total |= rows[:, i].astype(np.int64) << (8 * i)
    return total


def from_integers(values: NDArray[np.int64], count: int) -> Packed:
    """Return integers as packed rows of ``count`` bits."""
    width = (count + 7) // 8
    return np.stack([(values >> (8 * i) & 255).astype(np.uint8) for i in range(width)], axis=1)


def distinct(rows: Packed) -> tuple[Packed, NDArray[np.int64]]:
    """Return the distinct rows, and for each row which of them it is."""
    if not len(rows) or not rows.shape[1]:
        return rows[:1], np.zeros(len(rows), dtype=np.int64)
    joined = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1]))).ravel()
    _, first, which = np.unique(joined, return_index=True, return_inverse=True)
    return rows[first], which.reshape(-1)


def _incidence(columns: tuple[tuple[int, ...], ...], rows: int) -> Any:
    from scipy.sparse import csc_matrix

    places = [r for column in columns for r in column]
    starts = np.cumsum([0, *map(len, columns)])
    return csc_matrix((np.ones(len(places), dtype=np.uint8), places, starts), shape=(rows, len(columns)))
