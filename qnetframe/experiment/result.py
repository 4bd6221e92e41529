"""Result: what one program gave, exact or sampled, behind one set of questions."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from qnetframe.errors import InvalidInputError, NoAcceptedShotsError
from qnetframe.experiment import shown
from qnetframe.experiment.settings import Setting
from qnetframe.experiment.tables import Table, exact_table
from qnetframe.paulis import pauli_labels, pauli_matrix
from qnetframe.program.branches import branches_by_cutting
from qnetframe.program.circuit import Circuit
from qnetframe.program.density import evolve
from qnetframe.program.footprint import footprint
from qnetframe.program.operations import Expect, Save
from qnetframe.values import (
    AllOf,
    BitArray,
    Branch,
    ConditionLike,
    Estimate,
    Parity,
    Samples,
    StateEstimate,
    condition,
    parities_of,
)

# Up to so many qubits and bits alive at once the referee is asked what acceptance was to be expected.
_SMALL = 6


@dataclass(frozen=True)
class ProgramResult:
    """The outcome of one circuit.

    ``branches`` is set where exact branches were computed; ``tables`` holds the accepted outcomes of each
    measurement setting where shots were asked for. ``method`` is "exact", "exact table" or "native", and
    ``shots`` None when exact.
    """

    circuit: Circuit
    method: str
    shots: int | None
    branches: tuple[Branch, ...] | None
    tables: tuple[Table, ...]

    # ---- questions ---------------------------------------------------------------------------

    @property
    def success_probability(self) -> Estimate:
        """The probability that every ``require`` holds."""
        if self.shots is None:
            return Estimate(math.fsum(b.probability for b in self._branches))
        total = sum(t.total for t in self.tables)
        return _proportion(sum(float(t.weights.sum()) for t in self.tables), total)

    def probability(self, value: ConditionLike | str) -> Estimate:
        """Return the probability that a condition holds, among accepted shots.

        The bits and parities in it must follow from the declared outputs; InvalidInputError lists those.
        A text is the label of an output, or the id of a bit.
        """
        wanted = self._labelled(value) if isinstance(value, str) else condition(value)
        parts = [self._solve(p) for p in parities_of(wanted)]

        def truth(table: Table) -> BitArray:
            values = [table.columns(columns) ^ bool(constant) for columns, constant in parts]
            if isinstance(wanted, (AllOf, Parity)):
                return np.asarray(np.logical_and.reduce(values))
            return np.asarray(np.logical_or.reduce(values))

        return self._mean(truth)

    def distribution(self, *bits: Any) -> dict[tuple[int, ...], Estimate]:
        """Return the joint distribution of bits or parities (of all declared outputs without any).

        A text is the label of an output, or the id of a bit. Outcomes that never occur are left out.
        """
        asked = [self._labelled(b) if isinstance(b, str) else Parity.of(b) for b in bits]
        wanted = asked or [o.parity for o in self.circuit.outputs]
        parts = [self._solve(p) for p in wanted]
        totals: dict[tuple[int, ...], float] = {}
        for table in self._pooled:
            columns = [table.columns(c) ^ bool(k) for c, k in parts]
            stacked = np.stack(columns, axis=1) if columns else np.zeros((len(table.rows), 0), dtype=bool)
            for row, weight in zip(stacked, table.weights, strict=True):
                key = tuple(int(b) for b in row)
                totals[key] = totals.get(key, 0.0) + float(weight)
        accepted = self._accepted()
        if self.shots is None:
            return {k: Estimate(totals[k] / accepted) for k in sorted(totals)}
        return {k: _proportion(totals[k], accepted) for k in sorted(totals)}

    def expectation(self, label: str) -> Estimate:
        """Return the expectation of the Pauli product that ``expect`` labelled."""
        for operation in self.circuit.operations:
            if isinstance(operation, Expect) and operation.label == label:
                return self._pauli(dict(operation.paulis))
        raise InvalidInputError(f"no expectation {label!r}; the program expects: {self._labels(Expect)}")

    def state(self, label: str) -> StateEstimate:
        """Return the state that ``save`` labelled, averaged over branches, in the order of its qubits.

        From samples it is linear-inversion tomography (James et al., PRA 64, 052312): unbiased, with the
        covariance of its Pauli expectations, and possibly not positive.
        """
        for operation in self.circuit.operations:
            if isinstance(operation, Save) and operation.label == label:
                return (
                    self._exact_state(operation.qubits)
                    if self.shots is None
                    else self._tomography(operation.qubits)
                )
        raise InvalidInputError(f"no state {label!r}; the program saves: {self._labels(Save)}")

    @cached_property
    def bits(self) -> Samples:
        """The accepted shots of the declared outputs, in no particular order; only when sampled."""
        if self.shots is None:
            raise InvalidInputError("an exact result has no shots; run with shots= to get bits")
        labels = tuple(o.label for o in self.circuit.outputs)
        rows = [np.repeat(t.rows[:, : len(labels)], t.weights.astype(int), axis=0) for t in self.tables]
        return Samples.from_bits(labels, np.concatenate(rows), self.method)

    # ---- shown and handed on ----------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Return every figure and saved state as plain JSON values."""
        return shown.plain(self)

    def to_json(self) -> str:
        """Return the result as a JSON text."""
        return json.dumps(self.to_dict(), indent=1)

    def to_pandas(self) -> Any:
        """Return a DataFrame with one row for each figure."""
        return shown.frame(self)

    def __rich__(self) -> Any:
        return shown.table(self)

    def __repr__(self) -> str:
        shots = "" if self.shots is None else f", {self.shots} shots"
        return f"<ProgramResult: {self.method}{shots}, {len(self.circuit.outputs)} outputs>"

    def __str__(self) -> str:
        return shown.as_text(self)

    def _repr_html_(self) -> str:
        return shown.as_html(self)

    # ---- arithmetic --------------------------------------------------------------------------

    @property
    def _branches(self) -> tuple[Branch, ...]:
        assert self.branches is not None
        return self.branches

    @cached_property
    def _pooled(self) -> tuple[Table, ...]:
        """The tables that tell about the outputs: exact branches, or the shots of every setting."""
        if self.shots is None:
            bare = [Branch(b.outputs, b.probability) for b in self._branches]
            return (exact_table(self.circuit, bare, Setting(())),)
        return self.tables

    def _accepted(self) -> float:
        accepted = sum(float(t.weights.sum()) for t in self._pooled)
        if accepted <= 0:
            if self.shots is None:
                raise NoAcceptedShotsError("no branch satisfies every require: the success probability is 0")
            expected = self._expected_acceptance()
            known = "" if expected is None else f" (exact acceptance {expected:.3g})"
            total = int(sum(t.total for t in self.tables))
            raise NoAcceptedShotsError(
                f"none of {total} shots satisfies every require{known}; "
                f"the acceptance is below {3 / total:.2g} with 95 % confidence: take more shots"
            )
        return accepted

    def _expected_acceptance(self) -> float | None:
        """Return the exact probability of acceptance; None where it is not known and too much to compute."""
        branches = self.branches
        if branches is None:
            bare = self.circuit.replace(
                [o for o in self.circuit.operations if not isinstance(o, (Save, Expect))], ()
            )
            size = footprint(bare)
            if size.live_qubits > _SMALL or size.slots > _SMALL:
                return None
            branches = tuple(branches_by_cutting(bare, evolve))
        return math.fsum(b.probability for b in branches)

    def _labels(self, kind: type[Save] | type[Expect]) -> str:
        return ", ".join(repr(o.label) for o in self.circuit.operations if isinstance(o, kind)) or "nothing"

    def _mean(self, truth: Any) -> Estimate:
        accepted = self._accepted()
        hits = sum(float(t.weights[truth(t)].sum()) for t in self._pooled)
        return Estimate(hits / accepted) if self.shots is None else _proportion(hits, accepted)

    def _labelled(self, text: str) -> Parity:
        found = {o.label: o.parity for o in self.circuit.outputs}
        return found[text] if text in found else Parity.of(text)

    def _solve(self, parity: Parity) -> tuple[list[int], int]:
        """Return the output columns whose XOR, with a constant, is a parity of recorded bits."""
        basis, names = self._basis
        target, columns = 0, 0
        for bit in parity.bits:
            if bit not in names:
                raise InvalidInputError(self._undeclared(parity))
            target ^= 1 << names[bit]
        for pivot, (row, made_of) in basis.items():
            if target >> pivot & 1:
                target ^= row
                columns ^= made_of
        if target:
            raise InvalidInputError(self._undeclared(parity))
        chosen = [i for i in range(len(self.circuit.outputs)) if columns >> i & 1]
        constant = parity.constant
        for i in chosen:
            constant ^= self.circuit.outputs[i].parity.constant
        return chosen, constant

    @cached_property
    def _basis(self) -> tuple[dict[int, tuple[int, int]], dict[str, int]]:
        names: dict[str, int] = {}
        basis: dict[int, tuple[int, int]] = {}
        for i, output in enumerate(self.circuit.outputs):
            row, made_of = 0, 1 << i
            for bit in output.parity.bits:
                row ^= 1 << names.setdefault(bit, len(names))
            for pivot, (other, origin) in basis.items():
                if row >> pivot & 1:
                    row, made_of = row ^ other, made_of ^ origin
            if row:
                basis[row.bit_length() - 1] = (row, made_of)
                basis = dict(sorted(basis.items(), reverse=True))
        return basis, names

    def _undeclared(self, parity: Parity) -> str:
        declared = ", ".join(o.label for o in self.circuit.outputs) or "none"
        return f"{parity} does not follow from the declared outputs ({declared}); declare it with p.output(…)"

    def _pauli(self, paulis: dict[str, str]) -> Estimate:
        if self.shots is None:
            qubits = tuple(paulis)
            return self._exact_state(qubits).expectation(pauli_matrix("".join(paulis.values())))
        means = [m for m in (self._product_mean(t, paulis) for t in self.tables) if m is not None]
        self._accepted()
        number = sum(n for _, n in means)
        if not number:
            raise NoAcceptedShotsError(f"no accepted shot measured {paulis}; take more shots")
        mean = sum(m * n for m, n in means) / number
        shrunk = mean * number / (number + 1)
        return Estimate(mean, math.sqrt((1 - shrunk**2) / number), int(number))

    def _signs(self, table: Table, paulis: Mapping[str, str]) -> Any:
        kept = {q: len(self.circuit.outputs) + i for i, (q, _) in enumerate(table.setting.bases)}
        return 1.0 - 2.0 * table.columns([kept[q] for q in paulis])

    def _product_mean(self, table: Table, paulis: dict[str, str]) -> tuple[float, float] | None:
        number = float(table.weights.sum())
        if not table.setting.covers(paulis) or not number:
            return None
        return float(table.weights @ self._signs(table, paulis)) / number, number

    def _exact_state(self, qubits: Sequence[str]) -> StateEstimate:
        accepted = self._accepted()
        saved = self.circuit.saved
        total = sum(b.probability * np.asarray(b.state) for b in self._branches) / accepted
        n = len(saved)
        keep = [saved.index(q) for q in qubits]
        rest = [i for i in range(n) if i not in keep]
        order = keep + rest
        k, r = 1 << len(keep), 1 << len(rest)
        tensor = np.asarray(total).reshape((2,) * (2 * n)).transpose([*order, *(n + i for i in order)])
        matrix = np.einsum("arbr->ab", tensor.reshape(k, r, k, r))
        labels = pauli_labels(len(keep))
        return StateEstimate(np.ascontiguousarray(matrix), labels, np.zeros((len(labels), len(labels))))

    def _tomography(self, qubits: Sequence[str]) -> StateEstimate:
        labels = pauli_labels(len(qubits))
        products = [{q: p for q, p in zip(qubits, label, strict=True) if p != "I"} for label in labels]
        size = len(labels)
        means, numbers = np.zeros(size), np.zeros(size)
        pairs = np.zeros((size, size))
        self._accepted()
        for table in self.tables:
            weight = float(table.weights.sum())
            covered = [i for i in range(1, size) if table.setting.covers(products[i])]
            if not weight or not covered:
                continue
            signs = np.stack([self._signs(table, products[i]) for i in covered])
            local = signs @ table.weights / weight
            means[covered] += local * weight
            numbers[covered] += weight
            shrunk = local * weight / (weight + 1)
            moment = (signs * table.weights) @ signs.T / weight
            spread = moment - np.outer(local, local)
            np.fill_diagonal(spread, 1 - shrunk**2)
            pairs[np.ix_(covered, covered)] += weight * spread
        if (numbers[1:] == 0).any():
            raise NoAcceptedShotsError("a tomography setting has no accepted shot; take more shots")
        numbers[0], means[0] = 1, 1
        means = means / numbers
        covariance = pairs / np.outer(numbers, numbers)
        dim = 1 << len(qubits)
        matrix = sum(m * pauli_matrix(label) for m, label in zip(means, labels, strict=True)) / dim
        shots = int(sum(t.weights.sum() for t in self.tables))
        return StateEstimate(np.asarray(matrix), labels, covariance, shots)


def _proportion(hits: float, number: float) -> Estimate:
    """Return hits/number with a standard error that stays above 0 at the ends (Jeffreys mean inside)."""
    smooth = (hits + 0.5) / (number + 1)
    return Estimate(hits / number, math.sqrt(smooth * (1 - smooth) / number), int(number))
