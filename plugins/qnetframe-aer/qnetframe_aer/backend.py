"""The Aer backend: which of Aer's methods runs a circuit, exact branches, and samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from qnetframe.errors import UnsupportedError
from qnetframe.program.branches import Segment
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.circuit import Circuit
from qnetframe.program.exact import exact_branches
from qnetframe.program.footprint import footprint
from qnetframe.program.methods import Methods
from qnetframe.program.operations import Expect, Measure, Noise, Save
from qnetframe.program.passes.deferral import deferred
from qnetframe.program.passes.preparation import lower_preparations
from qnetframe.program.passes.reuse import shot_form
from qnetframe.program.sampling import samples_of_bits
from qnetframe.values import BitArray, Branch, ComplexArray, Samples
from qnetframe_aer.translate import sampled_circuit, segment_circuit

# Aer turns a channel on n qubits into a matrix of 16**n complex numbers: 256 MB for six.
MAX_CHANNEL_QUBITS = 6


@dataclass(frozen=True)
class AerBackend:
    """Aer with the given methods in order of preference; ``method`` is the one asked for, or automatic."""

    methods: tuple[Capabilities, ...]
    max_branches: int = 4096
    method: str = "automatic"

    def compile(self, circuit: Circuit) -> AerExecutable:
        """Return the circuit ready to run; UnsupportedError says for each method what it cannot do."""
        exact, sample, reasons = None, None, []
        size = footprint(circuit)
        for method in self.methods:
            if exact and sample:
                break
            missing = _misses(method, circuit)
            if missing:
                reasons.append(f"{method.method} cannot do {', '.join(missing)}")
                continue
            live = size.wires if size.defers else size.live_qubits
            if method.exact and live <= method.max_qubits:
                exact = method
            if sample is None:
                wires = size.wires
                if wires > method.max_qubits and method.method != "density_matrix":
                    wires = len(shot_form(circuit).qubits)
                if wires <= method.max_qubits:
                    sample = method
                else:
                    limit = method.max_qubits
                    reasons.append(
                        f"{method.method} takes at most {limit} qubits and the circuit needs {wires}"
                    )
        methods = Methods("aer", exact, sample, tuple(reasons))
        return AerExecutable(circuit, methods, self.max_branches)


def _misses(method: Capabilities, circuit: Circuit) -> list[str]:
    missing = method.misses(circuit)
    for operation in lower_preparations(circuit).operations:
        if isinstance(operation, Noise) and len(operation.qubits) > MAX_CHANNEL_QUBITS:
            missing.append(
                f"a channel on {len(operation.qubits)} qubits ({', '.join(operation.qubits)}); "
                f"at most {MAX_CHANNEL_QUBITS}"
            )
    return missing


def _sampled_form(circuit: Circuit, method: str) -> Circuit:
    """Return the circuit without conditions that one of Aer's methods samples.

    A density matrix serves all shots if every measurement comes last; the others run shot by shot.
    """
    if method != "density_matrix":
        return shot_form(circuit)
    return deferred(circuit.replace(o for o in circuit.operations if not isinstance(o, (Save, Expect))))


@dataclass(frozen=True)
class AerExecutable:
    """A circuit with the methods that run it, and its branch limit."""

    circuit: Circuit
    methods: Methods
    max_branches: int

    def exact(self) -> list[Branch]:
        """Return every branch, evolved by Aer's density-matrix method."""
        self.methods.for_exact("only its method density_matrix is exact")
        return exact_branches(self.circuit, evolve, self.max_branches)

    def sample(self, shots: int, seed: int) -> Samples:
        """Return the declared outputs of ``shots`` shots; the same seed gives the same numbers."""
        method = self.methods.for_samples(self.circuit)
        form, translated = self._translated
        measured = [o.bit for o in form.operations if isinstance(o, Measure)]
        bits = dict(zip(measured, self._columns(method.method, translated, shots, seed), strict=True))
        how = "native" if method.method == "density_matrix" else "trajectories"
        return samples_of_bits(form, bits, shots, how)

    @cached_property
    def _translated(self) -> tuple[Circuit, QuantumCircuit]:
        method = self.methods.for_samples(self.circuit).method
        form = _sampled_form(self.circuit, method)
        return form, sampled_circuit(form, method)

    def _columns(self, method: str, circuit: QuantumCircuit, shots: int, seed: int) -> BitArray:
        """Return one row of ``shots`` bits for each measurement."""
        if not circuit.num_clbits:
            return np.zeros((0, shots), dtype=bool)
        first, second = (int(s) for s in np.random.SeedSequence(seed).generate_state(2))
        data = _run([circuit], method, shots=shots, seed_simulator=first).data(0)
        return _shuffled(data["counts"], circuit.num_clbits, np.random.default_rng(second))


def _shuffled(counts: dict[str, int], width: int, rng: np.random.Generator) -> BitArray:
    """Return the bits of every shot, (width, shots), in random order: shots are exchangeable."""
    size = (width + 7) // 8
    keys = sorted(counts)
    raw = b"".join(int(key, 16).to_bytes(size, "little") for key in keys)
    packed = np.frombuffer(raw, dtype=np.uint8).reshape(-1, size)
    rows = np.unpackbits(packed, axis=1, count=width, bitorder="little").astype(bool)
    order = rng.permutation(np.repeat(np.arange(len(rows)), [counts[key] for key in keys]))
    return np.asarray(rows[order].T)


def evolve(segments: Sequence[Segment]) -> list[ComplexArray]:
    """Return the final density matrix of each segment, all in one Aer run."""
    results = [segment.initial() for segment in segments]
    wide = [i for i, segment in enumerate(segments) if segment.qubits]
    if wide:
        run = _run([segment_circuit(segments[i]) for i in wide], "density_matrix", shots=1)
        for number, i in enumerate(wide):
            results[i] = np.asarray(run.data(number)["density_matrix"])
    return results


def _run(circuits: list[QuantumCircuit], method: str, **options: Any) -> Any:
    # Shots in sequence: Aer seeds each parallel group of shots by itself, and the numbers of one seed would
    # depend on how many processors there are.
    simulator = AerSimulator(method=method, max_parallel_shots=1)
    result = simulator.run(circuits, **options).result()
    if not result.success:
        raise UnsupportedError(f"aer: method {method} failed: {result.status}")
    return result
