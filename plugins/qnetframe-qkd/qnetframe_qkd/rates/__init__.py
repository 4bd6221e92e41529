"""Asymptotic secret-key rates, each a function with units in its names that gives a KeyRate."""

from qnetframe_qkd.key_rate import KeyRate, threshold
from qnetframe_qkd.rates.bounds import plob, repeater
from qnetframe_qkd.rates.decoy import decoy_bb84, optimal_intensity, weak_pulses
from qnetframe_qkd.rates.entangled import bbm92, bbm92_losses
from qnetframe_qkd.rates.gg02 import gg02, gg02_transmittance
from qnetframe_qkd.rates.mdi import mdi
from qnetframe_qkd.rates.qubit import (
    b92,
    bb84,
    bb84_individual,
    bb84_trojan,
    di,
    di_efficiency,
    e91,
    sarg04,
    six_state,
)
from qnetframe_qkd.rates.twin_field import twin_field

__all__ = [
    "KeyRate",
    "b92",
    "bb84",
    "bb84_individual",
    "bb84_trojan",
    "bbm92",
    "bbm92_losses",
    "decoy_bb84",
    "di",
    "di_efficiency",
    "e91",
    "gg02",
    "gg02_transmittance",
    "mdi",
    "optimal_intensity",
    "plob",
    "repeater",
    "sarg04",
    "six_state",
    "threshold",
    "twin_field",
    "weak_pulses",
]
