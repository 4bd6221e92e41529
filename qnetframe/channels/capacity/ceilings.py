"""Upper bounds on capacities that hold for structures a channel may have, each with its source."""

from __future__ import annotations

import math

import numpy as np

from qnetframe.channels.capacity.inputs import best_mutual
from qnetframe.channels.capacity.maps import ChannelLike, Map, as_map, qubits_of
from qnetframe.channels.named import amplitude_damping
from qnetframe.states.negativities import negativity
from qnetframe.states.subsystems import binary_entropy, transposed

_CLOSE = 1e-10


def transposition_bound(channel: ChannelLike) -> float:
    """Return log2 of ‖tr_out |J^T|‖, J^T the Choi matrix with the output transposed: at least Q and Q↔.

    It is log2 of an upper bound on the diamond norm of the channel followed by transposition, and that norm
    itself for covariant channels: A. S. Holevo and R. F. Werner, Phys. Rev. A 63, 032312 (2001); for two-way
    assistance A. Müller-Hermes, D. Reeb and M. M. Wolf, J. Math. Phys. 57, 015202 (2016).
    """
    found = as_map(channel)
    sizes = (found.inputs, found.outputs)
    values, vectors = np.linalg.eigh(transposed(found.choi, (1,), sizes))
    absolute = (vectors * np.abs(values)) @ vectors.conj().T
    over_output = np.einsum("iaja->ij", absolute.reshape(*sizes, *sizes))
    return max(0.0, math.log2(float(np.linalg.eigvalsh(over_output)[-1])))


def dimension(channel: ChannelLike) -> float:
    """Return log2 of the dimension of the input, or of the output where that is less."""
    found = as_map(channel)
    return math.log2(min(found.inputs, found.supported.outputs))


def assisted_half(channel: ChannelLike) -> float:
    """Return half the entanglement-assisted capacity: at least Q, Q↔ and P↔.

    It is the squashed entanglement of the channel with nothing squashed: M. Takeoka, S. Guha and M. M. Wilde,
    IEEE Trans. Inf. Theory 60, 4987 (2014).
    """
    found = best_mutual(channel)
    return (found.value + (found.accuracy or 0.0)) / 2


def pauli_relative_entropy(channel: ChannelLike) -> float | None:
    """Return 1 - h(p_max) of a qubit Pauli channel, 0 where p_max ≤ 1/2: at least Q↔ and P↔; None for others.

    The relative entropy of entanglement of its Choi state: S. Pirandola, R. Laurenza, C. Ottaviani and L.
    Banchi, Nat. Commun. 8, 15043 (2017).
    """
    qubit = qubits_of(channel)
    if qubit is None or not qubit.is_pauli:
        return None
    largest = min(1.0, max(qubit.pauli_probabilities.values()))
    return 1.0 - float(binary_entropy(largest)) if largest > 0.5 else 0.0


def smith_smolin_bound(channel: ChannelLike) -> float | None:
    """Return the convex hull of 1 - h(p), h((1+γ)/2) - h(γ/2) and 1 - 4p for depolarizing p; else None.

    γ = 4(√(1-p) - (1-p)): G. Smith and J. A. Smolin, Proc. IEEE Information Theory Workshop 2008, 368.
    """
    p = depolarizing_parameter(channel)
    if p is None:
        return None
    if p >= 0.25:
        return 0.0
    # The hull lies on chords between points of the curves and (1/4, 0): the lowest chord over p.
    grid = np.concatenate([np.linspace(0.0, 0.25, 4001), [p]])
    gamma = np.clip(4.0 * (np.sqrt(1.0 - grid) - (1.0 - grid)), 0.0, 1.0)
    damped = binary_entropy((1.0 + gamma) / 2) - binary_entropy(gamma / 2)
    curve = np.minimum.reduce([1.0 - binary_entropy(grid), damped, 1.0 - 4.0 * grid])
    return max(0.0, _hull_at(grid, curve, p))


