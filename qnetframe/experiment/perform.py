"""Performing one task, wherever it is: whatever happens becomes an outcome, with its cost and versions."""

from __future__ import annotations

import functools
import importlib
import platform
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qnetframe.errors import InvalidInputError, PluginError, QnetframeError, UnsupportedError
from qnetframe.plugins import Plugins, discover
from qnetframe.tasks import Outcome, Task
from qnetframe.values import Estimate

RUN = "run"
_LONGEST_ERROR = 2000


@dataclass(frozen=True)
class Performer:
    """Performs tasks with the installed plugins and those of ``modules``, which are imported by name.

    It can be sent to another process, unless it has ``plugins`` of its own.
    """

    modules: tuple[str, ...] = ()
    plugins: Plugins | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        if self.plugins is not None:
            raise TypeError("plugins that were handed in stay in this process")
        return Performer, (self.modules,)

    @property
    def catalogs(self) -> Plugins:
        """The plugins that it performs with."""
        return self.plugins or plugins_of(self.modules)

    def kind(self, name: str) -> Any:
        """Return what tasks of a kind mean, a TaskKind; UnknownNameError for a kind that nobody defines."""
        return _kind(name, self.catalogs, threading.get_ident())

    def check(self, task: Task) -> None:
        """Raise what is wrong with the settings of a task, as far as its kind tells before it runs."""
        check = getattr(self.kind(task.kind), "check", None)
        if check is not None:
            check(task.settings)

    def __call__(self, task: Task) -> Outcome:
        """Return the outcome of a task; an error is one, too."""
        forget_peak_memory()
        start = time.perf_counter()
        try:
            done = _performed(self.kind(task.kind), task)
        except UnsupportedError as error:
            done = _without(task, "refused", error)
        except Exception as error:
            done = _without(task, "failed", error)
        seconds = time.perf_counter() - start
        return replace(
            done, task=task, seconds=seconds, peak_memory_bytes=peak_memory(), host=platform.node()
        )


@functools.lru_cache(maxsize=8)
def plugins_of(modules: tuple[str, ...]) -> Plugins:
    """Return the installed plugins and those of modules; PluginError for one that cannot be imported."""
    if not modules:
        return discover()
    found = []
    for name in modules:
        try:
            found.append(importlib.import_module(name))
        except Exception as error:
            raise PluginError(
                f"module {name!r} cannot be imported: {type(error).__name__}: {error}"
            ) from error
    plugins = Plugins(modules=found)
    for broken in plugins.broken:
        if broken.name in modules:
            raise PluginError(f"module {broken.name!r} is no plugin: {broken.reason}")
    return plugins


@functools.lru_cache(maxsize=32)
def _kind(name: str, plugins: Plugins, thread: int) -> Any:
    # A kind remembers things between tasks (what was compiled), and Dask's workers may have several threads.
    if name == RUN:
        from qnetframe.experiment.run_task import RunKind

        return RunKind(plugins)
    if name not in plugins.tasks:
        from qnetframe.errors import UnknownNameError

        raise UnknownNameError("kind of task", name, (RUN, *plugins.tasks))
    return plugins.make("task", name)


def _performed(kind: Any, task: Task) -> Outcome:
    perform: Callable[..., Mapping[str, Estimate] | Outcome] = kind.perform
    more = {"jobs": task.jobs} if task.kind == RUN else {}
    result = perform(task.settings, task.run_seed, **more)
    outcome = result if isinstance(result, Outcome) else Outcome(task, "done", result)
    estimates = outcome.estimates
    if not isinstance(estimates, Mapping) or not all(isinstance(e, Estimate) for e in estimates.values()):
        raise PluginError(
            f"kind of task {task.kind!r} must return a mapping of names to Estimates, got {result!r:.80}"
        )
    return replace(outcome, estimates={name: _plain(e, name) for name, e in estimates.items()})


def _plain(estimate: Estimate, name: str) -> Estimate:
    """Return the estimate in Python's own numbers: numpy's are no plain values."""
    try:
        shots = None if estimate.shots is None else int(estimate.shots)
        return Estimate(float(estimate.value), float(estimate.standard_error), shots)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"estimate {name!r} is {estimate!r:.80}; it must hold numbers") from error


def _without(task: Task, status: Any, error: Exception) -> Outcome:
    text = " ".join(str(error).split())
    if not isinstance(error, QnetframeError):
        text = f"{text} ({_place(error)})"
    return Outcome(task, status, error_kind=type(error).__name__, error=text[:_LONGEST_ERROR])


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "somewhere"
    return f"in {Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}"


def forget_peak_memory() -> None:
    """Begin to measure the peak of this process's memory anew, where the system can (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_memory() -> int | None:
    """Return the most memory (bytes) that this process has had at once; None where nobody tells."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    try:
        import resource
        import sys
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
