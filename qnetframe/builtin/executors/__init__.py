"""Executors that ship with the host: in this process, and on the processors of this machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from qnetframe.api import ExecutorSpec

if TYPE_CHECKING:
    from qnetframe.builtin.executors.inline import InlineExecutor
    from qnetframe.builtin.executors.processes import ProcessesExecutor


# Functions with the names of the modules here would be replaced by them as soon as one is imported, and their
# specs could no longer be pickled.
def inline_executor() -> InlineExecutor:
    """Return the executor that runs one task after the other in this process."""
    from qnetframe.builtin.executors.inline import InlineExecutor

    return InlineExecutor()


def processes_executor(workers: int = 0) -> ProcessesExecutor:
    """Return the executor that runs tasks on ``workers`` processes; 0 means one for each processor."""
    from qnetframe.builtin.executors.processes import ProcessesExecutor

    return ProcessesExecutor(workers)


EXECUTORS: Iterable[ExecutorSpec] = (
    ExecutorSpec("inline", inline_executor, "one task after the other, in this process"),
    ExecutorSpec(
        "processes", processes_executor, "processes of this machine; a worker that dies is replaced"
    ),
)
