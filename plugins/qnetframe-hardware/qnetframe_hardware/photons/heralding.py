"""Remote entanglement by photons that meet on a beam splitter: the exact state behind each click.

Each emitter's photon is followed through loss, a balanced beam splitter and detectors as a polynomial in the
creation operators of the output modes, so that partial distinguishability, dark counts and detectors that
count photons or not come in exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import exp, factorial, sqrt

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.network import LinkModel

ComplexArray = npt.NDArray[np.complex128]
Mode = tuple[int, int, int]  # output port, encoding (polarisation), shape
Monomial = tuple[Mode, ...]

_X = np.array([[0, 1], [1, 0]], dtype=complex)
_Z = np.diag([1.0, -1.0])


@dataclass(frozen=True, eq=False)
class Heralded:
    """A heralded pair: ``probability`` an attempt; ``state`` (4, 4), corrected to be near Phi+; ``fidelity``
    to it.
    """

    probability: float
    state: ComplexArray
    fidelity: float
    protocol: str

    def link(self, *, attempt_time: float, herald_delay: float = 0.0, delay: float = 0.0) -> LinkModel:
        """Return the link that heralds this pair; times in seconds."""
        return LinkModel(
            success_probability=self.probability,
            attempt_time=attempt_time,
            state=self.state,
            delay=delay,
            herald_delay=herald_delay,
        )


@dataclass(frozen=True)
class _Detectors:
    dark: float
    number_resolving: bool

    def click(self, photons: int) -> float:
        """Return the probability that a detector that ``photons`` reach says "one"."""
        if self.number_resolving:
            # One count in all: one photon and no dark count, or a dark count alone.
            return {0: self.dark, 1: 1 - self.dark}.get(photons, 0.0)
        return self.dark if photons == 0 else 1.0

    def silent(self, photons: int) -> float:
        return 1 - self.dark if photons == 0 else 0.0


def _modes(emitter: int, encoding: int, overlap: float) -> list[tuple[complex, Mode]]:
    """Return where one photon goes: the second emitter's has the first one's shape with amplitude
    sqrt(overlap).
    """
    sign = 1 if emitter == 0 else -1
    shapes = [(1.0, 0)] if emitter == 0 else [(sqrt(overlap), 0), (sqrt(1 - overlap), 1)]
    return [
        (amplitude * (1 if port == 0 else sign) / sqrt(2), (port, encoding, shape))
        for amplitude, shape in shapes
        for port in (0, 1)
        if amplitude
    ]


def _behind(photons: tuple[tuple[int, int], ...], overlap: float) -> Mapping[Monomial, complex]:
    """Return the amplitudes of the Fock states, by sorted modes, that (emitter, encoding) photons make."""
    found: dict[Monomial, complex] = {}
    for choice in product(*(_modes(e, c, overlap) for e, c in photons)):
        key = tuple(sorted(mode for _, mode in choice))
        found[key] = found.get(key, 0) + np.prod([a for a, _ in choice])
    # (a^dagger)^n |0> = sqrt(n!) |n>.
    return {k: v * sqrt(np.prod([factorial(k.count(m)) for m in set(k)])) for k, v in found.items()}


def _arrivals(
    present: tuple[bool, ...], efficiency: tuple[float, float]
) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Yield (amplitude, emitters whose photon arrives) for every pattern of loss."""
    emitters = [e for e in (0, 1) if present[e]]
    for kept in product((True, False), repeat=len(emitters)):
        amplitude = 1.0
        for e, arrives in zip(emitters, kept, strict=True):
            amplitude *= sqrt(efficiency[e] if arrives else 1 - efficiency[e])
        yield amplitude, tuple(e for e, arrives in zip(emitters, kept, strict=True) if arrives)


