"""Purification against published numbers, on every exact backend, and sampled on others."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnetframe import InvalidInputError, explain, run
from qnetframe.builtin.protocols.purification import DEJMPS, PurifiedSwapping
from qnetframe.network import Link, LinkModel, Network, Node
from qnetframe.network.pairs import bell_diagonal_state

EXACT = ("reference", "aer", "cirq", "qutip")
# A normal estimate further than this from its mean is one in 2.6e7: ten figures are sampled below, so that
# a false alarm has a probability of about 4e-7 (below 1e-5 with the tails of binomials). Seeds are fixed.
SIGMAS = 5.5


def figures(protocol, backend="reference", shots=None, seed=0, nodes=2, fidelity=0.7, **params):
    settings = {"topology.nodes": nodes, "topology.fidelity": fidelity, **params}
    return run(protocol, backend=backend, topology="chain", params=settings, shots=shots, seed=seed).estimates


def bell_pair(phi_plus, phi_minus, psi_plus, psi_minus):
    state = bell_diagonal_state(phi_plus, phi_minus, psi_plus, psi_minus)
    return Network([Node("a"), Node("b")], [Link("a", "b", LinkModel(state=state))])


@pytest.mark.parametrize("backend", EXACT)
@pytest.mark.parametrize(
    ("fidelity", "after", "success"),
    [(0.7, 0.735294, 0.68), (0.8, 0.838150, 0.768889), (0.9, 0.926396, 0.875556)],
)
def test_bbpssw_of_werner_pairs(backend, fidelity, after, success):
    # Bennett et al., PRL 76, 722 (1996), eq. (7).
    got = figures("bbpssw", backend, fidelity=fidelity)
    assert got["fidelity"].value == pytest.approx(after, abs=1e-6)
    assert got["success probability"].value == pytest.approx(success, abs=1e-6)
    assert got["fidelity after round 0"].value == pytest.approx(fidelity, abs=1e-9)


@pytest.mark.parametrize("backend", EXACT)
def test_dejmps_round_by_round(backend):
    # Deutsch et al., PRL 77, 2818 (1996), eq. (6).
    got = figures("dejmps", backend, rounds=2)
    assert got["fidelity after round 1"].value == pytest.approx(0.735294, abs=1e-6)
    assert got["success of round 1"].value == pytest.approx(0.68, abs=1e-6)
    assert got["fidelity"].value == pytest.approx(0.845946, abs=1e-6)
    assert got["success probability"].value == pytest.approx(0.640138, abs=1e-6)
    assert got["acceptance"].value == pytest.approx(0.68**2 * 0.640138, abs=1e-6)


@pytest.mark.parametrize("backend", EXACT)
def test_bell_weights_after_one_round_of_dejmps(backend):
    got = figures("dejmps", backend)
    expected = {"Φ+": 0.735294, "Ψ-": 0.029412, "Ψ+": 0.029412, "Φ-": 0.205882}
    for name, weight in expected.items():
        assert got[f"weight of {name}"].value == pytest.approx(weight, abs=1e-6)


@pytest.mark.parametrize("backend", EXACT)
def test_bbpssw_with_twirling(backend):
    assert figures("bbpssw", backend, rounds=2)["fidelity"].value == pytest.approx(0.773171, abs=1e-6)


def test_deeper_nesting():
    got = figures("bbpssw", rounds=3)
    assert got["fidelity"].value == pytest.approx(0.811938, abs=1e-6)
    got = figures("dejmps", rounds=3)
    assert got["fidelity"].value == pytest.approx(0.934395, abs=1e-6)
    assert got["success probability"].value == pytest.approx(0.766253, abs=1e-6)


@pytest.mark.slow
def test_sixteen_pairs():
    got = figures("dejmps", rounds=4)
    assert got["fidelity"].value == pytest.approx(0.972004, abs=1e-6)
    assert got["success probability"].value == pytest.approx(0.898387, abs=1e-6)
    assert figures("bbpssw", rounds=4)["fidelity"].value == pytest.approx(0.849472, abs=1e-6)


@pytest.mark.parametrize("backend", EXACT)
def test_pumping_with_fresh_pairs(backend):
    # Briegel et al., PRL 81, 5932 (1998), and the references' values from Werner .7.
    got = figures("dejmps", backend, rounds=4, schedule="pumping")
    for number, value in enumerate((0.7, 0.735294, 0.785714, 0.798969, 0.808605)):
        assert got[f"fidelity after round {number}"].value == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_nesting_keeps_few_qubits_alive(rounds):
    # 2**rounds pairs, but a kept pair at each level and one more: 2 (rounds + 1) qubits.
    program = DEJMPS(rounds).program(("alice", "bob"), rounds)
    assert program.resources.pairs == 2**rounds
    assert explain(program).footprint.live_qubits == 2 * (rounds + 1)
    pumped = DEJMPS(rounds, "pumping").program(("alice", "bob"), rounds)
    assert explain(pumped).footprint.live_qubits == 4


@given(st.lists(st.floats(0.01, 1), min_size=4, max_size=4))
def test_dejmps_maps_any_bell_weights(raw):
    # Deutsch et al., eq. (6), with A, B, C, D the weights of Φ+, Ψ-, Ψ+, Φ-.
    a, b, c, d = (x / math.fsum(raw) for x in raw)
    got = run(DEJMPS(), topology=bell_pair(a, d, c, b)).estimates
    norm = (a + b) ** 2 + (c + d) ** 2
    assert got["success probability"].value == pytest.approx(norm, abs=1e-9)
    after = ((a * a + b * b) / norm, 2 * c * d / norm, (c * c + d * d) / norm, 2 * a * b / norm)
    for name, value in zip(("Φ+", "Ψ-", "Ψ+", "Φ-"), after, strict=True):
        assert got[f"weight of {name}"].value == pytest.approx(value, abs=1e-9)


@given(st.floats(0.3, 1))
def test_bbpssw_formula(fidelity):
    rest = (1 - fidelity) / 3
    got = figures("bbpssw", fidelity=fidelity)
    norm = fidelity**2 + 2 * fidelity * rest + 5 * rest**2
    assert got["success probability"].value == pytest.approx(norm, abs=1e-9)
    assert got["fidelity"].value == pytest.approx((fidelity**2 + rest**2) / norm, abs=1e-9)


def test_twirling_makes_werner_pairs():
    from qnetframe import Program, execute
    from qnetframe.builtin.protocols.parties import bell_weights, expect_pair
    from qnetframe.builtin.protocols.purification import twirl

    p = Program()
    a, b = p.qubit("a", "q"), p.qubit("b", "q")
    p.entangle(a, b)
    twirl(p, a, b)
    p.output()
    expect_pair(p, a, b)
    weights = bell_weights(execute(p, network=bell_pair(0.6, 0.25, 0.1, 0.05)))
    assert weights["Φ+"].value == pytest.approx(0.6, abs=1e-12)
    for name in ("Φ-", "Ψ+", "Ψ-"):
        assert weights[name].value == pytest.approx(0.4 / 3, abs=1e-12)


@pytest.mark.parametrize("method", ["bbpssw", "dejmps"])
@pytest.mark.parametrize(("nodes", "rounds"), [(3, 1), (5, 1), (4, 2)])
def test_swapping_of_purified_links(method, nodes, rounds):
    # The correlations of Bell-diagonal pairs multiply when they are swapped.
    link = figures(method, fidelity=0.9, rounds=rounds)
    a, b, c, d = (link[f"weight of {n}"].value for n in ("Φ+", "Φ-", "Ψ+", "Ψ-"))
    xx, yy, zz = a - b + c - d, a - b - c + d, a + b - c - d
    hops = nodes - 1
    got = figures("purified-swapping", fidelity=0.9, nodes=nodes, method=method, rounds=rounds)
    expected = (1 + xx**hops + yy**hops + zz**hops) / 4
    assert got["fidelity"].value == pytest.approx(expected, abs=1e-9)
    assert got["acceptance"].value == pytest.approx(link["acceptance"].value ** hops, abs=1e-9)
    werner = 0.25 + 0.75 * ((4 * 0.9 - 1) / 3) ** hops
    assert got["fidelity unpurified"].value == pytest.approx(werner, abs=1e-9)


def test_a_long_purified_chain_stays_narrow():
    program = PurifiedSwapping(rounds=1).program(tuple(f"node{i}" for i in range(20)), 1)
    assert explain(program).footprint.live_qubits <= 6


@pytest.mark.parametrize("backend", ["stim", "aer"])
@pytest.mark.parametrize(("protocol", "fidelity", "success"), [
    ("bbpssw", 0.735294, 0.68), ("dejmps", 0.735294, 0.68),
])  # fmt: skip
def test_sampled_rounds_lie_within_their_error_bars(backend, protocol, fidelity, success):
    got = figures(protocol, backend, shots=20_000, seed=5)
    for name, value in (("fidelity", fidelity), ("success probability", success)):
        assert got[name].standard_error > 0
        assert abs(got[name].value - value) < SIGMAS * got[name].standard_error


def test_sampled_nested_rounds_on_stim():
    got = figures("dejmps", "stim", shots=20_000, seed=6, rounds=2)
    for name, value in (("fidelity", 0.845946), ("success probability", 0.640138)):
        assert abs(got[name].value - value) < SIGMAS * got[name].standard_error


@pytest.mark.parametrize(
    ("protocol", "params", "message"),
    [
        ("dejmps", {"rounds": 5}, r"rounds is 5; it must be in \[0, 4\]"),
        ("bbpssw", {"rounds": -1}, r"rounds is -1"),
        ("dejmps", {"schedule": "sideways"}, "schedule.*sideways.*nested"),
        ("purified-swapping", {"method": "magic"}, "method.*magic.*bbpssw"),
        ("purified-swapping", {"nodes": 1}, "nodes is 1; it must be at least 2"),
    ],
)
def test_bad_input(protocol, params, message):
    with pytest.raises(InvalidInputError, match=message):
        run(protocol, params=params)
