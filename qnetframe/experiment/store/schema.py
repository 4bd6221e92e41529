"""The tables of a store, their version, and the opening of a file that may be torn, foreign or newer."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from qnetframe.errors import StoreError

APPLICATION_ID = 0x716E6672  # "qnfr", which `file` and SQLite show
VERSION = 2
# Files up to this size are read through when they are opened for writing.
_CHECKED_BYTES = 64 << 20
_BUSY_SECONDS = 60.0

# Sums over the tasks of a point, so that means need not walk through every row.
_SUMS = """CREATE TABLE sums (
    figure INTEGER NOT NULL REFERENCES figures (n), point INTEGER NOT NULL, tasks INTEGER NOT NULL,
    value REAL, squares REAL, errors REAL, shots INTEGER, PRIMARY KEY (figure, point)) WITHOUT ROWID"""
SUM_UP = """INSERT INTO sums SELECT figure, point, count(*), sum(value), sum(value * value),
    sum(standard_error * standard_error), sum(shots) FROM estimates"""
COUNT = """UPDATE points SET (done, seconds) =
    (SELECT count(*), total(seconds) FROM tasks WHERE tasks.point = points.n AND status = 'done')"""
# A point is what tasks with different seeds share.
TABLES = (
    """CREATE TABLE points (
        n INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, settings TEXT NOT NULL,
        done INTEGER NOT NULL DEFAULT 0, seconds REAL NOT NULL DEFAULT 0)""",
    """CREATE TABLE environments (
        n INTEGER PRIMARY KEY, host TEXT NOT NULL, versions TEXT NOT NULL, UNIQUE (host, versions))""",
    "CREATE TABLE figures (n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """CREATE TABLE tasks (
        n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, point INTEGER NOT NULL REFERENCES points (n),
        seed INTEGER NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('done', 'failed', 'refused', 'submitted')),
        attempts INTEGER NOT NULL, seconds REAL NOT NULL, peak_memory_bytes INTEGER, finished REAL NOT NULL,
        environment INTEGER NOT NULL REFERENCES environments (n),
        error_kind TEXT NOT NULL, error TEXT NOT NULL, info TEXT NOT NULL, jobs TEXT NOT NULL)""",
    "CREATE INDEX tasks_by_point ON tasks (point, status, seconds)",
    "CREATE INDEX tasks_unfinished ON tasks (status, error_kind) WHERE status <> 'done'",
    """CREATE TABLE estimates (
        figure INTEGER NOT NULL REFERENCES figures (n), point INTEGER NOT NULL, task INTEGER NOT NULL,
        value REAL, standard_error REAL, shots INTEGER, PRIMARY KEY (figure, point, task)) WITHOUT ROWID""",
    _SUMS,
    """CREATE TABLE sweeps (
        n INTEGER PRIMARY KEY, name TEXT NOT NULL, definition TEXT NOT NULL, tasks INTEGER NOT NULL,
        started REAL NOT NULL, UNIQUE (name, definition))""",
)
# What turns a store of one version into one of the next.
MIGRATIONS: Mapping[int, Sequence[str]] = {
    1: (
        "ALTER TABLE points ADD COLUMN done INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE points ADD COLUMN seconds REAL NOT NULL DEFAULT 0",
        COUNT,
        _SUMS,
        f"{SUM_UP} GROUP BY figure, point",
    )
}


def connect(path: Path, *, write: bool, create: bool) -> sqlite3.Connection:
    """Return a connection to a store; StoreError, with the file untouched, for whatever is not one."""
    _look_at(path, create)
    try:
        connection = _open(path, write)
        try:
            _prepare(connection, path, write)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise store_error(path, error) from error
    return connection


def store_error(path: Path, error: sqlite3.Error) -> StoreError:
    """Return what an error of SQLite means for the user of a store."""
    text = str(error)
    if "full" in text or "disk I/O" in text:
        return StoreError(
            f"store '{path}': nothing more can be written ({text}): the disk is full, or a quota is used up. "
            "What was reported before is safe; make room and run the same sweep again to go on"
        )
    if "malformed" in text or "not a database" in text or "corrupt" in text:
        return StoreError(f"{_damaged(path)} ({text}). {_ADVICE}")
    if "locked" in text:
        return StoreError(
            f"store '{path}' has been locked by another process for {_BUSY_SECONDS:.0f} s; "
            "wait for it, or stop it, and run this again"
        )
    if "readonly" in text or "unable to open" in text:
        return StoreError(f"store '{path}' cannot be opened or written ({text}); look at its permissions")
    return StoreError(f"store '{path}': {text}")


_ADVICE = (
    "It is left as it is: restore a copy, save what can be read with `sqlite3 FILE .recover`, "
    "or name another file"
)


def _damaged(path: Path) -> str:
    return f"store '{path}' is damaged: it was torn or overwritten"


def _look_at(path: Path, create: bool) -> None:
    """Raise StoreError for a file that SQLite would take for empty, or would see as damaged only later."""
    if path.is_dir():
        raise StoreError(f"store '{path}' is a folder; name a file in it, such as runs.db")
    if not path.exists():
        if create and path.parent.is_dir():
            return
        where = "it does not exist" if path.parent.is_dir() else f"there is no folder '{path.parent}'"
        raise StoreError(f"store '{path}': {where}")
    size = path.stat().st_size
    log = path.with_name(path.name + "-wal")
    logged = log.exists() and log.stat().st_size > 0
    if size == 0:
        if logged or not create:
            raise StoreError(f"{_damaged(path)} (it is empty). {_ADVICE}")
        return
    with path.open("rb") as file:
        head = file.read(100)
    if not head.startswith(b"SQLite format 3\0"):
        raise StoreError(f"'{path}' is not a store: it is no SQLite database. {_ADVICE}")
    if len(head) < 100:
        raise StoreError(f"{_damaged(path)} ({size} bytes). {_ADVICE}")
    page = int.from_bytes(head[16:18], "big") or 1
    page = 65536 if page == 1 else page
    pages = int.from_bytes(head[28:32], "big")
    if not logged and (size < page * pages or size % page):
        raise StoreError(f"{_damaged(path)} ({size} bytes where {page * pages} belong). {_ADVICE}")


def _open(path: Path, write: bool) -> sqlite3.Connection:
    readable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    mode = "rwc" if write else "rw" if readable else "ro&immutable=1"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    # In kB. Who writes keeps little in memory, however many rows there are; who reads may walk through all.
    connection.execute(f"PRAGMA cache_size = -{4096 if write else 65536}")
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, write: bool) -> None:
    application = _number(connection, "PRAGMA application_id")
    fresh = application == 0 and not _number(connection, "SELECT count(*) FROM sqlite_master")
    if not fresh and application != APPLICATION_ID:
        raise StoreError(f"'{path}' is an SQLite database, but not a store of qnetframe. {_ADVICE}")
    if fresh and not write:
        raise StoreError(f"{_damaged(path)} (it has no tables). {_ADVICE}")
    if write:
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")  # a row that was reported survives a power cut
        connection.execute("BEGIN IMMEDIATE")
        if not _number(connection, "SELECT count(*) FROM sqlite_master"):
            for statement in TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    migrate(connection, path, write)
    if write and path.stat().st_size <= _CHECKED_BYTES:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise StoreError(f"{_damaged(path)} ({' '.join(verdict.split())}). {_ADVICE}")


def migrate(
    connection: sqlite3.Connection,
    path: Path,
    write: bool,
    version: int = VERSION,
    steps: Mapping[int, Sequence[str]] = MIGRATIONS,
) -> None:
    """Bring a store to ``version``, in one transaction; StoreError for a newer one."""
    found = _number(connection, "PRAGMA user_version")
    if found > version:
        raise StoreError(
            f"store '{path}' has schema version {found}, and this qnetframe knows up to {version}; "
            "install the version of qnetframe that wrote it, or a newer one"
        )
    if found == version:
        return
    if not write:
        raise StoreError(
            f"store '{path}' has the older schema version {found}; 'qnetframe store ls {path} --migrate' "
            f"brings it to version {version}"
        )
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in range(found, version):
            for statement in steps[step]:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log, which lets others read meanwhile."""
    for attempt in range(50):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:  # the switch does not wait for a lock by itself
            if "locked" not in str(error) or attempt == 49:
                raise
            time.sleep(0.05)


def _number(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])
