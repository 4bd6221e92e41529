"""Cirq noise models as hardware: placed programs have the states that Cirq itself computes."""

from __future__ import annotations

import math

import cirq
import numpy as np
import pytest
from cirq.contrib.noise_models import DepolarizingWithDampedReadoutNoiseModel
from cirq.devices.noise_utils import OpIdentifier

import qnetframe as qn
from qnetframe import Network, Node, Program
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.gates import GATES, gate_matrix
from qnetframe_cirq import hardware_from_noise_model

SECOND = 1e-6
EQUAL = dict.fromkeys([*GATES, "measure", "reset"], SECOND)


def write(program, qubits, gates):
    for name, params, places in gates:
        program.gate(name, *params, *(qubits[i] for i in places))


def placed(hardware, count, gates, finish):
    p = Program("gates")
    qubits = [p.qubit("here", f"q{i}") for i in range(count)]
    write(p, qubits, gates)
    answer = finish(p, qubits)
    layout = {"here": {f"here.q{i}": i for i in range(count)}}
    return qn.execute(qn.place(p, Network([Node("here", hardware)]), layout=layout)), answer


def placed_state(hardware, count, gates):
    result, _ = placed(hardware, count, gates, lambda p, qubits: p.save("all", *qubits))
    return result.state("all").matrix


def cirq_operation(name, params, qubits):
    known = {
        "h": cirq.H,
        "x": cirq.X,
        "cx": cirq.CX,
        "cz": cirq.CZ,
        "s": cirq.S,
        "swap": cirq.SWAP,
        "t": cirq.T,
    }
    if name in known:
        return known[name](*qubits)
    if name == "u3":
        return cirq.PhasedXZGate.from_matrix(gate_matrix(name, params))(*qubits)
    return {"rx": cirq.rx, "rz": cirq.rz}[name](*params)(*qubits)


def cirq_circuit(qubits, gates):
    operations = [cirq_operation(n, p, [qubits[i] for i in places]) for n, p, places in gates]
    return cirq.Circuit(operations)


def simulated(circuit, model, qubits):
    """The final density matrix of the noisy circuit, measurements left out."""
    noisy = circuit.with_noise(model)
    kept = cirq.Circuit(o for o in noisy.all_operations() if not cirq.is_measurement(o))
    simulator = cirq.DensityMatrixSimulator(dtype=np.complex128)
    return simulator.simulate(kept, qubit_order=qubits).final_density_matrix


def random_gates(rng, count, length):
    gates = []
    for _ in range(length):
        if rng.random() < 0.4:
            gates.append(
                (str(rng.choice(["cx", "cz", "swap"])), (), tuple(map(int, rng.permutation(count)[:2])))
            )
        else:
            name = str(rng.choice(["h", "x", "s", "t", "rx", "rz", "u3"]))
            gates.append(
                (
                    name,
                    tuple(rng.uniform(0.1, 3, {"rx": 1, "rz": 1, "u3": 3}.get(name, 0))),
                    (int(rng.integers(count)),),
                )
            )
    return gates


def full_layers(rng, length):
    """Gates on two qubits that leave none idle in any moment."""
    gates = []
    for _ in range(length):
        if rng.random() < 0.5:
            gates.append((str(rng.choice(["cx", "cz", "swap"])), (), tuple(map(int, rng.permutation(2)))))
        else:
            gates += [
                ("u3", tuple(rng.uniform(0.1, 3, 3)), (0,)),
                ("rx", tuple(rng.uniform(0.1, 3, 1)), (1,)),
            ]
    return gates


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "gate", [cirq.amplitude_damp(0.05), cirq.phase_damp(0.05), cirq.amplitude_damp(0.2)], ids=str
)
def test_relaxation_in_every_moment_is_relaxation_in_time(gate, seed):
    """Equal durations: moments are steps of time, and qubits that wait relax as in Cirq."""
    hardware = hardware_from_noise_model(gate, durations=EQUAL)
    assert hardware.warnings == () and all(g.channel is None for g in hardware.gates.values())
    gamma = gate._gamma
    decay = -SECOND / math.log1p(-gamma)
    t1, t2 = (decay, 2 * decay) if isinstance(gate, cirq.AmplitudeDampingChannel) else (math.inf, 2 * decay)
    assert (hardware.default.t1, hardware.default.t2) == pytest.approx((t1, t2), rel=1e-9)
    qubits = cirq.LineQubit.range(3)
    gates = random_gates(np.random.default_rng(seed), 3, 20)
    expected = simulated(cirq_circuit(qubits, gates), cirq.ConstantQubitNoiseModel(gate), qubits)
    assert np.abs(placed_state(hardware, 3, gates) - expected).max() < 1e-9


