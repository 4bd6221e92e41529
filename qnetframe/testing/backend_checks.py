"""What every backend must do: plain functions with closed-form answers, each stating its contract.

``CHECKS`` maps names to functions of (spec, make), where ``make()`` returns a fresh backend. A check that
the backend's capabilities do not reach raises ``CapabilityMiss``; a broken contract is an AssertionError.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from qnetframe.api import Backend, BackendSpec
from qnetframe.channels import Channel
from qnetframe.channels.named import amplitude_damping, bit_flip
from qnetframe.errors import UnsupportedError
from qnetframe.program.circuit import Circuit
from qnetframe.program.program import Program
from qnetframe.testing.kit import CapabilityMiss as CapabilityMiss
from qnetframe.values import Branch, Samples, all_of

Make = Callable[[], Backend]
Check = Callable[[BackendSpec, Make], None]

SHOTS = 4000
SEED = 20240611
# Each sampled check looks at no more than 16 cells, and 5.5 standard errors leave 4e-8 for each: a right
# backend fails one of the checks with probability below 1e-5, once and for all at these fixed seeds.
SIGMAS = 5.5


def _exact(spec: BackendSpec, make: Make, circuit: Circuit) -> list[Branch]:
    if not any(c.exact and not c.misses(circuit) for c in spec.capabilities):
        raise CapabilityMiss("no exact method takes this circuit")
    return sorted(make().compile(circuit).exact(), key=lambda b: b.outputs)


def _samples(
    spec: BackendSpec, make: Make, circuit: Circuit, seed: int = SEED, shots: int = SHOTS
) -> Samples:
    if not any(c.samples and not c.misses(circuit) for c in spec.capabilities):
        raise CapabilityMiss("no sampling method takes this circuit")
    samples = make().compile(circuit).sample(shots, seed)
    assert samples.shots == shots, f"asked for {shots} shots, got {samples.shots}"
    assert samples.labels == tuple(o.label for o in circuit.outputs), "the columns are the declared outputs"
    return samples


def _expect_probabilities(
    spec: BackendSpec, make: Make, circuit: Circuit, expected: dict[tuple[int, ...], float]
) -> None:
    """Check exact branches and samples (whichever the backend has) against a distribution."""
    missed = 0
    try:
        found = {b.outputs: b.probability for b in _exact(spec, make, circuit)}
        for key in found.keys() | expected.keys():
            gap = abs(found.get(key, 0.0) - expected.get(key, 0.0))
            assert gap < 1e-9, f"P{key} is {found.get(key, 0.0)!r}, must be {expected.get(key, 0.0)!r}"
    except CapabilityMiss:
        missed += 1
    try:
        counts = _samples(spec, make, circuit).counts()
        for key in counts.keys() | expected.keys():
            p, seen = expected.get(key, 0.0), counts.get(key, 0)
            sigma = math.sqrt(p * (1 - p) / SHOTS)
            assert abs(seen / SHOTS - p) <= SIGMAS * sigma + 1e-12, (
                f"{key} seen {seen} of {SHOTS} times, P is {p}"
            )
    except CapabilityMiss:
        missed += 1
    if missed == 2:
        raise CapabilityMiss("no method takes this circuit")


def bit_order(spec: BackendSpec, make: Make) -> None:
    """Outputs come in the order of measurement, qubits keep their own values."""
    p = Program()
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.x(a)
    p.measure(a), p.measure(b), p.measure(c)
    _expect_probabilities(spec, make, p.circuit(), {(1, 0, 0): 1.0})


def gate_direction(spec: BackendSpec, make: Make) -> None:
    """The first qubit of cx is the control, and registers are big-endian."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.x(a).cx(a, b).cx(b, a)
    p.measure(a), p.measure(b)
    _expect_probabilities(spec, make, p.circuit(), {(0, 1): 1.0})


