"""Counts of logical errors, and the sampler that makes them: (task, seed, shots) -> counts."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qnetframe import checks
from qnetframe.errors import PluginError, UnsupportedError
from qnetframe.plugins import Plugins, discover
from qnetframe.program.circuit import Circuit
from qnetframe.values import Estimate
from qnetframe_qec.decoders.heralded import Heralded
from qnetframe_qec.hooks import CompiledDecoder, Decoder
from qnetframe_qec.sampling.task import MemoryTask

if TYPE_CHECKING:
    import stim


@dataclass(frozen=True)
class Counts:
    """Shots, those of them discarded, those kept in which any observable was predicted wrongly, and
    seconds.
    """

    shots: int = 0
    errors: int = 0
    discards: int = 0
    seconds: float = 0.0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.shots + other.shots,
            self.errors + other.errors,
            self.discards + other.discards,
            self.seconds + other.seconds,
        )

    @property
    def kept(self) -> int:
        """The shots that were not discarded."""
        return self.shots - self.discards

    @property
    def error(self) -> Estimate:
        """The probability of a logical error of a kept shot; its standard error stays above 0."""
        if not self.kept:
            return Estimate(math.nan, math.inf, 0)
        smooth = (self.errors + 0.5) / (self.kept + 1)
        return Estimate(self.errors / self.kept, math.sqrt(smooth * (1 - smooth) / self.kept), self.kept)


@dataclass(frozen=True)
class Sampler:
    """A circuit with detectors and observables and the decoder of its error model."""

    executable: Any
    decoder: CompiledDecoder
    discard: bool = False

    @staticmethod
    def of(circuit: Circuit, decoder: Decoder, discard: bool = False) -> Sampler:
        """Compile a circuit on Stim and a decoder for its detector error model.

        Raises UnsupportedError for what Stim cannot run and for what the decoder cannot handle.
        """
        from qnetframe_stim import stim_backend

        executable: Any = stim_backend().compile(circuit)
        model = error_model(executable.native())
        if not model.num_observables:
            raise UnsupportedError("the program has no observable; a decoder has nothing to predict")
        return Sampler(executable, Heralded(decoder).compile_decoder_for_dem(dem=model), discard)

    @staticmethod
    def of_task(task: MemoryTask, plugins: Plugins | None = None) -> Sampler:
        """Build a task's program and decoder."""
        plugins = plugins or discover()
        decoder = plugins.make("decoder", task.decoder, dict(task.decoder_params))
        return Sampler.of(task.program(plugins).circuit(), decoder, task.discard)

    @cached_property
    def model(self) -> stim.DetectorErrorModel:
        """The detector error model."""
        return error_model(self.executable.native())

    def counts(self, shots: int, seed: int) -> Counts:
        """Return the counts of some shots; the same seed and shots give the same counts."""
        checks.integer(shots, "shots", low=1)
        start = time.perf_counter()
        errors = discards = 0
        for events, flips in self.executable.detection_events(shots, seed):
            if self.discard:
                quiet = ~events.any(axis=1)
                discards += len(events) - int(quiet.sum())
                wrong = flips[quiet].any(axis=1)
            else:
                predicted = self.decoder.decode_shots_bit_packed(bit_packed_detection_event_data=events)
                if predicted.shape != flips.shape:
                    raise PluginError(
                        f"the decoder returned shape {predicted.shape}; it must be {flips.shape}"
                    )
                wrong = (predicted != flips).any(axis=1)
            errors += int(wrong.sum())
        return Counts(shots, errors, discards, time.perf_counter() - start)


def sample(task: MemoryTask, seed: int, shots: int, plugins: Plugins | None = None) -> Counts:
    """Return the counts of one batch of a task: a function of its arguments alone."""
    return Sampler.of_task(task, plugins).counts(shots, seed)


def error_model(circuit: stim.Circuit) -> stim.DetectorErrorModel:
    """Return the detector error model, decomposed into pairs of detectors where it can be.

    Errors that exclude each other are taken for independent, which only the decoder's weights feel.
    """
    return circuit.detector_error_model(
        decompose_errors=True, approximate_disjoint_errors=True, ignore_decomposition_failures=True
    )
