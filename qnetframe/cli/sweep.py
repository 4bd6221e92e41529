"""``qnetframe sweep``: many runs from an experiment file, into a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qnetframe.cli import options
from qnetframe.errors import InvalidInputError


def sweep(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.toml", help="The experiment file.", show_default=False)
    ],
    store: Annotated[
        str | None,
        typer.Option(metavar="FILE.db", help="Where the rows go. Default: the file's, or runs.db."),
    ] = None,
    executor: Annotated[
        str | None, typer.Option(help="Where tasks run: inline, processes, dask, … Default: the file's.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Number of workers, for executors that take it.", show_default=False)
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="executor.KEY=VALUE", help="A parameter of the executor; may be repeated."
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(help="Go on with what is in the store, or refuse a store that has tasks of this sweep."),
    ] = True,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Run tasks again that failed or were refused.")
    ] = False,
    collect_every: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", help="Ask devices that queue jobs again, so often, until all tasks are done."
        ),
    ] = 0.0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the number of tasks and about how long they will take.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Run every task of an experiment file, and store what comes of it, unless it is stored already.

    Ctrl-C keeps everything that is finished; the same command goes on. Exit code 1 if any task failed.

    \b
    qnetframe sweep experiment.toml --dry-run
    qnetframe sweep experiment.toml --executor processes --workers 2
    qnetframe sweep experiment.toml --executor dask --resume
    """
    from qnetframe.experiment.sweep import Stopped, forecast, read_experiment, run_into

    experiment = read_experiment(file)
    performer = experiment.performer
    name = executor or experiment.executor
    given = dict(experiment.options or {}) if name == experiment.executor else {}
    for key, value in options.settings(settings).items():
        if not key.startswith("executor."):
            raise InvalidInputError(
                f"--set is {key!r}; a sweep's own settings go into the file, executor.NAME here"
            )
        given[key.removeprefix("executor.")] = value
    if workers is not None:
        given["workers"] = workers
    target = store or experiment.store or "runs.db"
    if dry_run:
        place = performer.catalogs.make("executor", name, given)
        found = forecast(experiment.design, performer, target, place)
        if json:
            options.print_json({
                "tasks": found.tasks, "present": found.present, "points": found.points, "seeds": found.seeds,
                "seconds": found.seconds, "workers": found.workers,
            })  # fmt: skip
        else:
            typer.echo(str(found))
        return
    try:
        result = run_into(
            experiment.design, performer, target, name, given, resume=resume, retry_failed=retry_failed,
            collect_every=collect_every,
        )  # fmt: skip
    except Stopped as stopped:
        typer.echo(f"qnetframe: {stopped}", err=True)
        raise typer.Exit(128 + stopped.signum) from None
    if json:
        import dataclasses

        options.print_json({**dataclasses.asdict(result), "store": str(result.store)})
    else:
        typer.echo(str(result))
    if result.failed:
        typer.echo(f"qnetframe store ls {result.store} --status failed shows why", err=True)
        raise typer.Exit(1)
