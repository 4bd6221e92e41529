"""Maps between spaces of any dimensions, given by Kraus operators: what capacities are computed from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from qnetframe.channels.channel import Channel
from qnetframe.errors import InvalidInputError

Matrix: TypeAlias = npt.NDArray[Any]
ChannelLike: TypeAlias = "Channel | Map"

T = TypeVar("T")

_TOLERANCE = 1e-9
_NOTHING = 1e-14
# Entries of the superoperator to the environment: 1 GiB.
_MOST_ENTRIES = 1 << 26


@dataclass(frozen=True, eq=False)
class Map:
    """A completely positive trace-preserving map with Kraus operators of shape (m, d_out, d_in).

    ``flags`` counts the values of a classical flag that is the last factor of the output (1: none);
    ``channel`` is the Channel that the map was made from, if it is the same map.
    """

    kraus: Matrix
    name: str = ""
    flags: int = 1
    channel: Channel | None = None

    def __post_init__(self) -> None:
        operators = np.asarray(self.kraus, dtype=complex)
        if operators.ndim != 3:
            raise InvalidInputError(f"kraus has shape {operators.shape}; it must have shape (m, d_out, d_in)")
        gram = np.einsum("kai,kaj->ij", operators.conj(), operators)
        off = float(np.abs(np.linalg.eigvalsh(gram - np.eye(gram.shape[0]))).max())
        if not off <= _TOLERANCE:
            raise InvalidInputError(
                f"channel {self.name!r} is not trace preserving: sum K^dagger K differs from the identity by "
                f"{off:.6g} (operator norm); at most {_TOLERANCE:g} is allowed"
            )
        object.__setattr__(self, "kraus", operators)

    @property
    def inputs(self) -> int:
        """The dimension of the input."""
        return int(self.kraus.shape[2])

    @property
    def outputs(self) -> int:
        """The dimension of the output."""
        return int(self.kraus.shape[1])

    def __call__(self, rho: Matrix) -> Matrix:
        """Return the outputs (..., d_out, d_out) of matrices (..., d_in, d_in)."""
        return _by_superoperator(self.superoperator, rho, self.outputs)

    def adjoint(self, observable: Matrix) -> Matrix:
        """Return sum_k K† M K (..., d_in, d_in) of matrices (..., d_out, d_out)."""
        return _by_superoperator(self.superoperator.conj().T, observable, self.inputs)

    @cached_property
    def _known(self) -> dict[object, Any]:
        return {}

    def remember(self, key: object, compute: Callable[[], T]) -> T:
        """Return what ``compute`` gives, computed once for this map and key."""
        if key not in self._known:
            self._known[key] = compute()
        found: T = self._known[key]
        return found

    @cached_property
    def superoperator(self) -> Matrix:
        """The (d_out², d_in²) matrix on row-major vectors."""
        size_out, size_in = self.outputs, self.inputs
        tensor = np.einsum("kai,kbj->abij", self.kraus, self.kraus.conj())
        return np.ascontiguousarray(tensor.reshape(size_out**2, size_in**2))

    @cached_property
    def choi(self) -> Matrix:
        """The Choi matrix sum_ij |i><j| ⊗ Φ(|i><j|), of trace d_in."""
        size_out, size_in = self.outputs, self.inputs
        tensor = self.superoperator.reshape(size_out, size_out, size_in, size_in).transpose(2, 0, 3, 1)
        return np.ascontiguousarray(tensor.reshape(size_in * size_out, size_in * size_out))

    @cached_property
    def complement(self) -> Map:
        """The map to the environment: Kraus operators R_a = sum_k |k><a| K_k."""
        return Map(np.ascontiguousarray(self.kraus.transpose(1, 0, 2)), f"complement of {self.name}")

    @cached_property
    def supported(self) -> Map:
        """The same map into the subspace of the output that it reaches."""
        values, vectors = np.linalg.eigh(self(np.eye(self.inputs, dtype=complex)))
        basis = vectors[:, values > _NOTHING]
        if basis.shape[1] == self.outputs:
            return self
        return Map(basis.conj().T @ self.kraus, self.name)


def _by_superoperator(superoperator: Matrix, rho: Matrix, size: int) -> Matrix:
    vectors = rho.reshape(*rho.shape[:-2], -1)
    found: Matrix = (vectors @ superoperator.T).reshape(*rho.shape[:-2], size, size)
    return found


def as_map(channel: ChannelLike) -> Map:
    """Return the map of a Channel with as few Kraus operators as it needs."""
    if isinstance(channel, Map):
        return channel
    if not isinstance(channel, Channel):
        raise InvalidInputError(f"channel is {channel!r:.60}; it must be a qnetframe Channel")
    kraus = np.stack(channel.kraus)
    kraus = kraus[np.abs(kraus).max(axis=(1, 2)) > 0.0]
    flat = kraus.reshape(len(kraus), -1)
    gram = flat.conj() @ flat.T
    if float(np.abs(gram - np.diag(np.diag(gram))).max()) < _NOTHING:
        # Orthogonal already, as Pauli strings are.
        values, vectors = np.diag(gram).real, np.eye(len(kraus))
    else:
        values, vectors = np.linalg.eigh(gram)
    keep = values > _NOTHING
    entries = (int(keep.sum()) * channel.dim) ** 2
    if entries > _MOST_ENTRIES:
        raise InvalidInputError(
            f"channel {channel.name!r} on {channel.num_qubits} qubits has {int(keep.sum())} Kraus operators; "
            f"its capacities would take {entries * 16 / 2**30:.0f} GiB"
        )
    if keep.all():
        return Map(kraus, channel.name, channel=channel)
    return Map(np.einsum("kl,kab->lab", vectors[:, keep], kraus), channel.name, channel=channel)


def flagged(channel: Channel) -> Map:
    """Return a channel on (qubits, flag), such as `erasure` and `fibre`, with the flag starting in |0>.

    The flag is the last qubit; it comes out with the rest and is read: a map from n-1 qubits to n.
    """
    full = as_map(channel)
    if full.inputs < 4:
        raise InvalidInputError(f"channel {full.name!r} acts on one qubit; it has no flag beside it")
    kraus = full.kraus[:, :, ::2]
    # Reading the flag: what it was coherent with is the environment's.
    projected = [k * (np.arange(full.outputs) % 2 == bit)[:, None] for k in kraus for bit in (0, 1)]
    operators = [k for k in projected if np.abs(k).max() > 0.0]
    return Map(np.stack(operators), full.name, flags=2)


def qubits_of(channel: ChannelLike) -> Channel | None:
    """Return the Channel if it is one on a single qubit, else None."""
    found = channel if isinstance(channel, Channel) else channel.channel
    return found if found is not None and found.num_qubits == 1 else None
