"""The master equation as a matrix, and that leaving out what states never reach changes no number."""

import numpy as np
import pytest
import scipy.sparse as sp

from qnetframe_hardware import ions
from qnetframe_hardware.dynamics import Collapse, Harmonics, Problem, Term, liouville, make_solver
from qnetframe_hardware.dynamics.liouville import commutator, liouvillian, reach
from qnetframe_hardware.dynamics.operators import (
    LOWERING,
    PAULI_X,
    PAULI_Z,
    basis,
    compressed,
    destroy,
    diagonal,
    embed,
)
from qnetframe_hardware.photons import cavity_problem

RNG = np.random.default_rng(5)


def random(d):
    return RNG.normal(size=(d, d)) + 1j * RNG.normal(size=(d, d))


@pytest.mark.parametrize("dim", [3, 130])  # above 128 the arithmetic is sparse
def test_the_generator_is_lindblads(dim):
    # G. Lindblad, Commun. Math. Phys. 48, 119 (1976): -i [H, rho] + L rho L^+ - {L^+ L, rho}/2.
    h, jump, rho = (random(dim) * (RNG.random((dim, dim)) < 6 / dim) for _ in range(3))
    h = h + h.conj().T
    problem = Problem((dim,), [h], basis((dim,), 0), (0, 1), [Collapse(jump, 0.7)])
    square = jump.conj().T @ jump
    expected = -1j * (h @ rho - rho @ h)
    expected += 0.7 * (jump @ rho @ jump.conj().T - (square @ rho + rho @ square) / 2)
    found = (liouvillian(problem) @ rho.ravel()).reshape(dim, dim)
    assert np.allclose(found, expected, atol=1e-12)
    turned = (commutator(sp.csr_array(jump)) @ rho.ravel()).reshape(dim, dim)
    assert np.allclose(turned, jump @ rho - rho @ jump, atol=1e-12)


def test_small_matrices_in_compressed_form():
    dense = random(5) * (RNG.random((5, 5)) < 0.4)
    dense[2] = 0
    assert np.array_equal(compressed(dense).toarray(), dense)
    assert np.array_equal(destroy(4).toarray(), np.diag(np.sqrt([1.0, 2.0, 3.0]), 1))
    assert not destroy(1).nnz and np.array_equal(diagonal([1, 0, 2]).toarray(), np.diag([1, 0, 2]))


def test_one_excitation_reaches_few_coherences():
    problem = cavity_problem(g=1.0, kappa=1.0, gamma=0.5, duration=10.0)
    generator, start = liouvillian(problem), problem.density_matrices().reshape(1, -1).T
    found = reach([generator], start)
    # |e00> exchanges with |g10>, which goes to |g01> or |g00>: 4 coherences of the first two, and what falls.
    assert len(found.rows) == 12 and found.columns.shape == (12, 1)
    assert np.array_equal(found.unpacked(found.columns), start)
    image = found.unpacked(found.restricted(generator) @ found.columns)
    assert np.allclose(image, generator @ start, atol=1e-15)


def test_parts_that_never_mix_share_their_columns():
    # Four states of X1 and X2, 16 blocks of a master equation: 16 initial operators evolve as one column.
    levels = 5
    dims = (2, 2, levels)
    x = embed(dims, (0, PAULI_Z)) + embed(dims, (1, PAULI_Z))
    a = embed(dims, (2, destroy(levels)))
    kets = RNG.normal(size=(6, 4)) @ [basis(dims, i, j, 0) for i in (0, 1) for j in (0, 1)]
    kets /= np.linalg.norm(kets, axis=1)[:, None]
    problem = Problem(dims, [x @ (a + a.T)], kets, (0, 1), [Collapse(a, 0.3)])
    columns = problem.density_matrices().reshape(6, -1).T
    found = reach([liouvillian(problem)], columns)
    assert found.columns.shape == ((4 * levels) ** 2, 1) and found.rows is None
    assert np.allclose(found.unpacked(found.columns), columns, atol=1e-14)
    mixed = reach([liouvillian(problem), commutator(embed(dims, (0, PAULI_X)))], columns)
    assert 1 < mixed.columns.shape[1] <= 6


@pytest.mark.parametrize("solver", ["expm", "qutip"])
def test_what_is_left_out_changes_nothing(solver, monkeypatch):
    # A drive that switches the parts on must join them, by its adjoint too.
    dims = (2, 4)
    a, s = embed(dims, (1, destroy(4))), embed(dims, (0, LOWERING))
    drive = Term(a, 0.3 if solver == "expm" else Harmonics((0.3,), (1.1,)), plus_conjugate=True)
    kets = np.asarray([basis(dims, i, j) for i, j in ((0, 0), (1, 0), (0, 1))])
    states = np.concatenate([np.einsum("mi,mj->mij", kets, kets.conj()), np.eye(8)[None] / 8])
    for terms in ([s.T @ a + a.T @ s], [s.T @ a + a.T @ s, drive], [drive]):
        problem = Problem(dims, terms, states, (0, 0.4, 1.5), [Collapse(a, 0.4)], {"n": a.T @ a})
        with monkeypatch.context() as patch:
            patch.setattr(liouville, "_SMALL", 10**9)
            whole = make_solver(solver).solve(problem, save_states=True)
        part = make_solver(solver).solve(problem, save_states=True)
        assert np.allclose(part.states, whole.states, atol=1e-10)
        assert np.allclose(part.expectations["n"], whole.expectations["n"], atol=1e-10)


def test_the_gate_in_the_basis_of_its_spins():
    # With dephasing, decay and heating: the problem as written in the basis of Z, by a process of its own.
    from qnetframe_hardware.dynamics import process

    given = {
        "detuning_hz": 10e3,
        "heating_rate": 60.0,
        "spin_dephasing_rate": 20.0,
        "spin_decay_rate": 30.0,
        "motional_dephasing_rate": 10.0,
    }
    plain = process(ions.molmer_sorensen_problem(**given, levels=8), (0, 1), solver="expm")
    assert ions.molmer_sorensen(**given, levels=8, solver="expm").channel.is_close(plain, 1e-10)
