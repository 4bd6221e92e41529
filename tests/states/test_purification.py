"""Purification maps: published numbers, and equality with the host's circuits on an exact engine."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe import Program, execute
from qnetframe.builtin.protocols.parties import bell_weights as measured_weights
from qnetframe.builtin.protocols.parties import expect_pair
from qnetframe.builtin.protocols.purification import BBPSSW, DEJMPS
from qnetframe.channels import pauli, two_qubit_depolarizing
from qnetframe.errors import InvalidInputError
from qnetframe.experiment.run import run
from qnetframe.network import Link, LinkModel, Network, Node
from qnetframe.states import (
    Noise,
    apply_pauli,
    bbpssw,
    bell_diagonal,
    bell_weights,
    dejmps,
    double_selection,
    nested_pumping,
    pumping,
    recurrence,
    swap,
    twirl,
    werner_weights,
)

FOUR = st.lists(st.floats(0.01, 1), min_size=4, max_size=4)
RELIABLE = st.floats(0.8, 1)


def normal(raw):
    return np.array(raw) / math.fsum(raw)


# ---- published values ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fidelity", "after", "success"),
    [(0.7, 0.735294, 0.68), (0.8, 0.838150, 0.768889), (0.9, 0.926396, 0.875556)],
)
def test_bbpssw(fidelity, after, success):
    # Bennett et al., PRL 76, 722 (1996), eq. (7).
    step = bbpssw(werner_weights(fidelity))
    assert step.fidelity == pytest.approx(after, abs=1e-6)
    assert step.success == pytest.approx(success, abs=1e-6)


def test_bbpssw_with_twirling_in_rounds():
    got = recurrence(werner_weights(0.7), 4, "bbpssw").fidelity
    assert got == pytest.approx([0.7, 0.735294, 0.773171, 0.811938, 0.849472], abs=1e-6)


def test_dejmps_in_rounds():
    # Deutsch et al., PRL 77, 2818 (1996), eq. (6).
    got = recurrence(werner_weights(0.7), 4)
    assert got.fidelity[1:] == pytest.approx([0.735294, 0.845946, 0.934395, 0.972004], abs=1e-6)
    assert got.success == pytest.approx([0.68, 0.640138, 0.766253, 0.898387], abs=1e-6)
    assert got.weights[1] == pytest.approx([0.735294, 0.205882, 0.029412, 0.029412], abs=1e-6)
    assert got.pairs[-1] == pytest.approx(16 / np.prod(got.success), rel=1e-12)
    assert got.yields[-1] == pytest.approx(np.prod(got.success) / 16, rel=1e-12)


def test_pumping_with_fresh_pairs():
    got = pumping(werner_weights(0.7), 400)
    assert got.fidelity[1:5] == pytest.approx([0.735294, 0.785714, 0.798969, 0.808605], abs=1e-6)
    assert got.fidelity[-1] == pytest.approx(0.815002, abs=1e-6)
    # Mean pairs by the recursion N_k = (N_{k-1} + 1)/p_k: Dür et al., PRA 59, 169 (1999).
    assert got.pairs[2] == pytest.approx((2 / got.success[0] + 1) / got.success[1], rel=1e-12)


@pytest.mark.parametrize(
    ("reliability", "fixpoints"),
    [(0.99, (0.546860, 0.973757)), (0.98, (0.606488, 0.936046)), (0.96, None)],
)
def test_fixpoints_of_noisy_bbpssw(reliability, fixpoints):
    # Briegel et al., PRL 81, 5932 (1998): the fidelities that a noisy round leaves alone.
    noise = Noise(reliability, reliability)
    grid = np.linspace(0.26, 1, 20001)
    change = bbpssw(werner_weights(grid), noise=noise).fidelity - grid
    crossings = grid[:-1][np.diff(np.sign(change)) != 0]
    # The mixed state is a fixpoint as well, at F = 1/4, which the grid leaves out.
    if fixpoints is None:
        assert len(crossings) == 0 and change.max() < 0
    else:
        for edge, value in zip(crossings, fixpoints, strict=True):
            assert edge == pytest.approx(value, abs=4e-5)
            after = bbpssw(werner_weights(value), noise=noise).fidelity
            assert after == pytest.approx(value, abs=2e-6)


def test_one_noisy_round():
    got = bbpssw(werner_weights(0.8), noise=Noise(0.99, 0.99))
    assert got.fidelity == pytest.approx(0.826877, abs=1e-6)


def test_swapping():
    # Briegel et al., PRL 81, 5932 (1998): F1 F2 + (1-F1)(1-F2)/3, and n links.
    assert swap(werner_weights(0.9), werner_weights(0.8))[0] == pytest.approx(0.726667, abs=1e-6)
    pair = werner_weights(0.95)
    chain = swap(swap(pair, pair), swap(pair, pair))
    assert chain[0] == pytest.approx(0.819126, abs=1e-6)
    noisy = werner_weights(0.96)
    for expected in (0.897756, 0.789161):
        noisy = twirl(swap(noisy, noisy, two_qubit=0.99, readout=0.99))
        assert noisy[0] == pytest.approx(expected, abs=1e-6)


def test_bell_weights_of_bell_diagonal_states():
    weights = np.random.default_rng(1).dirichlet(np.ones(4), (3, 5))
    assert bell_weights(bell_diagonal(weights)) == pytest.approx(weights, abs=1e-12)


def test_pauli_noise_on_one_half():
    channel = {"X": 0.1, "Y": 0.02, "Z": 0.03}
    assert apply_pauli([1, 0, 0, 0], channel) == pytest.approx([0.85, 0.03, 0.1, 0.02])
    assert apply_pauli([0, 0, 0, 1.0], channel) == pytest.approx([0.02, 0.1, 0.03, 0.85])


# ---- the maps are those of the circuits ------------------------------------------------------------


def network_of(weights):
    state = tuple(map(tuple, bell_diagonal(weights)))
    return Network([Node("a"), Node("b")], [Link("a", "b", LinkModel(state=state))])


def turn(p, pair):
    p.sx(pair[0])
    p.sx(pair[1]).x(pair[1])


def noisy_cx(p, control, target, noise):
    p.cx(control, target)
    if noise.two_qubit < 1:
        p.noise(two_qubit_depolarizing((1 - noise.two_qubit) * 15 / 16), control, target)


def coincide(p, pair, basis, noise):
    bits = []
    for qubit in pair:
        bit = p.measure(qubit, basis)
        # A wrong readout, as a coin that both parties' bookkeeping sees.
        bits.append(bit ^ p.coin(1 - noise.readout, "a") if noise.readout < 1 else bit)
    p.require(~(bits[0] ^ bits[1]))


def circuit(pairs, protocol, noise):
    """Return (weights, success) of a program that prepares each pair and runs a round on it."""
    p = Program("round")
    qubits = []
    for i, weights in enumerate(pairs):
        ends = p.qubit("a", f"a{i}"), p.qubit("b", f"b{i}")
        p.entangle(*ends)
        # Any Bell weights from an ideal pair: a Pauli channel on one half.
        p.noise(pauli(px=weights[2], py=weights[3], pz=weights[1]), ends[0])
        qubits.append(ends)
    if protocol != "bbpssw":
        for pair in qubits:
            turn(p, pair)
    kept, first = qubits[0], qubits[1]
    for side in (0, 1):
        noisy_cx(p, kept[side], first[side], noise)
    if protocol == "double selection":
        for side in (0, 1):
            noisy_cx(p, qubits[2][side], first[side], noise)
        coincide(p, qubits[2], "x", noise)
    coincide(p, first, "z", noise)
    p.output()
    expect_pair(p, *kept)
    result = execute(p)
    weights = measured_weights(result)
    return [weights[n].value for n in ("Φ+", "Φ-", "Ψ+", "Ψ-")], result.success_probability.value


@settings(max_examples=8, deadline=None)
@given(FOUR, FOUR, RELIABLE, RELIABLE)
def test_two_pair_rounds_equal_the_circuit(first, second, gate, readout):
    pairs, noise = (normal(first), normal(second)), Noise(gate, readout)
    for name, got in (
        ("bbpssw", bbpssw(*pairs, noise, twirl=False)),
        ("dejmps", dejmps(*pairs, noise)),
    ):
        weights, success = circuit(pairs, name, noise)
        assert got.weights == pytest.approx(weights, abs=1e-9)
        assert got.success == pytest.approx(success, abs=1e-9)


@settings(max_examples=6, deadline=None)
@given(FOUR, FOUR, FOUR, RELIABLE, RELIABLE)
def test_double_selection_equals_the_circuit(first, second, third, gate, readout):
    pairs, noise = tuple(map(normal, (first, second, third))), Noise(gate, readout)
    weights, success = circuit(pairs, "double selection", noise)
    got = double_selection(*pairs, noise)
    assert got.weights == pytest.approx(weights, abs=1e-9)
    assert got.success == pytest.approx(success, abs=1e-9)


@pytest.mark.parametrize("protocol", [BBPSSW, DEJMPS])
@pytest.mark.parametrize("schedule", ["nested", "pumping"])
def test_rounds_equal_the_protocol(protocol, schedule):
    weights = werner_weights(0.75) if protocol is BBPSSW else np.array([0.7, 0.15, 0.1, 0.05])
    rounds = 2
    got = run(protocol(rounds, schedule), topology=network_of(weights)).estimates
    how = recurrence if schedule == "nested" else pumping
    method = "bbpssw" if protocol is BBPSSW else "dejmps"
    expected = how(weights, rounds, method)
    for k in range(rounds + 1):
        assert got[f"fidelity after round {k}"].value == pytest.approx(expected.fidelity[k], abs=1e-9)
    for k in range(rounds):
        assert got[f"success of round {k + 1}"].value == pytest.approx(expected.success[k], abs=1e-9)


def test_nested_pumping_by_hand():
    noise = Noise(0.995, 0.995)
    raw = werner_weights(0.85)
    level = nested_pumping(raw, [2, 1], noise=noise)
    inner = pumping(raw, 2, noise=noise)
    assert level.weights[1] == pytest.approx(inner.weights[2])
    assert level.pairs[1] == pytest.approx(inner.pairs[2])
    outer = dejmps(inner.weights[2], inner.weights[2], noise)
    assert level.weights[2] == pytest.approx(outer.weights)
    assert level.pairs[2] == pytest.approx(2 * inner.pairs[2] / outer.success)


# ---- laws ------------------------------------------------------------------------------------------


@given(FOUR, FOUR)
def test_rounds_give_states_and_probabilities(first, second):
    a, b = normal(first), normal(second)
    for got in (bbpssw(a, b), dejmps(a, b), double_selection(a, b, a)):
        assert got.weights.min() >= 0 and got.weights.sum() == pytest.approx(1)
        assert 0 <= got.success <= 1 + 1e-12


def test_stacks_of_pairs_are_single_pairs():
    rng = np.random.default_rng(2)
    first, second = rng.dirichlet(np.ones(4), (3, 4)), rng.dirichlet(np.ones(4), 4)
    noise = Noise(0.97, 0.98)
    for step in (bbpssw, dejmps, lambda a, b, n: double_selection(a, b, a, n)):
        stacked = step(first, second, noise)
        assert stacked.weights.shape == (3, 4, 4) and stacked.success.shape == (3, 4)
        single = step(first[2, 1], second[1], noise)
        assert stacked.weights[2, 1] == pytest.approx(single.weights)
        assert stacked.success[2, 1] == pytest.approx(single.success)
    many = pumping(first, 3, noise=noise)
    assert many.weights[:, 1, 2] == pytest.approx(pumping(first[1, 2], 3, noise=noise).weights)


def test_double_selection_is_better_where_gates_are_noisy():
    # Fujii and Yamamoto, PRA 80, 042308 (2009): a higher attainable fidelity with the same gates.
    noise = Noise(0.98, 0.98)
    single = recurrence(werner_weights(0.9), 40, noise=noise).fidelity[-1]
    double = recurrence(werner_weights(0.9), 40, "double selection", noise).fidelity[-1]
    assert 1 - double < 0.75 * (1 - single)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dejmps([0.5, 0.5, 0.5, 0.5]), "kept pair do not sum to 1: they are off by 1"),
        (lambda: dejmps([1.1, -0.1, 0, 0]), "kept pair have the entry -0.1"),
        (lambda: dejmps([0.5, 0.5]), r"must have shape \(..., 4\)"),
        (lambda: dejmps([math.nan, 1, 0, 0]), "not finite"),
        (lambda: dejmps([[1, 0, 0, 0], [0.9, 0, 0, 0]]), r"kept pair\[1\] do not sum to 1"),
        (lambda: dejmps("pair"), "must be numbers"),
        (lambda: Noise(1.2), r"two_qubit is 1.2; a probability must be in \[0, 1\]"),
        (lambda: recurrence([1, 0, 0, 0], -1), "rounds is -1"),
        (lambda: recurrence([1, 0, 0, 0], 1, "magic"), "method is 'magic'; allowed are bbpssw"),
        (lambda: werner_weights(1.5), r"fidelity is 1.5; it must be in \[0, 1\]"),
        (lambda: apply_pauli([1, 0, 0, 0], {"W": 0.1}), "Pauli 'W' is unknown"),
        (lambda: nested_pumping([1, 0, 0, 0], [0]), "levels is 0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
