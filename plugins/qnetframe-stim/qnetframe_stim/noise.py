"""Pauli channels as Stim instructions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import product
from typing import TypeAlias

from qnetframe.channels import Channel

# (name, targets, arguments) of an instruction to append.
Append: TypeAlias = Callable[[str, Sequence[int | str], Sequence[float]], None]

# Weights below this are rounding: at 10^15 shots they would show once.
_ROUNDING = 1e-15


def append_pauli_channel(append: Append, channel: Channel, qubits: list[int]) -> None:
    """Append a Pauli channel, whose labels follow the order of ``qubits``, as Stim instructions."""
    instruction = _instruction(channel)
    if instruction is not None:
        append(instruction[0], qubits, instruction[1])
    elif weights := _weights(channel):
        _append_chain(append, weights, qubits)


@lru_cache(maxsize=1024)
def _instruction(channel: Channel) -> tuple[str, tuple[float, ...]] | None:
    """Return the single Stim instruction of a channel and its arguments; None where there is none.

    Depolarizing noise has one of its own, which Stim's error model takes without approximation.
    """
    weights, n = _weights(channel), channel.num_qubits
    if not weights or n > 2:
        return None
    if n == 1 and len(weights) == 1:
        ((pauli, p),) = weights.items()
        return f"{pauli}_ERROR", (_clipped(p),)
    values = list(weights.values())
    total, number = sum(values), 4**n - 1
    if len(values) == number and max(values) - min(values) <= _ROUNDING and total <= number / (number + 1):
        return f"DEPOLARIZE{n}", (total,)
    labels = ["".join(letters) for letters in product("IXYZ", repeat=n)][1:]
    return f"PAULI_CHANNEL_{n}", tuple(_clipped(weights.get(k, 0.0)) for k in labels)


def _weights(channel: Channel) -> dict[str, float]:
    identity = "I" * channel.num_qubits
    return {k: p for k, p in channel.pauli_probabilities.items() if k != identity and p > _ROUNDING}


def _append_chain(append: Append, weights: dict[str, float], qubits: list[int]) -> None:
    """Append mutually exclusive Pauli products.

    Each is given the probability that it happens if none of those before it did.
    """
    left = 1.0
    for i, (label, p) in enumerate(weights.items()):
        targets = [f"{letter}{q}" for letter, q in zip(label, qubits, strict=True) if letter != "I"]
        name = "ELSE_CORRELATED_ERROR" if i else "CORRELATED_ERROR"
        append(name, targets, [_clipped(p / left) if left > 0 else 0.0])
        left -= p


def _clipped(p: float) -> float:
    """Undo rounding: a channel's weights add up to 1 within 1e-12, and Stim refuses probabilities above 1."""
    return min(1.0, max(0.0, p))
