"""Repeater chains: closed forms, exact waiting-time distributions, compiled Monte Carlo."""

from qnetframe.simulation.chains.closed import (
    TwoLinks,
    bdcz_fidelity,
    deterministic_fidelity,
    mean_slowest_link,
    nested_estimate,
    two_links_with_cutoff,
)
from qnetframe.simulation.chains.result import ChainResult
from qnetframe.simulation.chains.run import repeater_chain

__all__ = [
    "ChainResult",
    "TwoLinks",
    "bdcz_fidelity",
    "deterministic_fidelity",
    "mean_slowest_link",
    "nested_estimate",
    "repeater_chain",
    "two_links_with_cutoff",
]
