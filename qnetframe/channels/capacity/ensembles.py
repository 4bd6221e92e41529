"""Information of one channel use, maximised over ensembles of inputs: Holevo and private information."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qnetframe.channels.capacity.inputs import best_coherent, climb, log2_matrix
from qnetframe.channels.capacity.maps import ChannelLike, Map, Matrix, as_map
from qnetframe.states.randoms import haar_vectors
from qnetframe.states.subsystems import spectrum_entropy

_ROUNDS = 12
_PROBES = 1500
_KEPT = 24


@dataclass(frozen=True, eq=False)
class HolevoCapacity:
    """The Holevo capacity: ``value`` is reached by the ensemble, ``upper`` bounds it from above.

    ``states`` (m, d) are pure inputs with ``probabilities`` (m,). ``accuracy`` is upper - value, the gap.
    """

    value: float
    upper: float
    states: Matrix
    probabilities: Matrix

    @property
    def accuracy(self) -> float:
        """The certified gap."""
        return self.upper - self.value

    def __float__(self) -> float:
        return self.value


def holevo_capacity(channel: ChannelLike, tolerance: float = 1e-8) -> HolevoCapacity:
    """Return max over ensembles of S(N(ρ)) - Σ p_i S(N(ψ_i)): bits a use by product inputs.

    The Blahut-Arimoto problem of a quantum channel (H. Nagaoka, Proc. ISIT 1998, 283): probabilities and
    states climb together by quasi-Newton steps, then the state with the largest D(N(ψ)||N(ρ)) is sought from
    many points of the sphere and joins the ensemble, until that maximum, an upper bound on the capacity (B.
    Schumacher and M. D. Westmoreland, Phys. Rev. A 63, 022308 (2001)), exceeds the value by ``tolerance`` at
    most. The search is the certificate: it starts from 1,500 points and climbs to the nearest maxima.
    """
    found = as_map(channel)
    return found.remember(("holevo", tolerance), lambda: _holevo(found, tolerance))


def _holevo(found: Map, tolerance: float) -> HolevoCapacity:
    vectors = np.concatenate([_start(found), haar_vectors(found.inputs, found.inputs, seed=0)])
    vectors = vectors / np.sqrt(len(vectors))
    probes = haar_vectors(found.inputs, _PROBES, seed=1)
    best: HolevoCapacity | None = None
    for _ in range(_ROUNDS):
        vectors = _climb_ensemble(found, vectors)
        vectors = _blahut_arimoto(found, vectors)
        weights = np.linalg.norm(vectors, axis=1) ** 2
        vectors = vectors[weights > 1e-12]
        value, upper, witness = _certify(found, vectors, probes)
        if best is None or upper - value < best.accuracy:
            weights = np.linalg.norm(vectors, axis=1)
            best = HolevoCapacity(value, max(upper, value), vectors / weights[:, None], weights**2)
        if upper - value <= tolerance:
            break
        vectors = np.concatenate([vectors * np.sqrt(0.98), 0.1 * np.sqrt(2) * witness[None]])
        vectors = vectors / np.linalg.norm(vectors)
    assert best is not None
    return best


def _start(channel: Map) -> Matrix:
    # The basis and its Fourier transform: for qubits the ends of the z and x axes.
    size = channel.inputs
    fourier = np.exp(2j * np.pi * np.outer(np.arange(size), np.arange(size)) / size) / np.sqrt(size)
    return np.concatenate([np.eye(size, dtype=complex), fourier])


def _projectors(vectors: Matrix) -> Matrix:
    return vectors[:, :, None] * vectors[:, None, :].conj()


def _climb_ensemble(channel: Map, vectors: Matrix) -> Matrix:
    shape = vectors.shape

    def objective(flat: Matrix) -> tuple[float, Matrix]:
        v = flat.view(complex).reshape(shape)
        total = float(np.vdot(v, v).real)
        v = v / np.sqrt(total)
        outputs = channel(_projectors(v))
        weights = np.maximum((np.abs(v) ** 2).sum(axis=1), 1e-300)
        logs, _ = log2_matrix(outputs / weights[:, None, None])
        log_mean, _ = log2_matrix(outputs.sum(axis=0))
        slopes = channel.adjoint(logs - log_mean)
        pulled = np.einsum("kij,kj->ki", slopes, v)
        value = float(np.vdot(v, pulled).real)
        step = 2.0 * (pulled - value * v) / np.sqrt(total)
        return -value, -step.reshape(-1).view(float)

    found = climb(objective, vectors.reshape(-1).view(float)).view(complex).reshape(shape)
    unit: Matrix = found / np.linalg.norm(found)
    return unit


def _blahut_arimoto(channel: Map, vectors: Matrix, steps: int = 40) -> Matrix:
    """Move probabilities only: p_i <- p_i 2^(D_i) / Σ, which never lowers the information."""
    weights = (np.abs(vectors) ** 2).sum(axis=1)
    keep = weights > 1e-14
    weights, units = weights[keep], vectors[keep] / np.sqrt(weights[keep])[:, None]
    outputs = channel(_projectors(units))
    entropies = spectrum_entropy(np.linalg.eigvalsh(outputs))
    for _ in range(steps):
        log_mean, _ = log2_matrix(np.einsum("k,kij->ij", weights, outputs))
        divergence = -entropies - np.einsum("kij,ji->k", outputs, log_mean).real
        weights = weights * 2.0 ** (divergence - divergence.max())
        weights = weights / weights.sum()
    moved: Matrix = units * np.sqrt(weights)[:, None]
    return moved


def _certify(channel: Map, vectors: Matrix, probes: Matrix) -> tuple[float, float, Matrix]:
    """Return (the information, the largest divergence found, the state that has it)."""
    outputs = channel(_projectors(vectors))
    mean = outputs.sum(axis=0)
    log_mean, spectrum = log2_matrix(mean)
    weights = (np.abs(vectors) ** 2).sum(axis=1)
    single = spectrum_entropy(np.linalg.eigvalsh(outputs / weights[:, None, None]))
    value = float(spectrum_entropy(spectrum)) - float(weights @ single)
    cost = -channel.adjoint(log_mean)
    units = np.concatenate([probes, vectors / np.sqrt(weights)[:, None]])
    divergence = _divergences(channel, units, cost)
    units = units[np.argsort(divergence)[-_KEPT:]]
    # D(N(ψ')||σ) never falls when ψ' is the best for the linear function at ψ: Nagaoka's step.
    last = 0.0
    for _ in range(200):
        logs, _ = log2_matrix(channel(_projectors(units)))
        units = np.linalg.eigh(channel.adjoint(logs) + cost)[1][..., -1]
        divergence = _divergences(channel, units, cost)
        if abs(float(divergence.max()) - last) < 1e-13:
            break
        last = float(divergence.max())
    best = int(np.argmax(divergence))
    return value, float(divergence[best]), units[best]


def _divergences(channel: Map, units: Matrix, cost: Matrix) -> Matrix:
    entropies = spectrum_entropy(np.linalg.eigvalsh(channel(_projectors(units))))
    found: Matrix = np.einsum("ki,ij,kj->k", units.conj(), cost, units).real - entropies
    return found


def private_information(channel: ChannelLike) -> float:
    """Return the largest χ(N) - χ(E) found over ensembles of d² mixed inputs: secret bits of one use.

    With pure inputs it is the coherent information, so that it is never less; I. Devetak, IEEE Trans. Inf.
    Theory 51, 44 (2005). Not concave: the largest of several local maxima.
    """
    found = as_map(channel)
    return found.remember("private", lambda: _private(found))


def _private(found: Map) -> float:
    best, size = best_coherent(found).value, found.inputs
    rng = np.random.default_rng(2)
    shape = (size * size, size, size)
    for start in range(3):
        noise = rng.standard_normal(shape) + 1j * rng.standard_normal(shape)
        mixed = np.zeros(shape, dtype=complex)
        mixed[:, :, 0] = noise[:, :, 0]
        factors = mixed + (0.0, 0.1, 1.0)[start] * noise
        best = max(best, _climb_private(found, factors / np.linalg.norm(factors)))
    return best


def _climb_private(channel: Map, factors: Matrix) -> float:
    shape = factors.shape
    maps = ((channel, 1.0), (channel.complement, -1.0))

    def objective(flat: Matrix) -> tuple[float, Matrix]:
        a = flat.view(complex).reshape(shape)
        total = float(np.vdot(a, a).real)
        a = a / np.sqrt(total)
        states = a @ a.conj().swapaxes(-1, -2)
        slopes = np.zeros_like(states)
        for single, sign in maps:
            outputs = single(states)
            weights = np.maximum(np.trace(outputs, axis1=-2, axis2=-1).real, 1e-300)
            logs, _ = log2_matrix(outputs / weights[:, None, None])
            slopes = slopes + sign * single.adjoint(logs - log2_matrix(outputs.sum(axis=0))[0])
        pulled = slopes @ a
        value = float(np.vdot(a, pulled).real)
        step = 2.0 * (pulled - value * a) / np.sqrt(total)
        return -value, -step.reshape(-1).view(float)

    flat = climb(objective, factors.reshape(-1).view(float))
    return -objective(flat)[0]
