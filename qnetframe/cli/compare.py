"""``qnetframe compare``: one protocol on several backends, and whether they agree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qnetframe.cli import options
from qnetframe.errors import InvalidInputError


def compare(
    protocol: options.ProtocolName,
    backends: Annotated[
        str, typer.Option("--backends", "-b", metavar="NAME,…", help="Engines, separated by commas.")
    ],
    topology: options.Topology = None,
    hardware: options.HardwareNames = None,
    link: options.LinkName = None,
    settings: options.Settings = None,
    shots: options.Shots = None,
    seed: options.Seed = 0,
    alpha: Annotated[
        float, typer.Option(help="Probability of a false alarm among all tests of samples together.")
    ] = 1e-6,
    nodes: options.NodeNames = None,
    ends: options.Ends = None,
    route_by: options.RouteBy = "length",
    waiting: options.Waiting = "none",
    routing: options.Routing = "refuse",
    twirl: options.Twirl = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.html", help="Write the report to a file.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Run a protocol on several backends and say whether they agree: exit code 1 unless they do.

    Exact results must agree within 1e-9 on every branch; samples are tested. A backend that cannot run the
    protocol is skipped and named.

    \b
    qnetframe compare teleportation --backends reference,aer,cirq,qutip
    qnetframe compare teleportation --backends aer,stim --shots 100000 --twirl
    qnetframe compare chsh -b aer,cirq --link fiber --set link.length_km=18 -o chsh.html
    """
    from qnetframe.experiment import compare as compare_backends

    with options.console(stderr=True).status("starting") as status:
        comparison = compare_backends(
            protocol,
            progress=lambda name: status.update(f"running {protocol} on {name}"),
            backends=options.names(backends, "--backends"),
            topology=topology,
            hardware=options.name_or_pairs(hardware, "--hardware"),
            link=link,
            params=options.settings(settings),
            shots=shots,
            seed=seed,
            alpha=alpha,
            **options.placing(nodes, ends, route_by, waiting, routing),
            twirl=twirl,
        )
    if json:
        options.print_json(comparison.to_dict())
    else:
        options.console().print(comparison)
    if output is not None:
        from qnetframe.report import write_comparison

        try:
            write_comparison(comparison, output)
        except OSError as error:
            raise InvalidInputError(f"--output is '{output}', which cannot be written: {error}") from error
        typer.echo(f"report: {output}", err=json)
    if comparison.agree is not True:
        raise typer.Exit(1)
