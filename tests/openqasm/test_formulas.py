"""Boolean formulas against truth tables."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.errors import UnsupportedError
from qnetframe.program.formulas import FALSE, TRUE, Formula
from qnetframe.program.outgoing import single_bit_cases
from qnetframe.values import AllOf, AnyOf, Parity, evaluate

BITS = "abcd"
ROWS = [dict(zip(BITS, row, strict=True)) for row in itertools.product((0, 1), repeat=4)]
parities = st.builds(Parity, st.lists(st.sampled_from(BITS), max_size=3).map(tuple), st.integers(0, 1))
leaves = st.one_of(
    parities,
    st.lists(parities, min_size=1, max_size=3).map(lambda p: AllOf(tuple(p))),
    st.lists(parities, min_size=1, max_size=3).map(lambda p: AnyOf(tuple(p))),
    st.booleans(),
)
trees = st.recursive(
    leaves,
    lambda t: st.one_of(st.tuples(st.sampled_from("&|^"), t, t), st.tuples(st.just("~"), t)),
    max_leaves=4,
)


def build(tree):
    if not isinstance(tree, tuple):
        return Formula.of(tree)
    parts = [build(t) for t in tree[1:]]
    return {"&": lambda a, b: a & b, "|": lambda a, b: a | b, "^": lambda a, b: a ^ b, "~": lambda a: ~a}[
        tree[0]
    ](*parts)


def truth(tree, row):
    if not isinstance(tree, tuple):
        return tree if isinstance(tree, bool) else bool(evaluate(tree, row))
    parts = [truth(t, row) for t in tree[1:]]
    return {
        "&": lambda a, b: a and b,
        "|": lambda a, b: a or b,
        "^": lambda a, b: a != b,
        "~": lambda a: not a,
    }[tree[0]](*parts)


@settings(max_examples=300)
@given(trees)
def test_conditions_are_exclusive_and_together_the_formula(tree):
    try:
        conditions = build(tree).conditions()
    except UnsupportedError as error:
        assert "exclusive terms" in str(error)
        return
    for row in ROWS:
        fired = sum(c is None or bool(evaluate(c, row)) for c in conditions)
        assert fired == truth(tree, row)


@settings(max_examples=200)
@given(leaves.filter(lambda c: not isinstance(c, bool)), st.booleans())
def test_single_bit_cases(condition, involution):
    """An involution acts an odd number of times where the condition holds, anything else exactly once."""
    cases = single_bit_cases(condition, involution)
    for row in ROWS:
        fired = sum(all(row[b] == v for b, v in case) for case in cases)
        assert (fired % 2 if involution else fired) == evaluate(condition, row)


def test_simple_conditions_come_back_as_they_were():
    a, b = Parity(("a",)), Parity(("b", "c"), 1)
    for condition in (a, b, AllOf((a, b)), AnyOf((a, b))):
        assert Formula.of(condition).conditions() == (condition,)
    assert TRUE.conditions() == (None,) and FALSE.conditions() == ()
    assert (Formula.of(a) & ~Formula.of(a)).constant is False
    assert (Formula.of(a) | ~Formula.of(a)).terms and (Formula.of(a) ^ Formula.of(a)).constant is False
    assert Formula.of(b).parity == b and Formula.of(AllOf((a, b))).parity is None


def test_bounds():
    wide = Parity(tuple(f"b{i}" for i in range(8)))
    assert len(single_bit_cases(wide, True)) == 8
    with pytest.raises(UnsupportedError, match="8 bits"):
        single_bit_cases(wide, False)
    with pytest.raises(UnsupportedError, match="single-bit conditions"):
        single_bit_cases(AllOf(tuple(Parity((f"a{i}", f"b{i}", f"c{i}")) for i in range(5))), True)
