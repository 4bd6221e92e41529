"""``qnetframe budget``: what each source of noise costs a protocol."""

from __future__ import annotations

from typing import Annotated

import typer

from qnetframe.cli import options


def budget(
    protocol: options.ProtocolName,
    figure: Annotated[
        str | None, typer.Option(help="Which of the protocol's figures. Default: its first.")
    ] = None,
    by: Annotated[
        str, typer.Option(metavar="kind|party|qubit", help="How finely sources are told apart.")
    ] = "party",
    backend: Annotated[str, typer.Option("--backend", "-b", help="Exact engine to run on.")] = "reference",
    topology: options.Topology = None,
    hardware: options.HardwareNames = None,
    link: options.LinkName = None,
    settings: options.Settings = None,
    nodes: options.NodeNames = None,
    ends: options.Ends = None,
    route_by: options.RouteBy = "length",
    waiting: options.Waiting = "none",
    routing: options.Routing = "refuse",
    output: options.Figure = None,
    json: options.Json = False,
) -> None:
    """Say how much each source of noise costs a protocol, by exact runs without it and with it alone.

    \b
    qnetframe budget teleportation --hardware ibm-sherbrooke --link fiber --set link.length_km=18
    qnetframe budget chsh --link ideal --set link.fidelity=0.95 --by kind -o budget.png
    """
    from qnetframe.experiment.error_budget import error_budget

    with options.console(stderr=True).status(f"budget of {protocol}"):
        found = error_budget(
            protocol,
            figure=figure,
            by=options.choice(by, "--by", ("kind", "party", "qubit")),
            backend=backend,
            topology=topology,
            hardware=options.name_or_pairs(hardware, "--hardware"),
            link=link,
            params=options.settings(settings),
            **options.placing(nodes, ends, route_by, waiting, routing),
        )
    if json:
        options.print_json(found.to_dict())
    else:
        options.console().print(found)
    if output is not None:
        from qnetframe.report import save_budget

        save_budget(found, output)
        typer.echo(f"chart: {output}", err=json)
