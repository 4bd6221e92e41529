"""Placement: a Program on a Network becomes a noisy Circuit, a timeline, and the cost of its pairs."""

from qnetframe.placement.critical_path import CriticalPath, Step, critical_path
from qnetframe.placement.placer import Placed, place
from qnetframe.placement.sources import Source
from qnetframe.placement.timeline import Attempt, Event, Mark, Message, Success, Timeline

__all__ = [
    "Attempt",
    "CriticalPath",
    "Event",
    "Mark",
    "Message",
    "Placed",
    "Source",
    "Step",
    "Success",
    "Timeline",
    "critical_path",
    "place",
]
