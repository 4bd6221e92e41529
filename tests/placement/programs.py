"""Programs that several placement tests run, and their exact results."""

import numpy as np

from qnetframe import Program
from qnetframe.builtin.reference import ReferenceBackend

R = 2**-0.5
CARDINAL = [[1, 0], [0, 1], [R, R], [R, -R], [R, 1j * R], [R, -1j * R]]
PHI = np.array([R, 0, 0, R])


def branches(circuit):
    return list(ReferenceBackend().compile(circuit).exact())


def state(circuit):
    """The saved state averaged over all branches."""
    return sum(b.probability * b.state for b in branches(circuit))


def fidelity(rho, vector):
    return float((np.conj(vector) @ rho @ np.asarray(vector)).real)


def teleportation(vector, sender="node0", receiver="node1"):
    p = Program("teleportation")
    psi, a = p.qubits(sender, "psi", "a")
    b = p.qubit(receiver, "b")
    p.prepare(psi, vector).entangle(a, b).cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi), p.measure(a)
    p.x(b, when=m_x).z(b, when=m_z).output().save("out", b)
    return p


def swapping(nodes, corrections=True):
    """Swap along a chain; the far end corrects by two parities."""
    p = Program("swapping")
    left = [p.qubit(f"node{i}", "r") for i in range(nodes - 1)]
    right = [p.qubit(f"node{i + 1}", "l") for i in range(nodes - 1)]
    for a, b in zip(left, right, strict=True):
        p.entangle(a, b)
    z, x = [], []
    for i in range(1, nodes - 1):
        inner, outer = right[i - 1], left[i]
        p.cx(inner, outer).h(inner)
        z.append(p.measure(inner))
        x.append(p.measure(outer))
    for name, bits in (("x", x), ("z", z)):
        if bits:
            parity = bits[0]
            for bit in bits[1:]:
                parity = parity ^ bit
            p.gate(name, right[-1], when=parity)
    p.output()
    p.save("pair", left[0], right[-1])
    return p
