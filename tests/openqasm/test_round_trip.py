"""Program to text to program: the same outcome probabilities, and the same program where nothing was lowered."""

import circuit_families as families
import numpy as np
import pytest

from qnetframe.channels.named import depolarizing
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.circuit import Circuit
from qnetframe.program.openqasm import from_openqasm, to_openqasm
from qnetframe.program.operations import Gate, Unitary
from qnetframe.program.program import Program
from qnetframe.values import all_of, any_of


def parties_of(program):
    parties = {}
    for qubit, party in program.declared.items():
        parties.setdefault(party, []).append(qubit[len(party) + 1 :])
    return parties


def test_there_are_enough_families():
    assert len(families.ALL) >= 40


@pytest.mark.parametrize("name", families.UNITARY)
def test_gates_and_measurements_come_back_equal(name):
    program = families.UNITARY[name]
    again = from_openqasm(to_openqasm(program), parties_of(program), name=name)
    assert again == program
    families.assert_same_distribution(program, again)


@pytest.mark.parametrize("name", families.FEED_FORWARD)
def test_feed_forward_keeps_its_distribution(name):
    program = families.FEED_FORWARD[name]
    text = to_openqasm(program)
    again = from_openqasm(text, parties_of(program), across="teleport", name=name)
    families.assert_same_distribution(program, again)
    assert set(again.parties) == set(program.parties)
    assert again.resources.pairs == program.resources.pairs
    second = from_openqasm(to_openqasm(again), parties_of(again), across="teleport", name=name)
    assert second == again, "what was lowered once is not lowered further"


@pytest.mark.parametrize("name", ["repetition_1", "iqpe_3", "t_injection", "swapping_2"])
def test_single_bit_conditions_come_back_equal(name):
    program = families.FEED_FORWARD[name]
    assert from_openqasm(to_openqasm(program), parties_of(program), "teleport", name) == program


@pytest.mark.parametrize("name", families.UNITARY)
def test_qiskit_reads_the_same_unitary(name):
    """The independent reader of Qiskit understands the text as we do."""
    qasm3 = pytest.importorskip("qiskit.qasm3")
    pytest.importorskip("qiskit_qasm3_import")
    operators = pytest.importorskip("qiskit.quantum_info")
    program = families.UNITARY[name]
    circuit = qasm3.loads(to_openqasm(program))
    circuit.remove_final_measurements()
    matrix = np.asarray(operators.Operator(circuit.reverse_bits()).data)
    families.assert_same_up_to_phase(matrix, families.unitary_of(program))


@pytest.mark.parametrize("name", families.FEED_FORWARD)
def test_qiskit_reads_feed_forward(name):
    qasm3 = pytest.importorskip("qiskit.qasm3")
    pytest.importorskip("qiskit_qasm3_import")
    program = families.FEED_FORWARD[name]
    circuit = qasm3.loads(to_openqasm(program))
    assert circuit.num_qubits == len(program.declared)
    assert circuit.count_ops()["measure"] == len(program.bit_owners)


def test_the_text():
    p = Program()
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.entangle(a, b).rz(np.pi / 4, psi).u3(0.1, -np.pi, 3 * np.pi / 2, psi)
    m = p.measure(psi)
    p.x(b, when=m ^ p.measure(a)).s(b, when=all_of(m, m ^ 1 ^ 1))
    assert to_openqasm(p).splitlines() == [
        "OPENQASM 3.0;",
        'include "stdgates.inc";',
        "qubit psi;",
        "qubit a;",
        "qubit b;",
        "bit m0;",
        "bit m1;",
        "h a;",
        "cx a, b;",
        "rz(pi/4) psi;",
        "u3(0.1, -pi, 3*pi/2) psi;",
        "m0 = measure psi;",
        "m1 = measure a;",
        "if (m0) { x b; }",
        "if (m1) { x b; }",
        "if (m0) { s b; }",
    ]


def test_names_that_openqasm_cannot_have():
    names = ["x", "measure", "2nd", "naïve", "a b", "q[0]", "q[2]", "r[0]", "r[1]", "r", "_ok", "pi", "a_b"]
    p = Program()
    qubits = p.qubits("main", *names)
    for i, q in enumerate(qubits):
        p.ry(0.1 * i, q)
        p.measure(q, name=f"bit {i}")
    again = from_openqasm(to_openqasm(p))
    assert len(again.declared) == len(names)
    families.assert_same_distribution(p, again, labels=False)


def test_registers_stay_registers():
    text = to_openqasm(families.ghz(3))
    assert "qubit[3] q;" in text and "bit[3] c;" in text and "cx q[0], q[1];" in text


