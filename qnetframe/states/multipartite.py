"""Entanglement of many qubits: GHZ and W states, witnesses, three-tangle."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.states.checking import ComplexArray, density_matrices

# A vector of 2^20 amplitudes takes 16 MiB.
_MAX_QUBITS = 20


def ghz(num_qubits: int = 3) -> ComplexArray:
    """Return the vector (2^n,) of (|0…0> + |1…1>)/√2 on n ≥ 2 qubits."""
    n = checks.integer(num_qubits, "ghz num_qubits", low=2, high=_MAX_QUBITS)
    vector = np.zeros(1 << n, dtype=complex)
    vector[[0, -1]] = 1 / math.sqrt(2)
    return vector


def w_state(num_qubits: int = 3) -> ComplexArray:
    """Return the vector (2^n,) of the equal superposition of all strings with a single 1, n ≥ 2 qubits."""
    n = checks.integer(num_qubits, "w_state num_qubits", low=2, high=_MAX_QUBITS)
    vector = np.zeros(1 << n, dtype=complex)
    vector[1 << np.arange(n)] = 1 / math.sqrt(n)
    return vector


def pure_fidelity(rho: npt.ArrayLike, target: npt.ArrayLike) -> Any:
    """Return <ψ|ρ|ψ> of states (..., d, d) or a vector (d,) with a target vector (d,) of norm 1."""
    vector = np.asarray(target, dtype=complex)
    states = density_matrices(rho)
    if vector.shape != states.shape[-1:]:
        raise InvalidInputError(f"target has shape {vector.shape}; it must have shape {states.shape[-1:]}")
    off = abs(float(np.vdot(vector, vector).real) - 1.0)
    if off > 1e-9:
        raise InvalidInputError(f"target is not normalised: its squared norm is off by {off:.6g}")
    found: ComplexArray = np.einsum("i,...ij,j->...", vector.conj(), states, vector)
    return found.real[()]


def ghz_fidelity(rho: npt.ArrayLike) -> Any:
    """Return the fidelity of states (..., 2^n, 2^n) with the GHZ state."""
    return pure_fidelity(rho, ghz(_qubits(rho)))


def ghz_witness(rho: npt.ArrayLike) -> Any:
    """Return tr ρ (1/2 - |GHZ><GHZ|): below 0 the state is genuinely n-partite entangled.

    O. Gühne and G. Tóth, Phys. Rep. 474, 1 (2009); for n = 3 also A. Acín et al., Phys. Rev.
    Lett. 87, 040401 (2001).
    """
    return 0.5 - ghz_fidelity(rho)


def w_witness(rho: npt.ArrayLike) -> Any:
    """Return tr ρ ((n-1)/n - |W><W|): below 0 the state is genuinely n-partite entangled.

    A. Acín et al., Phys. Rev. Lett. 87, 040401 (2001) for n = 3; O. Gühne and G. Tóth, Phys. Rep. 474, 1
    (2009) for any n.
    """
    n = _qubits(rho)
    return (n - 1) / n - pure_fidelity(rho, w_state(n))


def three_tangle(psi: npt.ArrayLike) -> Any:
    """Return the residual entanglement of pure states of three qubits, vectors (..., 8) of norm 1.

    4 |d1 - 2 d2 + 4 d3|, Cayley's hyperdeterminant: V. Coffman, J. Kundu and W. K. Wootters, Phys. Rev. A 61,
    052306 (2000). 1 for GHZ, 0 for W.
    """
    a = np.asarray(psi, dtype=complex)
    if a.ndim == 0 or a.shape[-1] != 8:
        raise InvalidInputError(f"state has shape {a.shape}; it must have shape (..., 8): three qubits, pure")
    off = float(np.abs((np.abs(a) ** 2).sum(axis=-1) - 1.0).max())
    if off > 1e-9:
        raise InvalidInputError(f"state is not normalised: its squared norm is off by {off:.6g}")
    pairs = [a[..., i] * a[..., 7 - i] for i in range(4)]
    squares = sum(p * p for p in pairs)
    products = sum(pairs[i] * pairs[j] for i in range(4) for j in range(i + 1, 4))
    corners = a[..., 0] * a[..., 6] * a[..., 5] * a[..., 3] + a[..., 7] * a[..., 1] * a[..., 2] * a[..., 4]
    return 4.0 * np.abs(squares - 2.0 * products + 4.0 * corners)[()]


def _qubits(rho: npt.ArrayLike) -> int:
    size = np.shape(rho)[-1] if np.ndim(rho) else 0
    count = int(size).bit_length() - 1
    if count < 2 or size != 1 << count:
        raise InvalidInputError(f"state has shape {np.shape(rho)}; it must be of two or more qubits")
    return count
