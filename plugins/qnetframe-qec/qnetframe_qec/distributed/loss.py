"""Loss of whole nodes: heralded erasure of all that a node holds, sampled pattern by pattern."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import product

import numpy as np

from qnetframe import checks
from qnetframe.network import Network
from qnetframe.placement import place
from qnetframe_qec.codes.code import Code
from qnetframe_qec.distributed.assignment import Assignment
from qnetframe_qec.distributed.patch import distributed_memory_program
from qnetframe_qec.hooks import Decoder
from qnetframe_qec.noise import NoiseModel
from qnetframe_qec.sampling.counts import Counts, Sampler

Pattern = tuple[tuple[int, str], ...]


def node_loss_counts(
    code: Code,
    assignment: Assignment,
    rounds: int,
    loss: float,
    decoder: Decoder,
    shots: int,
    seed: int = 0,
    *,
    basis: str = "z",
    network: Network | None = None,
    noise: NoiseModel | None = None,
    report: Callable[[Pattern, Counts], None] | None = None,
) -> Counts:
    """Return the counts of a distributed memory whose nodes are lost, each before each round with ``loss``.

    A node that is lost is heralded and back at once with fresh qubits. Which are lost is drawn first; the
    shots of each pattern are then sampled and decoded together, with the error model of that pattern, which
    is exact and lets any decoder know.
    """
    checks.probability(loss, "loss")
    checks.integer(shots, "shots", low=1)
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    places = list(product(range(rounds), assignment.nodes))
    drawn = rng.random((shots, len(places))) < loss
    patterns = Counter(tuple(p for p, gone in zip(places, row, strict=True) if gone) for row in drawn)
    total = Counts()
    for number, (pattern, times) in enumerate(sorted(patterns.items())):
        program = distributed_memory_program(code, assignment, rounds, basis, noise=noise, lost=pattern)
        own = np.random.SeedSequence(seed, spawn_key=(number,)).generate_state(1, np.uint64)[0]
        counts = Sampler.of(place(program, network).circuit, decoder).counts(times, int(own))
        total += counts
        if report is not None:
            report(pattern, counts)
    return total
