"""The backend: exact branches by QuTiP, and samples drawn from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from qnetframe import checks
from qnetframe.errors import UnsupportedError
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.circuit import Circuit
from qnetframe.program.exact import exact_branches
from qnetframe.program.footprint import footprint
from qnetframe.program.sampling import sample_branches
from qnetframe.values import Branch, Samples
from qnetframe_qutip.evolution import evolve


@dataclass(frozen=True)
class QutipBackend:
    """Exact density matrices by QuTiP; refuses more than ``max_branches`` branches."""

    capabilities: Capabilities
    max_branches: int

    def __post_init__(self) -> None:
        checks.integer(self.max_branches, "max_branches", low=1)

    def compile(self, circuit: Circuit) -> QutipExecutable:
        """Return the circuit ready to run; UnsupportedError if too many qubits are alive at once."""
        alive, most = footprint(circuit).live_qubits, self.capabilities.max_qubits
        if alive > most:
            raise UnsupportedError(
                f"the circuit keeps {alive} qubits alive at once and qutip takes {most} (density matrices of "
                f"{16 * 4**most >> 20} MiB); declare fewer outputs, or sample on aer or stim"
            )
        return QutipExecutable(circuit, self.max_branches)


@dataclass(frozen=True)
class QutipExecutable:
    """A circuit and its branch limit."""

    circuit: Circuit
    max_branches: int

    def exact(self) -> list[Branch]:
        """Return every branch; UnsupportedError if there are more than ``max_branches`` on the way."""
        return list(self._branches)

    def sample(self, shots: int, seed: int) -> Samples:
        """Return shots drawn from the exact branches; the same seed and shots give the same bits."""
        checks.integer(shots, "shots", low=1)
        checks.integer(seed, "seed", low=0)
        return sample_branches(self.circuit, self._branches, shots, seed)

    @cached_property
    def _branches(self) -> tuple[Branch, ...]:
        return tuple(exact_branches(self.circuit, evolve, self.max_branches))
