"""Tasks of the kind "run": one protocol on one backend, named by flat settings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from qnetframe.errors import InvalidInputError
from qnetframe.experiment.run import RunResult, run
from qnetframe.plugins import Plugins
from qnetframe.tasks import Outcome, Task

# Settings that are arguments of ``run``; whatever else is a parameter, a bare name the protocol's own.
ARGUMENTS = (
    "protocol", "backend", "topology", "hardware", "link", "shots", "nodes", "waiting", "routing", "twirl",
    "ends", "route_by",
)  # fmt: skip


def arguments_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of ``run`` that flat settings mean."""
    if "protocol" not in settings:
        raise InvalidInputError("settings have no 'protocol'; a task of kind 'run' names one")
    found = {key: value for key, value in settings.items() if key in ARGUMENTS}
    found["params"] = {key: value for key, value in settings.items() if key not in ARGUMENTS}
    if found.get("ends") is not None:
        found["ends"] = tuple(found["ends"])
    return found


class RunKind:
    """What a task of kind "run" means: its settings are the arguments of ``run`` and its parameters."""

    def __init__(self, plugins: Plugins) -> None:
        self._plugins = plugins

    def perform(self, settings: Mapping[str, Any], seed: int, jobs: Mapping[str, str] = {}) -> Outcome:
        """Run the protocol and return its figures."""
        result = run(**arguments_of(settings), seed=seed, plugins=self._plugins)
        return Outcome(
            Task("run", settings), "done", result.estimates, _info(result), versions=result.versions
        )


def _info(result: RunResult) -> dict[str, Any]:
    hashes = "".join(record.result.circuit.content_hash for record in result.records)
    return {
        "method": result.method,
        "circuits": len(result.records),
        "circuits_hash": hashlib.sha256(hashes.encode()).hexdigest(),
    }
