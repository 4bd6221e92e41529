"""Aer noise models as hardware: placed programs have the states that Aer itself computes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import Kraus, SuperOp, random_quantum_channel
from qiskit_aer import AerSimulator
from qiskit_aer.noise import (
    LocalNoisePass,
    NoiseModel,
    PauliLindbladError,
    QuantumError,
    ReadoutError,
    RelaxationNoisePass,
    amplitude_damping_error,
    coherent_unitary_error,
    depolarizing_error,
    pauli_error,
    phase_amplitude_damping_error,
    reset_error,
    thermal_relaxation_error,
)
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

import qnetframe as qn
from qnetframe import Network, Node, Program
from qnetframe.builtin.protocols.teleportation import Teleportation
from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.network import GateProfile, serial
from qnetframe.placement.noise import depolarizing_of_weight, relaxation, relaxation_infidelity, remainder
from qnetframe_aer import hardware_from_noise_model
from qnetframe_aer.errors import channel_of
from qnetframe_ibm import hardware as ibm_hardware


def placed_state(hardware, count, gates):
    """The state after gates (name, params, qubits) on a device, its qubits as numbered."""
    p = Program("gates")
    qubits = [p.qubit("here", f"q{i}") for i in range(count)]
    for name, params, places in gates:
        p.gate(name, *params, *(qubits[i] for i in places))
    p.save("all", *qubits)
    layout = {"here": {f"here.q{i}": i for i in range(count)}}
    return qn.execute(qn.place(p, Network([Node("here", hardware)]), layout=layout)).state("all").matrix


def qiskit_circuit(count, gates):
    circuit = QuantumCircuit(count)
    known = get_standard_gate_name_mapping()
    for name, params, places in gates:
        circuit.append(type(known["u" if name == "u3" else name])(*params), places)
    return circuit


def in_order(matrix, count):
    tensor = np.asarray(matrix).reshape((2,) * (2 * count))
    rows = list(reversed(range(count)))
    return tensor.transpose([*rows, *(count + r for r in rows)]).reshape(1 << count, 1 << count)


def simulated(model, circuit):
    circuit = circuit.copy()
    circuit.save_density_matrix()
    result = AerSimulator(method="density_matrix", noise_model=model).run(circuit).result()
    return in_order(result.data(0)["density_matrix"].data, circuit.num_qubits)


def random_gates(rng, count, length, ones, twos):
    gates = []
    for _ in range(length):
        if rng.random() < 0.4:
            gates.append((str(rng.choice(twos)), (), tuple(int(i) for i in rng.permutation(count)[:2])))
        else:
            name = str(rng.choice(ones))
            params = tuple(rng.uniform(-3, 3, size={"rz": 1, "rx": 1, "u3": 3}.get(name, 0)))
            gates.append((name, params, (int(rng.integers(count)),)))
    return gates


def random_error(n, seed):
    channel = SuperOp(np.eye(4**n)) * 0.9 + SuperOp(random_quantum_channel(2**n, 2**n, seed=seed)) * 0.1
    return QuantumError(Kraus(channel))


def everything():
    """Errors of every kind, on all qubits and on some, those on two of them with no symmetry."""
    model = NoiseModel(basis_gates=["id", "rz", "sx", "x", "h", "rx", "cx", "cz"])
    model.add_all_qubit_quantum_error(depolarizing_error(0.02, 1), ["sx"])
    model.add_all_qubit_quantum_error(depolarizing_error(0.05, 2), ["cz"])
    model.add_all_qubit_quantum_error(pauli_error([("X", 0.03), ("Y", 0.01), ("I", 0.96)]), ["x"])
    model.add_all_qubit_quantum_error(random_error(2, 1), ["cx"])
    model.add_quantum_error(PauliLindbladError(["XI", "ZZ", "IY"], [0.01, 0.02, 0.005]), ["cx"], [0, 2])
    local = amplitude_damping_error(0.1).tensor(coherent_unitary_error(np.diag([1, np.exp(0.2j)])))
    model.add_quantum_error(local, ["cx"], [2, 0])
    model.add_quantum_error(
        depolarizing_error(0.1, 2).compose(reset_error(0.1).expand(reset_error(0, 0.2))), ["cz"], [1, 2]
    )
    model.add_quantum_error(thermal_relaxation_error(50e-6, 70e-6, 1e-6), ["h"], [0])
    model.add_quantum_error(phase_amplitude_damping_error(0.05, 0.1, 0.2), ["h", "rx"], [1])
    model.add_quantum_error(random_error(1, 2), ["h", "rx", "rz"], [2])
    return model


@pytest.mark.parametrize("seed", range(6))
def test_random_circuits_have_aers_states(seed):
    model = everything()
    gates = random_gates(np.random.default_rng(seed), 3, 25, ["sx", "x", "h", "rx", "rz"], ["cx", "cz"])
    got = placed_state(hardware_from_noise_model(model), 3, gates)
    expected = simulated(model, qiskit_circuit(3, gates))
    assert np.abs(got - expected).max() < 1e-9
    assert np.trace(got @ got).real < 0.9


def manila():
    backend = FakeManilaV2()
    times = {
        (gate, places): made.duration
        for gate, each in backend.target.items()
        for places, made in (each or {}).items()
        if made is not None and made.duration
    }
    return backend, NoiseModel.from_backend(backend), times


@pytest.fixture(scope="module")
def device():
    return manila()


def test_a_scheduled_circuit_on_a_fake_device_with_all_its_waiting(device):
    """Aer with delays inserted by its own scheduler, against placement's timeline: gates and relaxation."""
    backend, model, times = device
    hardware = hardware_from_noise_model(model, durations=times, coupling=backend.coupling_map)
    assert hardware.warnings == ()
    gates = [("sx", (), (0,)), ("cx", (), (0, 1)), ("x", (), (3,)), ("cx", (), (1, 2)), ("sx", (), (0,)),
             ("rz", (0.7,), (2,)), ("cx", (), (3, 2)), ("sx", (), (2,)), ("cx", (), (2, 1))]  # fmt: skip
    circuit = transpile(
        qiskit_circuit(5, gates), backend, scheduling_method="asap", optimization_level=0,
        initial_layout=range(5), seed_transpiler=1,
    )  # fmt: skip
    assert circuit.count_ops()["delay"] > 4 and circuit.count_ops()["cx"] == 4
    got = placed_state(hardware, 4, gates)
    with_idle = simulated(model, circuit).reshape(16, 2, 16, 2).trace(axis1=1, axis2=3)
    assert np.abs(got - with_idle).max() < 1e-9
    without = simulated(model, qiskit_circuit(5, gates)).reshape(16, 2, 16, 2).trace(axis1=1, axis2=3)
    assert np.abs(got - without).max() > 1e-3


