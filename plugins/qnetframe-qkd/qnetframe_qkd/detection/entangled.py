"""Entangled pairs as an experiment: a down-conversion source, two receivers, any linear bases.

The source makes two squeezed pairs of modes, aH with bH and aV with bV (Φ+), each with a thermal number λ of
pairs: Kok, Braunstein, PRA 61, 042304 (2000). The probability that given detectors stay silent is that of a
Gaussian state, det(1-t²) / det(1 - t² (1-A)(1-B)), with t² = λ/(1+λ) and A, B what these detectors would
absorb; nothing is truncated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from qnetframe import checks
from qnetframe_qkd.detection.experiment import Experiment, Floats
from qnetframe_qkd.detection.light import Receiver

Setting = tuple[str, float, float]


def entangled_experiment(
    alice: Sequence[Setting],
    bob: Sequence[Setting],
    pairs_per_pulse: float | None,
    transmittances: tuple[float, float],
    receivers: tuple[Receiver, Receiver],
    fidelity_loss: float = 0.0,
) -> Experiment:
    """Return settings (a, b) and clicks of four detectors: a0, a1, b0, b1 from the lowest bit.

    Each setting is (name, angle of the analyser on the Bloch circle in radians, weight). ``pairs_per_pulse``
    is the mean number of pairs 2λ; None is exactly one pair. ``fidelity_loss`` is the probability that Bob's
    photons are fully depolarised.
    """
    checks.probability(fidelity_loss, "fidelity_loss")
    for i, t in enumerate(transmittances):
        checks.probability(t, f"transmittance {i}")
    if pairs_per_pulse is not None:
        checks.positive(pairs_per_pulse, "pairs_per_pulse")
    settings, weights, rows = [], [], []
    for name_a, angle_a, weight_a in alice:
        for name_b, angle_b, weight_b in bob:
            settings.append((name_a, name_b))
            weights.append(weight_a * weight_b)
            row = np.zeros(16)
            for share, extra in _flips(receivers, fidelity_loss):
                row += share * _patterns(
                    pairs_per_pulse, transmittances, receivers, angle_b - angle_a + extra
                )
            rows.append(row)
    return Experiment(("a", "b"), tuple(settings), np.array(weights), np.array(rows)[:, None, :])


def _flips(receivers: tuple[Receiver, Receiver], loss: float) -> list[tuple[float, float]]:
    """Return (share, rotation): misalignment and depolarisation as photons that come out the other way.

    Depolarised light is right half of the time, in whatever basis.
    """
    a, b = (r.misalignment for r in receivers)
    wrong = a * (1 - b) + b * (1 - a)
    wrong = wrong * (1 - loss) + loss / 2
    return [(1 - wrong, 0.0), (wrong, math.pi)]


def _patterns(
    pairs: float | None,
    transmittances: tuple[float, float],
    receivers: tuple[Receiver, Receiver],
    angle: float,
) -> Floats:
    """Return the probabilities of the 16 patterns, by inclusion and exclusion over silent detectors."""
    half = angle / 2
    turn = np.array([[math.cos(half), math.sin(half)], [-math.sin(half), math.cos(half)]])
    silent = np.zeros(16)
    for mask in range(16):
        on = [float(mask >> d & 1) for d in range(4)]
        a = np.diag([transmittances[0] * receivers[0].efficiencies[i] * on[i] for i in (0, 1)])
        b = np.diag([transmittances[1] * receivers[1].efficiencies[i] * on[2 + i] for i in (0, 1)])
        dark = (1 - receivers[0].dark_count_probability) ** (on[0] + on[1])
        dark *= (1 - receivers[1].dark_count_probability) ** (on[2] + on[3])
        silent[mask] = dark * _vacuum(pairs, np.eye(2) - a, turn.T @ (np.eye(2) - b) @ turn)
    # silent[m]: all of m are silent. Exactly the pattern c clicks: the others silent, those of c not.
    found = np.zeros(16)
    for clicks in range(16):
        others = 15 ^ clicks
        part = clicks
        while True:
            found[clicks] += (-1) ** part.bit_count() * silent[others | part]
            if part == 0:
                break
            part = (part - 1) & clicks
    return np.maximum(found, 0.0)


def _vacuum(pairs: float | None, left: Floats, right: Floats) -> float:
    if pairs is None:
        # One pair in Φ+: the trace of what passes on both sides, over two.
        return float(np.trace(left @ right.T)) / 2
    lam = pairs / 2
    t2 = lam / (1 + lam)
    return float((1 - t2) ** 2 / np.linalg.det(np.eye(2) - t2 * left @ right.T))
