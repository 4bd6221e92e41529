"""What ships with the host, offered through the same hooks as any plugin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from qnetframe.api import (
    BackendSpec,
    ChannelSpec,
    ExecutorSpec,
    HardwareSpec,
    LinkSpec,
    ProtocolSpec,
    TopologySpec,
)
from qnetframe.builtin.channels import CHANNELS
from qnetframe.builtin.executors import EXECUTORS
from qnetframe.builtin.hardware import HARDWARE
from qnetframe.builtin.links import LINKS
from qnetframe.builtin.protocols import PROTOCOLS
from qnetframe.builtin.reference import CAPABILITIES
from qnetframe.builtin.topologies import TOPOLOGIES
from qnetframe.hookspecs import hookimpl
from qnetframe.program.branches import MAX_BRANCHES

if TYPE_CHECKING:
    from qnetframe.builtin.reference import ReferenceBackend


def reference(max_branches: int = MAX_BRANCHES) -> ReferenceBackend:
    """Return the reference backend, which refuses more than ``max_branches`` branches."""
    from qnetframe.builtin.reference import ReferenceBackend

    return ReferenceBackend(max_branches)


@hookimpl
def qnetframe_backends() -> Iterable[BackendSpec]:
    """Yield the reference backend."""
    yield BackendSpec(
        "reference",
        reference,
        "exact density matrices in plain numpy, the referee of every comparison",
        capabilities=CAPABILITIES,
        sdks=("numpy",),
    )


@hookimpl
def qnetframe_channels() -> Iterable[ChannelSpec]:
    """Yield the named channels."""
    return CHANNELS


@hookimpl
def qnetframe_protocols() -> Iterable[ProtocolSpec]:
    """Yield the protocols."""
    return PROTOCOLS


@hookimpl
def qnetframe_topologies() -> Iterable[TopologySpec]:
    """Yield the topologies."""
    return TOPOLOGIES


@hookimpl
def qnetframe_hardware() -> Iterable[HardwareSpec]:
    """Yield the device models."""
    return HARDWARE


@hookimpl
def qnetframe_links() -> Iterable[LinkSpec]:
    """Yield the link models."""
    return LINKS


@hookimpl
def qnetframe_executors() -> Iterable[ExecutorSpec]:
    """Yield the executors."""
    return EXECUTORS
