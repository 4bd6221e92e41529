"""Lattice surgery: the joint logical X⊗X of two surface-code patches, measured by merging them for a while.

C. Horsman, A. G. Fowler, S. Devitt, R. Van Meter, New J. Phys. 14, 123011 (2012).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.program.program import Program
from qnetframe.values import Bit, Parity
from qnetframe_qec.codes.code import Code, Position
from qnetframe_qec.codes.surface import rotated_rectangle
from qnetframe_qec.noise import NoiseModel
from qnetframe_qec.programs.extraction import BitLike, GateNoise, Patch
from qnetframe_qec.programs.memory import parity

_Checks = Mapping[tuple[Position, str], BitLike]


def merge_program(
    distance: int,
    rounds: int,
    noise: NoiseModel,
    basis: str = "x",
    *,
    gate_noise: GateNoise | None = None,
) -> Program:
    """Return the merge and split of two rotated patches of odd ``distance`` beside each other.

    Both start in |0> (basis "z") or |+> ("x") and are measured in that basis in the end; ``rounds`` of each
    alone, of both merged over a column of fresh qubits between, and of each alone again. The product of the
    new X checks of the first merged round is X⊗X. Observables: in "x" 0 is that outcome, which is 0, and 1
    the X⊗X of the final measurement; in "z" 0 is Z⊗Z of both, which the merge keeps, with the outcomes of
    the column between when it is measured away. ``gate_noise`` counts checks and data qubits of the merged
    patch.
    """
    d = checks.integer(distance, "distance", low=3)
    checks.integer(rounds, "rounds", low=1)
    if d % 2 == 0:
        raise InvalidInputError(f"distance is {d}; patches with one column between need an odd one")
    if basis not in ("z", "x"):
        raise InvalidInputError(f"basis is {basis!r}; it must be 'z' or 'x'")
    halves = [rotated_rectangle(d, d), rotated_rectangle(d, d, left=d + 1)]
    whole = rotated_rectangle(2 * d + 1, d)
    program = Program(f"merge of two patches of distance {d}, basis {basis}")
    data = {p: program.qubit("patch", f"d{p[0]:g},{p[1]:g}") for p in whole.positions}
    places = {*whole.check_positions, *(p for half in halves for p in half.check_positions)}
    ancillas = {p: program.qubit("patch", f"a{p[0]:g},{p[1]:g}") for p in sorted(places)}

    def patch(code: Code, special: GateNoise | None = None) -> Patch:
        return Patch(
            program, code, noise, gate_noise=special,
            data=tuple(data[p] for p in code.positions),
            ancillas=tuple(ancillas[p] for p in code.check_positions),
        )  # fmt: skip

    both, merged = [patch(half) for half in halves], patch(whole, gate_noise)
    for half in both:
        half.start(basis)
    number = 0
    before: _Checks = {}
    for _ in range(rounds):
        before = _round(both, before, number, basis, {})
        number += 1
    seam = [p for p in whole.positions if p[0] == 2 * d + 1]
    for p in seam:
        program.reset(data[p])
    merged.fresh([data[p] for p in seam])
    joint = Parity()
    for first in (True, *[False] * (rounds - 1)):
        after = _round([merged], before, number, "", {})
        if first:
            for key, bit in after.items():
                if key not in before and key[1] == "X":
                    joint ^= bit
        before = after
        number += 1
    away = {p: program.measure(data[p], readout=_readout(noise)) for p in seam}
    joint_z = Parity.of(away[seam[0]])
    for _ in range(rounds):
        before = _round(both, before, number, "", away)
        number += 1
    letter, observed = basis.upper(), Parity()
    for half in both:
        finals = half.finish(basis)
        operator = half.code.logical_x[0] if basis == "x" else half.code.logical_z[0]
        observed ^= parity(finals, half.code.support(operator))
        for pauli, p in zip(half.code.stabilizers, half.code.check_positions, strict=True):
            if letter in pauli:
                program.detector(parity(finals, half.code.support(pauli)) ^ before[p, letter], (*p, number))
    if basis == "x":
        program.observable(0, joint)
        program.observable(1, observed)
    else:
        program.observable(0, observed ^ joint_z)
    return program


def _round(
    patches: Sequence[Patch], before: _Checks, number: int, basis: str, away: Mapping[Position, Bit]
) -> _Checks:
    """Write a round of some patches with its detectors, and return the bits of their checks.

    A check is compared with its value before, however many qubits it had then: those that joined it were 0,
    and those that left it were measured (``away``).
    """
    found: dict[tuple[Position, str], BitLike] = {}
    for patch in patches:
        for i, bit in enumerate(patch.round(number)):
            found[patch.code.check_positions[i], _letter(patch.code.stabilizers[i])] = bit
    for (place, letter), bit in found.items():
        if (place, letter) in before:
            value = Parity.of(bit) ^ before[place, letter]
            if letter == "Z" and len(found) < len(before):  # the first round after the split
                for p, measured in away.items():
                    if _touch(p, place):
                        value ^= measured
            patches[0].program.detector(value, (*place, number))
        elif letter == basis.upper():
            patches[0].program.detector(bit, (*place, number))
    return found


def _touch(data: Position, check: Position) -> bool:
    return abs(data[0] - check[0]) == 1 and abs(data[1] - check[1]) == 1


def _letter(pauli: str) -> str:
    return "X" if "X" in pauli else "Z"


def _readout(noise: NoiseModel) -> float:
    return 0.0 if noise.ideal_extraction else noise.readout
