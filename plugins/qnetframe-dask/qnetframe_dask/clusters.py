"""Where the workers are: processes of this machine, a running scheduler, jobs of a batch system."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask
from distributed import Client
from distributed.deploy.subprocess import SubprocessCluster

from qnetframe import checks
from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe_dask.executor import DaskExecutor

# Class of dask-jobqueue for each batch system.
_BATCH = {
    "htcondor": "HTCondorCluster", "lsf": "LSFCluster", "moab": "MoabCluster", "oar": "OARCluster",
    "pbs": "PBSCluster", "sge": "SGECluster", "slurm": "SLURMCluster",
}  # fmt: skip
_CONNECT_SECONDS = 30
# A local cluster whose client was killed ends by itself after this time without work.
_IDLE = "60s"
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
# Where the cluster is ours, Dask does not try again by itself: the executor tries the tasks one by one.
_STRICT = {"distributed.scheduler.allowed-failures": 0}


def executor(workers: int, address: str, cluster: str, config: str) -> DaskExecutor:
    """Return the executor; InvalidInputError for what does not go together."""
    checks.integer(workers, "workers", low=0, high=100_000)
    if address and (cluster or workers):
        raise InvalidInputError(
            f"address is {address!r}: a running scheduler has its own workers; leave out cluster and workers"
        )
    if cluster and not workers:
        raise InvalidInputError(f"workers is 0; say how many workers to ask of {cluster}")
    if config:
        _configure(config)
    if address:
        return DaskExecutor(lambda: _running(address), 0)
    if cluster:
        _check_batch(cluster)
        return DaskExecutor(lambda: _batch(cluster, workers), workers)
    number = workers or len(os.sched_getaffinity(0))
    return DaskExecutor(lambda: _local(number), number)


def _configure(path: str) -> None:
    import yaml

    try:
        data = yaml.safe_load(Path(path).read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InvalidInputError(f"config is {path!r}, which cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise InvalidInputError(f"config is {path!r}; it must be a table of Dask's configuration")
    dask.config.update(dask.config.config, data)


@contextmanager
def _local(workers: int) -> Iterator[Client]:
    # Subprocesses, not multiprocessing: the user's script is not run again in each.
    environment = {name: os.environ.get(name, "1") for name in _THREADS}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    environment["DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"] = "0"
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        made = SubprocessCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=":0",
            scheduler_kwargs={"idle_timeout": _IDLE, "dashboard": False},
            worker_kwargs={"memory_limit": 0, "dashboard": False, "nthreads": 1},
        )  # fmt: skip
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
    with made as cluster, _client(cluster) as client:
        yield client


def _client(cluster: Any, **options: Any) -> Client:
    return Client(cluster, set_as_default=False, **options)  # type: ignore[no-untyped-call]


@contextmanager
def _running(address: str) -> Iterator[Client]:
    try:
        if Path(address).is_file():
            client = _client(None, scheduler_file=address, timeout=_CONNECT_SECONDS)
        else:
            client = _client(address, timeout=_CONNECT_SECONDS)
    except (OSError, ValueError, TimeoutError) as error:
        raise QnetframeError(f"no Dask scheduler answers at {address!r}: {error}") from error
    with client:
        yield client


@contextmanager
def _batch(system: str, workers: int) -> Iterator[Client]:
    import dask_jobqueue

    with dask.config.set(_STRICT), getattr(dask_jobqueue, _BATCH[system])() as cluster:
        cluster.scale(workers)
        with _client(cluster) as client:
            yield client


def _check_batch(system: str) -> None:
    """Raise, before anything is asked of a batch system, what is missing for it."""
    try:
        import dask_jobqueue  # noqa: F401
    except ImportError as error:
        raise QnetframeError(
            f"cluster {system!r} needs dask-jobqueue: pip install 'qnetframe-dask[jobqueue]'"
        ) from error
    missing = [name for name in ("cores", "memory") if not dask.config.get(f"jobqueue.{system}.{name}", None)]
    if missing:
        raise InvalidInputError(
            f"cluster is {system!r}, and Dask's configuration does not say {' and '.join(missing)} of a job; "
            f"give them under jobqueue.{system} in ~/.config/dask/jobqueue.yaml, or in the file of config="
        )
