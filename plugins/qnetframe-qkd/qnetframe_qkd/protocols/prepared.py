"""BB84, six-state, B92 and SARG04 with single photons or weak pulses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.program.program import Program
from qnetframe.values import Estimate
from qnetframe_qkd import rates
from qnetframe_qkd.attacks import Attack, InterceptResend
from qnetframe_qkd.detection import Experiment, Light, Memory, Receiver, prepared_experiment
from qnetframe_qkd.detection.prepared import PreparedStates
from qnetframe_qkd.detection.sifting import Sifting, exact_figures
from qnetframe_qkd.key_rate import KeyRate
from qnetframe_qkd.optics import error_rate, transmittance
from qnetframe_qkd.protocols import circuits
from qnetframe_qkd.protocols.detectors import check_form, observed
from qnetframe_qkd.protocols.families import FAMILIES
from qnetframe_qkd.protocols.figures import Group, rate_estimate, sifted_and_qber

Form = Literal["circuit", "detection"]
_ATTACK_BASES = {
    "zx": ("z", "x"),
    "zxy": ("z", "x", "y"),
    "z": ("z",),
    "x": ("x",),
    "breidbart": ("breidbart",),
}


def make_attack(name: str, strength: float) -> Attack | None:
    """Return the attack of a name in the catalog, with ``strength`` where it takes one; None for "none"."""
    if name == "none":
        return None
    from qnetframe.plugins import discover

    plugins = discover()
    spec = plugins.catalog("attack")[name]
    takes = {p.name for p in plugins.parameters_of(spec)}
    if strength != 1.0 and "strength" not in takes:
        raise InvalidInputError(f"strength is {strength!r}; attack {name!r} has none: it is all or nothing")
    made = plugins.make("attack", name, {"strength": strength} if "strength" in takes else {})
    if not callable(getattr(made, "branches", None)):
        raise UnsupportedError(
            f"attack {name!r} does not act on single pulses; this protocol needs one that does"
        )
    attack: Attack = made
    return attack


@dataclass(frozen=True)
class Prepared:
    """Alice sends one of a few states, Bob measures in one of a few bases, both keep what fits.

    In ``form`` "circuit" each kind of signal is one program with single photons, run by the backend; in
    "detection" the same physics is a table of click patterns, and ``intensity`` above 0 makes the pulses weak
    coherent. Without shots both are exact. Lengths in km; ``dark_count_probability`` is per detector and
    gate. On a network photons are sent along the route as well, with the losses of its links.
    Detectors are dead and have afterpulses (see ``Memory``) in the detection form, with shots.
    """

    length_km: float = 0.0
    attenuation_db_per_km: float = 0.2
    detector_efficiency: float = 1.0
    dark_count_probability: float = 0.0
    misalignment: float = 0.0
    intensity: float = 0.0
    f_ec: float = 1.16
    attack: str = "none"
    strength: float = 1.0
    form: Form = "circuit"
    dead_signals: int = 0
    afterpulse_probability: float = 0.0
    afterpulse_delay: float = 1.0
    name: ClassVar[str] = ""

    def __post_init__(self) -> None:
        transmittance(self.length_km, self.attenuation_db_per_km)
        checks.probability(self.detector_efficiency, "detector_efficiency")
        checks.probability(self.dark_count_probability, "dark_count_probability")
        error_rate(self.misalignment, "misalignment")
        checks.non_negative(self.intensity, "intensity")
        checks.probability(self.strength, "strength")
        check_form(self.form, self.memory)

    @property
    def memory(self) -> Memory:
        """What the detectors remember between signals."""
        return Memory(self.dead_signals, self.afterpulse_probability, self.afterpulse_delay)

    def rate(self, qber: float) -> KeyRate:
        """Return the asymptotic rate per sifted bit at this error rate."""
        raise NotImplementedError

    @property
    def eta(self) -> float:
        """The transmittance from Alice through a detector."""
        return transmittance(self.length_km, self.attenuation_db_per_km) * self.detector_efficiency

    def states(self) -> PreparedStates:
        """Return what is sent and how it is measured."""
        return FAMILIES[self.name].states()

    def experiment(self) -> Experiment:
        """Return the detection form."""
        light = Light(mean=self.intensity) if self.intensity else Light(photons=1)
        receiver = Receiver((self.detector_efficiency,) * 2, self.dark_count_probability, self.misalignment)
        fibre = transmittance(self.length_km, self.attenuation_db_per_km)
        attack = make_attack(self.attack, self.strength)
        return prepared_experiment(self.states(), [("signal", 1.0, light)], fibre, receiver, attack)

    def sifting(self, experiment: Experiment) -> Sifting:
        """Return which detections are kept and what they mean."""
        return FAMILIES[self.name].sifting(experiment)

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the sifted share of signals, the QBER, the key rate; with an attack what Eve knows."""
        if self.form == "detection":
            experiment = self.experiment()
            groups = self._sampled(session, experiment)
        else:
            experiment, groups = self._circuits(session)
        sifted, qber = sifted_and_qber(groups)
        bounded = Estimate(min(0.5, qber.value), qber.standard_error, qber.shots)
        share = sifted.value / self._kept_settings(experiment)
        found = {
            "sifted per signal": sifted,
            "QBER": qber,
            "key per sifted bit": rate_estimate(lambda q: self._rate(q, share), bounded),
        }
        if self.attack != "none":
            information = exact_figures(experiment, self.sifting(experiment)).information
            assert information is not None
            found["Eve's information"] = Estimate(information)
        return found

    def _kept_settings(self, experiment: Experiment) -> float:
        """Return the probability of settings of which some detection is kept."""
        return float(experiment.weights[self.sifting(experiment).keep.any(axis=1)].sum())

    def _rate(self, qber: float, gain: float) -> KeyRate:
        """Return the rate at what was observed; of weak pulses those of several photons count as known."""
        if not self.intensity:
            return self.rate(qber)
        if self.name != "bb84":
            return KeyRate(0.0, {}, "a proof for weak pulses without decoys is here for bb84 only")
        return rates.weak_pulses(min(1.0, gain), qber, self.intensity, self.f_ec)

    # ---- detection form ----------------------------------------------------------------------

    def _sampled(self, session: Session, experiment: Experiment) -> list[Group]:
        sifting = self.sifting(experiment)
        joint, shots = observed(session, experiment, self.memory)
        wrong = np.where(sifting.alice[:, None] == 1, 1 - sifting.one, sifting.one)
        return [Group(1.0, joint.sum(axis=1).ravel(), sifting.keep.ravel(), wrong.ravel(), shots)]

    # ---- circuit form ------------------------------------------------------------------------

    def _circuits(self, session: Session) -> tuple[Experiment, list[Group]]:
        if self.intensity:
            raise UnsupportedError("the circuit form has single photons; use form='detection', or bb84-decoy")
        attack = make_attack(self.attack, self.strength)
        if attack is not None and not isinstance(attack, InterceptResend):
            raise UnsupportedError(f"attack {self.attack!r} has no circuit form; use form='detection'")
        # Only settings and symbols are taken from the table; the probabilities come from the backend.
        experiment = self.experiment()
        sifting = self.sifting(experiment)
        states = self.states()
        ways = _eve_ways(attack)
        cache: dict[Any, tuple[Any, int | None]] = {}
        groups = []
        table = np.zeros_like(experiment.table)
        for s, setting in enumerate(experiment.settings):
            state = states.states[states.labels.index(setting[1:3])]
            if not sifting.keep[s].any():
                table[s] = experiment.table[s]
                continue
            for share, basis, symbols in ways:
                key = (state, setting[3], basis)
                if key not in cache:
                    cache[key] = self._pattern(session, *key)
                found, shots = cache[key]
                wrong = np.abs(float(sifting.alice[s]) - sifting.one[s])
                groups.append(
                    Group(
                        float(experiment.weights[s]) * share, found.sum(axis=0), sifting.keep[s], wrong, shots
                    )
                )
                for bit, symbol in enumerate(symbols):
                    table[s, experiment.symbols.index(symbol)] += share * found[bit]
        return Experiment(
            experiment.fields, experiment.settings, experiment.weights, table, experiment.symbols
        ), groups

    def _pattern(self, session: Session, state: Any, measured: str, eve_basis: str) -> tuple[Any, int | None]:
        route = session.route()
        basis, bit = _eigenstate(state)
        p = Program(
            f"{self.name}: {basis}{bit}, measured in {measured}"
            + (f", Eve in {eve_basis}" if eve_basis else "")
        )
        photon = p.qubit(route[0], "photon")
        circuits.prepare(p, photon, basis, bit)
        noted = None
        if eve_basis:
            noted = circuits.intercept(p, photon, eve_basis)
        flags = circuits.transport(p, photon, route)
        receiver = circuits.receive(
            p,
            [photon],
            [flags],
            route[-1],
            measured,
            self.eta,
            self.misalignment,
            self.dark_count_probability,
        )
        return circuits.run_patterns(session, p, [receiver], noted)


