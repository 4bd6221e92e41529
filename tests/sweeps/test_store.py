import math
import multiprocessing
import os
import shutil
import sqlite3

import pytest

from qnetframe.errors import InvalidInputError, StoreError
from qnetframe.experiment.store import Store, schema
from qnetframe.tasks import Outcome, Task
from qnetframe.values import Estimate


@pytest.fixture
def path(tmp_path):
    return tmp_path / "runs.db"


def test_what_was_written_is_read_back(path, outcome):
    full, failed = outcome(), outcome(5, status="failed")
    with Store(path) as store:
        assert store.add([full, failed]) == 2
    with Store(path, write=False) as store:
        first, second = store.rows()
        assert first.outcome == full and second.outcome == failed
        assert store.counts() == {"done": 1, "failed": 1}
        assert store.get(full.task.id[:12]).task == full.task
        assert first.to_dict()["estimates"]["rounds"] == {"value": 3.0, "standard_error": 0.0, "shots": None}


def test_numbers_that_are_none_survive(path):
    strange = {"nan": Estimate(math.nan, math.nan, 3), "inf": Estimate(math.inf)}
    with Store(path) as store:
        store.add([Outcome(Task("k", {}), "done", strange)])
        (row,) = store.rows()
        read = row.outcome.estimates
        assert (
            math.isnan(read["nan"].value)
            and math.isnan(read["nan"].standard_error)
            and read["nan"].shots == 3
        )
        assert read["inf"] == Estimate(math.inf)
        assert row.to_dict()["estimates"]["inf"]["value"] is None


def test_a_done_task_stays_and_another_is_replaced(path, outcome):
    with Store(path) as store:
        assert store.add([outcome(status="failed")]) == 1
        assert store.add([outcome(status="submitted")]) == 1 and store.counts() == {"submitted": 1}
        assert store.add([outcome(value=0.5)]) == 1
        assert store.add([outcome(value=0.75), outcome(status="failed")]) == 0
        (row,) = store.rows()
        assert row.outcome.estimates["logical error rate"].value == 0.5 and row.outcome.error == ""


def test_all_or_none_of_a_batch_is_written(path, outcome):
    def broken():
        yield outcome(3)
        raise RuntimeError("in the middle")

    with Store(path) as store:
        with pytest.raises(RuntimeError):
            store.add(broken())
        assert store.counts() == {}
        store.add([outcome(3)])  # numbers of rows that were rolled back are not remembered
        assert [p.settings["distance"] for p in store.points()] == [3]
        assert len(list(store.rows())) == 1


def test_rows_are_picked_by_settings_status_kind_and_id(path, outcome):
    with Store(path) as store:
        store.add([outcome(d, seed, code=c) for d in (3, 5) for seed in range(3) for c in ("a", "b")])
        store.add(
            [outcome(7, status="refused"), Outcome(Task("other", {"flag": True, "none": None}), "done")]
        )
        assert len(list(store.rows({"distance": 3}))) == 6
        assert len(list(store.rows({"distance": 3.0, "code": "b"}, status="done", kind="memory"))) == 3
        assert len(list(store.rows({"flag": True}))) == 1 and len(list(store.rows({"flag": False}))) == 0
        assert len(list(store.rows({"code": None}))) == 2
        assert len(list(store.rows(limit=5))) == 5
        assert store.counts({"distance": 7}) == {"refused": 1}
        assert store.statuses([outcome(3, 0, code="a").task, outcome(9).task]) == {
            outcome(3, 0, code="a").task.id: "done"
        }
        with pytest.raises(InvalidInputError, match="several tasks in"):
            store.get(min(r.task.id for r in store.rows())[:0] or "0" * 0 or next(_shared(store)))
        with pytest.raises(InvalidInputError, match="id is 'zz'"):
            store.get("zz")
        with pytest.raises(InvalidInputError, match="no task in"):
            store.get("0" * 64)
        with pytest.raises(InvalidInputError, match="status is 'lost'; it must be done"):
            list(store.rows(status="lost"))


def _shared(store):
    digits = [row.task.id[0] for row in store.rows()]
    yield next(d for d in digits if digits.count(d) > 1)


