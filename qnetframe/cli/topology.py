"""``qnetframe topology``: what a network is, as a table, a map or a file."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qnetframe.cli import options
from qnetframe.errors import InvalidInputError

if TYPE_CHECKING:
    from qnetframe.network import Network

COLOURS = ("fidelity", "success", "rate", "length")


def topology(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of a topology; 'qnetframe plugins' lists them.")
    ],
    hardware: options.HardwareNames = None,
    link: options.LinkName = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A parameter of the topology, or one that starts with hardware. or link.; may be repeated.",
        ),
    ] = None,
    ends: options.Ends = None,
    route_by: options.RouteBy = "length",
    colour_by: Annotated[
        str, typer.Option("--colour-by", metavar="fidelity|success|rate|length", help="Colour of the links.")
    ] = "fidelity",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="A map (.png, .svg, .pdf) or the network itself (.graphml, .gml, .json).",
        ),
    ] = None,
    json: options.Json = False,
) -> None:
    r"""Say what a network is, and the route between two of its nodes; draw it or write it to a file.

    \b
    qnetframe topology grid --set rows=3 --set columns=5 --set length_km=10
    qnetframe topology map --set name=topozoo/Surfnet --ends Delft,Groningen -o surfnet.png
    """
    from qnetframe.experiment.networks import build_network, find_route
    from qnetframe.experiment.setup import split_params
    from qnetframe.plugins import discover

    groups = split_params(options.settings(settings))
    groups["topology"] = {**groups.pop("protocol"), **groups["topology"]}
    if groups["backend"]:
        raise InvalidInputError(f"parameter backend.{next(iter(groups['backend']))} is not for a topology")
    where = options.name_or_pairs(hardware, "--hardware")
    by = options.choice(route_by, "--route-by", options.ROUTES)
    colour = options.choice(colour_by, "--colour-by", COLOURS)
    network = build_network(discover(), name, where, link, groups)
    assert network is not None
    between = options.two(ends, "--ends")
    route = find_route(network, between, by) if between else ()
    facts = _facts(network, route)
    if json:
        options.print_json({"topology": name, **facts})
    else:
        options.console().print(_table(name, facts))
    if output is not None:
        from qnetframe.network.drawing import save_network
        from qnetframe.network.files import FORMATS, write_network

        if output.suffix.lower() in FORMATS:
            write_network(network, output)
        else:
            title = str(groups["topology"].get("name", name))
            save_network(network, output, colour, route=route, title=title)
        typer.echo(f"file: {output}", err=json)


def _facts(network: Network, route: tuple[str, ...]) -> dict[str, Any]:
    from itertools import pairwise

    links = network.links
    lengths = [link.length_km for link in links if link.length_km is not None]
    facts: dict[str, Any] = {"nodes": len(network.nodes), "links": len(links)}
    if lengths:
        facts["total length (km)"] = math.fsum(lengths)
        facts["link length (km)"] = _range(lengths)
    if links:
        facts["link fidelity"] = _range(link.model.fidelity for link in links)
        facts["success probability"] = _range(link.model.success_probability for link in links)
    facts["hardware"] = dict(Counter(node.hardware.name for node in network.nodes))
    if route:
        steps = [network.links_between(a, b)[0] for a, b in pairwise(route)]
        facts["route"] = list(route)
        if all(link.length_km is not None for link in steps):
            facts["route length (km)"] = math.fsum(link.length_km or 0.0 for link in steps)
    return facts


def _range(values: Iterable[float]) -> dict[str, float]:
    known = sorted(values)
    return {"least": known[0], "median": known[len(known) // 2], "most": known[-1]}


def _table(name: str, facts: dict[str, Any]) -> Any:
    from rich.table import Table

    table = Table(title=f"topology {name}", show_header=False)
    for key, value in facts.items():
        table.add_row(key, _shown(key, value))
    return table


def _shown(key: str, value: Any) -> str:
    if key == "hardware":
        return ", ".join(f"{device} ({count})" for device, count in value.items())
    if isinstance(value, dict):
        return f"{value['least']:.6g} to {value['most']:.6g}, median {value['median']:.6g}"
    if isinstance(value, list):
        return " - ".join(value)
    return f"{value:.9g}"
