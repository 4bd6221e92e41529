"""The gallery's figures: ideal values and closed forms under depolarizing noise, exact and sampled."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe import Estimate, InvalidInputError, Program, execute, run
from qnetframe_gallery.figures import chance, information
from qnetframe_gallery.graph_state import edges_of

P = 0.05
# A normal estimate further than this from its mean is one in 2.6e7: about 35 figures are sampled below, so that
# a false alarm has a probability of about 1.3e-6 (below 1e-5 with the tails of binomials). Seeds are fixed.
SIGMAS = 5.5


def values(protocol, **params):
    return {name: e.value for name, e in run(protocol, params=params).estimates.items()}


def over_werner_pairs(protocol, fidelity, nodes, **params):
    settings = {"topology.nodes": nodes, "topology.fidelity": fidelity, **params}
    return {n: e.value for n, e in run(protocol, topology="chain", params=settings).estimates.items()}


# ---- closed forms: p is the probability of any Pauli error, r = 1 - 4p/3 what is left of a Bloch vector -------


def w_state(p, n):
    """Strings of Z keep <W|P|W> = 1 - 2k/n; XX and YY on two qubits give 2/n; all else vanishes."""
    keep, z = 1 - p, p / 3
    zs = sum(math.comb(n, k) * z**k * keep ** (n - k) * (1 - 2 * k / n) ** 2 for k in range(n + 1))
    return {"fidelity": zs + 4 * (n - 1) / n * z**2 * (keep + z) ** (n - 2)}


def graph_state(p, n, edges, w=1.0):
    """The mean over stabilizers of r**weight, and of w for each edge's pair that the stabilizer touches."""
    r, total = 1 - 4 * p / 3, 0.0
    for chosen in product((0, 1), repeat=n):
        near = np.zeros(n, dtype=int)
        for a, b in edges:
            near[a] ^= chosen[b]
            near[b] ^= chosen[a]
        touched = sum(chosen[a] or chosen[b] for a, b in edges)
        total += r ** sum(x or bool(y) for x, y in zip(chosen, near, strict=True)) * w**touched
    return {"fidelity": total / 2**n}


def dense_coding(p):
    rest = 0.0 if p == 0 else p * math.log2(p / 3)
    return {"mutual information": 2 + rest + (1 - p) * math.log2(1 - p), "success probability": 1 - p}


def secret(p):
    wrong = (1 - (1 - 4 * p / 3) ** 3) / 2
    return {"error rate": wrong, "error rate in xyy": wrong, "P(one share guesses)": 0.5}


def anonymous(p, n=4):
    r = 1 - 4 * p / 3
    pair = (1 + r**2 + 2 * r**n) / 4
    return {"entanglement fidelity": pair, "average fidelity": (2 * pair + 1) / 3, "P(alice announces 1)": 0.5,
            "P(bob announces 1)": 0.5}  # fmt: skip


def coin(p, a=0.9):
    r = 1 - 4 * p / 3
    return {"P(coin = 1)": 0.5, "P(abort)": p / 3, "P(receiver's cheat wins)": 0.5 + (a - 0.5) * r,
            "P(sender's cheat wins)": 0.75 + r * math.sqrt(a * (1 - a)) / 2}  # fmt: skip


def leader(p, n):
    flip = 2 * p / 3
    return {"P(one leader)": (1 - flip) ** n + (n - 1) * flip**2 * (1 - flip) ** (n - 2),
            "P(no leader)": flip * (1 - flip) ** (n - 1), "P(alice leads)": (1 + (n - 2) * flip) / n}  # fmt: skip


def agreement(p):
    flip, r = 2 * p / 3, 1 - 4 * p / 3
    right = (1 - flip) ** 4 + 4 * flip**2 * (1 - flip) ** 2 + flip**4
    return {"P(list consistent)": right, "P(sender has equal bits)": 0.5 + r**2 / 6, "P(lie passes)": 0.5}


