"""``qnetframe plugins``: what is installed, what it offers, and what is broken and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qnetframe.cli import options
from qnetframe.startup import without_collecting

if TYPE_CHECKING:
    from rich.table import Table

    from qnetframe.api import Spec
    from qnetframe.plugins import Plugins

# A plugin that offers more than this of one kind is one line of the table, unless --all is given.
MANY = 12


def plugins(
    name: Annotated[
        str | None, typer.Argument(help="Show one in full, with its parameters.", show_default=False)
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            help="Show one kind: backend, channel, protocol, topology, hardware, link, executor, task, "
            "command, or one that a pack declared."
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help=f"List every name where a plugin offers more than {MANY}.")
    ] = False,
    probe: Annotated[
        bool,
        typer.Option(
            "--probe",
            help="Import each plugin in a process of its own: finds those that hang, crash or are slow.",
        ),
    ] = False,
    trace: Annotated[
        bool, typer.Option("--trace", help="Show every call of a plugin's hook, and its time.")
    ] = False,
    json: options.Json = False,
) -> None:
    """List what is installed, who provides it, what it can do, and what is broken and why.

    \b
    qnetframe plugins
    qnetframe plugins teleportation
    qnetframe plugins --kind hardware --all
    qnetframe plugins --probe

    QNETFRAME_DISABLE_PLUGINS leaves plugins out by name or pattern, separated by commas, or "all" of them.
    """
    from qnetframe.cli import health

    if probe:
        health.show_probes(json)
        return
    with without_collecting():
        from qnetframe.plugins import discover

        installed = discover()
    if trace:
        health.show_calls(installed, json)
        return
    rows = list(_rows(installed, kind))
    if name is not None:
        rows = _named(rows, name, installed)
    if json:
        broken, notices = ([p._asdict() for p in some] for some in (installed.broken, installed.notices))
        options.print_json(
            {
                "plugins": [_as_dict(row, installed) for row in rows],
                "broken": broken,
                "notices": notices,
                "import_seconds": installed.import_seconds,
            }
        )
    elif name is not None:
        for row in rows:
            typer.echo(_in_full(row, installed))
    else:
        console = options.console()
        console.print(_table(rows, installed, every))
        for plugin in installed.broken:
            source = f"{plugin.distribution} {plugin.version}".strip()
            console.print(f"left out: {plugin.name} ({source}): {plugin.reason}", style="red", markup=False)
        for plugin in installed.notices:
            source = f"{plugin.distribution} {plugin.version}".strip()
            console.print(f"notice: {plugin.name} ({source}): {plugin.reason}", style="yellow", markup=False)


Row = tuple[str, "Spec"]


def _rows(installed: Plugins, kind: str | None) -> Iterator[Row]:
    for each in [kind] if kind is not None else installed.kinds:
        for spec in installed.catalog(each).values():
            yield each, spec


def _named(rows: list[Row], name: str, installed: Plugins) -> list[Row]:
    from qnetframe.errors import UnknownNameError
    from qnetframe.plugins.catalog import PROVIDERS, hint

    found = [row for row in rows if row[1].name == name]
    if not found:
        hints = [text for kind in PROVIDERS if (text := hint(kind, name, installed.broken))]
        raise UnknownNameError("name", name, (spec.name for _, spec in rows), " ".join(hints))
    return found


def _capabilities(spec: Spec) -> Iterator[str]:
    from qnetframe.api import BackendSpec

    for c in spec.capabilities if isinstance(spec, BackendSpec) else ():
        results = " and ".join(word for word, has in (("exact", c.exact), ("samples", c.samples)) if has)
        yield (
            f"{c.method}: {results}; {c.gates} gates, {c.noise} noise, feed-forward {c.feed_forward}, "
            f"{'detectors, ' if c.detectors else ''}up to {c.max_qubits} qubits"
        )


def _as_dict(row: Row, installed: Plugins) -> dict[str, Any]:
    import dataclasses

    from qnetframe.api import BackendSpec

    kind, spec = row
    source = installed.source(spec)
    return {
        "kind": kind,
        "name": spec.name,
        "distribution": source.distribution,
        "version": source.version,
        "summary": spec.summary,
        "parameters": {
            p.name: {
                "takes": p.expected,
                "required": p.required,
                "default": None if p.required else repr(p.default),
            }
            for p in installed.parameters_of(spec)
        },
        "capabilities": [dataclasses.asdict(c) for c in spec.capabilities]
        if isinstance(spec, BackendSpec)
        else [],
    }


def _in_full(row: Row, installed: Plugins) -> str:
    kind, spec = row
    lines = [f"{kind} {spec.name}: {spec.summary}", f"  from {installed.source(spec)}"]
    lines += [f"  can  {text}" for text in _capabilities(spec)]
    prefix = "" if kind == "protocol" else f"{kind}."
    lines += [f"  --set {prefix}{p.name}=…  {p.expected}{_default(p)}" for p in installed.parameters_of(spec)]
    return "\n".join(lines)


def _default(parameter: Any) -> str:
    return ", required" if parameter.required else f", default {parameter.default!r}"


def _table(rows: list[Row], installed: Plugins, every: bool) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("kind", "name", "provided by", "what it is")
    for kind in dict.fromkeys(kind for kind, _ in rows):
        by_source: dict[str, list[Spec]] = {}
        for spec in (spec for each, spec in rows if each == kind):
            by_source.setdefault(str(installed.source(spec)), []).append(spec)
        for source, specs in by_source.items():
            if len(specs) > MANY and not every:
                names = f"{specs[0].name} … {specs[-1].name}"
                table.add_row(kind, names, source, f"{len(specs)} of them; --kind {kind} --all lists them")
                continue
            for spec in specs:
                what = Text(spec.summary)
                for line in _capabilities(spec):
                    what.append(f"\n{line}", style="dim")
                table.add_row(kind, spec.name, source, what)
        table.add_section()
    return table
