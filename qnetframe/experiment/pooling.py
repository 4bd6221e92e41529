"""Results of the same circuit put together, and a protocol run batch by batch on all shots so far."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from qnetframe.api import BackendSpec
from qnetframe.errors import UnsupportedError
from qnetframe.experiment.adaptive import Stop, batches
from qnetframe.experiment.networks import find_route
from qnetframe.experiment.result import ProgramResult
from qnetframe.experiment.run import RunResult, checked_estimates, versions_of
from qnetframe.experiment.session import Placing, Record, RunSession
from qnetframe.experiment.setup import Setup
from qnetframe.experiment.tables import joined_table
from qnetframe.network import Network
from qnetframe.plugins import Plugins
from qnetframe.program.program import Program
from qnetframe.values import Estimate


def pooled(first: ProgramResult, second: ProgramResult) -> ProgramResult:
    """Return the result of all shots of two sampled results of the same circuit."""
    tables = tuple(joined_table(a, b) for a, b in zip(first.tables, second.tables, strict=True))
    shots = (first.shots or 0) + (second.shots or 0)
    return ProgramResult(first.circuit, first.method, shots, first.branches, tables)


class _Batch:
    """The session of one batch: every program gives the result of its shots so far and these together."""

    def __init__(self, inner: RunSession, before: list[Record], protocol: str) -> None:
        self._inner, self._before, self._protocol = inner, before, protocol
        self.network: Network | None = inner.network
        self.rng = inner.rng
        self.records: list[Record] = []

    def route(self) -> tuple[str, ...]:
        return self._inner.route()

    def run(self, program: Program) -> ProgramResult:
        result = self._inner.run(program)
        record, index = self._inner.records[-1], len(self.records)
        if self._before:
            if index >= len(self._before) or result.circuit != self._before[index].result.circuit:
                raise UnsupportedError(
                    f"protocol {self._protocol!r} runs other programs in its second batch than in its first, "
                    "so that shots cannot be added until they are enough; give a number of shots"
                )
            result = pooled(self._before[index].result, result)
        self.records.append(Record(record.program, record.placed, result, record.plan, record.seconds))
        return result


def run_adaptively(
    plugins: Plugins, setup: Setup, spec: BackendSpec, backend: Any, stop: Stop, seed: int, placing: Placing
) -> RunResult:
    """Run a protocol batch by batch; its figures are those of all shots together. See ``Stop``."""
    if placing.ends is not None or placing.route_by != "length":
        find_route(setup.network, placing.ends, placing.route_by)
    others = tuple(plugins.backends.values())
    records: list[Record] = []

    def more(number: int, shots: int) -> Mapping[str, Estimate]:
        nonlocal records
        inner = RunSession(spec, backend, setup.network, shots, seed, placing, others, batch=number)
        batch = _Batch(inner, records, setup.name)
        estimates = checked_estimates(setup.name, setup.protocol.run(batch))
        records = batch.records
        return estimates

    start = time.perf_counter()
    *_, (total, estimates) = batches(stop, more)
    seconds = time.perf_counter() - start
    versions = versions_of(spec, plugins)
    return RunResult(setup.name, spec.name, estimates, total, seed, seconds, versions, tuple(records))
