"""The detection form: from settings and photon statistics to clicks, vectorised and in chunks."""

from qnetframe_qkd.detection.entangled import entangled_experiment
from qnetframe_qkd.detection.experiment import Detections, Experiment, Memory
from qnetframe_qkd.detection.light import Light, Receiver
from qnetframe_qkd.detection.prepared import PreparedStates, prepared_experiment

__all__ = [
    "Detections",
    "Experiment",
    "Light",
    "Memory",
    "PreparedStates",
    "Receiver",
    "entangled_experiment",
    "prepared_experiment",
]
