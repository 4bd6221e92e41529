"""What a result answers, exact and sampled, against closed forms."""

import math
from itertools import pairwise

import numpy as np
import pytest

from qnetframe import Program, all_of, any_of, execute
from qnetframe.channels import amplitude_damping, bit_flip, depolarizing
from qnetframe.errors import InvalidInputError, NoAcceptedShotsError
from qnetframe.experiment.settings import bits_only, settings_of
from qnetframe.network import werner_state

# |value - truth| <= 5.5 standard errors fails a right engine with probability 4e-8 a check.
SIGMAS = 5.5


def close(estimate, truth):
    assert estimate.shots is not None and estimate.standard_error > 0
    return abs(estimate.value - truth) <= SIGMAS * estimate.standard_error


def ghz(noise=None):
    p = Program("ghz")
    q = p.qubits("alice", "a", "b", "c")
    p.h(q[0]).cx(q[0], q[1]).cx(q[1], q[2])
    if noise:
        for qubit in q:
            p.noise(noise, qubit)
    return p, q


def test_exact_and_sampled_answers_agree_with_the_closed_form():
    p, q = ghz()
    bits = [p.measure(x, readout=0.1) for x in q]
    exact = execute(p)
    sampled = execute(p, shots=20_000, seed=3)
    wrong = 0.1
    same = (1 - wrong) ** 2 + wrong**2
    assert exact.probability(bits[0] ^ bits[1]).value == pytest.approx(1 - same, abs=1e-12)
    assert exact.probability(bits[0] ^ bits[1]).standard_error == 0
    assert close(sampled.probability(bits[0] ^ bits[1]), 1 - same)
    everything = ((1 - wrong) ** 3 + wrong**3) / 2
    assert exact.probability(all_of(*bits)).value == pytest.approx(everything, abs=1e-12)
    assert close(sampled.probability(all_of(*bits)), everything)
    assert exact.probability(any_of(*bits)).value == pytest.approx(1 - everything, abs=1e-12)
    table = exact.distribution(bits[2], bits[0])
    assert table[(0, 1)].value == pytest.approx((1 - same) / 2, abs=1e-12)
    assert sum(e.value for e in sampled.distribution().values()) == pytest.approx(1)
    assert close(sampled.distribution(bits[2], bits[0])[(0, 1)], (1 - same) / 2)


def test_readout_of_ghz_has_the_published_probabilities():
    # Confusion columns (.98,.02), (.05,.95) on GHZ-3: references E, by multiplication.
    p, q = ghz()
    bits = [p.measure(x, readout=(0.02, 0.05)) for x in q]
    table = execute(p).distribution(*bits)
    assert table[(0, 0, 0)].value == pytest.approx(0.4706585, abs=1e-7)
    assert table[(1, 1, 1)].value == pytest.approx(0.4286915, abs=1e-7)


@pytest.mark.parametrize(("n", "value"), [(3, 0.858185), (4, 0.816011), (5, 0.776163)])
def test_ghz_fidelity_under_depolarizing_noise(n, value):
    p = Program()
    q = p.qubits("alice", *(f"q{i}" for i in range(n)))
    p.h(q[0])
    for a, b in pairwise(q):
        p.cx(a, b)
    for qubit in q:
        p.noise(depolarizing(0.05), qubit)
    p.save("ghz", *q)
    target = np.zeros(1 << n)
    target[0] = target[-1] = 1 / math.sqrt(2)
    assert execute(p).state("ghz").fidelity(target).value == pytest.approx(value, abs=1e-6)


def test_outputs_answer_for_every_parity_in_their_span_and_nothing_else():
    p, q = ghz()
    m = [p.x(x).measure(x) for x in q]
    p.output(m[0] ^ m[1], label="u").output(m[1] ^ m[2] ^ 1, label="v")
    result = execute(p)
    assert result.probability(m[0] ^ m[2]).value == pytest.approx(0)
    assert result.probability(m[0] ^ m[2] ^ 1).value == pytest.approx(1)
    with pytest.raises(InvalidInputError, match=r"m0 does not follow from the declared outputs \(u, v\)"):
        result.probability(m[0])


