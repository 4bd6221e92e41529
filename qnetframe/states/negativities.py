"""Measures by entropies and the partial transpose, for two sides of any dimensions. Logarithms are base 2.

``dims`` are the dimensions of all subsystems (None: qubits), ``first`` those that one side holds, by default
the first. States (..., d, d) stack on leading axes and are checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from qnetframe.states.bell import bell_diagonal, bell_weights
from qnetframe.states.bounds import Bounds
from qnetframe.states.checking import density_matrices, projectors
from qnetframe.states.measures import bell_diagonal_relative_entropy
from qnetframe.states.spectra import negative_sum
from qnetframe.states.stacks import of_states
from qnetframe.states.subsystems import marginal_spectra, sizes_of_two, spectrum_entropy, transposed


def negativity(rho: npt.ArrayLike, dims: Sequence[int] | None = None, first: int | Sequence[int] = 0) -> Any:
    """Return the sum of the absolute negative eigenvalues of the partial transpose: (‖ρ^T‖₁ - 1)/2.

    Half for a Bell pair. G. Vidal and R. F. Werner, Phys. Rev. A 65, 032314 (2002).
    """
    array = projectors(rho, "state")
    sizes, parts = sizes_of_two(array.shape[-1], dims, first)
    return of_states(
        lambda states: negative_sum(transposed(states, parts, sizes)),
        array,
        kernel="negativities" if sizes == (2, 2) and len(parts) == 1 else None,
    )


def log_negativity(
    rho: npt.ArrayLike, dims: Sequence[int] | None = None, first: int | Sequence[int] = 0
) -> Any:
    """Return log2 ‖ρ^T‖₁ = log2(2N + 1) of states (..., d, d): an upper bound on distillable entanglement.

    G. Vidal and R. F. Werner, Phys. Rev. A 65, 032314 (2002).
    """
    return np.log2(2.0 * negativity(rho, dims, first) + 1.0)


def coherent_information_of_state(
    rho: npt.ArrayLike, dims: Sequence[int] | None = None, first: int | Sequence[int] = 0
) -> Any:
    """Return the larger of S(A) - S(AB) and S(B) - S(AB), A the side ``first``: the hashing bound.

    Where positive, one-way distillation reaches this rate: I. Devetak and A. Winter, Proc. R. Soc. A 461, 207
    (2005).
    """
    states = density_matrices(rho)
    sizes, parts = sizes_of_two(states.shape[-1], dims, first)
    whole = spectrum_entropy(np.linalg.eigvalsh(states))
    sides = [spectrum_entropy(values) for values in marginal_spectra(states, sizes, parts)]
    return np.maximum(*sides) - whole


def distillable_entanglement(
    rho: npt.ArrayLike, dims: Sequence[int] | None = None, first: int | Sequence[int] = 0
) -> Bounds:
    """Return bounds on the ebits that two-way LOCC distils from each of many copies of one state (d, d).

    Below: hashing, and 0. Above: log-negativity, 0 where the partial transpose is positive (M. Horodecki, P.
    Horodecki and R. Horodecki, Phys. Rev. Lett. 80, 5239 (1998)); for Bell-diagonal pairs the relative
    entropy of entanglement (V. Vedral and M. B. Plenio, Phys. Rev. A 57, 1619 (1998)), for pure states the
    entropy of either side, which is reached.
    """
    states = density_matrices(rho)
    sizes, parts = sizes_of_two(states.shape[-1], dims, first)
    hashing = float(coherent_information_of_state(states, dims, first))
    above = {"positive partial transpose or log-negativity": float(log_negativity(states, dims, first))}
    sides = marginal_spectra(states, sizes, parts)
    if states.shape == (4, 4) and np.abs(bell_diagonal(bell_weights(states)) - states).max() < 1e-12:
        weights = bell_weights(states)
        above["relative entropy of entanglement"] = float(bell_diagonal_relative_entropy(weights))
    if np.linalg.eigvalsh(states)[-1] > 1 - 1e-12:
        above["pure state: entropy of one side"] = float(spectrum_entropy(sides[0]))
    reason, upper = min(above.items(), key=lambda item: item[1])
    lower = max(0.0, hashing)
    return Bounds(
        min(lower, upper), upper, "hashing" if hashing > 0 else "never negative", reason, accuracy=1e-9
    )
