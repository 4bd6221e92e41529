"""Standard gates in terms of what a device can do natively, so that each is charged what it costs there.

Recipes are tuples of (gate, parameters, positions), applied in order. Sources: the OpenQASM 2 library
(A. W. Cross et al., arXiv:1707.03429) for controlled gates, Toffoli and Fredkin; D. C. McKay et al., Phys.
Rev. A 96, 022330 (2017) for any one-qubit gate as virtual Z rotations about at most two √X; F. Vatan and C.
Williams, Phys. Rev. A 69, 032315 (2004) for any two-qubit gate as three CX. Two fSim(π/2, φ) (iSWAP,
Sycamore) or two √iSWAP make a CX: derived in `_from_fsim` and at `_FROM_ROOT_ISWAP`.
"""

from __future__ import annotations

import cmath
from collections.abc import Callable
from math import acos, atan2, cos, pi, sin, sqrt
from typing import TypeAlias

import numpy as np

from qnetframe.program.gates import gate_matrix
from qnetframe.values import ComplexArray

Call: TypeAlias = tuple[str, tuple[float, ...], tuple[int, ...]]
Recipe: TypeAlias = tuple[Call, ...]

# An angle that stands for any: not a multiple of a quarter turn.
GENERIC = 0.3
NATIVE = "native"


def _word(text: str, position: int) -> Recipe:
    return tuple((name, (), (position,)) for name in text.split())


_CX: Call = ("cx", (), (0, 1))
_N: Call = (NATIVE, (), (0, 1))
_BACK: Call = (NATIVE, (), (1, 0))


def _from_fsim(phi: float, sign: float) -> Recipe:
    """Return CX from two fSim(sign π/2, φ) with one rotation between them.

    The gate is SWAP·exp(-ia ZZ)·(Rz(2b)⊗Rz(2b)) with a = (φ - sign π)/4 and b = -φ/4. The two SWAPs cancel:
    e(1⊗Rx(β))e, e = exp(-ia ZZ), which cos(β/2) = 1/(√2 |sin 2a|) makes (1⊗Rx(γ)) exp(∓iπ/4 ZZ) (1⊗Rx(γ))
    with tan γ = tan(β/2)/cos 2a. The upper sign is that of sin 2a; the other differs by Z⊗Z.
    """
    a, b = (phi - sign * pi) / 4, -phi / 4
    half = acos(1 / (sqrt(2) * abs(sin(2 * a))))
    gamma = atan2(sin(half), cos(half) * cos(2 * a))
    unturn: Recipe = (("rz", (-2 * b,), (0,)), ("rz", (-2 * b,), (1,)))
    after: Recipe = (("rx", (-gamma,), (1,)), *_word("z", 0), *_word("z", 1)) if a < 0 else (
        ("rx", (-gamma,), (1,)),
    )  # fmt: skip
    return (
        *_word("h", 1), ("rx", (-gamma,), (1,)), *unturn, _N, ("rx", (2 * half,), (0,)), *unturn, _N, *after,
        *_word("sdg", 0), *_word("sdg h", 1),
    )  # fmt: skip


# √iSWAP is exp(iπ/8 (XX + YY)); X on one qubit turns the sign of YY, so that two of them make exp(iπ/4 XX).
_FROM_ROOT_ISWAP: Recipe = (
    *_word("h", 0), _N, *_word("x", 0), _N, *_word("x", 0), *_word("h s", 0), *_word("sx", 1),
)  # fmt: skip


def _matrix(corner: complex, stay: complex, cross: complex, end: complex, flip: complex) -> ComplexArray:
    middle = [[corner, 0, 0, flip], [0, stay, cross, 0], [0, cross, stay, 0], [flip, 0, 0, end]]
    return np.array(middle, dtype=complex)


_R = 1 / sqrt(2)
# What the entanglers of CX_FROM are.
ENTANGLERS: dict[str, ComplexArray] = {
    "cx": gate_matrix("cx"),
    "cz": gate_matrix("cz"),
    "ecr": np.array([[0, 0, _R, 1j * _R], [0, 0, 1j * _R, _R], [_R, -1j * _R, 0, 0], [-1j * _R, _R, 0, 0]]),
    "rzz": np.array(np.diag([1 - 1j, 1 + 1j, 1 + 1j, 1 - 1j]) * _R, dtype=np.complex128),
    "rxx": _matrix(_R, _R, -1j * _R, _R, -1j * _R),
    "iswap": _matrix(1, 0, 1j, 1, 0),
    "syc": _matrix(1, 0, -1j, cmath.exp(-1j * pi / 6), 0),
    "sqrt_iswap": _matrix(1, _R, 1j * _R, 1, 0),
}

