"""Information of one channel use, maximised over the input state: coherent, reverse coherent and mutual.

With S the entropy, N the channel and E its complement (to the environment), for an input ρ:

- coherent information S(N(ρ)) - S(E(ρ)): B. Schumacher and M. A. Nielsen, Phys. Rev. A 54, 2629 (1996);
- reverse coherent information S(ρ) - S(E(ρ)): R. García-Patrón et al., Phys. Rev. Lett. 102, 210501 (2009);
- mutual information S(ρ) + S(N(ρ)) - S(E(ρ)): C. Adami and N. J. Cerf, Phys. Rev. A 56, 3470 (1997).

Each is tr ρ G(ρ) with a Hermitian gradient G. Where it is concave in ρ the maximum is at most the largest
eigenvalue of G at any ρ, which certifies the accuracy of what was found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qnetframe.channels.capacity.maps import ChannelLike, Map, Matrix, as_map
from qnetframe.errors import InvalidInputError
from qnetframe.states.checking import density_matrices
from qnetframe.states.subsystems import spectrum_entropy

_TINY = 1e-300
_STARTS = 4
_FEW = 256


@dataclass(frozen=True, eq=False)
class Optimum:
    """A maximum over inputs: ``value`` is reached by ``state`` and is at most ``accuracy`` too small.

    ``accuracy`` is None where the function is not concave, so that only local maxima can be compared.
    """

    value: float
    state: Matrix
    accuracy: float | None


def coherent_information(channel: ChannelLike, state: npt.ArrayLike | None = None) -> float:
    """Return S(N(ρ)) - S(E(ρ)) in qubits for the input ρ, or its maximum over inputs without ``state``.

    The maximum is that of one use (Q1), found by quasi-Newton ascent from several inputs; it is 0 at least,
    which a pure input gives. `best_coherent` also gives the input and the accuracy; see `quantum_capacity`
    for what it says about capacity.

    >>> from qnetframe.channels import depolarizing
    >>> round(coherent_information(depolarizing(0.1)), 6)
    0.372508
    """
    found = as_map(channel)
    if state is not None:
        return _at(found, state, (0.0, 1.0))
    return best_coherent(found).value


def reverse_coherent_information(channel: ChannelLike, state: npt.ArrayLike | None = None) -> float:
    """Return S(ρ) - S(E(ρ)) for the input ρ, or its maximum: a lower bound on the two-way capacity.

    `best_reverse` also gives the input and the certified accuracy.
    """
    found = as_map(channel)
    if state is not None:
        return _at(found, state, (1.0, 0.0))
    return best_reverse(found).value


def entanglement_assisted_capacity(channel: ChannelLike) -> float:
    """Return the maximum of S(ρ) + S(N(ρ)) - S(E(ρ)): bits a use with free entanglement.

    C. H. Bennett, P. W. Shor, J. A. Smolin and A. V. Thapliyal, IEEE Trans. Inf. Theory 48, 2637 (2002). It
    is concave in ρ; `best_mutual` gives the input and the certified accuracy.
    """
    return best_mutual(channel).value


def best_coherent(channel: ChannelLike, concave: bool = False) -> Optimum:
    """Return the largest coherent information of one use; ``concave`` (degradable channels) certifies it."""
    channel = as_map(channel)
    starts = 1 if concave else _STARTS
    found = channel.remember(
        ("coherent", concave), lambda: _maximise(channel, (0.0, 1.0), starts=starts, concave=concave)
    )
    if found.value < 0.0:
        pure = np.zeros((channel.inputs, channel.inputs), dtype=complex)
        pure[0, 0] = 1.0
        return Optimum(0.0, pure, found.accuracy)
    return found


def best_reverse(channel: ChannelLike) -> Optimum:
    """Return the largest reverse coherent information, which is concave in the input."""
    channel = as_map(channel)
    return channel.remember("reverse", lambda: _maximise(channel, (1.0, 0.0), starts=1, concave=True))


def best_mutual(channel: ChannelLike) -> Optimum:
    """Return the largest mutual information, which is concave in the input."""
    channel = as_map(channel)
    return channel.remember("mutual", lambda: _maximise(channel, (1.0, 1.0), starts=1, concave=True))


def _at(channel: Map, state: npt.ArrayLike, weights: tuple[float, float]) -> float:
    rho = density_matrices(state, field="input state")
    if rho.shape != (channel.inputs, channel.inputs):
        raise InvalidInputError(
            f"input state has shape {rho.shape}; it must have shape ({channel.inputs}, {channel.inputs})"
        )
    return _value(channel, rho, weights)


def _value(channel: Map, rho: Matrix, weights: tuple[float, float]) -> float:
    spectra = [np.linalg.eigvalsh(m) for m in (rho, channel(rho), channel.complement(rho))]
    own, out, env = (float(spectrum_entropy(values)) for values in spectra)
    return weights[0] * own + weights[1] * out - env


def log2_matrix(matrix: Matrix) -> tuple[Matrix, Matrix]:
    """Return (log2 of positive matrices (..., d, d), their eigenvalues)."""
    values, vectors = np.linalg.eigh(matrix)
    logs = np.log2(np.maximum(values, _TINY))
    found: Matrix = (vectors * logs[..., None, :]) @ vectors.conj().swapaxes(-1, -2)
    return found, values


def gradient(channel: Map, rho: Matrix, weights: tuple[float, float]) -> tuple[float, Matrix]:
    """Return the information tr ρ G and its gradient G at a state."""
    log_out, out = log2_matrix(channel(rho))
    log_env, env = log2_matrix(channel.complement(rho))
    found = channel.complement.adjoint(log_env) - weights[1] * channel.adjoint(log_out)
    value = weights[1] * float(spectrum_entropy(out)) - float(spectrum_entropy(env))
    if weights[0]:
        log_own, own = log2_matrix(rho)
        found = found - weights[0] * log_own
        value += weights[0] * float(spectrum_entropy(own))
    return value, (found + found.conj().T) / 2


def _maximise(channel: Map, weights: tuple[float, float], starts: int, concave: bool) -> Optimum:
    size = channel.inputs
    rng = np.random.default_rng(0)
    best: Optimum | None = None
    for number in range(starts):
        factor = np.eye(size, dtype=complex) / np.sqrt(size)
        if number or not concave:
            # Off the maximally mixed input, which may be a saddle point.
            noise = rng.standard_normal((size, size)) + 1j * rng.standard_normal((size, size))
            factor = factor + (0.02 if number == 0 else 1.0) * noise
        value, state = _ascend(channel, weights, factor)
        if best is None or value > best.value:
            best = Optimum(value, state, None)
    assert best is not None
    even = np.eye(size, dtype=complex) / size
    if (at_even := _value(channel, even, weights)) >= best.value - 1e-13:
        best = Optimum(at_even, even, None)
    if not concave:
        return best
    _, slope = gradient(channel, best.state, weights)
    gap = max(0.0, float(np.linalg.eigvalsh(slope)[-1]) - best.value)
    return Optimum(best.value, best.state, gap)


def _ascend(channel: Map, weights: tuple[float, float], factor: Matrix) -> tuple[float, Matrix]:
    """Climb from ρ ~ A A† over the entries of A."""
    size = channel.inputs

    def objective(flat: Matrix) -> tuple[float, Matrix]:
        a = flat.view(complex).reshape(size, size)
        norm = float(np.vdot(a, a).real)
        rho = a @ a.conj().T / norm
        value, slope = gradient(channel, rho, weights)
        step = 2.0 * (slope @ a - value * a) / norm
        return -value, -step.reshape(-1).view(float)

    flat = climb(objective, factor.reshape(-1).view(float))
    a = flat.view(complex).reshape(size, size)
    rho = a @ a.conj().T
    rho = rho / np.trace(rho).real
    return _value(channel, rho, weights), rho


def climb(objective: Callable[[Matrix], tuple[float, Matrix]], start: Matrix) -> Matrix:
    """Return where a quasi-Newton descent comes to rest; ``objective`` gives a value and its gradient."""
    from scipy.optimize import minimize

    # scipy's L-BFGS-B calls threaded linear algebra in every step, which costs more than all else for so few
    # variables; BFGS does not, and needs fewer steps.
    few = start.size <= _FEW
    options: Any = {"maxiter": 600, "gtol": 1e-11}
    options.update({} if few else {"ftol": 1e-16, "maxcor": 20})
    done = minimize(
        objective, np.array(start), jac=True, method="BFGS" if few else "L-BFGS-B", options=options
    )
    return np.ascontiguousarray(done.x)
