"""Decoders of hyperedges: BP+OSD and union-find by ldpc, tesseract by tesseract-decoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.errors import PluginError
from qnetframe_qec.codes.binary import rank
from qnetframe_qec.decoders.model import ErrorModel, Packed, distinct, packed, unpacked

if TYPE_CHECKING:
    import stim


_ODDS_FLOOR = 1e-12


@dataclass(frozen=True)
class ErrorFinder:
    """A function from a syndrome to the errors that explain it, each distinct syndrome decoded once."""

    model: ErrorModel
    find: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]

    def decode_shots_bit_packed(self, *, bit_packed_detection_event_data: Packed) -> Packed:
        """Return the predictions; see ``hooks.CompiledDecoder``."""
        rows, which = distinct(bit_packed_detection_event_data)
        observables = self.model.observable_matrix
        found = np.zeros((len(rows), self.model.num_observables), dtype=np.uint8)
        for i, syndrome in enumerate(unpacked(rows, self.model.num_detectors)):
            if syndrome.any():
                found[i] = observables @ self.find(syndrome) % 2
        return packed(found)[which]


@dataclass(frozen=True)
class BpOsd:
    """Belief propagation, then ordered statistics where it does not converge.

    P. Panteleev and G. Kalachev, Quantum 5, 585 (2021); J. Roffe et al., Phys. Rev. Res. 2, 043423 (2020).
    """

    max_iterations: int = 30
    osd_order: int = 5
    bp_method: Literal["minimum_sum", "product_sum"] = "minimum_sum"

    def __post_init__(self) -> None:
        checks.integer(self.max_iterations, "max_iterations", low=1)
        checks.integer(self.osd_order, "osd_order", low=0, high=60)

    def compile_decoder_for_dem(self, *, dem: stim.DetectorErrorModel) -> ErrorFinder:
        """Return the decoder; PluginError where ldpc is not installed."""
        model = ErrorModel.of(dem)
        make, matrix = _ldpc("BpOsdDecoder", "bp-osd"), model.check_matrix.tocsr()
        # ldpc crashes where the order exceeds the errors that are left to choose.
        order = self.osd_order
        if matrix.shape[1] - matrix.shape[0] < order:
            order = min(order, matrix.shape[1] - rank(sum(1 << d for d in ds) for ds in model.detectors))
        decoder = make(
            matrix,
            error_channel=list(model.probabilities),
            max_iter=self.max_iterations,
            bp_method=self.bp_method,
            osd_method="OSD_CS" if order else "OSD_0",
            osd_order=order,
        )
        return ErrorFinder(model, decoder.decode)


@dataclass(frozen=True)
class UnionFind:
    """Clusters that grow by the errors' odds until each explains its syndrome.

    N. Delfosse and N. H. Nickerson, Quantum 5, 595 (2021); for hyperedges N. Delfosse, V. Londe and M. E.
    Beverland, IEEE Trans. Inf. Theory 68, 3187 (2022).
    """

    def compile_decoder_for_dem(self, *, dem: stim.DetectorErrorModel) -> ErrorFinder:
        """Return the decoder; PluginError where ldpc is not installed."""
        model = ErrorModel.of(dem)
        matrix = model.check_matrix.tocsr()
        decoder = _ldpc("UnionFindDecoder", "union-find")(matrix, uf_method="inversion")
        odds = np.maximum(np.log1p(-model.probabilities) - np.log(model.probabilities), _ODDS_FLOOR)
        return ErrorFinder(model, lambda syndrome: decoder.decode(syndrome, llrs=odds, bits_per_step=0))


@dataclass(frozen=True)
class Tesseract:
    """Search for the likeliest errors with A*. L. A. Beni, O. Higgott, N. Shutty, arXiv:2503.10988 (2025)."""

    beam: int = 20

    def __post_init__(self) -> None:
        checks.integer(self.beam, "beam", low=1)

    def compile_decoder_for_dem(self, *, dem: stim.DetectorErrorModel) -> CompiledTesseract:
        """Return the decoder; PluginError where tesseract-decoder is not installed."""
        try:
            from tesseract_decoder import tesseract
        except ImportError:
            raise PluginError("decoder 'tesseract' needs: pip install tesseract-decoder") from None
        config = tesseract.TesseractConfig(dem=dem, det_beam=self.beam)
        return CompiledTesseract(config.compile_decoder(), dem.num_detectors, dem.num_observables)


@dataclass(frozen=True)
class CompiledTesseract:
    """Tesseract's decoder of one model."""

    decoder: Any
    num_detectors: int
    num_observables: int

    def decode_shots_bit_packed(self, *, bit_packed_detection_event_data: Packed) -> Packed:
        """Return the predictions; see ``hooks.CompiledDecoder``."""
        rows, which = distinct(bit_packed_detection_event_data)
        found = np.zeros((len(rows), self.num_observables), dtype=np.uint8)
        for i, syndrome in enumerate(unpacked(rows, self.num_detectors)):
            if syndrome.any():
                found[i] = self.decoder.decode(syndrome.astype(bool))
        return packed(found)[which]


def _ldpc(name: str, decoder: str) -> Any:
    try:
        import ldpc
    except ImportError:
        raise PluginError(f"decoder {decoder!r} needs: pip install 'qnetframe-qec[ldpc]'") from None
    return getattr(ldpc, name)