def blind(p):
    return {"fidelity": 1 - 2 * p / 3, "server sees <X>": 0, "server sees <Y>": 0}


def sensing(p, n):
    r = 1 - 4 * p / 3
    return {"Fisher information, GHZ": n**2 * r ** (2 * n), "Fisher information, separable": n * r**2,
            "1/uncertainty, GHZ": n * r**n, "1/uncertainty, separable": math.sqrt(n) * r}  # fmt: skip


CASES = {
    "w-state": ({}, lambda p: w_state(p, 3)),
    "graph-state": ({}, lambda p: graph_state(p, 4, edges_of("line", 4))),
    "superdense-capacity": ({}, dense_coding),
    "secret-sharing": ({}, secret),
    "anonymous-transmission": ({}, anonymous),
    "coin-flipping": ({}, coin),
    "leader-election": ({}, lambda p: leader(p, 3)),
    "byzantine-agreement": ({}, agreement),
    "blind-rotation": ({}, blind),
    "phase-sensing": ({}, lambda p: sensing(p, 3)),
}
CLIFFORD = ("graph-state", "superdense-capacity", "secret-sharing", "anonymous-transmission")


@pytest.mark.parametrize("protocol", CASES)
@pytest.mark.parametrize("p", [0.0, P, 0.3])
def test_exact_values(protocol, p):
    params, formula = CASES[protocol]
    got = values(protocol, depolarizing=p, **params)
    for name, value in formula(p).items():
        assert got[name] == pytest.approx(value, abs=1e-9), name


@pytest.mark.parametrize("protocol", CASES)
def test_sampled_values(protocol):
    backend = "stim" if protocol in CLIFFORD else "aer"
    params, formula = CASES[protocol]
    got = run(protocol, backend=backend, params={"depolarizing": P, **params}, shots=5000, seed=8).estimates
    for name, value in formula(P).items():
        assert 0 < got[name].standard_error < 0.3, name
        assert abs(got[name].value - value) < SIGMAS * got[name].standard_error, name


# ---- published numbers, and more of what each does --------------------------------------------------------------


def test_graph_state_of_a_line_of_four():
    assert values("graph-state", depolarizing=P)["fidelity"] == pytest.approx(0.815043, abs=1e-6)


def test_a_star_graph_is_a_ghz_state():
    got = values("graph-state", graph="star", parties=4, depolarizing=P)
    assert got["fidelity"] == pytest.approx(0.816011, abs=1e-6)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.sampled_from(["line", "ring", "star", "complete"]), st.integers(2, 5), st.floats(0, 0.75))
def test_graph_states(graph, parties, p):
    got = values("graph-state", graph=graph, parties=parties, depolarizing=p)
    assert got == pytest.approx(graph_state(p, parties, edges_of(graph, parties)), abs=1e-9)


@pytest.mark.parametrize("nodes", [2, 3, 4])
def test_graph_states_over_werner_pairs(nodes):
    w = (4 * 0.9 - 1) / 3
    got = over_werner_pairs("graph-state", 0.9, nodes, parties=nodes, depolarizing=P)
    assert got == pytest.approx(graph_state(P, nodes, edges_of("line", nodes), w), abs=1e-9)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(2, 5), st.floats(0, 0.75))
def test_w_states_and_leaders(n, p):
    assert values("w-state", parties=n, depolarizing=p) == pytest.approx(w_state(p, n), abs=1e-9)
    got = values("leader-election", parties=n, depolarizing=p)
    assert {k: got[k] for k in leader(p, n)} == pytest.approx(leader(p, n), abs=1e-9)


def test_teleporting_over_werner_pairs_depolarizes():
    # Teleportation by a Werner pair of fidelity F is depolarizing with p = 1 - F.
    pair = over_werner_pairs("w-state", 0.9, 2, parties=2)["fidelity"]
    assert pair == pytest.approx(0.9, abs=1e-9)
    assert over_werner_pairs("blind-rotation", 0.9, 2)["fidelity"] == pytest.approx(
        (2 * 0.9 + 1) / 3, abs=1e-9
    )


