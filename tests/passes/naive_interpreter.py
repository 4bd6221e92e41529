"""A deliberately plain interpreter of circuits: every bit remembered, nothing reordered, nothing merged.

It shares no code with the passes, so that agreement with it means something.
"""

from __future__ import annotations

import numpy as np

from qnetframe.paulis import pauli_matrix
from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import gate_matrix
from qnetframe.program.operations import (
    Coin,
    Erase,
    Expect,
    Gate,
    Measure,
    Noise,
    Prepare,
    Require,
    Reset,
    Save,
    Unitary,
    thaw,
)  # fmt: skip
from qnetframe.values import AllOf, Parity

KET = {
    "z": [np.array([1, 0]), np.array([0, 1])],
    "x": [np.array([1, 1]) / 2**0.5, np.array([1, -1]) / 2**0.5],
    "y": [np.array([1, 1j]) / 2**0.5, np.array([1, -1j]) / 2**0.5],
}


def embed(matrix, targets, n):
    """Write a matrix on some qubits as a (2**n, 2**n) matrix, entry by entry in index arithmetic."""
    k = len(targets)
    full = np.zeros((1 << n, 1 << n), dtype=complex)
    for column in range(1 << n):
        bits = [column >> (n - 1 - q) & 1 for q in range(n)]
        inner = sum(bits[t] << (k - 1 - i) for i, t in enumerate(targets))
        for outer in range(1 << k):
            value = matrix[outer, inner]
            if value:
                new = list(bits)
                for i, t in enumerate(targets):
                    new[t] = outer >> (k - 1 - i) & 1
                full[sum(b << (n - 1 - q) for q, b in enumerate(new)), column] = value
    return full


def holds(condition, bits):
    if isinstance(condition, Parity):
        return (sum(bits[b] for b in condition.bits) + condition.constant) % 2 == 1
    truths = [holds(p, bits) for p in condition.parities]
    return all(truths) if isinstance(condition, AllOf) else any(truths)


def trace_out(rho, keep, n):
    """Return the reduced matrix of the qubits ``keep``, in that order, by summing entries."""
    rest = [q for q in range(n) if q not in keep]
    k = len(keep)
    out = np.zeros((1 << k, 1 << k), dtype=complex)
    for a in range(1 << k):
        for b in range(1 << k):
            for r in range(1 << len(rest)):
                row = col = 0
                for i, q in enumerate(keep):
                    row |= (a >> (k - 1 - i) & 1) << (n - 1 - q)
                    col |= (b >> (k - 1 - i) & 1) << (n - 1 - q)
                for i, q in enumerate(rest):
                    bit = (r >> (len(rest) - 1 - i) & 1) << (n - 1 - q)
                    row, col = row | bit, col | bit
                out[a, b] += rho[row, col]
    return out


def run(circuit: Circuit):
    """Return {outputs: unnormalised joint state of circuit.saved} with every branch kept apart."""
    n = len(circuit.qubits)
    at = {q: i for i, q in enumerate(circuit.qubits)}
    zero = np.zeros((1 << n, 1 << n), dtype=complex)
    zero[0, 0] = 1
    branches = [({}, zero)]
    for o in circuit.operations:
        new = []
        for bits, rho in branches:
            if isinstance(o, (Gate, Unitary)):
                if o.when is None or holds(o.when, bits):
                    matrix = gate_matrix(o.name, o.params) if isinstance(o, Gate) else thaw(o.matrix)
                    u = embed(matrix, [at[q] for q in o.qubits], n)
                    rho = u @ rho @ u.conj().T
                new.append((bits, rho))
            elif isinstance(o, Noise):
                ops = [embed(k, [at[q] for q in o.qubits], n) for k in o.channel.kraus]
                new.append((bits, sum(k @ rho @ k.conj().T for k in ops)))
            elif isinstance(o, (Reset, Prepare)):
                qubits = (o.qubit,) if isinstance(o, Reset) else o.qubits
                state = np.diag([1, 0]) if isinstance(o, Reset) else thaw(o.state)
                values, vectors = np.linalg.eigh(state)
                dim = len(state)
                total = 0
                for value, vector in zip(values, vectors.T, strict=True):
                    for j in range(dim):
                        k = embed(np.outer(vector, np.eye(dim)[j]), [at[q] for q in qubits], n)
                        total = total + value * (k @ rho @ k.conj().T)
                new.append((bits, total))
            elif isinstance(o, Measure):
                wrong = o.readout
                for recorded in (0, 1):
                    total = 0
                    for outcome in (0, 1):
                        ket = KET[o.basis][outcome]
                        k = embed(np.outer(ket, ket.conj()), [at[o.qubit]], n)
                        weight = wrong[outcome] if recorded != outcome else 1 - wrong[outcome]
                        total = total + weight * (k @ rho @ k.conj().T)
                    new.append(({**bits, o.bit: recorded}, total))
            elif isinstance(o, Coin):
                new.append(({**bits, o.bit: 0}, (1 - o.probability) * rho))
                new.append(({**bits, o.bit: 1}, o.probability * rho))
            elif isinstance(o, Erase):
                paulis = [embed(pauli_matrix(p), [at[o.qubit]], n) for p in "IXYZ"]
                mixed = sum(p @ rho @ p for p in paulis) / 4
                new.append(({**bits, o.bit: 0}, (1 - o.probability) * rho))
                new.append(({**bits, o.bit: 1}, o.probability * mixed))
            elif isinstance(o, Require):
                if holds(o.condition, bits):
                    new.append((bits, rho))
            else:
                assert isinstance(o, (Save, Expect)) or o.kind in ("detector", "observable")
                new.append((bits, rho))
        branches = [(b, r) for b, r in new if np.trace(r).real > 1e-16]
    keep = [at[q] for q in circuit.saved]
    found = {}
    for bits, rho in branches:
        key = tuple(int(holds(x.parity, bits)) for x in circuit.outputs)
        found[key] = found.get(key, 0) + trace_out(rho, keep, n)
    return found


def distance(naive, branches) -> float:
    """Return the largest entry of the difference of probability-weighted branches."""
    ours = {b.outputs: b.probability * (np.eye(1) if b.state is None else b.state) for b in branches}
    worst = 0.0
    for key in naive.keys() | ours.keys():
        a, b = naive.get(key), ours.get(key)
        if a is None:
            gap = np.abs(b).max()
        elif b is None:
            gap = np.abs(a).max()
        else:
            gap = np.abs(a - b).max()
        worst = max(worst, float(gap))
    return worst
