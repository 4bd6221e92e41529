import hashlib
import json
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnetframe.errors import InvalidInputError
from qnetframe.tasks import Outcome, Task, canonical
from qnetframe.values import Estimate

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_the_id_is_the_sha256_of_the_canonical_json():
    task = Task("run", {"protocol": "chsh", "link.length_km": 10.0}, seed=7)
    text = '{"kind":"run","seed":7,"settings":{"link.length_km":10,"protocol":"chsh"}}'
    assert task.id == hashlib.sha256(text.encode()).hexdigest()
    assert task.run_seed == int(task.id[:16], 16) // 2 < 2**63


@given(st.dictionaries(st.text(), PLAIN, max_size=4))
def test_equal_content_is_one_task_through_json_pickle_and_order(settings):
    task = Task("k", settings, 3)
    again = Task.from_dict(json.loads(json.dumps(task.to_dict())))
    reverse = Task("k", dict(reversed(settings.items())), 3)
    for other in (again, reverse, pickle.loads(pickle.dumps(task))):
        assert other == task and hash(other) == hash(task) and other.id == task.id
    assert Task("k", settings, 4) != task and Task("l", settings, 3).id != task.id


def test_numbers_have_one_form():
    same = [1, 1.0, np.float64(1), np.int32(1), np.array(1)]
    assert len({Task("k", {"x": value}).id for value in same}) == 1
    assert Task("k", {"x": True}).id != Task("k", {"x": 1}).id
    assert Task("k", {"x": (1, 2)}).id == Task("k", {"x": np.array([1.0, 2.0])}).id
    assert Task("k", {"x": np.bool_(True)}).settings == {"x": True}
    assert canonical(Task("k", {"x": 0.1}).settings) == '{"x":0.1}'


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"x": math.nan}, r"settings\.x is nan; a task takes finite numbers"),
        ({"x": [1, math.inf]}, r"settings\.x\[1\] is inf"),
        ({"x": object()}, r"settings\.x is of type object; a task takes names and plain values only"),
        ({"x": {1: 2}}, r"settings\.x has the key 1; keys must be text"),
        ([], r"settings are \[\]; they must be a mapping"),
    ],
)
def test_what_is_not_plain_is_refused_by_its_place(settings, message):
    with pytest.raises(InvalidInputError, match=message):
        Task("k", settings)


@pytest.mark.parametrize("kind, seed", [("", 0), (3, 0), ("k", -1), ("k", 1.5), ("k", True), ("k", 2**63)])
def test_bad_kinds_and_seeds(kind, seed):
    with pytest.raises(InvalidInputError, match=r"kind of task is|seed is"):
        Task(kind, {}, seed)


def test_outcomes_round_trip(outcome):
    full = outcome()
    again = Outcome.from_dict(json.loads(json.dumps(full.to_dict())))
    assert again == full and again.estimates["rounds"] == Estimate(3)
    assert pickle.loads(pickle.dumps(full)) == full
