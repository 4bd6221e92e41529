"""What no protocol without a repeater can beat."""

from __future__ import annotations

import math

from qnetframe_qkd.key_rate import KeyRate
from qnetframe_qkd.optics import transmittance


def plob(length_km: float, attenuation_db_per_km: float = 0.2, extra_loss_db: float = 0.0) -> KeyRate:
    """Return -log2(1 - η), the secret-key capacity of a lossy channel in bits per mode.

    Source: Pirandola, Laurenza, Ottaviani, Banchi, Nat. Commun. 8, 15043 (2017).
    """
    eta = transmittance(length_km, attenuation_db_per_km, extra_loss_db)
    rate = math.inf if eta == 1.0 else -math.log1p(-eta) / math.log(2)
    return KeyRate(rate, {"transmittance": eta}, unit="bit per mode")


def repeater(length_km: float, nodes: int = 1, attenuation_db_per_km: float = 0.2) -> KeyRate:
    """Return the capacity with repeaters at equal distances, which is that of one section.

    Source: Pirandola, Commun. Phys. 2, 51 (2019).
    """
    return plob(length_km / (nodes + 1), attenuation_db_per_km)
