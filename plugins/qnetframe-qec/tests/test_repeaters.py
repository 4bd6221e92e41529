"""Encoded repeaters: closed forms of small codes, codes against bare pairs, loss, and bad input."""

import math
from itertools import pairwise

import pytest

import qnetframe as qn
from qnetframe.builtin.topologies import chain
from qnetframe.errors import QnetframeError, UnsupportedError
from qnetframe.network import Link, LinkModel, Network, Node
from qnetframe.placement import place
from qnetframe_qec.codes.small import five_qubit, four_two_two, repetition, steane
from qnetframe_qec.codes.surface import rotated_surface
from qnetframe_qec.decoders.general import BpOsd
from qnetframe_qec.decoders.matching import Matching
from qnetframe_qec.decoders.tables import MaximumLikelihood
from qnetframe_qec.purified import purified_link
from qnetframe_qec.repeaters.chains import bare_chain, encoded_chain
from qnetframe_qec.repeaters.programs import one_way_program, swapping_program
from qnetframe_qec.sampling.counts import Sampler
from qnetframe_stim import stim_backend


def sampler(program, network, decoder):
    return Sampler.of(place(program, network).circuit, decoder)


def route(links):
    return [f"node{i}" for i in range(links + 1)]


def lossy(links, transmission):
    model = LinkModel(transmission=transmission)
    names = route(links)
    return Network(tuple(map(Node, names)), tuple(Link(a, b, model) for a, b in pairwise(names)))


@pytest.mark.parametrize("basis", ["z", "x"])
@pytest.mark.parametrize("code", [steane(), four_two_two(), rotated_surface(3)], ids=lambda c: c.name)
def test_quiet_over_perfect_links(code, basis):
    for write in (swapping_program, one_way_program):
        program = write(code, route(3), basis)
        found = stim_backend().compile(place(program, chain(4)).circuit).detect(64, 1)
        assert not found.detectors.bits().any() and not found.observables.bits().any()


@pytest.mark.parametrize("links", [1, 2, 4])
def test_repetition_in_closed_form(links):
    """Encoded swapping by a repetition code of 3: the majority of each station's bits.

    A pair of fidelity F flips the target of its CX with probability f = 2(1 - F)/3 (Ψ+ or Ψ-). Each right block
    collects the flips of its own link; a station that measures in z sees those of the link before, which its
    transversal CX copies, beside none of its own: left blocks are controls. Its majority is wrong with
    g = 3f² - 2f³, independently for every link, and an odd number of wrong ones is a logical error.
    """
    fidelity, shots = 0.93, 40_000
    f = 2 * (1 - fidelity) / 3
    g = 3 * f**2 - 2 * f**3
    expected = (1 - (1 - 2 * g) ** links) / 2
    program = swapping_program(repetition(3), route(links), "z")
    found = sampler(program, chain(links + 1, fidelity=fidelity), Matching()).counts(shots, 3).error
    # Five standard errors: false alarm 6e-7 at a fixed seed.
    assert abs(found.value - expected) < 5 * found.standard_error


def test_encoding_beats_bare_swapping():
    """At good links the Steane code leaves less error than bare swapping of as many links; at bad ones more."""
    links = 4
    for fidelity, better in ((0.995, True), (0.85, False)):
        params = {"topology.nodes": links + 1, "topology.fidelity": fidelity}
        encoded = qn.run(
            "encoded-repeater", backend="stim", topology="chain", params=params, shots=20_000, seed=2
        ).estimates
        # n swapped Werner links: F = 1/4 + 3/4 ((4F - 1)/3)^n, H.-J. Briegel et al., PRL 81, 5932 (1998).
        bare = 0.25 + 0.75 * ((4 * fidelity - 1) / 3) ** links
        bound = encoded["fidelity, at least"]
        assert (bound.value - 3 * bound.standard_error > bare) == better
        assert encoded["pairs"] == qn.Estimate(7.0 * links)


