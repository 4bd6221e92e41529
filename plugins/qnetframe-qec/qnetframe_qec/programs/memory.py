"""Memory experiments: keep a logical state for some rounds, with detectors and observables."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.program import Program
from qnetframe.values import Bit, Parity
from qnetframe_qec.codes.code import Code
from qnetframe_qec.noise import NoiseModel
from qnetframe_qec.programs.extraction import BitLike, GateNoise, Patch

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
    readers: Sequence[Hashable] = (),
) -> Program:
    """Return the memory experiment of a CSS code: prepare, ``rounds`` of extraction, measure the data.

    In basis "z" all data qubits start in |0> and are measured in z, and observable j is logical Z of qubit
    j; "x" is the same with |+> and X. A detector compares each check with its value a round before, with the
    preparation in the first round and with the measured data in the end; checks of the other kind have no
    reference in the first and last round. ``gate_noise`` replaces the noise of single gates; ``readers`` are
    who sends the bit of each check, for what noise misreads together. E. Dennis et al., J. Math. Phys. 43,
    4452 (2002). Raises UnsupportedError for a code that is not CSS.
    """
    check_memory(code, rounds, basis)
    if readers and len(readers) != code.num_checks:
        raise InvalidInputError(
            f"readers has {len(readers)} entries; code {code.name!r} has {code.num_checks} checks"
        )
    program = Program(f"{code.name} memory, {rounds} rounds, basis {basis}")
    patch = Patch(program, code, noise, party, gate_noise, readers=tuple(readers))
    write_memory(patch, rounds, basis)
    return program


def check_memory(code: Code, rounds: int, basis: str) -> None:
    """Raise InvalidInputError or UnsupportedError unless a code can be kept in this basis."""
    checks.integer(rounds, "rounds", low=1)
    if basis not in ("z", "x"):
        raise InvalidInputError(f"basis is {basis!r}; it must be 'z' or 'x'")
    if not code.is_css:
        raise UnsupportedError(
            f"code {code.name!r} is not CSS, and products of |0> or |+> are none of its states; "
            "correction_program runs it with an encoder"
        )
    wrong = [p for p in logicals_of(code, basis) if set(p) - {"I", basis.upper()}]
    if wrong:
        raise UnsupportedError(
            f"code {code.name!r}: logical operator {wrong[0]} is not of {basis.upper()} only"
        )


def logicals_of(code: Code, basis: str) -> tuple[str, ...]:
    """Return the logical operators that a measurement of all data qubits in a basis reveals."""
    return code.logical_z if basis == "z" else code.logical_x


def write_memory(patch: Patch, rounds: int, basis: str) -> None:
    """Write the memory experiment of a patch whose qubits are declared: preparation, rounds, measurement."""
    patch.start(basis)
    before: list[BitLike] | None = None
    for number in range(rounds):
        bits = patch.round(number)
        write_heralds(patch, number)
        write_detectors(patch, bits, before, number, basis)
        before = list(bits)
    assert before is not None
    write_end(patch, before, rounds, basis)


def write_heralds(patch: Patch, number: int) -> None:
    """Declare the heralds of a round as detectors."""
    for bit, data in patch.heralds:
        patch.program.detector(bit, (*place(patch.code.positions, data), number, HERALD))
    patch.heralds.clear()


def write_detectors(
    patch: Patch, bits: Sequence[BitLike], before: Sequence[BitLike] | None, number: int, basis: str
) -> None:
    """Declare the detectors of a round: each check against the round before, or against the preparation."""
    known = patch.code.z_checks if basis == "z" else patch.code.x_checks
    for i, bit in enumerate(bits):
        where = (*place(patch.code.check_positions, i), number)
        if before is not None:
            patch.program.detector(bit ^ before[i], where)
        elif i in known:
            patch.program.detector(bit, where)


def write_end(patch: Patch, before: Sequence[BitLike], rounds: int, basis: str) -> None:
    """Measure the data; declare the last detectors and the observables."""
    code, program = patch.code, patch.program
    finals = patch.finish(basis)
    for i in code.z_checks if basis == "z" else code.x_checks:
        measured = parity(finals, code.support(code.stabilizers[i]))
        program.detector(measured ^ before[i], (*place(code.check_positions, i), rounds))
    for j, operator in enumerate(logicals_of(code, basis)):
        program.observable(j, parity(finals, code.support(operator)))


def parity(bits: Sequence[Bit], places: Sequence[int]) -> Parity:
    """Return the parity of the bits at some places."""
    return Parity(tuple(bits[i].id for i in places))


def place(positions: Sequence[tuple[float, float]], index: int) -> tuple[float, float]:
    """Return the coordinates of a qubit; its number on a line where a code has no layout."""
    return positions[index] if positions else (float(index), 0.0)
