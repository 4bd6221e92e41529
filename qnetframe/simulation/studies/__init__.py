"""Studies of topologies: figures, repeater placement, links under a budget, network coding."""

from qnetframe.simulation.studies.butterfly import butterfly
from qnetframe.simulation.studies.placement import Placement, place_repeaters
from qnetframe.simulation.studies.topology import (
    TopologyFigures,
    choose_links,
    resilience,
    robustness,
    study_topology,
)

__all__ = [
    "Placement",
    "TopologyFigures",
    "butterfly",
    "choose_links",
    "place_repeaters",
    "resilience",
    "robustness",
    "study_topology",
]
