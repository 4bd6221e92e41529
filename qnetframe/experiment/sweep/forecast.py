"""How long a sweep will take: from rows of the store, else by running one task of each backend."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qnetframe.api import Executor
from qnetframe.experiment.perform import Performer
from qnetframe.experiment.store import Store
from qnetframe.experiment.sweep.design import Design
from qnetframe.experiment.sweep.progress import duration
from qnetframe.tasks import Task, chunks

# At most so many groups of tasks are tried; more backends than that share the mean.
_GROUPS = 12


@dataclass(frozen=True)
class Forecast:
    """The number of tasks, how many of them are in the store, and the time that the others take."""

    tasks: int
    present: int
    points: int
    seeds: int
    groups: Mapping[str, tuple[int, float, str]]
    workers: int

    @property
    def seconds(self) -> float:
        """The estimate of the time for what is not there yet, in seconds."""
        return sum(count * each for count, each, _ in self.groups.values()) / self.workers

    def __str__(self) -> str:
        lines = [
            f"{self.tasks} tasks: {self.points} points, {self.seeds} seeds each; {self.present} are done"
        ]
        for group, (count, each, source) in self.groups.items():
            lines.append(f"  {group}: {count} tasks of {each:.3g} s ({source})")
        workers = "1 worker" if self.workers == 1 else f"{self.workers} workers"
        lines.append(f"about {duration(self.seconds)} on {workers}; nothing was stored")
        return "\n".join(lines)


def forecast(design: Design, performer: Performer, store: str | Path, executor: Executor) -> Forecast:
    """Return the forecast; a backend that the store has no row of runs one task, twice to be warm."""
    present, counts, samples = _what_is_left(design, Path(store))
    known = _known(Path(store), design.kind)
    groups: dict[str, tuple[int, float, str]] = {}
    for group, count in counts.items():
        if group in known:
            groups[group] = (count, known[group], "mean of the rows in the store")
        elif len(groups) < _GROUPS:
            performer(samples[group])
            outcome = performer(samples[group])
            said = "one was tried" if outcome.status == "done" else f"one was tried: {outcome.status}"
            groups[group] = (count, outcome.seconds, said)
        else:
            mean = sum(each for _, each, _ in groups.values()) / len(groups)
            groups[group] = (count, mean, "as the others")
    seeds = len(design.seeds)
    return Forecast(len(design), present, len(design) // seeds, seeds, groups, executor.workers)


def _what_is_left(design: Design, store: Path) -> tuple[int, Counter[str], dict[str, Task]]:
    present = 0
    counts: Counter[str] = Counter()
    samples: dict[str, Task] = {}
    opened = Store(store, write=False) if store.exists() and store.stat().st_size else None
    try:
        for chunk in chunks(design.tasks(), 500):
            there = opened.statuses(chunk) if opened else {}
            for task in chunk:
                if task.id in there:
                    present += 1
                    continue
                group = _group(task.kind, task.settings)
                counts[group] += 1
                samples.setdefault(group, task)
    finally:
        if opened:
            opened.close()
    return present, counts, samples


def _group(kind: str, settings: Mapping[str, Any]) -> str:
    parts = [str(settings[key]) for key in ("protocol", "backend") if key in settings]
    return " on ".join(parts) or kind


def _known(store: Path, kind: str) -> dict[str, float]:
    """Return the mean wall time of each group that the store has done tasks of."""
    if not store.exists() or not store.stat().st_size:
        return {}
    totals: dict[str, tuple[int, float]] = {}
    with Store(store, write=False) as opened:
        seconds = opened.seconds()
        for point in itertools.islice(opened.points(kind), 100_000):
            count, total = seconds.get(point.number, (0, 0.0))
            before = totals.get(_group(kind, point.settings), (0, 0.0))
            totals[_group(kind, point.settings)] = (before[0] + count, before[1] + total)
    return {group: total / count for group, (count, total) in totals.items() if count}
