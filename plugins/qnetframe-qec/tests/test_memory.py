"""Memory programs: detectors, error counts, published logical errors, decoders against each other."""

import importlib.util
import math

import pytest
import stim

import qnetframe as qn
from qnetframe.builtin.topologies import chain
from qnetframe.errors import InvalidInputError, QnetframeError, UnknownNameError, UnsupportedError
from qnetframe.network import Hardware, Network, Node
from qnetframe.network.hardware import GateProfile, QubitProfile
from qnetframe.plugins import discover
from qnetframe_qec.codes.code import Code
from qnetframe_qec.codes.small import five_qubit, repetition, steane
from qnetframe_qec.codes.surface import rotated_surface
from qnetframe_qec.noise import MODELS, NoiseModel, noise_model
from qnetframe_qec.programs.memory import memory_program
from qnetframe_qec.sampling.counts import Sampler, sample
from qnetframe_qec.sampling.task import MemoryTask
from qnetframe_stim import stim_backend


def native(code, rounds, noise, basis="z"):
    return stim_backend().compile(memory_program(code, rounds, noise, basis).circuit()).native()


@pytest.mark.parametrize("d, detectors, errors", [(3, 24, 286), (5, 120, 1953)])
def test_the_same_detectors_and_errors_as_stims_own(d, detectors, errors):
    ours = native(rotated_surface(d), d, noise_model("circuit", 0.001))
    theirs = stim.Circuit.generated(
        "surface_code:rotated_memory_z", distance=d, rounds=d, after_clifford_depolarization=0.001,
        after_reset_flip_probability=0.001, before_measure_flip_probability=0.001,
        before_round_data_depolarization=0.001,
    )  # fmt: skip
    for circuit in (ours, theirs):
        model = circuit.detector_error_model(decompose_errors=True, flatten_loops=True)
        assert (circuit.num_detectors, model.num_errors) == (detectors, errors)
    found = [sorted(e.args_copy()[0] for e in c.detector_error_model(flatten_loops=True) if e.type == "error")
             for c in (ours, theirs)]  # fmt: skip
    assert found[0] == pytest.approx(found[1], rel=1e-9)


CODES = [
    ("repetition", 3), ("steane", 3), ("shor", 3), ("four-two-two", 2), ("rotated-surface", 3), ("rotated-surface", 4),
    ("unrotated-surface", 3), ("toric", 3), ("colour", 3), ("bivariate-bicycle", 6),
]  # fmt: skip


@pytest.mark.parametrize("basis", ["z", "x"])
@pytest.mark.parametrize("name, d", CODES, ids=str)
def test_detectors_are_quiet_without_noise(name, d, basis):
    """And every single error of a circuit-level round is seen by some detector or leaves the observables
    alone.
    """
    task = MemoryTask(code=name, distance=d, rounds=2, basis=basis)
    code = task.make_code()
    clean = stim_backend().compile(memory_program(code, 2, noise_model("none", 0), basis).circuit())
    found = clean.detect(64, 1)
    assert not found.detectors.bits().any() and not found.observables.bits().any()
    assert found.observables.bits().shape[1] == code.k
    if name in ("repetition", "shor", "four-two-two"):
        return  # not fault-tolerant with one ancilla a check, or blind to one kind of error
    model = native(code, 2, noise_model("circuit", 0.001), basis).detector_error_model()
    for error in model.flattened():
        if error.type == "error":
            kinds = [t.is_relative_detector_id() for t in error.targets_copy()]
            assert any(kinds), f"{error} is not seen"


@pytest.mark.parametrize(
    "name, d", [("rotated-surface", 3), ("rotated-surface", 5), ("unrotated-surface", 3), ("toric", 3)]
)
@pytest.mark.parametrize("basis", ["z", "x"])
def test_the_schedule_keeps_the_distance(name, d, basis):
    """No set of fewer than d faults of a circuit-level round flips an observable unseen: hook errors do
    not hurt.
    """
    circuit = native(MemoryTask(code=name, distance=d).make_code(), d, noise_model("circuit", 0.001), basis)
    assert len(circuit.shortest_graphlike_error()) == d


# Minimum-weight matching, 10^5 shots or more by hand-written Stim circuits and PyMatching: the thresholds
# are those
# of E. Dennis et al., J. Math. Phys. 43, 4452 (2002) (10.3 %, 2.9 %) and A. G. Fowler et al., PRA 86, 032324
# (2012).
POINTS = [
    ("code-capacity", 1, 0.09, {5: 0.0994, 9: 0.0932, 13: 0.0861}),
    ("code-capacity", 1, 0.11, {5: 0.1498, 9: 0.1638, 13: 0.1776}),
    ("phenomenological", None, 0.024, {5: 0.0628, 7: 0.0536, 9: 0.0456}),
    ("phenomenological", None, 0.033, {5: 0.1329, 7: 0.1436, 9: 0.1579}),
    ("circuit", None, 0.004, {3: 0.01120, 5: 0.00729, 7: 0.00430}),
    ("circuit", None, 0.008, {3: 0.0395, 5: 0.0496, 7: 0.0532}),
]


