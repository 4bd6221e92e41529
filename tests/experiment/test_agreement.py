"""The tests of samples: each tail, each column, and the correction for how many there are."""

import dataclasses
import types

import numpy as np
import pytest

from qnetframe import Plugins, Program, compare
from qnetframe.api import BackendSpec
from qnetframe.builtin.reference import CAPABILITIES, ReferenceBackend
from qnetframe.experiment.agreement import check_pair
from qnetframe.experiment.engine import run_circuit
from qnetframe.hookspecs import hookimpl
from qnetframe.values import Samples

NATIVE = (dataclasses.replace(CAPABILITIES[0], exact=False),)


class Coins:
    """A native sampler of independent bits, whatever the circuit."""

    def __init__(self, *probabilities):
        self.probabilities = probabilities

    def compile(self, circuit):
        self.labels = [o.label for o in circuit.outputs]
        return self

    def sample(self, shots, seed):
        bits = np.random.default_rng(seed).random((shots, len(self.labels))) < self.probabilities
        return Samples.from_bits(self.labels, bits)


def spec(name, factory):
    return BackendSpec(name, factory, "independent bits", capabilities=NATIVE)


def sampled(circuit, *probabilities, shots=1000, seed=1):
    engine = Coins(*probabilities)
    return run_circuit(circuit, spec("coins", lambda: engine), engine, shots, np.random.SeedSequence(seed))[0]


def exact(circuit):
    reference = BackendSpec("reference", ReferenceBackend, "referee", capabilities=CAPABILITIES)
    return run_circuit(circuit, reference, ReferenceBackend(), None, np.random.SeedSequence(0))[0]


def fair_bits(number, require=False):
    p = Program()
    bits = []
    for qubit in p.qubits("alice", *(f"q{i}" for i in range(number))):
        p.h(qubit)
        bits.append(p.measure(qubit))
    if require:
        p.require(bits[-1]).output()
    return p.circuit()


@pytest.mark.parametrize("wrong", [0.3, 0.7])
def test_too_few_accepted_shots_are_found_as_too_many_are(wrong):
    """There is one cell and no column, so that only one of the two tails can tell."""
    circuit = fair_bits(1, require=True)
    found = sampled(circuit, wrong)
    for other in (exact(circuit), sampled(circuit, 0.5, seed=2)):
        check = check_pair(found, other)
        assert check.tests == 1 and check.p_value < 1e-6
    assert check_pair(sampled(circuit, 0.5), exact(circuit)).p_value > 1e-3


def test_a_biased_column_is_found_where_every_cell_is_too_thin():
    """Eight bits have 256 cells of four shots each; one bit of P(1) = 0.7 is 13 standard errors off alone."""
    circuit = fair_bits(8)
    found = sampled(circuit, *[0.5] * 7, 0.7)
    for other in (exact(circuit), sampled(circuit, *[0.5] * 8, seed=2)):
        check = check_pair(found, other)
        assert check.where == "P(m7 = 1)" and check.p_value < 1e-6 / check.tests


class Many:
    """Ten circuits of a fair bit each."""

    def run(self, session):
        return {f"P{i}": session.run(fair(i)).probability("m0") for i in range(10)}


def fair(number):
    p = Program(f"fair {number}")
    q = p.qubit("alice", "q")
    p.h(q).measure(q)
    return p


def test_the_false_alarms_of_whole_comparisons_are_no_more_than_promised():
    """At 5 % a comparison, more than 10 alarms in 40 have probability below 1e-5; seeds are fixed.

    Each has 10 circuits and 3 pairs, 90 tests: without a correction nearly every comparison is an alarm.
    """
    module = types.ModuleType("coins")
    specs = [spec(name, lambda: Coins(0.5)) for name in ("one", "two", "three")]
    module.qnetframe_backends = hookimpl(specname="qnetframe_backends")(lambda: specs)
    plugins = Plugins(entry_points=False, modules=[module])
    alarms = 0
    for seed in range(40):
        result = compare(
            Many(), backends=["one", "two", "three"], plugins=plugins, shots=200, alpha=0.05, seed=seed
        )
        assert result.tests == 90
        alarms += result.agree is False
    assert alarms <= 10
