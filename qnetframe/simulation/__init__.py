"""The network in time: repeater chains, memories, heralded links, messages, requests.

The names below are loaded on first use: SimPy, numba and scipy only where they run.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qnetframe.simulation.chains import ChainResult as ChainResult
    from qnetframe.simulation.chains import repeater_chain as repeater_chain
    from qnetframe.simulation.failures import Failures as Failures
    from qnetframe.simulation.ghz import distribute_ghz as distribute_ghz
    from qnetframe.simulation.messages import Classical as Classical
    from qnetframe.simulation.metrics import Report as Report
    from qnetframe.simulation.pairstates import Decay as Decay
    from qnetframe.simulation.pairstates import SwapNoise as SwapNoise
    from qnetframe.simulation.profiles import NodeProfile as NodeProfile
    from qnetframe.simulation.requests import Request as Request
    from qnetframe.simulation.requests import poisson_requests as poisson_requests
    from qnetframe.simulation.simulation import Simulation as Simulation
    from qnetframe.simulation.strategy import Strategy as Strategy

_HOME = {
    "ChainResult": "chains",
    "Classical": "messages",
    "Decay": "pairstates",
    "Failures": "failures",
    "NodeProfile": "profiles",
    "Report": "metrics",
    "Request": "requests",
    "Simulation": "simulation",
    "Strategy": "strategy",
    "SwapNoise": "pairstates",
    "distribute_ghz": "ghz",
    "poisson_requests": "requests",
    "repeater_chain": "chains",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'qnetframe.simulation' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"qnetframe.simulation.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
