"""Two senders and an untrusted relay as experiments: MDI and twin-field, from coherent amplitudes to clicks.

Amplitudes of both senders interfere; phases that are random are averaged over equally spaced values, which is
exact to rounding at these intensities. The formulas of ``rates`` are not used here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np

from qnetframe import checks
from qnetframe_qkd.detection.experiment import Experiment, Floats
from qnetframe_qkd.detection.sifting import Sifting
from qnetframe_qkd.optics import error_rate

_PHASES = 32
# Detectors of the Bell measurement, by bit: H and V behind each output of the beam splitter.
_PSI_MINUS, _PSI_PLUS = (0b1001, 0b0110), (0b0011, 0b1100)


def mdi_experiment(
    intensities: Sequence[tuple[float, float]],
    basis_probability: float,
    transmittances: tuple[float, float],
    dark_count_probability: float,
    misalignment: float,
) -> Experiment:
    """Return settings (intensity_a, intensity_b, basis_a, bit_a, basis_b, bit_b) and clicks of four
    detectors.

    ``intensities`` are (mean, probability), the same for both; Z is H or V, X is diagonal. Detectors, from
    the lowest bit: output 1 H, output 1 V, output 2 H, output 2 V. A misaligned pulse of one sender has its
    polarisation flipped, so the bits of a pair are wrong with ``misalignment`` in all.
    """
    dark = checks.probability(dark_count_probability, "dark_count_probability")
    flip = error_rate(misalignment, "misalignment")
    states = {("z", 0): (1.0, 0.0), ("z", 1): (0.0, 1.0), ("x", 0): (_S, _S), ("x", 1): (_S, -_S)}
    choices = [
        (*s, w * 0.5)
        for s, w in zip(states, (basis_probability,) * 2 + (1 - basis_probability,) * 2, strict=True)
    ]
    settings, weights, rows = [], [], []
    tables: dict[tuple[float, float, tuple[str, int], tuple[str, int]], Floats] = {}
    for (mu_a, p_a), (mu_b, p_b), a, b in product(intensities, intensities, choices, choices):
        for bit in (0, 1):
            key = (mu_a, mu_b, (a[0], a[1]), (b[0], bit))
            if key not in tables:
                tables[key] = _bell_clicks(
                    np.sqrt(mu_a * transmittances[0]) * np.array(states[a[0], a[1]]),
                    np.sqrt(mu_b * transmittances[1]) * np.array(states[b[0], bit]),
                    dark,
                )
        settings.append((mu_a, mu_b, a[0], a[1], b[0], b[1]))
        weights.append(p_a * p_b * a[2] * b[2])
        straight, other = (tables[mu_a, mu_b, (a[0], a[1]), (b[0], b[1] ^ k)] for k in (0, 1))
        rows.append((1 - flip) * straight + flip * other)
    return Experiment(
        ("intensity_a", "intensity_b", "basis_a", "bit_a", "basis_b", "bit_b"), tuple(settings),
        np.array(weights), np.array(rows)[:, None, :],
    )  # fmt: skip


_S = math.sqrt(0.5)


def _bell_clicks(alice: Floats, bob: Floats, dark: float) -> Floats:
    """Return the probabilities of the 16 patterns, averaged over the relative phase."""
    phases = np.exp(2j * np.pi * np.arange(_PHASES) / _PHASES)[:, None]
    first, second = (alice + phases * bob) * _S, (alice - phases * bob) * _S
    means = np.abs(np.concatenate([first, second], axis=1)) ** 2
    return _independent((1 - dark) * np.exp(-means))


def _independent(silent: Floats) -> Floats:
    """Return the mean probabilities of patterns of independent detectors, (phases, detectors) silent."""
    detectors = silent.shape[1]
    found = np.empty(1 << detectors)
    for pattern in range(1 << detectors):
        terms = [1 - silent[:, d] if pattern >> d & 1 else silent[:, d] for d in range(detectors)]
        found[pattern] = np.prod(terms, axis=0).mean()
    return found


def mdi_sifting(experiment: Experiment, basis: str = "z") -> Sifting:
    """Keep announced Bell states where both used ``basis``; Bob flips his bit as the announcement asks.

    Ψ- is a click of H and V of different outputs, Ψ+ of the same. In Z bits are opposite for both; in X they
    are opposite for Ψ- only.
    """
    both = (experiment.column("basis_a") == basis) & (experiment.column("basis_b") == basis)
    keep = np.zeros((len(both), 16))
    one = np.zeros((len(both), 16))
    bob = experiment.column("bit_b").astype(float)
    for pattern in (*_PSI_MINUS, *_PSI_PLUS):
        keep[:, pattern] = both
        flips = basis == "z" or pattern in _PSI_MINUS
        one[:, pattern] = 1 - bob if flips else bob
    return Sifting(experiment.column("bit_a").astype(np.uint8), keep, one, (basis,) * len(both))


def twin_field_experiment(
    signal_intensity: float, transmittance: float, dark_count_probability: float, misalignment: float
) -> Experiment:
    """Return settings (bit_a, bit_b) of key pulses and clicks of the two detectors of the relay.

    Each sends a coherent state of ``signal_intensity`` photons with phase 0 or π through ``transmittance``.
    """
    mean = checks.positive(signal_intensity, "signal_intensity") * transmittance
    dark = checks.probability(dark_count_probability, "dark_count_probability")
    visible = 1 - 2 * error_rate(misalignment, "misalignment")
    settings, rows = [], []
    for a, b in product((0, 1), (0, 1)):
        sign = 1 if a == b else -1
        means = np.array([[mean * (1 + sign * visible), mean * (1 - sign * visible)]])
        settings.append((a, b))
        rows.append(_independent((1 - dark) * np.exp(-means)))
    return Experiment(("bit_a", "bit_b"), tuple(settings), np.full(4, 0.25), np.array(rows)[:, None, :])


def twin_field_sifting(experiment: Experiment) -> Sifting:
    """Keep clicks of one detector alone; the second tells Bob to flip."""
    bob = experiment.column("bit_b").astype(float)
    keep = np.tile([0.0, 1.0, 1.0, 0.0], (4, 1))
    one = np.stack([bob, bob, 1 - bob, bob], axis=1)
    return Sifting(experiment.column("bit_a").astype(np.uint8), keep, one, ("",) * 4)
