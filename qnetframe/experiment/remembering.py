"""A backend that compiles each circuit once for many tasks, and remembers exact branches and queued jobs."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

import numpy as np

from qnetframe.api import Backend, Executable
from qnetframe.errors import QnetframeError
from qnetframe.program.circuit import Circuit
from qnetframe.program.codec import encode_operation
from qnetframe.program.operations import Gate
from qnetframe.program.passes.binding import bind_passes, shape
from qnetframe.values import Branch, Samples

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# What is kept for one backend: so many executables and circuits, and branches with so many numbers in all
# (64 MB).
_EXECUTABLES = 64
_NUMBERS = 4 << 20


class JobsWaiting(QnetframeError):
    """A queued device has not run everything yet; the ids of the jobs are where the backend keeps them."""


def skeleton(circuit: Circuit) -> str:
    """Return what circuits share that differ in the angles of their gates only."""
    operations = []
    for operation in circuit.operations:
        encoded = encode_operation(operation)
        operations.append({**encoded, "params": None} if isinstance(operation, Gate) else encoded)
    return json.dumps([circuit.qubits, operations, [(o.label, str(o.parity)) for o in circuit.outputs]])


class CompiledOnce:
    """The executables of one backend, made once for each circuit; the oldest are forgotten.

    Where an executable has ``bind(circuit)``, it gives that of a circuit that differs in angles only. The
    passes of the host are run once for all circuits that differ in values only.
    """

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._executables: OrderedDict[str, Executable] = OrderedDict()
        self._alike: OrderedDict[str, Executable] = OrderedDict()
        self._circuits: OrderedDict[str, Circuit] = OrderedDict()
        self._shapes: OrderedDict[Hashable, Circuit] = OrderedDict()
        self._branches: OrderedDict[str, tuple[Branch, ...]] = OrderedDict()
        self._numbers = 0

    def known(self, circuit: Circuit) -> Circuit:
        """Return an equal circuit with what its passes made, or this one, bound to those of one like it."""
        key = circuit.content_hash
        if key in self._circuits:
            self._circuits.move_to_end(key)
            return self._circuits[key]
        form = shape(circuit)
        if form in self._shapes:
            self._shapes.move_to_end(form)
            bind_passes(circuit, self._shapes[form])
        else:
            _remember(self._shapes, form, circuit)
        _remember(self._circuits, key, circuit)
        return circuit

    def executable(self, circuit: Circuit) -> Executable:
        """Return the executable of a circuit, from memory, bound to its angles, or compiled."""
        key = circuit.content_hash
        if key not in self._executables:
            _remember(self._executables, key, self._bound(circuit) or self._compiled(circuit))
        self._executables.move_to_end(key)
        return self._executables[key]

    def _bound(self, circuit: Circuit) -> Executable | None:
        alike = self._alike.get(skeleton(circuit)) if self._alike else None
        bound: Executable | None = None if alike is None else alike.bind(circuit)  # type: ignore[attr-defined]
        return bound

    def _compiled(self, circuit: Circuit) -> Executable:
        executable = self.backend.compile(circuit)
        if callable(getattr(executable, "bind", None)):
            _remember(self._alike, skeleton(circuit), executable)
        return executable

    def branches(self, circuit: Circuit) -> Iterable[Branch]:
        """Return the exact branches of a circuit, computed once."""
        key = circuit.content_hash
        if key not in self._branches:
            found = tuple(self.executable(circuit).exact())
            self._branches[key] = found
            self._numbers += _size(found)
            while self._numbers > _NUMBERS and self._branches:
                self._numbers -= _size(self._branches.popitem(last=False)[1])
            return found
        self._branches.move_to_end(key)
        return self._branches[key]


def _remember(memory: OrderedDict[K, V], key: K, value: V) -> None:
    memory[key] = value
    if len(memory) > _EXECUTABLES:
        memory.popitem(last=False)


def _size(branches: tuple[Branch, ...]) -> int:
    return sum(8 + (0 if b.state is None else int(np.size(b.state))) for b in branches)


class TaskBackend:
    """What a session of one task meets: the remembering backend, and the task's jobs on a queued device.

    ``jobs`` holds the id of every job by circuit, shots and seed; it grows as jobs are submitted.
    """

    def __init__(self, once: CompiledOnce, jobs: dict[str, str]) -> None:
        self.once, self.jobs = once, jobs
        self.method = getattr(once.backend, "method", None)

    def known(self, circuit: Circuit) -> Circuit:
        """Return the circuit, with passes that earlier tasks have run for it."""
        return self.once.known(circuit)

    def compile(self, circuit: Circuit) -> TaskExecutable:
        """Return the circuit ready to run."""
        return TaskExecutable(self.known(circuit), self.once, self.jobs)


class TaskExecutable:
    """A circuit of one task."""

    def __init__(self, circuit: Circuit, once: CompiledOnce, jobs: dict[str, str]) -> None:
        self.circuit, self.once, self.jobs = circuit, once, jobs

    def exact(self) -> Iterable[Branch]:
        """Return the exact branches."""
        return self.once.branches(self.circuit)

    def sample(self, shots: int, seed: int) -> Samples:
        """Return samples; of a queued device those of the job, which is submitted first: JobsWaiting."""
        executable: Any = self.once.executable(self.circuit)
        if not callable(getattr(executable, "submit", None)) or not getattr(executable, "queued", True):
            return executable.sample(shots, seed)  # type: ignore[no-any-return]
        key = f"{self.circuit.content_hash}:{shots}:{seed}"
        if key not in self.jobs:
            self.jobs[key] = str(executable.submit(shots, seed))
        job = self.jobs[key]
        status = str(executable.status(job)).upper()
        if status in ("ERROR", "FAILED", "CANCELLED"):
            raise QnetframeError(f"job {job!r} on the device ended as {status}; retry it to submit it anew")
        if status != "DONE":
            raise JobsWaiting(f"job {job!r} on the device is {status}")
        return executable.retrieve(job)  # type: ignore[no-any-return]
