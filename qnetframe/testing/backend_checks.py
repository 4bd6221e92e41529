"""What every backend must do: plain functions with closed-form answers, each stating its contract.

``CHECKS`` maps names to functions of (spec, make), where ``make()`` returns a fresh backend. A check that
the backend's capabilities do not reach raises ``CapabilityMiss``; a broken contract is an AssertionError.
The physics is in this module; ``backend_claims`` and ``backend_repeats`` hold the rest.
"""

from __future__ import annotations

import math

import numpy as np

from qnetframe.api import BackendSpec
from qnetframe.channels import Channel
from qnetframe.channels.named import amplitude_damping, bit_flip
from qnetframe.program.program import Program
from qnetframe.testing import backend_claims, backend_repeats
from qnetframe.testing.kit import CapabilityMiss as CapabilityMiss
from qnetframe.testing.kit import Check, Make
from qnetframe.testing.probing import exact_of, expect_probabilities
from qnetframe.values import all_of


def bit_order(spec: BackendSpec, make: Make) -> None:
    """Outputs come in the order of measurement, qubits keep their own values."""
    p = Program()
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.x(a)
    p.measure(a), p.measure(b), p.measure(c)
    expect_probabilities(spec, make, p.circuit(), {(1, 0, 0): 1.0})


def gate_direction(spec: BackendSpec, make: Make) -> None:
    """The first qubit of cx is the control, and registers are big-endian."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.x(a).cx(a, b).cx(b, a)
    p.measure(a), p.measure(b)
    expect_probabilities(spec, make, p.circuit(), {(0, 1): 1.0})


def unitary_order(spec: BackendSpec, make: Make) -> None:
    """A unitary's first qubit is the most significant; global structure is not transposed."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    matrix = np.zeros((4, 4))
    matrix[[1, 2, 3, 0], [0, 1, 2, 3]] = 1
    p.x(b).unitary(matrix, a, b)
    p.measure(a), p.measure(b)
    expect_probabilities(spec, make, p.circuit(), {(1, 0): 1.0})


def conditions(spec: BackendSpec, make: Make) -> None:
    """A gate fires where its parity is 1, and only there; the constant inverts it."""
    p = Program()
    a, b, c = p.qubits("alice", "a", "b", "c")
    m = p.h(a).measure(a)
    p.x(b, when=m).x(c, when=m ^ 1)
    p.measure(b), p.measure(c)
    expect_probabilities(spec, make, p.circuit(), {(0, 0, 1): 0.5, (1, 1, 0): 0.5})


def parity_conditions(spec: BackendSpec, make: Make) -> None:
    """A parity of several bits counts modulo two."""
    p = Program()
    a, b, c = p.qubits("alice", "a", "b", "c")
    m, n = p.h(a).measure(a), p.h(b).measure(b)
    p.x(c, when=m ^ n)
    p.measure(c)
    rows: dict[tuple[int, ...], float] = {(i, j, i ^ j): 0.25 for i in (0, 1) for j in (0, 1)}
    expect_probabilities(spec, make, p.circuit(), rows)


def table_conditions(spec: BackendSpec, make: Make) -> None:
    """all_of fires only where every one of its parities is 1."""
    p = Program()
    a, b, c = p.qubits("alice", "a", "b", "c")
    m, n = p.h(a).measure(a), p.h(b).measure(b)
    p.x(c, when=all_of(m, n ^ 1))
    p.measure(c)
    rows: dict[tuple[int, ...], float] = {
        (i, j, int(i == 1 and j == 0)): 0.25 for i in (0, 1) for j in (0, 1)
    }
    expect_probabilities(spec, make, p.circuit(), rows)


def pauli_noise(spec: BackendSpec, make: Make) -> None:
    """A bit flip of p flips with probability p, once."""
    p = Program()
    a = p.qubit("alice", "a")
    p.noise(bit_flip(0.2), a)
    p.measure(a)
    expect_probabilities(spec, make, p.circuit(), {(0,): 0.8, (1,): 0.2})


def depolarizing_convention(spec: BackendSpec, make: Make) -> None:
    """Depolarizing noise of p applies X, Y, Z with p/3 each: |0> is seen flipped with 2p/3."""
    p = Program()
    a = p.qubit("alice", "a")
    p.noise(Channel.from_pauli(dict.fromkeys("XYZ", 0.1)), a)
    p.measure(a)
    expect_probabilities(spec, make, p.circuit(), {(0,): 0.8, (1,): 0.2})


