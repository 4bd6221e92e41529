"""Hardware: what a node's qubits, gates and readout do, as plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import inf
from types import MappingProxyType

from qnetframe import checks
from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class QubitProfile:
    """One qubit: relaxation times, readout, preparation. Times in seconds.

    ``readout`` is (P(1 recorded | 0), P(0 recorded | 1)); ``prepare_error`` the probability that a reset or
    preparation leaves the qubit flipped.
    """

    t1: float = inf
    t2: float = inf
    readout: tuple[float, float] = (0.0, 0.0)
    measure_duration: float = 0.0
    prepare_error: float = 0.0
    prepare_duration: float = 0.0

    def __post_init__(self) -> None:
        checks.relaxation_times(self.t1, self.t2)
        checks.probability(self.readout[0], "readout error P(1|0)")
        checks.probability(self.readout[1], "readout error P(0|1)")
        checks.non_negative(self.measure_duration, "measure_duration (seconds)")
        checks.probability(self.prepare_error, "prepare_error")
        checks.non_negative(self.prepare_duration, "prepare_duration (seconds)")


@dataclass(frozen=True, slots=True)
class GateProfile:
    """One native gate: its average infidelity (relaxation included) and its duration in seconds.

    A ``channel``, on the gate's qubits in their order, is all the noise of the gate, right after it, in place
    of relaxation and depolarization; ``error`` is then its average infidelity and may be left out.
    """

    error: float = 0.0
    duration: float = 0.0
    channel: Channel | None = None

    def __post_init__(self) -> None:
        checks.probability(self.error, "gate error")
        checks.non_negative(self.duration, "gate duration (seconds)")
        if self.channel is None:
            return
        if not isinstance(self.channel, Channel):
            raise InvalidInputError(f"gate channel is {self.channel!r:.60}; it must be a Channel")
        infidelity = max(0.0, 1.0 - self.channel.average_fidelity())
        if self.error and abs(self.error - infidelity) > 1e-9:
            raise InvalidInputError(
                f"gate error is {self.error!r}, but its channel has the average infidelity {infidelity:.9g}; "
                "leave the error out"
            )
        object.__setattr__(self, "error", infidelity)


@dataclass(frozen=True)
class Hardware:
    """A node's device. Empty ``qubits`` means any number of equal ``default`` qubits, all coupled.

    ``gates`` maps (native gate name, qubit indices) to its GateProfile; a key with empty indices is the
    default for every qubit (pair). Kinds of gates (on one qubit, on two) of which none is listed are ideal
    and take no time. ``coupling`` None means all-to-all; otherwise the unordered pairs that
    have a two-qubit gate. ``preferred`` lists the qubits that a layout tries first. ``warnings`` says how
    imperfect source data was handled.
    """

    name: str = "ideal"
    qubits: tuple[QubitProfile, ...] = ()
    default: QubitProfile = QubitProfile()
    gates: Mapping[tuple[str, tuple[int, ...]], GateProfile] = field(default_factory=dict)
    coupling: frozenset[tuple[int, int]] | None = None
    preferred: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    excluded: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "gates", MappingProxyType(dict(self.gates)))
        for name in ("qubits", "preferred", "warnings", "excluded"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not isinstance(self.name, str) or not self.name:
            raise InvalidInputError(f"hardware name is {self.name!r}; it must be a non-empty string")
        for (gate, indices), profile in self.gates.items():
            if not isinstance(profile, GateProfile):
                raise InvalidInputError(
                    f"hardware {self.name!r}: gate {gate!r} is {profile!r}; it must be a GateProfile"
                )
            self._check_indices(indices, f"gate {gate!r}")
            if profile.channel is not None and len(indices) not in (0, profile.channel.num_qubits):
                raise InvalidInputError(
                    f"hardware {self.name!r}: the channel of gate {gate!r} on qubits {indices} acts on "
                    f"{profile.channel.num_qubits} qubits"
                )
        self._check_indices(self.preferred, "preferred")
        self._check_indices(self.excluded, "excluded")
        if self.coupling is not None:
            pairs = frozenset((min(p), max(p)) for p in self.coupling)
            object.__setattr__(self, "coupling", pairs)
            for pair in pairs:
                if pair[0] == pair[1] or not 0 <= pair[0] < pair[1] < len(self.qubits):
                    raise InvalidInputError(
                        f"hardware {self.name!r}: coupling {pair} must join two of {len(self.qubits)} qubits"
                    )

    def _check_indices(self, indices: tuple[int, ...], what: str) -> None:
        high = len(self.qubits) - 1 if self.qubits else None
        for index in indices:
            checks.integer(index, f"hardware {self.name!r}: {what}: qubit", low=0, high=high)

    def qubit(self, index: int) -> QubitProfile:
        """Return the profile of a physical qubit."""
        return self.qubits[index] if self.qubits else self.default

    def __hash__(self) -> int:
        # Ignores what a mapping cannot hash in order; equal devices still have equal hashes.
        return hash((self.name, self.qubits, self.default, frozenset(self.gates.items()), self.coupling))

    def __reduce__(self) -> tuple[object, ...]:
        # A mapping proxy cannot be pickled or deep-copied.
        values = [dict(v) if f.name == "gates" else v for f in fields(self) for v in (getattr(self, f.name),)]
        return Hardware, tuple(values)