def test_qubits_of_two_parties_with_one_name():
    p = Program()
    a, b = p.qubit("alice", "q"), p.qubit("bob", "q")
    p.entangle(a, b).measure(a)
    p.measure(b)
    again = from_openqasm(to_openqasm(p), {"alice": ["alice_q"], "bob": ["bob_q"]}, across="teleport")
    families.assert_same_distribution(p, again)


def test_a_circuit_and_its_program_give_the_same_operations():
    program = families.ghz(3)
    circuit = program.circuit()
    text = to_openqasm(circuit)
    assert "qubit main_q_0;" in text
    families.assert_same_distribution(circuit, from_openqasm(text))


def test_one_qubit_matrices():
    rng = np.random.default_rng(5)
    for matrix in [
        np.linalg.qr(rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2)))[0],
        np.diag([1j, -1]), np.array([[0, 1j], [1, 0]]), np.eye(2),
    ]:  # fmt: skip
        circuit = Circuit(("q",), (Unitary(("q",), matrix),))
        again = from_openqasm(to_openqasm(circuit))
        families.assert_same_up_to_phase(families.unitary_of(again), np.asarray(matrix))


def _noisy():
    p = Program()
    q, r = p.qubits("main", "q", "r")
    return p, q, r


def _with(write):
    p, q, r = _noisy()
    p.h(q)
    write(p, q, r)
    return p


@pytest.mark.parametrize(
    "write, named",
    [
        (lambda p, q, r: p.noise(depolarizing(0.1), q), "noise on main.q"),
        (lambda p, q, r: p.measure(q, readout=0.1), "readout error of 'm0'"),
        (lambda p, q, r: p.erase(q, 0.1), "erase on main.q"),
        (lambda p, q, r: p.coin(0.5), "coin 'c0'"),
        (lambda p, q, r: p.require(p.measure(q)), "require(m0)"),
        (lambda p, q, r: p.save("out", q), "save 'out'"),
        (lambda p, q, r: p.expect("zz", {q: "Z", r: "Z"}), "expect 'zz'"),
        (lambda p, q, r: p.detector(p.measure(q)), "detector"),
        (lambda p, q, r: p.observable(0, p.measure(q)), "observable"),
        (lambda p, q, r: p.output(p.measure(q) ^ 1), "the declared outputs"),
        (lambda p, q, r: p.output(), "the declared outputs (none)") ,
        (lambda p, q, r: p.prepare(q, np.eye(2) / 2), "noise on main.q"),
        (lambda p, q, r: p.unitary(np.eye(4)[[1, 2, 3, 0]], q, r), "the matrix on main.q, main.r"),
    ],
)  # fmt: skip
def test_what_cannot_be_expressed_is_named(write, named):
    p = _with(write)
    if named == "the declared outputs (none)":
        p.measure("main.q")
    with pytest.raises(UnsupportedError) as caught:
        to_openqasm(p)
    assert named in str(caught.value)


def test_outputs_are_dropped_only_when_asked():
    p, q, r = _noisy()
    m = p.measure(q)
    p.detector(m).observable(0, m).output(m ^ 1).expect("z", {q: "Z"}).save("r", r)
    assert to_openqasm(p, outputs="drop").splitlines()[-1] == "m0 = measure q;"
    n, q, _ = _noisy()
    n.noise(depolarizing(0.1), q)
    with pytest.raises(UnsupportedError, match="noise"):
        to_openqasm(n, outputs="drop")
    with pytest.raises(InvalidInputError, match="'refuse' or 'drop'"):
        to_openqasm(p, outputs="yes")
    with pytest.raises(InvalidInputError, match="Program or a Circuit"):
        to_openqasm("h q;")


def test_any_of_and_wide_conditions():
    p, q, r = _noisy()
    bits = []
    for _ in range(3):
        p.ry(1.0, q)
        bits.append(p.measure(q))
    p.rx(0.3, r, when=any_of(*bits)).x(r, when=any_of(bits[0] ^ bits[1], bits[2] ^ 1))
    p.measure(r, "y")
    families.assert_same_distribution(p, from_openqasm(to_openqasm(p)))


def test_angles_read_back_as_the_same_number():
    rng = np.random.default_rng(1)
    angles = [
        *rng.normal(size=50),
        1e-300,
        -0.0,
        1e22,
        np.pi,
        -np.pi / 3,
        np.pi / 7,
        5 * np.pi / 16,
        0.1 + 0.2,
    ]
    circuit = Circuit(("q",), tuple(Gate("rz", ("q",), (float(a),)) for a in angles))
    again = from_openqasm(to_openqasm(circuit))
    assert [o.params[0] for o in again.operations] == [float(a) for a in angles]
