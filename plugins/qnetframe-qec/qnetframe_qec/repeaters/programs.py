"""Chains of stations that correct errors, as programs with detectors and observables.

Generations as in S. Muralidharan et al., Scientific Reports 6, 20463 (2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from qnetframe.errors import InvalidInputError
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Bit, Parity
from qnetframe_qec.codes.code import Code
from qnetframe_qec.noise import NoiseModel, none
from qnetframe_qec.programs.encoding import encoder
from qnetframe_qec.programs.extraction import BitLike, Patch
from qnetframe_qec.programs.memory import HERALD, check_memory, logicals_of, parity, place


def swapping_program(code: Code, route: Sequence[str], basis: str = "z") -> Program:
    """Return encoded entanglement swapping along a route, its end blocks measured in a basis.

    Neighbours share n Bell pairs, which teleport a transversal CX from an encoded |+> to an encoded |0>: an
    encoded pair. Every station between then measures its two blocks in the encoded Bell basis, qubit by
    qubit, and the bits alone are decoded. Observable j is the correlation that logical qubit j of both ends
    should have. L. Jiang et al., Phys. Rev. A 79, 032325 (2009). Noise comes from the network. Raises
    UnsupportedError for a code that is not CSS.
    """
    check_memory(code, 1, basis)
    _check_route(route)
    program = Program(f"encoded swapping by {code.name} over {len(route) - 1} links, basis {basis}")
    coder = encoder(code)
    lefts, rights = [], []
    for number, (here, there) in enumerate(pairwise(route)):
        blocks = []
        for party, name, plus in ((here, "left", True), (there, "right", False)):
            block = program.qubits(party, *(f"{name}{i}" for i in range(code.n)))
            for i in coder.inputs if plus else ():
                program.h(block[i])
            coder.encode(program, block)
            blocks.append(block)
        lefts.append(blocks[0])
        rights.append(blocks[1])
        for i, (control, target) in enumerate(zip(*blocks, strict=True)):
            _remote_cx(program, control, target, f"{number}_{i}")
    known = code.z_checks if basis == "z" else code.x_checks
    measured: list[list[Bit]] = []
    for right, left in zip(rights[:-1], lefts[1:], strict=True):
        for control, target in zip(right, left, strict=True):
            program.cx(control, target)
        # In z the correlation passes through the targets, in x through the controls.
        z_bits = [program.measure(q) for q in left]
        x_bits = [program.measure(q, "x") for q in right]
        measured.append(z_bits if basis == "z" else x_bits)
    measured = [
        [program.measure(q, basis) for q in lefts[0]],
        *measured,
        [program.measure(q, basis) for q in rights[-1]],
    ]
    for station, bits in enumerate(measured):
        for i in known:
            program.detector(
                parity(bits, code.support(code.stabilizers[i])), (*place(code.check_positions, i), station)
            )
    for j, operator in enumerate(logicals_of(code, basis)):
        total = Parity()
        for bits in measured:
            total ^= parity(bits, code.support(operator))
        program.observable(j, total)
    return program


def one_way_program(
    code: Code, route: Sequence[str], basis: str = "z", *, noise: NoiseModel | None = None
) -> Program:
    """Return one-way transmission: an encoded state is sent qubit by qubit from station to station.

    Each station reads every stabilizer once; which qubits were lost is known. The last measures all qubits in
    the basis, in which the first prepared a logical 0 or +. Loss and noise of the links come from the
    network, ``noise`` is that of the stations' rounds. W. J. Munro et al., Nature Photonics 6, 777 (2012);
    S. Muralidharan et al., Phys. Rev. Lett. 112, 250501 (2014). Raises UnsupportedError for a code that is
    not CSS.
    """
    check_memory(code, 1, basis)
    _check_route(route)
    program = Program(f"one-way {code.name} over {len(route) - 1} links, basis {basis}")
    data = program.qubits(route[0], *(f"d{i}" for i in range(code.n)))
    coder = encoder(code)
    for i in coder.inputs if basis == "x" else ():
        program.h(data[i])
    coder.encode(program, data)
    before: list[BitLike] | None = None
    model = noise or none()
    patch: Patch | None = None
    for number, there in enumerate(route[1:]):
        for i, qubit in enumerate(data):
            lost = program.send(qubit, there)
            program.detector(lost, (*place(code.positions, i), number, HERALD))
        ancillas = program.qubits(there, *(f"a{i}" for i in range(code.num_checks)))
        patch = Patch(program, code, model, there, data=data, ancillas=ancillas)
        bits = patch.round(number)
        for i, bit in enumerate(bits):
            # The encoder makes every stabilizer 0 at the start.
            value = Parity.of(bit) if before is None else bit ^ before[i]
            program.detector(value, (*place(code.check_positions, i), number))
        before = bits
    assert patch is not None and before is not None
    finals = patch.finish(basis)
    for i in code.z_checks if basis == "z" else code.x_checks:
        value = parity(finals, code.support(code.stabilizers[i])) ^ before[i]
        program.detector(value, (*place(code.check_positions, i), len(route) - 1))
    for j, operator in enumerate(logicals_of(code, basis)):
        program.observable(j, parity(finals, code.support(operator)))
    return program


def _remote_cx(program: Program, control: Qubit, target: Qubit, name: str) -> None:
    from qnetframe.program.remote_gates import cat_disentangle, cat_entangle

    pair = program.qubit(control.party, f"pair{name}"), program.qubit(target.party, f"pair{name}")
    program.entangle(*pair)
    cat_entangle(program, control, pair)
    program.cx(pair[1], target)
    cat_disentangle(program, control, pair[1])


def _check_route(route: Sequence[str]) -> None:
    if isinstance(route, str) or len(route) < 2:
        raise InvalidInputError(f"route is {route!r:.60}; it must name two stations at least")
