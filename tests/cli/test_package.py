"""The names of the package, loaded on first use; and what the make targets say."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import qnetframe

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", qnetframe.__all__)
def test_every_public_name_loads(name):
    assert getattr(qnetframe, name) is not None
    assert name in dir(qnetframe)


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(qnetframe.__file__).read_text())
    (guarded,) = [n for n in tree.body if isinstance(n, ast.If)]
    seen = {alias.asname for n in guarded.body if isinstance(n, ast.ImportFrom) for alias in n.names}
    assert seen == set(qnetframe.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'qnetframe' has no attribute 'programme'"):
        _ = qnetframe.programme


def test_the_version_is_that_of_the_project():
    assert f'\nversion = "{qnetframe.__version__}"\n' in (ROOT / "pyproject.toml").read_text()


def test_functions_are_functions_also_after_their_modules_were_imported():
    import qnetframe.experiment.compare
    import qnetframe.experiment.run

    assert callable(qnetframe.run) and callable(qnetframe.compare)


# ---- project files ---------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_alone_explains_every_target():
    out = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony and all(f"make {target} " in out for target in phony[1].split())
    assert {"demo", "test", "check", "bench", "docs", "clean"} <= set(phony[1].split())


def test_requirements_install_every_plugin_folder():
    text = (ROOT / "plugins/requirements.txt").read_text()
    folders = {p.parent.name for p in (ROOT / "plugins").glob("*/pyproject.toml")}
    assert set(re.findall(r"^-e plugins/([\w-]+)", text, re.M)) == folders
    assert len(re.findall(r"^-e \.", text, re.M)) == 1


def test_constraints_are_pins():
    lines = (ROOT / "plugins/constraints.txt").read_text().splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line) for line in lines if line[0] != "#")
