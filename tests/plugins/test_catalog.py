"""Catalogs and making things by name."""

from collections.abc import Mapping

import pytest

from qnetframe.channels import Channel, dephasing
from qnetframe.errors import InvalidInputError, PluginError, UnknownNameError
from qnetframe.plugins import Plugins
from qnetframe.plugins.catalog import Catalog, hint
from qnetframe.plugins.discovery import BrokenPlugin

from .conftest import channel, plugin


@pytest.fixture(scope="module")
def plugins():
    return Plugins(entry_points=False)


def test_a_catalog_is_a_read_only_mapping_in_alphabetical_order(plugins):
    catalog = plugins.channels
    assert isinstance(catalog, Mapping) and list(catalog) == sorted(catalog) and len(catalog) >= 12
    assert catalog.get("nothing") is None and catalog.get("nothing", 3) == 3
    assert catalog.get("pauli") is catalog["pauli"]
    assert "nothing" not in catalog and "dephasing" in repr(catalog)
    with pytest.raises(TypeError):
        catalog["x"] = catalog["dephasing"]


def test_every_kind_has_a_catalog(plugins):
    kinds = {
        "backend": plugins.backends,
        "channel": plugins.channels,
        "protocol": plugins.protocols,
        "topology": plugins.topologies,
        "hardware": plugins.hardware,
        "link": plugins.links,
        "executor": plugins.executors,
        "task": plugins.tasks,
    }
    for kind, catalog in kinds.items():
        assert plugins.catalog(kind) is catalog and catalog.kind == kind
    with pytest.raises(
        UnknownNameError, match=r"unknown kind of plugin 'backends'; did you mean 'backend'\?"
    ):
        plugins.catalog("backends")


def test_an_unknown_name_suggests_the_nearest_and_lists_what_there_is(plugins):
    with pytest.raises(UnknownNameError) as caught:
        plugins.channels["depolarising"]
    assert "unknown channel 'depolarising'; did you mean 'depolarizing'" in str(caught.value)
    assert "dephasing" in str(caught.value)
    assert not isinstance(caught.value, KeyError)


@pytest.mark.parametrize(
    "kind, name, distribution",
    [
        ("backend", "aer", "qnetframe-aer"),
        ("backend", "quitp", "qnetframe-qutip"),
        ("backend", "stim", "qnetframe-stim"),
        ("backend", "cirq", "qnetframe-cirq"),
        ("hardware", "ibm-sherbrooke", "qnetframe-ibm"),
    ],
)
def test_an_unknown_name_says_who_provides_it(plugins, kind, name, distribution):
    with pytest.raises(UnknownNameError, match=f"pip install {distribution}"):
        plugins.catalog(kind)[name]


def test_a_name_of_a_broken_plugin_says_why():
    other = BrokenPlugin("other", "other", "1.0", "no reason")
    broken = (other, BrokenPlugin("aer", "qnetframe-aer", "1.0", "no qiskit here"))
    with pytest.raises(UnknownNameError, match="is in qnetframe-aer, which is left out: no qiskit here"):
        Catalog("backend", {}, broken)["aer"]
    assert hint("channel", "aer", broken) == "" and hint("backend", "zzz", broken) == ""


def test_a_name_that_is_no_text(plugins):
    with pytest.raises(UnknownNameError, match="unknown backend '3'"):
        plugins.backends[3]


# ---- make ------------------------------------------------------------------------------------


def test_make_converts_and_calls(plugins):
    assert plugins.make("channel", "dephasing", {"p": "0.25"}) == dephasing(0.25)
    assert plugins.make("backend", "reference", {"max_branches": "16"}).max_branches == 16
    assert plugins.validated("backend", "reference", {"max_branches": "16"}) == {"max_branches": 16}


def test_make_says_what_is_wrong_with_a_parameter(plugins):
    with pytest.raises(
        UnknownNameError, match=r"unknown parameter 'max_branch'; did you mean 'max_branches'\?"
    ):
        plugins.make("backend", "reference", {"max_branch": 3})
    with pytest.raises(
        InvalidInputError, match="channel 'dephasing': parameter 'p' is 'much'; it must be a number"
    ):
        plugins.make("channel", "dephasing", {"p": "much"})
    with pytest.raises(InvalidInputError, match="channel 'dephasing' needs the parameter 'p'"):
        plugins.make("channel", "dephasing")
    with pytest.raises(InvalidInputError, match=r"dephasing p is 1.5; a probability must be in \[0, 1\]"):
        plugins.make("channel", "dephasing", {"p": 1.5})


def test_a_factory_that_fails_or_returns_something_else_is_a_plugin_error():
    def missing() -> Channel:
        import no_such_sdk  # noqa: F401

    offered = [
        channel("missing", missing),
        channel("wrong", lambda: "nothing"),
        channel("x", lambda *args: 0),
    ]
    plugins = Plugins(False, [plugin("fake", qnetframe_channels=lambda: offered)])
    with pytest.raises(PluginError, match="channel 'missing' of fake failed: ModuleNotFoundError"):
        plugins.make("channel", "missing")
    with pytest.raises(
        PluginError, match="'wrong' of fake: its factory returned str; it must return a Channel"
    ):
        plugins.make("channel", "wrong")
    with pytest.raises(PluginError, match="takes 'args' by position"):
        plugins.make("channel", "x")


KINDS = {
    "backend": "a Backend",
    "protocol": "a Protocol",
    "topology": "a Network",
    "hardware": "a Hardware",
    "link": "a LinkModel",
    "executor": "an Executor",
    "task": "a TaskKind",
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_each_kind_of_factory_must_return(kind):
    from qnetframe.plugins.kinds import KINDS as ALL
    from qnetframe.program.capabilities import Capabilities

    more = {"capabilities": (Capabilities("m"),)} if kind == "backend" else {}
    spec = ALL[kind].spec("wrong", lambda: None, "returns None", **more)
    plugins = Plugins(False, [plugin("fake", **{ALL[kind].hook: lambda: [spec]})])
    with pytest.raises(PluginError, match=f"returned NoneType; it must return {KINDS[kind]}"):
        plugins.make(kind, "wrong")


NEEDED = {
    "over_rotation": {"axis": "x", "angle": 0.1},
    "two_qubit_pauli": {"weights": '{"XZ": 0.25}'},
    "replacement": {"state": "[[0.5, 0], [0, 0.5]]"},
    "map": {"name": "topozoo/Surfnet"},
    "thermal_relaxation": {"t1": "1e-4", "t2": "1.5e-4", "time": 0},
}


@pytest.mark.parametrize(
    "kind", ["backend", "channel", "protocol", "topology", "hardware", "link", "executor"]
)
def test_everything_that_the_host_offers_says_what_it_takes_and_can_be_made(plugins, kind, tmp_path):
    path = tmp_path / "channel.json"
    path.write_text('{"pauli": {"X": 0.25}}')
    network = tmp_path / "network.json"
    network.write_text(
        '{"nodes": [{"id": "alice"}, {"id": "bob"}], "links": [{"source": "alice", "target": "bob"}]}'
    )
    needed = NEEDED | {"from_file": {"path": str(path)}, "file": {"path": str(network)}}
    for name, spec in plugins.catalog(kind).items():
        parameters = plugins.parameters_of(spec)
        assert all(p.expected != "any value" for p in parameters), name
        values = {p.name: "0.25" for p in parameters if p.required}
        assert plugins.make(kind, name, needed.get(name, values)) is not None
