"""Every code block of the README runs as it stands."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)([^\n]*)\n(.*?)^```", TEXT, re.M | re.S)
PYTHON = [body for kind, info, body in BLOCKS if kind == "python" and "file=" not in info]
FILES = {info.split("file=")[1].strip(): body for _, info, body in BLOCKS if "file=" in info}
COMMANDS = [
    line.split("#")[0].strip()
    for kind, _, body in BLOCKS
    if kind == "console"
    for line in body.splitlines()
    if line.startswith("qnetframe ")
]
CLI = str(Path(sys.executable).parent / "qnetframe")


@pytest.mark.parametrize("number", range(len(PYTHON)))
def test_python_block(number, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(PYTHON[number], f"README block {number}", "exec"), {"__name__": "readme"})
    if number == 0:
        out = capsys.readouterr().out
        assert "1.000000" in out and "±" in out and "alice" in out


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return where the commands run, in their order: what one writes another reads."""
    made = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "examples", made / "examples")
    return made


@pytest.mark.parametrize("command", COMMANDS)
def test_console_command(command, folder):
    words = shlex.split(command)
    done = subprocess.run([CLI, *words[1:]], capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert words[1] != "compare" or "agree" in done.stdout


TRIED = re.findall(r"\| `(qnetframe [^`]+)` \|", TEXT)


@pytest.mark.parametrize("command", TRIED)
def test_commands_of_the_table(command, folder):
    assert len(TRIED) >= 6
    words = shlex.split(command)
    done = subprocess.run([CLI, *words[1:]], capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0 and len(done.stdout) > 200, done.stdout + done.stderr


def test_pictures_and_pages_are_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (ROOT / target).exists(), target


def test_locality_error_is_quoted_word_for_word():
    from qnetframe import LocalityError, Program

    p = Program()
    a, b = p.qubit("alice", "a"), p.qubit("bob", "b")
    with pytest.raises(LocalityError) as caught:
        p.cx(a, b)
    assert f"LocalityError: {caught.value}" in " ".join(TEXT.split())


def test_the_protocol_plugin_is_found_and_runs(tmp_path):
    for name, body in FILES.items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    info = tmp_path / "my_protocols-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-protocols\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text("[qnetframe]\nmy_protocols = my_protocols\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [CLI, "run", "correlation", "--set", "basis=x"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0 and "P(equal)" in done.stdout, done.stdout + done.stderr
    listed = subprocess.run([CLI, "plugins"], capture_output=True, text=True, env=environment, check=False)
    assert "my-protocols 0.1.0" in listed.stdout


@pytest.mark.slow
def test_the_protocol_plugin_installs(tmp_path):
    for name, body in FILES.items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    target = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
         "--target", str(target), str(tmp_path)], check=True,
    )  # fmt: skip
    assert (target / "my_protocols.py").is_file()


def test_every_picture_exists():
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", TEXT):
        assert (ROOT / path).is_file(), path
