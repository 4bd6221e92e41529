"""Parameters from typed signatures, and the conversion of what is given to them."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional, Union

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnetframe.errors import InvalidInputError, PluginError, UnknownNameError
from qnetframe.plugins.conversion import WrongTypeError, convert, describe
from qnetframe.plugins.parameters import REQUIRED, parameters_of, validated

if TYPE_CHECKING:
    from nowhere import Thing

ACCEPTED = [
    # from the command line
    ("3", int, 3),
    ("1e5", int, 100_000),
    ("12345678901234567891", int, 12345678901234567891),
    ("-2", int, -2),
    ("0.5", float, 0.5),
    ("inf", float, math.inf),
    ("true", bool, True),
    ("Off", bool, False),
    ("0", bool, False),
    ("0", str, "0"),
    ("fast", Literal["fast", "slow"], "fast"),
    ("2", Literal[1, 2], 2),
    ("none", Optional[int], None),  # noqa: UP045
    ("none", int | None, None),
    ("4", int | None, 4),
    ("4", int | str, 4),
    ("four", Union[int, str], "four"),
    ("0,10,20", list[float], [0.0, 10.0, 20.0]),
    ("[0, 10]", list[int], [0, 10]),
    ("a, b", tuple[str, ...], ("a", "b")),
    ("", list[int], []),
    ("1,x", tuple[int, str], (1, "x")),
    ("1,2", Sequence[int], (1, 2)),
    ("1,2", list, ["1", "2"]),
    ('{"X": 0.1}', Mapping[str, float], {"X": 0.1}),
    ('{"X": 0.1}', dict, {"X": 0.1}),
    ("3", Annotated[int, "positive"], 3),
    ("[[1, 0], [0, 0]]", npt.ArrayLike, [[1, 0], [0, 0]]),
    ("[1]", Any, [1]),
    ("text", Any, "text"),
    # from Python
    (3, float, 3.0),
    (np.float64(0.5), float, 0.5),
    (np.int64(3), int, 3),
    (np.bool_(True), bool, True),
    ((1, 2), list[int], [1, 2]),
    (None, float | None, None),
    (None, None, None),
    (True, Literal[True], True),
    (range(2), list[int], [0, 1]),
    ({"a": 1}, Mapping[str, int], {"a": 1}),
    ("none", str, "none"),
]

REFUSED = [
    ("0.5", int),
    ("x", int),
    ("inf", int),
    (3.0, int),
    (True, int),
    (True, float),
    (1, bool),
    ("maybe", bool),
    ("nan", float),
    (math.nan, float),
    (1j, float),
    (3, str),
    ("medium", Literal["fast", "slow"]),
    (True, Literal[1]),
    ("true", Literal[True]),
    (None, int),
    ("x", int | None),
    ("1,x", list[int]),
    ("[1", list[int]),
    ({"a": 1}, list[int]),
    (3, list[int]),
    ("1,2,3", tuple[int, int]),
    ("X=0.1", Mapping[str, float]),
    ('{"X": "much"}', Mapping[str, float]),
    (3, dict),
    ("[1", npt.ArrayLike),
    ("[1]", range),
    (10**400, float),
]


@pytest.mark.parametrize("value, annotation, expected", ACCEPTED, ids=str)
def test_accepted(value, annotation, expected):
    made = convert(value, annotation)
    assert made == expected and type(made) is type(expected)


@pytest.mark.parametrize("value, annotation", REFUSED, ids=str)
def test_refused(value, annotation):
    with pytest.raises(WrongTypeError):
        convert(value, annotation)


def test_an_object_is_passed_on():
    thing = object()
    assert convert(thing, Any) is thing and convert(thing, object) is thing
    array = np.eye(2)
    assert convert(array, npt.ArrayLike) is array and convert(array, np.ndarray) is array


def test_a_structural_type_that_cannot_be_asked_takes_anything():
    from qnetframe.api import Backend

    thing = object()
    assert convert(thing, Backend) is thing


@given(
    st.one_of(st.integers(), st.floats(allow_nan=False), st.booleans(), st.text(alphabet="abc", min_size=1))
)
def test_text_and_value_give_the_same(value):
    assert convert(str(value), type(value)) == convert(value, type(value)) == value


@given(st.lists(st.integers()))
def test_a_list_in_either_notation(values):
    assert convert(",".join(map(str, values)), list[int]) == values == convert(str(values), list[int])


@pytest.mark.parametrize(
    "annotation, words",
    [
        (int, "a whole number"),
        (float | None, "a number or none"),
        (Literal["a", "b"], "one of a, b"),
        (Literal["a"], "'a'"),
        (list[float], "a list, each a number"),
        (tuple[int, ...], "a list, each a whole number"),
        (list, "a list"),
        (dict[str, float], "a table, each value a number"),
        (dict, "a table"),
        (Annotated[bool, 1], "true or false"),
        (npt.ArrayLike, "an array"),
        (Any, "any value"),
        (np.ndarray, "ndarray"),
        (None, "none"),
    ],
    ids=str,
)
def test_described(annotation, words):
    assert describe(annotation) == words


# ---- signatures ------------------------------------------------------------------------------


def factory(nodes: int, mode: Literal["a", "b"] = "a", *, thing: Thing | None = None, free=1) -> Thing: ...


def test_parameters_are_those_of_the_signature():
    nodes, mode, thing, free = parameters_of(factory)
    assert nodes.required and nodes.default is REQUIRED and str(nodes) == "nodes (a whole number, required)"
    assert not mode.required and str(mode) == "mode (one of a, b, default 'a')"
    assert thing.annotation is Any  # its name is imported for type checkers only
    assert free.annotation is Any


def test_partial_functions_classes_and_callable_objects():
    class Made:
        def __init__(self, size: int = 3): ...

        def __call__(self, size: int = 3): ...

    @functools.wraps(factory)
    def wrapped(*args, **kwargs): ...

    assert [p.annotation for p in parameters_of(Made)] == [int]
    assert [p.annotation for p in parameters_of(Made())] == [int]
    assert parameters_of(functools.partial(factory, nodes=3))[0].annotation is int
    assert parameters_of(wrapped)[0].annotation is int


def test_options_by_any_name_pass_through():
    def anything(size: int = 1, **options: Any) -> None: ...

    assert validated(anything, {"size": "2", "other": "3"}, "it") == {"size": 2, "other": "3"}
    assert [p.name for p in parameters_of(anything)] == ["size"]


def test_messages_name_the_value_the_parameter_and_what_is_allowed():
    with pytest.raises(
        InvalidInputError, match=r"^thing 't': parameter 'mode' is 'c'; it must be one of a, b$"
    ):
        validated(factory, {"nodes": 1, "mode": "c"}, "thing 't'")
    with pytest.raises(InvalidInputError, match="needs the parameter 'nodes'; it must be a whole number"):
        validated(factory, {}, "thing 't'")
    with pytest.raises(UnknownNameError, match=r"did you mean 'nodes'.* given to thing 't'"):
        validated(factory, {"nodez": 1}, "thing 't'")


def test_a_signature_that_cannot_be_used():
    with pytest.raises(PluginError, match="by position"):
        parameters_of(lambda a, /: a)
    with pytest.raises(PluginError, match="no signature"):
        parameters_of(type("Odd", (), {"__call__": 3})())
