"""Kinds of tasks that sleep, die and fail, as a pack would define them, importable by any worker."""

import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    """Let this process, and with it every worker, import the modules of this folder."""
    from qnetframe.experiment.perform import plugins_of

    monkeypatch.syspath_prepend(HERE)
    yield
    plugins_of.cache_clear()
    sys.modules.pop("sweep_kinds", None)


@pytest.fixture
def outcome():
    """Return a function that makes the outcome of a task of an error-correction pack, by distance and seed."""
    from qnetframe.tasks import Outcome, Task
    from qnetframe.values import Estimate

    def make(distance=3, seed=0, status="done", value=0.25, error=0.125, shots=16, **settings):
        task = Task("memory", {"distance": distance, "p": 0.01, **settings}, seed)
        if status != "done":
            return Outcome(task, status, error_kind="ValueError", error="no such code", host="here")
        return Outcome(
            task,
            "done",
            {"logical error rate": Estimate(value, error, shots), "rounds": Estimate(distance)},
            {"errors": 4},
            seconds=0.5,
            peak_memory_bytes=1 << 20,
            host="here",
            versions={"qnetframe": "0.1.0"},
        )

    return make


@pytest.fixture
def command(capsys, monkeypatch, tmp_path):
    """Return a function that runs a command, given in words, and gives (exit code, stdout, stderr)."""
    from qnetframe.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "140")

    def run(*words):
        try:
            main([str(word) for word in words])
            code = 0
        except SystemExit as left:
            code = left.code or 0
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run
