"""Figures of a device back from the channels of its gates."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.channels import amplitude_damping, bit_flip, depolarizing, identity, thermal_relaxation
from qnetframe.network import GateProfile, QubitProfile
from qnetframe.placement.noise import depolarizing_of_weight, relaxation
from qnetframe.placement.recognition import gate_duration, gate_profile, relaxation_times

T1 = st.floats(1e-5, 1e-3)
TIME = st.floats(1e-8, 1e-6)
LAMBDA = st.floats(0, 0.1)


@given(T1, st.floats(0.1, 2), st.lists(st.tuples(TIME, LAMBDA), min_size=2, max_size=3), st.booleans())
@settings(max_examples=60, deadline=None)
def test_times_are_found_in_either_order(t1, ratio, gates, relaxed_first):
    t2, made = t1 * ratio, []
    for time, weight in gates:
        parts = [thermal_relaxation(t1, t2, time), depolarizing_of_weight(weight, 1)]
        first, second = parts if relaxed_first else parts[::-1]
        made.append((first.then(second), time))
    found = relaxation_times(made)
    assert found is not None
    # Both orders can fit where the depolarization is the same each time: then the times agree to its size.
    assert found == pytest.approx((t1, t2), rel=0.15)
    if not relaxed_first:
        assert found == pytest.approx((t1, t2), rel=1e-5)


@given(T1, T1, TIME, st.floats(0, 0.1))
@settings(max_examples=40, deadline=None)
def test_what_placement_inserts_is_a_plain_figure(one, other, time, weight):
    qubits = (QubitProfile(one, one), QubitProfile(other, 2 * other))
    channel = relaxation(qubits[0], time).tensor(relaxation(qubits[1], time))
    channel = channel.then(depolarizing_of_weight(weight, 2))
    profile = gate_profile(channel, time, qubits)
    assert profile.channel is None and profile.duration == time
    assert profile.error == pytest.approx(1 - channel.average_fidelity(), abs=1e-15)
    assert gate_profile(channel, 2 * time, qubits).channel is channel


@given(T1, st.floats(0.1, 2), TIME, LAMBDA)
@settings(max_examples=40, deadline=None)
def test_durations_follow_from_known_times(t1, ratio, time, weight):
    qubits = (QubitProfile(t1, ratio * t1), QubitProfile(2 * t1, t1))
    channel = depolarizing_of_weight(weight, 2)
    channel = channel.then(relaxation(qubits[0], time).tensor(relaxation(qubits[1], time)))
    assert gate_duration(channel, qubits) == pytest.approx(time, rel=1e-5)


def test_what_has_no_such_form():
    assert relaxation_times([(bit_flip(0.1), 1e-6)]) is None
    assert relaxation_times([]) is None
    assert relaxation_times([(amplitude_damping(0.1), 1e-6), (amplitude_damping(0.1), 2e-6)]) is None
    assert relaxation_times([(depolarizing(0.1), 1e-6)]) == (math.inf, math.inf)
    assert gate_duration(amplitude_damping(0.1), [QubitProfile()]) is None
    assert gate_duration(amplitude_damping(0.1), [QubitProfile(1e-4, 1e-4)]) is None
    assert gate_duration(identity(1), [QubitProfile(1e-4, 1e-4)]) == 0.0
    assert gate_profile(bit_flip(0.1), 0.0, [QubitProfile()]) == GateProfile(channel=bit_flip(0.1))
    assert gate_profile(identity(2), 0.0, [QubitProfile()] * 2) == GateProfile()
    # Stronger than any depolarizing noise: all Pauli errors together.
    assert gate_profile(bit_flip(1.0), 1e-3, [QubitProfile(1e-3, 1e-3)]).channel == bit_flip(1.0)
