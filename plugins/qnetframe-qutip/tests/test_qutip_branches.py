"""Exact branches of QuTiP against closed forms and against the reference backend."""

from __future__ import annotations

import pytest

from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.circuit import Circuit
from qnetframe.program.operations import Gate, Save
from qnetframe.program.program import Program
from qnetframe.testing.agreement import assert_sampled, assert_seed_decides
from qnetframe.testing.evolution_checks import CHECKS
from qnetframe.testing.programs import SAMPLED, clifford_teleportation, teleportation
from qnetframe_qutip import qutip_backend
from qnetframe_qutip.evolution import evolve

TOLERANCE = 1e-9


@pytest.mark.parametrize("check", CHECKS)
def test_evolution(check):
    CHECKS[check](qutip_backend, evolve)


def test_readout_and_order_of_outputs():
    p = Program("order")
    a, b = p.qubits("alice", "a", "b")
    p.x(b)
    p.measure(a, readout=(0.1, 0.4))
    p.measure(b, readout=(0.1, 0.4))
    p.save("kept", b, a)
    found = {branch.outputs: branch for branch in qutip_backend().compile(p.circuit()).exact()}
    wanted = {(0, 0): 0.9 * 0.4, (0, 1): 0.9 * 0.6, (1, 0): 0.1 * 0.4, (1, 1): 0.1 * 0.6}
    assert {k: v.probability for k, v in found.items()} == pytest.approx(wanted, abs=TOLERANCE)
    assert found[(0, 1)].state[1, 1].real == pytest.approx(1, abs=TOLERANCE)  # |a b> = |01>


@pytest.mark.parametrize("make", SAMPLED.values(), ids=SAMPLED)
def test_samples_follow_the_branches(make):
    assert_sampled(qutip_backend(), make().circuit(), 20_000, seed=5)


def test_the_seed_decides_the_samples():
    assert_seed_decides(qutip_backend(), clifford_teleportation().circuit())


def test_refusals():
    qubits = tuple(f"q{i}" for i in range(10))
    wide = Circuit(
        qubits,
        (Gate("h", qubits[:1]), *(Gate("cx", qubits[i : i + 2]) for i in range(9)), Save("all", qubits)),
    )
    with pytest.raises(UnsupportedError, match="10 qubits alive at once and qutip takes 9"):
        qutip_backend().compile(wide)
    with pytest.raises(InvalidInputError, match="max_branches is 0"):
        qutip_backend(max_branches=0)
    p = Program("branches")
    for q in p.qubits("alice", *(f"q{i}" for i in range(12))):
        p.h(q)
        p.measure(q)
    with pytest.raises(UnsupportedError, match="max_branches=100"):
        qutip_backend(max_branches=100).compile(p.circuit()).exact()
    executable = qutip_backend().compile(teleportation().circuit())
    for shots, seed in ((0, 1), (-3, 1), (10, -1)):
        with pytest.raises(InvalidInputError, match=r"it must be at least"):
            executable.sample(shots, seed)