@pytest.mark.parametrize("gate", [("h", ()), ("u3", (0.4, 1.1, -0.6)), ("rx", (0.9,)), ("y", ())])
def test_gates_that_are_not_native_cost_what_they_cost_after_transpile(device, gate):
    """H is rz √X rz on this device, u3 is two √X with rz around: as Qiskit's compiler makes them."""
    backend, model, _ = device
    hardware = hardware_without_waiting(hardware_from_noise_model(model, coupling=backend.coupling_map))
    gates = [("h", (), (0,)), ("cx", (), (0, 1)), (*gate, (1,))]
    natives = ["rz", "sx", "x", "cx"]
    circuit = transpile(
        qiskit_circuit(2, gates), basis_gates=natives, optimization_level=1, seed_transpiler=1
    )
    assert np.abs(placed_state(hardware, 2, gates) - simulated(model, circuit)).max() < 1e-9


def hardware_without_waiting(hardware):
    """The same channels of gates, with no relaxation between them."""
    gates = {}
    for (name, places), gate in hardware.gates.items():
        channel = gate.channel
        if channel is None and gate.error and places:
            held = [hardware.qubits[i] for i in places]
            parts = [relaxation(q, gate.duration) for q in held]
            channel = parts[0] if len(parts) == 1 else parts[0].tensor(parts[1])
            channel = channel.then(depolarizing_of_weight(remainder(gate, tuple(held), ""), len(held)))
        gates[name, places] = GateProfile(channel=channel)
    calm = tuple(replace(q, t1=math.inf, t2=math.inf) for q in hardware.qubits)
    return replace(hardware, gates=gates, qubits=calm)


