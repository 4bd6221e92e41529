"""Teleported gates: they are the gates, they cost what they should, and a noisy pair gives what it should."""

import itertools

import numpy as np
import pytest

from qnetframe.builtin.reference import ReferenceBackend
from qnetframe.errors import InvalidInputError, LocalityError, UnknownNameError
from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import GATES, controlled, gate_matrix
from qnetframe.program.lowering import PHI_PLUS
from qnetframe.program.operations import Measure, Prepare, freeze, thaw
from qnetframe.program.program import Program
from qnetframe.program.remote_gates import (
    control_basis,
    remote_controlled,
    remote_cx,
    remote_cz,
    remote_gate,
    remote_swap,
    remote_unitary,
)

ANGLES = (0.7, -1.1, 0.4, 2.3)
PARTIES = ("alice", "bob", "carol")


def choi(build, owners):
    """The state of reference and system qubits after a gate on halves of Φ+ pairs, system last."""
    p = Program()
    references = [p.qubit(o, f"r{i}") for i, o in enumerate(owners)]
    system = [p.qubit(o, f"s{i}") for i, o in enumerate(owners)]
    for r, s in zip(references, system, strict=True):
        p.h(r).cx(r, s)
    build(p, *system)
    p.output().save("choi", *references, *system)
    return p


def matrix_state(p):
    (branch,) = ReferenceBackend().compile(p.circuit()).exact()
    return branch.state


def fidelity_of(p, matrix):
    ideal = matrix.T.ravel() / np.sqrt(len(matrix))  # sum over i of |i> U|i>
    return float((ideal.conj() @ matrix_state(p) @ ideal).real)


@pytest.mark.parametrize("name", [n for n, g in GATES.items() if g.num_qubits == 2])
@pytest.mark.parametrize("owners", [("alice", "bob"), ("alice", "alice")])
def test_every_two_qubit_gate(name, owners):
    angles = ANGLES[: GATES[name].num_params]
    p = choi(lambda p, a, b: remote_gate(p, name, *angles, a, b), owners)
    assert fidelity_of(p, gate_matrix(name, angles)) == pytest.approx(1, abs=1e-9)
    pairs = (3 if name == "swap" else 1) * (owners[0] != owners[1])
    assert p.resources.pairs == pairs
    assert sum(p.resources.classical_bits.values()) == 2 * pairs


@pytest.mark.parametrize("owners", list(itertools.product(PARTIES[:2], repeat=3)))
def test_toffoli_wherever_its_qubits_are(owners):
    p = choi(lambda p, *q: remote_gate(p, "ccx", *q), owners)
    assert fidelity_of(p, gate_matrix("ccx")) == pytest.approx(1, abs=1e-9)
    assert p.resources.pairs == (len(set(owners)) > 1)


def test_toffoli_among_three_parties_takes_two_pairs():
    p = Program()
    a, b, c = (p.qubit(party, "q") for party in PARTIES)
    p.x(a).h(b).h(c).t(c)
    remote_gate(p, "ccx", a, b, c)
    assert p.resources.pairs == 2
    p.output().save("out", a, b, c)
    q = Program()
    a, b, c = q.qubits("main", "a", "b", "c")
    q.x(a).h(b).h(c).t(c).ccx(a, b, c).output().save("out", a, b, c)
    assert np.abs(matrix_state(p) - matrix_state(q)).max() < 1e-9


def test_controlled_gates_by_name_and_by_matrix():
    for gate, angles in (("x", ()), ("rz", (0.3,)), ("t", ()), ("u3", (0.1, 0.2, 0.3))):
        p = choi(lambda p, a, b, g=gate, n=angles: remote_controlled(p, a, b, g, *n), ("alice", "bob"))
        assert fidelity_of(p, controlled(gate_matrix(gate, angles))) == pytest.approx(1, abs=1e-9)
    swap = gate_matrix("swap")
    p = choi(lambda p, a, b, c: remote_controlled(p, a, [b, c], swap), ("alice", "bob", "bob"))
    assert fidelity_of(p, controlled(swap)) == pytest.approx(1, abs=1e-9)
    assert p.resources.pairs == 1


def test_unitary_that_one_qubit_only_controls():
    rng = np.random.default_rng(3)
    zeros, ones = (np.linalg.qr(rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2)))[0] for _ in range(2))
    either = np.block([[zeros, np.zeros((2, 2))], [np.zeros((2, 2)), ones]])
    p = choi(lambda p, a, b: remote_unitary(p, either, a, b), ("alice", "bob"))
    assert fidelity_of(p, either) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("gate", [remote_cx, remote_cz, remote_swap])