def test_one_way_with_loss_in_closed_form():
    """[[4,2,2]] over one link corrects one known loss and fails at two: heralded, half of the effects are seen.

    Two lost qubits carry logical operators: Z-type ones flip an observable of basis x, X-type ones of z. With
    two qubits lost at random the four Paulis of weight two on them, II and XX among the X-type, are equally
    likely; XX is a logical operator: the prediction of some observable is wrong with 1/2. Three or four lost
    leave 2 and 2 free X-type logical operators: wrong with 3/4.
    """
    eta, shots = 0.8, 20_000
    lost = [math.comb(4, k) * (1 - eta) ** k * eta ** (4 - k) for k in range(5)]
    expected = lost[2] / 2 + (lost[3] + lost[4]) * 3 / 4
    for basis in "zx":
        found = sampler(one_way_program(four_two_two(), route(1), basis), lossy(1, eta), MaximumLikelihood())
        error = found.counts(shots, 3).error
        assert abs(error.value - expected) < 5 * error.standard_error, basis


def test_more_stations_than_hops_help_against_loss():
    """The same total loss in one hop or in four: a surface code is corrected in between."""
    whole, parts = 0.7, 0.7**0.25
    one = (
        sampler(one_way_program(rotated_surface(3), route(1)), lossy(1, whole), Matching())
        .counts(4000, 1)
        .error
    )
    four = (
        sampler(one_way_program(rotated_surface(3), route(4)), lossy(4, parts), Matching())
        .counts(4000, 1)
        .error
    )
    assert four.value + 4 * math.hypot(one.standard_error, four.standard_error) < one.value


def test_by_name():
    params = {"scheme": "one-way", "code": "rotated-surface", "decoder": "pymatching", "topology.nodes": 3}
    params["topology.length_km"] = 0.5
    found = qn.run("encoded-repeater", backend="stim", topology="chain", params=params, shots=4000).estimates
    assert found["qubits sent"] == qn.Estimate(18.0) and found["fidelity, at least"].value > 0.97


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: swapping_program(five_qubit(), route(1)), "not CSS"),
        (lambda: one_way_program(steane(), ["a"]), "two stations"),
        (lambda: swapping_program(steane(), "ab"), "two stations"),
        (lambda: swapping_program(steane(), route(1), "y"), "basis is 'y'"),
        (lambda: qn.run("encoded-repeater", params={"scheme": "carrier pigeon"}), "scheme"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(QnetframeError, match=message):
        call()
    assert BpOsd().osd_order == 5


def test_layers_of_a_chain():
    """Swapping and purified swapping in closed form; purification under a code; costs in pairs and seconds.

    Werner F = .9 after one DEJMPS: .926396 with success .875556 (C. H. Bennett et al., PRL 76, 722 (1996)).
    """
    network = chain(3, length_km=10.0, fidelity=0.9)
    raw = network.links[0].model
    once = purified_link(raw, 1)
    assert once.fidelity == pytest.approx(0.926396, abs=1e-6)
    assert raw.success_probability / once.success_probability == pytest.approx(2 / 0.875556, rel=1e-6)
    assert purified_link(raw, 0) is raw
    swapped = bare_chain(network, route(2))
    assert 1 - swapped.infidelity.value == pytest.approx(0.9**2 + 0.1**2 / 3)
    assert (swapped.raw_pairs, swapped.station_qubits) == (2.0, 2)
    assert swapped.seconds == pytest.approx(raw.mean_time)
    purified = bare_chain(network, route(2), rounds=1)
    assert purified.infidelity.value < swapped.infidelity.value
    assert purified.seconds == pytest.approx(2 / 0.875556 * raw.mean_time + raw.delay, rel=1e-6)
    encoded, both = (
        encoded_chain(steane(), network, route(2), BpOsd(), rounds=r, shots=10_000) for r in (0, 1)
    )
    assert both.infidelity.value < encoded.infidelity.value and encoded.raw_pairs == 14.0
    # In the middle two blocks, and an end of a pair for each of their qubits.
    assert encoded.station_qubits == 28
    odd = LinkModel(state=[0.8**0.5, 0, 0, 0.2**0.5])
    with pytest.raises(UnsupportedError, match="not Bell-diagonal"):
        purified_link(odd, 1)
