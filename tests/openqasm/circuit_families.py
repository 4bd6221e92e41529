"""Programs from the circuit families that public benchmark suites are made of (QASMBench, MQT Bench, SupermarQ).

Each is built from its textbook definition. ``UNITARY`` names those that are gates followed by measurements of
every qubit, ``FEED_FORWARD`` the rest.
"""

import math
from itertools import pairwise

import numpy as np

from qnetframe.program.gates import CLIFFORD_GATES, GATES
from qnetframe.program.patterns import bell_measurement
from qnetframe.program.program import Program
from qnetframe.values import all_of, any_of


def _program(name, n):
    p = Program(name)
    return p, list(p.qubits("main", *(f"q[{i}]" for i in range(n))))


def _measure_all(p, qubits):
    for i, q in enumerate(qubits):
        p.measure(q, name=f"c[{i}]")
    return p


def ghz(n):
    p, q = _program(f"ghz_{n}", n)
    p.h(q[0])
    for a, b in pairwise(q):
        p.cx(a, b)
    return _measure_all(p, q)


def w_state(n):
    p, q = _program(f"w_{n}", n)
    p.x(q[0])
    for i in range(n - 1):
        p.cry(2 * math.acos(math.sqrt(1 / (n - i))), q[i], q[i + 1]).cx(q[i + 1], q[i])
    return _measure_all(p, q)