@pytest.mark.parametrize(
    "gate", [cirq.depolarize(0.02), cirq.asymmetric_depolarize(0.05, 0.0, 0.01), cirq.Z**0.1,
             cirq.generalized_amplitude_damp(0.7, 0.1)], ids=str,
)  # fmt: skip
def test_any_noise_on_qubits_that_never_wait(gate):
    """Reset first: what a moment does to |0> is the error of every preparation."""
    hardware = hardware_from_noise_model(gate, waiting="ignore")
    assert any("while it waits" in w for w in hardware.warnings)
    qubits = cirq.LineQubit.range(2)
    gates = full_layers(np.random.default_rng(5), 12)
    circuit = cirq.Circuit(cirq.Moment(cirq.reset_each(*qubits))) + cirq_circuit(qubits, gates)
    expected = simulated(circuit, cirq.ConstantQubitNoiseModel(gate), qubits)
    assert np.abs(placed_state(hardware, 2, gates) - expected).max() < 1e-9


def test_depolarizing_is_a_plain_figure():
    """P in Cirq is the total Pauli probability: an average infidelity of 2p/3; two of them on two qubits."""
    hardware = hardware_from_noise_model(cirq.depolarize(0.03), waiting="ignore")
    assert hardware.gates["h", ()].channel is None
    assert hardware.gates["h", ()].error == pytest.approx(2 * 0.03 / 3, abs=1e-12)
    assert hardware.gates["cx", ()].channel.pauli_probabilities["XZ"] == pytest.approx(1e-4, abs=1e-12)
    assert hardware.default.prepare_error == pytest.approx(0.02, abs=1e-12)


class Transmons(cirq.SuperconductingQubitsNoiseProperties):
    @classmethod
    def single_qubit_gates(cls):
        return {cirq.PhasedXZGate, cirq.MeasurementGate, cirq.ResetChannel}

    @classmethod
    def symmetric_two_qubit_gates(cls):
        return {cirq.CZPowGate}

    @classmethod
    def asymmetric_two_qubit_gates(cls):
        return set()


def device():
    qubits = cirq.LineQubit.range(3)
    errors = {OpIdentifier(cirq.PhasedXZGate, q): 0.002 * (i + 1) for i, q in enumerate(qubits)}
    for pair, error in (((0, 1), 0.01), ((1, 2), 0.02)):
        for a, b in (pair, pair[::-1]):
            errors[OpIdentifier(cirq.CZPowGate, qubits[a], qubits[b])] = error
    properties = Transmons(
        gate_times_ns={cirq.PhasedXZGate: 25.0, cirq.CZPowGate: 40.0, cirq.MeasurementGate: 4000.0, cirq.ResetChannel: 250.0},
        t1_ns={q: 1e5 + 2e4 * i for i, q in enumerate(qubits)},
        tphi_ns={q: 2e5 - 3e4 * i for i, q in enumerate(qubits)},
        readout_errors={q: [0.01 * (i + 1), 0.03] for i, q in enumerate(qubits)},
        gate_pauli_errors=errors,
    )  # fmt: skip
    return qubits, properties, cirq.devices.NoiseModelFromNoiseProperties(properties)


