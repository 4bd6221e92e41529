"""``qnetframe explain``: how a backend would run a protocol, without running it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from qnetframe.cli import options
from qnetframe.errors import InvalidInputError, UnsupportedError

if TYPE_CHECKING:
    from qnetframe.experiment.setup import Setup
    from qnetframe.network import Network
    from qnetframe.program.program import Program


class _FirstProgram(Exception):
    """Carries the first program out of a protocol: what comes after may depend on its result."""

    def __init__(self, program: Program) -> None:
        self.program = program


def explain(
    protocol: options.ProtocolName,
    backend: Annotated[
        str | None, typer.Option("--backend", "-b", help="Engine. Default: every one that is installed.")
    ] = None,
    topology: options.Topology = None,
    hardware: options.HardwareNames = None,
    link: options.LinkName = None,
    settings: options.Settings = None,
    shots: options.Shots = None,
    nodes: options.NodeNames = None,
    ends: options.Ends = None,
    route_by: options.RouteBy = "length",
    twirl: options.Twirl = False,
) -> None:
    """Say which method, passes, branches and memory a backend will take for a protocol, or why it refuses.

    Nothing is run and no simulator is loaded. It looks at the first program of the protocol.

    \b
    qnetframe explain teleportation
    qnetframe explain teleportation --backend stim --shots 10000 --hardware ibm-sherbrooke
    """
    from qnetframe.experiment import explain as explain_program
    from qnetframe.experiment.networks import find_route
    from qnetframe.experiment.setup import build_setup
    from qnetframe.plugins import discover

    installed = discover()
    wanted = [backend] if backend else list(installed.backends)
    for name in wanted:
        installed.backends[name]
    where = options.name_or_pairs(hardware, "--hardware")
    setup = build_setup(installed, protocol, topology, where, link, options.settings(settings))
    places = options.pairs(nodes, "--nodes")
    by = options.choice(route_by, "--route-by", options.ROUTES)
    program = _first_program(setup, partial(find_route, setup.network, options.two(ends, "--ends"), by))
    typer.echo(f"The first program of {protocol}: {len(program.operations)} operations, {program.name!r}")
    for name in wanted:
        try:
            text = str(
                explain_program(program, name, shots=shots, network=setup.network, nodes=places, twirl=twirl)
            )
        except UnsupportedError as error:
            if backend:
                raise
            text = f"{name}: refused\n  because   {error}"
        typer.echo(text)


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


def _first_program(setup: Setup, route: Callable[[], tuple[str, ...]]) -> Program:
    try:
        setup.protocol.run(_Planning(setup.network, route))
    except _FirstProgram as found:
        return found.program
    raise InvalidInputError(f"protocol {setup.name!r} runs no program, so there is nothing to explain")
