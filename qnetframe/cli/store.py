"""``qnetframe store``: look into a store, export it, prune it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qnetframe.cli import options
from qnetframe.errors import InvalidInputError

if TYPE_CHECKING:
    from qnetframe.experiment.store import Row

store = typer.Typer(no_args_is_help=True, help="Look into the results of sweeps, export and prune them.")

File = Annotated[Path, typer.Argument(metavar="FILE.db", help="The store.", show_default=False)]
StatusName = Annotated[
    str | None, typer.Option("--status", metavar="done|failed|refused|submitted", help="Rows of one status.")
]
KindName = Annotated[str | None, typer.Option("--kind", help="Rows of one kind of task.")]


@store.command()
def ls(
    file: File,
    where: options.Where = None,
    status: StatusName = None,
    kind: KindName = None,
    limit: Annotated[int, typer.Option(help="At most so many rows.")] = 20,
    migrate: Annotated[bool, typer.Option(help="Bring an older store to the present schema.")] = False,
    json: options.Json = False,
) -> None:
    """List rows, with what varies between them, and how many there are of each status."""
    from qnetframe.experiment.store import Store

    with Store(file, write=migrate) as opened:
        chosen = options.where(where)
        rows = list(opened.rows(chosen, status, kind, limit=limit))
        counts = opened.counts(chosen, kind)
        if json:
            options.print_json({"counts": counts, "rows": [row.to_dict() for row in rows]})
            return
    if rows:
        options.console().print(_table(rows))
    shown = f" ({len(rows)} shown)" if sum(counts.values()) > len(rows) else ""
    typer.echo(
        ", ".join(f"{count} {name}" for name, count in counts.items()) + shown if counts else "no rows"
    )


@store.command()
def show(
    file: File,
    id: Annotated[str, typer.Argument(help="Id of a task, or the first digits of it.", show_default=False)],
    json: options.Json = False,
) -> None:
    """Show everything about one task."""
    from qnetframe.experiment.store import Store

    with Store(file, write=False) as opened:
        row = opened.get(id).to_dict()
    if json:
        options.print_json(row)
        return
    for key, value in row.items():
        if isinstance(value, dict) and value:
            typer.echo(f"{key}")
            for name, item in value.items():
                typer.echo(f"  {name:<24} {_estimate(item) if key == 'estimates' else item}")
        elif value not in (None, {}):
            typer.echo(f"{key:<26} {value}")


@store.command()
def export(
    file: File,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="A .csv or .parquet file.")],
    where: options.Where = None,
    status: StatusName = None,
    kind: KindName = None,
) -> None:
    """Write rows as one flat table: settings, each figure with its standard error and shots, cost."""
    from qnetframe.experiment.store import Store

    with Store(file, write=False) as opened:
        count = opened.export(output, options.where(where), status, kind)
    typer.echo(f"{count} rows: {output}")


@store.command()
def prune(
    file: File,
    where: options.Where = None,
    status: StatusName = None,
    kind: KindName = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete them, not only count.")] = False,
) -> None:
    """Delete rows by settings, status or kind, and give their space back."""
    from qnetframe.experiment.store import Store

    chosen = options.where(where)
    if not (chosen or status or kind):
        raise InvalidInputError("prune needs --where, --status or --kind of the rows to delete")
    if not yes:
        with Store(file, write=False) as opened:
            counts = opened.counts(chosen, kind)
        count = counts.get(status, 0) if status else sum(counts.values())
        typer.echo(f"{count} rows would be deleted; --yes deletes them")
        return
    with Store(file) as opened:
        count = opened.prune(chosen, status, kind)
        opened.compact()
    typer.echo(f"{count} rows deleted")


def _table(rows: list[Row]) -> Any:
    from rich.table import Table
    from rich.text import Text

    settings = [row.task.settings for row in rows]
    keys = dict.fromkeys(key for each in settings for key in each)
    varying = [key for key in keys if len({str(each.get(key)) for each in settings}) > 1]
    table = Table("id", *varying, "seed", "status", "figure")
    for row in rows:
        values = [str(row.task.settings.get(key, "–")) for key in varying]
        style = {"failed": "red", "refused": "yellow", "submitted": "cyan"}.get(row.outcome.status, "")
        first = next(iter(row.outcome.estimates.items()), None)
        said = f"{first[0]} {first[1]}" if first else row.outcome.error
        status = Text(row.outcome.status, style=style)
        table.add_row(row.task.id[:12], *map(Text, values), str(row.task.seed), status, Text(said))
    return table


def _estimate(item: dict[str, Any]) -> str:
    if item["value"] is None:
        return "none"
    exact = item["shots"] is None
    return f"{item['value']:.9g}" + (
        "" if exact else f" ± {item['standard_error']:.2g} ({item['shots']} shots)"
    )
