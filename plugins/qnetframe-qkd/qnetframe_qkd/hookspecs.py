"""The hook that this pack declares: attacks, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pluggy

from qnetframe.api import Kind, Spec

hookspec = pluggy.HookspecMarker("qnetframe")


@dataclass(frozen=True)
class AttackSpec(Spec):
    """factory(**params) -> Attack: what an eavesdropper does, see ``qnetframe_qkd.attacks``."""


@hookspec
def qnetframe_attacks() -> Iterable[AttackSpec]:  # type: ignore[empty-body]
    """Yield attacks on quantum key distribution: ``factory(**params) -> Attack``."""


def _is_attack(value: Any) -> bool:
    report: Callable[..., Any] | None = getattr(value, "report", None)
    return callable(report)


KINDS = (
    Kind(
        "attack",
        "qnetframe_attacks",
        AttackSpec,
        "an Attack: report(…)",
        _is_attack,
        checks="qnetframe_qkd.attacks.conformance:CHECKS",
    ),
)
