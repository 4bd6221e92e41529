"""Secret-key rates of finite blocks, composably secure: ε_sec and ε_cor are parameters."""

from qnetframe_qkd.finite.bb84 import bb84
from qnetframe_qkd.finite.bbm92 import bbm92
from qnetframe_qkd.finite.decoy import Counts, decoy_bb84, key_length, optimised_decoy_bb84
from qnetframe_qkd.finite.gg02 import gg02
from qnetframe_qkd.finite.mdi import mdi

__all__ = ["Counts", "bb84", "bbm92", "decoy_bb84", "gg02", "key_length", "mdi", "optimised_decoy_bb84"]