# CX on (0, 1) from native entanglers on (0, 1), or on (1, 0) where the device has only that direction.
# The first that a pair has is taken. ecr is (X⊗1 - Y⊗X)/√2, rzz and rxx are taken at a quarter turn; iswap
# has +i, syc is fSim(π/2, π/6), sqrt_iswap the principal root of iswap.
CX_FROM: dict[str, Recipe] = {
    "cx": (_N,),
    "cz": (*_word("h", 1), _N, *_word("h", 1)),
    "ecr": (("rz", (-pi / 2,), (0,)), ("ry", (pi,), (0,)), ("rx", (pi / 2,), (1,)), _N),
    "rzz": (*_word("h", 1), _N, *_word("s s s", 0), *_word("h s h s", 1)),
    "rxx": (*_word("h", 0), _N, *_word("h s s s", 0), *_word("s h s", 1)),
    "iswap": _from_fsim(0.0, -1.0),
    "syc": _from_fsim(pi / 6, 1.0),
    "sqrt_iswap": _FROM_ROOT_ISWAP,
}
CX_FROM_REVERSED: dict[str, Recipe] = {
    "cx": (*_word("h", 0), *_word("h", 1), _BACK, *_word("h", 0), *_word("h", 1)),
    "ecr": (*_word("h", 0), *_word("h", 1), _BACK, *_word("h s s s", 0), *_word("s h s s", 1)),
}
# Exchanging the qubits of these changes nothing.
SYMMETRIC = frozenset({"cz", "cp", "swap", "rzz", "rxx", "iswap", "syc", "sqrt_iswap"})


def _crz(a: float) -> Recipe:
    return (("rz", (a / 2,), (1,)), _CX, ("rz", (-a / 2,), (1,)), _CX)


def _cu(theta: float, phi: float, lam: float, gamma: float) -> Recipe:
    return (
        ("p", (gamma + (lam + phi) / 2,), (0,)),
        ("p", ((lam - phi) / 2,), (1,)),
        _CX,
        ("u3", (-theta / 2, 0.0, -(phi + lam) / 2), (1,)),
        _CX,
        ("u3", (theta / 2, phi, 0.0), (1,)),
    )


def _toffoli(a: int, b: int, c: int) -> Recipe:
    def cx(control: int, target: int) -> Call:
        return ("cx", (), (control, target))

    return (
        *_word("h", c), cx(b, c), *_word("tdg", c), cx(a, c), *_word("t", c), cx(b, c), *_word("tdg", c),
        cx(a, c), *_word("t", b), *_word("t h", c), cx(a, b), *_word("t", a), *_word("tdg", b), cx(a, b),
    )  # fmt: skip


RECIPES: dict[str, Callable[..., Recipe]] = {
    "cz": lambda: (*_word("h", 1), _CX, *_word("h", 1)),
    "cy": lambda: (*_word("sdg", 1), _CX, *_word("s", 1)),
    "ch": lambda: (*_word("s h t", 1), _CX, *_word("tdg h sdg", 1)),
    "swap": lambda: (_CX, ("cx", (), (1, 0)), _CX),
    "cp": lambda a: (("p", (a / 2,), (0,)), _CX, ("p", (-a / 2,), (1,)), _CX, ("p", (a / 2,), (1,))),
    "crz": _crz,
    "cry": lambda a: (("ry", (a / 2,), (1,)), _CX, ("ry", (-a / 2,), (1,)), _CX),
    "crx": lambda a: (*_word("h", 1), *_crz(a), *_word("h", 1)),
    "cu": _cu,
    "ccx": lambda: _toffoli(0, 1, 2),
    "cswap": lambda: (("cx", (), (2, 1)), *_toffoli(0, 1, 2), ("cx", (), (2, 1))),
}


def _any(position: int) -> Call:
    return ("u3", (GENERIC, GENERIC, GENERIC), (position,))


ANY_TWO_QUBIT_GATE: Recipe = (
    _any(0), _any(1), _CX, _any(1), _CX, _any(1), _CX, _any(0), _any(1),
)  # fmt: skip
ANY_PAIR_STATE: Recipe = (_any(0), _any(1), _CX, _any(0), _any(1))

# One-qubit natives that are any rotation in one pulse, up to virtual Z; and those that make a half turn
# (X up to Z) or a quarter turn (√X up to Z) of |<0|U|0>|.
ANY_ROTATION = ("u3", "u", "r", "prx", "phxz")
AXIS_ROTATION = ("rx", "ry")
HALF_TURN = ("x", "y")
QUARTER_TURN = ("sx", "h", "u2")
NOT_GATES = frozenset({"measure", "measure_2", "reset", "reset_2", "delay"})
