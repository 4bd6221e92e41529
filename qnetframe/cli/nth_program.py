"""A program of a protocol, and its network: the first one without running anything."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from qnetframe.cli import options
from qnetframe.errors import InvalidInputError

if TYPE_CHECKING:
    from qnetframe.network import Network
    from qnetframe.program.program import Program


class _Found(Exception):
    """Carries a program out of a protocol: what comes after may depend on its result."""

    def __init__(self, program: Program) -> None:
        self.program = program


class _Planning:
    """A session that stops at a program, and runs those before it on the reference engine."""

    def __init__(self, network: Network | None, route: Callable[[], tuple[str, ...]], number: int) -> None:
        import numpy as np

        self.network, self._route, self.left = network, route, number
        self.rng = np.random.default_rng(0)

    def run(self, program: Program) -> Any:
        self.left -= 1
        if not self.left:
            raise _Found(program)
        from qnetframe.experiment import execute

        return execute(program, network=self.network)

    def route(self) -> tuple[str, ...]:
        return self._route()


def nth_program(
    number: int,
    protocol: str,
    topology: str | None,
    hardware: str | None,
    link: str | None,
    settings: list[str] | None,
    ends: str | None,
    route_by: str,
) -> tuple[Program, Network | None]:
    """Return a program of a protocol, counted from 1, and the network that the options describe, as typed.

    Raises InvalidInputError where the protocol runs fewer.
    """
    if number < 1:
        raise InvalidInputError(f"--number is {number}; programs count from 1")
    from qnetframe.experiment.networks import find_route
    from qnetframe.experiment.setup import build_setup
    from qnetframe.plugins import discover

    where = options.name_or_pairs(hardware, "--hardware")
    setup = build_setup(discover(), protocol, topology, where, link, options.settings(settings))
    by = options.choice(route_by, "--route-by", options.ROUTES)
    route = partial(find_route, setup.network, options.two(ends, "--ends"), by)
    session = _Planning(setup.network, route, number)
    try:
        setup.protocol.run(session)
    except _Found as found:
        return found.program, setup.network
    raise InvalidInputError(
        f"protocol {setup.name!r} runs {number - session.left or 'no'} program(s); --number is {number}"
    )
