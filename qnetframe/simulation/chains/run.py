"""``repeater_chain``: the figures of a chain by the exact path where there is one, else by sampling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.simulation.chains.asap import exact_asap
from qnetframe.simulation.chains.kernels import sample
from qnetframe.simulation.chains.nested import MOST_TIMES, exact_nested
from qnetframe.simulation.chains.plan import Chain, Scheme, chain
from qnetframe.simulation.chains.result import ChainResult, sampled

Method: TypeAlias = Literal["auto", "exact", "sample"]
_DEFAULT_PAIRS = 100_000


def repeater_chain(
    links: int,
    p: float | Sequence[float],
    q: float = 1.0,
    cutoff: int | Sequence[int | None] | None = None,
    purification: Sequence[int] = (),
    t_coherence: float | None = None,
    w0: float | Sequence[float] = 1.0,
    scheme: Scheme = "nested",
    *,
    pairs: int | None = None,
    seed: int = 0,
    swap_werner: float = 1.0,
    method: Method = "auto",
) -> ChainResult:
    """Return how long a chain of ``links`` links takes for one end-to-end pair, and how good that is.

    Times are in attempts: every link succeeds with ``p`` an attempt (one number, or one a link), a swap with
    ``q``. A fresh pair is a Werner pair of parameter ``w0`` ((4F-1)/3; one number, or one a link); one that
    waits decays by e^{-Δ/t_coherence}; a swap multiplies the parameters, times ``swap_werner`` for its noise.

    ``scheme`` "nested" makes two halves side by side and swaps when both are there; a failed swap starts
    both anew. ``purification[k]`` rounds of BBPSSW are made of pairs that k levels of swaps have made.
    ``cutoff`` gives up both halves when one waits longer (one number, or one for each level): the round costs
    min + cut-off. "asap" swaps whatever is adjacent, all at once, and loses all the pairs of a run in which
    a swap fails; there a segment is given up when its oldest pair is ``cutoff`` old. Classical messages take
    no time here: see ``Simulation`` for them.

    Without ``pairs`` the result is exact where it can be: "nested" by generating functions, "asap" without
    a cut-off and up to 8 links as a Markov chain. With ``pairs`` that many are sampled; ``method`` of the
    result says which. ``method`` "exact" refuses (UnsupportedError) instead of sampling. Raises
    InvalidInputError.

    >>> repeater_chain(4, p=0.1, q=0.5).mean_attempts.value.__round__(6)
    84.81758
    """
    described = chain(links, p, q, cutoff, purification, t_coherence, w0, swap_werner, scheme)
    if method not in ("auto", "exact", "sample"):
        raise InvalidInputError(f"method is {method!r}; allowed: 'auto', 'exact', 'sample'")
    seed = checks.integer(seed, "seed", low=0)
    if pairs is not None:
        pairs = checks.integer(pairs, "pairs", low=1)
    if method == "exact" or (method == "auto" and pairs is None):
        found = exact(described)
        if found is not None:
            return found
        if method == "exact":
            raise UnsupportedError(f"{_why_not(described)}; give method='sample'")
    rng = np.random.Generator(np.random.PCG64(seed))
    return sampled(*sample(described, pairs or _DEFAULT_PAIRS, rng))


def exact(chain: Chain, most_times: int = MOST_TIMES) -> ChainResult | None:
    """Return the exact figures of a chain; None where none are known or their distribution is too long."""
    if chain.scheme == "asap" and chain.links > 2:
        return exact_asap(chain)
    return exact_nested(chain, most_times)


def _why_not(chain: Chain) -> str:
    if chain.scheme == "asap" and chain.has_cutoff:
        return "scheme 'asap' with a cut-off has no exact path"
    if chain.scheme == "asap" and chain.links > 8:
        return f"scheme 'asap' is exact up to 8 links; this chain has {chain.links}"
    return "the waiting-time distribution of this chain is too long to be exact"
