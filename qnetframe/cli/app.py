"""The application: what ``qnetframe --help`` shows, and its commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from qnetframe.cli.budget import budget
from qnetframe.cli.capacity import capacity
from qnetframe.cli.check import check
from qnetframe.cli.compare import compare
from qnetframe.cli.draw import draw
from qnetframe.cli.explain import explain
from qnetframe.cli.new import new
from qnetframe.cli.plot import plot
from qnetframe.cli.plugins import plugins
from qnetframe.cli.report import report
from qnetframe.cli.run import run
from qnetframe.cli.simulate import simulate
from qnetframe.cli.store import store
from qnetframe.cli.sweep import sweep
from qnetframe.cli.timeline import timeline
from qnetframe.cli.topology import topology
from qnetframe.startup import without_collecting

if TYPE_CHECKING:
    from qnetframe.api import CommandSpec


class _WithPlugins(TyperGroup):
    """The host's commands and those of plugins, which are listed by their specs and imported when used."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the host's commands, then those of plugins."""
        return [*self.commands, *(name for name in _offered() if name not in self.commands)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, or what stands for a plugin's in the list of commands."""
        if cmd_name not in self.commands and cmd_name in _offered():
            return TyperGroup(name=cmd_name, help=_offered()[cmd_name].summary)
        return super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command to run: the only place where a plugin's commands are imported."""
        name = args[0] if args else ""
        if name not in self.commands and name in _offered():
            from qnetframe.plugins import discover

            self.commands[name] = typer.main.get_group(discover().make("command", name))
        return super().resolve_command(ctx, args)


def _offered() -> Mapping[str, CommandSpec]:
    with without_collecting():
        from qnetframe.plugins import discover

        return discover().commands


app = typer.Typer(
    name="qnetframe",
    cls=_WithPlugins,
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
app.command()(sweep)
app.add_typer(store, name="store")
app.command()(report)
app.command()(plot)
app.command()(budget)
app.command()(explain)
app.command()(draw)
app.command()(timeline)
app.command()(topology)
app.command()(simulate)
app.command()(capacity)
app.command()(check)
app.command()(new)


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
    plugin: Annotated[
        str | None,
        typer.Option(
            "--plugin",
            metavar="PATH",
            help="Take a python file or a package's folder as a plugin. Works after a command; repeatable.",
        ),
    ] = None,
) -> None:
    """Write a quantum-network protocol once, run it on every simulator, and trust the number."""
