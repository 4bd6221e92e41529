"""``qnetframe report``: the page of a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    store: Annotated[Path, typer.Argument(metavar="FILE.db", help="The store.", show_default=False)],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE.html", help="Where the page goes.")
    ] = Path("report.html"),
    title: Annotated[str, typer.Option(help="Heads the page. Default: the names of the sweeps.")] = "",
) -> None:
    r"""Write one HTML page with everything that a store holds: figures, agreement, failures, a table.

    The page needs no network and no other file.

    \b
    qnetframe report runs.db -o report.html
    """
    from qnetframe.report import write_sweep

    typer.echo(f"report: {write_sweep(store, output, title)}")
