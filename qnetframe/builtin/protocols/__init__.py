"""The protocols that ship with the host."""

from __future__ import annotations

from qnetframe.api import ProtocolSpec
from qnetframe.builtin.protocols.chsh import CHSH
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
)
