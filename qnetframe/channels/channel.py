"""The Channel: a completely positive trace-preserving map on n qubits, as an immutable value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import FrozenInstanceError
from typing import Any, NoReturn, TypeVar

import numpy as np
import numpy.typing as npt

from qnetframe.channels import paulis, serial
from qnetframe.channels import representations as rep
from qnetframe.channels.paulis import ComplexArray, RealArray
from qnetframe.errors import InvalidInputError

T = TypeVar("T")
Array = TypeVar("Array", bound=np.ndarray[Any, Any])

# Above this many qubits the superoperator (16^n entries) costs more than a sum over Kraus operators.
_SUPEROPERATOR_QUBITS = 3
# Chi-matrix entries are squares of traces with rounding errors around 1e-16.
_CHI_ROUNDING = 1e-30


class Channel:
    """A completely positive trace-preserving (CPTP) map from n qubits to n qubits; d = 2^n.

    ``Channel(kraus)`` takes matrices of shape (d, d), the first qubit most significant. Other constructors:
    `from_choi`, `from_superoperator`, `from_pauli`, `from_unitary`. Conventions:

    - the superoperator S acts on density matrices written row by row: vec(rho') = S vec(rho) with
      S = sum_k K_k (x) conj(K_k);
    - the Choi matrix is C = sum_ij |i><j| (x) Phi(|i><j|): input first, trace d;
    - the Pauli transfer matrix is R_ij = tr(P_i Phi(P_j)) / d, labels in the order of `paulis.pauli_labels`.

    A map further than 1e-9 from CPTP is refused with its deviation; a deviation of 1e-12 to 1e-9 (rounded
    data) is corrected, below that the operators are kept as given. Two channels are equal if they have the
    same name and the same operators (or Pauli weights); `is_close` compares the maps themselves.

    >>> bit_flip = Channel.from_pauli({"X": 0.25})
    >>> bit_flip.apply([[1, 0], [0, 0]]).real.round(12).tolist()
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
        self._fill(name, rep.complete(rep.stack(kraus, f"{field}: kraus"), field), None)

    @classmethod
    def from_kraus(cls, ops: Iterable[npt.ArrayLike], name: str = "") -> Channel:
        """Return the channel with these Kraus operators, each of shape (d, d)."""
        return cls(ops, name)

    @classmethod
    def from_choi(cls, matrix: npt.ArrayLike, name: str = "") -> Channel:
        """Return the channel with this Choi matrix, shape (d^2, d^2), trace d, input factor first."""
        field = _field(name)
        choi = rep.square_of_channel(matrix, f"{field}: Choi matrix")
        return _restore(name, rep.choi_to_kraus(choi, field), None)

    @classmethod
    def from_superoperator(cls, matrix: npt.ArrayLike, name: str = "") -> Channel:
        """Return the channel with this superoperator on row-major vectors, shape (d^2, d^2)."""
        superoperator = rep.square_of_channel(matrix, f"{_field(name)}: superoperator")
        return cls.from_choi(rep.reshuffle_to_choi(superoperator), name)

    @classmethod
    def from_pauli(cls, weights: Mapping[str, float], name: str = "") -> Channel:
        """Return the channel that applies each Pauli string, e.g. ``"XZ"``, with its probability.

        The weight of the identity may be left out. Weights are kept as given, so `is_pauli` is exact.
        """
        return _restore(name, None, paulis.check_weights(weights, f"{_field(name)}: Pauli"))

    @classmethod
    def from_unitary(cls, matrix: npt.ArrayLike, name: str = "") -> Channel:
        """Return the channel rho -> U rho U^dagger of a unitary matrix of shape (d, d)."""
        return cls([rep.unitary(matrix, f"{_field(name)}: unitary")], name)

    @property
    def dim(self) -> int:
        """The dimension d = 2^n of the Hilbert space."""
        return 1 << self.num_qubits

    @property
    def kraus(self) -> tuple[ComplexArray, ...]:
        """Kraus operators (read-only): as given; from Choi or superoperator the minimal orthogonal list."""
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
    def pauli_transfer(self) -> RealArray:
        """The real (d^2, d^2) matrix R_ij = tr(P_i Phi(P_j)) / d (read-only)."""
        return self._cached("transfer", lambda: _locked(rep.pauli_transfer(self.superoperator)))

    @property
    def is_pauli(self) -> bool:
        """Whether the map is a mixture of Pauli strings (Pauli transfer matrix diagonal to 1e-12)."""
        if self._weights is not None:
            return True
        transfer = self.pauli_transfer
        return self._cached("is_pauli", lambda: _near(transfer, np.diag(np.diag(transfer)), rep.ROUNDING))

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
        one = np.eye(self.dim)
        return self._cached("is_unital", lambda: _near(self.apply(one), one, rep.TOLERANCE))

    @property
    def is_identity(self) -> bool:
        """Whether every state is left alone (superoperator the identity to 1e-12)."""
        if self._weights is not None:
            return 1.0 - self.entanglement_fidelity() <= rep.ROUNDING
        # Not by the fidelity: a rotation by 1e-6 loses only 2.5e-13 of it.
        one = np.eye(self.dim**2)
        return self._cached("is_identity", lambda: _near(self.superoperator, one, rep.ROUNDING))

    def apply(self, rho: npt.ArrayLike) -> ComplexArray:
        """Return Phi(rho) for matrices of shape (..., d, d)."""
        matrices = np.asarray(rho, dtype=np.complex128)
        dim = self.dim
        if matrices.shape[-2:] != (dim, dim):
            raise InvalidInputError(
                f"rho has shape {matrices.shape}; {_field(self.name)} acts on shape (..., {dim}, {dim})"
            )
        if self.num_qubits <= _SUPEROPERATOR_QUBITS:
            vectors = matrices.reshape(*matrices.shape[:-2], dim * dim)
            return np.ascontiguousarray((vectors @ self.superoperator.T).reshape(matrices.shape))
        result = np.zeros(matrices.shape, dtype=np.complex128)
        for operator in self.kraus:
            result += operator @ matrices @ operator.conj().T
        return result

    def then(self, other: Channel) -> Channel:
        """Return the channel that applies this one first and ``other`` second."""
        if other.num_qubits != self.num_qubits:
            raise InvalidInputError(
                f"{_field(self.name)} has {self.num_qubits} qubit(s), {_field(other.name)} has "
                f"{other.num_qubits}; one channel can follow another only on the same number of qubits"
            )
        if self._weights is not None and other._weights is not None:
            return _restore("", None, paulis.convolve(self._weights, other._weights))
        return self._combined(np.einsum("bij,ajk->abik", other._stack(), self._stack()), self.dim)

    def __matmul__(self, other: Channel) -> Channel:
        """Return ``other`` first, then this one, as in a product of matrices."""
        return other.then(self) if isinstance(other, Channel) else NotImplemented

    def tensor(self, other: Channel) -> Channel:
        """Return this channel on the first (most significant) qubits beside ``other`` on the last."""
        if self._weights is not None and other._weights is not None:
            return _restore("", None, paulis.product(self._weights, other._weights))
        kraus = np.einsum("aij,bkl->abikjl", self._stack(), other._stack())
        return self._combined(kraus, self.dim * other.dim)

    def pauli_twirl(self) -> Channel:
        """Return the Pauli channel sum_P P Phi(P . P) P / 4^n, which keeps the diagonal of the chi matrix."""
        if self._weights is not None:
            return self
        weights = {k: p for k, p in self.pauli_probabilities.items() if p > _CHI_ROUNDING}
        return _restore(f"twirled {self.name}".rstrip(), None, paulis.tidy(weights))

    def entanglement_fidelity(self, target: npt.ArrayLike | None = None) -> float:
        """Return sum_k |tr(U^dagger K_k)|^2 / d^2 against the unitary ``target`` (default identity)."""
        if target is None and self._weights is not None:
            return self._weights.get("I" * self.num_qubits, 0.0)
        unitary = np.eye(self.dim, dtype=np.complex128) if target is None else rep.unitary(target, "target")
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
        return self._cached("deviation", lambda: rep.completeness_deviation(self._stack()))

    def is_close(self, other: Channel, tolerance: float = rep.TOLERANCE) -> bool:
        """Whether both are the same map: all entries of the superoperators within ``tolerance``."""
        if self.num_qubits != other.num_qubits:
            return False
        return _near(self.superoperator, other.superoperator, tolerance)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON data: name (if any) and ``"pauli": {label: p}`` or ``"kraus": [[[[re, im]]]]``."""
        return serial.write_form(self.name, self._weights, self._kraus)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Channel:
        """Return the channel of `to_dict`, equal to the original; InvalidInputError names what is wrong."""
        name, kraus = serial.read_form(data)
        return cls.from_pauli(data["pauli"], name) if kraus is None else cls(kraus, name)

    def __eq__(self, other: object) -> bool:
        """Equal if same name and same given operators or Pauli weights."""
        return self._key() == other._key() if isinstance(other, Channel) else NotImplemented

    def __hash__(self) -> int:
        """Hash of name and content."""
        return self._cached("hash", lambda: hash(self._key()))

    def __repr__(self) -> str:
        """Short description; `to_dict` has the numbers."""
        label = f"{self.name!r}, " if self.name else ""
        content = f"pauli={self._weights}" if self._kraus is None else f"{len(self._kraus)} Kraus operators"
        return f"Channel({label}num_qubits={self.num_qubits}, {content})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: channels are immutable."""
        raise FrozenInstanceError(f"cannot assign to {name!r}: a Channel is immutable")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse: channels are immutable."""
        raise FrozenInstanceError(f"cannot delete {name!r}: a Channel is immutable")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy the content, not the caches."""
        return _restore, (self.name, self._kraus, self._weights)

    def _fill(self, name: str, kraus: ComplexArray | None, weights: dict[str, float] | None) -> None:
        # The content is checked already. Adding 0.0 turns -0.0 into 0.0, so that equal matrices have equal
        # bytes; an array over a bytes object is one that nobody can set writable again.
        if kraus is not None:
            num_qubits = kraus.shape[1].bit_length() - 1
            kraus = np.frombuffer((kraus + 0.0).tobytes(), dtype=np.complex128).reshape(kraus.shape)
        else:
            num_qubits = len(next(iter(weights or {})))
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "num_qubits", num_qubits)
        object.__setattr__(self, "_kraus", kraus)
        object.__setattr__(self, "_weights", weights)
        object.__setattr__(self, "_cache", {})

    @staticmethod
    def _combined(kraus: ComplexArray, dim: int) -> Channel:
        return _restore("", rep.compress(kraus.reshape(-1, dim, dim)), None)

    def _cached(self, key: str, compute: Callable[[], T]) -> T:
        if key not in self._cache:
            self._cache[key] = compute()
        value: T = self._cache[key]
        return value

    def _key(self) -> tuple[Any, ...]:
        weights, kraus = self._weights, self._kraus
        content = tuple((weights or {}).items()) if kraus is None else kraus.tobytes()
        return self.name, self.num_qubits, content

    def _stack(self) -> ComplexArray:
        # Kraus operators as one array of shape (m, d, d).
        if self._kraus is not None:
            return self._kraus
        return self._cached("stack", lambda: _locked(paulis.kraus_operators(self._weights or {})))

    def _probabilities(self) -> dict[str, float]:
        labels = paulis.pauli_labels(self.num_qubits)
        if self._weights is not None:
            return {label: self._weights.get(label, 0.0) for label in labels}
        diagonal = np.sum(np.abs(paulis.pauli_traces(self._stack())) ** 2, axis=0) / self.dim**2
        return dict(zip(labels, diagonal.tolist(), strict=True))


def _restore(name: str, kraus: ComplexArray | None, weights: dict[str, float] | None) -> Channel:
    channel = object.__new__(Channel)
    channel._fill(name, kraus, weights)
    return channel


def _near(a: npt.NDArray[Any], b: npt.NDArray[Any], tolerance: float) -> bool:
    return bool(np.abs(a - b).max() <= tolerance)


def _locked(array: Array) -> Array:
    array.setflags(write=False)
    return array


def _field(name: str) -> str:
    if not isinstance(name, str):
        raise InvalidInputError(f"channel name is {name!r}; it must be text")
    return f"channel {name!r}" if name else "channel"
