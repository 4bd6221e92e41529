"""What a chain costs and delivers: bare, purified, encoded, or all of them together.

Schemes are those of S. Muralidharan et al., Scientific Reports 6, 20463 (2016). Each layer makes the next
one's errors smaller: the hardware's own code (local), purification of the pairs of a link (link), and
encoded swapping along the route (network).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from qnetframe.network import Network
from qnetframe.placement import place
from qnetframe.values import Estimate, mean_estimate
from qnetframe_qec.codes.code import Code
from qnetframe_qec.hooks import Decoder
from qnetframe_qec.purified import purified_network
from qnetframe_qec.repeaters.programs import swapping_program
from qnetframe_qec.sampling.counts import Sampler

if TYPE_CHECKING:
    from qnetframe.states.purification import Noise


@dataclass(frozen=True)
class ChainCost:
    """What one pair of the ends costs by one scheme.

    ``infidelity`` is that of the pair (at most so where it is encoded); ``raw_pairs`` the mean number of
    pairs of all links; ``station_qubits`` those of a station in the middle; ``seconds`` the mean time in
    which the busiest link makes its raw pairs one after the other, with the light time of each round of
    purification.
    """

    scheme: str
    infidelity: Estimate
    raw_pairs: float
    station_qubits: int
    seconds: float


def bare_chain(
    network: Network, route: Sequence[str], rounds: int = 0, noise: Noise | None = None
) -> ChainCost:
    """Return what swapping of single pairs gives, after ``rounds`` of purification on every link; exact.

    ``noise`` is that of the gates and readouts of purification; those of swapping have the hardware's.
    """
    import qnetframe as qn

    purified = purified_network(network, rounds, noise)
    result = qn.run("entanglement-swapping", topology=purified, ends=(route[0], route[-1]))
    infidelity = result.estimates["fidelity"].scaled(-1.0, 1.0)
    name = f"purify {rounds} times and swap" if rounds else "swap"
    # A purified pair needs one more qubit at each end for every round that is under way.
    return _cost(name, infidelity, network, purified, route, (1, rounds, 2 * (1 + rounds)))


def encoded_chain(
    code: Code,
    network: Network,
    route: Sequence[str],
    decoder: Decoder,
    *,
    rounds: int = 0,
    noise: Noise | None = None,
    shots: int = 20_000,
    seed: int = 0,
) -> ChainCost:
    """Return what encoded swapping gives, over pairs that were purified ``rounds`` times before; sampled.

    The infidelity is at most the sum of the logical errors in z and x, a run each. ``noise`` is that of the
    gates and readouts of purification; those of the code have the hardware's.
    """
    purified = purified_network(network, rounds, noise)
    errors = []
    for number, basis in enumerate("zx"):
        circuit = place(swapping_program(code, route, basis), purified).circuit
        errors.append(Sampler.of(circuit, decoder).counts(shots, 2 * seed + number).error)
    name = f"{code.name}, encoded swapping"
    if rounds:
        name = f"purify {rounds} times, {name}"
    return _cost(
        name, mean_estimate(errors, [1.0, 1.0]), network, purified, route,
        (code.n, rounds, 2 * (2 * code.n + rounds)),
    )  # fmt: skip


def _cost(
    name: str, infidelity: Estimate, raw: Network, purified: Network, route: Sequence[str],
    size: tuple[int, int, int],
) -> ChainCost:  # fmt: skip
    pairs, rounds, qubits = size
    total, slowest = 0.0, 0.0
    for a, b in pairwise(route):
        before, after = raw.links_between(a, b)[0].model, purified.links_between(a, b)[0].model
        needed = pairs * before.success_probability / after.success_probability
        total += needed
        slowest = max(slowest, needed * before.mean_time + rounds * before.delay)
    return ChainCost(name, infidelity, total, qubits, slowest)
