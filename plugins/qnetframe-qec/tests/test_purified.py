"""Purification beneath GHZ checks and encoding: against circuits with post-selection, and in closed form."""

import math

import numpy as np
import pytest

import qnetframe as qn
from qnetframe.builtin.topologies import chain
from qnetframe.channels.named import two_qubit_depolarizing
from qnetframe.errors import InvalidInputError
from qnetframe.network import Link, LinkModel, Network, Node
from qnetframe.network.pairs import werner_state
from qnetframe.placement import place
from qnetframe.program.program import Program
from qnetframe.states.purification import Noise
from qnetframe_qec.codes.custom import code_from_stabilizers
from qnetframe_qec.codes.small import steane
from qnetframe_qec.codes.surface import rotated_surface
from qnetframe_qec.decoders.general import BpOsd
from qnetframe_qec.decoders.matching import Matching
from qnetframe_qec.distributed.ghz import ghz_memory_program, raw_pairs_per_round
from qnetframe_qec.purified import purified_link, purified_network
from qnetframe_qec.repeaters.chains import bare_chain, encoded_chain
from qnetframe_qec.sampling.counts import Sampler
from qnetframe_stim import stim_backend

SMALL = rotated_surface(3)
IMPERFECT = Noise(two_qubit=0.97, readout=0.98)


def joined(nodes, fidelity):
    model = LinkModel(state=werner_state(fidelity))
    links = tuple(Link(f"n{i}", f"n{j}", model) for i in range(nodes) for j in range(i))
    return Network(tuple(Node(f"n{i}") for i in range(nodes)), links)


def fused(noise=None):
    """A GHZ state of three nodes from two pairs, each purified by a circuit that starts with two, given noise."""
    program = Program("GHZ state")
    first, left, right, last = (
        program.qubit(*q) for q in (("n0", "a"), ("n1", "a"), ("n1", "b"), ("n2", "b"))
    )
    for number, pair in enumerate(((first, left), (right, last))):
        program.entangle(*pair)
        if noise is None:
            continue
        used = [program.qubit(q.party, f"used{number}{i}") for i, q in enumerate(pair)]
        program.entangle(*used)
        bits = []
        for angle, kept, other in zip((math.pi / 2, -math.pi / 2), pair, used, strict=True):
            program.rx(angle, kept).rx(angle, other).cx(kept, other)
            # With 1 - p the gate mixes its qubits: one of 16 Paulis, of which one is no error.
            program.noise(two_qubit_depolarizing(15 / 16 * (1 - noise.two_qubit)), kept, other)
            bits.append(program.measure(other, readout=1 - noise.readout))
        program.require(bits[0] ^ bits[1] ^ 1)
    program.cx(left, right)
    program.x(last, when=program.measure(right))
    return program.save("ghz", first, left, last)


@pytest.mark.parametrize("noise", [Noise(), IMPERFECT], ids=["ideal", "noisy"])
def test_a_purified_link_is_a_circuit_that_succeeded(noise):
    """DEJMPS gate by gate with required parities, and then fusion: the state and its price are the same."""
    raw = joined(3, 0.85)
    purified = purified_network(raw, 1, noise)
    circuit = qn.execute(fused(noise), network=raw)
    short = qn.execute(fused(), network=purified)
    assert np.abs(circuit.state("ghz").matrix - short.state("ghz").matrix).max() < 1e-9
    # Two links succeed together with the square; two pairs go into each attempt.
    price = raw.links[0].model.success_probability / purified.links[0].model.success_probability
    assert 2 / math.sqrt(circuit.success_probability.value) == pytest.approx(price)
    assert short.success_probability.value == pytest.approx(1.0)


