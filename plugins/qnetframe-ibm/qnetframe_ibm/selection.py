"""What of a snapshot becomes a node: the device, its medians, or some of its qubits."""

from __future__ import annotations

from qnetframe.errors import InvalidInputError
from qnetframe.network.calibration import Calibration, medians, some, whole
from qnetframe.network.hardware import Hardware


def select(device: Calibration, qubits: str = "best") -> Hardware:
    """Return the hardware of "best", "median" or a list such as "12,13"; InvalidInputError for any other."""
    if qubits == "best":
        return whole(device)
    if qubits == "median":
        return medians(device)
    return some(device, parse_list(device, qubits))


def parse_list(device: Calibration, text: str) -> tuple[int, ...]:
    """Return the device qubits of "12,13,14": usable, different, at least one; else InvalidInputError."""
    last = len(device.qubits) - 1
    field = f"{device.name}: qubits"
    words = [word.strip() for word in text.split(",")] if isinstance(text, str) else []
    if not words or not all(w.isascii() and w.isdigit() and len(w) < 10 for w in words):
        raise InvalidInputError(
            f"{field} is {text!r}; it must be 'best', 'median' or a comma-separated list of device qubits"
            f" in [0, {last}], such as '{','.join(map(str, range(min(last, 1) + 1)))}'"
        )
    chosen = tuple(int(word) for word in words)
    for index in chosen:
        if index > last:
            raise InvalidInputError(f"{field} is {text!r}; {index} is not in [0, {last}]")
        if device.qubits[index] is None:
            raise InvalidInputError(
                f"{field} is {text!r}; {index} is excluded ({device.why_excluded(index)});"
                f" choose among the other qubits in [0, {last}]"
            )
    if len(set(chosen)) < len(chosen):
        raise InvalidInputError(f"{field} is {text!r}; each device qubit may be listed once")
    return chosen
