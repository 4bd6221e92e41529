"""``sweep``: many runs, into a store, on any executor."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.experiment.networks import RouteBy
from qnetframe.experiment.perform import RUN, Performer
from qnetframe.experiment.store import Store
from qnetframe.experiment.sweep.build import build_design, check_design
from qnetframe.experiment.sweep.design import Design
from qnetframe.experiment.sweep.progress import Tally, display
from qnetframe.experiment.sweep.running import run_design
from qnetframe.plugins import Plugins


@dataclass(frozen=True)
class SweepResult:
    """A finished sweep: where its rows are, and how many of them ended how."""

    name: str
    store: Path
    tasks: int
    ran: int
    failed: int
    refused: int
    submitted: int
    seconds: float

    def open(self) -> Store:
        """Return the store, to read from."""
        return Store(self.store, write=False)

    def to_pandas(self) -> Any:
        """Return a DataFrame with one row for each task of the store."""
        with self.open() as store:
            return store.to_pandas()

    def __str__(self) -> str:
        done = self.tasks - self.failed - self.refused - self.submitted
        parts = [f"{done} of {self.tasks} tasks are done"]
        for count, word in (
            (self.failed, "failed"),
            (self.refused, "were refused"),
            (self.submitted, "wait"),
        ):
            if count:
                parts.append(f"{count} {word}")
        now = f"{self.ran} ran now, in {self.seconds:.1f} s"
        return f"{self.name}: {', '.join(parts)}; {now}; store: {self.store}"


def sweep(
    protocol: str | None = None,
    *,
    over: Mapping[str, Any] | None = None,
    zipped: Sequence[Mapping[str, Any]] = (),
    points: Sequence[Mapping[str, Any]] = (),
    backends: Sequence[str] | None = None,
    topology: str | None = None,
    hardware: str | Mapping[str, str] | None = None,
    link: str | None = None,
    params: Mapping[str, Any] | None = None,
    shots: int | None = None,
    stop: Mapping[str, float | str] | None = None,
    nodes: Mapping[str, str] | None = None,
    waiting: Literal["none", "mean"] = "none",
    routing: Literal["refuse", "swap"] = "refuse",
    twirl: bool = False,
    ends: tuple[str, str] | None = None,
    route_by: RouteBy = "length",
    kind: str = RUN,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    seeds: int | Sequence[int] = 1,
    store: str | Path = "runs.db",
    executor: str = "inline",
    options: Mapping[str, Any] | None = None,
    modules: Iterable[str] = (),
    resume: bool = True,
    retry_failed: bool = False,
    collect_every: float = 0.0,
    progress: bool | None = None,
    name: str = "",
    plugins: Plugins | None = None,
) -> SweepResult:
    """Run every combination of what ``over`` lists, on every backend, with every seed, into a store.

    ``over`` has a list for each setting, or a range ``{"from": 0, "to": 50, "step": 10}``; in each mapping
    of ``zipped`` the lists go together; each of ``points`` is one step on its own. What does not vary are
    the arguments of ``run``, or for another ``kind`` of task its ``settings``. With ``stop``, for example
    ``{"standard_error": 0.01}``, shots are added until they are enough; see ``adaptive.Stop``.

    ``executor`` says where tasks run, with its ``options``; plugins that are not installed are named as
    ``modules``. What is in the store already is not computed again; with ``collect_every`` (seconds) devices
    that queue their jobs are asked again and again until all tasks are done. Everything is checked before
    anything runs: InvalidInputError.

    A task that fails is a row, not the end. Ctrl-C and SIGTERM keep everything finished and raise Stopped,
    a KeyboardInterrupt. See ``run`` for the other parameters.
    """
    own = _settings(kind, settings, {
        "protocol": protocol, "topology": topology, "hardware": hardware, "link": link, "shots": shots,
        "nodes": nodes, "waiting": waiting, "routing": routing, "twirl": twirl, "ends": ends,
        "route_by": route_by, **{f"stop.{key}": value for key, value in (stop or {}).items()},
    }, params)  # fmt: skip
    grid = dict(over or {})
    if backends is not None:
        if "backend" in grid:
            raise InvalidInputError("backends and over['backend'] are both given; give one")
        grid["backend"] = [backends] if isinstance(backends, str) else backends
    performer = Performer(tuple(modules), plugins)
    design = build_design(name or protocol or kind, kind, own, grid, zipped, points, seeds, seed)
    check_design(design, performer)
    return run_into(
        design, performer, store, executor, options or {},
        resume=resume, retry_failed=retry_failed, collect_every=collect_every, progress=progress,
    )  # fmt: skip


def run_into(
    design: Design,
    performer: Performer,
    store: str | Path,
    executor: str,
    options: Mapping[str, Any],
    *,
    resume: bool = True,
    retry_failed: bool = False,
    collect_every: float = 0.0,
    progress: bool | None = None,
) -> SweepResult:
    """Run a checked design on an executor, given by name, into a store, given by path."""
    checks.non_negative(collect_every, "collect_every (seconds)")
    place = performer.catalogs.make("executor", executor, options)
    tally = Tally(len(design))
    ran = 0
    with Store(store) as opened, display(progress, design.name, len(design)) as shown:
        opened.note_sweep(design.name, design.definition(), len(design))
        while True:
            run_design(
                design, opened, place, performer, tally, shown, resume=resume, retry_failed=retry_failed
            )
            ran += tally.came
            if not tally.submitted or not collect_every:
                break
            time.sleep(collect_every)
            tally, resume, retry_failed = Tally(len(design), started=tally.started), True, False
        return SweepResult(
            design.name, opened.path, tally.total, ran, tally.failed, tally.refused, tally.submitted,
            tally.elapsed,
        )  # fmt: skip


_DEFAULTS = {"waiting": "none", "routing": "refuse", "twirl": False, "route_by": "length"}


def _settings(
    kind: str, settings: Mapping[str, Any] | None, given: Mapping[str, Any], params: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the settings that stay; arguments left at their defaults are not among them."""
    own = dict(settings or {})
    arguments = {k: v for k, v in given.items() if v is not None and _DEFAULTS.get(k) != v}
    if kind != RUN:
        if arguments or params:
            names = ", ".join([*arguments, *(["params"] if params else [])])
            raise InvalidInputError(f"{names} is for tasks of kind 'run'; give settings= for kind {kind!r}")
        return own
    for key, value in (params or {}).items():
        # A bare name is the protocol's own parameter, whatever else is called so.
        own[key if "." in key else f"protocol.{key}"] = value
    return own | arguments
