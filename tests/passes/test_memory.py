"""Passes run once for each circuit object, and leave no trace in copies, pickles or comparisons."""

import copy
import pickle

from qnetframe.program.circuit import Circuit
from qnetframe.program.footprint import footprint
from qnetframe.program.memory import remembered
from qnetframe.program.operations import Gate, Measure, Prepare
from qnetframe.program.passes.deferral import deferred
from qnetframe.program.passes.preparation import lower_preparations
from qnetframe.program.passes.scheduling import schedule

PLUS = ((0.5, 0.5), (0.5, 0.5))


def circuit(angle=0.3):
    operations = (Prepare(("q",), PLUS), Gate("rx", ("q",), (angle,)), Measure("q", "m"))
    return Circuit(("q",), operations)


def test_a_remembered_pass_runs_once_for_each_circuit():
    seen = []

    @remembered
    def count(value):
        seen.append(value)
        return len(value.operations)

    first, second = circuit(), circuit()
    assert [count(first), count(first), count(second)] == [3, 3, 3]
    assert [value is first for value in seen] == [True, False]


def test_two_passes_do_not_answer_for_each_other():
    one = circuit()
    assert schedule(one) is schedule(one)
    assert deferred(one) is deferred(one)
    assert schedule(one) != deferred(one)
    assert not any(isinstance(o, Prepare) for o in lower_preparations(one).operations)
    assert footprint(one).operations == 3


def test_what_is_remembered_stays_out_of_copies_pickles_and_comparisons():
    plain, used = circuit(), circuit()
    size = len(pickle.dumps(plain))
    for one_pass in (schedule, deferred, lower_preparations, footprint):
        one_pass(used)
    assert used == plain and hash(used) == hash(plain)
    assert len(pickle.dumps(used)) == size
    for again in (pickle.loads(pickle.dumps(used)), copy.copy(used), copy.deepcopy(used)):
        assert again == used and vars(again).keys() == {"qubits", "operations", "outputs"}


def test_a_circuit_that_a_pass_leaves_as_it_is_does_not_refer_to_itself():
    plain = Circuit(("q",), (Gate("h", ("q",)),))
    assert lower_preparations(plain) is plain
    assert not any(value is plain for value in vars(plain).values())