@pytest.mark.parametrize(
    "noise, rounds, p, values", POINTS, ids=lambda v: v if isinstance(v, (str, float)) else ""
)
def test_points_around_the_thresholds(noise, rounds, p, values):
    """Within four standard errors or 6 %, and in the published order; false alarm 6e-5 a point at a fixed
    seed.
    """
    shots, found = 60_000, []
    for d, value in values.items():
        error = sample(MemoryTask(noise=noise, p=p, distance=d, rounds=rounds), 11, shots).error
        assert abs(error.value - value) < max(4 * error.standard_error, 0.06 * value), (d, error, value)
        found.append(error.value)
    below = list(values.values()) == sorted(values.values(), reverse=True)
    assert found == sorted(found, reverse=below)


def test_decoders_of_small_memories():
    """At p = .01 none fails more rarely than maximum likelihood, and the good ones hardly more often than
    lookup.
    """
    names = [
        "maximum-likelihood",
        "lookup",
        "pymatching",
        "pymatching-correlated",
        "bp-osd",
        "union-find",
    ]
    if importlib.util.find_spec("tesseract_decoder"):  # development versions only, so no dependency
        names.append("tesseract")
    errors = {}
    for name in names:
        task = MemoryTask(noise="code-capacity-depolarizing", p=0.01, rounds=1, decoder=name)
        errors[name] = sample(task, 3, 60_000).error
    best = errors["maximum-likelihood"]
    for name, error in errors.items():
        # The same shots: a difference has less spread than this.
        assert error.value >= best.value - 1e-12, name
        assert error.value <= errors["lookup"].value + 4 * error.standard_error, name


def windowed(window, commit, shots=8000):
    params = {"window": window, "commit": commit}
    task = MemoryTask(
        noise="circuit", p=0.005, distance=3, rounds=12, decoder="windowed-matching", decoder_params=params
    )
    return sample(task, 1, shots)


def test_windows_that_follow_the_rounds():
    """One window is matching of everything; of the distance and more it is nearly as good; a short one is not."""
    whole = sample(MemoryTask(noise="circuit", p=0.005, distance=3, rounds=12), 1, 8000)
    assert windowed(20, 20).errors == whole.errors
    assert windowed(6, 3).error.value < 1.15 * whole.error.value
    assert windowed(2, 2).error.value > 1.3 * whole.error.value


def test_the_delay_of_a_window():
    made = discover().make("decoder", "windowed-matching", {"window": 6, "commit": 2})
    assert made.delay(1e-6, 1e-5) == pytest.approx(4e-6 + 1e-5)
    with pytest.raises(InvalidInputError, match="commit is 3"):
        discover().make("decoder", "windowed-matching", {"window": 2, "commit": 3})
    with pytest.raises(UnsupportedError, match="needs the round of D1 as its third"):
        made.compile_decoder_for_dem(dem=stim.DetectorErrorModel("error(0.1) D0 D1\ndetector(0, 0, 0) D0"))


def test_hyperedges_are_refused_by_name():
    with pytest.raises(UnsupportedError, match="'pymatching' cannot handle hyperedges: an error flips"):
        Sampler.of_task(MemoryTask(code="colour", distance=5, noise="circuit", p=0.001))
    good = sample(
        MemoryTask(code="colour", distance=3, noise="code-capacity", p=0.02, rounds=1, decoder="bp-osd"),
        1,
        5000,
    )
    assert 0 < good.error.value < 0.02


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_noise_model_runs(name):
    counts = sample(MemoryTask(noise=name, p=0.0 if name == "none" else 0.05, rounds=2), 1, 2000)
    assert (counts.errors > 0) == (name != "none")


def test_bias_and_its_basis():
    """Bias towards Z spares the memory of basis z and hurts that of x."""
    z, x = (
        sample(MemoryTask(noise="biased", p=0.006, basis=b, noise_params={"bias": 100.0}), 1, 30_000).error
        for b in "zx"
    )
    assert x.value - z.value > 4 * math.hypot(x.standard_error, z.standard_error)


