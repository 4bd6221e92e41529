"""What is known of a quantity: two ends, why each holds, and how accurately they were computed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Bounds:
    """A quantity between ``lower`` and ``upper``, with the reason for each end.

    ``accuracy`` is how far an end may be off by the numerics alone. ``value`` is the quantity where the two
    ends meet to within it (at least 1e-9), and None where it is not known.
    """

    lower: float
    upper: float
    lower_reason: str
    upper_reason: str
    accuracy: float = 1e-12

    @property
    def value(self) -> float | None:
        """The quantity, where it is known."""
        if self.upper - self.lower > max(2 * self.accuracy, 1e-9):
            return None
        return self.lower

    @property
    def reason(self) -> str:
        """The reasons of both ends, in words."""
        if self.lower_reason == self.upper_reason:
            return self.lower_reason
        return f"lower: {self.lower_reason}; upper: {self.upper_reason}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self), "value": self.value}

    def __str__(self) -> str:
        if self.value is not None:
            return f"{self.value:.6f} ({self.reason})"
        return f"{self.lower:.6f} to {self.upper:.6f} ({self.reason})"
