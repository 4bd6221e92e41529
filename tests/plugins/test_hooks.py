"""The contract is one short file; each of its hooks is documented, shown to plugin authors, and tested."""

import inspect
import re
from pathlib import Path

import pytest

from qnetframe import hookspecs
from qnetframe.plugins.kinds import KINDS

ROOT = Path(__file__).parents[2]
HOOKS = [name for name, f in vars(hookspecs).items() if hasattr(f, "qnetframe_spec")]
TESTS = [
    p
    for p in [*ROOT.glob("tests/**/*.py"), *ROOT.glob("plugins/*/tests/*.py")]
    if p.name != Path(__file__).name
]
PAGE = (ROOT / "docs" / "plugins.md").read_text("utf-8")


def test_the_file_can_be_read_in_one_sitting():
    assert len(Path(hookspecs.__file__).read_text("utf-8").splitlines()) < 120
    assert set(HOOKS) == {
        *(kind.hook for kind in KINDS.values()), "qnetframe_hooks",
    }  # fmt: skip


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_documented_and_tested(hook):
    text = inspect.getdoc(getattr(hookspecs, hook))
    assert text and text[0].isupper() and len(text) > 40
    assert f"`{hook}`" in PAGE, f"docs/plugins.md does not show {hook}"
    assert any(re.search(rf"\b{hook}\b", p.read_text("utf-8")) for p in TESTS), f"no test has {hook}"


@pytest.mark.parametrize("hook", [h for h in HOOKS if h != "qnetframe_hooks"])
def test_no_hook_of_the_host_takes_arguments(hook):
    assert not inspect.signature(getattr(hookspecs, hook)).parameters
