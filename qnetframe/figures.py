"""What all matplotlib figures share: the files they go to, and texts that no font stumbles over."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from qnetframe.errors import InvalidInputError

_FORMATS = (".png", ".svg", ".pdf")
# Okabe & Ito, "Color Universal Design" (2008): told apart with any common colour blindness.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
# What matplotlib.rc_context takes, so that all figures look alike.
STYLE: Any = {
    "font.size": 10, "axes.titlesize": 11, "axes.titleweight": "bold", "axes.spines.top": False,
    "axes.spines.right": False, "axes.grid": True, "grid.color": "#dde2e9", "axes.axisbelow": True,
    "svg.hashsalt": "qnetframe", "axes.formatter.useoffset": False, "legend.frameon": False,
    "lines.linewidth": 1.3, "lines.markersize": 4.5,
}  # fmt: skip
# Of parties: the same colours, dark enough for text on white.
HUES = ("#0072b2", "#d55e00", "#00855f", "#b0558a", "#8a6d00", "#3a7ca8")


def figure_path(path: str | Path) -> Path:
    """Return the path of a figure; InvalidInputError for a kind of file that is not drawn."""
    target = Path(path)
    if target.suffix.lower() not in _FORMATS:
        raise InvalidInputError(
            f"path {str(path)!r} ends in {target.suffix!r}; allowed are .png, .svg and .pdf"
        )
    return target


def save(figure: Any, path: str | Path) -> Path:
    """Write a matplotlib Figure into a file, and its folder where that is missing; return the path.

    The same figure gives the same bytes. Raises InvalidInputError for another kind of file, or one that
    cannot be written.
    """
    import matplotlib

    target = figure_path(path)
    undated = {".svg": "Date", ".pdf": "CreationDate"}.get(target.suffix.lower())
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with matplotlib.rc_context({"svg.hashsalt": "qnetframe"}):
            figure.savefig(target, dpi=150, metadata={undated: None} if undated else None)
    except OSError as error:
        raise InvalidInputError(f"{str(path)!r} cannot be written: {error.strerror or error}") from None
    return target


def legible(text: str) -> str:
    """Return a text for a figure: dollars are no mathematics, what the font lacks is a box."""
    known = _characters()
    return "".join(c if ord(c) in known else "�" for c in text).replace("$", r"\$")


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    """Return what DejaVu Sans can draw: the font that comes with matplotlib."""
    from matplotlib import font_manager, ft2font

    return frozenset(ft2font.FT2Font(font_manager.findfont("DejaVu Sans")).get_charmap())
