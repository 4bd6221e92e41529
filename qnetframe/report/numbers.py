"""How numbers are written, which figures belong on one scale, and where ticks go."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from qnetframe.errors import InvalidInputError
from qnetframe.experiment import Comparison
from qnetframe.values import Estimate

# Figures this close to the first one share its scale.
_NEAR = 0.1
_WORD = re.compile(r"[^\W\d_]{4,}")


def estimate_text(estimate: Estimate | None) -> str:
    """Return "0.933333333" where exact, else value and standard error to the same digits."""
    if estimate is None:
        return "–"
    if estimate.shots is None:
        return f"{estimate.value + 0.0:.9f}"
    return f"{estimate.value:.5f} ± {estimate.standard_error:.5f}"


def seconds_text(seconds: float) -> str:
    """Return a time with the prefix that suits it."""
    for factor, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if abs(seconds) >= factor:
            return f"{seconds / factor:.4g} {unit}"
    return "0 s" if seconds == 0 else f"{seconds / 1e-9:.4g} ns"


def listed(names: Sequence[str]) -> str:
    """Return "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def figure_names(comparison: Comparison) -> list[str]:
    """Return every figure that some backend gave, in order of first mention."""
    return list(dict.fromkeys(name for run in comparison.runs for name in run.estimates))


def chosen_figures(comparison: Comparison, figures: Sequence[str] | None) -> list[str]:
    """Return the figures asked for; by default the first one, and those like it.

    Like it are figures that share a word of four letters or more with it, or are within 0.1 of it. Raises
    InvalidInputError for a figure that no backend gave.
    """
    known = figure_names(comparison)
    if figures is not None:
        for name in figures:
            if name not in known:
                listed_names = ", ".join(map(repr, known)) or "none"
                raise InvalidInputError(f"no figure {name!r} in this comparison; it has: {listed_names}")
        return list(figures)
    first = {
        name: next(r.estimates[name].value for r in comparison.runs if name in r.estimates) for name in known
    }
    words = set(_WORD.findall(known[0])) if known else set()
    return [n for n in known if words & set(_WORD.findall(n)) or abs(first[n] - first[known[0]]) <= _NEAR]


def p_value_text(p_value: float) -> str:
    """Return a p-value with two digits; one too small for a float is not written as 0."""
    return f"{p_value:.2g}" if p_value else "below 1e-300"


def ticks(low: float, high: float, most: int = 4) -> list[float]:
    """Return at most ``most`` round numbers within [low, high]; steps are 1, 2 or 5 times a power of ten."""
    step = 10.0 ** math.floor(math.log10((high - low) / most))
    while math.floor(high / step) - math.ceil(low / step) + 1 > most:
        leading = round(step / 10.0 ** math.floor(math.log10(step)))
        step *= 2.5 if leading == 2 else 2
    return [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def tick_texts(values: Sequence[float]) -> list[str]:
    """Return the ticks with as many digits as tell them apart."""
    gap = min((b - a for a, b in pairwise(values)), default=1.0)
    digits = max(0, -math.floor(math.log10(gap) + 1e-9))
    return [f"{value + 0.0:.{digits}f}" for value in values]
