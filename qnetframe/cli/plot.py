"""``qnetframe plot``: one figure of a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qnetframe.cli import options


def plot(
    store: Annotated[Path, typer.Argument(metavar="FILE.db", help="The store.", show_default=False)],
    x: Annotated[str, typer.Option("--x", help="Setting on the x axis.", show_default=False)],
    y: Annotated[str, typer.Option("--y", help="Figure on the y axis.", show_default=False)],
    by: Annotated[str, typer.Option("--by", metavar="SETTING,…", help="A curve for each of these.")] = "",
    where: options.Where = None,
    log: Annotated[str, typer.Option(metavar="x|y|xy", help="Logarithmic axes.")] = "",
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="A .png, .svg or .pdf file.")
    ] = Path("plot.svg"),
) -> None:
    """Draw a figure against a setting, with bars of one standard error over the seeds.

    A name may be shortened to what comes after its last dot, or to one word of a figure. A setting that is
    neither on the axis nor in --by nor fixed by --where must not vary.

    \b
    qnetframe plot runs.db --x length_km --y fidelity --by backend -o f.svg
    """
    from qnetframe.report import save_plot

    path = save_plot(store, output, x, y, by, options.where(where), log=log)
    typer.echo(f"plot: {path}")
