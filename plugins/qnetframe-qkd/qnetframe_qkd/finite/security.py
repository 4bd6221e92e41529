"""What is asked of security parameters."""

from __future__ import annotations

from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError


def check_epsilons(epsilon_sec: Any, epsilon_cor: Any) -> None:
    """Raise InvalidInputError unless both are in (0, 1) and add up to less than 1."""
    for value, field in ((epsilon_sec, "epsilon_sec"), (epsilon_cor, "epsilon_cor")):
        if not 0.0 < checks.finite(value, field) < 1.0:
            raise InvalidInputError(f"{field} is {value!r}; it must be above 0 and below 1")
    if epsilon_sec + epsilon_cor >= 1.0:
        raise InvalidInputError(
            f"epsilon_sec + epsilon_cor is {epsilon_sec + epsilon_cor!r}; together they must stay below 1"
        )
