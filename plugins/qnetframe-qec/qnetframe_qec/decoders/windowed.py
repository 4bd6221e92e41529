"""Matching in windows that follow the rounds, as a memory that runs on and on needs it.

E. Dennis et al., J. Math. Phys. 43, 4452 (2002), section VI.B (the overlapping recovery method).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe_qec.decoders.model import Packed, packed, require_graphlike, unpacked

if TYPE_CHECKING:
    import stim


@dataclass(frozen=True)
class WindowedMatching:
    """Matching of ``window`` rounds at a time, of which the first ``commit`` are settled before it moves on.

    Rounds are the third coordinate of the detectors; where none has one, everything is one window. The last
    window takes what is left. A window of at least the distance, of which half is settled, fails hardly more
    often than matching of everything at once; a result is then ``window - commit`` rounds late, beside the
    time of decoding.
    """

    window: int = 6
    commit: int = 3

    def __post_init__(self) -> None:
        checks.integer(self.window, "window", low=1)
        checks.integer(self.commit, "commit", low=1)
        if self.commit > self.window:
            raise InvalidInputError(f"commit is {self.commit}; it must be at most the window, {self.window}")

    def compile_decoder_for_dem(self, *, dem: stim.DetectorErrorModel) -> CompiledWindows:
        """Return the decoder; UnsupportedError for hyperedges and for detectors without a round."""
        require_graphlike(dem, "windowed-matching")
        places = dem.get_detector_coordinates()
        known = {detector: int(place[2]) for detector, place in places.items() if len(place) > 2}
        rounds = np.zeros(dem.num_detectors, dtype=np.int64)
        for detector in range(dem.num_detectors) if known else ():
            if detector not in known:
                raise UnsupportedError(
                    f"decoder 'windowed-matching' needs the round of D{detector} as its third coordinate; "
                    f"it has {list(places.get(detector, ()))}"
                )
            rounds[detector] = known[detector]
        return CompiledWindows(tuple(_edges(dem)), rounds - rounds.min(initial=0), dem.num_observables, self)

    def delay(self, round_time: float, decoding_time: float = 0.0) -> float:
        """Return the seconds from the last round that is settled to its result.

        ``round_time`` are the seconds of a round and ``decoding_time`` those of decoding a window; qubits
        that wait for the result decohere meanwhile.
        """
        checks.non_negative(round_time, "round_time (seconds)")
        checks.non_negative(decoding_time, "decoding_time (seconds)")
        return (self.window - self.commit) * round_time + decoding_time


@dataclass(frozen=True)
class _Edge:
    """A part of an error: at most two detectors, the observables that it flips, and its weight."""

    detectors: tuple[int, ...]
    observables: tuple[int, ...]
    weight: float


@dataclass(frozen=True)
class CompiledWindows:
    """The matching graphs of every window."""

    edges: tuple[_Edge, ...]
    rounds: NDArray[np.int64]
    num_observables: int
    settings: WindowedMatching

    def decode_shots_bit_packed(self, *, bit_packed_detection_event_data: Packed) -> Packed:
        """Return the predictions; see ``hooks.CompiledDecoder``."""
        events = unpacked(bit_packed_detection_event_data, len(self.rounds)).astype(bool)
        flips = np.zeros((len(events), self.num_observables), dtype=bool)
        for window in self._windows if len(events) else ():
            found = window.matching.decode_batch(events[:, window.detectors]).astype(bool)[:, window.settled]
            # What is settled is undone, also where it reaches beyond the window.
            events ^= (found @ window.undone % 2).astype(bool)
            flips ^= (found @ window.flipped % 2).astype(bool)
        return packed(flips)

    @cached_property
    def _windows(self) -> list[_Window]:
        return list(self._made())

    def _made(self) -> Iterator[_Window]:
        from pymatching import Matching
        from scipy.sparse import csc_matrix, csr_matrix

        last, start = int(self.rounds.max(initial=0)), 0
        first = np.array([min(self.rounds[list(e.detectors)], default=-1) for e in self.edges])
        while start <= last:
            end = start + self.settings.window
            final = end > last
            inside = np.flatnonzero((self.rounds >= start) & ((self.rounds < end) | final))
            index = {int(d): i for i, d in enumerate(inside)}
            chosen = np.flatnonzero((first >= start) & ((first < end) | final))
            settled = chosen if final else chosen[first[chosen] < start + self.settings.commit]
            rows, columns = [], []
            for column, e in enumerate(chosen):
                for d in self.edges[e].detectors:
                    if d in index:  # an edge into the future ends at the border of the window
                        rows.append(index[d])
                        columns.append(column)
            graph = csc_matrix(
                (np.ones(len(rows), dtype=np.uint8), (rows, columns)), (len(inside), len(chosen))
            )
            weights = [self.edges[e].weight for e in chosen]
            matching = Matching.from_check_matrix(graph, weights=weights, merge_strategy="smallest-weight")
            keep = np.isin(chosen, settled)
            undone = np.zeros((len(settled), len(self.rounds)), dtype=np.int64)
            flipped = np.zeros((len(settled), self.num_observables), dtype=np.int64)
            for row, e in enumerate(settled):
                undone[row, list(self.edges[e].detectors)] = 1
                flipped[row, list(self.edges[e].observables)] = 1
            yield _Window(matching, inside, np.flatnonzero(keep), csr_matrix(undone), csr_matrix(flipped))
            if final:
                return
            start += self.settings.commit


@dataclass(frozen=True)
class _Window:
    matching: Any
    detectors: NDArray[np.int64]
    settled: NDArray[np.int64]
    undone: Any
    flipped: Any


def _edges(dem: stim.DetectorErrorModel) -> Iterator[_Edge]:
    """Yield the distinct parts of the errors of a model that flip a detector."""
    found: dict[tuple[tuple[int, ...], tuple[int, ...]], float] = {}
    for instruction in dem.flattened():
        if instruction.type != "error" or not instruction.args_copy()[0]:
            continue
        p = instruction.args_copy()[0]
        for part in instruction.target_groups():
            detectors = tuple(sorted(t.val for t in part if t.is_relative_detector_id()))
            observables = tuple(sorted(t.val for t in part if t.is_logical_observable_id()))
            before = found.get((detectors, observables), 0.0)
            found[detectors, observables] = before * (1 - p) + p * (1 - before)
    for (detectors, observables), p in found.items():
        if detectors:
            yield _Edge(detectors, observables, float(np.log1p(-p) - np.log(p)) if p < 1 else -50.0)
