"""Superconducting circuits and transduction against published numbers and a second route for each."""

from math import erfc, exp, sqrt

import numpy as np
import pytest

import qnetframe as qn
from qnetframe.channels import thermal_relaxation
from qnetframe.errors import InvalidInputError
from qnetframe.network import Hardware
from qnetframe_hardware import transduction, transmons
from qnetframe_hardware.dynamics import cross_check, make_solver
from qnetframe_hardware.transmons.gates import cross_resonance_problem
from qnetframe_hardware.transmons.links import microwave_link_problem


def test_levels_in_the_charge_basis():
    # EJ/EC = 50, ng = 0: E01 = 18.941919 EC, anharmonicity -1.149223 EC (scqubits gives the same).
    spectrum = transmons.transmon_spectrum(ej=50, ec=1)
    assert abs(spectrum.qubit_energy - 18.941919) < 1e-6 and abs(spectrum.anharmonicity + 1.149223) < 1e-6
    # Koch et al. 2007, eq. 2.11: E01 ~ sqrt(8 EJ EC) - EC for large EJ/EC; selection rule of the charge.
    large = transmons.transmon_spectrum(ej=1000, ec=1)
    assert abs(large.qubit_energy / (sqrt(8000) - 1) - 1) < 5e-3
    assert spectrum.charge[0, 2] < 1e-9 < spectrum.charge[0, 1]


def test_a_charge_qubit_is_not_a_transmon():
    # ng = 1/2 and EJ << EC: the two lowest charge states are split by EJ (Koch et al. 2007, section II).
    assert abs(transmons.transmon_spectrum(ej=0.01, ec=1, ng=0.5).qubit_energy - 0.01) < 1e-5
    with pytest.raises(InvalidInputError, match="keep more charges"):
        transmons.transmon_spectrum(ej=1000, ec=1, charges=4)
    with pytest.raises(
        InvalidInputError, match=r"ej / ec is 1e\+30: its levels take more than 50000 charges"
    ):
        transmons.transmon_spectrum(ej=1e30, ec=1)


@pytest.mark.parametrize("ej, ng, levels", [(0.01, 0.3, 5), (50, 0.0, 3), (50, 7.3, 12), (3000, 0.2, 5)])
def test_charges_that_are_chosen_suffice(ej, ng, levels):
    # The same levels as on many charges, by a dense matrix; they repeat with every whole ng (Koch et al., eq. 2.1).
    n = np.arange(-120, 121.0)
    dense = np.diag(4 * (n - ng % 1) ** 2) - ej / 2 * (np.eye(241, k=1) + np.eye(241, k=-1))
    energies, vectors = np.linalg.eigh(dense)
    found = transmons.transmon_spectrum(ej=ej, ec=1, ng=ng, levels=levels)
    assert np.allclose(found.energies, energies[:levels] - energies[0], atol=1e-12 * (ej + 120**2), rtol=0)
    charge = np.abs(vectors.T @ (n[:, None] * vectors))[:levels, :levels]
    off = ~np.eye(levels, dtype=bool)
    assert np.allclose(found.charge[off], charge[off], atol=1e-9)
    given = transmons.transmon_spectrum(ej=ej, ec=1, ng=ng, levels=levels, charges=60)
    assert np.allclose(given.energies, found.energies, atol=1e-11 * (ej + 60**2), rtol=0)


def test_dispersive_shift():
    shift = transmons.dispersive_shift(coupling=100, detuning=1000, anharmonicity=-300)
    assert abs(shift.exact + 4.04117) < 1e-5 and abs(shift.perturbative + 4.28571) < 1e-5
    weak = transmons.dispersive_shift(coupling=1, detuning=1000, anharmonicity=-300)
    assert abs(weak.exact / weak.perturbative - 1) < 1e-4


