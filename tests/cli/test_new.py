"""``qnetframe new``: what it writes works as it stands, in an environment of its own."""

import os
import shlex
import site
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pytest

from qnetframe.cli.new import _EXAMPLES, write_plugin
from qnetframe.errors import InvalidInputError, UnknownNameError

KINDS = ("backend", "channel", "protocol", "topology", "hardware")
LONG = "a-name-of-24-characters0"


@pytest.mark.parametrize("name", ["x", LONG])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_clean(kind, name, tmp_path):
    folder = write_plugin(kind, name, tmp_path / "made")
    for arguments in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "."],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["name"] == f"qnetframe-{name}" and os.access(folder / "ci.sh", os.X_OK)
    assert "$" not in (folder / "README.md").read_text()


def test_what_cannot_be_written_is_refused(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    assert len(LONG) == 24
    for name in ("My", "a_b", "a--b", "-a", "1a", "", f"{LONG}x"):
        with pytest.raises(InvalidInputError, match="name is"):
            write_plugin("backend", name)
    with pytest.raises(UnknownNameError, match="unknown kind of plugin 'bakend'; did you mean 'backend'"):
        write_plugin("bakend", "mine")
    assert write_plugin("channel", "qnetframe-mine") == Path("qnetframe-mine")
    code, out, err = command("new channel mine")
    assert code == 2 and "'qnetframe-mine' is there already" in err and not out
    code, out, err = command("new channel mine --folder other")
    assert (
        code == 0 and "cd other" in out and (tmp_path / "other" / "qnetframe_mine" / "__init__.py").is_file()
    )


def fresh_environment(folder):
    """Return the interpreter of a new environment, which takes third-party packages from this one."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    home = folder / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    lines = [f"import site; site.addsitedir({path!r})" for path in site.getsitepackages()]
    (home / "base.pth").write_text("\n".join(lines) + "\n")
    return python


@pytest.mark.slow
def test_each_kind_installs_lints_passes_its_tests_and_runs_in_a_fresh_environment(tmp_path):
    python = fresh_environment(tmp_path / "env")
    folders = {kind: write_plugin(kind, f"made-{kind}", tmp_path / kind) for kind in KINDS}
    environment = {**os.environ, "PYTHON": str(python)}
    environment.pop("PYTHONPATH", None)

    def run(*arguments, folder=tmp_path):
        done = subprocess.run(
            arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index",
        "--no-build-isolation", *map(str, folders.values()))  # fmt: skip
    for kind, folder in folders.items():
        out = run("./ci.sh", folder=folder)
        assert "passed" in out and "Success: no issues found" in out, out
        words = shlex.split(_EXAMPLES[kind].format(name=f"made-{kind}"))[1:]
        out = run(str(python), "-c", f"from qnetframe.cli import main; main({words!r})")
        assert f"made-{kind}" in out or "fidelity" in out, out
    assert not (tmp_path / "env" / "bin" / "pytest").exists()  # the new environment has but the plugins
