"""Quantum states: Bell pairs, entanglement measures, purification maps, graph states."""

from qnetframe.states.bell import (
    BELL_BASIS,
    BELL_NAMES,
    apply_pauli,
    bell_diagonal,
    bell_state,
    bell_weights,
    isotropic,
    swap,
    twirl,
    werner,
    werner_weights,
)
from qnetframe.states.purification import (
    Noise,
    Purified,
    Trajectory,
    bbpssw,
    dejmps,
    double_selection,
    nested_pumping,
    pumping,
    recurrence,
)

__all__ = [
    "BELL_BASIS",
    "BELL_NAMES",
    "Noise",
    "Purified",
    "Trajectory",
    "apply_pauli",
    "bbpssw",
    "bell_diagonal",
    "bell_state",
    "bell_weights",
    "dejmps",
    "double_selection",
    "isotropic",
    "nested_pumping",
    "pumping",
    "recurrence",
    "swap",
    "twirl",
    "werner",
    "werner_weights",
]
