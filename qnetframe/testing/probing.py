"""Running a circuit on a backend as its capabilities allow, and holding the result against a distribution."""

from __future__ import annotations

import math

from qnetframe.api import BackendSpec
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.circuit import Circuit
from qnetframe.program.footprint import footprint
from qnetframe.testing.kit import CapabilityMiss, Make
from qnetframe.values import Branch, Samples

SHOTS = 4000
SEED = 20240611
# Each sampled check looks at no more than 16 cells, and 5.5 standard errors leave 4e-8 for each: a right
# backend fails one of the checks with probability below 1e-5, once and for all at these fixed seeds.
SIGMAS = 5.5


def exact_of(spec: BackendSpec, make: Make, circuit: Circuit) -> list[Branch]:
    """Return the exact branches, sorted by outputs; CapabilityMiss where no exact method fits."""
    exact_method(spec, circuit)
    return sorted(make().compile(circuit).exact(), key=lambda b: b.outputs)


def exact_method(spec: BackendSpec, circuit: Circuit) -> Capabilities:
    """Return the capabilities by which a backend runs a circuit exactly; CapabilityMiss without any."""
    size = footprint(circuit)
    for c in spec.capabilities:
        if c.exact and not c.misses(circuit) and size.width(c.defers and size.defers) <= c.max_qubits:
            return c
    raise CapabilityMiss("no exact method takes this circuit")


def sampling_method(spec: BackendSpec, circuit: Circuit) -> Capabilities:
    """Return the capabilities by which a backend samples a circuit; CapabilityMiss without any."""
    for c in spec.capabilities:
        if c.samples and not c.misses(circuit) and len(circuit.qubits) <= c.max_qubits:
            return c
    raise CapabilityMiss("no sampling method takes this circuit")


def faithful_method(spec: BackendSpec, circuit: Circuit) -> Capabilities:
    """Return ``sampling_method``; CapabilityMiss where noise of its own voids all formulas."""
    method = sampling_method(spec, circuit)
    if method.own_noise:
        raise CapabilityMiss("the engine has noise of its own")
    return method


def samples_of(
    spec: BackendSpec, make: Make, circuit: Circuit, seed: int = SEED, shots: int = SHOTS
) -> Samples:
    """Return shots of a circuit, of the right number and form."""
    sampling_method(spec, circuit)
    samples: Samples = make().compile(circuit).sample(shots, seed)
    assert samples.shots == shots, f"asked for {shots} shots, got {samples.shots}"
    assert samples.labels == tuple(o.label for o in circuit.outputs), "the columns are the declared outputs"
    return samples


def expect_probabilities(
    spec: BackendSpec,
    make: Make,
    circuit: Circuit,
    expected: dict[tuple[int, ...], float],
    shots: int = SHOTS,
) -> None:
    """Check exact branches and samples (whichever the backend has) against a distribution."""
    missed = 0
    try:
        found = {b.outputs: b.probability for b in exact_of(spec, make, circuit)}
        for key in found.keys() | expected.keys():
            gap = abs(found.get(key, 0.0) - expected.get(key, 0.0))
            assert gap < 1e-9, f"P{key} is {found.get(key, 0.0)!r}, must be {expected.get(key, 0.0)!r}"
    except CapabilityMiss:
        missed += 1
    try:
        faithful_method(spec, circuit)
        counts = samples_of(spec, make, circuit, shots=shots).counts()
        for key in counts.keys() | expected.keys():
            p, seen = expected.get(key, 0.0), counts.get(key, 0)
            sigma = math.sqrt(p * (1 - p) / shots)
            assert abs(seen / shots - p) <= SIGMAS * sigma + 1e-12, (
                f"{key} seen {seen} of {shots} times, P is {p}"
            )
    except CapabilityMiss:
        missed += 1
    if missed == 2:
        raise CapabilityMiss("no method takes this circuit")
