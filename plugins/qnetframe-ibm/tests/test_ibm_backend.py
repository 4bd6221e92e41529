"""The backend on fake devices and on an ideal one: the contract, the device's noise, refusals, jobs."""

import math
import os
import subprocess
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from qiskit.providers.fake_provider import GenericBackendV2

import qnetframe as qn
from qnetframe import Program
from qnetframe.channels import bit_flip
from qnetframe.errors import InvalidInputError, PluginError, UnknownNameError, UnsupportedError
from qnetframe.plugins import discover
from qnetframe.testing.backend_checks import CHECKS, CapabilityMiss
from qnetframe.values import all_of, any_of
from qnetframe_ibm import CAPABILITIES, ibm
from qnetframe_ibm.backend import IbmBackend

# Aer says so of a device that has no noise to tell of, which is what the ideal one is for.
pytestmark = pytest.mark.filterwarnings("ignore:.*has no QubitProperties:UserWarning")

SPEC = discover().backends["ibm"]
# The ideal device has eight qubits, and lives in this process only.
EIGHT = replace(SPEC, capabilities=(replace(CAPABILITIES[0], max_qubits=8, own_noise=False),))
HERE = [name for name in CHECKS if name != "another_process_agrees"]


@pytest.fixture(scope="module")
def ideal():
    """A device of eight qubits in a line, without noise: what is translated must come out exactly."""
    line = [[a, a + 1] for a in range(7)]
    device = GenericBackendV2(8, coupling_map=line, noise_info=False, control_flow=True, seed=1)
    return IbmBackend(device, CAPABILITIES[0])


@pytest.mark.parametrize("check", HERE)
def test_on_an_ideal_device_it_keeps_the_contract(check, ideal):
    try:
        CHECKS[check](EIGHT, lambda: ideal)
    except CapabilityMiss:
        pytest.skip("a device does not claim this")


def test_most_checks_apply(ideal):
    done = 0
    for name in HERE:
        try:
            CHECKS[name](EIGHT, lambda: ideal)
        except CapabilityMiss:
            continue
        done += 1
    assert done >= 8


def test_another_process_gives_the_same_shots():
    make = partial(ibm, "fake_manila")
    make.params = {"device": "fake_manila"}
    CHECKS["another_process_agrees"](SPEC, make)


def distribution(samples):
    return {k: v / samples.shots for k, v in samples.counts().items()}


def test_conditions_of_every_kind_against_the_reference(ideal):
    """4000 shots, 16 outcomes at 5.5 standard errors: a false alarm in 1.7 million seeds, and this is one."""
    p = Program("conditions")
    a, b, c, d = p.qubits("alice", "a", "b", "c", "d")
    p.ry(1.0, a).ry(2.0, b)
    m, n = p.measure(a), p.measure(b)
    p.x(c, when=m ^ n ^ 1).h(d, when=m ^ n).sx(c, when=~m)
    p.ry(0.7, d, when=all_of(m, n)).t(c, when=any_of(m, n ^ 1)).h(c, when=n)
    p.measure(c), p.measure(d)
    circuit = p.circuit()
    expected = {
        r.outputs: r.probability for r in discover().make("backend", "reference").compile(circuit).exact()
    }
    counts = distribution(ideal.compile(circuit).sample(4000, 11))
    assert counts.keys() <= {k for k, v in expected.items() if v > 1e-12}
    for outcome, probability in expected.items():
        sigma = math.sqrt(probability * (1 - probability) / 4000)
        assert abs(counts.get(outcome, 0.0) - probability) <= 5.5 * sigma + 1e-12


def test_bases_resets_and_unitaries(ideal):
    p = Program("bases")
    a, b = p.qubits("alice", "a", "b")
    p.h(a).measure(a, basis="x")
    p.s(a)
    y = p.measure(a, basis="y")
    p.reset(a)
    p.unitary(np.eye(4)[[1, 2, 3, 0]].T, a, b)
    z = p.measure(a), p.measure(b)
    for bit in (y, *z):
        p.output(bit)
    # |+>, s turns it to |+i>: y gives 0; the increment turns 00 to 01.
    assert distribution(ideal.compile(p.circuit()).sample(200, 3)) == {(0, 0, 1): 1.0}


def teleportation(theta=0.9):
    p = Program("teleportation")
    psi, a = p.qubits("alice", "psi", "a")
    b = p.qubit("bob", "b")
    p.ry(theta, psi)
    p.entangle(a, b)
    p.cx(psi, a).h(psi)
    m_z, m_x = p.measure(psi), p.measure(a)
    p.x(b, when=m_x).z(b, when=m_z)
    p.expect("z", {b: "Z"})
    return p


def test_teleportation_with_the_feed_forward_of_a_fake_device():
    """The fake device's noise costs something and not all; the same seed gives the same number."""
    options = {"device": "fake_manila"}
    run = lambda seed: qn.execute(teleportation(), backend="ibm", shots=4000, seed=seed, options=options)  # noqa: E731
    first = run(5).expectation("z")
    assert run(5).expectation("z") == first
    assert run(6).expectation("z").value != first.value
    ideal = math.cos(0.9)
    assert 0.6 * ideal < first.value < ideal - 3 * first.standard_error


