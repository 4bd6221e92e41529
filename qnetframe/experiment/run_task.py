"""Tasks of the kind "run": one protocol on one backend, named by flat settings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.experiment.run import RunResult, run
from qnetframe.experiment.setup import build_setup, mapping
from qnetframe.network.paths import MEASURES
from qnetframe.plugins import Plugins
from qnetframe.tasks import Outcome, Task

# Settings that are arguments of ``run``; whatever else is a parameter, a bare name the protocol's own.
ARGUMENTS = (
    "protocol", "backend", "topology", "hardware", "link", "shots", "nodes", "waiting", "routing", "twirl",
    "ends", "route_by",
)  # fmt: skip


_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "waiting": ("none", "mean"),
    "routing": ("refuse", "swap"),
    "twirl": (False, True),
    "route_by": MEASURES,
}


def canonical_name(key: str) -> str:
    """Return the one name of a setting: ``protocol.theta`` is ``theta``, unless run takes a ``theta``."""
    bare = key.removeprefix("protocol.")
    return key if bare in ARGUMENTS else bare


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

    def check(self, settings: Mapping[str, Any]) -> None:
        """Raise what is wrong with settings; protocol, network and devices are made, no SDK is loaded."""
        given = arguments_of(settings)
        for name, allowed in _CHOICES.items():
            if given.get(name, allowed[0]) not in allowed:
                raise InvalidInputError(f"{name} is {given[name]!r}; it must be one of {allowed}")
        if given.get("shots") is not None:
            checks.integer(given["shots"], "shots", low=1)
        mapping(given.get("nodes"), "nodes", "(write protocol.nodes for the protocol's own parameter) ")
        backend = given.get("backend", "reference")
        for key in ("topology", "hardware", "link"):
            if isinstance(given.get(key), Mapping) and key != "hardware":
                raise InvalidInputError(
                    f'{key} is a table; write its parameters with the key in quotes: "{key}.name" = …'
                )
        setup = build_setup(
            self._plugins, given["protocol"], given.get("topology"), given.get("hardware"), given.get("link"),
            given["params"],
        )  # fmt: skip
        if not isinstance(backend, str):
            raise InvalidInputError(f"backend is {backend!r:.60}; it must be the name of one")
        self._plugins.validated("backend", backend, setup.backend_options)

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