def test_a_fake_device_and_its_calibration_snapshot_tell_the_same(device):
    """T1, T2, readout, durations and errors of the gates are those that qnetframe-ibm reads by itself.

    What differs: the readout, of which the backend's target has the mean only, and the order within a gate:
    Aer depolarizes first and relaxes then, qnetframe the other way round, a difference of second order.
    """
    backend, model, times = device
    ours = ibm_hardware("ibm-manila")
    theirs = hardware_from_noise_model(model, durations=times, coupling=backend.coupling_map)
    assert theirs.coupling == ours.coupling
    for a, b in zip(theirs.qubits, ours.qubits, strict=True):
        assert (a.t1, a.t2) == pytest.approx((b.t1, b.t2), rel=1e-9)
        assert a.readout == pytest.approx((sum(b.readout) / 2,) * 2, abs=1e-9)
        assert a.measure_duration == pytest.approx(b.measure_duration, rel=1e-9)
    shared = [k for k in theirs.gates if k in ours.gates and k[0] in ("sx", "x", "cx") and k[1]]
    assert len(shared) == 18
    for key in shared:
        held = tuple(ours.qubits[i] for i in key[1])
        # A reported error below that of relaxation alone is floored there, by both.
        error = max(ours.gates[key].error, relaxation_infidelity(held, ours.gates[key].duration))
        assert theirs.gates[key].error == pytest.approx(error, abs=1e-9), key
        assert theirs.gates[key].duration == pytest.approx(ours.gates[key].duration, rel=1e-9), key
    gates = [("sx", (), (0,)), ("cx", (), (0, 1)), ("cx", (), (1, 2))]
    difference = np.abs(placed_state(theirs, 3, gates) - placed_state(ours, 3, gates)).max()
    assert 1e-12 < difference < 1e-4


def test_durations_follow_from_t1_where_they_are_not_given(device):
    backend, model, times = device
    found = hardware_from_noise_model(model, coupling=backend.coupling_map)
    for (gate, places), profile in found.gates.items():
        if (gate, places) in times:
            assert profile.duration == pytest.approx(times[gate, places], rel=1e-6), (gate, places)


def test_t1_and_t2_follow_from_durations():
    t1, t2, model = 80e-6, 60e-6, NoiseModel(basis_gates=["rz", "sx", "x", "cx"])
    one = depolarizing_error(1e-3, 1)
    model.add_all_qubit_quantum_error(one.compose(thermal_relaxation_error(t1, t2, 50e-9)), ["sx"])
    model.add_all_qubit_quantum_error(thermal_relaxation_error(t1, t2, 100e-9), ["x"])
    hardware = hardware_from_noise_model(
        model, durations={"sx": 50e-9, "x": 100e-9, "cx": 3e-7, "measure": 1e-6}
    )
    assert (hardware.default.t1, hardware.default.t2) == pytest.approx((t1, t2), rel=1e-6)
    assert hardware.default.measure_duration == 1e-6
    assert hardware.gates["x", ()].channel is None and hardware.gates["x", ()].duration == 100e-9
    assert hardware.gates["sx", ()].channel is not None
    assert hardware.gates["cx", ()].duration == 3e-7
    lacking = hardware_from_noise_model(model)
    assert (
        lacking.default.t1 == math.inf and "no durations are given; it does not relax" in lacking.warnings[0]
    )
    wrong = hardware_from_noise_model(model, durations={"sx": 50e-9, "x": 300e-9})
    assert "not relaxation with one T1 and T2" in wrong.warnings[0] and wrong.default.t1 == math.inf


