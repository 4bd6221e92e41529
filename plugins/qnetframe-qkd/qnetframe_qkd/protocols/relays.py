"""MDI and twin-field: an untrusted relay between Alice and Bob."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.errors import UnsupportedError
from qnetframe.program.program import Program
from qnetframe.values import Bit, Estimate
from qnetframe_qkd import rates
from qnetframe_qkd.detection import Experiment, Memory
from qnetframe_qkd.detection.relays import (
    mdi_experiment,
    mdi_sifting,
    twin_field_experiment,
    twin_field_sifting,
)
from qnetframe_qkd.optics import error_rate, transmittance
from qnetframe_qkd.protocols import circuits
from qnetframe_qkd.protocols.detectors import check_form, needs_shots, observed
from qnetframe_qkd.protocols.figures import Group, sifted_and_qber
from qnetframe_qkd.protocols.prepared import Form


@dataclass(frozen=True)
class MDI:
    """MDI-QKD: Lo, Curty, Qi, PRL 108, 130503 (2012).

    "detection" is coherent pulses of one intensity into the relay's four detectors: gain and QBER of both
    bases. "circuit" is one photon from each and no dark counts: yield and error rates of Ψ- and Ψ+, half of
    the Bell states. Detectors are dead and have afterpulses (see ``Memory``) in the detection form, with
    shots.
    """

    length_km: float = 0.0
    attenuation_db_per_km: float = 0.2
    detector_efficiency: float = 0.145
    dark_count_probability: float = 0.0
    misalignment: float = 0.015
    signal_intensity: float = 0.36
    f_ec: float = 1.16
    form: Form = "circuit"
    dead_signals: int = 0
    afterpulse_probability: float = 0.0
    afterpulse_delay: float = 1.0

    def __post_init__(self) -> None:
        transmittance(self.length_km, self.attenuation_db_per_km)
        checks.probability(self.detector_efficiency, "detector_efficiency")
        checks.probability(self.dark_count_probability, "dark_count_probability")
        error_rate(self.misalignment, "misalignment")
        checks.positive(self.signal_intensity, "signal_intensity")
        check_form(self.form, self.memory)

    @property
    def memory(self) -> Memory:
        """What the detectors remember between signals."""
        return Memory(self.dead_signals, self.afterpulse_probability, self.afterpulse_delay)

    @property
    def arm(self) -> float:
        """The transmittance from a sender through a detector of the relay."""
        return math.sqrt(transmittance(self.length_km, self.attenuation_db_per_km)) * self.detector_efficiency

    def experiment(self) -> Experiment:
        """Return the detection form, Z and X alike."""
        return mdi_experiment(
            [(self.signal_intensity, 1.0)],
            0.5,
            (self.arm, self.arm),
            self.dark_count_probability,
            self.misalignment,
        )

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return gain and QBER of both bases, and the key rate with infinite decoys."""
        found: dict[str, Estimate] = {}
        for basis in ("z", "x"):
            groups = (
                self._circuit(session, basis) if self.form == "circuit" else self._detection(session, basis)
            )
            what = "yield" if self.form == "circuit" else "gain"
            found[f"{what} in {basis}"], found[f"QBER in {basis}"] = sifted_and_qber(groups)
        rate = rates.mdi(
            self.length_km, self.attenuation_db_per_km, self.detector_efficiency, self.dark_count_probability,
            self.misalignment, self.signal_intensity, self.f_ec,
        )  # fmt: skip
        return {**found, "key per pair of pulses, infinite decoys": Estimate(rate.rate)}

    def _detection(self, session: Session, basis: str) -> list[Group]:
        experiment = self.experiment()
        sifting = mdi_sifting(experiment, basis)
        rows = sifting.keep.any(axis=1)
        share = float(experiment.weights[rows].sum())
        shots = getattr(session, "shots", None)
        needs_shots(session, self.memory)
        joint = experiment.joint[rows, 0] / share
        if shots is not None and not self.memory.none:
            # Signals of the other basis come between: they make detectors dead as well.
            signals = round(shots / share)
            joint = experiment.counts(signals, session.rng, self.memory)[rows, 0] / (share * signals)
        elif shots is not None:
            joint = session.rng.multinomial(shots, joint.ravel() / joint.sum()).reshape(joint.shape) / shots
        wrong = np.abs(sifting.alice[rows, None] - sifting.one[rows])
        return [Group(1.0, joint.ravel(), sifting.keep[rows].ravel(), wrong.ravel(), shots)]

    def _circuit(self, session: Session, basis: str) -> list[Group]:
        if self.dark_count_probability:
            raise UnsupportedError("the circuit form of mdi has no dark counts; use form='detection'")
        groups = []
        for a in (0, 1):
            for b in (0, 1):
                p, bits = self.program(session.route(), basis, a, b)
                lost_a, lost_b, parity, phase = bits
                cells = session.run(p).distribution(*bits)
                keep, wrong, values, shots = [], [], [], None
                for outcome, estimate in cells.items():
                    # Ψ- is (1, 1) and Ψ+ (1, 0) of (parity, phase); Φ± are not told apart by linear optics.
                    at = dict(zip((x.id for x in (lost_a, lost_b, parity, phase)), outcome, strict=True))
                    both = not (at[lost_a.id] or at[lost_b.id])
                    announced = both and at[parity.id] == 1
                    bob = b ^ 1 if basis == "z" or at[phase.id] else b
                    flips = (1 - self.misalignment) if bob != a else self.misalignment
                    keep.append(float(announced))
                    wrong.append(flips)
                    values.append(estimate.value)
                    shots = estimate.shots
                groups.append(Group(0.25, np.array(values), np.array(keep), np.array(wrong), shots))
        return groups

    def program(self, route: tuple[str, ...], basis: str, a: int, b: int) -> tuple[Program, tuple[Bit, ...]]:
        """Return the program of one pair of photons, and its bits: two loss flags, parity and phase."""
        relay = route[len(route) // 2] if len(route) > 2 else "relay"
        p = Program(f"mdi: {basis}{a} and {basis}{b}")
        mine, yours = p.qubit(route[0], "photon"), p.qubit(route[-1], "photon")
        for photon, bit in ((mine, a), (yours, b)):
            circuits.prepare(p, photon, basis, bit)
        lost = []
        for photon in (mine, yours):
            # Light that a link of a network loses is not counted apart: its flag joins that of the fibre
            # here.
            p.send(photon, relay)
            lost.append(p.erase(photon, 1 - self.arm))
        p.cx(mine, yours).h(mine)
        phase, parity = p.measure(mine), p.measure(yours)
        bits = (lost[0], lost[1], parity, phase)
        p.output(*bits)
        return p, bits


@dataclass(frozen=True)
class TwinField:
    """Twin-field QKD: Curty, Azuma, Lo, npj Quantum Inf. 5, 64 (2019). It lives in optical modes, not
    qubits. Detectors are dead and have afterpulses (see ``Memory``) with shots.
    """

    length_km: float = 0.0
    attenuation_db_per_km: float = 0.2
    detector_efficiency: float = 1.0
    dark_count_probability: float = 1e-8
    misalignment: float = 0.02
    signal_intensity: float = 0.02
    f_ec: float = 1.15
    form: Form = "detection"
    dead_signals: int = 0
    afterpulse_probability: float = 0.0
    afterpulse_delay: float = 1.0

    def __post_init__(self) -> None:
        self.experiment()
        check_form(self.form, self.memory)

    @property
    def memory(self) -> Memory:
        """What the detectors remember between signals."""
        return Memory(self.dead_signals, self.afterpulse_probability, self.afterpulse_delay)

    def experiment(self) -> Experiment:
        """Return the detection form of the key pulses."""
        arm = math.sqrt(transmittance(self.length_km, self.attenuation_db_per_km))
        arm *= checks.probability(self.detector_efficiency, "detector_efficiency")
        return twin_field_experiment(
            self.signal_intensity, arm, self.dark_count_probability, self.misalignment
        )

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return gain and QBER of key pulses, and the key rate with infinite decoys."""
        if self.form == "circuit":
            raise UnsupportedError(
                "twin-field has no circuit form: its signals are optical modes; use form='detection'"
            )
        experiment = self.experiment()
        sifting = twin_field_sifting(experiment)
        joint, shots = observed(session, experiment, self.memory)
        wrong = np.abs(sifting.alice[:, None] - sifting.one)
        gain, qber = sifted_and_qber(
            [Group(1.0, joint[:, 0].ravel(), sifting.keep.ravel(), wrong.ravel(), shots)]
        )
        rate = rates.twin_field(
            self.length_km, self.attenuation_db_per_km, self.detector_efficiency, self.dark_count_probability,
            self.misalignment, self.signal_intensity, self.f_ec,
        )  # fmt: skip
        return {"gain": gain, "QBER": qber, "key per pair of pulses, infinite decoys": Estimate(rate.rate)}
