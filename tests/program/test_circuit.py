"""Circuit: what it checks, what it derives, and that it is a value."""

import pytest

from qnetframe.errors import InvalidInputError
from qnetframe.program.circuit import Circuit, Output
from qnetframe.program.operations import (
    Coin,
    Detector,
    Entangle,
    Erase,
    Expect,
    Gate,
    Idle,
    Measure,
    Require,
    Save,
    Send,
)
from qnetframe.values import Parity, all_of

H, CX = Gate("h", ("a",)), Gate("cx", ("a", "b"))
M, N = Measure("a", "m"), Measure("b", "n")


def test_bits_saved_and_outputs():
    circuit = Circuit(
        ("a", "b", "c"),
        (
            H,
            M,
            Coin(0.5, "k"),
            Erase("b", 0.1, "e"),
            Save("s", ("c",)),
            Expect("x", (("b", "X"), ("c", "Z"))),
        ),
    )
    assert circuit.bits == ("m", "k", "e")
    assert circuit.saved == ("b", "c")
    assert circuit.outputs == tuple(Output(b, Parity((b,))) for b in "mke")
    assert Circuit(("a",), (M,), ()).outputs == ()


def test_it_is_a_value():
    one, two = Circuit(("a", "b"), (H, CX, M)), Circuit(["a", "b"], [H, CX, M])
    assert one == two
    assert hash(one) == hash(two)
    assert one.content_hash == two.content_hash
    assert len({one, two}) == 1
    others = [
        Circuit(("b", "a"), (H, CX, M)),
        Circuit(("a", "b", "c"), (H, CX, M)),
        Circuit(("a", "b"), (H, M)),
        Circuit(("a", "b"), (H, CX, M), ()),
        Circuit(("a", "b"), (H, CX, M), (Output("m", Parity(("m",), 1)),)),
        Circuit(("a", "b"), (H, CX, Measure("a", "m", "x"))),
    ]
    assert len({one, *others}) == 1 + len(others)
    assert len({c.content_hash for c in (one, *others)}) == 1 + len(others)


def test_default_outputs_are_the_same_as_written_ones():
    assert Circuit(("a",), (M,)) == Circuit(("a",), (M,), (Output("m", Parity(("m",))),))


def test_replace():
    circuit = Circuit(("a", "b"), (H, M, N), (Output("o", Parity(("m",))),))
    assert circuit.replace() == circuit
    assert circuit.replace([M]) == Circuit(("a", "b"), (M,), circuit.outputs)
    assert circuit.replace(outputs=[]) == Circuit(("a", "b"), (H, M, N), ())


def test_it_prints_as_a_diagram():
    circuit = Circuit(("a", "b"), (H, CX, M))
    assert "outputs: m" in str(circuit)
    assert "<svg" in circuit._repr_html_()


X_IF = Gate("x", ("b",), (), Parity(("m",)))


@pytest.mark.parametrize(
    ("qubits", "operations", "message"),
    [
        (("a", "a"), (), "qubits has one of them twice: a, a"),
        (("a", 5), (), r"qubits\[1\] is 5"),
        (("", "a"), (), r"qubits\[0\] is ''"),
        (("a",), (H, CX), r"operations\[1\]: gate acts on unknown qubit 'b'; known: a"),
        (("a", "b"), (Entangle(("a", "b")),), r"operations\[0\]: entangle is not for circuits"),
        (("a",), (Send("a", "bob", "loss:0"),), "send is not for circuits"),
        (("a",), (Idle(("a",), 1),), "idle is not for circuits; place the program"),
        (
            ("a", "b"),
            (X_IF,),
            r"operations\[0\]: gate uses bit 'm', which is not measured yet; measured: none",
        ),
        (("a", "b"), (N, X_IF, M), "measured: n"),
        (
            ("a", "b"),
            (N, Require(all_of(Parity(("n",)), Parity(("m",)))), M),
            r"operations\[1\]: require uses bit 'm'",
        ),
        (("a", "b"), (N, Detector(Parity(("q",)))), "detector uses bit 'q'"),
        (("a", "b"), (M, Measure("b", "m")), r"operations\[1\]: bit 'm' is recorded twice"),
        (("a",), (M, Coin(0.5, "m")), "bit 'm' is recorded twice"),
        (("a",), (Save("s", ("a",)), H), r"operations\[1\]: gate acts on qubit 'a' after save 's'"),
        (("a",), (Expect("e", (("a", "X"),)), M), "measure acts on qubit 'a' after expect 'e'"),
        (
            ("a", "b"),
            (Save("s", ("a",)), Save("s", ("b",))),
            r"operations\[1\]: save: label 's' is used twice",
        ),
        (("a", "b"), (Save("s", ("a",)), Expect("s", (("b", "X"),))), "label 's' is used twice"),
    ],
)
def test_it_refuses(qubits, operations, message):
    with pytest.raises(InvalidInputError, match=message):
        Circuit(qubits, operations)


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ((Output("o", Parity(("n",))),), "outputs: 'o' uses bit 'n', which is not measured yet; measured: m"),
        ((Output("o", Parity(("m",))), Output("o", Parity())), "label 'o' is used twice"),
    ],
)
def test_outputs_are_checked(outputs, message):
    with pytest.raises(InvalidInputError, match=message):
        Circuit(("a",), (M,), outputs)


@pytest.mark.parametrize("label", ["", 5, None])
def test_output_labels_are_checked(label):
    with pytest.raises(InvalidInputError, match="output label is"):
        Output(label, Parity())


def test_a_qubit_may_be_saved_and_measured_in_expectation():
    circuit = Circuit(("a", "b"), (Save("s", ("a", "b")), Expect("e", (("a", "X"),)), Save("t", ("b",))))
    assert circuit.saved == ("a", "b")
