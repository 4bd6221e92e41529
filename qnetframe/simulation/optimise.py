"""Best repeater chains over a distance: links, cut-off and scheme; repeaters against direct fibre."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.simulation.chains import ChainResult, repeater_chain
from qnetframe.simulation.chains.kernels import sample
from qnetframe.simulation.chains.plan import Scheme, chain
from qnetframe.simulation.chains.result import sampled
from qnetframe.simulation.chains.run import exact

Objective: TypeAlias = Literal["key", "rate"]
# A search looks at many chains: longer distributions are sampled, and hopeless chains given up sooner.
_MOST_TIMES = 1 << 17
_MOST_STEPS = 300_000_000


@dataclass(frozen=True)
class ChainHardware:
    """What every link and node of a chain is like.

    A link of length L has a Bell measurement half way: success ½(η 10^{-αL/20})², one attempt each light
    time L/c (never quicker than ``attempt_time`` seconds), as in ``fiber_link``. ``w0`` is the Werner
    parameter of a fresh pair, ``swap`` the success and ``swap_werner`` the factor of a swap, ``coherence``
    (seconds) the time in which the Werner parameter of a pair that waits falls by 1/e.
    """

    efficiency: float = 1.0
    w0: float = 1.0
    swap: float = 1.0
    swap_werner: float = 1.0
    coherence: float = math.inf
    attenuation_db_per_km: float = 0.2
    speed_km_per_s: float = 2e5
    attempt_time: float = 1e-6

    def __post_init__(self) -> None:
        for name in ("efficiency", "w0", "swap", "swap_werner"):
            checks.positive(checks.probability(getattr(self, name), name), name)
        checks.positive(self.coherence, "coherence (seconds)", infinite=True)
        checks.non_negative(self.attenuation_db_per_km, "attenuation_db_per_km")
        checks.positive(self.speed_km_per_s, "speed_km_per_s")
        checks.positive(self.attempt_time, "attempt_time (seconds)")

    def success(self, length_km: float) -> float:
        """Return the success probability of an attempt on a link."""
        return 0.5 * (self.efficiency * 10 ** (-self.attenuation_db_per_km * length_km / 20)) ** 2

    def attempt(self, length_km: float) -> float:
        """Return the duration of an attempt in seconds."""
        return max(self.attempt_time, length_km / self.speed_km_per_s)


@dataclass(frozen=True)
class Plan:
    """A chain over a distance: how it is made, what it gives, the ``value`` (hertz) that it was chosen by."""

    lengths_km: tuple[float, ...]
    cutoff: int | None
    scheme: Scheme
    attempt_time: float
    value: float
    result: ChainResult = field(repr=False)

    @property
    def links(self) -> int:
        """The number of links."""
        return len(self.lengths_km)

    @property
    def rate(self) -> float:
        """End-to-end pairs per second."""
        return 1.0 / (self.result.mean_attempts.value * self.attempt_time)

    @property
    def secret_key_rate(self) -> float:
        """Secret bits per second."""
        return self.result.secret_fraction * self.rate


def plan_chain(
    lengths_km: Sequence[float],
    hardware: ChainHardware,
    cutoff: int | None = None,
    scheme: Scheme = "nested",
    *,
    objective: Objective = "key",
    fidelity: float = 0.0,
    pairs: int = 20_000,
    seed: int = 0,
) -> Plan:
    """Return what a chain of these links gives; all try in step with the longest of them.

    The value is the secret-key rate ("key", BB84 with Werner pairs), or the rate of pairs ("rate", 0 where
    the mean fidelity is below ``fidelity``), in hertz.
    """
    lengths = tuple(checks.non_negative(x, "length_km") for x in lengths_km)
    if objective not in ("key", "rate"):
        raise InvalidInputError(f"objective is {objective!r}; allowed: 'key', 'rate'")
    tick = max(hardware.attempt(x) for x in lengths)
    memory = None if hardware.coherence == math.inf else hardware.coherence / tick
    successes = tuple(hardware.success(x) for x in lengths)
    described = chain(
        len(lengths), successes, hardware.swap, cutoff, (), memory, hardware.w0, hardware.swap_werner, scheme
    )
    result = exact(described, _MOST_TIMES)
    if result is None:
        rng = np.random.Generator(np.random.PCG64(checks.integer(seed, "seed", low=0)))
        result = sampled(*sample(described, checks.integer(pairs, "pairs", low=2), rng, _MOST_STEPS))
    rate = 1.0 / (result.mean_attempts.value * tick)
    if objective == "key":
        value = rate * result.secret_fraction
    else:
        value = rate if result.mean_fidelity.value >= fidelity else 0.0
    return Plan(lengths, cutoff, scheme, tick, value, result)


def best_cutoff(plan: Callable[[int | None], Plan], longest: int) -> Plan:
    """Return the best plan over cut-offs up to ``longest`` attempts and none.

    Cut-offs on a grid of 12 a decade first, from the longest on until the value has fallen tenfold (short
    ones hardly ever succeed), then between the neighbours of the best in ever smaller steps.
    """
    most = checks.integer(longest, "longest (attempts)", low=1)
    grid = sorted(
        {min(most, round(10 ** (i / 12))) for i in range(math.ceil(12 * math.log10(most)) + 1)} | {0}
    )
    known: dict[int, Plan] = {}
    for c in reversed(grid):
        try:
            known[c] = plan(c)
        except UnsupportedError:
            break  # next to nothing comes of this one
        if known[c].value < 0.1 * max(p.value for p in known.values()):
            break
    without = plan(None)
    if not known:
        return without
    best = max(known, key=lambda c: known[c].value)
    place = grid.index(best)
    low, high = max(grid[max(0, place - 1)], min(known)), grid[min(len(grid) - 1, place + 1)]
    step = max(1, (high - low) // 8)
    while True:
        for c in range(low, high + 1, step):
            if c not in known:
                known[c] = plan(c)
        best = max(known, key=lambda c: known[c].value)
        if step == 1:
            break
        low, high, step = max(low, best - step), min(high, best + step), max(1, step // 4)
    return max(known[best], without, key=lambda p: p.value)


def best_chain(
    length_km: float,
    hardware: ChainHardware,
    *,
    links: Sequence[int] = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16),
    schemes: Sequence[Scheme] = ("nested",),
    cutoffs: bool = True,
    objective: Objective = "key",
    fidelity: float = 0.0,
    progress: Callable[[str], None] | None = None,
) -> Plan:
    """Return the best chain of equal links over a distance: number of links, scheme and cut-off.

    Among chains the one of largest value is taken; see ``plan_chain``. With a finite coherence time and
    ``cutoffs`` cut-offs up to a coherence time are tried.
    """
    distance = checks.positive(length_km, "length_km")
    if not links or not schemes:
        raise InvalidInputError("links and schemes must not be empty")
    found: list[Plan] = []
    for count in links:
        lengths = (distance / checks.integer(count, "links", low=1),) * count
        for scheme in schemes:
            if progress is not None:
                progress(f"{count} links, {scheme}")

            def make(
                cutoff: int | None, lengths: tuple[float, ...] = lengths, scheme: Scheme = scheme
            ) -> Plan:
                return plan_chain(lengths, hardware, cutoff, scheme, objective=objective, fidelity=fidelity)

            if cutoffs and count > 1 and hardware.coherence < math.inf and scheme == "nested":
                longest = max(1, min(100_000, round(hardware.coherence / hardware.attempt(lengths[0]))))
                found.append(best_cutoff(make, longest))
            else:
                found.append(make(None))
    return max(found, key=lambda p: p.value)


def best_spacing(
    length_km: float,
    links: int,
    hardware: ChainHardware,
    *,
    objective: Objective = "key",
    fidelity: float = 0.0,
) -> Plan:
    """Return the best lengths of the links of a chain without cut-off, symmetrical about its middle.

    Found by scipy's Nelder-Mead search from equal lengths. Where all pairs are alike equal lengths are best;
    memories that decay in a nested chain of odd links favour others.
    """
    from scipy.optimize import minimize

    count = checks.integer(links, "links", low=1)
    distance = checks.positive(length_km, "length_km")
    free = (count + 1) // 2 - 1

    def lengths(x: Sequence[float]) -> tuple[float, ...]:
        half = [1.0, *(math.exp(v) for v in x)]
        weights = half + half[::-1][count % 2 :]
        return tuple(distance * w / math.fsum(weights) for w in weights)

    def plan(x: Sequence[float]) -> Plan:
        return plan_chain(lengths(x), hardware, objective=objective, fidelity=fidelity)

    if free < 1:
        return plan([])
    start = plan([0.0] * free)
    found = minimize(
        lambda x: -plan(x).value,
        [0.0] * free,
        method="Nelder-Mead",
        options={"maxiter": 80 * free, "xatol": 1e-3},
    )
    return max(start, plan(list(found.x)), key=lambda p: p.value)


def direct_key_rate(length_km: float, hardware: ChainHardware, pulses_per_s: float = 1e6) -> float:
    """Return the most secret bits per second that fibre without repeaters gives: -log2(1-η) a pulse.

    The bound of repeaterless communication: S. Pirandola, R. Laurenza, C. Ottaviani and L. Banchi, Nature
    Communications 8, 15043 (2017), with η the transmission of the fibre alone.
    """
    eta = math.pow(10, -hardware.attenuation_db_per_km * checks.positive(length_km, "length_km") / 10)
    bits = -math.log1p(-eta) / math.log(2)
    return bits * checks.positive(pulses_per_s, "pulses_per_s")


def crossover(
    hardware: ChainHardware,
    links: int,
    *,
    pulses_per_s: float = 1e6,
    low_km: float = 10.0,
    high_km: float = 1000.0,
    scheme: Scheme = "nested",
) -> float:
    """Return the distance in km from which a chain of ``links`` has the larger key rate than direct fibre.

    By bisection to 0.1 km between two distances; the result is infinite if the chain is worse at both, and
    ``low_km`` if it is better at both.
    """

    def gain(distance: float) -> float:
        chain = plan_chain((distance / links,) * links, hardware, None, scheme)
        return chain.value - direct_key_rate(distance, hardware, pulses_per_s)

    low, high = checks.positive(low_km, "low_km"), checks.positive(high_km, "high_km")
    if gain(low) > 0:
        return low
    # The chain's own loss may make it worse again far out: look for the first distance where it wins.
    steps = [low * math.pow(high / low, i / 40) for i in range(41)]
    above = next((d for d in steps if gain(d) > 0), None)
    if above is None:
        return math.inf
    low, high = max(d for d in steps if d < above), above
    while high - low > 0.1:
        middle = (low + high) / 2
        low, high = (low, middle) if gain(middle) > 0 else (middle, high)
    return high


def bdcz_scaling(links: Sequence[int], p: float = 0.01, q: float = 1.0) -> dict[str, list[float]]:
    """Return mean times of nested chains against the number of links, and what they are compared with.

    "nested": the exact mean time; "all at once": n links that must all succeed in one attempt, 1/p^n, which
    is what memories save: H.-J. Briegel et al., Phys. Rev. Lett. 81, 5932 (1998).
    """
    nested = [repeater_chain(n, p, q).mean_attempts.value for n in links]
    together = [math.exp(-n * math.log(p)) for n in links]
    return {"nested": nested, "all at once": together}
