"""From what users write to the design of a sweep, checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe.experiment.perform import RUN, Performer
from qnetframe.experiment.run_task import canonical_name
from qnetframe.experiment.sweep.design import Axis, Design
from qnetframe.experiment.sweep.ranges import values_of

Place = tuple[str, ...]


class PlacedError(InvalidInputError):
    """What is wrong, and at which place of what was given: ("grid", "link.length_km")."""

    def __init__(self, place: Place, message: str) -> None:
        self.place = place
        super().__init__(message)


def build_design(
    name: str,
    kind: str,
    settings: Mapping[str, Any],
    grid: Mapping[str, Any],
    zipped: Sequence[Mapping[str, Any]],
    points: Sequence[Mapping[str, Any]],
    seeds: int | Sequence[int],
    seed: int = 0,
) -> Design:
    """Return the design; PlacedError says what is wrong where.

    ``grid`` has a list or range for each setting, of which all combinations are taken; in each table of
    ``zipped`` the values go together; each of ``points`` is one step. ``seeds`` is how many there are, from
    ``seed`` on, or the seeds themselves.
    """
    axes = [
        Axis(tuple({_name(kind, key): v} for v in _values(value, "grid", key))) for key, value in grid.items()
    ]
    for i, table in enumerate(zipped):
        axes.append(_zip(kind, table, ("zip", str(i))))
    if points:
        for i, point in enumerate(points):
            if not isinstance(point, Mapping) or not point:
                raise PlacedError(("points", str(i)), f"points[{i}] is {point!r:.60}; it must be a table")
        axes.append(Axis(tuple({_name(kind, k): v for k, v in point.items()} for point in points)))
    own = {_name(kind, key): value for key, value in settings.items()}
    where = ["grid"] * len(grid) + ["zip"] * len(zipped) + ["points"] * bool(points)
    try:
        for i, axis in enumerate(axes):  # one more at a time, so that the error has a place
            last = (where[i], axis.keys[0]) if where[i] == "grid" and axis.keys else (where[i],)
            Design(name, kind, own, tuple(axes[: i + 1]))
        last = ("seeds",)
        return Design(name, kind, own, tuple(axes), _seeds(seeds, seed))
    except InvalidInputError as error:
        raise PlacedError(last, str(error)) from error


def _name(kind: str, key: str) -> str:
    return canonical_name(key) if kind == RUN else key


def _values(given: Any, *place: str) -> list[Any]:
    try:
        values = values_of(given, place[-1])
    except QnetframeError as error:
        raise PlacedError(place, str(error)) from error
    if not values:
        raise PlacedError(place, f"{place[-1]} is empty; it needs at least one value")
    return values


def _zip(kind: str, table: Mapping[str, Any], place: Place) -> Axis:
    if not isinstance(table, Mapping) or not table:
        raise PlacedError(place, f"zip is {table!r:.60}; it must be a table of lists")
    columns = {_name(kind, key): _values(value, *place, key) for key, value in table.items()}
    lengths = {key: len(values) for key, values in columns.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{key} has {length}" for key, length in lengths.items())
        raise PlacedError(place, f"values that go together must be equally many; {said}")
    return Axis(tuple(dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)))


def _seeds(seeds: int | Sequence[int], first: int) -> tuple[int, ...]:
    checks.integer(first, "seed", low=0)
    if isinstance(seeds, Sequence) and not isinstance(seeds, str):
        return tuple(seeds)
    return tuple(range(first, first + checks.integer(seeds, "seeds", low=1)))


def check_design(design: Design, performer: Performer) -> None:
    """Try every axis at its values, without running anything; PlacedError says what is wrong where.

    A place is ("settings", name) for a setting that stays, and ("axis", name) for one that varies.
    """
    varied = {key for axis in design.axes for key in axis.keys}
    for tried, task in design.trials():
        try:
            performer.check(task)
        except QnetframeError as error:
            key = _culprit(str(error), tried or tuple(task.settings))
            place = ("axis" if key in varied else "settings", key) if key else ("settings",)
            raise PlacedError(place, str(error)) from error


def _culprit(message: str, keys: Sequence[str]) -> str:
    """Return which setting an error is about: messages name it, with or without its prefix."""
    if len(keys) == 1:
        return keys[0]
    for key in keys:
        last = key.rpartition(".")[2]
        if any(f"{text!r}" in message or message.startswith(f"{text} is") for text in (key, last)):
            return key
    for key in keys:
        if message.startswith((f"unknown {key} ", f"{key} ", f"unknown {key.partition('.')[0]} ")):
            return key
    return ""
