"""Does one teleportation give the same numbers on every simulator, with the errors of a real device?

`make demo` runs this. It takes about half a minute, most of it loading SDKs; `--quick` takes fewer shots.
"""

import sys

from rich.console import Console

import qnetframe as qn
from qnetframe.report import save_figure, write_comparison

# A file or a pipe has no width: as wide as the tables.
console = Console(width=None if sys.stdout.isatty() else 130)
shots = 1_000 if "--quick" in sys.argv[1:] else 10_000

# Two nodes and 18 km of fibre between them. Both nodes have the qubits of ibm-sherbrooke: T1, T2, gate and
# readout errors and durations come from its published calibration. Pairs are heralded from the middle of the
# fibre, and every classical bit travels at the speed of light in glass while the qubits wait and decay.
setting = {"hardware": "ibm-sherbrooke", "link": "fiber", "params": {"link.length_km": 18}}

console.print("[bold]1. The same teleportation on four engines[/bold]")
console.print("Their exact branches must agree within 1e-9; the shots are for figures with error bars.")
with console.status("loading the engines (some seconds)") as status:
    full = qn.compare(
        "teleportation",
        backends=["aer", "cirq", "qutip", "reference"],
        shots=shots,
        seed=7,
        progress=lambda name: status.update(f"running on {name}"),
        **setting,
    )
console.print(full)

# Stim is fast because it knows Clifford gates and Pauli noise only. Relaxation is neither, so it is replaced
# by its Pauli twirl, for every engine alike and only because we say so: an approximation.
console.print("\n[bold]2. Pauli-twirled, an approximation, so that Stim can take part[/bold]")
with console.status("loading stim") as status:
    twirled = qn.compare(
        "teleportation",
        backends=["aer", "cirq", "qutip", "reference", "stim"],
        shots=shots,
        seed=7,
        progress=lambda name: status.update(f"running on {name}"),
        twirl=True,
        **setting,
    )
console.print(twirled)

# One page and one picture of both.
title = "Teleportation over 18 km of fibre between two ibm-sherbrooke nodes"
page = write_comparison([full, twirled], "out/teleportation.html", title=title)
picture = save_figure([full, twirled], "out/teleportation.png")
console.print(f"\nThe report is in {page}, the figure in {picture}.")

sys.exit(0 if full.agree and twirled.agree else 1)
