"""Entropies in bits."""

from __future__ import annotations

import math
from collections.abc import Iterable


def binary_entropy(p: float) -> float:
    """Return h(p) = -p log2 p - (1-p) log2 (1-p) for p in [0, 1]."""
    if p <= 0.0 or p >= 1.0:
        return 0.0
    return -p * math.log2(p) - (1 - p) * math.log1p(-p) / math.log(2)


def shannon_entropy(probabilities: Iterable[float]) -> float:
    """Return the Shannon entropy of a distribution; entries of 0 (or rounded below) count nothing."""
    return -math.fsum(p * math.log2(p) for p in probabilities if p > 0.0)


def phase_error_entropy(error: float) -> float:
    """Return the entropy that a phase error rate leaves to an eavesdropper: h, and 1 from one half on."""
    return binary_entropy(error) if error < 0.5 else 1.0


def thermal_entropy(mean_photons: float) -> float:
    """Return the entropy of a thermal mode, (n+1) log2 (n+1) - n log2 n."""
    n = mean_photons
    return 0.0 if n <= 0.0 else (n + 1) * math.log2(n + 1) - n * math.log2(n)
