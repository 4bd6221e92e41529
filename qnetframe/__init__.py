"""Write a quantum-network protocol once, run it on every simulator, and trust the number.

The names below are loaded on first use, so that ``import qnetframe`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qnetframe.channels import Channel as Channel
    from qnetframe.errors import InvalidInputError as InvalidInputError
    from qnetframe.errors import LocalityError as LocalityError
    from qnetframe.errors import NoAcceptedShotsError as NoAcceptedShotsError
    from qnetframe.errors import PluginError as PluginError
    from qnetframe.errors import QnetframeError as QnetframeError
    from qnetframe.errors import StoreError as StoreError
    from qnetframe.errors import UnknownNameError as UnknownNameError
    from qnetframe.errors import UnsupportedError as UnsupportedError
    from qnetframe.experiment.compare import compare as compare
    from qnetframe.experiment.error_budget import ErrorBudget as ErrorBudget
    from qnetframe.experiment.error_budget import error_budget as error_budget
    from qnetframe.experiment.run import execute as execute
    from qnetframe.experiment.run import explain as explain
    from qnetframe.experiment.run import run as run
    from qnetframe.experiment.store import Store as Store
    from qnetframe.experiment.sweep.entry import sweep as sweep
    from qnetframe.network import Hardware as Hardware
    from qnetframe.network import Link as Link
    from qnetframe.network import LinkModel as LinkModel
    from qnetframe.network import Network as Network
    from qnetframe.network import Node as Node
    from qnetframe.placement import Placed as Placed
    from qnetframe.placement import place as place
    from qnetframe.plugins import Plugins as Plugins
    from qnetframe.program.circuit import Circuit as Circuit
    from qnetframe.program.program import Program as Program
    from qnetframe.tasks import Task as Task
    from qnetframe.values import Bit as Bit
    from qnetframe.values import Estimate as Estimate
    from qnetframe.values import all_of as all_of
    from qnetframe.values import any_of as any_of

    __version__: str

_HOME = {
    "Bit": "values",
    "Channel": "channels",
    "Circuit": "program.circuit",
    "ErrorBudget": "experiment.error_budget",
    "Estimate": "values",
    "Hardware": "network",
    "InvalidInputError": "errors",
    "Link": "network",
    "LinkModel": "network",
    "LocalityError": "errors",
    "Network": "network",
    "NoAcceptedShotsError": "errors",
    "Node": "network",
    "Placed": "placement",
    "PluginError": "errors",
    "Plugins": "plugins",
    "Program": "program.program",
    "QnetframeError": "errors",
    "Store": "experiment.store",
    "StoreError": "errors",
    "Task": "tasks",
    "UnknownNameError": "errors",
    "UnsupportedError": "errors",
    "all_of": "values",
    "any_of": "values",
    "compare": "experiment",
    "error_budget": "experiment.error_budget",
    "execute": "experiment",
    "explain": "experiment",
    "place": "placement",
    "run": "experiment",
    "sweep": "experiment.sweep",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("qnetframe")
    if name not in _HOME:
        raise AttributeError(f"module 'qnetframe' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"qnetframe.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
