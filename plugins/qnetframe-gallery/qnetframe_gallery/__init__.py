"""Protocols for qnetframe, one short file each: examples of how a protocol is written."""

from __future__ import annotations

from collections.abc import Iterable

from qnetframe.api import ProtocolSpec
from qnetframe.hookspecs import hookimpl
from qnetframe_gallery.anonymous_transmission import AnonymousTransmission
from qnetframe_gallery.blind_rotation import BlindRotation
from qnetframe_gallery.byzantine_agreement import ByzantineAgreement
from qnetframe_gallery.coin_flipping import CoinFlipping
from qnetframe_gallery.graph_state import GraphState
from qnetframe_gallery.leader_election import LeaderElection
from qnetframe_gallery.phase_sensing import PhaseSensing
from qnetframe_gallery.secret_sharing import SecretSharing
from qnetframe_gallery.superdense_capacity import SuperdenseCapacity
from qnetframe_gallery.w_state import WState


@hookimpl
def qnetframe_protocols() -> Iterable[ProtocolSpec]:
    """Yield the protocols of the gallery."""
    yield ProtocolSpec("w-state", WState, "one W state among n parties, teleported from its source")
    yield ProtocolSpec("graph-state", GraphState, "a line, ring, star or complete graph state, by remote CZ")
    yield ProtocolSpec("superdense-capacity", SuperdenseCapacity, "bits a qubit by superdense coding")
    yield ProtocolSpec("secret-sharing", SecretSharing, "split a secret bit among three by GHZ states")
    yield ProtocolSpec("anonymous-transmission", AnonymousTransmission, "send a qubit, and nobody knows who")
    yield ProtocolSpec("coin-flipping", CoinFlipping, "a coin between distrusting parties, despite loss")
    yield ProtocolSpec("leader-election", LeaderElection, "elect one of n by measuring a W state")
    yield ProtocolSpec("byzantine-agreement", ByzantineAgreement, "lists that betray a liar among three")
    yield ProtocolSpec("blind-rotation", BlindRotation, "a rotation whose angle the server never learns")
    yield ProtocolSpec("phase-sensing", PhaseSensing, "one phase at n sites, GHZ against separable probes")
