"""LDPC: error correction by one syndrome, with more bits disclosed only where decoding fails.

Regular codes with three checks a bit (Gallager, 1962), built by the simplest form of progressive edge
growth: an edge goes to a least-loaded check that shares no bit with those the bit already has. Rate adaption
is blind: Elkouss, Martinez-Mateo, Martin, Quant. Inf. Comp. 12, 791 (2012): where belief propagation fails,
Alice discloses more of her bits and Bob tries again.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from qnetframe import checks
from qnetframe.errors import QnetframeError
from qnetframe_qkd.entropy import binary_entropy
from qnetframe_qkd.optics import error_rate
from qnetframe_qkd.postprocessing.bits import Bits, same_length
from qnetframe_qkd.postprocessing.cascade import Reconciliation

_DEGREE = 3


class MissingPackageError(QnetframeError):
    """An optional package is not installed."""


def ldpc(
    alice: Any,
    bob: Any,
    qber: float,
    seed: int = 0,
    frame: int = 4096,
    start: float = 1.35,
    iterations: int = 60,
) -> Reconciliation:
    """Correct Bob's bits to Alice's by syndromes of LDPC codes and belief propagation of the package
    ``ldpc``.

    The first syndrome has ``start`` times the Shannon limit; each further try discloses 5 % of it. The
    seed is public. The last frame is filled with zeros that both know.
    """
    a, b = same_length(alice, bob)
    rate = max(error_rate(qber, "qber"), 1e-3)
    frames = max(1, -(-len(a) // checks.integer(frame, "frame", low=64)))
    # Frames of equal size, so that little is filled up.
    size = max(64, -(-len(a) // (frames * 64)) * 64)
    try:
        from ldpc import BpDecoder  # type: ignore[attr-defined]
    except ImportError:
        raise MissingPackageError(
            "LDPC reconciliation needs the package ldpc: pip install 'qnetframe-qkd[ldpc]'"
        ) from None
    share = min(0.95, max(0.03, start * binary_entropy(rate)))
    # Codes come in steps of 1/64 of the frame, so that few are built.
    code = parity_checks(size, math.ceil(share * 64) * size // 64, seed)
    rng = np.random.default_rng(seed)
    mine, yours = (np.zeros(frames * size, np.uint8) for _ in (0, 1))
    mine[: len(a)], yours[: len(b)] = a, b
    transcript: list[Bits] = []
    step = max(1, round(size * binary_entropy(rate) / 20))
    decoder = BpDecoder(code, error_rate=rate, max_iter=iterations, bp_method="product_sum")
    for f in range(frames):
        part = slice(f * size, (f + 1) * size)
        syndrome = np.asarray(code @ mine[part] % 2, np.uint8)
        transcript.append(syndrome)
        wanted = syndrome ^ np.asarray(code @ yours[part] % 2, np.uint8)
        order = rng.permutation(size)
        told = 0
        priors = np.full(size, rate)
        decoder.update_channel_probs(priors)
        while told < size:
            error = np.asarray(decoder.decode(wanted), np.uint8)
            if decoder.converge:
                yours[part] ^= error
                break
            chosen = order[told : told + step]
            told += len(chosen)
            values = mine[part][chosen]
            transcript.append(values)
            flips = values ^ yours[part][chosen]
            yours[part][chosen] = values
            wanted = wanted ^ np.asarray(code[:, chosen] @ flips % 2, np.uint8)
            priors[chosen] = 1e-12
            decoder.update_channel_probs(priors)
    sent = np.concatenate(transcript) if transcript else np.zeros(0, np.uint8)
    return Reconciliation(yours[: len(a)].copy(), len(sent), int((yours[: len(a)] != b).sum()), sent, "ldpc")


@functools.lru_cache(maxsize=16)
def parity_checks(size: int, checks_: int, seed: int) -> Any:
    """Return a sparse (checks, size) matrix with three ones a column and nearly equal rows, without 4-cycles
    where that is possible.
    """
    from scipy.sparse import csr_matrix

    rng = np.random.default_rng([seed, size, checks_])
    load = np.zeros(checks_, int)
    members: list[list[int]] = [[] for _ in range(checks_)]
    rows, columns = [], []
    of_bit: list[list[int]] = []
    for bit in range(size):
        chosen: list[int] = []
        for _ in range(_DEGREE):
            banned = set(chosen)
            for check in chosen:
                for other in members[check]:
                    banned.update(of_bit[other])
            noise = rng.random(checks_) + load
            if len(banned) < checks_:
                noise[list(banned)] = np.inf
            else:
                noise[chosen] = np.inf
            chosen.append(int(noise.argmin()))
        for check in chosen:
            load[check] += 1
            members[check].append(bit)
        of_bit.append(chosen)
        rows += chosen
        columns += [bit] * _DEGREE
    return csr_matrix((np.ones(len(rows), np.uint8), (rows, columns)), shape=(checks_, size))
