"""Prepare-and-measure protocols as experiments: states and bases as Bloch vectors, light, receiver,
attack.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.attacks.branches import Attack, Branch, Pulse
from qnetframe_qkd.detection.experiment import Experiment
from qnetframe_qkd.detection.light import Light, Receiver

Vector = tuple[float, float, float]
Z: Vector = (0.0, 0.0, 1.0)
X: Vector = (1.0, 0.0, 0.0)
Y: Vector = (0.0, 1.0, 0.0)


def opposite(v: Vector) -> Vector:
    """Return the orthogonal state."""
    return (-v[0], -v[1], -v[2])


@dataclass(frozen=True)
class PreparedStates:
    """What Alice sends and how Bob measures.

    ``states`` are her pure states as Bloch vectors with their ``state_weights``; ``bases`` are Bob's, each
    the vector of outcome 0, with ``basis_weights``. ``labels`` name what Alice chose, (basis, bit).
    """

    states: tuple[Vector, ...]
    labels: tuple[tuple[str, int], ...]
    bases: tuple[Vector, ...]
    basis_names: tuple[str, ...]
    state_weights: tuple[float, ...] = field(default=())
    basis_weights: tuple[float, ...] = field(default=())

    def __post_init__(self) -> None:
        for name, size in (("state_weights", len(self.states)), ("basis_weights", len(self.bases))):
            weights = getattr(self, name) or (1 / size,) * size
            if len(weights) != size or min(weights) < 0 or abs(math.fsum(weights) - 1) > 1e-9:
                raise InvalidInputError(f"{name} is {weights}; {size} weights must add up to 1")
            object.__setattr__(self, name, tuple(weights))


def bb84_states(basis_probability: float = 0.5) -> PreparedStates:
    """Return the states of BB84; ``basis_probability`` is that of Z, for both."""
    return conjugate_bases(("z", "x"), (basis_probability, 1 - basis_probability))


def six_states() -> PreparedStates:
    """Return the states of the six-state protocol, all alike."""
    return conjugate_bases(("z", "x", "y"), (1 / 3,) * 3)


def conjugate_bases(names: Sequence[str], weights: Sequence[float]) -> PreparedStates:
    """Return both states of each basis."""
    for weight in weights:
        checks.probability(weight, "basis_probability")
    vectors = [{"z": Z, "x": X, "y": Y}[n] for n in names]
    return PreparedStates(
        tuple(v for w in vectors for v in (w, opposite(w))),
        tuple((n, bit) for n in names for bit in (0, 1)),
        tuple(vectors),
        tuple(names),
        tuple(w / 2 for w in weights for _ in (0, 1)),
        tuple(weights),
    )


def b92_states() -> PreparedStates:
    """Return |0> for bit 0 and |+> for bit 1; Bob measures z or x."""
    return PreparedStates((Z, X), (("", 0), ("", 1)), (Z, X), ("z", "x"))


def prepared_experiment(
    states: PreparedStates,
    light: Sequence[tuple[str, float, Light]],
    transmittance: float,
    receiver: Receiver,
    attack: Attack | None = None,
) -> Experiment:
    """Return the experiment: settings (intensity, basis, bit, measured) and clicks of two detectors.

    ``light`` lists (name, probability, Light) of the intensities.
    """
    checks.probability(transmittance, "transmittance")
    if abs(math.fsum(p for _, p, _ in light) - 1) > 1e-9 or min(p for _, p, _ in light) < 0:
        raise InvalidInputError("probabilities of intensities must be at least 0 and add up to 1")
    settings, weights, rows = [], [], []
    symbols: dict[str, int] = {} if attack else {"": 0}
    for name, share, pulse_light in light:
        for vector, label, weight in zip(states.states, states.labels, states.state_weights, strict=True):
            pulse = Pulse(vector, label[0], pulse_light, transmittance, receiver)
            branches = (
                [Branch(1.0, "", vector, pulse_light, transmittance)]
                if attack is None
                else attack.branches(pulse)
            )
            for b, (basis, basis_weight) in enumerate(zip(states.bases, states.basis_weights, strict=True)):
                settings.append((name, *label, states.basis_names[b]))
                weights.append(share * weight * basis_weight)
                row: dict[int, np.ndarray] = {}
                for branch in branches:
                    which = symbols.setdefault(branch.symbol, len(symbols))
                    row[which] = row.get(which, 0) + branch.probability * _clicks(branch, basis, receiver)
                rows.append(row)
    table = np.zeros((len(settings), len(symbols), 4))
    for i, row in enumerate(rows):
        for which, values in row.items():
            table[i, which] = values
    return Experiment(
        ("intensity", "basis", "bit", "measured"), tuple(settings), np.array(weights), table, tuple(symbols)
    )


def _clicks(branch: Branch, basis: Vector, receiver: Receiver) -> np.ndarray:
    zero = (1 + float(np.dot(branch.state, basis))) / 2
    if branch.efficiencies is not None:
        receiver = Receiver(branch.efficiencies, receiver.dark_count_probability, receiver.misalignment)
    return receiver.clicks(branch.light, branch.transmittance, min(1.0, max(0.0, zero)))
