"""H = sum J_ij (XX + YY + Delta ZZ) on a graph: its one-excitation block, and the whole of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_hardware.dynamics.operators import LOWERING, PAULI_X, PAULI_Y, PAULI_Z, basis, embed
from qnetframe_hardware.dynamics.problem import Collapse, Problem

RealArray = npt.NDArray[np.float64]


def edges_of(couplings: Any) -> tuple[list[Hashable], dict[tuple[int, int], float]]:
    """Return the sites, and the coupling of each pair of their indices; a sequence is a chain, a mapping any
    graph.
    """
    if isinstance(couplings, Mapping):
        sites = list(dict.fromkeys(site for pair in couplings for site in pair))
        named = {(sites.index(a), sites.index(b)): v for (a, b), v in couplings.items()}
    else:
        values = _chain(couplings)
        sites = list(range(len(values) + 1))
        named = {(i, i + 1): v for i, v in enumerate(values)}
    found = {}
    for (i, j), value in named.items():
        if i == j:
            raise InvalidInputError(f"site {sites[i]!r} is coupled to itself")
        found[i, j] = float(value)
        if not isfinite(found[i, j]):
            checks.finite(value, f"coupling of {sites[i]!r} and {sites[j]!r}")
    return sites, found


def _chain(couplings: Any) -> RealArray:
    values = np.asarray(couplings, dtype=float)
    if values.ndim != 1 or not len(values):
        raise InvalidInputError("couplings must be a sequence (a chain) or a mapping from pairs of sites")
    return values


def single_excitation_hamiltonian(
    *, couplings: Any, anisotropy: float = 0.0, fields: Sequence[float] | None = None
) -> RealArray:
    """Return the (N, N) block of one flipped spin, relative to none: hopping 2J, and -2 J Delta at each end
    of a bond.

    ``fields`` b_i add b_i/2 (1 - Z_i): the site's own energy, rad/s.
    """
    delta = checks.finite(anisotropy, "anisotropy")
    if isinstance(couplings, Mapping) or not np.isfinite(_chain(couplings)).all():
        sites, edges = edges_of(couplings)
        h = np.zeros((len(sites), len(sites)))
        np.add.at(h, tuple(np.array(list(edges)).T), 2 * np.array(list(edges.values())))
    else:
        h = np.diag(2 * _chain(couplings), 1)
    h = h + h.T
    if delta:
        h -= delta * np.diag(h.sum(axis=1))
    if fields is not None:
        own = np.asarray(fields, dtype=float)
        if own.shape != (len(h),):
            raise InvalidInputError(f"fields have shape {own.shape}; there are {len(h)} sites")
        h += np.diag(own)
    return h


def full_hamiltonian(*, couplings: Any, anisotropy: float = 0.0) -> sp.csr_array:
    """Return the whole Hamiltonian, sparse (2^N, 2^N), the first site most significant."""
    sites, edges = edges_of(couplings)
    dims = (2,) * checks.integer(len(sites), "sites", low=2, high=14)
    total = sp.csr_array((2 ** len(sites), 2 ** len(sites)), dtype=complex)
    for (i, j), value in edges.items():
        for pauli, weight in ((PAULI_X, 1.0), (PAULI_Y, 1.0), (PAULI_Z, anisotropy)):
            if weight:
                total = total + value * weight * embed(dims, (i, pauli), (j, pauli))
    return sp.csr_array(total)


def chain_problem(
    *,
    couplings: Any,
    duration: float,
    anisotropy: float = 0.0,
    dephasing_rate: float = 0.0,
    decay_rate: float = 0.0,
    start: int = 0,
    full: bool = False,
    samples: int = 41,
) -> Problem:
    """Return the evolution of one excitation from site ``start``, watching every site.

    In the fast form the dimension is N + 1: level 0 is no excitation, level i + 1 one at site i; ``full``
    takes 2^N. ``dephasing_rate`` is that of the coherence between two sites' |0> and |1> (rate/2 Z each),
    ``decay_rate`` 1/T1.
    """
    sites, _ = edges_of(couplings)
    n = len(sites)
    checks.integer(start, "start", low=0, high=n - 1)
    times = np.linspace(0, checks.positive(duration, "duration (seconds)"), samples)
    if full:
        dims: tuple[int, ...] = (2,) * n
        h = full_hamiltonian(couplings=couplings, anisotropy=anisotropy)
        occupied = [embed(dims, (i, np.diag([0.0, 1.0]))) for i in range(n)]
        lowered = [embed(dims, (i, LOWERING)) for i in range(n)]
        ket = basis(dims, *(int(i == start) for i in range(n)))
    else:
        dims = (n + 1,)
        block = np.zeros((n + 1, n + 1))
        block[1:, 1:] = single_excitation_hamiltonian(couplings=couplings, anisotropy=anisotropy)
        h = sp.csr_array(block)
        occupied = [sp.csr_array(([1.0], ([i + 1], [i + 1])), shape=(n + 1, n + 1)) for i in range(n)]
        lowered = [sp.csr_array(([1.0], ([0], [i + 1])), shape=(n + 1, n + 1)) for i in range(n)]
        ket = basis(dims, start + 1)
    # sqrt(r/2) Z_i and sqrt(2 r) n_i are the same map.
    collapse = [Collapse(x, 2 * dephasing_rate, "dephasing") for x in occupied]
    collapse += [Collapse(x, decay_rate, "decay") for x in lowered]
    return Problem(
        dims, [h], ket, times, collapse, {f"site {i}": x for i, x in enumerate(occupied)}, name="chain"
    )
