"""What the reader understands, against the same circuit written by hand, and what it refuses by name."""

import math
import sys

import circuit_families as families
import numpy as np
import pytest

from qnetframe.errors import InvalidInputError, LocalityError, UnsupportedError
from qnetframe.program.gates import controlled, gate_matrix
from qnetframe.program.openqasm import calls, from_openqasm
from qnetframe.program.openqasm.calls import MAX_WORK
from qnetframe.program.operations import Gate, Measure, Reset
from qnetframe.program.program import Program
from qnetframe.values import AllOf, AnyOf, Parity

HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
OLD = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'


def read(body, **options):
    return from_openqasm(HEAD + body, **options)


def gates(body, head=HEAD):
    return [
        (o.name, o.params, tuple(q.removeprefix("main.") for q in o.qubits))
        for o in from_openqasm(head + body).operations
    ]


def unitary(body, head=HEAD):
    return families.unitary_of(from_openqasm(head + body))


# ---- gates -----------------------------------------------------------------------------------


def test_broadcasting_ranges_sets_and_aliases():
    assert gates("qubit[3] q; h q;") == [("h", (), (f"q[{i}]",)) for i in range(3)]
    assert gates("qubit[2] q; qubit[2] r; cx q, r;") == [("cx", (), (f"q[{i}]", f"r[{i}]")) for i in range(2)]
    assert gates("qubit[2] q; qubit a; cx a, q;") == [("cx", (), ("a", f"q[{i}]")) for i in range(2)]
    assert gates("qubit[4] q; x q[1:2]; y q[-1]; z q[{0, 2}];") == [
        ("x", (), ("q[1]",)), ("x", (), ("q[2]",)), ("y", (), ("q[3]",)), ("z", (), ("q[0]",)), ("z", (), ("q[2]",)),
    ]  # fmt: skip
    assert gates("qubit[4] q; let a = q[3:-1:0]; let b = a[0:1] ++ q[0]; h b;") == [
        ("h", (), (n,)) for n in ("q[3]", "q[2]", "q[0]")
    ]


