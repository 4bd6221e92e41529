"""Decoding with heralds: which qubits were lost is known in each shot, and the inner decoder is told.

N. Delfosse and G. Zémor, Phys. Rev. Res. 2, 033042 (2020): an erased qubit suffers X and Z each with
probability 1/2, all others what the rest of the noise does.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from qnetframe_qec.decoders.model import Packed, distinct, unpacked
from qnetframe_qec.hooks import CompiledDecoder, Decoder
from qnetframe_qec.programs.memory import HERALD

if TYPE_CHECKING:
    import stim


_CACHED = 256


@dataclass(frozen=True)
class Heralded:
    """A decoder that conditions the model on the heralds of a shot before ``inner`` sees it.

    Heralds are detectors with a fourth coordinate of 1. Each pattern of heralds has a model of its own, of
    which the last 256 are kept.
    """

    inner: Decoder

    def compile_decoder_for_dem(self, *, dem: stim.DetectorErrorModel) -> CompiledDecoder:
        """Return the decoder; that of ``inner`` where no detector is a herald."""
        heralds = herald_detectors(dem)
        if not heralds:
            return self.inner.compile_decoder_for_dem(dem=dem)
        return CompiledHeralded(self.inner, _Split.of(dem, heralds))


def herald_detectors(dem: stim.DetectorErrorModel) -> tuple[int, ...]:
    """Return the detectors that are heralds of erasures."""
    places = dem.get_detector_coordinates()
    return tuple(d for d, place in sorted(places.items()) if len(place) == 4 and place[3] == HERALD)


@dataclass(frozen=True)
class _Split:
    """A model without its erasures, and what each herald's erasure may flip."""

    heralds: tuple[int, ...]
    rest: stim.DetectorErrorModel
    flips: dict[int, list[list[stim.DemTarget]]]

    @staticmethod
    def of(dem: stim.DetectorErrorModel, heralds: tuple[int, ...]) -> _Split:
        import stim

        known = set(heralds)
        rest = stim.DetectorErrorModel()
        found: dict[int, list[list[stim.DemTarget]]] = defaultdict(list)
        for instruction in dem.flattened():
            targets = instruction.targets_copy()
            own = [t.val for t in targets if t.is_relative_detector_id() and t.val in known]
            if instruction.type != "error" or not own:
                rest.append(instruction)
                continue
            # Parts of a suggested decomposition, without the heralds among them.
            left = [t for t in targets if not (t.is_relative_detector_id() and t.val in known)]
            while left and left[0].is_separator():
                left = left[1:]
            if left:
                found[own[0]].append(_trimmed(left))
        # So that the rest has all observables, even those that only erasures flip.
        for i in range(dem.num_observables):
            rest.append("logical_observable", [], [stim.target_logical_observable_id(i)])
        return _Split(heralds, rest, dict(found))

    def given(self, fired: list[int]) -> stim.DetectorErrorModel:
        """Return the model of the shots in which these heralds fired and no others."""
        dem = self.rest.copy()
        for herald in fired:
            for targets in _independent(self.flips.get(herald, [])):
                dem.append("error", 0.5, targets)
        return dem


def _trimmed(targets: list[stim.DemTarget]) -> list[stim.DemTarget]:
    kept: list[stim.DemTarget] = []
    for target in targets:
        if target.is_separator() and (not kept or kept[-1].is_separator()):
            continue
        kept.append(target)
    return kept[:-1] if kept and kept[-1].is_separator() else kept


def _independent(options: list[list[stim.DemTarget]]) -> list[list[stim.DemTarget]]:
    """Return two of the (at most three) patterns X, Z, XZ whose independent halves make all of them."""
    if len(options) <= 2:
        return options
    return sorted(options, key=len)[:2]


@dataclass
class CompiledHeralded:
    """The split model, and the inner decoders of the patterns of heralds seen last."""

    inner: Decoder
    split: _Split
    _compiled: OrderedDict[tuple[int, ...], CompiledDecoder] = field(default_factory=OrderedDict)

    def decode_shots_bit_packed(self, *, bit_packed_detection_event_data: Packed) -> Packed:
        """Return the predictions; see ``hooks.CompiledDecoder``."""
        events = bit_packed_detection_event_data
        bits = unpacked(events, 8 * events.shape[1])[:, list(self.split.heralds)]
        patterns, which = distinct(np.packbits(bits, axis=1, bitorder="little"))
        # A herald explains itself; left in, it would be an event that no error of the rest can explain.
        mask = np.ones(8 * events.shape[1], dtype=np.uint8)
        mask[list(self.split.heralds)] = 0
        syndromes = events & np.packbits(mask, bitorder="little")
        width = (self.split.rest.num_observables + 7) // 8
        result = np.zeros((len(events), width), dtype=np.uint8)
        for i, pattern in enumerate(unpacked(patterns, len(self.split.heralds))):
            rows = np.flatnonzero(which == i)
            fired = tuple(h for h, on in zip(self.split.heralds, pattern, strict=True) if on)
            result[rows] = self._decoder(fired).decode_shots_bit_packed(
                bit_packed_detection_event_data=syndromes[rows]
            )
        return result

    def _decoder(self, fired: tuple[int, ...]) -> CompiledDecoder:
        if fired not in self._compiled:
            self._compiled[fired] = self.inner.compile_decoder_for_dem(dem=self.split.given(list(fired)))
            if len(self._compiled) > _CACHED:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(fired)
        return self._compiled[fired]
