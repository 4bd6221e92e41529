"""The page: complete, well-formed, self-contained, escaped, honest about disagreement."""

import dataclasses
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from qnetframe import Program
from qnetframe.errors import InvalidInputError
from qnetframe.report import comparison_page, write_comparison

VOID = {"meta", "br", "hr", "link", "img", "input"}


class Balance(HTMLParser):
    """Checks that every element is closed, in order, and keeps the attributes."""

    def __init__(self):
        super().__init__()
        self.open, self.attributes, self.tags = [], [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def parsed(page):
    """Return the page as XML, after the checks that hold for every page."""
    reader = Balance()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    assert not reader.tags & {"script", "link", "iframe", "object", "embed", "img", "base", "form"}
    assert not [name for name, _ in reader.attributes if name.startswith("on")]
    assert all(
        value.startswith("#") for name, value in reader.attributes if name in ("href", "src", "xlink:href")
    )
    without_namespaces = re.sub(r'xmlns(:\w+)?="http://www\.w3\.org/[^"]*"', "", page)
    assert not re.search(r"https?:|//\w|@import|url\(", without_namespaces)
    return ET.fromstring(page)


def words(element):
    return " ".join(" ".join(element.itertext()).split())


def rows_of(tree, caption):
    """Return the rows of the table with a caption, as lists of texts."""
    for table in tree.iter("table"):
        title = table.find("caption")
        if title is not None and title.text == caption:
            return [[words(cell) for cell in row] for row in table.iter("tr")]
    raise AssertionError(f"no table {caption!r}")


def test_everything_is_on_the_page(make):
    comparison = make(kinds={"other": "right", "poor": "clean"}, shots=2000)
    tree = parsed(comparison_page(comparison, "My title"))
    text = words(tree)
    assert tree.find("body/main/h1").text == "My title"
    assert "reference and other agree" in text
    assert "10000" not in text and "2000 for each measurement setting" in text
    assert "as placed, not twirled" in text and "Seed 5" in text
    skipped = next(r.skipped for r in comparison.rows if r.backend == "poor")
    assert " ".join(f"skipped: {skipped}".split()) in text
    figures = rows_of(tree, "value ± standard error")
    assert figures[0] == ["figure", "reference", "other"]
    for row, name in zip(figures[1:], ("P(1)", "<Z>", "far <X>"), strict=True):
        shown = [
            f"{r.estimates[name].value:.5f} ± {r.estimates[name].standard_error:.5f}" for r in comparison.runs
        ]
        assert row == [name, *shown]
    captions = [words(c) for c in tree.iter("figcaption")]
    assert captions == ["P(1)", "<Z>", "far <X>"]
    assert "numpy" in text and "qnetframe 0." in text


def test_exact_values_are_written_to_the_agreed_digits_and_without_error_bars(make):
    comparison = make()
    page = comparison_page(comparison)
    tree = parsed(page)
    assert rows_of(tree, "exact values")[1] == ["P(1)", "0.900000000", "0.900000000"]
    assert "none: exact" in words(tree)
    assert 'class="bar"' not in page


@pytest.mark.parametrize("shots", [None, 3000])
def test_disagreement_says_which_pair_and_where(make, shots):
    kinds = {"other": "right", "faulty": "wrong"}
    comparison = make(kinds=kinds, shots=shots)
    tree = parsed(comparison_page(comparison))
    text = words(tree)
    assert "Disagreement: reference and faulty; other and faulty" in text
    assert "reference and other agree" not in text
    matrix = {row[0]: row[1:] for row in rows_of(tree, "Agreement of every pair")[1:]}
    assert matrix["reference"][1].startswith("✓") and matrix["reference"][2] == "✗ 0.1 exact branches"
    bad = next(p for p in comparison.pairs if (p.first, p.second) == ("reference", "faulty"))
    assert bad.detail in text and re.search(r"deviation 0.1 at outputs \(.,\) of circuit 0", bad.detail)
    details = [d for d in tree.iter("details") if "Every pair" in words(d.find("summary"))]
    assert details[0].get("open") == "open"
    assert words(details[0].find(".//tbody/tr")) == f"reference and faulty ✗ disagree {bad.detail} damped 1"


def test_samples_are_judged_by_p_values_with_the_false_alarm_rate(make):
    comparison = make(kinds={"a": "sampler", "b": "sampler", "c": "wrong sampler"}, shots=3000, alpha=1e-4)
    text = words(parsed(comparison_page(comparison)))
    assert f"{comparison.tests} exact binomial or hypergeometric tests" in text
    assert "any false alarm is at most 0.0001" in text
    assert f"under {1e-4 / comparison.tests:.2g} is a disagreement" in text
    assert "Disagreement: reference and c; a and c, and 1 more pairs" in text
    matrix = {
        row[0]: row[1:] for row in rows_of(parsed(comparison_page(comparison)), "Agreement of every pair")[1:]
    }
    assert re.fullmatch(r"✓ p = \S+ samples", matrix["a"][2])
    assert re.fullmatch(r"✗ p (= \S+|< 1e-300) samples against exact", matrix["reference"][3])


def test_one_backend_is_no_agreement(make):
    comparison = make("teleportation", backends=["reference"])
    text = words(parsed(comparison_page(comparison)))
    assert "Nothing was compared" in text and "agree (" not in text
    assert "Two backends that run it are needed" in text


def test_no_backend_ran(make):
    comparison = make(kinds={"poor": "clean", "poor2": "clean"}, backends=["poor", "poor2"])
    text = words(parsed(comparison_page(comparison)))
    assert "Nothing was compared" in text and text.count("skipped: ") == 2


class DrawsCircuits:
    """A protocol that runs other circuits on every call: nothing that could be compared."""

    count = 0

    def run(self, session):
        type(self).count += 1
        p = Program(f"program {self.count}")
        a = p.qubit("alice", "a")
        m = p.rx(0.1 * self.count, a).measure(a)
        return {"P(1)": session.run(p).probability(m)}


def test_differing_circuits_are_no_agreement(make):
    text = words(parsed(comparison_page(make(DrawsCircuits()))))
    assert "Disagreement: reference and other" in text
    assert "different circuits are not comparable" in text


class RunsNothing:
    def run(self, session):
        return {}


def test_a_protocol_without_programs(make):
    text = words(parsed(comparison_page(make(RunsNothing()))))
    assert "Nothing was compared" in text and "has nothing to compare" in text


HOSTILE = "<script>alert('x')</script>&\"'\x00\x1b]] --> <img src=x onerror=alert(1)>"


def test_hostile_names_are_text(make, damped):
    protocol = damped(party=HOSTILE, program=HOSTILE, figures=(HOSTILE, HOSTILE + "2", HOSTILE + "3"))
    kinds = {"<b>&\"'/>": "right", "<i>poor</i>": "clean"}
    for shots in (None, 100):
        tree = parsed(comparison_page(make(protocol, kinds=kinds, shots=shots), HOSTILE))
        shown = HOSTILE.replace("\x00", "\ufffd").replace("\x1b", "\ufffd")
        assert tree.find("body/main/h1").text == shown
        assert shown in tree.find("head/title").text
        assert [c.text for c in tree.iter("figcaption")] == [shown, shown + "2", shown + "3"]
        assert "<b>&\"'/>" in words(tree) and "<i>poor</i>" in words(tree)


def test_program_resources_and_network_are_shown(make):
    comparison = make("teleportation", link="fiber", params={"link.length_km": 18, "state": "+"})
    tree = parsed(comparison_page(comparison))
    text = words(tree)
    resources = {row[0]: row[1:] for row in rows_of(tree, "Resources")}
    assert resources["pairs"] == ["1", "node0–node1 1"]
    assert resources["classical bits"] == ["2", "node0→node1 2"]
    network = {row[0]: row[1] for row in rows_of(tree, "On the network")}
    # 18 km of fibre at 2e5 km/s: 90 µs for the pair and its herald, 90 µs for the bits; 0.2 dB/km.
    assert network["latency"] == "180 µs"
    assert network["success of an attempt on node0-node1"] == f"{0.5 * 10 ** (-0.36):.4g}, each 90 µs"
    assert network["mean time to all pairs, one by one"] == f"{90 / (0.5 * 10**-0.36):.6g} µs"
    assert "Program: teleportation of +" in text
    charts = [s for s in tree.iter("{http://www.w3.org/2000/svg}svg") if s.get("class") == "gantt"]
    assert len(charts) == 1 and charts[0].get("aria-label") == "timeline, latency 180 µs"
    assert len([e for e in charts[0].iter() if e.get("class") == "message"]) == 2


def test_without_a_network_there_is_no_chart(make):
    assert 'class="gantt"' not in comparison_page(make())


def test_several_comparisons_are_sections_of_one_page(make):
    several = [make(shots=500), make(shots=500, twirl=True), make(kinds={"faulty": "wrong"})]
    page = comparison_page(several)
    tree = parsed(page)
    sections = list(tree.iter("section"))
    links = [a.get("href") for a in tree.iter("a")]
    assert (
        links == [f"#{s.get('id')}" for s in sections] == ["#comparison-1", "#comparison-2", "#comparison-3"]
    )
    assert "Pauli-twirled: an approximation" not in words(sections[0])
    assert "Pauli-twirled: an approximation" in words(sections[1])
    badges = [words(li.find("span")) for li in tree.find("body/main/nav/ul")]
    assert badges == ["agree", "agree", "disagree"]
    assert words(sections[2].find("h2")) == "Damped, exact"
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))


