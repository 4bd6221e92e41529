"""Experiment files: TOML that says what to sweep, read with errors that name the line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qnetframe.errors import InvalidInputError, QnetframeError, UnknownNameError
from qnetframe.experiment.perform import RUN, Performer
from qnetframe.experiment.sweep.build import PlacedError, build_design, check_design
from qnetframe.experiment.sweep.design import Design
from qnetframe.experiment.sweep.lines import lines_of

_KEYS: Mapping[str, tuple[type, ...]] = {
    "name": (str,), "kind": (str,), "store": (str,), "executor": (str, dict), "modules": (list,),
    "seed": (int,), "seeds": (int, list), "settings": (dict,), "grid": (dict,), "zip": (list,),
    "points": (list,),
}  # fmt: skip
_WORDS = {str: "text", int: "a whole number", list: "a list", dict: "a table"}


@dataclass(frozen=True)
class Experiment:
    """What an experiment file says: the design of a sweep, and where it runs and is stored."""

    design: Design
    performer: Performer
    executor: str = "inline"
    options: Mapping[str, Any] | None = None
    store: str = ""


def read_experiment(path: str | Path) -> Experiment:
    """Read and check an experiment file; InvalidInputError names the file, the line and what is wrong.

    Settings, protocols, networks and devices are made and checked; no simulator is loaded and nothing runs.
    """
    target = Path(path)
    try:
        text = target.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"experiment '{path}' cannot be read: {error}") from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInputError(f"{target}: {error}") from error
    try:
        return _experiment(data, target.stem)
    except PlacedError as error:
        line = _line(lines_of(text), error.place, data)
        raise InvalidInputError(f"{target}, line {line}: {error}") from error


def _experiment(data: Mapping[str, Any], stem: str) -> Experiment:
    for key, value in data.items():
        _check_key(key, value)
    modules = tuple(data.get("modules", ()))
    if not all(isinstance(name, str) for name in modules):
        raise PlacedError(("modules",), "modules must be a list of the names of modules")
    performer = Performer(modules)
    design = build_design(
        data.get("name", stem), data.get("kind", RUN), data.get("settings", {}), data.get("grid", {}),
        data.get("zip", []), data.get("points", []), data.get("seeds", 1), data.get("seed", 0),
    )  # fmt: skip
    try:
        performer.kind(design.kind)
    except QnetframeError as error:
        raise PlacedError(("kind",) if "kind" in data else ("modules",), str(error)) from error
    executor, options = _executor(data.get("executor", "inline"))
    check_design(design, performer)
    return Experiment(design, performer, executor, options, data.get("store", ""))


def _check_key(key: str, value: Any) -> None:
    if key not in _KEYS:
        hint = f"A setting goes under [settings]: {key} = …"
        raise PlacedError((key,), str(UnknownNameError("key", key, _KEYS, hint)))
    if not isinstance(value, _KEYS[key]) or isinstance(value, bool):
        allowed = " or ".join(_WORDS[kind] for kind in _KEYS[key])
        raise PlacedError((key,), f"{key} is {value!r:.60}; it must be {allowed}")


def _executor(given: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(given, str):
        return given, {}
    options = dict(given)
    name = options.pop("name", None)
    if not isinstance(name, str):
        raise PlacedError(("executor",), "executor is a table without a name; give name = and its options")
    return name, options


def _line(lines: Mapping[tuple[str, ...], int], place: tuple[str, ...], data: Mapping[str, Any]) -> int:
    """Return the line of a place, or of the nearest table around it."""
    if place[0] == "axis":
        key = place[1]
        tables = [("grid",), *(("zip", str(i)) for i in range(len(data.get("zip", []))))]
        tables += [("points", str(i)) for i in range(len(data.get("points", [])))]
        names = (key, f"protocol.{key}")
        found = [(*table, name) for table in tables for name in names if (*table, name) in lines]
        place = found[0] if found else ("grid",)
    elif place[0] == "settings" and place not in lines and len(place) > 1:
        place = ("settings", f"protocol.{place[1]}")
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)
