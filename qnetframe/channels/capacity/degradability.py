"""Whether the receiver can simulate the environment (degradable), or the other way round.

I. Devetak and P. W. Shor, Commun. Math. Phys. 256, 287 (2005); T. S. Cubitt, M. B. Ruskai and G. Smith, J.
Math. Phys. 49, 102104 (2008).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qnetframe.channels.capacity.maps import ChannelLike, Map, Matrix, as_map
from qnetframe.states.subsystems import binary_entropy

_TOLERANCE = 1e-8
# The deviation of a map that is exact but for rounding.
_ROUNDING = 1e-13
# Of the search, for a map of 16 x 16 entries; fewer for larger ones, so that it takes about as long.
_STEPS = 4000


@dataclass(frozen=True)
class Degradability:
    """Whether a map D with D∘N = E exists; ``deviation`` is how far the best one found is from a channel.

    It is the larger of the error of D∘N (largest entry) and of how negative D's Choi matrix is. A deviation
    up to 1e-8 counts as degradable. ``decided`` is False where D is not unique and the search ended without
    one, so that a degrading map may still exist. ``excess`` is how far above the coherent information the
    deviation may lift the quantum capacity: D. Sutter, V. B. Scholz, A. Winter and R. Renner, IEEE Trans.
    Inf. Theory 63, 7832 (2017).
    """

    deviation: float
    decided: bool
    excess: float = 0.0

    def __bool__(self) -> bool:
        return self.deviation <= _TOLERANCE


def is_degradable(channel: ChannelLike) -> Degradability:
    """Return whether a channel maps the output to the environment's state."""
    found = as_map(channel)
    return found.remember("degradable", lambda: _degrade(found.supported, found.complement.supported))


def is_antidegradable(channel: ChannelLike) -> Degradability:
    """Return whether a channel maps the environment's state to the output; then no qubit gets through."""
    found = as_map(channel)
    return found.remember("antidegradable", lambda: _degrade(found.complement.supported, found.supported))


def _degrade(source: Map, target: Map) -> Degradability:
    inverse = np.linalg.pinv(source.superoperator, rcond=1e-11)
    particular = target.superoperator @ inverse
    error = float(np.abs(particular @ source.superoperator - target.superoperator).max())
    if error > _TOLERANCE:
        return Degradability(error, decided=True)

    def result(deviation: float, decided: bool) -> Degradability:
        return Degradability(deviation, decided, _excess(deviation, source, target))

    reached = source.superoperator @ inverse
    free = np.eye(len(reached)) - reached
    trace_out = np.eye(target.outputs).reshape(-1)
    trace_in = np.eye(source.outputs).reshape(-1)

    def constrained(map_: Matrix) -> Matrix:
        solved = particular + map_ @ free
        return solved + np.outer(trace_out, trace_in - trace_out @ solved) / target.outputs

    current = constrained(np.zeros_like(particular))
    deviation = max(error, -_lowest(current, source.outputs, target.outputs))
    if np.abs(free).max() < 1e-9:
        return result(deviation, True)
    # Douglas and Rachford: between maps that degrade and maps that are completely positive.
    point = current
    for _ in range(max(100, _STEPS * 256 // particular.size)):
        if deviation <= _ROUNDING:
            return result(deviation, True)
        nearest = _positive(2.0 * current - point, source.outputs, target.outputs)
        point = point + nearest - current
        current = constrained(point)
        deviation = max(error, -_lowest(current, source.outputs, target.outputs))
    return result(deviation, deviation <= _TOLERANCE)


def _excess(deviation: float, source: Map, target: Map) -> float:
    if not _ROUNDING < deviation <= _TOLERANCE:
        return 0.0
    # The diamond norm from entries of the Choi matrix, generously.
    epsilon = deviation * (source.inputs * target.outputs) ** 2
    size = math.log2(target.outputs)
    mixed = float(binary_entropy(epsilon / 2)) + float(binary_entropy(epsilon / (2 + epsilon)))
    return 1.5 * epsilon * size + (1 + epsilon) * mixed


def _choi(map_: Matrix, inputs: int, outputs: int) -> Matrix:
    tensor = map_.reshape(outputs, outputs, inputs, inputs).transpose(2, 0, 3, 1)
    choi = tensor.reshape(inputs * outputs, inputs * outputs)
    return (choi + choi.conj().T) / 2


def _lowest(map_: Matrix, inputs: int, outputs: int) -> float:
    return min(0.0, float(np.linalg.eigvalsh(_choi(map_, inputs, outputs))[0]))


def _positive(map_: Matrix, inputs: int, outputs: int) -> Matrix:
    values, vectors = np.linalg.eigh(_choi(map_, inputs, outputs))
    choi = (vectors * np.maximum(values, 0.0)) @ vectors.conj().T
    tensor = choi.reshape(inputs, outputs, inputs, outputs).transpose(1, 3, 0, 2)
    return np.ascontiguousarray(tensor.reshape(outputs**2, inputs**2))
