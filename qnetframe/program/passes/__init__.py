"""Passes: pure functions from a Circuit to one with the same outcomes and states that is easier to run."""

from qnetframe.program.passes.cancellation import cancel_gates
from qnetframe.program.passes.deferral import deferred
from qnetframe.program.passes.frame import track_pauli_frame
from qnetframe.program.passes.scheduling import remove_dead, schedule, split_lifetimes
from qnetframe.program.passes.twirling import pauli_twirl

__all__ = [
    "cancel_gates",
    "deferred",
    "pauli_twirl",
    "remove_dead",
    "schedule",
    "split_lifetimes",
    "track_pauli_frame",
]
