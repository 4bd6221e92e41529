"""Compiled kernels: against LAPACK and closed forms where roots and factors are ill conditioned."""

import subprocess
import sys

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError
from qnetframe.states import (
    bell_diagonal,
    concurrence,
    fidelity,
    haar_unitaries,
    haar_vectors,
    hilbert_schmidt,
    isotropic,
    kernels,
    negativity,
    trace_distance,
    werner,
)
from qnetframe.states.stacks import MANY

ZERO = 1e-15
FLIP = np.array([[0, 0, 0, -1], [0, 0, 1, 0], [0, 1, 0, 0], [-1, 0, 0, 0]])
POWERS = [1, 2, 3, 4, 6, 8, 10]


def lapack_root(states):
    values, vectors = np.linalg.eigh(states)
    return vectors * np.sqrt(np.where(values > ZERO, values, 0))[:, None, :]


def lapack_concurrence(states):
    # Singular values of √ρ^T (Y⊗Y) √ρ: Wootters, PRL 80, 2245 (1998).
    root = lapack_root(states)
    values = np.linalg.svd(root.swapaxes(1, 2) @ FLIP @ root, compute_uv=False)
    return np.maximum(0, 2 * values[:, 0] - values.sum(1))


def lapack_fidelity(first, second):
    # Jozsa, J. Mod. Opt. 41, 2315 (1994).
    product = lapack_root(first).conj().swapaxes(1, 2) @ lapack_root(second)
    return np.linalg.svd(product, compute_uv=False).sum(1) ** 2


def lapack_negativity(states):
    turned = states.reshape(-1, 2, 2, 2, 2).transpose(0, 3, 2, 1, 4).reshape(-1, 4, 4)
    return -np.minimum(np.linalg.eigvalsh(turned), 0).sum(1)


def turned(states, unitaries):
    found = unitaries @ states @ unitaries.conj().swapaxes(-1, -2)
    return (found + found.conj().swapaxes(-1, -2)) / 2


def locals_(seed):
    u, v = haar_unitaries(2, MANY, seed=seed), haar_unitaries(2, MANY, seed=seed + 1)
    return np.einsum("nab,ncd->nacbd", u, v).reshape(MANY, 4, 4)


def bell_mixtures(weights, seed):
    return turned(np.broadcast_to(bell_diagonal(weights), (MANY, 4, 4)), locals_(seed))


def product_vectors(seed):
    a, b = haar_vectors(2, MANY, seed=seed), haar_vectors(2, MANY, seed=seed + 1)
    psi = np.einsum("na,nb->nab", a, b).reshape(-1, 4)
    return psi[:, :, None] * psi[:, None, :].conj()


def close_eigenvalues(small, seed):
    values = np.array([0.4, 0.3, 0.2, 0.1]) if small > 0.05 else np.full(4, 0.25)
    values = values + small * np.array([0.05, -0.05, 0.02, -0.02])
    return turned(np.broadcast_to(np.diag(values), (MANY, 4, 4)), haar_unitaries(4, MANY, seed=seed))


FAMILIES = {
    "nearly pure, random": lambda s: (
        (1 - s) * hilbert_schmidt(4, MANY, seed=1, rank=1) + s * hilbert_schmidt(4, MANY, seed=2)
    ),
    "nearly pure, Werner": lambda s: bell_mixtures([1 - 3 * s / 4, s / 4, s / 4, s / 4], 3),
    "nearly of rank two": lambda s: (1 - s) * hilbert_schmidt(4, MANY, seed=4, rank=2) + s * np.eye(4) / 4,
    "two λ nearly equal": lambda s: bell_mixtures([0.49 + s / 10, 0.49 - s / 10, 0.01, 0.01], 5),
    "two λ nearly equal, little else": lambda s: bell_mixtures([0.5, 0.5 - s, s / 2, s / 2], 6),
    "two λ nearly equal, of rank three": lambda s: bell_mixtures([0.5, 0.5 - s, s, 0], 7),
    "nearly equal eigenvalues": lambda s: close_eigenvalues(s, 8),
    "nearly product": lambda s: (1 - s) * product_vectors(9) + s * hilbert_schmidt(4, MANY, seed=11, rank=3),
}


