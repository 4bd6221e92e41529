"""What the benchmark times gives right numbers, and its arithmetic is right; nothing here looks at a clock.

Distributions are tested by Pearson's chi-squared at 1e-6 each: over the twelve of them a false alarm has
probability 1.2e-5, once, since seeds are fixed.
"""

import math
from functools import partial

import numpy as np
import pytest

pytest.importorskip("qiskit_aer")
pytest.importorskip("cirq")

import aer_scripts
import cirq_scripts
import host_cost
import noisy_chain
import noisy_teleportation
import run
import start_up
import tables
from timing import Way, interleaved, summary

WAYS = {
    "aer idiomatic": (aer_scripts.idiomatic, 2_000),
    "aer expert": (aer_scripts.expert, 100_000),
    "aer qnetframe": (partial(noisy_teleportation.through_qnetframe, "aer"), 100_000),
    "cirq idiomatic": (cirq_scripts.idiomatic, 200),
    "cirq idiomatic density matrix": (cirq_scripts.idiomatic_density_matrix, 400),
    "cirq expert": (cirq_scripts.expert, 100_000),
    "cirq expert by simulate": (cirq_scripts.expert_simulate, 100_000),
    "cirq qnetframe": (partial(noisy_teleportation.through_qnetframe, "cirq"), 100_000),
}


@pytest.mark.parametrize("name", WAYS)
def test_every_way_samples_the_same_distribution(name):
    script, shots = WAYS[name]
    found = script(0.9, shots, 5)
    assert math.isclose(sum(found.values()), 1, abs_tol=1e-12)
    assert run.p_value(0.9, shots, found) > 1e-6


def test_the_test_of_distributions_sees_a_wrong_angle_and_dropped_noise():
    right = noisy_teleportation.exact_distribution(0.9)
    turned = noisy_teleportation.exact_distribution(1.4)
    assert run.p_value(0.9, 100_000, right) == 1
    assert run.p_value(0.9, 100_000, turned) < 1e-6
    perfect = {key: 0.25 if key[2] == 0 else 0.0 for key in right}
    assert run.p_value(0.9, 100_000, perfect) < 1e-6


def test_error_of_the_teleported_state_by_hand():
    # At angle 0 the state is |0> and Z errors do not matter: only bit flips of b and readout do.
    gate, pair = 2 / 3 * noisy_teleportation.ONE_QUBIT, 8 / 15 * noisy_teleportation.TWO_QUBIT
    down = 1 - math.exp(-noisy_teleportation.WAIT / noisy_teleportation.T1)
    up_given_0, down_given_1 = noisy_teleportation.READ_1_GIVEN_0, noisy_teleportation.READ_0_GIVEN_1
    total = 0.0
    # The classical values of (psi, a, b) after each step; Φ+ is 00 or 11 where only z values are looked at.
    state = {(s, r, r): w * 0.5 for s, w in ((0, 1 - gate), (1, gate)) for r in (0, 1)}

    def step(old, change):
        new = {}
        for key, weight in old.items():
            for after, p in change(key):
                new[after] = new.get(after, 0.0) + weight * p
        return new

    def flips(indices, p_each):
        def change(key):
            for mask in range(1 << len(indices)):
                after = list(key)
                for j, i in enumerate(indices):
                    after[i] ^= mask >> j & 1
                p = 1 - p_each * ((1 << len(indices)) - 1) if not mask else p_each
                yield tuple(after), p

        return change

    def relax(i):
        def change(key):
            if key[i] == 0:
                yield key, 1.0
            else:
                yield key, 1 - down
                yield tuple(0 if j == i else v for j, v in enumerate(key)), down

        return change

    two = pair / 2  # of the 15 Pauli errors 4 flip the first qubit only, 4 the second only, 4 both
    state = step(state, flips((1, 2), two))
    for i in range(3):
        state = step(state, relax(i))
    state = step(state, lambda k: [((k[0], k[1] ^ k[0], k[2]), 1.0)])
    state = step(state, flips((0, 1), two))
    state = step(state, relax(2))
    read = {0: ((1, up_given_0), (0, 1 - up_given_0)), 1: ((1, 1 - down_given_1), (0, down_given_1))}
    state = step(state, lambda k: [((k[0], bit, k[2] ^ bit), p) for bit, p in read[k[1]]])
    for _ in range(3):
        state = step(state, flips((2,), gate))
    for key, weight in state.items():
        total += weight * dict(read[key[2]])[1]
    exact = noisy_teleportation.exact_distribution(0.0)
    assert sum(p for key, p in exact.items() if key[2]) == pytest.approx(total, abs=1e-12)


