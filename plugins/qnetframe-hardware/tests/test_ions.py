"""Trapped ions against published numbers and a second route for each."""

from math import sqrt

import numpy as np
import pytest

from qnetframe import Program, execute
from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe_hardware import ions
from qnetframe_hardware.dynamics import cross_check, make_solver, process
from qnetframe_hardware.dynamics.operators import thermal
from qnetframe_hardware.ions.cooling import cooling_problem
from qnetframe_hardware.ions.crystal import equilibrium_positions
from qnetframe_hardware.ions.gates import IDEAL

ONE = {"axial_hz": 1e6}


@pytest.mark.parametrize("count, positions", [(2, [0.6300]), (3, [0, 1.0772]), (4, [0.4544, 1.4368])])
def test_positions_of_james_1998(count, positions):
    # D. F. V. James, Appl. Phys. B 66, 181 (1998), table 1.
    u = equilibrium_positions(count)
    assert np.allclose(u[count // 2 :], positions, atol=1e-4) and np.allclose(u, -u[::-1])


@pytest.mark.parametrize(
    "count, squares", [(1, [1]), (2, [1, 3]), (3, [1, 3, 5.8]), (4, [1, 3, 5.8099, 9.3084])]
)
def test_axial_modes_of_james_1998(count, squares):
    crystal = ions.ion_crystal(ions=["Ca40"] * count, **ONE)
    assert np.allclose(crystal.axial_eigenvalues, squares, atol=1e-4)
    assert np.allclose(crystal.axial_modes @ crystal.axial_modes.T, np.eye(count), atol=1e-12)
    assert np.allclose(crystal.axial_modes[0], 1 / sqrt(count))


def test_spacing_and_lamb_dicke_parameter_of_calcium():
    pair = ions.ion_crystal(ions=["Ca40"] * 2, **ONE)
    assert abs(np.ptp(pair.positions_m) * 1e6 - 5.60544) < 1e-4
    one = ions.ion_crystal(ions=["Ca40"], **ONE)
    assert abs(ions.lamb_dicke_parameters(crystal=one, wavelength_m=729e-9)[0, 0] - 0.0969246) < 1e-6
    two = ions.lamb_dicke_parameters(crystal=pair, wavelength_m=729e-9)
    assert np.allclose(two[0], 0.0969246 / sqrt(2), atol=1e-6) and np.isclose(two[1, 0], -two[1, 1])


def test_radial_modes_mirror_the_axial_ones():
    # James 1998: for one species (w_r/w_z)^2 = alpha^2 + 1/2 - mu/2 with axial eigenvalues mu.
    crystal = ions.ion_crystal(ions=["Ca40"] * 5, axial_hz=1e6, radial_hz=5e6)
    assert np.allclose(
        (crystal.radial_frequencies_hz / 1e6) ** 2, np.sort(25.5 - crystal.axial_eigenvalues / 2)
    )


def test_an_unstable_line_is_refused():
    ions.ion_crystal(ions=["Ca40"] * 3, axial_hz=1e6, radial_hz=1.56e6)  # critical: sqrt(2.4) = 1.549
    with pytest.raises(InvalidInputError, match="zig-zag"):
        ions.ion_crystal(ions=["Ca40"] * 3, axial_hz=1e6, radial_hz=1.54e6)


def test_modes_of_two_species():
    # Kielpinski et al. 2000: with mu = m2/m1, w^2 = (1 + 1/mu -+ sqrt(1 - 1/mu + 1/mu^2)) w_z^2.
    crystal = ions.ion_crystal(ions=["Be9", "Mg25"], **ONE)
    r = crystal.ions[0].mass_kg / crystal.ions[1].mass_kg
    expected = 1 + r + np.asarray([-1, 1]) * sqrt(1 - r + r * r)
    assert np.allclose(crystal.axial_eigenvalues, expected)


# ---- gates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("loops, phonons", [(1, 0.0), (1, 3.0), (2, 0.5), (5, 20.0)])
def test_the_gate_is_perfect_whatever_the_temperature(loops, phonons):
    gate = ions.molmer_sorensen(detuning_hz=10e3, loops=loops, mean_phonons=phonons)
    assert gate.infidelity < 1e-12 and abs(gate.duration - loops / 10e3) < 1e-18


def test_heating_costs_half_a_quantum_a_loop():
    # n t = .0062832, K = 1: 1 - F = .00312938 by a master equation, n t/(2K) to first order.
    heating = 0.0062832 / 1e-4
    gate = ions.molmer_sorensen(detuning_hz=10e3, heating_rate=heating)
    assert abs(1 - gate.state_fidelity - 0.00312938) < 1e-6
    two = ions.molmer_sorensen(detuning_hz=10e3, loops=2, heating_rate=heating / 2)
    assert abs((1 - two.state_fidelity) / (0.0062832 / 4) - 1) < 0.01


@pytest.mark.parametrize(
    "settings",
    [
        {"heating_rate": 300.0, "mean_phonons": 0.05, "detuning_error_hz": 400.0, "coupling_error": 0.03},
        {"loops": 2, "heating_rate": 100.0, "detuning_error_hz": -300.0},
    ],
)
def test_the_closed_form_is_the_master_equation(settings):
    exact = ions.molmer_sorensen(detuning_hz=10e3, **settings)
    solved = ions.molmer_sorensen(detuning_hz=10e3, solver="qutip", levels=15, **settings)
    assert exact.engine == "closed form" and solved.engine == "qutip"
    assert exact.channel.is_close(solved.channel, 1e-6) and exact.infidelity > 1e-3


def test_spin_dephasing_costs_what_it_costs_without_a_gate_to_first_order():
    # Error channel of both ions over the gate; XX-commuting half of the errors is untouched: between the two bounds.
    rate, t = 20.0, 1e-4
    gate = ions.molmer_sorensen(detuning_hz=10e3, spin_dephasing_rate=rate, levels=12, budget=True)
    assert abs(gate.infidelity / (0.8 * rate * t) - 1) < 0.1
    assert gate.budget == pytest.approx({"spin dephasing": gate.infidelity})


def test_the_budget_names_every_imperfection():
    gate = ions.molmer_sorensen(
        detuning_hz=10e3,
        heating_rate=50,
        detuning_error_hz=100,
        coupling_error=0.01,
        mean_phonons=0.1,
        budget=True,
    )
    assert set(gate.budget) == {"heating", "detuning error", "coupling error"}
    alone = ions.molmer_sorensen(detuning_hz=10e3, coupling_error=0.01)
    assert gate.budget["coupling error"] == alone.infidelity
    assert 0.7 < sum(gate.budget.values()) / gate.infidelity < 1.3


def test_the_gate_goes_into_a_program():
    gate = ions.molmer_sorensen(detuning_hz=10e3, heating_rate=60)
    p = Program("ms")
    a, b = p.qubits("trap", "a", "b")
    p.unitary(IDEAL, a, b).noise(gate.error, a, b).save("pair", a, b)
    fidelity = execute(p).state("pair").fidelity([1 / sqrt(2), 0, 0, -1j / sqrt(2)])
    assert abs(fidelity.value - gate.state_fidelity) < 1e-9


def test_too_few_phonon_levels_are_an_error():
    with pytest.raises(InvalidInputError, match="keep more levels"):
        ions.molmer_sorensen(detuning_hz=10e3, mean_phonons=2.0, levels=8, solver="expm")


# ---- pulses --------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [0, 1, -1])
def test_sideband_pulses_are_those_of_the_full_coupling(order):
    times = np.linspace(0, 40e-6, 41)
    problem = ions.sideband_problem(carrier_hz=50e3, lamb_dicke=0.3, duration=40e-6, order=order)
    found = make_solver("expm").solve(problem).expectations["excited"][0]
    n = max(0, -order)
    rate = ions.sideband_rabi_frequency(carrier_hz=50e3, lamb_dicke=0.3, n=n, order=order)
    assert np.allclose(found, np.sin(np.pi * rate * times) ** 2, atol=1e-10)
    if n == 0:
        flop = ions.sideband_flop(carrier_hz=50e3, lamb_dicke=0.3, times=times, order=order)
        assert np.allclose(flop, found, atol=1e-10)


def test_sidebands_tell_the_temperature():
    # Leibfried et al., Rev. Mod. Phys. 75, 281 (2003), eq. 107: red/blue = n/(1 + n) of a thermal state, all times.
    times = np.linspace(1e-6, 2e-4, 9)
    red, blue = (
        ions.sideband_flop(carrier_hz=50e3, lamb_dicke=0.1, times=times, mean_phonons=0.7, order=o)
        for o in (-1, 1)
    )
    assert np.allclose(red / blue, 0.7 / 1.7, atol=1e-9)
    assert ions.sideband_rabi_frequency(carrier_hz=1.0, lamb_dicke=0.1, n=0, order=-1) == 0


# ---- transport -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path, phonons", [("linear", 9532.33), ("sine", 56.2342)])
def test_transport_of_calcium(path, phonons):
    move = ions.transport(trap_hz=1e6, distance_m=100e-6, duration=10.25e-6, path=path)
    assert abs(move.mean_phonons / phonons - 1) < 1e-4


def test_transport_that_leaves_nothing():
    assert ions.transport(trap_hz=1e6, distance_m=100e-6, duration=10e-6, path="linear").mean_phonons < 1e-9
    assert (
        ions.transport(trap_hz=1e6, distance_m=100e-6, duration=1.3e-6, path="shortcut").mean_phonons < 1e-9
    )
    slow, fast = (
        ions.transport(trap_hz=1e6, distance_m=1e-4, duration=t).mean_phonons for t in (30.3e-6, 10.3e-6)
    )
    assert slow < 1e-2 * fast


@pytest.mark.parametrize("path", ["linear", "sine", "minimum-jerk", "shortcut"])
def test_transport_is_the_quantum_evolution(path):
    given = {"trap_hz": 1e6, "distance_m": 50e-9, "duration": 1.3e-6, "path": path}
    solution = make_solver("qutip").solve(ions.transport_problem(**given, levels=40))
    assert abs(solution.expectations["n"][0, -1] - ions.transport(**given).mean_phonons) < 1e-6


# ---- cooling, collection -------------------------------------------------------------------------


def test_sympathetic_cooling_of_a_memory_by_a_coolant():
    crystal = ions.ion_crystal(ions=["Sr88", "Ca43"], **ONE)
    cooling = ions.sympathetic_cooling(
        crystal=crystal, coolants=[0], single_ion_rate=1e4, minimum_phonons=0.05, heating_rate=100
    )
    assert np.isclose(cooling.rates.sum(), 1e4)  # the coolant's amplitudes add up to 1
    assert np.allclose(cooling.mean_phonons, 0.05 + 100 / cooling.rates)
    problem = cooling_problem(
        rate=cooling.rates[0], minimum_phonons=0.05, heating_rate=100, initial_phonons=0.8, duration=2e-4
    )
    found = make_solver("expm").solve(problem).expectations["n"][0, -1]
    assert abs(found - cooling.after(2e-4, [0.8, 0.8])[0]) < 1e-4


def test_a_mode_that_no_coolant_moves_in_is_named():
    crystal = ions.ion_crystal(ions=["Ca40"] * 3, **ONE)
    with pytest.raises(InvalidInputError, match="do not move in axial mode 1"):
        ions.sympathetic_cooling(crystal=crystal, coolants=[1], single_ion_rate=1e4, minimum_phonons=0)


def test_collection_by_integration_over_the_lens():
    angle = np.linspace(0, np.arcsin(0.6), 20001)
    patterns = {
        "isotropic": 1 / 2,
        "sigma": 3 / 8 * (1 + np.cos(angle) ** 2),
        "pi": 3 / 4 * np.sin(angle) ** 2,
    }
    for pattern, density in patterns.items():
        expected = np.trapezoid(density * np.sin(angle), angle)
        assert abs(ions.lens_collection(numerical_aperture=0.6, pattern=pattern) - expected) < 1e-8
    assert abs(ions.lens_collection(numerical_aperture=0.6, pattern="isotropic") - 0.1) < 1e-12
    whole = [2 * ions.lens_collection(numerical_aperture=1.0, pattern=p) for p in patterns]
    assert np.allclose(whole, 1)
    assert abs(ions.cavity_collection(g=1, kappa=1, gamma=0.5, outcoupling=0.5) - 0.222222) < 1e-6


# ---- remote ions ---------------------------------------------------------------------------------


def test_two_photons_of_remote_ions():
    pair = ions.remote_ions_two_photon(
        collection=0.1,
        fibre_coupling=0.5,
        detector=0.4,
        visibility=0.96,
        length_km=2,
        attenuation_db_per_km=3,
    )
    eta = 0.1 * 0.5 * 0.4 * 10**-0.3
    assert np.isclose(pair.probability, eta**2 / 2) and np.isclose(pair.fidelity, 0.98)
    assert pair.budget == pytest.approx({"visibility": 0.02})
    assert np.isclose(
        pair.rate, pair.probability / 1e-5
    )  # the light takes 10 us, longer than a cycle of 1 us
    assert pair.link().herald_delay == pair.link().attempt_time == 1e-5


def test_recoil_and_path_phase_of_one_photon():
    clean = ions.remote_ions_single_photon(bright=0.1, collection=0.5)
    assert abs(clean.fidelity - 0.923077) < 1e-6 and abs(clean.probability - 0.0975) < 1e-9
    hot = ions.remote_ions_single_photon(
        bright=0.1, collection=0.5, recoil_lamb_dicke=0.1, mean_phonons=5, phase_noise=0.2
    )
    coherence = np.exp(-(0.01 * 11) - 0.02)
    assert np.isclose(hot.fidelity, clean.fidelity * (1 + coherence) / 2)
    assert set(hot.budget) == {"protocol itself", "phase_noise"}


def test_memories_dephase_after_the_herald():
    pair = ions.remote_ions_two_photon(collection=0.1, wait=0.1, t2=1.0)
    assert np.isclose(pair.fidelity, (1 + np.exp(-0.2)) / 2) and "memory dephasing" in pair.budget


# ---- traps ---------------------------------------------------------------------------------------

CROSS = {("a", "x"): 1e-3, ("b", "x"): 1e-3, ("c", "x"): 2e-3, ("d", "x"): 1e-3}


def cross(**more):
    return ions.trap_network(segments=CROSS, junctions=["x"], junction_time=50e-6, **more)


def test_a_junction_takes_one_ion_at_a_time():
    moves = ions.route_ions(cross(), {"one": ("a", "c"), "two": ("b", "d")})
    assert [(m.ion, m.start, m.end) for m in moves] == [
        ("one", "a", "x"), ("one", "x", "c"), ("two", "b", "x"), ("two", "x", "d"),
    ]  # fmt: skip
    times = [(m.departure, m.arrival) for m in moves]
    assert np.allclose(times[:2], [(0, 150e-6), (150e-6, 400e-6)])
    # The second ion may enter the junction only after the first has left it.
    assert times[2][0] >= 150e-6 - 1e-12


def test_an_ion_in_the_way_blocks_its_zone():
    line = ions.trap_network(segments={("a", "b"): 1e-3, ("b", "c"): 1e-3})
    with pytest.raises(InvalidInputError, match="cannot get from 'a' to 'c'"):
        ions.route_ions(line, {"one": ("a", "c"), "two": ("b", "a")})
    with pytest.raises(InvalidInputError, match="2 ions are sent to 'c'"):
        ions.route_ions(line, {"one": ("a", "c"), "two": ("b", "c")})


def test_traps_are_a_network_that_programs_run_on():
    import qnetframe as qn

    run = qn.run("teleportation", topology=cross(t2=1e-2), params={})
    fidelity = run.estimates["average fidelity"].value
    assert 0.9 < fidelity < 1
    with pytest.raises(InvalidInputError, match="junction 'y'"):
        ions.trap_network(segments=CROSS, junctions=["y"])


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: ions.ion_crystal(ions=[], axial_hz=1e6), "ions is empty"),
        (lambda: ions.ion_crystal(ions=["Ca40"], axial_hz=-1), "axial_hz is -1"),
        (lambda: ions.ion_crystal(ions=[3], axial_hz=1), "species is 3"),
        (lambda: ions.molmer_sorensen(detuning_hz=1e4, heating_rate=-1), "heating_rate"),
        (lambda: ions.molmer_sorensen(detuning_hz=1e4, loops=0), "loops is 0"),
        (
            lambda: ions.transport(trap_hz=1e6, distance_m=1e-4, duration=1e-5, path="zigzag"),
            "path is 'zigzag'",
        ),
        (lambda: ions.lens_collection(numerical_aperture=1.2), "numerical_aperture is 1.2"),
        (lambda: ions.lens_collection(numerical_aperture=0.5, pattern="round"), "pattern is 'round'"),
        (lambda: ions.remote_ions_two_photon(collection=1.5), "collection is 1.5"),
        (
            lambda: ions.lamb_dicke_parameters(
                crystal=ions.ion_crystal(ions=["Ca40"], axial_hz=1e6), wavelength_m=7e-7, modes="radial"
            ),
            "no radial modes",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()


def test_an_unknown_species():
    with pytest.raises(UnknownNameError, match="did you mean 'Ca4"):
        ions.species("Ca4O")


def test_models_agree_between_engines():
    assert (
        cross_check(
            ions.molmer_sorensen_problem(detuning_hz=10e3, heating_rate=60, levels=14), ("expm", "qutip")
        ).worst
        < 1e-6
    )
    assert (
        process(
            ions.molmer_sorensen_problem(detuning_hz=10e3, levels=14),
            (0, 1),
            environment={2: thermal(14, 0.02)},
        ).num_qubits
        == 2
    )
