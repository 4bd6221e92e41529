"""What ``qnetframe plugins --probe`` and ``--trace`` show: how plugins import, and how their hooks answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qnetframe.cli import options

if TYPE_CHECKING:
    from qnetframe.plugins import Plugins


def show_probes(json: bool) -> None:
    """Import each plugin in a process of its own and show what is wrong; exit code 1 if anything is."""
    import typer
    from rich.table import Table

    from qnetframe.plugins.probe import Probe, probe

    probes: list[Probe] = []
    with options.console(stderr=True).status("importing each plugin in a process of its own") as status:
        for each in probe():
            probes.append(each)
            status.update(f"imported {each.name}")
    if json:
        options.print_json({"probes": [{**p._asdict(), "source": str(p.source)} for p in probes]})
    else:
        table = Table("plugin", "provided by", "seconds", "what is wrong")
        for p in probes:
            seconds = "" if p.seconds is None else f"{p.seconds:.2f}"
            table.add_row(p.name, str(p.source), seconds, p.problem, style="red" if p.problem else None)
        options.console().print(table)
    if any(p.problem for p in probes):
        raise typer.Exit(1)


def show_calls(installed: Plugins, json: bool) -> None:
    """Show every call of a plugin's hook, how long it took and what it gave."""
    from rich.table import Table

    if json:
        options.print_json({"calls": [c._asdict() for c in installed.calls]})
        return
    table = Table("plugin", "provided by", "hook", "milliseconds", "what came of it")
    table.columns[2].no_wrap = True
    for c in installed.calls:
        table.add_row(c.plugin, c.distribution, c.hook, f"{1000 * c.seconds:.2f}", c.result)
    options.console().print(table)
