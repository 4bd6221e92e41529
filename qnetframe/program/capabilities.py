"""What an engine's method can do, as data, and the check of a circuit against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import CLIFFORD_GATES, PAULI_GATES
from qnetframe.program.operations import (
    Coin,
    Erase,
    Gate,
    Measure,
    Noise,
    Operation,
    Unitary,
)
from qnetframe.program.passes.preparation import lower_preparations
from qnetframe.values import Parity

GateSet = Literal["any", "clifford"]
NoiseSet = Literal["none", "pauli", "kraus"]
FeedForward = Literal["none", "pauli-parity", "parity", "any"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one method of a backend takes.

    ``noise`` "pauli" means Pauli channels, heralded erasure and symmetric readout error; "kraus" means any
    channel. ``feed_forward`` says which conditions: none, Pauli gates on a parity, any gate on a parity, or
    any condition. ``max_qubits`` bounds the qubits alive at once (with classical memory held in ancillas
    for methods that defer measurement). ``precision`` is the largest error of an exact probability;
    ``defers`` False means that exact runs are always cut at measurements, never one deferred density matrix.
    ``own_noise`` says that the engine is a device, or plays one: its samples follow its noise, and not only
    the circuit. Such a method takes no noise from the circuit (``noise`` "none") and is not ``exact``.
    """

    method: str
    gates: GateSet = "any"
    noise: NoiseSet = "kraus"
    feed_forward: FeedForward = "any"
    exact: bool = False
    samples: bool = True
    detectors: bool = False
    max_qubits: int = 12
    precision: float = 1e-9
    defers: bool = True
    own_noise: bool = False

    def __post_init__(self) -> None:
        for field, value, allowed in (
            ("gates", self.gates, ("any", "clifford")),
            ("noise", self.noise, ("none", "pauli", "kraus")),
            ("feed_forward", self.feed_forward, ("none", "pauli-parity", "parity", "any")),
        ):
            if value not in allowed:
                raise InvalidInputError(f"capability {field} is {value!r}; allowed are {', '.join(allowed)}")
        checks.integer(self.max_qubits, "max_qubits", low=1)
        checks.positive(self.precision, "precision")
        if self.own_noise and (self.exact or self.noise != "none"):
            raise InvalidInputError(
                f"capability own_noise is True with exact={self.exact} and noise={self.noise!r}; an engine "
                "with noise of its own has exact=False and noise='none'"
            )

    def misses(self, circuit: Circuit) -> list[str]:
        """Return what in the circuit this method cannot do, each named once; empty if it can do it all."""
        return list(dict.fromkeys(self._misses(circuit)))

    def _misses(self, circuit: Circuit) -> Iterator[str]:
        for operation in lower_preparations(circuit).operations:
            reason = self._misfit(operation)
            if reason:
                yield reason
        for operation in circuit.operations:
            if isinstance(operation, (Gate, Unitary)) and operation.when is not None:
                reason = self._unconditional(operation)
                if reason:
                    yield reason

    def _misfit(self, operation: Operation) -> str | None:
        if self.gates == "clifford":
            if isinstance(operation, Gate) and operation.name not in CLIFFORD_GATES:
                return f"the non-Clifford gate {operation.name} on {', '.join(operation.qubits)}"
            if isinstance(operation, Unitary):
                return f"a unitary matrix on {', '.join(operation.qubits)}"
        if isinstance(operation, Noise) and not operation.channel.is_identity:
            name = f"{operation.channel.name or 'a channel'} on {', '.join(operation.qubits)}"
            if self.noise == "none":
                return f"noise ({name})"
            if self.noise == "pauli" and not operation.channel.is_pauli:
                return f"the non-Pauli channel {name} (twirl=True, the Pauli twirl, approximates it)"
        if isinstance(operation, Measure) and any(operation.readout):
            if self.noise == "none":
                return f"readout error on {operation.qubit}"
            if self.noise == "pauli" and operation.readout[0] != operation.readout[1]:
                return f"asymmetric readout error on {operation.qubit} (twirl=True symmetrises it)"
        if isinstance(operation, (Erase, Coin)) and self.noise == "none":
            return f"{operation.kind} {operation.bit}"
        return None

    def _unconditional(self, operation: Gate | Unitary) -> str | None:
        name = operation.name if isinstance(operation, Gate) else "unitary"
        if self.feed_forward == "none":
            return f"the conditional {name} on {', '.join(operation.qubits)}"
        if self.feed_forward != "any" and not isinstance(operation.when, Parity):
            return f"{name} conditional on {operation.when}, which is no parity"
        pauli = isinstance(operation, Gate) and operation.name in PAULI_GATES
        if self.feed_forward == "pauli-parity" and not pauli:
            return f"the conditional {name} on {', '.join(operation.qubits)}, which is no Pauli gate"
        return None
