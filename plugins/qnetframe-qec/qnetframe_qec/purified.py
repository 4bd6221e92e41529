"""Links whose pairs are purified before anything uses them, with noisy local gates and readouts.

A pair that is kept does not remember how many attempts failed before it: it is a pair of the conditional
state, made that much more rarely.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from qnetframe import checks
from qnetframe.errors import UnsupportedError
from qnetframe.network import LinkModel, Network
from qnetframe.network.pairs import bell_diagonal_state

if TYPE_CHECKING:
    from qnetframe.states.purification import Method, Noise

_R = 2**-0.5
_BELL = np.array([[_R, 0, 0, _R], [_R, 0, 0, -_R], [0, _R, _R, 0], [0, _R, -_R, 0]])


def purified_link(
    model: LinkModel, rounds: int, noise: Noise | None = None, method: Method = "dejmps"
) -> LinkModel:
    """Return a link whose pairs are purified by nested ``rounds`` of DEJMPS (or another method of the host).

    ``noise`` is that of two-qubit gates and readouts at both ends, none by default: a gate is ideal with the
    probability ``two_qubit`` and else mixes its qubits completely. One-qubit gates and the memories that wait
    are ideal. The success probability of an attempt is divided by the mean number of raw pairs that a kept
    one costs. D. Deutsch et al., Phys. Rev. Lett. 77, 2818 (1996); with noise H.-J. Briegel et al., Phys.
    Rev. Lett. 81, 5932 (1998). Raises UnsupportedError for pairs that are not Bell-diagonal.
    """
    from qnetframe.states.purification import IDEAL, recurrence

    if not checks.integer(rounds, "rounds", low=0):
        return model
    state = np.array(model.state)
    weights = np.einsum("ki,ij,kj->k", _BELL, state, _BELL).real
    if np.abs(np.einsum("k,ki,kj->ij", weights, _BELL, _BELL) - state).max() > 1e-9:
        raise UnsupportedError("the link's pairs are not Bell-diagonal; purification here takes Bell weights")
    path = recurrence(weights, rounds, method, IDEAL if noise is None else noise)
    final = np.clip(path.weights[-1], 0.0, 1.0)
    return replace(
        model,
        state=bell_diagonal_state(*(float(w) for w in final / final.sum())),
        success_probability=model.success_probability / float(path.pairs[-1]),
    )


def purified_network(
    network: Network, rounds: int, noise: Noise | None = None, method: Method = "dejmps"
) -> Network:
    """Return a network whose links are all purified; see ``purified_link``."""
    models: dict[int, LinkModel] = {}
    for link in network.links:
        # Links that share a model share the result.
        if id(link.model) not in models:
            models[id(link.model)] = purified_link(link.model, rounds, noise, method)
    return Network(network.nodes, tuple(replace(k, model=models[id(k.model)]) for k in network.links))
