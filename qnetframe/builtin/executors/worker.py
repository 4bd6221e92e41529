"""A worker process: it reads tasks from its standard input, performs them, and writes the outcomes."""

from __future__ import annotations

import os
import sys
import threading

from qnetframe.builtin.executors import frames

READY = "ready"


def main(lifeline: int) -> None:
    """Work until the standard input ends, or at once when the other end of ``lifeline`` is closed."""
    # What tasks print must not get between the messages.
    answers = os.dup(1)
    os.dup2(2, 1)
    threading.Thread(target=_die_with_parent, args=(lifeline,), daemon=True).start()
    try:
        perform = frames.read(sys.stdin.buffer)
        frames.write_all(answers, frames.packed(READY))
        while True:
            frames.write_all(answers, frames.packed(perform(frames.read(sys.stdin.buffer))))
    except (EOFError, BrokenPipeError):
        # Without the clean-up of the interpreter, which some SDKs' threads do not survive.
        os._exit(0)


def _die_with_parent(lifeline: int) -> None:
    os.read(lifeline, 1)
    os._exit(0)
