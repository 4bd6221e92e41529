"""LDPC: error correction by one syndrome a frame, with more disclosed only where decoding fails.

The rate is adapted by punctured bits (random ones of Alice's that Bob does not know) and shortened ones (that
both know): Elkouss, Martinez-Mateo, Martin, Quant. Inf. Comp. 11, 226 (2011). Retries are blind: where belief
propagation fails, Alice tells values of punctured bits, and when these are used up bits of the frame:
Martinez-Mateo, Elkouss, Martin, Quant. Inf. Comp. 12, 791 (2012).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe_qkd.entropy import binary_entropy
from qnetframe_qkd.optics import error_rate
from qnetframe_qkd.postprocessing.bits import Bits, Randomness, SystemRandomness, same_length
from qnetframe_qkd.postprocessing.cascade import Reconciliation
from qnetframe_qkd.postprocessing.ldpc_codes import Code, code

Floats = NDArray[np.float32]
# Codes come in steps of this share of their bits, so that few are built; punctured bits do the rest.
_STEP = 128
# Share of the checks that are kept for retries, as punctured bits.
_RESERVE = 0.03
# Share of the least disclosure that each retry tells.
_RETRY = 0.02
_KNOWN = 60.0


def ldpc(
    alice: Any,
    bob: Any,
    qber: float,
    seed: int = 0,
    frame: int = 1 << 16,
    start: float | None = None,
    iterations: int = 60,
    randomness: Randomness | None = None,
    progress: Callable[[float], None] | None = None,
) -> Reconciliation:
    """Correct Bob's bits to Alice's by syndromes of irregular LDPC codes.

    ``qber`` is an estimate; the first message discloses ``start`` times its entropy (by default what most
    frames need at this size), each retry 2 % of it. ``seed`` is public and shuffles the bits; values of
    punctured bits come from ``randomness``, the system's by default. Frames have about ``frame`` bits.

    What is ``disclosed`` is the length of all syndromes and of all values told later, less the punctured
    bits: no two of these share a check, so each hides one bit of the syndrome as a one-time pad does.
    """
    a, b = same_length(alice, bob)
    rate = max(error_rate(qber, "qber"), 1e-3)
    checks.integer(seed, "seed", low=0)
    checks.integer(iterations, "iterations", low=1)
    frames = max(1, -(-len(a) // checks.integer(frame, "frame", low=256)))
    if len(a) == 0:
        return Reconciliation(b, 0, 0, np.zeros(0, np.uint8), "ldpc")
    from qnetframe_qkd.postprocessing import _ldpc

    plan = _plan(-(-len(a) // frames), rate, start)
    order = np.random.default_rng(seed).permutation(len(a))
    # Both know the zeros that fill the last frame.
    filled = frames * plan.payload - len(a)
    mine, yours = (np.pad(x[order], (0, filled)).reshape(frames, -1) for x in (a, b))
    source = randomness or SystemRandomness()
    transcript: list[Bits] = []
    disclosed = retried = 0
    for first in range(0, frames, _ldpc.LANES):
        part = slice(first, min(frames, first + _ldpc.LANES))
        known = filled if part.stop == frames else 0
        batch = _Batch(plan, mine[part], yours[part], rate, known, source)
        batch.decode(iterations)
        transcript += batch.transcript
        disclosed += sum(len(t) for t in batch.transcript) - batch.padded
        retried += batch.retried
        yours[part] = batch.corrected()
        if progress:
            progress(part.stop / frames)
    bits = np.empty(len(b), np.uint8)
    bits[order] = yours.ravel()[: len(b)]
    sent = np.concatenate(transcript)
    return Reconciliation(bits, disclosed, int((bits != b).sum()), sent, "ldpc", frames, retried)


@dataclass(frozen=True, eq=False)
class _Plan:
    """How a frame is laid out: the places of its payload and of the punctured bits; the rest is shortened."""

    code: Code
    places: NDArray[np.int64]
    punctured: NDArray[np.int64]
    retry: int

    @property
    def payload(self) -> int:
        return len(self.places)


def first_disclosure(bits: int, qber: float) -> float:
    """Return f of the first message: what frames of this size need, from simulation."""
    return min(1.5, 1.05 + 9.0 / math.sqrt(bits) + 0.0014 / qber)


def _plan(payload: int, rate: float, start: float | None) -> _Plan:
    """Return the layout for frames with this many bits of the key."""
    from qnetframe_qkd.postprocessing._ldpc import untainted

    least = payload * binary_entropy(rate)
    wanted = min((start or first_disclosure(payload, rate)) * least, 0.95 * payload)
    bits = -(-payload // 256) * 256
    while True:
        rows = math.ceil(wanted * (1 + _RESERVE) / bits * _STEP) * bits // _STEP
        hidden = rows - round(wanted)
        if payload + hidden <= bits:
            break
        bits += -(-(payload + hidden - bits) // 256) * 256
    matrix = code(bits, rows)
    # Bits of degree 3 and more first, at random: those of degree 2 carry the graph.
    degrees = np.diff(matrix.bit_start)
    rng = np.random.default_rng(matrix.checks)
    candidates = rng.permutation(bits)
    candidates = candidates[
        np.argsort(np.where(degrees[candidates] < 3, 99, degrees[candidates]), kind="stable")
    ]
    punctured = untainted(
        candidates, matrix.start, matrix.columns, matrix.bit_start, matrix.bit_checks, hidden
    )
    others = np.setdiff1d(np.arange(bits), punctured)
    places = np.sort(rng.choice(others, payload, replace=False))
    return _Plan(matrix, places, punctured, max(1, round(_RETRY * least)))


class _Batch:
    """Up to 16 frames that are decoded together."""

    def __init__(
        self, plan: _Plan, mine: Any, yours: Any, rate: float, known: int, randomness: Randomness
    ) -> None:
        from qnetframe_qkd.postprocessing import _ldpc

        self._plan, self._frames = plan, len(mine)
        bits, hidden = plan.code.bits, len(plan.punctured)
        pads = randomness.bits(hidden * self._frames).reshape(hidden, self._frames)
        sent, guess = (np.zeros((bits, _ldpc.LANES), np.uint8) for _ in (0, 1))
        sent[plan.places, : self._frames] = mine.T
        sent[plan.punctured, : self._frames] = pads
        guess[plan.places, : self._frames] = yours.T
        self._mine, self._yours = sent, guess
        graph = plan.code.start, plan.code.columns
        syndrome = _ldpc.syndrome(_packed(sent), *graph)
        self._wanted = syndrome ^ _ldpc.syndrome(_packed(guess), *graph)
        lanes = np.arange(self._frames, dtype=np.uint16)
        self.transcript: list[Bits] = list((syndrome[None] >> lanes[:, None] & 1).astype(np.uint8))
        self.padded = hidden * self._frames
        self.retried = 0
        self._prior = np.full((bits, _ldpc.LANES), _KNOWN, np.float32)
        self._prior[plan.places, : self._frames] = math.log((1 - rate) / rate)
        self._prior[plan.punctured, : self._frames] = 0.0
        if known:
            self._prior[plan.places[-known:], self._frames - 1] = _KNOWN

    def decode(self, iterations: int) -> None:
        """Find the errors of every frame; where that fails, disclose more and try again."""
        from qnetframe_qkd.postprocessing import _ldpc

        plan = self._plan
        widest = int(np.diff(plan.code.start).max())
        work = (
            np.empty((widest, _ldpc.LANES), np.float32), np.empty((widest, _ldpc.LANES), np.float32),
            np.empty(plan.code.bits, np.uint16),
        )  # fmt: skip
        messages = np.zeros((len(plan.code.columns), _ldpc.LANES), np.float32)
        posterior = self._prior.copy()
        self._errors = np.zeros(self._yours.shape, np.uint8)
        rng = np.random.default_rng(plan.code.checks)
        tellable = np.concatenate([plan.punctured, rng.permutation(plan.places)])
        done = 0xFFFF ^ ((1 << self._frames) - 1)
        told = 0
        while True:
            # Retries go on from where decoding stood.
            turns = iterations if told == 0 else -(-iterations // 3)
            converged, _ = _ldpc.decode(
                posterior, messages, plan.code.start, plan.code.columns, self._wanted, turns, done, *work
            )
            for lane in range(self._frames):
                if converged >> lane & 1 and not done >> lane & 1:
                    self._errors[:, lane] = posterior[:, lane] < 0
                    done |= 1 << lane
            failed = [lane for lane in range(self._frames) if not done >> lane & 1]
            if told == len(tellable):
                # Bob was told every bit.
                self._errors[:, failed] = (self._prior < 0)[:, failed]
                return
            if not failed:
                return
            if told == 0:
                self.retried = len(failed)
            places = tellable[told : told + plan.retry]
            told += len(places)
            for lane in failed:
                values = self._mine[places, lane]
                self.transcript.append(values)
                sure = np.where(values == self._yours[places, lane], _KNOWN, -_KNOWN).astype(np.float32)
                posterior[places, lane] += sure - self._prior[places, lane]
                self._prior[places, lane] = sure

    def corrected(self) -> Any:
        """Return Bob's bits, (frames, payload)."""
        return (self._yours ^ self._errors)[self._plan.places, : self._frames].T


def _packed(bits: Any) -> NDArray[np.uint16]:
    """Return (bits, 16) as words, column j in bit j."""
    return np.packbits(bits, axis=1, bitorder="little").view(np.uint16).ravel()
