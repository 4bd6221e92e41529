"""Ticks are round, few and inside; numbers are written with their unit and error."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnetframe.report.markup import Markup, escape, join, tag
from qnetframe.report.numbers import estimate_text, listed, p_value_text, tick_texts, ticks
from qnetframe.values import Estimate


@given(st.floats(-1e3, 1e3), st.floats(1e-4, 1e3), st.integers(2, 8))
def test_ticks(low, span, most):
    high = low + span
    found = ticks(low, high, most)
    assert 1 <= len(found) <= most
    assert all(low - 1e-9 <= t <= high + 1e-9 for t in found)
    gaps = [b - a for a, b in itertools.pairwise(found)]
    for gap in gaps:
        assert gap == pytest.approx(gaps[0])
        leading = gap / 10 ** math.floor(math.log10(gap) + 1e-9)
        assert any(leading == pytest.approx(n) for n in (1, 2, 5))
    texts = tick_texts(found)
    assert len(set(texts)) == len(texts)
    if gaps:
        assert [float(t) for t in texts] == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0.695, 0.724, ["0.70", "0.71", "0.72"]),
        (-0.012, 0.012, ["-0.01", "0.00", "0.01"]),
        (0.0, 180.0, ["0", "50", "100", "150"]),
    ],
)
def test_tick_texts(low, high, texts):
    assert tick_texts(ticks(low, high)) == texts


def test_texts():
    assert estimate_text(None) == "–"
    assert estimate_text(Estimate(2 / 3)) == "0.666666667"
    assert estimate_text(Estimate(-0.0)) == "0.000000000"
    assert estimate_text(Estimate(0.5, 0.00123, 100)) == "0.50000 ± 0.00123"
    assert [p_value_text(p) for p in (0.0, 1.234e-9, 1.0)] == ["below 1e-300", "1.2e-09", "1"]
    assert [listed(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_markup_escapes_all_but_markup():
    assert tag("p", "<&>", class_='"x"') == '<p class="&quot;x&quot;">&lt;&amp;&gt;</p>'
    assert tag("p", tag("b", "<"), Markup("<i/>"), None) == "<p><b>&lt;</b><i/></p>"
    assert tag("meta", charset="utf-8") == '<meta charset="utf-8"/>'
    assert escape("a\x00b") == "a\ufffdb"
    assert isinstance(join("a", 1), Markup)
