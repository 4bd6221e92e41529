"""Programs and circuits as diagrams, in text, in SVG and on matplotlib Axes."""

from __future__ import annotations

from qnetframe.program.drawing_axes import draw_on_axes
from qnetframe.program.drawing_svg import draw_svg
from qnetframe.program.drawing_text import draw

__all__ = ["draw", "draw_on_axes", "draw_svg"]
