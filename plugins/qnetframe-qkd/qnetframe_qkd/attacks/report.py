"""What an attack gives Eve and what it gives away, computed exactly from the table of the experiment."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import Any

from qnetframe.errors import InvalidInputError

if typing.TYPE_CHECKING:
    from qnetframe_qkd.detection.light import Receiver


@dataclass(frozen=True)
class AttackReport:
    """Eve's information (bits per sifted bit), her chance to guess a bit, the QBER, the share of sifted
    signals.
    """

    information: float
    guess: float
    qber: float
    sifted: float


class Reporting:
    """Gives an attack on pulses its report. A mix-in, for the report is the same computation for all."""

    def report(
        self,
        protocol: str = "bb84",
        intensity: float | None = None,
        transmittance: float = 1.0,
        receiver: Receiver | None = None,
    ) -> AttackReport:
        """Return what the attack does to "bb84", "six-state", "b92" or "sarg04".

        ``intensity`` is the mean photon number of a pulse; single photons without it.
        """
        from qnetframe_qkd.detection.light import Light, Receiver
        from qnetframe_qkd.detection.prepared import prepared_experiment
        from qnetframe_qkd.detection.sifting import exact_figures
        from qnetframe_qkd.protocols.families import FAMILIES

        if protocol not in FAMILIES:
            raise InvalidInputError(f"protocol is {protocol!r}; allowed: {', '.join(FAMILIES)}")
        family = FAMILIES[protocol]
        light = Light(photons=1) if intensity is None else Light(mean=intensity)
        attack: Any = self
        experiment = prepared_experiment(
            family.states(), [("signal", 1.0, light)], transmittance, receiver or Receiver(), attack
        )
        figures = exact_figures(experiment, family.sifting(experiment))
        assert figures.information is not None and figures.guess is not None
        return AttackReport(figures.information, figures.guess, figures.qber.value, figures.sifted.value)
