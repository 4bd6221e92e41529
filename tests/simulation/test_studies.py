"""Heralding schemes, hardware profiles, topologies, placement, network coding, optimisers."""

import math

import numpy as np
import pytest

import qnetframe as qn
from qnetframe.builtin.topologies import chain, complete, real_map, ring, star
from qnetframe.errors import InvalidInputError
from qnetframe.network import GateProfile, Hardware, Link, LinkModel, Network, Node, QubitProfile
from qnetframe.paulis import pauli_matrix
from qnetframe.simulation import repeater_chain
from qnetframe.simulation.heralding import (
    Detector,
    Fibre,
    Source,
    direct_transmission,
    midpoint_source,
    multiplexed,
    single_click,
    two_photon,
)
from qnetframe.simulation.optimise import (
    ChainHardware,
    bdcz_scaling,
    best_chain,
    best_cutoff,
    best_spacing,
    crossover,
    direct_key_rate,
    plan_chain,
)
from qnetframe.simulation.profiles import profile_of
from qnetframe.simulation.studies import (
    butterfly,
    choose_links,
    place_repeaters,
    resilience,
    robustness,
    study_topology,
)

HERE = Fibre(1e-12)
SURFNET = real_map("topozoo/Surfnet")


def test_single_click():
    # Cabrillo et al. 1999; Humphreys et al. 2018: p = 2αη(1-αη/2), F = (1-α)/(1-αη/2); α=.1, η=.5.
    model = single_click(HERE, 0.1, Source(0.5))
    assert model.success_probability == pytest.approx(0.0975)
    assert model.fidelity == pytest.approx(0.923077, abs=1e-6)
    # The fibre's half way and the detector are part of η.
    far = single_click(Fibre(20.0), 0.1, Source(0.8), Detector(0.7))
    eta = 0.8 * 0.7 * 10**-0.2
    assert far.success_probability == pytest.approx(2 * 0.1 * eta * (1 - 0.1 * eta / 2))
    assert far.attempt_time == far.herald_delay == far.delay == pytest.approx(1e-4)


def test_two_photon():
    # Barrett and Kok 2005: P = η²/2, F = (1+V)/2.
    model = two_photon(HERE, Source(0.5, visibility=0.9))
    assert model.success_probability == pytest.approx(0.125) and model.fidelity == pytest.approx(0.95)


def test_dark_counts_alone_herald_noise():
    # No photon arrives: either scheme heralds what the memories emitted, Φ+ with ¼ (two-photon: the mixed state).
    dark = Detector(1e-9, 1e6, 1e-7)
    assert dark.dark == pytest.approx(1 - math.exp(-0.1))
    noise = two_photon(HERE, Source(1.0), dark)
    assert np.allclose(noise.state, np.eye(4) / 4, atol=1e-8)
    d = dark.dark
    assert noise.success_probability == pytest.approx((2 * d * (1 - d)) ** 2, rel=1e-6)
    one = single_click(HERE, 0.3, Source(1.0), dark)
    # |01>, |10> with α(1-α) each, half of it on Φ+ after the flip.
    assert one.fidelity == pytest.approx(0.3 * 0.7, rel=1e-6)


def test_dark_counts_by_random_clicks():
    # The model of each round drawn click by click: 4·10^5 trials; 5 standard errors.
    eta, d, count = 0.3, 0.05, 400_000
    model = two_photon(HERE, Source(eta), Detector(1.0, -math.log(1 - d), 1.0))
    rng = np.random.default_rng(5)
    bright = rng.random((count, 2)) < 0.5
    alone = bright[:, 0] != bright[:, 1]
    good = np.ones(count, bool)
    true = np.ones(count, bool)
    for emits in (bright, ~bright):
        photons = (emits & (rng.random((count, 2)) < eta)).sum(axis=1)
        port = rng.integers(0, 2, count)  # two photons leave by one port
        clicks = rng.random((count, 2)) < d
        clicks[np.arange(count), port] |= photons > 0
        good &= clicks.sum(axis=1) == 1
        true &= photons == 1
    p = good.mean()
    assert abs(p - model.success_probability) < 5 * (p / count) ** 0.5
    shares = good & alone & true
    fidelity = (
        shares.sum() + 0.5 * (good & alone & ~true).sum() + 0.5 * (good & ~alone).sum() * 0
    ) / good.sum()
    assert abs(fidelity - model.fidelity) < 5 * 0.5 / good.sum() ** 0.5


