"""Store: the results of tasks in one SQLite file that survives whatever happens to the process."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from qnetframe.errors import InvalidInputError
from qnetframe.experiment.store import summary, tables
from qnetframe.experiment.store.rows import Row, condition, read_rows
from qnetframe.experiment.store.schema import COUNT, SUM_UP, connect, store_error
from qnetframe.experiment.store.summary import Mean, Point
from qnetframe.tasks import STATUSES, Outcome, Task, canonical

T = TypeVar("T")
_JOINED = "tasks t JOIN points p ON p.n = t.point"
_REMEMBERED = 4096


class Store:
    """One row for each task, of whatever kind; several processes may read and write at once.

    ``Store(path)`` opens a store or makes one; with ``write=False`` it must exist and is only read. What
    ``add`` has returned from survives kills and power cuts. Raises StoreError for a file that is no store or
    is damaged, and never writes to it.

    >>> import tempfile, os
    >>> from qnetframe.tasks import Outcome, Task
    >>> from qnetframe.values import Estimate
    >>> with tempfile.TemporaryDirectory() as folder, Store(os.path.join(folder, "runs.db")) as store:
    ...     task = Task("memory", {"distance": 3, "p": 0.01}, seed=1)
    ...     store.add([Outcome(task, "done", {"logical error rate": Estimate(0.02, 0.004, 1000)})])
    ...     print(store.get(task.id).outcome.estimates["logical error rate"], store.counts())
    1
    0.020000 ± 0.004000 {'done': 1}
    """

    def __init__(self, path: str | Path, *, write: bool = True) -> None:
        self.path = Path(path)
        self._connection = connect(self.path, write=write, create=write)
        self._known: dict[tuple[str, ...], int] = {}

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # ---- writing -----------------------------------------------------------------------------

    def add(self, outcomes: Iterable[Outcome]) -> int:
        """Write outcomes, all or none, and return how many rows they made or replaced.

        A task that is done stays as it is; one that failed, was refused or submitted is replaced. When this
        returns, the rows are on the disk.
        """
        return self._transaction(lambda: sum(self._add(outcome) for outcome in outcomes))

    def _add(self, outcome: Outcome) -> bool:
        task = outcome.task
        point = self._number(
            "points", ("hash", "kind", "settings"), (_hash(task.kind, task.point), task.kind, task.point)
        )
        environment = self._number(
            "environments", ("host", "versions"), (outcome.host, canonical(dict(outcome.versions)))
        )
        found = self._connection.execute(
            """INSERT INTO tasks (id, point, seed, status, attempts, seconds, peak_memory_bytes, finished,
                environment, error_kind, error, info, jobs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET status = excluded.status, attempts = excluded.attempts,
                seconds = excluded.seconds, peak_memory_bytes = excluded.peak_memory_bytes,
                finished = excluded.finished, environment = excluded.environment,
                error_kind = excluded.error_kind, error = excluded.error, info = excluded.info,
                jobs = excluded.jobs
            WHERE tasks.status <> 'done' RETURNING n""",
            (
                bytes.fromhex(task.id), point, task.seed, outcome.status, outcome.attempts, outcome.seconds,
                outcome.peak_memory_bytes, time.time(), environment, outcome.error_kind, outcome.error,
                canonical(dict(outcome.info)), canonical(dict(outcome.jobs)),
            ),
        ).fetchall()  # fmt: skip
        if not found:
            return False
        if outcome.status == "done":
            self._add_estimates(outcome, point, found[0][0])
        return True

    def _add_estimates(self, outcome: Outcome, point: int, task: int) -> None:
        numbered = [(self._number("figures", ("name",), (name,)), e) for name, e in outcome.estimates.items()]
        self._connection.executemany(
            "INSERT INTO estimates VALUES (?, ?, ?, ?, ?, ?)",
            [(n, point, task, e.value, e.standard_error, e.shots) for n, e in numbered],
        )
        # Of one task, to be added to those of the point; NULL, which NaN is, counts as nothing.
        self._connection.executemany(
            """INSERT INTO sums VALUES (?, ?, 1, ?, ?, ?, ?) ON CONFLICT (figure, point) DO UPDATE SET
                tasks = tasks + 1,
                value = iif(value IS NULL, excluded.value, value + ifnull(excluded.value, 0)),
                squares = iif(squares IS NULL, excluded.squares, squares + ifnull(excluded.squares, 0)),
                errors = iif(errors IS NULL, excluded.errors, errors + ifnull(excluded.errors, 0)),
                shots = iif(shots IS NULL, excluded.shots, shots + ifnull(excluded.shots, 0))""",
            # Products, since a power of a large number is an error and not infinite.
            [
                (n, point, e.value, e.value * e.value, e.standard_error * e.standard_error, e.shots)
                for n, e in numbered
            ],
        )
        count = "UPDATE points SET done = done + 1, seconds = seconds + ? WHERE n = ?"
        self._connection.execute(count, (outcome.seconds, point))

    def _number(self, table: str, columns: Sequence[str], values: tuple[Any, ...]) -> int:
        """Return the number of a row of one of the small tables, which is made if it is not there."""
        key = (table, *map(str, values))
        if key not in self._known:
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            self._connection.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", values)
            same = " AND ".join(f"{c} = ?" for c in columns)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            query = f"SELECT n FROM {table} WHERE {same}"
            self._known[key] = int(self._connection.execute(query, values).fetchone()[0])
        return self._known[key]

    def note_sweep(self, name: str, definition: Mapping[str, Any], tasks: int) -> None:
        """Write down that a sweep of so many tasks was begun; one that is there already stays."""
        values = (name, canonical(dict(definition)), tasks, time.time())
        insert = "INSERT OR IGNORE INTO sweeps (name, definition, tasks, started) VALUES (?, ?, ?, ?)"
        self._transaction(lambda: self._connection.execute(insert, values))

    def prune(
        self, where: Mapping[str, Any] | None = None, status: str | None = None, kind: str | None = None
    ) -> int:
        """Delete the chosen rows and return how many they were; InvalidInputError if nothing is named."""
        if not where and status is None and kind is None:
            raise InvalidInputError(
                "prune needs settings, a status or a kind of the rows to delete; got none"
            )
        sql, values = condition(where, status, kind)

        def delete() -> int:
            run = self._connection.execute
            run("CREATE TEMP TABLE doomed (n INTEGER PRIMARY KEY, point INTEGER)")
            run(f"INSERT INTO doomed SELECT t.n, t.point FROM {_JOINED} WHERE {sql}", values)
            run("""DELETE FROM estimates WHERE (figure, point, task) IN
                (SELECT f.n, d.point, d.n FROM doomed d CROSS JOIN figures f)""")
            count = run("DELETE FROM tasks WHERE n IN (SELECT n FROM doomed)").rowcount
            run("DELETE FROM sums WHERE point IN (SELECT point FROM doomed)")
            for (figure,) in run("SELECT n FROM figures").fetchall():
                some = "WHERE figure = ? AND point IN (SELECT point FROM doomed) GROUP BY point"
                run(f"{SUM_UP} {some}", (figure,))
            run(f"{COUNT} WHERE n IN (SELECT point FROM doomed)")
            run("""DELETE FROM points WHERE n IN (SELECT point FROM doomed)
                AND n NOT IN (SELECT point FROM tasks)""")
            run("DELETE FROM environments WHERE n NOT IN (SELECT environment FROM tasks)")
            run("""DELETE FROM figures WHERE NOT EXISTS
                (SELECT 1 FROM estimates WHERE estimates.figure = figures.n)""")
            run("DROP TABLE doomed")
            return count

        self._known.clear()
        return self._transaction(delete)

    def compact(self) -> None:
        """Give the space of deleted rows back to the disk."""
        self._guarded(lambda: self._connection.execute("VACUUM"))

    # ---- reading -----------------------------------------------------------------------------

    def statuses(self, tasks: Sequence[Task]) -> dict[str, str]:
        """Return the status of those of some tasks that have a row, by id."""
        found: dict[str, str] = {}
        for i in range(0, len(tasks), 500):
            ids = [bytes.fromhex(task.id) for task in tasks[i : i + 500]]
            query = f"SELECT lower(hex(id)), status FROM tasks WHERE id IN ({', '.join('?' * len(ids))})"
            found.update(self._all(query, ids))
        return found

    def get(self, id: str) -> Row:
        """Return the row of a task by its id, or the first digits of it; InvalidInputError if not one."""
        if not id:
            raise InvalidInputError("id is ''; give the first digits of the id of a task")
        found = list(self.rows(id=id, limit=2))
        if len(found) == 1:
            return found[0]
        what = "no task" if not found else "several tasks"
        raise InvalidInputError(f"id is {id!r}; {what} in '{self.path}' begin with that")

    def rows(
        self,
        where: Mapping[str, Any] | None = None,
        status: str | None = None,
        kind: str | None = None,
        *,
        id: str = "",
        limit: int | None = None,
    ) -> Iterator[Row]:
        """Yield rows in the order in which they were first written, at most ``limit`` of them.

        ``where`` picks them by settings, ``{"backend": "aer", "link.length_km": 10}``.
        """
        try:
            yield from read_rows(self._connection, condition(where, status, kind, id), limit)
        except sqlite3.Error as error:
            raise store_error(self.path, error) from error

    def counts(self, where: Mapping[str, Any] | None = None, kind: str | None = None) -> dict[str, int]:
        """Return how many rows there are of each status that occurs."""
        if not where and kind is None:
            found = dict(
                self._all("SELECT status, count(*) FROM tasks WHERE status <> 'done' GROUP BY status")
            )
            total = self._all("SELECT count(*) FROM tasks")[0][0]
            found["done"] = total - sum(found.values())
        else:
            sql, values = condition(where, kind=kind)
            found = dict(
                self._all(f"SELECT t.status, count(*) FROM {_JOINED} WHERE {sql} GROUP BY t.status", values)
            )
        return {status: found[status] for status in STATUSES if found.get(status)}

    def points(self, kind: str | None = None, where: Mapping[str, Any] | None = None) -> list[Point]:
        """Return what was computed, seeds apart; see ``Point``."""
        return self._guarded(lambda: summary.points(self._connection, *condition(where, kind=kind)))

    def figures(self) -> list[str]:
        """Return the names of all estimates, in the order in which they first came."""
        return [name for (name,) in self._all("SELECT name FROM figures ORDER BY n")]

    def means(self, figure: str) -> dict[int, Mean]:
        """Return the mean of a figure over the seeds of each point, by the number of the point."""
        return self._guarded(lambda: summary.means(self._connection, figure))

    def seconds(self) -> dict[int, tuple[int, float]]:
        """Return how many tasks of each point are done and the sum of their wall times (seconds)."""
        return self._guarded(lambda: summary.seconds(self._connection))

    def errors(self) -> list[tuple[str, str, int, str]]:
        """Return (status, kind of error, how often, one message) of what failed or was refused."""
        return self._all(
            """SELECT status, error_kind, count(*), min(error) FROM tasks
            WHERE status IN ('failed', 'refused') GROUP BY status, error_kind ORDER BY 3 DESC"""
        )

    def environments(self) -> list[tuple[str, str]]:
        """Return the hosts and the versions (as JSON) that rows were made with."""
        return self._all("SELECT host, versions FROM environments ORDER BY n")

    def sweeps(self) -> list[tuple[str, str, int, float]]:
        """Return (name, definition as JSON, number of tasks, when it began) of every sweep."""
        return self._all("SELECT name, definition, tasks, started FROM sweeps ORDER BY n")

    # ---- tables ------------------------------------------------------------------------------

    def export(
        self,
        path: str | Path,
        where: Mapping[str, Any] | None = None,
        status: str | None = None,
        kind: str | None = None,
    ) -> int:
        """Write the chosen rows into a .csv or .parquet file and return how many; memory stays flat."""
        return tables.write_table(Path(path), self._columns(kind), self.rows(where, status, kind))

    def to_pandas(
        self, where: Mapping[str, Any] | None = None, status: str | None = None, kind: str | None = None
    ) -> Any:
        """Return a DataFrame of the chosen rows: settings, each figure with its error and shots, cost."""
        return tables.to_frame(self._columns(kind), self.rows(where, status, kind))

    def _columns(self, kind: str | None) -> tables.Columns:
        query = "SELECT DISTINCT key, type FROM points p, json_each(p.settings) WHERE ? IN (kind, '')"
        return tables.columns_of(self._all(query, (kind or "",)), self.figures())

    # ---- SQLite ------------------------------------------------------------------------------

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        return self._guarded(lambda: self._connection.execute(query, values).fetchall())

    def _guarded(self, action: Callable[[], T]) -> T:
        try:
            return action()
        except sqlite3.Error as error:
            raise store_error(self.path, error) from error

    def _transaction(self, action: Callable[[], T]) -> T:
        def whole() -> T:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                result = action()
                self._connection.execute("COMMIT")
            except BaseException:
                self._known.clear()  # numbers of rows that were not written
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            return result

        return self._guarded(whole)


def _hash(kind: str, point: str) -> bytes:
    return hashlib.sha256(canonical([kind, point]).encode()).digest()
