"""Sifting and Bell tests of entangled pairs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qnetframe_qkd.detection.experiment import Experiment, Floats
from qnetframe_qkd.detection.sifting import Sifting

# Alice's and Bob's angles on the Bloch circle; for Φ+ equal angles give equal bits.
E91_ALICE = (("a1", 0.0), ("a2", math.pi / 4), ("a3", math.pi / 2))
E91_BOB = (("b1", math.pi / 4), ("b2", math.pi / 2), ("b3", 3 * math.pi / 4))
DI_ALICE = (("key", 0.0), ("a1", 0.0), ("a2", math.pi / 2))
DI_BOB = (("key", 0.0), ("b1", math.pi / 4), ("b2", -math.pi / 4))


def pair_sifting(experiment: Experiment, matched: NDArray[np.bool_], lost: int | None = None) -> Sifting:
    """Keep matched settings where both sides detected; double clicks are random bits.

    Here "Alice's bit" of the table is 0: the table's ``one`` is the probability that the bits differ, so that
    the QBER comes out right. With ``lost`` no click counts as that bit, and nothing is thrown away.
    """
    keep, odd = _outcomes(lost)
    return Sifting(
        np.zeros(len(matched), np.uint8), np.outer(matched, keep), np.tile(odd, (len(matched), 1)),
        tuple(str(s[0]) for s in experiment.settings),
    )  # fmt: skip


def _outcomes(lost: int | None) -> tuple[Floats, Floats]:
    """Return (kept, probability that the bits differ) of the 16 patterns."""
    keep, odd = np.zeros(16), np.zeros(16)
    for pattern in range(16):
        sides = []
        for clicks in (pattern & 3, pattern >> 2):
            sides.append({0: lost, 1: 0.0, 2: 1.0, 3: 0.5}[clicks])
        a, b = sides
        if a is None or b is None:
            continue
        keep[pattern] = 1.0
        odd[pattern] = a * (1 - b) + b * (1 - a)
    return keep, odd


def correlation(joint: Floats, lost: int | None = None) -> float:
    """Return E = 1 - 2 P(bits differ) of one setting, from its pattern weights (16,)."""
    keep, odd = _outcomes(lost)
    kept = joint * keep
    return float(1 - 2 * (kept * odd).sum() / kept.sum())


def chsh(
    experiment: Experiment, a: tuple[str, str], b: tuple[str, str], joint: Any = None, lost: int | None = None
) -> float:
    """Return the CHSH value |E(a1,b1) + E(a2,b1) + E(a1,b2) - E(a2,b2)|, the largest of the four sign
    choices.

    ``joint`` (S, 1, 16) are weights or counts; those of the experiment by default.
    """
    weights = experiment.joint if joint is None else joint
    row = {s[:2]: weights[i, 0] for i, s in enumerate(experiment.settings)}
    values = [correlation(row[x, y], lost) for x in a for y in b]
    return max(abs(sum(values) - 2 * v) for v in values)
