"""``qnetframe hardware``: devices derived from dynamics, and the models behind them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from qnetframe.cli import options

app = typer.Typer(
    no_args_is_help=True, help="Devices derived from dynamics: their numbers, budgets and models."
)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Device, such as ion-ca40.")],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A parameter of the device; may be repeated."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Say every number of a device, where it comes from, and what limits its entangling gate."""
    from qnetframe.plugins import parameters
    from qnetframe_hardware.bridges.derivation import derived_hardware, table
    from qnetframe_hardware.bridges.profiles import PROFILES

    given: dict[str, Any] = options.settings(settings)
    if name in PROFILES:
        given = parameters.validated(PROFILES[name], given, f"hardware {name!r}")
    with options.console(stderr=True).status(f"deriving {name}"):
        found = derived_hardware(name, **given)
    if json:
        options.print_json(
            {
                "hardware": name,
                "numbers": table(found),
                "budget": dict(found.budget),
                "versions": dict(found.versions),
            }
        )
        return
    from rich.table import Table

    rows = Table("number", "value", "", "from", title=f"hardware {name}")
    for number in found.numbers:
        rows.add_row(number.name, f"{number.value:.6g} {number.unit}".strip(), number.kind, number.source)
    console = options.console()
    console.print(rows)
    budget = Table("what limits the entangling gate", "average infidelity")
    for cause, value in sorted(found.budget.items(), key=lambda item: -item[1]):
        budget.add_row(cause, f"{value:.3g}")
    console.print(budget)
    console.print("derived with " + ", ".join(f"{k} {v}" for k, v in found.versions.items()))


@app.command()
def check(
    model: Annotated[str | None, typer.Argument(metavar="[MODEL]", help="One model; all without it.")] = None,
    solvers: Annotated[str, typer.Option(metavar="NAME,NAME", help="The two engines.")] = "qutip,dynamiqs",
    tolerance: Annotated[float, typer.Option(help="The largest difference that counts as agreement.")] = 1e-6,
    json: options.Json = False,
) -> None:
    """Solve every model by two engines; exit code 1 if any state or expectation differs by more than the
    tolerance.
    """
    from qnetframe.errors import UnknownNameError, UnsupportedError
    from qnetframe_hardware.dynamics import engines
    from qnetframe_hardware.models import MODELS

    both = options.two(solvers, "--solvers")
    assert both is not None
    if model is not None and model not in MODELS:
        raise UnknownNameError("model", model, MODELS)
    worst: dict[str, float | None] = {}
    with options.console(stderr=True).status("solving") as status:
        for name in [model] if model else MODELS:
            status.update(f"solving {name}")
            try:
                worst[name] = engines.cross_check(MODELS[name](), both, tolerance=float("inf")).worst
            except UnsupportedError:
                worst[name] = None
    good = all(value is None or value <= tolerance for value in worst.values())
    if json:
        options.print_json({"solvers": list(both), "difference": worst, "agree": good})
    else:
        from rich.table import Table

        rows = Table("model", "largest difference", title=" and ".join(both))
        for name, value in worst.items():
            rows.add_row(name, "not supported" if value is None else f"{value:.1e}")
        options.console().print(rows)
    raise typer.Exit(0 if good else 1)
