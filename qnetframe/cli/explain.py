"""``qnetframe explain``: how a backend would run a protocol, without running it."""

from __future__ import annotations

from typing import Annotated

import typer

from qnetframe.cli import options
from qnetframe.cli.nth_program import nth_program
from qnetframe.errors import UnsupportedError


def explain(
    protocol: options.ProtocolName,
    backend: Annotated[
        str | None, typer.Option("--backend", "-b", help="Engine. Default: every one that is installed.")
    ] = None,
    topology: options.Topology = None,
    hardware: options.HardwareNames = None,
    link: options.LinkName = None,
    settings: options.Settings = None,
    shots: options.Shots = None,
    nodes: options.NodeNames = None,
    ends: options.Ends = None,
    route_by: options.RouteBy = "length",
    number: options.Number = 1,
    twirl: options.Twirl = False,
) -> None:
    """Say which method, passes, branches and memory a backend will take for a protocol, or why it refuses.

    No simulator is loaded. It looks at the first program of the protocol, or at another --number.

    \b
    qnetframe explain teleportation
    qnetframe explain teleportation --backend stim --shots 10000 --hardware ibm-sherbrooke
    """
    from qnetframe.experiment import explain as explain_program
    from qnetframe.plugins import discover

    installed = discover()
    wanted = [backend] if backend else list(installed.backends)
    for name in wanted:
        installed.backends[name]
    program, network = nth_program(number, protocol, topology, hardware, link, settings, ends, route_by)
    places = options.pairs(nodes, "--nodes")
    typer.echo(f"Program {number} of {protocol}: {len(program.operations)} operations, {program.name!r}")
    for name in wanted:
        try:
            text = str(
                explain_program(program, name, shots=shots, network=network, nodes=places, twirl=twirl)
            )
        except UnsupportedError as error:
            if backend:
                raise
            text = f"{name}: refused\n  because   {error}"
        typer.echo(text)
