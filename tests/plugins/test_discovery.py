"""Plugins of installed distributions: found, named, and each one's failure its own."""

import importlib.metadata
import sys

from qnetframe.plugins import Plugins, discover
from qnetframe.plugins.discovery import BrokenPlugin, Candidate, installed_candidates

CODE = """
from qnetframe.api import ChannelSpec
from qnetframe.channels import dephasing
from qnetframe.hookspecs import hookimpl

@hookimpl
def qnetframe_channels():
    yield ChannelSpec({name!r}, dephasing, "made up")
"""


def ours(plugins):
    return [p for p in plugins.broken if p.distribution.startswith("made-up")]


def test_an_entry_point_is_found_with_its_distribution_and_version(install):
    install("made-up-one", CODE.format(name="made-up"), version="4.5")
    plugins = Plugins()
    assert tuple(plugins.source(plugins.channels["made-up"])) == ("made-up-one", "4.5")
    assert ours(plugins) == []
    assert "made-up" not in Plugins(entry_points=False).channels


def test_a_failing_import_is_reported_and_stops_nobody(install):
    install("made-up-bad", "import no_such_sdk")
    install("made-up-good", CODE.format(name="made-up"))
    plugins = Plugins()
    assert ours(plugins) == [
        BrokenPlugin(
            "made_up_bad",
            "made-up-bad",
            "1.2",
            "import of made_up_bad failed: ModuleNotFoundError: No module named 'no_such_sdk'",
        )
    ]
    assert "made-up" in plugins.channels


def test_a_plugin_that_exits_on_import_is_only_broken(install):
    install("made-up-exit", "raise SystemExit('goodbye')")
    assert "SystemExit: goodbye" in ours(Plugins())[0].reason


def test_a_missing_module_and_a_missing_attribute(install):
    install("made-up-gone", "", entry_points="[qnetframe]\na = nowhere_at_all\nb = made_up_gone:nothing\n")
    reasons = {p.name: p.reason for p in ours(Plugins())}
    assert "No module named 'nowhere_at_all'" in reasons["a"] and "nothing" in reasons["b"]


def test_unreadable_entry_points_are_that_distributions_alone(install):
    install("made-up-odd", "", entry_points="[qnetframe]\nthis is no entry point\n")
    install("made-up-good", CODE.format(name="made-up"))
    plugins = Plugins()
    assert "made-up" in plugins.channels
    assert [p.distribution for p in ours(plugins)] == ["made-up-odd"]


def test_a_distribution_without_metadata_is_still_named(install):
    install("made-up-bare", "import no_such_sdk", metadata="")
    assert any("no_such_sdk" in p.reason for p in Plugins().broken)


def test_order_is_by_distribution_then_entry_point(install):
    both = "[qnetframe]\nz = made_up_b\na = made_up_b:qnetframe_channels\n"
    install("made-up-b", CODE.format(name="b"), entry_points=both)
    install("made-up-a", CODE.format(name="a"))
    names = [(c.source.distribution, c.name) for c in installed_candidates() if isinstance(c, Candidate)]
    assert [n for n in names if n[0].startswith("made-up")] == [
        ("made-up-a", "made_up_a"),
        ("made-up-b", "a"),
        ("made-up-b", "z"),
    ]


def test_the_first_of_two_installations_counts(install, tmp_path, monkeypatch):
    install("made-up-one", CODE.format(name="made-up"), version="2.0")
    older = tmp_path / "older" / "made_up_one-1.0.dist-info"
    older.mkdir(parents=True)
    (older / "METADATA").write_text("Metadata-Version: 2.1\nName: made-up-one\nVersion: 1.0\n")
    (older / "entry_points.txt").write_text("[qnetframe]\nmade_up_one = made_up_one\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(older.parent)])
    plugins = Plugins()
    assert plugins.source(plugins.channels["made-up"]).version == "2.0" and ours(plugins) == []


def test_other_groups_are_not_read(install):
    install("made-up-other", "raise RuntimeError", entry_points="[pytest11]\nmade_up = made_up_other\n")
    assert ours(Plugins()) == []


def test_discovery_is_cached_and_no_plugin_of_this_repository_is_broken():
    assert discover() is discover() is Plugins.default()
    assert [p for p in discover().broken if p.distribution.startswith("qnetframe")] == []


class Unreadable(importlib.metadata.Distribution):
    """A distribution whose files cannot be read, wholly or beyond the first."""

    def __init__(self, readable=()):
        self.readable = readable

    def read_text(self, filename):
        if filename in self.readable:
            return "[qnetframe]\nx = nowhere_at_all\n"
        raise PermissionError(filename)

    def locate_file(self, path):
        raise PermissionError(path)


def test_files_that_cannot_be_read_stop_nobody():
    assert list(installed_candidates([Unreadable()])) == []
    (broken,) = installed_candidates([Unreadable(["entry_points.txt"])])
    assert (broken.name, broken.distribution, broken.version) == ("x", "unnamed", "")


def test_a_host_that_is_not_installed_still_offers_its_own(monkeypatch):
    def nothing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", nothing)
    plugins = Plugins(entry_points=False)
    assert tuple(plugins.source(plugins.backends["reference"])) == ("qnetframe", "")