def _conditional(
    spins: ComplexArray,
    emit: Mapping[tuple[int, int], int | None],
    efficiency: tuple[float, float],
    overlap: float,
    pattern: Mapping[tuple[int, int], bool],
    detectors: _Detectors,
) -> ComplexArray:
    """Return the unnormalised state of the spins, (4, 4), given that exactly the detectors of ``pattern``
    click.

    ``spins`` is the state (4, 4) before emission, ``emit[emitter, level]`` the encoding of the photon that a
    spin in that level emits, or None. ``pattern[port, encoding]`` says whether that detector clicks.
    """
    basis = list(product((0, 1), repeat=2))
    # Which photons are lost tells nothing between terms that lose different ones: sum over loss patterns,
    # each a coherent map from spins to (spins, Fock states).
    total = np.zeros((4, 4), dtype=complex)
    maps: dict[tuple[tuple[int, int | None], ...], dict[Monomial, ComplexArray]] = {}
    for s, levels in enumerate(basis):
        codes = tuple(emit[e, levels[e]] for e in (0, 1))
        for amplitude, arrived in _arrivals(tuple(c is not None for c in codes), efficiency):  # type: ignore[arg-type]
            lost = tuple((e, codes[e]) for e in (0, 1) if codes[e] is not None and e not in arrived)
            photons = tuple((e, codes[e]) for e in arrived)
            for fock, value in _behind(photons, overlap).items():  # type: ignore[arg-type]
                vector = maps.setdefault(lost, {}).setdefault(fock, np.zeros(4, dtype=complex))
                vector[s] += amplitude * value
    for focks in maps.values():
        for fock, vector in focks.items():
            weight = 1.0
            for (port, code), clicks in pattern.items():
                seen = sum(1 for mode in fock if mode[:2] == (port, code))
                weight *= detectors.click(seen) if clicks else detectors.silent(seen)
            if weight:
                total += weight * (vector[:, None] * spins * vector.conj()[None])
    return total


def _finished(parts: list[tuple[ComplexArray, ComplexArray]], dephasing: float, protocol: str) -> Heralded:
    """Correct each outcome by a local unitary, add them up, and dephase the coherence by path-phase noise."""
    total = sum((fix @ rho @ fix.conj().T for rho, fix in parts), np.zeros((4, 4), dtype=complex))
    probability = float(np.trace(total).real)
    if not probability > 0:
        raise InvalidInputError(f"{protocol}: no pair is ever heralded with these efficiencies")
    state = total / probability
    phi = np.array([1, 0, 0, 1]) / sqrt(2)
    found = Heralded(probability, (state + state.conj().T) / 2, float((phi @ state @ phi).real), protocol)
    return dephased(found, dephasing)


def dephased(pair: Heralded, keep: float) -> Heralded:
    """Return the pair with its coherence between |00> and |11> (and |01> and |10>) multiplied by ``keep``."""
    turned = np.kron(_Z, np.eye(2))
    state = (1 + keep) / 2 * pair.state + (1 - keep) / 2 * turned @ pair.state @ turned
    phi = np.array([1, 0, 0, 1]) / sqrt(2)
    return Heralded(pair.probability, state, float((phi @ state @ phi).real), pair.protocol)


def _common(
    efficiency: tuple[float, float], visibility: float, dark: float, resolving: bool
) -> tuple[tuple[float, float], float, _Detectors]:
    one, two = (checks.probability(e, "efficiency") for e in efficiency)
    return (
        (one, two),
        checks.probability(visibility, "visibility"),
        _Detectors(checks.probability(dark, "dark_counts"), resolving),
    )


def single_click(
    *,
    bright: float,
    efficiency: float | tuple[float, float],
    visibility: float = 1.0,
    dark_counts: float = 0.0,
    phase_noise: float = 0.0,
    number_resolving: bool = False,
) -> Heralded:
    """Return the pair behind one click of two detectors (C. Cabrillo et al., Phys. Rev. A 59, 1025 (1999)).

    Both emitters start in sqrt(1 - alpha)|0> + sqrt(alpha)|1> and only |1> emits; ``bright`` is alpha (or set
    it so), ``efficiency`` that of one photon from emission to detection (one number, or one for each
    emitter), ``visibility`` the squared overlap of the photons, ``dark_counts`` the probability of one in a
    detector's window, ``phase_noise`` the standard deviation (rad) of the optical phase between the paths.

    Ideal: p = 2 alpha eta (1 - alpha eta/2), F = (1 - alpha)/(1 - alpha eta/2) with detectors that do not
    count photons, p = 2 alpha eta (1 - alpha eta) with those that do.
    """
    pair = efficiency if isinstance(efficiency, tuple) else (efficiency, efficiency)
    eta, overlap, detectors = _common(pair, visibility, dark_counts, number_resolving)
    alpha = checks.probability(bright, "bright")
    spin = np.array([sqrt(1 - alpha), sqrt(alpha)])
    ket = np.kron(spin, spin)
    emit: dict[tuple[int, int], int | None] = {
        (e, level): (0 if level else None) for e in (0, 1) for level in (0, 1)
    }
    parts = []
    for port in (0, 1):
        pattern = {(p, 0): p == port for p in (0, 1)}
        rho = _conditional(np.outer(ket, ket.conj()), emit, eta, overlap, pattern, detectors)
        # |01> +- |10> becomes |00> + |11> by X on the second, and Z for the minus sign.
        fix = np.kron(np.eye(2) if port == 0 else _Z, _X)
        parts.append((rho, fix))
    noise = checks.non_negative(phase_noise, "phase_noise (rad)")
    return _finished(parts, exp(-(noise**2) / 2), "single click")


