"""Tasks: names and plain values that say what to compute; outcomes: what came of them.

A task is of a kind ("run", or one that a pack defines), and an outcome holds estimates by name, so that
stores and executors need not know what any kind means.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Integral, Real
from typing import Any, Literal, TypeAlias, get_args

from qnetframe.errors import InvalidInputError
from qnetframe.values import Estimate

Status: TypeAlias = Literal["done", "failed", "refused", "submitted"]
STATUSES: tuple[Status, ...] = get_args(Status)
# JSON numbers beyond this are not read as the same whole number by every program.
_LARGEST_WHOLE = 1 << 53


def plain(value: Any, where: str) -> Any:
    """Return ``value`` as plain JSON values, one form for what is equal: 10.0 is 10, a tuple is a list.

    Raises InvalidInputError, which names the place, for what JSON does not have, such as NaN and objects.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if type(value).__name__ == "bool":  # numpy's bool is no bool
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        if not math.isfinite(number):
            raise InvalidInputError(f'{where} is {number}; a task takes finite numbers (write "inf" as text)')
        return int(number) if number.is_integer() and abs(number) < _LARGEST_WHOLE else number
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise InvalidInputError(f"{where} has the key {key!r:.60}; keys must be text")
        return {key: plain(item, f"{where}.{key}") for key, item in value.items()}
    items = getattr(value, "tolist", lambda: value)()
    if type(items) is not type(value):
        return plain(items, where)
    if isinstance(items, (list, tuple)):
        return [plain(item, f"{where}[{i}]") for i, item in enumerate(items)]
    raise InvalidInputError(
        f"{where} is of type {type(value).__name__}; a task takes names and plain values only: "
        "numbers, text, true, false, none, lists and tables of those"
    )


def canonical(value: Any) -> str:
    """Return plain values as the one JSON text that they have: keys in order, nothing that is not needed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, eq=False)
class Task:
    """What to compute: a kind, its settings (names and plain values), and a seed.

    Tasks with the same content are equal and have the same ``id``. ``jobs`` are the ids of jobs that wait
    for it on a queued device; they are not part of what the task is.

    >>> Task("run", {"protocol": "teleportation", "link.length_km": 10.0}, seed=7).point
    '{"link.length_km":10,"protocol":"teleportation"}'
    """

    kind: str
    settings: Mapping[str, Any]
    seed: int = 0
    jobs: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or not self.kind:
            raise InvalidInputError(f"kind of task is {self.kind!r}; it must be a name")
        if isinstance(self.seed, bool) or not isinstance(self.seed, Integral) or not 0 <= self.seed < 1 << 63:
            raise InvalidInputError(f"seed is {self.seed!r}; it must be a whole number in [0, 2^63)")
        if not isinstance(self.settings, Mapping):
            raise InvalidInputError(f"settings are {self.settings!r:.60}; they must be a mapping of names")
        object.__setattr__(self, "settings", plain(self.settings, "settings"))
        object.__setattr__(self, "seed", int(self.seed))

    @cached_property
    def point(self) -> str:
        """The settings as canonical JSON: tasks of one point differ in their seeds only."""
        return canonical(self.settings)

    @cached_property
    def id(self) -> str:
        """The sha256 of the canonical JSON of kind, settings and seed."""
        whole = {"kind": self.kind, "settings": self.settings, "seed": self.seed}
        return hashlib.sha256(canonical(whole).encode()).hexdigest()

    @property
    def run_seed(self) -> int:
        """The seed of all random numbers of the task, below 2^63, that follows from its id.

        So tasks have independent numbers, whatever worker runs them and in whatever order.
        """
        return int(self.id[:16], 16) >> 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Task) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def to_dict(self) -> dict[str, Any]:
        """Return the task as plain JSON values."""
        return {"kind": self.kind, "settings": self.settings, "seed": self.seed, "jobs": dict(self.jobs)}

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Task:
        """Return the task of ``to_dict``."""
        return Task(data["kind"], data["settings"], data["seed"], data["jobs"])


@dataclass(frozen=True)
class Outcome:
    """What came of a task: estimates by name, or why there are none.

    ``status`` is "done", "failed" (``error_kind`` is the name of the error, ``error`` its message),
    "refused" (a backend cannot do it, and says why) or "submitted" (``jobs`` wait on a queued device).
    ``info`` holds further plain values, such as the method; ``versions`` those of the distributions that
    took part; ``attempts`` how many workers began the task.
    """

    task: Task
    status: Status
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    info: Mapping[str, Any] = field(default_factory=dict)
    error_kind: str = ""
    error: str = ""
    seconds: float = 0.0
    peak_memory_bytes: int | None = None
    host: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    jobs: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 1

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as values that JSON (as Python writes it, NaN included) and pickle can carry."""
        return {
            **{name: getattr(self, name) for name in _CARRIED},
            "task": self.task.to_dict(),
            "estimates": {n: [e.value, e.standard_error, e.shots] for n, e in self.estimates.items()},
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Outcome:
        """Return the outcome of ``to_dict``."""
        return Outcome(
            task=Task.from_dict(data["task"]),
            estimates={name: Estimate(*parts) for name, parts in data["estimates"].items()},
            **{name: data[name] for name in _CARRIED},
        )


_CARRIED = (
    "status", "info", "error_kind", "error", "seconds", "peak_memory_bytes", "host", "versions", "jobs",
    "attempts",
)  # fmt: skip


def chunks(tasks: Iterator[Task], size: int) -> Iterator[list[Task]]:
    """Yield tasks in lists of ``size``, taking no more from the iterator than that."""
    while True:
        chunk = [task for _, task in zip(range(size), tasks, strict=False)]
        if not chunk:
            return
        yield chunk
