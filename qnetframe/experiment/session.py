"""The session that a protocol runs in: its network, its random numbers, and the record of what it ran."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from qnetframe.api import Backend, BackendSpec
from qnetframe.experiment.engine import run_circuit
from qnetframe.experiment.networks import RouteBy, find_route
from qnetframe.experiment.planning import Plan
from qnetframe.experiment.result import ProgramResult
from qnetframe.network import Network
from qnetframe.placement import Placed, place
from qnetframe.program.passes.twirling import pauli_twirl
from qnetframe.program.program import Program


@dataclass(frozen=True)
class Placing:
    """How programs are put on the network; see ``place``. ``twirl`` applies the Pauli twirl explicitly.

    ``edit`` replaces what was placed by what is run. ``ends`` and ``route_by`` are those of ``find_route``.
    """

    nodes: Mapping[str, str] | None = None
    waiting: Literal["none", "mean"] = "none"
    routing: Literal["refuse", "swap"] = "refuse"
    twirl: bool = False
    edit: Callable[[Placed], Placed] | None = None
    ends: tuple[str, str] | None = None
    route_by: RouteBy = "length"


@dataclass(frozen=True)
class Record:
    """One program that a session ran."""

    program: Program
    placed: Placed
    result: ProgramResult
    plan: Plan
    seconds: float


@dataclass
class RunSession:
    """The session of one protocol run on one backend; see ``qnetframe.api.Session``."""

    spec: BackendSpec
    backend: Backend
    network: Network | None = None
    shots: int | None = None
    seed: int = 0
    placing: Placing = Placing()
    others: tuple[BackendSpec, ...] = ()
    batch: int = 0
    records: list[Record] = field(default_factory=list)
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(np.random.SeedSequence(self.seed))

    def run(self, program: Program) -> ProgramResult:
        """Place a program, run it, and keep the record."""
        start = time.perf_counter()
        result, placed, plan = run_placed(
            program, self.spec, self.backend, self.network, self.shots,
            program_seed(self.seed, self.spec.name, len(self.records), self.batch), self.placing, self.others,
        )  # fmt: skip
        self.records.append(Record(program, placed, result, plan, time.perf_counter() - start))
        return result

    def route(self) -> tuple[str, ...]:
        """Return the node names from one end to the other: those asked for, or those of the network."""
        return find_route(self.network, self.placing.ends, self.placing.route_by)


def program_seed(seed: int, backend: str, index: int, batch: int = 0) -> np.random.SeedSequence:
    """Return the seed of a session's index-th program: its own for each backend, in any order of running.

    Further batches of shots have seeds of their own.
    """
    key = (zlib.crc32(backend.encode()), index, *([batch] if batch else []))
    return np.random.SeedSequence(seed, spawn_key=key)


def run_placed(
    program: Program,
    spec: BackendSpec,
    backend: Backend,
    network: Network | None,
    shots: int | None,
    seed: np.random.SeedSequence,
    placing: Placing,
    others: Iterable[BackendSpec] = (),
) -> tuple[ProgramResult, Placed, Plan]:
    """Place a program on a network and run its circuit."""
    placed = place(program, network, nodes=placing.nodes, waiting=placing.waiting, routing=placing.routing)
    if placing.edit is not None:
        placed = placing.edit(placed)
    circuit = pauli_twirl(placed.circuit) if placing.twirl else placed.circuit
    result, plan = run_circuit(circuit, spec, backend, shots, seed, others)
    return result, placed, plan
