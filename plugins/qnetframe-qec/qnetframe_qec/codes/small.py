"""Small codes, each with its paper."""

from __future__ import annotations

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qec.codes.code import Code, on_qubits
from qnetframe_qec.codes.custom import code_from_stabilizers


def repetition(distance: int = 3, protects: str = "X") -> Code:
    """Return the repetition code against X (bit flips) or Z (phase flips) on a line of qubits.

    Its distance counts errors of the kind that it protects against; the other kind is not detected at all.
    A. Peres, Phys. Rev. A 32, 3266 (1985).
    """
    n = checks.integer(distance, "distance", low=2)
    if protects not in ("X", "Z"):
        raise InvalidInputError(f"protects is {protects!r}; it must be 'X' or 'Z'")
    other = "Z" if protects == "X" else "X"
    chain, single = on_qubits(protects, range(n), n), on_qubits(other, (0,), n)
    logical_x, logical_z = (chain, single) if protects == "X" else (single, chain)
    return Code(
        f"repetition-{n}",
        tuple(on_qubits(other, (i, i + 1), n) for i in range(n - 1)),
        (logical_x,),
        (logical_z,),
        distance=n,
        positions=tuple((2.0 * i, 0.0) for i in range(n)),
        check_positions=tuple((2.0 * i + 1, 0.0) for i in range(n - 1)),
        schedule=tuple((i, i + 1) for i in range(n - 1)),
    )


def five_qubit() -> Code:
    """Return the [[5,1,3]] code. R. Laflamme et al., Phys. Rev. Lett. 77, 198 (1996)."""
    return Code("five-qubit", ("XZZXI", "IXZZX", "XIXZZ", "ZXIXZ"), ("XXXXX",), ("ZZZZZ",), distance=3)


def steane() -> Code:
    """Return the [[7,1,3]] code. A. M. Steane, Proc. R. Soc. A 452, 2551 (1996)."""
    supports = [[i for i in range(7) if (i + 1) >> bit & 1] for bit in range(3)]
    return Code(
        "steane",
        (*(on_qubits("X", s, 7) for s in supports), *(on_qubits("Z", s, 7) for s in supports)),
        ("X" * 7,),
        ("Z" * 7,),
        distance=3,
    )


def shor() -> Code:
    """Return the [[9,1,3]] code of three blocks of three. P. W. Shor, Phys. Rev. A 52, R2493 (1995)."""
    pairs = [on_qubits("Z", (3 * b + i, 3 * b + i + 1), 9) for b in range(3) for i in range(2)]
    blocks = [on_qubits("X", range(3 * b, 3 * b + 6), 9) for b in range(2)]
    return Code(
        "shor",
        (*blocks, *pairs),
        (on_qubits("X", (0, 1, 2), 9),),
        (on_qubits("Z", (0, 3, 6), 9),),
        distance=3,
    )


def four_two_two() -> Code:
    """Return the [[4,2,2]] code, which detects one error. L. Vaidman et al., Phys. Rev. A 54, R1745
    (1996).
    """
    return Code("four-two-two", ("XXXX", "ZZZZ"), ("XXII", "XIXI"), ("ZIZI", "ZZII"), distance=2)


def from_stabilizers(stabilizers: tuple[str, ...], distance: int | None = None) -> Code:
    """Return the code of your own stabilizers, separated by commas on the command line."""
    return code_from_stabilizers(stabilizers, distance=distance)
