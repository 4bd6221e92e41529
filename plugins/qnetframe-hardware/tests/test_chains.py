"""State transfer against published numbers, and the one-excitation block against the whole space."""

import networkx as nx
import numpy as np
import pytest

from qnetframe.errors import InvalidInputError
from qnetframe_hardware import chains
from qnetframe_hardware.dynamics import Problem, make_solver, process
from qnetframe_hardware.dynamics.operators import basis


def block(couplings, **more):
    return chains.single_excitation_hamiltonian(couplings=couplings, **more)


@pytest.mark.parametrize("sites", [2, 3, 7, 50])
def test_perfect_transfer(sites):
    # Christandl et al. 2004: |f| = 1 at t = pi/rate with the phase (-i)^(N - 1).
    h = block(chains.perfect_couplings(sites=sites, rate=2.0))
    f = chains.transfer_amplitude(hamiltonian=h, times=np.pi / 2.0)[0]
    assert abs(f - (-1j) ** (sites - 1)) < 1e-10


@pytest.mark.parametrize(
    "sites, fidelity", [(2, 1), (3, 0.9137), (4, 1), (5, 0.9678), (6, 0.8437), (7, 0.9831), (8, 0.9945)]
)
def test_best_fidelity_of_bose_2003(sites, fidelity):
    # S. Bose, Phys. Rev. Lett. 91, 207901 (2003), figure 1: Heisenberg chain, E_m = 2J(1 - cos(pi (m-1)/N)), Jt <= 4000.
    couplings = -chains.uniform_couplings(sites=sites)
    energies = np.linalg.eigvalsh(block(couplings, anisotropy=1.0))
    assert np.allclose(energies, 2 * (1 - np.cos(np.pi * np.arange(sites) / sites)))
    assert (
        abs(chains.best_transfer(couplings=couplings, anisotropy=1.0, window=(0, 4000)).fidelity - fidelity)
        < 1e-3
    )


@pytest.mark.parametrize("sites, modulus, time", [(4, 0.9863, 2.810), (6, 0.9548, 3.942)])
def test_first_arrival_on_an_xy_chain(sites, modulus, time):
    best = chains.best_transfer(couplings=chains.uniform_couplings(sites=sites), window=(0, 5))
    assert abs(abs(best.amplitude) - modulus) < 1e-4 and abs(best.time - time) < 1e-3


@pytest.mark.parametrize("anisotropy", [0.0, 0.7])
def test_the_block_is_the_whole_space(anisotropy):
    couplings = {(0, 1): 0.4, (1, 2): 0.7, (2, 3): 0.3, (0, 3): 0.2, (1, 4): 0.5}
    given = {"couplings": couplings, "duration": 2.0, "anisotropy": anisotropy, "samples": 5}
    small, whole = (
        make_solver("expm").solve(chains.chain_problem(**given, full=f)).expectations for f in (False, True)
    )
    assert all(np.allclose(small[k], whole[k], atol=1e-10) for k in small)


def test_the_block_is_the_whole_space_with_noise():
    given = {
        "couplings": [0.4, 0.7, 0.3],
        "duration": 2.0,
        "dephasing_rate": 0.1,
        "decay_rate": 0.05,
        "samples": 3,
    }
    fast = make_solver("expm").solve(chains.chain_problem(**given)).expectations
    slow = make_solver("qutip").solve(chains.chain_problem(**given, full=True)).expectations
    assert all(np.allclose(fast[k], slow[k], atol=1e-8) for k in fast)


def test_a_qubit_through_the_chain_is_damped():
    # Bose 2003: the chain is amplitude damping by 1 - |f|^2 up to a phase; by the whole space and a process.
    couplings = chains.uniform_couplings(sites=4)
    arrival = chains.best_transfer(couplings=couplings, window=(0, 4))
    h = chains.full_hamiltonian(couplings=couplings)
    problem = Problem((2,) * 4, [h], basis((2,) * 4, 0, 0, 0, 0), (0, arrival.time))
    channel = process(problem, (0,), output=(3,))
    phase = np.diag([1, np.conj(arrival.amplitude) / abs(arrival.amplitude)])
    corrected = process(problem, (0,), output=(3,), after=phase)
    assert corrected.is_close(arrival.channel(), 1e-9)
    d = 2
    average = (d * corrected.entanglement_fidelity() + 1) / (d + 1)
    assert abs(average - arrival.fidelity) < 1e-9 and channel.num_qubits == 1


def test_optimised_ends_beat_a_uniform_chain():
    # Banchi et al. 2010: two optimal couplings at each end keep |f| above 0.9 for long chains.
    sites, time = 20, 24.5
    best = chains.optimised_couplings(sites=sites, duration=time)
    f = abs(chains.transfer_amplitude(hamiltonian=block(best), times=time)[0])
    uniform = abs(
        chains.best_transfer(couplings=chains.uniform_couplings(sites=sites), window=(0, 40)).amplitude
    )
    assert f > 0.94 > uniform + 0.1 and np.allclose(best, best[::-1]) and best.max() <= 0.5


