"""The kinds of things that plugins offer to the host: the hook, the spec, what a factory must return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qnetframe.api import (
    BackendSpec,
    ChannelSpec,
    CommandSpec,
    ExecutorSpec,
    HardwareSpec,
    Kind,
    LinkSpec,
    PolicySpec,
    ProtocolSpec,
    TaskSpec,
    TopologySpec,
)


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


def _is_commands(value: Any) -> bool:
    import typer

    return isinstance(value, typer.Typer)


def _checks(kind: str) -> str:
    return f"qnetframe.testing.{kind}_checks:CHECKS"


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "backend",
            "qnetframe_backends",
            BackendSpec,
            "a Backend: compile(circuit)",
            _method("compile"),
            _checks("backend"),
        ),
        Kind("channel", "qnetframe_channels", ChannelSpec, "a Channel", _is_channel, _checks("channel")),
        Kind(
            "protocol",
            "qnetframe_protocols",
            ProtocolSpec,
            "a Protocol: run(session)",
            _method("run"),
            _checks("protocol"),
        ),
        Kind("topology", "qnetframe_topologies", TopologySpec, "a Network", _is_network, _checks("topology")),
        Kind("hardware", "qnetframe_hardware", HardwareSpec, "a Hardware", _is_hardware, _checks("hardware")),
        Kind("link", "qnetframe_links", LinkSpec, "a LinkModel", _is_link, _checks("link")),
        Kind(
            "executor",
            "qnetframe_executors",
            ExecutorSpec,
            "an Executor: run(tasks, perform)",
            _method("run"),
            _checks("executor"),
        ),
        Kind("task", "qnetframe_tasks", TaskSpec, "a TaskKind: perform(settings, seed)", _method("perform")),
        Kind("policy", "qnetframe_policies", PolicySpec, "a function", callable),
        Kind("command", "qnetframe_commands", CommandSpec, "a typer.Typer", _is_commands),
    )
}
