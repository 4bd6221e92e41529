"""Diagrams on matplotlib Axes: the elements of the SVG drawing one by one, by the same rules of style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

from qnetframe.figures import legible
from qnetframe.program.drawing_svg import STYLE

_DARK = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}")
_RULE = re.compile(r"\.qnf(?: \.?(\w+))?\{([^}]*)\}")
_VARIABLE = re.compile(r"var\(--(\w+)\)")
_TOKEN = re.compile(r"[A-Za-z]|-?\d*\.?\d+")
# Pixels of SVG to the inch.
_DPI = 96.0


def draw_on_axes(svg: str, ax: Any = None) -> Any:
    """Draw a diagram of ``draw_svg`` and return the matplotlib Axes, that of a new Figure by default.

    It fills the Axes, keeps its proportions, and has light colours.
    """
    root = ElementTree.fromstring(svg)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    axes = _new_axes(width, height) if ax is None else ax
    box = axes.get_window_extent()
    # Points to a pixel of the drawing, in the direction that has less room.
    scale = min(box.width / width, box.height / height) * 72.0 / axes.figure.dpi
    axes.set(xlim=(0.0, width), ylim=(height, 0.0), aspect="equal")
    axes.set_axis_off()
    for element, classes in _elements(root, ()):
        # As artists: the limits are set, so that no patch needs to be measured.
        axes.add_artist(_patch(element, _style(element.tag.rpartition("}")[2], classes), scale))
    return axes


def _new_axes(width: float, height: float) -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(width / _DPI, height / _DPI)).add_axes((0.0, 0.0, 1.0, 1.0))


def _elements(
    parent: ElementTree.Element, inherited: tuple[str, ...]
) -> Iterator[tuple[ElementTree.Element, tuple[str, ...]]]:
    """Yield what is drawn, from the back to the front, with its classes and those of its groups."""
    for child in parent:
        classes = (*inherited, *child.get("class", "").split())
        name = child.tag.rpartition("}")[2]
        if name == "g":
            yield from _elements(child, classes)
        elif name not in ("title", "style") and (name != "text" or (child.text or "").strip()):
            yield child, classes


@lru_cache(maxsize=1)
def _rules() -> dict[str, dict[str, str]]:
    """Return the light rules of the drawing: declarations by class or element, "" for what holds always."""
    rules: dict[str, dict[str, str]] = {}
    for name, body in _RULE.findall(_DARK.sub("", STYLE)):
        pairs = (declaration.split(":", 1) for declaration in body.split(";") if declaration.strip())
        rules.setdefault(name, {}).update({key.strip(): value.strip() for key, value in pairs})
    return rules


def _style(tag: str, classes: tuple[str, ...]) -> dict[str, str]:
    """Return the style of an element; a rule further down in the style sheet wins."""
    found: dict[str, str] = {}
    for name, declarations in _rules().items():
        if name in ("", tag) or name in classes:
            found.update(declarations)

    def value(text: str) -> str:
        return _VARIABLE.sub(lambda match: value(found[f"--{match[1]}"]), text)

    return {key: value(text) for key, text in found.items()}


def _patch(element: ElementTree.Element, style: dict[str, str], scale: float) -> Any:
    from matplotlib import patches

    look = _look(style, scale)
    x, y, w, h = (float(element.get(key, "0")) for key in ("x", "y", "width", "height"))
    match element.tag.rpartition("}")[2]:
        case "rect":
            corner = f"round,pad=0,rounding_size={element.get('rx', '0')}"
            return patches.FancyBboxPatch((x, y), w, h, corner, **look)
        case "circle":
            cx, cy, r = (float(element.attrib[key]) for key in ("cx", "cy", "r"))
            return patches.Circle((cx, cy), r, **look)
        case "path":
            return patches.PathPatch(_path(element.attrib["d"]), **look)
        case "text":
            # Not snapped to pixels: small letters would lose their shape.
            return patches.PathPatch(_letters(element.text or "", x, y, style), snap=False, **look)
        case other:
            raise AssertionError(f"drawings have no {other}")


def _look(style: dict[str, str], scale: float) -> dict[str, Any]:
    stroke, width = style.get("stroke", "none"), float(style.get("stroke-width", "1"))
    dashes = [float(part) / width for part in style.get("stroke-dasharray", "").split()]
    return {
        "facecolor": style.get("fill", "black"),
        "edgecolor": stroke,
        "linewidth": 0.0 if stroke == "none" else width * scale,
        "linestyle": (0, dashes) if dashes else "solid",
        "alpha": float(style.get("opacity", "1")),
        "clip_on": False,
    }


def _letters(text: str, x: float, y: float, style: dict[str, str]) -> Any:
    """Return the outlines of a text at its baseline, so that it grows with the drawing."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    font = FontProperties(
        family="DejaVu Sans",
        weight="bold" if style.get("font-weight") == "600" else "normal",
        style="italic" if style.get("font-style") == "italic" else "normal",
    )
    path = TextPath((0, 0), legible(text), float(style["font-size"].removesuffix("px")), prop=font)
    width = float(path.vertices[:, 0].max())
    shift = {"start": 0.0, "middle": width / 2, "end": width}[style["text-anchor"]]
    return path.transformed(Affine2D().scale(1, -1).translate(x - shift, y))


def _path(commands: str) -> Any:
    """Return a path of the commands that the drawings use: M L H V Z, their relatives, q, t, half circles."""
    from matplotlib.path import Path

    tokens = iter(_TOKEN.findall(commands))
    vertices: list[tuple[float, float]] = []
    codes: list[Any] = []
    x = y = 0.0
    control = (0.0, 0.0)

    def take(count: int) -> list[float]:
        return [float(next(tokens)) for _ in range(count)]

    def add(code: Any, *points: tuple[float, float]) -> None:
        vertices.extend(points)
        codes.extend([code] * len(points))

    for command in tokens:
        relative = command.islower()
        x0, y0 = (x, y) if relative else (0.0, 0.0)
        match command.upper():
            case "M" | "L":
                dx, dy = take(2)
                x, y = x0 + dx, y0 + dy
                add(Path.MOVETO if command.upper() == "M" else Path.LINETO, (x, y))
            case "H":
                x = x0 + take(1)[0]
                add(Path.LINETO, (x, y))
            case "V":
                y = y0 + take(1)[0]
                add(Path.LINETO, (x, y))
            case "Z":
                add(Path.CLOSEPOLY, (x, y))
            case "Q":
                a, b, dx, dy = take(4)
                control, (x, y) = (x0 + a, y0 + b), (x0 + dx, y0 + dy)
                add(Path.CURVE3, control, (x, y))
            case "T":
                dx, dy = take(2)
                control = (2 * x - control[0], 2 * y - control[1])
                x, y = x0 + dx, y0 + dy
                add(Path.CURVE3, control, (x, y))
            case "A":
                radius, _, _, _, _, dx, dy = take(7)
                assert dx == 2 * radius and dy == 0.0, "only upper half circles are drawn"
                arc: Any = Path.arc(180.0, 360.0)
                vertices.extend((x + radius * (1 + u), y + radius * v) for u, v in arc.vertices[1:])
                codes.extend(arc.codes[1:])
                x += dx
            case other:
                raise AssertionError(f"drawings have no path command {other}")
    return Path(vertices, codes)
