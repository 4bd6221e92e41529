"""Dask executor for qnetframe: sweeps on a local cluster, an existing scheduler, or a batch system."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from qnetframe.api import Executor, ExecutorSpec
from qnetframe.hookspecs import hookimpl

Batch = Literal["", "htcondor", "lsf", "moab", "oar", "pbs", "sge", "slurm"]


def dask(workers: int = 0, address: str = "", cluster: Batch = "", config: str = "") -> Executor:
    """Return the executor on Dask.

    Without ``address`` and ``cluster`` it starts ``workers`` local processes (0: one for each processor).
    ``address`` is that of a running scheduler, or the path of its scheduler file. ``cluster`` names a batch
    system: ``workers`` workers are asked for through dask-jobqueue, as the user's own configuration says;
    ``config`` is a YAML file with more of it.
    """
    from qnetframe_dask.clusters import executor

    return executor(workers, address, cluster, config)


@hookimpl
def qnetframe_executors() -> Iterator[ExecutorSpec]:
    """Yield the Dask executor."""
    yield ExecutorSpec("dask", dask, "Dask: a local cluster, a running scheduler, or a batch system")
