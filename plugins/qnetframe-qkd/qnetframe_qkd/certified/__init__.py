"""Certified numerical key rates: lower bounds that hold whatever a solver returned."""

from qnetframe_qkd.certified.bound import CertifiedBound, certified_entropy, repaired
from qnetframe_qkd.certified.problem import Problem
from qnetframe_qkd.certified.protocols import b92, bb84, bb84_with_loss, own_povms, six_state

__all__ = [
    "CertifiedBound",
    "Problem",
    "b92",
    "bb84",
    "bb84_with_loss",
    "certified_entropy",
    "own_povms",
    "repaired",
    "six_state",
]
