"""Samples out of bits that an engine recorded, or out of exact branches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qnetframe.program.circuit import Circuit
from qnetframe.values import BitArray, Branch, Samples, evaluate


def samples_of_bits(circuit: Circuit, bits: Mapping[str, Any], shots: int, method: str = "native") -> Samples:
    """Return the Samples of a circuit's outputs from the recorded bits, each an array of ``shots`` 0/1."""
    arrays = {name: np.asarray(column, dtype=bool) for name, column in bits.items()}
    table: BitArray = np.empty((shots, len(circuit.outputs)), dtype=bool)
    for i, output in enumerate(circuit.outputs):
        table[:, i] = evaluate(output.parity, arrays)
    return Samples.from_bits([o.label for o in circuit.outputs], table, method)


def sample_branches(circuit: Circuit, branches: Sequence[Branch], shots: int, seed: int) -> Samples:
    """Return shots drawn from the exact table of branches (one multinomial draw, then a shuffle)."""
    rng = np.random.default_rng(seed)
    weights = np.array([max(0.0, b.probability) for b in branches])
    numbers = rng.multinomial(shots, weights / weights.sum())
    rows = np.array([b.outputs for b in branches], dtype=bool).reshape(len(branches), len(circuit.outputs))
    order = rng.permutation(np.repeat(np.arange(len(branches)), numbers))
    return Samples.from_bits([o.label for o in circuit.outputs], rows[order], "exact")
