"""The Channel: a completely positive trace-preserving map on n qubits, as an immutable value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import FrozenInstanceError
from typing import Any, NoReturn, TypeVar

import numpy as np
import numpy.typing as npt

from qnetframe.channels import paulis, serial
from qnetframe.channels import representations as rep
from qnetframe.channels.paulis import ComplexArray
from qnetframe.errors import InvalidInputError

T = TypeVar("T")

# Above this many qubits the superoperator (16^n entries) costs more than a sum over Kraus operators.
_SUPEROPERATOR_QUBITS = 3


class Channel:
    """A completely positive trace-preserving (CPTP) map from n qubits to n qubits; d = 2^n.

    ``Channel(kraus)`` takes matrices of shape (d, d), the first qubit most significant. Other constructors:
    `from_choi`, `from_superoperator`, `from_pauli`, `from_unitary`. Conventions:

    - the superoperator S acts on density matrices written row by row: vec(rho') = S vec(rho) with
      S = sum_k K_k (x) conj(K_k);
    - the Choi matrix is C = sum_ij |i><j| (x) Phi(|i><j|): input first, trace d;
    - the Pauli transfer matrix is R_ij = tr(P_i Phi(P_j)) / d, labels in the order of `paulis.pauli_labels`.

    A map further than 1e-9 from CPTP is refused with its deviation; a deviation of 1e-12 to 1e-9 (rounded data) is
    corrected, below that the operators are kept as given. Two channels are equal if they have the same name and were
    given by the same operators (or Pauli weights); `is_close` compares the maps themselves.

    >>> bit_flip = Channel.from_pauli({"X": 0.25})
    >>> bit_flip.apply([[1, 0], [0, 0]]).real.tolist()
    [[0.75, 0.0], [0.0, 0.25]]

    Raises InvalidInputError for an empty list, wrong shapes, non-finite entries, or a map that is not CPTP.
    """

    __slots__ = ("_cache", "_kraus", "_weights", "name", "num_qubits")

    name: str
    num_qubits: int
    _weights: dict[str, float] | None
    _kraus: ComplexArray | None
    _cache: dict[str, Any]

    def __init__(self, kraus: Iterable[npt.ArrayLike], name: str = "") -> None:
        """Build the channel of these Kraus operators."""
        field = _field(name)
        self._fill(name, kraus=rep.complete(rep.stack(kraus, f"{field}: kraus"), field))

    def _fill(
        self, name: str, *, kraus: ComplexArray | None = None, weights: dict[str, float] | None = None
    ) -> Channel:
        # Content already checked. Bytes objects make arrays that nobody can set writable again.
        fields: dict[str, Any] = {"name": name, "_weights": weights, "_kraus": None, "_cache": {}}
        if kraus is not None:
            fields["_kraus"] = np.frombuffer(kraus.tobytes(), dtype=np.complex128).reshape(kraus.shape)
            fields["num_qubits"] = kraus.shape[1].bit_length() - 1
        if weights is not None:
            fields["num_qubits"] = len(next(iter(weights)))
        for field, value in fields.items():
            object.__setattr__(self, field, value)
        return self

    @classmethod
    def _of(
        cls, name: str = "", *, kraus: ComplexArray | None = None, weights: dict[str, float] | None = None
    ) -> Channel:
        return object.__new__(cls)._fill(name, kraus=kraus, weights=weights)

    @classmethod
    def from_kraus(cls, ops: Iterable[npt.ArrayLike], name: str = "") -> Channel:
        """Return the channel with these Kraus operators, each of shape (d, d)."""
        return cls(ops, name)

    @classmethod
    def from_choi(cls, matrix: npt.ArrayLike, name: str = "") -> Channel:
        """Return the channel with this Choi matrix, shape (d^2, d^2), trace d, input factor first."""
        field = _field(name)
        kraus = rep.choi_to_kraus(rep.square_of_channel(matrix, f"{field}: Choi matrix"), field)
        return cls._of(name, kraus=rep.complete(kraus, field))

    @classmethod
    def from_superoperator(cls, matrix: npt.ArrayLike, name: str = "") -> Channel:
        """Return the channel with this superoperator on row-major vectors, shape (d^2, d^2)."""
        field = _field(name)
        choi = rep.reshuffle_to_choi(rep.square_of_channel(matrix, f"{field}: superoperator"))
        return cls._of(name, kraus=rep.complete(rep.choi_to_kraus(choi, field), field))

    @classmethod
    def from_pauli(cls, weights: Mapping[str, float], name: str = "") -> Channel:
        """Return the channel that applies each Pauli string, e.g. ``"XZ"``, with its probability.

        The weight of the identity may be left out. Weights are kept as given, so `is_pauli` is exact.
        """
        return cls._of(name, weights=paulis.check_weights(weights, f"{_field(name)}: Pauli"))

    @classmethod
    def from_unitary(cls, matrix: npt.ArrayLike, name: str = "") -> Channel:
        """Return the channel rho -> U rho U^dagger of a unitary matrix of shape (d, d)."""
        return cls([_unitary(matrix, f"{_field(name)}: unitary")], name)

    @property
    def dim(self) -> int:
        """The dimension d = 2^n of the Hilbert space."""
        return 1 << self.num_qubits

    @property
    def kraus(self) -> tuple[ComplexArray, ...]:
        """Kraus operators, read-only: as given, or the minimal orthogonal list if built from Choi or superoperator."""
        return self._cached("kraus", lambda: tuple(self._stack()))

    @property
    def superoperator(self) -> ComplexArray:
        """The (d^2, d^2) matrix S with vec(rho') = S vec(rho), row-major vec (read-only)."""
        return self._cached("superoperator", lambda: _locked(rep.kraus_to_superoperator(self._stack())))

    @property
    def choi(self) -> ComplexArray:
        """The (d^2, d^2) Choi matrix sum_ij |i><j| (x) Phi(|i><j|), trace d (read-only)."""
        return self._cached("choi", lambda: _locked(rep.reshuffle_to_choi(self.superoperator)))

    @property
    def pauli_transfer(self) -> npt.NDArray[np.float64]:
        """The real (d^2, d^2) matrix R_ij = tr(P_i Phi(P_j)) / d (read-only)."""
        return self._cached("ptm", lambda: _locked(self._pauli_transfer()))

    @property
    def is_pauli(self) -> bool:
        """Whether the map is a mixture of Pauli strings (Pauli transfer matrix diagonal to 1e-12)."""
        return self._weights is not None or self._cached("is_pauli", self._has_diagonal_transfer)

    @property
    def pauli_probabilities(self) -> dict[str, float]:
        """Probability of each of the 4^n labels in the Pauli twirl: the diagonal of the chi matrix.

        The channel itself is this mixture if `is_pauli`; built by `from_pauli` they are the floats given.
        """
        return dict(self._cached("probabilities", self._probabilities))

    @property
    def is_unital(self) -> bool:
        """Whether the maximally mixed state is left alone (to 1e-9)."""
        if self._weights is not None:
            return True
        return self._cached("is_unital", lambda: _near(self.apply(np.eye(self.dim)), np.eye(self.dim), rep.TOLERANCE))

    @property
    def is_identity(self) -> bool:
        """Whether the map leaves every state alone (entanglement fidelity 1 to 1e-12)."""
        return 1.0 - self.entanglement_fidelity() <= rep.ROUNDING

    def apply(self, rho: npt.ArrayLike) -> ComplexArray:
        """Return Phi(rho) for matrices of shape (..., d, d)."""
        matrices = np.asarray(rho, dtype=np.complex128)
        if matrices.shape[-2:] != (self.dim, self.dim):
            raise InvalidInputError(
                f"rho has shape {matrices.shape}; {_field(self.name)} acts on matrices of shape (..., {self.dim}, {self.dim})"
            )
        if self.num_qubits <= _SUPEROPERATOR_QUBITS:
            flat = matrices.reshape(*matrices.shape[:-2], self.dim**2) @ self.superoperator.T
            return np.ascontiguousarray(flat.reshape(matrices.shape))
        result = np.zeros(matrices.shape, dtype=np.complex128)
        for operator in self.kraus:
            result += operator @ matrices @ operator.conj().T
        return result

    def then(self, other: Channel) -> Channel:
        """Return the channel that applies this one first and ``other`` second."""
        if other.num_qubits != self.num_qubits:
            raise InvalidInputError(
                f"{_field(self.name)} has {self.num_qubits} qubit(s) and {_field(other.name)} has {other.num_qubits}; "
                "channels must have the same number of qubits to follow each other"
            )
        if self._weights is not None and other._weights is not None:
            return Channel._of(weights=paulis.convolve(self._weights, other._weights))
        return _reduced(np.einsum("bij,ajk->abik", other._stack(), self._stack()))

    def __matmul__(self, other: Channel) -> Channel:
        """Return ``other`` first, then this one, as in a product of matrices."""
        return other.then(self) if isinstance(other, Channel) else NotImplemented

    def tensor(self, other: Channel) -> Channel:
        """Return this channel on the first (most significant) qubits beside ``other`` on the last."""
        if self._weights is not None and other._weights is not None:
            return Channel._of(
                weights={a + b: p * q for a, p in self._weights.items() for b, q in other._weights.items()}
            )
        dim = self.dim * other.dim
        return _reduced(np.einsum("aij,bkl->abikjl", self._stack(), other._stack()).reshape(-1, dim, dim))

    def pauli_twirl(self) -> Channel:
        """Return the Pauli channel sum_P P Phi(P . P) P / 4^n, which keeps the diagonal of the chi matrix."""
        if self._weights is not None:
            return self
        return Channel._of(self.name, weights={k: p for k, p in self.pauli_probabilities.items() if p > 0.0})

    def entanglement_fidelity(self, target: npt.ArrayLike | None = None) -> float:
        """Return sum_k |tr(U^dagger K_k)|^2 / d^2 against the unitary ``target`` (default identity)."""
        if target is None and self._weights is not None:
            return self._weights.get("I" * self.num_qubits, 0.0)
        unitary = np.eye(self.dim) if target is None else _unitary(target, "target")
        if unitary.shape[0] != self.dim:
            raise InvalidInputError(
                f"target has shape {unitary.shape}; it must be a unitary of shape ({self.dim}, {self.dim})"
            )
        overlaps = np.einsum("ij,kij->k", unitary.conj(), self._stack())
        return min(1.0, float(np.sum(np.abs(overlaps) ** 2)) / self.dim**2)

    def average_fidelity(self, target: npt.ArrayLike | None = None) -> float:
        """Return the fidelity to the unitary ``target`` (default identity) averaged over pure inputs.

        (d F_e + 1) / (d + 1): M. A. Nielsen, Phys. Lett. A 303, 249 (2002), equation 3.
        """
        return (self.dim * self.entanglement_fidelity(target) + 1.0) / (self.dim + 1.0)

    def completeness_deviation(self) -> float:
        """Return how far from trace preserving: the operator norm of sum_k K_k^dagger K_k - 1."""
        if self._weights is not None:
            return abs(float(np.sum(list(self._weights.values()))) - 1.0)
        return self._cached("deviation", lambda: rep.completeness_deviation(self._stack()))

    def is_close(self, other: Channel, tolerance: float = rep.TOLERANCE) -> bool:
        """Whether both are the same map: all entries of the superoperators within ``tolerance``."""
        return self.num_qubits == other.num_qubits and _near(self.superoperator, other.superoperator, tolerance)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON: ``{"name", "pauli": {label: p}}`` or ``{"name", "kraus": [[[[re, im]]]]}``."""
        return serial.channel_to_dict(self.name, self._weights, self._kraus)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Channel:
        """Return the channel of `to_dict`, equal to the original; InvalidInputError names what is malformed."""
        name, weights, kraus = serial.channel_from_dict(data)
        return cls.from_pauli(weights, name) if weights is not None else cls(kraus or [], name)

    def __eq__(self, other: object) -> bool:
        """Equal if same name and same given operators or Pauli weights."""
        return self._key == other._key if isinstance(other, Channel) else NotImplemented

    def __hash__(self) -> int:
        """Hash of name and content."""
        return self._cached("hash", lambda: hash(self._key))

    def __repr__(self) -> str:
        """Short description; `to_dict` has the numbers."""
        content = f"pauli={self._weights}" if self._weights is not None else f"{len(self.kraus)} Kraus operators"
        return f"Channel({self.name!r}, num_qubits={self.num_qubits}, {content})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: channels are immutable."""
        raise FrozenInstanceError(f"cannot assign to {name!r}: a Channel is immutable")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse: channels are immutable."""
        raise FrozenInstanceError(f"cannot delete {name!r}: a Channel is immutable")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the content, not the caches."""
        return _restore, (self.name, self._kraus, self._weights)

    @property
    def _key(self) -> tuple[Any, ...]:
        content = tuple(self._weights.items()) if self._weights is not None else self._stack().tobytes()
        return self._cached("key", lambda: (self.name, self.num_qubits, content))

    def _cached(self, key: str, compute: Callable[[], T]) -> T:
        if key not in self._cache:
            self._cache[key] = compute()
        value: T = self._cache[key]
        return value

    def _stack(self) -> ComplexArray:
        # Kraus operators as one array of shape (m, d, d).
        if self._kraus is not None:
            return self._kraus
        weights = self._weights or {}
        return self._cached(
            "stack", lambda: _locked(np.stack([np.sqrt(p) * paulis.pauli_matrix(k) for k, p in weights.items()]))
        )

    def _pauli_transfer(self) -> npt.NDArray[np.float64]:
        # Columns first: row r of S, seen as a matrix over the input, gives tr(P_j^T .) = sum_ij S[r, ij] (P_j)_ij.
        size = self.dim**2
        inputs = paulis.pauli_traces(self.superoperator.conj().reshape(size, self.dim, self.dim)).conj()
        outputs = paulis.pauli_traces(np.ascontiguousarray(inputs.T).reshape(size, self.dim, self.dim))
        return np.ascontiguousarray(outputs.T.real) / self.dim

    def _has_diagonal_transfer(self) -> bool:
        transfer = self.pauli_transfer
        return _near(transfer, np.diag(np.diag(transfer)), rep.ROUNDING)

    def _probabilities(self) -> dict[str, float]:
        labels = paulis.pauli_labels(self.num_qubits)
        if self._weights is not None:
            return {label: self._weights.get(label, 0.0) for label in labels}
        diagonal = np.sum(np.abs(paulis.pauli_traces(self._stack())) ** 2, axis=0) / self.dim**2
        return dict(zip(labels, diagonal.tolist(), strict=True))


def _restore(name: str, kraus: ComplexArray | None, weights: dict[str, float] | None) -> Channel:
    return Channel._of(name, kraus=kraus, weights=weights)


def _reduced(kraus: ComplexArray) -> Channel:
    # Compositions keep at most d^2 operators, and none that are exactly zero.
    kraus = kraus.reshape(-1, *kraus.shape[-2:])
    kraus = kraus[np.any(kraus != 0.0, axis=(1, 2))]
    if len(kraus) > kraus.shape[1] ** 2:
        choi = rep.reshuffle_to_choi(rep.kraus_to_superoperator(kraus))
        kraus = rep.choi_to_kraus(choi, "composition")
    return Channel._of(kraus=kraus)


def _unitary(matrix: npt.ArrayLike, field: str) -> ComplexArray:
    array = rep.square(matrix, field)
    deviation = rep.completeness_deviation(array[None])
    if deviation > rep.TOLERANCE:
        raise InvalidInputError(
            f"{field} is not unitary: U^dagger U differs from the identity by {deviation:.6g} (operator norm); "
            f"at most {rep.TOLERANCE:g} is allowed"
        )
    return array


def _near(a: npt.NDArray[Any], b: npt.NDArray[Any], tolerance: float) -> bool:
    return bool(np.abs(a - b).max() <= tolerance)


A = TypeVar("A", bound=np.ndarray[Any, Any])


def _locked(array: A) -> A:
    array.setflags(write=False)
    return array


def _field(name: str) -> str:
    return f"channel {name!r}" if name else "channel"
