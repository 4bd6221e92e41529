"""Importing each plugin in a process of its own: finds those that hang, crash the interpreter or are slow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

from qnetframe.plugins.discovery import SLOW_SECONDS, Found, Source, outside

TIMEOUT_SECONDS = 20.0

# The host is imported before the clock starts, since every plugin shares it.
_CODE = """
import json, sys, time
import qnetframe.hookspecs, qnetframe.plugins, qnetframe.channels
from qnetframe.plugins.discovery import outside, reason_of
name, source = sys.argv[1:]
(found,) = [f for f in outside() if f.name == name and str(f.source) == source]
start = time.perf_counter()
try:
    found.load()
    problem = ""
except (Exception, SystemExit) as error:
    problem = f"import of {found.target} failed: {reason_of(error)}"
sys.stdout.flush()
print()
print(json.dumps([time.perf_counter() - start, problem]), flush=True)
"""


class Probe(NamedTuple):
    """How the import of one plugin went: the time in seconds (None if it did not end), and what is wrong."""

    name: str
    source: Source
    seconds: float | None
    problem: str = ""


def probe(timeout: float = TIMEOUT_SECONDS) -> Iterator[Probe]:
    """Yield how each installed plugin and plugin file imports in a new process; one that hangs is killed."""
    for found in outside():
        yield (
            Probe(found.name, found.source, None, found.problem) if found.problem else _probe(found, timeout)
        )


def _probe(found: Found, timeout: float) -> Probe:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        done = subprocess.run(
            [sys.executable, "-c", _CODE, found.name, str(found.source)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, env=environment,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Probe(found.name, found.source, None, f"its import hangs: no end after {timeout:g} s")
    try:
        seconds, problem = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        why = done.stderr.strip().splitlines()[-1:] or ["no message"]
        return Probe(
            found.name,
            found.source,
            None,
            f"its import ends the interpreter (exit code {done.returncode}): {why[0]}",
        )
    if not problem and seconds > SLOW_SECONDS:
        problem = f"its import takes {seconds:.1f} s; import the SDK inside the factory"
    return Probe(found.name, found.source, seconds, problem)
