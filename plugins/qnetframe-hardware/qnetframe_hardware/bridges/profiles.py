"""The devices of this pack: measured numbers with their papers, derived ones with their models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf

import numpy as np

from qnetframe import checks
from qnetframe.channels import Channel, identity, thermal_relaxation
from qnetframe.errors import InvalidInputError
from qnetframe.network import GateProfile, Hardware, QubitProfile
from qnetframe_hardware.bridges.derivation import Derived, Number, cached_gate, versions

_CX = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], dtype=complex)
_RZX = (np.eye(4) - 1j * np.kron(np.diag([1, -1]), [[0, 1], [1, 0]])) / np.sqrt(2)
_CZ = np.diag([1, 1, 1, -1]).astype(complex)


def _after(ideal: np.ndarray, channel: Channel) -> Channel:
    """Return the channel that follows the ideal gate in ``channel``."""
    return Channel.from_unitary(ideal.conj().T).then(channel)


def _measured(name: str, value: float, published: float, unit: str, source: str) -> Number:
    """Return a number that a paper gives, unless it was set to another."""
    if value != published:
        return Number(name, value, unit, "given", f"set by hand; published: {published:g} {unit}, {source}")
    return Number(name, value, unit, "measured", source)


def _assumed(name: str, value: float, unit: str, source: str) -> Number:
    return Number(name, value, unit, "assumed", source)


def _derived(name: str, value: float, unit: str, source: str) -> Number:
    return Number(name, value, unit, "derived", source)


def _within(value: float, field: str, low: float, high: float) -> None:
    """Check a size in Hz: outside of what such a device has, integration in time takes hours."""
    if not low <= abs(value) <= high:
        raise InvalidInputError(f"{field} is {value!r}; its size must be in [{low:g}, {high:g}] Hz")


def ion_ca40(
    t1: float = 1.168,
    t2: float = 0.095,
    heating_rate: float = 30.0,
    mean_phonons: float = 0.1,
    gate_detuning_hz: float = 20e3,
    gate_loops: int = 1,
    rabi_hz: float = 100e3,
    measure_duration: float = 250e-6,
    readout_error: float = 1e-3,
) -> Derived:
    """Return optical qubits of 40Ca+ in one trap: ``prx`` and a Mølmer-Sørensen ``rxx``, any pair coupled."""
    from qnetframe_hardware.ions.gates import IDEAL, molmer_sorensen
    from qnetframe_hardware.transmons.coherence import coherence_limit

    dephasing = max(0.0, 1 / t2 - 1 / (2 * t1))
    given = {"detuning_hz": gate_detuning_hz, "loops": gate_loops, "mean_phonons": mean_phonons,
             "heating_rate": heating_rate, "spin_dephasing_rate": dephasing,
             "spin_decay_rate": 1 / t1}  # fmt: skip
    gate = cached_gate(molmer_sorensen, **given, levels=12, budget=True)
    quarter = 1 / (4 * rabi_hz)
    single = coherence_limit(t1=t1, t2=t2, duration=quarter)
    qubit = QubitProfile(t1, t2, (readout_error, readout_error), measure_duration)
    hardware = Hardware(
        "ion-ca40",
        default=qubit,
        gates={
            ("prx", ()): GateProfile(single, quarter),
            ("rxx", ()): GateProfile(duration=gate["duration"], channel=_after(IDEAL, gate["channel"])),
        },
    )
    numbers = (
        _measured(
            "T1", t1, 1.168, "s", "lifetime of 3D5/2, P. A. Barton et al., Phys. Rev. A 62, 032503 (2000)"
        ),
        _assumed("T2", t2, "s", "a magnetically shielded optical qubit; laboratories differ widely"),
        _assumed("heating rate", heating_rate, "quanta/s", "of the gate's mode, a macroscopic trap"),
        _assumed("mean phonons", mean_phonons, "", "after sideband cooling"),
        _assumed("gate detuning", gate_detuning_hz, "Hz", "sets the gate's duration, loops/detuning"),
        _assumed("Rabi frequency", rabi_hz, "Hz", "of the carrier"),
        _assumed("readout error", readout_error, "", "P(1|0) and P(0|1)"),
        _assumed("measurement", measure_duration, "s", "fluorescence at 397 nm"),
        _derived("prx duration", quarter, "s", "a quarter turn at the Rabi frequency"),
        _derived("prx infidelity", single, "", "transmons.coherence_limit of T1, T2 and the duration"),
        _derived("rxx duration", gate["duration"], "s", "ions.molmer_sorensen"),
        _derived("rxx infidelity", gate["infidelity"], "", "ions.molmer_sorensen, a channel"),
    )
    return Derived(hardware, numbers, gate["budget"], versions())


def ion_sr88_ca43(
    memory_t2: float = 50.0,
    t1: float = 0.39,
    t2: float = 0.01,
    heating_rate: float = 50.0,
    mean_phonons: float = 0.1,
    gate_detuning_hz: float = 20e3,
    rabi_hz: float = 100e3,
    measure_duration: float = 200e-6,
    readout_error: float = 1e-3,
) -> Derived:
    """Return a communication ion 88Sr+ (qubit 0) and a memory ion 43Ca+ (qubit 1), joined by an ``rzz``."""
    from qnetframe_hardware.ions.gates import IDEAL, molmer_sorensen
    from qnetframe_hardware.transmons.coherence import coherence_limit

    gate = molmer_sorensen(detuning_hz=gate_detuning_hz, mean_phonons=mean_phonons, heating_rate=heating_rate)
    # The light-shift gate is the same evolution with Z in place of X. Dephasing commutes with it, so that
    # each ion's own may follow; so does relaxation, to first order in its probability.
    h = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    turn = Channel.from_unitary(np.kron(h, h))
    motion = turn.then(_after(IDEAL, gate.channel)).then(turn)
    idle = [thermal_relaxation(time=gate.duration, t1=a, t2=b) for a, b in ((t1, t2), (inf, memory_t2))]
    error = motion.then(idle[0].tensor(idle[1]))
    infidelity = 1 - error.average_fidelity()
    one = identity()
    budget = {
        "heating": 1 - motion.average_fidelity(),
        "communication ion": 1 - idle[0].tensor(one).average_fidelity(),
        "memory ion": 1 - one.tensor(idle[1]).average_fidelity(),
    }
    quarter = 1 / (4 * rabi_hz)
    readout = (readout_error, readout_error)
    hardware = Hardware(
        "ion-sr88-ca43",
        (
            QubitProfile(t1, t2, readout, measure_duration),
            QubitProfile(inf, memory_t2, readout, measure_duration),
        ),
        gates={
            ("prx", (0,)): GateProfile(coherence_limit(t1=t1, t2=t2, duration=quarter), quarter),
            ("prx", (1,)): GateProfile(coherence_limit(t1=inf, t2=memory_t2, duration=quarter), quarter),
            ("rzz", (0, 1)): GateProfile(duration=gate.duration, channel=error),
        },
        coupling=frozenset({(0, 1)}),
        preferred=(0, 1),
    )
    numbers = (
        _measured(
            "memory T2",
            memory_t2,
            50.0,
            "s",
            "43Ca+ hyperfine clock, T. P. Harty et al., PRL 113, 220501 (2014)",
        ),
        _measured(
            "communication T1",
            t1,
            0.39,
            "s",
            "lifetime of 4D5/2 of 88Sr+, V. Letchumanan et al., PRA 72, 012509 (2005)",
        ),
        _assumed("communication T2", t2, "s", "an optical or Zeeman qubit without shielding"),
        _assumed("heating rate", heating_rate, "quanta/s", "of the gate's mode"),
        _assumed("mean phonons", mean_phonons, "", "after sympathetic cooling"),
        _assumed("gate detuning", gate_detuning_hz, "Hz", "sets the gate's duration"),
        _assumed("readout error", readout_error, "", "P(1|0) and P(0|1)"),
        _derived(
            "rzz duration", gate.duration, "s", "ions.molmer_sorensen in the Z basis (light-shift gate)"
        ),
        _derived(
            "rzz infidelity",
            infidelity,
            "",
            "the same; measured 99.8(1) % by A. C. Hughes et al., PRL 125, 080504 (2020)",
        ),
    )
    return Derived(hardware, numbers, budget, versions())


def transmon_cr(
    t1: float = 150e-6,
    t2: float = 120e-6,
    anharmonicity_hz: float = -330e6,
    coupling_hz: float = 3.8e6,
    detuning_hz: float = 100e6,
    drive_hz: float = 40e6,
    pulse_duration: float = 25e-9,
    chi_hz: float = 1e6,
    kappa_hz: float = 2e6,
    readout_duration: float = 500e-9,
    readout_photons: float = 5.0,
    readout_efficiency: float = 0.3,
) -> Derived:
    """Return fixed-frequency transmons: DRAG ``sx`` (Z is virtual) and a cross-resonance ``cx``, any pair
    coupled.
    """
    from qnetframe_hardware.transmons import cross_resonance_gate, drag_pulse
    from qnetframe_hardware.transmons.dispersive import dispersive_readout

    checks.positive(pulse_duration, "transmon-cr: pulse_duration")
    checks.positive(readout_photons, "transmon-cr: readout_photons")
    if not 0.5 <= abs(anharmonicity_hz) * pulse_duration <= 1e4:
        raise InvalidInputError(
            f"transmon-cr: anharmonicity_hz is {anharmonicity_hz!r} and pulse_duration {pulse_duration!r} s; "
            "the product must be at least 0.5 in size (else the pulse drives the level above) and at most 1e4"
        )
    for field, value in (("coupling_hz", coupling_hz), ("detuning_hz", detuning_hz), ("drive_hz", drive_hz)):
        _within(value, f"transmon-cr: {field}", 1e5, 1e10)
    single = cached_gate(drag_pulse, anharmonicity_hz=anharmonicity_hz, duration=pulse_duration, drag=0.5,
                         angle=np.pi / 2, t1=t1, t2=t2)  # fmt: skip
    pair = {"coupling_hz": coupling_hz, "drive_hz": drive_hz, "detuning_hz": detuning_hz,
            "anharmonicity_hz": anharmonicity_hz}  # fmt: skip
    double = cached_gate(cross_resonance_gate, **pair, t1=t1, t2=t2)
    clean = cached_gate(cross_resonance_gate, **pair)
    chi, kappa = 2 * np.pi * chi_hz, 2 * np.pi * kappa_hz
    drive = float(np.sqrt(readout_photons * (kappa**2 / 4 + chi**2)))
    read = dispersive_readout(
        chi=chi, kappa=kappa, drive=drive, duration=readout_duration, efficiency=readout_efficiency, t1=t1
    )
    half = np.array([[1, -1j], [-1j, 1]]) / np.sqrt(2)
    cx = double["channel"].then(Channel.from_unitary(_CX @ _RZX.conj().T))
    qubit = QubitProfile(t1, t2, (read.p1_given_0, read.p0_given_1), readout_duration)
    hardware = Hardware(
        "transmon-cr",
        default=qubit,
        gates={
            ("sx", ()): GateProfile(duration=single["duration"], channel=_after(half, single["channel"])),
            ("cx", ()): GateProfile(duration=double["duration"], channel=_after(_CX, cx)),
        },
    )
    coherence = double["infidelity"] - clean["infidelity"]
    numbers = (
        _assumed("T1", t1, "s", "a fixed-frequency transmon of today"),
        _assumed("T2", t2, "s", "the same, echoed"),
        _assumed(
            "anharmonicity",
            anharmonicity_hz,
            "Hz",
            "E. Magesan, J. M. Gambetta, Phys. Rev. A 101, 052308 (2020)",
        ),
        _assumed("coupling J", coupling_hz, "Hz", "the same paper's example"),
        _assumed("detuning", detuning_hz, "Hz", "control from target"),
        _assumed("drive", drive_hz, "Hz", "of the cross-resonance tone"),
        _assumed(
            "readout",
            readout_photons,
            "photons",
            f"chi {chi_hz:g} Hz, kappa {kappa_hz:g} Hz, eta {readout_efficiency:g}",
        ),
        _derived("sx infidelity", single["infidelity"], "", "transmons.drag_pulse, half the derivative"),
        _derived("cx infidelity", double["infidelity"], "", "transmons.cross_resonance_gate, a channel"),
        _derived(
            "cx duration", double["duration"], "s", "its rise and the rate of transmons.cross_resonance"
        ),
        _derived("P(1|0)", read.p1_given_0, "", "transmons.dispersive_readout"),
        _derived("P(0|1)", read.p0_given_1, "", "the same, with relaxation on the way"),
    )
    budget = {"coherent errors and leakage": clean["infidelity"], "relaxation and dephasing": coherence}
    return Derived(hardware, numbers, budget, versions())


def nv(
    nuclear_spins: int = 1,
    hyperfine_hz: float = 10e3,
    t1: float = 1.0,
    t2: float = 0.3,
    nuclear_t2: float = 1.5,
    rabi_hz: float = 10e6,
    p1_given_0: float = 0.05,
    p0_given_1: float = 0.005,
    measure_duration: float = 3.7e-6,
) -> Derived:
    """Return an NV centre: qubit 0 the electron, the others carbon spins turned through it by ``cx``."""
    from qnetframe_hardware.platforms.nv import conditional_cx, conditional_rotation
    from qnetframe_hardware.transmons.coherence import coherence_limit

    spins = checks.integer(nuclear_spins, "nuclear_spins", low=1, high=20)
    channel, duration = conditional_rotation(hyperfine_hz=hyperfine_hz, t1=t1, t2=t2, nuclear_t2=nuclear_t2)
    cx = conditional_cx(channel)
    error = _after(_CX, cx)
    quarter = 1 / (4 * rabi_hz)
    readout = (p1_given_0, p0_given_1)
    gates: dict[tuple[str, tuple[int, ...]], GateProfile] = {
        ("prx", (0,)): GateProfile(coherence_limit(t1=t1, t2=t2, duration=quarter), quarter)
    }
    for i in range(1, spins + 1):
        gates["prx", (i,)] = GateProfile(coherence_limit(t1=inf, t2=nuclear_t2, duration=duration), duration)
        gates["cx", (0, i)] = GateProfile(duration=duration, channel=error)
    hardware = Hardware(
        "nv",
        (
            QubitProfile(t1, t2, readout, measure_duration),
            *(QubitProfile(inf, nuclear_t2, readout, measure_duration),) * spins,
        ),
        gates=gates,
        coupling=frozenset((0, i) for i in range(1, spins + 1)),
        preferred=tuple(range(spins + 1)),
    )
    infidelity = 1 - error.average_fidelity()
    numbers = (
        _assumed("hyperfine", hyperfine_hz, "Hz", "a transverse coupling of a carbon near the centre"),
        _assumed("T1", t1, "s", "a cold NV node in use; records are longer"),
        _assumed(
            "T2", t2, "s", "decoupled; 1 s and above: M. H. Abobeih et al., Nat. Commun. 9, 2552 (2018)"
        ),
        _assumed("nuclear T2", nuclear_t2, "s", "a carbon spin next to an idle electron"),
        _assumed("P(1|0), P(0|1)", p1_given_0, f"and {p0_given_1:g}", "single-shot readout of a node in use"),
        _derived("cx duration", duration, "s", "platforms.conditional_rotation: pi/2 at the mean rate A/pi"),
        _derived("cx infidelity", infidelity, "", "the same, a channel"),
    )
    return Derived(hardware, numbers, {"electron and nuclear decoherence": infidelity}, versions())


def atom_rb87(
    rabi_hz: float = 4e6,
    blockade_hz: float = 200e6,
    rydberg_lifetime: float = 88e-6,
    t1: float = inf,
    t2: float = 1.0,
    raman_rabi_hz: float = 100e3,
    readout_error: float = 1e-2,
    measure_duration: float = 1e-3,
) -> Derived:
    """Return 87Rb atoms with hyperfine qubits: ``prx`` by Raman light and a Rydberg ``cz`` between any."""
    from qnetframe_hardware.platforms.atoms import rydberg_cz
    from qnetframe_hardware.transmons.coherence import coherence_limit

    _within(rabi_hz, "atom-rb87: rabi_hz", 1e4, 1e9)
    _within(blockade_hz, "atom-rb87: blockade_hz", 1e4, 1e11)
    given = {"rabi_hz": rabi_hz, "blockade_hz": blockade_hz}
    gate = cached_gate(rydberg_cz, **given, lifetime=rydberg_lifetime)
    clean = cached_gate(rydberg_cz, **given)
    quarter = 1 / (4 * raman_rabi_hz)
    single = coherence_limit(t1=t1, t2=t2, duration=quarter)
    hardware = Hardware(
        "atom-rb87",
        default=QubitProfile(t1, t2, (readout_error, readout_error), measure_duration),
        gates={
            ("prx", ()): GateProfile(single, quarter),
            ("cz", ()): GateProfile(duration=gate["duration"], channel=_after(_CZ, gate["channel"])),
        },
    )
    numbers = (
        _assumed("Rabi frequency", rabi_hz, "Hz", "peak, ground to Rydberg"),
        _assumed("blockade", blockade_hz, "Hz", "two 70S atoms a few micrometres apart"),
        _assumed("Rydberg lifetime", rydberg_lifetime, "s", "of the order of 70S at 300 K"),
        _assumed("T2", t2, "s", "hyperfine qubit in a tweezer; 12.6(1) s in arXiv:2403.12021"),
        _assumed("readout error", readout_error, "", "P(1|0) and P(0|1)"),
        _derived("cz duration", gate["duration"], "s", "platforms.rydberg_cz, pi - 2pi - pi"),
        _derived("cz infidelity", gate["infidelity"], "", "the same, a channel"),
    )
    budget = {
        "blockade and leakage": clean["infidelity"],
        "Rydberg decay": gate["infidelity"] - clean["infidelity"],
    }
    return Derived(hardware, numbers, budget, versions())


PROFILES: Mapping[str, Callable[..., Derived]] = {
    "ion-ca40": ion_ca40,
    "ion-sr88-ca43": ion_sr88_ca43,
    "transmon-cr": transmon_cr,
    "nv": nv,
    "atom-rb87": atom_rb87,
}
