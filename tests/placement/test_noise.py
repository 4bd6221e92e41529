"""The noise that placement inserts, against closed forms."""

import math
from math import exp, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe import Program
from qnetframe.builtin.hardware import uniform_hardware
from qnetframe.builtin.links import fiber_link
from qnetframe.builtin.topologies import chain
from qnetframe.channels import bit_flip, dephasing, identity, thermal_relaxation
from qnetframe.errors import InvalidInputError
from qnetframe.network import (
    GateProfile,
    Hardware,
    Link,
    LinkModel,
    Network,
    Node,
    QubitProfile,
    with_hardware,
)
from qnetframe.placement import place
from qnetframe.placement.noise import depolarizing_of_weight, relaxation, relaxation_infidelity, remainder
from qnetframe.program.operations import Erase, Gate, Noise
from tests.placement.programs import PHI, R, branches, fidelity, state, teleportation


def one(device=None, length_km=0.0):
    network = chain(2, length_km)
    return network if device is None else with_hardware(network, device)


def channel_after(program, device, first):
    """The product of all noise after operation ``first`` of the circuit, on the one qubit there is."""
    total = identity(1)
    for operation in place(program, one(device)).circuit.operations[first:]:
        if isinstance(operation, Noise):
            total = total.then(operation.channel)
    return total


def test_idle_noise_is_exp_t_over_t1_and_t2():
    t1, t2, t = 3e-4, 1e-4, 5e-5
    p = Program("wait")
    a = p.qubit("node0", "a")
    p.prepare(a, [0.6, 0.8]).idle(a, t).save("a", a)
    rho = state(place(p, one(uniform_hardware(t1, t2))).circuit)
    assert rho[1, 1].real == pytest.approx(0.64 * exp(-t / t1), abs=1e-14)
    assert rho[0, 1].real == pytest.approx(0.48 * exp(-t / t2), abs=1e-14)


def test_herald_travel_decays_both_memories_before_time_zero():
    """Pure dephasing of both: the fidelity of Φ+ is (1 + exp(-2t/T2))/2, T1 infinite."""
    t2, p = 1e-3, Program("pair")
    a, b = p.qubit("node0", "a"), p.qubit("node1", "b")
    p.entangle(a, b).save("ab", a, b)
    placed = place(p, one(uniform_hardware(inf, t2), 20.0))
    assert fidelity(state(placed.circuit), PHI) == pytest.approx((1 + exp(-2 * 1e-4 / t2)) / 2, abs=1e-13)
    late = place(p, one(uniform_hardware(inf, t2), 20.0), waiting="mean")
    assert late.circuit == placed.circuit
    assert late.timeline.latency == pytest.approx(1e-4 / fiber_link(20.0).success_probability)


def test_mean_waiting_is_paid_by_what_was_ready_before():
    t2 = 1e-3
    p = Program("early")
    a, b = p.qubits("node0", "a", "psi")
    c = p.qubit("node1", "c")
    p.prepare(b, [R, R]).entangle(a, c).cz(a, b).save("psi", b)
    wait = 1e-4 / fiber_link(20.0).success_probability
    rho = state(place(p, one(uniform_hardware(inf, t2), 20.0), waiting="mean").circuit)
    assert abs(rho[0, 1]) == pytest.approx(0.0, abs=1e-14)
    p = Program("early")
    a, b = p.qubits("node0", "a", "psi")
    c = p.qubit("node1", "c")
    p.prepare(b, [R, R]).entangle(a, c)
    p.unitary(np.eye(4), a, b).save("psi", b)
    for waiting, time in (("none", 1e-4), ("mean", wait)):
        rho = state(place(p, one(uniform_hardware(inf, t2), 20.0), waiting=waiting).circuit)
        assert rho[0, 1].real == pytest.approx(0.5 * exp(-time / t2), abs=1e-13)


PROFILES = st.floats(1e-5, 1e-3).flatmap(
    lambda t1: st.floats(1e-6, 2 * t1).map(lambda t2: QubitProfile(t1=t1, t2=t2))
)