def test_sources_and_direct_transmission():
    fibre = Fibre(50.0)
    middle = midpoint_source(fibre, Source(0.6), 0.5, 0.97)
    assert middle.success_probability == pytest.approx(0.6 * 0.1 * 0.25)
    assert middle.attempt_time == pytest.approx(1.5 * 250e-6) and middle.fidelity == pytest.approx(0.97)
    direct = direct_transmission(fibre, Source(0.6, frequency=1e3), 0.5)
    assert direct.success_probability == pytest.approx(0.6 * 0.1 * 0.5)
    assert direct.attempt_time == pytest.approx(1e-3)
    many = multiplexed(direct, 10)
    assert many.success_probability == pytest.approx(1 - (1 - 0.03) ** 10)
    assert multiplexed(LinkModel(attempt_time=1.0), 3).success_probability == 1.0
    with pytest.raises(InvalidInputError, match="never heralded"):
        two_photon(fibre, Source(0.0))


def test_profile_of_hardware():
    device = Hardware(
        "d", qubits=(QubitProfile(t1=1.0, t2=3.0 - 1.0, readout=(0.01, 0.03), measure_duration=2e-6),) * 2,
        gates={("cx", (0, 1)): GateProfile(0.015, 1e-6)},
    )  # fmt: skip
    profile = profile_of(device)
    assert profile.swap.gate == pytest.approx(1 - 0.02) and profile.swap.readout == pytest.approx(0.98)
    assert profile.swap_time == pytest.approx(3e-6)
    assert profile.decay.rates == (0.5, 0.5, 1.0) and profile.decay.to_ground
    ideal = profile_of(Hardware())
    assert ideal.swap.factors == (1, 1, 1) and ideal.decay.rates == (0, 0, 0) and ideal.swap_time == 0
    kinds = Hardware(gates={("cx", ()): GateProfile(0.03, 1e-6), ("h", ()): GateProfile(0.001, 1e-7)})
    assert profile_of(kinds).swap.gate == pytest.approx(0.96)


def test_repeater_placement_of_surfnet():
    # Rabbie et al., npj Quantum Information 8, 5 (2022): ends Delft, Enschede, Groningen, Maastricht, N_max=6, K=1,
    # L_max=100 km, D=6: three repeaters.
    found = place_repeaters(SURFNET, ["Delft", "Enschede", "Groningen", "Maastricht"], 100.0, 6, 6, 1)
    assert found.repeaters == ("Venlo", "Wageningen", "Zwolle")
    assert len(found.paths) == 6
    for (a, b), (path,) in found.paths.items():
        assert path[0] == a and path[-1] == b and set(path[1:-1]) <= set(found.repeaters)
    with pytest.raises(InvalidInputError, match="no placement joins"):
        place_repeaters(SURFNET, ["Delft", "Groningen"], 30.0, 1)
    with pytest.raises(InvalidInputError, match="at least two"):
        place_repeaters(SURFNET, ["Delft"], 100.0)


def test_placement_with_disjoint_paths_and_small_repeaters():
    square = ring(6, 40.0)
    ends = ["node0", "node3"]
    one = place_repeaters(square, ends, 80.0)
    assert len(one.repeaters) == 1
    two = place_repeaters(square, ends, 80.0, disjoint_paths=2)
    assert len(two.repeaters) == 2 and len(two.paths["node0", "node3"]) == 2
    hub = star(5, 40.0)
    leaves = [f"node{i}" for i in range(4)]
    assert place_repeaters(hub, leaves, 40.0).repeaters == ("hub",)
    with pytest.raises(InvalidInputError, match="no placement"):
        place_repeaters(hub, leaves, 40.0, capacity=5)


def test_figures_of_topologies():
    line = study_topology(chain(4, 10.0))
    # Distances 1,2,3,1,2,1 over six pairs.
    assert line.hops == pytest.approx(10 / 6) and line.length_km == pytest.approx(100 / 6)
    assert line.diameter == 3 and line.clustering == 0
    rate = 0.5 * 10**-0.2 / 5e-5
    assert line.bottleneck_rate == pytest.approx(rate)
    full = study_topology(complete(6, 10.0))
    # The rest stays whole: Σ_q (n-q)/n / n = (n-1)/(2n).
    assert full.clustering == 1 and full.random_failure == full.targeted_failure == pytest.approx(5 / 12)
    hub = study_topology(star(6, 10.0))
    assert hub.targeted_failure == pytest.approx((1 / 6) * 5 / 6)
    assert resilience(star(5, 10.0), ["hub", "node0", "node1", "node2", "node3"]) == pytest.approx(
        (1, 0.2, 0.2, 0.2, 0.2, 0)
    )
    assert robustness(SURFNET, "targeted") < robustness(SURFNET, SURFNET.names)
    with pytest.raises(InvalidInputError, match="connected"):
        study_topology(Network((Node("a"), Node("b"))))


