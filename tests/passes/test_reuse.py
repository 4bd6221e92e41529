"""Early measurement: fewer wires, no conditions, the same distribution."""

from __future__ import annotations

import pytest

from qnetframe.builtin.reference import ReferenceBackend
from qnetframe.channels import bit_flip
from qnetframe.program.circuit import Circuit
from qnetframe.program.operations import Expect, Measure, Reset, Save, condition_of
from qnetframe.program.passes.deferral import deferred
from qnetframe.program.passes.reuse import measure_early, shot_form
from qnetframe.program.program import Program
from qnetframe.testing.random_programs import random_program


def distribution(circuit: Circuit) -> dict[tuple[int, ...], float]:
    return {b.outputs: b.probability for b in ReferenceBackend().compile(circuit).exact()}


def relay(rounds: int, noise: float = 0.1) -> Circuit:
    """One qubit measured over and over, each time flipped by the bits before: all bits are wanted."""
    p = Program("relay")
    q = p.qubit("alice", "q")
    bits = []
    for i in range(rounds):
        p.reset(q).ry(0.3, q).noise(bit_flip(noise), q)
        bits.append(p.measure(q))
        if i:
            p.x(q, when=bits[i - 1] ^ bits[i])
            p.measure(q)
    return p.circuit()


@pytest.mark.parametrize("seed", range(30))
def test_the_distribution_is_kept(seed):
    program = random_program(
        seed, max_qubits=4, max_bits=5, clifford=seed % 2 == 0, saves=False, require=False
    )
    circuit = program.circuit()
    expected = distribution(circuit)
    flat = deferred(circuit)
    for form in (measure_early(flat), shot_form(circuit)):
        assert all(condition_of(o) is None for o in form.operations)
        assert distribution(form) == pytest.approx(expected, abs=1e-12)
    assert len(measure_early(flat).qubits) <= len(flat.qubits)


def test_bits_do_not_cost_wires():
    circuit = relay(8)
    assert len(deferred(circuit).qubits) == 15
    assert len(shot_form(circuit).qubits) <= 2


def test_each_wire_is_clean_when_it_is_used_again():
    form = shot_form(relay(4))
    dirty: set[str] = set()
    for operation in form.operations:
        if isinstance(operation, Measure):
            dirty.add(operation.qubit)
        elif isinstance(operation, Reset):
            dirty.discard(operation.qubit)
        else:
            assert not dirty.intersection(operation.qubits)


def test_measurements_stay_last_where_one_state_serves_every_shot():
    p = Program("pure")
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b).t(b)
    p.measure(a), p.measure(b)
    form = shot_form(p.circuit())
    assert [isinstance(o, Measure) for o in form.operations] == [False, False, False, True, True]


def test_untouched_qubits_are_still_measured():
    p = Program("idle")
    a, b = p.qubits("alice", "a", "b")
    p.x(a)
    p.measure(a), p.measure(b)
    assert distribution(measure_early(deferred(p.circuit()))) == {(1, 0): pytest.approx(1)}


def test_saves_are_left_out_of_the_shot_form_and_keep_a_circuit_as_it_is():
    p = Program("saved")
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b)
    p.measure(a)
    p.save("b", b)
    flat = deferred(p.circuit())
    assert measure_early(flat) is flat
    form = shot_form(p.circuit())
    assert not any(isinstance(o, (Save, Expect)) for o in form.operations)
    assert distribution(form) == {(0,): pytest.approx(0.5), (1,): pytest.approx(0.5)}
