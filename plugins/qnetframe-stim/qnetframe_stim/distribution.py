"""Exact probabilities of declared outputs, from Stim's detector error model.

With every output as a detector, a run flips the outputs of the noiseless circuit by some errors. For a subset
s of the outputs, the mean of (-1)**(parity of s) is then a product, over independent errors of probability p
that flip an odd number of outputs of s, of 1 - 2p; a Walsh-Hadamard transform turns these means into
probabilities. Outcomes that are random without noise are errors of probability 1/2 in Stim's model.

The model knows independent errors only. The Pauli errors of a channel exclude each other, which Stim would
approximate. So an X and a Z on each qubit of a channel go into the model under a tag of their own, which
tells what they flip, and the factor of the channel is the sum, over its errors, of probability times sign.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias

import numpy as np
import stim
from numpy.typing import NDArray

from qnetframe.errors import UnsupportedError

# As many outcomes as the host lets exact backends have branches (4096).
MAX_OUTPUTS = 12
# Below this a probability is rounding; the host prunes its branches there.
_PRUNED = 1e-15
# Any probability makes an error appear in the model.
_PRESENT = 0.25
_X, _Z = ("X", "Y"), ("Z", "Y")

# Errors of which at most one happens: the tags of what each is made of, and its probability.
_Source: TypeAlias = list[tuple[tuple[str, ...], float]]
# The same as patterns of flipped outputs; the first output is the most significant bit.
_Flips: TypeAlias = tuple[tuple[int, float], ...]


def flip_probabilities(native: stim.Circuit) -> NDArray[np.float64]:
    """Return the exact probability of each of the 2**n patterns of flipped detectors.

    The first detector is the most significant bit of the index. Raises UnsupportedError for more than 12.
    """
    number = native.num_detectors
    if number > MAX_OUTPUTS:
        raise UnsupportedError(
            f"stim has the exact distribution of at most {MAX_OUTPUTS} outputs at a time, not of {number}; "
            "name those that are wanted, output_distribution('m0', 'm1'), or sample"
        )
    subsets = np.arange(1 << number)
    means = np.ones(len(subsets))
    for flips, times in _independent(native, number).items():
        factor = np.full(len(subsets), 1.0 - sum(p for _, p in flips))
        for pattern, probability in flips:
            factor += np.where(np.bitwise_count(subsets & pattern) & 1, -probability, probability)
        means *= factor**times
    probabilities = _walsh_hadamard(means) / len(means)
    probabilities[probabilities < _PRUNED] = 0.0
    return probabilities


def _walsh_hadamard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    for axis in range(len(values).bit_length() - 1):
        pairs = values.reshape(-1, 2, 1 << axis)
        values = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], axis=1).reshape(-1)
    return values


def _independent(native: stim.Circuit, number: int) -> Counter[_Flips]:
    """Return the sources of flips, which are independent of each other, and how often each occurs."""
    marked = _Marked()
    marked.add(native)
    found: Counter[_Flips] = Counter()
    patterns: dict[str, int] = {}
    for instruction in marked.circuit.detector_error_model(allow_gauge_detectors=True).flattened():
        if instruction.type != "error":
            continue
        pattern = sum(1 << (number - 1 - target.val) for target in instruction.targets_copy())
        if instruction.tag:
            patterns[instruction.tag] = pattern
        else:
            found[((pattern, instruction.args_copy()[0]),)] += 1
    for source in marked.sources:
        flips: dict[int, float] = {}
        for tags, probability in source:
            pattern = 0
            for tag in tags:
                pattern ^= patterns.get(tag, 0)
            if pattern:
                flips[pattern] = flips.get(pattern, 0.0) + probability
        if flips:
            found[tuple(sorted(flips.items()))] += 1
    return found


@dataclass
class _Marked:
    """A circuit in which tagged, independent errors stand for those that exclude each other."""

    circuit: stim.Circuit = field(default_factory=stim.Circuit)
    sources: list[_Source] = field(default_factory=list)

    def add(self, native: stim.Circuit) -> None:
        """Append a whole circuit."""
        chain: list[tuple[dict[int, str], float]] = []
        for instruction in native.flattened():
            name, targets, arguments = (
                instruction.name,
                instruction.targets_copy(),
                instruction.gate_args_copy(),
            )
            if chain and name != "ELSE_CORRELATED_ERROR":
                self._errors(chain)
                chain = []
            if name in ("E", "ELSE_CORRELATED_ERROR"):  # E is Stim's name of CORRELATED_ERROR
                left = 1.0 - sum(p for _, p in chain)
                chain.append(({t.value: t.pauli_type for t in targets}, left * arguments[0]))
            elif name in ("PAULI_CHANNEL_1", "PAULI_CHANNEL_2"):
                width = int(name[-1])
                for i in range(0, len(targets), width):
                    self._errors(list(_terms(arguments, [t.value for t in targets[i : i + width]])))
            elif name == "HERALDED_ERASE":
                for target in targets:
                    self._erasure(target.value, arguments[0])
            else:
                self.circuit.append(instruction)
        if chain:
            self._errors(chain)

    def _errors(self, terms: list[tuple[dict[int, str], float]]) -> None:
        """Append Pauli errors, {qubit: letter}, that exclude each other."""
        name = str(len(self.sources))
        source: _Source = []
        for letters, probability in terms:
            tags = [f"{name}X{q}" for q, letter in letters.items() if letter in _X]
            tags += [f"{name}Z{q}" for q, letter in letters.items() if letter in _Z]
            source.append((tuple(tags), probability))
        for qubit in dict.fromkeys(q for letters, _ in terms for q in letters):
            self._present(qubit, name)
        self.sources.append(source)

    def _erasure(self, qubit: int, probability: float) -> None:
        """Append a heralded erasure: with some probability the herald and an I, X, Y or Z, equally likely."""
        name = str(len(self.sources))
        x, z, herald = f"{name}X{qubit}", f"{name}Z{qubit}", f"{name}H"
        self._present(qubit, name)
        self.circuit.append("MPAD", 0, _PRESENT, tag=herald)
        errors = [(herald,), (herald, x), (herald, z), (herald, x, z)]
        self.sources.append([(tags, probability / 4) for tags in errors])

    def _present(self, qubit: int, name: str) -> None:
        self.circuit.append("X_ERROR", qubit, _PRESENT, tag=f"{name}X{qubit}")
        self.circuit.append("Z_ERROR", qubit, _PRESENT, tag=f"{name}Z{qubit}")


def _terms(arguments: list[float], qubits: list[int]) -> Iterator[tuple[dict[int, str], float]]:
    labels = list(product("IXYZ", repeat=len(qubits)))[1:]
    for probability, letters in zip(arguments, labels, strict=True):
        if probability:
            yield {q: p for q, p in zip(qubits, letters, strict=True) if p != "I"}, probability
