"""Where plugins come from: the entry points of installed distributions, and what is imported from them."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

GROUP = "qnetframe"


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


def installed_candidates(
    distributions: Iterable[importlib.metadata.Distribution] | None = None,
) -> Iterator[Candidate | BrokenPlugin]:
    """Yield the plugins of every installed distribution, by name of distribution, then of entry point.

    One distribution at a time: unreadable metadata or a failing import is that distribution's alone.
    """
    found: dict[str, importlib.metadata.Distribution] = {}
    for distribution in importlib.metadata.distributions() if distributions is None else distributions:
        if f"[{GROUP}]" in (_text(distribution, "entry_points.txt") or ""):
            # A distribution that is found twice is shadowed, as modules are: the first on the path counts.
            found.setdefault(_field(distribution, "Name") or "unnamed", distribution)
    for name in sorted(found):
        yield from _candidates_of(name, found[name])


def _candidates_of(
    name: str, distribution: importlib.metadata.Distribution
) -> Iterator[Candidate | BrokenPlugin]:
    source = Source(name, _field(distribution, "Version"))
    try:
        points = sorted(distribution.entry_points.select(group=GROUP), key=lambda p: p.name)
    except Exception as error:
        yield BrokenPlugin(name, *source, f"its entry points cannot be read: {reason_of(error)}")
        return
    for point in points:
        try:
            yield Candidate(point.name, source, point.load())
        except (Exception, SystemExit) as error:
            yield BrokenPlugin(point.name, *source, f"import of {point.value} failed: {reason_of(error)}")


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
