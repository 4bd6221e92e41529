"""Hardware dynamics for qnetframe: from a Hamiltonian to a channel, a gate, a photon, a link.

Importing this package loads no solver and no scipy; the modules `ions`, `transmons`, `photons`, `chains`,
`transduction`, `platforms` and `dynamics` do.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

from qnetframe.api import CommandSpec, HardwareSpec, LinkSpec, TopologySpec
from qnetframe.hookspecs import hookimpl
from qnetframe.network import Hardware
from qnetframe_hardware import hookspecs
from qnetframe_hardware.bridges.links import LINKS
from qnetframe_hardware.bridges.profiles import PROFILES
from qnetframe_hardware.bridges.topologies import TOPOLOGIES
from qnetframe_hardware.hookspecs import Solver, SolverSpec


@hookimpl
def qnetframe_hooks(declare: Callable[[object], None]) -> None:
    """Declare the hook of solvers and their catalog."""
    declare(hookspecs)


def exponential_solver() -> Solver:
    """Return the solver by matrix exponentials; imports scipy."""
    from qnetframe_hardware.dynamics.matrix_exponential import ExponentialSolver

    return ExponentialSolver()


@hookimpl
def qnetframe_solvers() -> Iterator[SolverSpec]:
    """Yield the pack's own solver."""
    summary = "Matrix exponentials, for Hamiltonians that do not change in time"
    yield SolverSpec("expm", exponential_solver, summary, sdks=("scipy",))


class _Device:
    """The factory of a profile's Hardware, with its signature; unlike a closure it can be pickled."""

    def __init__(self, name: str) -> None:
        self.name = name
        functools.update_wrapper(self, PROFILES[name])

    def __call__(self, **params: object) -> Hardware:
        return PROFILES[self.name](**params).hardware

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Device) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __reduce__(self) -> tuple[type[_Device], tuple[str]]:
        return _Device, (self.name,)


@hookimpl
def qnetframe_hardware() -> Iterator[HardwareSpec]:
    """Yield the devices whose gates come from dynamics."""
    summaries = {
        "ion-ca40": "optical qubits of 40Ca+, a Mølmer-Sørensen gate from its Hamiltonian",
        "ion-sr88-ca43": "a communication and a memory ion, a light-shift gate from its Hamiltonian",
        "transmon-cr": "fixed-frequency transmons, DRAG and cross-resonance gates from their pulses",
        "nv": "an electron and carbon spins, gates from the hyperfine Hamiltonian",
        "atom-rb87": "87Rb in tweezers, a blockade gate from its Hamiltonian",
    }
    for name, summary in summaries.items():
        yield HardwareSpec(name, _Device(name), summary)


@hookimpl
def qnetframe_links() -> Iterator[LinkSpec]:
    """Yield the links that come from photons, cables and sources."""
    for name, (factory, summary) in LINKS.items():
        yield LinkSpec(name, factory, summary)


@hookimpl
def qnetframe_topologies() -> Iterator[TopologySpec]:
    """Yield traps around a junction, and cryostats joined by cables."""
    for name, (factory, summary) in TOPOLOGIES.items():
        yield TopologySpec(name, factory, summary)


def _commands() -> object:
    from qnetframe_hardware.commands import app

    return app


@hookimpl
def qnetframe_commands() -> Iterator[CommandSpec]:
    """Yield ``qnetframe hardware``."""
    yield CommandSpec(
        "hardware", _commands, "Devices derived from dynamics: their numbers, budgets and models"
    )