# Of an eigenvalue x, rounding moves the root by 1e-16/√x, LAPACK's too: the smallest here are about 1e-11, but for
# those of nearly product states, of which only the last are below 1e-10.
@pytest.mark.parametrize("family", FAMILIES)
def test_nearly_degenerate_states(family):
    other = hilbert_schmidt(4, MANY, seed=20, rank=3)
    for power in POWERS if family != "nearly product" else POWERS[:-2]:
        states = FAMILIES[family](10.0**-power)
        assert np.abs(concurrence(states) - lapack_concurrence(states)).max() < 1e-10
        assert np.abs(negativity(states) - lapack_negativity(states)).max() < 1e-10
        assert np.abs(fidelity(states, other) - lapack_fidelity(states, other)).max() < 1e-10
        assert np.abs(fidelity(states, states[::-1]) - lapack_fidelity(states, states[::-1])).max() < 1e-10


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
def test_random_states_of_every_rank(rank):
    states = hilbert_schmidt(4, MANY, seed=30, rank=rank)
    assert np.abs(concurrence(states) - lapack_concurrence(states)).max() < 1e-12
    assert np.abs(negativity(states) - lapack_negativity(states)).max() < 1e-12
    for second in (1, 2, 3, 4):
        others = hilbert_schmidt(4, MANY, seed=31, rank=second)
        assert np.abs(fidelity(states, others) - lapack_fidelity(states, others)).max() < 1e-11


def test_werner_states_down_to_rounding():
    # Wootters (1998): C = 2F - 1 = 2N, in any local basis; F(ρ, ρ) = 1.
    for power in range(1, 17):
        fraction = 1 - 10.0**-power
        states = bell_mixtures([fraction, *[(1 - fraction) / 3] * 3], power)
        assert np.abs(concurrence(states) - (2 * fraction - 1)).max() < 1e-13
        assert np.abs(negativity(states) - (fraction - 0.5)).max() < 1e-13
        assert np.abs(fidelity(states, states) - 1).max() < 1e-11


def test_overlaps_with_a_pure_state():
    # <ψ|ρ|ψ>, whatever the rank of ρ: Jozsa (1994).
    psi = haar_vectors(4, seed=40)
    for rank in (1, 2, 3, 4):
        states = hilbert_schmidt(4, MANY, seed=41, rank=rank)
        expected = np.einsum("i,nij,j->n", psi.conj(), states, psi).real
        assert np.abs(fidelity(states, psi) - expected).max() < 1e-13


def test_either_side_and_any_layout():
    states = hilbert_schmidt(4, MANY, seed=42)
    found = negativity(states)
    assert np.abs(negativity(states, first=1) - found).max() < 1e-14
    # Both sides at once are a transposition of the whole.
    assert np.abs(negativity(states, first=(0, 1))).max() < 1e-14
    assert np.abs(negativity(states, dims=(4,))).max() < 1e-14
    frozen = states.copy()
    frozen.flags.writeable = False
    assert (negativity(frozen) == found).all()
    assert (negativity(states.reshape(2, -1, 4, 4)) == found.reshape(2, -1)).all()
    assert (negativity(np.asfortranarray(states)) == found).all()
    real = np.ascontiguousarray(states.real)
    assert np.abs(concurrence(real) - lapack_concurrence(real)).max() < 1e-12


def test_plain_kernels_are_the_compiled_ones():
    states = np.concatenate(
        [hilbert_schmidt(4, 8, seed=50 + r, rank=r) for r in (1, 2, 3, 4)]
        + [werner([0.25, 0.5, 0.7, 1.0, 1 - 1e-6]), product_vectors(60)[:4]]
        + [
            bell_diagonal(
                [[0.49, 0.49, 0.01, 0.01], [0.5, 0.5 - 1e-4, 5e-5, 5e-5], [0.5 + 1e-7, 0.25, 0.25 - 1e-7, 0]]
            )
        ]
    )
    bad = states[:4].copy()
    bad[0, 0, 0], bad[1, 2, 1], bad[2, 3, 3], bad[3] = np.nan, 5, 1j, np.diag([1.2, -0.2, 0, 0])
    states = np.concatenate([states, bad])
    second = np.ascontiguousarray(states[::-1])
    for kernel, arguments in (
        (kernels.concurrences, (states,)),
        (kernels.negativities, (states,)),
        (kernels.fidelities, (states, second)),
        (kernels.fidelities, (states, states)),
    ):
        plain, quick = np.empty(len(states)), np.empty(len(states))
        kernel(*arguments, plain)
        kernels.compiled(kernel)(*arguments, quick)
        assert np.isnan(quick).sum() == (8 if arguments[-1] is second else 4)
        assert quick == pytest.approx(plain, abs=1e-13, nan_ok=True)


