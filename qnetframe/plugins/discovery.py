"""Where plugins come from: the entry points of installed distributions, and files that the user names.

``QNETFRAME_DISABLE_PLUGINS`` leaves plugins out without importing them: names of distributions or of entry
points, or patterns of them, separated by commas; "all" leaves out all. ``QNETFRAME_PLUGINS`` names python
files, or folders that are packages, separated as in PATH. Worker processes inherit both.
"""

from __future__ import annotations

import fnmatch
import importlib.metadata
import importlib.util
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

GROUP = "qnetframe"
DISABLE, FILES = "QNETFRAME_DISABLE_PLUGINS", "QNETFRAME_PLUGINS"
# Of the plugins here none takes a tenth of this, and a command line should answer at once.
SLOW_SECONDS = 1.0
_STILL_IMPORTING_SECONDS = 10.0
# A requirement of the host itself, not of another plugin.
_OF_THE_HOST = re.compile(r"qnetframe(?![\w.-])", re.IGNORECASE)


class Source(NamedTuple):
    """Where a spec comes from: a distribution and its version."""

    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}".strip()


class BrokenPlugin(NamedTuple):
    """A plugin that is left out as a whole, and why."""

    name: str
    distribution: str
    version: str
    reason: str


@dataclass(frozen=True)
class Candidate:
    """An imported plugin that has not been checked yet."""

    name: str
    source: Source
    module: Any
    import_seconds: float = 0.0

    def broken(self, reason: str) -> BrokenPlugin:
        """Return the record that this plugin is left out for ``reason``."""
        return BrokenPlugin(self.name, *self.source, reason)


