"""The signs of the SVG diagram: what each shape looks like, and how much room it takes."""

from __future__ import annotations

from collections.abc import Callable

from qnetframe.program.drawing_layout import Cell
from qnetframe.program.drawing_shapes import LinkKind

PITCH = 56.0
_HALF = 13.0
_NARROW, _WIDE = "iljt.,:;'|!()[]{}⟨⟩ fr1I", "mwMWΦΨ%@⊕→√"


def number(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def words(string: str, size: float, *, bold: bool = False) -> float:
    """Return a safe estimate of a text's width in pixels, for sans-serif letters of a size in pixels."""
    ems = sum(0.36 if c in _NARROW else 0.94 if c in _WIDE else 0.7 if c.isupper() else 0.6 for c in string)
    return ems * size * (1.06 if bold else 1.0)


def text(x: float, y: float, escaped: str, css: str = "") -> str:
    """Return a text element; ``escaped`` is fit for XML already."""
    attribute = f' class="{css}"' if css else ""
    return f'<text{attribute} x="{number(x)}" y="{number(y)}">{escaped}</text>'


def _inner(cell: Cell) -> float:
    """Return half the width of the body of a sign."""
    match cell.shape:
        case "measure":
            return 19.0
        case "send":
            return words(f"to {cell.text}", 12) / 2 + 13
        case "noise" | "idle":
            return words(cell.text, 11) / 2 + 8 if cell.text else 9.0
        case "keep":
            return words(cell.text, 13, bold=True) / 2 + 9
        case "bits":
            return words(cell.text, 11) / 2 + 9
        case "box" | "state":
            return max(_HALF + 2, words(cell.text, 13) / 2 + 8)
        case _:
            return 10.0


def half_width(cell: Cell) -> float:
    """Return half the room that a sign and its note take."""
    beside = 2 * words(cell.text, 12) + 12 if cell.shape == "pair" and cell.text else 0.0
    return max(_inner(cell), words(cell.note, 10.5) / 2, beside / 2)


def double(x0: float, y0: float, x1: float, y1: float) -> str:
    """Return a double line, horizontal or vertical: a classical bit on its way."""
    dx, dy = (0.0, 1.6) if y0 == y1 else (1.6, 0.0)
    ends = ((x0 + s * dx, y0 + s * dy, x1 + s * dx, y1 + s * dy) for s in (-1, 1))
    path = "".join("M{} {}L{} {}".format(*map(number, end)) for end in ends)
    return f'<path class="bit" d="{path}"/>'


def link(kind: LinkKind, x: float, top: float, bottom: float) -> str:
    """Return a vertical line between two wires."""
    if kind == "bits":
        return double(x, top, x, bottom)
    if kind == "pair":
        waves = max(2, round((bottom - top) / 13.5))
        step = (bottom - top) / waves
        path = f"M{number(x)} {number(top)}q{number(5.5)} {number(step / 2)} 0 {number(step)}"
        path += f"t0 {step:.3f}" * (waves - 1)
        return f'<path class="pair" d="{path}"/>'
    css = {"noise": "noise", "keep": "gate", "gate": "gate"}[kind]
    return f'<path class="{css}" d="M{number(x)} {number(top)}V{number(bottom)}"/>'


def _box(x: float, y: float, half: float, css: str, radius: float = 5, half_height: float = _HALF) -> str:
    return (
        f'<rect class="{css}" x="{number(x - half)}" y="{number(y - half_height)}" '
        f'width="{number(2 * half)}" height="{number(2 * half_height)}" rx="{number(radius)}"/>'
    )


def _circle(x: float, y: float, radius: float, css: str) -> str:
    return f'<circle class="{css}" cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"/>'


def _meter(x: float, y: float, basis: str) -> str:
    """Return the dial of a measurement with its basis."""
    dial = f"M{number(x - 13)} {number(y + 6)}a8.5 8.5 0 0 1 17 0"
    needle = f"M{number(x - 4.5)} {number(y + 6)}L{number(x + 1.5)} {number(y - 6)}"
    return f'<path class="gate" d="{dial}{needle}"/>' + text(x + 11, y + 1, basis, "note")


def sign(cell: Cell, x: float, y: float, line_below: bool, escape: Callable[[str], str]) -> str:
    """Return the elements of a sign; its note goes above where a line leaves it below."""
    half, label = _inner(cell), escape(cell.text)
    height = y - _HALF - 4 if line_below else y + _HALF + 11
    note = text(x, height, escape(cell.note), "note") if cell.note else ""
    match cell.shape:
        case "control":
            return _circle(x, y, 4.6, "solid") + note
        case "dot":
            return _circle(x, y, 3.4, "known")
        case "target":
            cross = f"M{number(x - 9.5)} {number(y)}h19M{number(x)} {number(y - 9.5)}v19"
            return _circle(x, y, 9.5, "box") + f'<path class="gate" d="{cross}"/>' + note
        case "swap":
            cross = f"M{number(x - 6)} {number(y - 6)}l12 12m0 -12l-12 12"
            return f'<path class="gate" d="{cross}"/>' + note
        case "pair":
            named = text(x + 11, y - 6, label, "named left") if label else ""
            return _circle(x, y, 5, "knot") + named + note
        case "measure":
            return _box(x, y, half, "box") + _meter(x, y, label) + note
        case "send":
            h, w = _HALF - 1, half
            tip = f"l10 {number(h)}l-10 {number(h)}"
            arrow = f"M{number(x - w)} {number(y - h)}h{number(2 * w - 10)}{tip}h{number(10 - 2 * w)}z"
            return f'<path class="box state" d="{arrow}"/>' + text(x - 4, y + 4, f"to {label}", "") + note
        case "noise":
            return _box(x, y, half, "noise", 9, 9) + text(x, y + 3.8, label or "~", "noisy") + note
        case "idle":
            ends = f"M{number(x - half)} {number(y - 5)}v10M{number(x + half)} {number(y - 5)}v10"
            return f'<path class="bit" d="{ends}"/>' + text(x, y - 7, label, "note") + note
        case "keep":
            return _box(x, y, half, "keep", _HALF) + text(x, y + 4.5, label, "on") + note
        case "bits":
            return _box(x, y, half, "box", 4) + text(x, y + 3.8, label, "note") + note
        case "state":
            return _box(x, y, half, "box state") + text(x, y + 4.5, label) + note
        case "box":
            return _box(x, y, half, "box") + text(x, y + 4.5, label) + note