def test_definitions_are_inlined():
    body = """
    gate bell a, b { h a; cx a, b; }
    gate twice(t) a, b { bell a, b; rz(t / 2 + pi) b; barrier a; inv @ bell a, b; }
    qubit[2] q;
    twice(pi) q[1], q[0];
    """
    q0, q1 = "q[0]", "q[1]"
    assert gates(body) == [
        ("h", (), (q1,)), ("cx", (), (q1, q0)), ("rz", (3 * math.pi / 2,), (q0,)),
        ("cx", (), (q1, q0)), ("h", (), (q1,)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "call, name, params",
    [
        ("ctrl @ x q[0], q[1]", "cx", ()), ("ctrl @ rz(0.3) q[0], q[1]", "crz", (0.3,)),
        ("ctrl @ ctrl @ x q[0], q[1], q[2]", "ccx", ()), ("ctrl(2) @ x q[0], q[1], q[2]", "ccx", ()),
        ("ctrl @ swap q[0], q[1], q[2]", "cswap", ()), ("inv @ s q[0]", "sdg", ()), ("inv @ t q[0]", "tdg", ()),
        ("inv @ rx(0.3) q[0]", "rx", (-0.3,)), ("pow(2) @ rz(0.3) q[0]", "rz", (0.6,)),
        ("pow(1/2) @ x q[0]", "sx", ()), ("pow(0.5) @ z q[0]", "s", ()), ("ctrl @ gphase(0.3) q[0]", "p", (0.3,)),
        ("inv @ ctrl @ s q[0], q[1]", None, ()), ("ctrl @ U(0.1, 0.2, 0.3) q[0], q[1]", "cu", (0.1, 0.2, 0.3, 0.0)),
        ("inv @ u3(0.1, 0.2, 0.3) q[0]", "u3", (-0.1, -0.3, -0.2)), ("phase(0.3) q[0]", "p", (0.3,)),
        ("cphase(0.3) q[0], q[1]", "cp", (0.3,)), ("U(0.1, 0.2, 0.3) q[0]", "u3", (0.1, 0.2, 0.3)),
    ],
)  # fmt: skip
def test_modifiers_find_the_standard_gate(call, name, params):
    operations = from_openqasm(f"{HEAD}qubit[3] q; {call};").operations
    if name is None:
        assert len(operations) == 1
    else:
        assert [(o.name, o.params) for o in operations] == [(name, params)]


X, S, T = gate_matrix("x"), gate_matrix("s"), gate_matrix("t")


@pytest.mark.parametrize(
    "call, matrix",
    [
        ("negctrl @ x q[0], q[1]", np.kron(np.diag([1, 0]), X) + np.kron(np.diag([0, 1]), np.eye(2))),
        ("ctrl @ s q[0], q[1]", controlled(S)),
        ("ctrl @ inv @ t q[0], q[1]", controlled(T.conj().T)),
        ("ctrl @ pow(3) @ t q[0], q[1]", controlled(T @ T @ T)),
        ("pow(-2) @ t q[0]", np.kron(S.conj().T, np.eye(2))),
        ("ctrl @ sx q[0], q[1]", controlled(gate_matrix("sx"))),
        ("ctrl @ u3(0.1, 0.2, 0.3) q[0], q[1]", controlled(np.exp(-0.25j) * gate_matrix("u3", (0.1, 0.2, 0.3)))),
        ("ctrl @ u2(0.2, 0.3) q[0], q[1]", controlled(np.exp(-0.25j) * gate_matrix("u2", (0.2, 0.3)))),
        ("ctrl @ cu(0.1, 0.2, 0.3, 0.4) q[0], q[1], q[2]", controlled(gate_matrix("cu", (0.1, 0.2, 0.3, 0.4)))),
        ("pow(1/3) @ swap q[0], q[1]", None),
    ],
)  # fmt: skip
def test_modifiers_have_the_right_matrix(call, matrix):
    n = 3 if "q[2]" in call else 2
    found = unitary(f"qubit[{n}] q; {call};")
    if matrix is None:
        matrix = gate_matrix("swap")
        found = found @ found @ found
    families.assert_same_up_to_phase(found, matrix, 1e-12)


def test_control_of_a_definition_keeps_its_phase():
    body = "gate phased(t) a { gphase(t); x a; } qubit[2] q; ctrl @ phased(0.7) q[0], q[1];"
    families.assert_same_up_to_phase(unitary(body), controlled(np.exp(0.7j) * X), 1e-12)
    body = "gate phased a { U(pi, 0, pi) a; } qubit[2] q; pow(1/2) @ ctrl @ phased q[0], q[1];"
    families.assert_same_up_to_phase(unitary(body), controlled(gate_matrix("sx")), 1e-9)


def test_qelib1_agrees_with_qiskit():
    qasm2 = pytest.importorskip("qiskit.qasm2")
    operators = pytest.importorskip("qiskit.quantum_info")
    body = """qreg q[4];
    u3(0.1,0.2,0.3) q[0]; u2(0.1,0.2) q[1]; u1(0.4) q[2]; cu1(0.5) q[0],q[1]; cu3(0.1,0.2,0.3) q[1],q[2];
    sx q[0]; sxdg q[1]; rxx(0.3) q[0],q[1]; rzz(0.4) q[1],q[2]; csx q[2],q[3]; ccx q[0],q[1],q[3]; cy q[0],q[2];
    cu(0.1,0.2,0.3,0.4) q[3],q[0]; u(0.4,0.3,0.2) q[1]; p(0.2) q[2]; ch q[0],q[1]; cswap q[0],q[1],q[2];
    c3x q[0],q[1],q[2],q[3]; c3sqrtx q[0],q[1],q[2],q[3]; u0(1) q[0]; id q[1]; U(0.1,0.2,0.3) q[2]; CX q[0],q[3];
    crx(0.1) q[0],q[1]; cry(0.2) q[1],q[2]; crz(0.3) q[2],q[3]; swap q[0],q[3]; tdg q[0]; sdg q[1];"""
    circuit = qasm2.loads(OLD + body, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    matrix = np.asarray(operators.Operator(circuit.reverse_bits()).data)
    families.assert_same_up_to_phase(unitary(body, OLD), matrix)


def test_wide_control_is_a_matrix_up_to_six_qubits():
    body = "qubit[6] q; ctrl(5) @ x q[0], q[1], q[2], q[3], q[4], q[5];"
    expected = np.eye(64)
    expected[-2:, -2:] = X.real
    families.assert_same_up_to_phase(unitary(body), expected, 1e-12)
    with pytest.raises(UnsupportedError, match=r"line 3: .*at most 6 qubits"):
        read("qubit[7] q; ctrl(6) @ x q[0], q[1], q[2], q[3], q[4], q[5], q[6];")


# ---- classical -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, value",
    [
        ("pi/2", math.pi / 2), ("-π", -math.pi), ("2*tau", 2 * math.tau), ("euler", math.e), ("1/2", 0.5), ("2**3", 8),
        ("sin(pi/6)", 0.5), ("sqrt(2)", math.sqrt(2)), ("arccos(0)", math.pi / 2), ("1e-3", 1e-3), ("7 % 4", 3),
        ("n * a + 1", 3 * 0.25 + 1), ("float(n) / 2", 1.5), ("(1 << 3) - 2", 6), ("int(3.7)", 3), ("b ? 1 : 2", None),
        ("0x1F", 31), ("0b101", 5), ("6 & 3", 2), ("6 | 3", 7), ("6 ^ 3", 5), ("~0", -1), ("mod(7.5, 2)", 1.5),
        ("floor(2.5)", 2), ("exp(0)", 1), ("log(euler)", 1), ("t", 2 * math.pi - 1),
    ],
)  # fmt: skip
def test_angle_arithmetic(text, value):
    body = f"const int n = 3; const float[64] a = 0.25; const angle t = -1; qubit q; rz({text}) q;"
    if value is None:
        with pytest.raises(InvalidInputError, match="line 3"):
            read(body)
    else:
        assert gates(body)[0][1][0] == pytest.approx(value, abs=1e-15)


def test_loops_and_variables():
    body = """
    qubit[4] q;
    const int n = 4;
    int k = 0;
    for int i in [0:n - 2] { cx q[i], q[i + 1]; k += i; }
    for uint i in [3:-2:0] h q[i];
    for int i in {2, 0} { if (i == 2) x q[i]; else y q[i]; }
    rz(k) q[0];
    """
    assert gates(body) == [
        *(("cx", (), (f"q[{i}]", f"q[{i + 1}]")) for i in range(3)), ("h", (), ("q[3]",)), ("h", (), ("q[1]",)),
        ("x", (), ("q[2]",)), ("y", (), ("q[0]",)), ("rz", (3.0,), ("q[0]",)),
    ]  # fmt: skip


C = [Parity((f"c[{i}]",)) for i in range(3)]
D = Parity(("d",))


@pytest.mark.parametrize(
    "test, when",
    [
        ("c[0]", C[0]), ("!c[0]", C[0] ^ 1), ("~c[0]", C[0] ^ 1), ("c[0] == 1", C[0]), ("c[1] == false", C[1] ^ 1),
        ("c[0] != c[1]", C[0] ^ C[1]), ("c[0] == c[1]", C[0] ^ C[1] ^ 1), ("c[0] ^ c[1] ^ d", C[0] ^ C[1] ^ D),
        ("c[0] ^ 1", C[0] ^ 1), ("true", None), ("1 + 1 == 2", None), ("c == 9", "never"), ("false", "never"),
        ("c == 5", AllOf((C[0], C[1] ^ 1, C[2]))), ("c != 5", AnyOf((C[0] ^ 1, C[1], C[2] ^ 1))),
        ("5 == c", AllOf((C[0], C[1] ^ 1, C[2]))), ('c == "101"', AllOf((C[0], C[1] ^ 1, C[2]))),
        ("c", AnyOf(tuple(C))), ("c[0:1] == 2", AllOf((C[0] ^ 1, C[1]))), ("int(c) == 0", AllOf(tuple(x ^ 1 for x in C))),
        ("uint[3](c) == 7", AllOf(tuple(C))), ("c[0] && !d", AllOf((C[0], D ^ 1))), ("c[0] || d", AnyOf((C[0], D))),
        ("c[0] & c[1]", AllOf((C[0], C[1]))), ("bool(c[2])", C[2]), ("c[0] && true", C[0]), ("c[0] || true", None),
        ("e", C[0] ^ C[1]), ("k == 3", AllOf((C[0], C[1], C[2] ^ 1))),
    ],
)  # fmt: skip
def test_conditions(test, when):
    program = read(
        f"qubit[4] q; qubit r; bit[3] c; bit d; c = measure q[0:2]; d = measure q[3]; bool e = c[0] ^ c[1]; "
        f"int[8] k = c; if ({test}) x r;"
    )
    found = [o.when for o in program.operations if isinstance(o, Gate)]
    assert found == ([] if when == "never" else [when])


def test_nested_conditions_and_else():
    body = """
    qubit[3] q; bit[2] c; c = measure q[0:1];
    if (c == 1) { x q[2]; } else if (c[1]) { y q[2]; } else { z q[2]; }
    """
    found = [(o.name, o.when) for o in read(body).operations if isinstance(o, Gate)]
    # else after c == 1 is c[0] = 0, or c[0] = c[1] = 1; with c[1] these are two exclusive terms.
    assert [n for n, _ in found] == ["x", "y", "y", "z"] or [n for n, _ in found] == ["x", "y", "z"]
    for value in range(4):
        bits = {"c[0]": value & 1, "c[1]": value >> 1}
        from qnetframe.values import evaluate

        fired = "".join(n for n, w in found if evaluate(w, bits))
        assert fired == {1: "x", 2: "y", 3: "y", 0: "z"}[value]


def test_bits_are_what_they_were_when_the_condition_is_read():
    body = "qubit[2] q; bit c; c = measure q[0]; if (c) x q[1]; c = measure q[1]; if (c) x q[0];"
    program = read(body)
    assert [o.bit for o in program.operations if isinstance(o, Measure)] == ["c", "c_2"]
    assert [o.when for o in program.operations if isinstance(o, Gate)] == [Parity(("c",)), Parity(("c_2",))]
    (output,) = program.outputs
    assert (output.label, output.parity) == ("c", Parity(("c_2",)))


def test_outputs_are_the_final_values_of_the_bits():
    body = "qubit[2] q; bit[2] c; bit parity; c = measure q; parity = c[0] ^ c[1];"
    outputs = {o.label: o.parity for o in read(body).outputs}
    assert outputs == {"c[0]": C[0], "c[1]": C[1], "parity": C[0] ^ C[1]}
    only = read("qubit[2] q; bit[2] c; output bit parity; c = measure q; parity = c[0] ^ c[1];").outputs
    assert [o.label for o in only] == ["parity"]
    assert read("qubit q; bit[2] c; c[1] = measure q;").outputs is None
    assert read("qubit q; measure q;").outputs == ()


def test_reset_barrier_and_gphase():
    program = read("qubit[2] q; h q[0]; barrier q; barrier; gphase(pi/2); reset q;")
    assert [type(o) for o in program.operations] == [Gate, Reset, Reset]


def test_openqasm_2():
    text = (
        OLD
        + """
    qreg q[2]; creg c[2]; creg d[1];
    h q[0]; CX q[0], q[1]; barrier q;
    measure q -> c;
    if (c == 3) x q[0];
    measure q[0] -> d[0];
    """
    )
    program = from_openqasm(text)
    families.assert_same_distribution(
        program, read("qubit[2] q; bit[2] c; bit[1] d; h q[0]; cx q[0], q[1]; c = measure q; if (c == 3) x q[0]; d[0] = measure q[0];")
    )  # fmt: skip


# ---- parties ---------------------------------------------------------------------------------

BELL = "qubit[2] q;\nqubit r;\nh q[0];\ncx q[0], r;\n"


def test_parties_by_qubit_and_by_register():
    program = read("qubit[2] q; qubit r; h q; x r;", parties={"alice": ["q"], "bob": ["r"]})
    assert program.declared == {"alice.q[0]": "alice", "alice.q[1]": "alice", "bob.r": "bob"}
    program = read("qubit[2] q; h q;", parties={"bob": ["q[1]"], "alice": ["q[0]"]})
    assert list(program.declared) == ["alice.q[0]", "bob.q[1]"]


def test_a_gate_between_parties_is_refused_by_line():
    with pytest.raises(LocalityError, match=r"line 6: cx on 'q\[0\]' \(alice\) and 'r' \(bob\).*teleport"):
        read(BELL, parties={"alice": ["q"], "bob": ["r"]})


def test_a_gate_between_parties_is_teleported_when_asked():
    body = "qubit[2] q; qubit r; bit[3] c; ry(0.4) q[0]; cx q[0], r; cp(0.3) r, q[1]; swap q[1], r; c[0] = measure q[0]; c[1] = measure q[1]; c[2] = measure r;"
    program = read(body, parties={"alice": ["q"], "bob": ["r"]}, across="teleport")
    assert program.resources.pairs == 5
    assert len(program.declared) == 5, "the qubits of pairs are used again"
    families.assert_same_distribution(program, read(body))


def test_a_pair_made_by_gates_is_a_pair():
    program = read(BELL + "h q[1]; t r;", parties={"alice": ["q"], "bob": ["r"]}, across="teleport")
    assert next(o.kind for o in program.operations) == "entangle"
    assert program.resources.pairs == 1 and sum(program.resources.classical_bits.values()) == 0
    late = read(
        "qubit[2] q; h q[0]; z q[0]; cx q[0], q[1];",
        parties={"a": ["q[0]"], "b": ["q[1]"]},
        across="teleport",
    )
    assert sum(late.resources.classical_bits.values()) == 2


def test_a_target_that_is_not_fresh_makes_no_pair():
    body = "qubit[2] q; bit[2] c; h q[0]; x q[1]; cx q[0], q[1]; c = measure q;"
    program = read(body, parties={"a": ["q[0]"], "b": ["q[1]"]}, across="teleport")
    assert sum(program.resources.classical_bits.values()) == 2
    families.assert_same_distribution(program, read(body))


def test_a_teleported_gate_under_a_condition():
    body = "qubit[3] q; bit[3] c; h q[0]; c[0] = measure q[0]; h q[1]; if (c[0]) cx q[1], q[2]; c[1] = measure q[1]; c[2] = measure q[2];"
    program = read(body, parties={"a": ["q[0]", "q[1]"], "b": ["q[2]"]}, across="teleport")
    families.assert_same_distribution(program, read(body))


@pytest.mark.parametrize(
    "parties, message",
    [
        ({"alice": ["q"]}, "leaves out r"),
        ({"alice": ["q", "r"], "bob": ["q[1]"]}, r"'q\[1\]' is given to 'alice' and to 'bob'"),
        ({"alice": ["q", "s"]}, "unknown qubit 's'; there are: q, r"),
        ({"alice": "q"}, "must be a list"),
        (["q"], "must map"),
        ({"": ["q", "r"]}, "party is ''"),
    ],
)
def test_wrong_parties(parties, message):
    with pytest.raises(InvalidInputError, match=message):
        read(BELL, parties=parties)


def test_wrong_across():
    with pytest.raises(InvalidInputError, match="'refuse' or 'teleport'"):
        read(BELL, across="no")


def test_a_three_qubit_gate_that_cannot_be_shared_names_its_line():
    with pytest.raises(LocalityError, match=r"line 4: cswap.*cannot be done"):
        read(
            "qubit[3] q;\ncswap q[0], q[1], q[2];",
            parties={"a": ["q[0]", "q[1]"], "b": ["q[2]"]},
            across="teleport",
        )


# ---- refused by name -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body, what",
    [
        ("while (true) { h q; }", "a while loop"), ("def f(qubit a) { h a; }", "a subroutine"),
        ("extern f(int) -> int;", "extern"), ("delay[10ns] q;", "delay"), ("input float t;", "the input 't'"),
        ("switch (1) { case 1 { h q; } }", "switch"), ("array[int[8], 2] a;", "the type array"),
        ("box { h q; }", "box"), ("duration d = 10ns;", "DurationLiteral"), ("stretch s;", "the type stretch"),
        ("pragma foo", "a pragma"), ("@note foo\nh q;", "an annotation"), ("h $0;", r"physical qubit \$0"),
        ('defcalgrammar "openpulse";', "defcalgrammar"), ("end;", "end"), ("complex[float[64]] z;", "the type complex"),
        ('include "other.inc";', "the file 'other.inc'"), ("bit c; c = measure q; if (c) { c = measure q; }", "measure under"),
        ("bit c; c = measure q; if (c) { reset q; }", "reset under"), ("bit c; bit d; c = measure q; if (c) { d = 1; }", "writing 'd'"),
        ("bit[2] c; c[0] = measure q; if (c < 2) h q;", "< on measured bits"), ("bit c; c = measure q; rz(c) q;", None),
        ("bit c; c = measure q; int k = 0; if (c) { k = 1; }", "writing 'k'"), ("bit[2] c; if (c << 1 == 0) h q;", "<< on measured"),
        ("bit c; c = measure q; float f = c;", "as a number"), ("for int i in c { }", "a loop over anything but"),
        ("{ qubit r; }", "a qubit declared inside"), ("output int k;", "an output that is not a bit"), ("rz(rotl(1, 2)) q;", "rotl"),
        ("bit[2] c; c[0] = measure q; c[1] = measure q; bit d; d = c[0] & c[1];", "not a parity"),
    ],
)  # fmt: skip
def test_refused(body, what):
    with pytest.raises((UnsupportedError, InvalidInputError)) as caught:
        read("qubit q;\n" + body)
    if what is not None:
        assert isinstance(caught.value, UnsupportedError)
        import re

        assert re.search(what, str(caught.value)), caught.value
    if "not a parity" not in str(caught.value):
        assert re.search(r"line [45]", str(caught.value)) if what else "line 4" in str(caught.value)