def reason_of(error: BaseException) -> str:
    """Return one line that says what went wrong."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def builtin_candidate() -> Candidate:
    """Return what ships with the host, as a plugin like any other."""
    from qnetframe.builtin import hooks

    try:
        version = importlib.metadata.version("qnetframe")
    except importlib.metadata.PackageNotFoundError:  # run from a source tree that is not installed
        version = ""
    return Candidate("builtin", Source("qnetframe", version), hooks)


def module_candidates(modules: Iterable[Any]) -> Iterator[Candidate]:
    """Yield modules (or any objects with hooks) that the caller hands in."""
    for module in modules:
        name = getattr(module, "__name__", type(module).__name__)
        yield Candidate(name, Source(name, str(getattr(module, "__version__", ""))), module)


@dataclass(frozen=True)
class Found:
    """A plugin that has not been imported: an entry point, or a file. ``problem`` says why it will not be."""

    name: str
    source: Source
    target: str
    load: Callable[[], Any]
    problem: str = ""

    def imported(self) -> Candidate | BrokenPlugin:
        """Import it, unless there is a problem already."""
        if self.problem:
            return BrokenPlugin(self.name, *self.source, self.problem)
        return _imported(self)


def installed_candidates(
    distributions: Iterable[importlib.metadata.Distribution] | None = None,
) -> Iterator[Candidate | BrokenPlugin]:
    """Yield the plugins of every installed distribution, by name of distribution, then of entry point.

    One distribution at a time: unreadable metadata or a failing import is that distribution's alone.
    """
    yield from (found.imported() for found in installed(distributions))


def outside_candidates() -> Iterator[Candidate | BrokenPlugin]:
    """Yield what is installed, then the files that the user names, imported."""
    yield from (found.imported() for found in outside())


def outside() -> Iterator[Found]:
    """Yield what is installed and the files that the user names, without importing any."""
    yield from installed()
    for text in filter(None, os.environ.get(FILES, "").split(os.pathsep)):
        path = Path(text)
        problem = f"disabled by {DISABLE}" if is_disabled(path.name, path.stem) else ""
        yield Found(path.stem, Source(path.name, ""), text, partial(module_of_file, path), problem)


def installed(distributions: Iterable[importlib.metadata.Distribution] | None = None) -> Iterator[Found]:
    """Yield the plugins of every installed distribution, by name of distribution, then of entry point."""
    found: dict[str, importlib.metadata.Distribution] = {}
    for distribution in importlib.metadata.distributions() if distributions is None else distributions:
        if f"[{GROUP}]" in (_text(distribution, "entry_points.txt") or ""):
            # A distribution that is found twice is shadowed, as modules are: the first on the path counts.
            found.setdefault(_field(distribution, "Name") or "unnamed", distribution)
    for name in sorted(found):
        yield from _of_distribution(name, found[name])


def _of_distribution(name: str, distribution: importlib.metadata.Distribution) -> Iterator[Found]:
    source = Source(name, _field(distribution, "Version"))
    try:
        points = sorted(distribution.entry_points.select(group=GROUP), key=lambda p: p.name)
    except Exception as error:
        yield Found(name, source, "", dict, f"its entry points cannot be read: {reason_of(error)}")
        return
    unfit = _unfit(distribution)
    for point in points:
        problem = f"disabled by {DISABLE}" if is_disabled(name, point.name) else unfit
        yield Found(point.name, source, point.value, point.load, problem)


def module_of_file(path: Path) -> Any:
    """Import a python file, or a folder that is a package, under its own name, as if it were on the path."""
    path = path.resolve()
    file, folders = (path / "__init__.py", [str(path)]) if path.is_dir() else (path, None)
    known = sys.modules.get(path.stem)
    if known is not None and Path(getattr(known, "__file__", None) or "").resolve() == file:
        return known
    spec = importlib.util.spec_from_file_location(path.stem, file, submodule_search_locations=folders)
    if spec is None or spec.loader is None or not file.is_file():
        raise FileNotFoundError(f"{path} is no python file and no package")
    if known is not None:
        raise ImportError(f"there is a module {path.stem!r} already; give {path.name} another name")
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[path.stem]
        raise
    return module


def is_disabled(*names: str) -> bool:
    """Whether ``QNETFRAME_DISABLE_PLUGINS`` has one of these names, or a pattern of it."""
    given = [p.strip() for p in os.environ.get(DISABLE, "").split(",") if p.strip()]
    return any(p == "all" or fnmatch.fnmatchcase(name, p) for p in given for name in names)


def _imported(found: Found) -> Candidate | BrokenPlugin:
    timer = threading.Timer(_STILL_IMPORTING_SECONDS, _say_still_importing, (found,))
    timer.daemon = True
    timer.start()
    start = time.perf_counter()
    try:
        return Candidate(found.name, found.source, found.load(), time.perf_counter() - start)
    except (Exception, SystemExit) as error:
        reason = f"import of {found.target} failed: {reason_of(error)}"
        return BrokenPlugin(found.name, *found.source, reason)
    finally:
        timer.cancel()


def _say_still_importing(found: Found) -> None:
    logging.getLogger(__name__).warning(
        "still importing plugin %s of %s after %.0f s; 'qnetframe plugins --probe' finds plugins that hang, "
        "%s=%s leaves this one out", found.name, found.source, _STILL_IMPORTING_SECONDS, DISABLE, found.name,
    )  # fmt: skip


def _unfit(distribution: importlib.metadata.Distribution) -> str:
    """Return why a distribution does not go with this version of the host; empty if it does."""
    try:
        wanted = [r for r in distribution.requires or () if _OF_THE_HOST.match(r)]
        here = importlib.metadata.version("qnetframe")
    except Exception:  # metadata that cannot be read, or a host that is not installed
        return ""
    if not any(c in r for r in wanted for c in "<>=~!"):
        return ""
    from packaging.requirements import InvalidRequirement, Requirement

    for text in wanted:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if requirement.name == "qnetframe" and applies and not requirement.specifier.contains(here, True):
            return f"it needs {text}, this is qnetframe {here}; upgrade one of the two"
    return ""


def _text(distribution: importlib.metadata.Distribution, name: str) -> str | None:
    try:
        return distribution.read_text(name)
    except (OSError, UnicodeDecodeError):
        return None


def _field(distribution: importlib.metadata.Distribution, name: str) -> str:
    try:
        return str(distribution.metadata[name] or "")
    except Exception:
        return ""
