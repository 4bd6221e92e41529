"""One small problem of every model of this pack, for comparing engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qnetframe_hardware import chains, ions, photons, platforms, transmons
from qnetframe_hardware.dynamics.problem import Problem
from qnetframe_hardware.ions.cooling import cooling_problem
from qnetframe_hardware.transmons import cross_resonance_problem, drag_problem, parametric_problem
from qnetframe_hardware.transmons.links import microwave_link_problem

MODELS: Mapping[str, Callable[[], Problem]] = {
    "molmer-sorensen": lambda: ions.molmer_sorensen_problem(
        detuning_hz=1.0, heating_rate=0.02, spin_dephasing_rate=0.01, motional_dephasing_rate=0.01, levels=12
    ),
    "sideband": lambda: ions.sideband_problem(
        carrier_hz=1.0, lamb_dicke=0.3, duration=4.0, order=1, levels=5
    ),
    "transport": lambda: ions.transport_problem(
        trap_hz=1e6, distance_m=20e-9, duration=1.3e-6, path="minimum-jerk", levels=20
    ),
    "cooling": lambda: cooling_problem(
        rate=1.0, minimum_phonons=0.05, heating_rate=0.1, initial_phonons=0.2, duration=3.0, levels=14
    ),
    "cavity-emission": lambda: photons.cavity_problem(g=1.0, kappa=1.0, gamma=0.5, duration=10.0),
    "purcell": lambda: transmons.purcell_problem(coupling=0.3, detuning=3.0, kappa=0.4, duration=20.0),
    "drag": lambda: drag_problem(anharmonicity_hz=-300e6, duration=20e-9, drag=0.5, t1=20e-6, t2=15e-6),
    "cross-resonance": lambda: cross_resonance_problem(
        coupling_hz=3.8e6, drive_hz=40e6, detuning_hz=100e6, anharmonicity_hz=-330e6
    ),
    "parametric-iswap": lambda: parametric_problem(
        coupling_hz=20e6, detuning_hz=300e6, anharmonicity_hz=-250e6, t1=20e-6, t2=15e-6
    ),
    "microwave-link": lambda: microwave_link_problem(
        coupling_hz=5e6, cable_decay_hz=50e3, thermal_photons=0.02, t1=5e-5
    ),
    "chain": lambda: chains.chain_problem(
        couplings=chains.perfect_couplings(sites=8), duration=3.0, dephasing_rate=0.02, decay_rate=0.01
    ),
    "conditional-rotation": lambda: platforms.conditional_rotation_problem(
        hyperfine_hz=10e3, t1=1.0, t2=1e-2, nuclear_t2=0.1
    ),
    "rydberg": lambda: platforms.rydberg_problem(rabi_hz=4e6, blockade_hz=60e6, lifetime=88e-6),
}
