"""A simulation from a TOML file: its network, strategy, requests and figures, every value checked by name."""

from __future__ import annotations

import dataclasses
import inspect
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qnetframe.errors import InvalidInputError
from qnetframe.experiment.networks import build_network
from qnetframe.experiment.setup import split_params
from qnetframe.network import Network
from qnetframe.plugins import Plugins, discover
from qnetframe.simulation.failures import Failures
from qnetframe.simulation.messages import Classical
from qnetframe.simulation.metrics import Report
from qnetframe.simulation.pairstates import Decay, SwapNoise
from qnetframe.simulation.profiles import NodeProfile
from qnetframe.simulation.requests import Request, poisson_requests
from qnetframe.simulation.simulation import Simulation
from qnetframe.simulation.strategy import Strategy

_TOP = (
    "until", "warm_up", "seed", "network", "simulation", "strategy", "memory", "swap", "classical",
    "failures", "requests", "poisson", "figures",
)  # fmt: skip
_SIMULATION = (
    "pair_states",
    "twirl",
    "memories",
    "routing",
    "queue",
    "queue_limit",
    "reservations",
    "attempts",
)
_FIGURES = ("loads", "space_time", "space_time_nodes", "space_time_end", "latency", "fidelity")


@dataclass(frozen=True)
class Experiment:
    """A simulation that is ready to run, for how long (seconds), and the files of its figures."""

    simulation: Simulation
    until: float
    warm_up: float
    figures: Mapping[str, Any]

    def run(self, progress: Callable[[float], None] | None = None) -> Report:
        """Run it; ``progress`` is called with the simulated time."""
        return self.simulation.run(self.until, warm_up=self.warm_up, progress=progress)

    def draw(self, report: Report, folder: Path = Path()) -> list[Path]:
        """Write the figures that the file asks for and return their paths."""
        from qnetframe.simulation import plots

        sim, wanted = self.simulation, self.figures
        made = []
        if "loads" in wanted:
            made.append(plots.save(plots.draw_loads(sim, report), folder / wanted["loads"]))
        if "space_time" in wanted:
            nodes = wanted.get("space_time_nodes")
            if nodes is None:
                path = next((s.paths[0].nodes for s in sim.served if s.paths), None)
                if path is None:
                    raise InvalidInputError(
                        "figures space_time: no request found a path; name space_time_nodes"
                    )
                nodes = path
            end = wanted.get("space_time_end", self.until)
            made.append(
                plots.save(plots.draw_space_time(sim, nodes, 0.0, end), folder / wanted["space_time"])
            )
        for name in ("latency", "fidelity"):
            if name in wanted:
                made.append(plots.save(plots.draw_histogram(report, name), folder / wanted[name]))
        return made


def read_experiment(path: str | Path, seed: int | None = None, plugins: Plugins | None = None) -> Experiment:
    """Return the experiment of a TOML file; InvalidInputError names the file, and the key that is wrong.

    ``seed`` replaces that of the file. Names of routings, swappings, queues and programs that the simulation
    does not know are those of the plugins' policies.
    """
    try:
        data = tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise InvalidInputError(f"{str(path)!r} cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{str(path)!r} is not TOML: {error}") from None
    try:
        return experiment(data, seed, plugins)
    except TypeError as error:
        raise InvalidInputError(f"{str(path)!r}: {error}") from None


def experiment(
    data: Mapping[str, Any], seed: int | None = None, plugins: Plugins | None = None
) -> Experiment:
    """Return the experiment of plain values, as they stand in a TOML file; see `read_experiment`."""
    found = plugins or discover()
    _known(data, _TOP, "experiment")
    if "until" not in data:
        raise InvalidInputError("until (seconds) is missing; it says how long the simulation runs")
    network = _network(found, _table(data, "network"))
    strategy = _strategy(found, _table(data, "strategy"))
    settings = dict(_table(data, "simulation"))
    _known(settings, _SIMULATION, "simulation")
    for name in ("routing", "queue"):
        if name in settings:
            settings[name] = _policy(found, settings[name])
    figures = _table(data, "figures")
    _known(figures, _FIGURES, "figures")
    simulation = Simulation(
        network,
        data.get("seed", 0) if seed is None else seed,
        strategy=strategy,
        profiles=_profile(_table(data, "memory"), _table(data, "swap")),
        classical=_made(Classical, _table(data, "classical"), "classical"),
        failures=_made(Failures, data["failures"], "failures") if "failures" in data else None,
        trace="space_time" in figures,
        **settings,
    )
    requests = _requests(network, data, simulation.seed)
    if not requests:
        raise InvalidInputError("there are no requests; give [[requests]] or [poisson]")
    simulation.request(*requests)
    return Experiment(simulation, data["until"], data.get("warm_up", 0.0), figures)


