"""Every page and notebook of docs/ runs: its python blocks in order, in one namespace, and its qnetframe commands."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(p for p in DOCS.rglob("*.md") if "generated" not in p.parts)
CLI = str(Path(sys.executable).parent / "qnetframe")


def name(page):
    return str(page.relative_to(DOCS).with_suffix(""))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_page(page, tmp_path, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": page.stem}
    for number, (kind, body) in enumerate(
        re.findall(r"^```(\w+)\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    ):
        if kind == "python":
            exec(compile(body, f"{page.name} block {number}", "exec"), namespace)
        elif kind == "console":
            for line in body.splitlines():
                if line.startswith("qnetframe "):
                    words = shlex.split(line, comments=True)
                    done = subprocess.run([CLI, *words[1:]], capture_output=True, text=True, check=False)
                    expected = 2 if line.endswith("# refused") else 0
                    assert done.returncode == expected, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_of_a_page_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"