def test_purcell_decay_by_a_master_equation():
    given = {"coupling": 0.3, "detuning": 5.0, "kappa": 0.4}
    rate = transmons.purcell_rate(**given)
    assert abs(rate / (0.4 * (0.3 / 5) ** 2) - 1) < 0.02
    # After the first beats the bare excitation falls with the dressed state's rate.
    excited = (
        make_solver("expm")
        .solve(transmons.purcell_problem(**given, duration=400.0))
        .expectations["excited"][0]
    )
    assert abs(-np.log(excited[-1] / excited[20]) / 200.0 / rate - 1) < 1e-6


def test_readout_by_pointer_states():
    # Long drive: |alpha_0 - alpha_1|^2 = 4 e^2 chi^2/(kappa^2/4 + chi^2)^2, a constant rate of separation.
    chi, kappa, e, t = 2.0, 3.0, 1.5, 200.0
    found = transmons.dispersive_readout(chi=chi, kappa=kappa, drive=e, duration=t, samples=200001)
    rate = kappa * (2 * e * chi) ** 2 / (kappa**2 / 4 + chi**2) ** 2
    assert abs(found.separation**2 / (rate * t) - 1) < 0.02
    short = transmons.dispersive_readout(
        chi=chi, kappa=kappa, drive=0.5, duration=2.0, efficiency=0.5, t1=100.0
    )
    assert abs(short.p1_given_0 - erfc(short.separation / sqrt(2)) / 2) < 1e-12
    assert abs(short.p0_given_1 - short.p1_given_0 - 0.01) < 1e-12
    assert abs(short.photons - 0.25 / (kappa**2 / 4 + chi**2)) < 0.1


def test_readout_of_a_ghz_state():
    # Columns (.98, .02) and (.05, .95): P(000) = .4706585, P(111) = .4286915.
    matrix = transmons.assignment_matrix(errors=[(0.02, 0.05)] * 3)
    ghz = np.zeros(8)
    ghz[[0, 7]] = 0.5
    read = transmons.read_out(probabilities=ghz, matrix=matrix)
    assert abs(read[0] - 0.4706585) < 1e-12 and abs(read[7] - 0.4286915) < 1e-12
    assert np.allclose(matrix.sum(axis=0), 1)


def test_crosstalk_depends_on_the_neighbour():
    matrix = transmons.assignment_matrix(errors=[(0.01, 0.02), (0.03, 0.04)], crosstalk={(0, 1): 0.05})
    assert np.isclose(matrix[0b10:, 0b00].sum(), 0.01) and np.isclose(matrix[0b10:, 0b01].sum(), 0.06)
    with pytest.raises(InvalidInputError, match="readout error of qubit 0 when the true bits are"):
        transmons.assignment_matrix(errors=[(0.01, 0.02)] * 2, crosstalk={(0, 1): 0.995})


def test_coherence_limit():
    # T1 = 100, T2 = 80, t = 1: F = .994201.
    assert abs(1 - transmons.coherence_limit(t1=100, t2=80, duration=1) - 0.994201) < 1e-6
    channel = thermal_relaxation(time=1.0, t1=100, t2=80)
    assert abs(1 - channel.average_fidelity() - transmons.coherence_limit(t1=100, t2=80, duration=1)) < 1e-12
    assert abs(transmons.pure_dephasing_time(t1=100, t2=80) - 1 / (1 / 80 - 1 / 200)) < 1e-9
    with pytest.raises(InvalidInputError, match="T2 must be at most"):
        transmons.pure_dephasing_time(t1=1, t2=2.1)


# ---- gates ---------------------------------------------------------------------------------------


def test_cross_resonance_rate():
    # J = 3.8, Omega = 50, Delta = 100, alpha = -330 MHz: -2.72609 MHz; exact to all orders for a weak drive.
    given = {"coupling": 3.8, "detuning": 100, "anharmonicity": -330}
    assert abs(transmons.cross_resonance_rate(drive=50, **given) + 2.72609) < 1e-5
    weak = transmons.cross_resonance(coupling=0.1, drive=0.5, detuning=100, anharmonicity=-330)
    assert (
        abs(
            weak / transmons.cross_resonance_rate(coupling=0.1, drive=0.5, detuning=100, anharmonicity=-330)
            - 1
        )
        < 1e-3
    )
    strong = transmons.cross_resonance(drive=50, **given) / transmons.cross_resonance_rate(drive=50, **given)
    assert 0.7 < strong < 0.95  # the drive saturates it


