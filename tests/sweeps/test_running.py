import csv
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import qnetframe as qn
from qnetframe.errors import InvalidInputError, StoreError
from qnetframe.experiment.store import Store
from qnetframe.experiment.sweep.progress import Tally, _Lines, duration

HERE = Path(__file__).parent
COINS = {"kind": "coin", "modules": ["sweep_kinds"], "progress": False}


def values(path):
    """Return all that must be the same whoever computed it: everything but times, hosts and attempts."""
    with Store(path, write=False) as store:
        rows = [row.to_dict() for row in store.rows()]
    keys = (
        "kind",
        "settings",
        "seed",
        "run_seed",
        "status",
        "estimates",
        "error_kind",
        "error",
        "versions",
        "info",
    )
    found = {row["id"]: {key: row[key] for key in keys} for row in rows}
    assert len(found) == len(rows)
    return found


def test_the_same_rows_by_inline_and_processes(tmp_path):
    for executor, options in (("inline", {}), ("processes", {"workers": 2})):
        result = qn.sweep(
            "teleportation",
            over={"link.length_km": [0, 20], "hardware": ["ideal", "transmon"]},
            backends=["reference", "aer", "stim"], link="fiber", shots=100, seeds=2,
            store=tmp_path / f"{executor}.db", executor=executor, options=options, progress=False,
        )  # fmt: skip
        assert (result.tasks, result.ran) == (24, 24)
    inline = values(tmp_path / "inline.db")
    assert inline == values(tmp_path / "processes.db") and len(inline) == 24
    # Stim refuses the relaxation of transmons by name, which is a row and not the end.
    refused = [row for row in inline.values() if row["status"] == "refused"]
    assert {row["settings"]["backend"] for row in refused} == {"stim"} and result.refused == len(refused) > 0
    assert "thermal" in refused[0]["error"] or "noise" in refused[0]["error"]


def test_a_row_can_be_run_again_by_its_seed(tmp_path):
    result = qn.sweep("chsh", backends=["aer"], shots=50, seed=3, store=tmp_path / "r.db", progress=False)
    with result.open() as store:
        (row,) = store.rows()
    again = qn.run("chsh", backend="aer", shots=50, seed=row.task.run_seed)
    assert again.estimates == dict(row.outcome.estimates)


def test_seeds_and_points_have_independent_numbers(tmp_path):
    # If tasks shared random numbers, equal coins would give equal heads at every x.
    result = qn.sweep(
        over={"x": list(range(8))}, settings={"coins": 10**6}, seeds=2, store=tmp_path / "r.db", **COINS
    )
    with result.open() as store:
        assert len({row.outcome.estimates["heads"].value for row in store.rows()}) == 16


def test_resuming_computes_nothing_twice(tmp_path):
    log, store = tmp_path / "log", tmp_path / "r.db"
    given = {"settings": {"log": str(log)}, "store": store, **COINS}
    assert qn.sweep(over={"x": [0, 1, 2]}, **given).ran == 3
    result = qn.sweep(over={"x": [0, 1, 2, 3]}, **given)
    assert (result.ran, result.tasks) == (1, 4) and sorted(log.read_text().split()) == ["0", "1", "2", "3"]
    with pytest.raises(InvalidInputError, match=r"has tasks of this sweep already .*resume it"):
        qn.sweep(over={"x": [3, 4]}, resume=False, **given)
    assert str(result).startswith("coin: 4 of 4 tasks are done; 1 ran now")


def test_failed_tasks_are_rows_and_run_again_only_when_asked(tmp_path):
    mark = tmp_path / "mark"
    given = {"points": [{"fail": True}, {"refuse": True}, {"x": 1}], "store": tmp_path / "r.db", **COINS}
    first = qn.sweep(**given)
    assert (first.failed, first.refused, first.ran) == (1, 1, 3)
    assert "1 of 3 tasks are done, 1 failed, 1 were refused" in str(first)
    second = qn.sweep(**given)
    assert (second.failed, second.refused, second.ran) == (1, 1, 0)
    third = qn.sweep(retry_failed=True, **given)
    assert (third.failed, third.refused, third.ran) == (1, 1, 2)
    assert not mark.exists()


