"""Where the snapshots are: found and read through the package's metadata, never by importing it."""

from __future__ import annotations

import importlib.metadata
import json
import os
from typing import Any

from qnetframe.errors import PluginError, UnknownNameError
from qnetframe.network.calibration import Calibration
from qnetframe_ibm.snapshot import parse

DISTRIBUTION = "qiskit-ibm-runtime"
PREFIX = "ibm-"
_FOLDER = "qiskit_ibm_runtime/fake_provider/backends"


def version() -> str | None:
    """Return the version of the installed qiskit-ibm-runtime, None without it."""
    try:
        return importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        return None


def folder() -> str:
    """Return the folder of the snapshots; PluginError where it is missing."""
    try:
        found = str(importlib.metadata.distribution(DISTRIBUTION).locate_file(_FOLDER))
    except importlib.metadata.PackageNotFoundError:
        raise PluginError(
            f"qnetframe-ibm reads the calibration snapshots that {DISTRIBUTION} ships; it is not installed:"
            f" pip install {DISTRIBUTION}"
        ) from None
    if not os.path.isdir(found):
        raise PluginError(
            f"{DISTRIBUTION} {version()} has no folder {_FOLDER}; qnetframe-ibm knows the layout of version"
            " 0.51: install that"
        )
    return found


def _paths(base: str, device: str) -> tuple[str, str]:
    where = os.path.join(base, device)
    return os.path.join(where, f"conf_{device}.json"), os.path.join(where, f"props_{device}.json")


def device_names() -> tuple[str, ...]:
    """Return the names of the snapshots, sorted, without opening any; PluginError without their folder."""
    base = folder()
    names = (entry.name for entry in os.scandir(base) if entry.is_dir())
    return tuple(sorted(PREFIX + name for name in names if all(map(os.path.isfile, _paths(base, name)))))


def load(name: str) -> Calibration:
    """Return the snapshot ``name``; UnknownNameError without one, PluginError for a file that is not one."""
    known = device_names()
    if name not in known:
        hint = f"These are the snapshots of {DISTRIBUTION} {version()}."
        raise UnknownNameError("hardware", name, known, hint)
    configuration, properties = (_read(path) for path in _paths(folder(), name.removeprefix(PREFIX)))
    try:
        return parse(name, configuration, properties)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise PluginError(
            f"{name}: the calibration files of {DISTRIBUTION} {version()} are not laid out as expected"
            f" ({type(error).__name__}: {error})"
        ) from error


def _read(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise PluginError(f"calibration file {os.path.basename(path)} cannot be read: {error}") from error