def test_means_over_seeds(path):
    # Two sampled tasks: the mean of the values, and the errors added in quadrature over their number.
    with Store(path) as store:
        for seed, (value, error) in enumerate([(0.2, 0.03), (0.4, 0.04)]):
            store.add([Outcome(Task("k", {"x": 1}, seed), "done", {"f": Estimate(value, error, 100)})])
        for seed, value in enumerate([1.0, 2.0, 3.0]):  # exact: the scatter 1/sqrt(3) of the mean
            store.add([Outcome(Task("k", {"x": 2}, seed), "done", {"f": Estimate(value)})])
        first, second = store.means("f").values()
        assert first.value == pytest.approx(0.3) and first.standard_error == pytest.approx(0.025)
        assert (first.tasks, first.shots) == (2, 200)
        assert second.value == 2 and second.standard_error == pytest.approx(1 / math.sqrt(3))
        assert second.shots is None and store.means("nothing") == {}


def test_pruning_leaves_nothing_behind(path, outcome):
    with Store(path) as store:
        store.add([outcome(3, seed) for seed in range(3)] + [outcome(5), outcome(7, status="failed")])
        assert store.prune({"distance": 3}) == 3
        assert [p.settings["distance"] for p in store.points()] == [5, 7]
        assert len(store.means("rounds")) == 1
        assert store.prune(status="failed") == 1 and store.prune(kind="memory") == 1
        assert store.points() == [] and store.figures() == [] and store.environments() == []
        store.compact()
        assert store.add([outcome()]) == 1
        with pytest.raises(InvalidInputError, match="prune needs"):
            store.prune()


def _write_some(path, first):
    with Store(path) as store:
        for seed in range(first, first + 40):
            task = Task("k", {"x": seed % 7}, seed)
            store.add([Outcome(task, "done", {f"f{seed % 3}": Estimate(seed)})])


def test_several_processes_write_at_once(path):
    # They open (and one of them makes) the file at the same time, and half of their tasks are the same.
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_some, args=(path, first)) for first in (0, 20, 40)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    with Store(path, write=False) as store:
        values = {row.task.seed: next(iter(row.outcome.estimates.values())).value for row in store.rows()}
        assert values == {seed: float(seed) for seed in range(80)}
        assert store.counts() == {"done": 80} and len(store.points()) == 7


# ---- files that are no stores, or no longer -----------------------------------------------------


def filled(path, outcome, rows=400):
    with Store(path) as store:
        store.add([outcome(d % 50, d) for d in range(rows)])
    return path


@pytest.mark.parametrize("kept", [0, 1, 50, 99, 100, 4096, 10_000, -1, -4096])
def test_a_torn_file_is_named_and_left_as_it_is(path, outcome, kept):
    data = filled(path, outcome).read_bytes()
    torn = data[:kept]
    path.write_bytes(torn)
    for write in (True, False):
        if kept == 0 and write:
            continue  # an empty file without a log is as good as none
        with pytest.raises(StoreError, match=r"runs.db' is (damaged|not a store).*left as it is"):
            Store(path, write=write)
    assert path.read_bytes() == torn


@pytest.mark.parametrize("page", [1, 2, 5])
def test_a_corrupt_page_is_found_and_never_overwritten(path, outcome, page):
    data = bytearray(filled(path, outcome).read_bytes())
    data[page * 4096 : page * 4096 + 600] = os.urandom(1) * 600
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"runs.db' is damaged"):
        Store(path)
    assert path.read_bytes() == data


def test_other_files_are_left_alone(path, tmp_path):
    path.write_text("a letter to my mother\n" * 50)
    with pytest.raises(StoreError, match="not a store: it is no SQLite database"):
        Store(path)
    assert path.read_text().startswith("a letter")
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE letters (x)").connection.close()
    before = other.read_bytes()
    with pytest.raises(StoreError, match="is an SQLite database, but not a store of qnetframe"):
        Store(other)
    assert other.read_bytes() == before
    with pytest.raises(StoreError, match="is a folder"):
        Store(tmp_path)
    with pytest.raises(StoreError, match="does not exist"):
        Store(tmp_path / "none.db", write=False)
    with pytest.raises(StoreError, match="there is no folder"):
        Store(tmp_path / "no" / "none.db")


