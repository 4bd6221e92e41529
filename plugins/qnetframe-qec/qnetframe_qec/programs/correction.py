"""One full round of correction by feed-forward, or of detection, as a program that exact engines run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.program import Program, Qubit
from qnetframe.values import AllOf, Bit, Parity, all_of
from qnetframe_qec.codes.code import Code
from qnetframe_qec.enumeration import ErrorTable
from qnetframe_qec.programs.encoding import encoder

# As many branches as the host's engines take (4096), each syndrome bit doubling them.
MAX_SYNDROME_BITS = 12
_CONTROLLED = {"X": "cx", "Y": "cy", "Z": "cz"}


def correction_program(
    code: Code, channel: Channel, mode: str = "correct", *, party: str = "patch"
) -> Program:
    """Return a program that sends half of a Bell pair through a noisy code and back.

    One logical qubit (of several, the first) is entangled with a reference qubit, encoded, every data qubit
    passes ``channel``, one ancilla (reset and used again) reads every stabilizer, and then

    - "correct": the lightest error of each syndrome is undone by Pauli gates conditional on ``all_of`` the
      bits, and the encoder is inverted;
    - "detect": runs with a syndrome other than 0 are discarded;
    - "record": nothing is undone, and each bit of the Bell measurement and the syndrome is an output, so that
      a Clifford engine without such conditions can take part; ``corrected`` turns outcomes into failures.

    The weight of Φ+ (``expect`` XX, YY, ZZ) is one minus the probability of a logical error.
    """
    if channel.num_qubits != 1:
        raise InvalidInputError(
            f"channel acts on {channel.num_qubits} qubits; each data qubit passes one of its own"
        )
    if mode not in ("correct", "detect", "record"):
        raise InvalidInputError(f"mode is {mode!r}; it must be 'correct', 'detect' or 'record'")
    if code.rank > MAX_SYNDROME_BITS:
        raise UnsupportedError(
            f"code {code.name!r} has {code.rank} syndrome bits; a program tells {MAX_SYNDROME_BITS} apart. "
            "Run "
            "memory_program, whose detectors a decoder reads"
        )
    coder = encoder(code)
    program = Program(f"{code.name}, one round, {mode}")
    reference = program.qubit(party, "reference")
    data = program.qubits(party, *(f"d{i}" for i in range(code.n)))
    program.h(reference).cx(reference, data[coder.inputs[0]])
    coder.encode(program, data)
    for qubit in data:
        program.noise(channel, qubit)
    kept = data[coder.inputs[0]]
    if mode == "record":
        coder.decode(program, data)
        syndrome = [program.measure(data[i]) for i in range(code.rank)]
        program.cx(reference, kept).h(reference)
        program.output(*syndrome, program.measure(kept), program.measure(reference))
        return program
    syndrome = _read(program, code, coder.independent, data, program.qubit(party, "ancilla"))
    if mode == "detect":
        program.require(_is(syndrome, 0))
    else:
        for bits, pauli in _corrections(code, coder.independent).items():
            for qubit, letter in zip(data, pauli, strict=True):
                if letter != "I":
                    program.gate(letter.lower(), qubit, when=_is(syndrome, bits))
    coder.decode(program, data)
    program.output()
    program.expect("XX", {reference: "X", kept: "X"})
    program.expect("YY", {reference: "Y", kept: "Y"})
    program.expect("ZZ", {reference: "Z", kept: "Z"})
    return program


def corrected(
    code: Code, distribution: Mapping[tuple[int, ...], float], decoder: str = "minimum-weight"
) -> float:
    """Return the probability of a logical error from the distribution of a "record" program's outputs.

    ``decoder`` is "minimum-weight", or "maximum-likelihood": the likeliest effect of each syndrome, which
    only an exact distribution tells.
    """
    coder = encoder(code)
    groups: dict[int, dict[tuple[int, int], float]] = {}
    for (*bits, x, z), probability in distribution.items():
        group = groups.setdefault(sum(b << i for i, b in enumerate(bits)), {})
        group[x, z] = group.get((x, z), 0.0) + probability
    if decoder == "maximum-likelihood":
        return math.fsum(sum(group.values()) - max(group.values()) for group in groups.values())
    table = ErrorTable(code).corrections
    effects = {}
    for syndrome, coset in table.items():
        value = sum((syndrome >> check & 1) << i for i, check in enumerate(coder.independent))
        # The first output of the Bell measurement flips with X of the logical qubit, the second with Z.
        effects[value] = (coset.effect & 1, coset.effect >> 1 & 1)
    return math.fsum(
        p for value, group in groups.items() for effect, p in group.items() if effect != effects[value]
    )


def _read(
    program: Program, code: Code, checks: Sequence[int], data: Sequence[Qubit], ancilla: Qubit
) -> list[Bit]:
    bits = []
    for number, check in enumerate(checks):
        if number:
            program.reset(ancilla)
        program.h(ancilla)
        for i, letter in enumerate(code.stabilizers[check]):
            if letter != "I":
                program.gate(_CONTROLLED[letter], ancilla, data[i])
        program.h(ancilla)
        bits.append(program.measure(ancilla))
    return bits


def _corrections(code: Code, checks: Sequence[int]) -> dict[int, str]:
    """Return what undoes each syndrome other than 0; bit i is that of the i-th independent stabilizer."""
    found = {}
    for syndrome, coset in ErrorTable(code).corrections.items():
        bits = sum((syndrome >> check & 1) << i for i, check in enumerate(checks))
        if bits:
            found[bits] = coset.correction
    return found


def _is(bits: Sequence[Bit], value: int) -> AllOf:
    return all_of(*(Parity.of(bit) ^ (1 - (value >> i & 1)) for i, bit in enumerate(bits)))
