"""GG02: Grosshans, Grangier, PRL 88, 057902 (2002), with coherent states and homodyne or heterodyne."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qnetframe.api import Session
from qnetframe.errors import UnsupportedError
from qnetframe.values import Estimate
from qnetframe_qkd import rates
from qnetframe_qkd.detection.gaussian import GaussianChannel
from qnetframe_qkd.optics import transmittance
from qnetframe_qkd.protocols.prepared import Form
from qnetframe_qkd.rates.gg02 import Detection


@dataclass(frozen=True)
class GG02:
    """Gaussian modulated coherent states; with shots, quadratures are drawn and T and ξ estimated from
    them.
    """

    length_km: float = 0.0
    attenuation_db_per_km: float = 0.2
    modulation_variance: float = 4.0
    excess_noise: float = 0.01
    reconciliation_efficiency: float = 0.95
    detector_efficiency: float = 0.6
    electronic_noise: float = 0.01
    detection: Detection = "homodyne"
    trusted_detector: bool = True
    form: Form = "detection"

    def __post_init__(self) -> None:
        self._rate(self.channel().transmittance, self.excess_noise)

    def channel(self) -> GaussianChannel:
        """Return the channel that data are drawn from."""
        return GaussianChannel(
            transmittance(self.length_km, self.attenuation_db_per_km),
            self.modulation_variance,
            self.excess_noise,
            self.detector_efficiency,
            self.electronic_noise,
            self.detection == "heterodyne",
        )

    def _rate(self, t: float, xi: float) -> float:
        return rates.gg02_transmittance(
            min(1.0, max(0.0, t)), self.modulation_variance, max(0.0, xi), self.reconciliation_efficiency,
            self.detector_efficiency, self.electronic_noise, self.detection, self.trusted_detector,
        ).rate  # fmt: skip

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return transmittance, excess noise and key per pulse, estimated from data where shots are asked
        for.
        """
        if self.form == "circuit":
            raise UnsupportedError(
                "gg02 has no circuit form: its signals are quadratures; use form='detection'"
            )
        channel = self.channel()
        shots = getattr(session, "shots", None)
        if shots is None:
            t, xi = Estimate(channel.transmittance), Estimate(self.excess_noise)
        else:
            t, xi = channel.estimate(shots, session.rng)
        rate = self._rate(t.value, xi.value)
        spread = abs(self._rate(t.value, xi.value + xi.standard_error) - rate) + abs(
            self._rate(t.value - t.standard_error, xi.value) - rate
        )
        return {"transmittance": t, "excess noise": xi, "key per pulse": Estimate(rate, spread, shots)}
