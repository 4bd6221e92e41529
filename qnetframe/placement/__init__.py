"""Placement: a Program on a Network becomes a noisy Circuit, a timeline, and the cost of its pairs."""

from qnetframe.placement.placer import Placed, place
from qnetframe.placement.sources import Source
from qnetframe.placement.timeline import Attempt, Event, Message, Success, Timeline

__all__ = ["Attempt", "Event", "Message", "Placed", "Source", "Success", "Timeline", "place"]
