"""The hooks that this pack declares: decoders and codes, each a catalog like the host's."""

from __future__ import annotations

import typing
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pluggy

from qnetframe.api import Kind, Spec

if typing.TYPE_CHECKING:
    import numpy as np
    import stim
    from numpy.typing import NDArray

hookspec = pluggy.HookspecMarker("qnetframe")


class CompiledDecoder(typing.Protocol):
    """A decoder of one detector error model; the interface is sinter's, so that its decoders fit too."""

    def decode_shots_bit_packed(
        self, *, bit_packed_detection_event_data: NDArray[np.uint8]
    ) -> NDArray[np.uint8]:
        """Return the predicted observables, (shots, ceil(observables / 8)), of packed detection events.

        Events are (shots, ceil(detectors / 8)); in both the first bit of a byte is the lowest.
        """
        ...


class Decoder(typing.Protocol):
    """What a decoder plugin makes."""

    def compile_decoder_for_dem(self, *, dem: stim.DetectorErrorModel) -> CompiledDecoder:
        """Return the decoder of a model; UnsupportedError names what of the model it cannot take."""
        ...


@dataclass(frozen=True)
class DecoderSpec(Spec):
    """factory(**params) -> Decoder.

    ``hyperedges`` says whether it takes errors that flip more than two detectors and do not decompose.
    """

    hyperedges: bool = True


@dataclass(frozen=True)
class CodeSpec(Spec):
    """factory(**params) -> Code."""


@hookspec
def qnetframe_decoders() -> Iterable[DecoderSpec]:  # type: ignore[empty-body]
    """Yield decoders: ``factory(**params) -> Decoder``."""


@hookspec
def qnetframe_codes() -> Iterable[CodeSpec]:  # type: ignore[empty-body]
    """Yield codes: ``factory(**params) -> Code``."""


def _is_decoder(value: Any) -> bool:
    return callable(getattr(value, "compile_decoder_for_dem", None))


def _is_code(value: Any) -> bool:
    from qnetframe_qec.codes.code import Code

    return isinstance(value, Code)


KINDS = (
    Kind(
        "decoder",
        "qnetframe_decoders",
        DecoderSpec,
        "a Decoder: compile_decoder_for_dem(dem)",
        _is_decoder,
        checks="qnetframe_qec.testing:CHECKS",
    ),
    Kind("code", "qnetframe_codes", CodeSpec, "a Code", _is_code, checks="qnetframe_qec.code_checks:CHECKS"),
)
