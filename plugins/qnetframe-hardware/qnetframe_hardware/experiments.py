"""Published experiments: what the models of this pack predict beside what the papers report.

Each parameter says whether a paper gives it or whether it had to be assumed. Where only a product is known
(the success probability fixes the product of all efficiencies), one factor is chosen to meet it, and the text
says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qnetframe_hardware.bridges.derivation import Number
from qnetframe_hardware.ions import lens_collection, remote_ions_two_photon
from qnetframe_hardware.platforms import remote_centres


@dataclass(frozen=True)
class Row:
    """One figure: ours, the paper's, and the interval that its error bars leave (None without them)."""

    quantity: str
    ours: float
    paper: float
    interval: tuple[float, float] | None = None

    @property
    def agrees(self) -> bool | None:
        """Whether ours lies within the interval; None where the paper gives none."""
        return None if self.interval is None else self.interval[0] <= self.ours <= self.interval[1]


@dataclass(frozen=True)
class Experiment:
    """An experiment: its rows, the numbers that went in, and what each imperfection costs in fidelity."""

    name: str
    paper: str
    rows: tuple[Row, ...]
    inputs: tuple[Number, ...]
    budget: Mapping[str, float]


def stephenson_2020() -> Experiment:
    """Return two 88Sr+ ions in separate traps, 422 nm photons, Bell measurement on two photons."""
    collection = lens_collection(numerical_aperture=0.6, branching=0.9449)
    rest = 0.1625
    pair = remote_ions_two_photon(
        collection=collection,
        fibre_coupling=rest,
        visibility=0.97,
        emitter_fidelity=0.979,
        dark_counts=1e-6,
        attempt_rate_hz=1e6,
        duty_cycle=0.833,
    )
    return Experiment(
        "Stephenson 2020",
        "L. J. Stephenson et al., Phys. Rev. Lett. 124, 110501 (2020)",
        (
            Row("success probability", pair.probability, 2.18e-4),
            Row("rate (Hz)", pair.rate, 182.0),
            Row("fidelity", pair.fidelity, 0.940, (0.930, 0.950)),
        ),
        (
            Number("numerical aperture", 0.6, "", "measured", "the paper"),
            Number("attempt rate", 1e6, "Hz", "measured", "the paper"),
            Number(
                "branching 5P1/2 to 5S1/2", 0.9449, "", "measured", "Likforman et al., PRA 93, 052507 (2016)"
            ),
            Number(
                "fibre coupling times detection",
                rest,
                "",
                "assumed",
                "chosen to meet the paper's success probability",
            ),
            Number("duty cycle", 0.833, "", "assumed", "time left beside cooling"),
            Number(
                "ion-photon fidelity",
                0.979,
                "",
                "assumed",
                "each node, state preparation and polarisation errors",
            ),
            Number("photon overlap", 0.97, "", "assumed", "mode matching at the beam splitter"),
            Number(
                "dark counts",
                1e-6,
                "a window",
                "assumed",
                "tens of counts a second in a window of tens of ns",
            ),
        ),
        pair.budget,
    )


def krutyanskiy_2023() -> Experiment:
    """Return two 40Ca+ ions in cavities 230 m apart, joined by 520 m of fibre, 854 nm photons."""
    efficiency = 0.0091
    pair = remote_ions_two_photon(
        collection=efficiency,
        visibility=0.89,
        emitter_fidelity=0.965,
        dark_counts=2e-6,
        attempt_rate_hz=2e4,
        length_km=0.52,
        wait=0.0,
    )
    return Experiment(
        "Krutyanskiy 2023",
        "V. Krutyanskiy et al., Phys. Rev. Lett. 130, 050803 (2023)",
        (
            Row("success probability", pair.probability, 4e-5),
            Row("fidelity", pair.fidelity, 0.882, (0.822, 0.905)),
        ),
        (
            Number("fibre", 0.52, "km", "measured", "the paper"),
            Number(
                "photon efficiency",
                efficiency,
                "",
                "assumed",
                "mean of both nodes, chosen to meet the success probability",
            ),
            Number("photon overlap", 0.89, "", "assumed", "temporal purity within the coincidence window"),
            Number("ion-photon fidelity", 0.965, "", "assumed", "each node"),
            Number("dark counts", 2e-6, "a window", "assumed", ""),
        ),
        pair.budget,
    )


def humphreys_2018() -> Experiment:
    """Return two NV centres 2 m apart entangled by single clicks, at the brightest setting reported."""
    bright, detection, attempt = 0.27, (3.6e-4, 4.4e-4), 5.5e-6
    given = {"visibility": 0.9, "dark_counts": 1e-7, "phase_noise": 0.25, "double_excitation": 0.04}
    link = remote_centres(bright=bright, detection=detection, attempt_time=attempt, **given)
    clean = remote_centres(bright=bright, detection=detection, attempt_time=attempt).heralded.fidelity
    budget = {"protocol itself": 1 - clean}
    for name, value in given.items():
        one = remote_centres(bright=bright, detection=detection, attempt_time=attempt, **{name: value})
        budget[name] = clean - one.heralded.fidelity
    decoherence = 5.0
    return Experiment(
        "Humphreys 2018",
        "P. C. Humphreys et al., Nature 558, 268 (2018)",
        (
            Row("rate (Hz)", link.rate, 39.0),
            Row("rate over decoherence", link.rate / decoherence, 8.0),
        ),
        (
            Number("decoherence", decoherence, "Hz", "measured", "the paper"),
            Number("attempt", attempt, "s", "assumed", "one cycle of excitation and detection"),
            Number(
                "bright population",
                bright,
                "",
                "assumed",
                "the paper varies it; chosen near the highest rate",
            ),
            Number("detection", 4e-4, "", "assumed", "3.6e-4 and 4.4e-4, zero-phonon line"),
            Number("photon overlap", 0.9, "", "assumed", ""),
            Number("phase noise", 0.25, "rad", "assumed", "stabilised interferometer"),
            Number("double excitation", 0.04, "", "assumed", ""),
        ),
        budget,
    )


EXPERIMENTS = (stephenson_2020, krutyanskiy_2023, humphreys_2018)
