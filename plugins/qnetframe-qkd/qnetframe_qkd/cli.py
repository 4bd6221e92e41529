"""``qnetframe qkd``: rates, links and maps on the command line."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qnetframe.cli import options

if TYPE_CHECKING:
    from qnetframe_qkd.key_rate import KeyRate

app = typer.Typer(help="Secret-key rates of protocols, links and networks.", no_args_is_help=True)

Protocol = Annotated[str, typer.Option(help="Name of the protocol, e.g. bb84-decoy, mdi, twin-field, gg02.")]
Values = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A parameter of the rate; may be repeated."),
]
Clock = Annotated[float, typer.Option("--clock", metavar="HZ", help="Signals per second.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="A picture: .png, .svg or .pdf.")
]


@app.command()
def rate(
    protocol: Annotated[str, typer.Argument(metavar="PROTOCOL", help="Name of the protocol.")],
    settings: Values = None,
    finite: Annotated[
        bool, typer.Option("--finite", help="Finite-key rate instead of the asymptotic one.")
    ] = False,
    json: options.Json = False,
) -> None:
    r"""Print a secret-key rate and the figures that go into it.

    \b
    qnetframe qkd rate bb84 --set qber=0.03
    qnetframe qkd rate bb84-decoy --set length_km=50 --json
    qnetframe qkd rate bb84-decoy --finite --set length_km=50 --set block_size=1e7
    """
    from qnetframe_qkd.links.rating import rate as rate_of

    result = rate_of(protocol, finite, **options.settings(settings))
    if json:
        options.print_json({"protocol": protocol, **result.to_dict()})
    else:
        options.console().print(
            _table(f"{protocol}, {'finite key' if finite else 'asymptotic'}", _facts(result))
        )


@app.command()
def link(
    settings: Values = None,
    protocol: Protocol = "bb84-decoy",
    clock: Clock = 1e9,
    sections: Annotated[int, typer.Option(help="Sections of a chain of relays over the same distance.")] = 2,
    json: options.Json = False,
) -> None:
    r"""Say what key a link gives, how far it reaches, and what else would do over the distance.

    \b
    qnetframe qkd link --set length_km=50
    qnetframe qkd link --protocol twin-field --set length_km=300 --clock 1e8 --sections 4
    """
    from qnetframe import checks
    from qnetframe_qkd.links import alternatives, best_intensity, max_distance
    from qnetframe_qkd.links import rate as rate_of

    values: dict[str, Any] = options.settings(settings)
    checks.positive(clock, "--clock")
    checks.integer(sections, "--sections", low=1)
    result = rate_of(protocol, **values)
    length = float(values.pop("length_km", 0.0))
    facts = {"secret bits per second": result.rate * clock, **_facts(result)}
    facts["reaches (km)"] = max_distance(protocol, **values)
    if protocol in ("bb84-decoy", "mdi"):
        best, at = best_intensity(protocol, length, **values)
        facts |= {"best signal intensity": best, "rate at it": at.rate}
    others = alternatives(length, sections, clock)
    if json:
        options.print_json({"protocol": protocol, **result.to_dict(), **facts, "alternatives": others})
        return
    options.console().print(_table(f"{protocol} over {length:g} km", facts))
    options.console().print(
        _table("the same distance with equal detectors (η .2, dark 1e-7, misalignment 2 %), bit/s", others)
    )


@app.command("map")
def map_(
    topology: Annotated[str, typer.Argument(metavar="TOPOLOGY", help="Name of a topology.")],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A parameter of the rate, or topology.KEY=VALUE."),
    ] = None,
    protocol: Protocol = "bb84-decoy",
    clock: Clock = 1e9,
    ends: options.Ends = None,
    output: Output = None,
    json: options.Json = False,
) -> None:
    r"""Print the key rate of every link of a network, and between two nodes through trusted relays; draw it.

    \b
    qnetframe qkd map map --set topology.name=topozoo/Surfnet --ends Delft,Groningen -o keys.png
    """
    from qnetframe.experiment.setup import split_params
    from qnetframe.plugins import discover
    from qnetframe_qkd.links import draw_rate_map, maximum_flow, rate_map, widest_path

    groups = split_params(options.settings(settings))
    network = discover().make("topology", topology, groups["topology"])
    found = rate_map(network, protocol, clock, **groups["protocol"])
    facts: dict[str, Any] = {n: r.bits_per_second for n, r in found.items()}
    relays: dict[str, Any] = {}
    route: tuple[str, ...] = ()
    between = options.two(ends, "--ends")
    if between:
        path = widest_path(network, found, *between)
        route = path.nodes
        relays = {
            "path of trusted relays": list(path.nodes),
            "bits per second on it": path.bits_per_second,
            "bits per second on all paths": maximum_flow(network, found, *between),
        }
    if json:
        options.print_json({"topology": topology, "protocol": protocol, "links": facts, **relays})
    else:
        options.console().print(_table(f"secret bits per second, {protocol}", facts))
        if relays:
            shown = {k: " - ".join(v) if isinstance(v, list) else v for k, v in relays.items()}
            options.console().print(_table("through trusted relays", shown))
    if output is not None:
        draw_rate_map(network, found, output, route, str(groups["topology"].get("name", topology)))
        typer.echo(f"file: {output}", err=json)


@app.command()
def key(
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A parameter of the protocol bb84-decoy."),
    ] = None,
    pulses: Annotated[float, typer.Option(help="Pulses to send, e.g. 1e9.")] = 1e8,
    seed: Annotated[
        int | None,
        typer.Option(help="Makes the run reproducible, and its key no secret. Default: real randomness."),
    ] = None,
    qber_limit: Annotated[
        float, typer.Option(help="Error rate of the test above which the run aborts.")
    ] = 0.05,
    method: Annotated[str, typer.Option(metavar="cascade|ldpc", help="Error correction.")] = "cascade",
    output: Output = None,
    json: options.Json = False,
) -> None:
    r"""Make a key by decoy BB84, pulse by pulse, and print its ledger; the key itself is not shown.

    Exit code 1 where the run aborts, with its reason.

    \b
    qnetframe qkd key --pulses 1e9 --set length_km=50 --set basis_probability=0.85
    qnetframe qkd key --set length_km=20 --set attack=intercept-resend --set strength=0.25
    """
    from qnetframe import checks
    from qnetframe.plugins import discover
    from qnetframe_qkd.postprocessing import decoy_session

    protocol = discover().make("protocol", "bb84-decoy", options.settings(settings))
    number = int(checks.positive(pulses, "--pulses"))
    chosen = options.choice(method, "--method", ("cascade", "ldpc"))
    with _progress() as report:
        found = decoy_session(protocol, number, seed, qber_limit=qber_limit, method=chosen, progress=report)
    if json:
        options.print_json({"protocol": "bb84-decoy", **found.to_dict()})
    elif not found.aborted:
        typer.echo(str(found.ledger))
        typer.echo(f"secure but for ε = {found.epsilon_sec:g}, correct but for ε = {found.epsilon_cor:g}")
        typer.echo(f"QBER {found.figures['QBER in Z']:.4g}, error correction f = {found.figures['f']:.4g}")
    if found.aborted:
        typer.echo(f"no key: {found.aborted}", err=True)
        raise typer.Exit(1)
    if output is not None:
        from qnetframe_qkd.plots import ledger_waterfall

        ledger_waterfall(found.ledger).savefig(output, dpi=150)
        typer.echo(f"file: {output}", err=json)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """Show a bar for each stage on a terminal, nothing elsewhere."""
    from rich.progress import Progress, TaskID

    with Progress(console=options.console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, share: float) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=1.0)
            bars.update(tasks[stage], completed=share)

        yield report if bars.console.is_terminal else lambda stage, share: None


def _facts(result: KeyRate) -> dict[str, Any]:
    facts: dict[str, Any] = {f"rate ({result.unit})": result.rate, **result.quantities}
    if result.reason:
        facts["why there is no key"] = result.reason
    return facts


def _table(title: str, facts: dict[str, Any]) -> Any:
    from rich.table import Table

    table = Table(title=title, show_header=False)
    for name, value in facts.items():
        table.add_row(name, f"{value:.6g}" if isinstance(value, float) else str(value))
    return table
