"""Cirq circuits in and out: round trips, and the meaning that Cirq itself gives them."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import cirq
import numpy as np
import pytest
import sympy

from qnetframe.channels.named import amplitude_damping
from qnetframe.errors import InvalidInputError, LocalityError, UnsupportedError
from qnetframe.program.operations import Gate, Idle, Measure, Noise, Reset, qubits_of
from qnetframe.program.program import Program
from qnetframe.values import AllOf, AnyOf, Parity
from qnetframe_cirq.convert import from_cirq, to_cirq

sys.path.insert(0, str(Path(__file__).parents[3] / "tests" / "openqasm"))
import circuit_families as families

Q = cirq.LineQubit.range(4)


def parties_of(program):
    parties = {}
    for qubit, party in program.declared.items():
        parties.setdefault(party, []).append(qubit[len(party) + 1 :])
    return parties


def by_qubit(program):
    """What happens to each qubit, in order: Cirq keeps no order between qubits."""
    lines = {q: [] for q in program.declared}
    for o in program.operations:
        for q in qubits_of(o):
            lines[q].append((o.kind, getattr(o, "name", ""), qubits_of(o), getattr(o, "when", None)))
    return lines


def angles_of(program):
    return sorted(
        (o.qubits, o.name, o.params) for o in program.operations if isinstance(o, Gate) and o.params
    )


@pytest.mark.parametrize("name", families.ALL)
def test_round_trip(name):
    program = families.ALL[name]
    again = from_cirq(to_cirq(program), parties_of(program), across="teleport", name=name)
    families.assert_same_distribution(program, again)
    if name in families.UNITARY and not name.startswith(("random", "vqe", "iqft", "qpe")):
        # In those, u2, u3 and cu become matrices, and p(pi) becomes z.
        assert by_qubit(again) == by_qubit(program)
        for (_, _, a), (_, _, b) in zip(angles_of(program), angles_of(again), strict=True):
            assert b == pytest.approx(a, abs=1e-12)


@pytest.mark.parametrize("name", families.UNITARY)
def test_cirq_gives_the_same_unitary(name):
    program = families.UNITARY[name]
    circuit = cirq.drop_terminal_measurements(to_cirq(program))
    unitary = cirq.Circuit(o for o in circuit.all_operations() if not cirq.is_measurement(o))
    order = [cirq.LineQubit(i) for i in range(len(program.declared))]
    matrix = unitary.unitary(qubit_order=order, qubits_that_should_be_present=order)
    families.assert_same_up_to_phase(matrix, families.unitary_of(program))


@pytest.mark.parametrize("name", families.FEED_FORWARD)
def test_cirq_samples_the_same_distribution(name):
    """120 shots of Cirq's own feed-forward against the exact distribution.

    A frequency is off by more than 6 standard errors (+ 0.03, for rare outcomes) with probability below 1e-7;
    about 200 are tested.
    """
    program = families.FEED_FORWARD[name]
    labels, exact = families.distribution(program)
    shots = 120
    result = cirq.Simulator(seed=7, dtype=np.complex128).run(to_cirq(program), repetitions=shots)
    rows = np.stack([result.measurements[label][:, 0] for label in labels], axis=1)
    found = dict.fromkeys(exact, 0)
    for row in rows:
        assert exact.get(tuple(map(int, row)), 0) > 1e-12, "an outcome that cannot be"
        found[tuple(map(int, row))] += 1
    for outcome, p in exact.items():
        assert abs(found[outcome] / shots - p) < 6 * math.sqrt(p * (1 - p) / shots) + 0.03


@pytest.mark.parametrize("seed", range(6))
def test_random_circuits_of_cirq(seed):
    circuit = cirq.testing.random_circuit(4, 8, 0.8, random_state=seed)
    order = sorted(circuit.all_qubits())
    families.assert_same_up_to_phase(
        families.unitary_of(from_cirq(circuit)), circuit.unitary(qubit_order=order), 1e-8
    )


@pytest.mark.parametrize(
    "gate, name, params",
    [
        (cirq.X, "x", ()), (cirq.S**-1, "sdg", ()), (cirq.T**-1, "tdg", ()), (cirq.X**0.5, "sx", ()), (cirq.X**-1, "x", ()),
        (cirq.rx(0.3), "rx", (0.3,)), (cirq.Z**0.3, "p", (0.3 * math.pi,)), (cirq.Y**0.3, "ry", (0.3 * math.pi,)),
        (cirq.X**0.3, "rx", (0.3 * math.pi,)), (cirq.CZ**0.3, "cp", (0.3 * math.pi,)), (cirq.ControlledGate(cirq.ry(0.3)), "cry", (0.3,)),
        (cirq.ControlledGate(cirq.H), "ch", ()), (cirq.CCX, "ccx", ()), (cirq.CSWAP, "cswap", ()), (cirq.SWAP, "swap", ()),
        (cirq.ControlledGate(cirq.X, num_controls=2), "ccx", ()), (cirq.I, "id", ()), (cirq.CX, "cx", ()), (cirq.ControlledGate(cirq.Y), "cy", ()),
        (cirq.MatrixGate(np.diag([1, 1j])), "s", ()), (cirq.ISWAP, None, ()), (cirq.FSimGate(0.1, 0.2), None, ()), (cirq.XX**0.2, None, ()),
        (cirq.PhasedXZGate(x_exponent=0.1, z_exponent=0.2, axis_phase_exponent=0.3), None, ()), (cirq.QuantumFourierTransformGate(3), None, ()),
        (cirq.ControlledGate(cirq.X**0.3), None, ()), (cirq.ControlledGate(cirq.X, control_values=[0]), None, ()), (cirq.CX**0.5, None, ()),
        (cirq.ZPowGate(exponent=0.3, global_shift=0.4), "p", (0.3 * math.pi,)), (cirq.ControlledGate(cirq.Z**0.3), None, ()), (cirq.ControlledGate(cirq.rz(0.3)), "crz", (0.3,)),
    ],
)  # fmt: skip
def test_gates(gate, name, params):
    qubits = Q[: cirq.num_qubits(gate)]
    circuit = cirq.Circuit(gate(*qubits))
    program = from_cirq(circuit)
    families.assert_same_up_to_phase(families.unitary_of(program), circuit.unitary(), 1e-9)
    if name is not None:
        (operation,) = program.operations
        assert (operation.name, operation.params) == (name, pytest.approx(params, abs=1e-12))


def test_a_wide_gate_is_decomposed():
    gate = cirq.ControlledGate(cirq.X, num_controls=7)
    program = from_cirq(cirq.Circuit(gate(*cirq.LineQubit.range(8))))
    expected = np.eye(256)
    expected[-2:, -2:] = [[0, 1], [1, 0]]
    families.assert_same_up_to_phase(families.unitary_of(program), expected, 1e-6)


A, B, C = (Parity((n,)) for n in "abc")
a, b, c, k = sympy.symbols("a b c k")


@pytest.mark.parametrize(
    "control, when",
    [
        ("a", A), (cirq.BitMaskKeyCondition("a", target_value=0, equal_target=True), A ^ 1), (sympy.Eq(a, 1), A), (sympy.Ne(a, b), A ^ B),
        (a & ~b, AllOf((A, B ^ 1))), (a | b, AnyOf((A, B))), (a ^ b, A ^ B), (sympy.Mod(a + b + 1, 2), A ^ B ^ 1), (a * b, AllOf((A, B))),
        (sympy.Eq(k, 2), AllOf((Parity(("k[1]",), 1), Parity(("k[0]",))))), ("k", AnyOf((Parity(("k[1]",)), Parity(("k[0]",))))),
        (cirq.BitMaskKeyCondition("k", bitmask=2, target_value=2, equal_target=True), Parity(("k[0]",))), (sympy.Eq(sympy.Mod(a + b, 2), 1), A ^ B),
        (sympy.Eq(sympy.Mod(a + b, 2), 0), A ^ B ^ 1),
    ],
)  # fmt: skip
def test_conditions(control, when):
    circuit = cirq.Circuit(
        cirq.measure(Q[0], key="a"), cirq.measure(Q[1], key="b"), cirq.measure(Q[0], Q[1], key="k"),
        cirq.X(Q[2]).with_classical_controls(control),
    )  # fmt: skip
    (gate,) = [o for o in from_cirq(circuit).operations if isinstance(o, Gate)]
    assert sorted(map(str, getattr(gate.when, "parities", ()))) == sorted(
        map(str, getattr(when, "parities", ()))
    )
    assert gate.when == when or isinstance(when, (AllOf, AnyOf))


def test_several_controls_are_all_needed():
    circuit = cirq.Circuit(
        cirq.measure(Q[0], key="a"),
        cirq.measure(Q[1], key="b"),
        cirq.X(Q[2]).with_classical_controls("a", "b"),
    )
    (gate,) = [o for o in from_cirq(circuit).operations if isinstance(o, Gate)]
    assert set(gate.when.parities) == {A, B}


def test_measurements():
    circuit = cirq.Circuit(
        cirq.X(Q[0]),
        cirq.measure(Q[0], Q[1], key="k", invert_mask=(True, False)),
        cirq.measure(Q[0], key="again"),
        cirq.X(Q[0]),
        cirq.MeasurementGate(1, "noisy", confusion_map={(0,): np.array([[0.9, 0.1], [0.2, 0.8]])})(Q[0]),
    )
    program = from_cirq(circuit)
    labels, table = families.distribution(program)
    assert labels == ["again", "k[0]", "k[1]", "noisy"]
    assert table == {(1, 0, 0, 0): pytest.approx(0.9), (1, 0, 0, 1): pytest.approx(0.1)}
    assert [o.readout for o in program.operations if isinstance(o, Measure)][-1] == pytest.approx((0.1, 0.2))


def test_a_key_measured_twice_ends_as_its_last_value():
    circuit = cirq.Circuit(
        cirq.measure(Q[0], key="a"), cirq.X(Q[0]).with_classical_controls("a"), cirq.X(Q[0]), cirq.measure(Q[0], key="a"),
        cirq.X(Q[1]).with_classical_controls(cirq.KeyCondition(cirq.MeasurementKey("a"), index=0)), cirq.measure(Q[1], key="b"),
    )  # fmt: skip
    assert families.distribution(from_cirq(circuit)) == (["a", "b"], {(1, 0): pytest.approx(1)})


def test_channels_resets_waits_and_repetitions():
    inner = cirq.FrozenCircuit(cirq.H(Q[0]), cirq.amplitude_damp(0.3)(Q[0]))
    circuit = cirq.Circuit(
        cirq.CircuitOperation(inner, repetitions=2), cirq.reset(Q[1]), cirq.wait(Q[1], micros=2),
        cirq.depolarize(0.1, n_qubits=2)(Q[1], Q[0]), cirq.KrausChannel(cirq.kraus(cirq.phase_flip(0.2)))(Q[1]),
    )  # fmt: skip
    operations = from_cirq(circuit).operations
    assert [type(o) for o in operations].count(Noise) == 4
    first = next(o for o in operations if isinstance(o, Noise))
    assert np.abs(first.channel.superoperator - amplitude_damping(0.3).superoperator).max() < 1e-12
    assert any(isinstance(o, Reset) for o in operations)
    assert next(o for o in operations if isinstance(o, Idle)).seconds == pytest.approx(2e-6)
    assert next(o for o in operations if isinstance(o, Noise) and len(o.qubits) == 2).qubits == (
        "main.q[1]",
        "main.q[0]",
    )


def test_noise_comes_back():
    p = Program()
    x, y = p.qubits("main", "x", "y")
    p.h(x).noise(amplitude_damping(0.3), x).cx(x, y)
    p.measure(x, readout=(0.1, 0.2))
    p.measure(y, "y")
    families.assert_same_distribution(p, from_cirq(to_cirq(p)))


def test_names_order_and_parties():
    circuit = cirq.Circuit(
        cirq.CX(cirq.NamedQubit("alpha"), cirq.NamedQubit("beta")), cirq.H(cirq.GridQubit(1, 2))
    )
    program = from_cirq(
        circuit, qubit_order=[cirq.NamedQubit("beta"), cirq.GridQubit(1, 2), cirq.NamedQubit("alpha")]
    )
    assert list(program.declared) == ["main.beta", "main.q(1, 2)", "main.alpha"]
    parties = {"alice": ["alpha", "q(1, 2)"], "bob": ["beta"]}
    with pytest.raises(LocalityError, match=r"operation \d.*'alpha' \(alice\) and 'beta' \(bob\)"):
        from_cirq(circuit, parties)
    assert from_cirq(circuit, parties, across="teleport").resources.pairs == 1
    with pytest.raises(InvalidInputError, match="qubit_order"):
        from_cirq(circuit, qubit_order=[cirq.NamedQubit("beta")])


@pytest.mark.parametrize(
    "make, named",
    [
        (lambda: cirq.Circuit(cirq.rx(sympy.Symbol("theta"))(Q[0])), "unbound parameter theta"),
        (lambda: cirq.Circuit(cirq.ResetChannel(3)(cirq.LineQid(0, 3))), "3 levels"),
        (lambda: cirq.Circuit(cirq.measure(Q[0], key="a"), cirq.reset(Q[0]).with_classical_controls("a")), "reset under a condition"),
        (lambda: cirq.Circuit(cirq.measure(Q[0], key="a"), cirq.X(Q[0]).with_classical_controls(a > 0)), "a > 0"),
        (lambda: cirq.Circuit(cirq.PauliMeasurementGate([cirq.Z, cirq.Z], key="zz")(Q[0], Q[1])), "zz|PauliMeasurement"),
        (lambda: "circuit", "got str"),
        (lambda: cirq.Circuit(cirq.CircuitOperation(cirq.FrozenCircuit(cirq.H(Q[0]), cirq.measure(Q[0], key="m")), use_repetition_ids=False, repeat_until=cirq.KeyCondition(cirq.MeasurementKey("m")))), "CircuitOperation"),
    ],
)  # fmt: skip
def test_refused_by_name(make, named):
    with pytest.raises(UnsupportedError, match=named):
        from_cirq(make())


def test_to_cirq_refuses_by_name():
    p = Program()
    q = p.qubit("main", "q")
    p.erase(q, 0.1)
    p.coin(0.5)
    p.require(p.measure(q)).save("out", q)
    with pytest.raises(UnsupportedError) as caught:
        to_cirq(p)
    for named in ("erase on main.q", "coin", "require(m0)", "save 'out'"):
        assert named in str(caught.value)
