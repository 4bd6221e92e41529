import math
import re
import xml.etree.ElementTree as ET

import pytest

from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.experiment.store import Mean, Store
from qnetframe.report import plot, save_plot, sweep_page, write_sweep
from qnetframe.report.curves import curves_of
from qnetframe.report.labels import in_words
from qnetframe.report.lineplot import mean_text
from qnetframe.report.sweep_summary import judge_backends, view_of
from qnetframe.tasks import Outcome, Task
from qnetframe.values import Estimate

SVG = "{http://www.w3.org/2000/svg}"


def row(backend, length, seed=0, noise=0.0, value=None, error=0.01, kind="run", **more):
    settings = {
        "protocol": "teleportation",
        "backend": backend,
        "link.length_km": length,
        "noise": noise,
        **more,
    }
    value = 1 - 0.01 * length - noise if value is None else value
    shots = 100 if error else None
    estimates = {"average fidelity": Estimate(value, error, shots), "success": Estimate(1.0)}
    return Outcome(
        Task(kind, settings, seed), "done", estimates, seconds=0.5, host="a<b", versions={"numpy": "2"}
    )


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "runs.db"
    with Store(path) as store:
        for backend in ("aer", "stim"):
            for length in (0, 10, 20):
                for noise in (0.0, 0.1):
                    store.add([row(backend, length, seed, noise) for seed in range(4)])
        refused = Task("run", {"backend": "cirq", "noise": "<script>"}, 0)
        store.add([Outcome(refused, "refused", error_kind="UnsupportedError", error="no & never <b>")])
        store.note_sweep("a & b", {"kind": "run"}, 60)
    return path


def test_curves_are_means_over_seeds(path):
    with Store(path, write=False) as store:
        found = curves_of(store, "length_km", "fidelity", "backend", {"noise": 0.1})
    assert (found.x, found.y, found.by) == ("link.length_km", "average fidelity", ("backend",))
    assert [c.label for c in found.curves] == ["aer", "stim"]
    for curve in found.curves:
        assert curve.x == (0, 10, 20)
        assert [m.value for m in curve.means] == pytest.approx([0.9, 0.8, 0.7])
        assert [m.standard_error for m in curve.means] == pytest.approx([0.005] * 3)  # 0.01 / sqrt(4)
        assert [m.shots for m in curve.means] == [400] * 3


def test_nothing_is_averaged_over_silently(path):
    with Store(path, write=False) as store:
        with pytest.raises(
            InvalidInputError, match=r"noise varies as well.*add to by, or fix with where \(noise=0\)"
        ):
            curves_of(store, "length_km", "fidelity", "backend")
        both = curves_of(store, "length_km", "fidelity", "backend,noise")
        assert [c.label for c in both.curves] == [
            "aer, noise = 0",
            "aer, noise = 0.1",
            "stim, noise = 0",
            "stim, noise = 0.1",
        ]


def test_a_setting_that_follows_another_is_no_other_setting(tmp_path):
    with Store(tmp_path / "r.db") as store:
        store.add([row("aer", length, paired=2 * length) for length in (1, 2)])
        assert len(curves_of(store, "length_km", "fidelity").curves[0].x) == 2


@pytest.mark.parametrize(
    "x, y, by, where, error, message",
    [
        ("lenght_km", "fidelity", "", {}, UnknownNameError, "unknown setting 'lenght_km'; did you mean"),
        ("length_km", "fidelty", "", {}, UnknownNameError, "unknown figure 'fidelty'"),
        ("length_km", "fidelity", "colour", {}, UnknownNameError, "unknown setting 'colour'"),
        (
            "length_km",
            "fidelity",
            "",
            {"backend": "cirq"},
            InvalidInputError,
            "no finished task with these settings",
        ),
    ],
)
def test_names_that_are_not_there(path, x, y, by, where, error, message):
    with Store(path, write=False) as store, pytest.raises(error, match=message):
        curves_of(store, x, y, by, where)


def test_names_that_several_have(tmp_path):
    with Store(tmp_path / "r.db") as store:
        store.add([row("aer", 1, **{"other.length_km": 2})])
        with pytest.raises(
            InvalidInputError, match=r"may be link.length_km or other.length_km; write it in full"
        ):
            curves_of(store, "length_km", "fidelity")


