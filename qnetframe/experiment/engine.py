"""Run one circuit on one backend, by the method that the plan chose."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from qnetframe import checks
from qnetframe.api import Backend, BackendSpec
from qnetframe.errors import PluginError
from qnetframe.experiment.planning import Plan, make_plan
from qnetframe.experiment.result import ProgramResult
from qnetframe.experiment.settings import bits_only, settings_of
from qnetframe.experiment.tables import drawn_table, exact_table, sampled_table
from qnetframe.program.circuit import Circuit
from qnetframe.values import Branch, Samples


def run_circuit(
    circuit: Circuit,
    spec: BackendSpec,
    backend: Backend,
    shots: int | None,
    seed: np.random.SeedSequence,
    others: Iterable[BackendSpec] = (),
) -> tuple[ProgramResult, Plan]:
    """Return the result of a circuit, exact without ``shots``, and the plan that it followed.

    ``shots`` applies to each measurement setting. Raises UnsupportedError before anything runs.
    """
    if shots is not None:
        checks.integer(shots, "shots", low=1)
    plan = make_plan(circuit, spec, shots is None, others, getattr(backend, "method", None))
    if shots is None:
        branches = _branches(spec, backend, circuit)
        return ProgramResult(circuit, "exact", None, branches, ()), plan
    settings = settings_of(circuit)
    seeds = seed.spawn(len(settings))
    if plan.how == "exact table":
        branches = _branches(spec, backend, circuit)
        tables = tuple(
            drawn_table(exact_table(circuit, branches, s), shots, child)
            for s, child in zip(settings, seeds, strict=True)
        )
        return ProgramResult(circuit, "exact table", shots, branches, tables), plan
    native = []
    for setting, child in zip(settings, seeds, strict=True):
        bits = bits_only(circuit, setting)
        samples = backend.compile(bits).sample(shots, int(child.generate_state(1, np.uint32)[0] >> 1))
        _check_samples(spec, bits, samples, shots)
        native.append(sampled_table(circuit, samples, setting))
    return ProgramResult(circuit, "native", shots, None, tuple(native)), plan


def _branches(spec: BackendSpec, backend: Backend, circuit: Circuit) -> tuple[Branch, ...]:
    branches = tuple(backend.compile(circuit).exact())
    if not all(isinstance(b, Branch) for b in branches):
        raise PluginError(f"backend {spec.name!r} returned something else than branches from exact()")
    total = sum(b.probability for b in branches)
    if not -1e-9 <= total <= 1 + 1e-6:
        raise PluginError(f"backend {spec.name!r}: the branches' probabilities add up to {total!r}, above 1")
    return branches


def _check_samples(spec: BackendSpec, circuit: Circuit, samples: Samples, shots: int) -> None:
    labels = tuple(o.label for o in circuit.outputs)
    if not isinstance(samples, Samples) or samples.labels != labels or samples.shots != shots:
        raise PluginError(
            f"backend {spec.name!r}: sample({shots}) must return Samples of {shots} shots with the columns "
            f"{', '.join(labels)}"
        )
