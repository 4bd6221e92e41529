"""Drawn timelines: bars, arrows and the critical path against the times of the timeline."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import qnetframe as qn
from qnetframe import InvalidInputError, Program
from qnetframe.network import GateProfile
from qnetframe.placement import critical_path, place
from qnetframe.placement.timeline import Event, Timeline
from qnetframe.report import plot_timeline, save_timeline
from qnetframe.report.gantt import timeline_chart
from qnetframe.report.timeline_lanes import MAX_LANES, lanes_of, legend_of
from qnetframe.report.timeline_scale import POWER, scale_of

PATH, GATE, PAIR, MESSAGE = "#ffd45c", "#0072b2", "#b0558a", "#d55e00"


def network(names=("alice", "bob"), *, probability=1.0):
    """Gates of 1 and 10 s, measurements of 100 s, pairs of 2000 s, 500 s of light: round numbers to find."""
    gates = {(n, ()): GateProfile(duration=1.0) for n in ("h", "x", "z", "ry")}
    gates["cx", ()] = GateProfile(duration=10.0)
    device = qn.Hardware("device", gates=gates, default=qn.Hardware().default)
    device = qn.Plugins().make(
        "hardware", "uniform",
        {"single_qubit_duration": 1.0, "two_qubit_duration": 10.0, "measure_duration": 100.0, "prepare_duration": 20.0},
    )  # fmt: skip
    link = qn.LinkModel(delay=500.0, attempt_time=2000.0, success_probability=probability)
    nodes = [qn.Node(n, device) for n in names]
    return qn.Network(nodes, [qn.Link(a, b, link) for a, b in zip(names, names[1:], strict=False)])
