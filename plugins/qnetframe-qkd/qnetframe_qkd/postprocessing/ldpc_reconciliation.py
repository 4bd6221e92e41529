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
# Numbers of checks come in steps of at most 1/24, so that few codes are built; punctured bits do the rest.
_STEPS = 24
# Share of the checks that are kept for retries, as punctured bits.
_RESERVE = 0.03
# Share of the least disclosure that each retry tells.
_RETRY = 0.02
# Iterations between two looks at which frames are done.
_TURNS = 6
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

    Frames of less than some hundred bits may keep errors: verify.
    """
    a, b = same_length(alice, bob)
    rate = max(error_rate(qber, "qber"), 1e-3)
    checks.integer(seed, "seed", low=0)
    checks.integer(iterations, "iterations", low=1)
    frames = max(1, -(-len(a) // checks.integer(frame, "frame", low=256)))
    if len(a) == 0:
        return Reconciliation(b, 0, 0, np.zeros(0, np.uint8), "ldpc")

    plan = _plan(-(-len(a) // frames), rate, start)
    order = np.random.default_rng(seed).permutation(len(a))
    # Both know the zeros that fill the last frame.
    filled = frames * plan.payload - len(a)
    mine, yours = (np.pad(x[order], (0, filled)).reshape(frames, -1) for x in (a, b))
    decoder = _Decoder(plan, rate, iterations, randomness or SystemRandomness())
    waiting, finished = 0, 0
    while finished < frames:
        while waiting < frames and (lane := decoder.free_lane()) is not None:
            known = filled if waiting == frames - 1 else 0
            decoder.load(lane, waiting, mine[waiting], yours[waiting], known)
            waiting += 1
        for number, row in decoder.step():
            yours[number] = row
            finished += 1
        if progress:
            progress(finished / frames)
    bits = np.empty(len(b), np.uint8)
    bits[order] = yours.ravel()[: len(b)]
    sent = np.concatenate(decoder.transcript)
    disclosed = len(sent) - frames * len(plan.punctured)
    return Reconciliation(bits, disclosed, int((bits != b).sum()), sent, "ldpc", frames, decoder.retried)


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
    wanted = min(max(1.0, (start or first_disclosure(payload, rate)) * least), 0.95 * payload)
    bits = -(-payload // 256) * 256
    while True:
        least_rows = math.ceil(wanted * (1 + _RESERVE))
        step = max(1, bits >> math.ceil(math.log2(_STEPS * bits / least_rows)))
        rows = -(-least_rows // step) * step
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


class _Decoder:
    """Sixteen frames at once; the place of one that is done goes to the next."""

    def __init__(self, plan: _Plan, rate: float, iterations: int, randomness: Randomness) -> None:
        from qnetframe_qkd.postprocessing import _ldpc

        self._plan, self._iterations, self._randomness = plan, iterations, randomness
        self._odds = math.log((1 - rate) / rate)
        code, lanes = plan.code, _ldpc.LANES
        self._prior, self._posterior = (np.full((code.bits, lanes), _KNOWN, np.float32) for _ in (0, 1))
        self._messages = np.zeros((len(code.columns), lanes), np.float32)
        widest = int(np.diff(code.start).max())
        self._work = (
            np.empty((widest, lanes), np.float32), np.empty((widest, lanes), np.float32),
            np.empty(code.bits, np.uint16),
        )  # fmt: skip
        self._wanted = np.zeros(code.checks, np.uint16)
        self._sent, self._guess = (np.zeros((code.bits, lanes), np.uint8) for _ in (0, 1))
        self._frame = [-1] * lanes
        self._left, self._told = [0] * lanes, [0] * lanes
        rng = np.random.default_rng(code.checks)
        self._tellable = np.concatenate([plan.punctured, rng.permutation(plan.places)])
        self.transcript: list[Bits] = []
        self.retried = 0

    def free_lane(self) -> int | None:
        """Return a lane without a frame, None where all have one."""
        return self._frame.index(-1) if -1 in self._frame else None

    def load(self, lane: int, number: int, mine: Bits, yours: Bits, known: int) -> None:
        """Send the syndrome of a frame and start to decode it; its last ``known`` bits are no secret."""
        from qnetframe_qkd.postprocessing import _ldpc

        plan = self._plan
        self._frame[lane], self._left[lane], self._told[lane] = number, self._iterations, 0
        for bits, frame, hidden in (
            (self._sent, mine, self._randomness.bits(len(plan.punctured))),
            (self._guess, yours, 0),
        ):
            bits[:, lane] = 0
            bits[plan.places, lane], bits[plan.punctured, lane] = frame, hidden
        syndromes = [
            _ldpc.syndrome(bits[:, lane].astype(np.uint16), plan.code.start, plan.code.columns)
            for bits in (self._sent, self._guess)
        ]
        self.transcript.append(syndromes[0].astype(np.uint8))
        self._wanted &= np.uint16(0xFFFF ^ 1 << lane)
        self._wanted |= (syndromes[0] ^ syndromes[1]) << np.uint16(lane)
        self._prior[:, lane] = _KNOWN
        self._prior[plan.places[: plan.payload - known], lane] = self._odds
        self._prior[plan.punctured, lane] = 0.0
        self._posterior[:, lane] = self._prior[:, lane]
        self._messages[:, lane] = 0.0

    def step(self) -> list[tuple[int, Bits]]:
        """Decode on for some iterations; return the frames that are done, with Bob's corrected bits.

        A frame that has had its iterations gets a retry.
        """
        from qnetframe_qkd.postprocessing import _ldpc

        active = [lane for lane, number in enumerate(self._frame) if number >= 0]
        idle = 0xFFFF ^ sum(1 << lane for lane in active)
        code = self._plan.code
        converged, turns = _ldpc.decode(
            self._posterior, self._messages, code.start, code.columns, self._wanted, _TURNS, idle, *self._work
        )
        done = []
        for lane in active:
            self._left[lane] -= turns
            if converged >> lane & 1 or self._told[lane] == len(self._tellable):
                # Where Bob was told every bit, priors alone say it all.
                values = self._posterior if converged >> lane & 1 else self._prior
                row = self._guess[:, lane] ^ (values[:, lane] < 0)
                done.append((self._frame[lane], row[self._plan.places]))
                self._frame[lane] = -1
            elif self._left[lane] <= 0:
                self._retry(lane)
        return done

    def _retry(self, lane: int) -> None:
        """Tell more of Alice's bits; decoding goes on from where it stood."""
        told = self._told[lane]
        places = self._tellable[told : told + self._plan.retry]
        self.retried += told == 0
        self._told[lane] += len(places)
        self._left[lane] = self._iterations // 3
        values = self._sent[places, lane]
        self.transcript.append(values)
        sure = np.where(values == self._guess[places, lane], _KNOWN, -_KNOWN).astype(np.float32)
        self._posterior[places, lane] += sure - self._prior[places, lane]
        self._prior[places, lane] = sure
