"""Stim circuits in and out: distributions, detector error models, and what is refused."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest
import stim

from qnetframe.channels.named import amplitude_damping, depolarizing
from qnetframe.errors import InvalidInputError, LocalityError, UnsupportedError
from qnetframe.program.operations import Gate, Noise
from qnetframe.program.program import Program
from qnetframe.values import all_of
from qnetframe_stim.convert import from_stim, to_stim

sys.path.insert(0, str(Path(__file__).parents[3] / "tests" / "openqasm"))
import circuit_families as families

CLIFFORD = [
    "ghz_2", "ghz_3", "ghz_5", *(f"clifford_{i}" for i in range(5)), "bv_101", "bv_1101", "dj_True", "simon_11",
    "hidden_shift_1011", "five_qubit_none", "swapping_2", "swapping_3",
]  # fmt: skip


@pytest.mark.parametrize("name", CLIFFORD)
def test_round_trip(name):
    program = families.ALL[name]
    again = from_stim(to_stim(program))
    families.assert_same_distribution(_numbered(program), _numbered(again))
    if name in families.UNITARY:
        assert [(o.name, o.qubits) for o in again.operations if isinstance(o, Gate)] == [
            (o.name, o.qubits) for o in program.operations if isinstance(o, Gate) and o.name != "id"
        ]


def _numbered(program):
    """The circuit with its bits as outputs 00, 01, … in order of measurement."""
    from qnetframe.program.circuit import Output
    from qnetframe.values import Parity

    circuit = program.circuit()
    return circuit.replace(outputs=[Output(f"{i:02}", Parity((b,))) for i, b in enumerate(circuit.bits)])


@pytest.mark.parametrize("name", CLIFFORD)
def test_stim_gives_the_same_outcomes(name):
    """Every outcome of 200 shots of Stim is possible, and every likely one is seen.

    An outcome of probability 1/4 or more is missing with probability below 1e-24.
    """
    program = families.ALL[name]
    _, exact = families.distribution(_numbered(program))
    shots = {tuple(map(int, row)) for row in to_stim(program).compile_sampler(seed=3).sample(200)}
    assert all(exact.get(s, 0) > 1e-12 for s in shots)
    assert all(s in shots for s, p in exact.items() if p >= 0.25)


@pytest.mark.parametrize(
    "task", ["surface_code:rotated_memory_z", "repetition_code:memory", "color_code:memory_xyz"]
)
def test_detector_error_models_survive(task):
    original = stim.Circuit.generated(
        task, distance=3, rounds=3, after_clifford_depolarization=0.001, before_measure_flip_probability=0.002,
        after_reset_flip_probability=0.003, before_round_data_depolarization=0.004,
    )  # fmt: skip
    program = from_stim(original)
    again = to_stim(program)
    assert again.num_detectors == original.num_detectors and again.num_observables == original.num_observables
    first, second = (c.detector_error_model().flattened() for c in (original, again))
    assert second.approx_equals(first, atol=1e-9)


UNITARIES = [n for n, d in stim.gate_data().items() if d.is_unitary and not n.startswith("SPP")]


@pytest.mark.parametrize("name", UNITARIES)
def test_every_unitary_gate(name):
    """The gate is the one that Stim's own tableau describes: the same action on every Pauli."""
    width = 2 if stim.gate_data(name).is_two_qubit_gate else 1
    circuit = stim.Circuit()
    circuit.append(name, range(width))
    matrix = families.unitary_of(from_stim(circuit))
    expected = stim.Tableau.from_named_gate(name).to_unitary_matrix(endian="big")
    families.assert_same_up_to_phase(matrix, expected, 1e-6)


def test_measurements_resets_and_feedback():
    circuit = stim.Circuit("""
        RX 0
        MX 0
        MR !0
        RY 1
        MY 1
        X 2
        M !2 2
        CX rec[-1] 3 rec[-2] 4
        XCZ 4 rec[-1]
        CY rec[-5] 3
        CZ rec[-1] 3
        M 3 4
        MPAD 0 1
    """)
    _, table = families.distribution(_renamed(from_stim(circuit)))
    expected = {tuple(map(int, row)) for row in circuit.compile_sampler(seed=1).sample(300)}
    assert {k for k, p in table.items() if p > 1e-12} == expected


def _renamed(program):
    outputs = program.circuit().outputs
    from qnetframe.program.circuit import Output

    circuit = program.circuit()
    return circuit.replace(outputs=[Output(f"{i:02}", o.parity) for i, o in enumerate(outputs)])


