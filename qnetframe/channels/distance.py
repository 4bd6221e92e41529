"""Distances between channels and figures of how well one keeps states.

Conventions: the diamond distance here is *half* the diamond norm of the difference, the largest bias with
which one use tells two channels apart; libraries that return the norm itself give twice this. Fidelities are
squared (<ψ|ρ|ψ> for a pure state), where some libraries return square roots.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from qnetframe.channels.channel import Channel
from qnetframe.channels.named import identity
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.states.checking import density_matrices
from qnetframe.states.distances import fidelity, relative_entropy, trace_distance

__all__ = [
    "average_fidelity",
    "choi_relative_entropy",
    "diamond_distance",
    "entanglement_fidelity",
    "fidelity",
    "process_fidelity",
    "trace_distance",
    "unitarity",
]


def diamond_distance(first: Channel, second: Channel | None = None) -> float:
    """Return half the diamond norm of the difference of two channels (default: from the identity), in [0, 1].

    Closed forms for two Pauli channels (half the sum of |p - q|) and two unitaries (half the chord that their
    eigenphases leave: D. Aharonov, A. Kitaev and N. Nisan, STOC 1998); otherwise J. Watrous's semidefinite
    program, Theory Comput. 5, 217 (2009), to about 1e-8, which needs cvxpy (the extra ``sdp``).

    >>> from qnetframe.channels import dephasing
    >>> round(diamond_distance(dephasing(0.1)), 12)
    0.1
    """
    a, b = _two(first, second)
    if a.is_pauli and b.is_pauli:
        p, q = a.pauli_probabilities, b.pauli_probabilities
        return 0.5 * math.fsum(abs(p[label] - q[label]) for label in p)
    if len(a.kraus) == len(b.kraus) == 1:
        return _of_unitaries(a.kraus[0].conj().T @ b.kraus[0])
    return diamond_program(np.asarray(a.choi - b.choi), a.dim)


def _of_unitaries(difference: npt.NDArray[Any]) -> float:
    # √(1 - r²) with r the distance of 0 from the convex hull of the eigenvalues on the circle.
    angles = np.sort(np.angle(np.linalg.eigvals(difference)))
    gaps = np.diff(np.concatenate([angles, angles[:1] + 2 * math.pi]))
    arc = 2 * math.pi - float(gaps.max())
    return 1.0 if arc >= math.pi else math.sin(arc / 2)


def diamond_program(difference: npt.NDArray[Any], dim: int) -> float:
    """Return half the diamond norm of a Hermitian-preserving map of trace 0, from its Choi matrix.

    The least largest eigenvalue of tr_out Z over Z ≥ 0, Z ≥ difference, which is (d²,d²), input first. Raises
    UnsupportedError where cvxpy is not installed.
    """
    try:
        import cvxpy
    except ImportError:
        raise UnsupportedError(
            "the diamond distance of these channels needs cvxpy: pip install 'qnetframe[sdp]'"
        ) from None
    size = dim * dim
    z = cvxpy.Variable((size, size), hermitian=True)
    top = cvxpy.Variable()
    # tr_out as a sum of blocks: (1 ⊗ <a|) Z (1 ⊗ |a>).
    columns = [np.kron(np.eye(dim), np.eye(dim)[:, [a]]) for a in range(dim)]
    over_output = sum(c.T @ z @ c for c in columns)
    constraints = [z >> 0, z - (difference + difference.conj().T) / 2 >> 0, top * np.eye(dim) >> over_output]
    problem: Any = cvxpy.Problem(cvxpy.Minimize(top), constraints)
    problem.solve(solver=cvxpy.CLARABEL, tol_gap_abs=1e-10, tol_gap_rel=1e-10, tol_feas=1e-10)
    return min(1.0, max(0.0, float(problem.value)))


def process_fidelity(first: Channel, second: Channel | None = None) -> float:
    """Return the fidelity of the Choi states of two channels (default: with the identity).

    With a unitary channel it is the entanglement fidelity: A. Gilchrist, N. K. Langford and M. A. Nielsen,
    Phys. Rev. A 71, 062310 (2005).
    """
    a, b = _two(first, second)
    return float(fidelity(a.choi / a.dim, b.choi / b.dim))


def average_fidelity(channel: Channel, target: npt.ArrayLike | None = None) -> float:
    """Return the fidelity with a unitary (default the identity) averaged over pure inputs.

    (d F_e + 1)/(d + 1): M. A. Nielsen, Phys. Lett. A 303, 249 (2002).
    """
    return channel.average_fidelity(target)


def entanglement_fidelity(channel: Channel, state: npt.ArrayLike | None = None) -> float:
    """Return Σ |tr ρ K|² for an input ρ (default maximally mixed): how well entanglement with it is kept.

    B. Schumacher, Phys. Rev. A 54, 2614 (1996).
    """
    if state is None:
        return channel.entanglement_fidelity()
    rho = density_matrices(state, dim=channel.dim, field="input state")
    return min(1.0, math.fsum(float(abs(np.trace(rho @ k))) ** 2 for k in channel.kraus))


def unitarity(channel: Channel) -> float:
    """Return the mean purity of outputs without their identity part, in [0, 1]; 1 for unitaries.

    tr T^T T/(d² - 1) with T the Pauli transfer matrix without its first row and column: J. J. Wallman, C.
    Granade, R. Harper and S. T. Flammia, New J. Phys. 17, 113020 (2015).
    """
    inner = channel.pauli_transfer[1:, 1:]
    return float((inner * inner).sum()) / (channel.dim**2 - 1)


def choi_relative_entropy(first: Channel, second: Channel | None = None) -> float:
    """Return the relative entropy of the Choi states of two channels (default: from the identity), in bits.

    Infinite where the second never does what the first may do.
    """
    a, b = _two(first, second)
    return relative_entropy(a.choi / a.dim, b.choi / b.dim)


def _two(first: Channel, second: Channel | None) -> tuple[Channel, Channel]:
    for channel in (first, second):
        if channel is not None and not isinstance(channel, Channel):
            raise InvalidInputError(f"channel is {channel!r:.60}; it must be a qnetframe Channel")
    other = identity(first.num_qubits) if second is None else second
    if other.num_qubits != first.num_qubits:
        raise InvalidInputError(
            f"channels have {first.num_qubits} and {other.num_qubits} qubits; they must have as many"
        )
    return first, other
