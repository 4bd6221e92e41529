"""Parts of a state: partial trace, partial transpose, entropies in bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.states.checking import ComplexArray, RealArray, density_matrices, real_array, subsystems


def partial_trace(rho: npt.ArrayLike, keep: int | Sequence[int], dims: Sequence[int] | None = None) -> Any:
    """Return the states of the subsystems ``keep``, in their order in the whole, shape (..., k, k).

    ``dims`` are the dimensions of all subsystems, first most significant (None: qubits).
    """
    states = density_matrices(rho)
    sizes = subsystems(dims, states.shape[-1])
    kept = sorted(set(_places(keep, len(sizes))))
    return _traced(states, sizes, kept)


def _traced(states: ComplexArray, sizes: tuple[int, ...], kept: Sequence[int]) -> ComplexArray:
    stack, count = states.shape[:-2], len(sizes)
    tensor: Any = states.reshape(-1, *sizes, *sizes)
    rows = list(range(1, count + 1))
    columns = [i + count if i - 1 in kept else i for i in rows]
    out = [0, *(i + 1 for i in kept), *(i + 1 + count for i in kept)]
    subscripts: list[Any] = [tensor, [0, *rows, *columns], out]
    size = int(np.prod([sizes[i] for i in kept]))
    reduced: ComplexArray = np.einsum(*subscripts)
    return reduced.reshape(*stack, size, size)


def partial_transpose(
    rho: npt.ArrayLike, parts: int | Sequence[int] = 0, dims: Sequence[int] | None = None
) -> ComplexArray:
    """Return the matrices (..., d, d) with the subsystems ``parts`` transposed (``dims``: None is qubits)."""
    states = density_matrices(rho)
    sizes = subsystems(dims, states.shape[-1])
    return transposed(states, _places(parts, len(sizes)), sizes)


def transposed(matrices: ComplexArray, parts: Sequence[int], sizes: tuple[int, ...]) -> ComplexArray:
    """Return matrices (..., d, d) with subsystems transposed; nothing is checked."""
    stack, count = matrices.ndim - 2, len(sizes)
    axes = list(range(stack + 2 * count))
    for part in parts:
        row, column = stack + part, stack + count + part
        axes[row], axes[column] = axes[column], axes[row]
    tensor = matrices.reshape(*matrices.shape[:-2], *sizes, *sizes).transpose(axes)
    return np.ascontiguousarray(tensor).reshape(matrices.shape)


def entropy(rho: npt.ArrayLike) -> Any:
    """Return the von Neumann entropy -tr ρ log2 ρ of states (..., d, d), in bits."""
    return spectrum_entropy(np.linalg.eigvalsh(density_matrices(rho)))


def spectrum_entropy(values: npt.ArrayLike) -> Any:
    """Return -Σ x log2 x along the last axis, where what is not above 0 counts nothing."""
    array = np.asarray(values, dtype=float)
    safe = np.where(array > 0.0, array, 1.0)
    return -(safe * np.log2(safe)).sum(axis=-1)


def binary_entropy(p: npt.ArrayLike) -> Any:
    """Return h(p) = -p log2 p - (1-p) log2(1-p) for probabilities of any shape."""
    array = real_array(p, "probability", 0.0, 1.0)
    return spectrum_entropy(np.stack([array, 1.0 - array], axis=-1))


def _places(parts: int | Sequence[int], count: int) -> list[int]:
    given = [parts] if isinstance(parts, int) else list(parts)
    return [checks.integer(part, "subsystem", low=0, high=count - 1) for part in given]


def sizes_of_two(
    size: int, dims: Sequence[int] | None, first: int | Sequence[int]
) -> tuple[tuple[int, ...], list[int]]:
    """Return the dimensions of all subsystems, of product ``size``, and which of them one side holds."""
    sizes = subsystems(dims, size)
    return sizes, _places(first, len(sizes))


def marginal_spectra(states: ComplexArray, sizes: tuple[int, ...], first: Sequence[int]) -> list[RealArray]:
    """Return the eigenvalues of both sides of checked states: those of ``first``, then of the others."""
    rest = [i for i in range(len(sizes)) if i not in set(first)]
    return [np.linalg.eigvalsh(_traced(states, sizes, sorted(part))) for part in (list(first), rest)]
