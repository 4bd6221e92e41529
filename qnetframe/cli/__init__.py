"""The command line: each command is one thin file over the Python function of the same name."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

from qnetframe.errors import QnetframeError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ``arguments`` defaults to those of the process.

    An error that qnetframe raises on purpose is one line on stderr and exit code 2; ``--debug``, anywhere,
    shows its traceback. Backends that do not agree are exit code 1.
    """
    from qnetframe.cli.app import app

    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    try:
        app(args=[a for a in given if a != "--debug"], prog_name="qnetframe")
    except QnetframeError as error:
        if debug:
            traceback.print_exc()
        print(f"qnetframe: {' '.join(str(error).split())}", file=sys.stderr)
        raise SystemExit(2) from None
