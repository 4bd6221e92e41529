"""Native decompositions: recipes are the gates they stand for, and cost what a compiler makes of them."""

import math

import numpy as np
import pytest

from qnetframe import Program
from qnetframe.builtin.hardware import uniform_hardware
from qnetframe.builtin.topologies import chain
from qnetframe.errors import UnsupportedError
from qnetframe.network import GateProfile, Hardware, Network, Node, QubitProfile, with_hardware
from qnetframe.paulis import pauli_matrix
from qnetframe.placement import natives, place
from qnetframe.placement.device import Device, Exchange, Pulse
from qnetframe.program.gates import GATES, gate_matrix
from qnetframe.program.operations import Noise
from tests.placement.programs import state

ANGLES = (0.3, 0.7, 1.1, 0.4)
ECR = (pauli_matrix("XI") - pauli_matrix("YX")) / np.sqrt(2)
R = 1 / np.sqrt(2)
ENTANGLERS = {
    "cx": gate_matrix("cx"),
    "cz": gate_matrix("cz"),
    "ecr": ECR,
    "rzz": (np.eye(4) - 1j * pauli_matrix("ZZ")) / np.sqrt(2),
    "rxx": (np.eye(4) - 1j * pauli_matrix("XX")) / np.sqrt(2),
    "iswap": np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]]),
    "syc": np.array([[1, 0, 0, 0], [0, 0, -1j, 0], [0, -1j, 0, 0], [0, 0, 0, np.exp(-1j * np.pi / 6)]]),
    "sqrt_iswap": np.array([[1, 0, 0, 0], [0, R, 1j * R, 0], [0, 1j * R, R, 0], [0, 0, 0, 1]]),
}


def embedded(matrix, positions, count):
    tensor = np.eye(1 << count, dtype=complex).reshape((2,) * (2 * count))
    k = len(positions)
    gate = matrix.reshape((2,) * (2 * k))
    moved = np.tensordot(gate, tensor, (range(k, 2 * k), positions))
    return np.moveaxis(moved, range(k), positions).reshape(1 << count, 1 << count)


def unitary_of(recipe, count, native=None):
    total = np.eye(1 << count, dtype=complex)
    for name, params, positions in recipe:
        matrix = native if name == natives.NATIVE else gate_matrix(name, params)
        total = embedded(matrix, positions, count) @ total
    return total


def same_up_to_phase(a, b):
    return abs(abs(np.trace(a.conj().T @ b)) / len(a) - 1) < 1e-12


@pytest.mark.parametrize("name", sorted(natives.RECIPES))
def test_recipes_are_their_gates(name):
    definition = GATES[name]
    params = ANGLES[: definition.num_params]
    recipe = natives.RECIPES[name](*params)
    assert same_up_to_phase(unitary_of(recipe, definition.num_qubits), gate_matrix(name, params))


@pytest.mark.parametrize("table", [natives.CX_FROM, natives.CX_FROM_REVERSED])
def test_entanglers_make_a_cx(table):
    for name, recipe in table.items():
        assert same_up_to_phase(unitary_of(recipe, 2, ENTANGLERS[name]), gate_matrix("cx")), name
    for name in natives.SYMMETRIC & set(ENTANGLERS):
        swap = gate_matrix("swap")
        assert np.allclose(swap @ ENTANGLERS[name] @ swap, ENTANGLERS[name])


def ibm_like(entangler):
    gates = {(n, ()): GateProfile(1e-4, 1e-8) for n in ("sx", "x")} | {("rz", ()): GateProfile()}
    return Device("here", Hardware("ibm-like", gates=gates | {(entangler, ()): GateProfile(1e-2, 1e-7)}))


def counts(steps):
    pulses = [s for s in steps if isinstance(s, Pulse) and s.gate.error]
    return sum(len(p.qubits) == 2 for p in pulses), sum(len(p.qubits) == 1 for p in pulses)


# (two-qubit, one-qubit) pulses; those of qiskit 2.6's compiler at optimization level 3 wherever it does not
# relabel wires (swap) or find a shorter circuit (cswap has 7 two-qubit gates there).
COUNTS = {
    "cx": {"z": (0, 0), "s": (0, 0), "rz": (0, 0), "u1": (0, 0), "x": (0, 1), "sx": (0, 1), "y": (0, 1),
           "h": (0, 1), "u2": (0, 1), "rx": (0, 2), "ry": (0, 2), "u3": (0, 2), "cx": (1, 0), "cz": (1, 2),
           "cy": (1, 0), "cp": (2, 0), "crz": (2, 0), "cry": (2, 4), "ccx": (6, 2), "swap": (3, 0),
           "cswap": (8, 2)},
    "ecr": {"cx": (1, 2), "cy": (1, 2), "cz": (1, 3), "swap": (3, 6)},
    "cz": {"cx": (1, 2), "cz": (1, 0), "cy": (1, 2), "swap": (3, 6)},
}  # fmt: skip


@pytest.mark.parametrize("entangler", sorted(COUNTS))
def test_native_counts(entangler):
    device = ibm_like(entangler)
    for name, expected in COUNTS[entangler].items():
        definition = GATES[name]
        places = tuple(range(definition.num_qubits))
        assert counts(device.gate_steps(name, ANGLES[: definition.num_params], places)) == expected, name


