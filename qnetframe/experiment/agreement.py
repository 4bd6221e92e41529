"""Do two engines agree on a circuit? Exactly within 1e-9, or by tests with a guaranteed false-alarm rate.

Counts are compared cell by cell, and column by column, with exact binomial (against exact probabilities) or
exact hypergeometric (sample against sample) tails; Bonferroni over all of them bounds the family-wise
false-alarm rate without any large-sample approximation. Sources: Clopper & Pearson, Biometrika 26, 404
(1934); Fisher, J. R. Stat. Soc. 98, 39 (1935); Dunn, J. Am. Stat. Assoc. 56, 52 (1961).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from qnetframe.experiment.result import ProgramResult
from qnetframe.experiment.tables import Table, exact_table
from qnetframe.values import Branch

EXACT_TOLERANCE = 1e-9
# Rounding of exact probabilities, so that a cell of true weight 0 is no alarm when a table says 1e-17.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Check:
    """One comparison of two results of a circuit: its kind, and the worst deviation or smallest p-value."""

    kind: str
    deviation: float | None = None
    p_value: float | None = None
    tests: int = 0
    where: str = ""


def branch_deviation(first: tuple[Branch, ...], second: tuple[Branch, ...]) -> tuple[float, str]:
    """Return the largest difference of probability-weighted branches, and the outputs where it is."""
    ours, theirs = {b.outputs: b for b in first}, {b.outputs: b for b in second}
    worst, where = 0.0, ""
    for key in sorted(ours.keys() | theirs.keys()):
        a, b = ours.get(key), theirs.get(key)
        gap = abs((a.probability if a else 0.0) - (b.probability if b else 0.0))
        if a and b and a.state is not None and b.state is not None:
            weighted = a.probability * a.state - b.probability * b.state
            gap = max(gap, float(np.abs(weighted).max()))
        if gap > worst:
            worst, where = gap, f"outputs {key}"
    return worst, where


def check_pair(first: ProgramResult, second: ProgramResult) -> Check:
    """Compare two results of the same circuit by the sharpest test that both allow."""
    if first.branches is not None and second.branches is not None:
        gap, where = branch_deviation(first.branches, second.branches)
        return Check("exact", deviation=gap, where=where)
    if first.branches is not None:
        return _sample_check(second, first.branches)
    if second.branches is not None:
        return _sample_check(first, second.branches)
    return _worst("samples", _two_samples(first, second))


def _sample_check(sampled: ProgramResult, branches: tuple[Branch, ...]) -> Check:
    return _worst("samples against exact", _against_exact(sampled, branches))


def _worst(kind: str, tests: Iterator[tuple[float, str]]) -> Check:
    found = list(tests)
    value, where = min(found, default=(1.0, ""))
    return Check(kind, p_value=value, tests=len(found), where=where)


def _cells(table: Table) -> dict[tuple[int, ...], float]:
    cells: dict[tuple[int, ...], float] = {}
    for key, weight in table.items():
        cells[key] = cells.get(key, 0.0) + weight
    return cells


def _names(table: Table, result: ProgramResult) -> list[str]:
    return [o.label for o in result.circuit.outputs] + [f"{q} in {b}" for q, b in table.setting.bases]


def _against_exact(sampled: ProgramResult, branches: tuple[Branch, ...]) -> Iterator[tuple[float, str]]:
    from scipy.stats import binom

    def tail(count: float, shots: float, probability: float) -> float:
        high = min(1.0, probability + _ROUNDING)
        low = max(0.0, probability - _ROUNDING)
        return min(1.0, 2 * min(float(binom.sf(count - 1, shots, high)), float(binom.cdf(count, shots, low))))

    for table in sampled.tables:
        exact = exact_table(sampled.circuit, branches, table.setting)
        seen, expected = _cells(table), _cells(exact)
        for key in sorted(seen.keys() | expected.keys()):
            yield tail(seen.get(key, 0.0), table.total, expected.get(key, 0.0)), f"outcome {key}"
        for i, name in enumerate(_names(table, sampled)):
            ones = float(table.weights[table.rows[:, i]].sum())
            yield tail(ones, table.total, float(exact.weights[exact.rows[:, i]].sum())), f"P({name} = 1)"


def _two_samples(first: ProgramResult, second: ProgramResult) -> Iterator[tuple[float, str]]:
    from scipy.stats import hypergeom

    def tail(a: float, n: float, b: float, m: float) -> float:
        drawn = hypergeom(int(n + m), int(a + b), int(n))
        return min(1.0, 2 * min(float(drawn.sf(a - 1)), float(drawn.cdf(a))))

    for one, two in zip(first.tables, second.tables, strict=True):
        ours, theirs = _cells(one), _cells(two)
        for key in sorted(ours.keys() | theirs.keys()):
            yield tail(ours.get(key, 0.0), one.total, theirs.get(key, 0.0), two.total), f"outcome {key}"
        for i, name in enumerate(_names(one, first)):
            a, b = (float(t.weights[t.rows[:, i]].sum()) for t in (one, two))
            yield tail(a, one.total, b, two.total), f"P({name} = 1)"
