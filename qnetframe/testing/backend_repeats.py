"""What every backend must do: give the same numbers for the same seed, whatever ran before or elsewhere."""

from __future__ import annotations

import sys

from qnetframe.api import Backend, BackendSpec
from qnetframe.program.circuit import Circuit
from qnetframe.program.program import Program
from qnetframe.testing.fresh_process import digest, run_in_fresh_process
from qnetframe.testing.kit import CapabilityMiss, Check, Make
from qnetframe.testing.probing import samples_of, sampling_method
from qnetframe.testing.spec_checks import spec_pickles
from qnetframe.values import BitArray

SHOTS = 200


def _coins(number: int, name: str = "coins") -> Circuit:
    """Return a circuit of fair outcomes: equal shots by chance are out of the question."""
    p = Program(name)
    for qubit in p.qubits("alice", *(f"q{i}" for i in range(number))):
        p.h(qubit)
        p.measure(qubit)
    return p.circuit()


def _pair() -> Circuit:
    p = Program("pair")
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b)
    p.measure(a), p.measure(b)
    return p.circuit()


TASKS: tuple[tuple[Circuit, int], ...] = ((_coins(4), 1), (_pair(), 2), (_coins(2), 3), (_coins(4), 4))


def _bits(spec: BackendSpec, backend: Backend, circuit: Circuit, seed: int) -> BitArray:
    return samples_of(spec, lambda: backend, circuit, seed, SHOTS).bits()


def seeds(spec: BackendSpec, make: Make) -> None:
    """The same seed gives the same shots, another seed others."""
    circuit = _coins(4)
    first, again, other = (samples_of(spec, make, circuit, seed, SHOTS).bits() for seed in (1, 1, 2))
    assert (first == again).all(), "the same seed gave other numbers"
    assert (first != other).any(), "another seed gave the same numbers"


def seeds_of_one_executable(spec: BackendSpec, make: Make) -> None:
    """A compiled circuit may be sampled again: the same seed gives the same shots, and exact stays exact."""
    circuit = _coins(4)
    sampling_method(spec, circuit)
    executable = make().compile(circuit)
    first, other, again = (executable.sample(SHOTS, seed).bits() for seed in (1, 2, 1))
    assert (first == again).all(), "the same seed gave other numbers the second time"
    assert (first != other).any(), "another seed gave the same numbers"


def shots_are_independent(spec: BackendSpec, make: Make) -> None:
    """Shots are not repeated: of 200 shots of 4 fair coins about 12.5 are alike, never half of them.

    The chance of 60 or more alike is below 1e-20 (binomial tail, p = 1/16).
    """
    counts = samples_of(spec, make, _coins(4), 11, SHOTS).counts()
    assert max(counts.values()) < 60, f"one outcome of sixteen equal ones came {max(counts.values())} times"


def no_state_between_runs(spec: BackendSpec, make: Make) -> None:
    """Running a circuit, then another, then the first again gives the first result again."""
    backend = make()
    first = _bits(spec, backend, _pair(), 1)
    _bits(spec, backend, _coins(2), 2)
    assert (_bits(spec, backend, _pair(), 1) == first).all(), "what ran in between changed the shots"


def order_does_not_matter(spec: BackendSpec, make: Make) -> None:
    """Circuits give the same shots in any order of running, on one backend or on a fresh one for each."""
    forward, backward = make(), make()
    ahead = {i: _bits(spec, forward, c, s) for i, (c, s) in enumerate(TASKS)}
    for i, (circuit, seed) in reversed(list(enumerate(TASKS))):
        assert (_bits(spec, backward, circuit, seed) == ahead[i]).all(), "another order gave other shots"
        assert (_bits(spec, make(), circuit, seed) == ahead[i]).all(), "a fresh backend gave other shots"


def another_process_agrees(spec: BackendSpec, make: Make) -> None:
    """A worker process gives the same shots, in any order: its number, clock and salt are in no seed.

    ``make`` tells the worker its parameters by its attribute ``params``, where it has one.
    """
    for circuit, _ in TASKS:
        sampling_method(spec, circuit)
    if getattr(spec.factory, "__module__", "__main__") not in sys.modules.keys() - {"__main__"}:
        raise CapabilityMiss("its factory is in no module that another process could import")
    spec_pickles(spec, make)
    here = [digest(_bits(spec, make(), circuit, seed)) for circuit, seed in TASKS]
    tasks = [(circuit.to_json(), SHOTS, seed) for circuit, seed in reversed(TASKS)]
    there = run_in_fresh_process(spec, getattr(make, "params", {}), tasks).digests
    assert there[::-1] == here, "another process gave other shots for the same seeds"


def some_shots_and_many(spec: BackendSpec, make: Make) -> None:
    """One shot is one shot, and 70,000 (more than one chunk of the host) are 70,000, for any seed."""
    for shots, seed in ((1, 0), (70_000, 2**31 - 1)):
        assert samples_of(spec, make, _pair(), seed, shots).bits().shape == (shots, 2)


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        seeds, seeds_of_one_executable, shots_are_independent, no_state_between_runs, order_does_not_matter,
        another_process_agrees, some_shots_and_many,
    )
}  # fmt: skip
