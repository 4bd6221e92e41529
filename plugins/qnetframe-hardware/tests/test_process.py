"""From a problem to a Channel that a program takes."""

import numpy as np
import pytest

from qnetframe import Program, execute
from qnetframe.channels import thermal_relaxation
from qnetframe.errors import InvalidInputError
from qnetframe_hardware.dynamics import Collapse, Problem, Term, encoded_process, process
from qnetframe_hardware.dynamics.operators import (
    LOWERING,
    PAULI_X,
    PAULI_Y,
    PAULI_Z,
    basis,
    destroy,
    embed,
    thermal,
    transition,
)


def test_relaxation_is_the_hosts_channel_and_its_fidelity():
    # T1 = 100, T2 = 80, t = 1: average gate fidelity .994201, 1/2 + e^{-t/T2}/3 + e^{-t/T1}/6.
    t1, t2 = 100.0, 80.0
    rates = [Collapse(LOWERING, 1 / t1), Collapse(PAULI_Z, (1 / t2 - 1 / (2 * t1)) / 2)]
    channel = process(Problem((2,), [], [1, 0], (0, 1.0), rates), (0,))
    assert channel.is_close(thermal_relaxation(time=1.0, t1=t1, t2=t2), 1e-10)
    assert abs(channel.average_fidelity() - 0.994201) < 1e-6
    assert abs(channel.average_fidelity() - (0.5 + np.exp(-1 / t2) / 3 + np.exp(-1 / t1) / 6)) < 1e-10


@pytest.mark.parametrize("solver", ["expm", "qutip"])
def test_a_gate_on_two_of_three_factors_in_another_order(solver):
    dims, angle = (2, 3, 2), 0.7
    h = embed(dims, (0, PAULI_Y), (2, PAULI_Z)) * angle + 0.2 * embed(dims, (2, PAULI_X))
    problem = Problem(dims, [h], basis(dims, 0, 0, 0), (0, 1.0))
    channel = process(problem, (2, 0), solver=solver)
    local = angle * np.kron(PAULI_Z, PAULI_Y) + 0.2 * np.kron(PAULI_X, np.eye(2))
    values, vectors = np.linalg.eigh(local)
    unitary = vectors @ np.diag(np.exp(-1j * values)) @ vectors.conj().T
    assert abs(channel.average_fidelity(unitary) - 1) < 1e-8


def test_the_environment_matters():
    # A conditional phase chi n: a thermal mode dephases the qubit by |sum_n p_n e^{-i chi n t}|.
    levels, chi, mean = 40, 0.5, 0.8
    dims = (2, levels)
    h = chi * embed(dims, (0, np.diag([0.0, 1.0])), (1, np.diag(np.arange(levels))))
    problem = Problem(dims, [h], basis(dims, 0, 0), (0, 1.0), truncated=(1,))
    hot = process(problem, (0,), environment={1: thermal(levels, mean)})
    assert process(problem, (0,)).is_identity
    x = mean / (1 + mean)
    expected = (1 - x) / (1 - x * np.exp(-1j * chi))
    plus = hot.apply(np.full((2, 2), 0.5))
    assert abs(2 * plus[1, 0] - expected) < 1e-9


def test_leakage_is_refused_or_counted():
    dims, angle = (3,), 0.1
    h = Term(transition(3, 2, 1), angle, plus_conjugate=True)
    problem = Problem(dims, [h], basis(dims, 0), (0, 1.0))
    with pytest.raises(InvalidInputError, match=r"0\.00498 of the population leaves the encoded levels"):
        process(problem, (0,))
    found = encoded_process(problem, (0,), leakage="mixed")
    assert abs(found.leakage - np.sin(angle) ** 2 / 2) < 1e-12 and found.engine == "expm"
    out = found.channel.apply(np.diag([0.0, 1.0]))
    assert np.allclose(np.diag(out), [np.sin(angle) ** 2 / 2, 1 - np.sin(angle) ** 2 / 2])


def test_other_levels_may_carry_the_qubit():
    h = Term(transition(4, 3, 1), 0.5, plus_conjugate=True)
    channel = process(Problem((4,), [h], basis((4,), 0), (0, np.pi)), (0,), levels={0: (1, 3)})
    assert abs(channel.average_fidelity(PAULI_X) - 1) < 1e-12


def test_a_channel_goes_straight_into_a_program():
    channel = process(Problem((2,), [], [1, 0], (0, 1.0), [Collapse(LOWERING, 0.3)]), (0,))
    p = Program("decay")
    q = p.qubit("alice", "q")
    p.x(q).noise(channel, q).save("out", q)
    assert abs(execute(p).state("out").matrix[1, 1].real - np.exp(-0.3)) < 1e-9


def test_what_follows_is_applied_last():
    problem = Problem((2,), [PAULI_X * np.pi / 2], [1, 0], (0, 1.0))
    assert process(problem, (0,), after=PAULI_X).average_fidelity() > 1 - 1e-12
    assert process(problem, (0,), after=PAULI_Z).average_fidelity(PAULI_Z @ PAULI_X) > 1 - 1e-12


@pytest.mark.parametrize(
    "given, message",
    [
        ({"subsystem": (2,)}, "subsystem factor is 2"),
        ({"subsystem": (0, 0)}, "different factors"),
        ({"subsystem": ()}, "one or more"),
        ({"subsystem": (0,), "leakage": "drop"}, "leakage is 'drop'"),
        ({"subsystem": (0,), "levels": {0: (1, 1)}}, "must differ"),
        ({"subsystem": (0,), "levels": {0: (0, 2)}}, "level of factor 0"),
        ({"subsystem": (0,), "environment": {1: np.eye(3)}}, "environment of factor 1 has shape"),
    ],
)
def test_bad_input(given, message):
    problem = Problem((2, 2), [np.eye(4)], basis((2, 2), 0, 0), (0, 1.0))
    with pytest.raises(InvalidInputError, match=message):
        process(problem, **given)


def test_a_full_edge_is_refused():
    a = destroy(5)
    dims = (2, 5)
    problem = Problem(dims, [embed(dims, (1, a + a.conj().T))], basis(dims, 0, 0), (0, 2.0), truncated=(1,))
    with pytest.raises(InvalidInputError, match="keep more levels"):
        process(problem, (0,))
