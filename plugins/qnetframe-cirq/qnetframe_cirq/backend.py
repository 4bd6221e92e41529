"""The Cirq backend: exact branches by density matrices, samples from their table or by trajectories."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qnetframe.errors import UnsupportedError
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.circuit import Circuit
from qnetframe.program.exact import exact_branches
from qnetframe.program.footprint import Footprint, footprint
from qnetframe.program.operations import Require
from qnetframe.program.passes.deferral import deferred, split_terminal
from qnetframe.program.sampling import sample_branches, samples_of_bits
from qnetframe.values import Branch, Samples
from qnetframe_cirq.translate import evolve, steps, trajectory_bits

# A table of branches that takes more memory than this is not made only to sample from it.
TABLE_BYTES = 1 << 30


@dataclass(frozen=True)
class CirqBackend:
    """Cirq with the given methods in order of preference."""

    methods: tuple[Capabilities, ...]
    max_branches: int = 4096

    def compile(self, circuit: Circuit) -> CirqExecutable:
        """Return the circuit ready to run; UnsupportedError says for each method what it cannot do."""
        size = footprint(circuit)
        exact, sample, reasons = None, None, []
        for method in self.methods:
            missing = method.misses(circuit)
            needs = _width(size) if method.exact else size.wires
            if missing:
                reasons.append(f"{method.method} cannot do {', '.join(missing)}")
            elif needs > method.max_qubits:
                reasons.append(f"{method.method} takes at most {method.max_qubits} qubits, the circuit needs {needs}")
            else:
                exact = method if method.exact else exact
                if sample is None and (not method.exact or self._tabulates(size)):
                    sample = method
        if exact is None and sample is None:
            raise UnsupportedError(f"cirq cannot run this circuit: {'; '.join(reasons)}")
        return CirqExecutable(circuit, exact, sample, self.max_branches, tuple(reasons))

    def _tabulates(self, size: Footprint) -> bool:
        return size.memory_bytes <= TABLE_BYTES and (size.defers or 1 << size.slots <= self.max_branches)


def _width(size: Footprint) -> int:
    """The qubits of the largest density matrix of an exact run."""
    return size.wires if size.defers else size.live_qubits


@dataclass(frozen=True)
class CirqExecutable:
    """A circuit with the method for exact runs and the one for sampling; None where no method fits."""

    circuit: Circuit
    exact_method: Capabilities | None
    sample_method: Capabilities | None
    max_branches: int
    reasons: tuple[str, ...] = ()

    def exact(self) -> list[Branch]:
        """Return every branch, evolved as a density matrix by Cirq."""
        if self.exact_method is None:
            reasons = "; ".join(self.reasons) or "trajectories are not exact"
            raise UnsupportedError(f"cirq cannot run this circuit exactly ({reasons}); sample it with shots")
        return exact_branches(self.circuit, evolve, self.max_branches)

    def sample(self, shots: int, seed: int) -> Samples:
        """Return the declared outputs of ``shots`` shots; the same seed gives the same numbers."""
        if self.sample_method is None:
            raise UnsupportedError(f"cirq cannot sample this circuit: {'; '.join(self.reasons)}")
        if any(isinstance(o, Require) for o in self.circuit.operations):
            raise UnsupportedError("cirq samples every shot; declare what require needs as outputs and select later")
        if self.sample_method.exact:
            return sample_branches(self.circuit, self._table, shots, seed)
        flat = deferred(self.circuit)
        body, measures = split_terminal(flat)
        where = {q: i for i, q in enumerate(flat.qubits)}
        table = np.zeros((shots, 0), dtype=bool)
        if measures:
            number = int(np.random.SeedSequence(seed).generate_state(1)[0])
            measured = [where[m.qubit] for m in measures]
            table = trajectory_bits(steps(flat.qubits, body), measured, len(flat.qubits), shots, number)
        bits = {m.bit: table[:, i] for i, m in enumerate(measures)}
        return samples_of_bits(flat, bits, shots, "trajectories")

    @cached_property
    def _table(self) -> list[Branch]:
        return self.exact()
