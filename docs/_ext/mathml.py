"""Formulas as MathML, which browsers set without a script and without a network."""

from __future__ import annotations

from typing import Any

from latex2mathml.converter import convert


def inline(translator: Any, node: Any) -> None:
    """Write a formula in a line of text."""
    from docutils import nodes

    translator.body.append(convert(node.astext()))
    raise nodes.SkipNode


def block(translator: Any, node: Any) -> None:
    """Write a formula in a line of its own."""
    from docutils import nodes

    translator.body.append(f'<div class="math">{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