def test_expectations_need_one_setting_for_each_incompatible_product():
    p, q = ghz()
    p.expect("XXX", dict.fromkeys(q, "X")).expect("ZZ", {q[0]: "Z", q[1]: "Z"}).expect("Z3", {q[2]: "Z"})
    assert len(settings_of(p.circuit())) == 2
    exact, sampled = execute(p), execute(p, shots=5_000, seed=5)
    for label, value in (("XXX", 1.0), ("ZZ", 1.0), ("Z3", 0.0)):
        assert exact.expectation(label).value == pytest.approx(value, abs=1e-12)
        assert close(sampled.expectation(label), value)
    with pytest.raises(
        InvalidInputError, match="no expectation 'YY'; the program expects: 'XXX', 'ZZ', 'Z3'"
    ):
        exact.expectation("YY")


def test_tomography_is_unbiased_with_true_covariance():
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.prepare([a, b], werner_state(0.8)).noise(amplitude_damping(0.2), b)
    p.save("pair", a, b)
    assert len(settings_of(p.circuit())) == 9
    truth = execute(p).state("pair")
    phi = np.array([1, 0, 0, 1]) / math.sqrt(2)
    exact = truth.fidelity(phi)
    assert exact.shots is None and exact.standard_error == 0
    runs = [execute(p, shots=500, seed=s).state("pair") for s in range(200)]
    fidelities = [r.fidelity(phi) for r in runs]
    values = np.array([f.value for f in fidelities])
    claimed = np.array([f.standard_error for f in fidelities])
    error = values.std(ddof=1) / math.sqrt(len(values))
    assert abs(values.mean() - exact.value) < SIGMAS * error
    # The spread of 200 runs has a relative error of 5 %; 5.5 of those bound a false alarm by 4e-8.
    assert abs(values.std(ddof=1) / claimed.mean() - 1) < SIGMAS * 0.05
    assert all(np.trace(r.matrix) == pytest.approx(1) for r in runs)
    assert any(not r.positive for r in (execute(ghz_saved(), shots=20, seed=s).state("s") for s in range(5)))


def ghz_saved():
    p, q = ghz()
    return p.save("s", q[0], q[1])


def test_products_of_one_setting_are_correlated_in_tomography():
    """For (|00><00| + |11><11|)/2 and target |00>, F = (1 + ZI + IZ + ZZ)/4 with ZZ = 1 without spread.

    ZI comes from the settings ZX, ZY, ZZ and IZ from XZ, YZ, ZZ, of n shots each: variances 1/(3n), and a
    covariance of 1/(9n) from the setting that they share, so that the variance of F is (8/9)/(16n).
    """
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.noise(bit_flip(0.5), a).cx(a, b).save("s", a, b)
    n = 40_000
    error = execute(p, shots=n, seed=3).state("s").fidelity([1, 0, 0, 0]).standard_error
    assert error == pytest.approx((8 / 9 / 16 / n) ** 0.5, rel=0.02)


def test_standard_errors_stay_above_zero_where_all_shots_are_alike():
    """Proportions take Jeffreys' mean, expectations one more shot that is neither up nor down."""
    n = 100
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    m = p.measure(a)
    p.save("b", b)
    result = execute(p, shots=n)
    smooth = 0.5 / (3 * n + 1)  # the shots of all three settings
    found = result.probability(m)
    assert (found.value, found.standard_error, found.shots) == (
        0.0,
        pytest.approx((smooth * (1 - smooth) / (3 * n)) ** 0.5, rel=1e-12),
        3 * n,
    )
    certain = result.state("b").expectation(np.diag([1, -1]))
    assert certain.value == 1.0
    assert certain.standard_error == pytest.approx(((1 - (n / (n + 1)) ** 2) / n) ** 0.5, rel=1e-12)


