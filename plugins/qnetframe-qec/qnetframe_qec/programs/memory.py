"""Memory experiments: keep a logical state for some rounds, with detectors and observables."""

from __future__ import annotations

from collections.abc import Sequence

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.program import Program
from qnetframe.values import Bit, Parity
from qnetframe_qec.codes.code import Code
from qnetframe_qec.noise import NoiseModel
from qnetframe_qec.programs.extraction import GateNoise, Patch

# Detectors have the coordinates (x, y, round), and a fourth, 1, where they are the herald of an erasure.
HERALD = 1.0


def memory_program(
    code: Code,
    rounds: int,
    noise: NoiseModel,
    basis: str = "z",
    *,
    gate_noise: GateNoise | None = None,
    party: str = "patch",
) -> Program:
    """Return the memory experiment of a CSS code: prepare, ``rounds`` of extraction, measure the data.

    In basis "z" all data qubits start in |0> and are measured in z, and observable j is logical Z of qubit j;
    "x" is the same with |+> and X. A detector compares each check with its value a round before, with the
    preparation in the first round and with the measured data in the end; checks of the other kind have no
    reference in the first and last round. ``gate_noise`` replaces the noise of single gates. E. Dennis et
    al., J. Math. Phys. 43, 4452 (2002). Raises UnsupportedError for a code that is not CSS.
    """
    checks.integer(rounds, "rounds", low=1)
    if basis not in ("z", "x"):
        raise InvalidInputError(f"basis is {basis!r}; it must be 'z' or 'x'")
    if not code.is_css:
        raise UnsupportedError(
            f"code {code.name!r} is not CSS, and products of |0> or |+> are none of its states; "
            "correction_program "
            "runs it with an encoder"
        )
    logicals = code.logical_z if basis == "z" else code.logical_x
    wrong = [p for p in logicals if set(p) - {"I", basis.upper()}]
    if wrong:
        raise UnsupportedError(
            f"code {code.name!r}: logical operator {wrong[0]} is not of {basis.upper()} only"
        )
    program = Program(f"{code.name} memory, {rounds} rounds, basis {basis}")
    patch = Patch(program, code, noise, party, gate_noise)
    patch.start(basis)
    known = set(code.z_checks if basis == "z" else code.x_checks)
    before: list[Bit] | None = None
    seen = 0
    for number in range(rounds):
        bits = patch.round(number)
        for bit, data in patch.heralds[seen:]:
            program.detector(bit, (*place(code.positions, data), number, HERALD))
        seen = len(patch.heralds)
        for i, bit in enumerate(bits):
            where = (*place(code.check_positions, i), number)
            if before is not None:
                program.detector(bit ^ before[i], where)
            elif i in known:
                program.detector(bit, where)
        before = bits
    finals = patch.finish(basis)
    assert before is not None
    for i in sorted(known):
        measured = parity(finals, code.support(code.stabilizers[i]))
        program.detector(measured ^ before[i], (*place(code.check_positions, i), rounds))
    for j, operator in enumerate(logicals):
        program.observable(j, parity(finals, code.support(operator)))
    return program


def parity(bits: Sequence[Bit], places: Sequence[int]) -> Parity:
    """Return the parity of the bits at some places."""
    return Parity(tuple(bits[i].id for i in places))


def place(positions: Sequence[tuple[float, float]], index: int) -> tuple[float, float]:
    """Return the coordinates of a qubit; its number on a line where a code has no layout."""
    return positions[index] if positions else (float(index), 0.0)