def test_a_lost_log_and_a_lost_file(path, outcome, tmp_path):
    store = Store(path)
    store.add([outcome()])
    copy = tmp_path / "copy.db"
    shutil.copy(f"{path}-wal", f"{copy}-wal")  # as after a copy that forgot the file itself
    copy.write_bytes(b"")
    with pytest.raises(StoreError, match=r"copy.db' is damaged.*it is empty"):
        Store(copy)
    store.close()
    assert not path.with_name("runs.db-wal").exists()


def test_a_newer_store_is_refused_and_an_older_one_migrated(path, outcome):
    filled(path, outcome, 3)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="has schema version 99, and this qnetframe knows up to 2"):
        Store(path)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA user_version = 1")
    steps = {1: ["ALTER TABLE tasks ADD COLUMN note TEXT"], 2: ["UPDATE tasks SET note = 'new'"]}
    with pytest.raises(
        StoreError, match=r"older schema version 1; 'qnetframe store ls .* --migrate' brings it to"
    ):
        schema.migrate(connection, path, False, 3, steps)
    with pytest.raises(sqlite3.OperationalError):  # a step that fails leaves the store as it was
        schema.migrate(connection, path, True, 3, {1: steps[1], 2: ["UPDATE nothing SET x = 1"]})
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    schema.migrate(connection, path, True, 3, steps)
    assert connection.execute("SELECT note FROM tasks").fetchall() == [("new",)] * 3
    assert connection.execute("PRAGMA user_version").fetchone() == (3,)


def test_a_locked_or_unwritable_store_says_so():
    for text, said in [
        ("database is locked", "locked by another process"),
        ("attempt to write a readonly database", "look at its permissions"),
        ("database or disk is full", "the disk is full.*safe.*run the same sweep again"),
        ("something else", "something else"),
    ]:
        with pytest.raises(StoreError, match=said):
            raise schema.store_error(schema.Path("runs.db"), sqlite3.OperationalError(text))


def test_a_store_of_version_1_becomes_one_of_today(path, outcome):
    filled(path, outcome, 60)
    with Store(path, write=False) as store:
        before = (
            {figure: store.means(figure) for figure in store.figures()},
            store.seconds(),
            list(store.rows()),
        )
    connection = sqlite3.connect(path, isolation_level=None)  # version 1 kept no sums
    for statement in (
        "DROP TABLE sums",
        "ALTER TABLE points DROP COLUMN done",
        "ALTER TABLE points DROP COLUMN seconds",
        "PRAGMA user_version = 1",
    ):
        connection.execute(statement)
    connection.close()
    with pytest.raises(StoreError, match="older schema version 1"):
        Store(path, write=False)
    with Store(path) as store:
        after = (
            {figure: store.means(figure) for figure in store.figures()},
            store.seconds(),
            list(store.rows()),
        )
    assert after == before


def test_sums_are_those_of_the_rows_whatever_was_added_and_pruned(path):
    """Kept sums against sums over all rows, with NaN, exact values, repeated and pruned tasks."""
    import random

    rng = random.Random(1)
    with Store(path) as store:
        for _ in range(6):
            store.add(
                Outcome(
                    Task("k", {"x": rng.randrange(5)}, rng.randrange(40)),
                    rng.choice(["done", "done", "failed"]),
                    {
                        f: Estimate(rng.choice([rng.random(), math.nan]), 0.1, rng.choice([None, 10]))
                        for f in "ab"
                    },
                    seconds=rng.random(),
                )
                for _ in range(60)
            )
            store.prune({"x": rng.randrange(5)})
            kept = store._all("SELECT * FROM sums ORDER BY figure, point")
            anew = store._all(
                """SELECT figure, point, count(*), sum(value), sum(value * value), sum(standard_error *
                standard_error), sum(shots) FROM estimates GROUP BY figure, point ORDER BY figure, point"""
            )
            assert [row[:3] for row in kept] == [row[:3] for row in anew] and kept
            for one, other in zip(kept, anew, strict=True):
                assert one[3:] == pytest.approx(other[3:], abs=1e-12)
            counted = store._all(
                "SELECT point, count(*), sum(seconds) FROM tasks WHERE status = 'done' GROUP BY point"
            )
            assert store.seconds() == {n: (c, pytest.approx(s)) for n, c, s in counted}
