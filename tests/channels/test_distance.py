"""Distances between channels and states: published values, conventions, and the semidefinite program."""

import math

import numpy as np
import pytest

from qnetframe.channels import (
    Channel,
    amplitude_damping,
    dephasing,
    depolarizing,
    fully_depolarizing,
    generalized_amplitude_damping,
    identity,
    over_rotation,
    two_qubit_depolarizing,
)
from qnetframe.channels.distance import (
    average_fidelity,
    choi_relative_entropy,
    diamond_distance,
    diamond_program,
    entanglement_fidelity,
    fidelity,
    process_fidelity,
    trace_distance,
    unitarity,
)
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.states import bures, haar_unitaries, haar_vectors, hilbert_schmidt, relative_entropy, werner

cvxpy = pytest.importorskip("cvxpy")


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        (depolarizing(0.1), 0.1),
        (dephasing(0.1), 0.1),
        (amplitude_damping(0.1), 0.1),
        (amplitude_damping(0.6), 0.6),
        (over_rotation("z", 0.2), 0.0998334),
        (two_qubit_depolarizing(0.1), 0.1),
        (identity(), 0.0),
        # A rotation by π is told from nothing with certainty.
        (over_rotation("x", math.pi), 1.0),
    ],
    ids=lambda v: getattr(v, "name", str(v)),
)
def test_half_the_diamond_norm(channel, expected):
    # Pauli channels: total variation (Magesan, Gambetta, Emerson, PRA 85, 042311 (2012)); Rz(θ): sin(θ/2)
    # (Aharonov, Kitaev, Nisan 1998). Half of the norm: other conventions give twice this.
    assert diamond_distance(channel) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("channel", [depolarizing(0.1), over_rotation("z", 0.2), dephasing(0.3)])
def test_the_program_agrees_with_closed_forms(channel):
    got = diamond_program(np.asarray(channel.choi - identity().choi), 2)
    assert got == pytest.approx(diamond_distance(channel), abs=1e-7)


def test_diamond_distance_is_a_distance():
    a, b, c = amplitude_damping(0.2), depolarizing(0.1), generalized_amplitude_damping(0.4, 0.3)
    ab, bc, ac = diamond_distance(a, b), diamond_distance(b, c), diamond_distance(a, c)
    assert ac <= ab + bc + 1e-7
    assert diamond_distance(b, a) == pytest.approx(ab, abs=1e-7)
    # At least what the Choi states give, at most d times that: Watrous, Theory of Quantum Information, 3.4.
    choi = trace_distance(a.choi / 2, b.choi / 2)
    assert choi - 1e-7 <= ab <= 2 * choi + 1e-7


def test_without_cvxpy_the_error_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "cvxpy", None)
    with pytest.raises(UnsupportedError, match=r"pip install 'qnetframe\[sdp\]'"):
        diamond_distance(amplitude_damping(0.1))
    assert diamond_distance(dephasing(0.2)) == pytest.approx(0.2)


def test_fidelities_of_channels():
    # Nielsen (2002): (d F_e + 1)/(d + 1); Gilchrist, Langford, Nielsen (2005).
    channel = amplitude_damping(0.3)
    f_e = ((1 + math.sqrt(0.7)) / 2) ** 2
    assert process_fidelity(channel) == pytest.approx(f_e, abs=1e-10)
    assert entanglement_fidelity(channel) == pytest.approx(f_e, abs=1e-12)
    assert average_fidelity(channel) == pytest.approx((2 * f_e + 1) / 3, abs=1e-12)
    # Of the excited state: it survives with probability 1 - γ.
    assert entanglement_fidelity(channel, np.diag([0, 1])) == pytest.approx(0.7, abs=1e-12)
    assert process_fidelity(depolarizing(0.1), depolarizing(0.1)) == pytest.approx(1)


def test_unitarity():
    # Wallman et al., NJP 17, 113020 (2015): 1 for unitaries; depolarizing with r = p_d: p_d²; amplitude damping.
    assert unitarity(over_rotation("x", 0.7)) == pytest.approx(1)
    assert unitarity(fully_depolarizing()) == pytest.approx(0)
    assert unitarity(depolarizing(0.3)) == pytest.approx((1 - 0.4) ** 2)
    assert unitarity(amplitude_damping(0.3)) == pytest.approx((2 * 0.7 + 0.49) / 3)


