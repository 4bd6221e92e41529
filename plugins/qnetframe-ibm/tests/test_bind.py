"""Circuits that differ in angles are transpiled once; what comes out does not depend on that."""

import math

import pytest

from qnetframe import Program
from qnetframe_ibm import ibm
from qnetframe_ibm.backend import IbmExecutable


def turned(theta, phi=0.4, name="ry"):
    p = Program("turned")
    a, b = p.qubits("alice", "a", "b")
    getattr(p, name)(theta, a)
    p.cx(a, b)
    m = p.measure(a)
    p.rz(phi, b, when=m).sx(b)
    p.measure(b)
    return p.circuit()


def test_a_bound_circuit_is_the_one_that_would_have_been_compiled(monkeypatch):
    backend = ibm("fake_manila")
    first = backend.compile(turned(0.3))
    first.transpiled  # noqa: B018
    import qnetframe_ibm.backend as module

    fresh = [backend.compile(turned(theta)) for theta in (1.1, math.pi / 2)]
    wanted = [executable.transpiled for executable in fresh]
    monkeypatch.setattr(module, "transpile", lambda *_, **__: pytest.fail("transpiled a second time"))
    for theta, executable, circuit in zip((1.1, math.pi / 2), fresh, wanted, strict=True):
        bound = first.bind(turned(theta))
        assert isinstance(bound, IbmExecutable) and bound.transpiled == circuit
        assert not circuit.parameters
        assert bound.sample(500, 3) == executable.sample(500, 3)
    # A quarter turn is one sx, any other angle two.
    sizes = [c.count_ops()["sx"] for c in wanted]
    assert sizes[0] == sizes[1] + 1


def test_other_circuits_are_not_bound():
    first = ibm("fake_manila").compile(turned(0.3))
    assert first.bind(turned(0.3, name="rx")) is None
    assert first.bind(turned(0.3).replace(outputs=[])) is not None  # outputs are the host's
    p = Program("one")
    p.measure(p.qubit("alice", "a"))
    assert first.bind(p.circuit()) is None
    assert not first.queued
