"""What every backend must do: keep what its capabilities claim, gate by gate and program by program."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial, reduce
from itertools import product
from operator import xor
from typing import Any

import numpy as np

from qnetframe.api import BackendSpec
from qnetframe.channels.named import amplitude_damping, bit_flip
from qnetframe.errors import UnsupportedError
from qnetframe.paulis import pauli_matrix
from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import CLIFFORD_GATES, GATES, gate_matrix
from qnetframe.program.program import Program
from qnetframe.testing.agreement import assert_exact, assert_sampled
from qnetframe.testing.kit import CapabilityMiss, Check, Make
from qnetframe.testing.probing import (
    SEED,
    SHOTS,
    exact_method,
    exact_of,
    expect_probabilities,
    faithful_method,
    samples_of,
)
from qnetframe.testing.programs import ANGLES, PROGRAMS, SAMPLED

# Widths that are tried are no more than this, so that the check costs little on any engine.
EXACT_WIDTH, SAMPLED_WIDTH = 7, 12
INPUTS: dict[tuple[str, ...], list[complex]] = {
    (): [1, 0],
    ("h",): [math.sqrt(0.5), math.sqrt(0.5)],
    ("h", "s"): [math.sqrt(0.5), 1j * math.sqrt(0.5)],
}


def clifford_gates(spec: BackendSpec, make: Make) -> None:
    """Every Clifford gate sends eigenstates of X, Y and Z to the stabilizer state that its matrix says.

    Each Pauli product that has a definite value in that state is measured, and must have it in every shot.
    """
    for name in sorted(CLIFFORD_GATES):
        for inputs in product(INPUTS, repeat=GATES[name].num_qubits):
            circuit, expected = _stabilizers(name, inputs)
            expect_probabilities(spec, make, circuit, {expected: 1.0}, shots=20)


def _stabilizers(name: str, inputs: tuple[tuple[str, ...], ...]) -> tuple[Circuit, tuple[int, ...]]:
    number = len(inputs)
    state = gate_matrix(name, ()) @ reduce(np.kron, [np.array(INPUTS[i]) for i in inputs])
    p = Program(name)
    expected: list[int] = []
    p.output()
    for letters in product("IXYZ", repeat=number):
        value = float((state.conj() @ pauli_matrix("".join(letters)) @ state).real)
        if abs(value) < 0.5 or set(letters) == {"I"}:
            continue
        qubits = p.qubits("alice", *(f"q{len(expected)}_{i}" for i in range(number)))
        for qubit, gates in zip(qubits, inputs, strict=True):
            for gate in gates:
                p.gate(gate, qubit)
        p.gate(name, *qubits)
        bits = [p.measure(q, b.lower()) for q, b in zip(qubits, letters, strict=True) if b != "I"]
        p.output(reduce(xor, bits), label="".join(letters))
        expected.append(int(value < 0))
    return p.circuit(), tuple(expected)


def gates_against_matrices(spec: BackendSpec, make: Make) -> None:
    """Every gate is undone by the inverse of its matrix, on a state without symmetry."""
    for name, gate in GATES.items():
        p = Program(name)
        qubits = p.qubits("alice", *"abc"[: gate.num_qubits])
        angles = ANGLES[: gate.num_params]
        for i, qubit in enumerate(qubits):
            p.ry(0.7 + 0.4 * i, qubit).rz(0.5 - 0.3 * i, qubit)
        p.gate(name, *angles, *qubits).unitary(gate_matrix(name, angles).conj().T, *qubits)
        for i, qubit in enumerate(qubits):
            p.rz(0.3 * i - 0.5, qubit).ry(-0.7 - 0.4 * i, qubit)
            p.measure(qubit)
        expect_probabilities(spec, make, p.circuit(), {(0,) * len(qubits): 1.0}, shots=500)


def double_precision(spec: BackendSpec, make: Make) -> None:
    """200 rotations that make a full turn are exact to 1e-9, or to the claimed precision if that is finer."""
    p = Program()
    a = p.qubit("alice", "a")
    for _ in range(200):
        p.rx(2 * math.pi / 200, a)
    p.save("out", a)
    circuit = p.circuit()
    allowed = min(1e-9, exact_method(spec, circuit).precision)
    (branch,) = exact_of(spec, make, circuit)
    assert branch.state is not None
    gap = float(np.abs(branch.state - np.diag([1, 0])).max())
    assert gap < allowed, f"the state is off by {gap}, at most {allowed} is allowed"


def claimed_width(spec: BackendSpec, make: Make) -> None:
    """As many qubits as are claimed may be entangled: GHZ states of at most 7 (exact) and 12 (sampled)."""
    tried = 0
    for c in spec.capabilities:
        if c.exact:
            n = min(c.max_qubits, EXACT_WIDTH)
            (branch,) = exact_of(spec, make, _ghz(n, saved=True))
            ghz = np.zeros(1 << n)
            ghz[0] = ghz[-1] = math.sqrt(0.5)
            assert branch.state is not None
            assert abs(ghz @ branch.state @ ghz - 1) < 1e-9, f"no GHZ state of {n} qubits came out"
            tried += 1
        if c.samples:
            n = min(c.max_qubits, SAMPLED_WIDTH)
            faithful_method(spec, _ghz(n, saved=False))
            found = set(samples_of(spec, make, _ghz(n, saved=False), shots=100).counts())
            assert found == {(0,) * n, (1,) * n}, f"a GHZ state of {n} qubits gave {sorted(found)[:4]}"
            tried += 1
    assert tried, "no method gives exact branches or samples"


def _ghz(number: int, saved: bool) -> Circuit:
    p = Program(f"ghz of {number}")
    qubits = p.qubits("alice", *(f"q{i}" for i in range(number)))
    p.h(qubits[0])
    for other in qubits[1:]:
        p.cx(qubits[0], other)
    if saved:
        return p.save("ghz", *qubits).circuit()
    for qubit in qubits:
        p.measure(qubit)
    return p.circuit()


def detectors(spec: BackendSpec, make: Make) -> None:
    """``detect(shots, seed)`` gives the parities of detectors (D0, …) and observables (L0, …)."""
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.x(a).noise(bit_flip(0.25), b)
    m, n = p.measure(a), p.measure(b)
    p.detector(m).detector(m ^ 1).detector(n).observable(0, m ^ n)
    circuit = p.circuit()
    if not any(c.detectors and not c.misses(circuit) for c in spec.capabilities):
        raise CapabilityMiss("no method has detectors")
    found = make().compile(circuit).detect(SHOTS, SEED)
    assert found.detectors.labels == ("D0", "D1", "D2") and found.observables.labels == ("L0",)
    values, observable = found.detectors.bits(), found.observables.bits()[:, 0]
    assert values[:, 0].all() and not values[:, 1].any(), "a detector without noise is not its parity"
    assert (observable == ~values[:, 2]).all(), "the observable m ^ n is not that of the same shot"
    # 6 standard deviations: a right engine fails with probability 2e-9.
    assert abs(values[:, 2].mean() - 0.25) < 6 * math.sqrt(0.25 * 0.75 / SHOTS)


def refusals(spec: BackendSpec, make: Make) -> None:
    """What no capability covers is refused by UnsupportedError when compiling, never run approximately."""
    refused = 0
    for circuit in _probes():
        if all(c.misses(circuit) for c in spec.capabilities):
            refused += 1
            try:
                make().compile(circuit)
            except UnsupportedError:
                continue
            raise AssertionError(f"a circuit outside the capabilities was compiled: {circuit.operations}")
    if not refused:
        raise CapabilityMiss("the capabilities cover every probe")


def _probes() -> Iterator[Circuit]:
    steps: list[Callable[[Program, Any], Any]] = [
        lambda p, q: p.t(q),
        lambda p, q: p.unitary(np.eye(2), q),
        lambda p, q: p.noise(amplitude_damping(0.3), q),
        lambda p, q: p.noise(bit_flip(0.3), q),
        lambda p, q: p.h(q, when=p.coin(0.5)),
        lambda p, q: p.x(q, when=p.coin(0.5)),
        lambda p, q: p.measure(q, readout=(0.1, 0.2)),
    ]
    for step in steps:
        p = Program()
        q = p.qubit("alice", "q")
        step(p, q)
        p.measure(q)
        yield p.circuit()


def claims_something(spec: BackendSpec, make: Make) -> None:
    """Some method runs a bare measurement: no backend passes by claiming nothing."""
    p = Program()
    p.measure(p.qubit("alice", "a"))
    try:
        expect_probabilities(spec, make, p.circuit(), {(0,): 1.0}, shots=20)
    except CapabilityMiss as miss:
        raise AssertionError("no method claims to run a bare measurement") from miss


def _agrees(program: Callable[[], Program], spec: BackendSpec, make: Make) -> None:
    """A program has the branches that the reference backend gives it, within 1e-9."""
    circuit = program().circuit()
    exact_method(spec, circuit)
    assert_exact(make(), circuit)


def _samples_agree(program: Callable[[], Program], spec: BackendSpec, make: Make) -> None:
    """Samples follow the reference's distribution; a right backend fails with probability 1e-6."""
    circuit = program().circuit()
    faithful_method(spec, circuit)
    assert_sampled(make(), circuit, SHOTS, SEED)


CHECKS: dict[str, Check] = {
    **{
        check.__name__: check
        for check in (
            claims_something, clifford_gates, gates_against_matrices, double_precision, claimed_width,
            detectors, refusals,
        )
    },
    **{f"branches_of_{name}": partial(_agrees, program) for name, program in PROGRAMS.items()},
    **{f"samples_of_{name}": partial(_samples_agree, program) for name, program in SAMPLED.items()},
}  # fmt: skip