def test_condition(gate, flipped):
    """Under a bit that is 0 nothing happens, under one that is 1 the gate does."""

    def build(p, a, b):
        m = p.qubit("alice", "m")
        if flipped:
            p.x(m)
        gate(p, a, b, when=p.measure(m))

    matrix = gate_matrix(gate.__name__.removeprefix("remote_")) if flipped else np.eye(4)
    p = choi(build, ("alice", "bob"))
    assert fidelity_of(p, np.asarray(matrix)) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("gate", [remote_cx, remote_cz])
@pytest.mark.parametrize("f", [0.25, 0.7, 0.9, 1.0])
def test_average_fidelity_over_a_werner_pair(gate, f):
    """(4F + 1)/5: the pair's error is a Pauli on the gate, F_avg = (d F_e + 1)/(d + 1) with F_e = F, d = 4
    (Horodecki, PRA 60, 1888 (1999))."""
    p = choi(gate, ("alice", "bob"))
    bell = thaw(PHI_PLUS)
    werner = freeze(f * bell + (1 - f) / 3 * (np.eye(4) - bell))
    ideal = p.circuit()
    pairs = [o for o in ideal.operations if isinstance(o, Prepare)]
    assert len(pairs) == 1
    noisy = Circuit(
        ideal.qubits,
        tuple(Prepare(o.qubits, werner) if isinstance(o, Prepare) else o for o in ideal.operations),
        ideal.outputs,
    )
    (branch,) = ReferenceBackend().compile(noisy).exact()
    target = gate_matrix(gate.__name__.removeprefix("remote_")).T.ravel() / 2
    entanglement_fidelity = float((target.conj() @ branch.state @ target).real)
    assert (4 * entanglement_fidelity + 1) / 5 == pytest.approx((4 * f + 1) / 5, abs=1e-9)


def test_spare_qubits_are_used_again():
    p = Program()
    a, b = p.qubit("alice", "a"), p.qubit("bob", "b")
    spare = {}
    for _ in range(3):
        remote_cx(p, a, b, spare=spare)
        remote_cx(p, b, a, spare=spare)
    assert len(p.declared) == 4 and p.resources.pairs == 6
    remote_cz(p, a, b)
    assert len(p.declared) == 6


def test_link_is_passed_on():
    p = Program()
    a, b = p.qubit("alice", "a"), p.qubit("bob", "b")
    remote_cx(p, a, b, link="fibre")
    assert p.resources.pairs_by_link == {"fibre": 1}


def test_what_cannot_be_shared_is_refused():
    p = Program()
    a, b, c = p.qubit("alice", "a"), p.qubit("bob", "b"), p.qubit("bob", "c")
    iswap = np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]])
    with pytest.raises(LocalityError, match=r"alice's 'a' and bob's 'b'.*cannot be done"):
        remote_unitary(p, iswap, a, b)
    with pytest.raises(LocalityError, match="cswap"):
        remote_gate(p, "cswap", b, a, c)
    with pytest.raises(InvalidInputError, match="shape"):
        remote_controlled(p, a, b, np.eye(4))
    with pytest.raises(InvalidInputError, match="shape"):
        remote_unitary(p, np.eye(8), a, b)
    with pytest.raises(UnknownNameError):
        remote_gate(p, "cxx", a, b)
    with pytest.raises(InvalidInputError, match="angles"):
        remote_gate(p, "cp", a, b, 0.3)
    with pytest.raises(UnknownNameError):
        remote_controlled(p, a, b, "nothing")
    with pytest.raises(InvalidInputError, match="takes 1 angles"):
        remote_controlled(p, a, b, "rz")
    assert not p.operations


def test_control_basis():
    assert [control_basis(gate_matrix("cx"), i) for i in (0, 1)] == ["z", "x"]
    assert [control_basis(gate_matrix("ch"), i) for i in (0, 1)] == ["z", None]
    assert [control_basis(gate_matrix("ccx"), i) for i in (0, 1, 2)] == ["z", "z", "x"]
    assert [control_basis(gate_matrix("swap"), i) for i in (0, 1)] == [None, None]


def test_measurements_are_of_communication_qubits_only():
    p = choi(lambda p, a, b: remote_cx(p, a, b), ("alice", "bob"))
    measured = {o.qubit for o in p.operations if isinstance(o, Measure)}
    assert measured == {"alice.bob_0", "bob.alice_0"}
