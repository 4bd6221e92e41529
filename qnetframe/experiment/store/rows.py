"""Rows of a store: finding them, and reading them back as outcomes."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qnetframe.errors import InvalidInputError
from qnetframe.tasks import STATUSES, Outcome, Task, canonical, plain
from qnetframe.values import Estimate

_CHUNK = 500
_COLUMNS = """t.n, t.point, lower(hex(t.id)), p.kind, p.settings, t.seed, t.status, t.attempts, t.seconds,
    t.peak_memory_bytes, t.finished, e.host, e.versions, t.error_kind, t.error, t.info, t.jobs"""
_FROM = "tasks t JOIN points p ON p.n = t.point JOIN environments e ON e.n = t.environment"


@dataclass(frozen=True)
class Row:
    """One task of a store with what came of it, and when that was written (seconds since 1970, UTC)."""

    outcome: Outcome
    finished: float

    @property
    def task(self) -> Task:
        """The task."""
        return self.outcome.task

    def to_dict(self) -> dict[str, Any]:
        """Return the row as plain JSON values; what is not a number is null."""
        outcome = self.outcome
        return {
            "id": outcome.task.id,
            "kind": outcome.task.kind,
            "settings": dict(outcome.task.settings),
            "seed": outcome.task.seed,
            "run_seed": outcome.task.run_seed,
            "status": outcome.status,
            "estimates": {
                name: {
                    "value": _finite(e.value),
                    "standard_error": _finite(e.standard_error),
                    "shots": e.shots,
                }
                for name, e in outcome.estimates.items()
            },
            "error_kind": outcome.error_kind or None,
            "error": outcome.error or None,
            "seconds": outcome.seconds,
            "peak_memory_bytes": outcome.peak_memory_bytes,
            "attempts": outcome.attempts,
            "finished": self.finished,
            "host": outcome.host,
            "versions": dict(outcome.versions),
            "info": dict(outcome.info),
            "jobs": dict(outcome.jobs),
        }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def condition(
    where: Mapping[str, Any] | None = None, status: str | None = None, kind: str | None = None, id: str = ""
) -> tuple[str, list[Any]]:
    """Return the SQL that picks tasks by their settings, status, kind and the beginning of their id."""
    parts, values = ["1"], list[Any]()
    for key, value in (where or {}).items():
        if '"' in key or "\\" in key:
            raise InvalidInputError(
                f"setting {key!r} cannot be asked for; names have no quotes or backslashes"
            )
        path = f'$."{key}"'
        if value is None:
            parts.append("json_extract(p.settings, ?) IS NULL")
            values.append(path)
        else:
            parts.append("json_extract(p.settings, ?) = json_extract(?, '$')")
            values += [path, canonical(plain(value, key))]
    if status is not None:
        if status not in STATUSES:
            raise InvalidInputError(f"status is {status!r}; it must be {', '.join(STATUSES)}")
        parts.append("t.status = ?")
        values.append(status)
    if kind is not None:
        parts.append("p.kind = ?")
        values.append(kind)
    if id:
        if set(id.lower()) - set("0123456789abcdef") or len(id) > 64:
            raise InvalidInputError(f"id is {id!r}; it must be the first digits of a hexadecimal sha256")
        parts.append("t.id BETWEEN ? AND ?")
        values += [bytes.fromhex(id.ljust(64, "0")), bytes.fromhex(id.ljust(64, "f"))]
    return " AND ".join(parts), values


def read_rows(
    connection: sqlite3.Connection, chosen: tuple[str, list[Any]], limit: int | None = None
) -> Iterator[Row]:
    """Yield the chosen rows in the order in which they came, a few hundred at a time."""
    last, left = 0, math.inf if limit is None else limit
    where, values = chosen
    while left > 0:
        found = connection.execute(
            f"SELECT {_COLUMNS} FROM {_FROM} WHERE {where} AND t.n > ? ORDER BY t.n LIMIT ?",
            [*values, last, int(min(left, _CHUNK))],
        ).fetchall()
        if not found:
            return
        last = found[-1][0]
        left -= len(found)
        estimates = _estimates(connection, [row[:2] for row in found])
        for row in found:
            yield _row(row, estimates.get(row[0], {}))


def _row(columns: tuple[Any, ...], estimates: Mapping[str, Estimate]) -> Row:
    (_, _, _, kind, settings, seed, status, attempts, seconds, memory, finished, host, versions, error_kind,
     error, info, jobs) = columns  # fmt: skip
    task = Task(kind, json.loads(settings), seed, json.loads(jobs))
    outcome = Outcome(
        task, status, estimates, json.loads(info), error_kind, error, seconds, memory, host,
        json.loads(versions), task.jobs, attempts,
    )  # fmt: skip
    return Row(outcome, finished)


def _estimates(
    connection: sqlite3.Connection, tasks: list[tuple[int, int]]
) -> dict[int, dict[str, Estimate]]:
    figures = connection.execute("SELECT n, name FROM figures ORDER BY n").fetchall()
    found: dict[int, dict[str, Estimate]] = {}
    ask = """SELECT value, standard_error, shots FROM estimates WHERE figure = ? AND point = ? AND task = ?"""
    for task, point in tasks:
        for figure, name in figures:
            for value, error, shots in connection.execute(ask, (figure, point, task)):
                found.setdefault(task, {})[name] = Estimate(_number(value), _number(error), shots)
    return found


def _number(value: float | None) -> float:
    return math.nan if value is None else value  # SQLite keeps NaN as NULL
