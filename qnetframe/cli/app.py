"""The application: what ``qnetframe --help`` shows, and its commands."""

from __future__ import annotations

from typing import Annotated

import typer

from qnetframe.cli.budget import budget
from qnetframe.cli.compare import compare
from qnetframe.cli.explain import explain
from qnetframe.cli.plugins import plugins
from qnetframe.cli.run import run
from qnetframe.cli.topology import topology

app = typer.Typer(
    name="qnetframe",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: qnetframe compare teleportation --backends reference,aer,cirq,qutip",
)
app.command()(plugins)
app.command()(run)
app.command()(compare)
app.command()(budget)
app.command()(explain)
app.command()(topology)


def _version(wanted: bool) -> None:
    if wanted:
        import qnetframe

        typer.echo(f"qnetframe {qnetframe.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error. Works after a command as well.")
    ] = False,
) -> None:
    """Write a quantum-network protocol once, run it on every simulator, and trust the number."""