def test_a_plot_shows_every_number(path, tmp_path):
    axes = plot(path, "length_km", "fidelity", "backend", {"noise": 0})
    assert axes.get_xlabel() == "link length (km)" and axes.get_ylabel() == "average fidelity"
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["aer", "stim"]
    for container in axes.containers:
        line, _, (bars,) = container.lines
        assert line.get_xdata().tolist() == [0, 10, 20]
        assert line.get_ydata() == pytest.approx([1.0, 0.9, 0.8])
        spans = [segment[1][1] - segment[0][1] for segment in bars.get_segments()]
        assert spans == pytest.approx([2 * 0.005] * 3)
    same = plot(path, "length_km", "fidelity", "backend", {"noise": 0.1}, ax=axes, log="y")
    assert same is axes and axes.get_yscale() == "log" and len(axes.containers) == 4
    for name in ("f.svg", "f.png", "f.pdf"):
        assert (
            save_plot(path, tmp_path / name, "length_km", "fidelity", "backend,noise").stat().st_size > 5000
        )
    first = (tmp_path / "f.svg").read_bytes()
    save_plot(path, tmp_path / "f.svg", "length_km", "fidelity", "backend,noise")
    assert (tmp_path / "f.svg").read_bytes() == first
    with pytest.raises(InvalidInputError, match=r"allowed are .png, .svg and .pdf"):
        save_plot(path, tmp_path / "f.gif", "length_km", "fidelity")
    with pytest.raises(InvalidInputError, match="log is 'z'"):
        plot(path, "length_km", "fidelity", "backend,noise", log="z")


def test_names_on_the_x_axis(path):
    axes = plot(path, "backend", "fidelity", "noise", {"length_km": 10})
    assert [t.get_text() for t in axes.get_xticklabels()] == ["aer", "stim"]
    axes = plot(path, "length_km", "success", "backend,noise", log="x")
    assert axes.get_xscale() == "log" and [c.lines[0].get_linestyle() for c in axes.containers] == ["-"] * 4


def test_labels_have_units():
    names = [
        "link.length_km",
        "t1_s",
        "rate_hz",
        "link.attenuation_db_per_km",
        "topology.nodes",
        "P(Φ+) of a_s",
    ]
    assert [in_words(n) for n in names] == [
        "link length (km)", "t1 (s)", "rate (Hz)", "link attenuation (dB/km)", "topology nodes", "P(Φ+) of a_s",
    ]  # fmt: skip


def test_numbers_have_as_many_digits_as_their_error_tells():
    assert mean_text(Mean(0.123456, 0.0034, 1, 10)) == "0.1235 ± 0.0034"
    assert mean_text(Mean(1234.5, 12.0, 1, 10)) == "1234 ± 12"
    assert mean_text(Mean(0.5, 0.0, 1, None)) == "0.5" and mean_text(None) == "–"
    assert mean_text(Mean(math.nan, math.nan, 1, None)) == "none"


# ---- the page -----------------------------------------------------------------------------------


def test_the_page_needs_nothing_and_shows_everything(path, tmp_path):
    page = write_sweep(path, tmp_path / "r.html").read_text("utf-8")
    root = ET.fromstring(page.split("\n", 1)[1])  # valid as XML, so nothing is left unescaped
    assert not re.search(r'(?:src|href)="(?!#)', page) and "@import" not in page and "url(" not in page
    text = " ".join("".join(root.itertext()).split())
    for words in (
        "a & b",
        "49 of 60 planned",
        "Refused",
        "no & never <b>",
        "aer, stim agree",
        "a<b",
        "numpy 2",
    ):
        assert words in text, words
    assert "cirq" in text and "<script>" in text
    rows = root.find(".//table[@id='points']/tbody").findall("tr")
    assert len(rows) == 13
    first = [cell.text for cell in rows[0]]
    assert "1.0000 ± 0.0050" in first and "4" in first
    # Two figures of two panels (noise) each, with one mark for each backend and length.
    plots = root.findall(f".//{SVG}svg[@class='lines']")
    assert len(plots) == 4
    for svg in plots:
        marks = [t.text for t in svg.iter(f"{SVG}title")]
        assert len(marks) == 6
    assert any("aer at 20: 0.8000 ± 0.0050" in t.text for t in root.iter(f"{SVG}title"))
    scale = [[e.get("y1") for e in svg if e.get("class") == "grid"] for svg in plots[:2]]
    assert scale[0] == scale[1]  # panels of one figure share their scale


