"""How far can each device teleport? The exact average fidelity against the length of the fibre.

Writes out/hardware_sweep.png and prints the table; a few seconds.
"""

from pathlib import Path

from matplotlib.figure import Figure
from rich import print
from rich.progress import track
from rich.table import Table

import qnetframe as qn

DEVICES = ["ibm-sherbrooke", "ibm-torino", "ibm-marrakesh", "ibm-montreal", "ibm-johannesburg"]
LENGTHS_KM = [1, 5, 10, 20, 40, 80]
CLASSICAL_LIMIT = 2 / 3  # measure and resend: Massar & Popescu, PRL 74, 1259 (1995)


def fidelity(device: str, length_km: float) -> float:
    run = qn.run("teleportation", hardware=device, link="fiber", params={"link.length_km": length_km})
    return run.estimates["average fidelity"].value


curves = {
    device: [fidelity(device, length) for length in LENGTHS_KM]
    for device in track(DEVICES, "devices", transient=True)
}

table = Table("device", *(f"{length} km" for length in LENGTHS_KM), title="average fidelity of teleportation")
for device, values in curves.items():
    table.add_row(device, *(f"{value:.4f}" for value in values))
print(table)

figure = Figure(figsize=(7, 4.2), layout="constrained")
axes = figure.subplots()
for (device, values), marker in zip(curves.items(), "os^Dv", strict=True):
    axes.plot(LENGTHS_KM, values, marker=marker, label=device)
axes.axhline(CLASSICAL_LIMIT, color="gray", linestyle="--", label="best without entanglement (2/3)")
axes.set(xlabel="fibre length (km)", ylabel="average fidelity", xscale="log", title="Teleportation by device")
axes.set_xticks(LENGTHS_KM, [str(length) for length in LENGTHS_KM])
axes.legend(frameon=False)
path = Path("out/hardware_sweep.png")
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=150)
print(f"The figure is in {path}.")
