"""Figures: dots at the values, bars of one standard error, every backend named, files of the right kind."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError
from qnetframe.report import plot_comparison, save_figure
from qnetframe.report.dotplot import axis_limits, dot_plot, reference_value
from qnetframe.values import Estimate


def drawn(axes):
    """Return for each label the values, and the ends of the bars, in the order of the figures."""
    found = {}
    for container in axes.containers:
        line, _, (bars,) = container.lines
        ends = np.array([segment[:, 0] for segment in bars.get_segments()])
        found[container.get_label()] = (np.asarray(line.get_xdata()), ends)
    return found


def test_dots_and_bars_are_the_estimates(make):
    comparison = make(shots=2000, kinds={"other": "right", "sampler": "sampler"})
    axes = plot_comparison(comparison, figures=["<Z>", "P(1)"])
    shown = drawn(axes)
    assert list(shown) == ["reference", "other", "sampler"]
    for run in comparison.runs:
        estimates = [run.estimates["<Z>"], run.estimates["P(1)"]]
        values, ends = shown[run.backend]
        assert values == pytest.approx([e.value for e in estimates])
        assert ends[:, 1] - ends[:, 0] == pytest.approx([2 * e.standard_error for e in estimates])
        assert ends.mean(axis=1) == pytest.approx(values)
        assert all(e.standard_error > 0 for e in estimates)
    assert [t.get_text() for t in axes.get_yticklabels()] == ["<Z>", "P(1)"]
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["reference", "other", "sampler"]
    assert axes.get_xlabel() == "value ± one standard error"
    assert axes.get_title(loc="left") == "Damped, 2000 shots"


def test_backends_are_told_apart_without_colour_and_do_not_overlap(make):
    axes = plot_comparison(make(shots=100, kinds={"b": "right", "c": "right"}))
    lines = [container.lines[0] for container in axes.containers]
    assert len({line.get_marker() for line in lines}) == 3
    assert len({line.get_color() for line in lines}) == 3
    heights = [line.get_ydata()[0] for line in lines]
    assert np.diff(heights) == pytest.approx([0.2, 0.2])
    assert max(map(abs, heights)) < 0.5


def test_exact_values_have_bars_of_no_length(make):
    axes = plot_comparison(make())
    assert axes.get_xlabel() == "exact value"
    for values, ends in drawn(axes).values():
        assert ends[:, 0] == pytest.approx(values) and ends[:, 1] == pytest.approx(values)


def test_default_figures_share_the_scale_of_the_first(make):
    axes = plot_comparison(make())
    # P(1) = 0.9 and <Z> = -0.8 and <X> = 0: only the first is within 0.1 of the first.
    assert [t.get_text() for t in axes.get_yticklabels()] == ["P(1)"]
    teleportation = plot_comparison(make("teleportation"))
    names = [t.get_text() for t in teleportation.get_yticklabels()]
    assert names == ["average fidelity", *(f"fidelity {s}" for s in ("0", "1", "+", "-", "+i", "-i"))]


def test_given_axes_are_drawn_on(make):
    from matplotlib.figure import Figure

    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert plot_comparison(make(), ax=right) is right
    assert right.containers and not left.containers


def test_pyplot_keeps_no_figure(make, tmp_path):
    import matplotlib.pyplot as plt

    before, settings = plt.get_fignums(), dict(plt.rcParams)
    plot_comparison(make())
    save_figure(make(), tmp_path / "a.png")
    assert plt.get_fignums() == before and dict(plt.rcParams) == settings


def test_files(make, tmp_path):
    comparisons = [make(shots=100), make(kinds={"faulty": "wrong"}, twirl=True)]
    png = save_figure(comparisons, tmp_path / "new" / "figure.png")
    assert png == tmp_path / "new" / "figure.png" and png.read_bytes().startswith(b"\x89PNG")
    svg = save_figure(comparisons[1], str(tmp_path / "figure.SVG"), figures=["far <X>"])
    first = svg.read_bytes()
    assert ET.fromstring(first).tag == "{http://www.w3.org/2000/svg}svg"
    assert save_figure(comparisons[1], svg, figures=["far <X>"]).read_bytes() == first


def test_the_verdict_and_the_twirl_are_in_the_file(make, tmp_path, monkeypatch):
    from matplotlib.figure import Figure

    kept = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: kept.append(figure))
    save_figure([make(shots=100), make(kinds={"faulty": "wrong"}, twirl=True)], tmp_path / "x.png")
    above, below = kept[0].axes
    assert [t.get_text() for t in above.texts] == ["reference and other agree"]
    assert "100 shots a setting, seed 5)" in above.get_xlabel()
    assert "Pauli-twirled: an approximation" in below.get_xlabel()


def test_refusals(make, tmp_path):
    with pytest.raises(InvalidInputError, match=r"no figure 'P\(2\)'.*it has: 'P\(1\)', '<Z>', 'far <X>'"):
        plot_comparison(make(), figures=["P(2)"])
    with pytest.raises(InvalidInputError, match=r"ends in '\.gif'; allowed are \.png, \.svg and \.pdf"):
        save_figure(make(), tmp_path / "a.gif")
    nobody = make(kinds={"poor": "clean"}, backends=["poor"])
    with pytest.raises(InvalidInputError, match="nothing to draw"):
        plot_comparison(nobody)
    with pytest.raises(InvalidInputError, match="nothing to draw"):
        save_figure(nobody, tmp_path / "a.png")


def numbers_of(path):
    """Return the start and end of the bar "M{start} {y}H{end}…"."""
    start, rest = path[1:].split(" ", 1)
    return float(start), float(rest.split("H")[1].split("M")[0])


def test_small_svg_places_dots_and_bars_to_scale(make):
    comparison = make(shots=2000)
    tree = ET.fromstring(dot_plot(comparison, "P(1)"))
    namespace = "{http://www.w3.org/2000/svg}"
    estimates = [run.estimates["P(1)"] for run in comparison.runs]
    dots = [float(c.get("cx")) for c in tree.iter(f"{namespace}circle")]
    bars = [numbers_of(p.get("d")) for p in tree.iter(f"{namespace}path") if p.get("class") == "bar"]
    low, high = axis_limits(estimates)
    axis = next(e for e in tree.iter(f"{namespace}line") if e.get("class") == "axis")
    left, right = float(axis.get("x1")), float(axis.get("x2"))
    scale = (right - left) / (high - low)
    assert dots == pytest.approx([left + (e.value - low) * scale for e in estimates], abs=0.01)
    assert [b - a for a, b in bars] == pytest.approx(
        [2 * e.standard_error * scale for e in estimates], abs=0.02
    )
    assert all(left <= a and b <= right for a, b in bars)
    assert [t.text for t in tree.iter(f"{namespace}text") if t.get("class") == "name"] == [
        "reference",
        "other",
    ]
    middle = next(e for e in tree.iter(f"{namespace}line") if e.get("class") == "reference")
    assert float(middle.get("x1")) == pytest.approx(
        left + (reference_value(estimates) - low) * scale, abs=0.01
    )


def test_small_svg_of_a_long_name_keeps_it_as_a_hint(make):
    tree = ET.fromstring(dot_plot(make(kinds={"a-very-long-backend-name": "right"}), "P(1)"))
    texts = [t.text for t in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert "a-very-lon…" in texts
    assert any(
        "a-very-long-backend-name: 0.9" in t.text for t in tree.iter("{http://www.w3.org/2000/svg}title")
    )


def test_reference_line():
    assert reference_value([Estimate(0.5, 0.1, 10), Estimate(0.4)]) == 0.4
    # Weights 1/0.01 and 1/0.04: (100 * 1 + 25 * 2) / 125.
    assert reference_value([Estimate(1.0, 0.1, 9), Estimate(2.0, 0.2, 9)]) == pytest.approx(1.2)
