"""Qiskit circuits in and out: round trips, and the meaning that Qiskit itself gives them."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, transpile
from qiskit.circuit import Parameter, library
from qiskit.circuit.classical import expr, types
from qiskit.circuit.library import quantum_volume
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Kraus, Operator
from qiskit_aer import AerSimulator
from qiskit_aer.noise import amplitude_damping_error, depolarizing_error

from qnetframe.channels.named import amplitude_damping, two_qubit_depolarizing
from qnetframe.errors import InvalidInputError, LocalityError, UnsupportedError
from qnetframe.program.operations import Gate, Noise
from qnetframe.program.program import Program
from qnetframe.values import AllOf, AnyOf, Parity
from qnetframe_aer.convert import from_qiskit, to_qiskit

sys.path.insert(0, str(Path(__file__).parents[3] / "tests" / "openqasm"))
import circuit_families as families


def parties_of(program):
    parties = {}
    for qubit, party in program.declared.items():
        parties.setdefault(party, []).append(qubit[len(party) + 1 :])
    return parties


def matrix_of(circuit):
    """The unitary with the first qubit most significant."""
    return np.asarray(Operator(circuit.remove_final_measurements(inplace=False).reverse_bits()).data)


@pytest.mark.parametrize("name", families.ALL)
def test_round_trip(name):
    program = families.ALL[name]
    again = from_qiskit(to_qiskit(program), parties_of(program), across="teleport")
    families.assert_same_distribution(program, again)
    if name in families.UNITARY or name in (
        "repetition_1",
        "rounds_3",
        "five_qubit_Y4",
        "iqpe_3",
        "swapping_2",
    ):
        assert again == program


@pytest.mark.parametrize("name", families.UNITARY)
def test_qiskit_gives_the_same_unitary(name):
    program = families.UNITARY[name]
    families.assert_same_up_to_phase(matrix_of(to_qiskit(program)), families.unitary_of(program))


@pytest.mark.parametrize("name", families.FEED_FORWARD)
def test_aer_samples_the_same_distribution(name):
    """20 000 shots of Aer's own feed-forward against the exact distribution of the reference.

    A frequency is off by more than 6 standard errors (+ 1e-3) with probability below 2e-9; about 200 are tested.
    """
    program = families.FEED_FORWARD[name]
    labels, exact = families.distribution(program)
    circuit = to_qiskit(program)
    shots = 20_000
    simulator = AerSimulator()
    runnable = transpile(circuit, simulator, optimization_level=0)  # Aer knows no ch
    counts = simulator.run(runnable, shots=shots, seed_simulator=5).result().get_counts()
    places = {circuit.cregs[r].name if len(circuit.cregs[r]) == 1 else f"{circuit.cregs[r].name}[{i}]": bit
              for r in range(len(circuit.cregs)) for i, bit in enumerate(circuit.cregs[r])}  # fmt: skip
    order = {bit: i for i, bit in enumerate(circuit.clbits)}
    found = dict.fromkeys(exact, 0)
    for key, number in counts.items():
        bits = key.replace(" ", "")[::-1]
        outcome = tuple(int(bits[order[places[label]]]) for label in labels)
        assert outcome in found, "an outcome that cannot be"
        found[outcome] += number
    for outcome, p in exact.items():
        assert abs(found[outcome] / shots - p) < 6 * math.sqrt(p * (1 - p) / shots) + 1e-3


@pytest.mark.parametrize("seed", range(8))
def test_random_circuits_of_qiskit(seed):
    circuit = random_circuit(4, 6, max_operands=4, seed=seed)
    families.assert_same_up_to_phase(families.unitary_of(from_qiskit(circuit)), matrix_of(circuit), 1e-8)


def _library():
    yield library.QFTGate(4)
    yield library.PermutationGate([2, 0, 1])
    yield library.MCXGate(4)
    yield library.MCPhaseGate(0.3, 3)
    yield library.RZZGate(0.3)
    yield library.XXPlusYYGate(0.3, 0.2)
    yield library.iSwapGate()
    yield library.CUGate(0.1, 0.2, 0.3, 0.4)
    yield library.CU3Gate(0.1, 0.2, 0.3)
    yield library.CXGate(ctrl_state=0)
    yield library.SXGate().control(2, annotated=False)
    yield library.RXGate(0.4).power(0.5)
    yield library.DiagonalGate([1, 1j, -1, -1j])
    yield library.StatePreparation(np.array([1, 2, 3, 4j]) / math.sqrt(30)).inverse()
    yield library.HGate().to_mutable()
    yield library.UnitaryGate(np.asarray(Operator(library.CHGate()).data))
    yield library.PauliGate("XYZ")


@pytest.mark.parametrize("gate", list(_library()), ids=lambda g: g.name)
def test_library_gates(gate):
    circuit = QuantumCircuit(gate.num_qubits)
    circuit.append(gate, range(gate.num_qubits))
    families.assert_same_up_to_phase(families.unitary_of(from_qiskit(circuit)), matrix_of(circuit))


def test_transpiled_and_composed_circuits():
    circuit = quantum_volume(4, 2, seed=3)
    families.assert_same_up_to_phase(families.unitary_of(from_qiskit(circuit)), matrix_of(circuit))
    native = transpile(
        families_circuit(), basis_gates=["sx", "rz", "cx"], optimization_level=1, seed_transpiler=1
    )
    families.assert_same_up_to_phase(families.unitary_of(from_qiskit(native)), matrix_of(native))


def families_circuit():
    return to_qiskit(families.UNITARY["grover_101"]).remove_final_measurements(inplace=False)


def test_preparations_and_resets():
    circuit = QuantumCircuit(3, 3)
    circuit.h(range(3))
    circuit.initialize(np.array([0.6, 0, 0, 0.8j]), [0, 2])
    circuit.initialize("-", 1)
    circuit.h(1)
    circuit.barrier()
    circuit.measure(range(3), range(3))
    labels, table = families.distribution(from_qiskit(circuit))
    assert labels == ["c[0]", "c[1]", "c[2]"]
    assert {k: round(v, 9) for k, v in table.items() if v > 1e-9} == {(0, 1, 0): 0.36, (1, 1, 1): 0.64}
    circuit = QuantumCircuit(2, 2)
    circuit.initialize(2, [0, 1])
    circuit.measure([0, 1], [0, 1])
    _, table = families.distribution(from_qiskit(circuit))
    assert table[0, 1] == pytest.approx(1)


A, B, C = (Parity((f"c[{i}]",)) for i in range(3))


@pytest.mark.parametrize(
    "make, when",
    [
        (lambda c: (c[0], 1), A), (lambda c: (c[0], 0), A ^ 1), (lambda c: (c, 5), AllOf((A, B ^ 1, C))),
        (lambda c: expr.bit_xor(c[0], c[1]), A ^ B), (lambda c: expr.logic_not(c[1]), B ^ 1),
        (lambda c: expr.logic_and(c[0], expr.logic_not(c[2])), AllOf((A, C ^ 1))),
        (lambda c: expr.logic_or(c[0], c[2]), AnyOf((A, C))), (lambda c: expr.equal(c, 2), AllOf((A ^ 1, B, C ^ 1))),
        (lambda c: expr.not_equal(c, 0), AnyOf((A, B, C))), (lambda c: expr.equal(expr.bit_and(c, 3), 3), AllOf((A, B))),
        (lambda c: expr.index(c, 1), B), (lambda c: expr.bit_not(c[0]), A ^ 1), (lambda c: expr.cast(c, types.Bool()), AnyOf((A, B, C))),
        (lambda c: expr.equal(c[0], c[1]), A ^ B ^ 1), (lambda c: expr.equal(expr.bit_not(c), 7), AllOf((A ^ 1, B ^ 1, C ^ 1))),
    ],
)  # fmt: skip
def test_conditions(make, when):
    c = ClassicalRegister(3, "c")
    circuit = QuantumCircuit(QuantumRegister(4, "q"), c)
    circuit.measure(range(3), range(3))
    with circuit.if_test(make(c)) as otherwise:
        circuit.x(3)
    with otherwise:
        circuit.z(3)
    conditional = [o for o in from_qiskit(circuit).operations if isinstance(o, Gate)]
    assert next(o.when for o in conditional if o.name == "x") == when
    assert {o.name for o in conditional} == {"x", "z"}
    exact = {"x": 0, "z": 0}
    from qnetframe.values import evaluate

    for value in range(8):
        bits = {f"c[{i}]": value >> i & 1 for i in range(3)}
        fired = [o.name for o in conditional if evaluate(o.when, bits)]
        assert len(fired) == 1
        exact[fired[0]] += 1
    assert sum(exact.values()) == 8


def test_nested_blocks_loops_and_definitions():
    body = QuantumCircuit(2, name="body")
    body.h(0)
    body.cx(0, 1)
    theta = Parameter("t")
    circuit = QuantumCircuit(QuantumRegister(2, "q"), ClassicalRegister(1, "c"))
    circuit.append(body.to_instruction(), [1, 0])
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)), circuit.for_loop(range(3), theta):
        circuit.rx(theta, 1)
    operations = from_qiskit(circuit).operations
    assert [(o.name, o.qubits) for o in operations[:2]] == [
        ("h", ("main.q[1]",)),
        ("cx", ("main.q[1]", "main.q[0]")),
    ]
    assert [(o.params, o.when) for o in operations[3:]] == [((float(i),), Parity(("c",))) for i in range(3)]


def test_matrices_and_vectors_keep_the_order_of_their_qubits():
    rng = np.random.default_rng(2)
    matrix = np.linalg.qr(rng.normal(size=(8, 8)) + 1j * rng.normal(size=(8, 8)))[0]
    p = Program()
    x, y, z = p.qubits("main", "x", "y", "z")
    p.unitary(matrix, z, x, y)
    families.assert_same_up_to_phase(matrix_of(to_qiskit(p)), families.unitary_of(p))
    assert np.abs(families.unitary_of(from_qiskit(to_qiskit(p))) - families.unitary_of(p)).max() < 1e-12
    circuit = QuantumCircuit(2, 2)
    circuit.initialize([0, 1, 0, 0], [0, 1])  # index 1: Qiskit's first qubit is 1
    circuit.measure([0, 1], [0, 1])
    assert families.distribution(from_qiskit(circuit))[1] == {(1, 0): pytest.approx(1)}


def test_noise_both_ways():
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.append(amplitude_damping_error(0.2), [0])
    circuit.append(depolarizing_error(0.1, 2), [0, 1])
    circuit.append(
        Kraus([np.array([[1, 0], [0, math.sqrt(0.5)]]), np.array([[0, math.sqrt(0.5)], [0, 0]])]), [1]
    )
    channels = [o for o in from_qiskit(circuit).operations if isinstance(o, Noise)]
    assert np.abs(channels[0].channel.superoperator - amplitude_damping(0.2).superoperator).max() < 1e-9
    assert channels[1].qubits == ("main.q[1]", "main.q[0]")
    p = Program()
    a, b = p.qubits("main", "a", "b")
    p.h(a).noise(amplitude_damping(0.3), b).noise(two_qubit_depolarizing(0.1), a, b)
    p.cx(a, b)
    p.measure(a)
    p.measure(b)
    families.assert_same_distribution(p, from_qiskit(to_qiskit(p)))
    asymmetric = (
        np.kron(np.array([[1, 0], [0, 0]]), np.eye(2)),
        np.kron(np.array([[0, 0], [0, 1]]), [[0, 1], [1, 0]]),
    )
    from qnetframe.channels import Channel

    p = Program()
    a, b = p.qubits("main", "a", "b")
    p.x(a).noise(Channel(asymmetric), a, b)
    p.measure(b)
    again = from_qiskit(to_qiskit(p))
    _, table = families.distribution(again)
    assert table[(1,)] == pytest.approx(1)


def test_delays():
    circuit = QuantumCircuit(1)
    circuit.delay(20, 0, unit="us")
    (idle,) = from_qiskit(circuit).operations
    assert idle.seconds == pytest.approx(20e-6)
    circuit.delay(20, 0, unit="dt")
    with pytest.raises(UnsupportedError, match=r"instruction 1 \(delay\): a delay in 'dt'"):
        from_qiskit(circuit)


def test_names_and_parties():
    circuit = QuantumCircuit(QuantumRegister(2, "q"), QuantumRegister(1, "psi"), ClassicalRegister(2, "c"))
    circuit.cx(0, 1)
    program = from_qiskit(circuit, {"alice": ["q"], "bob": ["psi"]}, name="mine")
    assert list(program.declared) == ["alice.q[0]", "alice.q[1]", "bob.psi"] and program.name == "mine"
    circuit.cx(1, 2)
    with pytest.raises(
        LocalityError, match=r"instruction 1 \(cx\): cx on 'q\[1\]' \(alice\) and 'psi' \(bob\)"
    ):
        from_qiskit(circuit, {"alice": ["q"], "bob": ["psi[0]"]})
    assert from_qiskit(circuit, {"alice": ["q"], "bob": ["psi"]}, across="teleport").resources.pairs == 1
    with pytest.raises(InvalidInputError, match="unknown qubit 'r'"):
        from_qiskit(circuit, {"alice": ["r"]})


def test_outputs_are_the_final_values():
    circuit = QuantumCircuit(2, 2)
    circuit.x(1)
    circuit.measure(0, 0)
    circuit.measure(1, 0)
    program = from_qiskit(circuit)
    assert families.distribution(program) == (["c[0]"], {(1,): pytest.approx(1)})


def _measured():
    circuit = QuantumCircuit(2, 2)
    circuit.measure(0, 0)
    return circuit


def _while():
    circuit = _measured()
    with circuit.while_loop((circuit.clbits[0], 1)):
        circuit.x(0)
    return circuit


def _switch():
    circuit = _measured()
    with circuit.switch(circuit.cregs[0]) as case, case(1):
        circuit.x(0)
    return circuit


def _conditional(what):
    circuit = _measured()
    with circuit.if_test((circuit.clbits[0], 1)):
        getattr(circuit, what)(*((1, 1) if what == "measure" else (1,)))
    return circuit


def _variable():
    circuit = _measured()
    circuit.add_var("flag", expr.lift(False))
    return circuit


def _unbound():
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("theta"), 0)
    return circuit


def _saved():
    circuit = QuantumCircuit(1)
    circuit.save_density_matrix()
    return circuit


def _less():
    circuit = _measured()
    with circuit.if_test(expr.less(circuit.cregs[0], 2)):
        circuit.x(0)
    return circuit


@pytest.mark.parametrize(
    "make, named",
    [
        (_while, "while_loop"), (_switch, "switch_case"), (_variable, "variables"), (_unbound, "unbound parameter theta"),
        (_saved, "save_density_matrix"), (_less, "condition"), (lambda: _conditional("measure"), "measure under a condition"),
        (lambda: _conditional("reset"), "reset under a condition"), (lambda: "h q", "got str"),
    ],
)  # fmt: skip
def test_refused_by_name(make, named):
    with pytest.raises(UnsupportedError, match=named):
        from_qiskit(make())


def test_long_loops_are_refused():
    circuit = QuantumCircuit(1)
    with circuit.for_loop(range(10**12)):
        circuit.x(0)
    with pytest.raises(UnsupportedError, match="200000"):
        from_qiskit(circuit)


def test_to_qiskit_refuses_by_name():
    p = Program()
    q = p.qubit("main", "q")
    p.erase(q, 0.1)
    m = p.measure(q, readout=0.1)
    p.require(m).save("out", q)
    with pytest.raises(UnsupportedError) as caught:
        to_qiskit(p)
    for named in ("erase on main.q", "readout error of 'm0'", "require(m0)", "save 'out'"):
        assert named in str(caught.value)


def test_a_bit_may_have_the_name_of_a_qubit():
    p = Program()
    p.measure(p.qubit("main", "a"), name="a")
    assert [r.name for r in to_qiskit(p).cregs] == ["a_bits"]
