"""Outcome tables: rows of outcome bits with how often (or how probably) each occurs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from qnetframe.experiment.settings import REQUIRED, Setting, required
from qnetframe.program.circuit import Circuit
from qnetframe.values import AllOf, BitArray, Branch, ComplexArray, Parity, Samples

_R = 1 / np.sqrt(2)
# Columns are the eigenvectors of outcome 0 and 1.
_EIGENVECTORS: dict[str, ComplexArray] = {
    "X": np.array([[_R, _R], [_R, -_R]], dtype=complex),
    "Y": np.array([[_R, _R], [1j * _R, -1j * _R]], dtype=complex),
    "Z": np.eye(2, dtype=complex),
}


@dataclass(frozen=True)
class Table:
    """Accepted outcomes of one setting: ``rows`` (m, outputs + kept qubits) and ``weights`` (m,).

    ``weights`` are counts for samples and probabilities (adding up to the acceptance) for exact tables;
    ``total`` is the number of shots, rejected ones included, or 1.
    """

    setting: Setting
    rows: BitArray
    weights: NDArray[np.float64]
    total: float

    def columns(self, indices: Sequence[int]) -> BitArray:
        """Return the XOR of some columns."""
        result: BitArray = np.zeros(len(self.rows), dtype=bool)
        for i in indices:
            result ^= self.rows[:, i]
        return result

    def items(self) -> Iterator[tuple[tuple[int, ...], float]]:
        """Yield each row with its weight."""
        for row, weight in zip(self.rows, self.weights, strict=True):
            yield tuple(int(b) for b in row), float(weight)


def exact_table(circuit: Circuit, branches: Sequence[Branch], setting: Setting) -> Table:
    """Return the exact outcome probabilities of a setting from branches."""
    saved = circuit.saved
    position = {q: i for i, q in enumerate(saved)}
    measured = [position[q] for q, _ in setting.bases]
    change = np.eye(1, dtype=complex)
    for qubit in saved:
        basis = setting.basis(qubit)
        change = np.kron(change, _EIGENVECTORS[basis] if basis else np.eye(2))
    rows: list[tuple[int, ...]] = []
    weights: list[float] = []
    outcomes = list(product((0, 1), repeat=len(measured)))
    for branch in branches:
        if branch.state is None:
            rows.append(branch.outputs)
            weights.append(branch.probability)
            continue
        diagonal = np.einsum("ji,jk,ki->i", change.conj(), branch.state, change).real
        others = tuple(i for i in range(len(saved)) if i not in measured)
        kept = np.clip(diagonal.reshape((2,) * len(saved)).sum(axis=others), 0, None)
        for outcome in outcomes:
            rows.append((*branch.outputs, *outcome))
            weights.append(branch.probability * float(kept[outcome]))
    width = len(circuit.outputs) + len(measured)
    return Table(setting, np.array(rows, dtype=bool).reshape(len(rows), width), np.array(weights), 1.0)


def drawn_table(table: Table, shots: int, seed: np.random.SeedSequence) -> Table:
    """Return the counts of ``shots`` draws from an exact table (one multinomial draw)."""
    rng = np.random.default_rng(seed)
    weights = np.clip(table.weights, 0, None)
    accepted = float(weights.sum())
    probabilities = np.append(weights, max(0.0, 1.0 - accepted))
    counts = rng.multinomial(shots, probabilities / probabilities.sum())[:-1]
    keep = counts > 0
    return Table(table.setting, table.rows[keep], counts[keep].astype(float), float(shots))


def sampled_table(circuit: Circuit, samples: Samples, setting: Setting) -> Table:
    """Return the accepted outcomes of samples of ``bits_only(circuit, setting)``."""
    width = len(circuit.outputs) + len(setting.bases)
    labels = {label: i for i, label in enumerate(samples.labels)}
    conditions = [
        (isinstance(c, (AllOf, Parity)), [labels[f"{REQUIRED}{i}:{j}"] for j in range(_size(c))])
        for i, c in enumerate(required(circuit))
    ]
    packed: list[NDArray[np.uint8]] = []
    counts: list[NDArray[np.float64]] = []
    for chunk in samples.chunks():
        accepted: BitArray = np.ones(len(chunk), dtype=bool)
        for conjunction, columns in conditions:
            accepted &= chunk[:, columns].all(axis=1) if conjunction else chunk[:, columns].any(axis=1)
        kept = chunk[:, :width] if accepted.all() else chunk[accepted][:, :width]
        rows, numbers = _distinct(np.packbits(kept, axis=1), np.ones(len(kept)))
        packed.append(rows)
        counts.append(numbers)
    rows, numbers = _distinct(np.concatenate(packed), np.concatenate(counts))
    bits = np.unpackbits(rows, axis=1, count=width).astype(bool) if width else np.zeros((len(rows), 0), bool)
    return Table(setting, bits, numbers, float(samples.shots))


def joined_table(first: Table, second: Table) -> Table:
    """Return the outcomes of two tables of one setting together."""
    width = first.rows.shape[1]
    packed = np.packbits(np.concatenate([first.rows, second.rows]), axis=1)
    rows, weights = _distinct(packed, np.concatenate([first.weights, second.weights]))
    bits = np.unpackbits(rows, axis=1, count=width).astype(bool) if width else np.zeros((len(rows), 0), bool)
    return Table(first.setting, bits, weights, first.total + second.total)


def _distinct(
    rows: NDArray[np.uint8], weights: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return the distinct rows of bytes in order, and the total weight of each."""
    if rows.shape[1] == 0:
        return rows[:1], weights[:1] * 0 + weights.sum()
    if rows.shape[1] <= 2:
        # Counting is 50 times as fast as sorting, and most programs have few outputs.
        codes = rows[:, 0].astype(np.intp)
        if rows.shape[1] == 2:
            codes = codes << 8 | rows[:, 1]
        totals = np.asarray(np.bincount(codes, weights), dtype=np.float64)
        seen = np.flatnonzero(totals)
        parts = [seen >> 8, seen & 255] if rows.shape[1] == 2 else [seen]
        return np.stack(parts, axis=1).astype(np.uint8), totals[seen]
    found, places = np.unique(rows, axis=0, return_inverse=True)
    return found, np.asarray(np.bincount(places.ravel(), weights), dtype=np.float64)


def _size(condition: object) -> int:
    return 1 if isinstance(condition, Parity) else len(getattr(condition, "parities"))  # noqa: B009