@pytest.mark.parametrize("backend", ["reference", "aer", "cirq", "qutip"])
def test_capacity_of_a_noisy_link(backend):
    # 2 - S of the Bell weights after the Werner pair and the way: Hiroshima (2001).
    fidelity = 0.9 * (1 - P) + 0.1 * P / 3
    got = run(
        "superdense-capacity", backend=backend, topology="chain",
        params={"topology.fidelity": 0.9, "depolarizing": P},
    ).estimates  # fmt: skip
    assert got["mutual information"].value == pytest.approx(
        dense_coding(1 - fidelity)["mutual information"], abs=1e-9
    )


def test_capacity_falls_below_one_bit_with_noise():
    # A qubit alone carries one bit; entanglement helps while 2 - S > 1, up to the hashing bound p = .1892896.
    assert values("superdense-capacity", depolarizing=0.1892)["mutual information"] > 1
    assert values("superdense-capacity", depolarizing=0.1894)["mutual information"] < 1


@pytest.mark.parametrize(("sender", "receiver", "parties"), [(0, 1, 3), (2, 0, 3), (1, 3, 5)])
def test_anybody_sends_to_anybody(sender, receiver, parties):
    got = values("anonymous-transmission", sender=sender, receiver=receiver, parties=parties, depolarizing=P)
    assert got["entanglement fidelity"] == pytest.approx(
        anonymous(P, parties)["entanglement fidelity"], abs=1e-9
    )


def test_announcements_do_not_depend_on_who_sends():
    tables = []
    for sender, receiver in ((0, 2), (1, 2), (3, 1), (2, 0)):
        done = run("anonymous-transmission", params={"sender": sender, "receiver": receiver})
        tables.append([e.value for e in done.records[0].result.distribution().values()])
    assert len(tables[0]) == 16
    for table in tables:
        assert table == pytest.approx([1 / 16] * 16, abs=1e-12)


@pytest.mark.parametrize("overlap", [0.5, 0.7, 0.9, 1.0])
@pytest.mark.parametrize("p", [0.0, 0.1])
def test_cheating_at_coins(overlap, p):
    assert values("coin-flipping", overlap=overlap, depolarizing=p) == pytest.approx(
        coin(p, overlap), abs=1e-9
    )


def test_the_coin_does_not_mind_loss():
    got = run("coin-flipping", link="fiber", params={"link.length_km": 50})
    assert {n: e.value for n, e in got.estimates.items()} == pytest.approx(coin(0), abs=1e-9)
    assert got.records[0].result.success_probability.value == pytest.approx(0.1, abs=1e-9)


def test_the_four_qubit_singlet():
    # Cabello (2003): (2|0011> - |0101> - |0110> - |1001> - |1010> + 2|1100>)/√12, the same in every basis.
    from qnetframe_gallery.byzantine_agreement import singlet_of_four

    class Nowhere:
        network = None

    p = Program()
    qubits = singlet_of_four(p, Nowhere(), ("a", "b", "c"))
    p.output()
    p.save("singlet", *qubits)
    target = np.zeros(16)
    target[[3, 5, 6, 9, 10, 12]] = np.array([2, -1, -1, -1, -1, 2]) / math.sqrt(12)
    assert execute(p).state("singlet").fidelity(target).value == pytest.approx(1, abs=1e-12)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.floats(-7, 7))
def test_any_blind_angle(angle):
    got = values("blind-rotation", angle=angle, depolarizing=P)
    assert got == pytest.approx(blind(P), abs=1e-9)


def test_without_her_coin_the_server_would_learn_the_angle():
    from qnetframe_gallery.blind_rotation import BlindRotation

    p, qubit, coin_bit = BlindRotation(0.3).program(("client", "server"), 1.0)
    p.z(qubit, when=coin_bit)
    p.output()
    p.expect("X", {qubit: "X"})
    assert execute(p).expectation("X").value == pytest.approx(math.cos(0.3), abs=1e-9)


