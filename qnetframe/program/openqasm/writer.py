"""Program or Circuit to OpenQASM 3 text that plain readers (Qiskit's among them) take."""

from __future__ import annotations

import cmath
import math
import re
from collections.abc import Iterable, Iterator

import numpy as np

from qnetframe.errors import UnsupportedError
from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import GATES
from qnetframe.program.operations import Gate, Measure, Operation, Reset, Unitary, thaw
from qnetframe.program.outgoing import (
    Outputs,
    exportable,
    is_involution,
    short_names,
    single_bit_cases,
)
from qnetframe.program.program import Program
from qnetframe.values import ComplexArray

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ELEMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\[(0|[1-9][0-9]{0,5})\]")
_KEYWORDS = """
    OPENQASM include defcalgrammar def cal defcal gate extern box let break continue if else end return
    for while in switch case default nop pragma input output const readonly mutable qreg qubit creg bool
    bit int uint float angle complex array void duration stretch gphase inv pow ctrl negctrl dim
    durationof delay reset measure barrier true false im pi tau euler U CX arccos arcsin arctan ceiling
    cos exp floor mod popcount rotl rotr sin sqrt tan log sizeof real imag phase cphase
"""
_RESERVED = frozenset(_KEYWORDS.split()) | set(GATES)


def to_openqasm(source: Program | Circuit, outputs: Outputs = "refuse") -> str:
    """Return a program or circuit as OpenQASM 3 text.

    Links are ideal and there is no noise. A condition becomes ``if``s on single bits: gates that undo
    themselves (every Pauli) act once for each bit of a parity, others once for each assignment of its bits;
    ``all_of`` nests. Declared outputs, ``save``, ``expect``, detectors and observables have no OpenQASM:
    they are refused, or left out with ``outputs="drop"``. Raises UnsupportedError naming everything that
    cannot be expressed.
    """
    circuit = exportable(source, "OpenQASM", outputs)
    names = short_names(source)
    taken: set[str] = set()
    qubits, qubit_lines = _declarations("qubit", [names[q] for q in circuit.qubits], taken)
    bits, bit_lines = _declarations("bit", circuit.bits, taken)
    places = {q: qubits[names[q]] for q in circuit.qubits}
    body = [line for o in circuit.operations for line in _lines(o, places, bits)]
    return "\n".join(["OPENQASM 3.0;", 'include "stdgates.inc";', *qubit_lines, *bit_lines, *body, ""])


def _declarations(kind: str, names: Iterable[str], taken: set[str]) -> tuple[dict[str, str], list[str]]:
    """Return how each name is written, and the declarations; names like q[0], q[1] form a register."""
    ordered = list(names)
    elements: dict[str, dict[int, str]] = {}
    for name in ordered:
        match = _ELEMENT.fullmatch(name)
        if match:
            elements.setdefault(match[1], {})[int(match[2])] = name
    single = {n for n in ordered if _IDENTIFIER.fullmatch(n)}
    # The order of the declarations is the order of the qubits, so that a register must be in one piece.
    registers = {
        base for base, at in elements.items()
        if set(at) == set(range(len(at))) and base not in _RESERVED | taken | single
        and (kind == "bit" or _in_one_piece([at[i] for i in range(len(at))], ordered))
    }  # fmt: skip
    taken |= registers
    written: dict[str, str] = {}
    lines: dict[str, None] = {}
    for name in ordered:
        match = _ELEMENT.fullmatch(name)
        if match and match[1] in registers:
            written[name] = name
            lines[f"{kind}[{len(elements[match[1]])}] {match[1]};"] = None
            continue
        written[name] = _identifier(name, taken)
        taken.add(written[name])
        lines[f"{kind} {written[name]};"] = None
    return written, list(lines)


def _in_one_piece(names: list[str], ordered: list[str]) -> bool:
    start = ordered.index(names[0])
    return ordered[start : start + len(names)] == names


def _identifier(name: str, taken: set[str]) -> str:
    """Return the identifier nearest to a name that is neither reserved nor taken."""
    base = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_") or "q"
    if name.startswith("_") or not base[0].isalpha():
        base = name if _IDENTIFIER.fullmatch(name) else f"q_{base}"
    result, number = base, 1
    while result in taken or result in _RESERVED:
        number += 1
        result = f"{base}_{number}"
    return result


def _lines(operation: Operation, qubits: dict[str, str], bits: dict[str, str]) -> Iterator[str]:
    if isinstance(operation, Measure):
        yield f"{bits[operation.bit]} = measure {qubits[operation.qubit]};"
    elif isinstance(operation, Reset):
        yield f"reset {qubits[operation.qubit]};"
    else:
        assert isinstance(operation, (Gate, Unitary)), operation.kind
        call = _call(operation, [qubits[q] for q in operation.qubits])
        if operation.when is None:
            yield call
            return
        for case in single_bit_cases(operation.when, is_involution(operation)):
            tests = [f"if ({'' if value else '!'}{bits[bit]}) {{ " for bit, value in case]
            yield "".join(tests) + call + " }" * len(tests)


def _call(operation: Gate | Unitary, places: list[str]) -> str:
    if isinstance(operation, Gate):
        name, params = operation.name, operation.params
    elif len(places) == 1:
        name, params = "U", euler_angles(thaw(operation.matrix))
    else:
        raise UnsupportedError(
            f"OpenQASM cannot express the matrix on {', '.join(operation.qubits)}; "
            "write it with standard gates"
        )
    arguments = f"({', '.join(map(_angle, params))})" if params else ""
    return f"{name}{arguments} {', '.join(places)};"


def euler_angles(matrix: ComplexArray) -> tuple[float, float, float]:
    """Return (theta, phi, lambda) of the one-qubit gate u3 that equals a unitary up to a phase."""
    theta = 2 * math.atan2(abs(matrix[1, 0]), abs(matrix[0, 0]))
    if abs(matrix[0, 0]) < 1e-12:
        return math.pi, cmath.phase(matrix[1, 0]) - cmath.phase(-matrix[0, 1]), 0.0
    if abs(matrix[1, 0]) < 1e-12:
        return 0.0, 0.0, cmath.phase(matrix[1, 1] / matrix[0, 0])
    reference = matrix[0, 0]
    return theta, cmath.phase(matrix[1, 0] / reference), cmath.phase(-matrix[0, 1] / reference)


def _angle(value: float) -> str:
    """Return an angle as text that reads back as the same number, in fractions of pi where they are exact."""
    if value and math.isfinite(value):
        for denominator in (1, 2, 3, 4, 6, 8, 12, 16, 32):
            numerator = round(value * denominator / math.pi)
            if numerator and abs(numerator) <= 64 and numerator * math.pi / denominator == value:
                top = {1: "pi", -1: "-pi"}.get(numerator, f"{numerator}*pi")
                return top if denominator == 1 else f"{top}/{denominator}"
    return repr(float(np.float64(value)))
