"""What happens rarely: stops in the middle, wrong answers of kinds, systems that do not tell."""

import io
import os
import signal
import threading

import pytest

import qnetframe as qn
from qnetframe.builtin.executors import frames
from qnetframe.errors import InvalidInputError, PluginError
from qnetframe.experiment import perform
from qnetframe.experiment.perform import Performer
from qnetframe.experiment.run_task import arguments_of
from qnetframe.experiment.store import Store
from qnetframe.experiment.sweep import Axis, Design, Stopped
from qnetframe.report import sweep_page
from qnetframe.tasks import Outcome, Task
from qnetframe.values import Estimate

COINS = {"kind": "coin", "modules": ["sweep_kinds"], "progress": False}


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_keeps_what_is_finished(tmp_path, signum):
    before = signal.getsignal(signal.SIGTERM)
    points = [{"x": 0}, {"x": 1}, {"signal": int(signum)}, {"x": 2}]
    with pytest.raises(Stopped, match=r"stopped: 2 of 4 tasks are in .*; run the same sweep again") as caught:
        qn.sweep(points=points, store=tmp_path / "r.db", **COINS)
    assert caught.value.signum == signum and isinstance(caught.value, KeyboardInterrupt)
    assert signal.getsignal(signal.SIGTERM) == before
    with Store(tmp_path / "r.db") as store:
        assert store.counts() == {"done": 2}


def test_the_command_says_so_and_ends_as_signals_end(command, tmp_path):
    (tmp_path / "e.toml").write_text(
        f'kind = "coin"\nmodules = ["sweep_kinds"]\n[[points]]\nx = 1\n[[points]]\nsignal = {int(signal.SIGTERM)}\n'
    )
    code, _, err = command("sweep", "e.toml")
    assert code == 128 + signal.SIGTERM and "stopped: 1 of 2 tasks are in 'runs.db'" in err


def test_a_sweep_in_a_thread_listens_to_no_signals(tmp_path):
    found = []
    given = {"over": {"x": [1, 2]}, "store": tmp_path / "r.db", **COINS}
    thread = threading.Thread(target=lambda: found.append(qn.sweep(**given).ran))
    thread.start()
    thread.join()
    assert found == [2]


def test_kinds_that_answer_wrongly_fail_by_name():
    coin = Performer(("sweep_kinds",))
    assert (
        "kind of task 'coin' must return a mapping of names to Estimates"
        in coin(Task("coin", {"wrong": 3})).error
    )
    assert "estimate 'heads' is" in coin(Task("coin", {"words": True})).error


def test_modules_that_are_no_plugins(tmp_path, monkeypatch):
    (tmp_path / "mistyped.py").write_text(
        "from qnetframe.hookspecs import hookimpl\n@hookimpl\ndef qnetframe_task():\n    yield 1\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(PluginError, match="module 'mistyped' is no plugin"):
        Performer(("mistyped",)).kind("coin")


def test_peak_memory_where_proc_does_not_tell(monkeypatch):
    def missing(*_):
        raise OSError

    assert perform.peak_memory() > 1 << 20
    monkeypatch.setattr(perform.Path, "read_text", missing)
    monkeypatch.setattr(perform.Path, "write_text", missing)
    perform.forget_peak_memory()
    assert perform.peak_memory() > 1 << 20


def test_messages_survive_pipes_that_cut_them_anywhere():
    messages = [{"a": 1}, "ready", list(range(1000))]
    data = b"".join(map(frames.packed, messages))
    buffer, found = bytearray(), []
    for i in range(0, len(data), 7):
        buffer += data[i : i + 7]
        found += frames.take(buffer)
    assert found == messages and not buffer
    stream = io.BytesIO(data)
    assert [frames.read(stream) for _ in messages] == messages
    for cut in (3, 12):
        with pytest.raises(EOFError):
            frames.read(io.BytesIO(data[:cut]))
    reader, writer = os.pipe()
    frames.write_all(writer, b"abc")
    os.close(writer)
    assert os.read(reader, 10) == b"abc"
    os.close(reader)


def test_designs_without_anything():
    with pytest.raises(InvalidInputError, match="seeds is empty"):
        Design("d", "k", {}, (), ())
    with pytest.raises(InvalidInputError, match="an axis is empty"):
        Design("d", "k", {}, (Axis(()),))


def test_ends_are_arguments_of_a_run(tmp_path):
    assert arguments_of({"protocol": "p", "ends": ["a", "b"], "x": 1})["ends"] == ("a", "b")
    result = qn.sweep(
        "teleportation", topology="chain", params={"topology.nodes": 3}, ends=("node0", "node1"),
        route_by="hops", backends=["reference"], shots=50, stop={"standard_error": 0.05},
        store=tmp_path / "r.db", progress=False,
    )  # fmt: skip
    assert (result.failed, result.refused) == (0, 0)


def test_a_page_says_what_it_leaves_out(tmp_path):
    with Store(tmp_path / "r.db") as store:
        for noise in range(
            15
        ):  # more panels than are drawn, more points than the table holds, strange numbers
            store.add(
                Outcome(
                    Task("k", {"x": x, "noise": noise / 7, "flag": x % 2 == 0, "list": [1, 2]}, 0),
                    "done",
                    {
                        f"figure {i}": Estimate(1e7 * i if x else float("nan"), 0.0 if i else 1e-12, 10)
                        for i in range(10)
                    },
                )
                for x in range(70)
            )
        store.add([Outcome(Task("k", {"x": None}, 0), "submitted")])
        page = sweep_page(store)
    assert "The first 12 panels; qnetframe plot draws any other." in page
    assert "1,000 of 1,051 points and 8 of 10 figures; qnetframe store export writes all." in page
    assert ("7 more figures" in page and "… (70 values)" in page) or "… (71 values)" in page


def test_names_on_the_axis_of_the_page(tmp_path):
    with Store(tmp_path / "r.db") as store:
        store.add(
            Outcome(Task("run", {"protocol": "p", "hardware": device, "backend": b}, 0), "done",
                    {"fidelity": Estimate(0.9, 0.01, 10)})
            for device in ("ideal", "transmon", "a very long name of a device") for b in ("aer", "stim")
        )  # fmt: skip
        page = sweep_page(store)
    assert "a very long n…" in page and "aer at transmon: 0.900 ± 0.010" in page
