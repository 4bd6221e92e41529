"""The parts of the page about one comparison: verdict, figures, agreement, program, numbers, provenance."""

from __future__ import annotations

from collections.abc import Mapping

from qnetframe.experiment import Comparison
from qnetframe.experiment.session import Record
from qnetframe.report.agreement import headline, matrix, pair_list, tested
from qnetframe.report.dotplot import dot_plot
from qnetframe.report.markup import Markup, details, join, table, tag
from qnetframe.report.numbers import chosen_figures, estimate_text, figure_names, seconds_text
from qnetframe.report.program import program_part

_STATUS = {True: ("agree", "✓"), False: ("disagree", "✗"), None: ("nothing-compared", "–")}


def section(comparison: Comparison, anchor: str) -> Markup:
    """Return everything about one comparison."""
    return tag(
        "section",
        tag("h2", comparison_title(comparison)),
        verdict_card(comparison),
        _facts(comparison),
        _figures(comparison),
        tag("h3", "Agreement"),
        matrix(comparison),
        pair_list(comparison),
        program_part(comparison),
        _numbers(comparison),
        _provenance(comparison),
        id=anchor,
    )


def comparison_title(comparison: Comparison) -> str:
    """Return the comparison's own title, or one from its protocol."""
    if comparison.title:
        return comparison.title
    shots = "exact" if comparison.shots is None else f"{comparison.shots} shots"
    return f"{comparison.protocol}, {shots}" + (", Pauli-twirled" if comparison.twirl else "")


def verdict_card(comparison: Comparison) -> Markup:
    """Return the verdict in large and how agreement was tested."""
    status, sign = _STATUS[comparison.agree]
    skipped = [row.backend for row in comparison.rows if row.run is None]
    left_out = (
        tag("p", f"Skipped: {', '.join(skipped)} (the reason is in the table of agreement).")
        if skipped
        else None
    )
    return tag(
        "div",
        tag(
            "p",
            tag("span", sign, class_="sign", aria_hidden="true"),
            " ",
            headline(comparison),
            class_="headline",
        ),
        *(tag("p", sentence) for sentence in tested(comparison)),
        left_out,
        class_=f"verdict {status}",
    )


def _plain(value: object) -> str:
    """Return a setting in words: a name, or ``key=value`` of each entry."""
    return ", ".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, Mapping) else str(value)


def _facts(comparison: Comparison) -> Markup:
    facts = {
        "Protocol": comparison.protocol,
        "Shots": "none: exact"
        if comparison.shots is None
        else f"{comparison.shots} for each measurement setting",
        "Seed": comparison.seed,
        "Noise": "Pauli-twirled: an approximation" if comparison.twirl else "as placed, not twirled",
    }
    for name, value in comparison.setup.items():
        facts[name.capitalize()] = _plain(value)
    if comparison.tests:
        facts["False-alarm rate"] = f"{comparison.alpha:g}, of all tests together"
    pairs = [tag("div", tag("dt", name), tag("dd", value)) for name, value in facts.items()]
    return tag("dl", *pairs, class_="facts")


def _figures(comparison: Comparison) -> Markup | None:
    names = figure_names(comparison)
    if not names:
        return None
    if comparison.shots is None:
        note = "Exact values, without error bars."
        line = "The dashed line is the value of the first backend."
    else:
        note = "Bars are one standard error; about one dot in three lies further from the truth than that."
        line = "The dashed line is the mean, weighted by the errors."
    if comparison.agree is False:
        line = "There is no common value, so no line is drawn."
    first = chosen_figures(comparison, None)
    rest = [name for name in names if name not in first]
    return join(
        tag("h3", "Figures"),
        tag("p", f"{note} {line} Each axis has its own scale.", class_="note"),
        _plots(comparison, first),
        details(f"{len(rest)} more", _plots(comparison, rest)) if rest else None,
    )


def _plots(comparison: Comparison, names: list[str]) -> Markup:
    headline_figure = figure_names(comparison)[0]
    plots = [
        tag(
            "figure",
            tag("figcaption", name),
            dot_plot(comparison, name),
            class_="first" if name == headline_figure else None,
        )
        for name in names
    ]
    return tag("div", *plots, class_="plots")


def _numbers(comparison: Comparison) -> Markup | None:
    names = figure_names(comparison)
    if not names:
        return None
    head = ["figure", *(run.backend for run in comparison.runs)]
    rows: list[list[object]] = [
        [name, *(estimate_text(run.estimates.get(name)) for run in comparison.runs)] for name in names
    ]
    caption = "exact values" if comparison.shots is None else "value ± standard error"
    return join(tag("h3", "All figures"), table(list(head), rows, caption, "numbers"))


def _provenance(comparison: Comparison) -> Markup | None:
    if not comparison.runs:
        return None
    rows: list[list[object]] = [
        [
            run.backend,
            run.method,
            len(run.records),
            seconds_text(run.seconds),
            ", ".join(f"{name} {version}" for name, version in run.versions.items()),
        ]
        for run in comparison.runs
    ]
    times = table(["backend", "method", "programs", "wall time", "versions"], rows)
    note = "Wall time of the protocol's run, once the backend was made and its SDK loaded."
    plans = [_plan(run.backend, run.records[0]) for run in comparison.runs if run.records]
    how = details("How each backend ran the first program", *plans) if plans else None
    return join(tag("h3", "Times and versions"), times, tag("p", note, class_="note"), how)


def _plan(backend: str, record: Record) -> Markup:
    return join(tag("h4", backend), tag("pre", str(record.plan)))
