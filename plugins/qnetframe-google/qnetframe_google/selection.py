"""What of a calibration becomes a node: the device, its medians, or some of its qubits."""

from __future__ import annotations

from qnetframe.errors import InvalidInputError
from qnetframe.network.calibration import Calibration, medians, some, whole
from qnetframe.network.hardware import Hardware


def select(device: Calibration, qubits: str = "best") -> Hardware:
    """Return the hardware of "best", "median" or a list ("4_1,4_2"); InvalidInputError for any other."""
    if qubits == "best":
        return whole(device)
    if qubits == "median":
        return medians(device)
    return some(device, _parse_list(device, qubits))


def _parse_list(device: Calibration, text: str) -> tuple[int, ...]:
    field, names = f"{device.name}: qubits", device.names
    words = [word.strip() for word in text.split(",")] if isinstance(text, str) else []
    wrong = next((word for word in words if word not in names), None)
    if not words or wrong is not None:
        of = "" if wrong is None else f"; {wrong!r:.40} is none of its {len(names)} qubits"
        raise InvalidInputError(
            f"{field} is {text!r:.80}{of}; it must be 'best', 'median' or a comma-separated list of"
            f" qubits by row and column, such as '{','.join(names[:2])}' (from {names[0]} to {names[-1]})"
        )
    chosen = tuple(names.index(word) for word in words)
    for index in chosen:
        if device.qubits[index] is None:
            raise InvalidInputError(f"{field} is {text!r:.80}; {device.why_excluded(index)}")
    if len(set(chosen)) < len(chosen):
        raise InvalidInputError(f"{field} is {text!r:.80}; each qubit may be listed once")
    return chosen
