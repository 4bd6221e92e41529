"""The conformance kit: what a plugin must do, as tests that its own test file takes over in two lines.

>>> from qnetframe.testing import channel_tests
>>> test_mine = channel_tests("dephasing", params={"p": 0.1})
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qnetframe.testing.kit import CapabilityMiss as CapabilityMiss
    from qnetframe.testing.kit import Check as Check
    from qnetframe.testing.kit import Make as Make
    from qnetframe.testing.kit import Outcome as Outcome
    from qnetframe.testing.kit import kind_tests as kind_tests
    from qnetframe.testing.kit import run_checks as run_checks

    backend_tests = partial(kind_tests, "backend")
    channel_tests = partial(kind_tests, "channel")
    protocol_tests = partial(kind_tests, "protocol")
    topology_tests = partial(kind_tests, "topology")
    hardware_tests = partial(kind_tests, "hardware")
    link_tests = partial(kind_tests, "link")
    executor_tests = partial(kind_tests, "executor")

_KIT = ("CapabilityMiss", "Check", "Make", "Outcome", "kind_tests", "run_checks")

__all__ = [
    "CapabilityMiss",
    "Check",
    "Make",
    "Outcome",
    "backend_tests",
    "channel_tests",
    "executor_tests",
    "hardware_tests",
    "kind_tests",
    "link_tests",
    "protocol_tests",
    "run_checks",
    "topology_tests",
]


# Every session of pytest imports the plugin below this package: the kit is for those that use it.
def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'qnetframe.testing' has no attribute {name!r}")
    from qnetframe.testing import kit

    kind = name.removesuffix("_tests")
    value = getattr(kit, name) if name in _KIT else partial(kit.kind_tests, kind)
    globals()[name] = value
    return value
