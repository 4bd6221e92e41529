"""A device with where each of its numbers comes from, kept on disk once derived."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qnetframe.channels import Channel
from qnetframe.errors import UnknownNameError
from qnetframe.network import Hardware

CACHE_VARIABLE = "QNETFRAME_CACHE"


@dataclass(frozen=True)
class Number:
    """One number; ``kind`` is measured (by a paper), derived (by a model), assumed, or given (by hand)."""

    name: str
    value: float
    unit: str
    kind: str
    source: str


@dataclass(frozen=True, eq=False)
class Derived:
    """A device, its ``numbers``, the infidelity ``budget`` of its entangler, and the solver versions."""

    hardware: Hardware
    numbers: tuple[Number, ...]
    budget: Mapping[str, float]
    versions: Mapping[str, str]


def derived_hardware(name: str, **params: Any) -> Derived:
    """Return a device of this pack with its provenance; for parameters see ``qnetframe plugins NAME``."""
    from qnetframe_hardware.bridges.profiles import PROFILES

    if name not in PROFILES:
        raise UnknownNameError("hardware of this pack", name, PROFILES)
    return PROFILES[name](**params)


def versions() -> dict[str, str]:
    """Return the versions of what derived numbers depend on."""
    found = {}
    for package in ("qnetframe-hardware", "numpy", "scipy", "qutip"):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def folder() -> Path:
    """Return where derived channels are kept: $QNETFRAME_CACHE, else the user's cache folder."""
    if CACHE_VARIABLE in os.environ:
        return Path(os.environ[CACHE_VARIABLE])
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "qnetframe" / "hardware"


def cached_gate(model: Callable[..., Any], **params: Any) -> dict[str, Any]:
    """Return "channel", "infidelity", "leakage", "duration" and "budget" of a gate that ``model(**params)``
    derives.

    The file's name is a hash of the model, the parameters and all versions, so that nothing stale is ever
    read. A folder that cannot be written costs only time.
    """
    key = {"model": f"{model.__module__}.{model.__qualname__}", "params": params, "versions": versions()}
    text = json.dumps(key, sort_keys=True, default=str)
    path = folder() / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"
    data = _read(path, key)
    if data is None:
        gate = model(**params)
        data = {
            "key": key,
            "channel": gate.channel.to_dict(),
            "infidelity": gate.infidelity,
            "leakage": getattr(gate, "leakage", 0.0),
            "duration": gate.duration,
            "budget": dict(getattr(gate, "budget", {})),
        }
        _write(path, data)
    return {**data, "channel": Channel.from_dict(data["channel"])}


def _read(path: Path, key: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if data.get("key") == json.loads(json.dumps(key, default=str)) else None


def _write(path: Path, data: Mapping[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            json.dump(data, file, default=str)
        os.replace(file.name, path)  # whole or not at all, also with several processes
    except OSError:
        return


def table(derived: Derived) -> list[dict[str, Any]]:
    """Return the numbers as rows of plain values."""
    return [asdict(number) for number in derived.numbers]
