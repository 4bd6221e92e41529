"""Stabilizers measured by GHZ states shared between nodes of one data qubit each.

N. H. Nickerson, Y. Li, S. C. Benjamin, Nature Communications 4, 1756 (2013). Their pairs are purified first:
place the program on a ``purified_network``. GHZ states are not verified once they are fused.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from qnetframe.errors import InvalidInputError
from qnetframe.network import Network
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Parity
from qnetframe_qec.codes.code import Code
from qnetframe_qec.noise import NoiseModel, none
from qnetframe_qec.programs.extraction import BitLike, Patch
from qnetframe_qec.programs.memory import (
    check_memory,
    write_detectors,
    write_end,
    write_heralds,
)


def ghz_memory_program(
    code: Code, rounds: int, basis: str = "z", *, node_loss: float = 0.0, noise: NoiseModel | None = None
) -> Program:
    """Return a memory experiment in which node "n0", "n1", … holds data qubit 0, 1, … and a few others.

    Each stabilizer takes a GHZ state of its nodes, fused from one Bell pair for each node but the first;
    every node lets its share control a Pauli on its data qubit and measures it in the x basis, and the
    parity of the bits is the value. ``node_loss`` is the probability that a node loses its data qubit before
    a round, which is heralded. ``noise`` adds its ``before_round``, its readout error and what it misreads,
    which is all that a node sends of a round; all else comes from the network.
    """
    check_memory(code, rounds, basis)
    program = Program(f"{code.name} memory by GHZ states, {rounds} rounds, basis {basis}")
    nodes = [f"n{i}" for i in range(code.n)]
    data = tuple(program.qubit(node, "data") for node in nodes)
    near = tuple(program.qubit(node, "near") for node in nodes)
    far = tuple(program.qubit(node, "far") for node in nodes)
    model = noise or none()
    patch = Patch(program, code, model, data=data, ancillas=(near[0],))
    patch.start(basis)
    before: list[BitLike] | None = None
    for number in range(rounds):
        for i, qubit in enumerate(data):
            if model.before_round is not None:
                program.noise(model.before_round, qubit)
            if node_loss:
                patch.heralds.append((program.erase(qubit, node_loss), i))
        wrong = [program.coin(model.misread) for _ in nodes] if model.misread else []
        bits = [
            _measure(program, pauli, _order(code, check), data, near, far, model.readout)
            ^ Parity(tuple(wrong[i].id for i in code.support(pauli) if wrong))
            for check, pauli in enumerate(code.stabilizers)
        ]
        write_heralds(patch, number)
        write_detectors(patch, bits, before, number, basis)
        before = list(bits)
    assert before is not None
    write_end(patch, before, rounds, basis)
    return program


def raw_pairs_per_round(code: Code, raw: Network, purified: Network) -> float:
    """Return the mean number of raw pairs that the GHZ states of a round cost, given both networks.

    A fused pair takes as many raw ones as its link became slower: see ``purified_link``. Raises
    InvalidInputError where nodes that share a pair have no link.
    """
    total = 0.0
    for check in range(code.num_checks):
        for a, b in pairwise(_order(code, check)):
            before, after = (n.links_between(f"n{a}", f"n{b}") for n in (raw, purified))
            if not before or not after:
                raise InvalidInputError(f"nodes 'n{a}' and 'n{b}' share pairs of {code.name!r} and no link")
            total += before[0].model.success_probability / after[0].model.success_probability
    return total


def _order(code: Code, check: int) -> tuple[int, ...]:
    """Return in which order the GHZ state of a check grows: that of the code's schedule, where it has one.

    A flip of a share before the next fusion reaches all data qubits that follow, as the error of an ancilla
    does in a schedule, which has been chosen such that they do not lie along a logical operator.
    """
    if not code.schedule:
        return code.support(code.stabilizers[check])
    return tuple(qubit for qubit in code.schedule[check] if qubit is not None)


def _measure(
    program: Program,
    pauli: str,
    support: Sequence[int],
    data: Sequence[Qubit],
    near: Sequence[Qubit],
    far: Sequence[Qubit],
    readout: float,
) -> Parity:
    """Write one stabilizer and return its value. The GHZ state grows along the support."""
    shares = {support[0]: near[support[0]]}
    for last, new in pairwise(support):
        if last == support[0]:
            program.entangle(near[last], far[new])
        else:
            program.entangle(near[last], far[new])
            program.cx(shares[last], near[last])
            program.x(far[new], when=program.measure(near[last], readout=readout))
        shares[new] = far[new]
    if len(support) == 1:
        program.reset(near[support[0]])
        program.h(near[support[0]])
    total = Parity()
    for node, share in shares.items():
        program.gate({"X": "cx", "Y": "cy", "Z": "cz"}[pauli[node]], share, data[node])
        total ^= program.measure(share, "x", readout=readout)
    return total
