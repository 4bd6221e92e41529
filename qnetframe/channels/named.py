"""The named channels. Probabilities are total error probabilities, times are seconds.

Sources: M. A. Nielsen and I. L. Chuang, "Quantum Computation and Quantum Information" (2000), section 8.3 for
bit flip, dephasing (phase flip), bit-phase flip, depolarizing and amplitude damping.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.channels import paulis
from qnetframe.channels import representations as rep
from qnetframe.channels.channel import Channel
from qnetframe.errors import InvalidInputError


def identity(num_qubits: int = 1) -> Channel:
    """Return the channel that does nothing on ``num_qubits`` qubits."""
    return Channel.from_pauli({"I" * checks.integer(num_qubits, "num_qubits", low=1): 1.0}, "identity")


def depolarizing(p: float) -> Channel:
    """Return X, Y or Z, each with probability p/3: p in [0, 1] is the total Pauli error probability.

    For p <= 3/4 this replaces the qubit by the maximally mixed state with probability lambda = 4p/3.
    """
    p = checks.probability(p, "depolarizing p")
    return Channel.from_pauli({"I": 1.0 - p, "X": p / 3, "Y": p / 3, "Z": p / 3}, "depolarizing")


def two_qubit_depolarizing(p: float) -> Channel:
    """Return the 15 two-qubit Pauli errors, each with probability p/15: p in [0, 1] is their total.

    For p <= 15/16 this replaces both qubits by the maximally mixed state with probability 16p/15.
    """
    p = checks.probability(p, "two_qubit_depolarizing p")
    weights = {label: p / 15 for label in paulis.pauli_labels(2)[1:]}
    return Channel.from_pauli({"II": 1.0 - p, **weights}, "two_qubit_depolarizing")


def fully_depolarizing(num_qubits: int = 1) -> Channel:
    """Return the channel to the maximally mixed state from any other: all 4^n Paulis equally likely."""
    n = checks.integer(num_qubits, "num_qubits", low=1)
    return Channel.from_pauli(dict.fromkeys(paulis.pauli_labels(n), 0.25**n), "fully_depolarizing")


def dephasing(p: float) -> Channel:
    """Return Z with probability p: off-diagonal elements are multiplied by 1 - 2p."""
    p = checks.probability(p, "dephasing p")
    return Channel.from_pauli({"I": 1.0 - p, "Z": p}, "dephasing")


def bit_flip(p: float) -> Channel:
    """Return X with probability p."""
    p = checks.probability(p, "bit_flip p")
    return Channel.from_pauli({"I": 1.0 - p, "X": p}, "bit_flip")


def bit_phase_flip(p: float) -> Channel:
    """Return Y with probability p."""
    p = checks.probability(p, "bit_phase_flip p")
    return Channel.from_pauli({"I": 1.0 - p, "Y": p}, "bit_phase_flip")


def pauli(px: float = 0.0, py: float = 0.0, pz: float = 0.0) -> Channel:
    """Return X, Y, Z with probabilities px, py, pz, which must sum to at most 1."""
    errors = {"px": px, "py": py, "pz": pz}
    weights = {k[1].upper(): checks.probability(p, f"pauli {k}") for k, p in errors.items()}
    return Channel.from_pauli(weights, "pauli")


def amplitude_damping(gamma: float) -> Channel:
    """Return decay of |1> to |0> with probability gamma.

    K0 = diag(1, sqrt(1 - gamma)), K1 = sqrt(gamma) |0><1|.
    """
    gamma = checks.probability(gamma, "amplitude_damping gamma")
    operators = [[[1, 0], [0, math.sqrt(1.0 - gamma)]], [[0, math.sqrt(gamma)], [0, 0]]]
    return Channel(nonzero(operators), "amplitude_damping")


def thermal_relaxation(t1: float, t2: float, time: float) -> Channel:
    """Return relaxation to |0> during ``time``: rho_01 decays by exp(-time/t2), rho_11 by exp(-time/t1).

    All in seconds; t1 and t2 above 0 or infinite, t2 <= 2 t1, time finite and not negative. It is amplitude
    damping with gamma = 1 - exp(-time/t1) and dephasing at the rate 1/t2 - 1/(2 t1) (Nielsen and Chuang,
    sections 7.7.4 and 8.3). With t1 infinite it is given as Pauli weights, which Clifford engines take.
    """
    t1, t2 = checks.relaxation_times(t1, t2, "thermal_relaxation")
    time = checks.non_negative(time, "thermal_relaxation time (seconds)")
    if math.isinf(t1) or time == 0.0:
        flip = -0.5 * math.expm1(-time / t2)
        return Channel.from_pauli({"I": 1.0 - flip, "Z": flip}, "thermal_relaxation")
    gamma, keep = -math.expm1(-time / t1), math.exp(-0.5 * time / t1)
    flip = -0.5 * math.expm1(-max(0.0, time / t2 - 0.5 * time / t1))
    a, b = math.sqrt(1.0 - flip), math.sqrt(flip)
    operators = [[[a, 0], [0, a * keep]], [[b, 0], [0, -b * keep]], [[0, math.sqrt(gamma)], [0, 0]]]
    return Channel(nonzero(operators), "thermal_relaxation")


def readout_error(p1_given_0: float, p0_given_1: float) -> Channel:
    """Return the classical confusion of a z readout as a map on the qubit: off-diagonals are removed.

    ``p1_given_0`` is the probability of reading 1 when the state is |0>, ``p0_given_1`` the other way round.
    Equal ones are given as Pauli weights, which Clifford engines take.
    """
    a = checks.probability(p1_given_0, "readout_error p1_given_0")
    b = checks.probability(p0_given_1, "readout_error p0_given_1")
    if a == b:
        weights = {"I": (1.0 - a) / 2, "X": a / 2, "Y": a / 2, "Z": (1.0 - a) / 2}
        return Channel.from_pauli(weights, "readout_error")
    stay0, flip0, flip1, stay1 = (math.sqrt(p) for p in (1.0 - a, a, b, 1.0 - b))
    operators = [[[stay0, 0], [0, 0]], [[0, 0], [flip0, 0]], [[0, flip1], [0, 0]], [[0, 0], [0, stay1]]]
    return Channel(nonzero(operators), "readout_error")


def replacement(state: npt.ArrayLike) -> Channel:
    """Return the channel that discards its input and prepares the density matrix ``state``, shape (d, d)."""
    field = "replacement state"
    matrix = rep.square(state, field)
    skew, trace = float(np.abs(matrix - matrix.conj().T).max()), complex(np.trace(matrix))
    if skew > rep.TOLERANCE:
        raise InvalidInputError(
            f"{field} differs from its adjoint by {skew:.6g}; a density matrix is Hermitian to 1e-9"
        )
    if abs(trace - 1.0) > rep.TOLERANCE:
        raise InvalidInputError(
            f"{field} has the trace {trace.real:.12g}; a density matrix has trace 1 to 1e-9"
        )
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < -rep.TOLERANCE:
        raise InvalidInputError(
            f"{field} has the eigenvalue {values[0]:.6g}; a density matrix has none below -1e-9"
        )
    dim = len(values)
    if np.array_equal(matrix, np.eye(dim) / dim):
        labels = paulis.pauli_labels(dim.bit_length() - 1)
        return Channel.from_pauli(dict.fromkeys(labels, 1.0 / dim**2), "replacement")
    keep = values > rep.RANK_CUTOFF
    columns = vectors[:, keep] * np.sqrt(values[keep] / values[keep].sum())
    operators = [np.outer(column, bra) for column in columns.T for bra in np.eye(dim)]
    return Channel(operators, "replacement")


def nonzero(operators: list[Any]) -> list[Any]:
    """Return the Kraus operators that are not zero."""
    return [operator for operator in operators if np.any(operator)]
