"""The protocols that ship with the host."""

from __future__ import annotations

from qnetframe.api import ProtocolSpec
from qnetframe.builtin.protocols.chsh import CHSH
from qnetframe.builtin.protocols.ghz import GHZDistribution
from qnetframe.builtin.protocols.purification import BBPSSW, DEJMPS, PurifiedSwapping
from qnetframe.builtin.protocols.remote_gates import RemoteGate, TeleportedCNOT
from qnetframe.builtin.protocols.superdense import SuperdenseCoding
from qnetframe.builtin.protocols.swapping import EntanglementSwapping
from qnetframe.builtin.protocols.teleportation import Teleportation

PROTOCOLS: tuple[ProtocolSpec, ...] = (
    ProtocolSpec(
        "teleportation", Teleportation, "teleport a state, or the six cardinal states, along a route"
    ),
    ProtocolSpec("superdense-coding", SuperdenseCoding, "send two bits by one qubit and a shared pair"),
    ProtocolSpec("entanglement-swapping", EntanglementSwapping, "one pair across a chain of n nodes"),
    ProtocolSpec("chsh", CHSH, "the CHSH value of a pair between the ends of the route"),
    ProtocolSpec("ghz-distribution", GHZDistribution, "one GHZ state among n parties, from pairs"),
    ProtocolSpec("bbpssw", BBPSSW, "purify Werner pairs by bilateral CX, nested or pumping"),
    ProtocolSpec("dejmps", DEJMPS, "purify Bell-diagonal pairs, nested or pumping"),
    ProtocolSpec("purified-swapping", PurifiedSwapping, "purify every link of a chain, then swap"),
    ProtocolSpec("teleported-cnot", TeleportedCNOT, "a CNOT between the ends of the route, by one pair"),
    ProtocolSpec("remote-gate", RemoteGate, "a controlled gate between the ends of the route, by one pair"),
)
