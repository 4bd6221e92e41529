"""Listing the plugin and its help load nothing heavy."""

import json
import subprocess
import sys

import pytest

CODE = """
import json, sys
from qnetframe.cli import main
try:
    main({arguments!r})
except SystemExit as left:
    assert not left.code, left.code
heavy = ["numba", "scipy", "matplotlib", "cvxpy", "ldpc", "pandas", "stim", "qiskit"]
print()
print(json.dumps([name for name in heavy if name in sys.modules]))
"""


@pytest.mark.parametrize(
    "arguments",
    [["plugins"], ["qkd", "--help"], ["qkd", "rate", "--help"], ["plugins", "bb84"]],
    ids=" ".join,
)
def test_nothing_heavy_is_loaded(arguments):
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(arguments=arguments)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []
