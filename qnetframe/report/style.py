"""How every figure looks: a small style that is the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qnetframe.errors import InvalidInputError

# Okabe & Ito, "Color Universal Design" (2008): told apart with any common colour blindness.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
FORMATS = (".png", ".svg", ".pdf")
STYLE: Any = {
    "font.size": 10, "axes.titlesize": 11, "axes.titleweight": "bold", "axes.spines.top": False,
    "axes.spines.right": False, "axes.grid": True, "grid.color": "#dde2e9", "axes.axisbelow": True,
    "svg.hashsalt": "qnetframe", "axes.formatter.useoffset": False, "legend.frameon": False,
    "lines.linewidth": 1.3, "lines.markersize": 4.5,
}  # fmt: skip


def checked_path(path: str | Path, formats: tuple[str, ...] = FORMATS) -> Path:
    """Return the path of a figure; InvalidInputError for another kind of file."""
    target = Path(path)
    if target.suffix.lower() not in formats:
        raise InvalidInputError(
            f"path {str(path)!r} ends in {target.suffix!r}; allowed are {', '.join(formats)}"
        )
    if not target.parent.is_dir():
        raise InvalidInputError(f"path {str(path)!r}: there is no folder {str(target.parent)!r}")
    return target


def save(figure: Any, target: Path) -> None:
    """Write a figure, the same bytes for the same figure."""
    import matplotlib

    without_date = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(target.suffix.lower())
    with matplotlib.rc_context(STYLE):
        figure.savefig(target, dpi=150, metadata=without_date)
