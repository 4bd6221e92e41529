"""The order in which a layout takes qubits: documented score, connected beginnings."""

from math import exp

import networkx as nx
import numpy as np
import pytest

from qnetframe import Network, Node, Program, place
from qnetframe.errors import UnsupportedError
from qnetframe.network.calibration import IDLE_SECONDS, idle_infidelity, order, qubit_cost
from qnetframe_ibm import device_names, hardware
from qnetframe_ibm.files import load


def least_error(device, a, b):
    return min(
        p.error for (gate, i), p in device.gates.items() if set(i) == {a, b} and gate in ("cx", "cz", "ecr")
    )


@pytest.mark.parametrize(
    "name", ["ibm-sherbrooke", "ibm-kingston", "ibm-cairo", "ibm-manhattan", "ibm-kyoto"]
)
def test_every_beginning_is_connected_as_far_as_the_device_is(name):
    device = hardware(name)
    graph = nx.Graph(list(device.coupling))
    graph.add_nodes_from(device.preferred)
    parts = {q: part for part in nx.connected_components(graph) for q in part}
    taken = []
    for qubit in device.preferred:
        if any(set(graph[q]) - set(taken) for q in taken):
            assert set(graph[qubit]) & set(taken), f"{qubit} is not coupled to {taken}"
        elif any(len(parts[q]) > 1 for q in set(device.preferred) - set(taken)):
            assert len(parts[qubit]) > 1
        taken.append(qubit)


@pytest.mark.parametrize("name", ["ibm-sherbrooke", "ibm-fez", "ibm-lima", "ibm-yorktown"])
def test_the_first_two_are_the_best_coupled_pair(name):
    device, snapshot = hardware(name), load(name)

    def total(pair):
        return qubit_cost(snapshot, pair[0]) + qubit_cost(snapshot, pair[1]) + least_error(device, *pair)

    first = device.preferred[:2]
    assert tuple(sorted(first)) == min(device.coupling, key=total)
    assert qubit_cost(snapshot, first[0]) <= qubit_cost(snapshot, first[1])


def test_growth_takes_the_least_cost_of_the_coupled():
    device, snapshot = hardware("ibm-sherbrooke"), load("ibm-sherbrooke")
    for size in (2, 5, 20):
        taken, then = device.preferred[:size], device.preferred[size]
        candidates = {
            b: min(least_error(device, a, b) for a in taken if tuple(sorted((a, b))) in device.coupling)
            for b in range(127)
            if b not in taken and any(tuple(sorted((a, b))) in device.coupling for a in taken)
        }
        assert then == min(candidates, key=lambda b: qubit_cost(snapshot, b) + candidates[b])


def test_a_snapshot_without_a_working_two_qubit_gate_says_so():
    """All 144 ecr gates of the Kyoto snapshot have error 1: no layout can help, and the refusal says why."""
    p = Program("chain")
    a, b, c = p.qubits("alice", "a", "b", "c")
    p.h(a).cx(a, b).cx(b, c)
    p.output(p.measure(c))
    device = hardware("ibm-kyoto")
    assert device.coupling == frozenset()
    assert any("no two-qubit gate is usable" in text for text in device.warnings)
    with pytest.raises(UnsupportedError, match=r"'ibm-kyoto' .* has no usable two-qubit gate at all"):
        place(p, Network((Node("alice", device),), ()))


def test_cost_by_hand():
    snapshot = load("ibm-sherbrooke")
    readout = (0.01611328125 + 0.00634765625) / 2
    waiting = (
        0.5 - exp(-IDLE_SECONDS / 381.5685857300125e-6) / 6 - exp(-IDLE_SECONDS / 131.70442930164933e-6) / 3
    )
    expected = readout + 0.00028775142091170115 + waiting
    assert qubit_cost(snapshot, 0) == pytest.approx(expected, rel=1e-9)


def test_idle_infidelity_is_the_average_over_states():
    """Against the channel itself, averaged over the six cardinal states (a 2-design)."""
    t1, t2, seconds = 80e-6, 50e-6, 30e-6
    decay, coherence = exp(-seconds / t1), exp(-seconds / t2)
    total = 0.0
    for state in ([1, 0], [0, 1], [1, 1], [1, -1], [1, 1j], [1, -1j]):
        psi = np.array(state) / np.linalg.norm(state)
        rho = np.outer(psi, psi.conj())
        excited = rho[1, 1] * decay
        after = np.array([[1 - excited, rho[0, 1] * coherence], [rho[1, 0] * coherence, excited]])
        total += (psi.conj() @ after @ psi).real / 6
    assert idle_infidelity(t1, t2, seconds) == pytest.approx(1 - total, rel=1e-12)
    assert idle_infidelity(t1, t2, 0.0) == pytest.approx(0.0, abs=1e-15)


def test_order_is_a_permutation_of_the_usable_qubits():
    for name in device_names():
        snapshot = load(name)
        assert sorted(order(snapshot)) == [i for i, p in enumerate(snapshot.qubits) if p is not None]
