"""place(): a Program on a Network becomes a Circuit that holds all its noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qnetframe.errors import InvalidInputError
from qnetframe.network import Hardware, Network, Node
from qnetframe.placement.clock import Clock
from qnetframe.placement.demand import demands
from qnetframe.placement.device import Device, Routing
from qnetframe.placement.layout import lay_out
from qnetframe.placement.sites import Sites, nodes_of_parties
from qnetframe.placement.sources import Source
from qnetframe.placement.timeline import Success, Timeline
from qnetframe.placement.walk import Waiting, Walk
from qnetframe.program.circuit import Circuit
from qnetframe.program.program import Program


@dataclass(frozen=True)
class Placed:
    """A placed program: its circuit, when everything happens, what its pairs cost, and where its qubits are.

    ``layout`` has, for each node, the physical qubit of each program qubit that is ever there; ``sources``,
    beside each operation of the circuit, where its noise comes from (None: it is not noisy).
    """

    circuit: Circuit
    timeline: Timeline
    success: Success
    layout: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sources: tuple[Source | None, ...] = ()


def place(
    program: Program,
    network: Network | None = None,
    *,
    nodes: Mapping[str, str] | None = None,
    waiting: Waiting = "none",
    routing: Routing = "refuse",
    layout: Mapping[str, Mapping[str, int]] | None = None,
) -> Placed:
    """Place a program on a network: every operation as soon as possible, every noise an operation.

    - Parties sit at the nodes of their name, or where ``nodes`` (party -> node) says; without a network all
      links are ideal and the circuit is ``program.circuit()``.
    - Gates, preparations and readouts take the durations and get the errors of the node's hardware; gates
      that are not native are charged by their native decomposition, after the ideal gate. A conditional gate
      waits for its bits at light speed, and costs time and noise whether or not it fires.
    - A qubit that waits, and has been used, relaxes; saved qubits end with their last operation, those that
      ``save`` or ``expect`` keep together with the last of them.
    - ``entangle`` takes the link's attempt, ends with the herald, and gives the heralded state, decayed while
      the herald travelled; ``waiting="mean"`` adds the mean number of failed attempts before it. Pairs of
      one link are generated side by side.
    - ``send`` takes light time; loss is an ``Erase`` that records the send's bit.
    - Program qubits take the best coupled physical qubits, or those of ``layout`` (node -> qubit id ->
      index). Gates on uncoupled ones are refused; with ``routing="swap"`` swaps there and back are charged.

    Raises InvalidInputError, UnknownNameError (an unknown node), LocalityError (no link where one is
    needed) or UnsupportedError (an operation that the hardware cannot do).
    """
    if not isinstance(program, Program):
        raise InvalidInputError(f"place takes a Program, got {type(program).__name__}")
    if network is not None and not isinstance(network, Network):
        raise InvalidInputError(f"network is {network!r:.60}; it must be a Network or None")
    _one_of("waiting", waiting, ("none", "mean"))
    _one_of("routing", routing, ("refuse", "swap"))
    sites = nodes_of_parties(program, network, nodes)
    used = dict.fromkeys(sites.values())
    hardware = {node: Hardware() if network is None else _hardware(network.node(node)) for node in used}
    devices = {node: Device(node, device, routing) for node, device in hardware.items()}
    needs = demands(program, sites)
    for node in layout or {}:
        if node not in devices:
            raise InvalidInputError(f"layout= names node {node!r}; this program uses {', '.join(devices)}")
    indices = {
        node: lay_out(device, needs[node], (layout or {}).get(node, {}), _typical_wait(network, node))
        for node, device in devices.items()
    }
    owners = dict(program.declared)
    clock = Clock(devices, indices, {q: sites[p] for q, p in owners.items()}, owners)
    walk = Walk(program, Sites(network, sites), clock, waiting)
    tape = walk.run()
    circuit = Circuit(tuple(program.declared), tuple(tape.operations), program.outputs)  # type: ignore[arg-type]
    idle = tuple(clock.idle.items())
    timeline = Timeline(tuple(clock.events), tuple(walk.messages), idle, tuple(clock.marks))
    return Placed(circuit, timeline, Success(tuple(walk.pairs)), indices, tuple(tape.sources))


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidInputError(f"{name} is {value!r}; allowed: {', '.join(map(repr, allowed))}")


def _hardware(node: Node) -> Hardware:
    if node.names_hardware:
        raise InvalidInputError(
            f"node {node.name!r} asks for hardware {node.attributes['hardware']!r}, which is not made yet; "
            "call with_named_hardware(network) of qnetframe.experiment"
        )
    return node.hardware


def _typical_wait(network: Network | None, node: str) -> float:
    """Return the seconds that a memory of a node typically waits for its links, to weigh T1 and T2 by."""
    if network is None:
        return 0.0
    models = [link.model for link in network.links_at(node)]
    return max((max(m.delay, m.attempt_time) for m in models), default=0.0)
