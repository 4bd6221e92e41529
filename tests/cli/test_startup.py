"""Listing what there is must be quick: no simulator and nothing heavy is loaded."""

import json
import subprocess
import sys

import pytest

HEAVY = [
    "qiskit",
    "qiskit_aer",
    "qiskit_ibm_runtime",
    "cirq",
    "qutip",
    "stim",
    "matplotlib",
    "scipy",
    "pandas",
]
HEAVY += ["numba", "simpy", "sympy", "qulacs", "pennylane", "quimb"]

CODE = """
import json, sys
from qnetframe.cli import main
try:
    main({arguments!r})
except SystemExit as left:
    assert not left.code, left.code
print()
print(json.dumps([name for name in {heavy!r} if name in sys.modules]))
"""


def loaded_by(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["run", "--help"], ["plugins"], ["plugins", "--json"], ["plugins", "teleportation"]],
    ids=" ".join,
)
def test_no_simulator_is_loaded(arguments):
    assert loaded_by(CODE.format(arguments=arguments, heavy=HEAVY)) == []


def test_starting_looks_for_no_garbage_in_what_imports_make():
    """Passes over all objects are a fifth of the time of --help, and some come again at exit."""
    code = (
        "import gc, json, sys\n"
        "full = []\n"
        "gc.callbacks.append(lambda phase, info: full.append(info['generation'] == 2))\n"
        + CODE.format(arguments=["plugins"], heavy=[])
        + "print(json.dumps([sum(full), gc.isenabled(), gc.get_freeze_count() > 50_000]))\n"
    )
    assert loaded_by(code) == [0, True, True]


def test_explaining_loads_no_simulator():
    heavy = [name for name in HEAVY if name != "scipy"]
    assert loaded_by(CODE.format(arguments=["explain", "teleportation", "--shots", "10"], heavy=heavy)) == []


def test_the_test_can_fail():
    assert loaded_by("import json, sys, stim\n" + CODE.format(arguments=["--help"], heavy=["stim"])) == [
        "stim"
    ]


def test_importing_the_package_loads_nothing():
    code = (
        "import sys, json, qnetframe; print(json.dumps([n for n in ('numpy', 'pluggy') if n in sys.modules]))"
    )
    assert loaded_by(code) == []
