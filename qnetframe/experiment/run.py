"""Run a program, or a protocol by name, on one backend."""

from __future__ import annotations

import importlib.metadata
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from qnetframe import checks
from qnetframe.api import BackendSpec, Protocol
from qnetframe.errors import InvalidInputError, PluginError
from qnetframe.experiment import shown
from qnetframe.experiment.engine import run_circuit
from qnetframe.experiment.networks import RouteBy, find_route, with_named_hardware
from qnetframe.experiment.planning import Plan, make_plan
from qnetframe.experiment.result import ProgramResult
from qnetframe.experiment.session import Placing, Record, RunSession, program_seed, run_placed
from qnetframe.experiment.setup import Setup, backend_of, build_setup, mapping
from qnetframe.network import Network
from qnetframe.placement import Placed, place
from qnetframe.plugins import Plugins, discover
from qnetframe.program.circuit import Circuit
from qnetframe.program.passes.twirling import pauli_twirl
from qnetframe.program.program import Program
from qnetframe.values import Estimate


@dataclass(frozen=True)
class RunResult:
    """What a protocol gave on one backend: its figures, and how they came about."""

    protocol: str
    backend: str
    estimates: Mapping[str, Estimate]
    shots: int | None
    seed: int
    seconds: float
    versions: Mapping[str, str]
    records: tuple[Record, ...]

    @property
    def method(self) -> str:
        """The methods that the programs were run by."""
        found = dict.fromkeys(f"{r.plan.method}, {r.plan.how}" for r in self.records)
        return "; ".join(found) or "no program was run"

    def to_dict(self) -> dict[str, Any]:
        """Return the run as plain JSON values."""
        return {
            "protocol": self.protocol,
            "backend": self.backend,
            "shots": self.shots,
            "seed": self.seed,
            "method": self.method,
            "seconds": self.seconds,
            "versions": dict(self.versions),
            "circuits": [r.result.circuit.content_hash for r in self.records],
            "estimates": {
                name: {"value": e.value, "standard_error": e.standard_error, "shots": e.shots}
                for name, e in self.estimates.items()
            },
        }

    def to_json(self) -> str:
        """Return the run as a JSON text."""
        return json.dumps(self.to_dict(), indent=1)

    def to_pandas(self) -> Any:
        """Return a DataFrame with one row for each figure."""
        import pandas as pd

        rows = [
            {"protocol": self.protocol, "backend": self.backend, "figure": name, "value": e.value,
             "standard_error": e.standard_error, "shots": e.shots, "seconds": self.seconds}
            for name, e in self.estimates.items()
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def __rich__(self) -> Any:
        from rich.table import Table

        shots = "exact" if self.shots is None else f"{self.shots} shots, seed {self.seed}"
        table = Table(
            title=f"{self.protocol} on {self.backend} ({shots})",
            caption=f"{self.method}; {self.seconds:.2f} s; "
            + ", ".join(f"{n} {v}" for n, v in self.versions.items()),
        )
        table.add_column("figure")
        table.add_column("value", justify="right")
        table.add_column("standard error", justify="right")
        for name, e in self.estimates.items():
            table.add_row(
                name, f"{e.value:.9g}", "0 (exact)" if e.shots is None else f"{e.standard_error:.2g}"
            )
        return table

    def __str__(self) -> str:
        return shown.as_text(self)

    def _repr_html_(self) -> str:
        return shown.as_html(self)


@lru_cache(maxsize=256)
def _version(name: str) -> str:
    return importlib.metadata.version(name)  # which reads a file


def versions_of(spec: BackendSpec, plugins: Plugins) -> dict[str, str]:
    """Return the versions of the host, the backend's plugin and its SDKs."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(("qnetframe", plugins.source(spec)[0], *spec.sdks)):
        try:
            found[name] = _version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def execute(
    program: Program | Placed | Circuit,
    *,
    backend: str = "reference",
    shots: int | None = None,
    seed: int = 0,
    network: Network | None = None,
    nodes: Mapping[str, str] | None = None,
    twirl: bool = False,
    options: Mapping[str, Any] | None = None,
    plugins: Plugins | None = None,
) -> ProgramResult:
    """Run one program (ideal links unless a network is given), a placed program, or a circuit.

    Without ``shots`` the result is exact. ``options`` are the backend's own; ``twirl`` applies the Pauli
    twirl explicitly. Raises UnsupportedError where the backend cannot, before anything runs.
    """
    plugins = plugins or discover()
    _check(shots, seed)
    spec, instance = backend_of(plugins, backend, options or {})
    others = tuple(plugins.backends.values())
    child = program_seed(seed, spec.name, 0)
    _check_program(program, network, nodes)
    if isinstance(program, Program):
        placing = Placing(nodes=nodes, twirl=twirl)
        network = None if network is None else with_named_hardware(network, plugins)
        return run_placed(program, spec, instance, network, shots, child, placing, others)[0]
    circuit = program.circuit if isinstance(program, Placed) else program
    return run_circuit(pauli_twirl(circuit) if twirl else circuit, spec, instance, shots, child, others)[0]


def explain(
    program: Program | Placed | Circuit,
    backend: str = "reference",
    *,
    shots: int | None = None,
    network: Network | None = None,
    nodes: Mapping[str, str] | None = None,
    twirl: bool = False,
    plugins: Plugins | None = None,
) -> Plan:
    """Return which method, passes, branches and memory a backend will take; print it to read it.

    Raises UnsupportedError, which says why, where the backend cannot. Loads no SDK.
    """
    plugins = plugins or discover()
    _check(shots, 0)
    _check_program(program, network, nodes)
    network = None if network is None else with_named_hardware(network, plugins)
    placed = place(program, network, nodes=nodes) if isinstance(program, Program) else program
    circuit = placed.circuit if isinstance(placed, Placed) else placed
    return make_plan(
        pauli_twirl(circuit) if twirl else circuit,
        plugins.backends[backend],
        shots is None,
        plugins.backends.values(),
    )


def run(
    protocol: str | Protocol,
    *,
    backend: str = "reference",
    topology: str | Network | None = None,
    hardware: str | Mapping[str, str] | None = None,
    link: str | None = None,
    params: Mapping[str, Any] | None = None,
    shots: int | None = None,
    seed: int = 0,
    nodes: Mapping[str, str] | None = None,
    waiting: Literal["none", "mean"] = "none",
    routing: Literal["refuse", "swap"] = "refuse",
    twirl: bool = False,
    ends: tuple[str, str] | None = None,
    route_by: RouteBy = "length",
    plugins: Plugins | None = None,
) -> RunResult:
    """Run a protocol on a backend, exactly without ``shots``, and return its figures.

    ``params`` go by prefix: ``{"topology.nodes": 3, "link.length_km": 10, "backend.method": "stabilizer"}``;
    a bare name is the protocol's own parameter. A protocol between two nodes goes from the first to the
    second of ``ends`` (by default the ends of the network), along the route of least length or fewest hops,
    or of best fidelity: ``route_by``. See ``place`` for nodes, waiting and routing.
    """
    plugins = plugins or discover()
    _check(shots, seed)
    mapping(nodes, "nodes")
    setup = build_setup(plugins, protocol, topology, hardware, link, params)
    spec, instance = backend_of(plugins, backend, setup.backend_options)
    placing = Placing(nodes, waiting, routing, twirl, ends=ends, route_by=route_by)
    return run_setup(plugins, setup, spec, instance, shots, seed, placing)


def run_setup(
    plugins: Plugins,
    setup: Setup,
    spec: BackendSpec,
    backend: Any,
    shots: int | None,
    seed: int,
    placing: Placing,
) -> RunResult:
    """Run a built protocol on a built backend."""
    return run_session(plugins, setup, new_session(plugins, setup, spec, backend, shots, seed, placing))


def new_session(
    plugins: Plugins,
    setup: Setup,
    spec: BackendSpec,
    backend: Any,
    shots: int | None,
    seed: int,
    placing: Placing,
) -> RunSession:
    """Return the session of a built protocol on a built backend, in which nothing has run yet."""
    if placing.ends is not None or placing.route_by != "length":
        find_route(setup.network, placing.ends, placing.route_by)  # is refused before anything runs
    return RunSession(spec, backend, setup.network, shots, seed, placing, tuple(plugins.backends.values()))


def run_session(plugins: Plugins, setup: Setup, session: RunSession) -> RunResult:
    """Run a built protocol in a new session."""
    start = time.perf_counter()
    estimates = setup.protocol.run(session)
    seconds = time.perf_counter() - start
    figures = checked_estimates(setup.name, estimates)
    return RunResult(
        setup.name, session.spec.name, figures, session.shots, session.seed, seconds,
        versions_of(session.spec, plugins), tuple(session.records),
    )  # fmt: skip


def checked_estimates(protocol: str, estimates: Any) -> dict[str, Estimate]:
    """Return what a protocol gave; PluginError if it is not a mapping of names to estimates."""
    if not isinstance(estimates, Mapping) or not all(isinstance(e, Estimate) for e in estimates.values()):
        raise PluginError(
            f"protocol {protocol!r} must return a mapping of names to Estimates, got {estimates!r:.80}"
        )
    return dict(estimates)


def _check_program(program: Any, network: Any, nodes: Any) -> None:
    if not isinstance(program, (Program, Placed, Circuit)):
        hint = "; run() takes protocols" if isinstance(program, str) or hasattr(program, "run") else ""
        raise InvalidInputError(
            f"program is of type {type(program).__name__}; it must be a Program, a Placed or a Circuit{hint}"
        )
    if not isinstance(program, Program) and (network is not None or nodes is not None):
        raise InvalidInputError(
            "network= and nodes= are for a Program; a placed program or circuit has its own"
        )
    if network is not None and not isinstance(network, Network):
        hint = f"; run(…, topology={network!r}) takes names" if isinstance(network, str) else ""
        raise InvalidInputError(f"network is {network!r:.60}; it must be a Network{hint}")
    mapping(nodes, "nodes")


def _check(shots: int | None, seed: int) -> None:
    if shots is not None:
        checks.integer(shots, "shots", low=1)
    checks.integer(seed, "seed", low=0)
