"""Decoy BB84: weak pulses of three intensities; in circuit form the yields of each number of photons."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.program import Program
from qnetframe.values import Estimate
from qnetframe_qkd.detection import Experiment, Light, Memory, Receiver, prepared_experiment
from qnetframe_qkd.detection.prepared import bb84_states
from qnetframe_qkd.detection.sifting import same_basis
from qnetframe_qkd.entropy import binary_entropy, phase_error_entropy
from qnetframe_qkd.optics import (
    efficiency_of_correction,
    error_rate,
    ordered_intensities,
    poisson,
    transmittance,
)
from qnetframe_qkd.protocols import circuits
from qnetframe_qkd.protocols.detectors import check_form, observed
from qnetframe_qkd.protocols.figures import Group, sifted_and_qber
from qnetframe_qkd.protocols.prepared import Form, make_attack
from qnetframe_qkd.rates.decoy import single_photon_bounds


@dataclass(frozen=True)
class DecoyBB84:
    """BB84 with a signal and two decoy intensities: Lo, Ma, Chen, PRL 94, 230504 (2005).

    "detection" gives the gain and the error rate of each intensity, the bounds on single photons that follow
    (Ma, Qi, Zhao, Lo, PRA 72, 012326 (2005), eq. 18, 21, 25) and the key per signal pulse. "circuit" runs
    pulses of 0 to ``photons`` photons as circuits, and gives their yields and error rates. Detectors are
    dead and have afterpulses (see ``Memory``) in the detection form, with shots.
    """

    length_km: float = 0.0
    attenuation_db_per_km: float = 0.2
    detector_efficiency: float = 0.1
    dark_count_probability: float = 6e-7
    misalignment: float = 0.005
    signal_intensity: float = 0.47
    weak_intensity: float = 0.16
    weakest_intensity: float = 2e-4
    signal_probability: float = 0.5
    weak_probability: float = 0.3
    basis_probability: float = 0.5
    f_ec: float = 1.16
    photons: int = 3
    attack: str = "none"
    strength: float = 1.0
    form: Form = "detection"
    dead_signals: int = 0
    afterpulse_probability: float = 0.0
    afterpulse_delay: float = 1.0

    def __post_init__(self) -> None:
        transmittance(self.length_km, self.attenuation_db_per_km)
        checks.probability(self.detector_efficiency, "detector_efficiency")
        checks.probability(self.dark_count_probability, "dark_count_probability")
        error_rate(self.misalignment, "misalignment")
        efficiency_of_correction(self.f_ec)
        ordered_intensities(self.signal_intensity, self.weak_intensity, self.weakest_intensity)
        if not self.signal_intensity > self.weak_intensity + self.weakest_intensity:
            raise InvalidInputError(
                f"signal_intensity is {self.signal_intensity!r}; it must exceed the sum of the decoys"
            )
        checks.integer(self.photons, "photons", low=1, high=6)
        if not (self.signal_probability > 0 and self.weak_probability > 0) or (
            self.signal_probability + self.weak_probability >= 1
        ):
            raise InvalidInputError(
                "signal_probability and weak_probability must be above 0 and leave some for the last"
            )
        check_form(self.form, self.memory)

    @property
    def memory(self) -> Memory:
        """What the detectors remember between signals."""
        return Memory(self.dead_signals, self.afterpulse_probability, self.afterpulse_delay)

    @property
    def intensities(self) -> tuple[float, float, float]:
        """Signal, weak, weakest."""
        return self.signal_intensity, self.weak_intensity, self.weakest_intensity

    @property
    def shares(self) -> tuple[float, float, float]:
        """Their probabilities."""
        return (
            self.signal_probability,
            self.weak_probability,
            1 - self.signal_probability - self.weak_probability,
        )

    @property
    def receiver(self) -> Receiver:
        """Bob's detectors."""
        return Receiver((self.detector_efficiency,) * 2, self.dark_count_probability, self.misalignment)

    def experiment(self) -> Experiment:
        """Return the detection form."""
        names = ("signal", "weak", "weakest")
        light = [(n, p, Light(mean=k)) for n, p, k in zip(names, self.shares, self.intensities, strict=True)]
        fibre = transmittance(self.length_km, self.attenuation_db_per_km)
        return prepared_experiment(
            bb84_states(self.basis_probability),
            light,
            fibre,
            self.receiver,
            make_attack(self.attack, self.strength),
        )

    def photon_experiment(self, photons: int) -> Experiment:
        """Return the detection form for pulses of exactly this many photons."""
        fibre = transmittance(self.length_km, self.attenuation_db_per_km)
        return prepared_experiment(
            bb84_states(0.5), [("", 1.0, Light(photons=photons))], fibre, self.receiver
        )

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the figures of the class docstring."""
        return self._circuit(session) if self.form == "circuit" else self._detection(session)

    def _detection(self, session: Session) -> dict[str, Estimate]:
        experiment = self.experiment()
        sifting = same_basis(experiment)
        joint, shots = observed(session, experiment, self.memory)
        wrong = np.abs(sifting.alice[:, None] - sifting.one)
        same = sifting.keep.any(axis=1)
        found: dict[str, Estimate] = {}
        gains, errors, gain_errors, wrong_errors = [], [], [], []
        for name in ("signal", "weak", "weakest"):
            rows = same & (experiment.column("intensity") == name)
            share = float(experiment.weights[rows].sum())
            seen = joint[rows].sum(axis=1)
            number = None if shots is None else max(1, round(float(seen.sum()) * shots))
            frequencies = (seen / (share if number is None else max(float(seen.sum()), 1e-300))).ravel()
            gain, qber = sifted_and_qber(
                [Group(1.0, frequencies, sifting.keep[rows].ravel(), wrong[rows].ravel(), number)]
            )
            found[f"gain, {name}"], found[f"QBER, {name}"] = gain, qber
            gains.append(gain.value)
            errors.append(gain.value * qber.value)
            gain_errors.append(gain.standard_error)
            wrong_errors.append(
                math.hypot(gain.value * qber.standard_error, qber.value * gain.standard_error)
            )
        figures = self._figures(gains, errors)
        spread = np.zeros(3)
        if shots is not None:
            for i in range(3):
                for which, error in ((0, gain_errors), (1, wrong_errors)):
                    moved = [list(gains), list(errors)]
                    moved[which][i] += error[i]
                    spread += (self._figures(*moved) - figures) ** 2
        names = (
            "single-photon yield, at least", "single-photon error rate, at most",
            "key per signal pulse in equal bases",
        )  # fmt: skip
        for what, value, variance in zip(names, figures, spread, strict=True):
            found[what] = Estimate(float(value), math.sqrt(variance), shots)
        return found

    def _figures(self, gains: list[float], errors: list[float]) -> np.ndarray:
        return np.array([*single_photon_bounds(self.intensities, gains, errors), self._rate(gains, errors)])

    def _rate(self, gains: list[float], errors: list[float]) -> float:
        y1, e1 = single_photon_bounds(self.intensities, gains, errors)
        mu = self.signal_intensity
        single = y1 * mu * math.exp(-mu) * (1 - phase_error_entropy(e1))
        leak = gains[0] * self.f_ec * binary_entropy(min(0.5, errors[0] / gains[0])) if gains[0] > 0 else 0.0
        return max(0.0, single - leak)

    def _circuit(self, session: Session) -> dict[str, Estimate]:
        if self.attack != "none":
            raise UnsupportedError("bb84-decoy has attacks in its detection form only; use form='detection'")
        found: dict[str, Estimate] = {}
        for number in range(self.photons + 1):
            experiment = self.photon_experiment(number)
            sifting = same_basis(experiment)
            groups = []
            for s, (_, basis, bit, measured) in enumerate(experiment.settings):
                if basis == measured:
                    row, shots = self._pattern(session, number, str(basis), int(bit))
                    wrong = np.abs(float(bit) - sifting.one[s])
                    groups.append(Group(2 * float(experiment.weights[s]), row, sifting.keep[s], wrong, shots))
            if not groups:
                continue
            found[f"yield of {number}"], found[f"QBER of {number}"] = sifted_and_qber(groups)
        total = sum(
            poisson(self.signal_intensity, n) * found[f"yield of {n}"].value for n in range(self.photons + 1)
        )
        beyond = 1 - sum(poisson(self.signal_intensity, n) for n in range(self.photons + 1))
        found["gain of the signal, at least"] = Estimate(total)
        found["gain of the signal, at most"] = Estimate(total + beyond)
        return found

    def _pattern(self, session: Session, number: int, basis: str, bit: int) -> tuple[np.ndarray, int | None]:
        if number == 0 and not self.dark_count_probability:
            return np.array([1.0, 0.0, 0.0, 0.0]), getattr(session, "shots", None)
        route = session.route()
        p = Program(f"bb84-decoy: {number} photons in {basis}{bit}")
        photons = [p.qubit(route[0], f"photon{i}") for i in range(max(1, number))]
        flags = []
        for photon in photons:
            circuits.prepare(p, photon, basis, bit)
            flags.append(circuits.transport(p, photon, route))
        eta = (
            transmittance(self.length_km, self.attenuation_db_per_km) * self.detector_efficiency
            if number
            else 0.0
        )
        receiver = circuits.receive(
            p, photons, flags, route[-1], basis, eta, self.misalignment, self.dark_count_probability
        )
        found, shots = circuits.run_patterns(session, p, [receiver])
        return found.sum(axis=0), shots
