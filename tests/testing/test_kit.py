"""From checks to tests: skips, strict expected failures, kinds of packs, and what is refused."""

import types
from dataclasses import dataclass

import pytest

from qnetframe.api import Kind, Spec
from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.hookspecs import hookimpl, hookspec
from qnetframe.plugins import Plugins
from qnetframe.testing import CapabilityMiss, backend_tests, channel_tests, kind_tests
from qnetframe.testing.kit import Outcome, checks_of, run_checks, subject

HOST = Plugins(entry_points=False)


def fails(spec, make):
    raise AssertionError("it is so")


def passes(spec, make):
    assert spec.name == "dephasing" and make(p=0.5).pauli_probabilities["Z"] == 0.5


def misses(spec, make):
    raise CapabilityMiss("not claimed")


CHECKS = {"fails": fails, "passes": passes, "misses": misses}


def outcome(check, **more):
    test = channel_tests("dephasing", params={"p": 0.1}, checks=CHECKS, plugins=HOST, **more)
    try:
        test(check)
    except (Exception, pytest.skip.Exception, pytest.fail.Exception) as end:
        return type(end).__name__, str(end)
    return "passed", ""


def test_a_check_passes_fails_or_is_skipped():
    assert outcome("passes") == ("passed", "")
    assert outcome("fails") == ("AssertionError", "it is so")
    assert outcome("misses") == ("Skipped", "not claimed")


def test_an_expected_failure_must_fail():
    assert outcome("fails", expected_failures={"fails": "known"}) == (
        "XFailed",
        "known (AssertionError: it is so)",
    )
    kind, text = outcome("passes", expected_failures={"passes": "known"})
    assert kind == "Failed" and "take it out of expected_failures" in text
    kind, text = outcome("misses", expected_failures={"misses": "known"})
    assert kind == "Failed" and "was skipped" in text


def test_what_cannot_be_expected_is_refused():
    with pytest.raises(UnknownNameError, match="unknown check 'bit_ordre'; did you mean 'bit_order'"):
        backend_tests("reference", expected_failures={"bit_ordre": "x"})
    with pytest.raises(InvalidInputError, match="expected failure of 'bit_order' is ''"):
        backend_tests("reference", expected_failures={"bit_order": ""})
    with pytest.raises(UnknownNameError, match="unknown kind of plugin 'bakcend'"):
        kind_tests("bakcend", "reference")


def test_a_name_that_is_not_installed_fails_when_the_test_runs():
    test = backend_tests("nothing", plugins=HOST)
    with pytest.raises(UnknownNameError, match="unknown backend 'nothing'"):
        test("bit_order")


def test_outcomes_without_pytest():
    found = run_checks(*subject(HOST, "channel", "dephasing", {"p": 0.1}), CHECKS)
    assert found == {
        "fails": Outcome("failed", "AssertionError: it is so"),
        "passes": Outcome("passed"),
        "misses": Outcome("skipped", "not claimed"),
    }


def test_a_method_keeps_to_its_own_capabilities():
    from qnetframe.plugins import discover

    spec, make = subject(discover(), "backend", "aer", {"method": "stabilizer"})
    assert [c.method for c in spec.capabilities] == ["stabilizer"] and make.params == {"method": "stabilizer"}
    assert len(subject(discover(), "backend", "aer")[0].capabilities) > 1


# ---- a pack that brings a kind, and the checks of that kind --------------------------------------


@dataclass(frozen=True)
class DecoderSpec(Spec):
    """factory() -> a function from a syndrome to a correction."""


@hookspec
def qnetframe_decoders():
    """Yield decoders."""


def zero_to_zero(spec, make):
    """No syndrome, no correction."""
    assert make()((0, 0)) == (0, 0)


def pack(monkeypatch):
    import sys

    module = types.ModuleType("made_up_decoder_checks")
    module.CHECKS = {"zero_to_zero": zero_to_zero}
    monkeypatch.setitem(sys.modules, module.__name__, module)
    kind = Kind(
        "decoder", "qnetframe_decoders", DecoderSpec, "a function", callable, "made_up_decoder_checks:CHECKS"
    )
    specs = types.SimpleNamespace(qnetframe_decoders=qnetframe_decoders, KINDS=(kind,))

    @hookimpl
    def qnetframe_hooks(declare):
        declare(specs)

    return types.SimpleNamespace(__name__="pack", qnetframe_hooks=qnetframe_hooks)


def decoders(**factories):
    @hookimpl
    def qnetframe_decoders():
        return [DecoderSpec(name, factory, "a table") for name, factory in factories.items()]

    return types.SimpleNamespace(__name__="user", qnetframe_decoders=qnetframe_decoders)


def identity():
    return tuple


def flipping():
    return lambda syndrome: tuple(1 - s for s in syndrome)


def test_a_kind_of_a_pack_has_the_checks_that_the_pack_names(monkeypatch, plugins):
    installed = plugins(pack(monkeypatch), decoders(right=identity, wrong=flipping))
    assert list(checks_of(installed.kind("decoder"))) == [
        *checks_of(Kind("x", "x", Spec, "x")),
        "zero_to_zero",
    ]
    kind_tests("decoder", "right", plugins=installed)("zero_to_zero")
    with pytest.raises(AssertionError):
        kind_tests("decoder", "wrong", plugins=installed)("zero_to_zero")


def test_the_fixture_is_isolated(plugins):
    own = plugins(decoders())
    assert "aer" not in own.backends and list(own.backends) == ["reference"]
    assert "aer" in plugins(entry_points=True).backends
    assert plugins() is not plugins()
