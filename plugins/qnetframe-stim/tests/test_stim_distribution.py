"""Exact distributions from the error model against the reference's, to 1e-12, and closed forms."""

from __future__ import annotations

import itertools
import math
from functools import reduce
from operator import xor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.builtin.reference import ReferenceBackend
from qnetframe.channels import Channel, bit_flip, depolarizing, pauli, two_qubit_depolarizing
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.circuit import Circuit, Output
from qnetframe.program.operations import Coin, Erase, Gate, Measure, Noise, Operation, recorded_bit
from qnetframe.program.program import Program
from qnetframe.testing.random_programs import random_program
from qnetframe.values import Parity
from qnetframe_stim import stim_backend

EXACT = 1e-12


def distribution(program: Program | Circuit, *labels: str) -> dict[tuple[int, ...], float]:
    circuit = program.circuit() if isinstance(program, Program) else program
    return stim_backend().compile(circuit).output_distribution(*labels)


def assert_exact(circuit: Circuit) -> None:
    truth = {b.outputs: b.probability for b in ReferenceBackend().compile(circuit).exact()}
    found = distribution(circuit)
    worst = max(abs(truth.get(k, 0.0) - found.get(k, 0.0)) for k in truth.keys() | found.keys())
    assert worst < EXACT
    assert math.fsum(found.values()) == pytest.approx(1.0, abs=EXACT)


def random_circuit(seed: int) -> Circuit:
    """Return a random program with Pauli channels, erasures, coins, readout errors and feed-forward."""
    circuit = random_program(
        seed, max_qubits=3, max_bits=4, operations=20, clifford=True, saves=False, require=False
    ).circuit()
    rng = np.random.default_rng(seed)
    operations: list[Operation] = []
    bits: list[str] = []
    for operation in circuit.operations:
        operations.append(operation)
        bits += [b for b in [recorded_bit(operation)] if b is not None]
        if bits and rng.random() < 0.4:
            chosen = tuple(b for b in bits if rng.random() < 0.5)
            qubit = circuit.qubits[int(rng.integers(len(circuit.qubits)))]
            gate = "xyz"[int(rng.integers(3))]
            operations.append(Gate(gate, (qubit,), when=Parity(chosen, int(rng.integers(2)))))
        if rng.random() < 0.3:
            operations.append(random_noise(rng, circuit.qubits))
    operations += [Measure(q, f"end:{q}", "zxy"[int(rng.integers(3))]) for q in circuit.qubits]
    return Circuit(circuit.qubits, tuple(operations))


def random_noise(rng: np.random.Generator, qubits: tuple[str, ...]) -> Noise:
    """Return a Pauli channel of any width whose errors no independent ones could make."""
    width = int(rng.integers(1, len(qubits) + 1))
    labels = ["".join(p) for p in itertools.product("IXYZ", repeat=width)]
    weights = rng.dirichlet([0.3] * len(labels))
    places = tuple(qubits[int(i)] for i in rng.permutation(len(qubits))[:width])
    return Noise(places, Channel.from_pauli(dict(zip(labels, weights.tolist(), strict=True))))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_random_programs_are_exact(seed):
    circuit = random_circuit(seed)
    if len(circuit.outputs) <= 12:
        assert_exact(circuit)


@pytest.mark.parametrize(
    "weights",
    [
        {"X": 0.1, "Y": 0.1},  # no product of independent errors: the Z component would be negative
        {"X": 0.5, "Z": 0.5},
        {"X": 0.9},
        {"Y": 1.0},
        {"X": 1 / 3, "Y": 1 / 3, "Z": 1 / 3},
    ],
)
def test_errors_that_exclude_each_other_are_not_taken_for_independent(weights):
    """A Bell pair shows which Pauli hit: the outcome (x part, z part) has the channel's own weights."""
    p = Program("bell")
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b).noise(Channel.from_pauli(weights), a).cx(a, b).h(a)
    p.measure(b), p.measure(a)
    found = distribution(p)
    expected = {(1, 0): "X", (1, 1): "Y", (0, 1): "Z"}
    for outcome, letter in expected.items():
        assert found.get(outcome, 0.0) == pytest.approx(weights.get(letter, 0.0), abs=EXACT)


def test_two_qubit_and_wide_channels_have_their_own_weights():
    for width in (2, 3):
        p = Program("wide")
        a, b = p.qubits("alice", *"abc"[:width]), p.qubits("alice", *"xyz"[:width])
        rng = np.random.default_rng(width)
        labels = ["".join(x) for x in itertools.product("IXYZ", repeat=width)]
        weights = dict(zip(labels, rng.dirichlet(np.ones(len(labels))).tolist(), strict=True))
        for s, r in zip(a, b, strict=True):
            p.h(s).cx(s, r)
        p.noise(Channel.from_pauli(weights), *a)
        for s, r in zip(a, b, strict=True):
            p.cx(s, r).h(s)
            p.measure(r), p.measure(s)
        found = distribution(p)
        for label, weight in weights.items():
            outcome = tuple(bit for x in label for bit in (int(x in "XY"), int(x in "ZY")))
            assert found[outcome] == pytest.approx(weight, abs=EXACT)


