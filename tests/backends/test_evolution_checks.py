"""The checks of engines that evolve density matrices pass a right engine and catch broken ones."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from qnetframe.builtin.reference import ReferenceBackend
from qnetframe.program.branches import Evolve, Segment
from qnetframe.program.circuit import Circuit
from qnetframe.program.density import evolve as evolve_stack
from qnetframe.program.exact import exact_branches
from qnetframe.program.operations import Gate, Measure, Noise, Reset, Unitary, freeze
from qnetframe.testing.agreement import (
    assert_exact,
    assert_same_branches,
    assert_sampled,
    assert_seed_decides,
)
from qnetframe.testing.evolution_checks import CHECKS
from qnetframe.testing.programs import PROGRAMS, SAMPLED, clifford_teleportation, teleportation
from qnetframe.values import Samples


def right(segments):
    return [evolve_stack([s])[0] for s in segments]


def rewritten(change):
    return lambda segments: right([replace(s, operations=tuple(map(change, s.operations))) for s in segments])


def of_kind(kind, change):
    return rewritten(lambda o: change(o) if isinstance(o, kind) else o)


NOTHING = Gate("id", ("a",))
BROKEN = {
    "resets are dropped": ("reset", of_kind(Reset, lambda o: replace(NOTHING, qubits=(o.qubit,)))),
    "noise is dropped": ("channel 2", of_kind(Noise, lambda o: replace(NOTHING, qubits=o.qubits[:1]))),
    "gates are reversed": ("gate cx", of_kind(Gate, lambda o: replace(o, qubits=o.qubits[::-1]))),
    "channels are reversed": ("pauli 3", of_kind(Noise, lambda o: replace(o, qubits=o.qubits[::-1]))),
    "matrices are transposed": (
        "unitary 2",
        of_kind(Unitary, lambda o: replace(o, matrix=freeze(np.array(o.matrix).T))),
    ),
    "states are transposed": (
        "cut random 5",
        lambda segments: right([Segment(s.qubits, s.operations, s.initial().T) for s in segments]),
    ),
    "single precision": (
        "cut measurements",
        lambda segments: [r.astype(np.complex64).astype(complex) for r in right(segments)],
    ),
    "weights are lost": ("linear at 1e-14", lambda segments: [r / np.trace(r) for r in right(segments)]),
}


@dataclass
class Engine:
    evolve: Evolve
    max_branches: int = 4096
    circuit: Circuit | None = None

    def compile(self, circuit):
        return replace(self, circuit=circuit)

    def exact(self):
        return exact_branches(self.circuit, self.evolve, self.max_branches)


@pytest.mark.parametrize("check", CHECKS)
def test_a_right_engine_passes(check):
    CHECKS[check](lambda **options: Engine(right, **options), right)


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_engines_are_caught(fault):
    check, evolve = BROKEN[fault]
    with pytest.raises(AssertionError):
        CHECKS[check](lambda **options: Engine(evolve, **options), evolve)


def test_the_written_programs_use_every_operation():
    kinds = {o.kind for make in (*PROGRAMS.values(), *SAMPLED.values()) for o in make().operations}
    assert kinds >= {
        "gate", "unitary", "prepare", "measure", "reset", "entangle", "noise", "erase", "coin", "require", "save",
    }  # fmt: skip


# ---- comparisons -----------------------------------------------------------------------------------


def test_branches_that_differ_are_told_apart():
    branches = assert_exact(ReferenceBackend(), teleportation().circuit())
    assert_same_branches(branches, branches)
    first, *rest = branches
    for wrong in (rest, [*branches, first], [replace(first, state=None), *rest],
                  [replace(first, state=first.state.T), *rest],
                  [replace(first, probability=0.25 + 2e-9), *rest]):  # fmt: skip
        with pytest.raises(AssertionError):
            assert_same_branches(wrong, branches)


@dataclass
class Changed:
    """The reference with the circuit's measurements changed, and perhaps one seed for all."""

    change: dict
    seed: int | None = None
    circuit: Circuit | None = None

    def compile(self, circuit):
        changed = circuit.replace(
            replace(o, **self.change) if isinstance(o, Measure) else o for o in circuit.operations
        )
        return replace(self, circuit=changed)

    def sample(self, shots, seed):
        seed = seed if self.seed is None else self.seed
        return ReferenceBackend().compile(self.circuit).sample(shots, seed)


@pytest.mark.parametrize("change", [{"basis": "x"}, {"readout": (0.0, 0.0)}, {"readout": (0.1, 0.02)}])
def test_samples_that_differ_are_told_apart(change):
    circuit = SAMPLED["noisy_teleportation"]().circuit()
    assert_sampled(ReferenceBackend(), circuit, 5000, seed=1)
    with pytest.raises(AssertionError, match="samples differ"):
        assert_sampled(Changed(change), circuit, 5000, seed=1)


def test_one_shot_of_an_impossible_outcome_is_enough():
    circuit = SAMPLED["constant"]().circuit()
    with pytest.raises(AssertionError, match="cannot happen"):
        assert_sampled(_Zero(), circuit, 1, seed=1)


class _Zero:
    def compile(self, circuit):
        self.labels = [o.label for o in circuit.outputs]
        return self

    def sample(self, shots, seed):
        return Samples.from_bits(self.labels, np.zeros((shots, len(self.labels)), dtype=bool), "native")


def test_a_seed_that_is_ignored_is_seen():
    circuit = clifford_teleportation().circuit()
    assert_seed_decides(ReferenceBackend(), circuit)
    with pytest.raises(AssertionError, match="another seed"):
        assert_seed_decides(Changed({}, seed=3), circuit)
