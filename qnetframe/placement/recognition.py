"""From the channel of a gate back to the figures of a device, as importers of noise models need it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce

import numpy as np

from qnetframe.channels import Channel, identity
from qnetframe.channels.paulis import RealArray
from qnetframe.errors import InvalidInputError
from qnetframe.network import GateProfile, QubitProfile
from qnetframe.placement.noise import depolarizing_of_weight, relaxation, remainder

_ROUNDING = 1e-9
_SAME = 1e-12
_AGREE = 1e-6


def gate_profile(channel: Channel, duration: float, qubits: Sequence[QubitProfile]) -> GateProfile:
    """Return the profile of a gate with this noise: error and duration where they say it all.

    That is where placement would insert just this channel (to 1e-12): the relaxation of the qubits during
    ``duration`` seconds, then depolarizing noise. Else the profile has the channel.
    """
    plain = GateProfile(max(0.0, 1.0 - channel.average_fidelity()), duration)
    parts = [relaxation(q, duration) or identity(1) for q in qubits]
    try:
        weight = remainder(plain, tuple(qubits), "gate")
        expected = reduce(Channel.tensor, parts).then(depolarizing_of_weight(weight, len(parts)))
    except InvalidInputError:
        return GateProfile(duration=duration, channel=channel)
    return plain if expected.is_close(channel, _SAME) else GateProfile(duration=duration, channel=channel)


def relaxation_times(gates: Sequence[tuple[Channel, float]]) -> tuple[float, float] | None:
    """Return (T1, T2) in seconds of a qubit from the noise of its one-qubit gates, each with its duration.

    The noise must be depolarizing and relaxation to |0>, in the same order for every gate, with times that
    agree; None where it is not.
    """
    for relaxed_first in (False, True):
        found = []
        for channel, time in gates:
            kept = _kept(channel.pauli_transfer, relaxed_first)
            if kept is None:
                break
            found.append((_time(time, kept[0]), _time(time, kept[1])))
        if len(found) == len(gates) and found and all(map(_agree, found, found[:1] * len(found))):
            t1, t2 = found[0]
            return t1, min(t2, 2 * t1)
    return None


def gate_duration(channel: Channel, qubits: Sequence[QubitProfile]) -> float | None:
    """Return the seconds that a gate takes whose noise is depolarizing, then the relaxation of its qubits.

    None where the noise is not of this form, or no T1 and T2 are known; 0 where nothing relaxes.
    """
    found = []
    for profile, transfer in zip(qubits, _marginals(channel), strict=True):
        kept = _kept(transfer, relaxed_first=False)
        if kept is None or math.isinf(profile.t1):
            return None
        time = 0.0 if kept[0] >= 1.0 - _SAME else -profile.t1 * math.log(kept[0])
        if abs(kept[1] - math.exp(-time / profile.t2)) > _ROUNDING:
            return None
        found.append((time, 0.0))
    return found[0][0] if all(map(_agree, found, found[:1] * len(found))) else None


def _marginals(channel: Channel) -> list[RealArray]:
    """Return the Pauli transfer matrix (4, 4) of each qubit while the others are maximally mixed."""
    transfer, count = channel.pauli_transfer, channel.num_qubits
    strides = [[k * 4 ** (count - 1 - i) for k in range(4)] for i in range(count)]
    return [transfer[np.ix_(rows, rows)] for rows in strides]


def _kept(transfer: RealArray, relaxed_first: bool) -> tuple[float, float] | None:
    """Return (e1, e2), the kept population and coherence, of depolarizing noise λ and relaxation.

    The matrix is diag(1, λ e2, λ e2, λ e1) with the shift 1 - e1 (λ (1 - e1) if the relaxation is first)
    below its corner; None where it is not.
    """
    rest = transfer.copy()
    x, y, z, shift = transfer[1, 1], transfer[2, 2], transfer[3, 3], transfer[3, 0]
    for entry in ((0, 0), (1, 1), (2, 2), (3, 3), (3, 0)):
        rest[entry] = 0.0
    if abs(rest).max() > _ROUNDING or abs(x - y) > _ROUNDING or not -_SAME <= shift < 1.0:
        return None
    kept = z + shift if relaxed_first else z / (1.0 - shift)
    if not 0.0 < kept <= 1.0 + _ROUNDING:
        return None
    decay, coherence = float(z / kept), float(x / kept)
    if decay <= 0.0 or coherence <= 0.0 or coherence**2 > decay * (1.0 + _ROUNDING):
        return None
    return decay, coherence


def _time(time: float, kept: float) -> float:
    return math.inf if kept >= 1.0 - _SAME else -time / math.log(kept)


def _agree(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(a == b or abs(a - b) <= _AGREE * min(a, b) for a, b in zip(one, other, strict=True))
