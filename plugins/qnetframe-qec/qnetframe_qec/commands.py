"""``qnetframe qec``: codes, memories, thresholds, seams."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qnetframe.cli import options
from qnetframe.errors import InvalidInputError

if TYPE_CHECKING:
    from qnetframe_qec.sampling.counts import Counts
    from qnetframe_qec.sampling.task import MemoryTask

app = typer.Typer(no_args_is_help=True, help="Codes, memories, thresholds and seams of error correction.")

CodeName = Annotated[str, typer.Option("--code", help="Code; 'qnetframe qec codes' lists them.")]
Noise = Annotated[str, typer.Option(help="Noise model: circuit, gates, phenomenological, code-capacity, …")]
DecoderName = Annotated[str, typer.Option("--decoder", help="Decoder; 'qnetframe plugins --kind decoder'.")]
Distances = Annotated[str | None, typer.Option(help="Distances, separated by commas.")]
Errors = Annotated[str | None, typer.Option("--p", help="Physical error probabilities, separated by commas.")]
Rounds = Annotated[int | None, typer.Option(help="Rounds. Default: as many as the distance.")]
Basis = Annotated[str, typer.Option(help="Basis of the memory: z or x.")]
Shots = Annotated[int, typer.Option(help="Shots of a point at most.")]
MaxErrors = Annotated[int | None, typer.Option(help="Logical errors at which a point is done.")]
Store = Annotated[Path | None, typer.Option(help="Store of finished batches; a killed run goes on from it.")]
Workers = Annotated[int, typer.Option(help="Processes.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Figure to write (.svg, .png, .pdf).")]

# Distances and probabilities around the threshold of each model for rotated surface codes with matching.
_AROUND = {
    "code-capacity": ("5,9,13", "0.09,0.095,0.1,0.105,0.11", 1),
    "code-capacity-depolarizing": ("5,9,13", "0.13,0.14,0.15,0.16,0.17", 1),
    "phenomenological": ("5,7,9", "0.024,0.027,0.03,0.033", None),
    "circuit": ("5,7,9", "0.006,0.0066,0.0072,0.0078,0.0084", None),
    "gates": ("5,7,9", "0.007,0.008,0.009,0.01,0.011", None),
    "si1000": ("5,7,9", "0.003,0.004,0.005,0.006", None),
}


@app.command("codes")
def codes(json: options.Json = False) -> None:
    """List the codes with their parameters, as they are by default."""
    from qnetframe.plugins import discover

    plugins = discover()
    rows = []
    for name, spec in plugins.catalog("code").items():
        if name == "stabilizers":
            continue
        code = plugins.make("code", name)
        rows.append(
            {"code": name, "parameters": code.parameters, "checks": code.num_checks, "css": code.is_css,
             "summary": spec.summary}
        )  # fmt: skip
    _show({"codes": rows}, rows, "codes", json)


@app.command("code")
def code_(
    name: Annotated[str, typer.Argument(help="Code, or outer(inner) for a concatenation.")],
    distance: Annotated[int | None, typer.Option(help="Distance, of codes that have one.")] = None,
    exact: Annotated[bool, typer.Option(help="Find the distance exactly rather than a bound.")] = False,
    output: Output = None,
    json: options.Json = False,
) -> None:
    """Check a code: parameters, independence, distance, transversal gates; draw its layout."""
    from qnetframe_qec.codes import distance_bound, exact_distance
    from qnetframe_qec.programs.transversal import transversal_gates
    from qnetframe_qec.sampling.task import make_code

    code = make_code(name, distance)
    found = {
        "code": code.name,
        "n": code.n,
        "k": code.k,
        "claimed distance": code.distance,
        "distance" if exact else "distance, at most": exact_distance(code)
        if exact
        else distance_bound(code).value,
        "checks": code.num_checks,
        "independent": code.is_independent,
        "css": code.is_css,
        "transversal": dict(transversal_gates(code)),
    }
    if output is not None:
        from qnetframe_qec.plots import plot_layout

        _save(plot_layout(code), output)
    _show(found, [{"": k, "value": _text(v)} for k, v in found.items()], str(code), json)


@app.command("memory")
def memory(
    code: CodeName = "rotated-surface",
    noise: Noise = "circuit",
    p: Errors = "0.001",
    distances: Distances = "3",
    rounds: Rounds = None,
    basis: Basis = "z",
    decoder: DecoderName = "pymatching",
    p_link: Annotated[float | None, typer.Option(help="Error of gates across the seams.")] = None,
    nodes: Annotated[int, typer.Option(help="Stripes that the patch is cut into.")] = 2,
    seam: Annotated[str, typer.Option(help="Seams are lines of constant x or y.")] = "x",
    shots: Shots = 100_000,
    max_errors: MaxErrors = None,
    seed: options.Seed = 0,
    store: Store = None,
    workers: Workers = 1,
    json: options.Json = False,
) -> None:
    """Sample memory experiments, one for each distance and p: logical error, and that of a round.

    qnetframe qec memory --distances 3,5 --p 0.002,0.004 --shots 20000
    """
    tasks = _tasks(code, noise, p, distances, rounds, basis, decoder, p_link, nodes, seam)
    counts = _collect(tasks, shots, max_errors, seed, store, workers)
    rows = [_row(t, c) for t, c in zip(tasks, counts, strict=True)]
    _show({"points": rows}, rows, f"memory of {code}, {noise} noise, {decoder}", json)


@app.command("threshold")
def threshold_(
    code: CodeName = "rotated-surface",
    noise: Noise = "circuit",
    p: Errors = None,
    distances: Distances = None,
    rounds: Rounds = None,
    basis: Basis = "z",
    decoder: DecoderName = "pymatching",
    shots: Shots = 20_000,
    max_errors: MaxErrors = None,
    seed: options.Seed = 0,
    store: Store = None,
    workers: Workers = 1,
    output: Output = None,
    json: options.Json = False,
) -> None:
    """Find a threshold by a finite-size scaling fit, with its 95 % interval.

    Without --p and --distances they are those around the threshold of rotated surface codes.

    qnetframe qec threshold --code rotated-surface --noise circuit --json
    """
    from qnetframe_qec.sampling.scaling import Point, threshold

    if (p is None or distances is None) and noise not in _AROUND:
        raise InvalidInputError(
            f"noise {noise!r} needs --p and --distances; known are those of {', '.join(_AROUND)}"
        )
    known = _AROUND.get(noise, ("", "", None))
    tasks = _tasks(code, noise, p or known[1], distances or known[0], rounds or known[2], basis, decoder)
    counts = _collect(tasks, shots, max_errors, seed, store, workers)
    points = [Point(t.distance or 0, t.p, c.error) for t, c in zip(tasks, counts, strict=True)]
    fit = threshold(points)
    if output is not None:
        from qnetframe_qec.plots import plot_threshold

        _save(plot_threshold(points, fit), output)
    rows = [_row(t, c) for t, c in zip(tasks, counts, strict=True)]
    found = {
        "code": code,
        "noise": noise,
        "decoder": decoder,
        "threshold": fit.value,
        "95 % interval": [fit.low, fit.high],
        "nu": fit.nu,
        "chi squared": fit.chi_squared,
        "degrees of freedom": fit.degrees,
        "points": rows,
    }
    _show(found, rows, f"threshold of {code}, {noise} noise", json)
    if not json:
        typer.echo(
            f"threshold {fit.value:.5g}, 95 % within {fit.low:.5g} and {fit.high:.5g}; nu {fit.nu:.3g}; "
            f"chi squared {fit.chi_squared:.1f} at {fit.degrees} degrees of freedom"
        )


def _tasks(
    code: str, noise: str, p: str | None, distances: str | None, rounds: int | None, basis: str, decoder: str,
    p_link: float | None = None, nodes: int = 2, seam: str = "x",
) -> list[MemoryTask]:  # fmt: skip
    from qnetframe_qec.noise import noise_model
    from qnetframe_qec.sampling.task import MemoryTask

    ds = _numbers(distances or "3", "--distances", int)
    ps = _numbers(p or "0.001", "--p", float)
    tasks = [
        MemoryTask(code, noise, q, d, rounds, basis, decoder, p_link=p_link, nodes=nodes, seam=seam)
        for d in ds
        for q in ps
    ]
    for task in tasks:  # before anything runs
        noise_model(noise, task.p)
        task.make_code()
    return tasks


def _numbers(given: str, option: str, kind: Any) -> list[Any]:
    try:
        return [kind(part) for part in options.names(given, option)]
    except ValueError:
        raise InvalidInputError(f"{option} is {given!r}; it must be numbers, separated by commas") from None


def _collect(
    tasks: list[MemoryTask], shots: int, max_errors: int | None, seed: int, store: Path | None, workers: int
) -> list[Counts]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from qnetframe_qec.sampling.collect import Stop, collect, make_executor

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=options.console(stderr=True), transient=True) as bar:
        all_points = bar.add_task("points", total=len(tasks))
        finished: set[str] = set()

        def report(task: MemoryTask, counts: Counts, done: bool) -> None:
            if done and task.id not in finished:
                finished.add(task.id)
                bar.advance(all_points)

        return collect(
            tasks,
            Stop(shots, max_errors),
            seed=seed,
            store=store,
            executor=make_executor(workers),
            report=report,
        )


def _row(task: MemoryTask, counts: Counts) -> dict[str, Any]:
    from qnetframe_qec.sampling.scaling import error_per_round

    rounds = task.number_of_rounds(task.make_code())
    each = error_per_round(counts.error, rounds)
    return {
        "distance": task.distance,
        "p": task.p,
        "rounds": rounds,
        "shots": counts.shots,
        "errors": counts.errors,
        "logical error": counts.error.value,
        "standard error": counts.error.standard_error,
        "per round": each.value,
    }


def _save(axes: Any, path: Path) -> None:
    from qnetframe.figures import save

    typer.echo(f"file: {save(axes.figure, path)}", err=True)


def _show(found: dict[str, Any], rows: list[dict[str, Any]], title: str, json: bool) -> None:
    if json:
        options.print_json(found)
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title))
    for name in rows[0]:
        table.add_column(name)
    for row in rows:
        table.add_row(*(escape(_text(v)) for v in row.values()))
    options.console().print(table)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k}: {v}" for k, v in value.items()) or "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