def test_exports_hold_every_number(tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")
    given = {"points": [{"x": 1.5}, {"x": 2, "flag": True}, {"fail": True, "text": 'a,\n"b"'}], **COINS}
    result = qn.sweep(**given, store=tmp_path / "r.db", seeds=2)
    frame = result.to_pandas()
    with result.open() as store:
        assert store.export(tmp_path / "r.csv") == store.export(tmp_path / "r.parquet") == 6
        assert store.export(tmp_path / "done.csv", {"x": 2}, "done") == 2
        heads = [row.outcome.estimates["heads"] for row in store.rows(status="done")]
        with pytest.raises(InvalidInputError, match=r"allowed are .csv and .parquet"):
            store.export(tmp_path / "r.xlsx")
        with pytest.raises(InvalidInputError, match="cannot be written"):
            store.export(tmp_path / "no" / "r.csv")
    rows = list(csv.DictReader((tmp_path / "r.csv").read_text().splitlines(keepends=True)))
    table = pq.read_table(tmp_path / "r.parquet").to_pylist()
    for number, heads_ in enumerate(heads):
        for source in (frame.to_dict("records"), table, rows):
            row = source[number]
            assert float(row["heads"]) == heads_.value
            assert float(row["heads (standard error)"]) == heads_.standard_error
            assert int(row["heads (shots)"]) == 100
            assert float(row["setting x"]) == (1.5 if number < 2 else 2)  # a figure is called x as well
    assert rows[4]["text"] == 'a,\n"b"' and rows[4]["heads"] == "" and rows[4]["status"] == "failed"
    assert table[2]["flag"] is True and table[0]["flag"] is None and table[4]["error_kind"] == "ValueError"
    assert list(frame.columns) == list(rows[0]) == list(table[0])
    assert not list(tmp_path.glob(".*part"))


# ---- progress -----------------------------------------------------------------------------------


def test_plain_lines_tell_rate_time_left_and_failures(capsys):
    lines = _Lines(sys.stderr, "fibre", every=0)
    tally = Tally(100, before=10, came=40, failed=2, refused=1, submitted=3)
    tally.started = time.perf_counter() - 20
    lines.show(tally)
    assert re.fullmatch(
        r"fibre: 50/100 tasks, 2 failed, 1 refused, 3 waiting on devices, 2/s, 25 s left\n",
        capsys.readouterr().err,
    )
    lines = _Lines(sys.stderr, "fibre", every=3600)
    for tally.came in range(40, 91):
        lines.show(tally)
    assert len(capsys.readouterr().err.splitlines()) == 2  # the first and the last


def test_a_bar_on_a_terminal(monkeypatch, capsys):
    from qnetframe.experiment.sweep.progress import display

    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    with display(None, "fibre", 4) as shown:
        shown.show(Tally(4, came=4, failed=1))
    assert "4/4" in capsys.readouterr().err


def test_durations():
    assert [duration(s) for s in (0.04, 59, 61, 3700, 90000)] == [
        "0.0 s",
        "59 s",
        "1 min 1 s",
        "1 h 1 min",
        "1 d 1 h",
    ]


# ---- kills, signals, a full disk ------------------------------------------------------------------


def script(tmp_path, number, seconds, executor="processes"):
    """Return the command that runs a sweep of so many coins on two workers."""
    options = '{"workers": 2}' if executor != "inline" else "{}"
    code = f"""
import sys
sys.path.insert(0, {str(HERE)!r})
import qnetframe as qn
result = qn.sweep(kind="coin", modules=["sweep_kinds"], over={{"x": list(range({number}))}},
    settings={{"seconds": {seconds}, "log": {str(tmp_path / "log")!r}}}, store={str(tmp_path / "r.db")!r},
    executor={executor!r}, options={options})
print("finished", result.ran)
"""
    return [sys.executable, "-c", code]


def rows_of(path):
    try:
        with Store(path, write=False) as store:
            return sum(store.counts().values())
    except StoreError:
        return 0


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_keeps_what_is_finished_and_says_how_to_go_on(tmp_path, signum):
    running = subprocess.Popen(script(tmp_path, 400, 0.02), stderr=subprocess.PIPE, text=True)
    while rows_of(tmp_path / "r.db") < 10:
        time.sleep(0.05)
    running.send_signal(signum)
    _, errors = running.communicate(timeout=20)
    said = re.search(
        r"stopped: (\d+) of 400 tasks are in '.*r\.db'; run the same sweep again to go on", errors
    )
    assert running.returncode != 0 and said
    assert rows_of(tmp_path / "r.db") == int(said[1]) >= 10


@pytest.mark.slow
def test_twenty_kills_of_the_parent_lose_and_double_nothing(tmp_path):
    number, seconds = 400, 0.03
    whole = qn.sweep(
        over={"x": list(range(number))}, settings={"seconds": seconds, "log": str(tmp_path / "log")},
        store=tmp_path / "whole.db", executor="processes", options={"workers": 2}, **COINS,
    )  # fmt: skip
    assert whole.ran == number
    (tmp_path / "log").unlink()
    moments, kills = random.Random(20), 0
    command = script(tmp_path, number, seconds)
    while kills < 20:
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if kills % 4 == 0:  # while it starts, opens the store, hires
            time.sleep(moments.uniform(0.0, 1.5))
        else:  # while it computes and writes
            wanted = rows_of(tmp_path / "r.db") + moments.randint(1, 8)
            while rows_of(tmp_path / "r.db") < wanted:
                time.sleep(0.02)
            time.sleep(moments.uniform(0.0, 0.1))
        assert running.poll() is None, "it must not be finished before the last kill"
        running.send_signal(signal.SIGKILL)
        running.communicate()
        kills += 1
    before = rows_of(tmp_path / "r.db")
    assert 0 < before < number
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"finished {number - before}" in done.stdout  # what was stored is not run again
    assert values(tmp_path / "r.db") == values(tmp_path / "whole.db")


@pytest.mark.slow
def test_killed_workers_lose_and_double_nothing(tmp_path):
    command = script(tmp_path, 120, 0.05)
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    moments, killed = random.Random(3), 0
    while running.poll() is None:
        time.sleep(moments.uniform(0.5, 1.5))
        workers = subprocess.run(
            ["pgrep", "-P", str(running.pid)], capture_output=True, text=True
        ).stdout.split()
        if workers and running.poll() is None and rows_of(tmp_path / "r.db"):
            os.kill(int(moments.choice(workers)), signal.SIGKILL)
            killed += 1
    assert "finished 120" in running.communicate()[0] and killed >= 2
    qn.sweep(over={"x": list(range(120))}, settings={"seconds": 0.05, "log": str(tmp_path / "log")},
             store=tmp_path / "whole.db", executor="processes", options={"workers": 4}, **COINS)  # fmt: skip
    assert values(tmp_path / "r.db") == values(tmp_path / "whole.db")


def test_a_full_disk_is_said_and_loses_no_reported_row(tmp_path):
    # A limit on the size of files stands for the full disk; the rows that fit are there afterwards.
    code = f"""
import resource, sys
sys.path.insert(0, {str(HERE)!r})
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
from qnetframe.cli import main
main(["sweep", {str(tmp_path / "e.toml")!r}])
"""
    (tmp_path / "e.toml").write_text(
        f'kind = "coin"\nmodules = ["sweep_kinds"]\nstore = "{tmp_path / "r.db"}"\n'
        "[settings]\nsize = 2000\nseconds = 0.001\n[grid]\nx = { from = 1, to = 400, step = 1 }\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "nothing more can be written" in done.stderr and "run the same sweep again to go on" in done.stderr
    reported = max(int(n) for n in re.findall(r"(\d+)/400 tasks", done.stderr))
    there = rows_of(tmp_path / "r.db")
    assert 0 < there < 400 and there >= reported
    resource.getrlimit(resource.RLIMIT_FSIZE)
    again = subprocess.run(
        [sys.executable, "-c", code.replace("300_000", "30_000_000")], capture_output=True, text=True
    )
    assert again.returncode == 0, again.stderr
    assert f"400 of 400 tasks are done; {400 - there} ran now" in again.stdout


# ---- the command line -----------------------------------------------------------------------------


FILE = 'kind = "coin"\nmodules = ["sweep_kinds"]\nseeds = 2\n[settings]\nsize = 3\n[grid]\nx = [1, 2, 3]\n'


def test_sweep_command(command, tmp_path):
    (tmp_path / "e.toml").write_text(FILE)
    code, out, _ = command("sweep", "e.toml", "--dry-run")
    assert code == 0 and "6 tasks: 3 points, 2 seeds each; 0 are done" in out
    assert re.search(
        r"coin: 6 tasks of \S+ s \(one was tried\)\nabout .* on 1 worker; nothing was stored", out
    )
    assert not (tmp_path / "runs.db").exists()
    code, out, err = command("sweep", "e.toml", "--executor", "processes", "--workers", "1")
    assert code == 0 and "e: 6 of 6 tasks are done; 6 ran now" in out and "e: 6/6 tasks" in err
    code, out, _ = command("sweep", "e.toml", "--dry-run", "--json")
    assert code == 0 and '"present": 6' in out and '"tasks": 6' in out
    code, _, err = command("sweep", "e.toml", "--no-resume")
    assert code == 2 and "has tasks of this sweep already" in err
    (tmp_path / "e.toml").write_text(FILE.replace("x = [1, 2, 3]", "x = [1, 4]"))
    _, out, _ = command("sweep", "e.toml", "--dry-run")
    assert "4 tasks: 2 points, 2 seeds each; 2 are done" in out and "mean of the rows in the store" in out
    code, out, _ = command("sweep", "e.toml", "--json")
    assert code == 0 and '"ran": 2' in out


def test_sweep_command_says_what_is_wrong(command, tmp_path):
    (tmp_path / "e.toml").write_text(FILE.replace("size = 3", "coins = 0"))
    code, _, err = command("sweep", "e.toml")
    assert code == 2 and "e.toml, line 5: coins is 0; it must be at least 1" in err
    (tmp_path / "e.toml").write_text(FILE.replace("size = 3", "fail = true"))
    code, out, err = command("sweep", "e.toml")
    assert code == 1 and "6 failed" in out and "qnetframe store ls runs.db --status failed shows why" in err
    code, _, err = command("sweep", "e.toml", "--set", "workers=3")
    assert code == 2 and "--set is 'workers'" in err
    code, _, err = command("sweep", "e.toml", "--set", "executor.workers=3")
    assert code == 2 and "unknown parameter 'workers'" in err
