"""Checks become tests: of one plugin's offer, by name, for pytest or for a program that wants the outcomes.

A check is a plain function of (spec, make), where ``make(**params)`` returns a fresh thing from the spec's
factory. It returns nothing where the contract holds, raises AssertionError where it is broken, and
CapabilityMiss where the offer does not claim to do what the check needs. Which checks a kind has is data of
the kind: ``Kind.checks`` names a mapping of them, so that a pack brings those of its own kinds.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from qnetframe.api import BackendSpec, Kind, Spec
from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.plugins import Plugins, discover
from qnetframe.plugins.discovery import reason_of
from qnetframe.plugins.kinds import KINDS

Make: TypeAlias = Callable[..., Any]
Check: TypeAlias = Callable[[Any, Make], None]


class CapabilityMiss(Exception):
    """The offer does not claim to do what the check needs."""


class Outcome(NamedTuple):
    """How one check ended, and why where it did not pass."""

    status: Literal["passed", "skipped", "failed"]
    reason: str = ""


def checks_of(kind: Kind) -> dict[str, Check]:
    """Return the checks of a kind by name: those of every spec, then its own."""
    from qnetframe.testing.spec_checks import CHECKS

    if not kind.checks:
        return dict(CHECKS)
    module, _, name = kind.checks.partition(":")
    return {**CHECKS, **getattr(importlib.import_module(module), name)}


def run_checks(spec: Spec, make: Make, checks: Mapping[str, Check]) -> dict[str, Outcome]:
    """Return the outcome of each check; any exception but CapabilityMiss is a failure."""
    outcomes = {}
    for name, check in checks.items():
        try:
            check(spec, make)
        except CapabilityMiss as miss:
            outcomes[name] = Outcome("skipped", str(miss))
        except Exception as error:
            outcomes[name] = Outcome("failed", reason_of(error))
        else:
            outcomes[name] = Outcome("passed")
    return outcomes


def kind_tests(
    kind: str,
    name: str,
    *,
    params: Mapping[str, Any] | None = None,
    expected_failures: Mapping[str, str] | None = None,
    checks: Mapping[str, Check] | None = None,
    plugins: Plugins | None = None,
) -> Callable[[str], None]:
    """Return a test function for pytest with one case for each check of a kind, on the offer of a name.

    ``params`` are given to the factory (a backend's ``method`` also keeps to the capabilities of that
    method). ``expected_failures`` maps the name of a check to the reason why it fails: it must fail, so that
    the entry goes when the fault does. ``checks`` replaces those of the kind. ``plugins`` are where the name
    is looked up, by default what is installed; the offer is looked up when the test runs, so that a missing
    one is a failing test. Raises UnknownNameError for a kind or a check that does not exist, and
    InvalidInputError for a reason that is empty.
    """
    import pytest

    chosen = dict(checks) if checks is not None else checks_of(_kind(kind, plugins))
    expected = dict(expected_failures or {})
    for check, reason in expected.items():
        if check not in chosen:
            raise UnknownNameError("check", check, chosen, f"It is expected to fail for {kind} {name!r}.")
        if not isinstance(reason, str) or not reason:
            raise InvalidInputError(f"expected failure of {check!r} is {reason!r}; it must be a reason")

    def test(check: str) -> None:
        spec, make = subject(plugins or discover(), kind, name, params)
        try:
            chosen[check](spec, make)
        except CapabilityMiss as miss:
            if check not in expected:
                pytest.skip(str(miss))
            pytest.fail(f"{check} is expected to fail and was skipped: {miss}")
        except Exception as error:
            if check not in expected:
                raise
            pytest.xfail(f"{expected[check]} ({reason_of(error)})")
        if check in expected:
            pytest.fail(f"{check} passes; take it out of expected_failures ({expected[check]})")

    test.__doc__ = f"The {kind} {name!r} keeps the contract of its kind."
    return pytest.mark.parametrize("check", list(chosen))(test)


def subject(
    plugins: Plugins, kind: str, name: str, params: Mapping[str, Any] | None = None
) -> tuple[Spec, Make]:
    """Return a spec by name and the ``make`` that checks are given; what is made with gets ``params``."""
    spec = plugins.catalog(kind)[name]
    given = dict(params or {})
    method = given.get("method", "automatic")
    if isinstance(spec, BackendSpec) and any(c.method == method for c in spec.capabilities):
        able = tuple(c for c in spec.capabilities if c.method == method)
        spec = dataclasses.replace(spec, capabilities=able)

    return spec, _Made(plugins, kind, name, given)


@dataclasses.dataclass(frozen=True)
class _Made:
    """What makes a thing by name; ``params`` are those of every call."""

    plugins: Plugins
    kind: str
    name: str
    params: Mapping[str, Any]

    def __call__(self, **more: Any) -> Any:
        return self.plugins.make(self.kind, self.name, {**self.params, **more})


def _kind(name: str, plugins: Plugins | None) -> Kind:
    # The host's kinds are known without looking at what is installed, so that collecting tests is quick.
    return KINDS[name] if name in KINDS and plugins is None else (plugins or discover()).kind(name)
