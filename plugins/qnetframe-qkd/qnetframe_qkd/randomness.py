"""Health tests of output bits: monobit, runs, chi-square of bytes.

They find a broken generator, never prove a good one. Source: NIST SP 800-22 rev. 1a, sections 2.1 and 2.3;
chi-square of the 256 values of a byte: Knuth, The Art of Computer Programming 2, 3.3.1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.postprocessing.bits import Bits, SystemRandomness, as_bits

LEAST = 2048


@dataclass(frozen=True)
class Health:
    """p-values by test, and the level below which one fails."""

    p_values: Mapping[str, float]
    alpha: float

    @property
    def failed(self) -> tuple[str, ...]:
        """The tests that failed; all together raise a false alarm with at most ``alpha`` (Bonferroni)."""
        return tuple(n for n, p in self.p_values.items() if p < self.alpha / len(self.p_values))

    @property
    def good(self) -> bool:
        """Whether no test failed."""
        return not self.failed


def random_bits(number: int) -> Bits:
    """Return random bits of the operating system, for keys."""
    return SystemRandomness().bits(checks.integer(number, "number", low=0))


def health(bits: Any, alpha: float = 1e-6) -> Health:
    """Return the health tests of a row of at least 2048 bits."""
    from scipy.special import erfc
    from scipy.stats import chisquare

    b = as_bits(bits, "bits")
    if len(b) < LEAST:
        raise InvalidInputError(f"bits has {len(b)} bits; the health tests need at least {LEAST}")
    checks.probability(alpha, "alpha")
    n = len(b)
    ones = int(b.sum())
    monobit = float(erfc(abs(2 * ones - n) / math.sqrt(2 * n)))
    share = ones / n
    if abs(share - 0.5) >= 2 / math.sqrt(n):
        runs = 0.0 if share in (0.0, 1.0) else monobit  # the runs test presupposes the monobit test
    else:
        number = 1 + int(np.count_nonzero(b[1:] != b[:-1]))
        spread = 2 * math.sqrt(2 * n) * share * (1 - share)
        runs = float(erfc(abs(number - 2 * n * share * (1 - share)) / spread))
    octets = np.bincount(np.packbits(b[: n // 8 * 8]), minlength=256)
    # Where bytes are few they are pooled by their upper bits, so that each cell expects at least five.
    while octets.sum() / len(octets) < 5 and len(octets) > 2:
        octets = octets.reshape(-1, 2).sum(axis=1)
    return Health({"monobit": monobit, "runs": runs, "chi-square": float(chisquare(octets).pvalue)}, alpha)
