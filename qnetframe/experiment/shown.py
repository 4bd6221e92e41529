"""One program's result as people and other tools read it: a table, plain JSON values, a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qnetframe.experiment.settings import required
from qnetframe.program.operations import Expect, Save
from qnetframe.values import Estimate, StateEstimate

if TYPE_CHECKING:
    from qnetframe.experiment.result import ProgramResult

# A table of more rows than this is cut; JSON and DataFrames have all of them.
TABLE_ROWS = 32


def figures_of(result: ProgramResult) -> dict[str, Estimate]:
    """Return every number that a program asked for, by name: acceptance, outcomes, expectations."""
    figures: dict[str, Estimate] = {}
    if required(result.circuit):
        figures["acceptance"] = result.success_probability
    if result.circuit.outputs:
        labels = ", ".join(o.label for o in result.circuit.outputs)
        for outcome, estimate in result.distribution().items():
            figures[f"P({labels} = {''.join(map(str, outcome))})"] = estimate
    for operation in result.circuit.operations:
        if isinstance(operation, Expect):
            figures[f"<{operation.label}>"] = result.expectation(operation.label)
    return figures


def states_of(result: ProgramResult) -> dict[str, StateEstimate]:
    """Return every saved state by its label."""
    saves = (o.label for o in result.circuit.operations if isinstance(o, Save))
    return {label: result.state(label) for label in saves}


def plain(result: ProgramResult) -> dict[str, Any]:
    """Return a result as plain JSON values; complex matrices as their real and imaginary parts."""
    return {
        "circuit": result.circuit.content_hash,
        "method": result.method,
        "shots": result.shots,
        "figures": {
            name: {"value": e.value, "standard_error": e.standard_error, "shots": e.shots}
            for name, e in figures_of(result).items()
        },
        "states": {
            label: {"real": state.matrix.real.tolist(), "imaginary": state.matrix.imag.tolist(),
                    "qubits": len(state.matrix).bit_length() - 1, "shots": state.shots}
            for label, state in states_of(result).items()
        },
    }  # fmt: skip


def frame(result: ProgramResult) -> Any:
    """Return a DataFrame with one row for each figure."""
    import pandas as pd

    rows = [(n, e.value, e.standard_error, e.shots) for n, e in figures_of(result).items()]
    return pd.DataFrame(rows, columns=["figure", "value", "standard_error", "shots"])


def table(result: ProgramResult) -> Any:
    """Return a rich table of the figures and saved states."""
    from rich.table import Table

    shots = "" if result.shots is None else f", {result.shots} shots"
    shown = Table(title=f"{result.method}{shots}")
    shown.add_column("figure")
    shown.add_column("value", justify="right")
    shown.add_column("standard error", justify="right")
    figures = figures_of(result)
    for name, e in list(figures.items())[:TABLE_ROWS]:
        error = "0 (exact)" if e.shots is None else f"{e.standard_error:.2g}"
        shown.add_row(name, f"{e.value:.9g}", error)
    if len(figures) > TABLE_ROWS:
        shown.add_row(f"… {len(figures) - TABLE_ROWS} more", "", "")
    for label, state in states_of(result).items():
        qubits = len(state.matrix).bit_length() - 1
        purity = float((state.matrix @ state.matrix).trace().real)
        shown.add_row(f"state {label!r} ({qubits} qubits)", f"purity {purity:.6g}", "")
    return shown


def as_text(value: Any) -> str:
    """Return what has a rich form (``__rich__``) as plain text, for ``print``."""
    return str(_recorded(value).export_text()).rstrip("\n")


def as_html(value: Any) -> str:
    """Return what has a rich form as HTML, for notebooks."""
    style = "<pre style='font-family:monospace;line-height:1.2'>{code}</pre>"
    return str(_recorded(value).export_html(inline_styles=True, code_format=style))


def _recorded(value: Any) -> Any:
    import io

    from rich.console import Console

    console = Console(record=True, file=io.StringIO(), width=120)
    console.print(value)
    return console