def test_an_erasure_flags_and_mixes():
    circuit = Circuit(("a",), (Erase("a", 0.3, "lost"), Measure("a", "m")))
    found = distribution(circuit)
    assert found == pytest.approx({(0, 0): 0.7, (1, 0): 0.15, (1, 1): 0.15}, abs=EXACT)


def test_outcomes_that_are_random_without_noise():
    p = Program("ghz")
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.h(a).cx(a, b).cx(b, c)
    for q in (a, b, c):
        p.measure(q, readout=0.1)
    found = distribution(p)
    same, one = (0.9**3 + 0.1**3) / 2, (0.9**2 * 0.1 + 0.1**2 * 0.9) / 2
    assert found == pytest.approx(
        {k: same if sum(k) in (0, 3) else one for k in itertools.product((0, 1), repeat=3)}, abs=EXACT
    )


def test_constants_coins_and_nothing_at_all():
    outputs = (Output("one", Parity((), 1)), Output("not", Parity(("c",), 1)), Output("c", Parity(("c",))))
    circuit = Circuit(("a",), (Coin(0.85, "c"),), outputs)
    assert distribution(circuit) == pytest.approx({(1, 0, 1): 0.85, (1, 1, 0): 0.15})
    assert distribution(circuit, "c") == pytest.approx({(0,): 0.15, (1,): 0.85})
    assert distribution(circuit, "c", "one") == pytest.approx({(0, 1): 0.15, (1, 1): 0.85})
    assert distribution(Circuit(("a",), (), ())) == {(): 1.0}


def test_feed_forward_carries_errors():
    """A wrong bit flips the corrected qubit: P(1) is the readout error, whatever the random outcome."""
    p = Program("feed")
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b)
    p.x(b, when=p.measure(a, readout=0.2))
    p.output(p.measure(b), label="b")
    assert distribution(p) == pytest.approx({(0,): 0.8, (1,): 0.2}, abs=EXACT)


def test_branches_are_the_distribution():
    p = Program("flip")
    a = p.qubit("alice", "a")
    p.noise(bit_flip(0.25), a).measure(a)
    branches = stim_backend().compile(p.circuit()).exact()
    assert [(b.outputs, b.state) for b in branches] == [((0,), None), ((1,), None)]
    assert [b.probability for b in branches] == pytest.approx([0.75, 0.25])


def test_what_is_refused():
    p = Program("many")
    for q in p.qubits("alice", *(f"q{i}" for i in range(13))):
        p.measure(q)
    with pytest.raises(UnsupportedError, match="at most 12 outputs at a time, not of 13; name those"):
        distribution(p)
    with pytest.raises(UnsupportedError, match="at most 12 outputs"):
        stim_backend().compile(p.circuit()).exact()
    assert distribution(p, "m3", "m12") == {(0, 0): 1.0}
    with pytest.raises(InvalidInputError, match="output 'm99' is not declared; declared: m0, m1"):
        distribution(p, "m99")


def chain(links: int, p: float) -> Program:
    """Swap along a chain of noisy pairs; the far end's two Bell bits show the Pauli frame."""
    program = Program("chain")
    pairs = [program.qubits("alice", f"l{i}", f"r{i}") for i in range(links)]
    for left, right in pairs:
        program.h(left).cx(left, right).noise(depolarizing(p), left)
    z, x = [], []
    for (_, right), (left, _) in itertools.pairwise(pairs):
        program.cx(right, left).h(right)
        z.append(program.measure(right))
        x.append(program.measure(left))
    first, last = pairs[0][0], pairs[-1][1]
    program.cx(first, last).h(first)
    z.append(program.measure(first))
    x.append(program.measure(last))
    return program.output(reduce(xor, x), label="x").output(reduce(xor, z), label="z")


@pytest.mark.timeout(60)
def test_a_thousand_links_have_the_closed_form_in_seconds():
    """1000 depolarized pairs make a Werner pair of fidelity 1/4 + 3/4 (1 - 4p/3)**1000."""
    links, p = 1000, 1e-3
    program = chain(links, p)
    found = distribution(program)
    shrink = (1 - 4 * p / 3) ** links
    assert found[0, 0] == pytest.approx(0.25 + 0.75 * shrink, abs=EXACT)
    assert found[1, 1] == pytest.approx(0.25 - 0.25 * shrink, abs=EXACT)


def test_rare_errors_that_no_sample_would_show():
    p = Program("rare")
    a, b = p.qubits("alice", "a", "b")
    p.noise(two_qubit_depolarizing(1.5e-9), a, b).noise(pauli(0.0, 0.0, 0.4), a)
    p.measure(a), p.measure(b)
    # Of the fifteen equally likely Pauli pairs, four flip both.
    assert distribution(p)[1, 1] == pytest.approx(4e-10, rel=1e-6)
