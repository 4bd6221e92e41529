"""Key-rate problems of protocols, and rates with certified bounds.

Alice's preparation is the measurement of her half of an entangled state (source replacement: Curty,
Lewenstein, Lütkenhaus, PRL 92, 217903 (2004)), so her reduced state is an observation as well.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.certified.bound import Solver, certified_entropy
from qnetframe_qkd.certified.problem import Matrix, Problem, stack
from qnetframe_qkd.entropy import binary_entropy, shannon_entropy
from qnetframe_qkd.key_rate import KeyRate
from qnetframe_qkd.optics import efficiency_of_correction, error_rate

_I, _X, _Y, _Z = (
    np.array(m, complex) for m in ([[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])
)
_ZERO, _ONE = np.diag([1.0, 0.0]), np.diag([0.0, 1.0])
# Errors of Φ+ in each basis: unequal outcomes in z and x, equal ones in y.
_ERRORS = {"z": (1, _Z), "x": (1, _X), "y": (-1, _Y)}


def _error(basis: str) -> Matrix:
    sign, pauli = _ERRORS[basis]
    return np.asarray((np.eye(4) - sign * np.kron(pauli, pauli)) / 2)


def qubit_problem(errors: dict[str, float]) -> Problem:
    """Return the problem of two qubits with these error rates by basis, Alice's qubit mixed, key in z."""
    observables = [_error(b) for b in errors] + [np.kron(p, _I) for p in (_X, _Y, _Z)]
    return Problem(
        stack(observables), np.array([*errors.values(), 0.0, 0.0, 0.0]), np.eye(4, dtype=complex)[None],
        stack([np.kron(_ZERO, _I), np.kron(_ONE, _I)]),
    )  # fmt: skip


def bb84(qber: float, qber_x: float | None = None, f_ec: float = 1.0, solver: Solver = "own") -> KeyRate:
    """Return the certified rate of BB84 per sifted bit, error rates equal or not."""
    z = error_rate(qber, "qber")
    x = z if qber_x is None else error_rate(qber_x, "qber_x")
    return _rate(qubit_problem({"z": z, "x": x}), binary_entropy(z), 1.0, f_ec, solver)


def six_state(qber: float, f_ec: float = 1.0, solver: Solver = "own") -> KeyRate:
    """Return the certified rate of the six-state protocol per sifted bit."""
    q = error_rate(qber, "qber")
    if q > 1 / 3:
        raise InvalidInputError(f"qber is {qber!r}; three equal error rates are possible up to 1/3 only")
    return _rate(qubit_problem({"z": q, "x": q, "y": q}), binary_entropy(q), 1.0, f_ec, solver)


def bb84_with_loss(qber: float, transmittance: float, f_ec: float = 1.0, solver: Solver = "own") -> KeyRate:
    """Return the certified rate of BB84 per signal in equal bases, a third state of Bob being no click.

    Exact: transmittance * (1 - h(Q) - f h(Q)).
    """
    q = error_rate(qber, "qber")
    t = checks.positive(checks.probability(transmittance, "transmittance"), "transmittance")
    click = np.diag([1.0, 1.0, 0.0])
    wide = [np.zeros((3, 3), complex) for _ in range(2)]
    for target, pauli in zip(wide, (_Z, _X), strict=True):
        target[:2, :2] = pauli
    observables = [(np.kron(_I, click) - np.kron(p, w)) / 2 for p, w in zip((_Z, _X), wide, strict=True)]
    observables += [np.kron(_I, click), *(np.kron(p, np.eye(3)) for p in (_X, _Y, _Z))]
    problem = Problem(
        stack(observables), np.array([q * t, q * t, t, 0.0, 0.0, 0.0]), np.kron(_I, np.eye(3)[:2])[None],
        stack([np.kron(_ZERO, _I), np.kron(_ONE, _I)]),
    )  # fmt: skip
    return _rate(problem, binary_entropy(q), t, f_ec, solver)


