"""Every exact route and every pass keeps the outcome distribution of the plain interpreter."""

from functools import reduce
from operator import xor

import naive_interpreter as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.channels import amplitude_damping, depolarizing
from qnetframe.errors import UnsupportedError
from qnetframe.program import density
from qnetframe.program.branches import branches_by_cutting, total_probability
from qnetframe.program.circuit import Circuit
from qnetframe.program.exact import exact_branches
from qnetframe.program.footprint import footprint
from qnetframe.program.operations import Gate, Measure, Prepare, Unitary
from qnetframe.program.passes.deferral import deferred, split_terminal
from qnetframe.program.passes.frame import track_pauli_frame
from qnetframe.program.passes.preparation import lower_preparations
from qnetframe.program.passes.scheduling import remove_dead, schedule, split_lifetimes
from qnetframe.program.passes.twirling import pauli_twirl
from qnetframe.program.program import Program
from qnetframe.testing.random_programs import random_channel, random_density_matrix, random_program
from qnetframe.values import all_of, any_of

PASSES = (remove_dead, split_lifetimes, schedule, lower_preparations, track_pauli_frame, deferred)
seeds = st.integers(min_value=0, max_value=2**32 - 1)


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_exact_routes_equal_the_plain_interpreter(seed):
    circuit = random_program(seed, max_qubits=4, max_bits=5).circuit()
    truth = naive.run(circuit)
    assert naive.distance(truth, branches_by_cutting(circuit, density.evolve)) < 1e-12
    assert naive.distance(truth, exact_branches(circuit, density.evolve)) < 1e-12


@pytest.mark.parametrize("change", PASSES, ids=lambda p: p.__name__)
@settings(max_examples=15, deadline=None)
@given(seed=seeds, clifford=st.booleans())
def test_a_pass_keeps_the_outcome_distribution(change, seed, clifford):
    circuit = random_program(seed, max_qubits=3, max_bits=4, operations=14, clifford=clifford).circuit()
    changed = change(circuit)
    if len(changed.qubits) > 8:
        return
    truth = naive.run(circuit)
    assert naive.distance(truth, branches_by_cutting(changed, density.evolve)) < 1e-12


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_passes_compose(seed):
    circuit = random_program(seed, max_qubits=3, max_bits=4, clifford=True).circuit()
    changed = lower_preparations(schedule(track_pauli_frame(circuit)))
    assert naive.distance(naive.run(circuit), branches_by_cutting(changed, density.evolve)) < 1e-12


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_deferred_circuits_measure_at_the_end_and_hold_no_condition(seed):
    flat = deferred(random_program(seed).circuit())
    kinds = [o.kind for o in flat.operations]
    first = kinds.index("measure") if "measure" in kinds else len(kinds)
    assert set(kinds[:first]) <= {"gate", "unitary", "noise", "reset", "save"}
    assert set(kinds[first:]) <= {"measure", "require", "save", "expect"}
    assert all(o.when is None for o in flat.operations if isinstance(o, (Gate, Unitary)))
    body, measures = split_terminal(flat)
    assert len(body) + len(measures) <= len(kinds)


def test_the_frame_pass_leaves_no_conditional_pauli_before_a_measurement():
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    m = p.h(a).measure(a)
    p.x(b, when=m).h(b).z(b, when=m ^ 1)
    p.output(p.measure(b))
    circuit = p.circuit()
    changed = track_pauli_frame(circuit)
    assert not any(isinstance(o, Gate) and o.when is not None for o in changed.operations)
    # X then H is Z, which a z measurement does not see; the second Z is not seen either.
    assert changed.outputs[0].parity.bits == ("m1",)
    assert naive.distance(naive.run(circuit), branches_by_cutting(changed, density.evolve)) < 1e-12


def test_teleportation_needs_three_wires_and_a_chain_six():
    assert footprint(_teleportation().circuit()).wires == 3
    assert [footprint(_chain(n).circuit()).wires for n in (3, 10, 30)] == [6, 6, 6]
    assert [footprint(_chain(n).circuit()).live_qubits for n in (3, 10, 30)] == [4, 4, 4]


def test_a_hundred_link_chain_has_the_closed_form():
    p = 0.01
    (branch,) = exact_branches(_chain(100, depolarizing(p)).circuit(), density.evolve)
    shrink = 1 - 4 * p / 3
    assert branch.state is not None
    assert abs(branch.state[0, 3].real - 0.5 * shrink**100) < 1e-12
    assert abs(branch.probability - 1) < 1e-12


