"""Refusals, seeds, packing, detectors, and the speed of Stim itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import stim

from qnetframe.channels import Channel, amplitude_damping, bit_flip, dephasing
from qnetframe.channels.named import depolarizing, two_qubit_depolarizing
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.circuit import Circuit, Output
from qnetframe.program.operations import Coin, Expect, Gate, Measure, Noise, Observable, Require, Save
from qnetframe.program.program import Program
from qnetframe.values import Parity, all_of
from qnetframe_stim import stim_backend
from qnetframe_stim.backend import CHUNK_SHOTS
from qnetframe_stim.noise import append_pauli_channel


def compiled(program: Program):
    return stim_backend().compile(program.circuit())


def repetition_code(distance: int, rounds: int, p: float) -> Program:
    """Return a memory of one bit with readout errors, with inverted detectors among the others."""
    program = Program("repetition")
    data = program.qubits("alice", *(f"d{i}" for i in range(distance)))
    checks = program.qubits("alice", *(f"c{i}" for i in range(distance - 1)))
    for q in data:
        program.x(q)
    before = [None] * (distance - 1)
    for t in range(rounds):
        for q in data:
            program.noise(bit_flip(p), q)
        for i, c in enumerate(checks):
            program.reset(c).x(c).cx(data[i], c).cx(data[i + 1], c)
            bit = program.measure(c, readout=(p, p))
            program.detector(bit ^ 1 if before[i] is None else bit ^ before[i], (i, t))
            before[i] = bit
    last = [program.measure(q) for q in data]
    for i in range(distance - 1):
        program.detector(last[i] ^ last[i + 1] ^ before[i] ^ 1, (i, rounds))
    program.observable(0, last[0] ^ 1).observable(2, last[0] ^ last[1] ^ 1).observable(2, last[1])
    return program.output(last[0])


def test_detectors_are_zero_without_noise():
    found = compiled(repetition_code(5, 4, 0.0)).detect(100, seed=1)
    assert found.detectors.labels == tuple(f"D{i}" for i in range(20))
    assert found.observables.labels == ("L0", "L1", "L2")
    assert not found.detectors.bits().any()
    # last[0] ^ last[1] ^ 1 ^ last[1] = last[0] ^ 1 = 0.
    assert not found.observables.bits().any()


def test_a_detector_has_the_value_of_its_parity():
    p = Program("signs")
    a, b = p.qubits("alice", "a", "b")
    p.x(a).h(b)
    one, either = p.measure(a), p.measure(b)
    again = p.measure(b)
    p.detector(one).detector(one ^ 1).detector(either ^ again).detector(either ^ again ^ 1)
    p.observable(0, one).observable(1, one ^ 1)
    found = compiled(p).detect(50, seed=2)
    assert np.array_equal(found.detectors.bits(), np.tile([True, False, False, True], (50, 1)))
    assert np.array_equal(found.observables.bits(), np.tile([True, False], (50, 1)))


def test_detection_rates_and_native_circuit():
    p, shots = 0.1, 200_000
    executable = compiled(repetition_code(3, 2, p))
    found = executable.detect(shots, seed=3)
    rates = found.detectors.bits().mean(axis=0)
    assert found.detectors.shots == found.observables.shots == shots

    def odd(n):  # probability that an odd number of n flips happens
        return (1 - (1 - 2 * p) ** n) / 2

    expected = [odd(3), odd(3), odd(4), odd(4), odd(1), odd(1)]
    # Seven standard deviations of six means: false alarm below 2e-11 (normal tail).
    assert np.abs(rates - expected).max() < 7 * 0.5 / np.sqrt(shots)
    assert abs(found.observables.bits()[:, 0].mean() - odd(2)) < 7 * 0.5 / np.sqrt(shots)
    native = executable.native()
    assert isinstance(native, stim.Circuit)
    assert (native.num_detectors, native.num_observables) == (6, 3)
    assert native.get_detector_coordinates()[3] == [1.0, 1.0]
    assert native.detector_error_model().num_errors > 0


def test_detect_of_a_circuit_without_detectors():
    p = Program("none")
    p.measure(p.qubit("alice", "a"))
    found = compiled(p).detect(10, seed=1)
    assert found.detectors.bits().shape == found.observables.bits().shape == (10, 0)


def random_bits(number: int) -> Program:
    p = Program("bits")
    for q in p.qubits("alice", *(f"q{i}" for i in range(number))):
        p.h(q)
        p.measure(q)
    return p


@pytest.mark.parametrize("shots", [1, 7, CHUNK_SHOTS, CHUNK_SHOTS + 1, 3 * CHUNK_SHOTS - 5])
def test_same_seed_same_bits(shots):
    first, again, other = (compiled(random_bits(13)).sample(shots, seed) for seed in (4, 4, 5))
    assert first.shots == shots and sum(first.lengths) == shots
    assert np.array_equal(first.bits(), again.bits())
    assert not np.array_equal(first.bits(), other.bits())


def test_chunks_are_independent():
    bits = compiled(random_bits(20)).sample(2 * CHUNK_SHOTS, seed=1).bits()
    assert not np.array_equal(bits[:CHUNK_SHOTS], bits[CHUNK_SHOTS:])


def test_a_seed_gives_detections_other_noise_than_samples():
    p = Program("flip")
    a = p.qubit("alice", "a")
    bit = p.noise(bit_flip(0.5), a).measure(a)
    p.detector(bit)
    executable = compiled(p)
    sampled, detected = executable.sample(1000, 1).bits(), executable.detect(1000, 1).detectors.bits()
    assert not np.array_equal(sampled, detected)


@pytest.mark.parametrize("width", [1, 7, 8, 9, 17, 64])
def test_columns_are_the_outputs_in_order(width):
    pattern = np.random.default_rng(width).integers(0, 2, width).astype(bool)
    qubits = tuple(f"q{i}" for i in range(width))
    operations = [Gate("x", (q,)) for q, one in zip(qubits, pattern, strict=True) if one]
    operations += [Measure(q, f"m{q}") for q in reversed(qubits)]
    outputs = tuple(Output(q, Parity((f"m{q}",), i % 2)) for i, q in enumerate(qubits))
    samples = stim_backend().compile(Circuit(qubits, tuple(operations), outputs)).sample(5, 1)
    assert samples.labels == qubits
    wanted = pattern ^ (np.arange(width) % 2).astype(bool)
    assert np.array_equal(samples.bits(), np.tile(wanted, (5, 1)))


def test_constant_and_absent_outputs():
    circuit = Circuit(("a",), (Coin(1.0, "c"),), (Output("one", Parity((), 1)), Output("c", Parity(("c",)))))
    assert stim_backend().compile(circuit).sample(3, 1).bits().tolist() == [[True, True]] * 3
    empty = stim_backend().compile(Circuit(("a",), (), ())).sample(3, 1)
    assert empty.bits().shape == (3, 0)


def refused(*operations) -> Circuit:
    return Circuit(("a", "b"), (Measure("b", "m"), Measure("b", "n"), *operations), None)


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (Gate("t", ("a",)), "non-Clifford gate t on a"),
        (Gate("rx", ("a",), (0.1,)), "non-Clifford gate rx on a"),
        (Noise(("a",), amplitude_damping(0.1)), "non-Pauli channel .* on a .*twirl=True"),
        (Measure("a", "k", readout=(0.1, 0.2)), "asymmetric readout error on a .*twirl=True"),
        (Gate("h", ("a",), when=Parity(("m",))), "conditional h on a, which is no Pauli gate"),
        (Gate("x", ("a",), when=all_of(Parity(("m",)), Parity(("n",)))), "conditional on all_of"),
    ],
)
def test_refused_by_name(operation, words):
    with pytest.raises(UnsupportedError, match=f"stim cannot run .*{words}"):
        stim_backend().compile(refused(operation))


def test_a_preparation_that_is_no_stabilizer_state_is_refused():
    p = Program("prepare")
    p.prepare(p.qubit("alice", "a"), [0.8, 0.6])
    with pytest.raises(UnsupportedError, match=r"stim cannot run .*alice\.a"):
        compiled(p)


@pytest.mark.parametrize(
    "operation",
    [Save("s", ("a",)), Expect("e", (("a", "X"),)), Require(Parity(("m",)))],
    ids=lambda o: o.kind,
)
def test_what_belongs_to_the_host_is_refused(operation):
    with pytest.raises(UnsupportedError, match=f"stim returns bits and has no {operation.kind}"):
        stim_backend().compile(refused(operation))


@pytest.mark.parametrize(("shots", "seed"), [(0, 1), (-1, 1), (1.5, 1), (10, -1)])
def test_bad_numbers(shots, seed):
    with pytest.raises(InvalidInputError, match=r"shots is|seed is"):
        compiled(random_bits(1)).sample(shots, seed)


def circuit_of(*channels):
    """The Stim circuit of some channels, each on its qubits."""
    lines = []
    for channel, qubits in channels:
        append_pauli_channel(
            lambda name, targets, arguments: lines.append(
                f"{name}({', '.join(map(repr, arguments))}) {' '.join(map(str, targets))}"
            ),
            channel,
            qubits,
        )
    return stim.Circuit("\n".join(lines))


@pytest.mark.parametrize(
    "channel, expected",
    [
        (depolarizing(0.3), "DEPOLARIZE1(0.3) 0"),
        (two_qubit_depolarizing(0.15), "DEPOLARIZE2(0.15) 0 1"),
        (depolarizing(0.9), "PAULI_CHANNEL_1(0.3, 0.3, 0.3) 0"),
        (Channel.from_pauli({"X": 0.1, "Z": 0.1}), "PAULI_CHANNEL_1(0.1, 0, 0.1) 0"),
    ],
)
def test_depolarizing_noise_keeps_its_name(channel, expected):
    # Stim has none beyond full depolarization (3/4), and then takes the three weights.
    found = circuit_of((channel, list(range(channel.num_qubits))))
    ((name, targets, arguments),) = [(i.name, i.targets_copy(), i.gate_args_copy()) for i in found]
    ((wanted, places, numbers),) = [
        (i.name, i.targets_copy(), i.gate_args_copy()) for i in stim.Circuit(expected)
    ]
    assert (name, targets) == (wanted, places) and arguments == pytest.approx(numbers, abs=1e-12)


@pytest.mark.parametrize("qubits", [1, 2, 3])
def test_weights_that_add_up_to_more_than_one_by_rounding(qubits):
    labels = [p + "I" * (qubits - 1) for p in "XYZ"]
    weights = dict(zip(labels, [0.1, 0.2, 0.7 + 5e-13], strict=True))
    channel = Channel.from_pauli({**weights, "I" * qubits: 0.0})
    native = circuit_of((channel, list(range(qubits))))
    native.append("M", [0])
    flips = native.compile_sampler(seed=1).sample(50_000).mean()
    # X or Y: 0.3; seven standard deviations.
    assert abs(flips - 0.3) < 7 * 0.46 / 50_000**0.5


def test_a_certain_error_is_certain():
    native = circuit_of(
        (Channel.from_pauli({"X": 1.0 - 1e-16}), [0]),
        (Channel.from_pauli({"IIX": 0.5, "IXX": 0.5}), [1, 2, 3]),
    )
    native.append("M", [0, 3])
    assert native.compile_sampler(seed=1).sample(1000).all()


def test_noise_that_does_nothing_is_left_out():
    circuit = Circuit(
        ("a",), (Noise(("a",), dephasing(0.0)), Measure("a", "m"), Observable(0, Parity(("m",))))
    )
    assert str(stim_backend().compile(circuit).native()) == "M 0\nOBSERVABLE_INCLUDE(0) rec[-1]"


def test_thousands_of_qubits():
    p = Program("wide")
    qubits = p.qubits("alice", *(f"q{i}" for i in range(3000)))
    p.h(qubits[0])
    for a, b in pairwise(qubits):
        p.cx(a, b)
    bits = [p.measure(q) for q in qubits]
    p.output(bits[0] ^ bits[-1], label="parity").output(bits[7], label="one")
    found = compiled(p).sample(200, seed=1).bits()
    assert not found[:, 0].any() and 0 < found[:, 1].sum() < 200
