"""The HTML page of one or several comparisons: one file, no scripts, nothing loaded from anywhere."""

from __future__ import annotations

import importlib.resources
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qnetframe.errors import InvalidInputError
from qnetframe.experiment import Comparison
from qnetframe.report.agreement import headline
from qnetframe.report.markup import Markup, join, tag
from qnetframe.report.sections import comparison_title, section

_BADGE = {
    True: ("agree", "agree"),
    False: ("disagree", "disagree"),
    None: ("nothing-compared", "nothing compared"),
}


def as_list(comparisons: Comparison | Sequence[Comparison]) -> list[Comparison]:
    """Return one or several comparisons as a list; InvalidInputError where it is empty or something else."""
    found = [comparisons] if isinstance(comparisons, Comparison) else list(comparisons)
    for item in found:
        if not isinstance(item, Comparison):
            raise InvalidInputError(
                f"a report is made of comparisons, got {type(item).__name__}; use qn.compare(…)"
            )
    if not found:
        raise InvalidInputError("a report needs at least one comparison, got none")
    return found


def write_comparison(
    comparisons: Comparison | Sequence[Comparison], path: str | Path, title: str | None = None
) -> Path:
    """Write the page of one or several comparisons and return its path; folders are made as needed.

    ``title`` heads the page; by default it names the protocols. Raises InvalidInputError for no comparison
    or a path that is a folder.
    """
    target = Path(path)
    text = comparison_page(comparisons, title)
    if target.is_dir():
        raise InvalidInputError(f"path {str(path)!r} is a folder; give the name of an HTML file in it")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return target


def comparison_page(comparisons: Comparison | Sequence[Comparison], title: str | None = None) -> str:
    """Return the page as text, valid as HTML and as XML."""
    found = as_list(comparisons)
    protocols = list(dict.fromkeys(c.protocol for c in found))
    heading = title or f"Comparison of {', '.join(protocols)}"
    sections = [section(comparison, f"comparison-{i}") for i, comparison in enumerate(found, 1)]
    contents = _contents(found) if len(found) > 1 else None
    return whole_page(heading, tag("h1", heading), contents, *sections, footer())


def whole_page(title: str, *children: Any) -> str:
    """Return a page with the common style, which holds everything that it needs."""
    viewport = tag("meta", name="viewport", content="width=device-width, initial-scale=1")
    style = Markup(importlib.resources.files("qnetframe.report").joinpath("style.css").read_text("utf-8"))
    head = tag("head", tag("meta", charset="utf-8"), viewport, tag("title", title), tag("style", style))
    return f"<!DOCTYPE html>\n{tag('html', head, tag('body', tag('main', *children)), lang='en')}\n"


def _contents(comparisons: list[Comparison]) -> Markup:
    items = []
    for i, comparison in enumerate(comparisons, 1):
        status, word = _BADGE[comparison.agree]
        link = tag("a", comparison_title(comparison), href=f"#comparison-{i}")
        said = join(link, ": ", headline(comparison))
        items.append(tag("li", tag("span", word, class_=f"badge {status}"), tag("span", said)))
    return tag("nav", tag("ul", *items), aria_label="Comparisons")


def footer() -> Markup:
    """Return who wrote the page, when and where."""
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return tag(
        "footer",
        f"Written by qnetframe on {when}, Python {platform.python_version()}, {platform.platform()}.",
    )