def test_light_dark_and_phones_are_served(make):
    page = comparison_page(make())
    assert "prefers-color-scheme: dark" in page
    assert 'name="viewport" content="width=device-width, initial-scale=1"' in page


def test_writing(make, tmp_path):
    comparison = make()
    path = write_comparison(comparison, tmp_path / "new" / "folder" / "page.html", title="T")
    assert path == tmp_path / "new" / "folder" / "page.html"
    parsed(path.read_text(encoding="utf-8"))
    assert write_comparison([comparison], str(tmp_path / "x.html")) == tmp_path / "x.html"


def test_refusals(make, tmp_path):
    with pytest.raises(InvalidInputError, match="at least one comparison"):
        write_comparison([], tmp_path / "x.html")
    with pytest.raises(InvalidInputError, match="got str"):
        write_comparison(["aer"], tmp_path / "x.html")
    with pytest.raises(InvalidInputError, match="is a folder"):
        write_comparison(make(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_messages_leave_and_reach_the_right_qubits(make):
    page = comparison_page(make("teleportation", link="fiber", params={"link.length_km": 18, "state": "+"}))
    chart = next(s for s in parsed(page).iter("{http://www.w3.org/2000/svg}svg") if s.get("class") == "gantt")
    names = [t for t in chart.iter("{http://www.w3.org/2000/svg}text") if t.get("class") == "name"]
    level = {t.text: float(t.get("y")) - 4 for t in names}
    arrows = [e for e in chart.iter("{http://www.w3.org/2000/svg}line") if e.get("class") == "message"]
    # The outcomes of psi and of the near half of the pair both go to the far half.
    assert {float(a.get("y1")) for a in arrows} <= {level["node0.psi"], level["node0.right"]}
    assert {float(a.get("y2")) for a in arrows} == {level["node1.left"]}
    assert all(float(a.get("x2")) > float(a.get("x1")) for a in arrows)


def test_a_disagreement_has_no_common_line(make):
    assert 'class="reference"' in comparison_page(make(shots=500))
    page = comparison_page(make(kinds={"faulty": "wrong"}, shots=500))
    assert 'class="reference"' not in page and "There is no common value" in page


def test_a_comparison_keeps_its_own_title(make):
    tree = parsed(comparison_page(dataclasses.replace(make(), title="Mine & yours")))
    assert tree.find("body/main/section/h2").text == "Mine & yours"
