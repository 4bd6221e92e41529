"""How agreement was tested, the matrix of backends against backends, and where two disagree."""

from __future__ import annotations

from qnetframe.experiment import Comparison
from qnetframe.experiment.agreement import EXACT_TOLERANCE
from qnetframe.experiment.compare import Pair
from qnetframe.report.markup import Markup, details, join, table, tag
from qnetframe.report.numbers import listed, p_value_text

_KINDS = {"exact": "exact branches"}
_SIGNS = {"agree": "✓", "disagree": "✗", "not comparable": "≠", "nothing compared": "–"}


def headline(comparison: Comparison) -> str:
    """Return the verdict in a few words."""
    names = [run.backend for run in comparison.runs]
    if comparison.agree:
        return f"{listed(names)} agree"
    if comparison.agree is None:
        return "Nothing was compared"
    bad = [
        f"{p.first} and {p.second}" for p in comparison.pairs if p.verdict in ("disagree", "not comparable")
    ]
    more = f", and {len(bad) - 2} more pairs" if len(bad) > 2 else ""
    return f"Disagreement: {'; '.join(bad[:2])}{more}"


def tested(comparison: Comparison) -> list[str]:
    """Return how agreement was tested, one sentence for each kind of test that was made."""
    sentences = []
    exact = [p for p in comparison.pairs if p.worst and p.worst.deviation is not None]
    if exact:
        worst = max(p.worst.deviation or 0.0 for p in exact if p.worst)
        sentences.append(
            f"Exact branches of {_pairs(len(exact))}: the probabilities and states of every outcome of every "
            f"program must agree within {EXACT_TOLERANCE:g}; the largest deviation is {worst:.2g}."
        )
    sampled = [p for p in comparison.pairs if p.worst and p.worst.p_value is not None]
    if sampled:
        least = min(p.worst.p_value for p in sampled if p.worst and p.worst.p_value is not None)
        sentences.append(
            f"Samples of {_pairs(len(sampled))}: {comparison.tests} exact binomial or hypergeometric tests, "
            f"corrected so that the probability of any false alarm is at most {comparison.alpha:g}. A "
            f"p-value under {_threshold(comparison):.2g} is a disagreement; the smallest is "
            f"{p_value_text(least)}."
        )
    if exact and comparison.shots is not None:
        sentences.append(f"The figures are sampled, {comparison.shots} shots for each measurement setting.")
    if any(p.verdict == "not comparable" for p in comparison.pairs):
        sentences.append("Backends that ran different circuits are not comparable, which is no agreement.")
    if not comparison.pairs:
        sentences.append("Two backends that run it are needed for a comparison.")
    elif any(p.verdict == "nothing compared" for p in comparison.pairs):
        sentences.append("A run without any circuit has nothing to compare, which is no agreement.")
    return sentences


def _pairs(count: int) -> str:
    return "1 pair" if count == 1 else f"{count} pairs"


def _threshold(comparison: Comparison) -> float:
    return comparison.alpha / max(1, comparison.tests)


def matrix(comparison: Comparison) -> Markup:
    """Return the table of every backend against every other; a skipped one has its reason in its row."""
    names = [run.backend for run in comparison.runs]
    pairs = {(p.first, p.second): p for p in comparison.pairs}
    pairs |= {(b, a): p for (a, b), p in pairs.items()}
    rows: list[list[object]] = []
    for row in comparison.rows:
        if row.run is None:
            rows.append([row.backend, _skipped(row.skipped, len(names))])
        else:
            rows.append([row.backend, *(_cell(pairs.get((row.backend, name))) for name in names)])
    return table(["", *names], rows, "Agreement of every pair")


def _program(comparison: Comparison, pair: Pair) -> str:
    row = next(row for row in comparison.rows if row.backend == pair.first)
    return "" if pair.circuit is None else row.records[pair.circuit].program.name


def _skipped(reason: str, columns: int) -> Markup:
    return tag("td", tag("div", f"skipped: {reason}"), class_="skipped", colspan=max(1, columns))


def _cell(pair: Pair | None) -> Markup:
    if pair is None:
        return tag("td", "·", class_="same")
    sign = tag("span", _SIGNS[pair.verdict], class_="sign", aria_hidden="true")
    text = join(
        sign,
        " ",
        _measure(pair),
        tag("small", _KINDS.get(pair.worst.kind, pair.worst.kind) if pair.worst else pair.verdict),
    )
    return tag(
        "td",
        text,
        class_=pair.verdict.replace(" ", "-"),
        title=f"{pair.first} and {pair.second}: {pair.detail}",
    )


def _measure(pair: Pair) -> str:
    if pair.worst is None:
        return ""
    if pair.worst.deviation is not None:
        return f"{pair.worst.deviation:.1g}" if pair.worst.deviation else "0"
    return f"p = {p_value_text(pair.worst.p_value or 0.0)}".replace("= below", "<")


def pair_list(comparison: Comparison) -> Markup | None:
    """Return every pair with its worst check and where that is; open where a pair disagrees."""
    if not comparison.pairs:
        return None
    rows: list[list[object]] = [
        [
            f"{p.first} and {p.second}",
            f"{_SIGNS[p.verdict]} {p.verdict}",
            p.detail,
            _program(comparison, p),
            p.circuits,
        ]
        for p in sorted(comparison.pairs, key=lambda p: p.verdict == "agree")
    ]
    listing = table(["pair", "verdict", "worst check", "of program", "circuits"], rows)
    return details("Every pair, and where it differs most", listing, open_=comparison.agree is False)
