"""Prepare-and-measure protocols by name: their states, their sifting, the rate of what is sifted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from qnetframe_qkd.detection.experiment import Experiment
from qnetframe_qkd.detection.prepared import (
    PreparedStates,
    X,
    Z,
    b92_states,
    bb84_states,
    opposite,
    six_states,
)
from qnetframe_qkd.detection.sifting import Sifting, conclusive_b92, conclusive_sarg04, same_basis


@dataclass(frozen=True)
class Family:
    """What tells one prepare-and-measure protocol from another."""

    states: Callable[[], PreparedStates]
    sifting: Callable[[Experiment], Sifting]


def sarg04_states() -> PreparedStates:
    """Return each of the four states with each of the two pairs that it may be announced in."""
    states, labels = [], []
    for in_z in (0, 1):
        for in_x in (0, 1):
            pair = f"z{in_z}x{in_x}"
            states += [opposite(Z) if in_z else Z, opposite(X) if in_x else X]
            labels += [(pair, 0), (pair, 1)]
    return PreparedStates(tuple(states), tuple(labels), (Z, X), ("z", "x"))


FAMILIES: Mapping[str, Family] = {
    "bb84": Family(bb84_states, same_basis),
    "six-state": Family(six_states, same_basis),
    "b92": Family(b92_states, conclusive_b92),
    "sarg04": Family(sarg04_states, conclusive_sarg04),
}
