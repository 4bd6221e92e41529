"""A plugin is kept whole or not at all: every way to break the contract, and what the others keep."""

import re
import types
from dataclasses import dataclass

import pluggy
import pytest

from qnetframe.api import API_VERSION, BackendSpec, ChannelSpec, Kind, Spec
from qnetframe.channels import bit_flip
from qnetframe.errors import PluginError, UnknownNameError
from qnetframe.hookspecs import hookimpl, hookspec
from qnetframe.plugins import Plugins, Source

from .conftest import channel, plugin

GOOD = plugin("good", qnetframe_channels=lambda: [channel("good")])


def load(*modules):
    return Plugins(entry_points=False, modules=modules)


def only_reason(plugins):
    assert len(plugins.broken) == 1, plugins.broken
    return plugins.broken[0].reason


def test_what_ships_with_the_host_is_a_plugin_that_keeps_the_contract():
    plugins = load()
    assert plugins.broken == ()
    assert "reference" in plugins.backends and "dephasing" in plugins.channels
    assert plugins.source(plugins.backends["reference"]).distribution == "qnetframe"


def test_every_named_channel_is_in_the_catalog():
    import qnetframe.channels as channels

    assert set(load().channels) == set(channels.__all__) - {"Channel", "Fibre", "from_pauli_transfer"}


def test_a_good_plugin_is_kept_and_its_source_is_known():
    GOOD.__version__ = "3.1"
    plugins = load(GOOD)
    assert plugins.broken == ()
    assert plugins.source(plugins.channels["good"]) == Source("good", "3.1")
    assert str(plugins.source(plugins.channels["good"])) == "good 3.1"


def test_the_source_of_a_foreign_spec_is_refused():
    with pytest.raises(PluginError, match="not offered by any of these plugins"):
        load().source(channel("dephasing", bit_flip))


def raising():
    yield channel("first")
    raise RuntimeError("out of\nluck")


def leaving():
    raise SystemExit(3)


BROKEN = {
    "wrong type of spec": (
        plugin("p", qnetframe_backends=lambda: [channel("x")]),
        "qnetframe_backends yielded ChannelSpec .*; it must yield BackendSpecs",
    ),
    "no spec": (
        plugin("p", qnetframe_channels=lambda: ["depolarizing"]),
        "qnetframe_channels yielded str 'depolarizing'; it must yield ChannelSpecs",
    ),
    "one spec, not an iterable": (
        plugin("p", qnetframe_channels=lambda: channel("x")),
        "qnetframe_channels gave ChannelSpec .*; it must yield ChannelSpecs",
    ),
    "a number": (plugin("p", qnetframe_channels=lambda: 3), "gave int 3; it must yield ChannelSpecs"),
    "duplicate of the host": (
        plugin("p", qnetframe_channels=lambda: [channel("new"), channel("dephasing")]),
        "channel 'dephasing' is already offered by qnetframe",
    ),
    "duplicate of its own": (
        plugin("p", qnetframe_channels=lambda: [channel("x"), channel("x")]),
        "channel 'x' is already offered by this plugin itself",
    ),
    "mistyped hook": (
        plugin("p", qnetframe_backendz=lambda: [], qnetframe_channels=lambda: [channel("x")]),
        "there is no hook qnetframe_backendz; did you mean qnetframe_backends",
    ),
    "unlike any hook": (plugin("p", qnetframe_zzz=lambda: []), "there is no hook qnetframe_zzz; Mark it"),
    "hook with arguments": (
        plugin("p", qnetframe_backends=lambda config: []),
        "PluginValidationError.*(?s:.*)config",
    ),
    "no marker": (
        plugin("p", mark=None, qnetframe_backends=lambda: []),
        "qnetframe_backends is not marked with @hookimpl",
    ),
    "no hooks": (plugin("p"), "no function marked with @hookimpl"),
    "an error while listing": (plugin("p", qnetframe_channels=raising), "RuntimeError: out of luck"),
    "exit while listing": (plugin("p", qnetframe_channels=leaving), "SystemExit: 3"),
    "a spec that cannot be": (
        plugin("p", qnetframe_channels=lambda: [channel("two words")]),
        "InvalidInputError: spec name is 'two words'",
    ),
    "a backend without capabilities": (
        plugin("p", qnetframe_backends=lambda: [BackendSpec("b", bit_flip, "b")]),
        "backend spec 'b' needs at least one Capabilities",
    ),
    "a newer API": (
        plugin("p", qnetframe_channels=lambda: [channel("x", api_version=API_VERSION + 1)]),
        f"channel 'x' is for plugin API {API_VERSION + 1}, .* has {API_VERSION}; upgrade the qnetframe",
    ),
    "an older API": (
        plugin("p", qnetframe_channels=lambda: [channel("x", api_version=0)]),
        "upgrade the plugin",
    ),
}


