"""BBM92, E91 and device-independent QKD: pairs from a source between two receivers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.channels import depolarizing
from qnetframe.errors import UnsupportedError
from qnetframe.program.patterns import entangle_route
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Estimate
from qnetframe_qkd import rates
from qnetframe_qkd.detection import Experiment, Memory, Receiver, entangled_experiment
from qnetframe_qkd.detection.pairs import (
    DI_ALICE,
    DI_BOB,
    E91_ALICE,
    E91_BOB,
    correlation,
    pair_sifting,
)
from qnetframe_qkd.key_rate import KeyRate
from qnetframe_qkd.optics import error_rate, transmittance
from qnetframe_qkd.protocols import circuits
from qnetframe_qkd.protocols.detectors import check_form, needs_shots
from qnetframe_qkd.protocols.figures import Group, rate_estimate, sifted_and_qber
from qnetframe_qkd.protocols.prepared import Form

Angles = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Pairs:
    """A source half way sends the halves of Φ+ to Alice and Bob, who measure in random settings.

    ``depolarizing`` replaces a pair's state by noise with this probability; ``misalignment`` flips outcomes
    at Bob. In ``form`` "circuit" there is exactly one pair in each pulse; in "detection" ``pairs_per_pulse``
    above 0 makes it a down-conversion source. Without shots both are exact. Detectors are dead and have
    afterpulses (see ``Memory``) in the detection form, with shots.
    """

    length_km: float = 0.0
    attenuation_db_per_km: float = 0.2
    detector_efficiency: float = 1.0
    dark_count_probability: float = 0.0
    misalignment: float = 0.0
    depolarizing: float = 0.0
    pairs_per_pulse: float = 0.0
    f_ec: float = 1.16
    form: Form = "circuit"
    dead_signals: int = 0
    afterpulse_probability: float = 0.0
    afterpulse_delay: float = 1.0
    name: ClassVar[str] = ""
    alice: ClassVar[Angles] = ()
    bob: ClassVar[Angles] = ()
    key: ClassVar[tuple[tuple[str, str], ...]] = ()
    bell: ClassVar[tuple[tuple[str, str], tuple[str, str]] | None] = None
    lost: ClassVar[int | None] = None

    def __post_init__(self) -> None:
        transmittance(self.length_km, self.attenuation_db_per_km)
        checks.probability(self.detector_efficiency, "detector_efficiency")
        checks.probability(self.dark_count_probability, "dark_count_probability")
        error_rate(self.misalignment, "misalignment")
        checks.probability(self.depolarizing, "depolarizing")
        checks.non_negative(self.pairs_per_pulse, "pairs_per_pulse")
        check_form(self.form, self.memory)

    @property
    def memory(self) -> Memory:
        """What the detectors remember between signals."""
        return Memory(self.dead_signals, self.afterpulse_probability, self.afterpulse_delay)

    def rate(self, qber: float, chsh: float) -> KeyRate:
        """Return the asymptotic rate per sifted bit."""
        raise NotImplementedError

    @property
    def arm(self) -> float:
        """The transmittance from the source to one receiver, without its detectors."""
        return math.sqrt(transmittance(self.length_km, self.attenuation_db_per_km))

    def experiment(self) -> Experiment:
        """Return the detection form."""
        receivers = [
            Receiver((self.detector_efficiency,) * 2, self.dark_count_probability, m)
            for m in (0.0, self.misalignment)
        ]
        return entangled_experiment(
            [(n, a, 1 / len(self.alice)) for n, a in self.alice],
            [(n, a, 1 / len(self.bob)) for n, a in self.bob],
            self.pairs_per_pulse or None,
            (self.arm, self.arm),
            (receivers[0], receivers[1]),
            self.depolarizing,
        )

    def matched(self, experiment: Experiment) -> NDArray[np.bool_]:
        """Return which settings give key."""
        return np.array([s[:2] in self.key for s in experiment.settings])

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the sifted share, the QBER, the CHSH value where it is measured, and the key rate."""
        experiment = self.experiment()
        rows = self._rows(session, experiment)
        sifting = pair_sifting(experiment, self.matched(experiment), self.lost)
        groups = [
            Group(float(w), row, sifting.keep[s], sifting.one[s], shots)
            for s, (w, (row, shots)) in enumerate(zip(experiment.weights, rows, strict=True))
            if sifting.keep[s].any()
        ]
        sifted, qber = sifted_and_qber(groups)
        found = {"sifted per pulse": sifted, "QBER": qber}
        bounded = Estimate(min(0.5, qber.value), qber.standard_error, qber.shots)
        if self.bell is None:
            return {**found, "key per sifted bit": rate_estimate(lambda q: self.rate(q, 0.0), bounded)}
        found["CHSH"] = s = self._chsh(experiment, rows)
        rate = rate_estimate(lambda q: self.rate(q, s.value), bounded)
        by_s = rate_estimate(
            lambda x: self.rate(bounded.value, 2 * math.sqrt(2) * (1 - 2 * x)),
            s.scaled(-1 / (4 * math.sqrt(2)), 0.5),
        )
        found["key per sifted bit"] = Estimate(
            rate.value, math.hypot(rate.standard_error, by_s.standard_error), rate.shots
        )
        return found

    def _chsh(
        self, experiment: Experiment, rows: Sequence[tuple[NDArray[np.float64], int | None]]
    ) -> Estimate:
        assert self.bell is not None
        values, variance, shots = [], 0.0, 0
        for a in self.bell[0]:
            for b in self.bell[1]:
                row, number = rows[experiment.settings.index((a, b))]
                value = correlation(row, self.lost)
                values.append(value)
                if number is not None:
                    kept = number * float(row[1:].sum() if self.lost is None else 1.0)
                    variance += max(1e-12, 1 - value**2) / max(1.0, kept)
                    shots += number
        best = max(abs(sum(values) - 2 * v) for v in values)
        return Estimate(min(best, 2 * math.sqrt(2)), math.sqrt(variance), shots or None)

    def _rows(self, session: Session, experiment: Experiment) -> list[tuple[NDArray[np.float64], int | None]]:
        shots = getattr(session, "shots", None)
        if self.form == "detection":
            needs_shots(session, self.memory)
            if shots is None:
                return [(row[0], None) for row in experiment.table]
            counts = experiment.counts(shots, session.rng, self.memory)[:, 0]
            totals = counts.sum(axis=1)
            return [(c / max(1, n), int(n)) for c, n in zip(counts, totals, strict=True)]
        if self.pairs_per_pulse:
            raise UnsupportedError(
                "the circuit form has one pair a pulse; use form='detection' for pairs_per_pulse"
            )
        wanted = self.matched(experiment)
        angles = dict(self.alice) | {f"bob {n}": a for n, a in self.bob}
        rows: list[tuple[NDArray[np.float64], int | None]] = []
        for s, (a, b) in enumerate(experiment.settings):
            tested = self.bell is not None and a in self.bell[0] and b in self.bell[1]
            if wanted[s] or tested:
                rows.append(self._pattern(session, f"{a} {b}", angles[a], angles[f"bob {b}"]))
            else:
                rows.append((experiment.table[s, 0], None))
        return rows

    def _pattern(
        self, session: Session, label: str, angle_a: float, angle_b: float
    ) -> tuple[NDArray[np.float64], int | None]:
        route = session.route()
        p = Program(f"{self.name}: {label}")
        near, far = entangle_route(p, route)
        if self.depolarizing:
            # Replacement with probability d is a Pauli error with probability 3d/4 in all.
            p.noise(depolarizing(0.75 * self.depolarizing), far)
        eta = self.arm * self.detector_efficiency
        receivers = [
            circuits.receive(
                p, [qubit], [()], party, _basis(p, qubit, angle), eta, flips, self.dark_count_probability
            )
            for qubit, party, angle, flips in (
                (near, route[0], angle_a, 0.0),
                (far, route[-1], angle_b, self.misalignment),
            )
        ]
        found, shots = circuits.run_patterns(session, p, receivers)
        return found.sum(axis=0), shots


