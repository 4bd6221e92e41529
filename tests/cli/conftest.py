"""The command line, run in this process."""

import shlex

import pytest

from qnetframe.cli import main


@pytest.fixture
def command(capsys, monkeypatch):
    """Return a function that runs a command line, given as text, and gives (exit code, stdout, stderr)."""
    monkeypatch.setenv("COLUMNS", "120")

    def run(line):
        try:
            main(shlex.split(line))
            code = 0
        except SystemExit as left:
            code = left.code or 0
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run