def b92(qber: float, f_ec: float = 1.0, overlap: float = math.sqrt(0.5), solver: Solver = "own") -> KeyRate:
    """Return the certified rate of B92 per conclusive bit, without loss, for depolarised states.

    States are |0> and one with ``overlap``; Bob measures the basis of either, and is conclusive where he
    finds the state orthogonal to one of them. All his frequencies are observed. ``qber`` is that of
    conclusive bits.
    """
    q = error_rate(qber, "qber")
    c = checks.probability(overlap, "overlap")
    if not 0 < c < 1:
        raise InvalidInputError(f"overlap is {overlap!r}; it must be above 0 and below 1")
    states = [np.array([1.0, 0.0]), np.array([c, math.sqrt(1 - c * c)])]
    excluding = [np.eye(2) - np.outer(s, s) for s in states]  # a click here says: it was the other one
    # Depolarised with probability d: wrong d/2, right (1-d)(1-c²) + d/2, of clicks in the half of the basis.
    clear = 1 - c * c
    d = q * clear / (0.5 - q + q * clear) if q < 0.5 else 1.0
    frequencies = [(1 - d) * float(s @ e @ s) + d / 2 for s in states for e in excluding]
    observables = [np.kron(np.diag(np.eye(2)[a]), e / 2) for a in (0, 1) for e in excluding]
    values = [f / 4 for f in frequencies]
    observables += [np.kron(p, _I) for p in (_X, _Y, _Z)]
    values += [c, 0.0, 0.0]
    # That he was conclusive is public, which of the two it was is not: the least disturbing filter.
    w, v = np.linalg.eigh(sum(excluding) / 2)
    kraus = np.kron(_I, (v * np.sqrt(w)) @ v.conj().T)[None]
    problem = Problem(
        stack(observables), np.array(values), kraus, stack([np.kron(_ZERO, _I), np.kron(_ONE, _I)])
    )
    conclusive = float(sum(values[:4]))
    return _rate(problem, binary_entropy(q), conclusive, f_ec, solver, per=conclusive)


def own_povms(
    alice: Any,
    bob: Any,
    probabilities: Any,
    alice_state: Any | None = None,
    f_ec: float = 1.0,
    kept: Any | None = None,
    solver: Solver = "own",
) -> KeyRate:
    """Return the certified rate, per signal, of your own measurements.

    ``alice`` (a, d_A, d_A) and ``bob`` (b, d_B, d_B) are POVMs, ``probabilities`` (a, b) their observed joint
    distribution, ``alice_state`` (d_A, d_A) her state where she prepares. Key is Alice's outcome; ``kept``
    lists the outcomes of Bob that count (all by default), in which case Bob's measurement is the least
    disturbing one with these outcomes. Alice's POVM must be projective.
    """
    a, b = stack(alice), stack(bob)
    p = np.asarray(probabilities, float)
    if p.shape != (len(a), len(b)) or p.min() < -1e-12 or abs(p.sum() - 1) > 1e-7:
        raise InvalidInputError(
            f"probabilities have shape {p.shape} and add up to {p.sum():.6g}; they must be "
            f"({len(a)}, {len(b)}) and add up to 1"
        )
    for name, povm in (("alice", a), ("bob", b)):
        if np.abs(povm.sum(axis=0) - np.eye(povm.shape[1])).max() > 1e-9:
            raise InvalidInputError(f"{name}'s operators do not add up to the identity")
    observables = [np.kron(x, y) for x in a for y in b]
    values = list(p.ravel())
    eye_b = np.eye(b.shape[1])
    inside = np.eye(len(observables[0]))
    if alice_state is not None:
        from qnetframe_qkd.certified.interior import hermitian_basis

        state = np.asarray(alice_state, complex)
        # A state is supported where its reduced state is; there alone the problem has inner points.
        w, v = np.linalg.eigh(state)
        inside = np.kron(v[:, w > 1e-12], eye_b)
        for h in hermitian_basis(a.shape[1]):
            observables.append(np.kron(h, eye_b))
            values.append(float(np.trace(h @ state).real))
    chosen = list(range(len(b))) if kept is None else [int(k) for k in kept]
    operator = b[chosen].sum(axis=0)
    w, v = np.linalg.eigh(operator)
    root = (v * np.sqrt(np.maximum(w, 0.0))) @ v.conj().T
    gammas = inside.conj().T @ stack(observables) @ inside
    kraus = np.kron(np.eye(a.shape[1]), root) @ inside
    problem = Problem(gammas, np.array(values), stack([kraus]), stack([np.kron(x, eye_b) for x in a]))
    joint = p[:, chosen]
    weight = float(joint.sum())
    leak = (shannon_entropy(joint.ravel()) - shannon_entropy(joint.sum(axis=0))) / weight if weight else 0.0
    return _rate(problem, leak, weight, f_ec, solver)


def _rate(
    problem: Problem, leak: float, weight: float, f_ec: float, solver: Solver, per: float = 1.0
) -> KeyRate:
    f = efficiency_of_correction(f_ec)
    found = certified_entropy(problem, solver)
    signed = float((found.bound - weight * f * leak) / per)
    quantities = {
        "entropy": found.bound / per, "leakage": weight * f * leak / per, "gap": found.gap / per,
        "correction": found.correction / per,
    }  # fmt: skip
    unit = "bit per conclusive bit" if per != 1.0 else "bit per signal"
    return KeyRate(signed, quantities, unit=unit)
