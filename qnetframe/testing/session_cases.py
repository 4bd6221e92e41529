"""The one test of a session of ``qnetframe check``; its cases come from ``qnetframe.testing.session``."""

from __future__ import annotations

import pytest

from qnetframe.testing.kit import CapabilityMiss
from qnetframe.testing.session import Case, run_case


def test_contract(case: Case) -> None:
    """The offer keeps the contract of its kind."""
    try:
        run_case(case)
    except CapabilityMiss as miss:
        pytest.skip(str(miss))
