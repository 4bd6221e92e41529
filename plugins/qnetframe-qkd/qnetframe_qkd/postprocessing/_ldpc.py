"""LDPC codes, compiled: progressive edge growth, syndromes, and layered belief propagation.

Sixteen frames are decoded at once: an array has one row a bit (or an edge) and one column a frame, so that
the loops over frames become vector instructions. Bits of sixteen frames are also packed in words, frame j in
bit j.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

LANES = 16
# An edge goes to the least-loaded of this many checks drawn beyond the reach of its bit.
_DRAWN = 32
# Checks that the search around a bit reaches at most: far for bits of degree 2 and 3, which could else form
# short cycles among themselves, nearer for the others.
_REACH, _NEAR = 2000, 300
_HALF, _ONE, _ZERO = np.float32(0.5), np.float32(1.0), np.float32(0.0)
_LN2 = np.float32(np.log(2.0))
_SLOPE = np.float32(1 / (8 * np.log(2.0)))


@numba.njit(cache=True)
def _reach(
    bit: int, checks: int, members: Any, load: Any, first: Any, degree: Any, seen: Any, bits_seen: Any,
    queue: Any, stamp: int, far: int,
) -> None:  # fmt: skip
    """Mark (with ``stamp``) the checks around a bit, nearest first, up to a number."""
    most = min(far, checks // 2)
    size = 0
    for k in range(degree[bit]):
        queue[size] = first[bit, k]
        seen[first[bit, k]] = stamp
        size += 1
    bits_seen[bit] = stamp
    at = 0
    while at < size and size < most:
        check = queue[at]
        at += 1
        for i in range(load[check]):
            other = members[check, i]
            if bits_seen[other] == stamp:
                continue
            bits_seen[other] = stamp
            for k in range(degree[other]):
                found = first[other, k]
                if seen[found] != stamp and size < most:
                    seen[found] = stamp
                    queue[size] = found
                    size += 1


@numba.njit(cache=True)
def grow(checks: int, wanted: Any, widest: int, seed: int) -> tuple[Any, Any]:
    """Return (members, load) of the checks of a graph whose bits have the ``wanted`` degrees, ascending.

    ``members`` is (checks, widest), of which the first ``load`` are used.
    """
    np.random.seed(seed)
    bits = len(wanted)
    members = np.zeros((checks, widest), np.int32)
    load = np.zeros(checks, np.int32)
    first = np.zeros((bits, wanted.max()), np.int32)
    degree = np.zeros(bits, np.int32)
    seen, bits_seen = np.zeros(checks, np.int32), np.zeros(bits, np.int32)
    queue = np.zeros(_REACH + wanted.max(), np.int32)
    stamp = 0
    for bit in range(bits):
        for _ in range(wanted[bit]):
            stamp += 1
            far = _REACH if wanted[bit] <= 3 else _NEAR
            _reach(bit, checks, members, load, first, degree, seen, bits_seen, queue, stamp, far)
            best = -1
            tries = found = 0
            while found < _DRAWN and tries < 20 * _DRAWN:
                c = np.random.randint(checks)
                tries += 1
                near = seen[c] == stamp
                if near and tries > 10 * _DRAWN and best < 0:
                    # Everything is near: a short cycle is better than none, a double edge is not.
                    near = False
                    for k in range(degree[bit]):
                        near |= first[bit, k] == c
                if not near and load[c] < widest:
                    found += 1
                    if best < 0 or load[c] < load[best]:
                        best = c
            if best >= 0:
                members[best, load[best]] = bit
                load[best] += 1
                first[bit, degree[bit]] = best
                degree[bit] += 1
    return members, load


@numba.njit(cache=True)
def syndrome(words: Any, start: Any, columns: Any) -> Any:
    """Return the packed parities of each check."""
    found = np.zeros(len(start) - 1, np.uint16)
    for c in range(len(found)):
        total = np.uint16(0)
        for e in range(start[c], start[c + 1]):
            total ^= words[columns[e]]
        found[c] = total
    return found


@numba.njit(cache=True)
def untainted(order: Any, start: Any, columns: Any, bit_start: Any, bit_checks: Any, most: int) -> Any:
    """Return up to ``most`` bits, in this order, of which no two share a check."""
    used = np.zeros(len(start) - 1, np.bool_)
    chosen = np.empty(most, np.int64)
    size = 0
    for bit in order:
        if size == most:
            break
        free = bit_start[bit] < bit_start[bit + 1]
        for i in range(bit_start[bit], bit_start[bit + 1]):
            free &= not used[bit_checks[i]]
        if free:
            for i in range(bit_start[bit], bit_start[bit + 1]):
                used[bit_checks[i]] = True
            chosen[size] = bit
            size += 1
    return chosen[:size]


@numba.njit(cache=True, fastmath=True, error_model="numpy", inline="always")
def _soft(x: Any) -> Any:
    """Return x/2 + ln(1 + exp(-x)) for x >= 0; ln 2 (1 - x/5.545)^4 has its value and slope at 0, and an
    error below 0.02 everywhere.
    """
    rest = max(_ONE - x * _SLOPE, _ZERO)
    rest *= rest
    return _HALF * x + _LN2 * rest * rest


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def decode(
    posterior: Any, messages: Any, start: Any, columns: Any, wanted: Any, iterations: int, done: int,
    incoming: Any, forward: Any, hard: Any,
) -> tuple[int, int]:  # fmt: skip
    """Run sum-product iterations, check by check, until every frame has the ``wanted`` syndrome.

    Logarithmic likelihood ratios ``posterior`` (bits, 16) and ``messages`` (edges, 16) are changed in place;
    ``done`` has a bit for each frame that need not converge. Return (frames that converged, iterations).
    """
    lanes = 16
    backward = np.zeros(lanes, np.float32)
    sign = np.zeros(lanes, np.float32)
    for turn in range(iterations):
        for c in range(len(start) - 1):
            low, size = start[c], start[c + 1] - start[c]
            if size == 0:
                continue
            for j in range(lanes):
                sign[j] = _ONE - np.float32(2 * ((wanted[c] >> j) & 1))
            for i in range(size):
                bit = columns[low + i]
                for j in range(lanes):
                    incoming[i, j] = posterior[bit, j] - messages[low + i, j]
            for j in range(lanes):
                forward[0, j] = incoming[0, j]
            for i in range(1, size):
                for j in range(lanes):
                    a, b = forward[i - 1, j], incoming[i, j]
                    forward[i, j] = _soft(abs(a + b)) - _soft(abs(a - b))
            for j in range(lanes):
                backward[j] = incoming[size - 1, j]
            for k in range(size):
                i = size - 1 - k
                bit = columns[low + i]
                if k == 0:
                    for j in range(lanes):
                        # A check of one bit says what it is.
                        out = forward[size - 2, j] if size > 1 else np.float32(30.0)
                        out *= sign[j]
                        messages[low + i, j] = out
                        posterior[bit, j] = incoming[i, j] + out
                elif i == 0:
                    for j in range(lanes):
                        out = backward[j] * sign[j]
                        messages[low, j] = out
                        posterior[bit, j] = incoming[0, j] + out
                else:
                    for j in range(lanes):
                        a, b = forward[i - 1, j], backward[j]
                        out = (_soft(abs(a + b)) - _soft(abs(a - b))) * sign[j]
                        messages[low + i, j] = out
                        posterior[bit, j] = incoming[i, j] + out
                    for j in range(lanes):
                        a, b = backward[j], incoming[i, j]
                        backward[j] = _soft(abs(a + b)) - _soft(abs(a - b))
        for bit in range(len(posterior)):
            word = 0
            for j in range(lanes):
                word |= int(posterior[bit, j] < _ZERO) << j
            hard[bit] = word
        wrong = np.uint16(0)
        for c in range(len(start) - 1):
            total = wanted[c]
            for e in range(start[c], start[c + 1]):
                total ^= hard[columns[e]]
            wrong |= total
        if (int(wrong) & ~done) == 0:
            return int(~wrong) & 0xFFFF, turn + 1
    return int(~wrong) & 0xFFFF, iterations
