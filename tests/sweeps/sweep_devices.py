"""Backends for the tests of sweeps: one that counts what it compiles, and a device whose jobs are files."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qnetframe.api import BackendSpec, ProtocolSpec
from qnetframe.builtin.reference import ReferenceBackend
from qnetframe.hookspecs import hookimpl
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.program import Program
from qnetframe.program.sampling import sample_branches

EXACT = Capabilities("counted", exact=True, max_qubits=8)
SAMPLES = Capabilities("device", exact=False, max_qubits=8)
COMPILED, BOUND, COMPUTED, _RUNS = [], [], [], []


@dataclass
class CountedExecutable:
    circuit: object
    binds: bool = False

    def __post_init__(self):
        if self.binds:
            self.bind = self._bind

    def _bind(self, circuit):
        BOUND.append(circuit)
        return CountedExecutable(circuit)

    def exact(self):
        COMPUTED.append(self.circuit)
        return ReferenceBackend().compile(self.circuit).exact()

    def sample(self, shots, seed):
        return sample_branches(self.circuit, ReferenceBackend().compile(self.circuit).exact(), shots, seed)


@dataclass
class CountedBackend:
    binds: bool

    def compile(self, circuit):
        COMPILED.append(circuit)
        return CountedExecutable(circuit, self.binds)


def counted(binds: bool = False) -> CountedBackend:
    return CountedBackend(binds)


@dataclass
class QueueExecutable:
    """A device whose queue is a folder: a job is done when it has been asked for ``polls`` times."""

    circuit: object
    folder: Path
    polls: int

    def sample(self, shots, seed):
        raise AssertionError("a queued device is never waited for in a sweep")

    def exact(self):
        raise AssertionError("a device has no branches")

    def submit(self, shots, seed):
        name = f"job{len(list(self.folder.iterdir()))}"
        (self.folder / name).write_text(json.dumps({"shots": shots, "seed": seed, "asked": 0}))
        return name

    def _job(self, name):
        return json.loads((self.folder / name).read_text())

    def status(self, name):
        job = self._job(name)
        job["asked"] += 1
        (self.folder / name).write_text(json.dumps(job))
        if job.get("broken"):
            return "ERROR"
        return "done" if job["asked"] > self.polls else "QUEUED"

    def retrieve(self, name):
        job = self._job(name)
        branches = ReferenceBackend().compile(self.circuit).exact()
        return sample_branches(self.circuit, branches, job["shots"], job["seed"])


@dataclass
class QueueBackend:
    folder: str
    polls: int

    def compile(self, circuit):
        return QueueExecutable(circuit, Path(self.folder), self.polls)


def queue(folder: str, polls: int = 1) -> QueueBackend:
    return QueueBackend(folder, polls)


@dataclass(frozen=True)
class Turn:
    """One qubit turned by an angle, twice: P(1) = sin²(angle/2), and <X> = sin(angle)."""

    angle: float = 0.3
    fickle: bool = False

    def run(self, session):
        _RUNS.append(self)
        p = Program("turn")
        q = p.qubit("alice", "q")
        p.ry(self.angle, q)
        p.output(p.measure(q))
        one = session.run(p).probability(p.circuit().outputs[0].label)
        p2 = Program("turn in x")
        q = p2.qubit("alice", "q")
        p2.ry(self.angle + (len(_RUNS) if self.fickle else 0), q)
        p2.expect("x", {q: "X"})
        return {"one": one, "x": session.run(p2).expectation("x")}


@hookimpl
def qnetframe_backends() -> Iterator[BackendSpec]:
    yield BackendSpec("counted", counted, "counts what it compiles", capabilities=(EXACT,))
    yield BackendSpec("queue", queue, "a device whose jobs are files", capabilities=(SAMPLES,))


@hookimpl
def qnetframe_protocols() -> Iterator[ProtocolSpec]:
    yield ProtocolSpec("turn", Turn, "one qubit, turned")
