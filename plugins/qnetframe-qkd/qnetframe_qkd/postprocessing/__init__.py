"""From detections to a key, on real bits: correction, verification, hashing, authentication, a ledger."""

from qnetframe_qkd.postprocessing.amplification import seed_length, toeplitz, toeplitz_direct
from qnetframe_qkd.postprocessing.cascade import Reconciliation, cascade
from qnetframe_qkd.postprocessing.continuous import SliceReconciler
from qnetframe_qkd.postprocessing.decoy_session import decoy_session
from qnetframe_qkd.postprocessing.distillation import KeyResult, distill_bb84
from qnetframe_qkd.postprocessing.hashing import AuthenticationError, Authenticator
from qnetframe_qkd.postprocessing.ldpc_reconciliation import ldpc
from qnetframe_qkd.postprocessing.ledger import Entry, Ledger

__all__ = [
    "AuthenticationError",
    "Authenticator",
    "Entry",
    "KeyResult",
    "Ledger",
    "Reconciliation",
    "SliceReconciler",
    "cascade",
    "decoy_session",
    "distill_bb84",
    "ldpc",
    "seed_length",
    "toeplitz",
    "toeplitz_direct",
]
