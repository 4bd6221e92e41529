"""Options that commands share, and the reading of what is typed into them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qnetframe.errors import InvalidInputError

if TYPE_CHECKING:
    from rich.console import Console

ProtocolName = Annotated[
    str, typer.Argument(metavar="PROTOCOL", help="Name of a protocol; 'qnetframe plugins' lists them.")
]
Topology = Annotated[
    str | None,
    typer.Option(help="Network to run on. Default: ideal links, or a chain if hardware or a link is given."),
]
HardwareNames = Annotated[
    str | None,
    typer.Option(
        "--hardware", metavar="NAME or NODE=NAME,…", help="Device of every node, or of each named node."
    ),
]
LinkName = Annotated[
    str | None, typer.Option("--link", metavar="NAME", help="Physics of every link, e.g. ideal or fiber.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="A parameter; may be repeated. A bare key is the protocol's; the others start with topology., "
        "hardware., link. or backend. (topology.nodes=3). 'qnetframe plugins NAME' shows what there is.",
    ),
]
Shots = Annotated[int | None, typer.Option(help="Number of shots. Default: exact, without sampling error.")]
Seed = Annotated[int, typer.Option(help="Seed of all random numbers; the same seed gives the same numbers.")]
NodeNames = Annotated[
    str | None,
    typer.Option("--nodes", metavar="PARTY=NODE,…", help="Where each party of the protocol sits."),
]
Ends = Annotated[
    str | None,
    typer.Option(
        "--ends",
        metavar="NODE,NODE",
        help="The two nodes that the protocol joins. Default: the first and the last of the network.",
    ),
]
RouteBy = Annotated[
    str,
    typer.Option(
        "--route-by", metavar="length|fidelity|hops", help="What the route between them is best in."
    ),
]
ROUTES = ("length", "fidelity", "hops")
Waiting = Annotated[
    str, typer.Option(metavar="none|mean", help="Idle time while a pair is awaited: none, or its mean.")
]
Routing = Annotated[
    str,
    typer.Option(metavar="refuse|swap", help="A gate on uncoupled qubits: refuse it, or move them by swaps."),
]
Twirl = Annotated[
    bool,
    typer.Option(
        "--twirl", help="Replace noise by its Pauli twirl, an approximation that Clifford engines take."
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="KEY=VALUE", help="Rows with this setting; may be repeated."),
]
Number = Annotated[
    int,
    typer.Option(
        help="Which program of the protocol, from 1. Those before it are run on the reference engine."
    ),
]
Figure = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Draw it: .png, .svg or .pdf.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def settings(given: Iterable[str] | None) -> dict[str, Any]:
    """Return ``["a=1", "topology.nodes=3"]`` as a mapping from key to text."""
    return _pairs(given or (), "--set", "KEY=VALUE")


def where(given: Iterable[str] | None) -> dict[str, Any]:
    """Return ``["backend=aer", "link.length_km=10"]`` as a mapping to plain values: JSON where it is that."""
    import json

    found: dict[str, Any] = {}
    for key, text in _pairs(given or (), "--where", "KEY=VALUE").items():
        try:
            found[key] = json.loads(text)
        except json.JSONDecodeError:
            found[key] = None if text == "none" else text
    return found


def name_or_pairs(given: str | None, option: str) -> str | dict[str, str] | None:
    """Return ``NAME`` as it is and ``NODE=NAME,…`` as a mapping."""
    return pairs(given, option) if given and "=" in given else given


def pairs(given: str | None, option: str) -> dict[str, str] | None:
    """Return ``A=B,C=D`` as a mapping."""
    return None if given is None else _pairs(given.split(","), option, "NAME=NAME,…")


def names(given: str, option: str) -> list[str]:
    """Return ``a,b,c`` as a list."""
    found = [name.strip() for name in given.split(",") if name.strip()]
    if not found:
        raise InvalidInputError(f"{option} is {given!r}; it must be one or more names, separated by commas")
    return found


def two(given: str | None, option: str) -> tuple[str, str] | None:
    """Return ``a,b`` as a pair."""
    if given is None:
        return None
    found = names(given, option)
    if len(found) != 2:
        raise InvalidInputError(f"{option} is {given!r}; it must be two names, separated by a comma")
    return found[0], found[1]


def choice(given: str, option: str, allowed: tuple[str, ...]) -> Any:
    """Return ``given`` if it is allowed."""
    if given not in allowed:
        raise InvalidInputError(f"{option} is {given!r}; it must be {' or '.join(allowed)}")
    return given


def placing(nodes: str | None, ends: str | None, route_by: str, waiting: str, routing: str) -> dict[str, Any]:
    """Return where and how a protocol is placed, as ``run``, ``compare`` and ``error_budget`` take it."""
    return {
        "ends": two(ends, "--ends"),
        "route_by": choice(route_by, "--route-by", ROUTES),
        **placed(nodes, waiting, routing),
    }


def placed(nodes: str | None, waiting: str, routing: str) -> dict[str, Any]:
    """Return how a program is placed, as ``place`` takes it."""
    return {
        "nodes": pairs(nodes, "--nodes"),
        "waiting": choice(waiting, "--waiting", ("none", "mean")),
        "routing": choice(routing, "--routing", ("refuse", "swap")),
    }


def _pairs(items: Iterable[str], option: str, form: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in items:
        key, equals, value = (part.strip() for part in item.partition("="))
        if not equals or not key:
            raise InvalidInputError(f"{option} is {item!r}; it must be {form}")
        if key in found:
            raise InvalidInputError(f"{option} gives {key!r} twice: {found[key]!r} and {value!r}")
        found[key] = value
    return found


def console(stderr: bool = False) -> Console:
    """Return a console; where the output is no terminal, wide enough that no table is squeezed."""
    from rich.console import Console

    terminal = Console(stderr=stderr)
    return terminal if terminal.is_terminal or "COLUMNS" in os.environ else Console(width=160)


def print_json(value: Mapping[str, Any]) -> None:
    """Print a mapping as JSON."""
    import json

    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
