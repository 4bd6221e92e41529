"""Coherent information of many uses of a Pauli channel through repetition codes, by counting.

D. P. DiVincenzo, P. W. Shor and J. A. Smolin, Phys. Rev. A 57, 830 (1998); G. Smith and J. A. Smolin, Phys.
Rev. Lett. 98, 030501 (2007).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import TypeAlias

import numpy as np

from qnetframe import checks
from qnetframe.channels.channel import Channel
from qnetframe.errors import InvalidInputError
from qnetframe.states.subsystems import spectrum_entropy

MAX_QUBITS = 25

# An effective channel and its probability: (I, Z, X, Y) given a syndrome.
_Type: TypeAlias = tuple[float, float, float, float]
_Mixture: TypeAlias = dict[_Type, float]


def superadditive_lower_bound(channel: Channel, code: int | Sequence[int] = 5) -> float:
    """Return the coherent information a use of a qubit Pauli channel through a code: a bound on Q.

    ``code`` is the length n of a repetition code, a|0…0> + b|1…1>, or lengths of repetition codes one within
    the other, innermost first and alternately in the z and the x basis: (5, 5) is the code of 25 qubits of
    DiVincenzo, Shor and Smolin (1998), (3, 3) Shor's code. At most 25 qubits.

    Given the syndrome s, of probability p(s), what is left on the code is a Pauli channel q_s, so that the
    bound is Σ p(s) (1 - H(q_s))/n; equal syndromes are counted, not listed. It may be negative.
    """
    lengths = _lengths(code)
    if not isinstance(channel, Channel) or channel.num_qubits != 1 or not channel.is_pauli:
        raise InvalidInputError(
            f"channel is {channel!r:.60}; superadditive_lower_bound takes a Pauli channel on one qubit "
            "(pauli_twirl() makes one)"
        )
    weights = channel.pauli_probabilities
    mixture: _Mixture = {(weights["I"], weights["Z"], weights["X"], weights["Y"]): 1.0}
    for number, length in enumerate(lengths):
        if number % 2:
            # A repetition in the x basis is one in the z basis of the channel with X and Z exchanged.
            mixture = _exchanged(_repeated(_exchanged(mixture), length))
        else:
            mixture = _repeated(mixture, length)
    lost = sum(p * float(spectrum_entropy(np.array(q))) for q, p in mixture.items())
    return (1.0 - lost) / math.prod(lengths)


def _lengths(code: int | Sequence[int]) -> list[int]:
    given = [code] if isinstance(code, int) else list(code)
    lengths = [checks.integer(n, "code length", low=1) for n in given]
    if not lengths or math.prod(lengths) > MAX_QUBITS:
        raise InvalidInputError(f"code is {code!r}; it must have 1 to {MAX_QUBITS} qubits")
    return lengths


def _exchanged(mixture: _Mixture) -> _Mixture:
    return {(i, x, z, y): p for (i, z, x, y), p in mixture.items()}


def _repeated(mixture: _Mixture, length: int) -> _Mixture:
    """Return the channels that are left of ``length`` independent ones, and their probabilities.

    For a flip pattern, the even and the odd number of phase errors have the weights (Π u ± Π v)/2, with
    u = I + Z or X + Y and v = I - Z or X - Y. A pattern and its complement share the syndrome: the latter is
    the former with a logical X.
    """
    types = list(mixture)
    found: _Mixture = {}
    for counts in _compositions(length, len(types)):
        arrangements = math.factorial(length)
        chance = 1.0
        for kind, count in zip(types, counts, strict=True):
            arrangements //= math.factorial(count)
            chance *= mixture[kind] ** count
        chance *= arrangements
        if chance == 0.0:
            continue
        for flips in product(*(range(count + 1) for count in counts)):
            # Half of the patterns: of a pattern and its complement the one with fewer flips, or the first.
            partner = tuple(c - f for c, f in zip(counts, flips, strict=True))
            if flips > partner:
                continue
            patterns = math.prod(math.comb(c, f) for c, f in zip(counts, flips, strict=True))
            even, odd = _parities(types, counts, flips)
            even_x, odd_x = _parities(types, counts, partner)
            total = even + odd + even_x + odd_x
            if total <= 0.0:
                continue
            weight = chance * total * patterns / (2.0 if flips == partner else 1.0)
            # An odd number of phases beside a logical X: Y.
            left = (even / total, odd / total, even_x / total, odd_x / total)
            key = _rounded(left)
            found[key] = found.get(key, 0.0) + weight
    return found


def _rounded(left: tuple[float, float, float, float]) -> _Type:
    # Channels equal up to rounding are one type; so are those that differ by the logical X that is corrected.
    i, z, x, y = (round(value, 15) for value in left)
    return max((i, z, x, y), (x, y, i, z))


def _parities(types: Sequence[_Type], counts: Sequence[int], flips: Sequence[int]) -> tuple[float, float]:
    plus = minus = 1.0
    for (i, z, x, y), count, flipped in zip(types, counts, flips, strict=True):
        plus *= (i + z) ** (count - flipped) * (x + y) ** flipped
        minus *= (i - z) ** (count - flipped) * (x - y) ** flipped
    return max(0.0, (plus + minus) / 2), max(0.0, (plus - minus) / 2)


def _compositions(total: int, parts: int) -> list[tuple[int, ...]]:
    if parts == 1:
        return [(total,)]
    return [(k, *rest) for k in range(total + 1) for rest in _compositions(total - k, parts - 1)]
