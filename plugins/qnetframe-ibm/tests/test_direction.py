"""A directional gate turned round costs the one-qubit gates that turn it."""

import pytest

from qnetframe import Program, place
from qnetframe.network import Network, Node
from qnetframe_ibm import hardware

# Sherbrooke calibrates ecr on 41-40 only.
LAYOUT = {"alice": {"alice.a": 41, "alice.b": 40}}


def latency(first, second):
    p = Program()
    qubits = dict(zip("ab", p.qubits("alice", "a", "b"), strict=True))
    p.cx(qubits[first], qubits[second])
    placed = place(p, Network([Node("alice", hardware("ibm-sherbrooke"))], []), layout=LAYOUT)
    gates = [e for e in placed.timeline.events if e.kind == "gate"]
    return max(e.end for e in gates) - min(e.start for e in gates)


def test_a_reversed_ecr_takes_longer_by_the_pulses_that_turn_it_round():
    device = hardware("ibm-sherbrooke")
    pulse, ecr = device.gates["sx", (40,)].duration, device.gates["ecr", (41, 40)].duration
    straight, turned = latency("a", "b"), latency("b", "a")
    assert straight >= ecr and turned >= ecr
    # One layer of √X pulses more, side by side on the two qubits.
    assert turned - straight == pytest.approx(pulse, rel=1e-9)
