"""Codes as data: stabilizers, logical operators, parameters and layout."""

from qnetframe_qec.codes.code import Code
from qnetframe_qec.codes.concatenation import concatenated
from qnetframe_qec.codes.custom import code_from_checks, code_from_stabilizers
from qnetframe_qec.codes.distance import DistanceBound, distance_bound, exact_distance

__all__ = [
    "Code",
    "DistanceBound",
    "code_from_checks",
    "code_from_stabilizers",
    "concatenated",
    "distance_bound",
    "exact_distance",
]
