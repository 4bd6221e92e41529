"""``qnetframe run``: one protocol on one backend."""

from __future__ import annotations

from typing import Annotated

import typer

from qnetframe.cli import options


def run(
    protocol: options.ProtocolName,
    backend: Annotated[str, typer.Option("--backend", "-b", help="Engine to run on.")] = "reference",
    topology: options.Topology = None,
    hardware: options.HardwareNames = None,
    link: options.LinkName = None,
    settings: options.Settings = None,
    shots: options.Shots = None,
    seed: options.Seed = 0,
    nodes: options.NodeNames = None,
    ends: options.Ends = None,
    route_by: options.RouteBy = "length",
    waiting: options.Waiting = "none",
    routing: options.Routing = "refuse",
    twirl: options.Twirl = False,
    json: options.Json = False,
) -> None:
    """Run a protocol on one backend and print its figures with their error bars.

    \b
    qnetframe run teleportation
    qnetframe run teleportation --backend aer --shots 10000 --seed 7
    qnetframe run entanglement-swapping --set nodes=4 --set topology.nodes=4
    qnetframe run teleportation --topology map --set topology.name=topozoo/Surfnet --ends Delft,Gouda
    qnetframe run teleportation --link fiber --set link.length_km=18 --hardware ibm-sherbrooke
    """
    from qnetframe.experiment import run as run_protocol

    result = run_protocol(
        protocol,
        backend=backend,
        topology=topology,
        hardware=options.name_or_pairs(hardware, "--hardware"),
        link=link,
        params=options.settings(settings),
        shots=shots,
        seed=seed,
        **options.placing(nodes, ends, route_by, waiting, routing),
        twirl=twirl,
    )
    if json:
        options.print_json(result.to_dict())
    else:
        options.console().print(result)