@pytest.mark.parametrize("rounds", [0, 1, 2])
def test_a_check_of_four_nodes_in_closed_form(rounds):
    """Phase flips of the three pairs add up: (1 - (1 - 2z)^3)/2, z = Φ- and Ψ- of a pair.

    DEJMPS of equal pairs (A, D, C, B) gives (A² + B², 2AB, C² + D², 2CD)/N: D. Deutsch et al., Phys. Rev. Lett.
    77, 2818 (1996), equation 6, with weights in the order Φ+, Φ-, Ψ+, Ψ-.
    """
    a, d, c, b = 0.9, 0.1 / 3, 0.1 / 3, 0.1 / 3
    for _ in range(rounds):
        total = (a + b) ** 2 + (c + d) ** 2
        a, d, c, b = (a**2 + b**2) / total, 2 * a * b / total, (c**2 + d**2) / total, 2 * c * d / total
    rate = (1 - (1 - 2 * (d + b)) ** 3) / 2
    code = code_from_stabilizers(["ZZZZ"])
    placed = place(ghz_memory_program(code, 1), purified_network(joined(4, 0.9), rounds))
    shots = 40_000
    found = stim_backend().compile(placed.circuit).detect(shots, 3).detectors.bits()[:, 0].mean()
    assert abs(found - rate) < 5 * math.sqrt(rate / shots)  # false alarm 6e-7


def test_purified_pairs_make_better_checks():
    """At F = .9 one round of purification takes most of the error away, noisy gates give some of it back."""
    raw, shots = joined(9, 0.9), 10_000
    programs = [ghz_memory_program(SMALL, 3, basis) for basis in "zx"]

    def errors(rounds, noise=None):
        network = purified_network(raw, rounds, noise)
        return [Sampler.of(place(p, network).circuit, Matching()).counts(shots, 1).errors for p in programs]

    bare, ideal, noisy = errors(0), errors(1), errors(1, Noise(0.99, 0.99))
    for basis in (0, 1):
        assert 20 * ideal[basis] < bare[basis] and 2 * ideal[basis] < noisy[basis] < bare[basis] / 5
    # No basis suffers from flips of shares that reach two data qubits: those lie across its logical operator.
    assert bare[1] < 1.5 * bare[0]
    cost = raw_pairs_per_round(SMALL, raw, purified_network(raw, 1))
    assert cost == pytest.approx(16 * 2 / 0.875556, rel=1e-6)
    assert raw_pairs_per_round(SMALL, raw, raw) == 16.0
    with pytest.raises(InvalidInputError, match=r"share pairs .* no link"):
        raw_pairs_per_round(SMALL, Network(raw.nodes, raw.links[:9]), raw)


def test_noisy_purification_beneath_encoding():
    """Two swapped links are as good as the mixtures say, and the code feels the noise of purification beneath it."""
    network, route = chain(3, fidelity=0.9), ["node0", "node1", "node2"]
    noise = Noise(0.98, 0.99)
    pair = purified_link(network.links[0].model, 1, noise)
    a, d, c, b = (
        float(np.vdot(v, np.array(pair.state) @ v).real) / 2
        for v in ([1, 0, 0, 1], [1, 0, 0, -1], [0, 1, 1, 0], [0, 1, -1, 0])
    )
    # Swapping adds the Paulis of two pairs, W. Dür et al., Phys. Rev. A 59, 169 (1999).
    bare = bare_chain(network, route, 1, noise)
    assert 1 - bare.infidelity.value == pytest.approx(a * a + b * b + c * c + d * d)
    assert bare.raw_pairs > bare_chain(network, route, 1).raw_pairs
    found = {
        name: encoded_chain(steane(), network, route, BpOsd(), rounds=rounds, noise=given, shots=10_000)
        for name, rounds, given in (
            ("none", 0, None),
            ("ideal", 1, None),
            ("noisy", 1, noise),
            ("bad", 1, Noise(0.8)),
        )
    }
    value = {name: cost.infidelity.value for name, cost in found.items()}
    assert value["ideal"] < value["noisy"] < value["none"] < value["bad"]
    assert found["noisy"].raw_pairs > found["ideal"].raw_pairs
    with pytest.raises(InvalidInputError, match="method is 'magic'"):
        purified_link(network.links[0].model, 1, method="magic")