def _basis(p: Program, qubit: Qubit, angle: float) -> str:
    """Turn a qubit so that the basis at an angle becomes z or x, and return which."""
    if angle == 0.0:
        return "z"
    if angle == math.pi / 2:
        return "x"
    p.ry(-angle, qubit)
    return "z"


@dataclass(frozen=True)
class BBM92(Pairs):
    """BBM92: Bennett, Brassard, Mermin, PRL 68, 557 (1992)."""

    name: ClassVar[str] = "bbm92"
    alice: ClassVar[Angles] = (("z", 0.0), ("x", math.pi / 2))
    bob: ClassVar[Angles] = (("z", 0.0), ("x", math.pi / 2))
    key: ClassVar[tuple[tuple[str, str], ...]] = (("z", "z"), ("x", "x"))

    def rate(self, qber: float, chsh: float) -> KeyRate:
        """Return the rate of Shor and Preskill."""
        return rates.bb84(qber, self.f_ec)


@dataclass(frozen=True)
class E91(Pairs):
    """E91: Ekert, PRL 67, 661 (1991); the CHSH value is the test.

    Only coincidences count, which assumes that detectors lose photons whatever they show; ``di`` does not.
    """

    name: ClassVar[str] = "e91"
    alice: ClassVar[Angles] = E91_ALICE
    bob: ClassVar[Angles] = E91_BOB
    key: ClassVar[tuple[tuple[str, str], ...]] = (("a2", "b1"), ("a3", "b2"))
    bell: ClassVar[tuple[tuple[str, str], tuple[str, str]] | None] = (("a1", "a3"), ("b1", "b3"))

    def rate(self, qber: float, chsh: float) -> KeyRate:
        """Return the bound by the CHSH value."""
        return rates.e91(qber, min(chsh, 2 * math.sqrt(2)), self.f_ec)


@dataclass(frozen=True)
class DeviceIndependent(Pairs):
    """Device-independent QKD: Acín et al., PRL 98, 230501 (2007). A lost photon counts as outcome 0."""

    name: ClassVar[str] = "di"
    alice: ClassVar[Angles] = DI_ALICE
    bob: ClassVar[Angles] = DI_BOB
    key: ClassVar[tuple[tuple[str, str], ...]] = (("key", "key"),)
    bell: ClassVar[tuple[tuple[str, str], tuple[str, str]] | None] = (("a1", "a2"), ("b1", "b2"))
    lost: ClassVar[int | None] = 0

    def rate(self, qber: float, chsh: float) -> KeyRate:
        """Return the device-independent bound."""
        return rates.di(qber, min(chsh, 2 * math.sqrt(2)), self.f_ec)
