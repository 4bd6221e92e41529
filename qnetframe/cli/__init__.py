"""The command line: each command is one thin file over the Python function of the same name."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe.startup import without_collecting

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ``arguments`` defaults to those of the process.

    An error that qnetframe raises on purpose is one line on stderr and exit code 2; ``--debug``, anywhere,
    shows its traceback. ``--plugin FILE``, anywhere, takes a python file as a plugin. Backends that do not
    agree are exit code 1.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    try:
        given, files = _plugin_files([a for a in given if a != "--debug"])
        with _named(files):
            with without_collecting():
                from qnetframe.cli.app import app

            app(args=given, prog_name="qnetframe")
    except QnetframeError as error:
        if debug:
            traceback.print_exc()
        print(f"qnetframe: {' '.join(str(error).split())}", file=sys.stderr)
        raise SystemExit(2) from None


def _plugin_files(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the arguments without every ``--plugin FILE``, and the files."""
    rest, files = [], []
    items = iter(arguments)
    for item in items:
        if item == "--plugin" or item.startswith("--plugin="):
            file = item.partition("=")[2] or next(items, "")
            path = Path(file)
            if not (path.suffix == ".py" and path.is_file()) and not (path / "__init__.py").is_file():
                raise InvalidInputError(
                    f"--plugin is {file!r}; it must be a python file that exists, or a package's folder"
                )
            files.append(str(Path(file).resolve()))
        else:
            rest.append(item)
    return rest, files


@contextlib.contextmanager
def _named(files: Sequence[str]) -> Iterator[None]:
    """Add plugin files to the environment, which worker processes inherit, while a command runs."""
    if not files:
        yield
        return
    from qnetframe.plugins import discover, discovery

    before = os.environ.get(discovery.FILES)
    os.environ[discovery.FILES] = os.pathsep.join(filter(None, [before, *files]))
    discover.cache_clear()
    try:
        yield
    finally:
        discover.cache_clear()
        if before is None:
            del os.environ[discovery.FILES]
        else:
            os.environ[discovery.FILES] = before
