"""Irregular LDPC codes for the binary symmetric channel, of any size and rate.

Degrees of bits are those of Elkouss, Leverrier, Alléaume, Boutros, ISIT 2009 (arXiv:0901.2140), table I;
between two of its rates their mixture. Checks have nearly equal degrees. Edges are placed by progressive edge
growth: Hu, Eleftheriou, Arnold, IEEE Trans. Inf. Theory 51, 386 (2005); the search around a bit is cut off at
some number of checks.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Degrees = Mapping[int, float]
# Share of checks, and the share of edges at bits of each degree. The printed shares of 0.15 add up to 1.05;
# all are scaled to 1 on use.
TABLE: tuple[tuple[float, Degrees], ...] = (
    (0.10, {2: 0.07689, 3: 0.28096, 5: 0.08933, 9: 0.19620, 12: 0.30631, 21: 0.05031}),
    (0.15, {2: 0.04528, 3: 0.20537, 4: 0.05878, 5: 0.094274, 6: 0.08454, 7: 0.01176, 9: 0.05137,
            21: 0.50015}),
    (0.20, {2: 0.09420, 3: 0.18088, 6: 0.11972, 7: 0.08550, 8: 0.09816, 17: 0.07194, 26: 0.34960}),
    (0.25, {2: 0.10805, 3: 0.09511, 4: 0.01449, 5: 0.13764, 6: 0.10667, 7: 0.05288, 28: 0.01107,
            31: 0.47408}),
    (0.30, {2: 0.05343, 3: 0.29406, 6: 0.00896, 9: 0.15571, 12: 0.12189, 25: 0.19872, 46: 0.09572,
            62: 0.02741, 65: 0.04056, 73: 0.00354}),
    (0.35, {2: 0.10451, 3: 0.15652, 4: 0.08057, 5: 0.00056, 9: 0.12151, 13: 0.10485, 15: 0.10719,
            21: 0.00771, 51: 0.31656}),
    (0.40, {2: 0.11040, 3: 0.20804, 8: 0.14163, 9: 0.14858, 26: 0.14438, 27: 0.08909, 46: 0.00748,
            71: 0.15038}),
    (0.45, {2: 0.16880, 3: 0.20994, 6: 0.18095, 15: 0.03846, 16: 0.02635, 18: 0.23454, 19: 0.05815,
            31: 0.08280}),
    (0.50, {2: 0.14438, 3: 0.19026, 4: 0.01836, 5: 0.00233, 6: 0.04697, 8: 0.053943, 9: 0.05590, 10: 0.01290,
            11: 0.00162, 14: 0.06159, 15: 0.13115, 17: 0.01481, 47: 0.00879, 49: 0.00650, 55: 0.00210,
            56: 0.00099, 57: 0.11178, 58: 0.06238, 59: 0.05094, 66: 0.02230}),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Code:
    """A parity-check matrix and its transpose: check c has the bits ``columns[start[c]:start[c + 1]]``."""

    bits: int
    start: NDArray[np.int32]
    columns: NDArray[np.int32]
    bit_start: NDArray[np.int32]
    bit_checks: NDArray[np.int32]

    @property
    def checks(self) -> int:
        """The number of checks, which is the length of a syndrome."""
        return len(self.start) - 1

    def matrix(self) -> Any:
        """Return it as a sparse matrix (checks, bits)."""
        from scipy.sparse import csr_matrix

        ones = np.ones(len(self.columns), np.uint8)
        return csr_matrix((ones, self.columns, self.start), shape=(self.checks, self.bits))


def bit_degrees(bits: int, checks: int) -> NDArray[np.int32]:
    """Return the degrees of the bits, ascending: shares of edges of the table turned into shares of bits."""
    share = checks / bits
    table_shares = [s for s, _ in TABLE]
    upper = int(np.clip(np.searchsorted(table_shares, share), 1, len(TABLE) - 1))
    (low, below), (high, above) = TABLE[upper - 1], TABLE[upper]
    part = float(np.clip((share - low) / (high - low), 0.0, 1.0))
    nodes: dict[int, float] = {}
    for weight, edges in ((1 - part, below), (part, above)):
        total = sum(e / d for d, e in edges.items())
        for d, e in edges.items():
            nodes[d] = nodes.get(d, 0.0) + weight * e / d / total
    degrees = sorted(nodes)
    ends = np.rint(np.cumsum([nodes[d] for d in degrees]) * bits / sum(nodes.values())).astype(int)
    counts = np.diff(np.concatenate([[0], ends]))
    # A bit in a third of the checks and more closes short cycles whatever one does.
    found: NDArray[np.int32] = np.minimum(np.repeat(degrees, counts), max(2, checks // 3)).astype(np.int32)
    return found


@functools.lru_cache(maxsize=16)
def code(bits: int, checks: int, seed: int = 1) -> Code:
    """Return the code of this size; the same arguments give the same code."""
    from qnetframe_qkd.postprocessing._ldpc import grow

    wanted = bit_degrees(bits, checks)
    widest = int(np.ceil(wanted.sum() / checks)) + 3
    members, load = grow(checks, wanted, widest, seed)
    start = np.concatenate([[0], np.cumsum(load)]).astype(np.int32)
    columns = members[np.arange(widest) < load[:, None]]
    rows = np.repeat(np.arange(checks, dtype=np.int32), load)
    order = np.argsort(columns, kind="stable")
    bit_start = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=bits))]).astype(np.int32)
    return Code(bits, start, columns.astype(np.int32), bit_start, rows[order])
