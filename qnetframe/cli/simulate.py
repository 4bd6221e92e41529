"""``qnetframe simulate``: a network in time, from a TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qnetframe.cli import options

if TYPE_CHECKING:
    from qnetframe.simulation.metrics import Report


def simulate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The experiment, a TOML file.")],
    seed: Annotated[int | None, typer.Option(help="Seed in place of the file's.")] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="Where the figures of the file go."),
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option(
            "--trace", metavar="FILE", help="Write what happened, one line each; same seed, same bytes."
        ),
    ] = None,
    json: options.Json = False,
) -> None:
    r"""Run a network in time: requests, pairs, memories, messages; say what was delivered.

    \b
    qnetframe simulate experiment.toml
    qnetframe simulate experiment.toml --json --trace run.txt
    """
    from qnetframe.errors import InvalidInputError
    from qnetframe.experiment.simulate import read_experiment
    from qnetframe.simulation.trace import Trace

    experiment = read_experiment(file, seed)
    sim = experiment.simulation
    if trace is not None and sim.trace is None:
        sim.trace = Trace()
    report = _watched(experiment)
    folder = output or file.parent
    if trace is not None and sim.trace is not None:
        try:
            trace.write_text(sim.trace.text(), "utf-8")
        except OSError as error:
            raise InvalidInputError(f"{str(trace)!r} cannot be written: {error.strerror or error}") from None
    if output is not None:
        folder.mkdir(parents=True, exist_ok=True)
    figures = experiment.draw(report, folder)
    if json:
        options.print_json(report.to_dict())
    else:
        options.console().print(_table(report))
    for path in (*figures, *([trace] if trace else [])):
        typer.echo(f"file: {path}", err=json)


def _watched(experiment: Any) -> Report:
    """Run with a progress bar on a terminal, without one elsewhere."""
    from rich.progress import Progress

    screen = options.console(stderr=True)
    if not screen.is_terminal:
        report: Report = experiment.run()
        return report
    with Progress(console=screen, transient=True) as progress:
        task = progress.add_task("simulated time", total=experiment.until)
        watched: Report = experiment.run(lambda now: progress.update(task, completed=now))
        return watched


def _table(report: Report) -> Any:
    from rich.table import Table

    table = Table(title=f"from {report.start:g} s to {report.end:g} s", show_header=False)
    table.add_row("pairs", str(len(report.deliveries)))
    table.add_row("throughput (1/s)", f"{report.throughput:.5g}")
    if report.deliveries:
        table.add_row("fidelity", f"{report.fidelity:.6f}")
        table.add_row("time to a pair (s)", f"{report.latency:.5g}")
    requests = ", ".join(f"{count} {status}" for status, count in report.requests.items())
    table.add_row("requests", f"{report.arrived} arrived: {requests}")
    table.add_row("served of those that ended", f"{report.served:.4f}")
    table.add_row("fairness (Jain)", f"{report.fairness:.4f}")
    table.add_row("memories in use", f"{100 * report.memory_use:.2f} %")
    table.add_row("messages", f"{report.messages}, {report.lost_messages} lost")
    table.add_row("events", f"{report.events}")
    return table
