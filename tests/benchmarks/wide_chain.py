"""A swapping chain of 25 nodes with Pauli noise, sampled: qnetframe on Stim against hand-written Stim."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

import qnetframe as qn
from qnetframe import Program
from qnetframe.channels import depolarizing, two_qubit_depolarizing
from qnetframe.values import Parity

NODES = 25
PAIR, GATE, READOUT = 0.01, 0.003, 0.004


def program() -> Program:
    """Return the chain; its outputs are the parities z and x that the ends' measurements violate."""
    p = Program("chain")
    nodes = [f"node{i}" for i in range(NODES)]
    right = {node: p.qubit(node, "right") for node in nodes[:-1]}
    left = {node: p.qubit(node, "left") for node in nodes[1:]}
    for here, there in pairwise(nodes):
        p.entangle(right[here], left[there]).noise(depolarizing(PAIR), left[there])
    z, x = [], []
    for node in nodes[1:-1]:
        a, b = left[node], right[node]
        p.cx(a, b).noise(two_qubit_depolarizing(GATE), a, b).h(a)
        z.append(p.measure(a, readout=READOUT).id)
        x.append(p.measure(b, readout=READOUT).id)
    first, last = right[nodes[0]], left[nodes[-1]]
    p.x(last, when=Parity(tuple(x))).z(last, when=Parity(tuple(z)))
    ends = (p.measure(first, readout=READOUT), p.measure(last, readout=READOUT))
    p.output(ends[0] ^ ends[1], label="odd")
    return p


def through_qnetframe(backend: str, shots: int, seed: int, method: str = "automatic") -> float:
    """Return the fraction of shots in which the ends' z measurements differ."""
    options = {} if method == "automatic" else {"method": method}
    result = qn.execute(program(), backend=backend, shots=shots, seed=seed, options=options)
    return result.distribution()[(1,)].value


def by_hand(shots: int, seed: int) -> float:
    """Do the same in Stim as an expert writes it: one circuit, feedback by rec, one bit-packed detector."""
    import stim

    circuit = stim.Circuit()
    qubits = 2 * (NODES - 1)
    for i in range(0, qubits, 2):
        circuit.append("H", [i])
        circuit.append("CX", [i, i + 1])
        circuit.append("DEPOLARIZE1", [i + 1], PAIR)
    for i in range(1, qubits - 1, 2):
        circuit.append("CX", [i, i + 1])
        circuit.append("DEPOLARIZE2", [i, i + 1], GATE)
        circuit.append("H", [i])
        circuit.append("M", [i, i + 1], READOUT)
    bits = qubits - 2
    for back in range(1, bits + 1):
        circuit.append("CX" if back % 2 else "CZ", [stim.target_rec(-back), qubits - 1])
    circuit.append("M", [0, qubits - 1], READOUT)
    circuit.append("DETECTOR", [stim.target_rec(-1), stim.target_rec(-2)])
    found = circuit.compile_detector_sampler(seed=seed).sample(shots, bit_packed=True)
    return float(np.unpackbits(found, axis=1, count=1, bitorder="little").mean())


def exact() -> float:
    """Return the exact probability that the ends differ."""
    return qn.execute(program()).distribution()[(1,)].value