def _network(plugins: Plugins, table: Mapping[str, Any]) -> Network:
    _known(table, ("topology", "hardware", "link", "params"), "network")
    if "topology" not in table:
        raise InvalidInputError("network: topology is missing; 'qnetframe plugins' lists them")
    params = table.get("params", {})
    groups = split_params(params)
    groups["topology"] = {**groups.pop("protocol"), **groups["topology"]}
    network = build_network(plugins, table["topology"], table.get("hardware"), table.get("link"), groups)
    assert network is not None
    return network


def _strategy(plugins: Plugins, table: Mapping[str, Any]) -> Strategy:
    values = dict(table)
    for name in ("swapping", "interior", "endpoint", "purification"):
        if isinstance(values.get(name), str):
            values[name] = _policy(plugins, values[name])
    strategy: Strategy = _made(Strategy, values, "strategy")
    return strategy


def _profile(memory: Mapping[str, Any], swap: Mapping[str, Any]) -> NodeProfile | None:
    """Return what replaces the hardware of all nodes; None where the file says nothing of it."""
    if not memory and not swap:
        return None
    _known(memory, ("coherence", "t1", "t2", "pauli", "efficiency"), "memory")
    kinds = [k for k in (("coherence",), ("t1", "t2"), ("pauli",)) if any(n in memory for n in k)]
    if len(kinds) > 1:
        raise InvalidInputError("memory: give one of coherence, t1 and t2, or pauli (three rates in hertz)")
    decay = Decay()
    if "coherence" in memory:
        decay = Decay.depolarizing(memory["coherence"])
    elif "pauli" in memory:
        rates = memory["pauli"]
        if not isinstance(rates, Sequence) or len(rates) != 3:
            raise InvalidInputError(f"memory: pauli is {rates!r}; it must be three rates in hertz")
        decay = Decay.pauli(*rates)
    elif kinds:
        t1 = memory.get("t1", float("inf"))
        decay = Decay.relaxation(t1, memory.get("t2", 2 * t1))
    rest = dict(swap)
    time = rest.pop("time", 0.0)
    return NodeProfile(decay, _made(SwapNoise, rest, "swap"), time, memory.get("efficiency", 1.0))


def _requests(network: Network, data: Mapping[str, Any], seed: int) -> tuple[Request, ...]:
    given = data.get("requests", [])
    if not isinstance(given, Sequence) or not all(isinstance(r, Mapping) for r in given):
        raise InvalidInputError("requests must be tables: [[requests]]")
    found = [_made(Request, _open_ended(r), "requests") for r in given]
    if "poisson" in data:
        table = dict(_table(data, "poisson"))
        more = ("rate", "count", "ends", *(f.name for f in dataclasses.fields(Request)))
        _known(table, [m for m in more if m not in ("source", "target", "arrival", "strategy")], "poisson")
        for name in ("rate", "count"):
            if name not in table:
                raise InvalidInputError(f"poisson: {name} is missing")
        if "ends" in table:
            table["ends"] = [tuple(e) for e in table["ends"]]
        found += poisson_requests(network, seed=seed, **_open_ended(table))
    return tuple(found)


def _open_ended(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request's values, "pairs = 'all'" being as many as come."""
    return {k: None if k == "pairs" and v == "all" else v for k, v in table.items()}


def _policy(plugins: Plugins, name: Any) -> Any:
    """Return the policy of a plugin by name; other names are left to the simulation."""
    return (
        plugins.make("policy", name) if isinstance(name, str) and name in plugins.catalog("policy") else name
    )


def _made(kind: Callable[..., Any], table: Any, where: str) -> Any:
    if not isinstance(table, Mapping):
        raise InvalidInputError(f"{where} is {table!r:.60}; it must be a table")
    allowed = [p for p in inspect.signature(kind).parameters]
    _known(table, allowed, where)
    missing = [
        p.name for p in inspect.signature(kind).parameters.values()
        if p.default is inspect.Parameter.empty and p.name not in table
    ]  # fmt: skip
    if missing:
        raise InvalidInputError(f"{where}: {', '.join(missing)} is missing")
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in table.items()})


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = data.get(name, {})
    if not isinstance(table, Mapping):
        raise InvalidInputError(f"{name} is {table!r:.60}; it must be a table, [{name}]")
    return table


def _known(table: Mapping[str, Any], allowed: Sequence[str], where: str) -> None:
    for key in table:
        if key not in allowed:
            raise InvalidInputError(f"{where}: unknown key {key!r}; allowed: {', '.join(allowed)}")
