"""Cascade with sub-block reuse, compiled. Bits are packed 64 to a word, lowest bit first.

Every pass cuts the frame into blocks and every block is the root of a binary tree. A node is known when
Alice's parity of it was disclosed, or follows from its parent's and its sibling's. A known node is odd when
Bob's parity differs. What is searched is always the smallest odd node without known children; a corrected
bit flips the nodes above it in every pass, so that each disclosed parity is used again.

The first three passes cut the frame by its own order and by two keyed permutations. Later passes cut it
into a random half and the rest, each in the frame's order; one parity is disclosed, the other follows from
the parity of the whole frame, which the first pass told.
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
def _forward(i: Any, keys: Any, p: int, mask: Any, half: Any) -> Any:
    """Return the place of bit i: two rounds of an odd multiplication and a shift, a bijection of n = 2**m."""
    x = (i * keys[p, 0] + keys[p, 1]) & mask
    x ^= x >> half
    x = (x * keys[p, 2] + keys[p, 3]) & mask
    x ^= x >> half
    return (x * keys[p, 4]) & mask


@numba.njit(cache=True)
def _backward(x: Any, keys: Any, p: int, mask: Any, half: Any) -> Any:
    """Return the bit at a place; a shift by at least half of the bits undoes itself."""
    x = (x * keys[p, 7]) & mask
    x ^= x >> half
    x = ((x - keys[p, 3]) * keys[p, 6]) & mask
    x ^= x >> half
    return ((x - keys[p, 1]) * keys[p, 5]) & mask


@numba.njit(cache=True)
def _parity(x: Any) -> int:
    x ^= x >> np.uint64(32)
    x ^= x >> np.uint64(16)
    x ^= x >> np.uint64(8)
    x ^= x >> np.uint64(4)
    return (0x6996 >> int(x & np.uint64(15))) & 1


@numba.njit(cache=True)
def _range_parity(words: Any, row: int, chosen: Any, p: int, flip: Any, low: int, size: int) -> int:
    """Return the parity of ``size`` bits from ``low`` on, where ``chosen ^ flip`` is 1."""
    first = low >> 6
    if size < 64:
        part = words[row, first] & (chosen[p, first] ^ flip)
        return _parity((part >> np.uint64(low & 63)) & ((_ONE << np.uint64(size)) - _ONE))
    total = np.uint64(0)
    for w in range(first, (low + size) >> 6):
        total ^= words[row, w] & (chosen[p, w] ^ flip)
    return _parity(total)


@numba.njit(cache=True)
def _push(heap: Any, counts: Any, level: int, item: int) -> None:
    if counts[level] < heap.shape[1]:
        heap[level, counts[level]] = item
        counts[level] += 1


@numba.njit(cache=True)
def _permute(p: int, log_n: int, a_words: Any, d_words: Any, keys: Any, random: Any) -> None:
    """Draw the permutation of a pass and put both parties' bits in its order."""
    for k in range(5):
        keys[p, k] = _random(random) | (_ONE if k % 2 == 0 else np.uint64(0))
    for k in range(3):
        keys[p, 5 + k] = _inverse(keys[p, 2 * k])
    mask, half = np.uint64((1 << log_n) - 1), np.uint64((log_n + 1) // 2)
    for w in range((1 << log_n) >> 6):
        a = np.uint64(0)
        d = np.uint64(0)
        for b in range(64):
            i = _backward(np.uint64((w << 6) + b), keys, p, mask, half)
            at = int(i >> np.uint64(6))
            shift = i & np.uint64(63)
            a |= ((a_words[0, at] >> shift) & _ONE) << np.uint64(b)
            d |= ((d_words[0, at] >> shift) & _ONE) << np.uint64(b)
        a_words[p, w], d_words[p, w] = a, d


@numba.njit(cache=True)
def _ask(
    p: int, flip: Any, low: int, size: int, a_words: Any, d_words: Any, chosen: Any, told: Any, used: int
) -> int:
    """Have Alice disclose a parity; return whether Bob's differs."""
    row = p if p < ORDERED else 0
    told[used] = _range_parity(a_words, row, chosen, p, flip, low, size)
    return _range_parity(d_words, row, chosen, p, flip, low, size)


@numba.njit(cache=True)
def _mark(p: int, node: int, level: int, odd: int, state: Any, heap: Any, counts: Any) -> None:
    """Note a root's parity, and queue it where it is odd."""
    state[p, node] = _KNOWN | (_ODD if odd else np.uint8(0))
    if odd:
        _push(heap, counts, level, (p << 40) | node)


@numba.njit(cache=True)
def _start(
    p: int, log_n: int, logs: Any, whole: int, random: Any, told: Any, used: int, a_words: Any, d_words: Any,
    chosen: Any, state: Any, keys: Any, heap: Any, counts: Any,
) -> int:  # fmt: skip
    """Cut the frame for pass p, ask for the parities of its blocks; return the length of the transcript.

    Nodes are numbered as in a heap; a pass by halves has two trees, that of the chosen half second.
    """
    n = 1 << log_n
    none = np.uint64(0)
    state[p, :] = 0
    if p >= ORDERED:
        for w in range(n >> 6):
            chosen[p, w] = _random(random)
        odd = _ask(p, none, 0, n, a_words, d_words, chosen, told, used)
        _mark(p, 2 * n + 1, log_n, odd, state, heap, counts)
        _mark(p, 1, log_n, odd ^ whole, state, heap, counts)
        return used + 1
    chosen[p, :] = _ALL
    if p > 0:
        _permute(p, log_n, a_words, d_words, keys, random)
    level = logs[p]
    for block in range(n >> level):
        odd = _ask(p, none, block << level, 1 << level, a_words, d_words, chosen, told, used)
        used += 1
        _mark(p, (1 << (log_n - level)) + block, level, odd, state, heap, counts)
    return used


@numba.njit(cache=True)
def _search(
    q: int, node: int, level: int, log_n: int, told: Any, used: int, a_words: Any, d_words: Any, chosen: Any,
    state: Any, keys: Any,
) -> tuple[int, int]:  # fmt: skip
    """Go down from an odd node to one wrong bit; return (its number in the frame, length of the transcript).

    Where children are known the odd one is free, else the left one is asked for.
    """
    n = 1 << log_n
    tree = 2 * n if node >= 2 * n else 0
    node -= tree
    flip = _ALL if q >= ORDERED and tree == 0 else np.uint64(0)
    while node < n:
        left = 2 * node
        level -= 1
        if not state[q, tree + left] & _KNOWN:
            odd = _ask(q, flip, (left << level) - n, 1 << level, a_words, d_words, chosen, told, used)
            used += 1
            state[q, tree + left] = _KNOWN | (_ODD if odd else np.uint8(0))
            state[q, tree + left + 1] = _KNOWN | (np.uint8(0) if odd else _ODD)
        node = left if state[q, tree + left] & _ODD else left + 1
    place = np.uint64(node - n)
    if 0 < q < ORDERED:
        place = _backward(place, keys, q, np.uint64(n - 1), np.uint64((log_n + 1) // 2))
    return int(place), used


@numba.njit(cache=True)
def _correct(
    bit: int, done: int, log_n: int, logs: Any, d_words: Any, chosen: Any, state: Any, keys: Any, heap: Any,
    counts: Any,
) -> None:  # fmt: skip
    """Flip a bit in every pass up to ``done``: its known nodes change parity, odd ends are queued."""
    n = 1 << log_n
    mask, half = np.uint64(n - 1), np.uint64((log_n + 1) // 2)
    for r in range(done + 1):
        at = bit
        level = log_n
        tree = 0
        if r < ORDERED:
            if r > 0:
                at = int(_forward(np.uint64(bit), keys, r, mask, half))
            d_words[r, at >> 6] ^= _ONE << np.uint64(at & 63)
            level = logs[r]
        elif (chosen[r, at >> 6] >> np.uint64(at & 63)) & _ONE:
            tree = 2 * n
        node = tree + ((n + at) >> level)
        state[r, node] ^= _ODD
        while level > 0:
            child = tree + ((n + at) >> (level - 1))
            if not state[r, child] & _KNOWN:
                break
            level -= 1
            node = child
            state[r, node] ^= _ODD
        if state[r, node] & _ODD:
            _push(heap, counts, level, (r << 40) | node)


@numba.njit(cache=True)
def _reconcile_frame(
    alice: Any, bob: Any, log_n: int, logs: Any, passes: int, random: Any, told: Any, used: int, work: Any
) -> tuple[int, int]:
    """Correct ``bob`` (words) in place; return (length of the transcript, bits corrected)."""
    a_words, d_words, chosen, state, keys, heap, counts = work
    counts[:] = 0
    whole = corrected = 0
    for w in range((1 << log_n) >> 6):
        a_words[0, w] = alice[w]
        d_words[0, w] = alice[w] ^ bob[w]
        whole ^= _parity(d_words[0, w])
    for p in range(passes):
        used = _start(
            p, log_n, logs, whole, random, told, used, a_words, d_words, chosen, state, keys, heap, counts
        )
        while True:
            level = 0
            while level <= log_n and counts[level] == 0:
                level += 1
            if level > log_n:
                break
            counts[level] -= 1
            item = heap[level, counts[level]]
            q, node = int(item >> 40), int(item & ((1 << 40) - 1))
            if state[q, node] == _KNOWN | _ODD:
                bit, used = _search(q, node, level, log_n, told, used, a_words, d_words, chosen, state, keys)
                bob[bit >> 6] ^= _ONE << np.uint64(bit & 63)
                _correct(bit, p, log_n, logs, d_words, chosen, state, keys, heap, counts)
                whole ^= 1
                corrected += 1
    return used, corrected


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
        before = used
        used, found[f, 1] = _reconcile_frame(
            alice[f], bob[f], log_n, logs, passes, random, transcript, used, work
        )
        found[f, 0] = used - before
    return found
