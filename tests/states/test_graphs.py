"""Graph states: rules on graphs against vectors, classes in the literature, fidelities under noise."""

import itertools

import networkx
import numpy as np
import pytest

from qnetframe.channels import depolarizing, pauli
from qnetframe.errors import InvalidInputError
from qnetframe.paulis import pauli_matrix
from qnetframe.states import (
    GraphState,
    cluster,
    entropy,
    fidelity,
    ghz,
    linear_cluster,
    partial_trace,
    pure_fidelity,
    ring_graph,
    star_graph,
)

X, Y, Z = (pauli_matrix(p) for p in "XYZ")


def on(matrix, qubit, count):
    return np.kron(np.kron(np.eye(1 << qubit), matrix), np.eye(1 << (count - qubit - 1)))


def random_graph(count, seed):
    rng = np.random.default_rng(seed)
    pairs = itertools.combinations(range(count), 2)
    return GraphState(count, tuple(p for p in pairs if rng.random() < 0.5))


@pytest.mark.parametrize("graph", [linear_cluster(4), ring_graph(5), star_graph(4), random_graph(5, 3)])
def test_stabilizers_leave_the_vector_alone(graph):
    vector = graph.vector()
    for label in graph.stabilizers():
        assert pauli_matrix(label) @ vector == pytest.approx(vector, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_local_complementation_is_local_gates(seed):
    # Hein et al., PRA 69, 062311 (2004).
    graph, qubit = random_graph(5, seed), seed % 5
    turned = (np.eye(2) - 1j * X) / np.sqrt(2)
    phase = (np.eye(2) + 1j * Z) / np.sqrt(2)
    vector = on(turned, qubit, 5) @ graph.vector()
    for other in graph.neighbours(qubit):
        vector = on(phase, other, 5) @ vector
    assert abs(np.vdot(graph.local_complement(qubit).vector(), vector)) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("basis", ["x", "y", "z"])
@pytest.mark.parametrize("seed", range(4))
def test_measurements_leave_what_the_rules_say(basis, seed):
    # Hein et al., by the entropies of all parts, for both outcomes.
    graph, qubit = random_graph(5, 10 + seed), seed
    left = graph.measure(qubit, basis)
    _, vectors = np.linalg.eigh({"x": X, "y": Y, "z": Z}[basis])
    for outcome in range(2):
        tensor = np.moveaxis(graph.vector().reshape((2,) * 5), qubit, 0).reshape(2, 16)
        after = vectors[:, outcome].conj() @ tensor
        assert np.vdot(after, after).real == pytest.approx(0.5) or not graph.neighbours(qubit)
        if np.linalg.norm(after) < 1e-9:
            continue
        after /= np.linalg.norm(after)
        for part in [p for size in (1, 2) for p in itertools.combinations(range(4), size)]:
            assert entropy(partial_trace(after, part)) == pytest.approx(left.cut_rank(part), abs=1e-9)


def test_cut_ranks_are_entropies():
    assert linear_cluster(4).cut_rank({0, 2}) == 2 and linear_cluster(4).cut_rank({0, 1}) == 1
    graph = random_graph(6, 20)
    for part in itertools.combinations(range(6), 3):
        assert entropy(partial_trace(graph.vector(), part)) == pytest.approx(graph.cut_rank(part), abs=1e-9)
    assert cluster(3, 4).cut_rank(range(4)) == 4 and cluster(2, 3).edges == cluster(2, 3).edges


@pytest.mark.parametrize(
    ("count", "classes"), [(2, 1), (3, 1), (4, 2), (5, 4), pytest.param(6, 11, marks=pytest.mark.slow)]
)
def test_number_of_classes_of_connected_graphs(count, classes):
    # Hein et al. (2004): 1, 1, 2, 4, 11 up to local Clifford gates and permutations.
    graphs = [g for g in networkx.graph_atlas_g() if len(g) == count and networkx.is_connected(g)]
    left = {GraphState.from_networkx(g) for g in graphs}
    forms = set()
    while left:
        graph = left.pop()
        forms.add(graph.canonical())
    assert len(forms) == classes


def test_complete_graphs_are_stars():
    complete = GraphState(5, tuple(itertools.combinations(range(5), 2)))
    assert complete.local_complement(0) == star_graph(5)
    assert star_graph(5) in complete.orbit() and len(complete.orbit()) == 6


def test_fidelities_under_depolarizing_noise():
    # Means over the stabilizer group: Dür and Briegel, PRL 92, 180403 (2004).
    noise = depolarizing(0.05).pauli_probabilities
    got = [star_graph(n).fidelity(noise) for n in (3, 4, 5)]
    assert got == pytest.approx([0.858185, 0.816011, 0.776163], abs=1e-6)
    assert linear_cluster(4).fidelity(noise) == pytest.approx(0.815043, abs=1e-6)


def test_fidelity_equals_that_of_density_matrices():
    channel = pauli(0.04, 0.01, 0.07)
    graph = random_graph(4, 30)
    vector = graph.vector()
    rho = np.outer(vector, vector.conj())
    together = channel.tensor(channel)
    noisy = together.tensor(together).apply(rho)
    assert graph.fidelity(channel.pauli_probabilities) == pytest.approx(
        pure_fidelity(noisy, vector), abs=1e-12
    )
    assert fidelity(noisy, rho) == pytest.approx(pure_fidelity(noisy, vector), abs=1e-9)
    # GHZ is a star up to local gates, which depolarizing noise does not see.
    three = depolarizing(0.05).tensor(depolarizing(0.05)).tensor(depolarizing(0.05))
    assert pure_fidelity(three.apply(np.outer(ghz(), ghz())), ghz()) == pytest.approx(0.858185, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GraphState(3, ((0, 3),)), r"graph edge \(0, 3\) is 3; it must be in \[0, 2\]"),
        (lambda: GraphState(3, ((1, 1),)), "ends where it begins"),
        (lambda: GraphState(0), "num_qubits is 0"),
        (lambda: linear_cluster(3).measure(0, "w"), "basis is 'w'"),
        (lambda: linear_cluster(3).measure(0, "x", helper=2), "must be a neighbour"),
        (lambda: linear_cluster(3).cut_rank([5]), "qubit is 5"),
        (lambda: linear_cluster(17).vector(), "at most 16"),
        (lambda: linear_cluster(21).fidelity({}), "at most 20"),
        (lambda: linear_cluster(3).fidelity({"X": 0.7, "Z": 0.7}), "sum to 1.4"),
        (lambda: linear_cluster(8).canonical(), "at most 7"),
        (lambda: GraphState(1).without(0), "nothing would be left"),
        (lambda: ring_graph(2), "num_qubits is 2"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()


def test_helpers_of_an_x_measurement_are_equivalent():
    graph = random_graph(5, 41)
    found = {graph.measure(0, "x", helper).canonical() for helper in graph.neighbours(0)}
    assert len(found) == 1