def kraus_noise(spec: BackendSpec, make: Make) -> None:
    """Amplitude damping of gamma takes |1> to |0> with probability gamma, and |0> nowhere."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.x(a).noise(amplitude_damping(0.3), a).noise(amplitude_damping(0.3), b)
    p.measure(a), p.measure(b)
    expect_probabilities(spec, make, p.circuit(), {(0, 0): 0.3, (1, 0): 0.7})


def readout_error(spec: BackendSpec, make: Make) -> None:
    """Readout error flips the recorded bit, not the qubit."""
    p = Program()
    a = p.qubit("alice", "a")
    p.measure(a, readout=0.25)
    p.measure(a)
    expect_probabilities(spec, make, p.circuit(), {(0, 0): 0.75, (1, 0): 0.25})


def asymmetric_readout(spec: BackendSpec, make: Make) -> None:
    """The first readout error is P(1|0), the second P(0|1)."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.x(b)
    p.measure(a, readout=(0.25, 0.0))
    p.measure(b, readout=(0.25, 0.0))
    expect_probabilities(spec, make, p.circuit(), {(0, 1): 0.75, (1, 1): 0.25})


def reset_and_reuse(spec: BackendSpec, make: Make) -> None:
    """A reset qubit is |0> whatever it was entangled with; a measured one keeps its outcome."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b)
    p.measure(a)
    p.reset(a)
    p.measure(a), p.measure(b)
    expect_probabilities(spec, make, p.circuit(), {(0, 0, 0): 0.5, (1, 0, 1): 0.5})


def bases(spec: BackendSpec, make: Make) -> None:
    """x and y measurements have the eigenstate of +1 as outcome 0."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.x(a).h(a).h(b).s(b)
    p.measure(a, "x"), p.measure(b, "y"), p.measure(a, "x")
    expect_probabilities(spec, make, p.circuit(), {(1, 0, 1): 1.0})


def coins_and_erasure(spec: BackendSpec, make: Make) -> None:
    """A coin is 1 with its probability; an erased qubit is maximally mixed and flagged."""
    p = Program()
    a = p.qubit("alice", "a")
    p.coin(0.25)
    p.erase(a, 0.5)
    p.measure(a)
    rows = {(0, 0): 0.5, (1, 0): 0.25, (1, 1): 0.25}
    expected: dict[tuple[int, ...], float] = {
        (c, e, m): w * (0.25 if c else 0.75) for (e, m), w in rows.items() for c in (0, 1)
    }
    expect_probabilities(spec, make, p.circuit(), expected)


def outputs_are_parities(spec: BackendSpec, make: Make) -> None:
    """Declared outputs are what comes back, parities and constants included."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b).x(b)
    m, n = p.measure(a), p.measure(b)
    p.output(m ^ n, label="odd").output(m ^ n ^ 1, label="even")
    expect_probabilities(spec, make, p.circuit(), {(1, 0): 1.0})


def saved_states(spec: BackendSpec, make: Make) -> None:
    """A branch has the joint state of the saved qubits in the circuit's order, conditional on the outputs."""
    p = Program()
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.h(a).cx(a, b)
    m = p.measure(a)
    p.h(c).s(c).z(c, when=m)
    p.save("late", c).save("early", b)
    branches = exact_of(spec, make, p.circuit())
    plus_i = {m: np.array([1, 1j * (1 - 2 * m)]) / math.sqrt(2) for m in (0, 1)}
    assert [x.outputs for x in branches] == [(0,), (1,)], "one branch for each output"
    for branch in branches:
        (value,) = branch.outputs
        ket = np.kron(np.eye(2)[value], plus_i[value])
        assert branch.state is not None
        gap = float(np.abs(branch.state - np.outer(ket, ket.conj())).max())
        assert gap < 1e-9, f"state of branch {value} is off by {gap}"


def mixed_preparation(spec: BackendSpec, make: Make) -> None:
    """A prepared density matrix comes back as it was given, over two qubits."""
    rng = np.random.default_rng(5)
    a = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
    rho = a @ a.conj().T / np.trace(a @ a.conj().T).real
    p = Program()
    q = p.qubits("alice", "a", "b")
    p.prepare(q, rho).save("out", *q)
    (branch,) = exact_of(spec, make, p.circuit())
    assert branch.state is not None and np.abs(branch.state - rho).max() < 1e-9


def normalisation(spec: BackendSpec, make: Make) -> None:
    """Branch probabilities add up to the acceptance and every state has trace one."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    m, n = p.h(a).measure(a), p.ry(1.0, b).measure(b)
    p.require(m ^ n).save("out", b)
    branches = exact_of(spec, make, p.circuit())
    assert abs(sum(x.probability for x in branches) - 0.5) < 1e-9
    for branch in branches:
        assert branch.state is not None and abs(np.trace(branch.state) - 1) < 1e-9


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        bit_order, gate_direction, unitary_order, conditions, parity_conditions, table_conditions,
        pauli_noise, depolarizing_convention, kraus_noise, readout_error, asymmetric_readout, reset_and_reuse,
        bases, coins_and_erasure, outputs_are_parities, saved_states, mixed_preparation, normalisation,
    )
} | backend_claims.CHECKS | backend_repeats.CHECKS  # fmt: skip