# ---- what is no state ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        ((0, 0), 1.7, r"state\[1, 77\] has a trace that is not 1: it is off by 1"),
        ((0, 3), 0.1j, r"state\[1, 77\] is not Hermitian: it differs from its adjoint by 0.1"),
        ((1, 1), 0.3 + 3e-9j, r"state\[1, 77\] is not Hermitian: it differs from its adjoint by 6e-09"),
        ((2, 2), np.inf, "not finite"),
        (None, np.diag([0.7, 0.3 + 2e-9, -2e-9, 0]), r"state\[1, 77\] has the eigenvalue -2e-09"),
        (None, np.diag([0.7, 0.3 + 2e-9, 0, -2e-9]), r"state\[1, 77\] has the eigenvalue -2e-09"),
        (None, np.eye(4)[::-1] / 2 + np.eye(4) / 4, r"state\[1, 77\] has the eigenvalue -0.25"),
    ],
)
def test_one_that_is_no_state_among_many(entry, value, message):
    states = np.tile(np.diag([0.7, 0.3, 0, 0]).astype(complex), (2, MANY // 2, 1, 1))
    good = states.copy()
    if entry is None:
        states[1, 77] = value
    else:
        states[1, 77][entry] = value
    for call in (lambda: concurrence(states), lambda: negativity(states)):
        with pytest.raises(InvalidInputError, match=message):
            call()
    with pytest.raises(InvalidInputError, match=f"second {message}" if "state" in message else message):
        fidelity(good, states)


def test_stacks_that_do_not_broadcast():
    states = hilbert_schmidt(4, 3, seed=60)
    for call in (fidelity, trace_distance):
        with pytest.raises(
            InvalidInputError, match=r"\(3, 4, 4\), second state \(2, 4, 4\); their leading axes"
        ):
            call(states, states[:2])


def test_states_at_the_limits_are_allowed():
    # Further off than a kernel accepts, and within 1e-9.
    states = np.tile(np.diag([0.7, 0.3, 0, 0]).astype(complex), (MANY, 1, 1))
    states[5] = np.diag([1 + 7e-10, -7e-10, 0, 0])
    states[6, 0, 3] = 9e-10
    states[7, 0, 0] += 9e-10
    assert np.abs(concurrence(states)).max() < 1e-4
    assert np.abs(negativity(states)).max() < 2e-9
    assert np.abs(fidelity(states, states[0]) - 1)[5:8] == pytest.approx([0.3, 0, 0], abs=1e-8)


def test_other_dimensions_go_in_blocks():
    # Vidal and Werner, PRA 65, 032314 (2002): N = (3F - 1)/2 of isotropic states of two qutrits.
    fractions = np.linspace(0.4, 1, 8200)
    weights = fractions[:, None, None]
    states = weights * isotropic(1, 3) + (1 - weights) * isotropic(0, 3)
    assert np.abs(negativity(states, dims=(3, 3)) - (3 * fractions - 1) / 2).max() < 1e-13
    states[8199] *= 2
    with pytest.raises(InvalidInputError, match=r"state\[8199\] has a trace that is not 1: it is off by 1"):
        negativity(states, dims=(3, 3))


# ---- compilation -----------------------------------------------------------------------------------


def test_few_states_do_not_load_numba():
    code = (
        "import sys; from qnetframe.states import concurrence, werner\n"
        "concurrence(werner([0.9] * 100)); sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nowhere_to_keep_compiled_kernels(monkeypatch):
    made = []

    def compiler(kernel, *, cache):
        made.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return kernel

    monkeypatch.setattr(kernels, "_compiler", lambda: compiler)
    assert kernels.compiled.__wrapped__(kernels.negativities) is kernels.negativities
    assert made == [True, False]
