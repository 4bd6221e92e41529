"""Exact branches of Cirq against closed forms and against the reference backend, to 1e-9."""

from __future__ import annotations

import math

import pytest

from qnetframe.channels import amplitude_damping
from qnetframe.program.program import Program
from qnetframe.testing.evolution_checks import CHECKS
from qnetframe.testing.programs import repeater_chain
from qnetframe_cirq import cirq
from qnetframe_cirq.translate import ChannelGate, evolve


@pytest.mark.parametrize("check", CHECKS)
def test_evolution(check):
    CHECKS[check](cirq, evolve)


def test_a_long_chain_keeps_its_trace():
    # Cirq's own simulate() multiplies rounding errors at every reset and overflows here.
    (branch,) = cirq().compile(repeater_chain(60).circuit()).exact()
    assert branch.probability == pytest.approx(1, abs=1e-12)


def test_numbers_are_double_precision():
    p = Program("double")
    q = p.qubit("alice", "q")
    p.prepare(q, [math.cos(1e-5), math.sin(1e-5)]).measure(q)
    small = cirq().compile(p.circuit()).exact()[1].probability
    assert small == pytest.approx(math.sin(1e-5) ** 2, rel=1e-9)


def test_channels_are_gates_that_compare_and_hash():
    first, second = ChannelGate(amplitude_damping(0.2)), ChannelGate(amplitude_damping(0.2))
    assert first == second and hash(first) == hash(second) and first != ChannelGate(amplitude_damping(0.3))
    assert first != "channel"
