"""The Cirq backend: exact branches by density matrices, samples from their table or by trajectories."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qnetframe.program.capabilities import Capabilities
from qnetframe.program.circuit import Circuit
from qnetframe.program.exact import exact_branches
from qnetframe.program.footprint import Footprint, footprint
from qnetframe.program.methods import Methods
from qnetframe.program.passes.reuse import shot_form
from qnetframe.program.sampling import sample_branches, samples_of_bits
from qnetframe.values import Branch, Samples
from qnetframe_cirq.translate import evolve, trajectory_bits

# A table of branches that takes more memory than this is not made only to sample from it.
TABLE_BYTES = 1 << 30


@dataclass(frozen=True)
class CirqBackend:
    """Cirq with the given methods in order of preference; ``method`` is the one asked for, or automatic."""

    methods: tuple[Capabilities, ...]
    max_branches: int = 4096
    method: str = "automatic"

    def compile(self, circuit: Circuit) -> CirqExecutable:
        """Return the circuit ready to run; UnsupportedError says for each method what it cannot do."""
        size = footprint(circuit)
        exact, sample, reasons = None, None, []
        for method in self.methods:
            if exact and sample:
                break
            missing = method.misses(circuit)
            if missing:
                reasons.append(f"{method.method} cannot do {', '.join(missing)}")
                continue
            needs = _width(size) if method.exact else size.wires
            if needs > method.max_qubits and not method.exact:
                needs = len(shot_form(circuit).qubits)
            if needs > method.max_qubits:
                reasons.append(
                    f"{method.method} takes at most {method.max_qubits} qubits and the circuit needs {needs}"
                )
                continue
            exact = method if method.exact else exact
            if method.exact and not self._tabulates(size):
                reasons.append(f"{method.method} samples from all branches, here up to 2^{size.slots}")
            elif sample is None:
                sample = method
        methods = Methods("cirq", exact, sample, tuple(reasons))
        return CirqExecutable(circuit, methods, self.max_branches)

    def _tabulates(self, size: Footprint) -> bool:
        """Whether the table of all branches is small enough to sample from."""
        few = size.defers or 1 << size.slots <= self.max_branches
        return few and size.memory_bytes(size.defers) <= TABLE_BYTES


def _width(size: Footprint) -> int:
    """The qubits of the largest density matrix of an exact run."""
    return size.wires if size.defers else size.live_qubits


@dataclass(frozen=True)
class CirqExecutable:
    """A circuit with the methods that run it, and its branch limit."""

    circuit: Circuit
    methods: Methods
    max_branches: int

    def exact(self) -> list[Branch]:
        """Return every branch, evolved as a density matrix by Cirq."""
        self.methods.for_exact("trajectories are not exact")
        return exact_branches(self.circuit, evolve, self.max_branches)

    def sample(self, shots: int, seed: int) -> Samples:
        """Return the declared outputs of ``shots`` shots; the same seed gives the same numbers."""
        method = self.methods.for_samples(self.circuit)
        if method.exact:
            return sample_branches(self.circuit, self._table, shots, seed)
        form = self._form
        number = int(np.random.SeedSequence(seed).generate_state(1)[0])
        bits = trajectory_bits(form, shots, number)
        return samples_of_bits(form, bits, shots, "trajectories")

    @cached_property
    def _form(self) -> Circuit:
        return shot_form(self.circuit)

    @cached_property
    def _table(self) -> list[Branch]:
        return self.exact()
