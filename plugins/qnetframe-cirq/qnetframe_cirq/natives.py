"""Native gates of hardware as Cirq's own gates, with two settings of their angles where they have any."""

from __future__ import annotations

import math
from typing import Any

import cirq

from qnetframe.program.gates import GATES, gate_matrix

# Two settings of the angles, to see whether the noise depends on them.
_ANGLES = ((0.3, 0.7, 1.1, 0.4), (1.9, -0.8, 2.3, -1.2))


def standard_gates() -> dict[str, tuple[Any, ...]]:
    """Return each standard gate as Cirq's own gate, with two settings of its angles where it has any."""
    return {
        g: tuple(_cirq_gate(g, angles[: d.num_params]) for angles in _ANGLES[: 2 if d.num_params else 1])
        for g, d in GATES.items()
        if d.num_qubits < 3
    }


def _cirq_gate(name: str, angles: tuple[float, ...]) -> Any:
    fixed = {
        "id": cirq.I, "x": cirq.X, "y": cirq.Y, "z": cirq.Z, "h": cirq.H, "s": cirq.S, "sdg": cirq.S**-1,
        "t": cirq.T, "tdg": cirq.T**-1, "sx": cirq.X**0.5, "cx": cirq.CX, "cz": cirq.CZ, "swap": cirq.SWAP,
    }  # fmt: skip
    turns = {"rx": cirq.rx, "ry": cirq.ry, "rz": cirq.rz}
    if name in fixed:
        return fixed[name]
    if name in turns:
        return turns[name](angles[0])
    if name in ("p", "u1"):
        return cirq.ZPowGate(exponent=angles[0] / math.pi)
    if name == "cp":
        return cirq.CZPowGate(exponent=angles[0] / math.pi)
    matrix = gate_matrix(name, angles)
    if len(matrix) == 2:
        return cirq.PhasedXZGate.from_matrix(matrix)
    return cirq.ControlledGate(cirq.MatrixGate(matrix[2:, 2:]))


def device_gates(properties: Any) -> dict[str, tuple[Any, ...]]:
    """Return the native gates of a device by the types that its properties list."""
    phased = tuple(
        cirq.PhasedXZGate(x_exponent=a, z_exponent=b, axis_phase_exponent=c) for a, b, c, _ in _ANGLES
    )
    natives: dict[str, dict[str, tuple[Any, ...]]] = {
        "PhasedXZGate": {"phxz": phased},
        "PhasedXPowGate": {
            "prx": tuple(cirq.PhasedXPowGate(exponent=a, phase_exponent=b) for a, b, *_ in _ANGLES)
        },
        "XPowGate": {"rx": tuple(cirq.rx(a) for a, *_ in _ANGLES), "x": (cirq.X,), "sx": (cirq.X**0.5,)},
        "YPowGate": {"ry": tuple(cirq.ry(a) for a, *_ in _ANGLES), "y": (cirq.Y,)},
        "ZPowGate": {
            "rz": tuple(cirq.rz(a) for a, *_ in _ANGLES), "z": (cirq.Z,), "s": (cirq.S,), "t": (cirq.T,)
        },
        "HPowGate": {"h": (cirq.H,)},
        "CZPowGate": {"cz": (cirq.CZ,)},
        "CXPowGate": {"cx": (cirq.CX,)},
        "ISwapPowGate": {"sqrt_iswap": (cirq.SQRT_ISWAP,)},
    }  # fmt: skip
    with_error = {each.gate_type for each in properties.gate_pauli_errors}
    found: dict[str, tuple[Any, ...]] = {}
    for kind in sorted(properties.expected_gates() & with_error, key=lambda k: str(k.__name__)):
        if kind.__name__ == "SycamoreGate":
            found["syc"] = (kind(),)
        found.update(natives.get(kind.__name__, {}))
    return found