def test_two_exchange_gates_make_a_cx_between_rotations():
    """fSim needs no pulse on the control but in the middle; the last one on the target of iSWAP is a virtual Z."""
    pulse, expected = GateProfile(1e-4, 1e-8), {"iswap": (2, 2), "syc": (2, 3), "sqrt_iswap": (2, 4)}
    for entangler, count in expected.items():
        gates = {("phxz", ()): pulse, (entangler, ()): GateProfile(1e-2, 1e-7)}
        device = Device("here", Hardware("google-like", gates=gates))
        assert counts(device.gate_steps("cx", (), (0, 1))) == count, entangler
        assert counts(device.gate_steps("swap", (), (0, 1)))[0] == 6


def test_a_generic_unitary_is_three_entanglers_and_u3s():
    device = ibm_like("cx")
    assert counts(device.recipe_steps(natives.ANY_TWO_QUBIT_GATE, (0, 1))) == (3, 12)
    assert counts(device.rotation_steps(gate_matrix("u3", ANGLES[:3]), 0)) == (0, 2)
    assert counts(device.rotation_steps(gate_matrix("h"), 0)) == (0, 1)
    assert counts(device.rotation_steps(gate_matrix("x"), 0)) == (0, 1)


def test_the_cheapest_native_is_taken():
    slow, fast = GateProfile(1e-2), GateProfile(1e-3)
    device = Device("n", Hardware("h", gates={("sx", ()): slow, ("u3", ()): fast, ("x", ()): slow}))
    assert device.rotation(gate_matrix("ry", (0.3,)), 0) == (fast,)
    assert device.rotation(gate_matrix("x"), 0) == (fast,)
    only = Device("n", Hardware("h", gates={("sx", ()): slow}))
    assert only.rotation(gate_matrix("x"), 0) == (slow, slow)
    assert only.rotation(gate_matrix("s"), 0) == ()
    ion = Device("n", Hardware("h", gates={("rx", ()): slow, ("rxx", ()): fast}))
    assert ion.rotation(gate_matrix("u3", ANGLES[:3]), 0) == (slow,)
    assert counts(ion.gate_steps("cx", (), (0, 1))) == (1, 3)
    lacking = Device("here", Hardware("h", (QubitProfile(),) * 2, gates={("sx", (0,)): slow}))
    with pytest.raises(
        UnsupportedError, match=r"hardware 'h' \(node 'here'\): qubit 1 has no native .* it has: none"
    ):
        lacking.rotation(gate_matrix("h"), 1)


def test_directed_entanglers_work_in_both_directions():
    qubits = (QubitProfile(),) * 2
    gates = {("sx", ()): GateProfile(1e-4), ("x", ()): GateProfile(1e-4), ("ecr", (1, 0)): GateProfile(1e-2)}
    device = Device("n", Hardware("h", qubits, gates=gates, coupling={(0, 1)}))
    assert counts(device.gate_steps("cx", (), (1, 0))) == (1, 2)
    assert counts(device.gate_steps("cx", (), (0, 1))) == (1, 4)
    symmetric = Device(
        "n", Hardware("h", qubits, gates={("cz", (1, 0)): GateProfile(1e-2)}, coupling={(0, 1)})
    )
    assert counts(symmetric.gate_steps("cz", (), (0, 1))) == (1, 0)


def noise_of(program, hardware):
    placed = place(program, Network([Node("node0", hardware)]))
    return [o for o in placed.circuit.operations if isinstance(o, Noise)], placed


def test_durations_and_errors_add_up_over_the_decomposition():
    """Cx on an ecr device: x on the control, √X on the target, then the entangler; h in between is merged."""
    gates = {
        ("sx", ()): GateProfile(1e-3, 1.0),
        ("x", ()): GateProfile(1e-3, 2.0),
        ("ecr", ()): GateProfile(1e-2, 10.0),
    }  # fmt: skip
    p = Program("cx")
    a, b = p.qubits("node0", "a", "b")
    p.cx(a, b)
    noise, placed = noise_of(p, Hardware("ecr", gates=gates))
    assert [o.qubits for o in noise] == [("node0.a",), ("node0.b",), ("node0.a", "node0.b")]
    assert placed.timeline.latency == 12.0
    weight = {1: 1.5 * 1e-3, 2: 1.25 * 1e-2}
    for o in noise:
        assert 1 - o.channel.pauli_probabilities["I" * len(o.qubits)] == pytest.approx(weight[len(o.qubits)])


def test_the_shorter_pulse_waits_for_the_longer():
    """Target: √X lasts 1, the control's x 2: one second of relaxation between √X and the entangler."""
    gates = {
        ("sx", ()): GateProfile(0, 1.0),
        ("x", ()): GateProfile(0, 2.0),
        ("ecr", ()): GateProfile(0, 10.0),
    }
    p = Program("cx")
    a, b = p.qubits("node0", "a", "b")
    p.cx(a, b)
    noise, _ = noise_of(p, Hardware("ecr", default=QubitProfile(t2=100.0), gates=gates))
    decays = {
        q: [1 - 2 * o.channel.pauli_probabilities["Z"] for o in noise if o.qubits == (q,)] for q in p.declared
    }
    assert np.prod(decays["node0.a"]) == pytest.approx(np.exp(-0.12))
    assert np.prod(decays["node0.b"]) == pytest.approx(np.exp(-0.12))
    assert len(decays["node0.b"]) == 3


