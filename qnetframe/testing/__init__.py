"""The conformance kit: what a plugin must do, as tests that its own test file takes over in two lines.

>>> from qnetframe.testing import channel_tests
>>> test_mine = channel_tests("dephasing", params={"p": 0.1})
"""

from __future__ import annotations

from functools import partial

from qnetframe.testing.kit import CapabilityMiss, Check, Make, Outcome, kind_tests, run_checks

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

backend_tests = partial(kind_tests, "backend")
channel_tests = partial(kind_tests, "channel")
protocol_tests = partial(kind_tests, "protocol")
topology_tests = partial(kind_tests, "topology")
hardware_tests = partial(kind_tests, "hardware")
link_tests = partial(kind_tests, "link")
executor_tests = partial(kind_tests, "executor")
