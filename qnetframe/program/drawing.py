"""Programs and circuits as diagrams, in text and in SVG."""

from __future__ import annotations

from qnetframe.program.drawing_svg import draw_svg
from qnetframe.program.drawing_text import draw

__all__ = ["draw", "draw_svg"]
