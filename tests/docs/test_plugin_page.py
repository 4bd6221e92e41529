"""The plugins that docs/plugins.md shows are as short as it is said, and keep the contract of their kinds."""

import re
import sys
from pathlib import Path

import pytest

from qnetframe.plugins import Plugins
from qnetframe.plugins.discovery import module_of_file
from qnetframe.testing.kit import checks_of, run_checks, subject

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S)
SHOWN = {"backend": ("small-qulacs", 60), "protocol": ("agreement", 40)}


@pytest.mark.parametrize("kind", SHOWN)
def test_a_plugin_of_the_page(kind, tmp_path, monkeypatch):
    name, lines = SHOWN[kind]
    (code,) = [b for b in BLOCKS if f'"{name}"' in b and "@hookimpl" in b]
    assert len(code.splitlines()) <= lines
    file = tmp_path / f"shown_{kind}.py"
    file.write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins = Plugins(entry_points=False, modules=[module_of_file(file)])
    try:
        outcomes = run_checks(*subject(plugins, kind, name), checks_of(plugins.kind(kind)))
    finally:
        del sys.modules[file.stem]
    failed = {c: o.reason for c, o in outcomes.items() if o.status == "failed"}
    assert not failed and sum(o.status == "passed" for o in outcomes.values()) >= 9


def test_the_page_names_every_test_function():
    import qnetframe.testing

    for name in (n for n in qnetframe.testing.__all__ if n.endswith("_tests")):
        assert f"`{name}`" in PAGE or name in PAGE, name
