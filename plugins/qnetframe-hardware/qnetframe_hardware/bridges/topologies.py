"""Networks of this pack by name: traps around a junction, and modules joined by microwave cables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Literal

from qnetframe import checks
from qnetframe.network import Hardware, Network


def ion_traps(
    arms: int = 4,
    arm_length_mm: float = 1.0,
    speed_m_per_s: float = 10.0,
    junction_time: float = 50e-6,
    t2: float = 1.0,
    pair_error: float = 1e-3,
    gate_time: float = 50e-6,
) -> Network:
    """Return zones arm0, arm1, … around a junction that ions are shuttled through (`ions.trap_network`)."""
    from qnetframe_hardware.ions import trap_network

    count = checks.integer(arms, "arms", low=2, high=100)
    length = checks.positive(arm_length_mm, "arm_length_mm") / 1e3
    return trap_network(
        segments={(f"arm{i}", "junction"): length for i in range(count)},
        speed_m_per_s=speed_m_per_s,
        junctions=["junction"],
        junction_time=junction_time,
        t2=t2,
        pair_error=pair_error,
        gate_time=gate_time,
    )


def microwave_modules(
    modules: int = 3,
    shape: Literal["line", "ring", "star", "all"] = "line",
    coupling_hz: float = 5e6,
    cable_decay_hz: float = 50e3,
    thermal_photons: float = 0.0,
    t1: float = inf,
    cycle_time: float = 1e-6,
) -> Network:
    """Return cryostats module0, module1, … joined by cold cables (`transmons.module_network`)."""
    from qnetframe_hardware.transmons import microwave_link, module_network

    link = microwave_link(
        coupling_hz=coupling_hz, cable_decay_hz=cable_decay_hz, thermal_photons=thermal_photons, t1=t1
    ).link(cycle_time=cycle_time)
    return module_network(modules=modules, shape=shape, link=link, hardware=Hardware())


TOPOLOGIES: Mapping[str, tuple[Callable[..., Network], str]] = {
    "ion-traps": (ion_traps, "ion-trap zones around a junction, joined by shuttling"),
    "microwave-modules": (microwave_modules, "cryostats joined by cold microwave cables"),
}
