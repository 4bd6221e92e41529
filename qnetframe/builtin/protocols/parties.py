"""Who takes part, and how they are joined: pieces that protocols of two or more parties share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from qnetframe import checks
from qnetframe.api import Result, Session
from qnetframe.channels.named import depolarizing
from qnetframe.errors import InvalidInputError
from qnetframe.program.patterns import bell_measurement
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Bit, Estimate, Parity, mean_estimate

NAMES = ("alice", "bob", "charlie", "dave", "erin", "frank", "grace", "heidi")
# Signs of <XX>, <YY>, <ZZ> in four times the weight of each Bell state.
BELL_SIGNS: Mapping[str, tuple[int, int, int]] = {
    "Φ+": (1, -1, 1),
    "Φ-": (-1, 1, 1),
    "Ψ+": (1, 1, -1),
    "Ψ-": (-1, -1, -1),
}


def choose_parties(session: Session, count: int) -> tuple[str, ...]:
    """Return the names of ``count`` parties: alice, bob, … without a network, nodes of it otherwise.

    On a network both ends of the route take part and the others sit evenly between them; where the route is
    too short, the nodes nearest to it join. Raises InvalidInputError where too few nodes can be reached.
    """
    if session.network is None:
        return NAMES[:count] if count <= len(NAMES) else tuple(f"party{i}" for i in range(count))
    route = session.route()
    if len(route) >= count:
        return tuple(route[round(i * (len(route) - 1) / (count - 1))] for i in range(count))
    chosen = dict.fromkeys(route)
    for node in route:
        _spread(session, node, chosen, count)
    if len(chosen) < count:
        raise InvalidInputError(
            f"{count} parties are asked for; {route[0]!r} reaches {len(chosen)} nodes: {', '.join(chosen)}. "
            "Take a larger topology, or fewer parties where the protocol lets you choose"
        )
    return tuple(chosen)


def _spread(session: Session, start: str, chosen: dict[str, None], count: int) -> None:
    assert session.network is not None
    seen, queue = {start}, [start]
    for node in queue:
        for neighbour in session.network.neighbours(node):
            if len(chosen) < count and neighbour not in seen:
                seen.add(neighbour)
                queue.append(neighbour)
                chosen.setdefault(neighbour)


def route_between(session: Session, a: str, b: str) -> tuple[str, ...]:
    """Return the nodes from one party to another, both included; just the two without a network."""
    return (a, b) if session.network is None else tuple(session.network.route(a, b))


def nearest(session: Session, party: str, others: Iterable[str]) -> str:
    """Return the one of some parties that the fewest links separate from a party; the first among equals."""
    return min(others, key=lambda other: len(route_between(session, other, party)))


def memory(program: Program, party: str, name: str) -> Qubit:
    """Return the qubit of a party by name, declared if it is new: memories are used again and again."""
    known = f"{party}.{name}" in program.declared
    return Qubit(f"{party}.{name}", party, name) if known else program.qubit(party, name)


def share_pair(program: Program, route: Sequence[str], near: Qubit, far: Qubit) -> None:
    """Give two qubits at the ends of a route one pair, swapped together by every node between.

    A node between keeps one qubit to the left and one to the right, for every pair that passes.
    """
    ends = [near, *(memory(program, node, side) for node in route[1:-1] for side in ("left", "right")), far]
    for a, b in zip(ends[::2], ends[1::2], strict=True):
        program.entangle(a, b)
    swaps = [bell_measurement(program, a, b) for a, b in zip(ends[1:-1:2], ends[2:-1:2], strict=True)]
    if swaps:
        z, x = (Parity(tuple(bit.id for bit in bits)) for bits in zip(*swaps, strict=True))
        program.x(far, when=x).z(far, when=z)


def teleport(program: Program, qubit: Qubit, route: Sequence[str], target: Qubit) -> tuple[Bit, Bit]:
    """Teleport a qubit along a route into ``target``; return the bits (z, x) of the Bell measurement."""
    near = memory(program, route[0], "pair")
    share_pair(program, route, near, target)
    z, x = bell_measurement(program, qubit, near)
    program.x(target, when=x).z(target, when=z)
    return z, x


def distribute_ghz(program: Program, session: Session, parties: Sequence[str]) -> tuple[Qubit, ...]:
    """Give parties a GHZ state (|0…0> + |1…1>)/√2, one qubit each, from one pair for each new party.

    The first two share a pair. Each further party gets a pair with the nearest that is in already, who joins
    it to its qubit by a CX and a z measurement. Source: Bose, Vedral, Knight, PRA 57, 822 (1998).
    """
    if len(parties) < 2:
        raise InvalidInputError(f"parties are {list(parties)!r}; a GHZ state needs at least two")
    held = {parties[0]: program.qubit(parties[0], "ghz")}
    for party in parties[1:]:
        anchor = nearest(session, party, held)
        new = program.qubit(party, "ghz")
        first = len(held) == 1
        near = held[anchor] if first else memory(program, anchor, "pair")
        share_pair(program, route_between(session, anchor, party), near, new)
        if not first:
            program.cx(held[anchor], near)
            program.x(new, when=program.measure(near))
        held[party] = new
    return tuple(held.values())


def depolarize(program: Program, probability: float, *qubits: Qubit) -> None:
    """Put X, Y or Z, each with a third of the probability, on each qubit; nothing where it is 0."""
    if checks.probability(probability, "depolarizing"):
        for qubit in qubits:
            program.noise(depolarizing(probability), qubit)


def expect_pair(program: Program, a: Qubit, b: Qubit) -> None:
    """Declare the three correlations of a pair that ``bell_weights`` asks for."""
    for pauli in ("X", "Y", "Z"):
        program.expect(pauli * 2, {a: pauli, b: pauli})


def bell_weights(result: Result) -> dict[str, Estimate]:
    """Return the weights of Φ+, Φ-, Ψ+ and Ψ- in a pair; that of Φ+ is its fidelity."""
    correlations = [result.expectation(label) for label in ("XX", "YY", "ZZ")]
    return {
        name: mean_estimate(correlations, [sign / 4 for sign in signs]).scaled(1, 0.25)
        for name, signs in BELL_SIGNS.items()
    }


def equal(bits: Sequence[Bit]) -> list[Parity]:
    """Return parities that are all 1 where all bits are equal."""
    return [~(a ^ b) for a, b in pairwise(bits)]
