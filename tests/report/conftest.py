"""Comparisons to report: engines that are right, wrong, limited or only sample, on a small noisy protocol."""

import dataclasses
import types

import pytest

from qnetframe import Plugins, Program, compare
from qnetframe.api import BackendSpec
from qnetframe.builtin.reference import CAPABILITIES, ReferenceBackend
from qnetframe.channels import amplitude_damping
from qnetframe.hookspecs import hookimpl
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.operations import Noise

SAMPLES_ONLY = (Capabilities("sampler", exact=False, max_qubits=11),)
WITHOUT_NOISE = (Capabilities("clean", noise="none", exact=True, max_qubits=11),)


@dataclasses.dataclass
class Engine:
    """The reference engine, with or without the noise of the circuit."""

    drops_noise: bool = False

    def compile(self, circuit):
        if self.drops_noise:
            circuit = circuit.replace([o for o in circuit.operations if not isinstance(o, Noise)])
        return ReferenceBackend().compile(circuit)


@dataclasses.dataclass
class Damped:
    """A bit after amplitude damping, a pair, a conditional gate; with names of the caller's choice."""

    party: str = "alice"
    program: str = "damped"
    figures: tuple[str, ...] = ("P(1)", "<Z>", "far <X>")

    def run(self, session):
        p = Program(self.program)
        a, near = p.qubits(self.party, "a", "near")
        far = p.qubit("bob", "far")
        p.entangle(near, far)
        m = p.x(a).noise(amplitude_damping(0.1), a).measure(a)
        p.z(far, when=m)
        p.output(m)
        p.expect("x", {far: "X"})
        result = session.run(p)
        one = result.probability(m)
        return dict(zip(self.figures, (one, one.scaled(-2, 1), result.expectation("x")), strict=True))


def plugins_with(**kinds):
    """Return the builtin plugins and the engines that are named: right, wrong, sampler or clean."""
    made = {
        "right": (Engine, CAPABILITIES),
        "wrong": (lambda: Engine(drops_noise=True), CAPABILITIES),
        "sampler": (Engine, SAMPLES_ONLY),
        "wrong sampler": (lambda: Engine(drops_noise=True), SAMPLES_ONLY),
        "clean": (Engine, WITHOUT_NOISE),
    }
    module = types.ModuleType("engines")
    specs = [
        BackendSpec(name, made[kind][0], "test engine", capabilities=made[kind][1])
        for name, kind in kinds.items()
    ]
    module.qnetframe_backends = hookimpl(specname="qnetframe_backends")(lambda: specs)
    return Plugins(entry_points=False, modules=[module])


@pytest.fixture
def damped():
    """Return the class of the protocol."""
    return Damped


@pytest.fixture
def make():
    """Return a function that compares a protocol on the reference and named engines."""

    def make(protocol=None, shots=None, kinds=None, backends=None, **options):
        kinds = {"other": "right"} if kinds is None else kinds
        return compare(
            protocol or Damped(),
            backends=backends or ["reference", *kinds],
            plugins=plugins_with(**kinds),
            shots=shots,
            seed=5,
            **options,
        )

    return make
