"""Pauli channels as Stim instructions."""

from __future__ import annotations

from itertools import product

import stim

from qnetframe.channels import Channel

# Weights below this are rounding: at 10^15 shots they would show once.
_ROUNDING = 1e-15
_TARGETS = {"X": stim.target_x, "Y": stim.target_y, "Z": stim.target_z}


def append_pauli_channel(circuit: stim.Circuit, channel: Channel, qubits: list[int]) -> None:
    """Append a Pauli channel, whose labels follow the order of ``qubits``, to a Stim circuit."""
    identity = "I" * len(qubits)
    weights = {k: p for k, p in channel.pauli_probabilities.items() if k != identity and p > _ROUNDING}
    if not weights:
        return
    if len(qubits) == 1 and len(weights) == 1:
        ((pauli, p),) = weights.items()
        circuit.append(f"{pauli}_ERROR", qubits, _clipped(p))
    elif len(qubits) <= 2:
        labels = ["".join(letters) for letters in product("IXYZ", repeat=len(qubits))][1:]
        arguments = [_clipped(weights.get(k, 0.0)) for k in labels]
        circuit.append(f"PAULI_CHANNEL_{len(qubits)}", qubits, arguments)
    else:
        _append_chain(circuit, weights, qubits)


def _append_chain(circuit: stim.Circuit, weights: dict[str, float], qubits: list[int]) -> None:
    """Append mutually exclusive Pauli products.

    Each is given the probability that it happens if none of those before it did.
    """
    left = 1.0
    for i, (label, p) in enumerate(weights.items()):
        targets = [_TARGETS[letter](q) for letter, q in zip(label, qubits, strict=True) if letter != "I"]
        name = "ELSE_CORRELATED_ERROR" if i else "CORRELATED_ERROR"
        circuit.append(name, targets, _clipped(p / left) if left > 0 else 0.0)
        left -= p


def _clipped(p: float) -> float:
    """Undo rounding: a channel's weights add up to 1 within 1e-12, and Stim refuses probabilities above 1."""
    return min(1.0, max(0.0, p))
