"""Bad input: the exact error, naming the value and what is allowed, before anything runs."""

import math
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import qnetframe as qn
from qnetframe import Channel, InvalidInputError, LocalityError, Program, UnknownNameError, UnsupportedError
from qnetframe.channels import amplitude_damping, depolarizing, thermal_relaxation
from qnetframe.network import QubitProfile

CLI = str(Path(sys.executable).parent / "qnetframe")


def pair():
    p = Program()
    return p, p.qubit("alice", "a"), p.qubit("bob", "b")


def across_parties():
    p, a, b = pair()
    p.cx(a, b)


def unmeasured_bit():
    p, a, _ = pair()
    p.x(a, when=qn.Bit("m7") ^ 1)


def bit_of_another_program():
    p, a, b = pair()
    p.measure(a)
    other, c, _ = pair()
    other.x(c, when=p.measure(b))


def nan_angle():
    p, a, _ = pair()
    p.rx(math.nan, a)


def unknown_gate():
    p, a, b = pair()
    p.gate("cnot", a, b)


def too_wide(backend):
    p = Program()
    q = p.qubits("alice", *(f"q{i}" for i in range(16)))
    p.h(q[0])
    for first, second in pairwise(q):
        p.cx(first, second).t(second)
    p.save("all", *q)
    return lambda: qn.execute(p, backend=backend)


def kraus_on_stim():
    p, a, _ = pair()
    p.noise(amplitude_damping(0.1), a).measure(a)
    qn.execute(p, backend="stim", shots=10)


def gate_on_stim():
    p, a, _ = pair()
    p.t(a).measure(a)
    qn.execute(p, backend="stim", shots=10)


def shots(number):
    return lambda: qn.run("teleportation", shots=number)


CASES = {
    "operation across parties": (
        across_parties, LocalityError, r"cx on alice's 'a' and bob's 'b': .*send a qubit or use a pair"),
    "parity of a bit not yet measured": (
        unmeasured_bit, InvalidInputError, r"x uses bit 'm7', which is not measured yet; measured: none"),
    "a bit of another program": (
        bit_of_another_program, InvalidInputError, r"x uses bit 'm1', which is not measured yet"),
    "Kraus operators that are not CPTP": (
        lambda: Channel([[[1, 0], [0, 0.5]]]), InvalidInputError, r"(?i)trace.preserving.*0\.75"),
    "a probability above one": (lambda: depolarizing(1.5), InvalidInputError, r"1\.5.*\[0, 1\]"),
    "a negative probability": (
        lambda: pair()[0].coin(-0.1), InvalidInputError, r"coin probability is -0\.1; a probability must be in \[0, 1\]"),
    "T2 above 2 T1": (
        lambda: thermal_relaxation(1e-4, 3e-4, 1e-6), InvalidInputError, r"T2 is 0\.0003.*T1 is 0\.0001.*at most 2\*T1"),
    "T2 above 2 T1 in a profile": (
        lambda: QubitProfile(t1=1.0, t2=2.5), InvalidInputError, r"T2 is 2\.5 s and T1 is 1\.0 s"),
    "a NaN angle": (nan_angle, InvalidInputError, r"rx parameter .*0.* is nan; it must be a finite number"),
    "a NaN probability": (lambda: depolarizing(math.nan), InvalidInputError, r"nan"),
    "an unknown backend": (
        lambda: qn.run("teleportation", backend="qutpi"), UnknownNameError,
        r"unknown backend 'qutpi'; did you mean 'qutip'( or 'quimb')?\? Known: aer, cirq, .*reference, stim"),
    "an unknown protocol": (
        lambda: qn.run("chhs"), UnknownNameError, r"unknown protocol 'chhs'; did you mean 'chsh'\?"),
    "an unknown gate": (unknown_gate, UnknownNameError, r"unknown gate 'cnot'.*Known: ccx, ch, cp"),
    "an unknown parameter": (
        lambda: qn.run("teleportation", params={"stae": "0"}), UnknownNameError, r"'stae'.*did you mean 'state'\?"),
    "an unknown topology parameter": (
        lambda: qn.run("teleportation", topology="chain", params={"topology.node": 3}), UnknownNameError,
        r"'node'.*did you mean 'nodes'\?"),
    "an unknown device": (
        lambda: qn.run("teleportation", hardware="ibm-sherbroke"), UnknownNameError, r"did you mean 'ibm-sherbrooke'"),
    "a negative length": (
        lambda: qn.run("teleportation", params={"link.length_km": -3}), InvalidInputError, r"length_km is -3"),
    "zero shots": (shots(0), InvalidInputError, r"shots is 0; it must be at least 1"),
    "negative shots": (shots(-7), InvalidInputError, r"shots is -7; it must be at least 1"),
    "too wide for aer": (
        too_wide("aer"), UnsupportedError, r"backend 'aer' cannot run exactly.*16 qubits alive at once, at most 11"),
    "too wide for the reference": (
        too_wide("reference"), UnsupportedError, r"16 qubits alive at once, at most 11.*no installed backend can"),
    "a Kraus channel on stim": (
        kraus_on_stim, UnsupportedError,
        r"backend 'stim' cannot sample.*non-Pauli channel amplitude_damping on alice\.a.*installed backends that can: "
        r"aer, cirq, .*qutip, .*reference"),
    "a T gate on stim": (gate_on_stim, UnsupportedError, r"backend 'stim'.*non-Clifford gate t on alice\.a"),
    "exact branches of stim": (
        lambda: qn.run("teleportation", backend="stim"), UnsupportedError, r"no exact branches, ask for shots"),
    "malformed JSON": (
        lambda: Program.from_json('{"format": "qnetframe-program-1",'), InvalidInputError,
        r"program is not valid JSON: .*line 1 column"),
    "JSON of something else": (
        lambda: Program.from_json("[1, 2]"), InvalidInputError, r"document is \[1, 2\]; it must be a JSON object"),
    "a method that the backend has not": (
        lambda: qn.run("teleportation", backend="aer", params={"backend.method": "tensor"}), InvalidInputError,
        r"method.*'tensor'"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_error_names_the_value_and_what_is_allowed(case):
    act, kind, message = CASES[case]
    with pytest.raises(kind, match=message) as caught:
        act()
    assert caught.type is kind


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "teleport"],
        ["run", "teleportation", "--backend", "aar"],
        ["run", "teleportation", "--shots", "0"],
        ["run", "teleportation", "--set", "link.length_km=-3"],
        ["run", "teleportation", "--set", "state=up"],
        ["run", "teleportation", "--set", "nonsense"],
        ["run", "teleportation", "--backend", "stim"],
        ["compare", "teleportation", "--backends", "reference,nix"],
        ["run", "teleportation", "--hardware", "ibm-nowhere"],
        ["run", "entanglement-swapping", "--set", "nodes=many"],
    ],
    ids=" ".join,
)
def test_the_command_line_shows_one_line_and_no_traceback(arguments):
    done = subprocess.run([CLI, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.startswith("qnetframe: ") and done.stderr.count("\n") == 1, done.stderr


def test_debug_shows_the_traceback():
    done = subprocess.run([CLI, "--debug", "run", "teleport"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "Traceback" in done.stderr
