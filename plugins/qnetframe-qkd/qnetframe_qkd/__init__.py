"""Quantum key distribution for qnetframe: what the plugin offers."""

from __future__ import annotations

from collections.abc import Callable

from qnetframe.hookspecs import hookimpl


@hookimpl
def qnetframe_hooks(declare: Callable[[object], None]) -> None:
    """Declare the hook of attacks."""
    from qnetframe_qkd import hookspecs

    declare(hookspecs)
