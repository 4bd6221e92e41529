"""A logical CX between two nodes: transversal, each of its gates teleported over a Bell pair.

D. Gottesman and I. L. Chuang, Nature 402, 390 (1999); L. Jiang et al., Phys. Rev. A 79, 032325 (2009),
figure 2.
"""

from __future__ import annotations

from qnetframe.program.program import Program
from qnetframe.program.remote_gates import Spare, remote_cx
from qnetframe_qec.codes.code import Code
from qnetframe_qec.programs.encoding import encoder
from qnetframe_qec.programs.memory import check_memory, logicals_of, parity, place


def teleported_cx_program(
    code: Code, basis: str = "z", parties: tuple[str, str] = ("alice", "bob"), pairs_at_once: int = 1
) -> Program:
    """Return a logical CX from a block at one party to a block at another, and its check in a basis.

    In "z" every logical control starts in |1> and every target in |0>: both must be 1. In "x" every target
    starts in |-> and every control in |+>: both must be |->. Observables 2j and 2j + 1 are what the j-th
    logical control and target show beyond that, 0 without noise. One Bell pair for each qubit of the code,
    ``pairs_at_once`` side by side. Raises UnsupportedError for a code that is not CSS.
    """
    check_memory(code, 1, basis)
    program = Program(f"teleported logical CX of {code.name}, basis {basis}")
    coder = encoder(code)
    blocks = [program.qubits(party, *(f"d{i}" for i in range(code.n))) for party in parties]
    for number, block in enumerate(blocks):
        for i in coder.inputs:
            if basis == "x":
                program.h(block[i])
            if basis == "z" and number == 0:
                program.x(block[i])
            if basis == "x" and number == 1:
                program.z(block[i])
        coder.encode(program, block)
    slots: list[Spare] = [{} for _ in range(pairs_at_once)]
    for i, (control, target) in enumerate(zip(*blocks, strict=True)):
        remote_cx(program, control, target, spare=slots[i % pairs_at_once])
    results = [[program.measure(q, basis) for q in block] for block in blocks]
    for number, bits in enumerate(results):
        for i in code.z_checks if basis == "z" else code.x_checks:
            value = parity(bits, code.support(code.stabilizers[i]))
            program.detector(value, (*place(code.check_positions, i), number))
    for j, operator in enumerate(logicals_of(code, basis)):
        for number, bits in enumerate(results):
            program.observable(2 * j + number, parity(bits, code.support(operator)) ^ 1)
    return program