def test_depolarizing_errors_are_plain_average_infidelities():
    """λ is 3λ/4 of Pauli probability and λ/2 of infidelity on one qubit, 15λ/16 and 3λ/4 on two."""
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.02, 1), ["sx", "x"])
    model.add_all_qubit_quantum_error(depolarizing_error(0.04, 2), ["cx"])
    hardware = hardware_from_noise_model(model)
    assert hardware.qubits == () and all(g.channel is None for g in hardware.gates.values())
    assert hardware.gates["sx", ()].error == pytest.approx(0.02 / 2, abs=1e-12)
    assert hardware.gates["cx", ()].error == pytest.approx(0.75 * 0.04, abs=1e-12)
    assert hardware.gates["rz", ()].error == 0
    assert channel_of(depolarizing_error(0.02, 1).to_dict(), "").pauli_probabilities["X"] == pytest.approx(
        0.005
    )


def test_readout_and_reset_errors():
    model = NoiseModel()
    model.add_all_qubit_readout_error(ReadoutError([[0.98, 0.02], [0.05, 0.95]]))
    model.add_readout_error(ReadoutError([[0.9, 0.1], [0.3, 0.7]]), [1])
    model.add_all_qubit_quantum_error(pauli_error([("X", 0.04), ("I", 0.96)]), ["reset"])
    model.add_all_qubit_quantum_error(amplitude_damping_error(0.2), ["measure"])
    hardware = hardware_from_noise_model(model)
    # Decay first: a 1 is read as 0 where it decays and is read well, or stays and is read badly.
    assert hardware.qubits[0].readout == pytest.approx((0.02, 0.2 * 0.98 + 0.8 * 0.05))
    assert hardware.qubits[1].readout == pytest.approx((0.1, 0.2 * 0.9 + 0.8 * 0.3))
    assert hardware.qubits[1].prepare_error == pytest.approx(0.04)
    assert "taken as a readout error" in hardware.warnings[0]
    circuit = QuantumCircuit(2, 2)
    circuit.reset([0, 1])
    circuit.x(0)
    circuit.measure([0, 1], [0, 1])
    shots = 40_000
    counts = AerSimulator(noise_model=model, seed_simulator=3).run(circuit, shots=shots).result().get_counts()
    p = Program("readout")
    a, b = p.qubits("here", "a", "b")
    p.reset(a).reset(b).x(a)
    bits = p.measure(a), p.measure(b)
    layout = {"here": {"here.a": 0, "here.b": 1}}
    exact = qn.execute(qn.place(p, Network([Node("here", hardware)]), layout=layout)).distribution(*bits)
    assert len(exact) == 4
    for (first, second), estimate in exact.items():
        expected, seen = estimate.value, counts.get(f"{second}{first}", 0) / shots
        # Six standard errors, four cells: a false alarm in 10^8.
        assert abs(seen - expected) < 6 * math.sqrt(expected * (1 - expected) / shots)


def test_a_protocol_runs_on_it(device):
    backend, model, times = device
    hardware = hardware_from_noise_model(model, durations=times, coupling=backend.coupling_map)
    program = Teleportation().program("+", ("a", "b"))[0]
    layout = {"a": {"a.psi": 3, "a.right": 4}, "b": {"b.left": 1}}

    def fidelity(device, engine):
        network = Network([Node("a", device), Node("b", device)], [qn.Link("a", "b")])
        placed = qn.place(program, network, layout=layout)
        return qn.execute(placed, backend=engine).expectation("out").value

    value = fidelity(hardware, "reference")
    assert fidelity(hardware, "aer") == pytest.approx(value, abs=1e-9)
    ours = ibm_hardware("ibm-manila")
    assert fidelity(ours, "reference") == pytest.approx(value, abs=5e-3)
    mean = replace(ours, qubits=[replace(q, readout=(sum(q.readout) / 2,) * 2) for q in ours.qubits])
    assert fidelity(mean, "reference") == pytest.approx(value, abs=1e-5)


def test_round_trip(device):
    _, model, times = device
    hardware = hardware_from_noise_model(model, durations=times)
    assert serial.read_hardware(serial.write_hardware(hardware)) == hardware


