"""Gates with explicit channels: the noise sits where the native gate is, whatever the gate is part of."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe import Program
from qnetframe.builtin.topologies import chain
from qnetframe.channels import Channel, depolarizing, pauli
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.network import GateProfile, Hardware, QubitProfile, serial, with_hardware
from qnetframe.placement import natives, place
from qnetframe.placement.carry import conjugated, embedded, rests
from qnetframe.program.gates import gate_matrix
from qnetframe.program.operations import Gate, Noise

RNG = np.random.default_rng(20240611)


def random_channel(n, rank=3):
    """A channel that commutes with nothing."""
    d = 1 << n
    tall = np.eye(d * rank, d) + 0.2 * (RNG.normal(size=(d * rank, d)) + 1j * RNG.normal(size=(d * rank, d)))
    return Channel(np.linalg.qr(tall)[0].reshape(rank, d, d))


ONE, OTHER, TWO = random_channel(1), random_channel(1), random_channel(2)


def after(rho, channel, *places):
    """The state after a channel, or a unitary matrix, on some of the qubits."""
    count = len(rho).bit_length() - 1
    kraus = channel.kraus if isinstance(channel, Channel) else (channel,)
    wide = [embedded(np.asarray(k, dtype=complex), places, count) for k in kraus]
    return sum(k @ rho @ k.conj().T for k in wide)


def random_state(count):
    vectors = RNG.normal(size=(1 << count, 1 << count)) + 1j * RNG.normal(size=(1 << count, 1 << count))
    rho = vectors @ vectors.conj().T
    return rho / np.trace(rho)


def placed(device, count, write, rho, **options):
    """The state after what placement makes of a few gates."""
    p = Program("explicit")
    qubits = [p.qubit("node0", name) for name in "abc"[:count]]
    write(p, *qubits)
    layout = {"node0": {f"node0.{name}": i for i, name in enumerate("abc"[:count])}}
    circuit = place(p, with_hardware(chain(2), {"node0": device}), layout=layout, **options).circuit
    for operation in circuit.operations:
        places = [circuit.qubits.index(q) for q in operation.qubits]
        assert isinstance(operation, (Gate, Noise))
        what = (
            operation.channel
            if isinstance(operation, Noise)
            else gate_matrix(operation.name, operation.params)
        )
        rho = after(rho, what, *places)
    return rho


def device(**gates):
    """Natives by name: a channel, or None for an ideal gate."""
    made = {(n, ()): GateProfile(channel=c) for n, c in gates.items() if c is not None}
    return Hardware("explicit", gates=made | {(n, ()): GateProfile() for n, c in gates.items() if c is None})


def test_a_native_gate_is_followed_by_its_channel_alone():
    """Neither relaxation during the gate nor a depolarizing remainder is added."""
    profile = QubitProfile(t1=1e-4, t2=1e-4)
    hardware = Hardware(default=profile, gates={("x", ()): GateProfile(duration=1e-5, channel=ONE)})
    p = Program("x")
    a = p.qubit("node0", "a")
    p.x(a).x(a).save("a", a)
    placement = place(p, with_hardware(chain(2), {"node0": hardware}))
    assert [type(o).__name__ for o in placement.circuit.operations] == [
        "Gate",
        "Noise",
        "Gate",
        "Noise",
        "Save",
    ]
    assert placement.circuit.operations[1].channel is ONE
    assert placement.timeline.latency == pytest.approx(2e-5)
    assert [s and s.kind for s in placement.sources] == [
        None,
        "one-qubit gates",
        None,
        "one-qubit gates",
        None,
    ]


def test_qubits_that_wait_beside_an_explicit_gate_still_relax():
    profile = QubitProfile(t1=1e-4, t2=1e-4)
    gates = {("x", ()): GateProfile(duration=1e-5, channel=ONE), ("cx", ()): GateProfile(channel=TWO)}
    p = Program("wait")
    a, b = p.qubits("node0", "a", "b")
    p.id(b).x(a).cx(a, b).save("ab", a, b)
    kinds = [
        s.kind
        for s in place(p, with_hardware(chain(2), {"node0": Hardware(default=profile, gates=gates)})).sources
        if s
    ]
    assert kinds.count("idle") == 1 and "two-qubit gates" in kinds


def test_the_average_infidelity_is_that_of_the_channel():
    gate = GateProfile(channel=depolarizing(0.03))
    assert gate.error == pytest.approx(0.02, abs=1e-15)
    assert GateProfile(0.02, channel=depolarizing(0.03)).error == pytest.approx(0.02)
    with pytest.raises(InvalidInputError, match=r"gate error is 0\.03, but its channel .* 0\.02"):
        GateProfile(0.03, channel=depolarizing(0.03))
    with pytest.raises(InvalidInputError, match="must be a Channel"):
        GateProfile(channel="depolarizing")
    with pytest.raises(InvalidInputError, match=r"gate 'cx' on qubits \(0, 1\) acts on 1 qubits"):
        Hardware(qubits=(QubitProfile(),) * 2, gates={("cx", (0, 1)): gate})


def test_round_trip():
    hardware = device(x=ONE, cx=TWO, z=None, h=depolarizing(0.1))
    text = json.dumps(serial.write_hardware(hardware))
    assert serial.read_hardware(json.loads(text)) == hardware
    assert '["z", [], 0.0, 0.0]' in text


def test_one_pulse_between_virtual_z_rotations():
    """H = S √X S and U2(a, b) = Rz(a + π/2) √X Rz(b - π/2), up to phases: the noise is before the last Z."""
    rho = random_state(1)
    hardware = device(sx=ONE)
    expected = rho
    for step in (gate_matrix("s"), gate_matrix("sx"), ONE, gate_matrix("s")):
        expected = after(expected, step, 0)
    assert np.allclose(placed(hardware, 1, lambda p, a: p.h(a), rho), expected, atol=1e-12)
    expected = rho
    for step in (
        gate_matrix("rz", (0.7 - math.pi / 2,)),
        gate_matrix("sx"),
        ONE,
        gate_matrix("rz", (0.3 + math.pi / 2,)),
    ):
        expected = after(expected, step, 0)
    assert np.allclose(placed(hardware, 1, lambda p, a: p.u2(0.3, 0.7, a), rho), expected, atol=1e-12)


ANGLE = st.floats(-3.1, 3.1)


@given(ANGLE, ANGLE, ANGLE)
@settings(max_examples=40, deadline=None)
def test_two_pulses_between_virtual_z_rotations(theta, phi, lam):
    if abs(math.sin(theta)) < 1e-3:
        return
    rho, pulse = random_state(1), gate_matrix("sx")
    if theta < 0:
        theta, phi, lam = -theta, phi + math.pi, lam - math.pi
    turns = [gate_matrix("rz", (x,)) for x in (lam, theta + math.pi, phi + math.pi)]
    expected = rho
    for step in (turns[0], pulse, ONE, turns[1], pulse, ONE, turns[2]):
        expected = after(expected, step, 0)
    write = lambda p, a: p.u3(theta, phi, lam, a)  # noqa: E731
    if abs(abs(math.cos(theta / 2)) ** 2 - 0.5) < 1e-9:
        return
    assert np.allclose(placed(device(sx=ONE), 1, write, rho), expected, atol=1e-10)


@pytest.mark.parametrize("name", ["rx", "ry", "prx", "u3"])
def test_one_pulse_of_any_angle(name):
    """The pulse that is left when the last Z rotation is taken off is of the native kind."""
    target = gate_matrix("u3", (0.4, 0.9, -1.3))
    (rest,) = rests([name], target)
    pulse = rest.conj().T @ target
    if name == "u3":
        assert np.allclose(rest, np.eye(2))
    elif name == "prx":
        pulse = pulse / np.exp(1j * np.angle(pulse[0, 0]))
        assert pulse[0, 0] == pytest.approx(pulse[1, 1]) and pulse[0, 0].imag == pytest.approx(0)
    else:
        native = gate_matrix(name, (0.4,))
        ratio = (native[1] / native[0]) / (pulse[1] / pulse[0])
        assert np.allclose(ratio, 1)


def test_cx_from_ecr():
    """Cx = ecr after Ry(π) Rz(-π/2) and Rx(π/2): x and √X pulses, then the entangler, whose noise is last."""
    rho = random_state(2)
    hardware = device(sx=ONE, x=OTHER, ecr=TWO)
    first = gate_matrix("ry", (math.pi,)) @ gate_matrix("rz", (-math.pi / 2,))
    expected = after(after(rho, first, 0), OTHER, 0)
    expected = after(after(expected, gate_matrix("rx", (math.pi / 2,)), 1), ONE, 1)
    expected = after(after(expected, natives.ENTANGLERS["ecr"], 0, 1), TWO, 0, 1)
    got = placed(hardware, 2, lambda p, a, b: p.cx(a, b), rho)
    assert np.allclose(got, expected, atol=1e-12)


def test_cz_from_cx_and_a_reversed_cx():
    rho = random_state(2)
    hardware = device(h=ONE, cx=TWO)
    expected = after(after(rho, gate_matrix("h"), 1), ONE, 1)
    expected = after(after(expected, gate_matrix("cx"), 0, 1), TWO, 0, 1)
    expected = after(after(expected, gate_matrix("h"), 1), ONE, 1)
    assert np.allclose(placed(hardware, 2, lambda p, a, b: p.cz(a, b), rho), expected, atol=1e-12)
    gates = {("h", ()): GateProfile(channel=ONE), ("cx", (1, 0)): GateProfile(channel=TWO)}
    one_way = Hardware(qubits=(QubitProfile(),) * 2, gates=gates)
    expected = rho
    for place_ in (0, 1):
        expected = after(after(expected, gate_matrix("h"), place_), ONE, place_)
    expected = after(after(expected, gate_matrix("cx"), 1, 0), TWO, 1, 0)
    for place_ in (0, 1):
        expected = after(after(expected, gate_matrix("h"), place_), ONE, place_)
    assert np.allclose(placed(one_way, 2, lambda p, a, b: p.cx(a, b), rho), expected, atol=1e-12)


def test_a_symmetric_gate_in_the_other_order():
    rho = random_state(2)
    hardware = Hardware(qubits=(QubitProfile(),) * 2, gates={("cz", (1, 0)): GateProfile(channel=TWO)})
    expected = after(after(rho, gate_matrix("cz"), 0, 1), TWO, 1, 0)
    assert np.allclose(placed(hardware, 2, lambda p, a, b: p.cz(a, b), rho), expected, atol=1e-12)


def test_toffoli_spreads_noise_over_three_qubits():
    """Six noisy cx between ideal gates: each channel is before what is left of the sequence."""
    rho = random_state(3)
    expected = rho
    for name, _, places in natives.RECIPES["ccx"]():
        expected = after(expected, gate_matrix(name), *places)
        if name == "cx":
            expected = after(expected, TWO, *places)
    hardware = device(t=None, tdg=None, h=None, u3=None, cx=TWO)
    got = placed(hardware, 3, lambda p, a, b, c: p.ccx(a, b, c), rho)
    assert np.allclose(got, expected, atol=1e-12)


def test_pauli_noise_stays_pauli_through_cliffords():
    biased = pauli(px=0.1, pz=0.02)
    moved = conjugated(biased, gate_matrix("h"))
    assert moved.is_pauli and moved.to_dict()["pauli"] == pytest.approx({"I": 0.88, "X": 0.02, "Z": 0.1})
    assert conjugated(depolarizing(0.1), gate_matrix("t")) == depolarizing(0.1)


@pytest.mark.parametrize("name", sorted(natives.ENTANGLERS))
def test_entanglers_are_what_their_recipes_use(name):
    total = np.eye(4)
    for call, params, places in natives.CX_FROM[name]:
        matrix = natives.ENTANGLERS[name] if call == natives.NATIVE else gate_matrix(call, params)
        total = embedded(matrix, places, 2) @ total
    assert abs(abs(np.trace(total.conj().T @ gate_matrix("cx"))) - 4) < 1e-12


def test_explicit_gates_are_not_swapped_along():
    gates = {(n, ()): GateProfile(channel=c) for n, c in (("h", ONE), ("cx", TWO))}
    line = Hardware("line", qubits=(QubitProfile(),) * 3, gates=gates, coupling=frozenset({(0, 1), (1, 2)}))
    with pytest.raises(UnsupportedError, match=r"explicit channels are not supported; use another layout="):
        placed(line, 3, lambda p, a, b, c: p.cx(a, c), random_state(3), routing="swap")


@pytest.mark.parametrize("gate", ["x", "y"])
def test_a_half_turn_of_two_root_x_carries_its_noise(gate):
    # X = Rz(pi) sx Rz(2 pi) sx up to a virtual Z: the first pulse's noise is turned by what follows it.
    target = gate_matrix(gate)
    first, last = rests(["sx", "sx"], target)
    sx = gate_matrix("sx")
    # What comes before the first pulse is a rotation about Z, which is free.
    before = (first @ sx).conj().T @ target
    assert np.allclose(abs(before), np.eye(2), atol=1e-12)
    assert np.allclose(abs(last), np.eye(2), atol=1e-12)