@pytest.mark.parametrize("module, reason", BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_is_left_out_whole_with_the_reason_and_the_others_work(module, reason):
    plugins = load(module, GOOD)
    assert re.search(reason, only_reason(plugins)), plugins.broken
    assert "\n" not in only_reason(plugins)
    assert plugins.broken[0].name == "p"
    assert set(plugins.channels) == {*load().channels, "good"}
    assert set(plugins.backends) == set(load().backends)


def test_of_two_plugins_with_one_name_the_first_is_kept():
    second = plugin("second", qnetframe_channels=lambda: [channel("good"), channel("other")])
    plugins = load(GOOD, second)
    assert plugins.broken[0].name == "second" and "other" not in plugins.channels


def test_a_name_of_a_broken_plugin_is_free_for_the_next():
    broken = plugin("broken", qnetframe_channels=lambda: [channel("good")], qnetframe_typo=lambda: [])
    plugins = load(broken, GOOD)
    assert [p.name for p in plugins.broken] == ["broken"]
    assert plugins.source(plugins.channels["good"]).distribution == "good"


def test_one_name_may_stand_for_things_of_different_kinds():
    both = plugin(
        "both",
        qnetframe_channels=lambda: [channel("ideal-one")],
        qnetframe_links=lambda: [],
        qnetframe_hardware=lambda: [],
    )
    assert load(both).broken == ()


# ---- hooks of a pack's own -------------------------------------------------------------------


@hookspec
def qnetframe_attacks(strength):
    """Yield attacks."""


SPECS = types.SimpleNamespace(qnetframe_attacks=qnetframe_attacks)


def pack(**more):
    def qnetframe_hooks(declare):
        declare(SPECS)

    return plugin("pack", qnetframe_hooks=qnetframe_hooks, **more)


def test_a_pack_declares_a_hook_and_others_answer_it_in_their_order():
    one = plugin("one", qnetframe_attacks=lambda strength: ["intercept", strength])
    two = plugin("two", qnetframe_attacks=lambda: ["split"])
    silent = plugin("silent", qnetframe_attacks=lambda: None)
    plugins = load(one, silent, pack(), two)
    assert plugins.broken == ()
    assert plugins.hook("qnetframe_attacks", strength=2) == [["intercept", 2], ["split"]]


def test_without_the_pack_its_hook_is_unknown_unless_it_is_optional():
    plain = plugin("plain", qnetframe_attacks=lambda: [])
    optional = plugin("optional", mark=hookimpl(optionalhook=True), qnetframe_attacks=lambda: [])
    plugins = load(plain, optional)
    assert [p.name for p in plugins.broken] == ["plain"]
    with pytest.raises(UnknownNameError, match="unknown hook 'qnetframe_attacks'"):
        plugins.hook("qnetframe_attacks")


def test_leaving_out_a_pack_leaves_out_what_needs_its_hook():
    user = plugin("user", qnetframe_attacks=lambda: [])
    plugins = load(pack(qnetframe_channels=lambda: [3]), user, GOOD)
    assert [p.name for p in plugins.broken] == ["pack", "user"]
    assert "good" in plugins.channels


def test_wrong_arguments_of_a_packs_hook_break_the_user_not_the_pack():
    user = plugin("user", qnetframe_attacks=lambda nonsense: [])
    assert [p.name for p in load(user, pack()).broken] == ["user"]


def test_declaring_a_hook_twice_breaks_the_second():
    again = pack()
    again.__name__ = "again"
    assert [p.name for p in load(pack(), again).broken] == ["again"]


def test_declaring_nothing_is_an_error():
    empty = plugin("empty", qnetframe_hooks=lambda declare: declare(types.SimpleNamespace()))
    assert "did not find any" in only_reason(load(empty))


def test_a_failing_hook_names_its_plugin():
    def failing(strength):
        raise ZeroDivisionError("no")

    plugins = load(pack(), plugin("user", qnetframe_attacks=failing))
    with pytest.raises(
        PluginError, match="hook qnetframe_attacks of user:user failed: ZeroDivisionError: no"
    ):
        plugins.hook("qnetframe_attacks", strength=1)


def test_errors_of_ours_pass_through_a_hook():
    def failing(strength):
        raise UnknownNameError("attack", "x", [])

    with pytest.raises(UnknownNameError, match="unknown attack"):
        load(pack(), plugin("user", qnetframe_attacks=failing)).hook("qnetframe_attacks", strength=1)


def test_nothing_is_shared_between_instances():
    assert "good" in load(GOOD).channels and "good" not in load().channels
    assert not hasattr(Plugins, "manager")
    assert isinstance(load()._manager, pluggy.PluginManager) and load()._manager is not load()._manager
    assert isinstance(load(GOOD).channels["good"], ChannelSpec)


# ---- kinds of a pack's own -------------------------------------------------------------------


@dataclass(frozen=True)
class DecoderSpec(Spec):
    """factory() -> a function."""


@hookspec
def qnetframe_decoders():
    """Yield decoders."""


DECODER = Kind("decoder", "qnetframe_decoders", DecoderSpec, "a function", callable)


def decoder_pack(name="pack", kinds=(DECODER,), **more):
    module = types.SimpleNamespace(qnetframe_decoders=qnetframe_decoders, KINDS=kinds)
    return plugin(name, qnetframe_hooks=lambda declare: declare(module), **more)


def lookup(name="lookup", factory=lambda: len):
    return plugin(f"user-{name}", qnetframe_decoders=lambda: [DecoderSpec(name, factory, "a table")])


def test_a_kind_of_a_pack_is_a_catalog_like_those_of_the_host():
    plugins = load(lookup(), decoder_pack(), lookup("other"))
    assert plugins.broken == () and plugins.kinds[-1] == "decoder"
    assert list(plugins.catalog("decoder")) == ["lookup", "other"]
    assert plugins.make("decoder", "lookup") is len
    assert plugins.source(plugins.catalog("decoder")["other"]) == Source("user-other", "")
    with pytest.raises(UnknownNameError, match=r"unknown decoder 'lookpu'.*lookup"):
        plugins.catalog("decoder")["lookpu"]


def test_offers_of_a_packs_kind_are_held_to_the_contract():
    wrong = plugin("wrong", qnetframe_decoders=lambda: [channel("x")])
    again = plugin("again", qnetframe_decoders=lambda: [DecoderSpec("lookup", len, "a table")])
    plugins = load(decoder_pack(), lookup(), wrong, again, lookup("nothing", lambda: None))
    assert {p.name: p.reason for p in plugins.broken} == {
        "wrong": f"qnetframe_decoders yielded ChannelSpec {repr(channel('x'))[:57]}...; it must yield DecoderSpecs",
        "again": "decoder 'lookup' is already offered by user-lookup",
    }
    with pytest.raises(PluginError, match="returned NoneType; it must return a function"):
        plugins.make("decoder", "nothing")


def test_without_the_pack_its_kind_is_unknown():
    with pytest.raises(UnknownNameError, match="unknown kind of plugin 'decoder'"):
        load().catalog("decoder")


@pytest.mark.parametrize(
    "kinds, reason",
    [
        (["decoder"], "KINDS has str 'decoder'; it must hold Kinds"),
        ([Kind("decoder", "qnetframe_codes", DecoderSpec, "a function")], "has no hookspec qnetframe_codes"),
        ([Kind("channel", "qnetframe_decoders", DecoderSpec, "a")], "kind 'channel' .* is already declared"),
        ([DECODER, DECODER], "kind 'decoder' of hook qnetframe_decoders is already declared"),
    ],
)
def test_a_kind_that_cannot_be_breaks_the_pack(kinds, reason):
    plugins = load(decoder_pack(kinds=kinds))
    assert re.search(reason, only_reason(plugins)) and "decoder" not in plugins.kinds
