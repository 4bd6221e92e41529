"""The values that programs are made of (bits, conditions) and the values that runs give back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias, Union

import numpy as np
from numpy.typing import NDArray

from qnetframe.errors import InvalidInputError

ComplexArray: TypeAlias = NDArray[np.complex128]
BitArray: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bit:
    """A classical bit with a stable id and the party that recorded it ('' in a party-free circuit).

    ``m1 ^ m2 ^ 1`` is the parity of two bits, inverted.
    """

    id: str
    owner: str = ""

    def __xor__(self, other: Bit | Parity | int) -> Parity:
        return Parity.of(self) ^ other

    __rxor__ = __xor__

    def __invert__(self) -> Parity:
        return Parity.of(self) ^ 1

    def __bool__(self) -> bool:
        return _no_truth(self)


@dataclass(frozen=True, slots=True)
class Parity:
    """The XOR of some recorded bits and a constant: the linear functions that a condition is made of."""

    bits: tuple[str, ...] = ()
    constant: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.constant, int) or self.constant not in (0, 1):
            raise InvalidInputError(f"parity constant is {self.constant!r}; it must be 0 or 1")
        odd: set[str] = set()
        for bit in self.bits:
            if not isinstance(bit, str) or not bit or isinstance(self.bits, str):
                raise InvalidInputError(f"parity bits are {self.bits!r}; they must be a sequence of bit ids")
            (odd.remove if bit in odd else odd.add)(bit)
        object.__setattr__(self, "bits", tuple(sorted(odd)))
        object.__setattr__(self, "constant", int(self.constant))

    @staticmethod
    def of(value: Bit | Parity | str) -> Parity:
        """Return ``value`` (a bit, a bit id or a parity) as a Parity."""
        if isinstance(value, Parity):
            return value
        if isinstance(value, Bit):
            return Parity((value.id,))
        if isinstance(value, str):
            return Parity((value,))
        raise InvalidInputError(f"{value!r} is not a bit; give a measured bit or a parity of bits (m1 ^ m2)")

    def __xor__(self, other: Bit | Parity | int) -> Parity:
        if isinstance(other, int) and not isinstance(other, bool) and other in (0, 1):
            return Parity(self.bits, self.constant ^ other)
        if not isinstance(other, (Bit, Parity)):
            raise InvalidInputError(f"a parity cannot include {other!r}; use bits, parities, 0 or 1")
        term = Parity.of(other)
        return Parity(self.bits + term.bits, self.constant ^ term.constant)

    __rxor__ = __xor__

    def __invert__(self) -> Parity:
        return self ^ 1

    def __bool__(self) -> bool:
        return _no_truth(self)

    def __str__(self) -> str:
        terms = list(self.bits)
        if self.constant or not terms:
            terms.append(str(self.constant))
        return " ^ ".join(terms)


@dataclass(frozen=True, slots=True)
class AllOf:
    """True where every one of its parities is 1."""

    parities: tuple[Parity, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parities", _parities(self.parities, "all_of"))

    def __bool__(self) -> bool:
        return _no_truth(self)

    def __str__(self) -> str:
        return "all_of(" + ", ".join(map(str, self.parities)) + ")"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True where at least one of its parities is 1."""

    parities: tuple[Parity, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parities", _parities(self.parities, "any_of"))

    def __bool__(self) -> bool:
        return _no_truth(self)

    def __str__(self) -> str:
        return "any_of(" + ", ".join(map(str, self.parities)) + ")"


Condition: TypeAlias = Union[Parity, AllOf, AnyOf]
ConditionLike: TypeAlias = Union[Bit, Parity, AllOf, AnyOf]


def all_of(*parities: Bit | Parity) -> AllOf:
    """Return the condition that every given bit or parity is 1."""
    return AllOf(parities)  # type: ignore[arg-type]


def any_of(*parities: Bit | Parity) -> AnyOf:
    """Return the condition that at least one given bit or parity is 1."""
    return AnyOf(parities)  # type: ignore[arg-type]


def _no_truth(value: ConditionLike) -> bool:
    # `m1 and m2` would silently be m2, `if m1:` always true.
    raise InvalidInputError(
        f"{value} has no value while the program is written; use when=…, m1 ^ m2, all_of(…) or any_of(…)"
    )


def _parities(values: Sequence[Bit | Parity], name: str) -> tuple[Parity, ...]:
    if len(values) == 0:
        raise InvalidInputError(f"{name}() needs at least one bit or parity")
    return tuple(Parity.of(v) for v in values)


def condition(value: ConditionLike | str) -> Condition:
    """Return a bit, a bit id or a condition as a Condition."""
    return value if isinstance(value, (AllOf, AnyOf)) else Parity.of(value)


def parities_of(value: Condition) -> tuple[Parity, ...]:
    """Return the parities that a condition is made of."""
    return (value,) if isinstance(value, Parity) else value.parities


def evaluate(value: Condition, bits: Mapping[str, Any]) -> Any:
    """Return the truth of a condition, for single bits (0/1) or for arrays of shots (bool)."""

    def parity(p: Parity) -> Any:
        total: Any = bool(p.constant)
        for bit in p.bits:
            total = total ^ bits[bit]
        return total

    if isinstance(value, Parity):
        return parity(value)
    result: Any = isinstance(value, AllOf)
    for p in value.parities:
        result = (result & parity(p)) if isinstance(value, AllOf) else (result | parity(p))
    return result


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its standard error (0 when exact) and the shots behind it (None when exact)."""

    value: float
    standard_error: float = 0.0
    shots: int | None = None

    def __float__(self) -> float:
        return self.value

    def __format__(self, spec: str) -> str:
        spec = spec or ".6f"
        text = format(self.value, spec)
        return text if self.shots is None else f"{text} ± {format(self.standard_error, spec)}"

    def __str__(self) -> str:
        return format(self, "")

    def scaled(self, factor: float, offset: float = 0.0) -> Estimate:
        """Return the estimate of ``factor * x + offset``."""
        return Estimate(self.value * factor + offset, abs(factor) * self.standard_error, self.shots)


def mean_estimate(estimates: Iterable[Estimate], weights: Iterable[float] | None = None) -> Estimate:
    """Return the weighted sum of independent estimates (the plain mean without ``weights``)."""
    terms = list(estimates)
    if not terms:
        raise InvalidInputError("the mean of no estimates is not defined")
    factors = [1.0 / len(terms)] * len(terms) if weights is None else list(weights)
    if len(factors) != len(terms):
        raise InvalidInputError(f"{len(terms)} estimates are given {len(factors)} weights; each needs one")
    shots = [e.shots for e in terms if e.shots is not None]
    return Estimate(
        math.fsum(f * e.value for f, e in zip(factors, terms, strict=True)),
        math.sqrt(math.fsum((f * e.standard_error) ** 2 for f, e in zip(factors, terms, strict=True))),
        sum(shots) if shots else None,
    )


def _equal(a: Any, b: Any) -> bool:
    # The generated comparison of dataclasses fails on arrays of more than one number.
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return bool(np.array_equal(a, b))
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_equal, a, b))
    return bool(a == b)


def _same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and all(_equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))


@dataclass(frozen=True, eq=False)
class StateEstimate:
    """A density matrix with the covariance of its Pauli expectations.

    ``matrix`` is (2**n, 2**n); ``paulis`` names the 4**n strings (identity first) and ``covariance`` is
    their covariance, zero when exact. Linear inversion may give a matrix with negative eigenvalues, which
    ``positive`` tells.
    """

    matrix: ComplexArray
    paulis: tuple[str, ...] = ()
    covariance: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    shots: int | None = None

    @property
    def positive(self) -> bool:
        """Whether no eigenvalue is below -1e-9."""
        return bool(np.linalg.eigvalsh(self.matrix).min() >= -1e-9)

    def __eq__(self, other: object) -> bool:
        return _same(self, other)

    __hash__ = None  # type: ignore[assignment]

    def fidelity(self, target: Any) -> Estimate:
        """Return <psi|rho|psi> for a pure state vector ``target`` (2**n amplitudes)."""
        vector = complex_array(target, "target").ravel()
        dim = self.matrix.shape[0]
        if vector.shape != (dim,):
            raise InvalidInputError(f"target has {vector.size} amplitudes; the state needs {dim}")
        norm = float(np.vdot(vector, vector).real)
        if not math.isclose(norm, 1.0, abs_tol=1e-9):
            raise InvalidInputError(f"target has norm² {norm:.12g}; it must be 1")
        return self.expectation(np.outer(vector, vector.conj()))

    def expectation(self, observable: Any) -> Estimate:
        """Return Tr(observable @ rho) of a Hermitian ``observable`` (2**n, 2**n) with its standard error."""
        operator = complex_array(observable, "observable")
        if operator.shape != self.matrix.shape or not np.allclose(operator, operator.conj().T, atol=1e-9):
            raise InvalidInputError(f"observable must be a Hermitian matrix of shape {self.matrix.shape}")
        value = float(np.trace(operator @ self.matrix).real)
        if self.shots is None:
            return Estimate(value)
        from qnetframe.paulis import pauli_matrix

        dim = self.matrix.shape[0]
        weights = np.array([np.trace(operator @ pauli_matrix(p)).real / dim for p in self.paulis])
        return Estimate(value, float(math.sqrt(max(0.0, weights @ self.covariance @ weights))), self.shots)


def complex_array(value: Any, where: str) -> ComplexArray:
    """Return ``value`` as an array of complex numbers; InvalidInputError if it is none."""
    try:
        return np.asarray(value, dtype=complex)
    except (TypeError, ValueError, OverflowError):
        raise InvalidInputError(f"{where} is {value!r:.60}; it must be an array of numbers") from None


@dataclass(frozen=True, eq=False)
class Branch:
    """One exact outcome: the output values, the probability, the joint state of the saved qubits.

    ``outputs`` follows the circuit's outputs. ``probability`` includes the circuit's ``require``s, so that
    the probabilities of all branches add up to the probability of acceptance. ``state`` is the normalised
    density matrix of all saved qubits, in the order of ``Circuit.saved``; None where nothing is saved.
    """

    outputs: tuple[int, ...]
    probability: float
    state: ComplexArray | None = None

    def __eq__(self, other: object) -> bool:
        return _same(self, other)

    __hash__ = None  # type: ignore[assignment]


_CHUNK = 1 << 16


@dataclass(frozen=True, eq=False)
class Samples:
    """Every shot of a run, one bit for each declared output, packed eight to a byte and in chunks.

    ``labels`` name the columns; each chunk of ``packed`` is (shots, ceil(len(labels) / 8)) bytes.
    """

    labels: tuple[str, ...]
    packed: tuple[NDArray[np.uint8], ...]
    lengths: tuple[int, ...]
    method: str = "native"

    @staticmethod
    def from_bits(labels: Sequence[str], bits: Any, method: str = "native") -> Samples:
        """Pack a (shots, len(labels)) array of 0/1."""
        array = np.asarray(bits)
        if array.ndim != 2 or array.shape[1] != len(labels):
            raise InvalidInputError(f"bits have shape {array.shape}; they must be (shots, {len(labels)})")
        if array.dtype != bool:
            if not ((array == 0) | (array == 1)).all():
                raise InvalidInputError("bits have an entry that is neither 0 nor 1")
            array = array.astype(bool)
        pieces = [array[i : i + _CHUNK] for i in range(0, len(array), _CHUNK)]
        return Samples(
            tuple(labels), tuple(np.packbits(p, axis=1) for p in pieces), tuple(map(len, pieces)), method
        )

    def __eq__(self, other: object) -> bool:
        return _same(self, other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def shots(self) -> int:
        """The number of shots."""
        return sum(self.lengths)

    def chunks(self) -> Iterator[BitArray]:
        """Yield (shots, len(labels)) boolean arrays, chunk by chunk."""
        width = len(self.labels)
        for chunk, length in zip(self.packed, self.lengths, strict=True):
            if width:
                yield np.unpackbits(chunk, axis=1, count=width).astype(bool)
            else:
                yield np.zeros((length, 0), dtype=bool)

    def bits(self) -> BitArray:
        """Return all shots as one (shots, len(labels)) boolean array."""
        chunks = list(self.chunks())
        return np.concatenate(chunks) if chunks else np.zeros((0, len(self.labels)), dtype=bool)

    def counts(self) -> dict[tuple[int, ...], int]:
        """Return how often each row of bits occurs."""
        total: dict[tuple[int, ...], int] = {}
        for chunk in self.chunks():
            rows, numbers = np.unique(chunk, axis=0, return_counts=True)
            for row, number in zip(rows, numbers, strict=True):
                key = tuple(int(b) for b in row)
                total[key] = total.get(key, 0) + int(number)
        return total
