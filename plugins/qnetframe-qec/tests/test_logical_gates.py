"""Lattice surgery and teleported logical gates."""

import math

import pytest

from qnetframe.builtin.topologies import chain
from qnetframe.channels.named import two_qubit_depolarizing
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.placement import place
from qnetframe_qec.codes.small import five_qubit, four_two_two, steane
from qnetframe_qec.codes.surface import rotated_rectangle, rotated_surface
from qnetframe_qec.decoders.matching import Matching
from qnetframe_qec.noise import noise_model
from qnetframe_qec.programs.logical_gates import teleported_cx_program
from qnetframe_qec.programs.surgery import merge_program
from qnetframe_qec.sampling.counts import Sampler
from qnetframe_stim import stim_backend


def compiled(program, network=None):
    return stim_backend().compile(place(program, network).circuit)


@pytest.mark.parametrize("basis", ["x", "z"])
@pytest.mark.parametrize("d", [3, 5])
def test_a_merge_measures_the_joint_operator_and_keeps_the_distance(basis, d):
    """X of both is 0 for two |+>; Z of both survives the merge; no fewer than d faults hide from the detectors."""
    found = compiled(merge_program(d, 2, noise_model("none", 0), basis)).detect(200, 1)
    assert not found.detectors.bits().any() and not found.observables.bits().any()
    assert found.observables.bits().shape[1] == (2 if basis == "x" else 1)
    noisy = compiled(merge_program(d, d, noise_model("circuit", 0.001), basis)).native()
    assert len(noisy.shortest_graphlike_error()) == d


def test_the_joint_outcome_is_random_where_it_should_be():
    """Two |0>: X of both is not known before, so that a wrong observable would not be quiet in basis z."""
    program = merge_program(3, 1, noise_model("none", 0), "z")
    fresh = [o for o in program.operations if o.kind == "detector"]
    assert len(fresh) > 20
    # Without the outcomes of the column between, Z of both is random.
    bare = merge_program(3, 1, noise_model("none", 0), "z")
    observable = next(o for o in bare.operations if o.kind == "observable")
    assert len(observable.parity.bits) == 2 * 3 + 1
    bare.output(*[type(observable.parity)(observable.parity.bits[:k]) for k in (1,)])
    assert 20 < compiled(bare).sample(200, 1).bits().sum() < 180


def test_surgery_over_a_noisy_seam():
    """Larger distance helps below the seam's threshold; five standard errors."""

    def error(d):
        whole = rotated_rectangle(2 * d + 1, d)
        cut = 2 * d
        bad = two_qubit_depolarizing(0.03)

        def seam(check, qubit):
            apart = (whole.check_positions[check][0] > cut) != (whole.positions[qubit][0] > cut)
            return bad if apart else None

        program = merge_program(d, d, noise_model("gates", 0.0005), "x", gate_noise=seam)
        return Sampler.of(program.circuit(), Matching()).counts(10_000, 3).error

    small, large = error(3), error(7)
    assert large.value + 5 * math.hypot(small.standard_error, large.standard_error) < small.value


@pytest.mark.parametrize("basis", ["z", "x"])
@pytest.mark.parametrize("code", [steane(), four_two_two(), rotated_surface(3)], ids=lambda c: c.name)
def test_teleported_logical_cx(code, basis):
    """The control's 1 (the target's minus) is found on both sides; one bad pair is corrected or detected."""
    program = teleported_cx_program(code, basis, ("node0", "node1"), pairs_at_once=2)
    assert program.resources.pairs == code.n
    found = compiled(program, chain(2)).detect(100, 1)
    assert not found.detectors.bits().any() and not found.observables.bits().any()
    noisy = compiled(program, chain(2, fidelity=0.9)).detect(4000, 1)
    assert noisy.observables.bits().any()
    # Shots without an event are right unless two pairs fail: at F = .9 in less than a tenth of them.
    quiet = ~noisy.detectors.bits().any(axis=1)
    assert noisy.observables.bits()[quiet].any(axis=1).mean() < 0.1


def test_bad_input():
    with pytest.raises(InvalidInputError, match="distance is 4"):
        merge_program(4, 1, noise_model("none", 0))
    with pytest.raises(InvalidInputError, match="basis is 'y'"):
        merge_program(3, 1, noise_model("none", 0), "y")
    with pytest.raises(UnsupportedError, match="not CSS"):
        teleported_cx_program(five_qubit())
