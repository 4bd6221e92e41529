"""``qnetframe timeline``: who does what when, and which chain of it all makes the latency."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qnetframe.cli import options
from qnetframe.cli.nth_program import nth_program

if TYPE_CHECKING:
    from qnetframe.placement import CriticalPath, Placed


def timeline(
    protocol: options.ProtocolName,
    topology: options.Topology = None,
    hardware: options.HardwareNames = None,
    link: options.LinkName = None,
    settings: options.Settings = None,
    nodes: options.NodeNames = None,
    ends: options.Ends = None,
    route_by: options.RouteBy = "length",
    number: options.Number = 1,
    waiting: options.Waiting = "none",
    routing: options.Routing = "refuse",
    party: Annotated[
        str | None, typer.Option(help="The critical path until this party is done. Default: until all are.")
    ] = None,
    events: Annotated[bool, typer.Option("--events", help="List every event and message as well.")] = False,
    output: options.Figure = None,
    scale: Annotated[
        str,
        typer.Option(
            metavar="linear|compressed", help="Axis of the drawing; 'compressed' shortens long intervals."
        ),
    ] = "linear",
    json: options.Json = False,
) -> None:
    """Say when everything happens in a program of a protocol, and what its latency is made of.

    The chain of events and messages that determines the latency is printed step by step.

    \b
    qnetframe timeline teleportation --link fiber --set link.length_km=18 --hardware ibm-sherbrooke
    qnetframe timeline dejmps --number 2 --link fiber --set link.length_km=10 --hardware ion-trap
    qnetframe timeline entanglement-swapping --set topology.nodes=4 --set topology.length_km=20 -o swap.png
    qnetframe timeline teleportation --link fiber --set link.length_km=18 --scale compressed -o timeline.svg
    """
    from qnetframe.placement import critical_path, place
    from qnetframe.report.timeline_scale import KINDS

    how = options.placed(nodes, waiting, routing)
    axis = options.choice(scale, "--scale", KINDS)
    program, network = nth_program(number, protocol, topology, hardware, link, settings, ends, route_by)
    placed = place(program, network, **how)
    path = critical_path(placed, party)
    if json:
        options.print_json(_as_data(placed, path))
    else:
        typer.echo(f"Program {number} of {protocol}: {program.name!r}")
        typer.echo(f"{placed.timeline}\n" if events else "", nl=False)
        typer.echo(str(path))
    if output is not None:
        from qnetframe.report import save_timeline

        typer.echo(f"timeline: {save_timeline(placed, output, scale=axis)}", err=json)


def _as_data(placed: Placed, path: CriticalPath) -> dict[str, Any]:
    """Return everything in plain values; times in seconds."""
    events = [
        {
            "kind": e.kind,
            "label": e.label,
            "parties": e.parties,
            "qubits": e.qubits,
            "start": e.start,
            "end": e.end,
        }
        for e in placed.timeline.events
    ]
    steps = [
        {"kind": s.kind, "label": s.label, "parties": s.parties, "qubits": s.qubits, "start": s.start,
         "end": s.end, "why": s.why}
        for s in path.steps
    ]  # fmt: skip
    return {
        "latency": path.latency,
        "finished": dict(path.finished),
        "seconds_by_kind": path.seconds_by_kind,
        "critical_path": steps,
        "events": events,
        "messages": [asdict(m) for m in placed.timeline.messages],
        "idle": dict(placed.timeline.idle),
    }
