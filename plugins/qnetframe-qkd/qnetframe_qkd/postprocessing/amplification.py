"""Privacy amplification: Toeplitz hashing by fast Fourier transform, exact."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe_qkd.postprocessing.bits import Bits, as_bits


class PrecisionError(QnetframeError):
    """Rounding would have made a hash wrong; nothing was returned."""


def seed_length(bits: int, length: int, compact: bool = True) -> int:
    """Return how many random bits the hash of ``bits`` bits to ``length`` takes."""
    return max(0, bits - 1) if compact else bits + length - 1


def toeplitz(bits: Any, length: int, seed: Any, compact: bool = True) -> Bits:
    """Return ``length`` bits: a Toeplitz matrix times ``bits``, over GF(2).

    The matrix has seed[i - j + columns - 1] in row i and column j. With ``compact`` it is (T | 1): only the
    first n - length bits meet T and the others are added: universal as well, with n - 1 random bits and a
    smaller transform: Hayashi, Tsurumaru, IEEE Trans. Inf. Theory 62, 2213 (2016). Without, it is T alone,
    with n + length - 1: Krawczyk, CRYPTO '94.
    """
    x = as_bits(bits, "bits")
    s = as_bits(seed, "seed")
    m = checks.integer(length, "length", low=0, high=len(x))
    if len(s) != seed_length(len(x), m, compact):
        raise InvalidInputError(
            f"seed has {len(s)} bits; a hash of {len(x)} bits to {m} needs {seed_length(len(x), m, compact)}"
        )
    if m == 0:
        return np.zeros(0, np.uint8)
    if not compact:
        return _product(s, x, m)
    rest = len(x) - m
    added = x[rest:]
    return added.copy() if rest == 0 else _product(s, x[:rest], m) ^ added


def _product(seed: Bits, x: Bits, rows: int) -> Bits:
    """Return the Toeplitz product as entries of a circular convolution, rounded to whole numbers."""
    from scipy.fft import irfft, next_fast_len, rfft

    columns = len(x)
    size = next_fast_len(len(seed), real=True)
    # Wrapped-around terms fall on the first columns - 1 entries, which are not used.
    spectrum = rfft(seed.astype(np.float64), size)
    spectrum *= rfft(x.astype(np.float64), size)
    values: NDArray[np.float64] = irfft(spectrum, size, overwrite_x=True)[columns - 1 : columns - 1 + rows]
    whole = np.rint(values)
    values -= whole
    worst = max(float(values.max()), -float(values.min()))
    if worst > 0.1:
        raise PrecisionError(f"rounding error {worst:.3g} in a hash of {columns} bits; split the block")
    return (whole.astype(np.int64) & 1).astype(np.uint8)


def toeplitz_direct(bits: Any, length: int, seed: Any, compact: bool = True) -> Bits:
    """Return the same as ``toeplitz``, row by row: slow, for checks."""
    x, s = as_bits(bits, "bits"), as_bits(seed, "seed")
    columns = len(x) - length if compact else len(x)
    out = np.zeros(length, np.uint8)
    for i in range(length):
        row = s[i : i + columns][::-1]
        out[i] = int(np.count_nonzero(row & x[:columns])) & 1
    return out ^ x[columns:] if compact else out
