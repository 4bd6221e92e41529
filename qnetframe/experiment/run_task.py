"""Tasks of the kind "run": one protocol on one backend, named by flat settings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from qnetframe import checks
from qnetframe.api import BackendSpec
from qnetframe.errors import InvalidInputError
from qnetframe.experiment.adaptive import Stop
from qnetframe.experiment.pooling import run_adaptively
from qnetframe.experiment.remembering import CompiledOnce, JobsWaiting, TaskBackend
from qnetframe.experiment.run import RunResult, run_setup
from qnetframe.experiment.session import Placing
from qnetframe.experiment.setup import Setup, backend_of, build_setup, mapping
from qnetframe.network.paths import MEASURES
from qnetframe.plugins import Plugins
from qnetframe.tasks import Outcome, Task, canonical, plain

# Settings that are arguments of ``run``; whatever else is a parameter, a bare name the protocol's own.
ARGUMENTS = (
    "protocol", "backend", "topology", "hardware", "link", "shots", "nodes", "waiting", "routing", "twirl",
    "ends", "route_by",
)  # fmt: skip


_STOP = "stop."
# So many backends, each with its options, are kept at once.
_BACKENDS = 16
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
    """Return the arguments of ``run`` that flat settings mean, and in "stop" when its shots are enough."""
    if "protocol" not in settings:
        raise InvalidInputError("settings have no 'protocol'; a task of kind 'run' names one")
    found = {key: value for key, value in settings.items() if key in ARGUMENTS}
    others = {key: value for key, value in settings.items() if key not in ARGUMENTS}
    found["params"] = {key: value for key, value in others.items() if not key.startswith(_STOP)}
    found["stop"] = {key.removeprefix(_STOP): v for key, v in others.items() if key.startswith(_STOP)}
    if found.get("ends") is not None:
        found["ends"] = tuple(found["ends"])
    return found


class RunKind:
    """What a task of kind "run" means: its settings are the arguments of ``run`` and its parameters."""

    def __init__(self, plugins: Plugins) -> None:
        self._plugins = plugins
        self._backends: dict[str, tuple[BackendSpec, CompiledOnce]] = {}

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
        setup = self._setup(given)
        Stop.of(given["stop"], given.get("shots"))
        if not isinstance(backend, str):
            raise InvalidInputError(f"backend is {backend!r:.60}; it must be the name of one")
        self._plugins.validated("backend", backend, setup.backend_options)

    def perform(self, settings: Mapping[str, Any], seed: int, jobs: Mapping[str, str] = {}) -> Outcome:
        """Run the protocol and return its figures."""
        given = arguments_of(settings)
        setup = self._setup(given)
        spec, once = self._backend(given.get("backend", "reference"), setup.backend_options)
        placing = Placing(
            given.get("nodes"), given.get("waiting", "none"), given.get("routing", "refuse"),
            given.get("twirl", False), ends=given.get("ends"), route_by=given.get("route_by", "length"),
        )  # fmt: skip
        stop = Stop.of(given["stop"], given.get("shots"))
        submitted = dict(jobs)
        backend = TaskBackend(once, submitted)
        try:
            if stop is None:
                result = run_setup(self._plugins, setup, spec, backend, given.get("shots"), seed, placing)
            else:
                result = run_adaptively(self._plugins, setup, spec, backend, stop, seed, placing)
        except JobsWaiting:
            return Outcome(Task("run", settings), "submitted", jobs=submitted)
        return Outcome(
            Task("run", settings), "done", result.estimates, _info(result), versions=result.versions,
            jobs=submitted,
        )  # fmt: skip

    def _setup(self, given: Mapping[str, Any]) -> Setup:
        return build_setup(
            self._plugins, given["protocol"], given.get("topology"), given.get("hardware"), given.get("link"),
            given["params"],
        )  # fmt: skip

    def _backend(self, name: str, options: Mapping[str, Any]) -> tuple[BackendSpec, CompiledOnce]:
        """Return a backend with these options, which is kept for the next tasks."""
        key = canonical([name, plain(options, "backend")])
        if key not in self._backends:
            if len(self._backends) >= _BACKENDS:
                self._backends.clear()
            spec, instance = backend_of(self._plugins, name, options)
            self._backends[key] = spec, CompiledOnce(instance)
        return self._backends[key]


def _info(result: RunResult) -> dict[str, Any]:
    hashes = "".join(record.result.circuit.content_hash for record in result.records)
    return {
        "method": result.method,
        "circuits": len(result.records),
        "circuits_hash": hashlib.sha256(hashes.encode()).hexdigest(),
    }
