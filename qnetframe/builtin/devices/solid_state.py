"""A colour centre with its nuclear spins, and transmons, as generic devices."""

from __future__ import annotations

from qnetframe import checks
from qnetframe.network import GateProfile, Hardware, QubitProfile


def nv_centre(
    nuclear_spins: int = 4,
    t1: float = 1.0,
    t2: float = 0.3,
    nuclear_t1: float = 150.0,
    nuclear_t2: float = 1.5,
    single_qubit_error: float = 4.8e-5,
    single_qubit_duration: float = 5e-6,
    nuclear_error: float = 8e-3,
    nuclear_duration: float = 5e-4,
    two_qubit_error: float = 8e-3,
    two_qubit_duration: float = 5e-4,
    p1_given_0: float = 0.05,
    p0_given_1: float = 0.005,
    measure_duration: float = 3.7e-6,
    prepare_error: float = 0.0,
    prepare_duration: float = 2e-6,
    nuclear_prepare_duration: float = 310e-6,
) -> Hardware:
    """Return a nitrogen-vacancy centre: qubit 0 the electron, the others carbon spins coupled to it alone.

    Native gates: ``prx`` on the electron and (slower) on the nuclei, ``cx`` from the electron.

    - gates: one qubit 0.999952, two qubits 0.992: X. Rong et al., Nat. Commun. 6, 8748 (2015), abstract.
      Rotations of nuclei, which are driven through the electron, are taken to cost as much as the latter.
    - t1, t2, durations and readout: the defaults of NVQDeviceConfig in SquidASM (QuTech,
      squidasm/run/stack/config.py), the model of the Delft nodes. They are of a node in use; the record for a
      decoupled electron is above one second (M. H. Abobeih et al., Nat. Commun. 9, 2552 (2018), abstract).
    - the error of preparation is not set. Readout of a nucleus through the electron costs no extra gate here.

    Errors are average infidelities that include relaxation, times seconds, T2 at most 2*T1. The coupling is a
    star: programs with gates between nuclei need ``routing="swap"``.
    """
    spins = checks.integer(nuclear_spins, "nuclear_spins", low=0, high=100)
    readout = (p1_given_0, p0_given_1)
    electron = QubitProfile(t1, t2, readout, measure_duration, prepare_error, prepare_duration)
    nucleus = QubitProfile(
        nuclear_t1, nuclear_t2, readout, measure_duration, prepare_error, nuclear_prepare_duration
    )
    gates: dict[tuple[str, tuple[int, ...]], GateProfile] = {
        ("prx", (0,)): GateProfile(single_qubit_error, single_qubit_duration)
    }
    for i in range(1, spins + 1):
        gates["prx", (i,)] = GateProfile(nuclear_error, nuclear_duration)
        gates["cx", (0, i)] = GateProfile(two_qubit_error, two_qubit_duration)
    return Hardware(
        "nv-centre",
        (electron, *(nucleus,) * spins),
        gates=gates,
        coupling=frozenset((0, i) for i in range(1, spins + 1)),
        preferred=tuple(range(spins + 1)),
    )


def transmon(
    t1: float = 70.2e-6,
    t2: float = 49.0e-6,
    single_qubit_error: float = 2.70e-4,
    single_qubit_duration: float = 25e-9,
    two_qubit_error: float = 2.75e-3,
    two_qubit_duration: float = 42e-9,
    p1_given_0: float = 3.7e-3,
    p0_given_1: float = 1.06e-2,
    measure_duration: float = 600e-9,
    prepare_error: float = 0.0,
    prepare_duration: float = 160e-9,
) -> Hardware:
    """Return transmons with tunable couplers: ``phxz`` (any one-qubit gate) and ``cz``, any pair coupled.

    All numbers are medians over the 105 qubits of the Willow processor, calibration of 16 August 2024, that
    cirq-google 1.7.0 ships (devices/calibrations/willow_pink_d7v1-2024_08_16_calibration.json, durations from
    its device specification), the processor of Google Quantum AI, Nature 638, 920 (2025): T1, T2 from the
    incoherent error of one-qubit gates, average infidelities 2e/3 and 4e/5 of the Pauli errors e of
    randomized and cross-entropy benchmarking. The error of reset is not set.

    Errors are average infidelities that include relaxation, times seconds, T2 at most 2*T1. The plugin
    qnetframe-google has the device itself, with its grid.
    """
    qubit = QubitProfile(t1, t2, (p1_given_0, p0_given_1), measure_duration, prepare_error, prepare_duration)
    gates: dict[tuple[str, tuple[int, ...]], GateProfile] = {
        ("phxz", ()): GateProfile(single_qubit_error, single_qubit_duration),
        ("cz", ()): GateProfile(two_qubit_error, two_qubit_duration),
    }
    return Hardware("transmon", default=qubit, gates=gates)
