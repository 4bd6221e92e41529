"""Single values of the calibration files, in SI units, and the notes of what was corrected."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Entries = Iterable[Mapping[str, Any]]

# Both micro signs occur in practice: U+00B5 and U+03BC.
SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "\u00b5s": 1e-6, "\u03bcs": 1e-6, "ns": 1e-9, "ps": 1e-12}

_TIMES = frozenset({"T1", "T2", "readout_length", "gate_length"})


@dataclass(frozen=True)
class Reading:
    """One value as it was found: ``value`` None where it cannot be used, ``said`` what to say of it."""

    value: float | None
    said: str


def read(entries: Entries, name: str) -> Reading:
    """Return the entry called ``name``; times in seconds. Missing, negative, non-finite values give None."""
    entry = next((e for e in entries if e["name"] == name), None)
    if entry is None:
        return Reading(None, "is not reported")
    raw, unit = entry["value"], entry.get("unit", "")
    said = f"is {raw!r}{' ' + unit if unit else ''}"
    scale = SECONDS.get(unit) if name in _TIMES else 1.0
    if scale is None or isinstance(raw, bool) or not isinstance(raw, int | float):
        return Reading(None, said)
    return Reading(raw * scale if math.isfinite(raw) and raw >= 0 else None, said)


def read_probability(entries: Entries, name: str) -> Reading:
    """Return the entry called ``name``, None also above 1."""
    reading = read(entries, name)
    return reading if reading.value is None or reading.value <= 1 else Reading(None, reading.said)
