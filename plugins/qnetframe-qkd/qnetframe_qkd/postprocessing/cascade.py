"""Cascade: error correction by disclosed parities, as an interactive protocol on real bits.

Brassard, Salvail, EUROCRYPT '93; with sub-block reuse and block sizes in powers of two as Martinez-Mateo,
Pacher, Peev, Ciurana, Martin, Quant. Inf. Comp. 15, 453 (2015), found best.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from qnetframe import checks
from qnetframe_qkd.entropy import binary_entropy
from qnetframe_qkd.optics import error_rate
from qnetframe_qkd.postprocessing.bits import Bits, same_length

# Frames that are reconciled between two reports of progress.
_BATCH = 16


@dataclass(frozen=True, eq=False)
class Reconciliation:
    """What error correction gave: Bob's corrected bits, and all that was disclosed on the way.

    ``disclosed`` counts the bits that Alice told, ``transcript`` are the bits that she sent in order (as
    many, but for LDPC, where some are hidden by random bits), ``corrected`` how many of Bob's bits
    were changed. ``retried`` of ``frames`` needed more than their first message, for LDPC; 0 for Cascade.
    """

    bits: Bits
    disclosed: int
    corrected: int
    transcript: Bits
    method: str
    frames: int = 0
    retried: int = 0

    @property
    def qber(self) -> float:
        """The error rate that was found."""
        return self.corrected / max(1, len(self.bits))

    @property
    def efficiency(self) -> float:
        """f: disclosed bits over n h(Q) at the error rate that was found (infinite without an error)."""
        least = len(self.bits) * binary_entropy(self.qber)
        return self.disclosed / least if least else math.inf


def block_logs(qber: float, log_frame: int) -> tuple[int, int, int]:
    """Return the binary logarithms of the block sizes of the first three passes."""
    ideal = math.log2(1 / max(qber, 1e-4)) - 0.7
    first = min(max(1, math.ceil(ideal)), log_frame - 2)
    second = min(max(first + 1, math.ceil((ideal + 10.7) / 2)), log_frame - 1)
    return first, second, min(max(second + 1, log_frame - 3), log_frame)


def cascade(
    alice: Any,
    bob: Any,
    qber: float,
    seed: int = 0,
    log_frame: int = 16,
    passes: int = 14,
    progress: Callable[[float], None] | None = None,
) -> Reconciliation:
    """Correct Bob's bits to Alice's.

    ``qber`` is an estimate, for the size of the blocks; ``seed`` is public and chooses the permutations. The
    bits are cut into frames of 2**log_frame, the last one filled up with zeros that both know. Some frames
    may stay wrong (about one in 2**(passes - 3) of those with errors left after three passes): verify.
    """
    a, b = same_length(alice, bob)
    rate = error_rate(qber, "qber")
    checks.integer(passes, "passes", low=4, high=64)
    checks.integer(seed, "seed", low=0)
    size = checks.integer(log_frame, "log_frame", low=8, high=24)
    if len(a) == 0:
        return Reconciliation(b, 0, 0, np.zeros(0, np.uint8), "cascade")
    size = max(8, min(size, (len(a) - 1).bit_length()))
    from qnetframe_qkd.postprocessing._cascade import reconcile_frames

    frames = -(-len(a) >> size)
    mine, yours = _words(a, frames, size), _words(b, frames, size)
    logs = np.array(block_logs(rate, size))
    found, pieces = [], []
    for start in range(0, frames, _BATCH):
        part = slice(start, min(frames, start + _BATCH))
        transcript = np.empty((part.stop - start) << (size + 1), np.uint8)
        public = np.uint64((seed * 0x9E3779B97F4A7C15 + start) & 0xFFFFFFFFFFFFFFFF)
        counts = reconcile_frames(mine[part], yours[part], size, logs, passes, public, transcript)
        found.append(counts)
        pieces.append(transcript[: int(counts[:, 0].sum())].copy())
        if progress:
            progress(part.stop / frames)
    counts = np.concatenate(found)
    corrected = np.unpackbits(yours.view(np.uint8), bitorder="little")[: len(a)]
    return Reconciliation(
        corrected, int(counts[:, 0].sum()), int(counts[:, 1].sum()), np.concatenate(pieces), "cascade"
    )


def _words(bits: Bits, frames: int, size: int) -> Any:
    padded = np.zeros(frames << size, np.uint8)
    padded[: len(bits)] = bits
    return np.packbits(padded, bitorder="little").view(np.uint64).reshape(frames, -1).copy()
