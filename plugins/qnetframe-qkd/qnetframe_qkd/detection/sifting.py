"""Sifting: which detections count, and what bits they are, as tables over settings and click patterns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qnetframe.values import Estimate
from qnetframe_qkd.attacks.branches import STORED
from qnetframe_qkd.detection.experiment import Detections, Experiment, Floats
from qnetframe_qkd.entropy import binary_entropy, shannon_entropy


@dataclass(frozen=True, eq=False)
class Sifting:
    """What the parties make of a detection.

    ``alice`` (S,) is her bit in each setting, ``keep`` (S, P) the probability that the pattern is kept,
    ``one`` (S, P) that Bob's bit is 1 if so (one half where both detectors clicked), ``announced`` what is
    public about each setting.
    """

    alice: NDArray[np.uint8]
    keep: Floats
    one: Floats
    announced: tuple[Any, ...]


def same_basis(experiment: Experiment) -> Sifting:
    """Keep what was measured in the basis of preparation; a double click is a random bit."""
    same = experiment.column("basis") == experiment.column("measured")
    keep = np.outer(same, [0.0, 1.0, 1.0, 1.0])
    one = np.tile([0.0, 0.0, 1.0, 0.5], (len(same), 1))
    return Sifting(experiment.column("bit").astype(np.uint8), keep, one, tuple(experiment.column("basis")))


def conclusive_b92(experiment: Experiment) -> Sifting:
    """Keep outcome 1: in z it excludes |0>, so the bit is 1; in x it excludes |+>, so it is 0."""
    in_z = experiment.column("measured") == "z"
    keep = np.tile([0.0, 0.0, 1.0, 0.5], (len(in_z), 1))
    one = np.outer(in_z, np.ones(4))
    return Sifting(experiment.column("bit").astype(np.uint8), keep, one, ("",) * len(in_z))


def conclusive_sarg04(experiment: Experiment) -> Sifting:
    """Keep outcomes that exclude one of the two announced states, "z0x1" say: the bit is 0 for that in z."""
    pairs, measured = experiment.column("basis"), experiment.column("measured")
    keep = np.zeros((len(pairs), 4))
    one = np.zeros((len(pairs), 4))
    for i, (pair, basis) in enumerate(zip(pairs, measured, strict=True)):
        state = int(pair[1] if basis == "z" else pair[3])
        keep[i] = [0.0, float(state == 1), float(state == 0), 0.5]
        one[i] = float(basis == "z")
    return Sifting(experiment.column("bit").astype(np.uint8), keep, one, tuple(pairs))


@dataclass(frozen=True)
class SiftedFigures:
    """Exact or observed: how much is kept, how much of it is wrong, and what Eve knows of it.

    ``information`` is I(Alice's bit : Eve's note, announcements) per sifted bit, ``guess`` the probability
    that her best guess is right; both are None for observed figures.
    """

    sifted: Estimate
    qber: Estimate
    information: float | None = None
    guess: float | None = None


def exact_figures(experiment: Experiment, sifting: Sifting, where: Any = None) -> SiftedFigures:
    """Return the figures without sampling error; ``where`` (S,) selects settings."""
    kept = experiment.joint * sifting.keep[:, None, :]
    if where is not None:
        kept = kept * np.asarray(where, float)[:, None, None]
    total = float(kept.sum())
    if total <= 0:
        return SiftedFigures(Estimate(0.0), Estimate(0.5), 0.0, 0.5)
    wrong = np.where(sifting.alice[:, None] == 1, 1 - sifting.one, sifting.one)
    qber = float((kept * wrong[:, None, :]).sum()) / total
    information, guess = _eve(experiment, sifting, kept.sum(axis=2) / total)
    return SiftedFigures(Estimate(total), Estimate(qber), information, guess)


def figures_of_counts(signals: int, kept: int, errors: int) -> SiftedFigures:
    """Return the figures of counts with their standard errors (that of no error is of half an error)."""
    share = kept / signals
    qber = errors / kept if kept else 0.5
    smooth = (errors + 0.5) / (kept + 1)
    return SiftedFigures(
        Estimate(share, math.sqrt(max(share * (1 - share), 1 / signals) / signals), signals),
        Estimate(qber, math.sqrt(smooth * (1 - smooth) / (kept + 1)), kept),
    )


def sifted_bits(
    detections: Detections, sifting: Sifting, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.intp]]:
    """Return Alice's and Bob's bits of a chunk, and which detections they are of."""
    keep = sifting.keep[detections.setting, detections.clicks]
    chosen = np.flatnonzero(
        keep == 1.0 if np.isin(sifting.keep, (0.0, 1.0)).all() else rng.random(len(keep)) < keep
    )
    setting, clicks = detections.setting[chosen], detections.clicks[chosen]
    one = sifting.one[setting, clicks]
    bob = (one == 1.0).astype(np.uint8)
    unsure = np.flatnonzero((one != 0.0) & (one != 1.0))
    bob[unsure] = rng.random(len(unsure)) < one[unsure]
    return sifting.alice[setting], bob, chosen


def _eve(experiment: Experiment, sifting: Sifting, kept: Floats) -> tuple[float, float]:
    """Return (information, guess) from the shares (S, E) of sifted events."""
    groups: dict[tuple[Any, str], list[float]] = {}
    information = guess = 0.0
    for i, (announced, bit) in enumerate(zip(sifting.announced, sifting.alice, strict=True)):
        for e, symbol in enumerate(experiment.symbols):
            groups.setdefault((announced, symbol), [0.0, 0.0])[int(bit)] += float(kept[i, e])
    for (_, symbol), (zero, one) in groups.items():
        weight = zero + one
        if weight <= 0:
            continue
        known = symbol == STORED
        information -= 0.0 if known else weight * binary_entropy(zero / weight)
        guess += weight if known else max(zero, one)
    prior = [sum(g[b] for g in groups.values()) for b in (0, 1)]
    return shannon_entropy(prior) + information, guess
