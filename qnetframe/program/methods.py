"""Which of a backend's methods runs a circuit, and the refusals where none does."""

from __future__ import annotations

from dataclasses import dataclass

from qnetframe.errors import UnsupportedError
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.circuit import Circuit
from qnetframe.program.operations import Require


@dataclass(frozen=True)
class Methods:
    """The method of a backend for exact runs of a circuit and the one for samples; None where none fits.

    ``reasons`` says why, in words. UnsupportedError if there is neither.
    """

    backend: str
    exact: Capabilities | None
    sample: Capabilities | None
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.exact is None and self.sample is None:
            raise UnsupportedError(f"{self.backend} cannot run this circuit: {'; '.join(self.reasons)}")

    def for_exact(self, otherwise: str) -> Capabilities:
        """Return the method for exact runs; UnsupportedError gives the reasons, or ``otherwise``."""
        if self.exact is None:
            why = "; ".join(self.reasons) or otherwise
            raise UnsupportedError(
                f"{self.backend} cannot run this circuit exactly: {why}. Sample it with shots"
            )
        return self.exact

    def for_samples(self, circuit: Circuit) -> Capabilities:
        """Return the method for samples; UnsupportedError if there is none, or the circuit post-selects."""
        if self.sample is None:
            raise UnsupportedError(f"{self.backend} cannot sample this circuit: {'; '.join(self.reasons)}")
        if any(isinstance(o, Require) for o in circuit.operations):
            raise UnsupportedError(
                f"{self.backend} samples every shot: declare the bits of require as outputs and select later"
            )
        return self.sample
