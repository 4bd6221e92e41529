"""Minimum-weight perfect matching by PyMatching. O. Higgott and C. Gidney, Quantum 9, 1600 (2025)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qnetframe_qec.decoders.model import Packed, require_graphlike

if TYPE_CHECKING:
    import stim


@dataclass(frozen=True)
class CompiledMatching:
    """A matching graph, ready to decode."""

    matching: Any
    correlated: bool

    def decode_shots_bit_packed(self, *, bit_packed_detection_event_data: Packed) -> Packed:
        """Return the predictions; see ``hooks.CompiledDecoder``."""
        more = {"enable_correlations": True} if self.correlated else {}
        found = self.matching.decode_batch(
            bit_packed_detection_event_data, bit_packed_shots=True, bit_packed_predictions=True, **more
        )
        return np.asarray(found, dtype=np.uint8)


@dataclass(frozen=True)
class Matching:
    """Minimum-weight perfect matching; ``correlated`` reweights edges by the errors that others suggest.

    The second pass of a correlated decoder is that of A. G. Fowler, arXiv:1310.0863.
    """

    correlated: bool = False

    def compile_decoder_for_dem(self, *, dem: stim.DetectorErrorModel) -> CompiledMatching:
        """Return the decoder; UnsupportedError for errors that do not decompose into pairs of detectors."""
        import pymatching

        require_graphlike(dem, "pymatching")
        more = {"enable_correlations": True} if self.correlated else {}
        return CompiledMatching(pymatching.Matching.from_detector_error_model(dem, **more), self.correlated)


def correlated_matching() -> Matching:
    """Return matching with correlations."""
    return Matching(correlated=True)
