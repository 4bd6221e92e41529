"""A backend that crashes or breaks the contract is named; its answer never becomes a number."""

import math

import numpy as np
import pytest

from qnetframe import Program
from qnetframe.api import BackendSpec
from qnetframe.errors import PluginError, UnsupportedError
from qnetframe.experiment.engine import run_circuit
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.density import evolve
from qnetframe.program.exact import exact_branches
from qnetframe.values import Branch, Samples

ABLE = Capabilities("density_matrix", exact=True, max_qubits=10)
SAMPLES_ONLY = Capabilities("density_matrix", exact=False, max_qubits=10)


class Backend:
    """Exact, and then broken by a function of the right branches; samples are whatever it is told."""

    def __init__(self, branches=lambda found: found, samples=None, compiles=True):
        self.branches, self.samples, self.compiles = branches, samples, compiles

    def compile(self, circuit):
        if not self.compiles:
            return None
        self.circuit = circuit
        return self

    def exact(self):
        return self.branches(list(exact_branches(self.circuit, evolve)))

    def sample(self, shots, seed):
        return self.samples(self.circuit, shots)


def bell(require=False):
    p = Program("bell")
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b)
    m = p.measure(a)
    if require:
        p.require(m)
    return p.save("b", b).circuit()


def run(backend, circuit, shots=None):
    spec = BackendSpec("mine", lambda: backend, "mine", capabilities=(SAMPLES_ONLY if shots else ABLE,))
    return run_circuit(circuit, spec, backend, shots, np.random.SeedSequence(1))[0]


def changed(**fields):
    def change(found):
        return [Branch(**{"outputs": b.outputs, "probability": b.probability, "state": b.state}
                       | {k: v(b) for k, v in fields.items()}) for b in found]  # fmt: skip

    return change


BROKEN = {
    "lost branch": (lambda found: found[:1], r"add up to 0.5; it must be 1, since nothing is required"),
    "too much": (changed(probability=lambda b: 0.6), r"add up to 1.2"),
    "negative": (changed(probability=lambda b: 2 * b.outputs[0] - 0.5), r"probability is -0.5"),
    "complex": (changed(probability=lambda b: b.probability + 0j), r"must be in \[0, 1\]"),
    "no number": (changed(probability=lambda b: math.nan), r"probability is nan"),
    "twice": (lambda found: [*changed(probability=lambda b: b.probability / 2)(found)] * 2, "two branches"),
    "outputs too long": (changed(outputs=lambda b: (*b.outputs, 0)), "tuple of 1 times 0 or 1"),
    "outputs as text": (changed(outputs=lambda b: str(b.outputs[0])), "tuple of 1 times 0 or 1"),
    "outputs not bits": (changed(outputs=lambda b: (b.outputs[0] + 1,)), "tuple of 1 times 0 or 1"),
    "no state": (changed(state=lambda b: None), r"state has NoneType; 1 saved qubits need .*\(2, 2\)"),
    "all qubits": (changed(state=lambda b: np.eye(4) / 4), r"shape \(4, 4\)"),
    "not normalised": (changed(state=lambda b: b.probability * b.state), r"trace 0.5\+0j; it must be norm"),
    "not Hermitian": (changed(state=lambda b: np.array([[1, 5], [0, 0]])), "differs from its adjoint by 5"),
    "no numbers": (changed(state=lambda b: b.state * math.nan), "trace nan"),
    "not branches": (lambda found: [b.outputs for b in found], r"\(0,\) is not a Branch"),
    "not iterable": (lambda found: 7, r"failed in exact\(\): TypeError"),
    "crash": (lambda found: 1 / 0, r"failed in exact\(\): ZeroDivisionError: division by zero"),
    "late crash": (lambda found: (1 / 0 for _ in found), r"failed in exact\(\): ZeroDivisionError"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_refused_by_name(name):
    change, message = BROKEN[name]
    with pytest.raises(PluginError, match=f"'mine'.*{message}"):
        run(Backend(change), bell())


def test_a_right_answer_passes_and_a_required_condition_may_take_weight_away():
    assert run(Backend(), bell()).success_probability.value == pytest.approx(1)
    assert run(Backend(), bell(require=True)).success_probability.value == pytest.approx(0.5)


def test_single_precision_passes_the_form():
    rough = changed(state=lambda b: b.state.astype(np.complex64), probability=lambda b: b.probability + 1e-7)
    assert run(Backend(rough), bell()).state("b").matrix[0, 0].real == pytest.approx(0.5)


def test_a_state_where_nothing_is_saved_is_refused():
    p = Program("one bit")
    p.measure(p.qubit("alice", "a"))
    with pytest.raises(PluginError, match="no qubit is saved"):
        run(Backend(changed(state=lambda b: np.eye(1))), p.circuit())


def test_a_refusal_of_the_backend_stays_one():
    def refuse(found):
        raise UnsupportedError("not today")

    with pytest.raises(UnsupportedError, match="not today"):
        run(Backend(refuse), bell())


def labelled(circuit, shots, extra=0, labels=None):
    names = labels or tuple(o.label for o in circuit.outputs)
    return Samples.from_bits(names, np.zeros((shots + extra, len(names)), dtype=bool))


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (lambda c, n: labelled(c, n, extra=1), "must return Samples of 10 shots"),
        (lambda c, n: labelled(c, n, labels=("x", "y")), "with the columns m0, keep:alice.b"),
        (lambda c, n: {"00": n}, "must return Samples"),
        (lambda c, n: 1 / 0, r"failed in sample\(\): ZeroDivisionError: division by zero"),
    ],
)
def test_broken_samples_are_refused_by_name(samples, message):
    with pytest.raises(PluginError, match=message):
        run(Backend(samples=samples), bell(), shots=10)


def test_something_that_is_no_executable_is_refused_by_name():
    with pytest.raises(PluginError, match=r"failed in exact\(\): AttributeError: 'NoneType' object"):
        run(Backend(compiles=False), bell())
