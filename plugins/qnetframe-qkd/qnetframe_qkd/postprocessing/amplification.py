"""Privacy amplification: Toeplitz hashing by fast Fourier transform, exact."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe_qkd.postprocessing.bits import Bits, as_bits

# Rounding errors above this are not trusted; a wrong bit needs one half.
_TOLERANCE = 0.1


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
    """Return the Toeplitz product as entries of a circular convolution, rounded to whole numbers.

    Bits are transformed as -1/2 and 1/2: their convolution stays small, so that single precision is enough;
    what that leaves out are sums, which are exact. Where it is not enough (bits far from random), double
    precision is taken.
    """
    columns = len(x)
    sums = np.cumsum(np.concatenate([np.zeros(1, np.uint8), seed[: columns + rows - 1]]), dtype=np.int64)
    windows = sums[columns : columns + rows] - sums[:rows]
    left_out = (2 * (windows + int(np.count_nonzero(x))) - columns) / 4
    worst = 0.0
    for precision in (np.float32, np.float64):
        values = _centred_convolution(seed, x, rows, precision) + left_out
        whole = np.rint(values)
        values -= whole
        worst = max(float(values.max()), -float(values.min()))
        if worst <= _TOLERANCE:
            return (whole.astype(np.int64) & 1).astype(np.uint8)
    raise PrecisionError(f"rounding error {worst:.3g} in a hash of {columns} bits; split the block")


def _centred_convolution(seed: Bits, x: Bits, rows: int, precision: Any) -> NDArray[Any]:
    from scipy.fft import irfft, next_fast_len, rfft

    columns = len(x)
    size = next_fast_len(len(seed), real=True)
    half = precision(0.5)
    # Wrapped-around terms fall on the first columns - 1 entries, which are not used.
    spectrum = rfft(seed.astype(precision) - half, size)
    spectrum *= rfft(x.astype(precision) - half, size)
    found: NDArray[Any] = irfft(spectrum, size, overwrite_x=True)[columns - 1 : columns - 1 + rows]
    return found


def toeplitz_direct(bits: Any, length: int, seed: Any, compact: bool = True) -> Bits:
    """Return the same as ``toeplitz``, row by row: slow, for checks."""
    x, s = as_bits(bits, "bits"), as_bits(seed, "seed")
    columns = len(x) - length if compact else len(x)
    out = np.zeros(length, np.uint8)
    for i in range(length):
        row = s[i : i + columns][::-1]
        out[i] = int(np.count_nonzero(row & x[:columns])) & 1
    return out ^ x[columns:] if compact else out
