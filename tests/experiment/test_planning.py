"""Plans: which method, how and why, before any SDK is loaded."""

import re
import subprocess
import sys
from itertools import pairwise

import pytest

import qnetframe as qn
from qnetframe import Program, UnsupportedError
from qnetframe.builtin.protocols.swapping import EntanglementSwapping
from qnetframe.channels import amplitude_damping


def ghz(n, *, clifford=True, measured=True):
    p = Program("ghz")
    q = p.qubits("alice", *(f"q{i}" for i in range(n)))
    p.h(q[0]) if clifford else p.ry(1.0, q[0])
    for a, b in pairwise(q):
        p.cx(a, b)
    for x in q if measured else ():
        p.measure(x)
    return p


def test_narrow_circuits_are_exact_or_drawn_from_the_exact_table():
    exact, sampled = qn.explain(ghz(3), backend="aer"), qn.explain(ghz(3), backend="aer", shots=10)
    assert (exact.method, exact.how) == ("density_matrix", "exact")
    assert (sampled.method, sampled.how) == ("density_matrix", "exact table")
    assert "because" in str(exact) and "density matrices of" in str(exact)


def test_wide_circuits_take_the_first_native_method_that_fits():
    clifford = qn.explain(ghz(40), backend="aer", shots=10)
    assert (clifford.method, clifford.how) == ("stabilizer", "native")
    assert any("density_matrix" in reason for reason in clifford.rejected)
    general = qn.explain(ghz(15, clifford=False), backend="aer", shots=10)
    assert (general.method, general.how) == ("statevector", "native")
    assert any("stabilizer cannot take the non-Clifford gate ry" in r for r in general.rejected)


def test_a_long_chain_is_exact_everywhere():
    program = EntanglementSwapping().program(tuple(f"n{i}" for i in range(51)))
    for backend in ("reference", "aer", "cirq", "qutip"):
        plan = qn.explain(program, backend=backend)
        assert plan.how == "exact" and plan.footprint.wires <= 6


def test_the_plan_is_what_runs():
    for shots in (None, 100):
        for backend in ("reference", "aer", "cirq", "qutip", "stim"):
            if backend == "stim" and shots is None:
                continue
            plan = qn.explain(ghz(4), backend=backend, shots=shots)
            result = qn.execute(ghz(4), backend=backend, shots=shots)
            assert result.method == plan.how


def test_a_refusal_names_operation_backend_and_who_can():
    p = Program()
    q = p.qubit("alice", "q")
    p.noise(amplitude_damping(0.1), q).measure(q)
    with pytest.raises(UnsupportedError) as caught:
        qn.explain(p, backend="stim", shots=10)
    text = str(caught.value)
    assert "backend 'stim'" in text and "amplitude_damping on alice.q" in text
    assert re.search(r"installed backends that can: aer, cirq, .*qutip, .*reference", text)


def test_too_many_branches_are_refused_before_running():
    p = Program()
    for i in range(14):
        q = p.qubit("alice", f"q{i}")
        p.h(q).measure(q)
    with pytest.raises(UnsupportedError, match=r"2\^14 branches, at most 4096.*declare fewer outputs"):
        qn.explain(p, backend="reference")
    assert qn.explain(p, backend="aer", shots=10).how == "native"


def test_explaining_loads_no_sdk():
    code = (
        "import sys, qnetframe as qn\n"
        "p = qn.Program(); q = p.qubit('a', 'q'); p.h(q).measure(q)\n"
        "[qn.explain(p, backend=b, shots=5) for b in ('aer', 'cirq', 'qutip', 'stim')]\n"
        "loaded = {'qiskit', 'qiskit_aer', 'cirq', 'qutip', 'stim'} & set(sys.modules)\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_reference_says_that_it_cuts():
    assert "cutting at measurements with branch merging" in qn.explain(ghz(3), backend="reference").passes
    assert "deferred measurement with reused ancillas" in qn.explain(ghz(3), backend="aer").passes


def test_a_table_is_explained_by_the_way_that_its_branches_are_computed():
    p = Program("one coin")
    q = p.qubit("alice", "q")
    p.h(q).measure(q)
    exact, drawn = qn.explain(p, "aer"), qn.explain(p, "aer", shots=10)
    assert (exact.how, drawn.how) == ("exact", "exact table")
    assert exact.deferred and drawn.passes == exact.passes
    assert not qn.explain(p, "reference", shots=10).deferred