@given(st.lists(PROFILES, min_size=1, max_size=2), st.floats(0, 1e-5), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_reported_error_is_the_average_infidelity(profiles, duration, fraction):
    """Relaxation, then depolarization: the total average infidelity is r, or that of relaxation if larger."""
    profiles = tuple(profiles)
    dim = 1 << len(profiles)
    relaxed = relaxation_infidelity(profiles, duration)
    r = fraction * (2 / 3 if dim == 2 else 0.8)
    try:
        weight = remainder(GateProfile(r, duration), profiles, "gate")
    except InvalidInputError:
        assert r > (1 - 1 / dim) * (1 - 1e-9) or relaxed > 0.01
        return
    total = identity(1)
    for i, profile in enumerate(profiles):
        part = thermal_relaxation(profile.t1, profile.t2, duration)
        total = part if i == 0 else total.tensor(part)
    assert 1 - total.average_fidelity() == pytest.approx(relaxed, abs=1e-12)
    total = total.then(depolarizing_of_weight(weight, len(profiles)))
    assert 1 - total.average_fidelity() == pytest.approx(max(r, relaxed), abs=1e-12)


def test_without_relaxation_the_pauli_probability_is_three_halves_and_five_quarters():
    for count, factor in ((1, 1.5), (2, 1.25)):
        weight = remainder(GateProfile(1e-2, 1.0), (QubitProfile(),) * count, "gate")
        channel = depolarizing_of_weight(weight, count)
        assert 1 - channel.pauli_probabilities["I" * count] == pytest.approx(factor * 1e-2, rel=1e-12)


def test_relaxation_figure():
    """T1=100, T2=80, t=1: average fidelity .994201, two independent routes in the project's references."""
    assert 1 - relaxation_infidelity((QubitProfile(100.0, 80.0),), 1.0) == pytest.approx(0.994201, abs=1e-6)
    assert relaxation(QubitProfile(), 1.0) is None
    assert relaxation(QubitProfile(1.0, 1.0), 0.0) is None


def test_an_error_that_no_depolarizing_noise_reaches_is_refused():
    with pytest.raises(
        InvalidInputError, match=r"gate error is 0.7; depolarizing noise reaches at most 0.666667"
    ):
        remainder(GateProfile(0.7), (QubitProfile(),), "gate")
    with pytest.raises(InvalidInputError, match=r"reaches at most 0\.5"):
        remainder(GateProfile(0.9, 1.0), (QubitProfile(1e-12, 1e-12),), "gate")
    assert remainder(GateProfile(0.3, 1.0), (QubitProfile(1e-12, 1e-12),), "gate") == 0.0


@pytest.mark.parametrize(("error", "duration"), [(1e-3, 0.0), (1e-3, 1e-7), (1e-6, 1e-6)])
def test_a_placed_gate_has_its_error(error, duration):
    t1, t2 = 1e-4, 8e-5
    device = uniform_hardware(t1, t2, single_qubit_error=error, single_qubit_duration=duration)
    p = Program("gate")
    a = p.qubit("node0", "a")
    p.h(a)
    relaxed = 1 - thermal_relaxation(t1, t2, duration).average_fidelity()
    assert 1 - channel_after(p, device, 0).average_fidelity() == pytest.approx(max(error, relaxed), abs=1e-12)


def test_a_conditional_gate_costs_its_noise_whether_or_not_it_fires():
    device = uniform_hardware(single_qubit_error=0.02)
    for probability in (0.0, 1.0):
        p = Program("conditional")
        a = p.qubit("node0", "a")
        p.x(a, when=p.coin(probability)).output().save("a", a)
        rho = state(place(p, one(device)).circuit)
        flipped = 2 / 3 * 1.5 * 0.02  # X and Y of the total Pauli probability 3r/2
        assert rho[1, 1].real == pytest.approx(abs(probability - flipped), abs=1e-13)
    noise = [o for o in place(p, one(device)).circuit.operations if isinstance(o, Noise)]
    assert len(noise) == 1


@pytest.mark.parametrize("length", [1.0, 10.0, 50.0])
def test_loss_is_a_flag_and_leaves_the_mixed_state(length):
    """P(lost) = 1 - 10^(-alpha L / 10)."""
    p = Program("send")
    a = p.qubit("node0", "a")
    p.prepare(a, [0, 1])
    p.send(a, "node1")
    p.save("a", a)
    circuit = place(p, one(length_km=length)).circuit
    lost = 1 - 10 ** (-0.2 * length / 10)
    assert [o for o in circuit.operations if isinstance(o, Erase)] == [Erase("node0.a", lost, "loss:0")]
    found = {b.outputs: b for b in branches(circuit)}
    assert found[(1,)].probability == pytest.approx(lost, abs=1e-12)
    assert np.abs(found[(1,)].state - np.eye(2) / 2).max() < 1e-12
    assert np.abs(found[(0,)].state - np.diag([0, 1])).max() < 1e-12


def test_channel_of_a_sent_qubit_and_its_new_home():
    far = QubitProfile(t1=inf, t2=1.0)
    network = Network(
        [Node("node0"), Node("node1", Hardware("far", default=far))],
        [Link("node0", "node1", LinkModel(delay=3.0, send_channel=dephasing(0.1)))],
    )
    p = Program("send")
    a = p.qubit("node0", "a")
    p.prepare(a, [R, R]).idle(a, 5.0)
    p.send(a, "node1")
    p.idle(a, 2.0).save("a", a)
    placed = place(p, network)
    assert state(placed.circuit)[0, 1].real == pytest.approx(0.5 * 0.8 * exp(-2.0), abs=1e-13)
    assert placed.timeline.latency == 10.0
    assert not any(o.kind in ("coin", "erase") for o in placed.circuit.operations)


def test_preparation_errors():
    device = uniform_hardware(prepare_error=0.03)
    for vector in ([1, 0], [0, 1], [R, -R], [0.6, 0.8j]):
        p = Program("prepared")
        a = p.qubit("node0", "a")
        p.prepare(a, vector).save("a", a)
        assert fidelity(state(place(p, one(device)).circuit), vector) == pytest.approx(0.97, abs=1e-13)
    for build in (lambda p, a: p, lambda p, a: p.x(a).x(a), lambda p, a: p.x(a).reset(a)):
        p = Program("fresh")
        a = p.qubit("node0", "a")
        build(p, a).save("a", a)
        assert state(place(p, one(device)).circuit)[1, 1].real == pytest.approx(0.03, abs=1e-13)


def test_two_qubit_preparation():
    device = uniform_hardware(prepare_error=0.1, two_qubit_error=0.02, single_qubit_error=0.001)
    kinds = {}
    for name, vector in (("zeros", [1, 0, 0, 0]), ("product", np.kron([R, R], [0, 1])), ("pair", PHI)):
        p = Program("two")
        a, b = p.qubits("node0", "a", "b")
        p.prepare([a, b], vector)
        noise = [o for o in place(p, one(device)).circuit.operations if isinstance(o, Noise)]
        kinds[name] = sorted(len(o.qubits) for o in noise)
        assert noise[:2] == [Noise(("node0.a",), bit_flip(0.1)), Noise(("node0.b",), bit_flip(0.1))]
    assert kinds == {"zeros": [1, 1], "product": [1, 1, 1, 1], "pair": [1, 1, 1, 1, 1, 1, 2]}


def test_readout_errors_of_device_and_program_combine():
    p = Program("read")
    a = p.qubit("node0", "a")
    p.measure(a, readout=(0.1, 0.3))
    network = Network([Node("node0", Hardware("r", default=QubitProfile(readout=(0.02, 0.05))))])
    (measure,) = place(p, network).circuit.operations
    assert measure.readout == pytest.approx((0.02 * 0.7 + 0.98 * 0.1, 0.05 * 0.9 + 0.95 * 0.3))
    q = Program("read")
    q.measure(q.qubit("node0", "a"))
    assert place(q, network).circuit.operations[0].readout == (0.02, 0.05)
    assert place(p, chain(2)).circuit.operations[0].readout == (0.1, 0.3)


@pytest.mark.parametrize("basis", ["x", "y"])
def test_a_basis_change_is_a_gate_with_its_error(basis):
    """Reading the prepared eigenstate errs with two of three Paulis of total probability 3r/2, so r."""
    vector = {"x": [R, R], "y": [R, 1j * R]}[basis]
    device = uniform_hardware(single_qubit_error=0.02)
    p = Program("basis")
    a = p.qubit("node0", "a")
    p.prepare(a, vector)
    m = p.measure(a, basis)
    circuit = place(p, one(device)).circuit
    wrong = sum(b.probability for b in branches(circuit) if b.outputs == (1,))
    assert wrong == pytest.approx(
        0.02 + 0.02 - 2 * 0.02**2, abs=1e-12
    )  # once in prepare, once before reading
    p.x(a, when=m)
    lasting = place(p, one(device)).circuit
    assert (
        sum(isinstance(o, Gate) for o in lasting.operations)
        > sum(isinstance(o, Gate) for o in circuit.operations) + 1
    )
    ideal = {b.outputs: b.probability for b in branches(place(p, chain(2)).circuit)}
    assert ideal == pytest.approx({(0,): 1.0})


@pytest.mark.parametrize("basis", ["z", "x", "y"])
def test_a_measured_qubit_that_lives_on_relaxes_during_its_readout(basis):
    t1 = 1e-3
    p = Program("lasting")
    a = p.qubit("node0", "a")
    vector = {"z": [0, 1], "x": [R, -R], "y": [R, -1j * R]}[basis]
    p.prepare(a, vector)
    p.measure(a, basis)
    p.save("a", a)
    device = uniform_hardware(t1, t1, measure_duration=1e-4)
    (branch,) = branches(place(p, one(device)).circuit)
    assert branch.outputs == (1,)
    assert fidelity(branch.state, vector) == pytest.approx(exp(-0.1), abs=1e-13)


def test_teleportation_through_dephasing_memories_by_hand():
    """18 km, T1 infinite: |+> is dephased while it waits 90 µs, both memories 90 µs, b 90 µs more."""
    t2, t = 1e-3, 9e-5
    network = one(uniform_hardware(inf, t2), 18.0)
    placed = place(teleportation([R, R]), network)
    rho = state(placed.circuit)
    assert rho[0, 1].real == pytest.approx(0.5 * exp(-(t + 2 * t + t) / t2), abs=1e-13)
    assert placed.timeline.latency == pytest.approx(1.8e-4)


def test_noise_of_the_program_is_kept_and_synchronises_nothing():
    p = Program("noise")
    a, b = p.qubit("node0", "a"), p.qubit("node1", "b")
    p.h(a).noise(dephasing(0.5).tensor(dephasing(0.5)), a, b).h(b)
    timeline = place(p, one(uniform_hardware(single_qubit_duration=1.0))).timeline
    assert [e.start for e in timeline.events if e.kind == "gate"] == [0.0, 0.0]
    assert math.isclose(timeline.latency, 1.0)


def test_unitaries_are_charged_by_their_size():
    device = uniform_hardware(single_qubit_error=1e-3, two_qubit_error=1e-2)
    p = Program("unitary")
    a, b = p.qubits("node0", "a", "b")
    p.unitary(np.diag([1, 1j]), a).unitary(np.array([[0.6, 0.8], [0.8, -0.6]]), a).unitary(np.eye(4), a, b)
    noise = [len(o.qubits) for o in place(p, one(device)).circuit.operations if isinstance(o, Noise)]
    assert noise[0] == 1  # the diagonal one is a virtual Z rotation
    assert noise[1:].count(2) == 3


def test_a_mixed_preparation_costs_the_rotation_of_its_leading_state():
    device = uniform_hardware(single_qubit_error=0.02)
    for rho, pulses in (([[0.5, 0], [0, 0.5]], 0), ([[0.8, 0], [0, 0.2]], 0), ([[0.5, 0.3], [0.3, 0.5]], 1)):
        p = Program("mixed")
        p.prepare(p.qubit("node0", "a"), rho)
        noise = [o for o in place(p, one(device)).circuit.operations if isinstance(o, Noise)]
        assert len(noise) == pulses