def test_live_qubits_do_not_depend_on_the_order_in_which_a_chain_is_written():
    nested = Program()
    n = 16
    left = {i: nested.qubit(f"n{i}", "l") for i in range(1, n + 1)}
    right = {i: nested.qubit(f"n{i}", "r") for i in range(n)}
    for i in range(n):
        nested.entangle(right[i], left[i + 1])
    step, z, x = 1, [], []
    while step < n:
        for i in range(step, n, 2 * step):
            nested.cx(left[i], right[i]).h(left[i])
            z.append(nested.measure(left[i]))
            x.append(nested.measure(right[i]))
        step *= 2
    nested.x(left[n], when=reduce(xor, x)).z(left[n], when=reduce(xor, z))
    nested.output().save("pair", right[0], left[n])
    circuit = nested.circuit()
    assert footprint(circuit).live_qubits <= 6
    (branch,) = branches_by_cutting(circuit, density.evolve)
    assert abs(branch.state[0, 3] - 0.5) < 1e-12


def test_bits_that_nobody_wants_are_merged_and_wanted_ones_kept():
    p = Program()
    q = p.qubits("a", *"012345")
    bits = [p.h(qubit).measure(qubit) for qubit in q]
    many = p.circuit()
    assert len(branches_by_cutting(many, density.evolve)) == 64
    few = p.output(reduce(xor, bits)).circuit()
    assert footprint(few).slots <= 2
    branches = branches_by_cutting(few, density.evolve)
    assert [b.outputs for b in branches] == [(0,), (1,)]
    assert [b.probability for b in branches] == pytest.approx([0.5, 0.5])


def test_too_many_branches_are_refused_with_the_way_out():
    p = Program()
    for i in range(5):
        p.measure(p.h(p.qubit("a", f"q{i}")).operations[-1].qubits[0])
    with pytest.raises(UnsupportedError, match=r"max_branches=16.*declare fewer outputs"):
        branches_by_cutting(p.circuit(), density.evolve, max_branches=16)


@pytest.mark.parametrize("bits", [12, 13])
def test_by_default_4096_branches_are_the_most(bits):
    p = Program()
    q = p.qubit("a", "q")
    for _ in range(bits):
        p.h(q).measure(q)
    if bits == 12:
        assert len(branches_by_cutting(p.circuit(), density.evolve)) == 4096
        return
    with pytest.raises(UnsupportedError, match="max_branches=4096"):
        branches_by_cutting(p.circuit(), density.evolve)


def test_small_branches_are_pruned():
    p = Program()
    q = p.qubit("a", "q")
    p.prepare(q, [np.sqrt(1 - 1e-16), 1e-8])
    p.measure(q)
    assert [b.outputs for b in branches_by_cutting(p.circuit(), density.evolve)] == [(0,)]


def test_noise_never_adds_branches():
    p = Program()
    a, b = p.qubits("a", "x", "y")
    p.noise(depolarizing(0.3), a).noise(amplitude_damping(0.2), b)
    p.erase(a, 0.5)
    p.output().save("s", a, b)
    (branch,) = branches_by_cutting(p.circuit(), density.evolve)
    assert branch.outputs == () and branch.probability == pytest.approx(1)


def test_probabilities_add_up_to_the_acceptance():
    p = Program()
    a, b = p.qubits("a", "x", "y")
    m, n = p.h(a).measure(a), p.h(b).measure(b)
    p.require(any_of(m, n))
    for branches in (
        branches_by_cutting(p.circuit(), density.evolve),
        exact_branches(p.circuit(), density.evolve),
    ):
        assert total_probability(branches) == pytest.approx(0.75)
        assert [b.outputs for b in branches] == [(0, 1), (1, 0), (1, 1)]


def test_two_requires_are_both_kept():
    p = Program()
    q = p.qubits("a", *"abc")
    bits = [p.h(x).measure(x) for x in q]
    p.require(bits[0] ^ bits[1]).require(all_of(bits[1], bits[2]))
    for branches in (
        branches_by_cutting(p.circuit(), density.evolve),
        exact_branches(p.circuit(), density.evolve),
    ):
        assert [b.outputs for b in branches] == [(0, 1, 1)]
        assert total_probability(branches) == pytest.approx(1 / 8)