def test_the_cross_resonance_pulse_is_the_gate():
    given = {"coupling_hz": 3.8e6, "drive_hz": 40e6, "detuning_hz": 100e6, "anharmonicity_hz": -330e6}
    gate = transmons.cross_resonance_gate(**given)
    assert gate.infidelity < 3e-3 and gate.leakage < 1e-5 and 1e-7 < gate.duration < 2e-7
    noisy = transmons.cross_resonance_gate(**given, t1=50e-6, t2=40e-6)
    # Two idling qubits lose (6/5) of the sum of their one-qubit infidelities, to first order.
    limit = 1.2 * 2 * transmons.coherence_limit(t1=50e-6, t2=40e-6, duration=gate.duration)
    assert abs((noisy.infidelity - gate.infidelity) / limit - 1) < 0.15
    with pytest.raises(InvalidInputError, match="shorten it"):
        cross_resonance_problem(**given, rise=2e-7)


def test_drag_removes_what_a_gaussian_pulse_leaves():
    # Motzoi et al. 2009: without detuning the drive, half the derivative cancels the phase error.
    none, half = (transmons.drag_pulse(anharmonicity_hz=-300e6, duration=20e-9, drag=d) for d in (0.0, 0.5))
    assert none.infidelity > 1e-3 and half.infidelity < 1e-4
    short = transmons.drag_pulse(anharmonicity_hz=-300e6, duration=6e-9, drag=0.0).leakage
    assert short > 1e-3 > 1e-5 > none.leakage


def test_a_pulse_with_relaxation_meets_the_coherence_limit():
    gate = transmons.drag_pulse(anharmonicity_hz=-300e6, duration=40e-9, drag=0.5, t1=20e-6, t2=15e-6)
    assert abs(gate.infidelity / transmons.coherence_limit(t1=20e-6, t2=15e-6, duration=40e-9) - 1) < 0.1


def test_parametric_iswap():
    slow = transmons.parametric_iswap(coupling_hz=5e6, detuning_hz=500e6, anharmonicity_hz=-250e6)
    fast = transmons.parametric_iswap(coupling_hz=40e6, detuning_hz=500e6, anharmonicity_hz=-250e6)
    assert slow.infidelity < 3e-4 < fast.infidelity and abs(slow.duration - 1e-7) < 1e-15


# ---- links ---------------------------------------------------------------------------------------


def test_a_lossless_cable_is_perfect_and_a_lossy_one_a_quarter_of_the_loss():
    assert transmons.microwave_link(coupling_hz=5e6, cable_decay_hz=0).fidelity > 1 - 1e-9
    lossy = transmons.microwave_link(coupling_hz=5e6, cable_decay_hz=20e3)
    # P(cable) = sin^2(sqrt2 g t)/2 is 1/4 on average: exp(-kappa t/4).
    assert abs(lossy.efficiency / exp(-2 * np.pi * 20e3 * lossy.transfer_time / 4) - 1) < 1e-5
    # Phi+ through damping by 1 - P: F = (1 + sqrt P)^2/4.
    assert abs(lossy.fidelity - (1 + sqrt(lossy.efficiency)) ** 2 / 4) < 1e-6


def test_heat_in_the_cable_adds_errors():
    cold, hot = (
        transmons.microwave_link(coupling_hz=5e6, cable_decay_hz=50e3, thermal_photons=n) for n in (0.0, 0.05)
    )
    assert hot.fidelity < cold.fidelity - 0.01
    with pytest.raises(InvalidInputError, match="keep more levels"):
        transmons.microwave_link(coupling_hz=5e6, cable_decay_hz=50e3, thermal_photons=1.0)


def test_modules_are_a_network_that_programs_run_on():
    link = transmons.microwave_link(coupling_hz=5e6, cable_decay_hz=50e3).link(cycle_time=1e-6)
    network = transmons.module_network(modules=3, link=link, hardware=Hardware())
    run = qn.run("teleportation", topology=network)
    assert 0.9 < run.estimates["average fidelity"].value < 1
    assert [
        len(transmons.module_network(modules=4, link=link, hardware=Hardware(), shape=s).links)
        for s in ("ring", "star", "all")
    ] == [4, 3, 6]


