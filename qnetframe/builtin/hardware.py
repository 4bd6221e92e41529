"""Devices that ship with the host."""

from __future__ import annotations

from math import inf

from qnetframe.api import HardwareSpec
from qnetframe.builtin.devices import ion_trap, neutral_atom, nv_centre, transmon
from qnetframe.network import GateProfile, Hardware, QubitProfile

_ONE_QUBIT = ("x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "p", "rx", "ry", "rz", "u1", "u2", "u3")
_TWO_QUBIT = ("cx", "cy", "cz", "ch", "cp", "crx", "cry", "crz", "cu", "swap")


def ideal_hardware() -> Hardware:
    """Return a device without errors and durations, of any number of qubits."""
    return Hardware()


def uniform_hardware(
    t1: float = inf,
    t2: float = inf,
    single_qubit_error: float = 0.0,
    two_qubit_error: float = 0.0,
    measure_error: float = 0.0,
    prepare_error: float = 0.0,
    single_qubit_duration: float = 0.0,
    two_qubit_duration: float = 0.0,
    measure_duration: float = 0.0,
    prepare_duration: float = 0.0,
) -> Hardware:
    """Return a device of any number of equal qubits, all coupled, on which every standard gate is native.

    Gate errors are average infidelities that include relaxation, for each standard gate on one or two qubits
    but the identity; three-qubit gates are charged by their decomposition. ``measure_error`` is the
    probability that either outcome is recorded wrongly. Times in seconds; T2 is at most 2*T1.
    """
    single = GateProfile(single_qubit_error, single_qubit_duration)
    double = GateProfile(two_qubit_error, two_qubit_duration)
    gates: dict[tuple[str, tuple[int, ...]], GateProfile] = {(name, ()): single for name in _ONE_QUBIT}
    gates.update({(name, ()): double for name in _TWO_QUBIT})
    profile = QubitProfile(
        t1, t2, (measure_error, measure_error), measure_duration, prepare_error, prepare_duration
    )
    return Hardware("uniform", default=profile, gates=gates)


HARDWARE: tuple[HardwareSpec, ...] = (
    HardwareSpec("ideal", ideal_hardware, "no errors, no durations"),
    HardwareSpec("ion-trap", ion_trap, "hyperfine qubits of trapped calcium ions, all coupled"),
    HardwareSpec("neutral-atom", neutral_atom, "hyperfine qubits of atoms in tweezers, all coupled"),
    HardwareSpec("nv-centre", nv_centre, "an electron spin in diamond and the carbon spins coupled to it"),
    HardwareSpec("transmon", transmon, "superconducting qubits, medians of a 105-qubit processor"),
    HardwareSpec("uniform", uniform_hardware, "equal qubits, all coupled, one error a kind of operation"),
)
