"""Capacities of channels: what one use carries, with the reason for each bound and its accuracy.

Functions take a `Channel`, or a `Map` between spaces of other dimensions; `flagged` makes one of a channel
with a flag beside it, such as `erasure`. Logarithms are base 2.
"""

from qnetframe.channels.capacity.bosonic import (
    plob_bound,
    pure_loss_quantum_capacity,
    repeater_plob_bound,
    squashed_loss_bound,
    thermal_entropy,
    thermal_loss_assisted_capacity,
    thermal_loss_classical_capacity,
    thermal_loss_quantum_lower,
    thermal_loss_quantum_upper,
    thermal_loss_two_way_lower,
    thermal_loss_two_way_upper,
    transmissivity,
)
from qnetframe.channels.capacity.ceilings import is_entanglement_breaking, transposition_bound
from qnetframe.channels.capacity.degradability import Degradability, is_antidegradable, is_degradable
from qnetframe.channels.capacity.ensembles import HolevoCapacity, holevo_capacity, private_information
from qnetframe.channels.capacity.inputs import (
    Optimum,
    best_coherent,
    best_mutual,
    best_reverse,
    coherent_information,
    entanglement_assisted_capacity,
    reverse_coherent_information,
)
from qnetframe.channels.capacity.maps import Map, flagged
from qnetframe.channels.capacity.networks import NetworkCapacity, network_capacity
from qnetframe.channels.capacity.quantum import (
    classical_capacity,
    private_capacity,
    quantum_capacity,
    two_way_capacity,
)
from qnetframe.channels.capacity.summary import Capacities, capacities
from qnetframe.channels.capacity.superadditive import superadditive_lower_bound

__all__ = [
    "Capacities",
    "Degradability",
    "HolevoCapacity",
    "Map",
    "NetworkCapacity",
    "Optimum",
    "best_coherent",
    "best_mutual",
    "best_reverse",
    "capacities",
    "classical_capacity",
    "coherent_information",
    "entanglement_assisted_capacity",
    "flagged",
    "holevo_capacity",
    "is_antidegradable",
    "is_degradable",
    "is_entanglement_breaking",
    "network_capacity",
    "plob_bound",
    "private_capacity",
    "private_information",
    "pure_loss_quantum_capacity",
    "quantum_capacity",
    "repeater_plob_bound",
    "reverse_coherent_information",
    "squashed_loss_bound",
    "superadditive_lower_bound",
    "thermal_entropy",
    "thermal_loss_assisted_capacity",
    "thermal_loss_classical_capacity",
    "thermal_loss_quantum_lower",
    "thermal_loss_quantum_upper",
    "thermal_loss_two_way_lower",
    "thermal_loss_two_way_upper",
    "transmissivity",
    "transposition_bound",
    "two_way_capacity",
]