def _eve_ways(attack: InterceptResend | None) -> list[tuple[float, str, tuple[str, ...]]]:
    """Return (share, basis, symbols of her bit) of what Eve may do; basis "" is nothing."""
    if attack is None:
        return [(1.0, "", ("",))]
    bases = _ATTACK_BASES[attack.basis]
    ways: list[tuple[float, str, tuple[str, ...]]] = [(1 - attack.strength, "", ("",))]
    ways += [(attack.strength / len(bases), b, (f"{i}:0", f"{i}:1")) for i, b in enumerate(bases)]
    return [w for w in ways if w[0] > 0]


def _eigenstate(state: tuple[float, float, float]) -> tuple[str, int]:
    for axis, name in enumerate("xyz"):
        if abs(abs(state[axis]) - 1) < 1e-12:
            return name, int(state[axis] < 0)
    raise UnsupportedError(f"state {state} is no eigenstate of z, x or y; use form='detection'")


@dataclass(frozen=True)
class BB84(Prepared):
    """BB84: Bennett, Brassard, Proc. IEEE Int. Conf. Computers, Systems and Signal Processing (1984)."""

    basis_probability: float = 0.5
    name: ClassVar[str] = "bb84"

    def states(self) -> PreparedStates:
        """Return the four states, with the bias of the basis."""
        from qnetframe_qkd.detection.prepared import bb84_states

        return bb84_states(self.basis_probability)

    def rate(self, qber: float) -> KeyRate:
        """Return the rate of Shor and Preskill."""
        return rates.bb84(qber, self.f_ec)


@dataclass(frozen=True)
class SixState(Prepared):
    """The six-state protocol: Bruß, PRL 81, 3018 (1998)."""

    name: ClassVar[str] = "six-state"

    def rate(self, qber: float) -> KeyRate:
        """Return the rate of Lo."""
        return rates.six_state(min(qber, 1 / 3), self.f_ec)


@dataclass(frozen=True)
class SARG04(Prepared):
    """SARG04: Scarani, Acín, Ribordy, Gisin, PRL 92, 057901 (2004)."""

    name: ClassVar[str] = "sarg04"

    def rate(self, qber: float) -> KeyRate:
        """Return the rate for single photons."""
        return rates.sarg04(min(qber, 1 / 3), self.f_ec)


@dataclass(frozen=True)
class B92(Prepared):
    """B92 with |0> and |+>: Bennett, PRL 68, 3121 (1992)."""

    name: ClassVar[str] = "b92"

    def rate(self, qber: float) -> KeyRate:
        """Return the certified bound for depolarising noise with this error rate, without loss."""
        return rates.b92(min(qber, 0.499), self.f_ec)
