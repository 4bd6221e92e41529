"""Key rates of links: by protocol name, by Link, the longest distance, the best intensity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.network import Link
from qnetframe.plugins.parameters import parameters_of, validated
from qnetframe_qkd import finite, rates
from qnetframe_qkd.coexistence import WavelengthPlan
from qnetframe_qkd.key_rate import KeyRate, best_argument, threshold

ASYMPTOTIC: Mapping[str, Callable[..., KeyRate]] = {
    "bb84": rates.bb84,
    "bb84-decoy": rates.decoy_bb84,
    "six-state": rates.six_state,
    "b92": rates.b92,
    "sarg04": rates.sarg04,
    "e91": rates.e91,
    "bbm92": rates.bbm92,
    "mdi": rates.mdi,
    "twin-field": rates.twin_field,
    "di": rates.di,
    "gg02": rates.gg02,
    "plob": rates.plob,
}
FINITE: Mapping[str, Callable[..., KeyRate]] = {
    "bb84": finite.bb84,
    "bb84-decoy": finite.decoy_bb84,
    "bbm92": finite.bbm92,
    "mdi": finite.mdi,
    "gg02": finite.gg02,
}


def formula(protocol: str, finite_size: bool = False) -> Callable[..., KeyRate]:
    """Return the function of a protocol's rate; UnknownNameError lists those that there are."""
    table = FINITE if finite_size else ASYMPTOTIC
    if protocol not in table:
        hint = "" if protocol not in ASYMPTOTIC else f"{protocol!r} has an asymptotic rate only."
        raise UnknownNameError("finite-key rate" if finite_size else "rate", protocol, table, hint)
    return table[protocol]


def rate(protocol: str, finite_size: bool = False, **parameters: Any) -> KeyRate:
    """Return the rate of a protocol by name; parameters may be text, as on the command line."""
    function = formula(protocol, finite_size)
    return function(**validated(function, parameters, f"rate {protocol!r}"))


@dataclass(frozen=True)
class LinkRate:
    """The key of one link: per signal, and per second at a clock."""

    name: str
    per_signal: KeyRate
    clock_hz: float

    @property
    def bits_per_second(self) -> float:
        """Secret bits in a second."""
        return self.per_signal.rate * self.clock_hz


def link_rate(
    link: Link,
    protocol: str = "bb84-decoy",
    clock_hz: float = 1e9,
    plan: WavelengthPlan | None = None,
    finite_size: bool = False,
    **parameters: Any,
) -> LinkRate:
    """Return the key rate of a link of a network.

    Its attribute ``loss_db``, where it has one, is the loss; else its length times the protocol's attenuation
    (or its attribute ``attenuation_db_per_km``) is. ``plan`` adds the noise of classical channels in the same
    fibre to the background of protocols that have one. Raises InvalidInputError for a link without either.
    """
    function = _lengthy(protocol, finite_size)
    clock = checks.positive(clock_hz, "clock_hz")
    values = dict(parameters)
    own = link.attributes.get("attenuation_db_per_km")
    if own is not None:
        values.setdefault("attenuation_db_per_km", own)
    if "loss_db" in link.attributes:
        values |= {"length_km": 0.0, "extra_loss_db": link.attributes["loss_db"]}
    elif link.length_km is None:
        raise InvalidInputError(f"link {link.name!r} has neither length_km nor the attribute loss_db")
    else:
        values["length_km"] = link.length_km
    if plan is not None:
        values = with_noise(function, values, plan, float(link.length_km or 0.0), protocol)
    return LinkRate(link.name, function(**validated(function, values, f"rate {protocol!r}")), clock)


def with_noise(
    function: Callable[..., KeyRate],
    values: Mapping[str, Any],
    plan: WavelengthPlan,
    length_km: float,
    protocol: str,
) -> dict[str, Any]:
    """Return parameters with the noise of a wavelength plan added to the background of the detectors."""
    defaults = {p.name: p.default for p in parameters_of(function)}
    field = next((n for n in ("background_yield", "dark_count_probability") if n in defaults), None)
    if field is None:
        raise InvalidInputError(f"protocol {protocol!r} has no single-photon detectors for noise to fall on")
    full = {**defaults, **values}
    noise = plan.noise_yield(
        length_km, float(full["attenuation_db_per_km"]), float(full["detector_efficiency"])
    )
    # A yield counts both detectors, a dark count probability one.
    share = noise if field == "background_yield" else noise / 2
    return {**values, field: float(full[field]) + share}


def max_distance(protocol: str = "bb84-decoy", most_km: float = 2000.0, **parameters: Any) -> float:
    """Return the length in km up to which there is key, by bisection; 0 where there is none at all."""
    function = _lengthy(protocol, False)
    limit = checks.positive(most_km, "most_km")
    values = validated(function, {**parameters, "length_km": 0.0}, f"rate {protocol!r}")
    return threshold(lambda x: function(**{**values, "length_km": x}), 0.0, limit, 1e-7)


def best_intensity(protocol: str, length_km: float, **parameters: Any) -> tuple[float, KeyRate]:
    """Return the signal intensity of the highest rate, and that rate."""
    function = _lengthy(protocol, False)
    if not any(p.name == "signal_intensity" for p in parameters_of(function)):
        raise InvalidInputError(f"protocol {protocol!r} has no signal_intensity to choose")
    values = validated(function, {**parameters, "length_km": length_km}, f"rate {protocol!r}")
    low = 1e-4
    if values.get("decoys") in ("vacuum+weak", "two"):
        low = float(values.get("weak_intensity", 0.05)) * 1.01

    return best_argument(lambda mu: function(**{**values, "signal_intensity": mu}), low, 1.5)


def _lengthy(protocol: str, finite_size: bool) -> Callable[..., KeyRate]:
    function = formula(protocol, finite_size)
    if not any(p.name == "length_km" for p in parameters_of(function)):
        able = ", ".join(
            n for n, f in ASYMPTOTIC.items() if any(p.name == "length_km" for p in parameters_of(f))
        )
        raise InvalidInputError(
            f"the rate of {protocol!r} does not depend on a length; those that do: {able}"
        )
    return function
