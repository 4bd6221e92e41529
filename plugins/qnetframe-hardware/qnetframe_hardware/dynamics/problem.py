"""The neutral dynamics problem: dimensions, Hamiltonian, collapse operators, initial states, times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_hardware.dynamics.coefficients import Coefficient, Constant
from qnetframe_hardware.dynamics.operators import compressed, dense_or_sparse, diagonal

ComplexArray = npt.NDArray[np.complex128]

_HERMITIAN = 1e-10  # relative to the largest entry
_SAMPLES = 17


def sparse(operator: Any, field: str) -> sp.csr_array:
    """Return a square matrix, dense or sparse, as a CSR array of finite complex numbers."""
    try:
        matrix = sp.csr_array(operator, dtype=np.complex128)
    except (TypeError, ValueError):
        raise InvalidInputError(f"{field} is {type(operator).__name__}; it must be a square matrix") from None
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InvalidInputError(f"{field} has shape {matrix.shape}; it must be square")
    if not np.isfinite(matrix.data).all():
        raise InvalidInputError(f"{field} has an entry that is not finite")
    if not matrix.data.all():
        matrix = matrix.copy()  # what was given stays as it is
        matrix.eliminate_zeros()
    return matrix


def hermitian_deviation(matrix: sp.csr_array) -> float:
    """Return the largest entry of M - M^dagger, relative to the largest of M."""
    scale = float(np.abs(matrix.data).max(initial=0.0))
    if not scale:
        return 0.0
    form = dense_or_sparse(matrix)
    return float(abs(form - form.conj().T).max()) / scale


def _coefficient(value: Any, field: str) -> Coefficient:
    if hasattr(value, "at"):
        return value  # type: ignore[no-any-return]
    try:
        return Constant(complex(value))
    except TypeError:
        raise InvalidInputError(f"{field} is {value!r:.60}; it must be a number or a Coefficient") from None


@dataclass(frozen=True, eq=False)
class Term:
    """One term f(t) A of the Hamiltonian (angular frequency, rad/s); ``plus_conjugate`` adds its adjoint.

    ``operator`` is a square matrix, ``coefficient`` a number or a Coefficient. Without ``plus_conjugate`` the
    operator must be Hermitian and the coefficient real.
    """

    operator: Any
    coefficient: Any = 1.0
    plus_conjugate: bool = False
    name: str = "term"

    def __post_init__(self) -> None:
        where = f"Hamiltonian {self.name}"
        object.__setattr__(self, "operator", sparse(self.operator, where))
        object.__setattr__(self, "coefficient", _coefficient(self.coefficient, f"{where}: coefficient"))
        if not self.plus_conjugate:
            deviation = hermitian_deviation(self.operator)
            if deviation > _HERMITIAN:
                raise InvalidInputError(
                    f"{where} is not Hermitian (relative deviation {deviation:.3g}); give "
                    "plus_conjugate=True to add its adjoint"
                )

    @property
    def constant(self) -> bool:
        """Whether the coefficient does not change in time."""
        return isinstance(self.coefficient, Constant)

    def constant_matrix(self) -> Any:
        """Return the term of a constant coefficient, adjoint included, dense or sparse by its size."""
        scaled = dense_or_sparse(self.operator) * complex(self.coefficient.value)
        return scaled + scaled.conj().T if self.plus_conjugate else scaled


@dataclass(frozen=True, eq=False)
class Collapse:
    """A collapse operator sqrt(rate) A; ``rate`` in 1/s, at least 0."""

    operator: Any
    rate: float = 1.0
    name: str = "collapse"

    def __post_init__(self) -> None:
        object.__setattr__(self, "operator", sparse(self.operator, f"collapse operator {self.name}"))
        checks.non_negative(self.rate, f"rate of collapse operator {self.name} (1/s)")

    def matrix(self) -> sp.csr_array:
        """Return sqrt(rate) A."""
        return self.operator * np.sqrt(self.rate)


@dataclass(frozen=True, eq=False)
class Problem:
    """What evolves: rho' = -i [H, rho] + sum_k D[L_k] rho, for several initial states at once.

    - ``dims``: the dimensions of the factors, first most significant, product D;
    - ``hamiltonian``: Terms (a plain Hermitian matrix is one), operators of shape (D, D), in rad/s;
    - ``collapse``: Collapses (a plain matrix is one of rate 1);
    - ``initial``: kets of shape (m, D), or density matrices of shape (m, D, D); one ket may be (D,);
    - ``times``: (T,) increasing seconds; the state is given at the first;
    - ``observables``: Hermitian matrices by name;
    - ``truncated``: the factors that are cut-off oscillators, whose highest level must stay empty: above
      ``edge_tolerance`` a solver raises InvalidInputError.

    Raises InvalidInputError for wrong shapes, Hamiltonians that are not Hermitian, negative rates, states
    that are not normalised, times that do not increase.
    """

    dims: Sequence[int]
    hamiltonian: Sequence[Any]
    initial: Any  # array-like; kept as a complex array
    times: Any  # array-like; kept as a float array
    collapse: Sequence[Any] = ()
    observables: Mapping[str, Any] = field(default_factory=dict)
    truncated: Sequence[int] = ()
    edge_tolerance: float = 1e-4
    name: str = "problem"

    def __post_init__(self) -> None:
        dims = tuple(checks.integer(d, "dimension", low=1) for d in self.dims)
        if not dims:
            raise InvalidInputError(f"{self.name} has no dimensions")
        put = object.__setattr__
        put(self, "dims", dims)
        put(self, "hamiltonian", tuple(h if isinstance(h, Term) else Term(h) for h in self.hamiltonian))
        put(self, "collapse", tuple(c if isinstance(c, Collapse) else Collapse(c) for c in self.collapse))
        put(
            self,
            "observables",
            MappingProxyType({k: sparse(v, f"observable {k}") for k, v in self.observables.items()}),
        )
        put(self, "truncated", tuple(self.truncated))
        for factor in self.truncated:
            checks.integer(factor, "truncated factor", low=0, high=len(dims) - 1)
        checks.probability(self.edge_tolerance, "edge_tolerance")
        put(self, "times", self._checked_times())
        put(self, "initial", self._checked_initial())
        self._check_shapes()
        self._check_hermitian()

    def _checked_times(self) -> npt.NDArray[np.float64]:
        times = np.atleast_1d(np.asarray(self.times, dtype=float))
        if times.ndim != 1 or len(times) < 2 or not np.isfinite(times).all() or (np.diff(times) <= 0).any():
            raise InvalidInputError(
                f"{self.name}: times must be at least two, finite and increasing (seconds)"
            )
        return times

    def _checked_initial(self) -> ComplexArray:
        states = np.asarray(self.initial, dtype=np.complex128)
        states = states[None] if states.ndim == 1 else states
        d = self.dim
        if states.shape[1:] not in ((d,), (d, d)) or not len(states):
            raise InvalidInputError(
                f"{self.name}: initial has shape {states.shape}; it must be kets (m, {d}) or density "
                f"matrices (m, {d}, {d})"
            )
        size = (
            np.sum(np.abs(states) ** 2, axis=1)
            if states.ndim == 2
            else np.trace(states, axis1=1, axis2=2).real
        )
        worst = float(np.abs(size - 1).max())
        if not worst <= 1e-9:
            raise InvalidInputError(f"{self.name}: an initial state is not normalised, by {worst:.3g}")
        if states.ndim == 3 and np.abs(states - states.conj().swapaxes(1, 2)).max() > 1e-9:
            raise InvalidInputError(f"{self.name}: an initial density matrix is not Hermitian")
        return states

    def _check_shapes(self) -> None:
        d = self.dim
        named = [(f"Hamiltonian {t.name}", t.operator) for t in self.hamiltonian]
        named += [(f"collapse operator {c.name}", c.operator) for c in self.collapse]
        named += [(f"observable {k}", v) for k, v in self.observables.items()]
        for what, matrix in named:
            if matrix.shape != (d, d):
                raise InvalidInputError(f"{what} has shape {matrix.shape}; dims {self.dims} need ({d}, {d})")
        for name, matrix in self.observables.items():
            if hermitian_deviation(matrix) > _HERMITIAN:
                raise InvalidInputError(f"observable {name} is not Hermitian")

    def _check_hermitian(self) -> None:
        at = np.linspace(self.times[0], self.times[-1], _SAMPLES)
        for term in self.hamiltonian:
            values = np.asarray([term.coefficient.at(t) for t in (at[:1] if term.constant else at)])
            if not np.isfinite(values).all():
                raise InvalidInputError(f"Hamiltonian {term.name}: coefficient not finite at some time")
            size = np.abs(values).max()
            if not term.plus_conjugate and np.abs(values.imag).max() > _HERMITIAN * max(size, 1e-300):
                raise InvalidInputError(
                    f"Hamiltonian {term.name}: its coefficient is complex, so it is not Hermitian; give "
                    "plus_conjugate=True to add its adjoint"
                )

    @property
    def dim(self) -> int:
        """The dimension D of the whole space."""
        return prod(self.dims)

    @property
    def closed(self) -> bool:
        """Whether nothing collapses, so that kets stay kets."""
        return not any(c.rate and c.operator.nnz for c in self.collapse)

    @property
    def pure(self) -> bool:
        """Whether the initial states are kets."""
        return self.initial.ndim == 2

    @property
    def constant(self) -> bool:
        """Whether the Hamiltonian does not change in time."""
        return all(t.constant for t in self.hamiltonian)

    @cached_property
    def static_hamiltonian(self) -> sp.csr_array:
        """The sum of the constant terms, (D, D)."""
        total = dense_or_sparse(sp.csr_array((self.dim, self.dim), dtype=np.complex128))
        for term in self.hamiltonian:
            if term.constant:
                total = total + term.constant_matrix()
        return sp.csr_array(total) if sp.issparse(total) else compressed(total)

    @property
    def moving_terms(self) -> tuple[Term, ...]:
        """The terms with coefficients that change in time."""
        return tuple(t for t in self.hamiltonian if not t.constant)

    def collapse_matrices(self) -> list[sp.csr_array]:
        """Return sqrt(rate) A of each collapse operator that does anything."""
        return [c.matrix() for c in self.collapse if c.rate and c.operator.nnz]

    def density_matrices(self) -> ComplexArray:
        """Return the initial states as density matrices, (m, D, D)."""
        states = self.initial
        return np.einsum("mi,mj->mij", states, states.conj()) if self.pure else states

    def edge_projectors(self) -> dict[int, sp.csr_array]:
        """Return, for each truncated factor, the projector on its highest level."""
        found = {}
        for factor in self.truncated:
            top = np.zeros(self.dims[factor])
            top[-1] = 1.0
            before, after = prod(self.dims[:factor]), prod(self.dims[factor + 1 :])
            found[factor] = diagonal(np.kron(np.kron(np.ones(before), top), np.ones(after)))
        return found

    def with_initial(self, states: npt.ArrayLike) -> Problem:
        """Return the same problem from other initial states."""
        return replace(self, initial=states)
