"""The kit as a session of pytest of its own: what ``qnetframe check`` runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from qnetframe.errors import QnetframeError, UnknownNameError
from qnetframe.plugins import Plugins, discover
from qnetframe.testing.kit import Outcome, checks_of, subject

CASES = Path(__file__).with_name("session_cases.py")
_TESTING = CASES.parent


class Case(NamedTuple):
    """One check of one offer."""

    kind: str
    name: str
    check: str
    params: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What the case is called in the report."""
        return f"{self.kind} {self.check}"


def find(
    name: str,
    kind: str | None = None,
    params: Mapping[str, Any] | None = None,
    plugins: Plugins | None = None,
) -> list[Case]:
    """Return the cases of a name, in all kinds that have it or in one; UnknownNameError where none has."""
    plugins = plugins or discover()
    kinds = [kind] if kind else [k for k in plugins.kinds if name in plugins.catalog(k)]
    if not kinds:
        known = {n: k for k in plugins.kinds for n in plugins.catalog(k)}
        raise UnknownNameError(
            "name", name, known, "'qnetframe plugins' lists what there is and what is broken."
        )
    given = dict(params or {})
    for each in kinds:
        plugins.validated(each, name, given)
    return [Case(k, name, check, given) for k in kinds for check in checks_of(plugins.kind(k))]


class _Given:
    """Hands the cases to the session and takes the outcomes from it, as a plugin of pytest."""

    def __init__(self, cases: list[Case], show: Callable[[str, str, str], None]) -> None:
        self.cases = {case.title: case for case in cases}
        self.show = show
        self.outcomes: dict[str, Outcome] = {}

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Give the test function its cases."""
        metafunc.parametrize("case", list(self.cases.values()), ids=list(self.cases))

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note how a case ended: its call, or what went wrong before."""
        if report.when != "call" and report.passed:
            return
        title = report.nodeid.partition("[")[2].removesuffix("]")
        reason = ""
        if report.skipped:
            reason = report.longrepr[2].removeprefix("Skipped: ")
        elif report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            reason = (crash.message if crash else str(report.longrepr)).splitlines()[0]
            if crash and _TESTING not in Path(crash.path).parents:  # not a check that says what it expected
                reason += f" ({crash.path}:{crash.lineno})"
        self.outcomes[title] = Outcome(report.outcome, reason)
        self.show(title, report.outcome, reason)


def run_session(
    cases: list[Case], show: Callable[[str, str, str], None], terminal: bool = False
) -> dict[str, Outcome]:
    """Run cases under pytest and return the outcome of each; ``show`` is called with each as it ends.

    ``terminal`` adds pytest's own report. Raises QnetframeError where pytest is not installed.
    """
    try:
        import pytest
    except ModuleNotFoundError:
        raise QnetframeError("qnetframe check runs on pytest; pip install 'qnetframe[test]'") from None
    import os

    given = _Given(cases, show)
    arguments = [
        str(CASES), "-c", os.devnull, "--rootdir", str(CASES.parent), "-p", "no:cacheprovider",
        "--import-mode=importlib", "-o", "addopts=",
        "-W", "ignore::pytest.PytestAssertRewriteWarning", *([] if terminal else ["-p", "no:terminal"]),
    ]  # fmt: skip
    pytest.main(arguments, plugins=[given])
    missing = dict.fromkeys(
        given.cases.keys() - given.outcomes.keys(), Outcome("failed", "pytest did not run it")
    )
    return {**given.outcomes, **missing}


def run_case(case: Case) -> None:
    """Run one case in a test."""
    plugins = discover()
    checks_of(plugins.kind(case.kind))[case.check](*subject(plugins, case.kind, case.name, case.params))