def test_links_under_a_budget():
    from qnetframe.builtin.links import fiber_link

    places = {"a": (0, 0), "b": (10, 0), "c": (10, 10), "d": (0, 10)}
    links = tuple(
        Link(u, v, fiber_link(math.dist(places[u], places[v])), length_km=math.dist(places[u], places[v]))
        for i, u in enumerate(places) for v in list(places)[i + 1:]
    )  # fmt: skip
    square = Network(tuple(Node(n) for n in places), links)
    assert len(choose_links(square, 31.0).links) == 3
    assert {link.length_km for link in choose_links(square, 41.0).links} == {10.0}
    assert len(choose_links(square, 100.0).links) == 6
    with pytest.raises(InvalidInputError, match="alone needs 30 km"):
        choose_links(square, 20.0)


def test_butterfly_makes_crossing_pairs():
    # Satoh, Le Gall and Imai, PRA 86, 032331 (2012): of ideal pairs on the links the crossing pairs are ideal. In
    # every shot the stabilizers XX and ZZ are +1, so that sampling has no error.
    result = qn.execute(butterfly(), backend="stim", shots=500, seed=1)
    for label in ("s1-t2", "s2-t1"):
        correlation = result.state(label)
        for pauli, value in (("XX", 1), ("YY", -1), ("ZZ", 1)):
            assert correlation.expectation(pauli_matrix(pauli)).value == pytest.approx(value)
    assert butterfly().resources.pairs == 7


HARDWARE = ChainHardware(efficiency=0.9, w0=0.98, coherence=0.05, swap_werner=0.99)


def test_a_plan_is_a_chain_in_seconds():
    plan = plan_chain((25.0, 25.0), HARDWARE, 20)
    tick = 25.0 / 2e5
    p = 0.5 * (0.9 * 10**-0.25) ** 2
    chain = repeater_chain(2, p, 1.0, 20, t_coherence=0.05 / tick, w0=0.98, swap_werner=0.99)
    assert plan.rate == pytest.approx(1 / (chain.mean_attempts.value * tick))
    assert plan.value == plan.secret_key_rate == pytest.approx(chain.secret_key_rate / tick)
    assert plan.links == 2
    assert plan_chain((25.0, 25.0), HARDWARE, objective="rate", fidelity=0.999).value == 0
    with pytest.raises(InvalidInputError, match="objective"):
        plan_chain((1.0,), HARDWARE, objective="other")


def test_best_cutoff_is_the_best_of_all():
    def plan(cutoff):
        return plan_chain((30.0, 30.0), HARDWARE, cutoff)

    every = max((plan(c) for c in (*range(151), None)), key=lambda p: p.value)
    found = best_cutoff(plan, 150)
    assert found.value == pytest.approx(every.value, rel=1e-9) and found.cutoff == every.cutoff


def test_best_chain_and_spacing():
    seen = []
    found = best_chain(120.0, HARDWARE, links=(1, 2, 4), progress=seen.append)
    singles = [best_chain(120.0, HARDWARE, links=(n,)).value for n in (1, 2, 4)]
    assert found.value == max(singles) and len(seen) == 3
    equal = plan_chain((40.0,) * 3, HARDWARE)
    spaced = best_spacing(120.0, 3, HARDWARE)
    assert spaced.value >= equal.value and sum(spaced.lengths_km) == pytest.approx(120)
    assert spaced.lengths_km[0] == pytest.approx(spaced.lengths_km[2])
    assert best_spacing(50.0, 2, HARDWARE).lengths_km == (25.0, 25.0)
    with pytest.raises(InvalidInputError, match="must not be empty"):
        best_chain(10.0, HARDWARE, links=())


def test_crossover_of_repeaters_and_fibre():
    # Pirandola et al. 2017: -log2(1-η), η = 10^-1 at 50 km: .152003 a pulse.
    assert direct_key_rate(50.0, HARDWARE, 1.0) == pytest.approx(0.152003, abs=1e-6)
    good = ChainHardware()
    distance = crossover(good, 2, low_km=100.0, high_km=600.0)
    for offset, better in ((-1, False), (1, True)):
        at = distance + offset
        plan = plan_chain((at / 2, at / 2), good)
        assert (plan.value > direct_key_rate(at, good, 1e6)) is better
    assert crossover(good, 2, pulses_per_s=1.0) == 10.0
    assert crossover(ChainHardware(w0=0.5), 2) == math.inf


def test_scaling_is_polynomial_not_exponential():
    curves = bdcz_scaling((1, 2, 4, 8), p=0.01)
    assert curves["nested"] == pytest.approx([100, 149.74874, 207.78992, 270.92451], rel=1e-6)
    assert curves["all at once"] == pytest.approx([1e2, 1e4, 1e8, 1e16])