@pytest.mark.parametrize(
    "body, what",
    [
        ("h q[0];", "no index"), ("h r;", "'r' is not a declared qubit"), ("hh q;", "gate 'hh' is not defined"),
        ("rz q;", "rz takes 1 angles, got 0"), ("h(1) q;", "h takes 0 angles, got 1"), ("cx q;", "cx takes 2 qubits"),
        ("cx q, q;", "a qubit twice"), ("qubit q;", "declared twice"), ("bit q;", "declared twice"),
        ("qubit[0] r;", "1 to 10000"), ("qubit[-1] r;", "1 to"), ("qubit[2] r; h r[2];", "index 2 of a register of size 2"),
        ("qubit[2] r; qubit[3] s; cx r, s;", "different sizes"), ("bit[2] c; c = measure q;", "1 qubits into 2 bits"),
        ("c = measure q;", "'c' is not a declared bit"), ("rz(1/0) q;", "no value"), ("rz(sqrt(-1)) q;", "no value"),
        ("rz(1e400) q;", "finite"), ("rz(x) q;", "'x' is not declared"), ("rz(2 ** 100) q;", "too large"),
        ("const int[4] n = 20;", "does not fit"), ("const int n = 1; n = 2;", "cannot be assigned"),
        ("gate g a, a { h a; }", "twice"), ("gate g a { h b; }", "does not name"), ("gate g a { g a; }", "'g' is not defined"),
        ("gate g a { h a; } gate g a { x a; }", "defined twice"), ("for int i in [0:0:3] { }", "step 0"),
        ("ctrl(0) @ x q;", "1 to 1000"), ("rz(1 << 100) q;", "shift"), ("bit[200000] c;", "1 to 100000"),
        ("bit[2] c = \"101\";", "3 bits as"), ("bit c = 2;", "a bit is needed"), ("if (q) h q;", "is a qubit"),
        ("rz(99999999999999999999) q;", "64"), ("int k = \"01\";", None),
    ],
)  # fmt: skip
def test_wrong(body, what):
    if what is None:
        read("qubit q;\n" + body)
        return
    with pytest.raises(InvalidInputError) as caught:
        read("qubit q;\n" + body)
    assert what in str(caught.value), caught.value
    assert "line 4" in str(caught.value), caught.value


