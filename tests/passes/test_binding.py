"""A circuit that is bound to the passes of another gets exactly what the passes would have made of it."""

import dataclasses

import numpy as np
import pytest

import qnetframe as qn
from qnetframe.builtin.reference import ReferenceBackend
from qnetframe.channels import Channel
from qnetframe.channels.named import amplitude_damping
from qnetframe.experiment.remembering import CompiledOnce, TaskBackend
from qnetframe.program.circuit import Circuit
from qnetframe.program.footprint import footprint
from qnetframe.program.operations import Gate
from qnetframe.program.passes import deferral as deferral_module
from qnetframe.program.passes.binding import bind_passes, shape
from qnetframe.program.passes.deferral import deferral, deferred
from qnetframe.program.passes.reuse import shot_form
from qnetframe.program.passes.scheduling import schedule
from qnetframe.testing.random_programs import (
    random_channel,
    random_density_matrix,
    random_program,
    random_unitary,
)


def copied(circuit):
    return Circuit(circuit.qubits, circuit.operations, circuit.outputs)


def varied(circuit, rng):
    """Return a circuit with other values; now and then special ones, which passes treat in their own way."""
    return circuit.replace([_varied(o, rng) for o in circuit.operations])


def _varied(operation, rng):
    special = rng.random() < 0.3
    n = len(getattr(operation, "qubits", ("",)))
    changes = {}
    if hasattr(operation, "params"):
        count = len(operation.params)
        changes["params"] = (0.0,) * count if special else tuple(rng.uniform(-4, 4, count))
    elif operation.kind == "unitary":
        changes["matrix"] = np.eye(1 << n) if special else random_unitary(rng, 1 << n)
    elif operation.kind == "prepare":
        ground = np.zeros((1 << n, 1 << n))
        ground[0, 0] = 1
        changes["state"] = ground if special else random_density_matrix(rng, n)
    elif operation.kind == "noise":
        pauli = Channel.from_pauli({"I" * n: 0.75, "Z" * n: 0.25})
        changes["channel"] = pauli if special else random_channel(rng, n)
    elif operation.kind == "measure" and any(operation.readout):
        changes["readout"] = (0.125, 0.125) if special else tuple(rng.uniform(0.01, 0.3, 2))
    elif operation.kind in ("coin", "erase"):
        changes["probability"] = float(special) if special else float(rng.uniform())
    return dataclasses.replace(operation, **changes)


@pytest.mark.parametrize("clifford", [False, True])
def test_bound_passes_are_those_that_would_have_been_run(clifford):
    different = conditional = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        like = random_program(seed, clifford=clifford).circuit()
        circuit = varied(like, rng)
        fresh = copied(circuit)
        assert shape(circuit) == shape(like) and hash(shape(circuit)) == hash(shape(like))
        bind_passes(circuit, like)
        assert schedule(circuit) == schedule(fresh)
        assert deferral(circuit).circuit == deferral(fresh).circuit
        assert deferred(circuit).content_hash == deferred(fresh).content_hash
        assert shot_form(circuit).content_hash == shot_form(fresh).content_hash
        assert footprint(circuit) == footprint(fresh)
        different += deferral(circuit).circuit != deferral(like).circuit
        conditional += any(getattr(o, "params", ()) and o.when is not None for o in circuit.operations)
        # What was bound serves the next one.
        again = varied(like, rng)
        bind_passes(again, circuit)
        assert deferred(again).content_hash == deferred(copied(again)).content_hash
    assert different > 100 and (clifford or conditional > 50)


def test_bound_circuits_have_the_same_branches_to_the_last_bit():
    for seed in range(25):
        like = random_program(seed, max_qubits=4).circuit()
        circuit = varied(like, np.random.default_rng(seed))
        fresh = copied(circuit)
        bind_passes(circuit, like)
        backend = ReferenceBackend()
        for one, other in zip(backend.compile(circuit).exact(), backend.compile(fresh).exact(), strict=True):
            assert one.outputs == other.outputs and one.probability == other.probability
            assert (one.state is None and other.state is None) or np.array_equal(one.state, other.state)


def tiny(readout=(0.0, 0.0), name="ry", angles=(0.3,), channel=None, label="m"):
    p = qn.Program("tiny")
    a, b = p.qubits("alice", "a", "b")
    getattr(p, name)(*angles, a)
    p.noise(channel or amplitude_damping(0.1), a)
    m = p.measure(a, readout=readout)
    p.rz(0.2, b, when=m)
    p.output(m, label=label)
    return p.circuit()


def test_shapes_leave_out_values_only():
    assert shape(tiny()) == shape(tiny(angles=(1.0,), channel=Channel.from_pauli({"I": 0.5, "X": 0.5})))
    for other in (tiny(readout=(0.1, 0.1)), tiny(name="rx"), tiny(label="n")):
        assert shape(other) != shape(tiny())
    assert shape(tiny(readout=(0.1, 0.1))) == shape(tiny(readout=(0.0, 0.2)))
    extra = tiny().replace([*tiny().operations, Gate("x", ("alice.b",))])
    assert shape(extra) != shape(tiny())


def test_a_sweep_defers_each_shape_once(monkeypatch):
    made = []
    plain = deferral_module._Deferral
    monkeypatch.setattr(deferral_module, "_Deferral", lambda c: made.append(c) or plain(c))
    once = CompiledOnce(ReferenceBackend())
    backend = TaskBackend(once, {})
    first = tiny()
    assert backend.known(first) is first and backend.known(tiny()) is first
    for angle in (0.1, 0.2, 0.3, 0.1):
        circuit = backend.known(tiny(angles=(angle,)))
        found = backend.compile(circuit).exact()
        wanted = ReferenceBackend().compile(circuit).exact()
        assert [b.probability for b in found] == [b.probability for b in wanted]
    assert len(made) == 1
    backend.known(tiny(name="rx"))
    footprint(backend.known(tiny(name="rx")))
    assert len(made) == 2


def test_circuits_that_are_kept_are_limited(monkeypatch):
    monkeypatch.setattr("qnetframe.experiment.remembering._EXECUTABLES", 4)
    once = CompiledOnce(ReferenceBackend())
    for i in range(20):
        once.known(tiny(angles=(0.1 * i,), label=f"m{i % 10}"))
    assert len(once._circuits) == len(once._shapes) == 4
