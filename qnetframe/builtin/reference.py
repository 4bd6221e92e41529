"""The reference backend: exact density matrices in plain numpy, the referee of every comparison."""

from __future__ import annotations

from dataclasses import dataclass

from qnetframe.program.branches import MAX_BRANCHES, branches_by_cutting
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.circuit import Circuit
from qnetframe.program.density import evolve
from qnetframe.program.sampling import sample_branches
from qnetframe.values import Branch, Samples

CAPABILITIES = (Capabilities("density_matrix", exact=True, max_qubits=11, precision=1e-12, defers=False),)


@dataclass(frozen=True)
class ReferenceExecutable:
    """A circuit and its branch limit."""

    circuit: Circuit
    max_branches: int

    def exact(self) -> list[Branch]:
        """Return every branch, by evolving the segments between measurements."""
        return branches_by_cutting(self.circuit, evolve, self.max_branches)

    def sample(self, shots: int, seed: int) -> Samples:
        """Return shots drawn from the exact branches."""
        return sample_branches(self.circuit, self.exact(), shots, seed)


@dataclass(frozen=True)
class ReferenceBackend:
    """Exact density matrices in numpy; refuses more than ``max_branches`` branches."""

    max_branches: int = MAX_BRANCHES

    def compile(self, circuit: Circuit) -> ReferenceExecutable:
        """Return the circuit ready to run."""
        return ReferenceExecutable(circuit, self.max_branches)
