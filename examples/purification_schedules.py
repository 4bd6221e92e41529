"""How many raw pairs does one good pair cost? The best schedule for links of different quality.

For gates and readout of 99 %: the cheapest tree of purification steps that lifts a Werner pair to a fidelity
of 0.95, against DEJMPS in nested rounds. Writes out/purification_schedules.png and prints the table; a few
seconds.
"""

from pathlib import Path

from rich import print
from rich.progress import track
from rich.table import Table

from qnetframe.errors import InvalidInputError
from qnetframe.figures import save
from qnetframe.report import plot_purification
from qnetframe.states import Noise, best_schedule, recurrence, werner_weights

TARGET = 0.95
FIDELITIES = [0.75, 0.8, 0.85, 0.9]
NOISE = Noise(two_qubit=0.99, readout=0.99)

columns = ("raw fidelity", "raw pairs", "nested DEJMPS", "steps in a row", "schedule")
table = Table(*columns, title=f"to F = {TARGET}")
paths = {}
for fidelity in track(FIDELITIES, "schedules", transient=True):
    raw = werner_weights(fidelity)
    path = paths[f"DEJMPS from {fidelity}"] = recurrence(raw, 5, noise=NOISE)
    reached = [f"{n:.2f}" for n, f in zip(path.pairs, path.fidelity, strict=True) if f >= TARGET]
    try:
        best = best_schedule(raw, TARGET, NOISE, max_pairs=9)
    except InvalidInputError as error:  # no tree of up to nine pairs is good enough
        table.add_row(f"{fidelity}", "–", *reached[:1], "", str(error).partition("; ")[2])
        continue
    table.add_row(f"{fidelity}", f"{best.pairs:.2f}", *reached[:1], f"{best.depth}", str(best))
print(table)
axes = plot_purification(paths)
axes.axhline(TARGET, color="gray", linestyle="--", linewidth=1)
print(f"figure: {save(axes.figure, Path('out') / 'purification_schedules.png')}")
