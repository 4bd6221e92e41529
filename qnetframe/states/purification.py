"""Purification as maps on Bell weights: BBPSSW, DEJMPS, double selection, and rounds of them.

A pair is its Bell weights (Φ+, Φ-, Ψ+, Ψ-) on the last axis; leading axes stack pairs and broadcast, so a
million pairs cost one call (inside, the axis of weights comes first, so that each is contiguous). Each map is
that of the circuit: bilateral CX from the kept pair, measurement of the other, equal outcomes required.

Noise (`Noise`): a two-qubit gate is ideal with probability p2 and else depolarizes its two qubits completely;
a measurement gives the right outcome with probability η. This is the model of H.-J. Briegel, W. Dür, J. I.
Cirac and P. Zoller, Phys. Rev. Lett. 81, 5932 (1998), and of W. Dür et al., Phys. Rev. A 59, 169 (1999).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.states.bell import check_weights
from qnetframe.states.checking import RealArray

Method: TypeAlias = Literal["bbpssw", "dejmps", "double selection"]


@dataclass(frozen=True)
class Noise:
    """Reliability of what purification needs: ``two_qubit`` gates and ``readout``, both in [0, 1]."""

    two_qubit: float = 1.0
    readout: float = 1.0

    def __post_init__(self) -> None:
        checks.probability(self.two_qubit, "two_qubit")
        checks.probability(self.readout, "readout")

    @property
    def both_gates(self) -> float:
        """The probability that the gates at both ends are ideal."""
        return self.two_qubit**2

    @property
    def wrong_parity(self) -> float:
        """The probability that the parity of two outcomes is read wrongly."""
        return 2.0 * self.readout * (1.0 - self.readout)


IDEAL = Noise()


@dataclass(frozen=True)
class Purified:
    """What one round gives: Bell ``weights`` (..., 4) of the kept pair and the probability of ``success``."""

    weights: RealArray
    success: RealArray

    @property
    def fidelity(self) -> RealArray:
        """The fidelity (...) with Φ+."""
        return self.weights[..., 0]


@dataclass(frozen=True)
class Trajectory:
    """Rounds of purification, from none on, along the first axis.

    ``weights`` (rounds + 1, ..., 4) are those of the kept pair; ``success`` (rounds, ...) that of each round
    given that all before it succeeded; ``pairs`` (rounds + 1, ...) the mean number of raw pairs that one kept
    pair costs, where a failure loses every pair that went in.
    """

    weights: RealArray
    success: RealArray
    pairs: RealArray

    @property
    def fidelity(self) -> RealArray:
        """The fidelities (rounds + 1, ...) with Φ+."""
        return self.weights[..., 0]

    @property
    def yields(self) -> RealArray:
        """Kept pairs for each raw pair, (rounds + 1, ...)."""
        return 1.0 / self.pairs


def bbpssw(
    kept: npt.ArrayLike, used: npt.ArrayLike | None = None, noise: Noise = IDEAL, twirl: bool = True
) -> Purified:
    """Return one round of BBPSSW on pairs of weights (..., 4); ``used`` defaults to a copy of ``kept``.

    Both are twirled to Werner pairs first, as the protocol wants, unless ``twirl`` is False. On two Werner
    pairs F' = (F² + f²)/(F² + 2Ff + 5f²), f = (1-F)/3: C. H. Bennett et al., Phys. Rev. Lett. 76, 722
    (1996), equation 7.

    >>> from qnetframe.states import werner_weights
    >>> step = bbpssw(werner_weights(0.7))
    >>> float(step.fidelity.round(6)), float(step.success.round(6))
    (0.735294, 0.68)
    """
    a, b = _two(kept, used)
    return _outside(*(_bbpssw(a, b, noise) if twirl else _bilateral(a, b, noise)))


def dejmps(kept: npt.ArrayLike, used: npt.ArrayLike | None = None, noise: Noise = IDEAL) -> Purified:
    """Return one round of DEJMPS on pairs of weights (..., 4); ``used`` defaults to a copy of ``kept``.

    Both are turned by ±90° about X first, which exchanges Φ- and Ψ-, so that of two equal pairs with weights
    (A, D, C, B) there remains (A² + B², 2AB, C² + D², 2CD)/N, N = (A + B)² + (C + D)²: D. Deutsch et al.,
    Phys. Rev. Lett. 77, 2818 (1996), equation 6.
    """
    return _outside(*_dejmps(*_two(kept, used), noise))


def double_selection(
    kept: npt.ArrayLike,
    first: npt.ArrayLike | None = None,
    second: npt.ArrayLike | None = None,
    noise: Noise = IDEAL,
) -> Purified:
    """Return one round of double selection on pairs of weights (..., 4), which uses two pairs for one.

    A CX from ``kept`` to ``first``, then one from ``second`` to ``first``; ``first`` is measured in z and
    ``second`` in x, and both parities must be even: the second pair finds the phase errors of the first that
    would pass to the kept pair. All are turned by ±90° about X first, as in `dejmps`. Both default to
    copies of ``kept``. K. Fujii and K. Yamamoto, Phys. Rev. A 80, 042308 (2009).
    """
    a, b = _two(kept, first)
    c = a if second is None else _inside(second, "second pair")
    return _outside(*_double(a, b, c, noise))


def recurrence(
    weights: npt.ArrayLike, rounds: int, method: Method = "dejmps", noise: Noise = IDEAL
) -> Trajectory:
    """Return nested rounds: each purifies equal pairs of the round before, 2^rounds (or 3^rounds) raw pairs.

    ``method`` is "bbpssw" (twirled each round), "dejmps" or "double selection".
    """
    step, used = _step(method)

    def follow(pair: RealArray, cost: RealArray) -> tuple[RealArray, RealArray, RealArray]:
        after, success = step(pair, pair, noise)
        return after, success, (1 + used) * cost / success

    return _rounds(weights, checks.integer(rounds, "rounds", low=0), follow)


def pumping(
    weights: npt.ArrayLike,
    rounds: int,
    method: Method = "dejmps",
    noise: Noise = IDEAL,
    fresh: npt.ArrayLike | None = None,
) -> Trajectory:
    """Return rounds that purify one pair, each by a fresh pair (by default like the first one).

    A failure starts all over: the mean number of raw pairs after k rounds is (pairs before + 1)/success.
    W. Dür et al., Phys. Rev. A 59, 169 (1999).
    """
    step, used = _step(method)
    new = _inside(weights if fresh is None else fresh, "fresh pair")

    def follow(pair: RealArray, cost: RealArray) -> tuple[RealArray, RealArray, RealArray]:
        after, success = step(pair, new, noise)
        return after, success, (cost + used) / success

    return _rounds(weights, checks.integer(rounds, "rounds", low=0), follow)


def nested_pumping(
    weights: npt.ArrayLike, levels: Sequence[int], method: Method = "dejmps", noise: Noise = IDEAL
) -> Trajectory:
    """Return pumping in levels: the pairs of one level, each pumped ``levels[i]`` times, feed the next.

    The trajectory has one entry a level. W. Dür and H.-J. Briegel, Phys. Rev. Lett. 90, 067901 (2003).
    """
    step, used = _step(method)
    counts = iter([checks.integer(n, "levels", low=1) for n in levels])

    def follow(pair: RealArray, cost: RealArray) -> tuple[RealArray, RealArray, RealArray]:
        fresh, price, together = pair, cost, np.ones_like(cost)
        for _ in range(next(counts)):
            pair, success = step(pair, fresh, noise)
            cost, together = (cost + used * price) / success, together * success
        return pair, together, cost

    return _rounds(weights, len(levels), follow)


# ±90° about X on the two halves: Φ- and Ψ- change places.
_TURNED = [0, 3, 2, 1]
_Step: TypeAlias = Callable[[RealArray, RealArray, Noise], tuple[RealArray, RealArray]]


def _bbpssw(kept: RealArray, used: RealArray, noise: Noise) -> tuple[RealArray, RealArray]:
    first = _twirled(kept)
    return _bilateral(first, first if used is kept else _twirled(used), noise)


def _dejmps(kept: RealArray, used: RealArray, noise: Noise) -> tuple[RealArray, RealArray]:
    first = kept[_TURNED]
    return _bilateral(first, first if used is kept else used[_TURNED], noise)


def _twirled(pair: RealArray) -> RealArray:
    rest = (1.0 - pair[0]) / 3.0
    return np.stack([pair[0], rest, rest, rest])


def _bilateral(a: RealArray, b: RealArray, noise: Noise) -> tuple[RealArray, RealArray]:
    # x of the used pair becomes x1 + x2, z of the kept pair z1 + z2; kept where the former is 0.
    wrong = noise.wrong_parity
    if wrong:
        # With wrong parity the used pair had the other x: the same formula for a mixture of both.
        b = (1 - wrong) * b + wrong * b[[2, 3, 0, 1]]
    after = np.stack([a[x] * b[x + z] + a[x + 1] * b[x + 1 - z] for x in (0, 2) for z in (0, 1)])
    good = noise.both_gates
    if good < 1.0:
        # Half of the mixed pairs pass, and what they leave is mixed.
        after *= good
        after += (1 - good) / 8
    return _normalised(after)


def _double(a: RealArray, b: RealArray, c: RealArray, noise: Noise) -> tuple[RealArray, RealArray]:
    a, b, c = (pair[_TURNED] for pair in (a, b, c))
    wrong, good = noise.wrong_parity, noise.both_gates
    # With wrong parities the second pair had another x or z: the same formula for a mixture.
    c = (1 - wrong) * c + wrong * c[[1, 0, 3, 2]]
    seen = (1 - wrong) * b + wrong * b[[2, 3, 0, 1]]
    bits = (0, 1)
    # For x of the kept pair and z of the first one: the weight of passing, x1 = x + x2 and z1 = z2.
    passing = [[sum(seen[2 * (x ^ y) + z] * c[2 * y + z] for y in bits) for z in bits] for x in bits]
    total = np.stack([_phases(a, x, z, passing[x]) for x in bits for z in bits])
    if good < 1.0:
        # Where the second gates fail, both outcomes are even by chance and phases have passed unseen.
        unseen = np.stack([_phases(a, x, z, [b[0] + b[2], b[1] + b[3]]) for x in bits for z in bits])
        total = good * good * total + good * (1 - good) / 4 * unseen + (1 - good) / 16
    return _normalised(total)


def _phases(a: RealArray, x: int, z: int, other: Sequence[RealArray]) -> RealArray:
    # z of the kept pair becomes z + z1, with weights ``other`` of z1.
    mixed: RealArray = a[2 * x + z] * other[0] + a[2 * x + 1 - z] * other[1]
    return mixed


def _normalised(weights: RealArray) -> tuple[RealArray, RealArray]:
    success = weights[0] + weights[1] + weights[2] + weights[3]
    with np.errstate(invalid="ignore", divide="ignore"):
        weights /= success
    return weights, success


def _inside(weights: npt.ArrayLike, field: str = "Bell weights") -> RealArray:
    return np.ascontiguousarray(np.moveaxis(check_weights(weights, field), -1, 0))


def _outside(weights: RealArray, success: RealArray) -> Purified:
    return Purified(np.moveaxis(weights, 0, -1), success)


def _two(kept: npt.ArrayLike, used: npt.ArrayLike | None) -> tuple[RealArray, RealArray]:
    first = _inside(kept, "kept pair")
    return first, first if used is None else _inside(used, "used pair")


def _step(method: str) -> tuple[_Step, int]:
    """Return the map of one round, and how many pairs it uses up."""
    steps: dict[str, tuple[_Step, int]] = {
        "bbpssw": (_bbpssw, 1),
        "dejmps": (_dejmps, 1),
        "double selection": (lambda kept, used, noise: _double(kept, used, used, noise), 2),
    }
    if method not in steps:
        raise InvalidInputError(f"method is {method!r}; allowed are {', '.join(steps)}")
    return steps[method]


def _rounds(
    weights: npt.ArrayLike,
    count: int,
    follow: Callable[[RealArray, RealArray], tuple[RealArray, RealArray, RealArray]],
) -> Trajectory:
    pair = _inside(weights)
    found = np.empty((count + 1, *pair.shape))
    successes, costs = np.empty((count, *pair.shape[1:])), np.ones((count + 1, *pair.shape[1:]))
    found[0] = pair
    for k in range(count):
        pair, successes[k], costs[k + 1] = follow(pair, costs[k])
        found[k + 1] = pair
    return Trajectory(np.moveaxis(found, 1, -1), successes, costs)