def test_backends_that_differ_are_found(path):
    with Store(path) as store:
        for backend, value in (("cirq", 0.9), ("qutip", 0.9 + 2e-9)):
            store.add([row(backend, 5, value=value, error=0.0)])
        store.add([row("aer", 5, value=0.9, error=0.001), row("stim", 5, value=0.95, error=0.001)])
        points = store.points()
        found, tests = judge_backends(points, {f: store.means(f) for f in store.figures()})
        page = sweep_page(store, "mine")
    by = {(j.first, j.second): j for j in found}
    assert by["cirq", "qutip"].wrong == 1 and by["cirq", "qutip"].deviation == pytest.approx(2e-9)
    # 50 standard errors apart, and 0 at the other points.
    assert by["aer", "stim"].wrong == 1 and by["aer", "stim"].p_value < 1e-200
    assert by["aer", "cirq"].agree and by["aer", "cirq"].p_value == 1
    assert tests == 6 + 5  # where something is sampled: six points, and five of the six pairs at 5 km
    assert "aer and stim" in page and "differ" in page and "<title>mine</title>" in page


def test_what_is_drawn_without_being_told(path):
    with Store(path, write=False) as store:
        view = view_of([p for p in store.points() if p.settings["backend"] != "cirq"])
        assert (view.x, view.by, view.panels) == ("link.length_km", ("backend",), ("noise",))
        assert view_of(store.points()[:1]) is None


def test_an_empty_store_and_other_kinds_have_a_page(tmp_path):
    with Store(tmp_path / "r.db") as store:
        assert "Overview" in sweep_page(store)
        codes = [
            Outcome(Task("memory", {"distance": d, "p": p}, 1), "done", {"logical error rate": Estimate(p * d, 0.1, 9)})
            for d in (3, 5) for p in (0.01, 0.02, 0.03)
        ]  # fmt: skip
        store.add(codes)
        page = sweep_page(store)
    assert "Figures of memory" in page and "logical error rate" in page and "distance = 5" in page
    with pytest.raises(InvalidInputError, match="cannot be written"):
        write_sweep(tmp_path / "r.db", tmp_path / "no" / "r.html")


# ---- the commands -------------------------------------------------------------------------------


def test_store_commands(command, path, tmp_path):
    code, out, _ = command(
        "store", "ls", path, "--limit", 2, "--where", "backend=aer", "--where", "noise=0.1"
    )
    assert code == 0 and "12 done (2 shown)" in out and "average fidelity 0.900000 ± 0.010000" in out
    code, out, _ = command("store", "ls", path, "--status", "refused")
    assert code == 0 and "no & never <b>" in out
    code, out, _ = command("store", "ls", path, "--json", "--limit", 1)
    assert code == 0 and '"done": 48' in out
    id_ = re.search(r'"id": "(\w+)"', out)[1]
    code, out, _ = command("store", "show", path, id_[:10])
    assert code == 0 and id_ in out and "link.length_km" in out and "1 ± 0.01 (100 shots)" in out
    code, out, _ = command("store", "show", path, id_, "--json")
    assert code == 0 and '"run_seed"' in out
    code, out, _ = command("store", "export", path, "-o", tmp_path / "x.csv", "--where", "backend=aer")
    assert code == 0 and "24 rows" in out and len((tmp_path / "x.csv").read_text().splitlines()) == 25
    code, out, _ = command("store", "prune", path, "--status", "refused")
    assert code == 0 and "1 rows would be deleted; --yes deletes them" in out
    code, out, _ = command("store", "prune", path, "--where", "backend=aer", "--yes")
    assert code == 0 and "24 rows deleted" in out
    code, out, _ = command("store", "ls", path, "--where", "backend=aer")
    assert code == 0 and "no rows" in out
    code, _, err = command("store", "prune", path, "--yes")
    assert code == 2 and "prune needs --where, --status or --kind" in err
    code, _, err = command("store", "ls", tmp_path / "none.db")
    assert code == 2 and "does not exist" in err


def test_plot_and_report_commands(command, path, tmp_path):
    code, out, _ = command("plot", path, "--x", "length_km", "--y", "fidelity", "--by", "backend", "--where", "noise=0",
                           "-o", tmp_path / "f.svg")  # fmt: skip
    assert code == 0 and "f.svg" in out and (tmp_path / "f.svg").exists()
    code, _, err = command("plot", path, "--x", "length_km", "--y", "fidelity", "-o", tmp_path / "f.svg")
    assert code == 2 and "backend, noise vary as well" in err
    code, out, _ = command("report", path, "-o", tmp_path / "r.html", "--title", "mine")
    assert code == 0 and "<h1>mine</h1>" in (tmp_path / "r.html").read_text()