def _hull_at(grid: np.ndarray, curve: np.ndarray, p: float) -> float:
    order = np.argsort(grid, kind="stable")
    hull: list[tuple[float, float]] = []
    for x, y in zip(grid[order].tolist(), curve[order].tolist(), strict=True):
        while len(hull) > 1 and _above(hull[-2], hull[-1], (x, y)):
            hull.pop()
        hull.append((x, y))
    xs, ys = zip(*hull, strict=True)
    return float(np.interp(p, xs, ys))


def _above(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[1] - a[1]) * (c[0] - a[0]) >= (c[1] - a[1]) * (b[0] - a[0])


def depolarizing_parameter(channel: ChannelLike) -> float | None:
    """Return p if the channel is `depolarizing(p)` on one qubit, else None."""
    qubit = qubits_of(channel)
    if qubit is None or not qubit.is_pauli:
        return None
    rest = [qubit.pauli_probabilities[letter] for letter in "XYZ"]
    return sum(rest) if max(rest) - min(rest) <= _CLOSE else None


def damping_parameter(channel: ChannelLike) -> float | None:
    """Return γ if the channel is `amplitude_damping(γ)` on one qubit, else None."""
    qubit = qubits_of(channel)
    if qubit is None:
        return None
    gamma = float(qubit.apply(np.diag([0.0, 1.0]))[0, 0].real)
    gamma = min(1.0, max(0.0, gamma))
    return gamma if qubit.is_close(amplitude_damping(gamma), _CLOSE) else None


def damping_two_way_bounds(gamma: float) -> dict[str, float]:
    """Return upper bounds on Q↔ and P↔ of amplitude damping, by name.

    min(1, -log2 γ): Pirandola et al. (2017). Squashed entanglement h(1/2 - γ/4) - h(1 - γ/4): K.
    Goodenough, D. Elkouss and S. Wehner, New J. Phys. 18, 063005 (2016).
    """
    squashed = float(binary_entropy(0.5 - gamma / 4) - binary_entropy(1.0 - gamma / 4))
    decomposed = min(1.0, -math.log2(gamma)) if gamma > 0 else 1.0
    return {
        "-log2 γ (Pirandola et al. 2017)": decomposed,
        "squashed entanglement (Goodenough et al. 2016)": squashed,
    }


def is_entanglement_breaking(channel: ChannelLike) -> bool:
    """Return whether a qubit channel breaks entanglement: its Choi state has a positive partial transpose.

    M. Horodecki, P. W. Shor and M. B. Ruskai, Rev. Math. Phys. 15, 629 (2003). For outputs beyond dimension 3
    a positive partial transpose decides nothing, and the answer is False.
    """
    found = as_map(channel).supported
    if found.inputs * found.outputs > 6:
        return False
    sizes = (found.inputs, found.outputs)
    return float(negativity(found.choi / found.inputs, sizes)) < _CLOSE


def is_unital_qubit(channel: ChannelLike) -> bool:
    """Return whether it is a qubit channel that leaves the maximally mixed state alone."""
    qubit = qubits_of(channel)
    return qubit is not None and qubit.is_unital


def erasure_parameter(channel: Map) -> float | None:
    """Return ε if a flagged map is erasure of a qubit with probability ε, else None."""
    if channel.flags != 2 or channel.inputs != 2 or channel.outputs != 4:
        return None
    kept = channel.superoperator.reshape(2, 2, 2, 2, 2, 2)[:, 0, :, 0]
    lost = channel.superoperator.reshape(2, 2, 2, 2, 2, 2)[:, 1, :, 1]
    epsilon = float(np.einsum("aaii->", lost).real) / 2
    identity = np.einsum("ai,bj->abij", np.eye(2), np.eye(2)) * (1.0 - epsilon)
    mixed = np.einsum("ab,ij->abij", np.eye(2), np.eye(2)) * epsilon / 2
    off = max(float(np.abs(kept - identity).max()), float(np.abs(lost - mixed).max()))
    return epsilon if off <= _CLOSE else None
