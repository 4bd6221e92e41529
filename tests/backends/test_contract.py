"""Every installed engine keeps the backend contract, and broken engines are caught by it."""

import dataclasses

import numpy as np
import pytest

from qnetframe.api import BackendSpec
from qnetframe.builtin.reference import CAPABILITIES, ReferenceBackend
from qnetframe.plugins import discover
from qnetframe.program.circuit import Circuit
from qnetframe.program.operations import Erase, Gate, Measure, Noise, Reset, Unitary
from qnetframe.testing.backend_checks import CHECKS, CapabilityMiss
from qnetframe.values import Branch, Samples

BACKENDS = ("reference", "aer", "cirq", "qutip", "stim")
MISSES = {
    "stim": {
        "unitary_order", "table_conditions", "kraus_noise", "asymmetric_readout", "saved_states",
        "mixed_preparation", "normalisation", "double_precision",
    },
}  # fmt: skip


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", BACKENDS)
def test_engine_keeps_the_contract(name, check):
    plugins = discover()
    spec = plugins.backends[name]
    try:
        CHECKS[check](spec, lambda: plugins.make("backend", name, {}))
    except CapabilityMiss as miss:
        allowed = MISSES.get(name, set()) | ({"refusals"} if name != "stim" else set())
        assert check in allowed, f"{name} claims less than it should: {miss}"


class _Broken:
    """The reference engine with one thing wrong."""

    def __init__(self, circuit_change=None, branch_change=None, sample_change=None, seed_change=None):
        self.circuit_change = circuit_change or (lambda c: c)
        self.branch_change = branch_change or (lambda branches: branches)
        self.sample_change = sample_change or (lambda samples: samples)
        self.seed_change = seed_change or (lambda seed: seed)

    def compile(self, circuit):
        return _BrokenExecutable(self, ReferenceBackend().compile(self.circuit_change(circuit)))


@dataclasses.dataclass
class _BrokenExecutable:
    owner: _Broken
    inner: object

    def exact(self):
        return self.owner.branch_change(self.inner.exact())

    def sample(self, shots, seed):
        return self.owner.sample_change(self.inner.sample(shots, self.owner.seed_change(seed)))


def _map(change):
    def apply(circuit: Circuit) -> Circuit:
        return circuit.replace([c for o in circuit.operations for c in [change(o)] if c is not None])

    return apply


def _without_condition(o):
    return dataclasses.replace(o, when=None) if isinstance(o, (Gate, Unitary)) and o.when is not None else o


def _inverted_condition(o):
    conditional = isinstance(o, (Gate, Unitary)) and o.when is not None and hasattr(o.when, "bits")
    return dataclasses.replace(o, when=o.when ^ 1) if conditional else o


def _little_endian(o):
    if isinstance(o, Unitary) and len(o.qubits) > 1:
        return dataclasses.replace(o, qubits=o.qubits[::-1])
    return o


def _noise_power(power):
    def change(o):
        if not isinstance(o, Noise):
            return o
        return None if power == 0 else Noise(o.qubits, o.channel.then(o.channel))

    return change


def _scaled_noise(o):
    if isinstance(o, Noise) and o.channel.is_pauli:
        weights = {k: 0.75 * v for k, v in o.channel.pauli_probabilities.items() if set(k) != {"I"}}
        return Noise(o.qubits, type(o.channel).from_pauli(weights))
    return o


def _reversed_rows(branches):
    return [Branch(b.outputs[::-1], b.probability, b.state) for b in branches]


def _reversed_columns(samples):
    return Samples.from_bits(samples.labels, samples.bits()[:, ::-1])


def _wrong_qubit(branches):
    swap = np.eye(4)[[0, 2, 1, 3]]
    return [
        Branch(
            b.outputs,
            b.probability,
            swap @ b.state @ swap if b.state is not None and len(b.state) == 4 else b.state,
        )
        for b in branches
    ]


def _single(branches):
    return [
        Branch(b.outputs, float(np.float32(b.probability)),
               None if b.state is None else (b.state * (1 + 1e-7)).astype(np.complex64))
        for b in branches
    ]  # fmt: skip


_calls: list[int] = []


def _fresh_seed(seed):
    _calls.append(seed)
    return seed + len(_calls)


MUTANTS = {
    "reversed bit order": _Broken(branch_change=_reversed_rows, sample_change=_reversed_columns),
    "little-endian unitaries": _Broken(_map(_little_endian)),
    "dropped condition": _Broken(_map(_without_condition)),
    "inverted condition": _Broken(_map(_inverted_condition)),
    "dropped noise": _Broken(_map(_noise_power(0))),
    "noise applied twice": _Broken(_map(_noise_power(2))),
    "depolarizing off by 4/3": _Broken(_map(_scaled_noise)),
    "ignored readout error": _Broken(
        _map(lambda o: dataclasses.replace(o, readout=(0.0, 0.0)) if isinstance(o, Measure) else o)
    ),
    "readout error swapped": _Broken(
        _map(lambda o: dataclasses.replace(o, readout=o.readout[::-1]) if isinstance(o, Measure) else o)
    ),
    "ignored basis": _Broken(_map(lambda o: dataclasses.replace(o, basis="z") if isinstance(o, Measure) else o)),
    "ignored reset": _Broken(_map(lambda o: None if isinstance(o, Reset) else o)),
    "erasure without mixing": _Broken(
        _map(lambda o: dataclasses.replace(o, probability=0.0) if isinstance(o, Erase) else o)
    ),
    "wrong qubit saved": _Broken(branch_change=_wrong_qubit),
    "missing branch": _Broken(branch_change=lambda b: b[:-1] if len(b) > 1 else b),
    "unnormalised branches": _Broken(
        branch_change=lambda bs: [Branch(b.outputs, 1.0, b.state) for b in bs]
    ),
    "single precision": _Broken(branch_change=_single),
    "ignored seed": _Broken(seed_change=lambda seed: 1),
    "same seed, different result": _Broken(seed_change=_fresh_seed),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_engine_is_caught(name):
    spec = BackendSpec(
        "broken", ReferenceBackend, "the reference with one thing wrong", capabilities=CAPABILITIES
    )
    caught = []
    for check_name, check in CHECKS.items():
        try:
            check(spec, lambda: MUTANTS[name])
        except CapabilityMiss:
            continue
        except AssertionError:
            caught.append(check_name)
    assert caught, f"no check catches: {name}"
