"""The seven kinds of things that plugins offer: the hook, the spec, and what a factory must return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from qnetframe.api import (
    BackendSpec,
    ChannelSpec,
    ExecutorSpec,
    HardwareSpec,
    LinkSpec,
    ProtocolSpec,
    Spec,
    TopologySpec,
)


@dataclass(frozen=True)
class Kind:
    """One kind of plugin offer; ``returns`` says what a factory must return and ``fits`` tests it."""

    name: str
    hook: str
    spec: type[Spec]
    returns: str
    fits: Callable[[Any], bool]


def _method(name: str) -> Callable[[Any], bool]:
    return lambda value: callable(getattr(value, name, None))


def _is_channel(value: Any) -> bool:
    from qnetframe.channels import Channel

    return isinstance(value, Channel)


def _is_network(value: Any) -> bool:
    from qnetframe.network import Network

    return isinstance(value, Network)


def _is_link(value: Any) -> bool:
    from qnetframe.network import LinkModel

    return isinstance(value, LinkModel)


def _is_hardware(value: Any) -> bool:
    from qnetframe.network import Hardware

    return isinstance(value, Hardware)


def _anything(value: Any) -> bool:
    return value is not None


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "backend",
            "qnetframe_backends",
            BackendSpec,
            "a Backend: compile(circuit)",
            _method("compile"),
        ),
        Kind("channel", "qnetframe_channels", ChannelSpec, "a Channel", _is_channel),
        Kind("protocol", "qnetframe_protocols", ProtocolSpec, "a Protocol: run(session)", _method("run")),
        Kind("topology", "qnetframe_topologies", TopologySpec, "a Network", _is_network),
        Kind("hardware", "qnetframe_hardware", HardwareSpec, "a Hardware", _is_hardware),
        Kind("link", "qnetframe_links", LinkSpec, "a LinkModel", _is_link),
        Kind("executor", "qnetframe_executors", ExecutorSpec, "an executor", _anything),
    )
}
