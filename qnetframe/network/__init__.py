"""Networks: nodes with hardware, links with physics, routes."""

from qnetframe.network.drawing import draw_network, save_network
from qnetframe.network.files import read_network, write_network
from qnetframe.network.hardware import GateProfile, Hardware, QubitProfile
from qnetframe.network.links import Link, LinkModel
from qnetframe.network.network import Network, Node, with_hardware, with_link
from qnetframe.network.pairs import bell_diagonal_state, werner_state
from qnetframe.network.paths import Path, best_fidelity_path, k_shortest_paths, shortest_path

__all__ = [
    "GateProfile",
    "Hardware",
    "Link",
    "LinkModel",
    "Network",
    "Node",
    "Path",
    "QubitProfile",
    "bell_diagonal_state",
    "best_fidelity_path",
    "draw_network",
    "k_shortest_paths",
    "read_network",
    "save_network",
    "shortest_path",
    "werner_state",
    "with_hardware",
    "with_link",
    "write_network",
]
