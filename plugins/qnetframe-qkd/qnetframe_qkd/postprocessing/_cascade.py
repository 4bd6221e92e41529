"""Cascade with sub-block reuse, compiled. Bits are packed 64 to a word, lowest bit first.

Every pass cuts the frame into blocks and every block is the root of a binary tree. A node is known when
Alice's
parity of it was disclosed, or follows from its parent's and its sibling's. A known node is odd when Bob's
parity
differs. What is searched is always the smallest odd node without known children; a corrected bit flips the
nodes above it in every pass, so that each disclosed parity is used again.

The first three passes cut the frame by its own order and by two keyed permutations. Later passes cut it
into a
random half and the rest, each in the frame's order; one parity is disclosed, the other follows from the
parity of the whole frame, which the first pass told.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

_KNOWN, _ODD = np.uint8(1), np.uint8(2)
_ONE = np.uint64(1)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
ORDERED = 3


@numba.njit(cache=True)
def _random(state: Any) -> Any:
    """Advance splitmix64 and return a word: Steele, Lea, Flood, OOPSLA (2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@numba.njit(cache=True)
def _inverse(a: Any) -> Any:
    """Return the inverse of an odd number modulo 2**64, by Newton's iteration."""
    x = a
    for _ in range(6):
        x *= np.uint64(2) - a * x
    return x


@numba.njit(cache=True)
def _forward(i: Any, key: Any, mask: Any, half: Any) -> Any:
    """Return the place of bit i: two rounds of an odd multiplication and a shift, a bijection of n = 2**m."""
    x = (i * key[0] + key[1]) & mask
    x ^= x >> half
    x = (x * key[2] + key[3]) & mask
    x ^= x >> half
    return (x * key[4]) & mask


@numba.njit(cache=True)
def _backward(x: Any, key: Any, mask: Any, half: Any) -> Any:
    """Return the bit at a place; a shift by at least half of the bits undoes itself."""
    x = (x * key[7]) & mask
    x ^= x >> half
    x = ((x - key[3]) * key[6]) & mask
    x ^= x >> half
    return ((x - key[1]) * key[5]) & mask


@numba.njit(cache=True)
def _parity(x: Any) -> int:
    x ^= x >> np.uint64(32)
    x ^= x >> np.uint64(16)
    x ^= x >> np.uint64(8)
    x ^= x >> np.uint64(4)
    return (0x6996 >> int(x & np.uint64(15))) & 1


@numba.njit(cache=True)
def _range_parity(words: Any, chosen: Any, flip: Any, low: int, size: int) -> int:
    """Return the parity of ``size`` bits from ``low`` on, where ``chosen ^ flip`` is 1."""
    if size < 64:
        part = words[low >> 6] & (chosen[low >> 6] ^ flip)
        return _parity((part >> np.uint64(low & 63)) & ((_ONE << np.uint64(size)) - _ONE))
    total = np.uint64(0)
    for w in range(low >> 6, (low + size) >> 6):
        total ^= words[w] & (chosen[w] ^ flip)
    return _parity(total)


@numba.njit(cache=True)
def _push(heap: Any, counts: Any, level: int, item: int) -> None:
    if counts[level] < heap.shape[1]:
        heap[level, counts[level]] = item
        counts[level] += 1


@numba.njit(cache=True)
def reconcile_frame(
    alice: Any,
    bob: Any,
    log_n: int,
    logs: Any,
    passes: int,
    random: Any,
    transcript: Any,
    used: int,
    work: Any,
) -> tuple[int, int]:
    """Correct ``bob`` (words) in place; return (parities disclosed, bits corrected).

    ``logs`` are the binary logarithms of the block sizes of the first three passes, ``transcript`` takes
    Alice's parities from place ``used`` on.
    """
    a_words, d_words, chosen, state, keys, heap, counts = work
    n = 1 << log_n
    words = n >> 6
    mask = np.uint64(n - 1)
    half = np.uint64((log_n + 1) // 2)
    counts[:] = 0
    start = used
    corrected = 0
    whole = 0
    for w in range(words):
        whole ^= _parity(alice[w] ^ bob[w])
    for p in range(passes):
        ordered = p < ORDERED
        # Nodes are numbered as in a heap; a pass by halves has two trees, the chosen half's second.
        state[p, :] = 0
        if p == 0:
            for w in range(words):
                a_words[0, w] = alice[w]
                d_words[0, w] = alice[w] ^ bob[w]
                chosen[0, w] = _ALL
        elif ordered:
            for k in range(5):
                keys[p, k] = _random(random) | (_ONE if k % 2 == 0 else np.uint64(0))
            keys[p, 5], keys[p, 6], keys[p, 7] = (
                _inverse(keys[p, 0]),
                _inverse(keys[p, 2]),
                _inverse(keys[p, 4]),
            )
            key = keys[p]
            for w in range(words):
                a = np.uint64(0)
                d = np.uint64(0)
                for b in range(64):
                    i = _backward(np.uint64((w << 6) + b), key, mask, half)
                    at = int(i >> np.uint64(6))
                    shift = i & np.uint64(63)
                    a |= ((a_words[0, at] >> shift) & _ONE) << np.uint64(b)
                    d |= ((d_words[0, at] >> shift) & _ONE) << np.uint64(b)
                a_words[p, w], d_words[p, w], chosen[p, w] = a, d, _ALL
        else:
            for w in range(words):
                chosen[p, w] = _random(random)
        row = p if ordered else 0
        level = logs[p] if ordered else log_n
        if ordered:
            for block in range(n >> level):
                low = block << level
                odd = _range_parity(d_words[row], chosen[p], np.uint64(0), low, 1 << level)
                transcript[used] = _range_parity(a_words[row], chosen[p], np.uint64(0), low, 1 << level)
                used += 1
                node = (1 << (log_n - level)) + block
                state[p, node] = _KNOWN | (_ODD if odd else np.uint8(0))
                if odd:
                    _push(heap, counts, level, (p << 40) | node)
        else:
            odd = _range_parity(d_words[0], chosen[p], np.uint64(0), 0, n)
            transcript[used] = _range_parity(a_words[0], chosen[p], np.uint64(0), 0, n)
            used += 1
            rest = odd ^ whole
            state[p, 2 * n + 1] = _KNOWN | (_ODD if odd else np.uint8(0))
            state[p, 1] = _KNOWN | (_ODD if rest else np.uint8(0))
            if odd:
                _push(heap, counts, log_n, (p << 40) | (2 * n + 1))
            if rest:
                _push(heap, counts, log_n, (p << 40) | 1)
        while True:
            level = 0
            while level <= log_n and counts[level] == 0:
                level += 1
            if level > log_n:
                break
            counts[level] -= 1
            item = heap[level, counts[level]]
            q, node = int(item >> 40), int(item & ((1 << 40) - 1))
            if state[q, node] != _KNOWN | _ODD:
                continue
            tree = 0
            flip = np.uint64(0) if q < ORDERED else _ALL
            if node >= 2 * n:
                tree = 2 * n
                node -= tree
                flip = np.uint64(0)
            row = q if q < ORDERED else 0
            # Down to one bit: where children are known the odd one is free, else the left one is asked for.
            while node < n:
                left = 2 * node
                if state[q, tree + left] & _KNOWN:
                    if not state[q, tree + left] & _ODD:
                        left += 1
                    node = left
                    level -= 1
                    continue
                level -= 1
                low = (left << level) - n
                odd = _range_parity(d_words[row], chosen[q], flip, low, 1 << level)
                transcript[used] = _range_parity(a_words[row], chosen[q], flip, low, 1 << level)
                used += 1
                state[q, tree + left] = _KNOWN | (_ODD if odd else np.uint8(0))
                state[q, tree + left + 1] = _KNOWN | (np.uint8(0) if odd else _ODD)
                node = left if odd else left + 1
            place = np.uint64(node - n)
            bit = _backward(place, keys[q], mask, half) if 0 < q < ORDERED else place
            corrected += 1
            whole ^= 1
            bob[int(bit >> np.uint64(6))] ^= _ONE << (bit & np.uint64(63))
            for r in range(p + 1):
                at = _forward(bit, keys[r], mask, half) if 0 < r < ORDERED else bit
                if r < ORDERED:
                    d_words[r, int(at >> np.uint64(6))] ^= _ONE << (at & np.uint64(63))
                tree = 0
                top = logs[r] if r < ORDERED else log_n
                if r >= ORDERED and (chosen[r, int(at >> np.uint64(6))] >> (at & np.uint64(63))) & _ONE:
                    tree = 2 * n
                level = top
                node = (n + int(at)) >> level
                state[r, tree + node] ^= _ODD
                while level > 0:
                    child = (n + int(at)) >> (level - 1)
                    if not state[r, tree + child] & _KNOWN:
                        break
                    level -= 1
                    node = child
                    state[r, tree + node] ^= _ODD
                if state[r, tree + node] & _ODD:
                    _push(heap, counts, level, (r << 40) | (tree + node))
    return used - start, corrected


@numba.njit(cache=True)
def reconcile_frames(
    alice: Any, bob: Any, log_n: int, logs: Any, passes: int, seed: Any, transcript: Any
) -> Any:
    """Correct ``bob`` (frames, words) in place; return (frames, 2): parities disclosed and bits corrected."""
    n = 1 << log_n
    words = n >> 6
    work = (
        np.zeros((ORDERED, words), np.uint64), np.zeros((ORDERED, words), np.uint64),
        np.zeros((passes, words), np.uint64), np.zeros((passes, 4 * n), np.uint8),
        np.zeros((ORDERED, 8), np.uint64), np.zeros((log_n + 1, n), np.int64), np.zeros(log_n + 1, np.int64),
    )  # fmt: skip
    random = np.zeros(1, np.uint64)
    random[0] = seed
    found = np.zeros((alice.shape[0], 2), np.int64)
    used = 0
    for f in range(alice.shape[0]):
        disclosed, corrected = reconcile_frame(
            alice[f], bob[f], log_n, logs, passes, random, transcript, used, work
        )
        used += disclosed
        found[f, 0], found[f, 1] = disclosed, corrected
    return found