def test_heralded_erasure_is_decoded():
    """Erasure of known qubits up to rates at which unknown depolarizing noise of the same strength is
    hopeless.

    The threshold of erasure is 1/2: T. M. Stace, S. D. Barrett, A. C. Doherty, PRL 102, 200501 (2009).
    """
    kind = {"noise": "erasure", "p": 0.3, "rounds": 1}
    small, large = (sample(MemoryTask(distance=d, **kind), 2, 3000).error for d in (3, 7))
    assert large.value < small.value - 3 * large.standard_error
    blind = sample(
        MemoryTask(distance=7, noise="code-capacity-depolarizing", p=0.225, rounds=1), 2, 3000
    ).error
    assert large.value < blind.value / 3
    # One erased qubit of a distance-2 code is always corrected; the rate is that of two or more.
    pair = sample(MemoryTask(distance=2, noise="erasure", p=0.1, rounds=1), 2, 20_000).error
    assert pair.value < 6 * 0.1**2


def test_noise_of_a_devices_profile():
    """A memory on a node's hardware: worse gates hurt, and relaxation is twirled only when asked."""

    def errors(error, **more):
        gates = {("cx", ()): GateProfile(error, 1e-7), ("h", ()): GateProfile(error / 10, 5e-8)}
        device = Hardware("device", default=QubitProfile(t1=1e-4, t2=1e-4, readout=(0.01, 0.01)), gates=gates)
        network = Network((Node("node0", device), Node("node1")), chain(2).links)
        params = {"noise": "none", "p": 0.0}
        run = qn.run("memory", backend="stim", topology=network, params=params, shots=8000, seed=3, **more)
        return run.estimates["logical error"].value

    assert 0 < errors(0.001, twirl=True) < errors(0.01, twirl=True)
    with pytest.raises(UnsupportedError, match="twirl"):
        errors(0.001)


def test_by_name_on_engines():
    """The same memory, exact on the reference and sampled on Stim and Aer; five standard errors."""
    params = {"code": "repetition", "rounds": 1, "p": 0.05, "noise": "phenomenological", "decoder": "lookup"}
    exact = qn.run("memory", params=params).estimates["logical error"].value
    # One round, final readout p as well: the final data decide unless two of three flips of data agree.
    for backend, shots in (("stim", 40_000), ("aer", 8000)):
        found = qn.run("memory", backend=backend, params=params, shots=shots, seed=3).estimates[
            "logical error"
        ]
        assert abs(found.value - exact) < 5 * found.standard_error
    again = qn.run("memory", backend="stim", params=params, shots=1000, seed=3).estimates
    assert again == qn.run("memory", backend="stim", params=params, shots=1000, seed=3).estimates


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: memory_program(five_qubit(), 1, noise_model("none", 0)), "'five-qubit' is not CSS"),
        (lambda: memory_program(steane(), 0, noise_model("none", 0)), "rounds is 0"),
        (lambda: memory_program(steane(), 1, noise_model("none", 0), "y"), "basis is 'y'"),
        (lambda: noise_model("circit", 0.1), "unknown noise model 'circit'"),
        (lambda: noise_model("circuit", 1.5), "p is 1.5"),
        (lambda: noise_model("circuit", 0.1, bias=3.0), "'circuit' does not take bias"),
        (lambda: noise_model("none", 0.1), "has none"),
        (lambda: NoiseModel("mine", reset_flip=2.0), "reset_flip is 2.0"),
        (lambda: NoiseModel("mine", gate_2q=noise_model("circuit", 0.1).gate_1q), "must act on 2"),
        (lambda: qn.run("memory", params={"code": "steene"}), "unknown code 'steene'.*steane"),
        (
            lambda: qn.run("memory", backend="stim", shots=9, params={"decoder": "magic"}),
            "unknown decoder 'magic'",
        ),
        (lambda: Sampler.of_task(MemoryTask(decoder="lookup", distance=5)), "at most 16 detectors.*120"),
        (lambda: MemoryTask(p=-1), "p is -1"),
        (lambda: MemoryTask.from_json("{"), "cannot be read"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(QnetframeError, match=message):
        call()


def test_a_code_without_z_logicals_of_one_kind():
    odd = Code("odd", ("XX",), ("XI",), ("ZZ",))
    with pytest.raises(UnsupportedError, match="logical operator"):
        memory_program(Code("odd", ("XX",), ("XI",), ("YY",)), 1, noise_model("none", 0))
    memory_program(odd, 1, noise_model("none", 0))


def test_unknown_names_list_what_there_is():
    with pytest.raises(UnknownNameError, match="pymatching"):
        discover().make("decoder", "pymatch")
    assert isinstance(InvalidInputError("x"), ValueError) and repetition().n == 3