def test_a_device_by_its_noise_properties():
    """Depolarization, relaxation in gates and while waiting, and readout, as Cirq inserts them."""
    qubits, properties, model = device()
    hardware = hardware_from_noise_model(model)
    assert hardware.coupling == {(0, 1), (1, 2)}
    assert {g for g, _ in hardware.gates} == {"phxz", "cz"}
    for i, (qubit, profile) in enumerate(zip(qubits, hardware.qubits, strict=True)):
        t1, tphi = 1e-9 * properties.t1_ns[qubit], 1e-9 * properties.tphi_ns[qubit]
        assert profile.t1 == pytest.approx(t1, rel=1e-8)
        assert profile.t2 == pytest.approx(1 / (0.5 / t1 + 1 / tphi), rel=1e-8)
        assert profile.readout == pytest.approx((0.01 * (i + 1), 0.03), abs=1e-12)
        assert profile.measure_duration == pytest.approx(4e-6)
        # A Pauli probability of 3r/2 that includes relaxation, to first order.
        assert hardware.gates["phxz", (i,)].error == pytest.approx(0.002 * (i + 1) * 2 / 3, rel=1e-3)
    rng = np.random.default_rng(2)
    turn = [("u3", tuple(rng.uniform(0.2, 3, 3)), (i,)) for i in range(3)]
    gates = [*turn, ("cz", (), (0, 1)), ("cz", (), (1, 2)), *(("u3", (0.5, 0.2, 0.9), (i,)) for i in (1, 2))]
    got = placed_state(hardware, 3, gates)
    circuit = cirq_circuit(qubits, gates)
    assert len(circuit) == 4
    assert np.abs(got - simulated(circuit, model, qubits)).max() < 1e-9
    result, bits = placed(hardware, 3, gates, lambda p, qs: [p.measure(q) for q in qs])
    odds = np.diag(simulated(circuit + cirq.Moment(cirq.measure_each(*qubits)), model, qubits)).real
    # Qubit 0 is measured at once by placement, with the others by Cirq: it waits 25 ns less.
    for outcome, estimate in result.distribution(*bits).items():
        assert estimate.value == pytest.approx(odds[int("".join(map(str, outcome)), 2)], abs=2e-4)


def test_google_noise_with_its_coherent_errors():
    google = pytest.importorskip("cirq_google")
    properties = google.engine.load_device_noise_properties("rainbow")
    model = google.NoiseModelFromGoogleNoiseProperties(properties)
    pair = next(o.qubits for o in properties.gate_pauli_errors if o.gate_type is google.SycamoreGate)
    hardware = hardware_from_noise_model(model, pair)
    assert {g for g, _ in hardware.gates} >= {"phxz", "syc", "sqrt_iswap", "rz"}
    assert hardware.gates["rz", (0,)].error == 0 and hardware.gates["rz", (0,)].duration == 0
    channel = hardware.gates["syc", (0, 1)].channel
    circuit = cirq.Circuit(
        cirq.PhasedXZGate.from_matrix(gate_matrix("u3", (0.7, 0.1, 0.4)))(pair[0]), google.SYC(*pair)
    )
    start = placed_state(hardware, 2, [("u3", (0.7, 0.1, 0.4), (0,))])
    unitary = cirq.unitary(google.SYC)
    # The other qubit is |0> meanwhile, which does not relax.
    expected = simulated(circuit, model, pair)
    assert np.abs(channel.apply(unitary @ start @ unitary.conj().T) - expected).max() < 1e-9
    assert hardware.qubits[0].t1 == pytest.approx(1e-9 * properties.t1_ns[pair[0]], rel=1e-6)
    assert hardware.qubits[0].readout == pytest.approx(properties.readout_errors[pair[0]], abs=1e-9)
    p = Program("native")
    a, b = p.qubits("here", "a", "b")
    p.h(a).cx(a, b).save("pair", a, b)
    rho = qn.execute(p, network=Network([Node("here", hardware)])).state("pair")
    assert 0.9 < rho.fidelity(np.array([1, 0, 0, 1]) / np.sqrt(2)).value < 0.995