@pytest.mark.parametrize("shots", [None, 2000])
def test_a_state_has_the_order_in_which_it_was_saved(shots):
    p = Program()
    a, _, c = p.qubits("alice", "a", "b", "c")
    p.x(a).h(c).save("s", c, a)
    result = execute(p, shots=shots, seed=4)
    target = np.array([0, 1, 0, 1]) / np.sqrt(2)  # c in |+> first, then a in |1>
    assert result.state("s").fidelity(target).value == pytest.approx(1, abs=1e-12 if shots is None else 0.05)


def test_post_selection_keeps_accepted_shots_and_reports_the_acceptance():
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    m, n = p.ry(2.0, a).measure(a), p.h(b).measure(b)
    p.require(any_of(m, n))
    accept = 1 - 0.5 * math.cos(1.0) ** 2
    exact, sampled = execute(p), execute(p, shots=10_000, seed=1)
    assert exact.success_probability.value == pytest.approx(accept, abs=1e-12)
    assert close(sampled.success_probability, accept)
    truth = math.sin(1.0) ** 2 / accept
    assert exact.probability(m).value == pytest.approx(truth, abs=1e-12)
    assert close(sampled.probability(m), truth)
    assert sampled.bits.shots == sampled.probability(m).shots
    assert sampled.bits.counts().get((0, 0), 0) == 0


def test_no_accepted_shot_is_an_error_with_the_acceptance():
    p = Program()
    a = p.qubit("alice", "a")
    p.require(p.measure(a))
    with pytest.raises(NoAcceptedShotsError, match="success probability is 0"):
        execute(p).probability("m0")
    with pytest.raises(NoAcceptedShotsError, match=r"none of 100 shots.*below 0\.03 with 95 % confidence"):
        execute(p, shots=100).probability("m0")


def test_an_engine_without_branches_is_told_the_acceptance_that_was_to_be_expected():
    p = Program()
    a, b = p.qubits("alice", "a", "b")
    p.require(p.erase(a, 1e-9)).save("b", b)
    with pytest.raises(NoAcceptedShotsError, match=r"none of 300 shots .*\(exact acceptance 1e-09\)"):
        execute(p, backend="stim", shots=100).state("b")
    qubits = p.qubits("alice", *(f"q{i}" for i in range(8)))
    p.h(qubits[0])
    for other in qubits[1:]:
        p.cx(qubits[0], other)
    p.require(any_of(*(p.measure(q) for q in qubits)))
    with pytest.raises(NoAcceptedShotsError, match=r"every require; the acceptance is below 0\.01 with"):
        execute(p, backend="stim", shots=100).state("b")


def test_an_exact_result_has_no_bits():
    p, q = ghz()
    p.measure(q[0])
    with pytest.raises(InvalidInputError, match="run with shots="):
        _ = execute(p).bits
    assert execute(p, shots=12).bits.shots == 12


def test_the_same_seed_gives_the_same_numbers_and_another_does_not():
    p, q = ghz(amplitude_damping(0.3))
    p.save("s", *q[:2])
    first, again, other = (execute(p, shots=300, seed=s).state("s").matrix for s in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


def test_bits_only_circuits_hold_no_state_and_no_selection():
    p, q = ghz()
    m = p.measure(q[0])
    p.require(any_of(m, m ^ 1)).save("s", q[1]).expect("z", {q[2]: "Z"})
    circuit = p.circuit()
    for setting in settings_of(circuit):
        kinds = {o.kind for o in bits_only(circuit, setting).operations}
        assert not kinds & {"save", "expect", "require"}


@pytest.mark.parametrize("shots", [0, -5, 2.5, "many", True])
def test_bad_shots_are_refused(shots):
    p, q = ghz()
    p.measure(q[0])
    with pytest.raises(InvalidInputError, match=r"shots is .*; it must be (at least 1|a whole number)"):
        execute(p, shots=shots)
