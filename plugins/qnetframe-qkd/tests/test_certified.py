"""Certified bounds: below the truth always, and within 1e-6 of it."""

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError
from qnetframe_qkd import certified, rates
from qnetframe_qkd.certified import Problem, certified_entropy, repaired
from qnetframe_qkd.certified.interior import near_optimal
from qnetframe_qkd.certified.protocols import qubit_problem


def random_points(number):
    """Return (protocol, certified rate, analytic rate) at random error rates and losses."""
    rng = np.random.default_rng(20)
    for _ in range(number):
        q, x, t = rng.uniform(0, 0.25), rng.uniform(0, 0.25), rng.uniform(0.01, 1)
        match rng.integers(4):
            case 0:
                yield "bb84", certified.bb84(q), rates.bb84(q).signed_rate
            case 1:
                yield "six-state", certified.six_state(q), rates.six_state(q).signed_rate
            case 2:
                yield "unequal", certified.bb84(q, x), rates.bb84(q, qber_x=x).signed_rate
            case _:
                yield "loss", certified.bb84_with_loss(q, t), t * rates.bb84(q).signed_rate


def test_below_the_analytic_rate_at_every_random_point_and_near_it():
    seen = set()
    for protocol, found, analytic in random_points(240):
        assert 0 < analytic - found.signed_rate < 1e-6, protocol
        assert found.quantities["gap"] < 1e-6
        seen.add(protocol)
    assert len(seen) == 4


@pytest.mark.parametrize("q", [0.0, 1e-9, 1e-5, 0.5])
def test_at_the_edges(q):
    assert -1e-12 < rates.bb84(q).signed_rate - certified.bb84(q).signed_rate < 1e-6


def test_the_bound_holds_whatever_the_solver_returned():
    problem = qubit_problem({"z": 0.04, "x": 0.06})
    truth = 1 - rates.bb84(0.04, qber_x=0.06).eve_information
    rho, y = near_optimal(problem, 1e-14)
    rng = np.random.default_rng(1)
    for _ in range(200):
        noise = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
        other = rho + rng.choice([1e-3, 0.1, 10]) * (noise + noise.conj().T)
        assert repaired(problem, other, y).bound < truth
        assert repaired(problem, rho, y + rng.normal(size=len(y)) * rng.choice([1e-6, 1e-2, 5])).bound < truth
    nonsense = np.full(len(y), np.nan)
    assert repaired(problem, np.full((4, 4), np.nan), nonsense).bound < truth
    assert repaired(problem, rho, y).bound < truth < repaired(problem, rho, y).value + 1e-8


def test_another_solver_agrees():
    pytest.importorskip("cvxpy")
    for q in (0.02, 0.08):
        own, clarabel = certified.bb84(q), certified.bb84(q, solver="clarabel")
        assert clarabel.signed_rate == pytest.approx(own.signed_rate, abs=1e-6)
        assert clarabel.signed_rate < rates.bb84(q).signed_rate


def test_b92_against_known_points():
    # Without noise every conclusive bit is secret: Eve cannot tell what Bob's filter lets through.
    clean = certified.b92(0.0)
    assert clean.rate == pytest.approx(1.0, abs=1e-5)
    found = [certified.b92(q).signed_rate for q in (0.01, 0.03, 0.05)]
    assert 1 > found[0] > found[1] > found[2]
    # One-way B92 tolerates depolarising up to 3.4 % by Tamaki & Lütkenhaus, PRA 69, 032316 (2004), over all
    # overlaps; the numerical optimum is above their bound.
    assert certified.b92(0.03).rate > 0 and certified.b92(0.2).rate == 0


def test_own_measurements_reproduce_bb84():
    # Alice and Bob measure Z or X at random; key from Z needs the basis in her outcome, so she has Z only here.
    zero, one = np.diag([1.0, 0.0]), np.diag([0.0, 1.0])
    plus, minus = np.full((2, 2), 0.5), np.array([[0.5, -0.5], [-0.5, 0.5]])
    bob = [zero / 2, one / 2, plus / 2, minus / 2]
    q = 0.04
    # Depolarised Φ+, X outcomes independent of Alice's Z.
    probabilities = np.array([[(1 - q) / 4, q / 4, 1 / 8, 1 / 8], [q / 4, (1 - q) / 4, 1 / 8, 1 / 8]])
    blind = certified.own_povms([zero, one], bob, probabilities, np.eye(2) / 2)
    assert blind.quantities["entropy"] == pytest.approx(0.0, abs=1e-6)  # no X correlation was observed
    # Alice prepares all four states: six outcomes of a four-dimensional register.
    sent = [np.array(s, float) for s in ([1, 0], [0, 1], [0.5**0.5, 0.5**0.5], [0.5**0.5, -(0.5**0.5)])]
    overlaps = np.array([[a @ b for b in sent] for a in sent]) / 4
    alice = [np.diag(np.eye(4)[i]) for i in range(4)]
    joint = np.array([[(1 - 2 * q) * (s @ e @ s) + 2 * q * np.trace(e) / 2 for e in bob] for s in sent]) / 4
    found = certified.own_povms(alice, bob, joint, overlaps)
    assert found.quantities["entropy"] > 0.5 and found.quantities["gap"] < 1e-6


def test_a_trivial_channel_leaves_everything_to_alice():
    # Product state: what Alice measures is unknown to Eve only if her state is known to be pure of nobody.
    zero, one = np.diag([1.0, 0.0]), np.diag([0.0, 1.0])
    problem = Problem(np.array([np.kron(np.array([[0, 1], [1, 0]]), np.eye(2))]), np.array([1.0]), np.eye(4)[None],
                      np.array([np.kron(zero, np.eye(2)), np.kron(one, np.eye(2))]))  # fmt: skip
    assert certified_entropy(problem).bound == pytest.approx(1.0, abs=1e-6)  # |+> measured in z


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: certified.bb84(0.7), "qber is 0.7"),
        (lambda: certified.six_state(0.4), "up to 1/3"),
        (lambda: certified.bb84_with_loss(0.1, 0.0), "transmittance is 0.0"),
        (lambda: certified.b92(0.1, overlap=1.0), "overlap is 1.0"),
        (lambda: certified.bb84(0.1, solver="magic"), "solver is 'magic'"),
        (lambda: certified_entropy(qubit_problem({"z": 0.0, "x": 0.0, "y": 0.4})), "no quantum state"),
        (lambda: Problem(np.eye(4)[None], np.array([1.0, 2.0]), np.eye(4)[None], np.eye(4)[None]), "observables have shape"),
        (lambda: Problem(1j * np.eye(4)[None], np.array([1.0]), np.eye(4)[None], np.eye(4)[None]), "Hermitian"),
        (lambda: Problem(np.eye(4)[None], np.array([1.0]), 2 * np.eye(4)[None], np.eye(4)[None]), "enlarge the trace"),
        (lambda: Problem(np.eye(4)[None], np.array([1.0]), np.eye(4)[None], np.eye(4)[None] / 2), "projectors"),
        (lambda: Problem(np.array([np.eye(4)]), np.array([2.0]), np.eye(4)[None], np.eye(4)[None]) and certified_entropy(Problem(np.array([np.eye(4)]), np.array([2.0]), np.eye(4)[None], np.eye(4)[None])), "contradict one another"),
        (lambda: certified.own_povms([np.eye(2)], [np.eye(2) / 2], [[1.0]]), "add up to the identity"),
        (lambda: certified.own_povms([np.eye(2)], [np.eye(2)], [[0.5]]), "add up to 0.5"),
    ],
)  # fmt: skip
def test_bad_input_is_named(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
