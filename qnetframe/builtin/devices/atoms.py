"""Trapped ions and neutral atoms as generic devices of any number of equal qubits, all coupled."""

from __future__ import annotations

from math import inf

from qnetframe.network import GateProfile, Hardware, QubitProfile


def ion_trap(
    t1: float = inf,
    t2: float = 50.0,
    single_qubit_error: float = 6.6e-5,
    single_qubit_duration: float = 4.4e-6,
    two_qubit_error: float = 1e-3,
    two_qubit_duration: float = 1e-4,
    p1_given_0: float = 7e-4,
    p0_given_1: float = 7e-4,
    measure_duration: float = 145e-6,
    prepare_error: float = 0.0,
    prepare_duration: float = 0.0,
) -> Hardware:
    """Return calcium ions with hyperfine qubits in one trap: ``prx`` (any rotation) and ``rzz``.

    Each number is the best of one experiment, not of one machine:

    - t1: hyperfine ground states do not decay; t2 = 50 s and combined preparation and readout 99.93 %: T. P.
      Harty et al., Phys. Rev. Lett. 113, 220501 (2014), abstract. The 0.07 % go to the readout.
    - one qubit 99.9934(3) %, two qubits 99.9(1) % (a sigma_z sigma_z gate of 100 us): C. J. Ballance et al.,
      Phys. Rev. Lett. 117, 060504 (2016), abstract and text.
    - one-qubit duration: the fastest, 4.4 us, of M. C. Smith et al., Phys. Rev. Lett. 134, 230601 (2025).
    - measurement: 145 us on average, A. H. Myerson et al., Phys. Rev. Lett. 100, 200502 (2008), abstract.
    - preparation takes no time: no figure is used. Cooling and shuttling are not included.

    Errors are average infidelities that include relaxation, times seconds, T2 at most 2*T1.
    """
    qubit = QubitProfile(t1, t2, (p1_given_0, p0_given_1), measure_duration, prepare_error, prepare_duration)
    gates: dict[tuple[str, tuple[int, ...]], GateProfile] = {
        ("prx", ()): GateProfile(single_qubit_error, single_qubit_duration),
        ("rzz", ()): GateProfile(two_qubit_error, two_qubit_duration),
    }
    return Hardware("ion-trap", default=qubit, gates=gates)


def neutral_atom(
    t1: float = inf,
    t2: float = 12.6,
    single_qubit_error: float = 9.8e-4,
    single_qubit_duration: float = 0.0,
    two_qubit_error: float = 5e-3,
    two_qubit_duration: float = 263e-9,
    p1_given_0: float = 1e-4,
    p0_given_1: float = 1e-4,
    measure_duration: float = 710e-6,
    prepare_error: float = 0.0,
    prepare_duration: float = 0.0,
) -> Hardware:
    """Return alkali atoms with hyperfine qubits in optical tweezers: ``prx`` and ``cz``, any pair coupled.

    Each number is of one experiment, not of one machine:

    - t2 = 12.6(1) s, imaging fidelity above 99.99 %: H. J. Manetsch et al., arXiv:2403.12021, abstract. t1 is
      not set: hyperfine ground states do not decay, scattering of trap light is left out.
    - one qubit, locally addressed: 99.902(8) %: A. G. Radnaev et al., arXiv:2408.08288, abstract. Its
      duration is not set.
    - two qubits: 99.5 % on up to 60 atoms in parallel: S. J. Evered et al., Nature 622, 268 (2023), abstract.
      Duration: 7.612/Omega of the time-optimal gate (S. Jandura and G. Pupillo, Quantum 6, 712 (2022)) at
      Omega = 2 pi * 4.6 MHz (Evered et al.).
    - measurement: 10 us of push-out, 500 us of local imaging and 200 us of camera: D. Bluvstein et al.,
      Nature 626, 58 (2024), Extended Data figure 3d.
    - loss of atoms, and moving them (coupling of any pair takes it), are not included.

    Errors are average infidelities that include relaxation, times seconds, T2 at most 2*T1.
    """
    qubit = QubitProfile(t1, t2, (p1_given_0, p0_given_1), measure_duration, prepare_error, prepare_duration)
    gates: dict[tuple[str, tuple[int, ...]], GateProfile] = {
        ("prx", ()): GateProfile(single_qubit_error, single_qubit_duration),
        ("cz", ()): GateProfile(two_qubit_error, two_qubit_duration),
    }
    return Hardware("neutral-atom", default=qubit, gates=gates)