@pytest.mark.parametrize("n", [2, 4, 6])
def test_heisenberg_scaling(n):
    got = values("phase-sensing", parties=n)
    assert got["1/uncertainty, GHZ"] == pytest.approx(n, abs=1e-9)
    assert got["1/uncertainty, separable"] == pytest.approx(math.sqrt(n), abs=1e-9)


def test_entangled_probes_lose_to_noise():
    # GHZ probes win while √n r**(n-1) > 1.
    assert 2 * (1 - 0.4 / 3) ** 3 > 1 > 2 * (1 - 0.8 / 3) ** 3
    better, worse = (
        values("phase-sensing", parties=4, depolarizing=0.1),
        values("phase-sensing", parties=4, depolarizing=0.2),
    )
    assert better["1/uncertainty, GHZ"] > better["1/uncertainty, separable"]
    assert worse["1/uncertainty, GHZ"] < worse["1/uncertainty, separable"]


@pytest.mark.parametrize("shots", [1, 2, 7])
@pytest.mark.parametrize("protocol", ["phase-sensing", "superdense-capacity", "leader-election"])
def test_few_shots_still_give_finite_figures(protocol, shots):
    for estimate in run(protocol, shots=shots, seed=1).estimates.values():
        assert math.isfinite(estimate.value) and math.isfinite(estimate.standard_error)


# ---- arithmetic, bad input, the pack ------------------------------------------------------------------------------


def test_chance_adds_up_cells():
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.h(a).h(b)
    bits = [p.measure(a), p.measure(b)]
    exact = chance(execute(p), bits, lambda v: sum(v) > 0)
    assert (exact.value, exact.standard_error) == (pytest.approx(0.75), 0)
    sampled = chance(execute(p, shots=10_000, seed=1), bits, lambda v: sum(v) > 0)
    assert sampled.standard_error == pytest.approx(math.sqrt(0.75 * 0.25 / 10_000), rel=0.05)
    assert abs(sampled.value - 0.75) < SIGMAS * sampled.standard_error


def test_the_error_bar_of_the_information_is_that_of_repeated_runs():
    # 60 repetitions tell a standard deviation to 9 %; 40 % is over four standard errors of that.
    found = [
        run("superdense-capacity", params={"depolarizing": 0.1}, shots=2000, seed=s).estimates[
            "mutual information"
        ]
        for s in range(60)
    ]
    spread = float(np.std([e.value for e in found], ddof=1))
    assert np.mean([e.standard_error for e in found]) == pytest.approx(spread, rel=0.4)


def test_information_of_a_useless_channel():
    row = {(0,): Estimate(0.5), (1,): Estimate(0.5)}
    assert information([row, row]).value == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("protocol", "params", "message"),
    [(name, {"depolarizing": -0.1}, r"depolarizing is -0.1") for name in CASES]
    + [
        ("w-state", {"parties": 1}, r"parties is 1; it must be in \[2, 6\]"),
        ("graph-state", {"graph": "blob"}, "graph.*blob.*ring"),
        ("anonymous-transmission", {"sender": 1, "receiver": 1}, "sender and receiver are both 1"),
        ("anonymous-transmission", {"receiver": 4}, r"receiver is 4; it must be in \[0, 3\]"),
        ("coin-flipping", {"overlap": 0.3}, r"overlap is 0.3; it must be in \[0.5, 1\]"),
        ("blind-rotation", {"angle": math.inf}, "angle is inf; it must be a finite number"),
    ],
)
def test_bad_input(protocol, params, message):
    with pytest.raises(InvalidInputError, match=message):
        run(protocol, params=params)


def test_the_pack_is_listed():
    from qnetframe.plugins import discover

    plugins = discover()
    ours = {n for n, spec in plugins.protocols.items() if plugins.source(spec)[0] == "qnetframe-gallery"}
    assert ours == set(CASES)