def test_channels_of_errors():
    from qiskit.circuit.library import HGate, RXGate, XGate

    mixed = QuantumError([(HGate(), 0.1), (RXGate(0.3), 0.2), (XGate(), 0.7)])
    assert np.allclose(channel_of(mixed.to_dict(), "").superoperator, SuperOp(mixed).data.conj(), atol=1e-12)
    paulis = pauli_error([("XZ", 0.25), ("II", 0.75)])
    assert channel_of(paulis.to_dict(), "") == Channel.from_pauli({"II": 0.75, "ZX": 0.25})
    lindblad = PauliLindbladError(["XI", "ZZ"], [0.1, 0.2])
    both = channel_of(lindblad.to_dict(), "")
    tensor = SuperOp(lindblad).data.reshape((2,) * 8).transpose(1, 0, 3, 2, 5, 4, 7, 6).reshape(16, 16)
    assert both.is_pauli and np.allclose(both.superoperator, tensor.conj(), atol=1e-12)
    with pytest.raises(InvalidInputError, match=r"here: a Pauli-Lindblad rate is -0\.1"):
        channel_of(PauliLindbladError(["X"], [-0.1]).to_dict(), "here")


def model_with(error, *gates):
    model = NoiseModel()
    model.add_all_qubit_quantum_error(error, list(gates))
    return model


def test_what_hardware_cannot_have_is_refused_by_name():
    refused = pytest.raises(
        UnsupportedError, match=r"aer-noise-model: ccx on every qubit: hardware has no error"
    )
    with refused:
        hardware_from_noise_model(model_with(depolarizing_error(0.1, 3), "ccx"))
    with pytest.raises(UnsupportedError, match="my_gate on every qubit: hardware has no error"):
        hardware_from_noise_model(model_with(depolarizing_error(0.1, 1), "my_gate"))
    plus = coherent_unitary_error(np.array([[1, 1], [1, -1]]) / np.sqrt(2))
    with pytest.raises(UnsupportedError, match="reset on every qubit: the error resets into a superposition"):
        hardware_from_noise_model(model_with(plus, "reset"))
    with pytest.raises(UnsupportedError, match="measure on every qubit: the error makes outcomes depend"):
        hardware_from_noise_model(model_with(plus, "measure"))
    correlated = NoiseModel()
    correlated.add_readout_error(ReadoutError(np.eye(4)[::-1] * 0.1 + np.eye(4) * 0.9), [0, 1])
    with pytest.raises(UnsupportedError, match="measure on 0-1: the readout error correlates several qubits"):
        hardware_from_noise_model(correlated)
    custom = NoiseModel()
    custom._custom_noise_passes.append(LocalNoisePass(lambda op, qubits: None))
    with pytest.raises(UnsupportedError, match="the noise pass LocalNoisePass has no counterpart"):
        hardware_from_noise_model(custom)
    hot = NoiseModel.from_backend(FakeManilaV2(), temperature=50)
    with pytest.raises(UnsupportedError, match="qubits relax to an excited population of"):
        hardware_from_noise_model(hot)
    everywhere = NoiseModel()
    everywhere._custom_noise_passes.append(RelaxationNoisePass([1e-4], [1e-4]))
    with pytest.raises(UnsupportedError, match="RelaxationNoisePass has no counterpart"):
        hardware_from_noise_model(everywhere)
    with pytest.raises(InvalidInputError, match="noise_model is 'noise'; it must be a qiskit_aer NoiseModel"):
        hardware_from_noise_model("noise")
    with pytest.raises(InvalidInputError, match=r"durations: sx .* must be at least 0"):
        hardware_from_noise_model(NoiseModel(), durations={"sx": -1.0})


def test_what_is_left_open_is_said():
    model = model_with(depolarizing_error(0.1, 1), "rz", "sxdg")
    warnings = " ".join(hardware_from_noise_model(model).warnings)
    assert "sxdg on every qubit: no program has this gate" in warnings
    assert (
        "rz: the error is that of the gate itself; Z rotations that a decomposition needs are virtual"
        in warnings
    )
