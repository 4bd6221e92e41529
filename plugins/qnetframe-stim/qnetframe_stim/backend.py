"""The backend: circuits that Stim's frame simulator can run, and their packed samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import stim
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.circuit import Circuit
from qnetframe.program.operations import Detector, Expect, Observable, Require, Save
from qnetframe.values import Branch, Samples
from qnetframe_stim.distribution import flip_probabilities
from qnetframe_stim.translation import with_detectors, with_outputs

# Stim's stream depends on the number of shots in a call, so this is part of what a seed means. At this size
# the frames of a hundred qubits stay in the cache.
CHUNK_SHOTS = 1 << 14
_SAMPLE, _DETECT = 0, 1
_Chunk: TypeAlias = tuple[NDArray[np.uint8], int]
# Stim packs the first bit of a byte lowest, Samples highest.
_REVERSED = np.packbits(np.unpackbits(np.arange(256, dtype=np.uint8), bitorder="little"))


@dataclass(frozen=True)
class Detections:
    """The values of a circuit's detectors (D0, D1, …, in order) and observables (L0, L1, …) in every shot."""

    detectors: Samples
    observables: Samples


@dataclass(frozen=True)
class StimBackend:
    """Stim's frame simulator, for circuits within ``capabilities``."""

    capabilities: Capabilities

    def compile(self, circuit: Circuit) -> StimExecutable:
        """Return the circuit ready to run; UnsupportedError names every operation that Stim cannot do."""
        reasons = self.capabilities.misses(circuit)
        if reasons:
            raise UnsupportedError(
                f"stim cannot run {'; '.join(reasons)}. It takes Clifford gates, Pauli noise and Pauli gates "
                "conditional on a parity; use a backend without these limits (aer, cirq, qutip, reference)"
            )
        for operation in circuit.operations:
            if isinstance(operation, (Save, Expect, Require)):
                raise UnsupportedError(
                    f"stim returns bits and has no {operation.kind}; run the program through the host "
                    "(qnetframe.execute), which measures and post-selects on the bits"
                )
        return StimExecutable(circuit)


@dataclass(frozen=True)
class StimExecutable:
    """A circuit that Stim can run."""

    circuit: Circuit

    def sample(self, shots: int, seed: int) -> Samples:
        """Return every declared output of every shot; the same seed and shots give the same bits."""
        native, signs = self._outputs
        row = np.packbits(signs)
        chunks: list[_Chunk] = []
        for sampler, length in _samplers(native, shots, seed, _SAMPLE):
            rows = sampler.sample(length, bit_packed=True, append_observables=True)
            chunks.append((_REVERSED[rows] ^ row, length))
        return _packed([o.label for o in self.circuit.outputs], chunks)

    def detect(self, shots: int, seed: int) -> Detections:
        """Return the value of every detector and observable of every shot.

        A value is that of the parity, constant included: 0 without noise for a detector that is written as
        a parity that is 0 without noise, which is the usual way.
        """
        native = self._detectors[0]
        detectors: list[_Chunk] = []
        observables: list[_Chunk] = []
        for events, flips in self.detection_events(shots, seed):
            detectors.append((_REVERSED[events], len(events)))
            observables.append((_REVERSED[flips], len(flips)))
        return Detections(
            _packed([f"D{i}" for i in range(native.num_detectors)], detectors),
            _packed([f"L{i}" for i in range(native.num_observables)], observables),
        )

    def detection_events(
        self, shots: int, seed: int
    ) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
        """Yield the values of ``detect`` by chunks as decoders take them, packed with the first bit lowest.

        Each is (shots, ceil(detectors / 8)) and (shots, ceil(observables / 8)) bytes.
        """
        native, signs = self._detectors
        count = native.num_detectors
        masks = [np.packbits(part, bitorder="little") for part in (signs[:count], signs[count:])]
        for sampler, length in _samplers(native, shots, seed, _DETECT):
            found = sampler.sample(length, bit_packed=True, separate_observables=True)
            for rows, mask in zip(found, masks, strict=True):
                if mask.any():
                    rows ^= mask
            yield found

    def output_distribution(self, *labels: str) -> dict[tuple[int, ...], float]:
        """Return the exact probability of each outcome of the declared outputs, or of some of them by label.

        Outcomes of probability zero are left out. It takes one pass of Stim's error analysis, whatever the
        number of qubits, and 2**n numbers for n outputs. Raises InvalidInputError for an unknown label and
        UnsupportedError for more than 12 outputs.
        """
        known = {o.label: o for o in self.circuit.outputs}
        for label in labels:
            if label not in known:
                names = ", ".join(known) or "none"
                raise InvalidInputError(f"output {label!r} is not declared; declared: {names}")
        chosen = tuple(known[label] for label in labels or known)
        native = with_outputs(self.circuit.replace(outputs=chosen))
        signs = _noiseless(native) ^ np.array([o.parity.constant for o in chosen], dtype=bool)
        result: dict[tuple[int, ...], float] = {}
        for index, probability in enumerate(flip_probabilities(native).tolist()):
            if probability:
                flips = (index >> (len(chosen) - 1 - i) & 1 for i in range(len(chosen)))
                result[tuple(int(f ^ s) for f, s in zip(flips, signs, strict=True))] = probability
        return dict(sorted(result.items()))

    def exact(self) -> list[Branch]:
        """Return the exact branches of a circuit of up to 12 outputs; nothing is saved, so none has a state.

        The host asks for shots all the same: whether this is possible depends on the circuit.
        """
        return [Branch(outputs, p, None) for outputs, p in self.output_distribution().items()]

    def native(self) -> stim.Circuit:
        """Return the stim.Circuit with its detectors and observables."""
        return self._detectors[0].copy()

    @cached_property
    def _outputs(self) -> tuple[stim.Circuit, NDArray[np.bool_]]:
        native = with_outputs(self.circuit)
        constants = np.array([o.parity.constant for o in self.circuit.outputs], dtype=bool)
        return native, _noiseless(native) ^ constants

    @cached_property
    def _detectors(self) -> tuple[stim.Circuit, NDArray[np.bool_]]:
        native = with_detectors(self.circuit)
        detectors = [o.parity.constant for o in self.circuit.operations if isinstance(o, Detector)]
        observables = [0] * native.num_observables
        for operation in self.circuit.operations:
            if isinstance(operation, Observable):
                observables[operation.index] ^= operation.parity.constant
        return native, _noiseless(native) ^ np.array([*detectors, *observables], dtype=bool)


def _noiseless(native: stim.Circuit) -> NDArray[np.bool_]:
    """Return one possible value of every detector, then every observable, without noise.

    The frame simulator returns flips relative to it.
    """
    return np.concatenate(native.reference_detector_and_observable_signs())


def _samplers(
    native: stim.Circuit, shots: int, seed: int, purpose: int
) -> Iterator[tuple[stim.CompiledDetectorSampler, int]]:
    """Yield a sampler and a number of shots for each chunk; both decide what a seed means."""
    checks.integer(shots, "shots", low=1)
    checks.integer(seed, "seed", low=0)
    for i in range(0, shots, CHUNK_SHOTS):
        spawned = np.random.SeedSequence(seed, spawn_key=(purpose, i // CHUNK_SHOTS))
        sampler = native.compile_detector_sampler(seed=int(spawned.generate_state(1, np.uint64)[0]))
        yield sampler, min(CHUNK_SHOTS, shots - i)


def _packed(labels: Sequence[str], chunks: Sequence[_Chunk]) -> Samples:
    rows, lengths = tuple(r for r, _ in chunks), tuple(n for _, n in chunks)
    return Samples(tuple(labels), rows, lengths, "native")
