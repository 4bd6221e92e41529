"""The first program of a protocol, and its network, without running it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from qnetframe.cli import options
from qnetframe.errors import InvalidInputError

if TYPE_CHECKING:
    from qnetframe.network import Network
    from qnetframe.program.program import Program


class _FirstProgram(Exception):
    """Carries the first program out of a protocol: what comes after may depend on its result."""

    def __init__(self, program: Program) -> None:
        self.program = program


class _Planning:
    """A session that stops at the first program."""

    def __init__(self, network: Network | None, route: Callable[[], tuple[str, ...]]) -> None:
        import numpy as np

        self.network, self._route = network, route
        self.rng = np.random.default_rng(0)

    def run(self, program: Program) -> NoReturn:
        raise _FirstProgram(program)

    def route(self) -> tuple[str, ...]:
        return self._route()


def first_program(
    protocol: str,
    topology: str | None,
    hardware: str | None,
    link: str | None,
    settings: list[str] | None,
    ends: str | None,
    route_by: str,
) -> tuple[Program, Network | None]:
    """Return the first program of a protocol and the network that the options describe, as typed."""
    from qnetframe.experiment.networks import find_route
    from qnetframe.experiment.setup import build_setup
    from qnetframe.plugins import discover

    where = options.name_or_pairs(hardware, "--hardware")
    setup = build_setup(discover(), protocol, topology, where, link, options.settings(settings))
    by = options.choice(route_by, "--route-by", options.ROUTES)
    route = partial(find_route, setup.network, options.two(ends, "--ends"), by)
    try:
        setup.protocol.run(_Planning(setup.network, route))
    except _FirstProgram as found:
        return found.program, setup.network
    raise InvalidInputError(f"protocol {setup.name!r} runs no program")