def barrett_kok(
    *,
    efficiency: float | tuple[float, float],
    visibility: float = 1.0,
    dark_counts: float = 0.0,
    number_resolving: bool = False,
) -> Heralded:
    """Return the pair behind one click in each of two rounds, the spins flipped in between.

    S. D. Barrett and P. Kok, Phys. Rev. A 71, 060310 (2005): p = eta^2/2, F = (1 + V)/2. The optical phase
    drops out. Parameters as in `single_click`.
    """
    pair = efficiency if isinstance(efficiency, tuple) else (efficiency, efficiency)
    eta, overlap, detectors = _common(pair, visibility, dark_counts, number_resolving)
    ket = np.full(4, 0.5, dtype=complex)
    emit: dict[tuple[int, int], int | None] = {
        (e, level): (0 if level else None) for e in (0, 1) for level in (0, 1)
    }
    flip = np.kron(_X, _X)
    parts = []
    for first, second in product((0, 1), repeat=2):
        rho = _conditional(
            np.outer(ket, ket), emit, eta, overlap, {(p, 0): p == first for p in (0, 1)}, detectors
        )
        rho = flip @ rho @ flip
        rho = _conditional(rho, emit, eta, overlap, {(p, 0): p == second for p in (0, 1)}, detectors)
        parts.append((rho, np.kron(np.eye(2) if first == second else _Z, _X)))
    return _finished(parts, 1.0, "Barrett-Kok")


def two_photon(
    *,
    efficiency: float | tuple[float, float],
    visibility: float = 1.0,
    dark_counts: float = 0.0,
    emitter_fidelity: float | tuple[float, float] = 1.0,
) -> Heralded:
    """Return the pair behind a linear-optics Bell measurement on two photons, each entangled with its
    emitter.

    Each emitter and its photon are in (|0>|H> + |1>|V>)/sqrt2; a balanced beam splitter, polarising ones
    behind it and four detectors tell Psi+ and Psi- (S. L. Braunstein and A. Mann, Phys. Rev. A 51, R1727
    (1995)): p = eta^2/2, F = (1 + V)/2. ``emitter_fidelity`` is that of each emitter-photon pair, short of 1
    by depolarizing noise.
    """
    pair = efficiency if isinstance(efficiency, tuple) else (efficiency, efficiency)
    eta, overlap, detectors = _common(pair, visibility, dark_counts, False)
    ket = np.full(4, 0.5, dtype=complex)
    emit: dict[tuple[int, int], int | None] = {(e, level): level for e in (0, 1) for level in (0, 1)}
    every = list(product((0, 1), repeat=2))  # detectors: (port, polarisation)
    parts = []
    for one, two in (((0, 0), (0, 1)), ((1, 0), (1, 1)), ((0, 0), (1, 1)), ((0, 1), (1, 0))):
        rho = _conditional(
            np.outer(ket, ket), emit, eta, overlap, {d: d in (one, two) for d in every}, detectors
        )
        # Same port: Psi+; different ports: Psi-.
        parts.append((rho, np.kron(np.eye(2) if one[0] == two[0] else _Z, _X)))
    found = _finished(parts, 1.0, "two photons")
    state = found.state
    fidelities = (
        emitter_fidelity if isinstance(emitter_fidelity, tuple) else (emitter_fidelity, emitter_fidelity)
    )
    for emitter, fidelity in enumerate(fidelities):
        # Depolarizing noise on one half of a pair leaves Phi+ with weight F: total Pauli error 1 - F.
        error = 1 - checks.probability(fidelity, "emitter_fidelity")
        mixed = np.zeros((4, 4), dtype=complex)
        for pauli in (_X, _Z, _X @ _Z):
            local = np.kron(pauli, np.eye(2)) if emitter == 0 else np.kron(np.eye(2), pauli)
            mixed += local @ state @ local.conj().T / 3
        state = (1 - error) * state + error * mixed
    return _finished([(found.probability * state, np.eye(4, dtype=complex))], 1.0, "two photons")
