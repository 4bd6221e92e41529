"""``qnetframe capacity``: what a channel carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qnetframe.cli import options
from qnetframe.errors import InvalidInputError

if TYPE_CHECKING:
    from qnetframe.channels.capacity import Capacities
    from qnetframe.channels.capacity.maps import ChannelLike

# Channels on (qubit, flag): the flag starts in |0> and is read.
_FLAGGED = ("erasure", "fibre")
_MOST_POINTS = 1000


def capacity(
    channel: Annotated[
        str,
        typer.Argument(metavar="CHANNEL", help="A channel; 'qnetframe plugins --kind channel' lists them."),
    ],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A parameter of the channel; may be repeated."),
    ] = None,
    over: Annotated[
        str | None,
        typer.Option(
            metavar="KEY=START:STOP:POINTS",
            help="Draw capacities against this parameter; needs --output.",
        ),
    ] = None,
    output: options.Figure = None,
    json: options.Json = False,
) -> None:
    """Say what one use of a channel carries: capacities, or bounds with the reason for each.

    \b
    qnetframe capacity amplitude-damping --set gamma=0.1
    qnetframe capacity erasure --set probability=0.2 --json
    qnetframe capacity depolarizing --over p=0:0.3:31 -o capacities.png
    """
    if (over is None) != (output is None):
        raise InvalidInputError("--over and --output go together: a figure is drawn against a parameter")
    name, given = channel.replace("-", "_"), options.settings(settings)
    if over is not None:
        _draw(name, given, over, output)
        return
    from qnetframe.channels.capacity import capacities

    found = capacities(_channel(name, given))
    if json:
        options.print_json({**found.to_dict(), "parameters": given})
    else:
        options.console().print(_table(found, given))


def _channel(name: str, params: Mapping[str, Any]) -> ChannelLike:
    from qnetframe.channels.capacity import flagged
    from qnetframe.plugins import discover

    made: Any = discover().make("channel", name, params)
    return flagged(made) if name in _FLAGGED else made


def _draw(name: str, given: Mapping[str, Any], over: str, output: Any) -> None:
    import numpy as np
    from rich.progress import track

    from qnetframe.figures import figure_path, save
    from qnetframe.report.capacity_plot import plot_capacities

    figure_path(output)  # before anything is computed
    key, _, text = over.partition("=")
    try:
        start, stop, points = text.split(":")
        count = int(points)
        values = np.linspace(float(start), float(stop), count)
        if not (key and np.isfinite(values).all() and 2 <= count <= _MOST_POINTS):
            raise ValueError
    except ValueError:
        raise InvalidInputError(
            f"--over is {over!r}; it must be KEY=START:STOP:POINTS with 2 to {_MOST_POINTS} points"
        ) from None
    if key in given:
        raise InvalidInputError(f"--set and --over both give {key!r}")
    channels = [_channel(name, {**given, key: float(value)}) for value in values]
    from qnetframe.channels.capacity import capacities

    console = options.console(stderr=True)
    found = [capacities(c) for c in track(channels, f"capacities of {name}", console=console)]
    pairs = iter(found)
    axes = plot_capacities(channels, values, key, progress=lambda _: next(pairs))
    typer.echo(f"figure: {save(axes.figure, output)}")


def _table(found: Capacities, given: Mapping[str, Any]) -> Any:
    from rich.table import Table

    settings = ", ".join(f"{k}={v}" for k, v in given.items())
    table = Table(title=f"{found.channel}({settings}): bits or qubits a use", title_justify="left")
    for column in ("quantity", "value", "accuracy", "why"):
        table.add_column(column, justify="right" if column in ("value", "accuracy") else "left")
    for label, bounds in (
        ("Q, quantum", found.quantum),
        ("P, private", found.private),
        ("C, classical", found.classical),
        ("Q↔, two-way assisted", found.two_way),
    ):
        known = bounds.value
        shown = f"{known:.6f}" if known is not None else f"{bounds.lower:.6f} – {bounds.upper:.6f}"
        table.add_row(label, shown, f"{bounds.accuracy:.0e}", bounds.reason)
    single = (
        ("C_E, entanglement assisted", found.entanglement_assisted, "mutual information"),
        ("Holevo capacity", found.holevo, "ensembles of one use"),
        ("coherent information", found.coherent_information, "largest for one use"),
        ("reverse coherent information", found.reverse_coherent_information, "largest for one use"),
    )
    for label, best, why in single:
        accuracy = "local maxima" if best.accuracy is None else f"{max(best.accuracy, 1e-15):.0e}"
        table.add_row(label, f"{best.value:.6f}", accuracy, why)
    kind = "degradable" if found.degradable else "antidegradable" if found.antidegradable else "neither"
    table.add_row("degradable?", kind, "", "")
    return table
