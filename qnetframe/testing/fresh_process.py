"""What a plugin does in a process of its own: what listing it loads, and what its factory's backend samples.

Run as ``python -m qnetframe.testing.fresh_process`` with a pickled Job on standard input; a JSON Report goes
to standard output.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from qnetframe.api import Spec

_TIMEOUT_S = 300


@dataclass(frozen=True)
class Job:
    """Modules to import by name (and file, where the name alone is not found), a pickled spec, and tasks.

    ``tasks`` are (circuit as JSON, shots, seed), for a backend made with ``params`` (pairs).
    """

    modules: tuple[tuple[str, str], ...]
    spec: bytes
    params: tuple[tuple[str, Any], ...] = ()
    tasks: tuple[tuple[str, int, int], ...] = ()


class Report(NamedTuple):
    """Top-level modules that importing the plugin added, third-party ones only; a digest for each task."""

    loaded: list[str]
    digests: list[str]


def run_in_fresh_process(
    spec: Spec, params: Mapping[str, Any] | None = None, tasks: Iterable[tuple[str, int, int]] = ()
) -> Report:
    """Return what a spec does in a new process; AssertionError with its last line where that fails."""
    job = Job(modules_of(spec), pickle.dumps(spec), tuple(sorted((params or {}).items())), tuple(tasks))
    return _run(pickle.dumps(job))


def _run(job: bytes) -> Report:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(
        [sys.executable, "-m", __name__], input=job, capture_output=True, env=environment,
        timeout=_TIMEOUT_S, check=False,
    )  # fmt: skip
    errors = done.stderr.decode(errors="replace").strip().splitlines()
    assert done.returncode == 0, f"in a process of its own it fails: {errors[-1] if errors else 'no message'}"
    return Report(**json.loads(done.stdout.splitlines()[-1]))


def modules_of(spec: Spec) -> tuple[tuple[str, str], ...]:
    """Return the modules that listing a spec imports: its factory's, and the entry points of that package."""
    factory = spec.factory
    while isinstance(factory, partial):
        factory = factory.func
    home = factory.__module__
    package = home.partition(".")[0]
    points = importlib.metadata.entry_points(group="qnetframe")
    names = [home, *(p.module for p in points if p.module.partition(".")[0] == package)]
    return tuple((n, str(getattr(sys.modules.get(n), "__file__", None) or "")) for n in dict.fromkeys(names))


def digest(bits: Any) -> str:
    """Return a digest of a boolean array of shots."""
    return hashlib.sha256(repr(bits.shape).encode() + bits.tobytes()).hexdigest()


def _import(name: str, file: str) -> None:
    from qnetframe.plugins.discovery import module_of_file

    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name or not file:
            raise
        path = Path(file)
        module_of_file(path.parent if path.name == "__init__.py" else path)


def _work(job: Job) -> Report:
    from qnetframe.plugins import Plugins

    Plugins(entry_points=False)  # what the host itself loads is no fault of the plugin
    before = set(sys.modules)
    for name, file in job.modules:
        _import(name, file)
    spec = pickle.loads(job.spec)
    own = {name.partition(".")[0] for name, _ in job.modules}
    fresh = {name.partition(".")[0] for name in set(sys.modules) - before}
    loaded = sorted(
        name
        for name in fresh - own - set(sys.stdlib_module_names)
        if not name.startswith(("qnetframe", "_")) and name not in before
    )
    return Report(loaded, _digests(spec, job) if job.tasks else [])


def _digests(spec: Spec, job: Job) -> list[str]:
    from qnetframe.program.circuit import Circuit

    backend = spec.factory(**dict(job.params))
    return [
        digest(backend.compile(Circuit.from_json(text)).sample(shots, seed).bits())
        for text, shots, seed in job.tasks
    ]


if __name__ == "__main__":
    output = os.dup(1)
    os.dup2(2, 1)  # what an SDK prints is no part of the report
    report = _work(pickle.load(sys.stdin.buffer))
    with os.fdopen(output, "w") as stream:
        stream.write(json.dumps(report._asdict()) + "\n")