def test_syntax_errors_name_line_and_column():
    with pytest.raises(InvalidInputError, match="line 3, column 9: unexpected 'h'"):
        read("qubit q h q;")
    with pytest.raises(InvalidInputError, match="the end of the text"):
        read("qubit")
    with pytest.raises(UnsupportedError, match=r"version 4\.0"):
        from_openqasm("OPENQASM 4.0;")
    with pytest.raises(InvalidInputError, match="must be a text"):
        from_openqasm(b"OPENQASM 3;")


def test_nothing_is_printed(capfd):
    for text in ("qubit q \x00", "rz(", "x[["):
        with pytest.raises(InvalidInputError):
            from_openqasm(text)
    assert capfd.readouterr() == ("", "")


def test_work_is_bounded(monkeypatch):
    with pytest.raises(UnsupportedError, match=f"{MAX_WORK} statements"):
        read("for int i in [0:1000000000000] { }")
    monkeypatch.setattr(calls, "MAX_WORK", 5000)
    for body in (
        "for int i in [0:9999] { for int j in [0:9999] { h q; } }",
        "".join(
            f"gate g{i} a {{ {'g' + str(i - 1) if i else 'x'} a; {'g' + str(i - 1) if i else 'x'} a; }} "
            for i in range(40)
        )
        + "g39 q;",
        "".join(f"gate g{i} a {{ {f'g{i - 1} a; g{i - 1} a;' if i else ''} }} " for i in range(40))
        + "g39 q;",
    ):
        with pytest.raises(UnsupportedError, match="5000 statements"):
            read("qubit q; " + body)
    with pytest.raises(UnsupportedError, match="repeats"):
        read("qubit q; pow(1000000000) @ h q;")
    with pytest.raises(InvalidInputError, match="at most 1000000 are read"):
        read("/*" + "x" * 1_000_000 + "*/")
    with pytest.raises(UnsupportedError, match="exclusive terms"):
        read("qubit[40] q; bit[40] c; c = measure q; if ((c[0]&&c[1])||(c[2]&&c[3])||(c[4]&&c[5])||(c[6]&&c[7])||"
             "(c[8]&&c[9])||(c[10]&&c[11])||(c[12]&&c[13])||(c[14]&&c[15])) x q[0];")  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["(" * 5000 + ")" * 5000, "{" * 5000 + "}" * 5000, "rz(" + "-" * 5000 + "1) q;", "rz(" + "1+" * 5000 + "1) q;",
     "if (c) " * 2000 + "x q;", "rz(" + "sin(" * 59 + "1" + ")" * 59 + ") q;",
     "".join(f"gate g{i} a {{ {f'g{i - 1}' if i else 'x'} a; }} " for i in range(3000)) + "g2999 q;"],
)  # fmt: skip
def test_deep_nesting(text):
    try:
        read("qubit q; bit c; " + text)
    except InvalidInputError as error:
        assert "nest" in str(error) or "not OpenQASM" in str(error) or "line 3" in str(error)


def test_the_missing_parser_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "openqasm3", None)
    with pytest.raises(UnsupportedError, match=r"pip install 'qnetframe\[qasm\]'"):
        from_openqasm("qubit q;")


def test_the_name_of_the_program():
    assert read("qubit q;", name="mine").name == "mine"
    assert isinstance(read(""), Program)