@pytest.mark.parametrize("links", [2, 7])
def test_chain_is_equal_on_every_backend_and_changes_with_its_variant(links):
    states = [noisy_chain.end_to_end(links, backend) for backend in run.BACKENDS]
    for state in states[1:]:
        np.testing.assert_allclose(state, states[0], atol=1e-9, rtol=0)
    assert np.trace(states[0]).real == pytest.approx(1, abs=1e-12)
    assert np.abs(noisy_chain.end_to_end(links, "reference", 1) - states[0]).max() > 1e-6


def test_line_and_exponent_find_what_was_put_in():
    lengths = [10, 20, 50, 100]
    start, slope, r2 = noisy_chain.line(lengths, [0.5 + 0.25 * n for n in lengths])
    assert (start, slope, r2) == pytest.approx((0.5, 0.25, 1))
    assert noisy_chain.line(lengths, [n**2.0 for n in lengths])[2] < 0.97
    assert host_cost.exponent(lengths, [3 * n**1.5 for n in lengths]) == pytest.approx(1.5)


@pytest.mark.parametrize("shape", host_cost.SHAPES)
def test_host_programs_have_about_the_operations_asked_for(shape):
    count, taken = host_cost.stages(shape, 200)
    assert 195 <= count <= 210
    assert list(taken) == list(host_cost.STAGES) and all(t > 0 for t in taken.values())


def test_ways_are_timed_in_turns():
    order = []
    ways = {"a": Way(lambda i: order.append(("a", i))), "b": Way(lambda i: order.append(("b", i)), 2)}
    timings = interleaved(ways, 2)
    assert order == [("a", 1), ("b", 2), ("b", 3), ("a", 4), ("b", 5), ("b", 6)]
    assert (timings["a"].repeats, timings["b"].repeats) == (2, 4)
    assert summary([4.0, 1.0, 2.0]).median == 2 and summary([4.0, 1.0, 2.0]).high == 4


def test_tables_say_when_a_target_is_missed():
    way = {"seconds": 1.0, "quartiles": [1.0, 1.0], "repeats": 1, "shots timed": 10}
    entry = {
        "ways": {"idiomatic": way, "expert": way, "qnetframe": way},
        "times as fast as the fastest idiomatic": 1.0, "times the best expert": 1.0,
        "seconds over the best expert": 0.0, "same distribution": False, "meets the target": False,
    }  # fmt: skip
    text = tables.teleportation_table({"aer": entry})
    assert "MISSED" in text and "DIFFER" in text


def test_the_wide_chain_by_hand_is_the_program():
    import wide_chain

    truth = wide_chain.exact()
    # 5.5 standard errors of 20,000 shots: a false alarm has probability 4e-8 for each of the three.
    bound = 5.5 * (truth * (1 - truth) / 20_000) ** 0.5
    assert abs(wide_chain.by_hand(20_000, 1) - truth) < bound
    assert abs(wide_chain.through_qnetframe("stim", 20_000, 2) - truth) < bound
    assert abs(wide_chain.through_qnetframe("aer", 20_000, 3) - truth) < bound


def test_the_table_of_start_up_names_its_commands():
    row = {"seconds": 0.6, "quartiles": [0.5, 0.7], "times the imports": 2.0}
    data = {"commands": {"qnetframe --help": row}, "limit": 3.0, "meets the target": True}
    table = tables.start_table(data)
    assert "`qnetframe --help`" in table and "2.00" in table and "met" in table
    assert set(start_up.COMMANDS) == {start_up.IMPORTS, "qnetframe --help", "qnetframe plugins"}
