"""``qnetframe check``: the conformance kit on what an installed plugin, or a plugin file, offers."""

from __future__ import annotations

from typing import Annotated

import typer

from qnetframe.cli import options


def check(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What to check; 'qnetframe plugins' lists the names.")
    ],
    kind: Annotated[
        str | None, typer.Option(help="Its kind, where a name stands for things of several kinds.")
    ] = None,
    params: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A parameter of its factory; may be repeated."),
    ] = None,
    traceback: Annotated[
        bool, typer.Option("--traceback", help="Show what pytest shows, with the traceback of every failure.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Check that a backend, channel, protocol, … keeps the contract of its kind.

    \b
    qnetframe check stim
    qnetframe check aer --set method=stabilizer
    qnetframe check depolarizing --set p=0.1
    qnetframe check mine --plugin mine.py

    Each line is one check of qnetframe.testing: passed, skipped where the offer does not claim it, or failed
    and why. The exit code is 1 if one fails.
    """
    from rich.text import Text

    from qnetframe.testing.session import find, run_session

    given = options.settings(params)
    cases = find(name, kind, given)
    console = options.console()
    styles = {"passed": "green", "skipped": "dim", "failed": "bold red"}

    def show(check_name: str, status: str, reason: str) -> None:
        if not json and not traceback:
            line = Text(f"{status:8}", style=styles[status]).append(check_name, style="default")
            console.print(line.append(f"  {reason}" if reason else "", style="dim"))

    outcomes = run_session(cases, show, traceback)
    total = {s: sum(o.status == s for o in outcomes.values()) for s in styles}
    if json:
        options.print_json({"name": name, "checks": {c: o._asdict() for c, o in outcomes.items()}, **total})
    else:
        console.print(", ".join(f"{number} {status}" for status, number in total.items()))
        if total["failed"] and not traceback:
            console.print("--traceback shows where each failed")
    if total["failed"] or not total["passed"]:
        raise typer.Exit(1)
