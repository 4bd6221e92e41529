"""Run one circuit on one backend, by the method that the plan chose."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from qnetframe import checks
from qnetframe.api import Backend, BackendSpec
from qnetframe.experiment.answers import answered, checked_branches, checked_samples
from qnetframe.experiment.planning import Plan, make_plan
from qnetframe.experiment.remembering import JobsWaiting, TaskBackend
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

    ``shots`` applies to each measurement setting. Raises UnsupportedError before anything runs, PluginError
    where the backend fails or its answer breaks the contract.
    """
    if shots is not None:
        checks.integer(shots, "shots", low=1)
    if isinstance(backend, TaskBackend):  # a sweep has met such circuits before
        circuit = backend.known(circuit)
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
    waiting: JobsWaiting | None = None
    for setting, child in zip(settings, seeds, strict=True):
        bits = bits_only(circuit, setting)
        number = int(child.generate_state(1, np.uint32)[0] >> 1)
        try:
            samples = _samples(spec, backend, bits, shots, number)
        except JobsWaiting as error:  # the jobs of the other settings are submitted all the same
            waiting = error
            continue
        native.append(sampled_table(circuit, samples, setting))
    if waiting is not None:
        raise waiting
    return ProgramResult(circuit, "native", shots, None, tuple(native)), plan


def _branches(spec: BackendSpec, backend: Backend, circuit: Circuit) -> tuple[Branch, ...]:
    found = answered(spec.name, "exact()", lambda: backend.compile(circuit).exact())
    return checked_branches(spec.name, circuit, found)


def _samples(spec: BackendSpec, backend: Backend, circuit: Circuit, shots: int, seed: int) -> Samples:
    found = answered(spec.name, "sample()", lambda: backend.compile(circuit).sample(shots, seed))
    return checked_samples(spec.name, circuit, shots, found)
