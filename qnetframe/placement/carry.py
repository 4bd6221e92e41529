"""Noise in the middle of a decomposed gate, as noise after the whole gate: E then U is U then U E U†."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from functools import reduce
from typing import TypeAlias

import numpy as np

from qnetframe.channels import Channel, identity
from qnetframe.placement import natives
from qnetframe.program.gates import gate_matrix
from qnetframe.values import ComplexArray

Applied: TypeAlias = tuple[tuple[int, ...], ComplexArray]
Located: TypeAlias = tuple[tuple[int, ...], Channel]

_TINY = 1e-12


def carried(qubits: tuple[int, ...], channel: Channel, later: Sequence[Applied]) -> Located:
    """Return the channel after the unitaries of ``later`` that has the effect of ``channel`` before them.

    It acts on more qubits where a unitary joins others to those it acts on.
    """
    for at, unitary in later:
        if set(at).isdisjoint(qubits):
            continue
        more = tuple(q for q in at if q not in qubits)
        if more:
            qubits, channel = qubits + more, channel.tensor(identity(len(more)))
        channel = conjugated(channel, embedded(unitary, tuple(qubits.index(q) for q in at), len(qubits)))
    return qubits, channel


def conjugated(channel: Channel, unitary: ComplexArray) -> Channel:
    """Return rho -> U channel(U† rho U) U†; a mixture of Paulis that stays one is given as such."""
    moved = Channel([unitary @ k @ unitary.conj().T for k in channel.kraus], channel.name)
    if moved.is_close(channel, _TINY):
        return channel
    if channel.is_pauli and moved.is_pauli:
        weights = {label: max(0.0, p) for label, p in moved.pauli_probabilities.items() if abs(p) > 1e-15}
        total = math.fsum(weights.values())
        return Channel.from_pauli({label: p / total for label, p in weights.items()}, channel.name)
    return moved


def exchanged(channel: Channel) -> Channel:
    """Return a channel on two qubits with their roles exchanged."""
    return conjugated(channel, gate_matrix("swap"))


def embedded(unitary: ComplexArray, places: tuple[int, ...], count: int) -> ComplexArray:
    """Return a unitary on ``places`` of ``count`` qubits as a matrix on all of them."""
    k, dim = len(places), 1 << count
    gate = unitary.reshape((2,) * (2 * k))
    whole = np.eye(dim, dtype=complex).reshape((2,) * count + (dim,))
    moved = np.tensordot(gate, whole, (range(k, 2 * k), places))
    return np.ascontiguousarray(np.moveaxis(moved, range(k), places).reshape(dim, dim))


def rests(names: Sequence[str], rotation: ComplexArray) -> list[ComplexArray]:
    """Return, for each native pulse of a one-qubit rotation, the part of the rotation that comes after it.

    ``rotation`` is the pulses with virtual Z rotations around them; ``names`` is one pulse, or sx twice. Of a
    half turn, the whole Z rotation is taken before the pulse.
    """
    if not names:
        return []
    if len(names) == 1:
        return [_phase(_last_angle(names[0], rotation))]
    # Rz(phi + pi) sx Rz(theta + pi) sx Rz(lam): McKay et al., Phys. Rev. A 96, 022330 (2017), equation 2.
    theta = 2 * math.atan2(abs(rotation[1, 0]), abs(rotation[0, 0]))
    half_turn = abs(rotation[0, 0]) < _TINY
    after = _phase((0.0 if half_turn else cmath.phase(rotation[1, 0] / rotation[0, 0])) + math.pi)
    return [reduce(np.matmul, (after, gate_matrix("sx"), _phase(theta + math.pi))), after]


def _last_angle(name: str, rotation: ComplexArray) -> float:
    """Return a of rotation = Rz(a) pulse Rz(b)."""
    if name in natives.ANY_ROTATION:
        if name not in ("r", "prx") or abs(rotation[0, 0]) < _TINY:
            return 0.0
        # A pulse about an axis in the equator has equal entries on its diagonal.
        return cmath.phase(rotation[1, 1] / rotation[0, 0])
    if name == "u2" or abs(rotation[0, 0]) < _TINY or abs(rotation[1, 0]) < _TINY:
        return 0.0
    angle = 2 * math.atan2(abs(rotation[1, 0]), abs(rotation[0, 0]))
    pulse = gate_matrix(name, (angle,)) if name in natives.AXIS_ROTATION else gate_matrix(name)
    return cmath.phase(rotation[1, 0] / rotation[0, 0]) - cmath.phase(pulse[1, 0] / pulse[0, 0])


def _phase(angle: float) -> ComplexArray:
    return np.diag([1.0, cmath.exp(1j * angle)]).astype(np.complex128)
