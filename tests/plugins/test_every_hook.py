"""Every hook of the host, answered by a plugin: what it yields is listed under its kind, and made."""

from types import FunctionType

import pytest
import typer

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
from qnetframe.builtin.executors.inline import InlineExecutor
from qnetframe.builtin.protocols.teleportation import Teleportation
from qnetframe.builtin.reference import CAPABILITIES, ReferenceBackend
from qnetframe.channels import Channel, dephasing
from qnetframe.network import Hardware, Link, LinkModel, Network, Node
from qnetframe.simulation.routing import shortest

from .conftest import plugin


class Nothing:
    def perform(self, settings, seed):
        return {}


def half() -> Channel:
    return dephasing(0.5)


def commands() -> typer.Typer:
    return typer.Typer()


def pair() -> Network:
    return Network((Node("a"), Node("b")), (Link("a", "b"),))


OFFERS = {
    "backend": ("qnetframe_backends", BackendSpec, ReferenceBackend, ReferenceBackend),
    "channel": ("qnetframe_channels", ChannelSpec, half, Channel),
    "protocol": ("qnetframe_protocols", ProtocolSpec, Teleportation, Teleportation),
    "topology": ("qnetframe_topologies", TopologySpec, pair, Network),
    "hardware": ("qnetframe_hardware", HardwareSpec, Hardware, Hardware),
    "link": ("qnetframe_links", LinkSpec, LinkModel, LinkModel),
    "executor": ("qnetframe_executors", ExecutorSpec, InlineExecutor, InlineExecutor),
    "policy": ("qnetframe_policies", PolicySpec, shortest, FunctionType),
    "task": ("qnetframe_tasks", TaskSpec, Nothing, Nothing),
    "command": ("qnetframe_commands", CommandSpec, commands, typer.Typer),
}


def spec_of(kind):
    _, spec, factory, _ = OFFERS[kind]
    more = {"capabilities": CAPABILITIES} if kind == "backend" else {}
    return spec("made-up", factory, f"a {kind} of the tests", **more)


@pytest.mark.parametrize("kind", OFFERS)
def test_what_a_hook_yields_is_listed_and_made(kind, plugins):
    hook, _, _, wanted = OFFERS[kind]
    one = plugins(plugin("one", **{hook: lambda: [spec_of(kind)]}))
    assert one.broken == () and one.catalog(kind)["made-up"] == spec_of(kind)
    assert isinstance(one.make(kind, "made-up"), wanted)


def test_every_kind_of_the_host_is_among_them(plugins):
    from qnetframe.plugins.kinds import KINDS

    assert set(OFFERS) == set(KINDS)
