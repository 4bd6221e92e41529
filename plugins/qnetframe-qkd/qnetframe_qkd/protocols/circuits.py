"""The circuit form: one program for each kind of signal, and the click patterns that its bits mean.

A photon is a qubit; loss is an erasure flag, misalignment a readout error, a dark count a coin. What the bits
mean is decided here, classically: an unlost photon clicks where it was found, a dark count clicks where it
is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qnetframe.api import Result, Session
from qnetframe.errors import UnsupportedError
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Bit
from qnetframe_qkd.detection.experiment import Floats


@dataclass(frozen=True)
class Detection:
    """The bits of one receiver: loss flags and outcomes of photons, dark counts of its two detectors."""

    losses: tuple[tuple[Bit, ...], ...]
    outcomes: tuple[Bit, ...]
    dark: tuple[Bit, ...]

    @property
    def bits(self) -> tuple[Bit, ...]:
        """All of them, in order."""
        return (*(b for flags in self.losses for b in flags), *self.outcomes, *self.dark)

    def clicks(self, value: Mapping[str, int]) -> int:
        """Return the pattern of clicks, bit i for detector i."""
        mask = 0
        for flags, outcome in zip(self.losses, self.outcomes, strict=True):
            if not any(value[f.id] for f in flags):
                mask |= 1 << value[outcome.id]
        for detector, bit in enumerate(self.dark):
            mask |= value[bit.id] << detector
        return mask


def prepare(p: Program, qubit: Qubit, basis: str, bit: int) -> None:
    """Prepare an eigenstate of z, x or y from |0>, by Clifford gates."""
    if bit:
        p.x(qubit)
    if basis in "xy":
        p.h(qubit)
    if basis == "y":
        p.s(qubit)


def transport(p: Program, qubit: Qubit, route: Sequence[str]) -> tuple[Bit, ...]:
    """Send a qubit along a route and return its loss flags."""
    return tuple(p.send(qubit, to) for to in route[1:])


def receive(
    p: Program,
    qubits: Sequence[Qubit],
    flags: Sequence[tuple[Bit, ...]],
    party: str,
    basis: str,
    transmittance: float,
    misalignment: float,
    dark: float,
) -> Detection:
    """Lose, measure and add dark counts; ``transmittance`` includes the efficiency of the detectors."""
    losses, outcomes = [], []
    for qubit, known in zip(qubits, flags, strict=True):
        losses.append((*known, p.erase(qubit, 1 - transmittance)) if transmittance < 1 else tuple(known))
        outcomes.append(p.measure(qubit, basis, readout=misalignment))
    coins = tuple(p.coin(dark, party) for _ in (0, 1)) if dark else ()
    return Detection(tuple(losses), tuple(outcomes), coins)


def intercept(p: Program, qubit: Qubit, basis: str) -> Bit:
    """Measure a qubit on its way and leave it in the state found."""
    if basis == "breidbart":
        p.ry(-_EIGHTH, qubit)
        bit = p.measure(qubit)
        p.ry(_EIGHTH, qubit)
        return bit
    if basis == "y":
        p.sdg(qubit)
    if basis in "xy":
        p.h(qubit)
    bit = p.measure(qubit)
    if basis in "xy":
        p.h(qubit)
    if basis == "y":
        p.s(qubit)
    return bit


_EIGHTH = np.pi / 4


def run_patterns(
    session: Session, p: Program, receivers: Sequence[Detection], eve: Bit | None = None
) -> tuple[Floats, int | None]:
    """Run a program and return probabilities (2 of Eve's bit, patterns), and the shots (None if exact).

    The pattern of several receivers has the first one's clicks in its lowest bits.
    """
    bits = [*(b for r in receivers for b in r.bits), *(() if eve is None else (eve,))]
    if not bits:
        raise UnsupportedError("the circuit has nothing to detect")
    p.output(*bits)
    result: Result = session.run(p)
    found = np.zeros((2, 4 ** len(receivers)))
    shots: int | None = None
    cells: Mapping[tuple[int, ...], Any] = result.distribution(*bits)
    for values, estimate in cells.items():
        value = {b.id: v for b, v in zip(bits, values, strict=True)}
        pattern = sum(r.clicks(value) << 2 * i for i, r in enumerate(receivers))
        found[0 if eve is None else value[eve.id], pattern] += estimate.value
        shots = estimate.shots
    return found, shots