@settings(max_examples=60, deadline=None)
@given(seed=seeds, num=st.sampled_from([1, 2]), rank=st.integers(1, 4))
def test_lowered_preparations_make_the_state(seed, num, rank):
    rng = np.random.default_rng(seed)
    dim = 1 << num
    rank = min(rank, dim)
    vectors = rng.normal(size=(dim, rank)) + 1j * rng.normal(size=(dim, rank))
    rho = vectors @ vectors.conj().T
    _check_preparation(rho / np.trace(rho).real, num)


@pytest.mark.parametrize(
    "weights", [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1), (0.9, 0.1 / 3, 0.1 / 3, 0.1 / 3)]
)
def test_bell_diagonal_pairs_become_clifford_gates_and_pauli_noise(weights):
    bell = np.array([[1, 0, 0, 1], [0, 1, 1, 0], [0, 1, -1, 0], [1, 0, 0, -1]]) / np.sqrt(2)
    rho = sum(w * np.outer(v, v) for w, v in zip(weights, bell, strict=True))
    circuit = _check_preparation(rho, 2)
    assert all(not isinstance(o, Unitary) for o in circuit.operations)
    assert all(o.channel.is_pauli for o in circuit.operations if o.kind == "noise")


@pytest.mark.parametrize("seed", range(3))
def test_a_preparation_in_the_middle_forgets_the_past(seed):
    rng = np.random.default_rng(seed)
    p = Program()
    a, b = p.qubits("a", "x", "y")
    p.h(a).cx(a, b)
    p.prepare(a, random_density_matrix(rng, 1)).noise(random_channel(rng, 2), a, b)
    p.save("s", a, b)
    circuit = p.circuit()
    truth = naive.run(circuit)
    assert naive.distance(truth, branches_by_cutting(lower_preparations(circuit), density.evolve)) < 1e-12
    assert naive.distance(truth, exact_branches(circuit, density.evolve)) < 1e-12


def test_the_twirl_makes_every_channel_pauli_and_keeps_average_fidelities():
    p = Program()
    q = p.qubit("a", "q")
    p.noise(amplitude_damping(0.3), q)
    p.measure(q, readout=(0.1, 0.3))
    twirled = pauli_twirl(p.circuit())
    before, after = (c.operations[0].channel for c in (p.circuit(), twirled))
    assert after.is_pauli and not before.is_pauli
    assert after.average_fidelity() == pytest.approx(before.average_fidelity(), abs=1e-12)
    measure = twirled.operations[1]
    assert isinstance(measure, Measure) and measure.readout == (0.2, 0.2)


def test_dead_operations_are_removed_and_live_ones_stay():
    p = Program()
    a, b, c = p.qubits("a", "x", "y", "z")
    p.h(a).cx(a, b).h(c)
    p.output(p.measure(b))
    kept = remove_dead(p.circuit())
    assert [o.kind for o in kept.operations] == ["gate", "gate", "measure"]
    assert all("a.z" not in getattr(o, "qubits", ()) for o in kept.operations)


def _check_preparation(rho, num) -> Circuit:
    qubits = tuple(f"q{i}" for i in range(num))
    lowered = lower_preparations(Circuit(qubits, (Prepare(qubits, tuple(map(tuple, rho.tolist()))),)))
    assert not any(isinstance(o, Prepare) for o in lowered.operations)
    stack = np.zeros((1, 1 << num, 1 << num), dtype=complex)
    stack[0, 0, 0] = 1
    for operation in lowered.operations:
        stack = density.apply(operation, qubits, stack)
    assert np.abs(stack[0] - rho).max() < 1e-12
    return lowered


def _teleportation() -> Program:
    p = Program()
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.prepare(psi, [0.8, 0.6]).entangle(a, b)
    p.cx(psi, a).h(psi)
    z, x = p.measure(psi), p.measure(a)
    p.x(b, when=x).z(b, when=z)
    return p.save("out", b)


def _chain(links: int, noise=None) -> Program:
    p = Program()
    left = {i: p.qubit(f"n{i}", "l") for i in range(1, links + 1)}
    right = {i: p.qubit(f"n{i}", "r") for i in range(links)}
    for i in range(links):
        p.entangle(right[i], left[i + 1])
        p.noise(noise or depolarizing(0.01), left[i + 1])
    z, x = [], []
    for i in range(1, links):
        p.cx(left[i], right[i]).h(left[i])
        z.append(p.measure(left[i]))
        x.append(p.measure(right[i]))
    p.x(left[links], when=reduce(xor, x)).z(left[links], when=reduce(xor, z))
    return p.output().save("pair", right[0], left[links])
