"""The named errors that qnetframe raises.

Every message says what was given, where, what is allowed, and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class QnetframeError(Exception):
    """Base of every error that qnetframe raises on purpose."""


class PluginError(QnetframeError):
    """A plugin broke its contract: it failed to import, mistyped a hook, or returned a wrong type."""


class UnknownNameError(QnetframeError):
    """A name that nothing has. The message lists what there is and suggests the nearest name."""

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        self.kind, self.name, self.known = kind, name, tuple(sorted(known))
        near = difflib.get_close_matches(name, self.known, n=3, cutoff=0.6)
        message = f"unknown {kind} {name!r}"
        if near:
            message += f"; did you mean {' or '.join(repr(n) for n in near)}?"
        else:
            message += "."
        shown = self.known if len(self.known) <= 32 else (*self.known[:16], f"… ({len(self.known)} in all)")
        message += f" Known: {', '.join(shown) or 'none'}."
        super().__init__(message + (f" {hint}" if hint else ""))


class UnsupportedError(QnetframeError):
    """A backend refuses an operation. The message names the operation, the backend and who can do it."""


class LocalityError(QnetframeError):
    """An operation acts on qubits of different parties, or uses a bit that its party cannot have."""


class InvalidInputError(QnetframeError, ValueError):
    """A value outside its allowed range. The message names the value, the field and the range."""


class NoAcceptedShotsError(QnetframeError):
    """Post-selection kept no shot (or has probability zero)."""


class StoreError(QnetframeError):
    """A file that is no store, a damaged one, or one that cannot be written. Nothing in it was changed."""
