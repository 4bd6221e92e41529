"""The contract between qnetframe and its plugins: hooks that take no arguments and yield frozen specs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pluggy

from qnetframe.api import (
    BackendSpec,
    ChannelSpec,
    CommandSpec,
    ExecutorSpec,
    HardwareSpec,
    LinkSpec,
    PolicySpec,
    ProtocolSpec,
    TaskSpec,
    TopologySpec,
)

hookspec = pluggy.HookspecMarker("qnetframe")
hookimpl = pluggy.HookimplMarker("qnetframe")


@hookspec
def qnetframe_backends() -> Iterable[BackendSpec]:  # type: ignore[empty-body]
    """Yield engines that run circuits: ``factory(**options) -> Backend``."""


@hookspec
def qnetframe_channels() -> Iterable[ChannelSpec]:  # type: ignore[empty-body]
    """Yield noise channels: ``factory(**params) -> Channel``."""


@hookspec
def qnetframe_protocols() -> Iterable[ProtocolSpec]:  # type: ignore[empty-body]
    """Yield protocols: ``factory(**params) -> Protocol``."""


@hookspec
def qnetframe_topologies() -> Iterable[TopologySpec]:  # type: ignore[empty-body]
    """Yield networks: ``factory(**params) -> Network``."""


@hookspec
def qnetframe_hardware() -> Iterable[HardwareSpec]:  # type: ignore[empty-body]
    """Yield devices: ``factory(**params) -> Hardware``."""


@hookspec
def qnetframe_links() -> Iterable[LinkSpec]:  # type: ignore[empty-body]
    """Yield link models: ``factory(**params) -> LinkModel`` (success, attempt time, pair state)."""


@hookspec
def qnetframe_executors() -> Iterable[ExecutorSpec]:  # type: ignore[empty-body]
    """Yield places where tasks run: ``factory(**params) -> Executor``."""


@hookspec
def qnetframe_policies() -> Iterable[PolicySpec]:  # type: ignore[empty-body]
    """Yield policies of networks in time: ``factory(**params)`` -> routing, swapping, queue or program."""


@hookspec
def qnetframe_tasks() -> Iterable[TaskSpec]:  # type: ignore[empty-body]
    """Yield kinds of tasks for sweeps and stores: ``factory() -> TaskKind``."""


@hookspec
def qnetframe_commands() -> Iterable[CommandSpec]:  # type: ignore[empty-body]
    """Yield groups of commands, ``qnetframe NAME …``: ``factory() -> typer.Typer``."""


@hookspec
def qnetframe_hooks(declare: Callable[[object], None]) -> None:
    """Declare hooks of a pack's own: call ``declare(module)`` with a module of hookspecs.

    If the module has ``KINDS``, an iterable of ``qnetframe.api.Kind``, each is a catalog like the host's.
    """
