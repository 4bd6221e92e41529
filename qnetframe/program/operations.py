"""The operations of a program or circuit: frozen values that check themselves when made.

Qubits and bits are named by ids. ``Entangle``, ``Send`` and ``Idle`` exist only in a Program: placement
turns them into preparations and noise, so that a Circuit never holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias, Union

import numpy as np

from qnetframe import checks
from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError
from qnetframe.program.gates import gate_definition
from qnetframe.program.matrices import TOLERANCE as TOLERANCE
from qnetframe.program.matrices import Matrix as Matrix
from qnetframe.program.matrices import check_density_matrix as check_density_matrix
from qnetframe.program.matrices import density_matrix as density_matrix
from qnetframe.program.matrices import freeze as freeze
from qnetframe.program.matrices import thaw as thaw
from qnetframe.values import Condition, Parity, complex_array

# Fields are normalised when an operation is made, so that equal operations have equal JSON and hashes.
_set = object.__setattr__


def _number(check: Callable[[Any, str], float], value: Any, where: str) -> float:
    return check(value, where) + 0.0


def _numbers(values: Iterable[Any], where: str) -> tuple[float, ...]:
    return tuple(_number(checks.finite, v, f"{where} {i}") for i, v in enumerate(values))


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidInputError(f"{where} is {value!r:.60}; it must be a non-empty string")
    return value


def _link(value: Any, where: str) -> None:
    if value is not None:
        _text(value, f"{where} link")


def _distinct(name: str, qubits: Iterable[str], number: int | None = None) -> tuple[str, ...]:
    if isinstance(qubits, tuple):
        ids = qubits
    elif isinstance(qubits, str) or not isinstance(qubits, Iterable):
        raise InvalidInputError(f"{name}: qubits are {qubits!r:.60}; they must be a sequence of ids")
    else:
        ids = tuple(qubits)
    for qubit in ids:
        if not qubit or not isinstance(qubit, str):
            _text(qubit, f"{name}: qubit")
    if number is not None and len(ids) != number:
        raise InvalidInputError(f"{name} takes {number} qubit{'s' * (number != 1)}, got {len(ids)}: {ids}")
    if not ids:
        raise InvalidInputError(f"{name} names no qubit")
    if len(set(ids)) != len(ids):
        raise InvalidInputError(f"{name} names a qubit twice: {', '.join(ids)}")
    return ids


@dataclass(frozen=True, slots=True)
class Gate:
    """A standard gate, applied where ``when`` is 1 (always, without it)."""

    kind: ClassVar[str] = "gate"
    name: str
    qubits: tuple[str, ...]
    params: tuple[float, ...] = ()
    when: Condition | None = None

    def __post_init__(self) -> None:
        definition = gate_definition(self.name)
        _set(self, "qubits", _distinct(self.name, self.qubits, definition.num_qubits))
        if len(self.params) != definition.num_params:
            raise InvalidInputError(
                f"{self.name} takes {definition.num_params} parameters, got {len(self.params)}: {self.params}"
            )
        params = _numbers(self.params, f"{self.name} parameter (radians)") if self.params else ()
        _set(self, "params", params)


@dataclass(frozen=True, slots=True)
class Unitary:
    """A unitary matrix on some qubits, first qubit most significant."""

    kind: ClassVar[str] = "unitary"
    qubits: tuple[str, ...]
    matrix: Matrix
    when: Condition | None = None

    def __post_init__(self) -> None:
        _set(self, "qubits", _distinct("unitary", self.qubits))
        array, dim = complex_array(self.matrix, "unitary"), 1 << len(self.qubits)
        if array.shape != (dim, dim):
            raise InvalidInputError(
                f"unitary has shape {array.shape}; {len(self.qubits)} qubits need ({dim}, {dim})"
            )
        with np.errstate(over="ignore", invalid="ignore"):  # huge or infinite entries fail the test below
            deviation = float(np.abs(array.conj().T @ array - np.eye(dim)).max())
        if not deviation <= TOLERANCE:
            raise InvalidInputError(
                f"unitary is not unitary: |U†U - 1| is {deviation:.3g}; it must be at most {TOLERANCE}"
            )
        _set(self, "matrix", freeze(array))


@dataclass(frozen=True, slots=True)
class Prepare:
    """Replace the state of some qubits by a density matrix."""

    kind: ClassVar[str] = "prepare"
    qubits: tuple[str, ...]
    state: Matrix

    def __post_init__(self) -> None:
        _set(self, "qubits", _distinct("prepare", self.qubits))
        array = complex_array(self.state, "prepare: state")
        check_density_matrix(array, len(self.qubits), "prepare")
        _set(self, "state", freeze(array))


@dataclass(frozen=True, slots=True)
class Measure:
    """Measure a qubit in the z, x or y basis and record a bit.

    ``readout`` is (P(1 recorded | 0), P(0 recorded | 1)). The qubit stays in the measured eigenstate.
    """

    kind: ClassVar[str] = "measure"
    qubit: str
    bit: str
    basis: str = "z"
    readout: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        if self.basis not in ("z", "x", "y"):
            raise InvalidInputError(f"measurement basis is {self.basis!r}; it must be 'z', 'x' or 'y'")
        try:
            low, high = self.readout
        except (TypeError, ValueError):
            raise InvalidInputError(f"readout is {self.readout!r:.60}; it must be (P(1|0), P(0|1))") from None
        low = _number(checks.probability, low, "readout error P(1|0)")
        high = _number(checks.probability, high, "readout error P(0|1)")
        _set(self, "readout", (low, high))
        _text(self.qubit, "measure: qubit")
        _text(self.bit, "measure: bit")


@dataclass(frozen=True, slots=True)
class Reset:
    """Replace the state of a qubit by |0>."""

    kind: ClassVar[str] = "reset"
    qubit: str

    def __post_init__(self) -> None:
        _text(self.qubit, "reset: qubit")


@dataclass(frozen=True, slots=True)
class Entangle:
    """One heralded pair from the link between two parties (only in a Program)."""

    kind: ClassVar[str] = "entangle"
    qubits: tuple[str, str]
    link: str | None = None

    def __post_init__(self) -> None:
        _set(self, "qubits", _distinct("entangle", self.qubits, 2))
        _link(self.link, "entangle")


@dataclass(frozen=True, slots=True)
class Send:
    """Send a qubit to another party; ``bit`` flags its loss (only in a Program)."""

    kind: ClassVar[str] = "send"
    qubit: str
    to: str
    bit: str
    link: str | None = None

    def __post_init__(self) -> None:
        _text(self.qubit, "send: qubit")
        _text(self.to, "send: party")
        _text(self.bit, "send: bit")
        _link(self.link, "send")


@dataclass(frozen=True, slots=True)
class Idle:
    """Let qubits wait for some seconds (only in a Program)."""

    kind: ClassVar[str] = "idle"
    qubits: tuple[str, ...]
    seconds: float

    def __post_init__(self) -> None:
        _set(self, "qubits", _distinct("idle", self.qubits))
        _set(self, "seconds", _number(checks.non_negative, self.seconds, "idle time (seconds)"))


@dataclass(frozen=True, slots=True)
class Noise:
    """A channel on some qubits, first qubit most significant."""

    kind: ClassVar[str] = "noise"
    qubits: tuple[str, ...]
    channel: Channel

    def __post_init__(self) -> None:
        _set(self, "qubits", _distinct("noise", self.qubits))
        if not isinstance(self.channel, Channel):
            raise InvalidInputError(f"noise takes a Channel, got {self.channel!r}")
        if self.channel.num_qubits != len(self.qubits):
            given = f"{len(self.qubits)}: {self.qubits}"
            raise InvalidInputError(f"noise: a channel on {self.channel.num_qubits} qubits is given {given}")


@dataclass(frozen=True, slots=True)
class Erase:
    """With some probability, replace a qubit by the maximally mixed state and record a 1."""

    kind: ClassVar[str] = "erase"
    qubit: str
    probability: float
    bit: str

    def __post_init__(self) -> None:
        _text(self.qubit, "erase: qubit")
        _text(self.bit, "erase: bit")
        _set(self, "probability", _number(checks.probability, self.probability, "erasure probability"))


@dataclass(frozen=True, slots=True)
class Coin:
    """Record a random bit that is 1 with some probability."""

    kind: ClassVar[str] = "coin"
    probability: float
    bit: str
    parties: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _text(self.bit, "coin: bit")
        _set(self, "probability", _number(checks.probability, self.probability, "coin probability"))
        _set(self, "parties", tuple(dict.fromkeys(_text(p, "coin: party") for p in self.parties)))


@dataclass(frozen=True, slots=True)
class Require:
    """Keep only the shots where a condition holds."""

    kind: ClassVar[str] = "require"
    condition: Condition


@dataclass(frozen=True, slots=True)
class Detector:
    """A parity of bits that is deterministic without noise."""

    kind: ClassVar[str] = "detector"
    parity: Parity
    coordinates: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        _set(self, "coordinates", _numbers(self.coordinates, "detector coordinate"))


@dataclass(frozen=True, slots=True)
class Observable:
    """A parity of bits that is a logical observable."""

    kind: ClassVar[str] = "observable"
    index: int
    parity: Parity

    def __post_init__(self) -> None:
        _set(self, "index", checks.integer(self.index, "observable index", low=0))


@dataclass(frozen=True, slots=True)
class Save:
    """Give the final state of some qubits a label; the last operation on them."""

    kind: ClassVar[str] = "save"
    label: str
    qubits: tuple[str, ...]

    def __post_init__(self) -> None:
        _text(self.label, "save: label")
        _set(self, "qubits", _distinct(f"save {self.label!r}", self.qubits))


@dataclass(frozen=True, slots=True)
class Expect:
    """Give the final expectation of a Pauli product a label; the last operation on its qubits."""

    kind: ClassVar[str] = "expect"
    label: str
    paulis: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        where = f"expect {_text(self.label, 'expect: label')!r}"
        pairs: list[tuple[str, str]] = []
        for item in self.paulis:
            if isinstance(item, str) or len(item) != 2:
                raise InvalidInputError(f"{where} has {item!r:.60}; it must have pairs of qubit and Pauli")
            pairs.append((item[0], item[1]))
        _distinct(where, [q for q, _ in pairs])
        for qubit, pauli in pairs:
            if pauli not in ("X", "Y", "Z"):
                raise InvalidInputError(f"{where}: {qubit} has {pauli!r}; allowed are 'X', 'Y', 'Z'")
        _set(self, "paulis", tuple(pairs))

    @property
    def qubits(self) -> tuple[str, ...]:
        """The qubits of the product."""
        return tuple(q for q, _ in self.paulis)


Operation: TypeAlias = Union[
    Gate, Unitary, Prepare, Measure, Reset, Noise, Erase, Coin, Require, Detector, Observable, Save, Expect
]
ProgramOperation: TypeAlias = Union[Operation, Entangle, Send, Idle]


def qubits_of(operation: ProgramOperation) -> tuple[str, ...]:
    """Return the qubits that an operation acts on."""
    if isinstance(operation, (Measure, Reset, Send, Erase)):
        return (operation.qubit,)
    if isinstance(operation, (Coin, Require, Detector, Observable)):
        return ()
    return operation.qubits


def moved(operation: Operation, qubits: Iterable[str]) -> Operation:
    """Return an operation on other qubits, distinct like its own; nothing is checked a second time."""
    if isinstance(operation, (Coin, Require, Detector, Observable)):
        return operation
    twin: Any = object.__new__(type(operation))
    for name in type(operation).__slots__:
        _set(twin, name, getattr(operation, name))
    if isinstance(operation, (Measure, Reset, Erase)):
        (qubit,) = qubits
        _set(twin, "qubit", qubit)
    elif isinstance(operation, Expect):
        _set(twin, "paulis", tuple((q, p) for q, (_, p) in zip(qubits, operation.paulis, strict=True)))
    else:
        _set(twin, "qubits", tuple(qubits))
    return twin  # type: ignore[no-any-return]


def recorded_bit(operation: ProgramOperation) -> str | None:
    """Return the id of the bit that an operation records."""
    return operation.bit if isinstance(operation, (Measure, Erase, Coin, Send)) else None


def condition_of(operation: ProgramOperation) -> Condition | None:
    """Return the condition that an operation needs the value of."""
    if isinstance(operation, (Gate, Unitary)):
        return operation.when
    if isinstance(operation, Require):
        return operation.condition
    if isinstance(operation, (Detector, Observable)):
        return operation.parity
    return None


def saved_qubits(operations: Iterable[ProgramOperation]) -> list[str]:
    """Return the qubits that some ``save`` or ``expect`` keeps, in order of first mention."""
    kept: dict[str, None] = {}
    for operation in operations:
        if isinstance(operation, (Save, Expect)):
            kept.update(dict.fromkeys(operation.qubits))
    return list(kept)
