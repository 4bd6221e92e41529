"""The page of a store as a browser shows it; left out where there is no Chromium."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from qnetframe.experiment.store import Store
from qnetframe.report import write_sweep
from qnetframe.tasks import Outcome, Task
from qnetframe.values import Estimate

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]
# What a visitor does: sorts by the figure, twice, and filters; what came of it is written into the title.
VISIT = """<script>
const points = function () {
  return Array.from(document.querySelectorAll("#points tbody tr")).filter(function (row) { return !row.hidden; })
    .map(function (row) { return row.cells[0].textContent; }).join(" ");
};
const head = Array.from(document.querySelectorAll("#points th button"))
  .filter(function (button) { return button.textContent === "fidelity"; })[0];
const seen = [];
head.click(); seen.push(points()); head.click(); seen.push(points());
const box = document.getElementById("filter");
box.value = "AER 0.60"; box.dispatchEvent(new Event("input")); seen.push(points());
seen.push(document.getElementById("shown").textContent);
seen.push(document.documentElement.scrollWidth + " of " + window.innerWidth);
document.title = seen.join(" | ");
</script>"""


def browse(*options):
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.fixture
def page(tmp_path):
    with Store(tmp_path / "r.db") as store:
        for backend, shift in (("aer", 0.0), ("stim", 0.05)):
            for length in (0, 10, 20):
                task = Task(
                    "run", {"protocol": "teleportation", "backend": backend, "link.length_km": length}, 0
                )
                value = 1 - 0.02 * length - shift
                store.add([Outcome(task, "done", {"fidelity": Estimate(value, 0.02, 100)}, host="here")])
    return write_sweep(tmp_path / "r.db", tmp_path / "page.html")


def test_sorting_filtering_and_the_width_of_a_phone(page, tmp_path):
    visit = tmp_path / "visit.html"
    visit.write_text(page.read_text("utf-8").replace("</body>", VISIT + "</body>"), "utf-8")
    dom = browse("--window-size=500,900", "--dump-dom", visit.as_uri())
    up, down, kept, shown, width = re.search(r"<title>(.*?)</title>", dom)[1].split(" | ")
    # Values: #1 1.0, #2 0.8, #3 0.6 of aer; #4 0.95, #5 0.75, #6 0.55 of stim.
    assert up == "#6 #3 #5 #2 #4 #1" and down == "#1 #4 #2 #5 #3 #6"
    assert kept == "#3" and shown == "1 of 6 rows"
    content, window = map(int, width.split(" of "))
    assert content <= window <= 500


def test_the_curves_are_where_their_values_are(page, tmp_path):
    """The marks of both backends fall by the same pixels from 0 to 20 km, and stim is below aer."""
    from PIL import Image

    shot = tmp_path / "shot.png"
    browse("--window-size=1000,1600", "--force-device-scale-factor=2", f"--screenshot={shot}", page.as_uri())
    pixels = np.asarray(Image.open(shot).convert("RGB")).astype(int)
    assert pixels[4, 4].tolist() == [246, 247, 249]  # the colour of the page in a light scheme
    height = {}
    for name, colour in (("aer", (0, 114, 178)), ("stim", (213, 94, 0))):
        rows, columns = np.nonzero(np.abs(pixels - colour).sum(axis=2) <= 6)
        below_the_legend = rows > rows.min() + 40
        rows, columns = rows[below_the_legend], columns[below_the_legend]
        assert len(rows) > 200, name
        left, right = columns.min(), columns.max()
        ends = [rows[np.abs(columns - x) <= 8].mean() for x in (left + 4, right - 4)]
        height[name] = ends
        assert right - left > 300
    falls = {name: end - start for name, (start, end) in height.items()}
    assert falls["aer"] == pytest.approx(falls["stim"], rel=0.05) and falls["aer"] > 100
    # 0.05 of 0.4: stim is an eighth of the fall lower.
    assert (height["stim"][0] - height["aer"][0]) / falls["aer"] == pytest.approx(0.125, abs=0.03)
