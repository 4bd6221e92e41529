"""A patch spread over nodes: gates between nodes are teleported over pairs of their link.

J. Ramette et al., npj Quantum Information 10, 58 (2024); teleported gates: J. Eisert et al., Phys. Rev. A
62, 052317 (2000).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qnetframe import checks
from qnetframe.channels.named import fully_depolarizing
from qnetframe.errors import InvalidInputError
from qnetframe.network import Network
from qnetframe.placement import place
from qnetframe.program.program import Program, Qubit
from qnetframe.program.remote_gates import Spare, remote_gate
from qnetframe_qec.codes.code import Code
from qnetframe_qec.distributed.assignment import Assignment
from qnetframe_qec.noise import NoiseModel, none
from qnetframe_qec.programs.extraction import Patch
from qnetframe_qec.programs.memory import check_memory, write_memory


def distributed_memory_program(
    code: Code,
    assignment: Assignment,
    rounds: int,
    basis: str = "z",
    *,
    noise: NoiseModel | None = None,
    pairs_at_once: int = 1,
    lost: Iterable[tuple[int, str]] = (),
    latency: float = 0.0,
) -> Program:
    """Return the memory experiment of a code spread over nodes, which are the parties of the program.

    Gates between nodes take one Bell pair each, ``pairs_at_once`` of them side by side on each link; placed
    on a network they have its time and its noise. ``noise`` is that of local operations on top of the
    network's hardware (none without it); the gate of a teleported gate counts as one of them. ``lost`` has
    (round, node) whose data qubits are replaced by maximally mixed ones before that round, which the decoder
    knows as it knows the program. ``latency`` are the seconds that the data wait after each round for the
    syndrome's way to a decoder.
    """
    check_memory(code, rounds, basis)
    assignment.check(code)
    checks.integer(pairs_at_once, "pairs_at_once", low=1)
    program = Program(
        f"{code.name} memory over {len(assignment.nodes)} nodes, {rounds} rounds, basis {basis}"
    )
    data = tuple(program.qubit(node, f"d{i}") for i, node in enumerate(assignment.data))
    ancillas = tuple(program.qubit(node, f"a{i}") for i, node in enumerate(assignment.checks))
    # Each slot keeps the qubits of its own pairs, so that pairs of different slots do not wait for each
    # other.
    slots: list[Spare] = [{} for _ in range(pairs_at_once)]
    used: dict[frozenset[str], int] = {}

    def couple(target: Program, name: str, a: Qubit, b: Qubit) -> None:
        ends = frozenset((a.party, b.party))
        number = used[ends] = used.get(ends, -1) + 1
        remote_gate(target, name, a, b, spare=slots[number % pairs_at_once])

    gone = frozenset(lost)
    for number, node in gone:
        if node not in assignment.nodes or not 0 <= number < rounds:
            raise InvalidInputError(
                f"lost has round {number!r} and node {node!r}; rounds are 0 to {rounds - 1}, nodes "
                + ", ".join(assignment.nodes)
            )

    def between(number: int) -> None:
        if number and latency:
            program.idle(data, latency)
        for qubit in data:
            if (number, qubit.party) in gone:
                program.noise(fully_depolarizing(), qubit)

    patch = Patch(program, code, noise or none(), couple=couple, before=between, data=data, ancillas=ancillas)
    write_memory(patch, rounds, basis)
    return program


@dataclass(frozen=True)
class Resources:
    """What a round of a distributed code takes.

    Pairs by link and in total, qubits by node (data, ancillas and ends of pairs), the time of a round in
    seconds with every pair at its first attempt, and the mean time that the pairs of the busiest link take
    to be generated, one slot after the other.
    """

    pairs: Mapping[tuple[str, str], int]
    qubits: Mapping[str, int]
    round_time: float
    pair_time: float

    @property
    def pairs_per_round(self) -> int:
        """All pairs of a round."""
        return sum(self.pairs.values())


def resources(code: Code, assignment: Assignment, network: Network, pairs_at_once: int = 1) -> Resources:
    """Return the resources of a round on a network, the time as placement has it.

    Raises what ``Assignment.check`` and ``place`` raise.
    """
    assignment.check(code, network, pairs_at_once)
    latencies = []
    for rounds in (2, 3):
        program = distributed_memory_program(code, assignment, rounds, pairs_at_once=pairs_at_once)
        latencies.append(place(program, network).timeline.latency)
    pairs = assignment.links(code)
    times = [
        network.links_between(a, b)[0].model.mean_time * -(-number // pairs_at_once)
        for (a, b), number in pairs.items()
    ]
    return Resources(
        pairs, assignment.qubits(pairs_at_once, code), latencies[1] - latencies[0], max(times, default=0.0)
    )
