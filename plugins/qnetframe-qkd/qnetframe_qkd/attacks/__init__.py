"""Attacks: what Eve does to a pulse, what she learns, and what it shows."""

from qnetframe_qkd.attacks.branches import STORED, Attack, Branch, Pulse
from qnetframe_qkd.attacks.continuous import ClonerReport, EntanglingCloner
from qnetframe_qkd.attacks.pulses import (
    BeamSplitting,
    FakedState,
    InterceptResend,
    PhotonNumberSplitting,
    TimeShift,
    UnambiguousDiscrimination,
)
from qnetframe_qkd.attacks.report import AttackReport

__all__ = [
    "STORED",
    "Attack",
    "AttackReport",
    "BeamSplitting",
    "Branch",
    "ClonerReport",
    "EntanglingCloner",
    "FakedState",
    "InterceptResend",
    "PhotonNumberSplitting",
    "Pulse",
    "TimeShift",
    "UnambiguousDiscrimination",
]
