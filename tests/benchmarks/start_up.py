"""What the first answer of the command line takes, beside the imports that it cannot do without."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from timing import Way, interleaved

IMPORTS = "python -c 'import numpy, networkx'"
LIMIT = 3.0
_SCRIPT = str(Path(sys.executable).with_name("qnetframe"))
COMMANDS = {
    IMPORTS: [sys.executable, "-c", "import numpy, networkx"],
    "qnetframe --help": [_SCRIPT, "--help"],
    "qnetframe plugins": [_SCRIPT, "plugins"],
}


def measure(quick: bool) -> dict[str, Any]:
    """Time each command in a process of its own, in turns, after one run that fills the caches of files."""

    def way(command: list[str]) -> Callable[[int], None]:
        def run(_: int) -> None:
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

        return run

    ways = {name: Way(way(command)) for name, command in COMMANDS.items()}
    for each in ways.values():
        each.run(0)
    timings = interleaved(ways, 3 if quick else 9)
    least = timings[IMPORTS].median
    rows = {
        name: {"seconds": t.median, "quartiles": [t.low, t.high], "times the imports": t.median / least}
        for name, t in timings.items()
    }
    return {
        "commands": rows, "limit": LIMIT,
        "meets the target": all(r["times the imports"] <= LIMIT for r in rows.values()),
    }  # fmt: skip
