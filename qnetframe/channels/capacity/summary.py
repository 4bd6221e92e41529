"""Every capacity of a channel at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qnetframe.channels.capacity.degradability import is_antidegradable, is_degradable
from qnetframe.channels.capacity.ensembles import HolevoCapacity, holevo_capacity
from qnetframe.channels.capacity.inputs import Optimum, best_coherent, best_mutual, best_reverse
from qnetframe.channels.capacity.maps import ChannelLike, as_map
from qnetframe.channels.capacity.quantum import (
    classical_capacity,
    private_capacity,
    quantum_capacity,
    two_way_capacity,
)
from qnetframe.states.bounds import Bounds


@dataclass(frozen=True, eq=False)
class Capacities:
    """All that is known of what a channel carries a use; bits or qubits, logarithms base 2."""

    channel: str
    degradable: bool
    antidegradable: bool
    coherent_information: Optimum
    reverse_coherent_information: Optimum
    holevo: HolevoCapacity
    entanglement_assisted: Optimum
    quantum: Bounds
    private: Bounds
    classical: Bounds
    two_way: Bounds

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        single = ("coherent_information", "reverse_coherent_information", "entanglement_assisted")
        return {
            "channel": self.channel,
            "degradable": self.degradable,
            "antidegradable": self.antidegradable,
            **{name: _optimum(getattr(self, name)) for name in single},
            "holevo": {"value": self.holevo.value, "accuracy": self.holevo.accuracy},
            **{n: getattr(self, n).to_dict() for n in ("quantum", "private", "classical", "two_way")},
        }


def capacities(channel: ChannelLike) -> Capacities:
    """Return every capacity of a channel (or, with `flagged`, of a channel with a flag)."""
    found = channel = as_map(channel)
    degradable = bool(is_degradable(channel))
    coherent = best_coherent(found, concave=degradable)
    # A channel that sends qubits is not antidegradable, which saves the search.
    antidegradable = coherent.value < 1e-9 and bool(is_antidegradable(channel))
    return Capacities(
        found.name or "channel",
        degradable,
        antidegradable,
        coherent,
        best_reverse(found),
        holevo_capacity(channel),
        best_mutual(found),
        quantum_capacity(channel),
        private_capacity(channel),
        classical_capacity(channel),
        two_way_capacity(channel),
    )


def _optimum(found: Optimum) -> dict[str, Any]:
    return {"value": found.value, "accuracy": found.accuracy}
