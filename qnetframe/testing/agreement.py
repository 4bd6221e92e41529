"""Assertions that an engine agrees with the reference backend, by the host's own comparison."""

from __future__ import annotations

from collections.abc import Sequence

from qnetframe.api import Backend
from qnetframe.builtin.reference import ReferenceBackend
from qnetframe.experiment.agreement import EXACT_TOLERANCE, branch_deviation, check_pair
from qnetframe.experiment.result import ProgramResult
from qnetframe.experiment.settings import Setting
from qnetframe.experiment.tables import sampled_table
from qnetframe.program.circuit import Circuit
from qnetframe.values import Branch, Samples

# Branches less probable than this may be there or be pruned.
NEGLIGIBLE = 1e-10


def assert_same_branches(
    found: Sequence[Branch], expected: Sequence[Branch], tolerance: float = EXACT_TOLERANCE
) -> None:
    """Check that two lists have the same outputs, once each, with the same probabilities and states."""
    ours, theirs = ({b.outputs: b for b in some if b.probability > NEGLIGIBLE} for some in (found, expected))
    assert len({b.outputs for b in found}) == len(found), "some outputs have more than one branch"
    assert ours.keys() == theirs.keys(), f"branches of one list only: {sorted(ours.keys() ^ theirs.keys())}"
    for key, branch in ours.items():
        assert (branch.state is None) == (theirs[key].state is None), f"one state of {key} is missing"
    gap, where = branch_deviation(tuple(ours.values()), tuple(theirs.values()))
    assert gap < tolerance, f"branches differ by {gap} at {where}"


def assert_exact(backend: Backend, circuit: Circuit) -> list[Branch]:
    """Check a backend's branches of a circuit against the reference, and return them."""
    branches = list(backend.compile(circuit).exact())
    assert_same_branches(branches, ReferenceBackend().compile(circuit).exact())
    return branches


def assert_sampled(
    backend: Backend, circuit: Circuit, shots: int, seed: int, false_alarm: float = 1e-6
) -> Samples:
    """Check a backend's samples of a circuit against the reference's distribution, and return them.

    Every outcome and every output by itself is tested with exact binomial tails; a right backend fails with
    probability ``false_alarm`` at most. An outcome that cannot happen is a failure wherever it is seen.
    """
    samples = backend.compile(circuit).sample(shots, seed)
    assert samples.labels == tuple(o.label for o in circuit.outputs), "the columns are the declared outputs"
    assert samples.shots == shots, f"asked for {shots} shots, got {samples.shots}"
    branches = tuple(ReferenceBackend().compile(circuit).exact())
    impossible = samples.counts().keys() - {b.outputs for b in branches}
    assert not impossible, f"outcomes that cannot happen were sampled: {sorted(impossible)}"
    sampled = ProgramResult(circuit, "native", shots, None, (sampled_table(circuit, samples, Setting(())),))
    check = check_pair(sampled, ProgramResult(circuit, "exact", None, branches, ()))
    assert check.tests, "nothing was compared"
    assert check.p_value is not None and check.p_value > false_alarm / check.tests, f"samples differ: {check}"
    return samples


def assert_seed_decides(backend: Backend, circuit: Circuit, shots: int = 300) -> None:
    """Check that a seed gives the same shots whenever it is used, and another seed others.

    The outputs must be uncertain enough that equal shots by chance are out of the question.
    """
    executable = backend.compile(circuit)
    first, second = executable.sample(shots, 5).bits(), executable.sample(shots, 5).bits()
    assert (first == second).all(), "the same seed gave other shots the second time"
    assert (first == backend.compile(circuit).sample(shots, 5).bits()).all(), (
        "compiling again changed the shots"
    )
    assert (first != executable.sample(shots, 6).bits()).any(), "another seed gave the same shots"
