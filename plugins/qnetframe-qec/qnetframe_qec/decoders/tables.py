"""Decoders for few detectors that tabulate every syndrome: the likeliest error, and maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.errors import UnsupportedError
from qnetframe_qec.decoders.model import ErrorModel, Packed, from_integers, integers

if TYPE_CHECKING:
    import stim


# Tables of 2**20 entries take 8 MB and, with some hundred errors, less than a second.
MAX_BITS = 20


@dataclass(frozen=True)
class TableDecoder:
    """The predicted observables of every syndrome."""

    table: NDArray[np.int64]
    num_observables: int

    def decode_shots_bit_packed(self, *, bit_packed_detection_event_data: Packed) -> Packed:
        """Return the predictions; see ``hooks.CompiledDecoder``."""
        return from_integers(self.table[integers(bit_packed_detection_event_data)], self.num_observables)


@dataclass(frozen=True)
class Lookup:
    """The single likeliest set of errors for each syndrome, among sets of any size.

    With equal probabilities it has the least weight. Takes at most ``max_detectors`` detectors.
    """

    max_detectors: int = 16

    def __post_init__(self) -> None:
        checks.integer(self.max_detectors, "max_detectors", low=1, high=MAX_BITS)

    def compile_decoder_for_dem(self, *, dem: stim.DetectorErrorModel) -> TableDecoder:
        """Return the table; UnsupportedError for too many detectors."""
        model = ErrorModel.of(dem)
        if model.num_detectors > self.max_detectors:
            raise UnsupportedError(
                f"decoder 'lookup' tabulates at most {self.max_detectors} detectors (max_detectors), and "
                "the model "
                f"has {model.num_detectors}; take pymatching, bp-osd or tesseract"
            )
        return TableDecoder(_likeliest(model), model.num_observables)


@dataclass(frozen=True)
class MaximumLikelihood:
    """The likeliest observables for each syndrome, summed over all errors: no decoder fails more rarely."""

    def compile_decoder_for_dem(self, *, dem: stim.DetectorErrorModel) -> TableDecoder:
        """Return the table; UnsupportedError for more than 20 detectors and observables together."""
        model = ErrorModel.of(dem)
        if model.num_detectors + model.num_observables > MAX_BITS:
            raise UnsupportedError(
                f"decoder 'maximum-likelihood' tabulates at most {MAX_BITS} detectors and observables, and "
                "the model "
                f"has {model.num_detectors} and {model.num_observables}; take pymatching, bp-osd or tesseract"
            )
        joint = joint_distribution(model)
        return TableDecoder(joint.argmax(axis=0), model.num_observables)


def joint_distribution(model: ErrorModel) -> NDArray[np.float64]:
    """Return the exact probability of each (observables, detectors), shape (2**observables, 2**detectors)."""
    detectors, observables = model.masks
    masks = detectors | observables << model.num_detectors
    joint = np.zeros(1 << (model.num_detectors + model.num_observables))
    joint[0] = 1.0
    index = np.arange(len(joint))
    for mask, p in zip(masks, model.probabilities, strict=True):
        joint = (1 - p) * joint + p * joint[index ^ mask]
    return joint.reshape(1 << model.num_observables, -1)


def _likeliest(model: ErrorModel) -> NDArray[np.int64]:
    """Return the observables of the cheapest set of errors of each syndrome, its cost being -log of the
    odds.
    """
    detectors, observables = model.masks
    with np.errstate(divide="ignore"):
        costs = np.log1p(-model.probabilities) - np.log(model.probabilities)
    # An error that is likelier than not is there unless it is taken back.
    likely = costs < 0
    start = int(np.bitwise_xor.reduce(detectors[likely], initial=0))
    first = int(np.bitwise_xor.reduce(observables[likely], initial=0))
    index = np.arange(1 << model.num_detectors)
    cost = np.full(len(index), np.inf)
    table = np.zeros(len(index), dtype=np.int64)
    cost[start], table[start] = 0.0, first
    steps = [(d, o, abs(c)) for d, o, c in zip(detectors, observables, costs, strict=True)]
    changed = True
    while changed:
        changed = False
        for mask, flips, price in sorted(steps, key=lambda s: s[2]):
            offer = cost[index ^ mask] + price
            better = offer < cost - 1e-12
            if better.any():
                table[better] = table[(index ^ mask)[better]] ^ flips
                cost[better] = offer[better]
                changed = True
    return table
