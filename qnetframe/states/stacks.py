"""A number for each state of a stack: by a compiled kernel for many two-qubit states, otherwise in blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from qnetframe.errors import InvalidInputError
from qnetframe.states.checking import ComplexArray, RealArray, check_same_space, density_matrices, projectors

# With fewer states LAPACK is done before the compiled kernels are loaded.
MANY = 5000
# States of one block: their matrices stay in the cache.
_BLOCK = 8192


def of_states(
    function: Callable[..., RealArray], *states: Any, dim: int | None = None, kernel: str | None = None
) -> Any:
    """Return ``function`` of checked stacks of states (..., d, d), as many as it takes, which broadcast.

    ``function`` maps stacks (n, d, d) to n numbers; ``kernel`` is the name of what does the same in
    `qnetframe.states.kernels`. ``dim`` is d where it is known. Raises what `density_matrices` raises.
    """
    fields = ("state",) if len(states) == 1 else ("first state", "second state")
    arrays = [projectors(state, field) for state, field in zip(states, fields, strict=True)]
    many = check_same_space(arrays)
    if kernel and int(np.prod(many)) >= MANY and all(a.shape[-1] == 4 for a in arrays):
        found = _by_kernel(kernel, [_flat(a, many) for a in arrays])
        odd = np.flatnonzero(np.isnan(found))
        if odd.size:
            for array, field in zip(arrays, fields, strict=True):
                density_matrices(array, field=field)
            # States after all, though at the limits.
            found[odd] = function(*(_flat(a, many)[odd] for a in arrays))
        return found.reshape(many)
    if len({a.shape for a in arrays}) > 1 or int(np.prod(many)) <= _BLOCK:
        for array, field in zip(arrays, fields, strict=True):
            density_matrices(array, dim=dim, field=field)
        return function(*(_flat(a, many) for a in arrays)).reshape(many)[()]
    return _in_blocks(function, arrays, fields, dim).reshape(many)


def _flat(array: ComplexArray, many: tuple[int, ...]) -> ComplexArray:
    return np.broadcast_to(array, (*many, *array.shape[-2:])).reshape(-1, *array.shape[-2:])


def _by_kernel(name: str, arrays: Sequence[ComplexArray]) -> RealArray:
    # With numba, which takes most of a second to import.
    from qnetframe.states import kernels

    found = np.empty(len(arrays[0]))
    kernels.compiled(getattr(kernels, name))(*(np.ascontiguousarray(a) for a in arrays), found)
    return found


def _in_blocks(
    function: Callable[..., RealArray], arrays: Sequence[ComplexArray], fields: Sequence[str], dim: int | None
) -> RealArray:
    flat = [a.reshape(-1, *a.shape[-2:]) for a in arrays]
    found = np.empty(len(flat[0]))
    for start in range(0, len(found), _BLOCK):
        parts = [a[start : start + _BLOCK] for a in flat]
        try:
            for part in parts:
                density_matrices(part, dim=dim)
        except InvalidInputError:
            # Once more, all together: the error says where.
            for array, field in zip(arrays, fields, strict=True):
                density_matrices(array, dim=dim, field=field)
            raise
        found[start : start + _BLOCK] = function(*parts)
    return found