def unitary_order(spec: BackendSpec, make: Make) -> None:
    """A unitary's first qubit is the most significant; global structure is not transposed."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    matrix = np.zeros((4, 4))
    matrix[[1, 2, 3, 0], [0, 1, 2, 3]] = 1
    p.x(b).unitary(matrix, a, b)
    p.measure(a), p.measure(b)
    _expect_probabilities(spec, make, p.circuit(), {(1, 0): 1.0})


def conditions(spec: BackendSpec, make: Make) -> None:
    """A gate fires where its parity is 1, and only there; the constant inverts it."""
    p = Program()
    a, b, c = p.qubits("alice", "a", "b", "c")
    m = p.h(a).measure(a)
    p.x(b, when=m).x(c, when=m ^ 1)
    p.measure(b), p.measure(c)
    _expect_probabilities(spec, make, p.circuit(), {(0, 0, 1): 0.5, (1, 1, 0): 0.5})


def parity_conditions(spec: BackendSpec, make: Make) -> None:
    """A parity of several bits counts modulo two."""
    p = Program()
    a, b, c = p.qubits("alice", "a", "b", "c")
    m, n = p.h(a).measure(a), p.h(b).measure(b)
    p.x(c, when=m ^ n)
    p.measure(c)
    rows: dict[tuple[int, ...], float] = {(i, j, i ^ j): 0.25 for i in (0, 1) for j in (0, 1)}
    _expect_probabilities(spec, make, p.circuit(), rows)


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
    _expect_probabilities(spec, make, p.circuit(), rows)


def pauli_noise(spec: BackendSpec, make: Make) -> None:
    """A bit flip of p flips with probability p, once."""
    p = Program()
    a = p.qubit("alice", "a")
    p.noise(bit_flip(0.2), a)
    p.measure(a)
    _expect_probabilities(spec, make, p.circuit(), {(0,): 0.8, (1,): 0.2})


def depolarizing_convention(spec: BackendSpec, make: Make) -> None:
    """Depolarizing noise of p applies X, Y, Z with p/3 each: |0> is seen flipped with 2p/3."""
    p = Program()
    a = p.qubit("alice", "a")
    p.noise(Channel.from_pauli(dict.fromkeys("XYZ", 0.1)), a)
    p.measure(a)
    _expect_probabilities(spec, make, p.circuit(), {(0,): 0.8, (1,): 0.2})


def kraus_noise(spec: BackendSpec, make: Make) -> None:
    """Amplitude damping of gamma takes |1> to |0> with probability gamma, and |0> nowhere."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.x(a).noise(amplitude_damping(0.3), a).noise(amplitude_damping(0.3), b)
    p.measure(a), p.measure(b)
    _expect_probabilities(spec, make, p.circuit(), {(0, 0): 0.3, (1, 0): 0.7})


def readout_error(spec: BackendSpec, make: Make) -> None:
    """Readout error flips the recorded bit, not the qubit."""
    p = Program()
    a = p.qubit("alice", "a")
    p.measure(a, readout=0.25)
    p.measure(a)
    _expect_probabilities(spec, make, p.circuit(), {(0, 0): 0.75, (1, 0): 0.25})


def asymmetric_readout(spec: BackendSpec, make: Make) -> None:
    """The first readout error is P(1|0), the second P(0|1)."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.x(b)
    p.measure(a, readout=(0.25, 0.0))
    p.measure(b, readout=(0.25, 0.0))
    _expect_probabilities(spec, make, p.circuit(), {(0, 1): 0.75, (1, 1): 0.25})


def reset_and_reuse(spec: BackendSpec, make: Make) -> None:
    """A reset qubit is |0> whatever it was entangled with; a measured one keeps its outcome."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b)
    p.measure(a)
    p.reset(a)
    p.measure(a), p.measure(b)
    _expect_probabilities(spec, make, p.circuit(), {(0, 0, 0): 0.5, (1, 0, 1): 0.5})


def bases(spec: BackendSpec, make: Make) -> None:
    """x and y measurements have the eigenstate of +1 as outcome 0."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.x(a).h(a).h(b).s(b)
    p.measure(a, "x"), p.measure(b, "y"), p.measure(a, "x")
    _expect_probabilities(spec, make, p.circuit(), {(1, 0, 1): 1.0})


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
    _expect_probabilities(spec, make, p.circuit(), expected)


def outputs_are_parities(spec: BackendSpec, make: Make) -> None:
    """Declared outputs are what comes back, parities and constants included."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b).x(b)
    m, n = p.measure(a), p.measure(b)
    p.output(m ^ n, label="odd").output(m ^ n ^ 1, label="even")
    _expect_probabilities(spec, make, p.circuit(), {(1, 0): 1.0})


