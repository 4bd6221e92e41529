"""Engines with one thing wrong: each fails the check that is named here, which the right engine passes."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest

from qnetframe.api import BackendSpec
from qnetframe.builtin.reference import CAPABILITIES, ReferenceBackend
from qnetframe.channels import Channel
from qnetframe.errors import UnsupportedError
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.operations import Erase, Gate, Measure, Noise, Reset, Unitary
from qnetframe.testing.backend_checks import CHECKS
from qnetframe.testing.kit import run_checks
from qnetframe.values import AllOf, AnyOf, Branch, Parity, Samples

from .conftest import Broken, each

SPEC = BackendSpec("reference", ReferenceBackend, "the reference, right or wrong", capabilities=CAPABILITIES)


def without_condition(o):
    return replace(o, when=None)


def inverted_condition(o):
    return replace(o, when=o.when ^ 1) if isinstance(o.when, Parity) else o


def any_for_all(o):
    return replace(o, when=AnyOf(o.when.parities)) if isinstance(o.when, AllOf) else o


def first_bit_only(o):
    several = isinstance(o.when, Parity) and len(o.when.bits) > 1
    return replace(o, when=Parity(o.when.bits[:1], o.when.constant)) if several else o


def little_endian(o):
    return replace(o, qubits=o.qubits[::-1])


def reversed_controls(o):
    return replace(o, qubits=o.qubits[::-1]) if o.name in ("cx", "ch") else o


def weaker(o):
    """Kraus operators, the first of them too heavy by a tenth of the others' weight."""
    first, *rest = o.channel.kraus
    if o.channel.is_pauli:
        return o
    scaled = [0.9**0.5 * k for k in rest]
    lost = sum((k.conj().T @ k for k in rest), np.zeros_like(first)) * 0.1
    values, vectors = np.linalg.eigh(lost)
    return Noise(
        o.qubits, Channel([first, *scaled, (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.conj().T])
    )


def depolarizing_off(o):
    weights = {k: 0.75 * v for k, v in o.channel.pauli_probabilities.items() if set(k) != {"I"}}
    return Noise(o.qubits, Channel.from_pauli(weights)) if o.channel.is_pauli else o


def twirled(o):
    return Noise(o.qubits, o.channel.pauli_twirl())


def transposed(o):
    return Noise(o.qubits[::-1], o.channel)


SWAP = np.eye(4)[[0, 2, 1, 3]]


def wrong_qubit(branches):
    return [
        replace(b, state=SWAP @ b.state @ SWAP) if b.state is not None and len(b.state) == 4 else b
        for b in branches
    ]


def single_precision(branches):
    return [
        Branch(b.outputs, float(np.float32(b.probability)),
               None if b.state is None else (b.state * (1 + 1e-7)).astype(np.complex64))
        for b in branches
    ]  # fmt: skip


def reversed_columns(samples):
    return Samples.from_bits(samples.labels, samples.bits()[:, ::-1])


def repeated_rows(samples):
    return Samples.from_bits(samples.labels, np.repeat(samples.bits()[:1], samples.shots, axis=0))


def swapped_gate(**names):
    return each(lambda o: replace(o, name=names.get(o.name, o.name)), Gate)


calls: list[int] = []


def fresh_seed(seed):
    calls.append(seed)
    return seed + len(calls)


class FirstSeed:
    """One generator for all that the backend ever samples."""

    def __init__(self):
        self.rng = None

    def __call__(self, seed):
        self.rng = self.rng or np.random.default_rng(seed)
        return int(self.rng.integers(1 << 31))


class Cached:
    """Keeps the first executable and gives it for every circuit of as many outputs."""

    def __init__(self):
        self.kept = {}

    def compile(self, circuit):
        return self.kept.setdefault(len(circuit.outputs), ReferenceBackend().compile(circuit))


class Busy(Broken):
    """Samples alike only while it has run as many circuits before: what workers do in their order."""

    def __init__(self):
        super().__init__()
        self.runs = 0

    def compile(self, circuit):
        self.runs += 1
        self.seed = lambda seed, runs=self.runs: seed * 1000 + runs
        return super().compile(circuit)


def refusing(*kinds):
    def change(circuit):
        for o in circuit.operations:
            if isinstance(o, kinds):
                raise UnsupportedError(f"no {o.kind}")
        return circuit

    return change


def narrow(circuit):
    if len(circuit.qubits) > 4:
        raise UnsupportedError("4 qubits at most")
    return circuit


# name: (the check that must catch it, a function that makes the engine)
MUTANTS = {
    "reversed bit order of branches": ("bit_order", lambda: Broken(
        branches=lambda bs: [replace(b, outputs=b.outputs[::-1]) for b in bs])),
    "reversed bit order of samples": ("bit_order", lambda: Broken(samples=reversed_columns)),
    "little-endian registers": ("unitary_order", lambda: Broken(each(little_endian, Unitary))),
    "control and target swapped": ("gate_direction", lambda: Broken(each(reversed_controls, Gate))),
    "dropped condition": ("conditions", lambda: Broken(each(without_condition, Gate, Unitary))),
    "inverted condition": ("conditions", lambda: Broken(each(inverted_condition, Gate, Unitary))),
    "first bit of a parity only": ("parity_conditions", lambda: Broken(each(first_bit_only, Gate, Unitary))),
    "any_of for all_of": ("table_conditions", lambda: Broken(each(any_for_all, Gate, Unitary))),
    "single precision": ("double_precision", lambda: Broken(branches=single_precision)),
    "ignored seed": ("seeds", lambda: Broken(seed=lambda seed: 1)),
    "same seed, different result": ("seeds", lambda: Broken(seed=fresh_seed)),
    "noise silently dropped": ("pauli_noise", lambda: Broken(each(lambda o: None, Noise))),
    "noise applied twice": ("pauli_noise", lambda: Broken(each(lambda o: Noise(o.qubits, o.channel.then(o.channel)), Noise))),
    "wrong Kraus weight": ("kraus_noise", lambda: Broken(each(weaker, Noise))),
    "Pauli twirl in place of noise": ("kraus_noise", lambda: Broken(each(twirled, Noise))),
    "depolarizing off by 4/3": ("depolarizing_convention", lambda: Broken(each(depolarizing_off, Noise))),
    "channels on reversed qubits": ("branches_of_noises", lambda: Broken(each(transposed, Noise))),
    "unnormalised branches": ("normalisation", lambda: Broken(
        branches=lambda bs: [replace(b, probability=1.0) for b in bs])),
    "unnormalised states": ("normalisation", lambda: Broken(
        branches=lambda bs: [replace(b, state=None if b.state is None else b.state * b.probability) for b in bs])),
    "missing branch": ("saved_states", lambda: Broken(branches=lambda bs: bs[:-1] if len(bs) > 1 else bs)),
    "wrong qubit saved": ("saved_states", lambda: Broken(branches=wrong_qubit)),
    "conjugated states": ("saved_states", lambda: Broken(
        branches=lambda bs: [replace(b, state=None if b.state is None else b.state.conj()) for b in bs])),
    "readout error ignored": ("readout_error", lambda: Broken(each(lambda o: replace(o, readout=(0.0, 0.0)), Measure))),
    "readout error swapped": ("asymmetric_readout", lambda: Broken(
        each(lambda o: replace(o, readout=o.readout[::-1]), Measure))),
    "basis ignored": ("bases", lambda: Broken(each(lambda o: replace(o, basis="z"), Measure))),
    "reset ignored": ("reset_and_reuse", lambda: Broken(each(lambda o: None, Reset))),
    "erasure without mixing": ("coins_and_erasure", lambda: Broken(each(lambda o: replace(o, probability=0.0), Erase))),
    "s for sdg": ("clifford_gates", lambda: Broken(swapped_gate(sdg="s"))),
    "t for tdg": ("gates_against_matrices", lambda: Broken(swapped_gate(tdg="t"))),
    "angles of the wrong sign": ("gates_against_matrices", lambda: Broken(
        each(lambda o: replace(o, params=tuple(-a for a in o.params)) if o.name == "cry" else o, Gate))),
    "one row for all shots": ("shots_are_independent", lambda: Broken(samples=repeated_rows)),
    "mutable state kept between runs": ("no_state_between_runs", lambda: Broken(seed=FirstSeed())),
    "a circuit cached under the wrong key": ("order_does_not_matter", Cached),
    "results that depend on worker order": ("order_does_not_matter", Busy),
    "claims conditions and refuses them": ("conditions", lambda: Broken(refusing(Gate, Unitary))),
    "claims Kraus noise and refuses it": ("kraus_noise", lambda: Broken(refusing(Noise))),
    "claims more qubits than it takes": ("claimed_width", lambda: Broken(narrow)),
    "too many shots": ("some_shots_and_many", lambda: Broken(
        samples=lambda s: Samples.from_bits(s.labels, np.concatenate([s.bits(), s.bits()[:1]])))),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_engine_fails_the_check_that_is_meant_for_it(name):
    check, make = MUTANTS[name]
    (outcome,) = run_checks(SPEC, make, {check: CHECKS[check]}).values()
    assert outcome.status == "failed", f"{check} does not catch: {name}"


def test_the_right_engine_fails_none_of_them():
    wanted = {check for check, _ in MUTANTS.values()}
    outcomes = run_checks(SPEC, ReferenceBackend, {name: CHECKS[name] for name in wanted})
    assert {o.status for o in outcomes.values()} == {"passed"}, outcomes


def test_nothing_but_the_named_fault_is_wrong_with_most_of_them():
    # A mutant that failed everything would prove nothing about the check that is named.
    for name in ("s for sdg", "readout error swapped", "wrong qubit saved", "ignored seed"):
        _, make = MUTANTS[name]
        outcomes = run_checks(SPEC, make, CHECKS)
        failed = [c for c, o in outcomes.items() if o.status == "failed"]
        assert len(failed) < len(CHECKS) / 3, (name, failed)


# ---- capabilities that lie ---------------------------------------------------------------------


def claiming(**changes):
    return replace(SPEC, capabilities=(replace(CAPABILITIES[0], **changes),))


LIES = {
    "runs gates that it does not claim": ("refusals", claiming(gates="clifford")),
    "runs noise that it does not claim": ("refusals", claiming(noise="none")),
    "runs conditions that it does not claim": ("refusals", claiming(feed_forward="none")),
    "claims a precision that it has not": ("double_precision", claiming(precision=1e-18)),
    "claims nothing at all": ("claims_something", claiming(exact=False, samples=False)),
    "claims detectors and has none": ("detectors", claiming(detectors=True)),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_of_the_capabilities_is_caught(name):
    check, spec = LIES[name]
    (outcome,) = run_checks(spec, ReferenceBackend, {check: CHECKS[check]}).values()
    assert outcome.status == "failed", outcome


@dataclasses.dataclass
class Detections:
    detectors: Samples
    observables: Samples


@dataclasses.dataclass
class Detecting:
    """Detectors that leave out the constants of their parities."""

    inner: object

    def detect(self, shots, seed):
        ones, zeros = np.ones((shots, 1), dtype=bool), np.zeros((shots, 1), dtype=bool)
        flips = np.random.default_rng(seed).random((shots, 1)) < 0.25
        values = np.hstack([ones, ones, flips])
        return Detections(
            Samples.from_bits(["D0", "D1", "D2"], values), Samples.from_bits(["L0"], ones ^ flips ^ zeros)
        )


def test_detectors_without_their_constants_are_caught():
    class Engine:
        def compile(self, circuit):
            return Detecting(circuit)

    spec = replace(SPEC, capabilities=(Capabilities("frame", gates="clifford", detectors=True),))
    (outcome,) = run_checks(spec, Engine, {"detectors": CHECKS["detectors"]}).values()
    assert outcome.status == "failed" and "not its parity" in outcome.reason


# ---- plugins on disk: what only another process shows --------------------------------------------

ENGINE = """
{top}
from qnetframe.api import BackendSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.builtin.reference import CAPABILITIES, ReferenceBackend

class Executable:
    def __init__(self, inner):
        self.inner = inner
    def exact(self):
        return self.inner.exact()
    def sample(self, shots, seed):
        return self.inner.sample(shots, {seed})

class Engine:
    def compile(self, circuit):
        return Executable(ReferenceBackend().compile(circuit))

@hookimpl
def qnetframe_backends():
    yield BackendSpec("made-up", {factory}, "an engine on disk", capabilities=CAPABILITIES)
"""
ON_DISK = {
    "nothing wrong": (None, dict(top="", seed="seed", factory="Engine")),
    "SDK imported at registration": ("spec_lists_without_sdk", dict(top="import stim", seed="seed", factory="Engine")),
    "unpicklable spec": ("spec_pickles", dict(top="", seed="seed", factory="lambda: Engine()")),
    "seed from the process number": (
        "another_process_agrees", dict(top="import os", seed="seed + os.getpid()", factory="Engine"),
    ),
    "seed from a salted hash": (
        "another_process_agrees", dict(top="", seed="abs(hash(str(seed))) % 2**31", factory="Engine"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ON_DISK)
def test_a_broken_plugin_on_disk_is_caught(name, install):
    from qnetframe.plugins import Plugins
    from qnetframe.testing.kit import checks_of, subject

    check, changes = ON_DISK[name]
    install(f"made-up-{name.replace(' ', '-').lower()}", ENGINE.format(**changes))
    plugins = Plugins()
    chosen = ("spec_pickles", "spec_lists_without_sdk", "spec_parameters", "seeds", "another_process_agrees")
    checks = checks_of(plugins.kind("backend"))
    outcomes = run_checks(*subject(plugins, "backend", "made-up"), {c: checks[c] for c in chosen})
    failed = {c for c, o in outcomes.items() if o.status == "failed"}
    # What cannot be pickled cannot be sent to another process either.
    also = {"spec_lists_without_sdk", "another_process_agrees"} if check == "spec_pickles" else set()
    assert failed == ({check} if check else set()) | also, outcomes