def test_contributed_models_have_readout_errors():
    model = DepolarizingWithDampedReadoutNoiseModel(depol_prob=0.01, bitflip_prob=0.04, decay_prob=0.1)
    hardware = hardware_from_noise_model(model, waiting="ignore")
    # Decay, then a flip.
    assert hardware.default.readout == pytest.approx((0.04, 0.1 * 0.96 + 0.9 * 0.04))
    assert hardware.gates["x", ()].error == pytest.approx(0.02 / 3)


def test_no_noise_is_ideal():
    hardware = hardware_from_noise_model(None)
    assert hardware.default == qn.Hardware().default and all(g.error == 0 for g in hardware.gates.values())


class Custom(cirq.NoiseModel):
    def __init__(self, make):
        self.make = make

    def noisy_moment(self, moment, system_qubits):
        return [moment, *(cirq.Moment(o) for o in self.make(moment, list(system_qubits)))]


def test_qubits_that_differ_are_listed():
    def noise(moment, system):
        return [cirq.depolarize(0.1).on(q) for q in moment.qubits if q == system[0]]

    with pytest.raises(UnsupportedError, match=r"qubits differ \(in the noise of id\); give qubits="):
        hardware_from_noise_model(Custom(noise))
    line = cirq.LineQubit.range(2)
    hardware = hardware_from_noise_model(Custom(noise), line, coupling=[(1, 0)], waiting="ignore")
    assert hardware.coupling == {(0, 1)}
    assert hardware.gates["x", (0,)].error > 0 == hardware.gates["x", (1,)].error


def test_what_hardware_cannot_have_is_refused_by_name():
    line = cirq.LineQubit.range(3)
    with pytest.raises(
        UnsupportedError, match=r"noise while it waits that is no relaxation .*waiting='ignore' leaves"
    ):
        hardware_from_noise_model(cirq.depolarize(0.1))

    def crosstalk(moment, system):
        return [cirq.CZ(system[0], system[1]) ** 0.1]

    with pytest.raises(
        UnsupportedError, match=r"id on q\(0\): the noise CZ\*\*0\.1.* acts on several qubits"
    ):
        hardware_from_noise_model(Custom(crosstalk), line)

    def by_angle(moment, system):
        return [
            cirq.depolarize(0.01 * abs(o.gate.exponent)).on(*o.qubits)
            for o in moment
            if isinstance(o.gate, cirq.Rx)
        ]

    with pytest.raises(UnsupportedError, match=r"rx on q\(0\): the noise depends on the angle of the gate"):
        hardware_from_noise_model(Custom(by_angle), line)

    class Tilted(cirq.NoiseModel):
        def noisy_operation(self, operation):
            return (
                [cirq.ry(0.1)(operation.qubits[0]), operation]
                if cirq.is_measurement(operation)
                else operation
            )

    with pytest.raises(UnsupportedError, match="qubit 0: its noise makes outcomes depend on superpositions"):
        hardware_from_noise_model(Tilted(), line)

    class Half(cirq.NoiseModel):
        def noisy_operation(self, operation):
            return (
                [operation, cirq.ry(0.1)(operation.qubits[0])]
                if operation.gate == cirq.ResetChannel()
                else operation
            )

    with pytest.raises(UnsupportedError, match="qubit 0: its reset leaves a superposition"):
        hardware_from_noise_model(Half(), line)
    with pytest.raises(InvalidInputError, match="noise_model: "):
        hardware_from_noise_model("noise")
    with pytest.raises(InvalidInputError, match="waiting is 'no'; it must be 'refuse' or 'ignore'"):
        hardware_from_noise_model(None, waiting="no")
    with pytest.raises(InvalidInputError, match="it must be a sequence of Cirq qubits"):
        hardware_from_noise_model(None, ["q0"])
    with pytest.raises(InvalidInputError, match="coupling is 5"):
        hardware_from_noise_model(None, line, coupling=[(0, 5)])


def test_one_qubit_alone_is_not_seen_waiting():
    hardware = hardware_from_noise_model(cirq.amplitude_damp(0.1), cirq.LineQubit.range(1), waiting="ignore")
    assert any("noise while it waits is not known" in w for w in hardware.warnings)
