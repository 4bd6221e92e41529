"""Detectors that remember: what protocols do with dead time and afterpulses."""

from __future__ import annotations

from qnetframe.api import Session
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe_qkd.detection.experiment import Experiment, Floats, Memory


def check_form(form: str, memory: Memory) -> None:
    """Raise InvalidInputError for a form that is none, UnsupportedError for one that cannot remember.

    In the circuit form signals are programs of their own, which know nothing of each other.
    """
    if form not in ("circuit", "detection"):
        raise InvalidInputError(f"form is {form!r}; allowed: 'circuit', 'detection'")
    if form == "circuit" and not memory.none:
        raise UnsupportedError(
            "the circuit form has no dead time and no afterpulses: its signals are independent; use "
            "form='detection'"
        )


def needs_shots(session: Session, memory: Memory) -> None:
    """Raise UnsupportedError where an exact result is asked for of detectors that remember."""
    if getattr(session, "shots", None) is None and not memory.none:
        raise UnsupportedError(
            "dead time and afterpulses have no exact result: signals are simulated in order; give shots"
        )


def observed(session: Session, experiment: Experiment, memory: Memory) -> tuple[Floats, int | None]:
    """Return the share of each (setting, symbol, pattern): exact, or counted among the shots; and these."""
    needs_shots(session, memory)
    shots = getattr(session, "shots", None)
    if shots is None:
        return experiment.joint, None
    return experiment.counts(shots, session.rng, memory) / shots, shots
