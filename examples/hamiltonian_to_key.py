"""From a Hamiltonian to a key: a gate, its channel, teleportation with it, a link of ions, a key rate.

Every stage is made twice, by engines that share no code, and the script stops if they disagree. Writes
out/hamiltonian_to_key.png; about half a minute. Needs qnetframe-hardware, -qutip and -aer.
"""

from math import log2
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from rich import print
from rich.progress import track

import qnetframe as qn
from qnetframe import Program
from qnetframe.network import Link, Network, Node
from qnetframe_hardware import plots
from qnetframe_hardware.bridges import derived_hardware
from qnetframe_hardware.ions import lens_collection, molmer_sorensen, remote_ions_two_photon

HEATING = [0, 50, 100, 200, 400]  # quanta a second
LENGTHS_KM = [0.0, 0.25, 0.5, 1.0, 1.5, 2.0]
# The best fidelity without entanglement, 2/3, is that of S. Massar and S. Popescu, PRL 74, 1259 (1995).


def agree(what: str, first: float, second: float, tolerance: float) -> float:
    """Return the first of two answers; stop if they differ."""
    if not abs(first - second) <= tolerance:
        raise SystemExit(f"{what}: {first!r} and {second!r} differ by more than {tolerance:g}")
    print(f"{what}: {first:.6f}, two engines agree within {max(abs(first - second), 1e-16):.0e}")
    return first


# 1. Hamiltonian -> channel: the Mølmer-Sørensen gate in closed form, and by QuTiP's master equation.
settings = {"detuning_hz": 20e3, "heating_rate": 100.0, "mean_phonons": 0.05}
exact = molmer_sorensen(**settings)
solved = molmer_sorensen(**settings, solver="qutip", levels=12)
agree("1. average fidelity of the gate", 1 - exact.infidelity, 1 - solved.infidelity, 1e-6)

# 2. Channel -> circuit: teleportation between two traps whose gates are that channel, on Aer and on the
# reference.
curve = []
for rate in track(HEATING, "teleportation", transient=True):
    params = {"hardware.heating_rate": rate}
    run = {
        b: qn.run("teleportation", hardware="ion-ca40", backend=b, params=params)
        for b in ("aer", "reference")
    }
    values = [r.estimates["average fidelity"].value for r in run.values()]
    curve.append(agree(f"2. teleportation at {rate} quanta/s", *values, 1e-9))


# 3. Photons -> link: the pair that two photons herald, and what it gives when both ends measure it.
def error_rates(link, backend: str) -> tuple[float, float]:
    network = Network([Node("alice"), Node("bob")], [Link("alice", "bob", link)])
    found = []
    for basis in "zx":
        p = Program(f"errors in {basis}")
        a, b = p.qubit("alice", "a"), p.qubit("bob", "b")
        p.entangle(a, b)
        odd = p.measure(a, basis) ^ p.measure(b, basis)
        p.output(odd)
        found.append(qn.execute(p, network=network, backend=backend).probability(odd).value)
    return found[0], found[1]


def entropy(q: float) -> float:
    return 0.0 if q <= 0 or q >= 1 else -q * log2(q) - (1 - q) * log2(1 - q)


collection = lens_collection(numerical_aperture=0.6, branching=0.9449)
rates, pairs = [], []
for length in track(LENGTHS_KM, "link", transient=True):
    pair = remote_ions_two_photon(
        collection=collection, fibre_coupling=0.3, detector=0.7, visibility=0.97, dark_counts=1e-7,
        emitter_fidelity=0.98, length_km=length, attenuation_db_per_km=3.0,  # blue light in fibre
    )  # fmt: skip
    q_aer, q_reference = error_rates(pair.link(), "aer"), error_rates(pair.link(), "reference")
    for basis, one, two in zip("zx", q_aer, q_reference, strict=True):
        agree(f"3. error rate in {basis} at {length} km", one, two, 1e-9)
    # 4. Link -> key: BBM92, asymptotic, one-way: r = 1 - 2h(Q) for equal error rates (P. W. Shor and J.
    # Preskill, Phys. Rev. Lett. 85, 441 (2000)); 1 - h(Qz) - h(Qx) where they differ.
    rates.append(pair.rate * max(0.0, 1 - entropy(q_aer[0]) - entropy(q_aer[1])))
    pairs.append(pair.rate)

figure = Figure(figsize=(11, 3.9), layout="constrained")
left, middle, right = figure.subplots(1, 3)
left.plot(HEATING, curve, marker="o", color=plots.COLOURS[0])
left.set(xlabel="heating (quanta/s)", ylabel="average fidelity", title="Teleportation, gates of 40Ca⁺")
left.text(0.04, 0.06, "best without entanglement: 2/3", transform=left.transAxes, fontsize=8, color="#444444")
budget = {
    "30/s": derived_hardware("ion-ca40").budget,
    "400/s": derived_hardware("ion-ca40", heating_rate=400.0).budget,
}
plots.infidelity_budget(budget, ax=middle)
middle.set_title("What limits the gate")
middle.set_ylabel("heating")
right.semilogy(LENGTHS_KM, pairs, marker="s", color=plots.COLOURS[2], label="pairs")
right.semilogy(
    LENGTHS_KM, np.maximum(rates, 1e-6), marker="o", color=plots.COLOURS[1], label="secret bits (BBM92)"
)
right.set(xlabel="fibre between the ions (km)", ylabel="per second", title="Link and key")
right.legend(frameon=False)
for axes in (left, right):
    axes.spines[["top", "right"]].set_visible(False)
path = Path("out/hamiltonian_to_key.png")
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=140)
print(f"The figure is in {path}.")