def test_the_noise_is_that_of_the_snapshot():
    """|0> read out as 1 with the mean readout error, which the local mode takes for both outcomes."""
    p = Program("readout")
    p.measure(p.qubit("alice", "q"))
    executable = ibm("fake_manila").compile(p.circuit())
    (physical,) = executable.transpiled.layout.final_index_layout()[:1]
    expected = executable.backend.device.target["measure"][(physical,)].error
    seen = distribution(executable.sample(20_000, 1)).get((1,), 0.0)
    assert abs(seen - expected) < 5.5 * math.sqrt(expected * (1 - expected) / 20_000)
    assert expected > 0


def test_jobs_are_submitted_and_retrieved():
    executable = ibm("fake_manila").compile(bell())
    job = executable.submit(300, 9)
    samples = executable.retrieve(job)
    assert executable.status(job) == "DONE" and samples.shots == 300
    assert samples == executable.sample(300, 9)
    with pytest.raises(InvalidInputError, match="job is 'nothing'; fake_manila runs in this process"):
        executable.retrieve("nothing")


def bell():
    p = Program("bell")
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b)
    p.measure(a), p.measure(b)
    return p.circuit()


def test_what_a_device_cannot_do_is_refused_by_name():
    p = Program("noisy")
    q = p.qubit("alice", "q")
    p.noise(bit_flip(0.1), q).measure(q)
    with pytest.raises(UnsupportedError, match=r"noise \(bit_flip on alice.q\)"):
        qn.execute(p, backend="ibm", shots=10, options={"device": "fake_manila"})
    with pytest.raises(UnsupportedError, match="fake_manila has noise of its own"):
        ibm("fake_manila").compile(p.circuit())
    with pytest.raises(UnsupportedError, match="exact"):
        qn.execute(teleportation(), backend="ibm", options={"device": "fake_manila"})
    wide = Program("wide")
    for q in wide.qubits("alice", *"abcdef"):
        wide.measure(q)
    with pytest.raises(UnsupportedError, match="the circuit has 6 qubits; fake_manila has 5"):
        ibm("fake_manila").compile(wide.circuit())
    p = Program("feed-forward")
    a, b = p.qubits("alice", "a", "b")
    m = p.measure(a)
    p.x(b, when=m).measure(b)
    with pytest.raises(UnsupportedError, match=r"conditional x on alice.b: fake_belem has no feed-forward"):
        ibm("fake_belem").compile(p.circuit())


def test_nothing_measured_needs_no_device():
    p = Program("nothing")
    p.x(p.qubit("alice", "q"))
    executable = ibm("fake_manila").compile(p.circuit())
    assert executable.sample(10, 0).shots == 10
    with pytest.raises(InvalidInputError, match="measures nothing"):
        executable.submit(10, 0)


def test_options():
    with pytest.raises(UnknownNameError, match="did you mean 'fake_manila'"):
        ibm("fake_manilla")
    with pytest.raises(InvalidInputError, match=r"optimization_level is 4; it must be in \[0, 3\]"):
        ibm("fake_manila", optimization_level=4)


def test_a_real_device_without_an_account_says_what_is_missing(monkeypatch):
    import qiskit_ibm_runtime

    seen = {}

    def service(**arguments):
        seen.update(arguments)
        raise RuntimeError(f"no account for {arguments['token']}")

    monkeypatch.setattr(qiskit_ibm_runtime, "QiskitRuntimeService", service)
    monkeypatch.delenv("MY_TOKEN", raising=False)
    with pytest.raises(
        PluginError, match=r"'ibm_torino' cannot be reached with a saved account \(MY_TOKEN is not set\)"
    ):
        ibm("ibm_torino", token_variable="MY_TOKEN")
    assert seen["token"] is None and seen["instance"] is None
    monkeypatch.setitem(os.environ, "MY_TOKEN", "secret-secret")
    with pytest.raises(
        PluginError, match=r"the token in MY_TOKEN: RuntimeError: no account for \(token\)"
    ) as caught:
        ibm("ibm_torino", token_variable="MY_TOKEN", instance="mine")
    assert seen["token"] == "secret-secret" and seen["instance"] == "mine"
    assert "secret" not in str(caught.value)


def test_a_job_of_the_service_is_asked_from_the_service(ideal):
    """The same adapter with a service: retrieval by id in another process, no seed, the limit of shots."""
    executable = ideal.compile(bell())
    job = executable.submit(50, 1)

    class Service:
        asked = ()

        def job(self, name):
            self.asked += (name,)
            return executable._jobs[name]

    service = Service()
    later = IbmBackend(ideal.device, CAPABILITIES[0], service).compile(bell())
    assert later.retrieve(job) == executable.retrieve(job) and service.asked == (job,)


def test_listing_and_making_import_when_needed():
    code = (
        "import sys, qnetframe_ibm; (spec,) = qnetframe_ibm.qnetframe_backends(); spec.capabilities;"
        "assert not {'qiskit', 'qiskit_ibm_runtime'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    assert SPEC.sdks == ("qiskit", "qiskit-ibm-runtime", "qiskit-aer")
    assert [c.exact for c in SPEC.capabilities] == [False] and SPEC.capabilities[0].noise == "none"