def test_noise():
    circuit = stim.Circuit("""
        X_ERROR(0.1) 0
        PAULI_CHANNEL_1(0.1, 0.2, 0.3) 1
        DEPOLARIZE2(0.3) 0 1
        E(0.1) X0 Z2
        ELSE_CORRELATED_ERROR(0.2) Y0
        ELSE_CORRELATED_ERROR(0.3) X2
        HERALDED_ERASE(0.25) 2
        M(0.05) 0 1 2
    """)
    program = from_stim(circuit)
    chain = [o for o in program.operations if isinstance(o, Noise)][-1]
    assert chain.qubits == ("main.q[0]", "main.q[2]")
    weights = chain.channel.pauli_probabilities
    assert {k: v for k, v in weights.items() if v > 1e-12} == pytest.approx(
        {"XZ": 0.1, "YI": 0.18, "IX": 0.216, "II": 0.504}
    )
    _, table = families.distribution(_renamed(program))
    shots = 100_000
    rows = circuit.compile_sampler(seed=4).sample(shots)
    # 16 frequencies, each off by more than 5.5 standard errors with probability below 4e-8.
    for outcome in itertools.product((0, 1), repeat=4):
        p = table.get(outcome, 0)
        seen = (rows == np.array(outcome, dtype=bool)).all(axis=1).mean()
        assert abs(seen - p) <= 5.5 * np.sqrt(p * (1 - p) / shots) + 1e-9
    families.assert_same_distribution(_renamed(program), _renamed(from_stim(to_stim(program))))


def test_repeat_is_unrolled_within_bounds():
    program = from_stim(stim.Circuit("REPEAT 3 {\n H 0\n M 0\n DETECTOR(1) rec[-1]\n SHIFT_COORDS(1)\n}"))
    assert len(program.bit_owners) == 3
    with pytest.raises(UnsupportedError, match="at most 200000"):
        from_stim(stim.Circuit("REPEAT 1000000000 {\n REPEAT 1000000 {\n H 0\n }\n}"))


def test_a_record_before_the_first_is_refused():
    with pytest.raises(InvalidInputError, match=r"rec\[-2\].* before the first of 1"):
        from_stim(stim.Circuit("M 0\nDETECTOR rec[-2]"))


def test_parties():
    circuit = stim.Circuit("H 0\nCX 0 1\nM 0 1")
    with pytest.raises(LocalityError, match=r"instruction 1 \(CX 0 1\)"):
        from_stim(circuit, {"alice": ["q[0]"], "bob": ["q[1]"]})
    program = from_stim(circuit, {"alice": ["q[0]"], "bob": ["q[1]"]}, across="teleport")
    assert program.resources.pairs == 1
    assert set(from_stim(circuit, {"alice": ["q"]}).parties) == {"alice"}


@pytest.mark.parametrize(
    "text, named",
    [("MPP X0*Z1", "MPP"), ("MXX 0 1", "MXX"), ("SPP X0", "SPP"), ("HERALDED_PAULI_CHANNEL_1(0.1,0,0,0) 0", "HERALDED_PAULI"),
     ("CX sweep[0] 1", "sweep"), ("OBSERVABLE_INCLUDE(0) X1", "X1"), ("M 0\nXCZ rec[-1] 0", None)],
)  # fmt: skip
def test_refused_by_name(text, named):
    if named is None:
        with pytest.raises(ValueError):
            stim.Circuit(text).compile_sampler().sample(1)
        with pytest.raises(UnsupportedError, match="XCZ"):
            from_stim(stim.Circuit(text))
        return
    with pytest.raises(UnsupportedError, match=named):
        from_stim(stim.Circuit(text))


def test_to_stim_refuses_by_name():
    p = Program()
    q, r = p.qubits("main", "q", "r")
    p.t(q).noise(amplitude_damping(0.1), q)
    m = p.measure(q)
    p.x(r, when=all_of(m, m)).require(m).output(m ^ 1).save("out", r)
    with pytest.raises(UnsupportedError) as caught:
        to_stim(p)
    for named in ("t", "amplitude_damping", "require(m0)", "save 'out'", "declared outputs (m0 ^ 1)"):
        assert named in str(caught.value)
    clean = Program()
    q = clean.qubit("main", "q")
    clean.h(q).noise(depolarizing(0.1), q)
    clean.output(clean.measure(q) ^ 1).expect("x", {q: "X"})
    assert str(to_stim(clean, outputs="drop")).splitlines()[-1] == "M 0"
    with pytest.raises(InvalidInputError, match="'refuse' or 'drop'"):
        to_stim(clean, outputs="no")
    for wrong in (to_stim, from_stim):
        with pytest.raises((InvalidInputError, UnsupportedError), match="Circuit"):
            wrong("H 0")
