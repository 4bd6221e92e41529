"""Named channels beyond the textbook dozen: finite temperature, coherent errors, correlations, erasure.

Probabilities are total error probabilities, angles radians. Each docstring names its source.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise, product

import numpy as np

from qnetframe import checks
from qnetframe.channels import paulis
from qnetframe.channels.channel import Channel
from qnetframe.channels.named import nonzero
from qnetframe.errors import InvalidInputError

# A Pauli channel on n qubits has 4^n weights and, on engines without Pauli noise, as many matrices.
MAX_CORRELATED_QUBITS = 6


def generalized_amplitude_damping(gamma: float, excited: float = 0.0) -> Channel:
    """Return relaxation with probability gamma towards the population ``excited`` of |1>.

    ``excited`` in [0, 1] is that of the equilibrium, 1/(1 + exp(E/kT)); 0 is amplitude damping. Kraus
    operators of M. A. Nielsen and I. L. Chuang (2000), section 8.3.5, whose p is 1 - excited.
    """
    gamma = checks.probability(gamma, "generalized_amplitude_damping gamma")
    hot = checks.probability(excited, "generalized_amplitude_damping excited")
    keep, jump = math.sqrt(1.0 - gamma), math.sqrt(gamma)
    a, b = math.sqrt(1.0 - hot), math.sqrt(hot)
    down = [[[a, 0], [0, a * keep]], [[0, a * jump], [0, 0]]]
    up = [[[b * keep, 0], [0, b]], [[0, 0], [b * jump, 0]]]
    return Channel(nonzero(down + up), "generalized_amplitude_damping")


def phase_damping(lam: float) -> Channel:
    """Return scattering without loss of energy: off-diagonal elements are multiplied by sqrt(1 - lam).

    K0 = diag(1, sqrt(1 - lam)), K1 = diag(0, sqrt(lam)). It is Z with probability (1 - sqrt(1 - lam))/2
    (Nielsen and Chuang (2000), section 8.3.6) and is given as such, which Clifford engines take.
    """
    lam = checks.probability(lam, "phase_damping lam")
    # (1 - sqrt(1 - x))/2 without cancellation for small x.
    flip = 0.5 * lam / (1.0 + math.sqrt(1.0 - lam))
    return Channel.from_pauli({"I": 1.0 - flip, "Z": flip}, "phase_damping")


def over_rotation(axis: str | tuple[float, ...], angle: float) -> Channel:
    """Return the coherent error exp(-i angle P / 2), a unitary.

    ``axis`` is a Pauli string on one or more qubits ("x", "ZZ") or three numbers, the direction on the Bloch
    sphere (of any length but 0). The average infidelity on n qubits is d sin^2(angle/2)/(d + 1), d = 2^n.
    """
    angle = checks.finite(angle, "over_rotation angle (radians)")
    generator = _generator(axis)
    unitary = math.cos(angle / 2) * np.eye(len(generator)) - 1j * math.sin(angle / 2) * generator
    return Channel.from_unitary(unitary, "over_rotation")


def _generator(axis: object) -> paulis.ComplexArray:
    if isinstance(axis, str):
        label = axis.upper()
        if label and not set(label) - set(paulis.LETTERS) and set(label) != {"I"}:
            if len(label) > MAX_CORRELATED_QUBITS:
                raise InvalidInputError(
                    f"over_rotation axis has {len(label)} letters; at most {MAX_CORRELATED_QUBITS} qubits"
                )
            return paulis.pauli_matrix(label)
    elif isinstance(axis, Iterable):
        numbers = [checks.finite(v, "over_rotation axis") for v in axis]
        norm = math.hypot(*numbers)
        if len(numbers) == 3 and 0.0 < norm < math.inf:
            terms = (v / norm * paulis.pauli_matrix(p) for v, p in zip(numbers, "XYZ", strict=True))
            return np.asarray(sum(terms, start=np.zeros((2, 2), dtype=complex)))
    raise InvalidInputError(
        f"over_rotation axis is {axis!r:.80}; it must be a Pauli string such as 'x' or 'ZZ' (not all I), or "
        "three numbers that are not all 0"
    )


def two_qubit_pauli(weights: Mapping[str, float]) -> Channel:
    """Return Pauli errors on two qubits with these probabilities, such as ``{"XX": 0.01, "IZ": 0.02}``.

    The weight of "II" may be left out. Raises InvalidInputError for a label that is no Pauli pair, and for
    weights that sum to more than 1.
    """
    channel = Channel.from_pauli(weights, "two_qubit_pauli")
    if channel.num_qubits != 2:
        label = next(iter(weights))
        raise InvalidInputError(
            f"two_qubit_pauli label is {label!r}; each must have two letters, such as 'XZ'"
        )
    return channel


def correlated_pauli(
    px: float = 0.0, py: float = 0.0, pz: float = 0.0, mu: float = 0.0, num_qubits: int = 2
) -> Channel:
    """Return Pauli errors on qubits that follow one another, with memory ``mu`` in [0, 1].

    Each qubit has the error of the one before with probability mu, else a fresh one: a Markov chain
    p(k_1) prod_i [(1 - mu) p(k_i) + mu delta(k_i, k_{i-1})] with p = (1 - px - py - pz, px, py, pz).
    C. Macchiavello and G. M. Palma, Phys. Rev. A 65, 050301 (2002). Every qubit alone
    sees the same Pauli channel whatever mu is. At most 6 qubits.
    """
    count = checks.integer(num_qubits, "correlated_pauli num_qubits", low=1, high=MAX_CORRELATED_QUBITS)
    mu = checks.probability(mu, "correlated_pauli mu")
    errors = {
        letter: checks.probability(p, f"correlated_pauli p{letter.lower()}")
        for letter, p in zip("XYZ", (px, py, pz), strict=True)
    }
    total = math.fsum(errors.values())
    if total > 1.0 + 1e-9:
        raise InvalidInputError(f"correlated_pauli px + py + pz is {total!r}; it must be at most 1")
    single = {"I": max(0.0, 1.0 - total), **errors}
    weights = {}
    for letters in product("IXYZ", repeat=count):
        weight = single[letters[0]]
        for before, here in pairwise(letters):
            weight *= (1.0 - mu) * single[here] + mu * (before == here)
        weights["".join(letters)] = weight
    return Channel.from_pauli(weights, "correlated_pauli")


def erasure(probability: float) -> Channel:
    """Return flagged erasure as a channel on (qubit, flag): with ``probability`` the flag qubit is flipped.

    The erased qubit is left maximally mixed: I, X, Y or Z with equal probability, each with X on the flag. A
    flag that starts in |0> and is measured tells which qubits were lost: capacities max(0, 1 - 2p) and 1 - p
    of C. H. Bennett, D. P. DiVincenzo and J. A. Smolin, Phys. Rev. Lett. 78, 3217 (1997). In a program
    ``flag = p.erase(qubit, probability)`` is the same with a classical bit for the flag, and cheaper.
    """
    p = checks.probability(probability, "erasure probability")
    lost = {f"{letter}X": p / 4 for letter in paulis.LETTERS}
    return Channel.from_pauli({"II": 1.0 - p, **lost}, "erasure")