# ---- transduction --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "c1, c2, efficiency", [(1, 1, 0.444444), (10, 10, 0.907029), (3, 0.5, 4 * 1.5 / 4.5**2)]
)
def test_transduction(c1, c2, efficiency):
    found = transduction.transduction(
        coupling_microwave=sqrt(c1 * 2.0 * 0.1) / 2,
        coupling_optical=sqrt(c2 * 5.0 * 0.1) / 2,
        kappa_microwave=2.0,
        kappa_optical=5.0,
        decay_mechanical=0.1,
        thermal_phonons=7.0,
        extraction_optical=0.8,
        extraction_microwave=0.9,
    )
    assert abs(found.efficiency - 0.72 * efficiency) < 1e-6 and np.allclose(found.cooperativities, (c1, c2))
    assert abs(found.added_noise - 0.8 * 4 * c2 * 7 / (1 + c1 + c2) ** 2) < 1e-9


def test_direct_transduction_and_the_unitarity_of_scattering():
    for c in (0.2, 1.0, 3.0):
        found = transduction.direct_transduction(
            coupling=sqrt(c * 6.0) / 2, kappa_microwave=2, kappa_optical=3
        )
        assert abs(found.efficiency - 4 * c / (1 + c) ** 2) < 1e-12
    s = transduction.scattering(
        couplings=[[0, 0.7], [0.7, 0]], decays=[2, 3], ports=[[2, 0], [0, 3]], frequency=0.4
    )
    assert np.allclose(s @ s.conj().T, np.eye(2))


def test_the_bandwidth_is_where_half_is_converted():
    found = transduction.direct_transduction(coupling=0.1, kappa_microwave=2, kappa_optical=2)
    s = transduction.scattering(
        couplings=[[0, 0.1], [0.1, 0]],
        decays=[2, 2],
        ports=[[2, 0], [0, 2]],
        frequency=np.pi * found.bandwidth_hz,
    )
    assert abs(abs(s[1, 0]) ** 2 - found.efficiency / 2) < 1e-9


def test_noise_of_transduction_costs_fidelity():
    made = {
        "coupling_microwave": 0.5,
        "coupling_optical": 0.5,
        "kappa_microwave": 1,
        "kappa_optical": 1,
        "decay_mechanical": 1,
    }
    cold, hot = (
        transduction.transduction(**made, thermal_phonons=n).herald(bright=0.05, efficiency=0.5)
        for n in (0, 0.01)
    )
    assert hot.fidelity < cold.fidelity - 0.01
    assert (
        transduction.transduction(**made).link(bright=0.05, efficiency=0.5, attempt_time=1e-5).attempt_time
        == 1e-5
    )


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: transmons.transmon_spectrum(ej=-1, ec=1), "ej is -1"),
        (lambda: transmons.dispersive_readout(chi=1, kappa=1, drive=1, duration=0), "duration"),
        (
            lambda: transmons.drag_pulse(anharmonicity_hz=-3e8, duration=1e-8, t1=1e-6, t2=3e-6),
            "T2 must be at most",
        ),
        (lambda: transmons.assignment_matrix(errors=[(0.1, 1.2)]), "readout error is 1.2"),
        (lambda: transmons.read_out(probabilities=[0.5, 0.6], matrix=np.eye(2)), "sum to 1.1"),
        (lambda: transmons.microwave_link(coupling_hz=1e6, cable_decay_hz=-1), "cable_decay_hz is -1"),
        (
            lambda: transduction.direct_transduction(coupling=1, kappa_microwave=0, kappa_optical=1),
            "kappa_microwave is 0",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()


def test_models_agree_between_engines():
    hot = microwave_link_problem(coupling_hz=5e6, cable_decay_hz=50e3, thermal_photons=0.02, t1=5e-5)
    assert cross_check(hot, ("expm", "qutip")).worst < 1e-6
