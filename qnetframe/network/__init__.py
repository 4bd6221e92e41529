"""Networks: nodes with hardware, links with physics, routes."""

from qnetframe.network.hardware import GateProfile, Hardware, QubitProfile
from qnetframe.network.links import Link, LinkModel
from qnetframe.network.network import Network, Node, with_hardware, with_link
from qnetframe.network.pairs import bell_diagonal_state, werner_state

__all__ = [
    "GateProfile",
    "Hardware",
    "Link",
    "LinkModel",
    "Network",
    "Node",
    "QubitProfile",
    "bell_diagonal_state",
    "werner_state",
    "with_hardware",
    "with_link",
]
