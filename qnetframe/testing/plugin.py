"""The pytest plugin: isolated plugins for tests, and the protocol suite of the host on any backend.

pytest loads it in every session of an environment, so that it imports nothing until it is used.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from qnetframe.plugins import Plugins

SUITE = Path(__file__).with_name("protocol_suite.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --qnetframe-backend."""
    group = parser.getgroup("qnetframe")
    group.addoption(
        "--qnetframe-backend",
        metavar="NAME",
        action="append",
        default=[],
        help="run the protocols of qnetframe on a backend and compare with the reference; may be repeated. "
        "Without paths nothing else is run.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Add the protocol suite to what is collected where a backend is asked for."""
    if config.getoption("--qnetframe-backend"):
        given = config.args if config.args_source is pytest.Config.ArgsSource.ARGS else []
        config.args[:] = [*given, str(SUITE)]


@pytest.fixture
def plugins() -> Callable[..., Plugins]:
    """Return ``make(*modules, entry_points=False)``: plugins of these modules and of the host, nothing else.

    With ``entry_points=True`` what is installed is there too. Every call gives a new object.
    """

    def make(*modules: Any, entry_points: bool = False) -> Plugins:
        from qnetframe.plugins import Plugins

        return Plugins(entry_points=entry_points, modules=modules)

    return make