def test_a_qubit_whose_pulses_end_early_relaxes_until_the_gate_ends():
    """CZ as H CX H: the control has one pulse, and waits through both rotations of the target."""
    t2, h, cx = 1e-4, 1e-6, 3e-6
    qubit = QubitProfile(t1=math.inf, t2=t2)
    gates = {("h", ()): GateProfile(0.0, h), ("cx", ()): GateProfile(0.0, cx)}
    p = Program("cz")
    a, b = p.qubits("node0", "a", "b")
    p.prepare(a, [2**-0.5, 2**-0.5]).cz(a, b).save("a", a)
    circuit = place(p, Network([Node("node0", Hardware("toy", qubits=(qubit,) * 2, gates=gates))])).circuit
    # The preparation is a rotation of its own.
    assert state(circuit)[0, 1].real == pytest.approx(0.5 * math.exp(-(h + h + cx + h) / t2), abs=1e-13)


def test_every_standard_gate_is_native_on_uniform_hardware_but_those_of_three_qubits():
    device = Device("n", uniform_hardware(single_qubit_error=1e-3, two_qubit_error=1e-2))
    for name, gate in GATES.items():
        steps = device.gate_steps(name, ANGLES[: gate.num_params], tuple(range(gate.num_qubits)))
        expected = {1: (0, 1), 2: (1, 0)}.get(gate.num_qubits)
        if name == "id":
            expected = (0, 0)
        if expected is not None:
            assert counts(steps) == expected, name
    assert counts(device.gate_steps("ccx", (), (0, 1, 2))) == (6, 2)
    assert counts(device.rotation_steps(gate_matrix("u3", ANGLES[:3]), 0)) == (0, 1)


def test_a_device_that_knows_only_one_kind_of_gate_makes_the_other_ideally():
    one = Device("n", Hardware("h", gates={("sx", ()): GateProfile(1e-3)}))
    assert one.gate_steps("cx", (), (0, 1)) == ()
    two = Device("n", Hardware("h", gates={("cx", ()): GateProfile(1e-3), ("measure", ()): GateProfile(0.5)}))
    assert counts(two.gate_steps("cz", (), (0, 1))) == (1, 0)
    assert two.gate_steps("h", (), (0,)) == ()
    assert Device("n", Hardware()).ideal_gates


def test_wide_unitaries_and_preparations_are_refused_where_they_would_be_charged():
    device = uniform_hardware(single_qubit_error=1e-3)
    p = Program("wide")
    qubits = p.qubits("node0", "a", "b", "c")
    p.unitary(np.eye(8), *qubits)
    assert place(p, chain(2)).circuit == p.circuit()
    with pytest.raises(
        UnsupportedError, match=r"unitary on node0.a, node0.b, node0.c: for hardware 'uniform'"
    ):
        place(p, with_hardware(chain(2), device))
    p = Program("wide")
    p.prepare(p.qubits("node0", "a", "b", "c"), np.eye(8)[0])
    with pytest.raises(
        UnsupportedError, match=r"a prepare must have 1 or 2 qubits; write it as standard gates"
    ):
        place(p, with_hardware(chain(2), device))


def test_routing_swaps_there_and_back():
    """0-1-2-3 in a line: a gate on 0 and 3 takes two swaps there, itself, and two back."""
    gates = {("cx", ()): GateProfile(1e-2, 1.0)}
    line = Hardware("line", (QubitProfile(),) * 4, gates=gates, coupling={(0, 1), (1, 2), (2, 3)})
    device = Device("n", line, "swap")
    steps = device.gate_steps("cx", (), (0, 3))
    assert [s.qubits for s in steps if isinstance(s, Exchange)] == [(0, 1), (1, 2), (1, 2), (0, 1)]
    assert counts(steps) == (4 * 3 + 1, 0)
    refusing = Device("n", line)
    message = (
        r"cx on qubits 0 and 3 of hardware 'line' \(node 'n'\): they are not coupled; use routing='swap'"
    )
    with pytest.raises(UnsupportedError, match=message):
        refusing.gate_steps("cx", (), (0, 3))
    broken = Hardware("broken", (QubitProfile(),) * 4, gates=gates, coupling={(0, 1), (2, 3)})
    with pytest.raises(UnsupportedError, match="no chain of coupled qubits joins them"):
        Device("n", broken, "swap").gate_steps("cx", (), (0, 3))
    apart = Hardware("apart", (QubitProfile(),) * 4, gates={("sx", ()): GateProfile()}, coupling=())
    for routing in ("refuse", "swap"):
        with pytest.raises(UnsupportedError, match=r"'apart' .* has no usable two-qubit gate at all"):
            Device("n", apart, routing).gate_steps("cx", (), (0, 3))