def test_disorder_with_its_error_bar():
    couplings = chains.perfect_couplings(sites=10)
    assert (
        chains.disordered_transfer(couplings=couplings, time=np.pi, disorder=0.0, samples=3).value > 1 - 1e-9
    )
    few = chains.disordered_transfer(couplings=couplings, time=np.pi, disorder=0.05, samples=100, seed=1)
    many = chains.disordered_transfer(couplings=couplings, time=np.pi, disorder=0.05, samples=1600, seed=2)
    assert few.value < 1 and 2.5 < few.standard_error / many.standard_error < 6
    # 5.5 standard errors at fixed seeds: false alarm below 1e-7.
    assert abs(few.value - many.value) < 5.5 * np.hypot(few.standard_error, many.standard_error)


def test_dephasing_helps_where_symmetry_traps():
    # Plenio and Huelga 2008: in a fully connected graph half the excitation of the pair is dark; dephasing frees it.
    triangle = {(0, 1): 1.0, (1, 2): 1.0, (0, 2): 1.0}
    coherent = chains.transport_efficiency(couplings=triangle, sink_rate=1.0)
    noisy = chains.transport_efficiency(couplings=triangle, sink_rate=1.0, dephasing_rate=0.1)
    assert abs(coherent - 0.5) < 1e-9 and abs(noisy - 1) < 1e-9
    assert chains.transport_efficiency(couplings=triangle, sink_rate=1.0, loss_rate=1.0) < coherent


def test_transport_efficiency_by_integration_in_time():
    given = {"couplings": [0.5, 0.5], "dephasing_rate": 0.2}
    efficiency = chains.transport_efficiency(**given, sink_rate=0.8, loss_rate=0.1)
    from qnetframe_hardware.dynamics import Collapse

    problem = chains.chain_problem(**given, duration=120.0, decay_rate=0.1, samples=4001)
    sink = Collapse([[0, 0, 0, 1]] + [[0] * 4] * 3, 0.8)
    solution = make_solver("expm").solve(
        Problem(
            problem.dims,
            problem.hamiltonian,
            problem.initial,
            problem.times,
            [*problem.collapse, sink],
            problem.observables,
        )
    )
    assert abs(0.8 * np.trapezoid(solution.expectations["site 2"][0], solution.times) - efficiency) < 1e-4


def test_routing_to_a_chosen_receiver():
    grid = nx.grid_2d_graph(4, 4)
    for receiver in ((3, 2), (0, 1), (2, 2)):
        clean = chains.route_excitation(graph=grid, sender=(0, 0), receiver=receiver)
        assert clean.fidelity > 1 - 1e-9 and clean.path[0] == (0, 0) and clean.path[-1] == receiver
    leaky = chains.route_excitation(graph=grid, sender=(0, 0), receiver=(3, 2), residual=0.05)
    assert 0.9 < leaky.fidelity < 1 - 1e-4


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: chains.perfect_couplings(sites=1), "sites is 1"),
        (lambda: block([]), "must be a sequence"),
        (lambda: block({(0, 0): 1.0}), "coupled to itself"),
        (lambda: block([1.0, np.inf]), "coupling of 1 and 2"),
        (lambda: block([1.0], fields=[1.0]), r"fields have shape \(1,\); there are 2 sites"),
        (lambda: chains.transfer_amplitude(hamiltonian=[[0, 1], [2, 0]], times=1), "real and symmetric"),
        (lambda: chains.transfer_amplitude(hamiltonian=[[0, 1], [1.1, 0]], times=1), "real and symmetric"),
        (lambda: chains.transfer_amplitude(hamiltonian=[[np.nan, 1], [1, 0]], times=1), "real and symmetric"),
        (lambda: chains.transfer_amplitude(hamiltonian=[[0, 1, 0]], times=1), r"shape \(1, 3\)"),
        (lambda: chains.transfer_amplitude(hamiltonian=np.zeros((0, 0)), times=1), r"shape \(0, 0\)"),
        (lambda: chains.best_transfer(couplings=[1.0], window=(2, 1)), "window is"),
        (lambda: chains.transport_efficiency(couplings=[1.0], sink_rate=0), "sink_rate"),
        (
            lambda: chains.chain_problem(couplings=[1.0], duration=1, dephasing_rate=-1),
            "rate of collapse operator dephasing",
        ),
        (
            lambda: chains.route_excitation(graph=nx.path_graph(3), sender=0, receiver=7),
            "no path from 0 to 7",
        ),
        (lambda: chains.route_excitation(graph=nx.path_graph(3), sender=0, receiver=0), "are both 0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
