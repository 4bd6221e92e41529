"""The structural types and specs that plugins meet: a plugin inherits nothing."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from qnetframe.errors import InvalidInputError
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.circuit import Circuit
from qnetframe.tasks import Outcome, Task
from qnetframe.values import Branch, ConditionLike, Estimate, Samples, StateEstimate

if typing.TYPE_CHECKING:
    from qnetframe.network import Network
    from qnetframe.program.program import Program

# The plugin API that this qnetframe has, and the oldest that it still takes. A change that would break
# plugins raises the first; the second follows one minor release later at the earliest, and until then
# ``qnetframe plugins`` lists what is outdated.
API_VERSION = 1
OLDEST_API_VERSION = 1


class Executable(typing.Protocol):
    """A compiled circuit."""

    def sample(self, shots: int, seed: int) -> Samples:
        """Return every declared output of every shot; the circuit has no save, expect or require."""
        ...

    def exact(self) -> Iterable[Branch]:
        """Return every exact branch; probabilities add up to the probability of acceptance."""
        ...

    # Optional, used where present:
    # detect(shots, seed): the values of detectors and observables.
    # bind(circuit): the executable of a circuit that differs from this one in the angles of its gates only,
    #   without compiling again, or None. What it gives must not depend on whether it was bound.
    # submit(shots, seed) -> job id, status(job id) -> "DONE", "ERROR", "CANCELLED" or anything that means
    #   not yet, retrieve(job id) -> Samples: a queued device, for sweeps, which keep the ids and collect the
    #   samples later, maybe in another process. `queued` False says that sample() is just as good.


class Backend(typing.Protocol):
    """An engine that runs circuits."""

    def compile(self, circuit: Circuit) -> Executable:
        """Return the circuit ready to run; UnsupportedError names the operation that cannot be done."""
        ...


class Result(typing.Protocol):
    """What one program gave: estimates with error bars, 0 when exact."""

    @property
    def method(self) -> str:
        """How the figures came about: "exact", "exact table" or "native"."""
        ...

    def probability(self, condition: ConditionLike) -> Estimate:
        """Return the probability that a condition on declared outputs holds."""
        ...

    def distribution(self, *bits: Any) -> Mapping[tuple[int, ...], Estimate]:
        """Return the joint distribution of bits or parities (all declared outputs without any)."""
        ...

    def expectation(self, label: str) -> Estimate:
        """Return the expectation that ``expect`` labelled."""
        ...

    def state(self, label: str) -> StateEstimate:
        """Return the density matrix that ``save`` labelled, averaged over all branches."""
        ...

    @property
    def success_probability(self) -> Estimate:
        """The probability that every ``require`` holds."""
        ...


class Session(typing.Protocol):
    """What a protocol gets: its network, a seeded generator, and a way to run programs."""

    network: Network | None
    rng: np.random.Generator

    def run(self, program: Program) -> Result:
        """Run a program, exactly or sampled as the user asked."""
        ...

    def route(self) -> tuple[str, ...]:
        """Return the node names from one end of the network to the other; ("alice", "bob") without one."""
        ...


class Protocol(typing.Protocol):
    """A quantum-network protocol, written once for exact and sampled runs."""

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Run the protocol and return its figures by name."""
        ...


class TaskKind(typing.Protocol):
    """What a kind of task means: a pack defines one to have its own results swept and stored."""

    def perform(self, settings: Mapping[str, Any], seed: int) -> Mapping[str, Estimate] | Outcome:
        """Compute it and return estimates by name; all random numbers follow from ``seed``.

        A pack that has more to say (``info``, ``versions``) returns an ``Outcome``, whose task and times are
        filled in. Whatever it raises makes the task a failed one; UnsupportedError a refused one. A kind may
        also have ``check(settings)``, which raises InvalidInputError before any task of a sweep runs.
        """
        ...


Perform = Callable[[Task], Outcome]


class Executor(typing.Protocol):
    """A place where tasks run."""

    @property
    def workers(self) -> int:
        """How many tasks run at once."""
        ...

    def run(self, tasks: Iterable[Task], perform: Perform) -> Iterator[Outcome]:
        """Yield the outcome of every task as it comes, in any order; closing the iterator stops the workers.

        ``perform`` can be pickled and never raises an Exception. Tasks are taken from the iterable only a
        few ahead of the workers. A task whose worker died is run again, by the third time it is failed.
        """
        ...


@dataclass(frozen=True)
class Spec:
    """A name, a factory that imports its SDK only when called, and a one-line summary.

    The parameters of the factory are its typed signature, from which validation, CLI options and help are
    built.
    """

    name: str
    factory: Callable[..., Any]
    summary: str
    api_version: int = API_VERSION

    def __post_init__(self) -> None:
        if (
            not isinstance(self.name, str)
            or not self.name
            or any(c.isspace() or c in ",=." for c in self.name)
        ):
            raise InvalidInputError(
                f"spec name is {self.name!r}; it must be a word without spaces, ',', '=' or '.'"
            )
        if not callable(self.factory):
            raise InvalidInputError(f"spec {self.name!r}: factory is {self.factory!r}; it must be callable")
        if not isinstance(self.summary, str) or not self.summary or "\n" in self.summary:
            raise InvalidInputError(
                f"spec {self.name!r}: summary is {self.summary!r}; it must be one line of text"
            )


@dataclass(frozen=True)
class BackendSpec(Spec):
    """factory(**options) -> Backend, with the capabilities of each of its methods (first fit is taken).

    ``sdks`` are the distribution names whose versions a result records.
    """

    capabilities: tuple[Capabilities, ...] = ()
    sdks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.capabilities or not all(isinstance(c, Capabilities) for c in self.capabilities):
            raise InvalidInputError(f"backend spec {self.name!r} needs at least one Capabilities")


@dataclass(frozen=True)
class ChannelSpec(Spec):
    """factory(**params) -> Channel."""


@dataclass(frozen=True)
class ProtocolSpec(Spec):
    """factory(**params) -> Protocol."""


@dataclass(frozen=True)
class TopologySpec(Spec):
    """factory(**params) -> Network."""


@dataclass(frozen=True)
class HardwareSpec(Spec):
    """factory(**params) -> Hardware."""


@dataclass(frozen=True)
class LinkSpec(Spec):
    """factory(**params) -> LinkModel."""


@dataclass(frozen=True)
class ExecutorSpec(Spec):
    """factory(**params) -> Executor, which runs tasks."""


@dataclass(frozen=True)
class PolicySpec(Spec):
    """factory(**params) -> a function that a simulation takes: a routing, a swapping, a queue, a program."""


@dataclass(frozen=True)
class TaskSpec(Spec):
    """factory() -> TaskKind, what tasks of the kind ``name`` mean."""


@dataclass(frozen=True)
class CommandSpec(Spec):
    """factory() -> typer.Typer, the commands below ``qnetframe NAME``, imported when it is called."""


@dataclass(frozen=True)
class Kind:
    """One kind of things that plugins offer by name through ``hook``, as specs of type ``spec``.

    ``returns`` says what a factory must return and ``fits`` tests it. ``checks`` is "module:NAME" of a
    mapping of conformance checks, functions of (spec, make) by name, which ``qnetframe.testing.kind_tests``
    and ``qnetframe check`` run. A pack declares kinds of its own: it puts them in ``KINDS`` of the module of
    hookspecs that it declares in ``qnetframe_hooks``.
    """

    name: str
    hook: str
    spec: type[Spec]
    returns: str
    fits: Callable[[Any], bool] = lambda value: value is not None
    checks: str = ""
