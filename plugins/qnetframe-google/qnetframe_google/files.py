"""Where the calibrations are: found and read through the package's metadata, never by importing it."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
from functools import lru_cache
from typing import Any

from qnetframe.errors import InvalidInputError, PluginError, UnknownNameError
from qnetframe.network.calibration import Calibration
from qnetframe_google import textproto
from qnetframe_google.snapshot import parse

DISTRIBUTION = "cirq-google"
PREFIX = "google-"
_FOLDER = "cirq_google/devices"
# A device, then a stamp such as 2021_11_16 or d7v1-2024_08_16.
_CALIBRATION = re.compile(r"(?P<device>[a-z]+(?:_[a-z]+)*?)_[a-z]*\d[\w-]*_calibration\.json")


def version() -> str | None:
    """Return the version of the installed cirq-google, None without it."""
    try:
        return importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        return None


def _folder(kind: str) -> str:
    try:
        found = str(importlib.metadata.distribution(DISTRIBUTION).locate_file(f"{_FOLDER}/{kind}"))
    except importlib.metadata.PackageNotFoundError:
        raise PluginError(
            f"qnetframe-google reads the calibrations that {DISTRIBUTION} ships; it is not installed:"
            f" pip install {DISTRIBUTION}"
        ) from None
    if not os.path.isdir(found):
        raise PluginError(
            f"{DISTRIBUTION} {version()} has no folder {_FOLDER}/{kind}; qnetframe-google knows the layout of"
            " version 1.7: install that"
        )
    return found


def _paths() -> dict[str, tuple[str, str]]:
    """Return (calibration, specification) of every device that has both; the newest of each counts."""
    calibrations, specifications = _folder("calibrations"), _folder("specifications")
    known = sorted(os.listdir(specifications))
    found = {}
    for file in sorted(os.listdir(calibrations)):
        match = _CALIBRATION.fullmatch(file)
        if match is None:
            continue
        device = match["device"]
        fitting = [
            f
            for f in known
            if f.startswith(f"{device}_") and f.endswith("_device_spec_for_grid_device.proto.txt")
        ]
        if fitting:
            found[f"{PREFIX}{device}"] = (
                os.path.join(calibrations, file),
                os.path.join(specifications, fitting[-1]),
            )
    return found


def device_names() -> tuple[str, ...]:
    """Return the names of the devices, sorted, without opening a file; PluginError without their folder."""
    return tuple(sorted(_paths()))


def load(name: str, two_qubit_error: str = "cycle") -> Calibration:
    """Return the calibration ``name``; UnknownNameError without one, PluginError for a file that is none."""
    paths = _paths()
    if name not in paths:
        hint = f"These are the devices of {DISTRIBUTION} {version()}."
        raise UnknownNameError("hardware", name, paths, hint)
    if two_qubit_error not in ("cycle", "gate"):
        raise InvalidInputError(
            f"{name}: two_qubit_error is {two_qubit_error!r}; it must be 'cycle' or 'gate'"
        )
    return _load(name, *paths[name], two_qubit_error)


@lru_cache(maxsize=8)
def _load(name: str, calibration: str, specification: str, two_qubit_error: str) -> Calibration:
    try:
        metrics = json.loads(_read(calibration))["metrics"]["metrics"]
        document = textproto.parse(_read(specification))
        return parse(name, document, metrics, two_qubit_error == "gate")
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise PluginError(
            f"{name}: the calibration files of {DISTRIBUTION} {version()} are not laid out as expected"
            f" ({type(error).__name__}: {error})"
        ) from error


def _read(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise PluginError(f"calibration file {os.path.basename(path)} cannot be read: {error}") from error
