"""The HTML page of a store: one file that needs nothing from anywhere."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qnetframe.errors import InvalidInputError
from qnetframe.experiment.store import Mean, Point, Store
from qnetframe.experiment.sweep.progress import duration
from qnetframe.report.curves import axes_of, keys_of
from qnetframe.report.labels import in_words
from qnetframe.report.lineplot import legend, line_plot, mean_text, y_limits
from qnetframe.report.markup import Markup, details, join, table, tag
from qnetframe.report.numbers import p_value_text
from qnetframe.report.page import footer, whole_page
from qnetframe.report.sweep_summary import (
    ALPHA,
    MOST_PANELS,
    Judgement,
    View,
    judge_backends,
    view_of,
)

# Figures that are open when the page is; the others are a click away.
_OPEN = 3
_MOST_ROWS = 1000
_MOST_COLUMNS = 8


def write_sweep(store: Store | str | Path, path: str | Path, title: str = "") -> Path:
    """Write the page of a store and return its path; InvalidInputError where it cannot be written."""
    target = Path(path)
    if isinstance(store, Store):
        text = sweep_page(store, title)
    else:
        with Store(store, write=False) as opened:
            text = sweep_page(opened, title)
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInputError(f"path '{target}' cannot be written: {error}") from error
    return target


def sweep_page(store: Store, title: str = "") -> str:
    """Return the page as text, valid as HTML and as XML."""
    points = store.points()
    means = {figure: store.means(figure) for figure in store.figures()}
    names = [name for name, *_ in store.sweeps()]
    heading = title or (", ".join(dict.fromkeys(names)) or store.path.name)
    sections = [
        _overview(store, points),
        *(_figures(kind, [p for p in points if p.kind == kind], means) for kind in _kinds(points)),
        _agreement(points, means),
        _failures(store),
        _rows(points, means, store.seconds()),
        _environment(store),
    ]
    script = importlib.resources.files("qnetframe.report").joinpath("table.js").read_text("utf-8")
    parts = [tag("section", part) for part in sections if part is not None]
    return whole_page(heading, tag("h1", heading), *parts, footer(), tag("script", Markup(script)))


def _kinds(points: Sequence[Point]) -> list[str]:
    return list(dict.fromkeys(point.kind for point in points))


def _overview(store: Store, points: Sequence[Point]) -> Markup:
    counts = store.counts()
    # Several sweeps may share tasks, so that only of one it is known how many there will be.
    planned = store.sweeps()[0][2] if len(store.sweeps()) == 1 else 0
    total = sum(counts.values())
    spent = sum(seconds for _, seconds in store.seconds().values())
    facts: dict[str, Any] = {
        "Tasks": f"{total:,}" + (f" of {planned:,} planned" if planned > total else ""),
        **{status.capitalize(): f"{count:,}" for status, count in counts.items()},
        "Points": f"{len(points):,}",
        "Computing time": duration(spent),
    }
    if store.sweeps():
        facts["Begun"] = datetime.fromtimestamp(store.sweeps()[0][3], UTC).strftime("%Y-%m-%d %H:%M UTC")
    pairs = [tag("div", tag("dt", name), tag("dd", value)) for name, value in facts.items()]
    settings: list[list[object]] = []
    for key, values in axes_of(points).items():
        shown = ", ".join("none" if v is None else str(v) for v in values[:12])
        more = f", … ({len(values)} values)" if len(values) > 12 else ""
        settings.append([key, shown + more])
    return join(
        tag("h2", "Overview"),
        tag("dl", *pairs, class_="facts"),
        table(["setting", "values"], settings, "Settings", "wrap") if settings else None,
    )


def _figures(kind: str, points: Sequence[Point], means: Mapping[str, Mapping[int, Mean]]) -> Markup | None:
    numbers = {point.number for point in points}
    own = {figure: by for figure, by in means.items() if not numbers.isdisjoint(by)}
    view = view_of(points)
    if view is None or not own:
        return None
    shown = [_figure(view, figure, by) for figure, by in own.items()]
    open_, rest = shown[:_OPEN], shown[_OPEN:]
    note = "Bars are one standard error of the mean over the seeds of a point; exact values have none."
    if view.panels:
        note += (
            f" One panel for each {', '.join(in_words(key) for key in view.panels)}; all have the same scale."
        )
    return join(
        tag("h2", "Figures" if kind == "run" else f"Figures of {kind}"),
        tag("p", note, class_="note"),
        *open_,
        details(f"{len(rest)} more figures", *rest) if rest else None,
    )


def _figure(view: View, figure: str, means: Mapping[int, Mean]) -> Markup:
    panels = list(view.curves(figure, means))
    limits = y_limits([curves for _, curves in panels])
    plots = [
        tag(
            "figure", tag("figcaption", title) if title else None, line_plot(curves, in_words(view.x), limits)
        )
        for title, curves in panels
    ]
    key = max((curves for _, curves in panels), key=lambda c: len(c.curves), default=None)
    cut = None
    if len(panels) == MOST_PANELS:
        cut = tag("p", f"The first {MOST_PANELS} panels; qnetframe plot draws any other.", class_="note")
    return join(tag("h3", figure), legend(key) if key else None, tag("div", *plots, class_="plots"), cut)


def _agreement(points: Sequence[Point], means: Mapping[str, Mapping[int, Mean]]) -> Markup | None:
    judgements, tests = judge_backends(points, means)
    if not judgements:
        return None
    bad = [j for j in judgements if not j.agree]
    names = sorted({name for j in judgements for name in (j.first, j.second)})
    said = (
        f"{'; '.join(f'{j.first} and {j.second}' for j in bad)} differ"
        if bad
        else f"{', '.join(names)} agree"
    )
    how = "Figures at equal settings: exact ones must agree within 1e-9"
    if tests:
        how += f"; {tests:,} tests of sampled ones, family-wise false-alarm rate {ALPHA:g}"
    sign = tag("span", "✗" if bad else "✓", class_="sign", aria_hidden="true")
    card = tag(
        "div", tag("p", sign, " ", said, class_="headline"),
        tag("p", f"{how}. The tests take estimates as normal; qnetframe compare tests outcome by outcome."),
        class_=f"verdict {'disagree' if bad else 'agree'}",
    )  # fmt: skip
    rows: list[list[object]] = [
        [f"{j.first} and {j.second}", _cell(j), j.compared, _worst(j), j.where]
        for j in sorted(judgements, key=lambda j: j.agree)
    ]
    head = ["pair", "verdict", "figures compared", "largest difference", "of"]
    return join(tag("h2", "Agreement"), card, table(list(head), rows, "Every pair of backends"))


def _cell(j: Judgement) -> Markup:
    text = "✓ agree" if j.agree else f"✗ {j.wrong} differ"
    return tag("td", text, class_="agree" if j.agree else "disagree")


def _worst(j: Judgement) -> str:
    parts = [] if j.deviation is None else [f"{j.deviation:.2g} (exact)"]
    return ", ".join(parts + ([] if j.p_value is None else [f"p = {p_value_text(j.p_value)}"]))


def _failures(store: Store) -> Markup | None:
    rows: list[list[object]] = [[status, kind, count, text] for status, kind, count, text in store.errors()]
    if not rows:
        return None
    head: list[object] = ["status", "error", "tasks", "for example"]
    return join(tag("h2", "Failed and refused"), table(head, rows, "By kind of error", "wrap"))


def _rows(
    points: Sequence[Point],
    means: Mapping[str, Mapping[int, Mean]],
    seconds: Mapping[int, tuple[int, float]],
) -> Markup | None:
    if not points:
        return None
    axes = axes_of(points)
    keys = [key for key in keys_of(points) if len(axes[key]) > 1] or keys_of(points)[:3]
    figures = list(means)[:_MOST_COLUMNS]
    rows = []
    for point in points[:_MOST_ROWS]:
        count, total = seconds.get(point.number, (0, 0.0))
        cells = [_value(point.settings.get(key)) for key in keys]
        for figure in figures:
            mean = means[figure].get(point.number)
            cells.append(tag("td", mean_text(mean), data_v=mean.value if mean else ""))
        cells += [tag("td", count, data_v=count), tag("td", f"{total:.3g}", data_v=total)]
        rows.append(tag("tr", tag("th", f"#{point.number}", scope="row", data_v=point.number), *cells))
    head = ["point", *keys, *figures, "tasks done", "seconds"]
    cells = [tag("th", tag("button", name, type="button"), scope="col") for name in head]
    note = "A click on a column sorts by it."
    if len(points) > _MOST_ROWS or len(means) > _MOST_COLUMNS:
        note += f" Here are {min(len(points), _MOST_ROWS):,} of {len(points):,} points and {len(figures)} of "
        note += f"{len(means)} figures; qnetframe store export writes all."
    search = tag("input", type="search", id="filter", placeholder="words that a row must have",
                 aria_label="Filter the table")  # fmt: skip
    body = tag("table", tag("thead", tag("tr", *cells)), tag("tbody", *rows), id="points", class_="numbers")
    return join(
        tag("h2", "Points"),
        tag("p", note, class_="note"),
        tag("p", search, " ", tag("span", id="shown", class_="note")),
        tag("div", body, class_="scroll", tabindex="0", role="group", aria_label="Points"),
    )


def _value(value: Any) -> Markup:
    plain = value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    return tag("td", "–" if value is None else str(value), data_v=plain)


def _environment(store: Store) -> Markup | None:
    rows: list[list[object]] = []
    for host, versions in store.environments():
        said = ", ".join(f"{name} {version}" for name, version in json.loads(versions).items())
        rows.append([host or "–", said or "–"])
    return (
        join(tag("h2", "Environment"), table(["host", "versions"], rows, "Where and with what", "wrap"))
        if rows
        else None
    )
