"""Write a protocol of your own: a CNOT between two nodes by one pair and two classical bits.

The same code is run exactly, sampled, and compared on two simulators. Source: Eisert, Jacobs, Papadopoulos,
Plenio, PRA 62, 052317 (2000).
"""

import sys

from rich import print

import qnetframe as qn


class RemoteCNOT:
    """Make a Bell pair of two far qubits by a remote CNOT on |+> and |0>; a protocol inherits nothing."""

    def run(self, session):
        """Return the fidelity of the Bell pair; session.run is exact or sampled as the user asked."""
        alice, bob = session.route()
        p = qn.Program("remote CNOT")
        control, a = p.qubits(alice, "control", "a")
        b, target = p.qubits(bob, "b", "target")
        p.h(control)

        p.entangle(a, b)  # one pair from the link between them
        p.cx(control, a)
        m = p.measure(a)
        p.x(b, when=m)  # a bit travels to bob
        p.cx(b, target)
        n = p.measure(b, "x")
        p.z(control, when=n)  # and one back to alice

        p.save("out", control, target)
        result = session.run(p)
        bell = [2**-0.5, 0, 0, 2**-0.5]
        return {"fidelity": result.state("out").fidelity(bell), "P(m = 1)": result.probability(m)}


# Exact, and with a closed form to check it: errors of a Werner pair become Pauli errors of the output one to
# one, so a pair of fidelity 0.9 gives a Bell pair of fidelity 0.9.
werner = {"link": "ideal", "params": {"link.fidelity": 0.9}}
exact = qn.run(RemoteCNOT(), backend="reference", **werner)
print(exact)
assert abs(exact.estimates["fidelity"].value - 0.9) < 1e-9

# Sampled: nothing in the protocol changes, the figures get error bars.
print(qn.run(RemoteCNOT(), backend="reference", shots=20_000, seed=1, **werner))

# On real device data and 5 km of fibre, on two engines that share no code.
fibre = {"link": "fiber", "params": {"link.length_km": 5}, "hardware": "ibm-sherbrooke"}
comparison = qn.compare(RemoteCNOT(), backends=["aer", "cirq"], **fibre)
print(comparison)
sys.exit(0 if comparison.agree else 1)