def test_relative_entropy_of_choi_states():
    # Of dephasing from depolarizing: Σ p log2(p/q).
    got = choi_relative_entropy(dephasing(0.1), depolarizing(0.3))
    assert got == pytest.approx(0.9 * math.log2(0.9 / 0.7) + 0.1 * math.log2(0.1 / 0.1), abs=1e-9)
    assert choi_relative_entropy(dephasing(0.1)) == math.inf
    assert choi_relative_entropy(dephasing(0.1), dephasing(0.1)) == pytest.approx(0, abs=1e-12)


# ---- states ----------------------------------------------------------------------------------------


def test_fidelity_of_states():
    a, b = haar_vectors(4, 500, seed=1), haar_vectors(4, 500, seed=2)
    pure = lambda v: v[:, :, None] * v[:, None, :].conj()  # noqa: E731
    overlap = np.abs(np.einsum("ni,ni->n", a.conj(), b)) ** 2
    assert fidelity(pure(a), pure(b)) == pytest.approx(overlap, abs=1e-10)
    # Squared: F of a Werner pair with Φ+ is F.
    assert fidelity(werner(0.8), werner(1.0)) == pytest.approx(0.8, abs=1e-12)
    # Hübner, PLA 163, 239 (1992), qubits: tr ρσ + 2√(det ρ det σ).
    r, s = hilbert_schmidt(2, 300, seed=3), bures(2, 300, seed=4)
    expected = np.trace(r @ s, axis1=1, axis2=2).real
    expected += 2 * np.sqrt(np.linalg.det(r).real * np.linalg.det(s).real)
    assert fidelity(r, s) == pytest.approx(expected, abs=1e-12)


def test_fidelity_and_trace_distance_bound_each_other():
    # Fuchs and van de Graaf, IEEE Trans. Inf. Theory 45, 1216 (1999).
    r, s = hilbert_schmidt(4, 1000, seed=5), hilbert_schmidt(4, 1000, seed=6, rank=2)
    f, d = fidelity(r, s), trace_distance(r, s)
    assert (1 - np.sqrt(f) <= d + 1e-12).all() and (d <= np.sqrt(1 - f) + 1e-12).all()
    assert fidelity(r, r) == pytest.approx(np.ones(1000), abs=1e-12)
    u = haar_unitaries(4, 1000, seed=7)
    turn = lambda x: u @ x @ u.conj().swapaxes(-1, -2)  # noqa: E731
    assert fidelity(turn(r), turn(s)) == pytest.approx(f, abs=1e-12)
    assert fidelity(r[3], s[3]) == pytest.approx(f[3], abs=1e-12)
    assert fidelity(r, s[0]).shape == (1000,)


def test_channels_make_states_closer():
    channel = amplitude_damping(0.4).tensor(depolarizing(0.2))
    r, s = hilbert_schmidt(4, 200, seed=8), hilbert_schmidt(4, 200, seed=9)
    after = channel.apply(r), channel.apply(s)
    assert (fidelity(*after) >= fidelity(r, s) - 1e-12).all()
    assert (trace_distance(*after) <= trace_distance(r, s) + 1e-12).all()
    for i in range(3):
        assert relative_entropy(after[0][i], after[1][i]) <= relative_entropy(r[i], s[i]) + 1e-10


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: diamond_distance(dephasing(0.1), identity(2)), "1 and 2 qubits"),
        (lambda: diamond_distance(np.eye(2)), "must be a qnetframe Channel"),
        (lambda: fidelity(np.eye(2) / 2, np.eye(4) / 4), "must act on one space"),
        (lambda: fidelity(np.eye(2), np.eye(2) / 2), "first state has a trace that is not 1"),
        (lambda: trace_distance(np.eye(2) / 2, np.diag([1.5, -0.5])), "second state has the eigenvalue -0.5"),
        (lambda: relative_entropy(hilbert_schmidt(2, 3, seed=1), np.eye(2) / 2), "two single states"),
        (lambda: entanglement_fidelity(dephasing(0.1), np.eye(4) / 4), r"shape \(..., 2, 2\)"),
        (lambda: Channel([np.diag([1, 0.5])]), "not trace preserving: .* by 0.75"),
        (lambda: Channel.from_choi(np.diag([1.5, -0.5, 0, 1])), "eigenvalue -0.5"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
