"""The error budget of a placed program: what each source of its noise costs, exactly."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from qnetframe.api import Protocol
from qnetframe.errors import InvalidInputError
from qnetframe.experiment.engine import run_circuit
from qnetframe.experiment.networks import RouteBy, with_named_hardware
from qnetframe.experiment.result import ProgramResult
from qnetframe.experiment.run import run_setup
from qnetframe.experiment.session import Placing, program_seed
from qnetframe.experiment.setup import backend_of, build_setup
from qnetframe.network import Network
from qnetframe.placement import Placed, Source, place
from qnetframe.placement.sources import KINDS
from qnetframe.plugins import Plugins, discover
from qnetframe.program.operations import Expect, Operation, Save
from qnetframe.program.program import Program
from qnetframe.values import Estimate

By: TypeAlias = Literal["kind", "party", "qubit"]
Figure: TypeAlias = str | Callable[[ProgramResult], "Estimate | float"]
# From the label of a source to whether it stays on.
_Switch: TypeAlias = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Share:
    """One source: what the figure gains without it, and what it loses with this source alone."""

    source: str
    cost: float
    alone: float


@dataclass(frozen=True)
class ErrorBudget:
    """A figure with all noise (``value``) and with none (``ideal``), and the share of each source.

    A cost is positive where the noise lowers the figure. The costs add up to ``loss`` only to first order;
    ``interaction`` and ``interaction_alone`` are what is left.
    """

    name: str
    figure: str
    backend: str
    value: float
    ideal: float
    shares: tuple[Share, ...]

    @property
    def loss(self) -> float:
        """What all noise together costs."""
        return self.ideal - self.value

    @property
    def interaction(self) -> float:
        """The loss less the sum of the costs: positive where sources hide one another."""
        return self.loss - math.fsum(s.cost for s in self.shares)

    @property
    def interaction_alone(self) -> float:
        """The loss less the sum of what each source loses alone."""
        return self.loss - math.fsum(s.alone for s in self.shares)

    def to_dict(self) -> dict[str, Any]:
        """Return the budget as plain JSON values."""
        data = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        data["shares"] = [dataclasses.asdict(share) for share in self.shares]
        more = ("loss", "interaction", "interaction_alone")
        return {**data, **{name: getattr(self, name) for name in more}}

    def to_pandas(self) -> Any:
        """Return a DataFrame with one row for each source."""
        import pandas as pd

        return pd.DataFrame([dataclasses.asdict(s) for s in self.shares], columns=["source", "cost", "alone"])

    def __rich__(self) -> Any:
        from rich.table import Table

        table = Table(
            title=f"{self.name}: {self.figure} {self.value:.6g}, {self.ideal:.6g} without noise",
            caption=f"exact, on {self.backend}; cost: gained without it; alone: lost with nothing else",
        )
        table.add_column("source")
        for column in ("cost", "share", "alone"):
            table.add_column(column, justify="right")
        for share in self.shares:
            part = f"{share.cost / self.loss:.1%}" if self.loss else ""
            table.add_row(share.source, f"{share.cost:.6f}", part, f"{share.alone:.6f}")
        table.add_section()
        table.add_row("interaction", f"{self.interaction:.6f}", "", f"{self.interaction_alone:.6f}")
        table.add_row("all", f"{self.loss:.6f}", "100%" if self.loss else "", f"{self.loss:.6f}")
        return table


def error_budget(
    program: Program | Placed | str | Protocol,
    *,
    figure: Figure | None = None,
    by: By = "party",
    backend: str = "reference",
    network: Network | None = None,
    topology: str | Network | None = None,
    hardware: str | Mapping[str, str] | None = None,
    link: str | None = None,
    params: Mapping[str, Any] | None = None,
    nodes: Mapping[str, str] | None = None,
    waiting: Literal["none", "mean"] = "none",
    routing: Literal["refuse", "swap"] = "refuse",
    ends: tuple[str, str] | None = None,
    route_by: RouteBy = "length",
    plugins: Plugins | None = None,
) -> ErrorBudget:
    """Return what each source of noise costs, by exact runs with that source off and with it alone on.

    ``program`` is a Program (on ``network``), a placed program, or a protocol with the set-up of ``run``.
    ``figure`` is the name of one of a protocol's figures (its first, by default); for a program the label of
    an ``expect``, or of a ``save`` for the fidelity with the pure state that it has without noise (by
    default the only one there is), or a function of the ProgramResult.

    Sources are grouped ``by`` kind (pair, sending, loss, idle, one- and two-qubit gates, preparation,
    readout, the program's own noise), by kind and party or link, or by kind and qubits. A source that is off
    is replaced by what is ideal: a Bell pair for the link's state, nothing for a channel, no loss. Times stay
    as they are. Takes 2n + 2 runs for n sources; the backend must be exact.

    Raises InvalidInputError for an unknown figure or arguments that do not go together.
    """
    if by not in get_args(By):
        raise InvalidInputError(f"by is {by!r}; allowed: {', '.join(map(repr, get_args(By)))}")
    plugins = plugins or discover()
    placing = Placing(nodes, waiting, routing, ends=ends, route_by=route_by)
    setup = {"topology": topology, "hardware": hardware, "link": link, "params": params}
    if isinstance(program, (Program, Placed)):
        _refuse(setup, "a protocol; give a Program network=")
        name = program.name if isinstance(program, Program) else "placed program"
        run = _program_runner(plugins, program, figure, backend, network, placing)
    else:
        _refuse({"network": network}, "a Program; give a protocol topology=")
        if callable(figure):
            raise InvalidInputError("figure is a function; for a protocol it must be the name of a figure")
        name = program if isinstance(program, str) else type(program).__name__
        run = _protocol_runner(plugins, program, figure, backend, setup, placing)
    found: dict[str, str] = {}

    def measured(keep: _Switch) -> tuple[str, float]:
        return run(lambda placed: _switched(placed, by, keep, found))

    label, value = measured(lambda _: True)
    _, ideal = measured(lambda _: False)
    shares = []
    for source in sorted(found, key=lambda s: (KINDS.index(found[s]), s)):
        _, without = measured(partial(_differs, source))
        _, alone = measured(partial(_equals, source))
        shares.append(Share(source, without - value, ideal - alone))
    shares.sort(key=lambda s: -s.cost)
    return ErrorBudget(name, label, backend, value, ideal, tuple(shares))


def _equals(one: str, other: str) -> bool:
    return one == other


def _differs(one: str, other: str) -> bool:
    return one != other


def _refuse(given: Mapping[str, Any], what: str) -> None:
    for name, value in given.items():
        if value is not None:
            raise InvalidInputError(f"{name}= is for {what}")


def _label(source: Source, by: By) -> str:
    if by == "kind":
        return source.kind
    place = ", ".join(source.qubits) if by == "qubit" else source.where
    return f"{source.kind} ({place})"


def _switched(placed: Placed, by: By, keep: _Switch, found: dict[str, str]) -> Placed:
    """Return the placed program with only the noise to keep, and note every source."""
    operations: list[Operation] = []
    sources: list[Source | None] = []
    for operation, source in zip(placed.circuit.operations, placed.sources, strict=True):
        kept = True
        if source is not None:
            label = _label(source, by)
            found.setdefault(label, source.kind)
            kept = keep(label)
        if source is None or kept:
            operations.append(operation)
            sources.append(source)
        elif source.ideal is not None:
            operations.append(source.ideal)
            sources.append(None)
    circuit = placed.circuit.replace(operations)
    return dataclasses.replace(placed, circuit=circuit, sources=tuple(sources))


_Runner: TypeAlias = Callable[[Callable[[Placed], Placed]], tuple[str, float]]


def _protocol_runner(
    plugins: Plugins,
    protocol: str | Protocol,
    figure: str | None,
    backend: str,
    given: Mapping[str, Any],
    placing: Placing,
) -> _Runner:
    setup = build_setup(plugins, protocol, **given)
    spec, instance = backend_of(plugins, backend, setup.backend_options)

    def run(edit: Callable[[Placed], Placed]) -> tuple[str, float]:
        edited = dataclasses.replace(placing, edit=edit)
        estimates = run_setup(plugins, setup, spec, instance, None, 0, edited).estimates
        name = next(iter(estimates), "") if figure is None else figure
        if name not in estimates:
            known = ", ".join(map(repr, estimates)) or "none"
            raise InvalidInputError(f"figure is {figure!r}; protocol {setup.name!r} has: {known}")
        return name, estimates[name].value

    return run


def _program_runner(
    plugins: Plugins,
    program: Program | Placed,
    figure: Figure | None,
    backend: str,
    network: Network | None,
    placing: Placing,
) -> _Runner:
    spec, instance = backend_of(plugins, backend, {})
    if isinstance(program, Placed):
        if network is not None or placing != Placing():
            raise InvalidInputError("network, nodes, ends and the like are for a Program, not a placed one")
        placed = program
    else:
        network = None if network is None else with_named_hardware(network, plugins)
        placed = place(
            program, network, nodes=placing.nodes, waiting=placing.waiting, routing=placing.routing
        )
    if len(placed.sources) != len(placed.circuit.operations):
        raise InvalidInputError("the placed program does not say where its noise comes from; use place()")

    def result(edit: Callable[[Placed], Placed]) -> ProgramResult:
        seed, others = program_seed(0, spec.name, 0), plugins.backends.values()
        return run_circuit(edit(placed).circuit, spec, instance, None, seed, others)[0]

    name, question = _question(placed, figure, lambda: result(lambda p: _switched(p, "kind", _never, {})))

    def run(edit: Callable[[Placed], Placed]) -> tuple[str, float]:
        answer = question(result(edit))
        return name, answer.value if isinstance(answer, Estimate) else float(answer)

    return run


def _never(_: str) -> bool:
    return False


def _question(
    placed: Placed, figure: Figure | None, ideal: Callable[[], ProgramResult]
) -> tuple[str, Callable[[ProgramResult], Estimate | float]]:
    """Return the name of a program's figure, and how to get it from a result."""
    if callable(figure):
        return getattr(figure, "__name__", "figure"), figure
    kinds = {o.label: type(o) for o in placed.circuit.operations if isinstance(o, (Save, Expect))}
    saves = [label for label, kind in kinds.items() if kind is Save]
    only = saves if len(saves) == 1 else list(kinds)
    if figure is None and len(only) != 1:
        raise InvalidInputError(f"name the figure=: the program saves or expects {_listed(kinds)}")
    label = only[0] if figure is None else figure
    if label not in kinds:
        raise InvalidInputError(f"figure is {label!r}; the program saves or expects {_listed(kinds)}")
    if kinds[label] is Expect:
        return label, lambda result: result.expectation(label)
    values, vectors = np.linalg.eigh(ideal().state(label).matrix)
    if values[-1] < 1 - 1e-9:
        raise InvalidInputError(
            f"without noise the state {label!r} is mixed (largest eigenvalue {values[-1]:.6g}), so that its "
            "fidelity is not defined here; give figure= as a function of the result"
        )
    target = vectors[:, -1]
    return f"fidelity of {label!r}", lambda result: result.state(label).fidelity(target)


def _listed(labels: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, labels)) or "nothing"