def _qft(p, q, sign=1):
    for i, a in enumerate(q):
        p.h(a)
        for j in range(i + 1, len(q)):
            p.cp(sign * math.pi / 2 ** (j - i), q[j], a)
    for i in range(len(q) // 2):
        p.swap(q[i], q[-1 - i])


def qft(n, value):
    p, q = _program(f"qft_{n}_{value}", n)
    for i, a in enumerate(q):
        if value >> (n - 1 - i) & 1:
            p.x(a)
    _qft(p, q)
    return _measure_all(p, q)


def inverse_qft(n, value):
    """The Fourier state of a number, brought back to the number."""
    p, q = _program(f"iqft_{n}_{value}", n)
    for i, a in enumerate(q):
        p.h(a).p(2 * math.pi * value / 2 ** (i + 1), a)
    for i in range(n // 2):
        p.swap(q[i], q[-1 - i])
    for i in reversed(range(n)):
        for j in reversed(range(i + 1, n)):
            p.cp(-math.pi / 2 ** (j - i), q[j], q[i])
        p.h(q[i])
    return _measure_all(p, q)


def random_clifford(seed, n=4, length=30):
    rng = np.random.default_rng(seed)
    p, q = _program(f"clifford_{seed}", n)
    names = sorted(CLIFFORD_GATES)
    for name in rng.choice(names, length):
        p.gate(str(name), *(q[i] for i in rng.permutation(n)[: GATES[str(name)].num_qubits]))
    return _measure_all(p, q)


def random_circuit(seed, n=4, length=30):
    rng = np.random.default_rng(seed)
    p, q = _program(f"random_{seed}", n)
    for name in rng.choice(sorted(GATES), length):
        gate = GATES[str(name)]
        angles = [float(a) for a in rng.uniform(-7, 7, gate.num_params)]
        p.gate(str(name), *angles, *(q[i] for i in rng.permutation(n)[: gate.num_qubits]))
    return _measure_all(p, q)


def bernstein_vazirani(secret):
    n = len(secret)
    p, q = _program(f"bv_{secret}", n + 1)
    p.x(q[n])
    for a in q:
        p.h(a)
    for i, bit in enumerate(secret):
        if bit == "1":
            p.cx(q[i], q[n])
    for a in q[:n]:
        p.h(a)
    return _measure_all(p, q[:n])


def deutsch_jozsa(balanced):
    p, q = _program(f"dj_{balanced}", 4)
    p.x(q[3])
    for a in q:
        p.h(a)
    if balanced:
        for a in q[:3]:
            p.cx(a, q[3])
    for a in q[:3]:
        p.h(a)
    return _measure_all(p, q[:3])


def grover(marked, rounds=2):
    p, q = _program(f"grover_{marked:03b}", 3)
    zeros = [q[i] for i in range(3) if not marked >> (2 - i) & 1]
    for a in q:
        p.h(a)
    for _ in range(rounds):
        for a in zeros:
            p.x(a)
        p.h(q[2]).ccx(*q).h(q[2])
        for a in zeros:
            p.x(a)
        for a in q:
            p.h(a).x(a)
        p.h(q[2]).ccx(*q).h(q[2])
        for a in q:
            p.x(a).h(a)
    return _measure_all(p, q)


def phase_estimation(bits, phase):
    p, q = _program(f"qpe_{bits}_{phase}", bits + 1)
    p.x(q[bits])
    for i in range(bits):
        p.h(q[i]).cp(2 * math.pi * phase * 2 ** (bits - 1 - i), q[i], q[bits])
    for i in range(bits // 2):
        p.swap(q[i], q[bits - 1 - i])
    for i in reversed(range(bits)):
        for j in reversed(range(i + 1, bits)):
            p.cp(-math.pi / 2 ** (j - i), q[j], q[i])
        p.h(q[i])
    return _measure_all(p, q[:bits])


def adder(a, b):
    """Cuccaro's ripple-carry adder of two two-bit numbers (quant-ph/0410184)."""
    p, (c, b0, a0, b1, a1, z) = _program(f"adder_{a}_{b}", 6)
    for bit, qubit in ((a & 1, a0), (a >> 1, a1), (b & 1, b0), (b >> 1, b1)):
        if bit:
            p.x(qubit)

    def majority(x, y, w):
        p.cx(w, y).cx(w, x).ccx(x, y, w)

    def unmajority(x, y, w):
        p.ccx(x, y, w).cx(w, x).cx(x, y)

    majority(c, b0, a0)
    majority(a0, b1, a1)
    p.cx(a1, z)
    unmajority(a0, b1, a1)
    unmajority(c, b0, a0)
    return _measure_all(p, [z, b1, b0])


def simon():
    p, q = _program("simon_11", 4)
    p.h(q[0]).h(q[1]).cx(q[0], q[2]).cx(q[0], q[3]).cx(q[1], q[2]).cx(q[1], q[3]).h(q[0]).h(q[1])
    return _measure_all(p, q)


def hidden_shift(shift):
    p, q = _program(f"hidden_shift_{shift:04b}", 4)
    flips = [q[i] for i in range(4) if shift >> (3 - i) & 1]
    for a in q:
        p.h(a)
    for a in flips:
        p.x(a)
    p.cz(q[0], q[1]).cz(q[2], q[3])
    for a in flips:
        p.x(a)
    for a in q:
        p.h(a)
    p.cz(q[0], q[1]).cz(q[2], q[3])
    for a in q:
        p.h(a)
    return _measure_all(p, q)


def qaoa(seed):
    rng = np.random.default_rng(seed)
    p, q = _program(f"qaoa_{seed}", 4)
    for a in q:
        p.h(a)
    for _ in range(2):
        gamma, beta = (float(x) for x in rng.uniform(0, math.pi, 2))
        for i in range(4):
            p.cx(q[i], q[(i + 1) % 4]).rz(gamma, q[(i + 1) % 4]).cx(q[i], q[(i + 1) % 4])
        for a in q:
            p.rx(beta, a)
    return _measure_all(p, q)


def ansatz(seed):
    rng = np.random.default_rng(seed)
    p, q = _program(f"vqe_{seed}", 3)
    for _ in range(3):
        for a in q:
            p.u3(*map(float, rng.uniform(-math.pi, math.pi, 3)), a)
        p.cz(q[0], q[1]).cx(q[1], q[2])
    return _measure_all(p, q)


def teleportation():
    p = Program("teleportation")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.ry(0.7, psi).p(0.4, psi).entangle(a, b)
    z, x = bell_measurement(p, psi, a)
    p.x(b, when=x).z(b, when=z)
    p.measure(b, "x")
    return p


def swapping(hops):
    p = Program(f"swapping_{hops}")
    names = [f"n{i}" for i in range(hops + 1)]
    right = [p.qubit(n, f"r{n}") for n in names[:-1]]
    left = [p.qubit(n, f"l{n}") for n in names[1:]]
    for a, b in zip(right, left, strict=True):
        p.entangle(a, b)
    z, x = 0, 0
    for a, b in zip(left, right[1:], strict=False):
        m1, m2 = bell_measurement(p, a, b)
        z, x = m1 ^ z, m2 ^ x
    p.x(left[-1], when=x).z(left[-1], when=z)
    p.h(right[0]).h(left[-1])
    p.measure(right[0])
    p.measure(left[-1])
    return p


def gate_teleportation():
    """A T gate by measurement of a magic state, with an S correction (a conditional that is no involution)."""
    p, q = _program("t_injection", 2)
    p.ry(1.1, q[0]).h(q[1]).t(q[1]).cx(q[1], q[0])
    m = p.measure(q[0])
    p.s(q[1], when=m).x(q[1], when=m).h(q[1])
    p.measure(q[1])
    return p


def repetition_code(error):
    """Bit-flip code with a lookup correction of two syndrome bits, then decoded."""
    p, q = _program(f"repetition_{error}", 5)
    p.ry(1.2, q[0]).cx(q[0], q[1]).cx(q[0], q[2])
    if error is not None:
        p.x(q[error])
    p.cx(q[0], q[3]).cx(q[1], q[3]).cx(q[1], q[4]).cx(q[2], q[4])
    a, b = p.measure(q[3]), p.measure(q[4])
    p.x(q[0], when=all_of(a, b ^ 1)).x(q[1], when=all_of(a, b)).x(q[2], when=all_of(a ^ 1, b))
    p.cx(q[0], q[1]).cx(q[0], q[2])
    for qubit in q[:3]:
        p.measure(qubit)
    return p


def repeated_syndrome(rounds):
    """One ancilla, measured and reset every round, and a correction by the parity of the rounds."""
    p, q = _program(f"rounds_{rounds}", 3)
    p.h(q[0]).cx(q[0], q[1])
    bits = []
    for i in range(rounds):
        if i == 1:
            p.rx(0.6, q[0])
        p.cx(q[0], q[2]).cx(q[1], q[2])
        bits.append(p.measure(q[2]))
        p.reset(q[2])
    parity = bits[0]
    for bit in bits[1:]:
        parity = parity ^ bit
    p.x(q[0], when=parity)
    p.h(q[1], when=parity ^ 1)
    p.sx(q[0], when=bits[0] ^ bits[-1] ^ 1 if rounds > 1 else bits[0])
    return _measure_all(p, q[:2])


def five_qubit_code(error):
    """[[5,1,3]]: logical |0> by measuring the stabilisers, one error, its syndrome, and its correction."""
    p, q = _program(f"five_qubit_{error or 'none'}", 6)
    checks = ["XZZXI", "IXZZX", "XIXZZ", "ZXIXZ"]

    def syndrome(check):
        p.reset(q[5]).h(q[5])
        for qubit, letter in zip(q, check, strict=False):
            if letter != "I":
                p.gate("c" + letter.lower(), q[5], qubit)
        p.h(q[5])
        return p.measure(q[5])

    first = [syndrome(c) for c in checks]
    if error:
        p.gate(error[0].lower(), q[int(error[1])])
    flipped = [a ^ syndrome(c) for a, c in zip(first, checks, strict=True)]
    if error:
        place = int(error[1])
        pattern = [(c[place] not in ("I", error[0])) for c in checks]
        fired = all_of(*(f if hit else f ^ 1 for f, hit in zip(flipped, pattern, strict=True)))
        p.gate(error[0].lower(), q[place], when=fired)
    p.measure(q[0], "z")
    return p


def iterative_phase_estimation(bits, phase):
    """Kitaev's one-ancilla phase estimation: measured, reset, and corrected by earlier bits."""
    p, q = _program(f"iqpe_{bits}", 2)
    p.x(q[1])
    known = []
    for k in reversed(range(bits)):
        p.reset(q[0]).h(q[0]).cp(2 * math.pi * phase * 2**k, q[0], q[1])
        for i, bit in enumerate(reversed(known)):
            p.p(-math.pi / 2 ** (i + 1), q[0], when=bit)
        p.h(q[0])
        known.append(p.measure(q[0]))
    return p


def random_feed_forward(seed):
    """Gates of every kind under parities, all_of and any_of of bits measured in every basis."""
    rng = np.random.default_rng(seed)
    p, q = _program(f"feed_forward_{seed}", 4)
    bits = []
    for _ in range(28):
        choice = rng.random()
        order = [q[i] for i in rng.permutation(4)]
        if choice < 0.2 and len(bits) < 5:
            bits.append(p.measure(order[0], str(rng.choice(["z", "x", "y"]))))
            continue
        if choice < 0.27:
            p.reset(order[0])
            continue
        gate = GATES[str(rng.choice(sorted(GATES)))]
        when = None
        if len(bits) > 1 and rng.random() < 0.6:
            a, b = (bits[i] for i in rng.permutation(len(bits))[:2])
            when = [
                a,
                a ^ b,
                a ^ b ^ 1,
                a ^ 1,
                all_of(a, b ^ 1),
                any_of(a, b),
                all_of(a ^ b, b),
                any_of(a ^ 1, a ^ b),
            ][rng.integers(8)]
        angles = [float(x) for x in rng.uniform(-4, 4, gate.num_params)]
        p.gate(gate.name, *angles, *order[: gate.num_qubits], when=when)
    return _measure_all(p, q)


def preparations():
    p, q = _program("preparations", 4)
    p.prepare(q[0], [0.6, 0.8j]).prepare([q[1], q[2]], np.array([0, 1, -1, 0]) / math.sqrt(2)).h(q[3])
    p.prepare(q[3], np.array([1, 1j]) / math.sqrt(2))
    for qubit, basis in zip(q, "xyzy", strict=True):
        p.measure(qubit, basis)
    return p


_UNITARY = [
    *(ghz(n) for n in (2, 3, 5)), *(w_state(n) for n in (3, 4)),
    qft(3, 5), qft(4, 3), qft(5, 19), inverse_qft(3, 5), inverse_qft(4, 9),
    *(random_clifford(s) for s in range(5)), *(random_circuit(s) for s in range(5)),
    bernstein_vazirani("101"), bernstein_vazirani("1101"), deutsch_jozsa(True), deutsch_jozsa(False),
    grover(5), grover(2, 1), phase_estimation(3, 0.625), phase_estimation(4, 0.3), adder(1, 3), adder(3, 3),
    simon(), hidden_shift(0b1011), qaoa(1), qaoa(2), ansatz(1), ansatz(2),
]  # fmt: skip
_FEED_FORWARD = [
    teleportation(), swapping(2), swapping(3), gate_teleportation(),
    *(repetition_code(e) for e in (None, 0, 1, 2)), repeated_syndrome(2), repeated_syndrome(3),
    five_qubit_code(None), five_qubit_code("X2"), five_qubit_code("Y4"), iterative_phase_estimation(3, 0.3),
    *(random_feed_forward(s) for s in range(6)), preparations(),
]  # fmt: skip
UNITARY = {p.name: p for p in _UNITARY}
FEED_FORWARD = {p.name: p for p in _FEED_FORWARD}
ALL = {**UNITARY, **FEED_FORWARD}


def distribution(program):
    """The exact probabilities of the declared outputs, by label."""
    from qnetframe.builtin.reference import ReferenceBackend

    circuit = program.circuit() if isinstance(program, Program) else program
    order = sorted(range(len(circuit.outputs)), key=lambda i: circuit.outputs[i].label)
    table = {}
    for branch in ReferenceBackend().compile(circuit).exact():
        key = tuple(branch.outputs[i] for i in order)
        table[key] = table.get(key, 0) + branch.probability
    return [circuit.outputs[i].label for i in order], table


def assert_same_distribution(first, second, labels=True):
    (a_labels, a), (b_labels, b) = distribution(first), distribution(second)
    if labels:
        assert a_labels == b_labels
    assert abs(sum(a.values()) - 1) < 1e-9
    for key in set(a) | set(b):
        assert abs(a.get(key, 0) - b.get(key, 0)) < 1e-9, (key, a.get(key, 0), b.get(key, 0))


def unitary_of(program):
    """The matrix of a program's gates, first qubit most significant; measurements are left out."""
    from qnetframe.program.gates import gate_matrix
    from qnetframe.program.operations import Gate, Measure, thaw

    order = {q: i for i, q in enumerate(program.declared)}
    n = len(order)
    total = np.eye(1 << n, dtype=complex).reshape((2,) * n + (-1,))
    for operation in program.operations:
        if isinstance(operation, Measure):
            continue
        assert operation.when is None
        matrix = (
            gate_matrix(operation.name, operation.params)
            if isinstance(operation, Gate)
            else thaw(operation.matrix)
        )
        places = [order[q] for q in operation.qubits]
        k = len(places)
        total = np.tensordot(matrix.reshape((2,) * (2 * k)), total, axes=(range(k, 2 * k), places))
        total = np.moveaxis(total, range(k), places)
    return total.reshape(1 << n, -1)


def assert_same_up_to_phase(a, b, tolerance=1e-9):
    phase = np.vdot(b, a)
    phase /= abs(phase)
    assert np.abs(a - phase * b).max() < tolerance