def saved_states(spec: BackendSpec, make: Make) -> None:
    """A branch has the joint state of the saved qubits in the circuit's order, conditional on the outputs."""
    p = Program()
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.h(a).cx(a, b)
    m = p.measure(a)
    p.h(c).s(c).z(c, when=m)
    p.save("late", c).save("early", b)
    branches = _exact(spec, make, p.circuit())
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
    (branch,) = _exact(spec, make, p.circuit())
    assert branch.state is not None and np.abs(branch.state - rho).max() < 1e-9


def normalisation(spec: BackendSpec, make: Make) -> None:
    """Branch probabilities add up to the acceptance and every state has trace one."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    m, n = p.h(a).measure(a), p.ry(1.0, b).measure(b)
    p.require(m ^ n).save("out", b)
    branches = _exact(spec, make, p.circuit())
    assert abs(sum(x.probability for x in branches) - 0.5) < 1e-9
    for branch in branches:
        assert branch.state is not None and abs(np.trace(branch.state) - 1) < 1e-9


def double_precision(spec: BackendSpec, make: Make) -> None:
    """A long circuit is exact to 1e-9: single precision is not enough."""
    undone = Program()
    b = undone.qubit("alice", "b")
    for _ in range(200):
        undone.rx(2 * math.pi / 200, b)
    undone.save("out", b)
    (branch,) = _exact(spec, make, undone.circuit())
    assert branch.state is not None and abs(branch.state[0, 0] - 1) < 1e-9


def seeds(spec: BackendSpec, make: Make) -> None:
    """The same seed gives the same shots, another seed others."""
    p = Program()
    q = p.qubits("alice", *(f"q{i}" for i in range(8)))
    for qubit in q:
        p.h(qubit)
        p.measure(qubit)
    circuit = p.circuit()
    first, again, other = (_samples(spec, make, circuit, seed, 200).bits() for seed in (1, 1, 2))
    assert (first == again).all(), "the same seed gave other numbers"
    assert (first != other).any(), "another seed gave the same numbers"


def no_state_between_runs(spec: BackendSpec, make: Make) -> None:
    """Running a circuit, then another, then the first again gives the first result again."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b)
    p.measure(a), p.measure(b)
    other = Program()
    c = other.qubit("alice", "c")
    other.x(c)
    other.measure(c)
    backend = make()
    first = _samples(spec, lambda: backend, p.circuit()).counts()
    _samples(spec, lambda: backend, other.circuit())
    assert _samples(spec, lambda: backend, p.circuit()).counts() == first


def refusals(spec: BackendSpec, make: Make) -> None:
    """What no capability covers is refused by UnsupportedError when compiling, never run approximately."""
    probes: list[Callable[[Program, Any], Any]] = [
        lambda p, q: p.t(q),
        lambda p, q: p.noise(amplitude_damping(0.3), q),
        lambda p, q: p.h(q, when=p.coin(0.5)),
    ]
    refused = 0
    for probe in probes:
        p = Program()
        q = p.qubit("alice", "q")
        probe(p, q)
        p.measure(q)
        circuit = p.circuit()
        if all(c.misses(circuit) for c in spec.capabilities):
            refused += 1
            try:
                make().compile(circuit)
            except UnsupportedError:
                continue
            raise AssertionError("a circuit outside the capabilities was compiled")
    if not refused:
        raise CapabilityMiss("the capabilities cover every probe")


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        bit_order, gate_direction, unitary_order, conditions, parity_conditions, table_conditions,
        pauli_noise, depolarizing_convention, kraus_noise, readout_error, asymmetric_readout, reset_and_reuse,
        bases, coins_and_erasure, outputs_are_parities, saved_states, mixed_preparation, normalisation,
        double_precision, seeds, no_state_between_runs, refusals,
    )
}  # fmt: skip
