"""The benchmark's modules import each other by plain name, as they do when run.py is a script."""

import sys
from pathlib import Path

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)
