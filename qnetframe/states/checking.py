"""Checks of states: each returns a clean array or raises InvalidInputError with the deviation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from qnetframe.errors import InvalidInputError

# Real and complex arrays. numpy's stubs lose the number of bits in most linear algebra, so it is left open.
RealArray = npt.NDArray[Any]
ComplexArray = npt.NDArray[Any]

TOLERANCE = 1e-9
"""A state further than this from Hermitian, positive and of trace 1 is refused."""

NO_PIVOT = 1e-15
"""Pivots and eigenvalues of a state below this are rounding of zero."""


def real_array(values: Any, field: str, low: float, high: float) -> RealArray:
    """Return numbers as an array; each must be finite and in [low, high]."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise InvalidInputError(f"{field} is {values!r:.60}; it must be a number or an array") from None
    if array.size:
        inside = (array >= low) & (array <= high)
        if not inside.all():
            worst = array[~inside].flat[0]
            raise InvalidInputError(f"{field} is {float(worst)!r}; it must be in [{low:g}, {high:g}]")
    return array


def simplex(weights: Any, field: str) -> RealArray:
    """Return probability vectors along the last axis: at least 0 and of sum 1, to within 1e-9.

    They are returned as given, so that exact data stays exact.
    """
    try:
        array = np.asarray(weights, dtype=float)
    except (TypeError, ValueError):
        raise InvalidInputError(f"{field} are {weights!r:.60}; they must be numbers") from None
    if array.ndim == 0 or array.shape[-1] == 0:
        raise InvalidInputError(f"{field} have shape {array.shape}; they must be vectors")
    if not array.size:
        return array
    if not np.isfinite(array).all():
        raise InvalidInputError(f"{field} have an entry that is not finite")
    lowest = float(array.min())
    if lowest < -TOLERANCE:
        where = _place(np.argmin(array.min(axis=-1)), array.shape[:-1])
        raise InvalidInputError(f"{field}{where} have the entry {lowest:.6g}; none may be negative")
    off = np.abs(array.sum(axis=-1) - 1.0)
    if off.max() > TOLERANCE:
        where = _place(np.argmax(off), array.shape[:-1])
        raise InvalidInputError(f"{field}{where} do not sum to 1: they are off by {off.max():.6g}")
    return array


def density_matrices(rho: Any, *, dim: int | None = None, field: str = "state") -> ComplexArray:
    """Return density matrices of shape (..., d, d); a vector (d,) becomes its projector.

    Each must be Hermitian, of trace 1 and without an eigenvalue below zero, all to within 1e-9; ``dim`` is d
    where it is known. Raises InvalidInputError with the largest deviation and where it is.
    """
    array = projectors(rho, field)
    size = array.shape[-1]
    if dim is not None and size != dim:
        raise InvalidInputError(f"{field} has shape {array.shape}; it must have shape (..., {dim}, {dim})")
    if not array.size:
        return array
    stack = array.shape[:-2]
    with np.errstate(invalid="ignore"):  # infinite less infinite
        difference = array - array.conj().swapaxes(-1, -2)
    # Real and imaginary parts first: moduli take much longer. Negated, since nan compares as false.
    parts = difference.view(float)
    if not (parts.max() <= TOLERANCE / 2 and parts.min() >= -TOLERANCE / 2):
        if not np.isfinite(array.view(float)).all():
            raise InvalidInputError(f"{field} has an entry that is not finite")
        _check_hermitian(np.abs(difference).max(axis=(-1, -2)), field)
    off = np.abs(np.trace(array, axis1=-2, axis2=-1) - 1.0)
    if off.max() > TOLERANCE:
        where = _place(np.argmax(off), stack)
        raise InvalidInputError(f"{field}{where} has a trace that is not 1: it is off by {off.max():.6g}")
    _check_positive(array, field)
    return array


def projectors(rho: Any, field: str) -> ComplexArray:
    """Return complex matrices (..., d, d), not checked further; a vector (d,) becomes its projector."""
    try:
        array = np.ascontiguousarray(rho, dtype=complex)
    except (TypeError, ValueError):
        raise InvalidInputError(f"{field} is {rho!r:.60}; it must be a density matrix") from None
    if np.ndim(rho) == 1:
        array = np.outer(array, array.conj())
    if array.ndim < 2 or array.shape[-1] != array.shape[-2] or array.shape[-1] == 0:
        raise InvalidInputError(
            f"{field} has shape {np.shape(rho)}; it must be density matrices of shape (..., d, d)"
        )
    return array


def _check_hermitian(skew: RealArray, field: str) -> None:
    if skew.max() > TOLERANCE:
        where = _place(np.argmax(skew), skew.shape)
        raise InvalidInputError(
            f"{field}{where} is not Hermitian: it differs from its adjoint by {skew.max():.6g}"
        )


def _check_positive(array: ComplexArray, field: str) -> None:
    # A matrix with a Cholesky factor is positive: much cheaper than eigenvalues, which only failures need.
    if _has_factor(array) or _has_factor(array + TOLERANCE * np.eye(array.shape[-1])):
        return
    lowest = np.linalg.eigvalsh(array)[..., 0]
    if lowest.min() < -TOLERANCE:
        where = _place(np.argmin(lowest), array.shape[:-2])
        raise InvalidInputError(
            f"{field}{where} has the eigenvalue {lowest.min():.6g}; none may be below -{TOLERANCE:g}"
        )


def _has_factor(array: ComplexArray) -> bool:
    try:
        np.linalg.cholesky(array)
    except np.linalg.LinAlgError:
        return False
    return True


def check_same_space(arrays: Sequence[ComplexArray]) -> tuple[int, ...]:
    """Return the stack (...) to which states (..., d, d) broadcast.

    Raises InvalidInputError where they differ in dimension or do not broadcast.
    """
    if len({a.shape[-1] for a in arrays}) > 1:
        raise InvalidInputError(
            f"first state has shape {arrays[0].shape}, second state {arrays[1].shape}; "
            "they must act on one space"
        )
    try:
        return np.broadcast_shapes(*(a.shape[:-2] for a in arrays))
    except ValueError:
        raise InvalidInputError(
            f"first state has shape {arrays[0].shape}, second state {arrays[1].shape}; "
            "their leading axes must broadcast"
        ) from None


def subsystems(dims: Any, size: int, field: str = "dims") -> tuple[int, ...]:
    """Return the dimensions of subsystems, whose product must be ``size``; None means qubits."""
    if dims is None:
        count = size.bit_length() - 1
        if size != 1 << count:
            raise InvalidInputError(f"the state has dimension {size}, which is no power of 2: give {field}")
        return (2,) * count
    found = tuple(int(d) for d in dims)
    if any(d < 1 for d in found) or int(np.prod(found)) != size:
        raise InvalidInputError(f"{field} are {found}; their product must be the dimension {size}")
    return found


def _place(index: Any, stack: tuple[int, ...]) -> str:
    if not stack:
        return ""
    return f"[{', '.join(str(int(i)) for i in np.unravel_index(int(index), stack))}]"
