"""The documentation site: it builds without a warning, is whole, works offline, and shows what it should."""

import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the folder of the site, built anew, every notebook run; a warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    done = subprocess.run(
        [*command, "-d", str(folder / "trees"), str(ROOT / "docs"), str(folder / "html")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "html"


class _Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.anchors, self.links, self.loaded = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors.add(found.get("id") or found.get("name"))
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        source = found.get("src") or (found.get("href") if tag == "link" else None)
        if source:
            self.loaded.append(source)


@pytest.fixture(scope="module")
def pages(site):
    return {path: _Page(path.read_text("utf-8")) for path in site.rglob("*.html")}


def test_no_internal_link_is_dead(site, pages):
    for path, page in pages.items():
        for link in page.links + page.loaded:
            target, anchor = urldefrag(unquote(link))
            if re.match(r"[a-z]+:", target):
                continue
            reached = (path.parent / target.partition("?")[0]).resolve() if target else path
            assert reached.exists(), f"{path.name}: {link}"
            if anchor and reached in pages:
                assert anchor in pages[reached].anchors, f"{path.name}: {link}"


def test_nothing_is_loaded_from_the_network(pages):
    for path, page in pages.items():
        assert not [source for source in page.loaded if re.match(r"(https?:)?//", source)], path


def test_every_public_name_has_an_entry(site):
    import generated_reference as reference
    from sphinx.util.inventory import InventoryFile

    import qnetframe

    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="").data
    documented = {name for kind in inventory if kind.startswith("py:") for name in inventory[kind]}
    values = {id(_find(name)) for name in documented if _find(name) is not None}
    for module in (*reference.public_modules(), *reference.plugin_modules()):
        for name in reference.public_names(module):
            known = f"{module}.{name}" in documented or id(_find(f"{module}.{name}")) in values
            assert known or f"{module}.{name}" in sys.modules, f"{module}.{name} has no entry"
    for name in qnetframe.__all__:
        assert id(getattr(qnetframe, name)) in values, f"qnetframe.{name} has no entry"


def _find(dotted):
    """Return what a dotted name stands for; a function that has the name of its module goes first."""
    import importlib

    first, *rest = dotted.split(".")
    value, path = importlib.import_module(first), first
    for part in rest:
        path = f"{path}.{part}"
        value = getattr(value, part, None)
        if value is None:
            try:
                value = importlib.import_module(path)
            except ImportError:
                return None
    return value


def test_names_of_one_source_are_documented_in_one_module():
    # The pages of sources link back to one module only: names in another would be dead links.
    import generated_reference as reference

    for modules in (reference.public_modules(), reference.plugin_modules()):
        homes = {}
        for module, names in reference._documented(modules):
            for name in names:
                value = _find(f"{module}.{name}")
                if callable(value):
                    homes.setdefault(getattr(value, "__module__", module), set()).add(module)
        split = {source: found for source, found in homes.items() if len(found) > 1}
        assert not split, split


def test_every_hook_and_every_command_has_a_section(site):
    import generated_reference as reference

    from qnetframe.plugins import discover
    from qnetframe.plugins.contract import declared_hooks

    generated = site / "reference" / "generated"
    hooks, commands = ((generated / f"{n}.html").read_text("utf-8") for n in ("hooks", "commands"))
    for hook in declared_hooks(discover()._manager):
        assert f'id="{hook.replace("_", "-")}"' in hooks, hook
    found = [words for words, _ in reference.commands()]
    assert len(found) >= 6
    for words in found:
        assert f'id="{words.replace(" ", "-")}"' in commands, words


def test_the_entries_of_kinds_and_names_are_in_the_catalog(site):
    from qnetframe.plugins import discover

    text = (site / "reference" / "generated" / "catalog.html").read_text("utf-8")
    for kind in discover().kinds:
        assert f'id="{kind}"' in text or not discover().catalog(kind)


BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SHOWN = ("index.html", "tutorials/first-comparison.html", "reference/generated/qnetframe.channels.html")


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("page", SHOWN)
@pytest.mark.parametrize("width", [1280, 400])
def test_a_browser_shows_the_page(site, tmp_path, page, width):
    """It is drawn (a picture of some size with many colours), and the console has no error."""
    from PIL import Image

    picture = tmp_path / "page.png"
    done = subprocess.run(
        [
            BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr",
            "--v=0", f"--window-size={width},1600", f"--screenshot={picture}", (site / page).as_uri(),
        ],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    errors = [line for line in done.stderr.splitlines() if ":CONSOLE" in line and "rror" in line]
    assert done.returncode == 0 and not errors, done.stderr
    image = Image.open(picture).convert("RGB")
    assert image.size[0] >= width and len(image.getcolors(1 << 24)) > 100


def test_the_search_index_knows_the_pages(site):
    text = (site / "searchindex.js").read_text("utf-8")
    index = json.loads(text[text.index("(") + 1 : text.rindex(")")])
    assert "tutorials/first-comparison" in index["docnames"]
