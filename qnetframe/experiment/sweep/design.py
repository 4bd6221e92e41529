"""What a sweep computes: settings that stay, axes that vary, seeds; its tasks are made one by one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.tasks import Task, canonical, plain

# So many values of an axis are checked before anything runs; a wrong one among the others is a failed task.
_CHECKED = 100


@dataclass(frozen=True)
class Axis:
    """Steps, each of which sets some settings: one of a grid, several that go together, or whole points."""

    steps: tuple[Mapping[str, Any], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The settings that it sets, in the order in which they first come."""
        return tuple(dict.fromkeys(key for step in self.steps for key in step))


@dataclass(frozen=True)
class Design:
    """Every combination of the steps of all axes with every seed, the seeds innermost.

    Raises InvalidInputError for an empty axis, a step or seed that comes twice, and a setting that two axes
    set.
    """

    name: str
    kind: str
    settings: Mapping[str, Any]
    axes: tuple[Axis, ...] = ()
    seeds: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        if not self.seeds:
            raise InvalidInputError("seeds is empty; a sweep needs at least one seed")
        for seed in self.seeds:
            checks.integer(seed, "seeds", low=0, high=(1 << 63) - 1)
        _unlike(self.seeds, "seeds")
        taken: dict[str, None] = {}
        for axis in self.axes:
            name = ", ".join(axis.keys) or "an axis"
            if not axis.steps:
                raise InvalidInputError(f"{name} is empty; it needs at least one value")
            for key in axis.keys:
                if key in taken:
                    raise InvalidInputError(f"{key!r} is set by two axes; name it once")
                taken[key] = None
            _unlike([canonical(plain(step, name)) for step in axis.steps], name)

    def __len__(self) -> int:
        return math.prod(len(axis.steps) for axis in self.axes) * len(self.seeds)

    def tasks(self) -> Iterator[Task]:
        """Yield the tasks, in the order of the axes."""
        for settings in self.points():
            for seed in self.seeds:
                yield Task(self.kind, settings, seed)

    def points(self) -> Iterator[dict[str, Any]]:
        """Yield the settings of every point."""
        for steps in itertools.product(*(axis.steps for axis in self.axes)):
            settings = dict(self.settings)
            for step in steps:
                settings.update(step)
            yield settings

    def trials(self) -> Iterator[tuple[tuple[str, ...], Task]]:
        """Yield tasks that try every axis, one at a time, with the settings that each tries; all come first.

        An axis of many values is tried at some of them, the ends included.
        """
        first = {key: value for axis in self.axes for key, value in axis.steps[0].items()}
        yield (), Task(self.kind, {**self.settings, **first}, self.seeds[0])
        for axis in self.axes:
            rest = {k: v for other in self.axes if other is not axis for k, v in other.steps[0].items()}
            for step in _some(axis.steps[1:]):
                yield tuple(step), Task(self.kind, {**self.settings, **rest, **step}, self.seeds[0])

    def definition(self) -> dict[str, Any]:
        """Return the design as plain values, for the record."""
        return {
            "kind": self.kind,
            "settings": plain(self.settings, "settings"),
            "axes": [{"keys": list(axis.keys), "steps": len(axis.steps)} for axis in self.axes],
            "seeds": len(self.seeds),
        }


def _some(steps: Sequence[Any]) -> Sequence[Any]:
    if len(steps) <= _CHECKED:
        return steps
    return [steps[round(i * (len(steps) - 1) / (_CHECKED - 1))] for i in range(_CHECKED)]


def _unlike(values: Sequence[Any], where: str) -> None:
    seen = set()
    for value in values:
        if value in seen:
            raise InvalidInputError(f"{where} has {value} twice; each task is computed once")
        seen.add(value)
