"""Memory experiments as tasks of the host, so that its stores, sweeps and executors hold and run them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import lru_cache
from typing import Any

from qnetframe import checks
from qnetframe.errors import UnknownNameError
from qnetframe.plugins import discover
from qnetframe.tasks import Outcome, Task
from qnetframe_qec.noise import noise_model
from qnetframe_qec.sampling.counts import Counts, Sampler
from qnetframe_qec.sampling.scaling import error_per_round
from qnetframe_qec.sampling.task import MemoryTask

KIND = "memory"
_FIELDS = {f.name: f for f in fields(MemoryTask)}


class MemoryKind:
    """Tasks of kind "memory": the fields of a MemoryTask, and "shots"."""

    def check(self, settings: Mapping[str, Any]) -> None:
        """Raise what is wrong with settings; the code and the noise are made, nothing is sampled."""
        task, _ = _read(settings)
        task.make_code()
        noise_model(task.noise, task.p, **task.noise_params)
        discover().catalog("decoder")[task.decoder]

    def perform(self, settings: Mapping[str, Any], seed: int) -> Outcome:
        """Return the logical error and that of a round, and the counts as info."""
        task, shots = _read(settings)
        sampler, rounds = _made(task.to_json())
        counts = sampler.counts(shots, seed)
        estimates = {"logical error": counts.error} if counts.kept else {}
        if counts.kept and counts.error.value < 0.5:
            estimates["logical error per round"] = error_per_round(counts.error, rounds)
        info = {"errors": counts.errors, "discards": counts.discards, "shots": counts.shots}
        return Outcome(Task(KIND, settings), "done", estimates, info)


def settings_of(task: MemoryTask, shots: int) -> dict[str, Any]:
    """Return the settings of a batch: the fields that are not as by default, and the shots."""
    default = asdict(MemoryTask())
    changed = {name: value for name, value in asdict(task).items() if value != default[name]}
    return {**changed, "shots": shots}


def counts_of(outcome: Outcome) -> Counts:
    """Return the counts of a finished batch."""
    info = outcome.info
    return Counts(info["shots"], info["errors"], info["discards"], outcome.seconds)


def _read(settings: Mapping[str, Any]) -> tuple[MemoryTask, int]:
    for name in settings:
        if name != "shots" and name not in _FIELDS:
            raise UnknownNameError("setting", name, (*_FIELDS, "shots"), "It was given to a memory.")
    shots = checks.integer(settings.get("shots", 10_000), "shots", low=1)
    return MemoryTask(**{k: v for k, v in settings.items() if k != "shots"}), shots


@lru_cache(maxsize=4)
def _made(task: str) -> tuple[Sampler, int]:
    """Return the sampler of a task and its number of rounds, kept for the next batches."""
    read = MemoryTask.from_json(task)
    return Sampler.of_task(read), read.number_of_rounds(read.make_code())
