"""Settings of all tests, and plugin distributions on disk that importlib.metadata finds."""

import sys

import pytest
from hypothesis import HealthCheck, settings

# The examples of property tests are the same in every run, on any machine.
settings.register_profile(
    "qnetframe",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("qnetframe")


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that installs a plugin distribution of one module, for this test only."""
    from qnetframe.plugins import discover

    monkeypatch.syspath_prepend(str(tmp_path))
    discover.cache_clear()
    before = set(sys.modules)

    def write(distribution, code, version="1.2", entry_points=None, metadata=None):
        module = distribution.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(code)
        info = tmp_path / f"{module}-{version}.dist-info"
        info.mkdir()
        text = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        (info / "METADATA").write_text(text if metadata is None else metadata)
        (info / "entry_points.txt").write_text(entry_points or f"[qnetframe]\n{module} = {module}\n")

    yield write
    discover.cache_clear()
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def calls_of():
    """Count the function calls that an action makes: a measure of cost that no busy machine disturbs."""

    def count(action):
        number = 0

        def note(frame, event, argument):
            nonlocal number
            number += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(note)
        try:
            action()
        finally:
            sys.setprofile(before)
        return number

    return count
