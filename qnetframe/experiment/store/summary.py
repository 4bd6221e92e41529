"""Means over seeds: what plots and reports ask of a store, from sums that are kept for each point."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Point(NamedTuple):
    """What tasks with different seeds share: their kind and settings, under a number of the store's own."""

    number: int
    kind: str
    settings: Mapping[str, Any]


class Mean(NamedTuple):
    """The mean of a figure over tasks.

    ``standard_error`` follows from the errors of the estimates; where those are 0 (exact figures), from the
    scatter between the tasks. ``shots`` is their sum, None where all are exact.
    """

    value: float
    standard_error: float
    tasks: int
    shots: int | None
    scatter: float = 0.0


def points(connection: sqlite3.Connection, where: str, values: list[Any]) -> list[Point]:
    """Return the points that a condition on their settings picks."""
    query = f"SELECT p.n, p.kind, p.settings FROM points p WHERE {where} ORDER BY p.n"
    return [Point(n, kind, json.loads(text)) for n, kind, text in connection.execute(query, values)]


def means(connection: sqlite3.Connection, figure: str) -> dict[int, Mean]:
    """Return the mean of a figure for each point."""
    query = """SELECT point, tasks, value, squares, errors, shots FROM sums
        WHERE figure = (SELECT n FROM figures WHERE name = ?)"""
    return {row[0]: _mean(*row[1:]) for row in connection.execute(query, (figure,))}


def _mean(
    count: int, total: float | None, squares: float | None, errors: float | None, shots: int | None
) -> Mean:
    if total is None:  # every value is NaN
        return Mean(math.nan, math.nan, count, shots)
    value = total / count
    spread = max(0.0, (squares or 0.0) / count - value * value)
    scatter = math.sqrt(spread / (count - 1)) if count > 1 else 0.0
    # Below rounding, values are equal.
    scatter = scatter if spread > 1e-15 * max(1.0, value * value) else 0.0
    return Mean(value, math.sqrt(errors or 0.0) / count or scatter, count, shots, scatter)


def pooled(parts: Iterable[Mean]) -> Mean:
    """Return the mean over the tasks of several points."""
    means = list(parts)
    count = sum(m.tasks for m in means)
    value = math.fsum(m.value * m.tasks for m in means) / count
    error = math.sqrt(math.fsum((m.standard_error * m.tasks) ** 2 for m in means)) / count
    shots = [m.shots for m in means if m.shots is not None]
    return Mean(value, error, count, sum(shots) if shots else None)


def seconds(connection: sqlite3.Connection) -> dict[int, tuple[int, float]]:
    """Return the number of done tasks of each point and the sum of their wall times."""
    query = "SELECT n, done, seconds FROM points WHERE done"
    return {point: (count, total) for point, count, total in connection.execute(query)}
