"""``qnetframe draw``: the program of a protocol as a diagram."""

from __future__ import annotations

from typing import Annotated

import typer

from qnetframe.cli import options
from qnetframe.cli.nth_program import nth_program


def draw(
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
    placed: Annotated[
        bool, typer.Option("--placed", help="Draw the circuit that engines get, with its noise and delays.")
    ] = False,
    output: options.Figure = None,
) -> None:
    """Draw a program of a protocol, in text or into a file.

    \b
    qnetframe draw teleportation
    qnetframe draw ghz-distribution --set parties=4 -o ghz.png
    qnetframe draw teleportation --hardware ibm-sherbrooke --placed
    """
    from qnetframe.placement import place

    how = options.placed(nodes, waiting, routing)
    program, network = nth_program(number, protocol, topology, hardware, link, settings, ends, route_by)
    shown = place(program, network, **how).circuit if placed else program
    if output is None:
        typer.echo(str(shown))
        return
    from qnetframe.figures import figure_path, save

    figure_path(output)  # before anything is drawn
    typer.echo(f"drawing: {save(shown.draw().figure, output)}")
